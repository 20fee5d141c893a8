r"""Inverses of matrices: A^{-1} as an array of its own, of which nothing is known but A A^{-1} = A^{-1} A = I.

    Σ_j A_ij A^{-1}_jk = δ_ik                                  where A has a name
    Σ_j Σ_l X_li X_lj V_jk = δ_ik - λ V_ik                     for V = (X^T X + λ I)^{-1}, by its longest product

Each use of such a rule is sound for every size, wherever the inverse exists, and is recorded as that condition. The
rules don't find every identity between inverses: what they leave is not proved, and no more. A witness has the inverse
itself, as balls (`enclosure.Point`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import sympy as sp

from .indexed import substitute
from .kernels import Kernel, Mono, Rat, charge
from .relations import Relations
from .renaming import Bound, Dens, key_indices
from .statement import element

__all__ = ["Cancelling", "Inverse", "is_inverse", "name_of_inverse"]

_Entries = tuple[tuple[object, tuple[sp.Expr, ...]], ...]  # array and indices of each

_MARK = "⁻¹"


def name_of_inverse(shown: str) -> sp.Symbol:
    """The array that is the inverse of a matrix; by its name alone it is known that it is no array of its own."""
    return sp.Symbol(f"({shown}){_MARK}", real=True)


def is_inverse(label: object) -> bool:
    return isinstance(label, sp.Symbol) and label.name.endswith(_MARK)


@dataclass(frozen=True)
class Inverse:
    """The array `label` is the inverse of the square matrix with the entries `value` at the indices `own`.

    lower, upper: the range of both axes. shown: the matrix as it is written.
    """

    label: sp.Symbol
    own: tuple[sp.Symbol, sp.Symbol]
    value: sp.Expr
    lower: sp.Expr
    upper: sp.Expr
    shown: str

    @cached_property
    def target(self) -> sp.Expr:
        """Its entry at the indices of the matrix."""
        return element(self.label, self.own)

    def sized(self, sizes: Mapping[sp.Expr, sp.Expr]) -> Inverse:
        """The same with numbers for some sizes."""
        lower, upper = (end.xreplace(sizes) for end in (self.lower, self.upper))
        return replace(self, value=self.value.xreplace(sizes), lower=lower, upper=upper)


@dataclass(frozen=True)
class _Rule:
    """factor · core(row, column) + rest(row, column) = below · A(row, column), where core is a product of entries.

    core: its factors. inner: what its own sums run over.
    """

    inverse: Inverse
    row: sp.Symbol
    column: sp.Symbol
    core: _Entries
    inner: tuple[Bound, ...]
    factor: Rat
    rest: tuple[tuple[Mono, Rat], ...]
    below: Rat


class Cancelling(Relations):
    """The part of the normalizer that knows what a matrix times its inverse is."""

    inverses: tuple[Inverse, ...]
    _rules: dict[object, _Rule | None]

    def _cancelled(self, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]) -> tuple[Rat, list[Bound]] | None:
        """Apply one rule to a sum, in place: what stands in place of the factors taken, and the bounds left."""
        for kernel in [k for k, e in powers.items() if k.kind == "idx" and e == 1] if self.inverses else ():
            rule = self._rule_of(kernel.args[0])
            for slot in (0, 1) if rule is not None else ():
                assert rule is not None
                found = self._applied(rule, kernel, slot, powers, dens, bounds)
                if found is not None:
                    return found
        return None

    def _applied(
        self, rule: _Rule, kernel: Kernel, slot: int, powers: Counter[Kernel], dens: Dens, bounds: list[Bound]
    ) -> tuple[Rat, list[Bound]] | None:
        inner, outer = kernel.args[1][slot], kernel.args[1][1 - slot]
        inverse, ranges = rule.inverse, {k: (lo, hi) for k, lo, hi in bounds}
        if ranges.get(inner) != (inverse.lower, inverse.upper) or inner in outer.free_symbols:
            return None
        free, met = (rule.row, rule.column) if slot == 0 else (rule.column, rule.row)
        left = powers - Counter([kernel])
        for taken, places in self._matches(rule, {met: inner}, left, ranges):
            gone = {inner, *(places[k] for k, _, _ in rule.inner)}
            rest = left - taken
            staying = [b for b in bounds if b[0] not in gone]
            used = frozenset().union(*(k.indices for k in rest), *(key_indices(p) for p, _ in dens))
            used |= {s for _, lo, hi in staying for s in lo.free_symbols | hi.free_symbols}
            if gone & (used | places[free].free_symbols | outer.free_symbols):
                continue
            if not self.ranges.contains(places[free], inverse.lower, inverse.upper):
                continue  # X^T X has no row there
            charge()
            value = rule.below * self.make_delta(places[free], outer)
            for mono, coefficient in rule.rest:
                k = self.fresh(inverse.lower, inverse.upper)
                indices = (k, outer) if slot == 0 else (outer, k)
                entry = self.field.of(self.field.kernel("idx", inverse.label, indices))
                term = self.subst_mono(mono, {free: places[free], met: k}) * entry
                value = value - coefficient * self.sum_over(term, k, inverse.lower, inverse.upper)
            powers.clear()
            powers.update(rest)
            self.used.add(f"{inverse.shown} is invertible")
            return value / rule.factor, staying
        return None

    def _matches(
        self,
        rule: _Rule,
        places: Mapping[sp.Symbol, sp.Expr],
        powers: Counter[Kernel],
        ranges: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]],
    ) -> Iterator[tuple[Counter[Kernel], dict[sp.Symbol, sp.Expr]]]:
        """The ways to find the core among the factors of a sum: the factors, and what its indices are there."""
        own = {k: (lo, hi) for k, lo, hi in rule.inner}

        def found(
            number: int, taken: Counter[Kernel], known: dict[sp.Symbol, sp.Expr]
        ) -> Iterator[tuple[Counter[Kernel], dict[sp.Symbol, sp.Expr]]]:
            if number == len(rule.core):
                yield taken, known
                return
            label, pattern = rule.core[number]
            for kernel in powers:
                if kernel.kind != "idx" or kernel.args[0] != label or powers[kernel] <= taken[kernel]:
                    continue
                more: dict[sp.Symbol, sp.Expr] | None = dict(known)
                for place, at in zip(pattern, kernel.args[1], strict=True):
                    more = _placed(place, at, more, own, ranges, (rule.row, rule.column))
                    if more is None:
                        break
                if more is not None:
                    yield from found(number + 1, taken + Counter([kernel]), more)

        yield from found(0, Counter(), dict(places))

    def _rule_of(self, label: object) -> _Rule | None:
        if label not in self._rules:
            inverse = next((i for i in self.inverses if i.label == label), None)
            self._rules[label] = None  # while it is made
            self._rules[label] = None if inverse is None else self._rule(inverse)
        return self._rules[label]

    def _rule(self, inverse: Inverse) -> _Rule | None:
        """The rule by the longest product in the matrix; None where it has none that is one of entries."""
        row, column = (self.fresh(inverse.lower, inverse.upper) for _ in range(2))
        matrix = self.closed_form(substitute(inverse.value, dict(zip(inverse.own, (row, column), strict=True))))
        below = Rat(self.field, matrix.d, self.field.one.d)
        if below.indices() & {row, column}:
            return None
        terms = []
        for mono, coefficient in self.field.terms(matrix.n):
            inside = tuple((k, e) for k, e in mono if k.indices & {row, column})
            outside = self.from_mono((k, e) for k, e in mono if not k.indices & {row, column})
            terms.append((inside, outside * self.field.constant(coefficient)))
        longest, core, inner = -1, _Entries(), tuple[Bound, ...]()
        for number, (inside, _) in enumerate(terms):
            found = _core(inside)
            if found is not None and len(found[0]) > len(core):
                if {row, column} <= {s for _, at in found[0] for place in at for s in place.free_symbols}:
                    longest, core, inner = number, *found
        if longest < 0:
            return None
        if sum(inside == terms[longest][0] for inside, _ in terms) > 1:
            return None  # its factor is a sum
        rest = tuple(term for number, term in enumerate(terms) if number != longest)
        return _Rule(inverse, row, column, core, inner, terms[longest][1], rest, below)


def _core(mono: Mono) -> tuple[_Entries, tuple[Bound, ...]] | None:
    """The entries that a term of a matrix is a product of, and what is summed over; None where it is another thing."""
    entries: list[tuple[object, tuple[sp.Expr, ...]]] = []
    bounds: list[Bound] = []
    for kernel, e in mono:
        if kernel.kind == "idx":
            entries += [(kernel.args[0], kernel.args[1])] * e
        elif kernel.kind == "sum" and e == 1 and not kernel.args[2] and not bounds:
            bounds += kernel.args[0]
            inner = _core(kernel.args[1])
            if inner is None or inner[1]:
                return None
            entries += inner[0]
        else:
            return None
    return tuple(entries), tuple(bounds)


def _placed(
    place: sp.Expr,
    at: sp.Expr,
    known: dict[sp.Symbol, sp.Expr] | None,
    own: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]],
    ranges: Mapping[sp.Symbol, tuple[sp.Expr, sp.Expr]],
    axes: tuple[sp.Symbol, sp.Symbol],
) -> dict[sp.Symbol, sp.Expr] | None:
    """What is known of the indices of a core once one of them, `place`, is found as `at`; None where it can't be."""
    if known is None:
        return None
    if place in known:
        return known if known[place] == at else None
    if place in own:
        is_whole = isinstance(at, sp.Symbol) and ranges.get(at) == own[place] and at not in known.values()
        return {**known, place: at} if is_whole else None
    if place in axes:
        return {**known, place: at}
    return known if place == at else None
