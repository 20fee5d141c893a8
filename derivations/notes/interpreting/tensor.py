r"""Values with open axes: what w^\top x, X^\top(\hat y - y) and \sigma(Xw) mean entry by entry.

A `Value` is the entry of an array: an expression, and the axes of which it is the entry, each an index symbol with
its sort. A product of two arrays contracts where linear algebra says so; a scalar spreads over anything; sums,
functions and `\odot` go entry by entry. Where shapes don't fit, `UnsupportedNoteError` says which; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import atoms_of, peel
from derivations.indexed import substitute
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.statement import index

__all__ = [
    "ANY",
    "FIXED",
    "Axis",
    "MisshapenError",
    "Value",
    "add",
    "aligned",
    "column",
    "contract",
    "elementwise",
    "power",
    "retyped",
    "scalar",
    "sorts_of",
    "summed",
    "with_same_letters",
]

FIXED = "fixed"  # (FIXED, n): the sort of the places of an array written out with n entries
ANY = ("any",)  # the sort of an identity matrix, or of a vector of ones, beside which nothing says its size
MAX_EXPONENT, MAX_BITS = 1_000, 20_000


@dataclass(frozen=True)
class Axis:
    """An open axis: its index, the sort of things it runs over, and its range."""

    symbol: sp.Symbol
    sort: object
    lower: sp.Expr
    upper: sp.Expr


class MisshapenError(UnsupportedNoteError):
    """A product of arrays whose inner axes differ: the axes."""

    def __init__(self, left: Axis, right: Axis) -> None:
        super().__init__("a product of arrays whose inner axes differ")
        self.axes = left, right


@dataclass(frozen=True)
class Value:
    """An entry: `expr` at the indices of `axes`. is_row: a vector written as a row (w^T)."""

    expr: sp.Expr
    axes: tuple[Axis, ...] = ()
    is_row: bool = False

    @property
    def transposed(self) -> Value:
        if len(self.axes) == 1:
            return replace(self, is_row=not self.is_row)
        return replace(self, axes=self.axes[::-1])

    def at(self, axes: tuple[Axis, ...]) -> sp.Expr:
        """The entry at other index symbols."""
        return substitute(self.expr, {a.symbol: b.symbol for a, b in zip(self.axes, axes, strict=True)})


def scalar(expr: sp.Expr) -> Value:
    return Value(sp.sympify(expr, strict=True))


def sorts_of(value: Value) -> tuple[object, ...]:
    return tuple(axis.sort for axis in value.axes)


def aligned(a: Value, b: Value) -> tuple[sp.Expr, sp.Expr, tuple[Axis, ...]]:
    """Both entries over the same axes; a scalar spreads."""
    if not b.axes:
        return a.expr, b.expr, a.axes
    if not a.axes:
        return a.expr, b.expr, b.axes
    a, b = retyped(a, b), retyped(b, a)
    if sorts_of(a) == sorts_of(b):
        return a.expr, b.at(a.axes), a.axes
    if len(a.axes) == 2 and len(b.axes) == 2 and sorts_of(a) == sorts_of(b)[::-1] and len(set(sorts_of(a))) == 2:
        raise UnsupportedNoteError("a matrix beside its transpose")
    if len(a.axes) == 2 and len(b.axes) == 1 and b.axes[0].sort in sorts_of(a):
        return a.expr, b.at((a.axes[sorts_of(a).index(b.axes[0].sort)],)), a.axes
    if len(b.axes) == 2 and len(a.axes) == 1:
        right, left, axes = aligned(b, a)
        return left, right, axes
    raise UnsupportedNoteError("arrays whose axes differ stand beside each other")


def retyped(a: Value, b: Value) -> Value:
    """a, where it is an array of any size, of the size of the array beside it."""
    if ANY not in sorts_of(a) or len(a.axes) != len(b.axes):
        return a
    pairs = zip(a.axes, b.axes, strict=True)
    return replace(a, axes=tuple(replace(o, symbol=x.symbol) if x.sort == ANY else x for x, o in pairs))


def summed(expr: sp.Expr, axis: Axis) -> sp.Expr:
    """The sum of entries over an axis: term by term where there is a fixed number of them."""
    if isinstance(axis.sort, tuple) and axis.sort[:1] == (FIXED,):
        if not axis.upper.is_Integer:
            raise UnsupportedNoteError("an array written out beside one whose size is a letter")
        return sp.Add(*(substitute(expr, {axis.symbol: sp.Integer(k)}) for k in range(1, int(axis.upper) + 1)))
    return sp.Sum(expr, (axis.symbol, axis.lower, axis.upper))


def column(exprs: Sequence[sp.Expr], axis: Callable[[object], Axis]) -> Value:
    """The entries of a column written out."""
    count = len(exprs)
    places = replace(axis((FIXED, count)), lower=sp.S.One, upper=sp.Integer(count))
    total = sp.Add(*(sp.KroneckerDelta(places.symbol, at) * e for at, e in enumerate(exprs, 1)))
    return Value(total, (places,))


def elementwise(a: Value, b: Value, operation: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> Value:
    left, right, axes = aligned(a, b)
    return Value(operation(left, right), axes, a.is_row or b.is_row)


def add(a: Value, b: Value) -> Value:
    return elementwise(a, b, lambda x, y: x + y)


def power(base: Value, exponent: sp.Expr, by_entries: bool = False, by_products: bool = False) -> Value:
    """A power of a scalar; |v|² of a vector; A A of a square matrix; and of each entry of another one, in 1 - H²."""
    if not base.axes:
        _refuse_huge(base.expr, exponent)
        return Value(base.expr**exponent)
    if len(base.axes) == 1 and exponent == 2:
        return contract(replace(base, is_row=True), replace(base, is_row=False))
    if len(base.axes) == 2 and exponent in (2, 3):
        first, last = (axis.sort for axis in base.axes)
        if first != last and exponent == 2 and by_entries:
            return replace(base, expr=base.expr**2)
        if first == last != ANY and by_products and not by_entries:
            return contract(base, base if exponent == 2 else contract(base, base))
    raise UnsupportedNoteError("a power of an array")


def _refuse_huge(base: sp.Expr, exponent: sp.Expr) -> None:
    """SymPy works out powers of numbers at once: towers would take all memory before any budget is asked."""
    if not exponent.is_number:
        return
    size = max((abs(n.p) + n.q for n in atoms_of(exponent, sp.Rational)), default=0)
    digits = max((n.p.bit_length() + n.q.bit_length() for n in atoms_of(base, sp.Rational)), default=0)
    if size > MAX_EXPONENT or (base.is_number and size * digits > MAX_BITS):
        raise UnsupportedNoteError(f"the power {str(exponent)[:20]} is too large")


def contract(a: Value, b: Value) -> Value:
    """The matrix product, the inner product of two vectors, the outer product of a column and a row."""
    if not a.axes or not b.axes:
        return Value(a.expr * b.expr, a.axes or b.axes, a.is_row or b.is_row)
    if len(a.axes) == 1 and len(b.axes) == 1 and not a.is_row and b.is_row:
        fresh = _apart(b, a)
        return Value(a.expr * fresh.expr, (*a.axes, *fresh.axes))
    inner_a, inner_b = a.axes[-1], b.axes[0]
    if inner_a.sort == ANY != inner_b.sort:
        a = replace(a, axes=tuple(replace(inner_b, symbol=x.symbol) if x.sort == ANY else x for x in a.axes))
    elif inner_b.sort == ANY != inner_a.sort:
        b = replace(b, axes=tuple(replace(inner_a, symbol=x.symbol) if x.sort == ANY else x for x in b.axes))
    inner_a, inner_b = a.axes[-1], b.axes[0]
    if inner_a.sort != inner_b.sort:
        raise MisshapenError(inner_a, inner_b)
    fresh = _apart(b, a)
    k = fresh.axes[0]
    left = substitute(a.expr, {inner_a.symbol: k.symbol})
    body = summed(left * fresh.expr, k)
    axes = (*a.axes[:-1], *fresh.axes[1:])
    return Value(body, axes, len(a.axes) == 1 and len(axes) == 1)


def _apart(b: Value, a: Value) -> Value:
    """b with index symbols that a does not use."""
    taken = {s.name for s in a.expr.free_symbols | b.expr.free_symbols} | {x.symbol.name for x in (*a.axes, *b.axes)}
    axes = []
    for axis in b.axes:
        name, number = axis.symbol.name, 1
        while f"{name}{number}" in taken:
            number += 1
        taken.add(f"{name}{number}")
        axes.append(replace(axis, symbol=index(f"{name}{number}")))
    return Value(b.at(tuple(axes)), tuple(axes), b.is_row)


def with_same_letters(expr: sp.Expr, depth: int = 0) -> sp.Expr:
    """An expression for its text: sums that differ only in the letter that runs, new in every w^T x, have the same."""
    if isinstance(expr, sp.Sum | sp.Product):
        body, k, *bounds = peel(expr)
        letter = index(f"κ{depth or ''}")  # no letter of a note, whose κ is \kappa
        return expr.func(with_same_letters(substitute(body, {k: letter}), depth + 1), (letter, *bounds))
    if not expr.has(sp.Sum, sp.Product):
        return expr
    return expr.func(*(with_same_letters(a, depth) for a in expr.args))
