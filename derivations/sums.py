r"""Sums of symbolic length in normal form.

A sum is linear, so Σ_k of a rational function becomes a combination of *single* sums

    S[k = lo..hi] ( monomial(k) / ∏ f(k)^e )

with everything free of k pulled out. What makes two of them the same:

* δ(k, t) is contracted where t is proved to lie in the range (only there);
* sums inside a monomial are flattened, Σ_i a_i Σ_k b_ik = ΣΣ a_i b_ik, and split again into factors
  that share no index, so the order of summation does not matter;
* a sum in the numerator that also stands in a denominator is cancelled first (Σ_c e^{z_c}/Σ_d e^{z_d} = 1);
* over one denominator f(k)^e the numerator is expanded in powers of f (partial fractions in f);
* bound indices get canonical names, the least over their permutations.

Label relations enter here, as far as the level allows: Σ_c y_c = 1 over the full class axis of a one-hot
array, y_c y_d = δ_cd y_c, y² = y, y² = 1.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import sympy as sp

from .domain import Domain
from .inverses import Cancelling
from .kernels import BudgetExceededError, Kernel, Rat, charge, str_of
from .renaming import Bound, Dens, dens_text, key_height, key_indices

__all__ = ["Sums"]

MAX_BOUND = 7  # bound indices of one flattened sum


class Sums(Cancelling):
    """The part of the normalizer that sums."""

    def sum_over(self, r: Rat, k: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> Rat:
        """Σ_{k=lower..upper} r, where k is a fresh index declared with these bounds."""
        if r.is_zero:
            return self.field.zero
        constant, factors = self.field.factor(r.d) if not r.d.is_one() else (Fraction(1), [])
        bound_dens = [(f, e) for f, e in factors if k in self.field.indices_of(f)]
        outer = self.field.constant(1 / constant)
        for f, e in factors:
            if k not in self.field.indices_of(f):
                outer = outer / Rat(self.field, f, self.field.one.d) ** e
        total = self.field.zero
        for numerator, dens in self._partial_fractions(r.n, bound_dens, k):
            grouped: dict[tuple[tuple[Kernel, int], ...], Any] = {}
            for mono, coefficient in self.field.terms(numerator):
                inside = tuple((kernel, e) for kernel, e in mono if k in kernel.indices)
                outside = [(kernel, e) for kernel, e in mono if k not in kernel.indices]
                term = self.field.poly([(tuple(outside), coefficient)])
                grouped[inside] = grouped[inside] + term if inside in grouped else term
            for inside, factor in grouped.items():
                if not factor.is_zero():
                    total = total + self.sum_term(inside, dens, [(k, lower, upper)]) * Rat(
                        self.field, factor, self.field.one.d
                    )
        return total * outer

    def _partial_fractions(
        self, numerator: Any, factors: list[tuple[Any, int]], k: sp.Symbol
    ) -> list[tuple[Any, Dens]]:
        """numerator/∏f^e as a sum of (numerator, denominators); unique where there is one factor f."""
        if not factors:
            return [(numerator, ())]
        key = self.field.key
        if len(factors) > 1:
            product = self.field.ctx.constant(1)
            for f, e in factors:
                product *= f**e
            whole, rest = self._divide(numerator, product, k)
            dens = tuple(sorted(((key(f), e) for f, e in factors), key=dens_text))
            return [p for p in ((whole, ()), (rest, dens)) if not p[0].is_zero()]
        ((f, e),) = factors
        pieces: list[tuple[Any, Dens]] = []
        while e > 0 and not numerator.is_zero():
            numerator, rest = self._divide(numerator, f, k)
            if not rest.is_zero():
                pieces.append((rest, ((key(f), e),)))
            e -= 1
        if not numerator.is_zero():
            pieces.append((numerator, ()))
        return pieces

    def _divide(self, numerator: Any, divisor: Any, k: sp.Symbol) -> tuple[Any, Any]:
        """Quotient and remainder in an order of kernels that does not depend on when each was met.

        The remainder has no term divisible by the divisor's leading monomial, which makes it unique.
        Kernels of the bound index k lead, so that what is left mentions k as little as may be; the
        others are ordered by their structure, with the names of fresh indices left out.
        """
        field = self.field
        used = [slot for slot, degree in enumerate(divisor.degrees()) if degree > 0]
        slots = dict(zip(used, field.kernels_of(divisor), strict=True))
        order = sorted(used, key=lambda slot: (k not in slots[slot].indices, _shape(slots[slot]), slot))
        leading, coefficient = max(divisor.to_dict().items(), key=lambda item: tuple(item[0][slot] for slot in order))
        if leading == max(divisor.to_dict()):
            return divmod(numerator, divisor)  # the field's own order has the same leading monomial
        quotient, rest = field.ctx.constant(0), numerator
        while True:
            part = {
                tuple(a - b for a, b in zip(exponents, leading, strict=True)): c / coefficient
                for exponents, c in rest.to_dict().items()
                if all(a >= b for a, b in zip(exponents, leading, strict=True))
            }
            if not part:
                return quotient, rest
            charge()
            step = field.ctx.from_dict(part)
            quotient, rest = quotient + step, rest - step * divisor

    def sum_term(self, mono: Iterable[tuple[Kernel, int]], dens: Dens, bounds: list[Bound]) -> Rat:
        """The sum over `bounds` of one monomial over one denominator, in canonical form."""
        powers = Counter(dict(mono))
        powers, bounds, dens = self._flatten(powers, bounds, dens)
        relation = self._label_relation(powers)
        if relation is not None:
            return self._sum_again(relation, powers, dens, bounds)
        for kernel in powers:
            if kernel.kind == "delta":
                contracted = self._contract(kernel, powers, dens, bounds)
                if contracted is not None:
                    return contracted
        cancelled = self._cancelled(powers, dens, bounds)
        if cancelled is not None:
            return self._sum_again(cancelled[0], powers, dens, cancelled[1])
        unused = self._unused_bound(powers, dens, bounds)
        if unused is not None:
            k, lower, upper = unused
            rest = [b for b in bounds if b[0] != k]
            length = self.closed_form(upper - lower + 1)
            if rest:
                if length.indices() & {b[0] for b in rest}:
                    return self._sum_again(length, powers, dens, rest)
                return length * self.sum_term(powers.items(), dens, rest)
            return length * self.from_mono(powers.items()) / self._product(dens)
        parts = self._components(powers, dens, bounds)
        if len(parts) > 1:
            product = self.field.one
            for part_powers, part_dens, part_bounds in parts:
                product = product * self.sum_term(part_powers.items(), part_dens, part_bounds)
            return product
        peeled = self._peel(powers, dens, bounds)
        if peeled is not None:
            return peeled
        return self.field.of(self._canonical_sum(powers, dens, bounds))

    def _product(self, dens: Dens) -> Rat:
        product = self.field.one
        for key, e in dens:
            product = product * self.from_key(key) ** e
        return product

    def _sum_again(self, factor: Rat, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> Rat:
        r = factor * self.from_mono(powers.items()) / self._product(dens)
        for k, lower, upper in reversed(bounds):
            r = self.sum_over(r, k, lower, upper)
        return r

    def _flatten(
        self, powers: Counter[Kernel], bounds: list[Bound], dens: Dens
    ) -> tuple[Counter[Kernel], list[Bound], Dens]:
        symbols = {b[0] for b in bounds}
        merged = Counter(dict(dens))
        bounds = list(bounds)
        while True:
            inner = next((k for k in powers if k.kind == "sum" and k.indices & symbols), None)
            if inner is None:
                return powers, bounds, tuple(sorted(merged.items(), key=dens_text))
            count = powers.pop(inner)
            for _ in range(count):
                names: dict[sp.Symbol, sp.Symbol] = {}
                for symbol, lower, upper in inner.args[0]:
                    lower, upper = lower.xreplace(names), upper.xreplace(names)
                    names[symbol] = self.fresh(lower, upper)
                    bounds.append((names[symbol], lower, upper))
                if len(bounds) > MAX_BOUND:
                    raise BudgetExceededError(f"a product of sums over more than {MAX_BOUND} indices")
                for kernel, e in inner.args[1]:
                    powers[self.rename(kernel, names)] += e
                for key, e in inner.args[2]:
                    merged[self.rename_key(key, names)] += e
                symbols |= set(names.values())

    def _unused_bound(self, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> Bound | None:
        used: set[sp.Symbol] = set()
        for kernel in powers:
            used |= kernel.indices
        for key, _ in dens:
            used |= key_indices(key)
        for _, lower, upper in bounds:
            used |= lower.free_symbols | upper.free_symbols
        return next((b for b in bounds if b[0] not in used), None)

    def _contract(self, delta: Kernel, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> Rat | None:
        """Σ_k δ(k, t) f(k) = f(t) where t is in range, 0 where it is outside, None where neither is proved."""
        for k, lower, upper in bounds:
            a, b = delta.args
            if k in b.free_symbols:
                a, b = b, a
            if k not in a.free_symbols or k in b.free_symbols or k in (a - k).free_symbols:
                continue
            target = b - (a - k)
            if any(k in lo.free_symbols | hi.free_symbols for _, lo, hi in bounds):
                continue
            inside = self.ranges.contains(target, lower, upper)
            if inside is False:
                return self.field.zero
            if inside is None:
                continue
            rest = [b for b in bounds if b[0] != k]
            r = self.field.one
            for kernel, e in powers.items():
                if kernel is not delta:
                    r = r * self.subst(kernel, {k: target}) ** e
            for key, e in dens:
                r = r / self.subst_key(key, {k: target}) ** e
            for symbol, lo, hi in reversed(rest):
                r = self.sum_over(r, symbol, lo, hi)
            return r
        return None

    def _components(
        self, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]
    ) -> list[tuple[Counter[Kernel], Dens, list[Bound]]]:
        parent = {b[0]: b[0] for b in bounds}

        def find(s: sp.Symbol) -> sp.Symbol:
            while parent[s] != s:
                s = parent[s]
            return s

        groups = [k.indices for k in powers] + [key_indices(p) for p, _ in dens]
        groups += [frozenset({b[0]}) | b[1].free_symbols | b[2].free_symbols for b in bounds]
        for group in groups:
            members = [s for s in group if s in parent]
            for s in members[1:]:
                parent[find(s)] = find(members[0])
        roots = sorted({find(s) for s in parent}, key=str)
        if len(roots) == 1:
            return [(powers, dens, bounds)]

        def belongs(indices: frozenset[sp.Symbol], root: sp.Symbol) -> bool:
            return any(s in parent and find(s) == root for s in indices)

        parts = []
        for position, root in enumerate(roots):
            mine = Counter({k: e for k, e in powers.items() if belongs(k.indices, root)})
            if position == 0:
                mine.update({k: e for k, e in powers.items() if not any(s in parent for s in k.indices)})
            my_dens = tuple(
                (p, e)
                for p, e in dens
                if belongs(key_indices(p), root) or (position == 0 and not key_indices(p) & set(parent))
            )
            parts.append((mine, my_dens, [b for b in bounds if find(b[0]) == root]))
        return parts

    def _peel(self, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> Rat | None:
        """Sum out one index alone where that has a known value, or cancels against a denominator."""
        for bound in bounds:
            c, _lower, _upper = bound
            if any(c in key_indices(p) for p, _ in dens):
                continue
            if any(c in b[1].free_symbols | b[2].free_symbols for b in bounds if b is not bound):
                continue
            part = Counter({k: e for k, e in powers.items() if c in k.indices})
            value = self._known_sum(part, bound)
            rest = [b for b in bounds if b is not bound]
            outside = Counter({k: e for k, e in powers.items() if k not in part})
            if value is not None:
                return self._sum_again(value, outside, dens, rest)
            if not rest and not dens:
                continue
            alone = self._canonical_sum(part, (), [bound])
            if any(len(p) == 1 and p[0][0] == ((alone, 1),) for p, _ in dens):
                return self._sum_again(self.field.of(alone), outside, dens, rest)
        return None

    def _known_sum(self, part: Counter[Kernel], bound: Bound) -> Rat | None:
        """Σ_c y_c = 1 for a one-hot array over its full class axis."""
        if self.level < 1 or len(part) != 1:
            return None
        ((kernel, e),) = part.items()
        if e != 1 or kernel.kind != "idx":
            return None
        label, indices = kernel.args
        domain, axes = self.arrays.get(label, (Domain.REAL, ()))
        c, lower, upper = bound
        if domain is not Domain.ONE_HOT or indices[-1] != c or (lower, upper) != _bounds(axes[-1]):
            return None
        if any(c in a.free_symbols for a in indices[:-1]):
            return None
        self.used.add(f"Σ {label} = 1")
        return self.field.one

    def _canonical_sum(self, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> Kernel:
        height = max([k.height for k in powers] + [key_height(p) for p, _ in dens], default=0) + 1
        best: tuple[Any, ...] | None = None
        for order in itertools.permutations(bounds):
            charge()
            if not _is_nested(order):
                continue
            names = {b[0]: sp.Symbol(f"#{height}_{p}", **b[0].assumptions0) for p, b in enumerate(order)}
            limits = tuple((names[k], lo.xreplace(names), hi.xreplace(names)) for k, lo, hi in order)
            mono = self.rename_mono(powers.items(), names)
            below = self.rename_dens(dens, names)
            text = (
                tuple(str_of(part) for limit in limits for part in limit),
                tuple((k.digest, e) for k, e in mono),
                tuple(dens_text(d) for d in below),
            )
            if best is None or text < best[0]:
                best = (text, limits, mono, below)
        assert best is not None
        return self.field.kernel("sum", *best[1:])


def _shape(arg: Any) -> str:
    """The structure of a kernel, with the names of fresh indices left out."""
    if isinstance(arg, Kernel):
        return f"{arg.kind}{_shape(arg.args)}"
    if isinstance(arg, tuple):
        return f"({','.join(_shape(a) for a in arg)})"
    return re.sub(r"%\w+", "%", str(arg))


def _is_nested(order: tuple[Bound, ...]) -> bool:
    """Whether every bound is stated in indices that come before it."""
    symbols = [b[0] for b in order]
    return not any(
        later in order[p][1].free_symbols | order[p][2].free_symbols for p in range(len(order)) for later in symbols[p:]
    )


def _bounds(axis: sp.Basic) -> tuple[sp.Basic, sp.Basic]:
    """The first and the last index of an axis, which is its size or a pair of both."""
    return (axis[0], axis[1]) if isinstance(axis, sp.Tuple) else (sp.S.One, axis)
