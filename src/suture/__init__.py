"""Suture: postmarket cybersecurity for medical devices, from feed to signed, provable decision."""

__version__ = "0.1.0"
