r"""Inverses of matrices in a note: (X^T X)^{-1}, V^{-1}.

Each is an array of its own (`derivations.inverses`), the same wherever the same matrix is inverted. That a matrix has
an inverse is a condition of what is proved with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import count

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, free_symbols, label_of
from derivations.functions import Partial
from derivations.indexed import expand_definitions, substitute
from derivations.inverses import Inverse, name_of_inverse
from derivations.kernels import BudgetExceededError, UndefinedError, budget
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.tensor import ANY, FIXED, Value
from derivations.statement import Definition, element, index
from derivations.zero_test import Context, zero_test

__all__ = ["halved", "inverse_of", "merged", "same_among", "symmetric_among"]

OPERATIONS, SECONDS = 20_000, 1.0
_OWN = (index("i°"), index("j°"))


def inverse_of(value: Value, shown: str, scope: Scope, indices: Collection[sp.Symbol]) -> Value:
    """The inverse of a square matrix; indices: those that name one of several things, of which it must be none."""
    sorts = [axis.sort for axis in value.axes]
    if len(sorts) != 2 or sorts[0] != sorts[1] or sorts[0] == ANY or _is_written_out(sorts[0]):
        raise UnsupportedNoteError("the inverse of what isn't known to be a square matrix")
    matrix = substitute(value.expr, dict(zip((a.symbol for a in value.axes), _OWN, strict=True)))
    if free_symbols(matrix) & (set(indices) - set(_OWN)) or matrix.has(Partial):
        raise UnsupportedNoteError("the inverse of a matrix for each of several things")
    matrix = _plainly(matrix, count())
    label = next((i.label for i in scope.inverses.values() if i.value == matrix), None)
    if label is None:
        label = name_of_inverse(shown)
        while label in scope.inverses:
            label = name_of_inverse(label.name)
        scope.inverses[label] = Inverse(label, _OWN, matrix, value.axes[0].lower, value.axes[0].upper, shown)
    own = tuple(axis.symbol for axis in value.axes)
    return Value(sp.IndexedBase(label, shape=None)[own], value.axes)


def _is_written_out(sort: object) -> bool:
    return isinstance(sort, tuple) and sort[:1] == (FIXED,)


def _plainly(expr: sp.Expr, numbers: count[int]) -> sp.Expr:
    """An expression in which what is summed over is called by its place: the same for the same matrix."""
    if isinstance(expr, sp.Sum | sp.Product):
        names = {limit[0]: index(f"k{next(numbers)}°") for limit in expr.limits}
        limits = [(names[k], lo.xreplace(names), hi.xreplace(names)) for k, lo, hi in expr.limits]
        return expr.func(_plainly(substitute(expr.function, names), numbers), *limits)
    if not expr.args or isinstance(expr, sp.Indexed):
        return expr
    return expr.func(*(_plainly(a, numbers) if isinstance(a, sp.Expr) else a for a in expr.args))


def symmetric_among(
    inverses: Sequence[Inverse], definitions: tuple[Definition, ...], context: Context
) -> frozenset[sp.Symbol]:
    """The inverses of matrices that are symmetric."""
    found = set()
    for inverse in inverses:
        row, column = inverse.own
        across = substitute(inverse.value, {row: column, column: row})
        if _is_same(replace(inverse, value=across), inverse, definitions, context):
            found.add(inverse.label)
    return frozenset(found)


def same_among(
    inverses: Sequence[Inverse], definitions: tuple[Definition, ...], context: Context
) -> dict[sp.Symbol, sp.Symbol]:
    """For inverses of what is one matrix by the definitions in force, H and X^T X, the first of them."""
    found: dict[sp.Symbol, sp.Symbol] = {}
    for number, inverse in enumerate(inverses):
        first = next((i for i in inverses[:number] if _is_same(i, inverse, definitions, context)), None)
        if first is not None:
            found[inverse.label] = found.get(first.label, first.label)
    return found


def _is_same(one: Inverse, other: Inverse, definitions: tuple[Definition, ...], context: Context) -> bool:
    """Whether the matrices of two inverses are proved to be equal, within a small budget."""
    if one.value == other.value or one.own != other.own or (one.lower, one.upper) != (other.lower, other.upper):
        return bool(one.value == other.value)
    known = context.expanded(definitions, frozenset())
    ranges = known.ranges
    for symbol in one.own:
        ranges = ranges.with_index(symbol, one.lower, one.upper)
    try:
        with budget(OPERATIONS, SECONDS):
            difference = expand_definitions(one.value - other.value, definitions)
            return zero_test(difference, Context(ranges, known.arrays)).is_zero
    except (BudgetExceededError, UndefinedError, UnsupportedExpressionError, RecursionError):
        return False


def halved(symmetric: frozenset[sp.Symbol], expr: sp.Expr) -> sp.Expr:
    """An expression with (A_ij + A_ji)/2 for the entries of symmetric matrices."""
    own = [a for a in atoms_of(expr, sp.Indexed) if label_of(a) in symmetric]
    return expr.xreplace({a: (a + a.base[a.indices[::-1]]) / 2 for a in own}) if own else expr


def merged(same: Mapping[sp.Symbol, sp.Symbol], expr: sp.Expr) -> sp.Expr:
    """An expression with the first of inverses of one matrix in place of the others."""
    own = [a for a in atoms_of(expr, sp.Indexed) if label_of(a) in same]
    return expr.xreplace({a: element(same[label_of(a)], tuple(a.indices)) for a in own}) if own else expr
