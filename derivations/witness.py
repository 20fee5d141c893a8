r"""The search for a witness: a point of the domain at which two sides certainly differ.

Points are exact and simple: sizes pairwise distinct and at least 2 (what fails only at n = 1 is a
different statement), labels from their sets, small rationals elsewhere. A witness is *generic*: the
sides stay apart when every continuous value is widened to a ball, so it is not an isolated point,
a kink or a removable 0/0. It is then shrunk towards 0 and 1, and checked again after each change.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from flint import arb

from .domain import Domain
from .enclosure import IndexRangeError, OperationBudgetError, Point, are_apart, ball, enclose, precision
from .indexed import free_atoms, free_symbols
from .ranges import Ranges
from .verdict import Witness

__all__ = ["Values", "find_witness", "point_of", "sample_values"]

BITS = 128
RADII = (Fraction(1, 10**6), Fraction(1, 10**12))
ATTEMPTS = 60
SHRINKS = 400

Arrays = Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]]


@dataclass
class Values:
    """An exact point: sizes and indices, and arrays of rationals."""

    sizes: dict[sp.Symbol, int]
    indices: dict[sp.Symbol, int]
    arrays: dict[object, dict[tuple[int, ...], Fraction]]
    seed: int = 0


def point_of(values: Values, arrays: Arrays, radius: Fraction = Fraction(0)) -> Point:
    """The point as balls, widened by `radius` in the continuous variables."""

    def default(label: object, indices: tuple[int, ...]) -> arb:
        rng = random.Random(f"{values.seed} {label} {indices}")
        value = Fraction(rng.randint(-4, 4), rng.choice((1, 2, 3)))
        values.arrays.setdefault(label, {})[indices] = value
        return ball(value, radius)

    balls = {}
    for label, array in values.arrays.items():
        domain = arrays.get(label, (Domain.REAL, ()))[0]
        width = radius if domain.is_continuous else Fraction(0)
        balls[label] = {index: ball(v, width) for index, v in array.items()}
    undeclared = {label for label in values.arrays if label not in arrays}
    return Point({**values.sizes, **values.indices}, balls, default, _undeclared=undeclared)


def sample_values(
    rng: random.Random, exprs: tuple[sp.Expr, ...], ranges: Ranges, arrays: Arrays, largest: int
) -> Values | None:
    """A random exact point for the atoms of `exprs`; None where an index would have no value."""
    symbols = set().union(*(free_symbols(e) for e in exprs))
    used = {a.base.label if isinstance(a, sp.Indexed) else a for e in exprs for a in free_atoms(e)}
    labels = [label for label in arrays if label in used]
    for label in labels:
        for axis in arrays[label][1]:
            symbols |= axis.free_symbols
    for symbol in list(symbols):
        if symbol in ranges.bounds:
            symbols |= set().union(*(b.free_symbols for b in ranges.bounds[symbol]))
    sizes_needed = sorted((s for s in symbols if _is_size(s, ranges, arrays)), key=str)
    pool = list(range(2, 2 + max(largest, len(sizes_needed))))
    sizes: dict[sp.Symbol, int] = {}
    for symbol in sizes_needed:
        fit = [v for v in pool if v >= ranges.minimum.get(symbol, 1) and v not in sizes.values()]
        if not fit:
            return None
        sizes[symbol] = rng.choice(fit)
    indices: dict[sp.Symbol, int] = {}
    for symbol, (lower, upper) in ranges.bounds.items():
        if symbol not in symbols:
            continue
        known = {**sizes, **indices}
        low, high = lower.subs(known), upper.subs(known)
        if not (low.is_Integer and high.is_Integer) or low > high:
            return None
        indices[symbol] = rng.randint(int(low), int(high))
    found = {}
    for label in sorted(labels, key=str):
        domain, axes = arrays[label]
        shape = tuple(axis.subs(sizes) for axis in axes)
        if not all(s.is_Integer for s in shape):
            return None
        found[label] = domain.sample(rng, tuple(int(s) for s in shape))
    return Values(sizes, indices, found, rng.randint(0, 10**6))


def _is_size(symbol: sp.Symbol, ranges: Ranges, arrays: Arrays) -> bool:
    return bool(symbol.is_integer and symbol not in ranges.bounds and symbol not in arrays)


def find_witness(
    left: sp.Expr,
    right: sp.Expr,
    ranges: Ranges,
    arrays: Arrays,
    positive: tuple[sp.Expr, ...] = (),
    nonzero: tuple[sp.Expr, ...] = (),
    seed: int = 0,
    attempts: int = ATTEMPTS,
) -> Witness | None:
    """A shrunk generic witness that left ≠ right, or None when none was met in `attempts` points."""
    search = _Search(left, right, ranges, arrays, positive, nonzero)
    rng = random.Random(seed)
    for attempt in range(attempts):
        values = sample_values(rng, (left, right, *positive, *nonzero), ranges, arrays, 2 + attempt // 8)
        if values is None:
            continue
        try:
            if search.separates(values):
                return search.report(search.shrunk(values))
        except OperationBudgetError:
            continue
    return None


@dataclass
class _Search:
    left: sp.Expr
    right: sp.Expr
    ranges: Ranges
    arrays: Arrays
    positive: tuple[sp.Expr, ...]
    nonzero: tuple[sp.Expr, ...]

    def separates(self, values: Values) -> bool:
        """Whether the sides are apart here, and on a box around here in the continuous variables."""
        if any(
            a in values.indices and b in values.indices and values.indices[a] == values.indices[b]
            for a, b in (tuple(pair) for pair in self.ranges.distinct)
        ):
            return False
        try:
            with precision(BITS):
                if not self._holds(point_of(values, self.arrays)):
                    return False
                return any(self._holds(point_of(values, self.arrays, radius)) for radius in RADII)
        except IndexRangeError:
            return False

    def _holds(self, point: Point) -> bool:
        if not all(enclose(e, point) > 0 for e in self.positive):
            return False
        if any(not are_apart(enclose(e, point), arb(0)) for e in self.nonzero):
            return False
        return are_apart(enclose(self.left, point), enclose(self.right, point))

    def shrunk(self, values: Values) -> Values:
        """The same witness with as many entries as possible 0 or 1, else small integers."""
        tries = 0
        improved = True
        while improved and tries < SHRINKS:
            improved = False
            for label, index, simpler in list(self._simplifications(values)):
                tries += 1
                if tries >= SHRINKS:
                    break
                array = values.arrays[label]
                before = array[index]
                if _complexity(simpler) >= _complexity(before):
                    continue
                array[index] = simpler
                domain = self.arrays.get(label, (Domain.REAL, ()))[0]
                if domain.contains(array) and self.separates(values):
                    improved = True
                else:
                    array[index] = before
        return values

    def _simplifications(self, values: Values) -> Iterator[tuple[object, tuple[int, ...], Fraction]]:
        for label, array in sorted(values.arrays.items(), key=lambda item: str(item[0])):
            domain = self.arrays.get(label, (Domain.REAL, ()))[0]
            if domain is Domain.ONE_HOT:
                continue
            for index, value in list(array.items()):
                options = (Fraction(0), Fraction(1), Fraction(1, 2), Fraction(round(value)))
                for simpler in options:
                    yield label, index, simpler

    def report(self, values: Values) -> Witness:
        with precision(BITS):
            point = point_of(values, self.arrays)
            left, right = enclose(self.left, point), enclose(self.right, point)
        named: dict[str, Fraction | str] = {}
        for label, array in sorted(values.arrays.items(), key=lambda item: str(item[0])):
            for index, value in sorted(array.items()):
                named[f"{label}[{','.join(map(str, index))}]" if index else str(label)] = value
        return Witness(
            "ball",
            {str(s): v for s, v in values.sizes.items()},
            {str(s): v for s, v in values.indices.items()},
            named,
            _decimal(left),
            _decimal(right),
        )


def _complexity(value: Fraction) -> tuple[int, int, int]:
    return value.denominator, abs(value.numerator), int(value < 0)


def _decimal(value: arb) -> str:
    """The ball as a short decimal; all digits shown are certain."""
    return value.str(12, radius=False)
