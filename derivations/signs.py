"""The sign of a polynomial over kernels, where the domain forces it.

A polynomial is positive when all its coefficients are and every kernel in it is (one term at least
strictly, the others non-negative). A variable u of (0, 1) is first written as P/(1 + P) with P > 0,
which proves 1 − u > 0 and u(1 − u) > 0 by the same rule. Of an increasing vector, θ_a − θ_b > 0 and
e^{θ_a} − e^{θ_b} > 0 for a > b. What this does not reach is *unknown*, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb

import sympy as sp

from .domain import Domain
from .kernels import Kernel, Mono, PolyKey

__all__ = ["Signs"]

_POSITIVE, _NONNEGATIVE, _REAL = 2, 1, 0


class Signs:
    """Signs of kernels and polynomials, for the domains and assumptions of one decision.

    domains: array or symbol name (its SymPy label) → domain. is_at_least: whether an index term is proved
    to be at least a number or another one. assumed: polynomials taken as positive.
    """

    def __init__(self, domains: dict[object, Domain], is_at_least: Callable[[sp.Expr, sp.Expr | int], bool]):
        self.domains = domains
        self.is_at_least = is_at_least
        self.assumed: set[PolyKey] = set()
        self._memo: dict[Kernel, int] = {}
        self._real: dict[Kernel, bool] = {}

    def assume(self, poly: PolyKey) -> None:
        """Take a polynomial as positive from here on."""
        self.assumed.add(poly)
        self._memo.clear()
        self._real.clear()

    def of_kernel(self, kernel: Kernel) -> int:
        """2 if positive, 1 if non-negative, 0 if nothing is known."""
        found = self._memo.get(kernel)
        if found is None:
            found = self._memo[kernel] = self._of_kernel(kernel)
        return found

    def _of_kernel(self, kernel: Kernel) -> int:
        match kernel.kind:
            case "sym" | "idx":
                return self._of_domain(kernel)
            case "root":
                return _POSITIVE
            case "exp":  # e^{n log x} stands for x^n and for ∏ x_i as well, which have a sign only where x > 0
                return _POSITIVE if self._is_real(kernel.args) else _REAL
            case "ipow":
                return self.of_kernel(kernel.args[0])
            case "delta":
                return _NONNEGATIVE
            case "sum":  # ranges are not empty (sizes ≥ 1 for 1..n); other ranges may be
                _, mono, dens = kernel.args
                sign = min((self._of_power(k, e) for k, e in mono), default=_POSITIVE)
                if all(self.of_poly(p) == 1 or e % 2 == 0 for p, e in dens):
                    return (
                        sign
                        if all(lo == 1 and hi.is_Symbol and hi.is_positive for _, lo, hi in kernel.args[0])
                        else min(sign, 1)
                    )
                return _REAL
            case "log":
                numerator, denominator = kernel.args
                if not denominator and self._exceeds_one(numerator):
                    return _POSITIVE
        return _REAL

    def _is_real(self, arg: object) -> bool:
        """Whether every logarithm inside is one of something proved positive."""
        if isinstance(arg, tuple):
            return all(self._is_real(a) for a in arg)
        if not isinstance(arg, Kernel):
            return True
        found = self._real.get(arg)
        if found is None:
            split = arg.kind != "log" or (not arg.args[1] and self.is_positive(arg.args[0]))
            found = self._real[arg] = split and self._is_real(arg.args)
        return found

    def _of_domain(self, kernel: Kernel) -> int:
        label = kernel.args[0]
        domain = self.domains.get(label)
        if domain is not None:
            return {
                Domain.POSITIVE: _POSITIVE,
                Domain.UNIT: _POSITIVE,
                Domain.NONNEGATIVE: _NONNEGATIVE,
                Domain.BINARY: _NONNEGATIVE,
                Domain.ONE_HOT: _NONNEGATIVE,
            }.get(domain, _REAL)
        if label.is_positive or (label.is_integer and self.is_at_least(label, 1)):
            return _POSITIVE
        return _NONNEGATIVE if label.is_nonnegative or (label.is_integer and self.is_at_least(label, 0)) else _REAL

    def _of_power(self, kernel: Kernel, exponent: int) -> int:
        sign = self.of_kernel(kernel)
        return _NONNEGATIVE if sign == _REAL and exponent % 2 == 0 else sign

    def _exceeds_one(self, poly: PolyKey) -> bool:
        rest = [(m, c) for m, c in poly if m]
        constant = sum((c for m, c in poly if not m), Fraction(0))
        return constant >= 1 and bool(rest) and self._all_positive(rest) == _POSITIVE

    def of_poly(self, poly: PolyKey) -> int:
        """1 if positive, −1 if negative, 0 if unknown."""
        return 1 if self.is_positive(poly) else -1 if self.is_positive(_negated(poly)) else 0

    def is_positive(self, poly: PolyKey) -> bool:
        if poly in self.assumed or self._all_positive(self._without_unit(poly)) == _POSITIVE:
            return True
        return self._increases(poly)

    def _increases(self, poly: PolyKey) -> bool:
        """Whether this is θ_a − θ_b, or e^{rθ_a} − e^{rθ_b} with r > 0, times positive factors; θ increasing, a > b."""
        if len(poly) != 2 or poly[0][1] + poly[1][1] != 0:
            return False
        (above, _), (below, _) = sorted(poly, key=lambda term: -term[1])
        high, low = dict(above), dict(below)
        for kernel in set(high) & set(low):
            shared = min(high[kernel], low[kernel])
            if self._of_power(kernel, shared) != _POSITIVE:
                return False
            high[kernel] -= shared
            low[kernel] -= shared
        high_left, low_left = _only_power(high), _only_power(low)
        if high_left is None or low_left is None or high_left[1] != low_left[1]:
            return False
        (first, e), (second, _) = high_left, low_left
        if first.kind == second.kind == "exp":
            if any(len(k.args[0]) != 1 or k.args[0][0][1] != 1 or k.args[1] for k in (first, second)):
                return False
            first, second = first.args[0][0][0], second.args[0][0][0]
        elif e != 1:
            return False
        return self._is_after_in_vector(first, second)

    def _is_after_in_vector(self, first: Kernel, second: Kernel) -> bool:
        """Whether the kernels are θ_a and θ_b of one increasing vector, with a > b."""
        if first.kind != "idx" or second.kind != "idx" or first.args[0] != second.args[0]:
            return False
        (*row, a), (*same_row, b) = first.args[1], second.args[1]
        return self.domains.get(first.args[0]) is Domain.INCREASING and row == same_row and self.is_at_least(a, b + 1)

    def is_nonnegative(self, poly: PolyKey) -> bool:
        return not poly or self.is_positive(poly) or self._all_positive(self._without_unit(poly)) >= _NONNEGATIVE

    def _all_positive(self, terms: list[tuple[Mono, Fraction]]) -> int:
        best = _REAL
        for mono, coefficient in terms:
            sign = min((self._of_power(k, e) for k, e in mono), default=_POSITIVE)
            if coefficient < 0 or sign == _REAL:
                return _REAL
            best = max(best, sign)
        return best

    def _without_unit(self, poly: PolyKey) -> list[tuple[Mono, Fraction]]:
        """The polynomial with u → P/(1 + P) for each u in (0, 1), times the power of 1 + P that clears it."""
        terms = list(poly)
        units = {
            k
            for mono, _ in poly
            for k, _ in mono
            if k.kind in ("sym", "idx") and self.domains.get(k.args[0]) is Domain.UNIT
        }
        for u in sorted(units, key=lambda k: k.digest):
            degree = max((e for mono, _ in terms for k, e in mono if k is u), default=0)
            expanded: dict[Mono, Fraction] = {}
            for mono, coefficient in terms:
                power = next((e for k, e in mono if k is u), 0)
                rest = tuple((k, e) for k, e in mono if k is not u)
                for shift in range(degree - power + 1):  # P^power (1 + P)^(degree − power); P reuses u's kernel
                    e = power + shift
                    key = (*rest, (u, e)) if e else rest
                    expanded[key] = expanded.get(key, Fraction(0)) + coefficient * comb(degree - power, shift)
            terms = [(m, c) for m, c in expanded.items() if c]
        return terms


def _only_power(powers: dict[Kernel, int]) -> tuple[Kernel, int] | None:
    """The one kernel with a power other than 0; None where there is none, or several."""
    left = [(kernel, e) for kernel, e in powers.items() if e]
    return left[0] if len(left) == 1 else None


def _negated(poly: PolyKey) -> PolyKey:
    return tuple((mono, -coefficient) for mono, coefficient in poly)
