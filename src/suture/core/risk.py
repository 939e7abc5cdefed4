"""The risk of patient harm: exploitability and severity of harm on the manufacturer's matrix, always ending binary.

FDA names the two axes and asks for a binary determination in every case, but fixes no cut-off; so the table is
the manufacturer's approved policy, versioned data, and its judgement cells wait for two signatures.
Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VI.C.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, NamedTuple

from suture.core.controls import Control, counted, residual_exploitability, residual_harm
from suture.core.errors import InvalidValue, NotAllowed
from suture.core.exploitability import Exploitability
from suture.core.facts import Answer
from suture.core.harm import HarmSeverity
from suture.core.roles import Role, named


class Outcome(IntEnum):
    """What a cell of the matrix says, ordered from safe to unsafe."""

    CONTROLLED = 1
    JUDGEMENT = 2
    UNCONTROLLED = 3

    @property
    def label(self) -> str:
        """The outcome as a person reads it: 'Uncontrolled'."""
        return self.name.capitalize()

    @property
    def word(self) -> str:
        """The outcome as stored and exchanged: 'uncontrolled'."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Outcome:
        """Read a stored outcome.

        Raises:
            InvalidValue: not one of the three.
        """
        try:
            return cls[word.strip().upper()]
        except KeyError:
            raise InvalidValue(f"'{word}' is not an outcome; it is controlled, judgement or uncontrolled") from None


C, J, U = Outcome.CONTROLLED, Outcome.JUDGEMENT, Outcome.UNCONTROLLED
LOW, MEDIUM, HIGH = Exploitability.LOW, Exploitability.MEDIUM, Exploitability.HIGH

Row = tuple[Outcome, Outcome, Outcome, Outcome, Outcome]

JUDGES: tuple[Role, Role] = (Role.PSIRT, Role.CLINICAL_SAFETY)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPolicy:
    """A manufacturer's matrix. Rows are exploitability, columns the five severities from negligible on.

    A row that is left out is outside the approved table, and everything outside it is uncontrolled.
    """

    version: str
    table: Mapping[Exploitability, Row]
    label: str = ""
    approved: bool = False
    approved_by: str = ""

    def __post_init__(self) -> None:
        if not self.version:
            raise InvalidValue("a risk policy has a version")
        for exploitability, row in self.table.items():
            if len(row) != len(HarmSeverity):
                raise InvalidValue(
                    f"the row for {exploitability.label} exploitability has five cells, one per severity"
                )
        object.__setattr__(self, "table", dict(self.table))
        for exploitability in Exploitability:
            for harm in HarmSeverity:
                self._check_monotone(exploitability, harm)

    def _check_monotone(self, exploitability: Exploitability, harm: HarmSeverity) -> None:
        here = self.cell(exploitability, harm)
        if harm > HarmSeverity.NEGLIGIBLE and self.cell(exploitability, HarmSeverity(harm - 1)) > here:
            raise InvalidValue(
                f"at {exploitability.label} exploitability, {harm.label} harm is safer than a lesser one"
            )
        if exploitability > LOW and self.cell(Exploitability(exploitability - 1), harm) > here:
            raise InvalidValue(f"at {harm.label} harm, {exploitability.label} exploitability is safer than a lower one")

    def cell(self, exploitability: Exploitability, harm: HarmSeverity) -> Outcome:
        """Read one cell; outside the table everything is uncontrolled."""
        row = self.table.get(exploitability)
        return U if row is None else row[harm - 1]


EXAMPLE_POLICY = RiskPolicy(
    version="example-1",
    label="Suture example, not FDA's",
    table={  #  Negligible  Minor  Serious  Critical  Catastrophic
        HIGH: (C, J, U, U, U),
        MEDIUM: (C, J, J, U, U),
        LOW: (C, C, J, J, J),
    },
)


class Judgement(NamedTuple):
    """One signature under a judgement: who signed, in which role."""

    person: str  # uid of the person
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskVerdict:
    """Where a vulnerability stands for one device, under which policy, and why."""

    outcome: Outcome
    policy_version: str
    because: str
    exploitability: Exploitability | None = None  # None: the privacy path, where the scale is not used
    harm: HarmSeverity | None = None
    privacy: bool = False  # loss of confidentiality only: other law may apply
    judged_by: tuple[Judgement, ...] = ()

    @property
    def binary(self) -> bool:
        """True when the verdict is controlled or uncontrolled; FDA asks for that in every case."""
        return self.outcome is not J

    def judged(
        self, judgement: Outcome | None, signatures: Iterable[Judgement] = (), *, because: str = ""
    ) -> RiskVerdict:
        """Settle a judgement cell; pass a verdict that is binary already through unchanged.

        Raises:
            NotAllowed: the cell waits for a judgement and none, or not both signatures, were given: one of
                product security and one of clinical safety, by two people. Or the cell decides by itself and a
                different outcome is asked for: then the policy or the assessment is to be changed, not the verdict.
            InvalidValue: a judgement that is itself 'judgement', or without a reason.
        """
        if self.binary:
            if judgement not in (None, self.outcome):
                raise NotAllowed(
                    f"the policy says {self.outcome.label.lower()} here; change the assessment or the policy, "
                    "not the verdict"
                )
            return self
        if judgement is None:
            raise NotAllowed("this cell of the matrix is a judgement: controlled or uncontrolled must be signed")
        if judgement is J:
            raise InvalidValue("a judgement ends in controlled or uncontrolled")
        if not because.strip():
            raise InvalidValue("a judgement needs its reason in words")
        signed = tuple(signatures)
        if not _by_two_people(signed):
            roles = " and one of ".join(named([role]) for role in JUDGES)
            raise NotAllowed(f"a judgement needs two signatures by two people: one of {roles}")
        return replace(
            self,
            outcome=judgement,
            judged_by=signed,
            because=f"{self.because}; judged {judgement.label.lower()}: {because.strip()}",
        )


