"""Applicability statements: products joined by AND and OR, judged for one release with three answers.

A source may call a product vulnerable only together with others: firmware AND the device it runs on, an application
running on an operating system. Whether that holds is true, false or *unknown*; unknown is never false.

Source: NISTIR 7698 (CPE applicability language); NVD CVE API 2.0, `configurations`; engine.md §3 for the three values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple, TypeAlias

Truth: TypeAlias = bool | None  # None: unknown


class Joint(StrEnum):
    """How the parts of a node are joined."""

    ALL = "AND"
    ANY = "OR"


class Product(NamedTuple):
    """One product a configuration names, with the range of its versions.

    `number` is the range's place in the record's `ranges` if the product is vulnerable, else in its `platforms`;
    None: its versions cannot be read, and a person has to look.
    """

    package: str  # 'o:microsoft:windows_10_1809'
    number: int | None
    vulnerable: bool
    words: str = ""  # 'any version', for the sentence a person reads


class Node(NamedTuple):
    """Products, or further nodes, joined by AND or OR; `negate` turns the answer round."""

    joint: Joint
    parts: tuple[Product | Node, ...]
    negate: bool = False

    def products(self) -> Iterator[Product]:
        """Every product below, in the order written."""
        for part in self.parts:
            if isinstance(part, Node):
                yield from part.products()
            else:
                yield part


def evaluate(node: Node, truth: Callable[[Product], Truth]) -> Truth:
    """Judge a configuration: `truth` answers for each product whether the release has it in a stated version."""
    answers = (evaluate(part, truth) if isinstance(part, Node) else truth(part) for part in node.parts)
    found = all_of(answers) if node.joint is Joint.ALL else any_of(answers)
    return found if not node.negate or found is None else not found


def all_of(answers: Iterable[Truth]) -> Truth:
    """False if any is false, else unknown if any is unknown, else true. Kleene's strong three-valued AND."""
    found: Truth = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            found = None
    return found


def any_of(answers: Iterable[Truth]) -> Truth:
    """True if any is true, else unknown if any is unknown, else false. Kleene's strong three-valued OR."""
    found: Truth = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            found = None
    return found


# ---- as text, for storage: compact, and the same for the same configuration


def as_plain(node: Node, number: Callable[[Product], int | None] | None = None) -> list[object]:
    """A node as JSON takes it: ['AND', negate, [parts]]; a product is [package, number, vulnerable, words].

    Args:
        number: gives the number under which a product is stored, where that is not its own.
    """
    parts: list[object] = []
    for part in node.parts:
        if isinstance(part, Node):
            parts.append(as_plain(part, number))
            continue
        package, own, vulnerable, words = part
        stored = own if number is None else number(part)
        parts.append([package, stored, int(vulnerable), words] if words else [package, stored, int(vulnerable)])
    return [node.joint.value, int(node.negate), parts]


def from_plain(stored: list[object]) -> Node:
    """Read what `as_plain` wrote."""
    joint, negate, parts = stored
    assert isinstance(parts, list)
    read: list[Product | Node] = []
    for part in parts:
        if len(part) == 3 and isinstance(part[2], list):
            read.append(from_plain(part))
        else:
            package, number, vulnerable, *words = part
            read.append(Product(package, number, bool(vulnerable), words[0] if words else ""))
    return Node(Joint(str(joint)), tuple(read), bool(negate))
