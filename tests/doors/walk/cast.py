"""The people of the story and what is shared by its chapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.doors.process.installation import PASSWORD, Installation
from tests.doors.walk.firm import Days
from tests.doors.walk.somebody import Somebody

DEVICE = "Lumen W4"
ROLES = {
    "ada": ("Ada Lind", "product security (PSIRT)"),
    "clara": ("Clara Voss", "clinical safety"),
    "rosa": ("Rosa Luz", "regulatory affairs"),
}


@dataclass
class Cast:
    """The people of the story, each at a browser of their own, and the days of the walk."""

    house: Installation
    ada: Somebody
    clara: Somebody
    rosa: Somebody
    quinn: Somebody
    days: Days

    def __iter__(self) -> Iterator[Somebody]:
        return iter((self.ada, self.clara, self.rosa, self.quinn))


def people_arrive(house: Installation, sit_down: Callable[[str, str], Somebody], days: Days) -> Cast:
    """The administrator adds three people; all sign in with their passwords."""
    noor = sit_down("noor", "Noor Fairweather")
    noor.signs_in()
    for username, (name, role) in ROLES.items():
        noor.follows("People")
        noor.follows("Add somebody")
        noor.fills({"Printed name": name, "User name": username, "First password": PASSWORD})
        noor.page.get_by_role("checkbox", name=role).check()
        noor.presses("Add")
        assert name in noor.reads()
    cast = Cast(
        house, *(sit_down(username, name) for username, (name, _role) in ROLES.items()),
        sit_down("quinn", "Quinn Vale"), days,
    )  # fmt: skip
    for somebody in cast:
        somebody.signs_in()
        somebody.arrives_at("Today")
        assert ("Moved clock:" in somebody.banner()) == (days.now is not None)
    assert not noor.wrong
    noor.leaves()
    return cast


def at_release(somebody: Somebody, version: str) -> None:
    """By the list of devices to one release."""
    somebody.follows("Devices")
    somebody.follows(DEVICE)
    somebody.follows(version, under="Releases")
    somebody.arrives_at(f"{DEVICE} release {version}")
