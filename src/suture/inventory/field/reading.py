"""From the cells of a list to what they say of units: products, releases and places are looked up, words understood.

Everything is looked up in memory, and every distinct text only once: a list of a million rows repeats itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from suture.accounts.models import Person
from suture.core.errors import InvalidValue, Problem
from suture.core.ids import uuid7
from suture.core.udi import read_udi
from suture.evidence.clock import now, today
from suture.formats.field_file import LONGEST_CELL, Field, Listing
from suture.inventory.field.queries import limits_of, visible_sites
from suture.inventory.field.staging import Staged
from suture.inventory.models import Consignee, DeviceIdentifier, Establishment, Product, Release, Unit

MOST_PROBLEMS = 500  # kept; all are counted
MOST_REMEMBERED = 200_000  # distinct texts of one column
FIRST_DAY = date(1970, 1, 1)
NAMED = 60  # characters of a serial number, a lot, a customer number

STATES: Mapping[str, Unit.State] = {
    **{str(state.label): state for state in Unit.State},
    "active": Unit.State.FIELDED, "installed": Unit.State.FIELDED, "in use": Unit.State.FIELDED,
    "in service": Unit.State.FIELDED, "loan": Unit.State.LENT, "loaned": Unit.State.LENT, "on loan": Unit.State.LENT,
    "sold": Unit.State.SOLD_ON, "decommissioned": Unit.State.RETIRED, "scrapped": Unit.State.RETIRED,
    "destroyed": Unit.State.RETIRED, "missing": Unit.State.LOST, "not found": Unit.State.LOST,
}  # fmt: skip
YES = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
UNKNOWN = frozenset({"unknown", "not known", "?", "n/a"})
KINDS = {str(word): kind for kind in Consignee.Kind for word in (kind.value, kind.label)}


@dataclass(slots=True)
class Problems:
    """What is wrong with a list: the first few hundred in full, all counted."""

    kept: list[Problem] = field(default_factory=list)
    many: int = 0

    def add(self, row: int, column: str, what: str, mend: str = "") -> None:
        """Note one thing wrong."""
        self.many += 1
        if len(self.kept) < MOST_PROBLEMS:
            self.kept.append(Problem(f"row {row}, {column}" if column else f"row {row}", what, mend))


@dataclass(frozen=True, slots=True)
class NewPlace:
    """A site that a list names and nobody entered yet, with its consignee if that is new too."""

    stand_in: int  # negative, until it has a number
    consignee: int | None
    reference: str
    consignee_name: str
    kind: str
    country: str
    site: str


class _Refused(Exception):
    """Why a cell cannot be taken, and how to mend it."""

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what, self.mend = what, mend


class Lookup:
    """Products, releases and places by the words lists call them, as far as this person may see them."""

    def __init__(self, by: Person, *, new_places: bool) -> None:
        limits = limits_of(by)
        self.products: dict[str, int] = {}
        self.identifiers: dict[str, tuple[int, int | None]] = {}
        for pk, brand, di in limits.on(Product.objects.all(), product="pk", consignee="").values_list(
            "pk", "brand_name", "udi_di"
        ):
            self.products[brand.casefold()] = pk
            if di:
                self.identifiers[di.removeprefix("(01)")] = (pk, None)
        for pk, di, product in DeviceIdentifier.objects.values_list("pk", "di", "product"):
            if product not in limits.products:
                self.identifiers[di] = (product, pk)
        self.releases = {
            (product, version.casefold()): pk
            for pk, product, version in Release.objects.values_list("pk", "product", "version")
        }
        sites = visible_sites(by).values_list("pk", "consignee__reference", "consignee__name", "name", "consignee")
        self.sites: dict[tuple[str, str], int] = {}
        self.only: dict[str, list[int]] = {}  # sites of a consignee, by its reference
        self.consignees: dict[str, int] = {}
        for pk, reference, _name, site, _consignee in sites:
            self.sites[reference.casefold(), site.casefold()] = pk
            self.only.setdefault(reference.casefold(), []).append(pk)
        for pk, reference in Consignee.objects.exclude(pk__in=limits.consignees).values_list("pk", "reference"):
            self.consignees[reference.casefold()] = pk
        self.hidden = {
            reference.casefold()
            for reference in Consignee.objects.filter(pk__in=limits.consignees).values_list("reference", flat=True)
        }
        self.new: dict[tuple[str, str], NewPlace] | None = {} if new_places else None

    def product(self, di: str, name: str) -> tuple[int, int | None]:
        """The product, and the identifier's row if the list gave one that is entered."""
        if di:
            found = self.identifiers.get(di.removeprefix("(01)"))
            if found is None:
                raise _Refused(f"no device of ours has the identifier '{di}'", "enter it with the device, or mend it")
            if name and self.products.get(name.casefold()) != found[0]:
                raise _Refused(f"the identifier '{di}' is not one of '{name}'", "one of the two is wrong")
            return found
        pk = self.products.get(name.casefold()) if name else None
        if pk is None:
            raise _Refused(
                f"no device is called '{name}'" if name else "neither product nor identifier",
                "write the brand name as under Devices, or give its UDI-DI",
            )
        return pk, None

    def release(self, product: int, text: str) -> int | None:
        """The release; 0: explicitly unknown; None: nothing said."""
        if not text:
            return None
        if text.casefold() in UNKNOWN:
            return 0
        found = self.releases.get((product, text.casefold()))
        if found is None:
            raise _Refused(f"this device has no release '{text}'", "register the release, or write 'unknown'")
        return found

    def site(self, reference: str, site: str, name: str, kind: str, country: str) -> int | None:
        """The site; a negative stand-in for one that will be made; None: nothing said."""
        if not reference and not site:
            return None
        key = (reference.casefold(), site.casefold())
        found = self.sites.get(key)
        if found is not None:
            return found
        known = self.consignees.get(key[0])
        if not site and len(self.only.get(key[0], ())) == 1:
            return self.only[key[0]][0]
        if self.new is None or not reference or key[0] in self.hidden:
            if known is None:
                raise _Refused(
                    f"no consignee has the number '{reference}'" if reference else "a site without a consignee",
                    "enter the consignee first, or let the import add new ones",
                )
            raise _Refused(
                f"'{reference}' has no site '{site}'" if site else f"'{reference}' has several sites; which?",
                "enter the site first, or let the import add new ones",
            )
        if key not in self.new:
            self.new[key] = self._place(known, reference, site, name, kind, country)
        return self.new[key].stand_in

    def _place(
        self, known: int | None, reference: str, site: str, name: str, kind: str, country: str
    ) -> NewPlace:  # fmt: skip
        assert self.new is not None
        if known is None and (not name or kind.casefold() not in KINDS):
            raise _Refused(
                f"'{reference}' is new: its name or its kind is missing",
                "add the columns consignee_name and consignee_kind (hospital, clinic, distributor, home care)",
            )
        chosen = KINDS.get(kind.casefold(), Consignee.Kind.HOSPITAL)
        if known is None and chosen == Consignee.Kind.USER_AT_HOME:
            raise _Refused("a user at home is entered by hand, with the provider through whom they are reached")
        if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
            raise _Refused(f"'{country}' is no country code", "two letters, as in US or DE")
        if len(reference) > NAMED or len(name) > 200 or len(site) > 200:
            raise _Refused("a customer number has at most 60 characters, a name 200")
        return NewPlace(
            -1 - len(self.new), known, reference, name, chosen.value, country.upper(), site or "Main site"
        )  # fmt: skip


