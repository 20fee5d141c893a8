r"""What an equation that was set to zero is solved for: \sum_i (x_i - \mu) = 0, so \hat\mu = \frac1n \sum_i x_i.

A value that makes the equation hold is proved to be a solution. One that does not, where its half, its double or its
opposite does, is refuted: it was meant as the solution of this equation. Any other value may solve other equations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.equation import Equation, decide, is_provable
from derivations.indexed import UnsupportedExpressionError, free_atoms, free_symbols, substitute
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Step

__all__ = ["SOLVING", "Solved"]

SOLVING = 6  # formulas after one that is set to zero, which may follow from it
_MULTIPLES = (sp.S.One, -sp.S.One, sp.S.Half, -sp.S.Half, sp.Integer(2), sp.Integer(-2))


@dataclass
class Solved(Judging):
    """The part of a reading that knows what equations are solved for."""

    zeroed_at: int = -100  # the formula that was set to zero last
    slopes: list[sp.Expr] = field(default_factory=list)  # what derivatives were found to be

    def _is_near_zero(self, step: Step) -> bool:
        """Whether a step stands where it may follow from what was set to zero last."""
        return 0 <= step.formula - self.zeroed_at <= SOLVING

    def _is_slope_at_zero(self, judged: Judged) -> bool:
        r"""Whether an equation says that a derivative just found is 0: \sum_i y_i = n a, where it is 2na - 2\sum y."""
        if judged.equation is None or judged.left is None or judged.right is None:
            return False
        asked = replace(judged.equation, left=judged.left - judged.right)
        slopes = [_at_entry_of(asked.left, slope) for slope in self.slopes[-SOLVING:]]
        multiples = (c * slope for slope in slopes for c in _MULTIPLES)
        return any(is_provable(replace(asked, right=m), self.seed, OPERATIONS, SECONDS) for m in multiples)

    def _solution(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The verdict on a number said to solve an equation that was set to zero; None where nothing is certain."""
        if step.left is None or step.right is None or not self._is_near_zero(step):
            return None
        itself = self._under(step, right, right).equation
        try:
            name, value = self._speaker(step.left).side(left).expr, self._speaker(step.right).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        if itself is None or value.axes or not isinstance(name, sp.Symbol) or free_symbols(value.expr) & {name}:
            return None
        asked = list(self._solved_by(name, value.expr, itself))
        found = [decide(equation, self.seed, OPERATIONS, SECONDS) for equation, _ in asked]
        for verdict, (equation, _) in zip(found, asked, strict=True):
            if verdict.is_proved:
                return Judged(replace(verdict, method="solution"), equation=equation)
        for verdict, (equation, symbol) in zip(found, asked, strict=True):
            multiples = (c * value.expr for c in (-1, 2, sp.S.Half)) if verdict.is_refuted else ()
            others = (e for multiple in multiples for e in self._at(symbol, multiple, itself))
            if any(is_provable(e, self.seed, OPERATIONS, SECONDS) for e in others):
                reason = "no solution of what was set to zero; a multiple of it is"
                return Judged(replace(verdict, reason=reason), (), equation.left, equation.right, equation)
        return None

    def _solved_by(self, name: sp.Symbol, value: sp.Expr, itself: Equation) -> Iterator[tuple[Equation, sp.Symbol]]:
        r"""The equations set to zero with a value for the name, or for \mu of \hat\mu; and the symbol replaced."""
        hat = re.fullmatch(r"\\hat\{(.+)\}", name.name)
        plain = hat[1] if hat else name.name
        symbols = {a for zero in self.scope.zeroed[-SOLVING:] for a in free_atoms(zero) if isinstance(a, sp.Symbol)}
        for symbol in sorted((s for s in symbols if s.name in {name.name, plain}), key=str):
            for equation in self._at(symbol, value, itself):
                yield equation, symbol

    def _at(self, symbol: sp.Symbol, value: sp.Expr, itself: Equation) -> Iterator[Equation]:
        for zero in self.scope.zeroed[-SOLVING:]:
            if symbol in free_atoms(zero):
                whole = zero.xreplace({symbol: value})
                known = (e.definition for e in self.scope.definitions_of(whole))
                definitions = tuple(d for d in known if d is not None)
                fresh = replace(itself.context)
                yield replace(itself, left=whole, right=sp.S.Zero, definitions=definitions, context=fresh)


def _at_entry_of(expr: sp.Expr, slope: sp.Expr) -> sp.Expr:
    """A vector at the entry at which another stands, where each has one index that nothing names."""
    own, other = ([s for s in free_symbols(e) if re.fullmatch(r"a\d+", s.name)] for e in (expr, slope))
    return substitute(slope, {other[0]: own[0]}) if len(own) == len(other) == 1 else slope
