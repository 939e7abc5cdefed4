"""Verbs of intelligence: take in feeds, sweep what a cut-off import left, register a vulnerability of our own."""
