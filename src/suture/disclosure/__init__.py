"""Whom we work with: finders and others who tell us, the parties of a coordinated case, embargoes, advisories."""
