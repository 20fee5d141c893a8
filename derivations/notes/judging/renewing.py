"""Claims about names whose definition has changed since they were used: L = (a - y)²/2, and then another a.

What was computed from the old a keeps its meaning, so that L is a function of the old one. Its author may mean the new
one: such a step is refuted only if it is false for both, and proved only if it holds for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from derivations.atoms import UnsupportedExpressionError, free_atoms, label_of
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.scope import Entry
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.statement import Definition
from derivations.verdict import Status

__all__ = ["Renewing"]


@dataclass
class Renewing(Judging):
    """The part of a reading that tries both definitions of a name."""

    def _tried(self, step: Step, left: Node, right: Node) -> Judged:
        judged = super()._tried(step, left, right)
        changed = self._changed(step, left, right) if any(self.scope.versions.values()) else []
        if not changed or judged.verdict.status is Status.SUPPORTED:
            return judged
        with self._renewed(changed):
            again = super()._tried(step, left, right)
        old, new = changed[0]
        if judged.verdict.is_proved:
            if again.verdict.is_proved:
                return judged
            reason = f"holds for {old.key} as defined in line {old.line}, not as in line {new.line}"
            return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))
        if again.verdict.status not in (Status.PROVED, Status.SUPPORTED):
            return judged
        reason = f"holds for {new.key} as defined in line {new.line}, not as in line {old.line}"
        return replace(again, verdict=replace(again.verdict, status=Status.SUPPORTED, reason=reason))

    def _changed(self, step: Step, left: Node, right: Node) -> list[tuple[Entry, Entry]]:
        """The names that a step depends on by a definition that is no longer in force: (the old one, the new one)."""
        assert step.left is not None and step.right is not None
        try:
            sides = [
                self._speaker(step.left, step.right).side(left).expr,
                self._speaker(step.right, step.left).side(right).expr,
            ]
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return []
        found = []
        for old in self.scope.definitions_of(*sides):
            new = next((e for e in self.scope.of(old.key) if e.axes == old.axes), old)
            if new.symbol == old.symbol or new.definition is None:
                continue
            reached = [new.definition.value]
            reached += [e.definition.value for e in self.scope.definitions_of(*reached) if e.definition is not None]
            if not any(label_of(a) == old.symbol for e in reached for a in free_atoms(e)):
                found.append((old, new))
        return found

    @contextmanager
    def _renewed(self, changed: Sequence[tuple[Entry, Entry]]) -> Iterator[None]:
        with self.scope.trial():
            for old, new in changed:
                assert old.definition is not None
                own = getattr(old.definition.target, "indices", ())
                value = new.value_at(tuple(own))
                self.scope.symbols[old.symbol] = replace(old, definition=Definition(old.definition.target, value))
            yield
