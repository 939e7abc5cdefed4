"""Severity of patient harm: the five levels FDA's guidance shows, judged by clinical safety."""

from __future__ import annotations

from enum import IntEnum

from suture.core.errors import InvalidValue


class HarmSeverity(IntEnum):
    """Severity of patient harm if the vulnerability were exploited. Mind the order: serious is below critical.

    Patient harm is physical injury or damage to the health of patients, including death. Loss of confidential
    information is not patient harm in this sense (§IV.F), so it has no level here.

    Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VI.B,
    after ANSI/AAMI/ISO 14971:2007/(R)2010. "One such approach": a manufacturer may tailor it.
    """

    NEGLIGIBLE = 1
    MINOR = 2
    SERIOUS = 3
    CRITICAL = 4
    CATASTROPHIC = 5

    @property
    def label(self) -> str:
        """The common term: 'Serious'."""
        return self.name.capitalize()

    @property
    def word(self) -> str:
        """The term as stored and exchanged: 'serious'."""
        return self.name.lower()

    @property
    def description(self) -> str:
        """FDA's possible description of the level."""
        return _DESCRIPTIONS[self]

    @classmethod
    def from_word(cls, word: str) -> HarmSeverity:
        """Read a stored term.

        Raises:
            InvalidValue: not one of the five.
        """
        try:
            return cls[word.strip().upper()]
        except KeyError:
            levels = ", ".join(level.word for level in cls)
            raise InvalidValue(f"'{word}' is not a severity of harm; the five are {levels}") from None


_DESCRIPTIONS = {
    HarmSeverity.NEGLIGIBLE: "Inconvenience or temporary discomfort",
    HarmSeverity.MINOR: "Temporary injury or impairment not requiring professional medical intervention",
    HarmSeverity.SERIOUS: "Injury or impairment requiring professional medical intervention",
    HarmSeverity.CRITICAL: "Permanent impairment or life-threatening injury",
    HarmSeverity.CATASTROPHIC: "Patient death",
}
