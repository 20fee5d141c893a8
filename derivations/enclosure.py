r"""Values with a guaranteed error: an expression at a point as a ball of real arithmetic (Arb).

At concrete sizes every sum is written out and every function is enclosed, so two sides whose balls
are finite and disjoint differ there: that is a *witness*, the only thing that refutes an equation.
A ball that is not finite (a pole, log of a non-positive number, a kink inside the ball) separates
nothing. Ball arithmetic: F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval
arithmetic", IEEE Trans. Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, reduce
from typing import Any

import flint
import sympy as sp
from flint import arb

from .atoms import UnsupportedExpressionError, free_symbols, peel
from .functions import sigmoid, softplus
from .inverses import Inverse
from .kernels import charge
from .ranges import linear_parts
from .statement import Definition

__all__ = ["IndexRangeError", "Point", "are_apart", "ball", "enclose", "precision"]

MAX_OPERATIONS = 200_000
MAX_ROWS = 20  # of a matrix that is inverted
MAX_LENGTH = 10_000  # terms of one sum: sizes are drawn small, so only written bounds are longer

NAN = arb("nan")


class IndexRangeError(ValueError):
    """An array is indexed outside its axes at these sizes; the message names the entry."""


class OperationBudgetError(RuntimeError):
    """The value takes more operations than the budget allows."""


@dataclass
class Point:
    """Sizes and indices as integers, and array entries as balls.

    arrays: label → {index tuple: ball}; a scalar is the entry (). `default` supplies entries of
    arrays that are not declared (partial derivatives of an unknown function). `definitions`: label →
    definition of a name, whose entries are computed from its value when they are asked for. `inverses`: label →
    the matrix that an array is the inverse of.
    """

    integers: dict[sp.Symbol, int]
    arrays: dict[object, dict[tuple[int, ...], arb]]
    default: Callable[[object, tuple[int, ...]], arb] | None = None
    definitions: Mapping[object, Definition] = field(default_factory=dict)
    inverses: Mapping[object, Inverse] = field(default_factory=dict)
    operations: int = field(default=0)
    known: dict[tuple[sp.Expr, tuple[int | None, ...]], arb] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._free = dict(self.integers)

    def entry(self, label: object, indices: tuple[int, ...]) -> arb:
        array = self.arrays.get(label)
        if array is None and label in self.definitions:
            return self._computed(self.definitions[label], indices)
        if array is None and label in self.inverses:
            array = self.arrays[label] = self._inverted(self.inverses[label])
        if array is None:
            if self.default is None:
                raise UnsupportedExpressionError(f"{label} has no value here")
            array = self.arrays[label] = {}
        value = array.get(indices)
        if value is None:
            if self.default is None or (array and label not in self._undeclared):
                raise IndexRangeError(f"{label}[{', '.join(map(str, indices))}] is outside its axes")
            self._undeclared.add(label)
            value = array[indices] = self.default(label, indices)
        return value

    def _inverted(self, inverse: Inverse) -> dict[tuple[int, ...], arb]:
        """The entries of the inverse of a matrix; not finite where it has none, as far as its balls tell."""
        first, last = (integer(end, self) for end in (inverse.lower, inverse.upper))
        places = range(first, last + 1)
        if len(places) > MAX_ROWS:
            raise OperationBudgetError(f"the inverse of a matrix with more than {MAX_ROWS} rows")
        rows = [[self._computed(inverse, (a, b)) for b in places] for a in places]
        try:
            found = flint.arb_mat(rows).inv()
        except ZeroDivisionError:
            return {(a, b): NAN for a in places for b in places}
        return {(a, b): found[a - first, b - first] for a in places for b in places}

    def _computed(self, definition: Definition | Inverse, indices: tuple[int, ...]) -> arb:
        target = definition.target
        own = tuple(target.indices) if isinstance(target, sp.Indexed) else ()
        if len(own) != len(indices):
            raise UnsupportedExpressionError(f"{target} is used with {len(indices)} indices")
        # what a name means does not depend on the sums around it: only its own indices vary
        before = self.integers
        self.integers = {**self._free, **dict(zip(own, indices, strict=True))}
        try:
            return enclose(definition.value, self)
        finally:
            self.integers = before

    _undeclared: set[object] = field(default_factory=set)


class precision:
    """Within `with precision(bits):` balls are computed with that many bits."""

    def __init__(self, bits: int):
        self.bits = bits

    def __enter__(self) -> None:
        self.before = flint.ctx.prec
        flint.ctx.prec = self.bits

    def __exit__(self, *_: object) -> None:
        flint.ctx.prec = self.before


def are_apart(left: arb, right: arb) -> bool:
    """Whether the two balls are both finite and have no point in common."""
    return bool(left.is_finite() and right.is_finite() and not left.overlaps(right))


def enclose(expr: sp.Expr, point: Point) -> arb:
    """A ball that contains the value of `expr` at `point`; not finite where it is not defined there.

    >>> z = sp.Symbol("z", real=True)
    >>> with precision(64):
    ...     enclose(sigmoid(z), Point({}, {z: {(): arb(0)}})).overlaps(arb("0.5"))
    True
    """
    point.operations += 1
    if point.operations % 64 == 0:
        charge(64)
        if point.operations > MAX_OPERATIONS:
            raise OperationBudgetError(f"a value needs more than {MAX_OPERATIONS} operations")
    kind = type(expr)
    rule = _RULES.get(kind)
    if rule is None:
        rule = _RULES[kind] = _rule_for(expr)
    if kind not in _REMEMBERED:
        return rule(expr, point)
    # inside a sum, what does not mention its index is computed once
    integers = point.integers
    key = (expr, tuple([integers.get(s) for s in _mentioned(expr)]))
    value = point.known.get(key)
    if value is None:
        value = point.known[key] = rule(expr, point)
    return value


def _rule_for(expr: sp.Expr) -> Rule:
    for kind, rule in _BY_CLASS.items():
        if isinstance(expr, kind):
            return rule
    function = _FUNCTIONS.get(type(expr))
    if function is None:
        raise UnsupportedExpressionError(f"no enclosure of {type(expr).__name__}: {expr}")
    if type(expr) is sp.Max:
        return lambda e, point: reduce(function, (enclose(a, point) for a in e.args))
    return lambda e, point: function(enclose(e.args[0], point))


@lru_cache(maxsize=50_000)
def _mentioned(expr: sp.Expr) -> tuple[sp.Symbol, ...]:
    return tuple(free_symbols(expr))


def _symbol(expr: sp.Symbol, point: Point) -> arb:
    number = point.integers.get(expr)
    return arb(number) if number is not None else point.entry(expr, ())


def _sum_of(expr: sp.Add, point: Point) -> arb:
    total = arb(0)
    for a in expr.args:
        total += enclose(a, point)
    return total


def _product_of(expr: sp.Mul, point: Point) -> arb:
    """A δ that is 0 makes the product 0, also where another factor has no value (Iverson's convention)."""
    product = arb(1)
    rest = []
    for a in expr.args:
        if isinstance(a, sp.KroneckerDelta):
            if _delta(a, point) == 0:
                return arb(0)
        else:
            rest.append(a)
    for a in rest:
        product *= enclose(a, point)
    return product


def _over_range(expr: sp.Sum | sp.Product, point: Point) -> arb:
    body, k, lower, upper = _peeled(expr)
    is_sum = isinstance(expr, sp.Sum)
    total = arb(0 if is_sum else 1)
    before = point.integers.get(k)
    values = range(integer(lower, point), integer(upper, point) + 1)
    if len(values) > MAX_LENGTH:
        raise OperationBudgetError(f"a sum or product has more than {MAX_LENGTH} terms")
    try:
        for value in values:
            point.integers[k] = value
            term = enclose(body, point)
            total = total + term if is_sum else total * term
    finally:
        if before is None:
            point.integers.pop(k, None)
        else:
            point.integers[k] = before
    return total


_peeled = lru_cache(maxsize=20_000)(peel)


def _delta(expr: sp.KroneckerDelta, point: Point) -> arb:
    a, b = expr.args[:2]
    return arb(int(integer(a, point) == integer(b, point)))


def integer(expr: sp.Expr, point: Point) -> int:
    """The value of an index term or a bound of a sum."""
    if isinstance(expr, sp.Symbol):
        value = point.integers.get(expr)
        if value is None:
            raise UnsupportedExpressionError(f"the index {expr} has no value")
        return value
    parts = _linear(expr)
    if parts is None:
        raise UnsupportedExpressionError(f"the index term {expr} is not a linear form with whole coefficients")
    coefficients, constant = parts
    return constant + sum(c * integer(s, point) for s, c in coefficients.items())


_linear = lru_cache(maxsize=20_000)(linear_parts)


def _power(expr: sp.Pow, point: Point) -> arb:
    base, exponent = expr.args
    b = enclose(base, point)
    if isinstance(exponent, sp.Integer):
        return _integer_power(b, int(exponent))
    if exponent.is_integer and exponent.free_symbols <= set(point.integers):
        return _integer_power(b, integer(exponent, point))
    if exponent == sp.Rational(1, 2):
        return b.sqrt()
    e = enclose(exponent, point)
    if not b > 0:  # 0^y is outside the domain, and so is a negative base
        return NAN
    return (b.log() * e).exp()


def _integer_power(base: arb, exponent: int) -> arb:
    if exponent >= 0:
        return base**exponent
    return 1 / base**-exponent if not base.contains(0) else NAN


def _sign(b: arb) -> arb:
    return arb(1) if b > 0 else arb(-1) if b < 0 else NAN


def _sigmoid(b: arb) -> arb:
    # from whichever exponential does not overflow, so that huge logits stay enclosed tightly
    return 1 / (1 + (-b).exp()) if not b < 0 else b.exp() / (1 + b.exp())


def _softplus(b: arb) -> arb:
    return b + (-b).exp().log1p() if b > 0 else b.exp().log1p()


def _log(b: arb) -> arb:
    return b.log() if b > 0 else NAN


_FUNCTIONS: Mapping[type, Callable[..., arb]] = {
    sp.exp: lambda b: b.exp(),
    sp.log: _log,
    sp.tanh: lambda b: b.tanh(),
    sp.Abs: abs,
    sp.sign: _sign,
    sp.Max: lambda a, b: a.max(b),
    sigmoid: _sigmoid,
    softplus: _softplus,
}


Rule = Callable[[Any, Point], arb]

_BY_CLASS: Mapping[type, Rule] = {
    sp.Rational: lambda e, _: arb(flint.fmpq(e.p, e.q)),
    sp.Symbol: _symbol,
    sp.Indexed: lambda e, point: point.entry(e.base.label, tuple([integer(a, point) for a in e.indices])),
    sp.Add: _sum_of,
    sp.Mul: _product_of,
    sp.Pow: _power,
    sp.Sum: _over_range,
    sp.Product: _over_range,
    sp.KroneckerDelta: _delta,
    type(sp.pi): lambda e, _: arb.pi(),
    type(sp.E): lambda e, _: arb(1).exp(),
    **{type(e): lambda e, _: NAN for e in (sp.zoo, sp.nan, sp.oo, -sp.oo)},
}
_RULES: dict[type, Rule] = {}
_REMEMBERED = frozenset({sp.Sum, sp.Product, sp.Pow, *_FUNCTIONS})


def ball(value: Fraction, radius: Fraction = Fraction(0)) -> arb:
    """The ball of the given radius around a rational."""
    mid = arb(flint.fmpq(value.numerator, value.denominator))
    return arb(mid, arb(flint.fmpq(radius.numerator, radius.denominator))) if radius else mid
