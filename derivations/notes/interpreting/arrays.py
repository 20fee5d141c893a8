r"""Arrays written out, as values: the entry at an index, as for any other array.

    \begin{bmatrix} a \\ b \end{bmatrix}        δ_{i1} a + δ_{i2} b,   i of two places
    (x_1, \dots, x_n)                           x_i,                   i of the sort that x has there

An equation between arrays of fixed size is a claim for every place, with the sizes that are written.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.indexed import substitute
from derivations.notes.interpreting.names import BOLD, TRANSPOSES, UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.naming import Namer
from derivations.notes.interpreting.signature import Key
from derivations.notes.interpreting.tensor import ANY, FIXED, Axis, Value, summed
from derivations.notes.interpreting.written import Layout, layout_of, pattern_of
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render
from derivations.statement import index

__all__ = ["ARRAY_FUNCTIONS", "DIAGONALS", "TRACES", "Arrays", "Entry", "entries", "is_constant", "is_norm"]

TRACES = frozenset(("tr", "Tr", "trace"))
DIAGONALS = frozenset(("diag", "Diag"))
ARRAY_FUNCTIONS = TRACES | DIAGONALS
_FONTS = BOLD | {"mathbb", "underline"}
_NORM = r"\\(?:\||[lr]?Vert)\s*(?:\\(?:math)?bf\s*)?\{{?{0}\}}?\s*\\(?:\||[lr]?Vert)"  # \|A\|
_LETTERS = "ijklpqrsuvacd"


def is_norm(group: ast.Group) -> bool:
    """Whether brackets are those of a norm: |v| doubled, or of a sign of its own."""
    inner = group.body
    return group.opening == r"\|" or group.opening == "|" and isinstance(inner, ast.Group) and inner.opening == "|"


def is_constant(node: object) -> bool:
    """Whether a bold 0 or 1, or a transposed 1, stands for a vector of them."""
    if isinstance(node, ast.Scripted) and node.base == ast.Number("1") and is_transposed(node):
        return True
    if isinstance(node, ast.Scripted) and all(isinstance(s, ast.Symbol) for s in node.subscripts):
        return is_constant(node.base)
    return (
        isinstance(node, ast.Decorated)
        and node.decoration in _FONTS
        and isinstance(node.body, ast.Number)
        and node.body.text in ("0", "1")
    )


@dataclass
class Arrays(Namer):
    """The part of the elaborator that knows arrays written out. entrywise: vectors beside each other, in diag(p q)."""

    entrywise: bool = False

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...
        def _free_letters(self, node: Node) -> set[str]: ...

    def written(self, layout: Layout) -> Value:
        """The array as a value with an open axis for every direction in which it has more than one entry."""
        is_row = len(layout.down) == 1 and len(layout.across) > 1
        value = self._by_form(layout) if layout.is_dotted else self._by_entries(layout)
        return replace(value, is_row=is_row)

    def constant(self, node: Node) -> Value:
        """A vector of zeros or ones, as long as what stands beside it."""
        body = node.body if isinstance(node, ast.Decorated) else node
        assert isinstance(body, ast.Number)
        if not isinstance(node, ast.Decorated):
            raise UnsupportedNoteError("an index on a bracket")
        return Value(sp.Integer(int(body.text)), (self.axis(ANY),))

    def mean_of(self, body: Node) -> Value:
        r"""\overline{xy}: the mean over the samples, where what is under the bar is data; at most supported."""
        if self.signature.sample is None or isinstance(body, ast.Symbol) and not body.superscripts:
            raise UnsupportedNoteError("a bar over what is no name")
        sample = self.axis(self.signature.sample)
        with self.within(None, None, sample.symbol):
            inner = self.value(body)
        if sample.symbol not in inner.expr.free_symbols or inner.axes:
            raise UnsupportedNoteError("a bar over what is of no sample")
        self.noticed.averaged = True
        self.noticed.doubts.append("what stands under a bar is taken for a mean")
        count = sample.upper - sample.lower + 1
        return Value(sp.Sum(inner.expr, (sample.symbol, sample.lower, sample.upper)) / count)

    def determinant(self, body: Node) -> Value:
        """|A|, a determinant or a norm: a number of which nothing is known, where nothing is differentiated by A."""
        if not isinstance(body, ast.Symbol) or body.subscripts:
            raise UnsupportedNoteError("a determinant, or a norm")
        key = read_name(body, self.signature.habits).key
        is_normed = self.signature.says(_NORM.format(re.escape(key)))
        if self.signature.varies(key) or self.scope.of(key) or is_normed:
            raise UnsupportedNoteError("a determinant, or a norm")
        return Value(sp.Symbol(f"|{key}|", real=True))

    def of_array(self, name: str, bracket: ast.Group) -> Value:
        """diag of a vector or of numbers, and the trace of a matrix."""
        layout = layout_of(bracket)
        assert bracket.body is not None
        doubts = len(self.noticed.doubts)
        inner = self.value(bracket.body) if layout is None else self.written(layout)
        if name in DIAGONALS:
            if not inner.axes and layout is None:
                inner = self._over_its_index(bracket.body) or inner
            if not inner.axes:  # diag(p(1 - p)): entry by entry
                del self.noticed.doubts[doubts:]
                before, self.entrywise = self.entrywise, True
                inner = self.value(bracket.body)
                self.entrywise = before
            if len(inner.axes) != 1:
                raise UnsupportedNoteError("diag of what is no vector")
            (axis,) = inner.axes
            other = replace(self.axis(axis.sort), lower=axis.lower, upper=axis.upper)
            return Value(sp.KroneckerDelta(axis.symbol, other.symbol) * inner.expr, (axis, other))
        if not inner.axes and self._is_of_products(bracket.body):
            return inner  # tr(w^T X^T X w), the trace of a number
        if len(inner.axes) != 2 or inner.axes[0].sort != inner.axes[1].sort or inner.axes[0].sort == ANY:
            raise UnsupportedNoteError("the trace of what is no square matrix")
        first, second = inner.axes
        return Value(summed(substitute(inner.expr, {second.symbol: first.symbol}), first))

    def _over_its_index(self, body: Node) -> Value | None:
        """The numbers p_i (1 - p_i) as a vector over their one index, where that stands nowhere else."""
        letters = self._free_letters(body) - self.letters_elsewhere - set(self.bound)
        letter = letters.pop() if len(letters) == 1 else ""
        sort = self.sort_of(letter) if letter else None
        if sort is None:
            return None
        symbol, axis = self.index(letter), self.axis(sort)
        with self.within(letter, sort, symbol if sort == self.signature.sample else None):
            inner = self.value(body)
        self.met.pop(symbol, None)
        return None if inner.axes else Value(substitute(inner.expr, {symbol: axis.symbol}), (axis,))

    def _is_of_products(self, node: Node) -> bool:
        """Whether a side has transposes, and all its capitals are arrays: no matrix in it is read as a number."""
        names = {n.name for n in walk(node) if isinstance(n, ast.Symbol)}
        capitals = [name for name in names - TRANSPOSES if len(name) == 1 and name.isupper()]
        return bool(names & TRANSPOSES) and all(self.signature.axes.get(name) for name in capitals)

    def _by_entries(self, layout: Layout) -> Value:
        axes = [self._fixed(len(places)) for places in (layout.down, layout.across)]
        total: sp.Expr = sp.S.Zero
        for place, cell in layout.cells():
            entry = self.value(cell)
            if entry.axes:
                raise UnsupportedNoteError("an array whose entries are arrays")
            weight = sp.S.One
            for axis, at in zip(axes, place, strict=True):
                if axis is not None:
                    weight *= sp.KroneckerDelta(axis.symbol, at)
            total += weight * entry.expr
        return Value(total, tuple(axis for axis in axes if axis is not None))

    def _fixed(self, count: int) -> Axis | None:
        if count == 1:
            return None
        self.fresh += 1
        symbol = index(f"a{self.fresh}")
        return Axis(symbol, (FIXED, count), sp.S.One, sp.Integer(count))

    def _by_form(self, layout: Layout) -> Value:
        used = {n.name for _, cell in layout.cells() for n in walk(cell) if isinstance(n, ast.Symbol)} | set(self.bound)
        free = [letter for letter in _LETTERS if letter not in used and self.index(letter) not in self.met]
        letters = (free[0], free[1])
        pattern = pattern_of(layout, letters)
        forms = [pattern.form] if pattern.diagonal is None else [pattern.form, pattern.diagonal]
        sorts = [self._sort_in(forms, letter) for letter in letters]
        if layout.down == layout.across:
            sorts = [sorts[0] or sorts[1], sorts[1] or sorts[0]]
        open_ = [places != (1,) for places in (layout.down, layout.across)]
        if any(is_open and sort is None for is_open, sort in zip(open_, sorts, strict=True)):
            raise UnsupportedNoteError(f"what the entries up to {render(pattern.last)} run over")
        symbols = [self.index(letter) for letter in letters]
        sample = next((s for s, sort in zip(symbols, sorts, strict=True) if sort == self.signature.sample), None)
        with self.within(letters[0], sorts[0], sample), self.within(letters[1], sorts[1], None):
            values = [self.value(form) for form in forms]
        if any(value.axes for value in values):
            raise UnsupportedNoteError("an array whose entries are arrays")
        expr = values[0].expr
        if len(values) == 2:
            same = sp.KroneckerDelta(*symbols)
            on = substitute(values[1].expr, {symbols[1]: symbols[0]})
            expr = same * on + (1 - same) * expr
        axes = tuple(self.axis(sort) for is_open, sort in zip(open_, sorts, strict=True) if is_open)
        own = [s for is_open, s in zip(open_, symbols, strict=True) if is_open]
        for symbol in symbols:
            self.met.pop(symbol, None)
        return Value(substitute(expr, {s: a.symbol for s, a in zip(own, axes, strict=True)}), axes)

    def _sort_in(self, forms: list[Node], letter: str) -> Key | None:
        """What an index runs over, by the first name in a form that has it."""
        for form in forms:
            for part in walk(form):
                if not isinstance(part, ast.Symbol):
                    continue
                ref = read_name(part, self.signature.habits)
                places = [p for p, i in enumerate(ref.indices) if i.letter == letter]
                if not places:
                    continue
                entry = self.entry_for(ref)
                axes = entry.axes if entry is not None else self.signature.axes.get(ref.key, ())
                if len(axes) == len(ref.indices):
                    return axes[places[0]]  # type: ignore[return-value]
                rest = [a for a in axes if a != self.signature.sample]
                if len(rest) == len(ref.indices):
                    return rest[places[0]]  # type: ignore[return-value]
        return None


# Equations of fixed size, place by place


@dataclass(frozen=True)
class Entry:
    """Both sides at one place; sizes: the sizes that are thereby fixed."""

    place: tuple[int, ...]
    left: Value
    right: Value
    sizes: dict[sp.Symbol, int] = field(default_factory=dict)


def entries(left: Value, right: Value) -> list[Entry] | None:
    """The claims of an equation of which a side is an array of fixed size; None where there is none."""
    if not any(_count(axis) for axis in (*left.axes, *right.axes)):
        return None
    if len(left.axes) != len(right.axes):
        if not right.axes and right.expr == 0:
            return [Entry(place, Value(_at(left, place)), right) for place in _places(left.axes)]
        raise UnsupportedNoteError("an array written out is set equal to one with another number of axes")
    sizes: dict[sp.Symbol, int] = {}
    shared: list[Axis] = []
    for a, b in zip(left.axes, right.axes, strict=True):
        one, other = (a, b) if _count(a) else (b, a)
        count = _count(one)
        assert count is not None
        if _count(other) not in (None, count):
            raise UnsupportedNoteError(f"{count} entries are set equal to {_count(other)}")
        if _count(other) is None and other.upper != count:
            if other.lower != 1 or not isinstance(other.upper, sp.Symbol) or sizes.get(other.upper, count) != count:
                raise UnsupportedNoteError(f"{count} entries are set equal to {other.upper}")
            sizes[other.upper] = count
        shared.append(one)
    return [Entry(place, Value(_at(left, place)), Value(_at(right, place)), sizes) for place in _places(tuple(shared))]


def _count(axis: Axis) -> int | None:
    return axis.sort[1] if isinstance(axis.sort, tuple) and axis.sort[:1] == (FIXED,) else None


def _places(axes: tuple[Axis, ...]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(1, (_count(axis) or 0) + 1) for axis in axes))


def _at(value: Value, place: tuple[int, ...]) -> sp.Expr:
    return substitute(value.expr, {a.symbol: sp.Integer(p) for a, p in zip(value.axes, place, strict=True)})
