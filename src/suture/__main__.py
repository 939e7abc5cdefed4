"""`python -m suture`."""

from suture.cli.main import app

app()
