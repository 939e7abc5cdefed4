"""Ground: promised work. What must happen outside the house is a row beside its cause, delivered at least once."""
