"""A reading that follows another: what hangs on none of the choices in which they differ is taken over from it.

Two readings of a document differ in a few choices, and few steps ask for these. From the same state, a step that asks
for none of them has the same record and leaves the same state:

    the same state ── the step asked for nothing in which they differ ──> the same record and state: taken over
                   └─ it asked for some of it ──> read; where the states are still the same afterwards, and so on

What a step asked for is recorded by the choices themselves (`WatchedChoices`), so that nothing has to be declared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any

from derivations.notes.interpreting.naming import Choices, WatchedChoices
from derivations.notes.interpreting.scope import Scope
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord

__all__ = ["Trace", "traced"]

State = dict[str, Any]
_NO_STATE = frozenset(["document", "signature", "choices", "seed", "spent", "seconds", "consulted", "step_consulted"])


@dataclass(frozen=True)
class Done:
    """What a reading did at a step. asked: the choices; before, after: its states, where it asked for any."""

    record: StepRecord
    consulted: frozenset[str]
    is_consulted: bool
    asked: frozenset[str]
    before: State | None
    after: State | None


@dataclass
class Trace:
    """What a reading did; at_first, consulted_first: what it asked for and consulted before the first step."""

    choices: Choices
    at_first: frozenset[str]
    consulted_first: frozenset[str]
    steps: list[Done]

    @property
    def consulted(self) -> frozenset[str]:
        """What was left open by the notation, and was consulted anywhere."""
        return self.consulted_first.union(*(done.consulted for done in self.steps))

    @property
    def records(self) -> list[StepRecord]:
        return [done.record for done in self.steps]


def traced(
    reading: Any,
    steps: Sequence[Step],
    recorded: Callable[[Step], StepRecord],
    others: Sequence[Trace] = (),
    is_followed: bool = True,
) -> Trace:
    """What `recorded` makes of the steps, where it has to be asked; reading: what it changes and whose choices it asks.

    others: what readings did at the same steps with other choices; is_followed: whether others may follow this one.
    """
    choices: WatchedChoices = reading.choices
    trace = Trace(choices.plain, frozenset(choices.asked), frozenset(reading.consulted), [])
    leader, apart = _leader(trace, others)
    has_states = is_followed or leader is not None
    state, is_behind = _state(reading) if has_states else {}, False
    for place, step in enumerate(steps):
        led = leader.steps[place] if leader is not None else None
        if led is not None and not led.asked & apart:
            trace.steps.append(led)
            reading.step_consulted.append(led.is_consulted)
            is_behind = True
            continue
        if is_behind and led is not None and led.before is not None:
            state = led.before
            _restore(reading, state)
        choices.asked.clear()
        reading.consulted.clear()
        record = recorded(step)
        before, state, is_behind = state, _state(reading, state) if has_states else {}, False
        consulted, asked = frozenset(reading.consulted), frozenset(choices.asked)
        kept = (before, state) if asked else (None, None)
        trace.steps.append(Done(record, consulted, reading.step_consulted[-1], asked, *kept))
        if led is not None and not _is_same(state, led.after):
            leader = None
    return trace


def _leader(trace: Trace, others: Sequence[Trace]) -> tuple[Trace | None, set[str]]:
    """The trace that asked least often for what the choices differ in from its own, and what that is."""
    names = [item.name for item in fields(trace.choices)]
    found: list[tuple[int, int, set[str]]] = []
    for number, other in enumerate(others):
        apart = {n for n in names if getattr(other.choices, n) is not getattr(trace.choices, n)}
        if not apart & (trace.at_first | other.at_first):
            found.append((sum(bool(done.asked & apart) for done in other.steps), number, apart))
    if not found:
        return None, set()
    _, number, apart = min(found)
    return others[number], apart


def _state(reading: object, before: State | None = None) -> State:
    """A copy of what a reading knows; made of parts of an earlier one where these are unchanged."""
    found: State = _copied({name: value for name, value in vars(reading).items() if name not in _NO_STATE}, before)
    return found


def _restore(reading: object, state: State) -> None:
    for name, value in state.items():
        current = getattr(reading, name, None)
        if isinstance(current, Scope):
            _restore(current, value)
        else:
            setattr(reading, name, _copied(value))


def _copied(value: Any, before: Any = None) -> Any:
    """A copy as deep as what is changed in place goes: dictionaries, lists, sets, and the scope as a dictionary."""
    if isinstance(value, Scope):
        value = vars(value)
    if isinstance(value, dict):
        old = before if isinstance(before, dict) else {}
        found = {key: _copied(content, old.get(key)) for key, content in value.items()}
        return before if isinstance(before, dict) and _is_same(found, before) else found
    if isinstance(value, list | set):
        return before if type(before) is type(value) and before == value else value.copy()
    return value


def _is_same(one: Any, other: Any) -> bool:
    """Whether two copies are equal, in the order of their entries too."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(_is_same(value, other[key]) for key, value in one.items())
    return bool(one == other)
