r"""Arrays written out, entry by entry, and what their omissions stand for.

    \begin{bmatrix} a & b \\ c & d \end{bmatrix},    (x_1, \dots, x_n)^\top,    [e^{z_1}, e^{z_2}, \dots, e^{z_K}]

A *layout* is what is shown: the cells, and where dots stand between them. Without dots the entries are the array: it
has as many as are written. With dots every shown cell has to be one form at its place, as y_1, y_2 and y_c are y_i at
1, 2 and c; a diagonal may have a form of its own. Where the cells have no such form, `UnsupportedNoteError` says so,
and only what is shown can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derivations.notes.interpreting.cases import cases_of
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import joined, mapped

__all__ = ["LAST", "MATRICES", "Layout", "Pattern", "layout_of", "pattern_of", "spread"]

MATRICES = frozenset(("matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"))
MAX_ENTRIES, MAX_ENDS = 36, 12
LAST = -1
Place = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """The shown cells; down and across: the places of rows and columns, from 1, LAST after dots."""

    rows: tuple[tuple[Node, ...], ...]
    down: tuple[int, ...]
    across: tuple[int, ...]

    @property
    def is_dotted(self) -> bool:
        return LAST in self.down or LAST in self.across

    @property
    def transposed(self) -> Layout:
        return Layout(tuple(zip(*self.rows, strict=True)), self.across, self.down)

    def cells(self) -> Iterator[tuple[Place, Node]]:
        for r, row in zip(self.down, self.rows, strict=True):
            for c, cell in zip(self.across, row, strict=True):
                yield (r, c), cell


@dataclass(frozen=True)
class Pattern:
    """The form of every entry at (row, column), and of those on the diagonal where it is another; last: as written."""

    form: Node
    diagonal: Node | None
    last: Node


def layout_of(node: Node) -> Layout | None:
    """What an array written out shows; None for anything else."""
    if isinstance(node, ast.Matrix) and node.environment in MATRICES:
        if cases_of(node):
            return None
        rows = [row for row in node.rows if any(cell is not None for cell in row)]
    elif isinstance(node, ast.Group) and node.opening in ("(", "[") and isinstance(node.body, ast.Listing):
        if set(node.body.separators) != {","}:
            return None
        rows = [node.body.items]
    else:
        return None
    if not rows or len({len(row) for row in rows}) != 1:
        raise UnsupportedNoteError("rows of different lengths")
    kept_rows, down = _shown(rows)
    columns, across = _shown(list(zip(*kept_rows, strict=True)))
    cells = tuple(tuple(cell for cell in row) for row in zip(*columns, strict=True))
    if any(cell is None or isinstance(cell, ast.Ellipsis) for row in cells for cell in row):
        raise UnsupportedNoteError("an array with an empty cell")
    if len(down) * len(across) > MAX_ENTRIES:
        raise UnsupportedNoteError("an array of too many entries")
    return Layout(cells, down, across)  # type: ignore[arg-type]


def _shown(lines: Sequence[Sequence[Node | None]]) -> tuple[list[Sequence[Node | None]], tuple[int, ...]]:
    """Rows (or columns) other than those of dots, and their places."""
    dots = [p for p, line in enumerate(lines) if _is_dots(line)]
    if not dots:
        return list(lines), tuple(range(1, len(lines) + 1))
    if len(dots) > 1 or dots[0] == 0 or dots[0] != len(lines) - 2:
        raise UnsupportedNoteError("an array whose omissions aren't understood")
    kept = [line for p, line in enumerate(lines) if p not in dots]
    return kept, (*range(1, dots[0] + 1), LAST)


def _is_dots(line: Sequence[Node | None]) -> bool:
    shown = [cell for cell in line if cell is not None]
    return bool(shown) and all(isinstance(cell, ast.Ellipsis) for cell in shown)


# The form of what dots leave out


def pattern_of(layout: Layout, letters: tuple[str, str]) -> Pattern:
    """The form of the entries of a layout with dots in every direction in which it has more than one cell."""
    for places in (layout.down, layout.across):
        if len(places) > 1 and LAST not in places:
            raise UnsupportedNoteError("an array of fixed height whose other entries are omitted")
    cells = [(place, mapped(cell, _split_digits)) for place, cell in layout.cells()]
    plain = list(layout.cells())
    for found in (plain, cells):
        for last in _pairs(_ends(found), layout):
            form = _form(found, letters, last)
            if form is not None:
                return Pattern(form, None, last[0] if layout.across == (1,) else last[1])
            on = [(p, c) for p, c in found if p[0] == p[1]]
            off = [(p, c) for p, c in found if p[0] != p[1]]
            if len(on) < 2 or len(off) < 2 or layout.down != layout.across:
                continue
            diagonal, other = _form(on, letters, last), _form(off, letters, last)
            if diagonal is not None and other is not None:
                return Pattern(other, diagonal, last[0])
    raise UnsupportedNoteError("an array whose omitted entries have no form that is certain")


def _pairs(ends: list[Node], layout: Layout) -> list[tuple[Node, Node]]:
    """What the last row and the last column may be: one and the same where that will do."""
    same = [(end, end) for end in ends]
    if 1 in (len(layout.down), len(layout.across)):
        return same
    return same + [(a, b) for a in ends for b in ends if a != b]


def _ends(cells: Sequence[tuple[Place, Node]]) -> list[Node]:
    """What may stand for the last place: letters and numbers of the last cell, n - 1 too."""
    found: dict[Node, None] = {}
    for part in walk(cells[-1][1]):
        if isinstance(part, ast.Symbol) and not part.subscripts and not part.superscripts:
            found[part] = None
        elif isinstance(part, ast.Number) and part.text.isdigit() and part.text not in ("0", "1"):
            found[part] = None
        elif isinstance(part, ast.Sum) and len(part.terms) == 2 and isinstance(part.terms[1].body, ast.Number):
            found[part] = None
    return list(found)[:MAX_ENDS]


def _form(cells: Sequence[tuple[Place, Any]], letters: tuple[str, str], last: tuple[Node, Node]) -> Any:
    """One tree for all cells, with a letter where they have their row or their column; None where there is none."""
    nodes = [node for _, node in cells]
    first = nodes[0]
    if all(node == first for node in nodes):
        return first
    if all(isinstance(node, ast.Number | ast.Symbol | ast.Sum) for node in nodes):
        for axis in (0, 1):
            for begin in (0, 1):
                if all(_is_place(node, place[axis], begin, last[axis]) for place, node in cells):
                    return ast.Symbol(letters[axis])
    places = [place for place, _ in cells]
    return joined(nodes, lambda own: _form(list(zip(places, own, strict=True)), letters, last))


def _is_place(node: Node, place: int, begin: int, last: Node) -> bool:
    if place == LAST:
        return node == last
    return isinstance(node, ast.Number) and node.text == str(place - 1 + begin)


def _split_digits(node: Node) -> Node:
    """x_{12} and x_{1n} with two subscripts, for a matrix whose entries have two."""
    if not isinstance(node, ast.Symbol) or len(node.subscripts) != 1:
        return node
    match node.subscripts[0]:
        case ast.Number(text) if len(text) == 2 and text.isdigit():
            return replace(node, subscripts=(ast.Number(text[0]), ast.Number(text[1])))
        case ast.Symbol(name) as below if len(name) == 2 and name[1].isdigit():
            return replace(node, subscripts=(replace(below, name=name[0]), ast.Number(name[1])))
        case ast.Product((first, second)) if not second.operator:
            return replace(node, subscripts=(first.body, second.body))
    return node


# What is shown, through operations that go entry by entry


def spread(node: Node) -> Layout | None:
    """The layout of a side, its sums and entrywise products taken cell by cell; None where that isn't possible."""
    own = layout_of(node)
    if own is not None:
        return own
    match node:
        case ast.Group("(" | "[" | "{", _, body) if body is not None:
            return spread(body)
        case ast.Scripted(base, (), (ast.Symbol("T" | r"\top" | r"\intercal"),), 0):
            inner = spread(base)
            return None if inner is None else inner.transposed
        case ast.Product(factors) if len(factors) == 2 and factors[1].operator in ("*", r"\odot", r"\circ"):
            first, second = (spread(f.body) for f in factors)
            if first is None or second is None or (first.down, first.across) != (second.down, second.across):
                return None
            signs = factors[0].sign, factors[1].sign
            pairs = [zip(r, s, strict=True) for r, s in zip(first.rows, second.rows, strict=True)]
            return replace(first, rows=tuple(tuple(_product(a, b, signs) for a, b in row) for row in pairs))
        case ast.Fraction(numerator, denominator):
            above, below = spread(numerator), spread(denominator)
            if above is not None and below is None:
                return replace(above, rows=tuple(tuple(ast.Fraction(c, denominator) for c in r) for r in above.rows))
        case ast.Sum(terms):
            return _spread_sum(terms)
    return None


