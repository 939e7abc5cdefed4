"""The demo's cases, one file each: who learned what, when, and how far it has come."""
