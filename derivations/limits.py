r"""Limits at ±∞, by degrees of polynomials in e^z.

The normal form of f(z) is a rational function of E = e^{z/q} and of z itself (σ, tanh, softmax of z,
and products with powers of z). As z → ∞ the terms with the highest power of E dominate, among these
the highest power of z; the limit is the ratio of the leading terms, 0 or infinite. As z → −∞ the same
holds after z → −z. Nothing else is attempted: log(1 + e^z) is refused, not guessed.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from .kernels import Kernel, Rat
from .normal_form import Level, Normalizer
from .zero_test import Context, normalizer_for

__all__ = ["limit_is"]


def limit_is(expr: sp.Expr, z: sp.Symbol, at: sp.Expr, value: sp.Expr, context: Context) -> tuple[bool, str]:
    """Whether lim_{z→at} expr = value is proved, and the leading term that decides it, as text.

    `value` is finite and free of z.
    """
    if at not in (sp.oo, -sp.oo):
        return False, "only limits at ±∞ are decided"
    if z in value.free_symbols or (not value.is_finite and value.is_finite is not None):
        return False, "the value of a limit is finite and free of its variable"
    difference = expr - value
    if at == -sp.oo:
        difference = difference.xreplace({z: -z})
    return normalizer_for(context, Level.ALL, lambda normalizer: _vanishes(normalizer, difference, z))


def _vanishes(normalizer: Normalizer, expr: sp.Expr, z: sp.Symbol) -> tuple[bool, str]:
    r = normalizer.normalize(expr)
    if r.is_zero:
        return True, "identically equal"
    growth = _Growth(normalizer, z)
    top, bottom = growth.degree(r.n), growth.degree(r.d)
    if top is None or bottom is None:
        return False, "the normal form is not rational in e^z and z"
    if growth.leading_may_vanish(r.d, bottom):
        return False, "the leading coefficient of the denominator may vanish"
    return top < bottom, f"degree {_text(top)} over {_text(bottom)} in (e^z, z)"


def _text(degree: tuple[int, int]) -> str:
    return f"({degree[0]}, {degree[1]})"


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

    def leading_may_vanish(self, poly: Any, degree: tuple[int, int]) -> bool:
        """Whether the coefficient of the leading power is not proved to keep one sign."""
        field = self.normalizer.field
        leading: Rat = field.zero
        for mono, coefficient in field.terms(poly):
            if self._of(mono) == degree:
                rest = [(k, c) for k, c in mono if k is not self.exponential and k is not self.z]
                leading = leading + self.normalizer.from_mono(rest) * field.constant(coefficient)
        return not self.normalizer.signs.of_poly(field.key(leading.n))


def _mentions(kernel: Kernel, target: Kernel) -> bool:
    def walk(arg: Any) -> bool:
        if isinstance(arg, Kernel):
            return arg is target or any(walk(a) for a in arg.args)
        return isinstance(arg, tuple) and any(walk(a) for a in arg)

    return walk(kernel)
