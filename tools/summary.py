"""Say at the end of `make test` what ran, on which engine, what was skipped and why."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Read JUnit files (those that exist) and print one line each; further arguments are what the machine lacks."""
    reports = [Path(a) for a in arguments if a.endswith(".xml")]
    missing = [a for a in arguments if a and not a.endswith(".xml")]
    passed = failed = skipped = 0
    for report in reports:
        if not report.exists():
            continue
        suite = ET.parse(report).getroot()
        cases = list(suite.iter("testcase"))
        bad = [c for c in cases if c.find("failure") is not None or c.find("error") is not None]
        left = [c for c in cases if c.find("skipped") is not None]
        data = [c for c in cases if c.find("./properties/property[@name='data']") is not None]
        data_left = [c for c in data if c.find("skipped") is not None]
        print(
            f"{report.stem}: {len(cases) - len(bad) - len(left)} passed, {len(bad)} failed, {len(left)} skipped; "
            f"of {len(data)} tests on real records {len(data) - len(data_left)} ran, {len(data_left)} were skipped"
        )
        why = Counter((c.find("skipped").get("message") or "no reason given") for c in left)  # type: ignore[union-attr]
        for reason, count in why.most_common():
            print(f"  skipped {count} ×: {reason}")
        passed, failed, skipped = passed + len(cases) - len(bad) - len(left), failed + len(bad), skipped + len(left)
    for line in missing:
        print(f"missing here: {line}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
