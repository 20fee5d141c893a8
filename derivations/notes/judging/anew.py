r"""A name that has a value and is given another one in the midst of a chain: softmax(z) = g(u, v) = u/v, with a new g.

At the beginning of a chain this is a conflict, and so it is here: the name is what stands behind it from there on, and
what stands before it is judged by that. It is a claim, though, where the side before is what the name was, and for a
bare name also where that may be something else than what stands behind.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace

from derivations.atoms import UnsupportedExpressionError
from derivations.notes.interpreting.heads import Head
from derivations.notes.interpreting.names import UnsupportedNoteError, names_in
from derivations.notes.interpreting.quotients import gradient_of
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.kinds import Place
from derivations.notes.judging.numbers import is_number
from derivations.notes.judging.redefining import Redefining
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import Why, why

__all__ = ["Anew"]

_LET = (
    r"(\b(let|defin(e|ing)|denot(e|ing)|set|write|sei(en)?|definiere|setze|soit|posons|on pose|sean?|definimos|seja"
    r"|definamos|sia|poniamo|niech|пусть|обозначим|положим|đặt|gọi)|令|设|設|记|記|定义)\s*:?\s*$"
)
_FAULTS = (UnsupportedNoteError, UnsupportedExpressionError)


@dataclass
class Anew(Redefining):
    """The part of a reading that hears names defined anew by what stands behind or before them."""

    anew: dict[tuple[int, int, int], int] = field(default_factory=dict)  # relations that do it, and the line before

    def _said_anew(self, at: Place) -> StepRecord | None:
        """The record of a relation that gives a name another value; one that a name ends is judged by the new value."""
        line = self.anew.pop((at.step.formula, at.step.chain, at.step.relation), None)
        if line is not None and at.head is not None:
            return self._contradicted(at, at.head, line)
        head = at.other
        entry = next(iter(self.scope.of(head.ref.key)), None) if head is not None else None
        if head is None or entry is None or not entry.line or entry.definition is None or not self._has_value(head):
            return None
        if head.ref.key in {ref.key for ref in names_in([at.left], self.signature.habits)}:
            return None
        behind = next((s for s in self.document.steps if _is_side(s.left, at.step.right)), None)
        if behind is None:
            return self._let(at, head, entry.line)
        if self._is_other_value(behind, head) and self._may_be_meant(at, behind, head):
            assert behind.right is not None and behind.right.node is not None
            with contextlib.suppress(*_FAULTS):
                self._bind(behind, head, behind.right.node)
                self.anew[behind.formula, behind.chain, behind.relation] = entry.line
        return None

    def _let(self, at: Place, head: Head, line: int) -> StepRecord | None:
        """Let E = g(x), where g was something else."""
        before = self.document.formulas[at.step.formula].context.before
        if not (at.begins and at.is_composed and at.subject is None and re.search(_LET, before, re.I)):
            return None
        if is_number(at.left) or not _is_false(self._claimed(at.step, at.left, at.right)):
            return None
        with contextlib.suppress(*_FAULTS):
            self._bind(replace(at.step, left=at.step.right, right=at.step.left), head, at.left)
            return self._contradicted(at, head, line)
        return None

    def _contradicted(self, at: Place, head: Head, line: int) -> StepRecord:
        return replace(at.blank, verdict="conflict", reason=f"{head.ref.key} was defined otherwise in line {line}")

    def _is_other_value(self, behind: Step, head: Head) -> bool:
        """Whether a name is equated with what it isn't, by its definition, and that could be a definition of it."""
        if behind.left is None or behind.right is None or behind.sign.sign != "=":
            return False
        name, value = behind.left.node, behind.right.node
        if name is None or value is None or is_number(value) or self._is_varied(head, value):
            return False
        if head.ref.key in {ref.key for ref in names_in([value], self.signature.habits)}:
            return False
        return _is_false(self._claimed(behind, name, value))

    def _may_be_meant(self, at: Place, behind: Step, head: Head) -> bool:
        """Whether what stands before a name isn't its old value, and may be the new one."""
        if self._claimed(at.step, at.left, at.right).verdict.status.value in HELD:
            return False
        value: Node | None = behind.right.node if behind.right is not None else None
        assert value is not None
        try:
            with self.scope.trial():
                self._bind(behind, head, value)
                judged = self._claimed(at.step, at.left, at.right)
        except _FAULTS:
            return False
        is_held = judged.verdict.status.value in HELD
        is_slope = at.subject is not None or gradient_of(at.left) is not None
        entry = self.scope.of(head.ref.key)[0]
        is_new = bool(head.arguments) or self._is_of_another_section(at.step, entry)
        if is_slope:
            return is_new and is_held  # else ∂L/∂w_2 = dw_1 is a slip
        return is_held or is_new and not judged.verdict.is_refuted


def _is_side(one: Side | None, other: Side | None) -> bool:
    sides = (one, other)
    return None not in sides and len({(s.formula, s.chain, s.member) for s in sides if s is not None}) == 1


def _is_false(judged: Judged) -> bool:
    return judged.verdict.is_refuted or why(judged.verdict.reason) is Why.OTHER_ARGUMENTS
