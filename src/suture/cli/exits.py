"""Exit codes: what a script may rely on."""

DONE = 0
FAILED = 1
WRONG_USAGE = 2
UNCONTROLLED = 10
HELD = 11


def explain() -> str:
    """The table that `suture --help` ends with."""
    return (
        "Exit codes: 0 done, also when nothing had to change; 1 failed, or a check found problems; 2 wrong usage; "
        "10 done, and findings are open that a person has not judged, or risks are uncontrolled; 11 an SBOM lost half "
        "of its components and waits in quarantine for a person: nothing was changed."
    )
