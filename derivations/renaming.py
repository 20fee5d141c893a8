r"""Kernels with other indices: renaming, which changes nothing but names, and substitution, which may simplify.

A renaming to new, distinct names keeps the structure; a substitution k ↦ t rebuilds the kernel from its
parts, since δ(k, t) becomes 1 and two arrays may become one. What a kernel is made of is listed here,
once for each kind. What this class uses of the normalizer stands at its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from .atoms import UnsupportedExpressionError
from .domain import Domain
from .kernels import Field, Kernel, Mono, PolyKey, Rat, sorted_key, sorted_mono, str_of
from .ranges import Ranges
from .signs import Signs

__all__ = ["Bound", "Dens", "Renaming", "dens_text", "key_height", "key_indices"]

Bound = tuple[sp.Symbol, sp.Expr, sp.Expr]
Dens = tuple[tuple[PolyKey, int], ...]


class Renaming:
    """The part of the normalizer that renames and substitutes indices."""

    field: Field
    ranges: Ranges
    signs: Signs
    level: int
    denominator: int
    used: set[str]
    arrays: Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]]
    _fresh: int
    _renamed: dict[tuple[Kernel, tuple[tuple[sp.Symbol, sp.Symbol], ...]], Kernel]

    # what `normal_form.Normalizer` provides
    def closed_form(self, expr: sp.Expr) -> Rat:
        raise NotImplementedError

    def make_exp(self, r: Rat) -> Rat:
        raise NotImplementedError

    def make_log(self, r: Rat) -> Rat:
        raise NotImplementedError

    def make_sign(self, r: Rat) -> Rat:
        raise NotImplementedError

    def make_delta(self, a: sp.Expr, b: sp.Expr) -> Rat:
        raise NotImplementedError

    def _root(self, base: Rat, exponent: Fraction) -> Rat:
        raise NotImplementedError

    def fresh(self, lower: sp.Expr, upper: sp.Expr) -> sp.Symbol:
        """A new index that runs over lower..upper, distinct from every other symbol."""
        self._fresh += 1
        symbol = self.ranges.index_from(f"%{self._fresh}", lower)
        self.ranges = self.ranges.with_index(symbol, lower, upper)
        return symbol

    def from_key(self, key: PolyKey) -> Rat:
        return Rat(self.field, self.field.poly(key), self.field.one.d)

    def from_mono(self, mono: Iterable[tuple[Kernel, int]]) -> Rat:
        return Rat(self.field, self.field.mono(mono), self.field.one.d)

    def sum_over(self, r: Rat, k: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> Rat:
        raise NotImplementedError

    def rename(self, kernel: Kernel, names: Mapping[sp.Symbol, sp.Symbol]) -> Kernel:
        """The kernel with indices renamed to new, distinct names (nothing can simplify)."""
        relevant = {s: t for s, t in names.items() if s in kernel.indices}
        if not relevant:
            return kernel
        memo = (kernel, tuple(relevant.items()))
        found = self._renamed.get(memo)
        if found is None:
            found = self._renamed[memo] = self._rename(kernel, relevant)
        return found

    def _rename(self, kernel: Kernel, relevant: Mapping[sp.Symbol, sp.Symbol]) -> Kernel:
        args = kernel.args
        renamed: tuple[Any, ...]
        match kernel.kind:
            case "idx":
                renamed = (args[0], tuple(a.xreplace(relevant) for a in args[1]))
            case "sym" | "delta":
                renamed = tuple(a.xreplace(relevant) for a in args)
                if kernel.kind == "delta":
                    renamed = tuple(sorted(renamed, key=str_of))
            case "ipow":
                renamed = (self.rename(args[0], relevant), args[1].xreplace(relevant))
            case "exp":
                renamed = (self.rename_mono(args[0], relevant), self.rename_dens(args[1], relevant))
            case "log":
                renamed = tuple(self.rename_key(a, relevant) for a in args)
            case "sign":
                renamed = (self.rename_key(args[0], relevant),)
            case "root":
                renamed = (self.rename_key(args[0], relevant), args[1])
            case "sum":
                limits = tuple((k, lo.xreplace(relevant), hi.xreplace(relevant)) for k, lo, hi in args[0])
                renamed = (limits, self.rename_mono(args[1], relevant), self.rename_dens(args[2], relevant))
            case _:
                raise AssertionError(f"no renaming of kernel {kernel.kind}")
        return self.field.kernel(kernel.kind, *renamed)

    def rename_mono(self, mono: Iterable[tuple[Kernel, int]], names: Mapping[sp.Symbol, sp.Symbol]) -> Mono:
        return sorted_mono((self.rename(k, names), e) for k, e in mono)

    def rename_dens(self, dens: Dens, names: Mapping[sp.Symbol, sp.Symbol]) -> Dens:
        return tuple(sorted(((self.rename_key(p, names), e) for p, e in dens), key=dens_text))

    def rename_key(self, key: PolyKey, names: Mapping[sp.Symbol, sp.Symbol]) -> PolyKey:
        return sorted_key((self.rename_mono(mono, names), c) for mono, c in key)

    def subst(self, kernel: Kernel, mapping: Mapping[sp.Symbol, sp.Expr]) -> Rat:
        """The kernel with indices replaced by index terms; the result may simplify."""
        relevant = {s: t for s, t in mapping.items() if s in kernel.indices}
        if not relevant:
            return self.field.of(kernel)
        match kernel.kind:
            case "sym":
                return self.closed_form(relevant[kernel.args[0]])
            case "idx":
                label, indices = kernel.args
                return self.field.of(self.field.kernel("idx", label, tuple(a.xreplace(relevant) for a in indices)))
            case "delta":
                a, b = (arg.xreplace(relevant) for arg in kernel.args)
                return self.make_delta(a, b)
            case "exp":
                mono, dens = kernel.args
                r = self.subst_mono(mono, relevant) * self.field.constant(Fraction(1, self.denominator))
                for key, e in dens:
                    r = r / self.subst_key(key, relevant) ** e
                return self.make_exp(r)
            case "log":
                numerator, denominator = kernel.args
                r = self.subst_key(numerator, relevant)
                return self.make_log(r / self.subst_key(denominator, relevant) if denominator else r)
            case "sign":
                return self.make_sign(self.subst_key(kernel.args[0], relevant))
            case "root":
                return self._root(self.subst_key(kernel.args[0], relevant), Fraction(1, kernel.args[1]))
            case "ipow":
                base, exponent = kernel.args
                replaced = exponent.xreplace(relevant)
                if base.indices & set(relevant):
                    new_base = self.subst(base, relevant)
                else:
                    new_base = self.field.of(base)
                return self._integer_power(new_base, replaced)
            case "sum":
                bounds, mono, dens = kernel.args
                names: dict[sp.Symbol, sp.Symbol] = {}
                renewed = []
                for symbol, lower, upper in bounds:
                    lower = lower.xreplace(names).xreplace(relevant)
                    upper = upper.xreplace(names).xreplace(relevant)
                    names[symbol] = self.fresh(lower, upper)
                    renewed.append((names[symbol], lower, upper))
                both = {**relevant, **names}
                r = self.subst_mono(mono, both)
                for key, e in dens:
                    r = r / self.subst_key(key, both) ** e
                for k, lower, upper in reversed(renewed):
                    r = self.sum_over(r, k, lower, upper)
                return r
        raise AssertionError(f"no substitution into kernel {kernel.kind}")

    def _integer_power(self, base: Rat, exponent: sp.Expr) -> Rat:
        if isinstance(exponent, sp.Integer):
            return base ** int(exponent)
        constant, rest = exponent.as_coeff_Add()
        result = base ** int(constant)
        kernel = self.field.generator_of(base)
        if kernel is None:
            raise UnsupportedExpressionError(f"the power {exponent} of something that is not a single quantity")
        for term in sp.Add.make_args(rest):
            count, symbol = term.as_coeff_Mul()
            result = result * self.field.of(self.field.kernel("ipow", kernel, symbol)) ** int(count)
        return result

    def subst_key(self, key: PolyKey, mapping: Mapping[sp.Symbol, sp.Expr]) -> Rat:
        total = self.field.zero
        for mono, coefficient in key:
            total = total + self.subst_mono(mono, mapping) * self.field.constant(coefficient)
        return total

    def subst_mono(self, mono: Iterable[tuple[Kernel, int]], mapping: Mapping[sp.Symbol, sp.Expr]) -> Rat:
        product = self.field.one
        for kernel, e in mono:
            product = product * self.subst(kernel, mapping) ** e
        return product


def dens_text(den: tuple[PolyKey, int]) -> tuple[Any, ...]:
    key, e = den
    return (tuple((tuple((k.digest, p) for k, p in mono), str(c)) for mono, c in key), e)


def key_indices(key: PolyKey) -> frozenset[sp.Symbol]:
    return frozenset().union(*(k.indices for mono, _ in key for k, _ in mono)) if key else frozenset()


def key_height(key: PolyKey) -> int:
    return max((k.height for mono, _ in key for k, _ in mono), default=0)
