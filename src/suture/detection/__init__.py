"""Room 3: where the world's knowledge meets our releases: the range join, findings, coverage."""