def _day(text: str, latest: date) -> str | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise _Refused(f"'{text}' is no date", "write it as 2026-03-31") from None
    if not FIRST_DAY <= day <= latest:
        raise _Refused(f"{day} is {'in the future' if day > latest else 'too long ago'}", "look at the year")
    return day.isoformat()


def _flag(text: str) -> bool | None:
    if not text:
        return None
    if (found := YES.get(text.casefold())) is None:
        raise _Refused(f"'{text}' is neither yes nor no")
    return found


def _state(text: str) -> int | None:
    if not text:
        return None
    if (found := STATES.get(text.casefold())) is None:
        raise _Refused(f"'{text}' is no state of a unit", f"one of: {', '.join(str(s.label) for s in Unit.State)}")
    return int(found)


def _short(text: str) -> str | None:
    if len(text) > NAMED or "\0" in text:
        raise _Refused(f"longer than {NAMED} characters" if len(text) > NAMED else "holds a NUL character")
    return text or None


_MISSING = object()


def remembering(parse: Callable[..., Any]) -> Callable[..., Any]:
    """The same texts are understood once; so is why they cannot be."""
    seen: dict[Any, Any] = {}

    def understood(*texts: Any) -> Any:
        found = seen.get(texts, _MISSING)
        if found is _MISSING:
            if len(seen) >= MOST_REMEMBERED:
                seen.clear()
            try:
                found = parse(*texts)
            except _Refused as refused:
                found = refused
            seen[texts] = found
        if isinstance(found, _Refused):
            raise found
        return found

    return understood


