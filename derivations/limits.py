r"""Limits at ±∞, by degrees of polynomials in e^z.

The normal form of f(z) is a rational function of E = e^{z/q} and of z itself (σ, tanh, softmax of z,
and products with powers of z). As z → ∞ the terms with the highest power of E dominate, among these
the highest power of z; the limit is the ratio of the leading terms, 0 or infinite. As z → −∞ the same
holds after z → −z. A limit that is proved to be another value refutes the claim at a point. Nothing else
is attempted: log(1 + e^z) is refused, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from .domain import Domain
from .kernels import Kernel, PolyKey, Rat
from .normal_form import Level, Normalizer
from .zero_test import Context, normalizer_for

__all__ = ["Limit", "limit_of"]


@dataclass(frozen=True)
class Limit:
    """What is known of lim f − value. is_zero: proved to be 0. why: the degrees that decide it, as text.

    apart: (a, b) that are equal wherever lim f = value: where a ≠ b at a point, the claim is false there;
    None where nothing is known. `used`: label relations that the normal form needed.
    """

    is_zero: bool
    why: str
    apart: tuple[sp.Expr, sp.Expr] | None = None
    used: tuple[str, ...] = ()


def limit_of(expr: sp.Expr, z: sp.Symbol, at: sp.Expr, value: sp.Expr, context: Context) -> Limit:
    """Whether lim_{z→at} expr = value, and the leading term that decides it; `value` is finite and free of z."""
    if at not in (sp.oo, -sp.oo):
        return Limit(False, "only limits at ±∞ are decided")
    if z in value.free_symbols or (not value.is_finite and value.is_finite is not None):
        return Limit(False, "the value of a limit is finite and free of its variable")
    domain, axes = context.arrays.get(z, (Domain.REAL, ()))
    reaches = (Domain.REAL,) if at == -sp.oo else (Domain.REAL, Domain.POSITIVE, Domain.NONNEGATIVE)
    if domain not in reaches or axes or (at == -sp.oo and z.is_nonnegative) or z.is_integer:
        return Limit(False, f"{z} does not go to {at}: {domain.condition(str(z))}")
    difference = expr - value
    if at == -sp.oo:
        difference = difference.xreplace({z: -z})
    return normalizer_for(context, Level.ALL, lambda normalizer: _leading(normalizer, difference, z, value))


def _leading(normalizer: Normalizer, expr: sp.Expr, z: sp.Symbol, value: sp.Expr) -> Limit:
    r = normalizer.relate(normalizer.normalize(expr))
    used = tuple(sorted(normalizer.used))
    if r.is_zero:
        return Limit(True, "identically equal", None, used)
    growth = _Growth(normalizer, z)
    top, bottom = growth.degree(r.n), growth.degree(r.d)
    if top is None or bottom is None:
        return Limit(False, "the normal form is not rational in e^z and z")
    above, below = growth.leading(r.n, top), growth.leading(r.d, bottom)
    if not normalizer.signs.of_poly(normalizer.field.key(below.n)):
        return Limit(False, "the leading coefficient of the denominator may vanish")
    why = f"degree {_text(top)} over {_text(bottom)} in (e^z, z)"
    if top < bottom:
        return Limit(True, why, None, used)
    a, b = (as_expr(normalizer, normalizer.field.key(part.n)) for part in (above, below))
    return Limit(False, why, (value + a / b, value) if top == bottom else (a, sp.S.Zero), used)


def _text(degree: tuple[int, int]) -> str:
    return f"({degree[0]}, {degree[1]})"


def as_expr(normalizer: Normalizer, key: PolyKey) -> sp.Expr:
    """A polynomial over kernels as an expression again."""

    def product(mono: Any, dens: Any = ()) -> sp.Expr:
        above = sp.Mul(*(kernel(k) ** e for k, e in mono))
        return above / sp.Mul(*(as_expr(normalizer, p) ** e for p, e in dens))

    def kernel(k: Kernel) -> sp.Expr:
        args = k.args
        match k.kind:
            case "sym":
                return args[0]
            case "idx":
                return sp.IndexedBase(args[0])[args[1]]
            case "delta":
                return sp.KroneckerDelta(*args)
            case "exp":
                return sp.exp(product(*args) / normalizer.denominator)
            case "log":
                return sp.log(as_expr(normalizer, args[0]) / (as_expr(normalizer, args[1]) if args[1] else 1))
            case "sign":
                return sp.sign(as_expr(normalizer, args[0]))
            case "root":
                return as_expr(normalizer, args[0]) ** sp.Rational(1, args[1])
            case "ipow":
                return kernel(args[0]) ** args[1]
            case "sum":
                total = product(args[1], args[2])
                for limit in reversed(args[0]):
                    total = sp.Sum(total, limit)
                return total
        raise AssertionError(f"no expression for kernel {k.kind}")

    return sp.Add(*(sp.Rational(c.numerator, c.denominator) * product(mono) for mono, c in key))


class _Growth:
    """Degrees in (E, z) of polynomials whose other kernels are free of z."""

    def __init__(self, normalizer: Normalizer, z: sp.Symbol):
        self.normalizer = normalizer
        field = normalizer.field
        self.z = field.kernel("sym", z)
        self.exponential = field.kernel("exp", ((self.z, 1),), ())

    def degree(self, poly: Any) -> tuple[int, int] | None:
        best: tuple[int, int] | None = None
        for mono, _ in self.normalizer.field.terms(poly):
            here = self._of(mono)
            if here is None:
                return None
            best = here if best is None else max(best, here)
        return best

    def _of(self, mono: tuple[tuple[Kernel, int], ...]) -> tuple[int, int] | None:
        e = power = 0
        for kernel, count in mono:
            if kernel is self.exponential:
                e += count
            elif kernel is self.z:
                power += count
            elif self.z.args[0] in kernel.indices or _mentions(kernel, self.z):
                return None
        return e, power

    def leading(self, poly: Any, degree: tuple[int, int]) -> Rat:
        """The coefficient of the leading power."""
        field = self.normalizer.field
        leading: Rat = field.zero
        for mono, coefficient in field.terms(poly):
            if self._of(mono) == degree:
                rest = [(k, c) for k, c in mono if k is not self.exponential and k is not self.z]
                leading = leading + self.normalizer.from_mono(rest) * field.constant(coefficient)
        return leading


def _mentions(kernel: Kernel, target: Kernel) -> bool:
    def walk(arg: Any) -> bool:
        if isinstance(arg, Kernel):
            return arg is target or any(walk(a) for a in arg.args)
        return isinstance(arg, tuple) and any(walk(a) for a in arg)

    return walk(kernel)
