"""A vulnerability that is ours alone: no CVE, perhaps no component, and every later room treats it like any other."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from suture.accounts.models import Person, Tlp, Wall
from suture.accounts.queries import sees
from suture.accounts.services import new_uid, require
from suture.core.errors import InvalidValue, NotFound
from suture.evidence.clock import now
from suture.evidence.services import record
from suture.intelligence.models import Alias, KnowledgeState, Vulnerability
from suture.policy.queries import installation
from suture.policy.services import next_number

OURS = "ours"  # the source of what we say ourselves


def register_vulnerability(
    *, kind: str, title: str, description: str, by: Person, because: str = "", wall: Wall | None = None,
    tlp: str = Tlp.AMBER,
) -> Vulnerability:  # fmt: skip
    """Register a vulnerability known to us and not, or not yet, to the world, under a number of our own.

    Args:
        kind: one of `Vulnerability.Kind`: an open port, a hard-coded password, a configuration, …
        because: how we came to know of it.
        wall: who may know of it; None: everybody here.

    Raises:
        InvalidValue: the title is empty, or there is no such kind or TLP label.
        NotFound: the wall is one that this person is not admitted to.
        NotAllowed: none of this person's roles may do this.
    """
    if not title.strip():
        raise InvalidValue("give the vulnerability a title: what is wrong, in a few words")
    if kind not in Vulnerability.Kind.values:
        raise InvalidValue(f"'{kind}' is no kind of vulnerability; choose from: {', '.join(Vulnerability.Kind.values)}")
    if tlp not in Tlp.values:
        raise InvalidValue(f"'{tlp}' is no TLP label; choose from: {', '.join(Tlp.values)}")
    with transaction.atomic():
        require(by, "vulnerability.register")
        if not sees(by, wall):
            raise NotFound("there is no such wall")
        # The importer draws its numbers in blocks from the same row, so the two never meet.
        KnowledgeState.objects.filter(pk=1).update(next_vulnerability=F("next_vulnerability") + 1)
        number = KnowledgeState.objects.values_list("next_vulnerability", flat=True).get(pk=1) - 1
        year = now().year
        name = f"{_initials()}-{year}-{next_number(f'vulnerability-{year}'):03}"
        row = Vulnerability.objects.create(
            id=number, uid=new_uid(), preferred_id=name, title=title.strip()[:500], ours=True, kind=kind,
            description=description.strip(), wall=wall, tlp=tlp,
        )  # fmt: skip
        Alias.objects.create(record_id=name, source=OURS, said_by=name, f=0, vuln=number)
        record(
            by=by, did="vulnerability.registered", to=row, because=because,
            facts={**row.content(), "wall": wall.uid if wall else None},
        )  # fmt: skip
    return row


def _initials() -> str:
    """Two or three letters in front of our own numbers: the initials of the manufacturer's name."""
    ours = installation()
    letters = "".join(word[0] for word in (ours.manufacturer if ours else "").split() if word[0].isalpha())
    return letters.upper()[:3] if len(letters) > 1 else "OWN"
