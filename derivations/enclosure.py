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

import flint
import sympy as sp
from flint import arb

from .functions import sigmoid, softplus
from .indexed import UnsupportedExpressionError, peel
from .kernels import charge

__all__ = ["IndexRangeError", "Point", "are_apart", "enclose", "precision"]

MAX_OPERATIONS = 200_000

NAN = arb("nan")


class IndexRangeError(ValueError):
    """An array is indexed outside its axes at these sizes; the message names the entry."""


class OperationBudgetError(RuntimeError):
    """The value takes more operations than the budget allows."""


@dataclass
class Point:
    """Sizes and indices as integers, and array entries as balls.

    arrays: label → {index tuple: ball}; a scalar is the entry (). `default` supplies entries of
    arrays that are not declared (partial derivatives of an unknown function).
    """

    integers: dict[sp.Symbol, int]
    arrays: dict[object, dict[tuple[int, ...], arb]]
    default: Callable[[object, tuple[int, ...]], arb] | None = None
    operations: int = field(default=0)

    def entry(self, label: object, indices: tuple[int, ...]) -> arb:
        array = self.arrays.get(label)
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
    charge()
    if point.operations > MAX_OPERATIONS:
        raise OperationBudgetError(f"a value needs more than {MAX_OPERATIONS} operations")
    if isinstance(expr, sp.Rational):
        return arb(flint.fmpq(expr.p, expr.q))
    if isinstance(expr, sp.Symbol):
        number = point.integers.get(expr)
        return arb(number) if number is not None else point.entry(expr, ())
    if isinstance(expr, sp.Indexed):
        return point.entry(expr.base.label, tuple(integer(a, point) for a in expr.indices))
    if isinstance(expr, sp.Add):
        total = arb(0)
        for a in expr.args:
            total += enclose(a, point)
        return total
    if isinstance(expr, sp.Mul):
        product = arb(1)
        for a in expr.args:
            product *= enclose(a, point)
        return product
    if isinstance(expr, sp.Pow):
        return _power(expr, point)
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, lower, upper = peel(expr)
        total = arb(0 if isinstance(expr, sp.Sum) else 1)
        before = point.integers.get(k)
        try:
            for value in range(integer(lower, point), integer(upper, point) + 1):
                point.integers[k] = value
                term = enclose(body, point)
                total = total + term if isinstance(expr, sp.Sum) else total * term
        finally:
            if before is None:
                point.integers.pop(k, None)
            else:
                point.integers[k] = before
        return total
    if isinstance(expr, sp.KroneckerDelta):
        a, b = expr.args[:2]
        return arb(int(integer(a, point) == integer(b, point)))
    if expr is sp.pi:
        return arb.pi()
    if expr is sp.E:
        return arb(1).exp()
    rule = _FUNCTIONS.get(type(expr))
    if rule is not None:
        return rule(*(enclose(a, point) for a in expr.args))
    if expr in (sp.zoo, sp.nan, sp.oo, -sp.oo):
        return NAN
    raise UnsupportedExpressionError(f"no enclosure of {type(expr).__name__}: {expr}")


def integer(expr: sp.Expr, point: Point) -> int:
    """The value of an index term or a bound of a sum."""
    if isinstance(expr, sp.Integer):
        return int(expr)
    if isinstance(expr, sp.Symbol):
        value = point.integers.get(expr)
        if value is None:
            raise UnsupportedExpressionError(f"the index {expr} has no value")
        return value
    value = expr.subs({s: point.integers[s] for s in expr.free_symbols if s in point.integers})
    if not isinstance(value, sp.Integer):
        raise UnsupportedExpressionError(f"the index term {expr} is not an integer")
    return int(value)


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


def ball(value: Fraction, radius: Fraction = Fraction(0)) -> arb:
    """The ball of the given radius around a rational."""
    mid = arb(flint.fmpq(value.numerator, value.denominator))
    return arb(mid, arb(flint.fmpq(radius.numerator, radius.denominator))) if radius else mid