def _by_two_people(signatures: tuple[Judgement, ...]) -> bool:
    security, clinical = ({s.person for s in signatures if s.role is role} for role in JUDGES)
    return any(one != other for one in security for other in clinical)


def evaluate_risk(exploitability: Exploitability, harm: HarmSeverity, policy: RiskPolicy) -> RiskVerdict:
    """Place a vulnerability on the manufacturer's matrix: controlled, uncontrolled, or for people to judge.

    FDA names the two axes and asks for a binary determination in every case, but fixes no cut-off;
    so the table is the manufacturer's approved policy, and `JUDGEMENT` cells wait for signatures.
    Source: FDA, Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016), §VI.C.
    """
    return RiskVerdict(
        outcome=policy.cell(exploitability, harm),
        policy_version=policy.version,
        because=f"{exploitability.label} exploitability, {harm.label} harm",
        exploitability=exploitability,
        harm=harm,
    )


def require_approved(policy: RiskPolicy) -> None:
    """Refuse a matrix that nobody signed; outside the demonstration there is no verdict before that.

    Raises:
        NotAllowed: the policy is not approved.
    """
    if not policy.approved:
        raise NotAllowed(f"risk policy {policy.version} is not approved by signature; no verdict before it is")


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyFinding:
    """A recorded finding that only confidentiality of personal data is affected. Never read off a CVSS vector."""

    by: str  # uid of the person who found it
    rationale: str
    safety_affected: Answer = Answer.UNKNOWN  # safety or essential performance
    secrets_exposed: Answer = Answer.UNKNOWN  # passwords, keys, session data: then it is not privacy alone


def evaluate_privacy(finding: PrivacyFinding, policy: RiskPolicy) -> RiskVerdict:
    """Give the verdict for a vulnerability that only exposes personal data: controlled, with the privacy flag.

    Loss of confidential information, PHI included, is not patient harm, however many records; so the severity
    scale is not used. Other law (HIPAA and the like) may apply, which the flag stands for.

    Raises:
        NotAllowed: safety may be affected, or secrets may be exposed; then the matrix decides.

    Source: FDA 2016 §IV.F, §VII.A.
    """
    if finding.safety_affected is not Answer.NO:
        raise NotAllowed("privacy alone needs a recorded 'no': safety and essential performance are not affected")
    if finding.secrets_exposed is not Answer.NO:
        raise NotAllowed("exposed passwords, keys or session data are not privacy alone; assess on the matrix")
    if not finding.rationale.strip():
        raise NotAllowed("the finding that only privacy is affected needs its rationale in words")
    return RiskVerdict(
        outcome=C,
        policy_version=policy.version,
        because=f"only confidentiality of personal data is affected: {finding.rationale.strip()}",
        privacy=True,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessedRisk:
    """Inherent and residual risk side by side. The residual one decides."""

    inherent: RiskVerdict
    residual: RiskVerdict
    counted: tuple[str, ...]
    not_counted: tuple[tuple[str, tuple[str, ...]], ...]  # (control, why)


def assess(
    exploitability: Exploitability, harm: HarmSeverity, controls: Iterable[Control], policy: RiskPolicy
) -> AssessedRisk:
    """Give inherent and residual risk: the residual one only with controls that are verified and in use.

    Source: FDA 2016 §VII: the determination takes implemented compensating controls and mitigations into account.
    """
    given = tuple(controls)
    used = counted(given)
    return AssessedRisk(
        inherent=evaluate_risk(exploitability, harm, policy),
        residual=evaluate_risk(residual_exploitability(exploitability, used), residual_harm(harm, used), policy),
        counted=tuple(control.name for control in used),
        not_counted=tuple((c.name, tuple(c.why_not_counted())) for c in given if c not in used),
    )


def worst(verdicts: Iterable[RiskVerdict]) -> Outcome | None:
    """Give the outcome of a case: uncontrolled while one of its devices is; None for a case without verdict."""
    return max((verdict.outcome for verdict in verdicts), default=None)


def to_json(policy: RiskPolicy) -> dict[str, Any]:
    """Write a policy as plain data, to be stored, hashed and signed."""
    return {
        "version": policy.version,
        "label": policy.label,
        "table": {
            exploitability.word: [outcome.word for outcome in policy.table[exploitability]]
            for exploitability in reversed(Exploitability)
            if exploitability in policy.table
        },
    }


def from_json(data: Mapping[str, Any], *, approved: bool = False, approved_by: str = "") -> RiskPolicy:
    """Read a policy from plain data. Approval is the caller's knowledge, never part of the document.

    Raises:
        InvalidValue: a field is missing or of the wrong kind, a cell is unknown, or more risk would be safer.
    """
    version, label, table = data.get("version"), data.get("label", ""), data.get("table")
    if not isinstance(version, str) or not isinstance(label, str) or not isinstance(table, Mapping):
        raise InvalidValue("a risk policy is written with 'version', 'label' and 'table'")
    rows: dict[Exploitability, Row] = {}
    for word, cells in table.items():
        level = Exploitability.from_word(str(word))
        if not isinstance(cells, list | tuple) or len(cells) != len(HarmSeverity):
            raise InvalidValue(f"the row for {level.label} exploitability has five cells, one per severity")
        negligible, minor, serious, critical, catastrophic = (Outcome.from_word(str(cell)) for cell in cells)
        rows[level] = (negligible, minor, serious, critical, catastrophic)
    return RiskPolicy(version=version, label=label, table=rows, approved=approved, approved_by=approved_by)
