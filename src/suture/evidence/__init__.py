"""Ground: who did what to which record, why, on which facts. Append-only, hash-chained."""
