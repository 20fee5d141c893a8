r"""Probabilities that only words give a value: "the output layer is a softmax", L = -\sum_k y_k \log \hat{y}_k.

    \frac{∂L}{∂z_i} = \hat{y}_i - y_i          holds where \hat{y} is softmax(z)

Where a document names a softmax, one name without a value is a probability of its classes, and one other name of the
classes may be what they are computed from, a step that was left open is judged with the one as the softmax of the
other. It is supported if it holds then; no formula says so, and another is refuted only where such a step has confirmed
it and it is off by a sign or a factor 2 alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, partial

import sympy as sp

from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.defining import Defining
from derivations.notes.judging.logits import LOGITS
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.judging.tied import Tied, key_of
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Step
from derivations.notes.report import HELD
from derivations.reasons import holds_where
from derivations.statement import Definition, array, index
from derivations.verdict import Status

__all__ = ["Softmaxed"]

_SOFTMAX = r"soft-?max|софтмакс|ソフトマックス|소프트맥스"
_APPLIED = r"soft-?max\s*\}}?\s*(?:\\left)?\(\s*(?:\\(?:mathbf|boldsymbol|bm|vec)\s*\{{\s*)?{}(?![A-Za-z])"
_CHANCES = frozenset(["p", "q", "s", "S", "P", "a", r"\pi"])
_LOGITS = LOGITS | {"o", "f", "h", r"\eta"}


@dataclass
class Softmaxed(Defining, Tied):
    """The part of a reading that hears of a softmax."""

    softmax_held: bool = False  # a step has confirmed it

    def _with_softmax(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, held with the one probability as the softmax of the one logit."""
        names = self._softmax_named
        if names is None or self.scope.of(names[0]):
            return self._with_other_logits(step, left, right)
        chance, logit = names
        softmax = self._as_softmax(chance, logit)
        if softmax is None:
            return None
        with self.scope.trial():
            self.scope.put(softmax)
            judged = self._under(step, left, right)
        if judged.verdict.is_refuted and self.softmax_held and is_off_by_a_factor(judged.equation, self.seed):
            return judged
        if judged.verdict.status.value not in HELD:
            return None
        self.softmax_held = True
        reason = holds_where(f"{chance} is softmax({logit}), as only words may say")
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _with_other_logits(self, step: Step, left: Node, right: Node) -> Judged | None:
        r"""A step with \frac{∂L}{∂o_i}, where the one softmax is of a, and o stands nowhere else: o is a."""
        loose = {key for key in self._loose(left) | self._loose(right) if base_letter(key) in _LOGITS}
        values = [e.definition.value for e in self.scope.symbols.values() if e.definition is not None]
        scores = {label for value in values if (label := _scores_of(value)) is not None}
        if len(loose) != 1 or len(scores) != 1 or not loose <= self._differentiated_by:
            return None
        ((key,), (other,)) = loose, map(key_of, scores)
        if not key.isalpha() or not other.isalpha():
            return None
        one, two = (mapped(side, partial(_renamed, name=key, other=other)) for side in (left, right))
        judged = self._under(step, one, two)
        if not judged.verdict.is_proved:
            return None
        reason = holds_where(f"{key} is {other}")
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    @cached_property
    def _softmax_named(self) -> tuple[str, str] | None:
        """The probability that no formula gives a value, and what it may be computed from."""
        signature = self.signature
        if not signature.says(_SOFTMAX):
            return None
        of_classes = {key: axes for key, axes in signature.axes.items() if axes and axes[-1] in signature.classes}
        chances = [
            key
            for key in of_classes
            if key in signature.logged or key.startswith(r"\hat{") or key in _CHANCES & signature.subjects
            if not signature.is_label(key)
            if key not in self._given_a_value and base_letter(key) != "e"
        ]
        if len(chances) != 1:
            return None
        axes = of_classes[chances[0]]
        logits = [key for key in of_classes if of_classes[key] == axes]
        logits = [k for k in logits if base_letter(k) in _LOGITS or signature.says(_APPLIED.format(re.escape(k)))]
        known = self._differentiated_by | self._given_a_value
        logits = [key for key in logits if key in known and key not in chances]
        return (chances[0], logits[0]) if len(logits) == 1 else None

    def _as_softmax(self, chance: str, logit: str) -> Entry | None:
        """A name as the softmax of another."""
        axes = self.signature.axes[chance]
        made = next((e for e in self.scope.of(logit) if e.axes == axes), None)
        if self.scope.of(logit) and made is None:
            return None
        own = tuple(index(f"s{place}") for place in range(len(axes)))
        scores = array(made.symbol if made is not None else self.scope.symbol_for(logit, len(axes)))
        k = index("k°")
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        total = sp.Sum(sp.exp(scores[*own[:-1], k]), (k, *speaker.range_of(axes[-1])))
        symbol = self.scope.symbol_for(chance, len(axes))
        value = sp.exp(scores[own]) / total
        return Entry(chance, symbol, axes, Definition(array(symbol)[own], value), 0, written=len(axes))


def _renamed(node: Node, name: str, other: str) -> Node:
    """A name as another."""
    is_name = isinstance(node, ast.Symbol) and node.name == name and not node.decorations
    return replace(node, name=other) if is_name and isinstance(node, ast.Symbol) else node


def _scores_of(value: sp.Expr) -> sp.Symbol | None:
    r"""The a of \frac{e^{a_i}}{\sum_k e^{a_k}}."""
    totals = [a.base for a in sp.Mul.make_args(value) if isinstance(a, sp.Pow) and isinstance(a.base, sp.Sum)]
    own = value * totals[0] if len(totals) == 1 else None
    if not isinstance(own, sp.exp) or not isinstance(totals[0].function, sp.exp):
        return None
    scores = [e.args[0].base.label for e in (own, totals[0].function) if isinstance(e.args[0], sp.Indexed)]
    return scores[0] if len(scores) == 2 and scores[0] == scores[1] else None
