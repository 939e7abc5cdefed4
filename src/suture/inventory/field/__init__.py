"""The installed base: who has which unit, in what state, with which release, and when that was last known."""
