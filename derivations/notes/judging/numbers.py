"""Worked examples: values that a note gives to its names, and the numbers that it works out from them.

"With x = 2 and w = 0.5, z = wx + 1 = 2" claims a number for these values only. Where all that stands in a side has a
value, the number is compared. Rounding is forgiven: what was rounded on the way is not seen, so that a value that is no
fraction may be off by two units of its last place and by half of itself, a fraction by one unit and by a twentieth;
whole numbers are not rounded. Where a value is missing, nothing is claimed that could be false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import sympy as sp
from flint import arb

from derivations.atoms import UnsupportedExpressionError, free_atoms, label_of
from derivations.enclosure import Point, are_apart, ball, enclose
from derivations.functions import Partial
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.conditions import Values
from derivations.notes.judging.doubts import ROUNDING
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord
from derivations.verdict import Status, Verdict, Witness

__all__ = ["Numbers", "is_number"]

ROUNDED = {True: (1, sp.Rational(1, 20)), False: (2, sp.Rational(1, 2))}  # units of the last place, share of the value
NARROW = 0.05  # of the value: what wider intervals share supports nothing
NEAR = 15  # formulas from a value to what is worked out from it
MISSING = "a value for data that aren't stated"


@dataclass
class Numbers(Judging):
    """The part of a reading that knows the values of an example."""

    values: dict[sp.Expr, tuple[sp.Expr, int]] = field(default_factory=dict)  # with the formula that says so

    def _note_value(self, step: Step, left: Node, right: Node) -> None:
        """Remember what a name was said to be: x = 2, w_1 = -0.5."""
        found = self._sides(step, left, right)
        if found is not None and isinstance(found[0], sp.Symbol | sp.Indexed) and found[1].is_Rational:
            self.values[found[0]] = found[1], step.formula
        elif found is not None:
            self.values.pop(found[0], None)

    def _assigned(self, step: Step) -> None:
        """After w ← w - 0.1 no earlier value of w is known; after w ← 1.3 this one is."""
        if self.values and step.left is not None and step.right is not None:
            left, right = step.left.node, step.right.node
            if left is not None and right is not None:
                self._note_value(step, left, right)

    def _is_near(self, step: Step, formula: int) -> bool:
        here, there = (self.document.formulas[f] for f in (step.formula, formula))
        return here.index - there.index <= NEAR and here.context.headings == there.context.headings

    def _sides(self, step: Step, left: Node, right: Node) -> tuple[sp.Expr, sp.Expr] | None:
        assert step.left is not None and step.right is not None
        try:
            a, b = self._speaker(step.left).side(left), self._speaker(step.right).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        return None if a.axes or b.axes else (a.expr, b.expr)

    def _tried(self, step: Step, left: Node, right: Node) -> Judged:
        """A step that is false may be said of the example: at (w, b) = (1, 2), ∂L/∂b = x + 2 - y."""
        judged = super()._tried(step, left, right)
        if not judged.verdict.is_refuted or judged.equation is None or not self.values:
            return judged
        sides = judged.equation.left, judged.equation.right, *(d.value for d in judged.equation.definitions)
        atoms = {a for e in sides for a in free_atoms(e)} & self.values.keys()
        known = {a: self.values[a] for a in atoms if not self.signature.is_label(label_of(a).name)}
        pairs = tuple(sorted(((a, v) for a, (v, at) in known.items() if self._is_near(step, at)), key=str))
        if not pairs or not self._under(step, left, right, Values(pairs)).verdict.is_proved:
            return judged
        reason = f"holds for {Values(pairs)}"
        verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=reason)
        return replace(judged, verdict=verdict)

    def _worked_out(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The verdict on a number that is claimed for the values stated; None where it is no such claim."""
        if not self.values or not is_number(right):
            return None
        found = self._sides(step, left, right)
        if found is None:
            return None
        reached = [found[0], *(e.definition.value for e in self.scope.definitions_of(found[0]) if e.definition)]
        given = {a: self.values[a] for e in reached for a in free_atoms(e) if a in self.values}
        if found[0] in given or all(self.signature.is_label(label_of(a).name) for a in given):
            return None  # "for y = 1" is a case, no example
        stated = Values(tuple(sorted(((a, value) for a, (value, _) in given.items()), key=str)))
        judged = self._under(step, left, right, stated)
        missing = replace(judged, verdict=Verdict(Status.UNDECIDED, "values", reason=MISSING))
        if judged.equation is None:
            return missing
        if judged.verdict.is_proved:
            return replace(
                judged, verdict=replace(judged.verdict, conditions=(*judged.verdict.conditions, str(stated)))
            )
        one, other, _ = judged.equation.expanded()
        if one.free_symbols or other.free_symbols or one == 0 and found[0].has(Partial):
            return missing  # and no slope by what nothing hangs on, as far as it is understood
        gap, size = abs(sp.N(one - other, 30)), max(abs(sp.N(one, 30)), abs(sp.N(other, 30)))
        if not gap.is_comparable or not gap.is_finite or not size.is_finite:
            return missing  # 1/x for x = 0
        if gap <= size / 100:
            reason = "equal within 1 % for the rounded numbers written"
            return replace(judged, verdict=Verdict(Status.SUPPORTED, "rounded numbers", (str(stated),), reason=reason))
        units, share = ROUNDED[bool(one.is_Rational)]
        if not all(self._is_near(step, formula) for _, formula in given.values()):
            return missing  # another example, or a later step of it
        are_whole = one.is_Integer and other.is_Integer
        if not are_whole and gap <= max(units * _last_place(right), share * size):
            return replace(missing, verdict=replace(missing.verdict, reason=ROUNDING))
        values = {str(atom): value for atom, value in stated.pairs}
        witness = Witness("ball", {}, {}, values, str(sp.N(one, 12)), str(sp.N(other, 12)))
        return replace(judged, verdict=Verdict(Status.REFUTED, "values", reason=f"for {stated}", witness=witness))

    def _as_rounded(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """Numbers beside each other, each decimal the interval of what rounds to it.

        Refuted where one unit of the last place in every decimal makes them equal nowhere; supported where half a
        unit does, and the intervals are narrow.
        """
        names = (n for side in (left, right) for n in walk(side) if isinstance(n, ast.Function))
        if step.left is None or step.right is None or any(n.name == "log" for n in names):  # of any base
            return record
        speakers = self._speaker(step.left), self._speaker(step.right)
        decimals: dict[sp.Symbol, Fraction] = {}
        speakers[0].rounded = speakers[1].rounded = decimals
        try:
            sides = [speaker.side(side) for speaker, side in zip(speakers, (left, right), strict=True)]
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return record
        if any(side.axes or side.expr.free_symbols - decimals.keys() for side in sides):
            return record
        half, whole = (
            [enclose(side.expr, Point({}, _within(decimals, share))) for side in sides]
            for share in (Fraction(1, 2), Fraction(1))
        )
        if are_apart(*whole):
            values = [b.mid().str(12, radius=False) for b in whole]
            reason = "no rounding of the decimals that are written makes the sides equal"
            return replace(
                record,
                verdict="refuted",
                reason=reason,
                witness=Witness("ball", {}, {}, {}, left=values[0], right=values[1]),
            )
        if half[0].overlaps(half[1]) and all(b.is_finite() and b.rad() <= abs(b.mid()) * NARROW for b in half):
            return replace(record, verdict="supported", reason="equal as far as the decimals that are written go")
        return record


def _within(decimals: Mapping[sp.Symbol, Fraction], share: Fraction) -> dict[object, dict[tuple[int, ...], arb]]:
    """Each decimal as the ball of this share of a unit of its last place."""
    places = {name: len(name.name.rpartition(".")[2]) for name in decimals}
    return {name: {(): ball(value, share / 10 ** places[name])} for name, value in decimals.items()}


def is_number(node: Node) -> bool:
    return not any(isinstance(n, ast.Symbol) and n.name not in (r"\sigma", "sigmoid", "e") for n in walk(node))


def _last_place(node: Node) -> sp.Expr:
    """One unit in the last place of what is written."""
    places = [len(n.text.partition(".")[2]) for n in walk(node) if isinstance(n, ast.Number)]
    return sp.Rational(1, 10 ** min(places, default=0))
