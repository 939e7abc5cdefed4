"""A place in a decoded document: it knows its path, and notes each problem there, so that one run reports them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from suture.core.errors import InvalidValue, Problem

T = TypeVar("T")

_WORDS = {str: "text", dict: "an object", list: "an array", bool: "true or false", int: "a number", float: "a number"}


class Node:
    """One JSON object. Reading a field that is missing or of another kind notes a problem and marks the node bad."""

    __slots__ = ("_key", "_number", "_parent", "bad", "problems", "raw")

    def __init__(
        self,
        raw: dict[str, object],
        problems: list[Problem],
        parent: Node | str = "",
        key: str = "",
        number: int | None = None,
    ) -> None:
        """`parent` is the node above, or the place as pointer; `key` the field there, `number` the array's member."""
        self.raw = raw
        self.problems = problems
        self.bad = False
        self._parent = parent
        self._key = key
        self._number = number

    @property
    def where(self) -> str:
        """The place as a JSON pointer (RFC 6901)."""
        above = self._parent if isinstance(self._parent, str) else self._parent.where
        step = f"/{self._key}" if self._key else ""
        return f"{above}{step}" if self._number is None else f"{above}{step}/{self._number}"

    def note(self, key: str, what: str, mend: str = "") -> None:
        """Note a problem at one of the fields ('hashes', 'hashes/0'), or at the node itself when `key` is ''."""
        self.problems.append(Problem(f"{self.where}/{key}" if key else self.where, what, mend))

    def text(self, key: str, default: str | None = None, mend: str = "") -> str:
        """A field that is text. Without a default it must be there and not be blank."""
        value = self.raw.get(key)
        if type(value) is str and (value or default is not None):
            return value
        if value is None and default is not None:
            return default
        self.bad = True
        self.note(key, f"{_kind(value)} where text belongs" if value is not None and value != "" else "missing", mend)
        return ""

    def texts(self, *keys: str) -> list[str]:
        """Several fields that are text, each '' when absent: `text(key, "")` for many, in one go."""
        get = self.raw.get
        return [value if type(value := get(key)) is str else self.text(key, "") for key in keys]

    def parse(self, key: str, reader: Callable[[str], object], mend: str = "") -> str:
        """A field that is text of some grammar, '' when absent. What the reader refuses is noted, and kept."""
        value = self.text(key, "")
        if value:
            try:
                reader(value)
            except InvalidValue as wrong:
                self.note(key, str(wrong).partition("; ")[0], mend)
        return value

    def inner(self, key: str) -> Node | None:
        """A field that is an object; None when absent or of another kind (noted)."""
        value = self.raw.get(key)
        if type(value) is dict:
            return Node(value, self.problems, self, key)
        if value is not None:
            self.note(key, f"{_kind(value)} where an object belongs")
        return None

    def nodes(self, key: str) -> list[Node]:
        """A field that is an array of objects; a member of another kind is noted and left out."""
        found = []
        for number, member in enumerate(self._array(key)):
            if type(member) is dict:
                found.append(Node(member, self.problems, self, key, number))
            else:
                self.note(f"{key}/{number}", f"{_kind(member)} where an object belongs")
        return found

    def pairs(self, key: str, first: str, second: str) -> tuple[tuple[str, str], ...]:
        """A field that is an array of objects of two texts each; one without both is noted and left out."""
        found = []
        for number, member in enumerate(self._array(key)):
            one, other = (member.get(first), member.get(second)) if type(member) is dict else (None, None)
            if type(one) is str and type(other) is str and one and other:
                found.append((one, other))
            else:
                node = Node(member if type(member) is dict else {}, self.problems, self, key, number)
                node.text(first)
                node.text(second)
        return tuple(found)

    def _array(self, key: str) -> list[object]:
        value = self.raw.get(key)
        if type(value) is list:
            return value
        if value is not None:
            self.note(key, f"{_kind(value)} where an array belongs")
        return []

    def each(self, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        """Read every object of an array; what turns out bad has been noted and is left out."""
        found = []
        for node in self.nodes(key):
            value = read(node)
            if not node.bad:
                found.append(value)
        return tuple(found)


def _kind(value: object) -> str:
    return _WORDS.get(type(value), "nothing")
