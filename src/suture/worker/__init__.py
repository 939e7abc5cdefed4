"""Door: the background loop. No rules here; it calls rooms' idempotent steps in staircase order."""
