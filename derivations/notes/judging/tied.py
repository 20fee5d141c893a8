r"""Names without a definition that stand for a thing which has another name: \hat{y} for h_\theta(x), z for \hat{y}.

    J = \sum_i (y_i - h(x_i))^2,   ∂J/∂w = ∂/∂w \frac12 \sum_i (y_i - \hat{y}_i)^2     \hat{y}: what the losses take
    ∂/∂w (y - \hat{y})^2 = ∂/∂w (y - z)^2                                             z: what the step holds with

A name tied so is not defined: what would hold with it is supported. By a tie that a step has confirmed, another may be
refuted; by the prediction that every loss takes, only where the step then is off by a sign or a factor 2 alone, for
this could not be so if another thing were meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_atoms, label_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import UnsupportedNoteError, names_in
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import LABELS
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.slips import is_off_by_a_factor
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step
from derivations.reasons import holds_where
from derivations.statement import Definition, element, index
from derivations.verdict import Status

__all__ = ["Tied", "key_of"]

Axes = tuple[object, ...]
Ties = Mapping[str, tuple[sp.Symbol, Axes]]  # a name: what it stands for


@dataclass
class Tied(Judging):
    """The part of a reading that knows a thing by two names."""

    ties: dict[str, tuple[sp.Symbol, Axes]] = field(default_factory=dict)
    tied_in: tuple[str, ...] = ()  # the headings under which they were found

    @cached_property
    def _given_a_value(self) -> frozenset[str]:
        """Every name that the document gives a value somewhere."""
        chains = [c for f in self.document.formulas for c in f.chains if len(c.members) > 1]
        heads = (head_of(c.members[0], self.signature) for c in chains if c.members[0] is not None)
        return frozenset(head.ref.key for head in heads if head is not None)

    def _with_ties(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, judged with its names tied; None where that decides nothing."""
        loose = [self._loose(side) for side in (left, right)]
        if not loose[0] | loose[1]:
            return None
        headings = self.document.formulas[step.formula].context.headings
        known = {k: v for k, v in self.ties.items() if headings == self.tied_in and k in loose[0] | loose[1]}
        if known:
            judged = self._judged_with(step, left, right, known)
            if judged is not None and judged.verdict.is_refuted:
                return judged
            if judged is not None and judged.verdict.is_proved:
                return _held(judged, known)
        prediction = self._prediction()
        reached = {key for symbol, _ in known.values() for key in (symbol.name, key_of(symbol))} | loose[0] | loose[1]
        if prediction and set(prediction) & reached:
            judged = self._judged_with(step, left, right, {**known, **prediction})
            if judged is not None and judged.verdict.is_proved:
                return _held(judged, prediction)
            if judged is not None and judged.verdict.is_refuted and is_off_by_a_factor(judged.equation, self.seed):
                return judged
        only = sorted(loose[0] - loose[1]), sorted(loose[1] - loose[0])
        if [len(names) for names in only] == [1, 1] and not _are_chances(only[0][0], only[1][0]):
            return self._renamed(step, left, right, only[0][0], only[1][0], headings)
        return None

    def _renamed(
        self, step: Step, left: Node, right: Node, one: str, other: str, headings: tuple[str, ...]
    ) -> Judged | None:
        """The step with a name on the right for that in whose place it stands on the left."""
        assert step.left is not None
        speaker = self._speaker(step.left)
        try:
            speaker.side(left)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        symbols = [s for s, key in speaker.unknown.items() if key == one]
        if len(symbols) != 1:
            return None
        tie = {other: (symbols[0], speaker.domains.get(symbols[0], ()))}
        judged = self._judged_with(step, left, right, tie)
        if judged is None or not judged.verdict.is_proved:
            return None
        self.ties, self.tied_in = tie, headings
        return _held(judged, tie)

    def _judged_with(self, step: Step, left: Node, right: Node, ties: Ties) -> Judged | None:
        with self.scope.trial():
            self._tie(ties)
            judged = self._under(step, left, right)
        return judged if judged.verdict.status in (Status.PROVED, Status.REFUTED) else None

    def _loose(self, side: Node) -> set[str]:
        """The names in a side that no formula gives a value, and that are neither data nor parameters."""
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        keys = {ref.key for ref in names_in([side], self.signature.habits) if not ref.primes}
        return {
            key
            for key in keys - self._given_a_value - self.signature.functions
            if not self.scope.of(key) and not speaker.is_primitive(key) and key not in self.signature.size.values()
        }

    def _prediction(self) -> Ties:
        r"""\hat{y} with what every loss takes besides the label y, where that is one thing that has a value."""
        found: dict[str, tuple[sp.Symbol, Axes]] = {}
        for label in sorted(LABELS):
            key = rf"\hat{{{label}}}"
            if key not in self.signature.count or key in self._given_a_value or self.scope.of(key):
                continue
            taken = {symbol for e in self.scope.symbols.values() for symbol in self._taken_beside(label, e)}
            entry = self.scope.symbols.get(next(iter(taken))) if len(taken) == 1 else None
            if entry is not None:
                found[key] = entry.symbol, entry.axes
        return found

    def _taken_beside(self, label: str, entry: Entry) -> set[sp.Symbol]:
        """What has a value in the definition of a loss of this label: p of -Σ y log p."""
        if entry.definition is None:
            return set()
        names = {label_of(a) for a in free_atoms(entry.definition.value)}
        if not any(key_of(name) == label for name in names):
            return set()
        return {name for name in names if name in self.scope.symbols or name in self.unknown}

    def _tie(self, ties: Ties) -> None:
        """Names as those that they stand for."""
        for key, (symbol, axes) in ties.items():
            own = tuple(index(f"t{place}") for place in range(len(axes)))
            name = sp.Symbol(f"{key}=", real=True)
            target, value = element(name, own), element(symbol, own)
            self.scope.put(Entry(key, name, axes, Definition(target, value), 0, written=len(axes)))


def _are_chances(one: str, other: str) -> bool:
    """Whether two names are probabilities by one letter, which their arguments tell apart: p(x) and p(x|y)."""
    return "(" in one + other and one.split("(")[0] == other.split("(")[0]


def key_of(symbol: sp.Symbol) -> str:
    """The name that a symbol was made for."""
    return symbol.name.split("·")[0].rstrip("′")


def _held(judged: Judged, ties: Ties) -> Judged:
    names = ", ".join(f"{key} is {key_of(symbol)}" for key, (symbol, _) in ties.items())
    return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=holds_where(names)))
