"""Room 2: what the world knows: vulnerabilities, who asserts what of which versions, exploitation, as of when."""
