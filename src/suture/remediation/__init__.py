"""What we do: compensating controls, fixes, campaigns, notices, effectiveness, field service."""
