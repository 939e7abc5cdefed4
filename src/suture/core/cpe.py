"""CPE names: formatted strings of CPE 2.3 and the URIs of CPE 2.2.

An SBOM and a vulnerability record meet on part, vendor and product; the version is then a matter of ranges.
Source: NIST IR 7695, Common Platform Enumeration: Naming Specification 2.3, §6.1 (URI) and §6.2 (formatted string).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from suture.core.errors import InvalidValue

ANY = "*"
NA = "-"
MEND = (
    "write cpe:2.3:part:vendor:product:version:update:*:*:*:*:*:*, e.g. cpe:2.3:a:openssl:openssl:3.0.13:*:*:*:*:*:*:*"
)

_FIELDS = re.compile(r"(?:[^:\\]|\\.)+")
_PERCENT = re.compile(r"%([0-9a-f]{2})")
_QUOTED = re.compile(r"\\(.)")
_WILD = re.compile(r"(?<!\\)(?:\\\\)*[*?]")
_PARTS = frozenset("aoh*-")
_SPARE = (ANY,) * 11
_ATTRIBUTES = ("edition", "language", "sw_edition", "target_sw", "target_hw", "other")


class Cpe(NamedTuple):
    """A CPE name in its eleven parts, unescaped and in lower case; '*' is ANY, '-' is NA (not applicable).

    `wild` says that a part other than a whole '*' holds an unescaped wildcard ('*' or '?'): such a name stands for
    several names. A literal hyphen or asterisk is told from NA and ANY by its escape in the original, so a version
    that is the literal '-' reads as '\\-'.
    """

    part: str
    vendor: str
    product: str
    version: str = ANY
    update: str = ANY
    edition: str = ANY
    language: str = ANY
    sw_edition: str = ANY
    target_sw: str = ANY
    target_hw: str = ANY
    other: str = ANY
    wild: bool = False

    @property
    def package(self) -> str:
        """`part:vendor:product`, a colon inside a name escaped: the name both sides meet on."""
        return ":".join((self.part, _plain(self.vendor), _plain(self.product)))

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """What the name demands beyond part, vendor, product, version and update: (attribute, value), ANY left out."""
        if self[5:11] == _SPARE[:6]:
            return ()
        return tuple((field, value) for field, value in zip(_ATTRIBUTES, self[5:11], strict=True) if value != ANY)

    @property
    def nameable(self) -> bool:
        """True when vendor and product are names, not ANY, NA or a pattern."""
        return self.part in ("a", "o", "h") and not {self.vendor, self.product} & {ANY, NA} and not self.wild_name

    @property
    def wild_name(self) -> bool:
        """True when vendor or product holds a wildcard."""
        return self.wild and any("*" in text or "?" in text for text in (self.vendor, self.product))

    @property
    def version_text(self) -> str:
        """Version and update joined as one version: '1.0.2 beta1'; '' when the name states neither.

        NVD writes a service pack without a version number as version NA with an update ('windows_xp:-:sp3');
        there the update alone is the version.
        """
        update = "" if self.update in (ANY, NA) else self.update
        if self.version in (ANY, NA):
            return update
        return f"{self.version} {update}" if update else self.version


def _plain(text: str) -> str:
    return text.replace(":", "\\:") if ":" in text else text


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text
    return text if text in ("\\-", "\\*") else _QUOTED.sub(r"\1", text)


# A formatted string whose vendor and product are plain words, as nearly all are.
_plainly_named = re.compile(r"cpe:2\.3:([aoh]:[^:*?\\-][^:*?\\]*:([^:*?\\-][^:*?\\]*))(?::[^:\\]+){0,8}").fullmatch


def package_of(text: str) -> str | None:
    """As `parse(text).package`, sooner, of a name that is `nameable`; None: look closer."""
    found = _plainly_named(text.lower())
    return None if found is None or found[2] in _WINDOWS else found[1]


def read(text: str) -> Cpe:
    """As `parse`, for whoever remembers what he makes of the names he read.

    Raises:
        InvalidValue: as `parse`.
    """
    name = text.strip().lower()
    if name.startswith("cpe:2.3:"):
        fields = name[8:].split(":") if "\\" not in name else _split(name[8:])
    elif name.startswith("cpe:/"):
        fields = _uri(name[5:])
    else:
        raise InvalidValue(f"not a CPE name: {text!r}; {MEND}")
    if not 3 <= len(fields) <= 11 or fields[0] not in _PARTS or not all(fields):
        raise InvalidValue(f"not a CPE name: {text!r}; {MEND}")
    wild = name.count("*") > fields.count(ANY) or "?" in name  # nearly never: only then look where
    if wild:
        wild = any(("*" in field or "?" in field) and field != ANY and _WILD.search(field) for field in fields)
    if "\\" in name:
        fields = [_unquoted(field) for field in fields]
    return _renamed(Cpe._make((*fields, *_SPARE[len(fields) :], wild)))


@lru_cache(maxsize=1 << 16)
def parse(text: str) -> Cpe:
    """Read a CPE 2.3 formatted string or a CPE 2.2 URI. Case does not matter; parts left out at the end are ANY.

    Raises:
        InvalidValue: the text is neither; the sentence says how to write one.
    """
    return read(text)


# NVD first wrote the feature release of a Windows as its version (windows_10:1909) and deprecated those names for
# products of their own (windows_10_1909), whose versions are builds. Source: NVD CPE dictionary, deprecated-by.
_WINDOWS = {"windows_10": "windows_10", "windows_11": "windows_11", "windows_server_2016": "windows_server"}
_FEATURE_RELEASE = re.compile(r"(?:1[5-9]|2[0-9])(?:0[1-9]|1[0-2]|h[12])").fullmatch


def _renamed(name: Cpe) -> Cpe:
    """A Windows by its name of today: 'microsoft:windows_10:1909' is 'microsoft:windows_10_1909'."""
    if name.vendor == "microsoft" and name.product in _WINDOWS and _FEATURE_RELEASE(name.version):
        return name._replace(product=f"{_WINDOWS[name.product]}_{name.version}", version=ANY)
    return name


def _split(text: str) -> list[str]:
    """The fields of a formatted string; a colon after a backslash belongs to its field."""
    fields = _FIELDS.findall(text)
    return fields if len(":".join(fields)) == len(text) else [""]


def _uri(text: str) -> list[str]:
    """The fields of a CPE 2.2 URI: percent-decoded, empty meaning ANY, '~' packing the edition's parts (§6.1.2.1.3)."""
    fields = [_uri_field(field) for field in text.split(":")]
    if len(fields) > 7:
        return [""]
    if len(fields) > 5 and fields[5].startswith("~"):
        packed = [field or ANY for field in fields[5].split("~")[1:]]
        if len(packed) != 5:
            return [""]
        edition, *rest = packed
        language = fields[6] if len(fields) > 6 else ANY
        fields = [*fields[:5], edition, language, *rest]
    return fields


def _uri_field(field: str) -> str:
    # %01 and %02 are the URI's unescaped '?' and '*' (§6.1.2.1.2); every other code is a literal character.
    if not field:
        return ANY
    literal = field.replace("%01", "?").replace("%02", "*")
    return _PERCENT.sub(_character, literal)


def _character(code: re.Match[str]) -> str:
    character = chr(int(code[1], 16))
    return "\\" + character if character in "*?\\" else character
