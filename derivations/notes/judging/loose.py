r"""An index that stands on the right side only: what else its author may have meant than "for every value of it".

∂C/∂b = a_i − y_i is wrong for every i, and right if a sum over i, or their mean, is meant, or if C stands for the cost
of sample i; −log p_c is the cross-entropy where c is the class with y_c = 1. A step with such an index is refuted only
if it is refuted under each of these readings. Left out: an index that words alone tie to another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols
from derivations.domain import Domain
from derivations.equation import Equation, decide
from derivations.indexed import substitute
from derivations.notes.judging.matching import times
from derivations.reasons import Reason, Why

__all__ = ["reading_that_may_hold"]

SECONDS = 1.0


def reading_that_may_hold(
    equation: Equation,
    extra: Sequence[sp.Symbol],
    row: sp.Symbol,
    seed: int,
    operations: int,
    written: tuple[sp.Expr, sp.Expr] = (sp.S.Zero, sp.S.Zero),
    chain: frozenset[str] = frozenset(),
) -> tuple[str, Equation] | None:
    """A reading of the extra indices under which the equation is not refuted; None where it is under all of them.

    What it is in words, and the equation that it makes.

    row: the index of the sample that the document leaves unwritten. written: the sides as they are written; who has a
    sum over an index on the left, or over its range around it, means no other that isn't written, and neither does who
    writes one elsewhere in the chain; nor is one meant over a second sample beside that of the left side, unless it
    stands twice in a product. chain: the letters that are bound there.
    """
    bounds = equation.context.ranges.bounds
    summed = {total.limits[0][0] for total in atoms_of(written[0], sp.Sum)} & set(extra)
    summed |= {index for index in extra if index.name in chain}
    for total in atoms_of(written[1], sp.Sum):
        inside = free_symbols(total.function) & set(extra)
        summed |= {i for i in inside if i in bounds and tuple(total.limits[0][1:]) == bounds[i]}
    named = {tuple(bounds[s]) for s in free_symbols(written[0]) - {row} if s in bounds}
    terms = sp.Add.make_args(sp.expand_mul(written[1]))
    summed |= {i for i in extra if i in bounds and tuple(bounds[i]) in named and all(times(i, t) < 2 for t in terms)}
    for words, other in _readings(equation, extra, row, bool(summed)):
        if not decide(other, seed, operations, SECONDS, shown=False).is_refuted:
            return words, other
    return None


def _readings(
    equation: Equation, extra: Sequence[sp.Symbol], row: sp.Symbol, is_summed: bool
) -> Iterator[tuple[str, Equation]]:
    bounds = equation.context.ranges.bounds
    names = ", ".join(map(str, extra))
    if any(index not in bounds for index in extra):
        yield f"the index {names} stands on the right side only", replace(equation, right=equation.left)
        return
    left, right, context = equation.expanded()
    plain = Equation(left, right, context)
    for terms in () if is_summed else ((right,), sp.Add.make_args(right)):
        summed = sp.Add(*(_summed(term, extra, equation) for term in terms))
        yield f"it may be summed over {names}", replace(plain, right=summed)
        sizes = [bounds[index][1] - bounds[index][0] + 1 for index in extra]
        yield f"the mean over {names} may be meant", replace(plain, right=summed / sp.Mul(*sizes))
    for index in extra:
        if row in bounds and row != index and bounds[row] == bounds[index]:
            first, second = (substitute(side, {row: index}) for side in (left, right))
            yield f"the sample may be {index}", Equation(first, second, context)
        chosen = _chosen(plain, index)
        if chosen is not None and not _has_label_at(index, equation):
            yield Reason(f"{index} may be the class whose label is 1", Why.RIGHT_CLASS, str(index)), chosen


def _has_label_at(index: sp.Symbol, equation: Equation) -> bool:
    """Whether the right side writes the label of class `index`: who means the class whose label is 1 does not."""
    arrays = equation.context.arrays
    atoms = (a for a in free_atoms(equation.right) if isinstance(a, sp.Indexed) and a.indices[-1] == index)
    return any(arrays.get(a.base.label, (None,))[0] is Domain.ONE_HOT for a in atoms)


def _summed(term: sp.Expr, extra: Sequence[sp.Symbol], equation: Equation) -> sp.Expr:
    """Σ of a term over those of the extra indices that it mentions."""
    for index in extra:
        if index in free_symbols(term):
            term = sp.Sum(term, (index, *equation.context.ranges.bounds[index]))
    return term


def _chosen(equation: Equation, index: sp.Symbol) -> Equation | None:
    """The equation where the label of class `index` is 1 and all others are 0."""
    ranges, arrays = equation.context.ranges, equation.context.arrays
    lower, upper = ranges.bounds[index]
    chosen = sp.Dummy(index.name, integer=True)  # sums may have a bound index of the same name
    left, right = (substitute(side, {index: chosen}) for side in (equation.left, equation.right))
    found = {}
    for atom in atoms_of(left, sp.Indexed) | atoms_of(right, sp.Indexed):
        domain, axes = arrays.get(atom.base.label, (Domain.REAL, ()))
        if domain is Domain.ONE_HOT and axes and axes[-1] == upper and lower == 1:
            found[atom] = sp.KroneckerDelta(atom.indices[-1], chosen)
    if not found:
        return None
    context = replace(equation.context, ranges=ranges.with_index(chosen, lower, upper))
    return Equation(left.xreplace(found), right.xreplace(found), context)
