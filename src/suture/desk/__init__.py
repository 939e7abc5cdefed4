"""Room 11: what lands on whose desk. Reads only: nothing here is stored."""
