"""Readers and writers between documents and core values. One module knows one format; nobody else spells its keys."""
