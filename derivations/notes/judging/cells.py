r"""The verdict on one equation, and on an equation of arrays from those on its entries.

All entries must hold. Where dots leave entries out and nothing certain says what they are, the shown entries can refute
the equation, and can't prove it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.equation import Equation
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.written import LAST, spread
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.reasons import reworded
from derivations.verdict import Status, Verdict

__all__ = ["Judged", "at_every_place", "cells_shown", "of_cuts", "of_shown", "rows_lost"]

Place = tuple[int, ...]


@dataclass(frozen=True)
class Judged:
    """The verdict, the definitions that it rests on, and the equation that was decided."""

    verdict: Verdict
    definitions: tuple[int, ...] = ()
    left: sp.Expr | None = None
    right: sp.Expr | None = None
    equation: Equation | None = None
    free_parameters: tuple[str, ...] = field(default=())


def at_every_place(found: Iterable[tuple[Place, Judged]]) -> Judged:
    """The verdict on an array from those on its entries: all must hold."""
    found = list(found)
    for wanted in (Status.REFUTED, Status.UNSUPPORTED, Status.UNDECIDED, Status.SUPPORTED):
        for place, judged in found:
            if judged.verdict.status is wanted:
                where = f"entry {_named(place)}"
                reason = judged.verdict.reason
                reason = reworded(reason, f"{where}: {reason}") if reason else where
                return replace(judged, verdict=replace(judged.verdict, reason=reason))
    conditions = tuple(dict.fromkeys(c for _, judged in found for c in judged.verdict.conditions))
    lines = tuple(sorted({line for _, judged in found for line in judged.definitions}))
    first = found[0][1]
    return replace(first, verdict=replace(first.verdict, conditions=conditions), definitions=lines)


def _named(place: Place) -> str:
    return ", ".join("last" if p == LAST else str(p) for p in place)


def cells_shown(left: Node, right: Node) -> list[tuple[Place, Node, Node]]:
    """The entries that two arrays with dots at the same places both show; empty where they aren't that."""
    try:
        first, second = spread(left), spread(right)
    except UnsupportedNoteError:
        return []
    if first is None or second is None or not first.is_dotted:
        return []
    if (first.down, first.across) != (second.down, second.across):
        return []
    return [(place, a, b) for (place, a), (_, b) in zip(first.cells(), second.cells(), strict=True)]


def rows_lost(left: Node, right: Node) -> list[tuple[Node, Node]]:
    """Both sides with the one cell of one of them cut into as many rows as the other has, in every way there is.

    A line break that was lost leaves one cell where there were rows: read as it stands, the two sides differ in shape.
    """
    for one, other in ((left, right), (right, left)):
        cell, rows = _only_cell(one), _column(other)
        if cell is None or rows < 2 or len(cell.factors) < rows:
            continue
        cuts = itertools.combinations(range(1, len(cell.factors)), rows - 1)
        arrays = [_cut(cell, cut) for cut in itertools.islice(cuts, 20)]
        sides = [_with_matrix(one, array) for array in arrays]
        return [(side, right) if one is left else (left, side) for side in sides]
    return []


def _matrices(node: Node) -> list[ast.Matrix]:
    return [part for part in walk(node) if isinstance(part, ast.Matrix)]


def _only_cell(node: Node) -> ast.Product | None:
    found = _matrices(node)
    cells = [cell for row in found[0].rows for cell in row if cell is not None] if len(found) == 1 else []
    return cells[0] if len(cells) == 1 and isinstance(cells[0], ast.Product) else None


def _column(node: Node) -> int:
    found = _matrices(node)
    if len(found) != 1 or any(len([c for c in row if c is not None]) > 1 for row in found[0].rows):
        return 0
    return len([row for row in found[0].rows if any(cell is not None for cell in row)])


def _cut(cell: ast.Product, cut: tuple[int, ...]) -> ast.Matrix:
    parts = [cell.factors[a:b] for a, b in itertools.pairwise((0, *cut, len(cell.factors)))]
    return ast.Matrix("bmatrix", tuple((ast.Product(tuple(part)),) for part in parts))


def _with_matrix(node: Node, array: ast.Matrix) -> Node:
    found: Node = mapped(node, lambda part: array if isinstance(part, ast.Matrix) else part)
    return found


def of_cuts(found: Iterable[Judged], otherwise: Judged) -> Judged:
    """Refuted where every way of cutting that can be read is; else as it stood."""
    judged = [j for j in found if j.verdict.status is not Status.UNSUPPORTED]
    if not judged or not all(j.verdict.is_refuted for j in judged):
        return otherwise
    reason = "the two sides differ in shape, and however the one cell is cut into rows: " + str(
        judged[0].verdict.reason
    )
    return replace(judged[0], verdict=replace(judged[0].verdict, reason=reason))


def of_shown(found: Iterable[tuple[Place, Judged]]) -> Judged:
    """The verdict on two arrays with dots from the entries that both show: at most supported."""
    judged = at_every_place(found)
    if not judged.verdict.is_proved:
        return judged
    reason = "the entries that are shown agree; what the dots stand for isn't certain"
    return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))
