"""Room 9: what we owe FDA: decisions, four conditions, clocks, the 806 report and the 806.20 record."""
