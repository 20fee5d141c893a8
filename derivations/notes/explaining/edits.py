r"""The one-place corrections of a side: what its author may have meant.

`edits(right, left, ranges)` yields the right side changed at one place, each change undoing one mistake of this
field: a term with the other sign, an index, a transpose, ŷ and y exchanged, a δ, a factor, a term, a sum, σ for σ′.
An edit is a guess and nothing more: `diagnosis` keeps it only where the zero test proves it equal to the left side.

What may be inserted (factors, terms) is taken from the two sides themselves; nothing is invented. Left out: two
mistakes at once, and what stands under a derivative that is still to be taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import sympy as sp

from derivations.atoms import free_symbols, peel
from derivations.functions import sigmoid, softplus
from derivations.indexed import substitute
from derivations.notation import text
from derivations.notes.explaining.places import Place, is_index, places_of, product, same_place, with_argument
from derivations.ranges import Ranges

__all__ = ["Edit", "edits"]

MAX_INSERTED = 16  # factors, or terms, that are tried as inserted ones
_BIG = (sp.Sum, sp.Product)


@dataclass(frozen=True)
class Edit:
    """The right side with one mistake undone: its code, what was wrong, and the side as it would be."""

    code: str
    sentence: str
    expr: sp.Expr


Local = tuple[str, sp.Expr]


def edits(right: sp.Expr, left: sp.Expr, ranges: Ranges) -> Iterator[Edit]:
    """The corrections of the right side, likely and cheap ones first; none twice."""
    editor = _Editor(right, left, ranges)
    seen = {right}
    for code, rule in _RULES:
        for sentence, expr in rule(editor):
            if expr not in seen and not expr.has(sp.nan, sp.zoo, sp.oo):
                seen.add(expr)
                yield Edit(code, sentence, expr)


class _Editor:
    def __init__(self, right: sp.Expr, left: sp.Expr, ranges: Ranges):
        self.right, self.left, self.ranges = right, left, ranges

    @cached_property
    def places(self) -> tuple[Place, ...]:
        scope = {s: b for s, b in self.ranges.bounds.items() if s in free_symbols(self.right) | free_symbols(self.left)}
        return tuple(places_of(self.right, scope, lambda new: new))

    def of(self, kind: type | tuple[type, ...]) -> Iterator[Place]:
        return (p for p in self.places if isinstance(p.node, kind))

    # Signs, numbers and functions

    def term_signs(self) -> Iterator[Local]:
        for place in self.of(sp.Add):
            for at, term in enumerate(place.node.args):
                yield f"the term {text(term)} has the wrong sign", place.rebuild(with_argument(place.node, at, -term))
        for place in self.of((sp.exp, sigmoid, softplus)):
            argument = place.node.args[0]
            sentence = f"the argument of {text(place.node)} has the wrong sign"
            yield sentence, place.rebuild(place.node.func(-argument))

    def term_factors(self) -> Iterator[Local]:
        for place in self.of(sp.Add):
            for at, term in enumerate(place.node.args):
                for factor in (sp.Integer(2), sp.Rational(1, 2)):
                    sentence = f"the term {text(term)} is off by the factor {text(1 / factor)}"
                    yield sentence, place.rebuild(with_argument(place.node, at, factor * term))

    def powers(self) -> Iterator[Local]:
        for place in self.of(sp.Pow):
            if place.node.exp == 2:
                yield f"{text(place.node)} is squared and should not be", place.rebuild(place.node.base)
        for place in self.places:
            if (
                isinstance(place.node, sp.Symbol | sp.Indexed | sp.Add | sp.Function | sp.Sum)
                and not place.node.is_integer
            ):
                yield f"{text(place.node)} should be squared", place.rebuild(place.node**2)

    def functions(self) -> Iterator[Local]:
        for place in self.of((sigmoid, sp.tanh, sp.log, sp.exp, sp.Mul)):
            e = place.node
            if isinstance(e, sigmoid):
                yield f"{text(e)} stands where its derivative should", place.rebuild(e * (1 - e))
                yield f"{text(e)} stands where its argument should", place.rebuild(e.args[0])
                yield f"{text(e)} stands where its complement 1 − {text(e)} should", place.rebuild(1 - e)
            elif isinstance(e, sp.tanh):
                yield f"{text(e)} stands where its derivative should", place.rebuild(1 - e**2)
            elif isinstance(e, sp.Mul):
                for f in (a for a in e.args if isinstance(a, sigmoid)):
                    if 1 - f in e.args:
                        rest = sp.Mul(*(a for a in e.args if a not in (f, 1 - f)))
                        yield f"the derivative of {text(f)} stands where {text(f)} should", place.rebuild(rest * f)
            else:
                yield f"{text(e)} stands where {text(e.args[0])} should", place.rebuild(e.args[0])
        for place in self.places:
            if isinstance(place.node, sp.Indexed | sigmoid) and not place.node.is_integer:
                yield f"the logarithm of {text(place.node)} is lost", place.rebuild(sp.log(place.node))

    # Indices

    def transposes(self) -> Iterator[Local]:
        for place in self.of(sp.Indexed):
            if len(place.node.indices) == 2:
                turned = place.node.base[tuple(reversed(place.node.indices))]
                yield f"{text(place.node)} is transposed", place.rebuild(turned)
        for base in sorted({p.node.base for p in self.of(sp.Indexed) if len(p.node.indices) == 2}, key=str):
            turned_all = self.right.replace(
                lambda e, base=base: isinstance(e, sp.Indexed) and e.base == base,
                lambda e: e.base[tuple(reversed(e.indices))],
            )
            yield f"{text(base.label)} is transposed", turned_all

    def indices(self) -> Iterator[Local]:
        free = sorted(free_symbols(self.right) & set(self.ranges.bounds), key=str)
        for a, b in itertools.combinations(free, 2):
            yield f"the indices {a} and {b} are exchanged", substitute(self.right, {a: b, b: a})
        for a in free:
            for b in sorted((free_symbols(self.left) & set(self.ranges.bounds)) - {a}, key=str):
                yield f"the index {a} should be another", substitute(self.right, {a: b})
        for place in self.of((sp.Indexed, sp.KroneckerDelta)):
            e = place.node
            old = tuple(e.indices) if isinstance(e, sp.Indexed) else tuple(e.args[:2])
            for at, index in enumerate(old):
                for new in (*(s for s in place.scope if s != index), index - 1, index + 1):
                    changed = (*old[:at], new, *old[at + 1 :])
                    other = e.base[changed] if isinstance(e, sp.Indexed) else sp.KroneckerDelta(*changed)
                    yield f"the index {text(index)} of {text(e)} is wrong", place.rebuild(other)

    def deltas(self) -> Iterator[Local]:
        for place in self.of((sp.Add, sp.Mul)):
            for a, b in itertools.combinations(sorted(place.scope, key=str), 2):
                if place.scope[a] != place.scope[b]:
                    continue
                delta = sp.KroneckerDelta(a, b)
                parts = place.node.args if isinstance(place.node, sp.Add) else ()
                for at, term in enumerate(parts):
                    yield (
                        f"{text(delta)} is lost beside {text(term)}",
                        place.rebuild(with_argument(place.node, at, delta * term)),
                    )
                yield f"{text(delta)} is lost beside {text(place.node)}", place.rebuild(delta * place.node)
        for place in self.of(sp.Indexed):
            for a, b in itertools.combinations(sorted(place.scope, key=str), 2):
                if place.scope[a] == place.scope[b]:
                    delta = sp.KroneckerDelta(a, b)
                    yield f"{text(delta)} is lost beside {text(place.node)}", place.rebuild(delta * place.node)

    def extra_deltas(self) -> Iterator[Local]:
        for place in self.of(sp.KroneckerDelta):
            yield f"{text(place.node)} should not be there", place.rebuild(sp.S.One)

    def swapped(self) -> Iterator[Local]:
        atoms = sorted(
            {
                p.node
                for p in self.places
                if isinstance(p.node, sp.Indexed | sp.Symbol | sigmoid) and not is_index(p.node)
            },
            key=str,
        )
        for a, b in itertools.combinations(atoms, 2):
            if same_place(a) == same_place(b) and not (a.has(b) or b.has(a)):
                yield f"{text(a)} and {text(b)} are exchanged", self.right.xreplace({a: b, b: a})

    # Factors, terms and sums

    def extra_factors(self) -> Iterator[Local]:
        for place in self.of((sp.Mul, sp.Pow)):
            factors = list(sp.Mul.make_args(place.node))
            for at, factor in enumerate(factors):
                if factor.is_number or isinstance(factor, sp.KroneckerDelta):
                    continue
                rest = factors[:at] + factors[at + 1 :]
                yield f"the factor {text(factor)} should not be there", place.rebuild(product(rest))
                for other in rest[at:]:
                    both = [f for f in factors if f is not factor and f is not other]
                    sentence = f"the factor {text(factor * other)} should not be there"
                    yield sentence, place.rebuild(product(both))

    def missing_factors(self) -> Iterator[Local]:
        inserted = self._factors_to_insert
        for place in self._bodies():
            known = set(place.scope) | free_symbols(self.right)
            for factor in inserted:
                if free_symbols(factor) <= known | free_symbols(self.left):
                    yield f"the factor {text(factor)} is lost", place.rebuild(place.node * factor)

    @cached_property
    def _factors_to_insert(self) -> list[sp.Expr]:
        found: list[sp.Expr] = []
        right = {f for e in _nodes(self.right) if isinstance(e, sp.Mul) for f in e.args}
        for e in _nodes(self.left):
            if isinstance(e, sp.Mul):
                found += [f for f in e.args if f not in right and not f.is_number]
        for side in (self.left, self.right):
            for e in _nodes(side):
                if isinstance(e, sigmoid):
                    found += [e, 1 - e, e * (1 - e)]
                elif isinstance(e, sp.Indexed):
                    found.append(e)
        unique = list(dict.fromkeys(found))
        return sorted(unique, key=lambda f: (f.has(sp.Sum), sp.count_ops(f), str(f)))[:MAX_INSERTED]

    def extra_terms(self) -> Iterator[Local]:
        for place in self.of(sp.Add):
            for at, term in enumerate(place.node.args):
                rest = place.node.args[:at] + place.node.args[at + 1 :]
                yield f"the term {text(term)} should not be there", place.rebuild(sp.Add(*rest, evaluate=False))

    def missing_terms(self) -> Iterator[Local]:
        own = {t for p in self.of(sp.Add) for t in p.node.args}
        found = [
            t for e in _nodes(self.left) if isinstance(e, sp.Add) for t in e.args if t not in own and -t not in own
        ]
        found += [e for e in _nodes(self.left) if isinstance(e, sp.Indexed | sp.Symbol | sp.Sum) and not is_index(e)]
        terms = [s * t for t in dict.fromkeys(found) for s in (1, -1)]
        terms += [sp.S.One, -sp.S.One]
        within = {
            id(f) for e in self.of(sp.Mul) for f in e.node.args if isinstance(f, sp.Indexed | sp.Symbol | sigmoid)
        }
        hosts = [*self.of(sp.Add), *(p for p in self.places if id(p.node) in within), *self._bodies()]
        for place in hosts:
            for term in terms[: 2 * MAX_INSERTED]:
                yield f"the term {text(term)} is lost", place.rebuild(sp.Add(*sp.Add.make_args(place.node), term))

    def missing_sums(self) -> Iterator[Local]:
        free = free_symbols(self.right) - free_symbols(self.left)
        for index in sorted(free & set(self.ranges.bounds), key=str):
            bound = (index, *self.ranges.bounds[index])
            for place in self._bodies():
                if index in free_symbols(place.node):
                    yield f"the sum over {index} is lost", place.rebuild(sp.Sum(place.node, bound))

    def extra_sums(self) -> Iterator[Local]:
        for place in self.of(sp.Sum):
            body, k, lower, upper = peel(place.node)
            for index, bounds in place.scope.items():
                if index == k or bounds == (lower, upper):
                    one = substitute(body, {k: index})
                    yield f"the sum over {k} should not be there", place.rebuild(one)
            if k not in free_symbols(body):
                yield f"the sum over {k} should not be there", place.rebuild(body)

    def sum_ranges(self) -> Iterator[Local]:
        sizes = {e for pair in self.ranges.bounds.values() for e in pair}
        sizes |= {b for e in (*_nodes(self.left), *_nodes(self.right)) if isinstance(e, sp.Sum) for b in peel(e)[2:]}
        for place in self.of(sp.Sum):
            body, k, lower, upper = peel(place.node)
            for other in sorted(sizes - {lower, upper}, key=str):
                for bound in ((k, lower, other), (k, other, upper)):
                    sentence = f"the sum over {k} has the wrong range"
                    yield sentence, place.rebuild(sp.Sum(body, bound))

    def _bodies(self) -> Iterator[Place]:
        """Where a factor or a sum would be written: the side, the body of a sum, a term, and then what is under log."""
        yielded = set()
        for place in self.places:
            if place.node is self.right:
                yield place
            e = place.node
            if isinstance(e, sp.Sum):
                yielded.add(id(e.function))
            elif isinstance(e, sp.Add):
                yielded |= {id(a) for a in e.args}
            elif isinstance(e, sp.Function | sp.Pow):
                yielded.add(id(e.args[0]))  # not an exponent
            elif isinstance(e, sp.Mul):
                yielded |= {id(a) for a in e.args if isinstance(a, sp.Add | sp.Sum)}
        for place in self.places:
            if id(place.node) in yielded and place.node is not self.right:
                yield place


Rule = Callable[[_Editor], Iterator[Local]]

_RULES: tuple[tuple[str, Rule], ...] = (
    ("missing_sum", _Editor.missing_sums),
    ("term_sign", _Editor.term_signs),
    ("swapped", _Editor.swapped),
    ("transpose", _Editor.transposes),
    ("extra_factor", _Editor.extra_factors),
    ("constant_factor", _Editor.term_factors),
    ("delta", _Editor.deltas),
    ("delta", _Editor.extra_deltas),
    ("index", _Editor.indices),
    ("extra_term", _Editor.extra_terms),
    ("function", _Editor.functions),
    ("power", _Editor.powers),
    ("extra_sum", _Editor.extra_sums),
    ("range", _Editor.sum_ranges),
    ("missing_factor", _Editor.missing_factors),
    ("missing_term", _Editor.missing_terms),
)


def _nodes(e: sp.Expr) -> Iterator[sp.Expr]:
    return (place.node for place in places_of(e, {}, lambda new: new))
