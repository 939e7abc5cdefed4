"""Bedrock: every rule we can be audited on, as pure functions on values. No framework, no clock, no I/O."""
