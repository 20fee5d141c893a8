r"""The verdict on one equation, and on an equation of arrays from those on its entries.

All entries must hold. Where dots leave entries out and nothing certain says what they are, the shown entries can refute
the equation, and can't prove it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.equation import Equation
from derivations.notes.ast import Node
from derivations.notes.names import UnsupportedNoteError
from derivations.notes.written import LAST, spread
from derivations.verdict import Status, Verdict

__all__ = ["Judged", "at_every_place", "cells_shown", "of_shown"]

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
                reason = f"{where}: {judged.verdict.reason}" if judged.verdict.reason else where
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


def of_shown(found: Iterable[tuple[Place, Judged]]) -> Judged:
    """The verdict on two arrays with dots from the entries that both show: at most supported."""
    judged = at_every_place(found)
    if not judged.verdict.is_proved:
        return judged
    reason = "the entries that are shown agree; what the dots stand for isn't certain"
    return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))
