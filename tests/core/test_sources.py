"""Who is heard first: architecture.md §3, and the authority order of the benchmark of medical devices."""

from __future__ import annotations

import pytest

from suture.core.sources import Voice, is_vendor, never_before, voice_of


@pytest.mark.parametrize(
    ("source", "by_vendor", "voice"),
    [
        ("cve", True, Voice.VENDOR),
        ("manufacturer", False, Voice.VENDOR),
        ("csaf-cisa", False, Voice.ADVISORY),
        ("ghsa", False, Voice.ECOSYSTEM),
        ("redhat", False, Voice.ECOSYSTEM),
        ("nvd-override", False, Voice.OVERRIDE),
        ("nvd", False, Voice.OTHER),
        ("demo nvd", False, Voice.OTHER),
        ("cve", False, Voice.OTHER),
        ("nobody-knows", False, Voice.OTHER),
    ],
)
def test_voices(source: str, by_vendor: bool, voice: Voice) -> None:
    assert voice_of(source, by_vendor=by_vendor) is voice


@pytest.mark.parametrize(
    ("cna", "vendor", "own"),
    [
        ("siemens", "Siemens AG", True),
        ("apache", "Apache Software Foundation", True),
        ("Linux", "Linux", True),
        ("redhat", "Red Hat", True),
        ("Chrome", "Google", True),
        ("ProgressSoftware", "Progress Software Corporation", True),
        ("google", "yaml", False),  # Google reported a flaw of SnakeYAML
        ("mitre", "n/a", False),
        ("VulDB", "SourceCodester", False),
        ("zdi", "BlueZ", False),
        ("", "", False),
    ],
)
def test_a_cna_that_is_the_vendor(cna: str, vendor: str, own: bool) -> None:
    assert is_vendor(cna, vendor) is own


@pytest.mark.parametrize("voice", list(Voice))
def test_what_is_never_heard_before_a_voice_is_not_heard_before_it_whoever_issued_it(voice: Voice) -> None:
    names = never_before(voice)
    assert all(voice_of(name, by_vendor=by_vendor) >= voice for name in names for by_vendor in (False, True))
    assert "nvd" in names
    assert not {"cve", "manufacturer", "csaf-cisa"} & set(names)
