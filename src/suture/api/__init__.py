"""Door: REST at /api/suture/v1. Thin: each operation calls one verb or query of a room."""
