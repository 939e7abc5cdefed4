"""A state machine is a table: who may move a thing from where to where, on which facts, with a signature or not.

The buttons, the API's errors, the permission check and the diagram in the docs are all drawn from the same table.
Source: 21 CFR 11.10(f) (operational checks enforce permitted sequencing) and (g) (authority checks).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from suture.core.errors import InvalidValue, NotAllowed
from suture.core.facts import Answer
from suture.core.roles import Role, named

S = TypeVar("S", bound=StrEnum)


class Guard(StrEnum):
    """A fact a step needs. Each table has its own subclass; `says` is the fact as a sentence."""

    @property
    def says(self) -> str:
        """The fact as a sentence that is true when the guard is met."""
        return self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Step(Generic[S]):
    """One row of a workflow's table.

    `who` holds the roles, one of which is needed; `signature` asks the person to sign (21 CFR 11.50);
    `guard` names the facts that must be a recorded yes: unknown does not open a step.
    `done` is the participle for sentences ('signed'); by default the verb with '-ed'.
    """

    verb: str
    from_states: AbstractSet[S]
    to: S
    who: AbstractSet[Role]
    signature: bool = False
    guard: tuple[Guard, ...] = ()
    done: str = ""

    def __post_init__(self) -> None:
        if not self.from_states or not self.who:
            raise InvalidValue(f"the step '{self.verb}' needs a state to start from and a role that may take it")
        if not self.done:
            words = self.verb.replace("_", " ").split(" ")
            words[0] += "d" if words[0].endswith("e") else "ed"
            object.__setattr__(self, "done", " ".join(words))

    @property
    def label(self) -> str:
        """The verb as a button says it: 'Start analysis'."""
        return self.verb.replace("_", " ").capitalize()


class Workflow(Generic[S]):
    """The whole table of one kind of record. Its first step's origin is where records begin."""

    def __init__(self, name: str, *steps: Step[S], start: S) -> None:
        """Check the table once: no two rows may answer the same verb, or reach the same state, from one state.

        Raises:
            InvalidValue: two rows leave one state by the same verb or to the same state, or nothing leaves `start`.
        """
        self.name = name
        self.steps = steps
        self.start = start
        self.states: type[S] = type(start)
        self._by_verb: dict[tuple[S, str], Step[S]] = {}
        self._by_target: dict[tuple[S, S], Step[S]] = {}
        for step in steps:
            for state in step.from_states:
                if (state, step.verb) in self._by_verb or (state, step.to) in self._by_target:
                    raise InvalidValue(f"{name}: two steps leave '{state}' by '{step.verb}' or to '{step.to}'")
                self._by_verb[state, step.verb] = self._by_target[state, step.to] = step

    def step(self, state: S, verb: str) -> Step[S]:
        """Find the row for a verb in a state.

        Raises:
            NotAllowed: the table has none; the sentence says what is possible instead.
        """
        found = self._by_verb.get((state, verb))
        if found is None:
            done = next((step.done for step in self.steps if step.verb == verb), f"moved by '{verb}'")
            raise NotAllowed(f"{_a(self.name)} that is {_word(state)} cannot be {done}; {self._instead(state)}")
        return found

    def step_to(self, state: S, to: S) -> Step[S]:
        """Find the row that leads from one state to another.

        Raises:
            NotAllowed: the table has none.
        """
        found = self._by_target.get((state, to))
        if found is None:
            raise NotAllowed(
                f"{_a(self.name)} that is {_word(state)} cannot become {_word(to)}; {self._instead(state)}"
            )
        return found

    def after(self, state: S, verb: str) -> S:
        """Give the state a verb leads to. Guards, roles and signatures are asked for by `require`.

        Raises:
            NotAllowed: this state does not know the verb.
        """
        return self.step(state, verb).to

    def leaving(self, state: S) -> tuple[Step[S], ...]:
        """All rows that leave a state, in the order of the table."""
        return tuple(step for step in self.steps if state in step.from_states)

    def allowed(self, state: S, roles: Iterable[Role]) -> tuple[Step[S], ...]:
        """The rows somebody with these roles may take from here; guards may still hold them back."""
        held = set(roles)
        return tuple(step for step in self.leaving(state) if not held.isdisjoint(step.who))

    def why_not(self, state: S, verb: str, facts: Mapping[Any, Answer]) -> list[str]:
        """Say in sentences what still holds a step back; an empty list means it may be taken.

        `facts` is keyed by the members of the table's guard. One that is not in it is unknown, and unknown does
        not open a step.
        """
        sentences = []
        for guard in self.step(state, verb).guard:
            answer = facts.get(guard, Answer.UNKNOWN)
            if answer is Answer.UNKNOWN:
                sentences.append(f"it is not recorded that {guard.says}")
            elif answer is not Answer.YES:
                sentences.append(f"it is {'not yet ' if answer is Answer.NOT_YET_DUE else 'not '}so that {guard.says}")
        return sentences

    def require(
        self,
        state: S,
        verb: str,
        *,
        roles: Iterable[Role],
        facts: Mapping[Any, Answer],
        signed: bool = False,
    ) -> S:
        """Give the state after a step, once the table, the role, the facts and the signature all permit it.

        Raises:
            NotAllowed: with one sentence naming everything that is missing.
        """
        step = self.step(state, verb)
        if set(roles).isdisjoint(step.who):
            raise NotAllowed(f"{_a(self.name)} can be {step.done} by {named(step.who)} only")
        missing = self.why_not(state, verb, facts)
        if step.signature and not signed:
            missing.append("it needs a signature")
        if missing:
            raise NotAllowed(f"{_a(self.name)} cannot be {step.done} yet: " + "; ".join(missing))
        return step.to

    @property
    def ends(self) -> frozenset[S]:
        """The states nothing leaves."""
        return frozenset(state for state in self.states if not self.leaving(state))

    def reachable(self) -> frozenset[S]:
        """The states that can be reached from the start."""
        seen, todo = {self.start}, [self.start]
        while todo:
            for step in self.leaving(todo.pop()):
                if step.to not in seen:
                    seen.add(step.to)
                    todo.append(step.to)
        return frozenset(seen)

    def diagram(self) -> str:
        """Draw the table as a Mermaid state diagram; a dagger marks steps that need a signature."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start.value}"]
        for step in self.steps:
            sign = " †" if step.signature else ""
            lines += [
                f"    {state.value} --> {step.to.value}: {step.verb.replace('_', ' ')}{sign}"
                for state in self.states
                if state in step.from_states
            ]
        lines += [f"    {state.value} --> [*]" for state in self.states if state in self.ends]
        return "\n".join(lines) + "\n"

    def _instead(self, state: S) -> str:
        steps = self.leaving(state)
        if not steps:
            return "it is at its end"
        return "it can be " + ", ".join(dict.fromkeys(step.done for step in steps))


def _word(state: StrEnum) -> str:
    return state.value.replace("_", " ")


def _a(name: str) -> str:
    return f"{'an' if name[0] in 'aeio8' or name == 'SBOM' else 'a'} {name}"
