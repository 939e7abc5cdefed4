"""A room being built."""
