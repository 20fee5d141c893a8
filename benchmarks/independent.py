"""Whether the two sides of a proved equation agree in plain floating point, at random points.

This shares nothing with the zero test and the ball arithmetic that it checks but the expression: it walks the tree,
writes every sum out at small sizes and computes with Python's floats. Names are replaced by their definitions where
they stand. A point at which a side has no value (log of a negative number, a pole, an overflow) says nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import sympy as sp

from derivations.domain import Domain
from derivations.equation import Equation
from derivations.functions import sigmoid, softplus
from derivations.statement import Definition

TOLERANCE = 1e-7  # sums of a few terms of moderate size: rounding stays below 1e-12
POINTS = 6

_FUNCTIONS: Mapping[type, Callable[..., float]] = {
    sp.exp: math.exp,
    sp.log: math.log,
    sp.tanh: math.tanh,
    sp.Abs: abs,
    sp.sign: lambda u: math.copysign(1.0, u) if u else 0.0,
    sp.Max: max,
    sigmoid: lambda u: 1 / (1 + math.exp(-u)),
    softplus: lambda u: math.log(1 + math.exp(u)),
}


class NoValueError(ArithmeticError):
    """The expression has no value at this point, or none that this evaluator knows."""


@dataclass
class Point:
    """Sizes and indices, and the entries of arrays as they are asked for."""

    rng: random.Random
    integers: dict[sp.Symbol, int]
    definitions: dict[object, Definition]
    domains: Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]]
    entries: dict[tuple[object, tuple[int, ...]], float] = field(default_factory=dict)

    def entry(self, label: object, indices: tuple[int, ...]) -> float:
        if (label, indices) not in self.entries:
            self._draw(label, indices)
        return self.entries[label, indices]

    def _draw(self, label: object, indices: tuple[int, ...]) -> None:
        domain, axes = self.domains.get(label, (Domain.REAL, ()))
        if domain is Domain.ONE_HOT and axes:
            classes = int(self.value(axes[-1]))
            chosen = self.rng.randint(1, classes)
            for k in range(1, classes + 1):
                self.entries[label, (*indices[:-1], k)] = float(k == chosen)
            if not 1 <= indices[-1] <= classes:
                raise NoValueError(f"{label}{indices}")
            return
        drawn = {
            Domain.BINARY: lambda: float(self.rng.randint(0, 1)),
            Domain.SIGNS: lambda: float(self.rng.choice((-1, 1))),
            Domain.UNIT: lambda: self.rng.uniform(0.05, 0.95),
        }.get(domain, lambda: self.rng.uniform(0.2 if _is_positive(domain, label) else -1.5, 1.5))
        self.entries[label, indices] = drawn()

    def value(self, expr: sp.Expr) -> float:
        """The value of an expression; NoValueError where it has none."""
        if isinstance(expr, sp.Rational | sp.Float):
            return float(expr)
        if isinstance(expr, sp.Symbol):
            if expr in self.integers:
                return float(self.integers[expr])
            return self._named(expr, ())
        if isinstance(expr, sp.Indexed):
            return self._named(expr.base.label, tuple(round(self.value(i)) for i in expr.indices))
        if isinstance(expr, sp.Add):
            return math.fsum(self.value(a) for a in expr.args)
        if isinstance(expr, sp.Mul):
            deltas = [a for a in expr.args if isinstance(a, sp.KroneckerDelta)]
            if any(self.value(d) == 0 for d in deltas):
                return 0.0
            return math.prod(self.value(a) for a in expr.args)
        if isinstance(expr, sp.Pow):
            return self._power(self.value(expr.base), self.value(expr.exp))
        if isinstance(expr, sp.KroneckerDelta):
            return float(self.value(expr.args[0]) == self.value(expr.args[1]))
        if isinstance(expr, sp.Sum | sp.Product):
            return self._over(expr)
        if expr in (sp.pi, sp.E):
            return float(expr)
        function = _FUNCTIONS.get(type(expr))
        if function is None:
            raise NoValueError(f"{type(expr).__name__}")
        return function(*(self.value(a) for a in expr.args))

    def _power(self, base: float, exponent: float) -> float:
        if base <= 0 and exponent != round(exponent) or base == 0 and exponent <= 0:
            raise NoValueError("a power")
        return base**exponent

    def _over(self, expr: sp.Sum | sp.Product) -> float:
        (k, lower, upper), *others = expr.limits[::-1]
        inner = expr.func(expr.function, *others[::-1]) if others else expr.function
        before = self.integers.get(k)
        found = []
        bounds = range(round(self.value(lower)), round(self.value(upper)) + 1)
        if len(bounds) > 50:
            raise NoValueError("a long sum")
        for at in bounds:
            self.integers[k] = at
            found.append(self.value(inner))
        if before is None:
            self.integers.pop(k, None)
        else:
            self.integers[k] = before
        return math.fsum(found) if isinstance(expr, sp.Sum) else math.prod(found)

    def _named(self, label: object, indices: tuple[int, ...]) -> float:
        definition = self.definitions.get(label)
        if definition is None:
            if isinstance(label, sp.Symbol) and label.is_integer:
                raise NoValueError(f"the size {label}")
            return self.entry(label, indices)
        target = definition.target
        own = tuple(target.indices) if isinstance(target, sp.Indexed) else ()
        before = dict(self.integers)
        self.integers.update(zip(own, indices, strict=True))
        try:
            return self.value(definition.value)
        finally:
            self.integers = before


def _is_positive(domain: Domain, label: object) -> bool:
    return domain not in (Domain.REAL,) or bool(getattr(label, "is_positive", False))


def point_for(equation: Equation, rng: random.Random) -> Point:
    """A random point with sizes that differ; indices within their bounds."""
    context = equation.context
    exprs = [equation.left, equation.right, *(d.value for d in equation.definitions)]
    exprs += [e for pair in context.ranges.bounds.values() for e in pair]
    exprs += [axis for _, axes in context.arrays.values() for axis in axes]
    bound = {limit[0] for e in exprs for s in e.atoms(sp.Sum, sp.Product) for limit in s.limits}
    symbols = {s for e in exprs for s in e.atoms(sp.Symbol) if s.is_integer}
    sizes = sorted(symbols - bound - set(context.ranges.bounds), key=str)
    drawn = rng.sample(range(2, 3 + len(sizes)), len(sizes))
    definitions = {
        (d.target.base.label if isinstance(d.target, sp.Indexed) else d.target): d for d in equation.definitions
    }
    point = Point(rng, dict(zip(sizes, drawn, strict=True)), definitions, context.arrays)
    for index, (lower, upper) in context.ranges.bounds.items():
        first, last = round(point.value(lower)), round(point.value(upper))
        if first > last:
            raise NoValueError("an empty range")
        point.integers[index] = rng.randint(first, last)
    for pair in context.ranges.distinct:
        a, b = pair
        if point.value(a) == point.value(b):
            raise NoValueError("two indices that differ")
    if any(point.value(e) <= 0 for e in context.positive):
        raise NoValueError("a condition")
    return point


def gap(equation: Equation, left: sp.Expr, right: sp.Expr, seed: int = 0) -> float | None:
    """The largest relative difference of two expressions at points of an equation's domain; None: no point found."""
    rng, worst, found = random.Random(seed), 0.0, 0
    for _ in range(POINTS * 4):
        try:
            point = point_for(equation, rng)
            a, b = point.value(left), point.value(right)
        except (ArithmeticError, ValueError, TypeError, RecursionError):
            continue
        if not (math.isfinite(a) and math.isfinite(b)):
            continue
        worst = max(worst, abs(a - b) / max(1.0, abs(a), abs(b)))
        found += 1
        if found == POINTS:
            break
    return worst if found else None


def disagrees(equation: Equation, seed: int = 0) -> bool:
    """Whether the sides of an equation differ somewhere."""
    worst = gap(equation, equation.left, equation.right, seed)
    return worst is not None and worst > TOLERANCE
