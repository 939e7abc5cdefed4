"""The demo manufacturer Northlake Medical: fictitious, and loaded through the same verbs people use."""

from suture.demo.loading import WELCOME, load

__all__ = ["WELCOME", "load"]
