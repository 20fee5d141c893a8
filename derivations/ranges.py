"""What is known of indices and sizes, and the small integer arithmetic that membership needs.

An index runs between declared bounds, a size has a least value. `Ranges.contains(t, lo, hi)` answers
True or False only when the bounds force it; None otherwise, and then no δ is contracted and no range
is split. The method: a linear form is bounded below by replacing each index by its lower bound (its
upper one where its coefficient is negative), then each size by its least value; complete for the
interval shapes of this field (1..n, 1..K−1, a fixed class, a shift by one), not for general systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sympy as sp

__all__ = ["Ranges", "fresh_index", "linear_parts"]

_MAX_DEPTH = 8


def linear_parts(expr: sp.Expr) -> tuple[dict[sp.Symbol, int], int] | None:
    """(coefficient of each symbol, constant) of an integer linear form; None for anything else."""
    if isinstance(expr, sp.Integer):
        return {}, int(expr)
    if isinstance(expr, sp.Symbol):
        return {expr: 1}, 0
    coefficients: dict[sp.Symbol, int] = {}
    constant = 0
    for term in sp.Add.make_args(expr):
        number, rest = term.as_coeff_Mul()
        if not isinstance(number, sp.Integer):
            return None
        if rest == 1:
            constant += int(number)
        elif isinstance(rest, sp.Symbol):
            coefficients[rest] = coefficients.get(rest, 0) + int(number)
        else:
            return None
    return {s: c for s, c in coefficients.items() if c}, constant


def fresh_index(hint: sp.Symbol, taken: Iterable[sp.Symbol]) -> sp.Symbol:
    """An index symbol like `hint` whose name is not among `taken`: k, k1, k2, …"""
    names = {s.name for s in taken}
    stem = hint.name
    number = 1
    while f"{stem}{number}" in names:
        number += 1
    return sp.Symbol(f"{stem}{number}", integer=True)


@dataclass(frozen=True)
class Ranges:
    """bounds: index → (lower, upper). minimum: size → least value (1 where it is not named).

    distinct: pairs of index terms known to differ (the case i ≠ j).
    """

    bounds: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]] = field(default_factory=dict)
    minimum: Mapping[sp.Symbol, int] = field(default_factory=dict)
    distinct: frozenset[frozenset[sp.Expr]] = frozenset()

    def with_index(self, symbol: sp.Symbol, lower: Any, upper: Any) -> Ranges:
        bound = (sp.sympify(lower, strict=True), sp.sympify(upper, strict=True))
        return replace(self, bounds={**self.bounds, symbol: bound})

    def index_from(self, name: str, lower: sp.Expr) -> sp.Symbol:
        """An index that runs from `lower`: assumed to be positive, or not negative, only where that is proved."""
        if self.is_nonnegative(lower - 1):
            return sp.Symbol(name, integer=True, positive=True)
        return sp.Symbol(name, integer=True, nonnegative=True if self.is_nonnegative(lower) else None)

    def mentions(self, symbol: sp.Symbol) -> bool:
        """Whether a fact about another index or pair is stated through `symbol`: reusing its name would change it."""
        facts = [b for s, pair in self.bounds.items() if s != symbol for b in pair]
        return any(symbol in e.free_symbols for e in (*facts, *(e for pair in self.distinct for e in pair)))

    def without_index(self, symbol: sp.Symbol) -> Ranges:
        return replace(self, bounds={s: b for s, b in self.bounds.items() if s != symbol})

    def with_minimum(self, symbol: sp.Symbol, least: int) -> Ranges:
        return replace(self, minimum={**self.minimum, symbol: least})

    def with_distinct(self, a: sp.Expr, b: sp.Expr) -> Ranges:
        return replace(self, distinct=self.distinct | {frozenset((a, b))})

    def are_distinct(self, a: sp.Expr, b: sp.Expr) -> bool:
        """Whether the index terms a and b differ always; False where it is not known."""
        if frozenset((a, b)) in self.distinct:
            return True
        return bool(self.is_nonnegative(a - b - 1) or self.is_nonnegative(b - a - 1))

    def is_nonnegative(self, expr: sp.Expr) -> bool | None:
        """Whether the integer form is ≥ 0 for all admitted indices and sizes (True), for none (False)."""
        if self._lower_bound_at_least_zero(expr, _MAX_DEPTH):
            return True
        if self._lower_bound_at_least_zero(-expr - 1, _MAX_DEPTH):
            return False
        return None

    def contains(self, term: sp.Expr, lower: sp.Expr, upper: sp.Expr) -> bool | None:
        """Whether lower ≤ term ≤ upper always (True), never (False), or it depends (None)."""
        above, below = self.is_nonnegative(term - lower), self.is_nonnegative(upper - term)
        if above and below:
            return True
        if above is False or below is False:
            return False
        return None

    def _lower_bound_at_least_zero(self, expr: sp.Expr, depth: int) -> bool:
        parts = linear_parts(expr)
        if parts is None:
            return False
        coefficients, constant = parts
        indices = [s for s in coefficients if s in self.bounds]
        if indices:
            if depth == 0:
                return False
            # one index at a time, the most recently declared first: its bounds may name the others
            symbol = indices[0] if len(indices) == 1 else max(indices, key=list(self.bounds).index)
            lower, upper = self.bounds[symbol]
            bound = lower if coefficients[symbol] > 0 else upper
            return self._lower_bound_at_least_zero(expr + coefficients[symbol] * (bound - symbol), depth - 1)
        for symbol, coefficient in coefficients.items():
            least = self.minimum.get(symbol, 1 if symbol.is_positive else 0 if symbol.is_nonnegative else None)
            if coefficient < 0 or least is None:
                return False
            constant += coefficient * least
        return constant >= 0
