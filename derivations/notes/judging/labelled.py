r"""Names that are defined for each value of a label: L = -\log p if y = 1, and L = -\log(1 - p) if y = 0.

What is said for one value alone is what the name is there, and for what follows. Said for the other value too, the name
is y times the one and 1 - y times the other; said for any label, it is what is said then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.cases import Case
from derivations.notes.interpreting.heads import Head
from derivations.notes.interpreting.names import CircularError
from derivations.notes.judging.conditions import cases_written
from derivations.notes.judging.defining import Defining
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord

__all__ = ["Labelled"]

_BEFORE = re.compile(r"(?<![A-Za-z\\(])([yt])(?:_\{?[in]\}?|\^\{?\(?[in]\)?\}?)?\s*=\s*([01])\s*\$?[^$=\n]{0,30}$")


@dataclass
class Labelled(Defining):
    """The part of a reading that knows names which are defined for each value of a label."""

    labelled: dict[str, dict[str, Node]] = field(default_factory=dict)  # a name: what it is for 0 and for 1

    def _by_label(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord | None:
        """The record of a definition for one value of a label, or of the first for any; None for all others."""
        case = self._label_case(step)
        key = head.ref.key
        known = self.labelled.get(key)
        if known is None:
            if case is not None and not self._has_value(head):
                self.labelled[key] = {case.right: right}
            return None
        if len(known) == 2 or case is not None and case.right in known:
            return None
        if case is None:
            del self.labelled[key]
            self._forget(key)
            return self._defined_for_labels(step, head, left, right, record, "said for one label before")
        known[case.right] = right
        self.has_both_labels = True
        label = ast.Symbol(case.left, (), *_scripts(left))
        rest = ast.Sum((ast.Term("", ast.Number("1")), ast.Term("-", label)))
        pairs = ((label, known["1"]), (ast.Group("(", ")", rest), known["0"]))
        terms = (_times(weight, ast.Group("(", ")", value)) for weight, value in pairs)
        total = ast.Sum(tuple(ast.Term(sign, term) for sign, term in zip(("", "+"), terms, strict=True)))
        self._forget(key)
        return self._defined_for_labels(step, head, left, total, record, f"for {case}, beside the other label")

    def _forget(self, key: str) -> None:
        """What a name is for one label is no older meaning of it."""
        self.scope.forget(key)
        self.scope.history.pop(key, None)

    def _defined_for_labels(
        self, step: Step, head: Head, left: Node, value: Node, record: StepRecord, reason: str
    ) -> StepRecord | None:
        try:
            return replace(self._define(step, head, left, value, record), reason=reason)
        except CircularError:
            return None

    def _label_case(self, step: Step) -> Case | None:
        """The value of a label for which a step is said: beside it, or in the words right before it."""
        beside = [case for case in cases_written(self.document, step)[0] if case.right in ("0", "1")]
        if len(beside) == 1:
            return beside[0]
        found = _BEFORE.search(self.document.formulas[step.formula].context.before[-70:]) if step.chain == 0 else None
        return None if found is None else Case(found[1], found[2], True)


def _times(weight: Node, value: Node) -> Node:
    return ast.Product((ast.Factor("", "", weight), ast.Factor("", "", value)))


def _scripts(left: Node) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The index of a name, which its label has, too: L_i and y_i."""
    return (left.subscripts, left.superscripts) if isinstance(left, ast.Symbol) else ((), ())
