"""Ground: who people are, what they may do, behind which walls they see; signatures."""
