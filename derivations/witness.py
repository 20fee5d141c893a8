r"""The search for a witness: a point of the domain at which two sides certainly differ.

Points are exact and simple: sizes pairwise distinct and at least 2 (what fails only at n = 1 is a
different statement), labels from their sets, small rationals elsewhere. A witness is *generic*: the
sides stay apart when every continuous value is widened to a ball, so it is not an isolated point,
a kink or a removable 0/0. It is then shrunk towards 0 and 1, and checked again after each change.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial

import sympy as sp
from flint import arb

from .atoms import free_symbols, label_of, labels_in
from .domain import Domain
from .enclosure import (
    MAX_OPERATIONS,
    IndexRangeError,
    OperationBudgetError,
    Point,
    are_apart,
    ball,
    enclose,
    integer,
    precision,
)
from .inverses import Inverse
from .kernels import BudgetExceededError, separate_budget
from .ranges import Ranges
from .statement import Definition
from .verdict import Witness

__all__ = ["Search", "Values", "find_witness", "point_of", "sample_values"]

BITS = 128
RADII = (Fraction(1, 10**6), Fraction(1, 10**12))
ATTEMPTS = 60
FEW = 10  # where fewer than a tenth of the points are defined, ten times as many are tried
ASSUMED_POINTS = 12  # at which `positive` is compared with the domain
SHRINKS = 120
SIMPLER_SECONDS = 2.0

Arrays = Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]]


@dataclass
class Values:
    """An exact point: sizes and indices, and arrays of rationals."""

    sizes: dict[sp.Symbol, int]
    indices: dict[sp.Symbol, int]
    arrays: dict[object, dict[tuple[int, ...], Fraction]]
    seed: int = 0


def point_of(
    values: Values,
    arrays: Arrays,
    radius: Fraction = Fraction(0),
    definitions: tuple[Definition, ...] = (),
    inverses: tuple[Inverse, ...] = (),
) -> Point:
    """The point as balls, widened by `radius` in the continuous variables."""

    def default(label: object, indices: tuple[int, ...]) -> arb:
        name = label.name if isinstance(label, sp.Symbol) else str(label)
        rng = random.Random(f"{values.seed} {name} {indices}")
        least = 1 if getattr(label, "is_positive", None) else 0 if getattr(label, "is_nonnegative", None) else -4
        value = Fraction(rng.randint(least, 4), rng.choice((1, 2, 3)))
        values.arrays.setdefault(label, {})[indices] = value
        return ball(value, radius)

    balls = {}
    for label, array in values.arrays.items():
        domain = arrays.get(label, (Domain.REAL, ()))[0]
        width = radius if domain.is_continuous else Fraction(0)
        balls[label] = {index: ball(v, width) for index, v in array.items()}
    undeclared = {label for label in values.arrays if label not in arrays}
    named = {label_of(d.target): d for d in definitions}
    inverted = {i.label: i for i in inverses}
    return Point({**values.sizes, **values.indices}, balls, default, named, inverted, _undeclared=undeclared)


def _reach(
    exprs: tuple[sp.Expr, ...], definitions: tuple[Definition | Inverse, ...]
) -> tuple[set[sp.Symbol], set[object]]:
    """The free symbols and the labels that the expressions depend on, through definitions."""
    by_label = {label_of(d.target): d for d in definitions}
    symbols: set[sp.Symbol] = set()
    labels: set[object] = set()
    waiting: list[tuple[sp.Expr, frozenset[sp.Symbol]]] = [(e, frozenset()) for e in exprs]
    while waiting:
        expr, own = waiting.pop()
        symbols |= free_symbols(expr) - own
        for label in labels_in(expr) - labels:
            labels.add(label)
            found = by_label.get(label)
            if found is not None:
                indices = found.target.indices if isinstance(found.target, sp.Indexed) else ()
                waiting.append((found.value, frozenset(indices)))
    return {s for s in symbols if s not in by_label}, labels


def sample_values(
    rng: random.Random,
    exprs: tuple[sp.Expr, ...],
    ranges: Ranges,
    arrays: Arrays,
    largest: int,
    definitions: tuple[Definition | Inverse, ...] = (),
) -> Values | None:
    """A random exact point for the atoms of `exprs`; None where an index would have no value."""
    symbols, used = _reach(exprs, definitions)
    labels = [label for label in arrays if label in used]
    for label in labels:
        for axis in arrays[label][1]:
            symbols |= axis.free_symbols
    for symbol in list(symbols):
        if symbol in ranges.bounds:
            symbols |= set().union(*(b.free_symbols for b in ranges.bounds[symbol]))
    sizes_needed = sorted((s for s in symbols if _is_size(s, ranges, arrays)), key=str)
    least = max((ranges.minimum.get(s, 2) for s in sizes_needed), default=2)
    pool = list(range(2, max(least, 2) + max(largest, len(sizes_needed))))
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
        known_numbers = {s: sp.Integer(v) for s, v in (*sizes.items(), *indices.items())}
        low, high = lower.xreplace(known_numbers), upper.xreplace(known_numbers)
        if not (low.is_Integer and high.is_Integer) or low > high:
            return None
        indices[symbol] = rng.randint(int(low), int(high))
    found = {}
    for label in sorted(labels, key=str):
        domain, axes = arrays[label]
        shape = [_span(axis.xreplace({s: sp.Integer(v) for s, v in sizes.items()})) for axis in axes]
        if any(span is None for span in shape):
            return None
        found[label] = domain.sample(rng, tuple(span for span in shape if span is not None))
    return Values(sizes, indices, found, rng.randint(0, 10**6))


def _span(axis: sp.Basic) -> int | tuple[int, int] | None:
    """The size of an axis that is counted from 1, or the first and last index of another."""
    ends = axis.args if isinstance(axis, sp.Tuple) else (axis,)
    numbers = [int(end) for end in ends if end.is_Integer]
    if len(numbers) < len(ends):
        return None
    return numbers[0] if len(numbers) == 1 else (numbers[0], numbers[1])


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
    return Search(left, right, ranges, arrays, positive, nonzero, seed).run(attempts)


@dataclass
class Search:
    """Points tried for one equation. met: at how many both sides were defined and their balls overlapped.
    misshapen: where one side alone reads an array outside its axes; is_misshapen: whether anything does, somewhere.

    positive and nonzero hold for every value of the indices that they mention.
    """

    left: sp.Expr
    right: sp.Expr
    ranges: Ranges
    arrays: Arrays
    positive: tuple[sp.Expr, ...] = ()
    nonzero: tuple[sp.Expr, ...] = ()
    seed: int = 0
    definitions: tuple[Definition, ...] = ()
    inverses: tuple[Inverse, ...] = ()
    met: int = 0
    tried: int = 0
    misshapen: Witness | None = None
    is_misshapen: bool = False

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.named: tuple[Definition | Inverse, ...] = (*self.definitions, *self.inverses)
        self.exprs = (self.left, self.right, *self.positive, *self.nonzero)

    def run(self, attempts: int, enough: int | None = None, shown: bool = True) -> Witness | None:
        """Try up to `attempts` points in all, or until `enough` have agreed; more where few of them are defined.

        shown: whether the witness is made simple at once, as one that nobody is shown need not be.

        Where no point separates the sides, but at some point one side is defined and the other reads an
        array outside its axes, that is the witness once all points are tried.
        """
        while self.tried < self._most(attempts) and (enough is None or self.met < enough):
            values = sample_values(self.rng, self.exprs, self.ranges, self.arrays, 2 + self.tried // 8, self.named)
            self.tried += 1
            if values is None:
                continue
            try:
                if self.separates(values, count=True):
                    if shown:
                        return self.report(self.shrunk(values))
                    return replace(self.report(values), simpler=cache(partial(self._simplest, values)))
            except OperationBudgetError:
                continue
        return None

    def _most(self, attempts: int) -> int:
        """How many points: more where few are defined, unless that is because arrays are read outside their axes."""
        return attempts if self.met >= attempts // FEW or self.is_misshapen else FEW * attempts

    def separates(self, values: Values, count: bool = False) -> bool:
        """Whether the sides are apart here, and on a box around here in the continuous variables."""
        try:
            with precision(BITS):
                point = self._point(values)
                if any(integer(a, point) == integer(b, point) for a, b in map(tuple, self.ranges.distinct)):
                    return False
                if not self._is_admitted(point):
                    return False
                left, right = self._side(self.left, point), self._side(self.right, point)
                if isinstance(left, IndexRangeError) or isinstance(right, IndexRangeError):
                    self.is_misshapen = True
                    if count:
                        self._note_shape(values, left, right)
                    return False
                if not are_apart(left, right):
                    self.met += count and left.is_finite() and right.is_finite()
                    return False
                return any(self._holds(self._point(values, radius)) for radius in RADII)
        except IndexRangeError:
            self.is_misshapen = True
            return False

    def _point(self, values: Values, radius: Fraction = Fraction(0)) -> Point:
        return point_of(values, self.arrays, radius, self.definitions, self.inverses)

    def _holds(self, point: Point) -> bool:
        return self._is_admitted(point) and are_apart(enclose(self.left, point), enclose(self.right, point))

    def _is_admitted(self, point: Point) -> bool:
        for e in self.positive:
            if not self._everywhere(e, point, lambda value: bool(value > 0)):
                return False
        return all(self._everywhere(e, point, lambda value: are_apart(value, arb(0))) for e in self.nonzero)

    def assumed(self) -> tuple[sp.Expr, ...]:
        """Those of `positive` that the domain does not imply, by a point where they fail."""
        rng, found = random.Random(self.seed), set()
        for _ in range(ASSUMED_POINTS if self.positive else 0):
            values = sample_values(rng, self.exprs, self.ranges, self.arrays, 3, self.named)
            if values is None:
                continue
            with precision(BITS):
                point = self._point(values)
                for e in self.positive:
                    side = self._side(e, point)
                    if isinstance(side, arb) and side.is_finite() and not side > 0:
                        found.add(e)
        return tuple(e for e in self.positive if e in found)

    def _everywhere(self, expr: sp.Expr, point: Point, holds: Callable[[arb], bool]) -> bool:
        """Whether a condition holds here, and for every other value of the indices that it mentions."""
        if not holds(enclose(expr, point)):
            return False
        mine = [s for s in self.ranges.bounds if s in point.integers and s in free_symbols(expr)]
        before = {s: point.integers[s] for s in mine}

        def walk(rest: list[sp.Symbol]) -> bool:
            if not rest:
                try:
                    return holds(enclose(expr, point))
                except IndexRangeError:
                    return True
            lower, upper = self.ranges.bounds[rest[0]]
            for value in range(integer(lower, point), integer(upper, point) + 1):
                point.integers[rest[0]] = value
                if not walk(rest[1:]):
                    return False
            return True

        try:
            return walk(mine)
        finally:
            point.integers.update(before)

    def _side(self, expr: sp.Expr, point: Point) -> arb | IndexRangeError:
        try:
            return enclose(expr, point)
        except IndexRangeError as error:
            return error

    def _note_shape(self, values: Values, left: arb | IndexRangeError, right: arb | IndexRangeError) -> None:
        if self.misshapen is not None or not self._declares_all():
            return
        shown = []
        for side in (left, right):
            if isinstance(side, IndexRangeError):
                shown.append(f"undefined: {side}")
            elif side.is_finite():
                shown.append(_decimal(side))
        if len(shown) == 2 and not (isinstance(left, IndexRangeError) and isinstance(right, IndexRangeError)):
            sizes, indices = _named(values)
            self.misshapen = Witness("shape", sizes, indices, {}, shown[0], shown[1])

    def _declares_all(self) -> bool:
        """Whether every index and size has a declared range or measures an axis: no shape can be blamed otherwise."""
        known = set(self.ranges.bounds) | set(self.ranges.minimum)
        known |= {s for b in self.ranges.bounds.values() for e in b for s in e.free_symbols}
        known |= {s for _, axes in self.arrays.values() for axis in axes for s in axis.free_symbols}
        return all(s in known or not s.is_integer for e in (self.left, self.right) for s in free_symbols(e))

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
                kept = False
                try:
                    kept = domain.contains(array) and self.separates(values)
                except BudgetExceededError:
                    return values
                finally:
                    if not kept:
                        array[index] = before
                improved = improved or kept
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

    def _simplest(self, values: Values) -> Witness:
        with separate_budget(MAX_OPERATIONS * 2, SIMPLER_SECONDS):
            return self.report(self.shrunk(values))

    def report(self, values: Values) -> Witness:
        with precision(BITS), separate_budget(MAX_OPERATIONS * 2, 60.0):
            point = self._point(values)
            left, right = enclose(self.left, point), enclose(self.right, point)
        named: dict[str, Fraction | str] = {}
        for label, array in sorted(values.arrays.items(), key=lambda item: str(item[0])):
            for index, value in sorted(array.items()):
                named[f"{label}[{','.join(map(str, index))}]" if index else str(label)] = value
        return Witness("ball", *_named(values), named, _decimal(left), _decimal(right))


def _named(values: Values) -> tuple[dict[str, int], dict[str, int]]:
    return {str(s): v for s, v in values.sizes.items()}, {str(s): v for s, v in values.indices.items()}


def _complexity(value: Fraction) -> tuple[int, int, int]:
    return value.denominator, abs(value.numerator), int(value < 0)


def _decimal(value: arb) -> str:
    """The ball as a short decimal; all digits shown are certain."""
    return value.str(12, radius=False)