def _spread_sum(terms: Sequence[ast.Term]) -> Layout | None:
    found = [spread(term.body) for term in terms]
    model = next((layout for layout in found if layout is not None), None)
    if model is None:
        return None
    for at, term in enumerate(terms):
        is_one = isinstance(term.body, ast.Symbol) and term.body.name == "I" and not term.body.subscripts
        if found[at] is None and is_one and model.down == model.across:
            found[at] = replace(model, rows=_identity(model))
    if any(layout is None or (layout.down, layout.across) != (model.down, model.across) for layout in found):
        return None
    signs = [term.sign for term in terms]
    rows_of = [layout.rows for layout in found if layout is not None]
    rows = tuple(
        tuple(
            ast.Sum(tuple(ast.Term(sign, _braced(part[r][c])) for sign, part in zip(signs, rows_of, strict=True)))
            for c in range(len(model.across))
        )
        for r in range(len(model.down))
    )
    return replace(model, rows=rows)


def _identity(model: Layout) -> tuple[tuple[Node, ...], ...]:
    return tuple(tuple(ast.Number("1" if r == c else "0") for c in model.across) for r in model.down)


def _product(a: Node, b: Node, signs: tuple[str, str]) -> Node:
    return ast.Product((ast.Factor("", signs[0], _braced(a)), ast.Factor(r"\cdot", signs[1], _braced(b))))


def _braced(node: Node) -> Node:
    return ast.Group("(", ")", node)