def latest_day() -> date:
    """The newest date at any of our establishments: what lies after it lies in the future."""
    zones = {"UTC", *Establishment.objects.values_list("time_zone", flat=True)}
    return max(today(zone) for zone in zones)


def staged_rows(
    listing: Listing, mapping: Mapping[Field, int], lookup: Lookup, problems: Problems, told_on: date | None,
    latest: date,
) -> Iterator[Staged]:  # fmt: skip
    """Each row that can be understood, as it is staged; of the others, every problem is noted.

    Args:
        told_on: the day on which the list was true, for rows that do not say when the unit was last known.
        latest: what lies after it lies in the future. Asked for before: while rows flow, the connection is busy.
    """
    product_of, release_of = remembering(lookup.product), remembering(lookup.release)
    site_of, lot_of, state_of = remembering(lookup.site), remembering(_short), remembering(_state)
    day_of = remembering(lambda text: _day(text, latest))
    flag_of = remembering(_flag)
    told = told_on.isoformat() if told_on else None
    base = int(now().timestamp() * 1000)
    noise = secrets.token_bytes(8)

    for line, cells in listing.rows:
        said = {what: cells[place].strip() if place < len(cells) else "" for what, place in mapping.items()}
        get = said.get
        column: Field | str = ""
        try:
            if max(map(len, said.values())) > LONGEST_CELL:
                raise _Refused(f"a cell has more than {LONGEST_CELL} characters")
            for what, text in said.items():
                if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@"):  # as our own exports guard such cells
                    said[what] = text[1:]
            if get(Field.UDI):
                column = Field.UDI
                _from_label(said)
            column = Field.DI if get(Field.DI) else Field.PRODUCT
            product, identifier = product_of(get(Field.DI, ""), get(Field.PRODUCT, ""))
            column = Field.SERIAL
            serial = _short(get(Field.SERIAL, ""))
            if serial is None:
                raise _Refused("empty", "every unit has a serial number")
            column = Field.LOT
            lot = lot_of(get(Field.LOT, ""))
            column = Field.RELEASE
            release = release_of(product, get(Field.RELEASE, ""))
            column = Field.SITE if get(Field.SITE) else Field.CONSIGNEE
            site = site_of(
                get(Field.CONSIGNEE, ""), get(Field.SITE, ""), get(Field.CONSIGNEE_NAME, ""),
                get(Field.CONSIGNEE_KIND, ""), get(Field.COUNTRY, ""),
            )  # fmt: skip
            column = Field.STATE
            state = state_of(get(Field.STATE, ""))
            if state == Unit.State.RETIRED and not get(Field.EVIDENCE):
                column = Field.EVIDENCE
                raise _Refused("a retired unit without evidence", "say what shows it: a certificate, a returned label")
            days = []
            for column in (Field.MANUFACTURED, Field.DISTRIBUTED, Field.LAST_KNOWN):
                days.append(day_of(get(column, "")))
            column = Field.EXPIRES
            expires = _day(get(Field.EXPIRES, ""), date.max) if get(Field.EXPIRES) else None
            column = Field.IMPLANTED
            implanted = flag_of(get(Field.IMPLANTED, ""))
            column = Field.HOME_USE
            home_use = flag_of(get(Field.HOME_USE, ""))
        except _Refused as refused:
            problems.add(line, column, refused.what, refused.mend)
            continue
        # ordered by line: 4,096 of a millisecond, so that the index of uids grows at its end (RFC 9562 §6.2, method 1)
        count = line & 0xFFF
        uid = uuid7(base + (line >> 12), bytes((count >> 4, (count & 15) << 4)) + noise)
        yield Staged(
            line, uid.hex, product, identifier, serial, lot, days[0], expires, days[1], release, site, state,
            days[2] or told, implanted, home_use, get(Field.EVIDENCE, "")[:300],
        )  # fmt: skip


def _from_label(said: dict[Field, str]) -> None:
    """What a whole UDI says fills the columns that say nothing; a contradiction is a problem."""
    try:
        udi = read_udi(said[Field.UDI])
    except InvalidValue as error:
        raise _Refused(str(error)) from None
    for what, text in (
        (Field.DI, udi.di), (Field.SERIAL, udi.serial), (Field.LOT, udi.lot),
        (Field.MANUFACTURED, udi.manufactured_on.isoformat() if udi.manufactured_on else ""),
        (Field.EXPIRES, udi.expires_on.isoformat() if udi.expires_on else ""),
    ):  # fmt: skip
        given = said.get(what, "")
        if text and given and given != text:
            raise _Refused(f"the UDI says {what.value} '{text}', the column says '{given}'", "one of the two is wrong")
        said[what] = given or text
