"""Room 8: what we exchange: VEX of a release, ISAO membership and what the ISAO was given."""
