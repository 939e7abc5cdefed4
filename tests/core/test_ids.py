"""UUIDs of version 7 from a given time and given bytes, and numbers people say aloud."""

from __future__ import annotations

from datetime import date
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suture.core.errors import InvalidValue
from suture.core.ids import human_number, read_human_number, unix_ms_of, uuid7


def test_the_rfcs_own_example():
    """RFC 9562 appendix A.6: 2022-02-22 14:22:22 EST, rand_a CC3, rand_b 18C4DC0C0C07398F."""
    noise = 0xCC3 << 68 | 0x18C4DC0C0C07398F
    assert uuid7(0x017F22E279B0, noise.to_bytes(10, "big")) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10), st.integers(0, 2**48 - 1))
@settings(max_examples=80)
def test_version_variant_time_and_order(ms, random, other):
    """Version 7, variant RFC, the time comes back, and text order is time order."""
    uid = uuid7(ms, random)
    assert (uid.version, uid.variant, unix_ms_of(uid)) == (7, RFC_4122, ms)
    if other > ms:
        assert str(uid) < str(uuid7(other, bytes(10)))


def test_every_used_random_bit_counts():
    """74 of the 80 bits distinguish; the six between the two fields are where variant bits go."""
    seen = {uuid7(0, (1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(seen) == 74 + 1  # the six unused ones give the same as no bit at all


@pytest.mark.parametrize(("ms", "random"), [(-1, bytes(10)), (2**48, bytes(10)), (0, bytes(9)), (0, bytes(16))])
def test_what_does_not_fit_is_refused(ms, random):
    """48 bits of time, 10 bytes of randomness."""
    with pytest.raises(InvalidValue):
        uuid7(ms, random)


def test_another_version_has_no_time():
    """A random UUID is refused, not misread."""
    with pytest.raises(InvalidValue, match="version 7"):
        unix_ms_of(UUID("9562a1b2-0000-4000-8000-000000000000"))


@pytest.mark.parametrize(
    ("prefix", "serial", "text"), [("C", 142, "C-2026-0142"), ("MDR", 1, "MDR-2026-0001"), ("R", 12345, "R-2026-12345")]
)
def test_numbers_for_people(prefix, serial, text):
    """Prefix, year, and a number of at least four digits."""
    assert human_number(prefix, date(2026, 11, 23), serial) == text
    read = read_human_number(text)
    assert (read.prefix, read.year, read.serial, str(read)) == (prefix, 2026, serial, text)


@pytest.mark.parametrize(("prefix", "serial"), [("c", 1), ("", 1), ("C", 0), ("TOOLONGS", 1), ("C-1", 1)])
def test_numbers_that_cannot_be(prefix, serial):
    """Capital letters, and counting from one."""
    with pytest.raises(InvalidValue):
        human_number(prefix, date(2026, 1, 1), serial)
    with pytest.raises(InvalidValue, match="not a number such as"):
        read_human_number("C2026-1")
