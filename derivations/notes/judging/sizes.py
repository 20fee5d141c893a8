"""An equation at other sizes: at those of an array written out, and where sizes that are written nowhere are equal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols
from derivations.equation import Equation, is_provable
from derivations.indexed import substitute
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator

__all__ = ["OPERATIONS", "SECONDS", "at_named_places", "at_written_size", "holds_at_all_places", "of_one_size"]

OPERATIONS, SECONDS = 60_000, 2.0
MAX_WRITTEN = 5  # entries of an array that are written one by one


def of_one_size(equation: Equation, speaker: Elaborator) -> Equation | None:
    """The equation where all sizes are equal that are written nowhere; None where there are no two such sizes."""
    written, ranges = set(speaker.signature.size.values()), equation.context.ranges
    sizes = {u for u in uppers_of(equation) if isinstance(u, sp.Symbol) and u.name not in written}
    ordered = sorted(sizes - set(ranges.bounds), key=str_of)
    if len(ordered) < 2:
        return None
    least = {**ranges.minimum, ordered[0]: max(ranges.minimum.get(s, 1) for s in ordered)}
    context = replace(equation.context, ranges=replace(ranges, minimum=least))
    return resized(replace(equation, context=context), dict.fromkeys(ordered, ordered[0]))


def at_written_size(equation: Equation) -> tuple[Equation, str] | None:
    """The equation where its sizes are the number of entries that are written, as z_1, z_2, z_3 or a sum to 3."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    uppers = uppers_of(equation)
    places = [i for e in exprs for a in free_atoms(e) if isinstance(a, sp.Indexed) for i in a.indices]
    count = max((int(n) for n in (*places, *uppers) if n.is_Integer), default=0)
    ends = sorted(_ends(uppers), key=lambda end: end[1])  # of K - 1 and K, the latter counts
    sizes = {size: count - offset for size, offset in ends if size not in equation.context.ranges.bounds}
    ordered = sorted(sizes, key=str_of)
    if not ordered or not all(2 <= number <= MAX_WRITTEN for number in sizes.values()):
        return None
    minimum = {s: n for s, n in equation.context.ranges.minimum.items() if s not in sizes}
    ranges = replace(equation.context.ranges, minimum=minimum)
    fixed = replace(equation, context=replace(equation.context, ranges=ranges))
    written = {size: sp.Integer(number) for size, number in sizes.items()}
    return resized(fixed, written), f"{ordered[0]} = {written[ordered[0]]}"


def _ends(uppers: Iterable[sp.Expr]) -> Iterator[tuple[sp.Symbol, int]]:
    """A size and what is added to it where an index ends: K and 0, and K and -1 where places are counted from 0."""
    for upper in uppers:
        if isinstance(upper, sp.Symbol):
            yield upper, 0
        elif len(upper.free_symbols) == 1:
            (size,) = upper.free_symbols
            if upper - size == -1:
                yield size, -1


def at_named_places(equation: Equation) -> Equation | None:
    """The equation where several letters of one range are all there is: z_a + z_b + z_c for a sum over the classes."""
    ranges = equation.context.ranges
    free = sorted((free_symbols(equation.left) | free_symbols(equation.right)) & set(ranges.bounds), key=str_of)
    totals = {t.limits[0][1:] for e in (equation.left, equation.right) for t in atoms_of(e, sp.Sum)}
    for low, high in sorted(totals, key=str_of):
        places = [i for i in free if ranges.bounds[i] == (low, high)]
        deltas = atoms_of(equation.left - equation.right, sp.KroneckerDelta)
        if any(d.free_symbols <= set(places) for d in deltas):
            continue  # two letters that may be one place
        if low == 1 and isinstance(high, sp.Symbol) and 2 <= len(places) <= MAX_WRITTEN:
            at: dict[sp.Expr, sp.Expr] = {i: sp.Integer(k) for k, i in enumerate(places, 1)}
            bounds = {i: b for i, b in ranges.bounds.items() if i not in at}
            minimum = {s: n for s, n in ranges.minimum.items() if s != high}
            kept = replace(ranges, bounds=bounds, minimum=minimum, distinct=frozenset())
            sides = substitute(equation.left, at), substitute(equation.right, at)
            context = replace(equation.context, ranges=kept)
            fixed = replace(equation, left=sides[0], right=sides[1], context=context)
            return resized(fixed, {high: sp.Integer(len(places))})
    return None


def holds_at_all_places(equation: Equation, seed: int) -> bool:
    """Whether an equation between arrays of a few entries is proved, for all of them or for each."""
    if is_provable(equation, seed, OPERATIONS, SECONDS):
        return True
    ranges = equation.context.ranges
    free = free_symbols(equation.left) | free_symbols(equation.right)
    indices = sorted(free & set(ranges.bounds), key=str_of)
    ends = [ranges.bounds[s] for s in indices]
    if not indices or len(indices) > 2 or not all(low == 1 and high.is_Integer for low, high in ends):
        return False
    for places in itertools.product(*(range(1, int(high) + 1) for _, high in ends)):
        at: dict[sp.Expr, sp.Expr] = {s: sp.Integer(p) for s, p in zip(indices, places, strict=True)}
        if any(len({at.get(e, e) for e in pair}) == 1 for pair in ranges.distinct):
            continue
        bounds = {s: b for s, b in ranges.bounds.items() if s not in at}
        context = replace(equation.context, ranges=replace(ranges, bounds=bounds, distinct=frozenset()))
        sides = substitute(equation.left, at), substitute(equation.right, at)
        if not is_provable(replace(equation, left=sides[0], right=sides[1], context=context), seed, OPERATIONS):
            return False
    return True


def uppers_of(equation: Equation) -> list[sp.Expr]:
    """Where indices and sums end."""
    exprs = [equation.left, equation.right, *(d.value for d in equation.definitions)]
    exprs += [inverse.value for inverse in equation.context.inverses]
    found = [upper for _, upper in equation.context.ranges.bounds.values()]
    return found + [e.args[1][2] for side in exprs for e in atoms_of(side, sp.Sum, sp.Product)]


def resized(equation: Equation, sizes: dict[sp.Expr, sp.Expr]) -> Equation:
    context = equation.context
    bounds = {s: (low.xreplace(sizes), high.xreplace(sizes)) for s, (low, high) in context.ranges.bounds.items()}
    arrays = {k: (domain, tuple(a.xreplace(sizes) for a in axes)) for k, (domain, axes) in context.arrays.items()}
    inverses = tuple(inverse.sized(sizes) for inverse in context.inverses)
    return replace(
        equation,
        left=equation.left.xreplace(sizes),
        right=equation.right.xreplace(sizes),
        context=replace(context, ranges=replace(context.ranges, bounds=bounds), arrays=arrays, inverses=inverses),
        definitions=tuple(replace(d, value=d.value.xreplace(sizes)) for d in equation.definitions),
    )
