"""Room 4: what a vulnerability means for our devices: exploitability × severity of harm, controlled or not."""
