"""Who may do what: the roles of a manufacturer's programme, and one table from verb to roles.

The buttons, the doors and the services all ask this table, so they cannot disagree.
Source: 21 CFR 11.10(d) and (g) (limited access, authority checks); the actors are those of FDA's
Postmarket Management of Cybersecurity in Medical Devices (28 Dec 2016). Who may do what is the firm's policy;
the table below is the one Suture ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from suture.core.errors import InvalidValue


class Role(StrEnum):
    """What a person is in the programme. One person may hold several roles."""

    PSIRT = "psirt"
    CLINICAL_SAFETY = "clinical_safety"
    REGULATORY_AFFAIRS = "regulatory_affairs"
    QUALITY = "quality"
    FIELD_SERVICE = "field_service"
    EXECUTIVE = "executive"
    COORDINATOR = "coordinator"
    ENGINEERING = "engineering"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    VIEWER = "viewer"

    @property
    def label(self) -> str:
        """The role as a person reads it inside a sentence: 'clinical safety'."""
        return _LABELS[self]

    @property
    def does(self) -> str:
        """What the role does, in one line."""
        return _DOES[self]


_LABELS: Mapping[Role, str] = {
    Role.PSIRT: "product security (PSIRT)",
    Role.CLINICAL_SAFETY: "clinical safety",
    Role.REGULATORY_AFFAIRS: "regulatory affairs",
    Role.QUALITY: "quality",
    Role.FIELD_SERVICE: "field service",
    Role.EXECUTIVE: "executive management",
    Role.COORDINATOR: "disclosure coordinator",
    Role.ENGINEERING: "engineering",
    Role.ADMINISTRATOR: "administrator",
    Role.OPERATOR: "local operator",
    Role.VIEWER: "viewer",
}

_DOES: Mapping[Role, str] = {
    Role.PSIRT: "takes in signals, opens cases, judges exploitability",
    Role.CLINICAL_SAFETY: "judges the severity of harm and whether a control adds risk",
    Role.REGULATORY_AFFAIRS: "decides and signs what is reported",
    Role.QUALITY: "reviews records as the designated person, keeps the proof",
    Role.FIELD_SERVICE: "confirms that controls and fixes are in use",
    Role.EXECUTIVE: "approves policy and what is left unremediated",
    Role.COORDINATOR: "works with finders, ISAO and authorities",
    Role.ENGINEERING: "registers releases, proposes and builds controls and fixes",
    Role.ADMINISTRATOR: "adds people, gives roles, builds walls; decides nothing regulated",
    Role.OPERATOR: "the command line on the machine itself: imports and reads, never signs",
    Role.VIEWER: "reads",
}

_R = Role
_EVERYBODY = frozenset(Role)
_PROGRAMME = _EVERYBODY - {Role.ADMINISTRATOR, Role.OPERATOR, Role.VIEWER}


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


VERBS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        # people and walls
        "person.add": _roles(_R.ADMINISTRATOR),
        "person.change_roles": _roles(_R.ADMINISTRATOR),
        "person.retire": _roles(_R.ADMINISTRATOR),
        "person.renew_password": _roles(_R.ADMINISTRATOR, _R.OPERATOR),
        "wall.manage": _roles(_R.ADMINISTRATOR, _R.COORDINATOR),
        "installation.set_up": _roles(_R.ADMINISTRATOR, _R.QUALITY),
        # what was promised to somebody outside and did not arrive
        "promise.repeat": _PROGRAMME | {_R.ADMINISTRATOR},
        "promise.give_up": _PROGRAMME,
        # policy: matrix, exploitability mapping, closures, numbering
        "policy.propose": _roles(_R.PSIRT, _R.CLINICAL_SAFETY, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        "policy.approve": _roles(_R.QUALITY, _R.EXECUTIVE),
        # what we ship
        "product.register": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY, _R.ENGINEERING, _R.PSIRT, _R.OPERATOR),
        "product.describe": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY, _R.CLINICAL_SAFETY, _R.PSIRT, _R.OPERATOR),
        "statement.propose": _roles(_R.CLINICAL_SAFETY, _R.ENGINEERING, _R.QUALITY),
        "statement.approve": _roles(_R.CLINICAL_SAFETY, _R.QUALITY),
        "release.register": _roles(_R.ENGINEERING, _R.PSIRT, _R.QUALITY, _R.OPERATOR),
        "release.move": _roles(_R.ENGINEERING, _R.QUALITY),
        "sbom.import": _roles(_R.ENGINEERING, _R.PSIRT, _R.QUALITY, _R.OPERATOR),
        "sbom.confirm": _roles(_R.ENGINEERING, _R.PSIRT, _R.QUALITY, _R.OPERATOR),
        "sbom.approve": _roles(_R.ENGINEERING, _R.PSIRT, _R.QUALITY),
        # who has what we ship, and what is known of each unit
        "field.describe": _roles(
            _R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.QUALITY, _R.COORDINATOR, _R.PSIRT, _R.OPERATOR
        ),
        "field.import": _roles(_R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.QUALITY, _R.PSIRT, _R.OPERATOR),
        "unit.record": _roles(_R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.QUALITY, _R.PSIRT, _R.OPERATOR),
        "unit.retire": _roles(_R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        # what the world knows, and where the two meet
        "feeds.import": _roles(_R.PSIRT, _R.ADMINISTRATOR, _R.OPERATOR),
        "vulnerability.register": _roles(_R.PSIRT, _R.COORDINATOR),
        "review.decide": _roles(_R.PSIRT),
        "crosswalk.decide": _roles(_R.PSIRT),
        "crosswalk.suggest": _roles(_R.PSIRT, _R.ENGINEERING, _R.ADMINISTRATOR, _R.OPERATOR),
        "finding.judge": _roles(_R.PSIRT),
        "match.correct": _roles(_R.PSIRT),
        # what nobody monitors: who answers for it, and words watched in texts that name no product
        "coverage.own": _roles(_R.PSIRT, _R.ENGINEERING, _R.QUALITY),
        "coverage.watch": _roles(_R.PSIRT, _R.ENGINEERING),
        "candidate.judge": _roles(_R.PSIRT),
        # what it means
        "case.open": _roles(_R.PSIRT, _R.COORDINATOR),
        "case.record_fact": _PROGRAMME,
        "case.set_learned": _roles(_R.PSIRT, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        # every role a step of the case's table names; the table itself says which of them may take which step
        "case.move": _roles(
            _R.PSIRT, _R.CLINICAL_SAFETY, _R.REGULATORY_AFFAIRS, _R.QUALITY, _R.ENGINEERING, _R.FIELD_SERVICE
        ),
        "impact.answer": _roles(_R.PSIRT, _R.ENGINEERING),
        "exploitability.assess": _roles(_R.PSIRT),
        "harm.assess": _roles(_R.CLINICAL_SAFETY),
        "control.propose": _roles(_R.PSIRT, _R.ENGINEERING, _R.FIELD_SERVICE),
        "control.verify": _roles(_R.ENGINEERING, _R.CLINICAL_SAFETY),
        "control.confirm_in_use": _roles(_R.FIELD_SERVICE, _R.PSIRT),
        "assessment.propose": _roles(_R.PSIRT, _R.CLINICAL_SAFETY),
        "assessment.sign": _roles(_R.PSIRT, _R.CLINICAL_SAFETY),
        # whom we work with: reports from anybody, and coordination
        "report.take_in": _PROGRAMME,
        "report.acknowledge": _roles(_R.COORDINATOR, _R.PSIRT, _R.QUALITY),
        # every role a step of the report's table names; the table itself says which of them may take which step
        "report.move": _roles(_R.COORDINATOR, _R.PSIRT, _R.QUALITY),
        "report.link": _roles(_R.COORDINATOR, _R.PSIRT),
        "report.answer": _roles(_R.COORDINATOR, _R.PSIRT),
        "report.read_finder": _roles(_R.COORDINATOR),
        "report.open_attachment": _roles(_R.COORDINATOR),
        "coordination.manage": _roles(_R.COORDINATOR),
        "advisory.write": _roles(_R.COORDINATOR, _R.PSIRT),
        "cve.draft": _roles(_R.COORDINATOR, _R.PSIRT),
        "quality.record": _roles(_R.QUALITY, _R.REGULATORY_AFFAIRS, _R.FIELD_SERVICE, _R.PSIRT, _R.COORDINATOR),
        "mdr.evaluate": _roles(_R.CLINICAL_SAFETY, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        "source.watch": _roles(_R.PSIRT, _R.QUALITY, _R.COORDINATOR, _R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS),
        # what we do: the control library, plans, campaigns, notices, field service
        "control_entry.propose": _roles(_R.PSIRT, _R.ENGINEERING, _R.FIELD_SERVICE),
        "control_entry.verify": _roles(_R.ENGINEERING, _R.CLINICAL_SAFETY),
        "control_entry.check_risk": _roles(_R.CLINICAL_SAFETY),
        "control_entry.move": _roles(_R.PSIRT, _R.ENGINEERING, _R.CLINICAL_SAFETY, _R.FIELD_SERVICE, _R.QUALITY),
        "plan.write": _roles(_R.ENGINEERING, _R.PSIRT, _R.REGULATORY_AFFAIRS),
        "plan.move": _roles(_R.ENGINEERING, _R.PSIRT, _R.QUALITY, _R.FIELD_SERVICE),
        "plan.sign_residual": _roles(_R.CLINICAL_SAFETY, _R.PSIRT),
        "campaign.open": _roles(_R.REGULATORY_AFFAIRS, _R.PSIRT, _R.FIELD_SERVICE),
        "campaign.move": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY, _R.PSIRT, _R.FIELD_SERVICE),
        "campaign.approve": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY),
        "campaign.close": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY),
        "campaign.accept_residual": _roles(_R.EXECUTIVE),
        "unit.move": _roles(_R.FIELD_SERVICE, _R.PSIRT, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        "notice.write": _roles(_R.REGULATORY_AFFAIRS, _R.PSIRT, _R.CLINICAL_SAFETY, _R.FIELD_SERVICE),
        "notice.approve": _roles(_R.REGULATORY_AFFAIRS),
        "notice.send": _roles(_R.REGULATORY_AFFAIRS, _R.FIELD_SERVICE, _R.PSIRT),
        "delivery.record": _roles(_R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.PSIRT),
        "effectiveness.check": _roles(_R.FIELD_SERVICE, _R.REGULATORY_AFFAIRS, _R.QUALITY),
        "service_order.open": _roles(_R.FIELD_SERVICE, _R.PSIRT, _R.QUALITY),
        "service_order.record": _roles(_R.FIELD_SERVICE),
        # what we exchange
        "isao.record": _roles(_R.COORDINATOR, _R.REGULATORY_AFFAIRS, _R.PSIRT),
        "isao.approve": _roles(_R.REGULATORY_AFFAIRS, _R.COORDINATOR),
        "vex.export": _EVERYBODY - {Role.ADMINISTRATOR},
        "vex.publish": _roles(_R.PSIRT, _R.COORDINATOR),
        # what we owe
        "decision.make": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY),
        "decision.sign": _roles(_R.REGULATORY_AFFAIRS),
        "report806.draft": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY),
        "report806.approve": _roles(_R.REGULATORY_AFFAIRS),
        "report806.record_submission": _roles(_R.REGULATORY_AFFAIRS),
        "record806.draft": _roles(_R.REGULATORY_AFFAIRS, _R.QUALITY),
        "record806.sign": _roles(_R.QUALITY, _R.REGULATORY_AFFAIRS),
        # proof
        "evidence.read": _EVERYBODY,
    }
)

# Verbs that bind a name to a record (21 CFR 11.50): a person signs in again for them; no machine may do them.
SIGNED: frozenset[str] = frozenset(
    {
        "policy.approve",
        "statement.approve",
        "sbom.approve",
        "case.set_learned",
        "assessment.sign",
        "plan.sign_residual",
        "campaign.approve",
        "campaign.close",
        "campaign.accept_residual",
        "notice.approve",
        "isao.approve",
        "decision.sign",
        "report806.approve",
        "record806.sign",
    }
)


def who(verb: str) -> frozenset[Role]:
    """Give the roles that may do a verb.

    Raises:
        InvalidValue: no such verb; a misspelt verb must never quietly mean "nobody" or "everybody".
    """
    try:
        return VERBS[verb]
    except KeyError:
        raise InvalidValue(f"there is no verb '{verb}'; see the table in suture.core.roles") from None


def may(roles: Iterable[Role], verb: str) -> bool:
    """Say whether somebody with these roles may do the verb. One fitting role is enough."""
    return not who(verb).isdisjoint(roles)


def needs_signature(verb: str) -> bool:
    """Say whether the verb binds a signature to the record (21 CFR 11.50, 11.70)."""
    who(verb)
    return verb in SIGNED


def named(roles: Iterable[Role]) -> str:
    """Write roles as a person reads them: 'clinical safety or quality', in the order of `Role`."""
    chosen = set(roles)
    labels = [role.label for role in Role if role in chosen]
    if len(labels) < 2:
        return "".join(labels)
    return ", ".join(labels[:-1]) + " or " + labels[-1]
