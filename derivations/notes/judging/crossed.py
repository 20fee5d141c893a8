r"""A label written for its prediction and the prediction for the label.

    ∂C/∂w = (y - \hat{y}) ∂y/∂w     where (\hat{y} - y) ∂\hat{y}/∂w is

Where one formula of the document tells the two apart by having both, a step that is false as it stands, and proved
once they change places on its right side, was read as it was meant: with another meaning of its names this would be
chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from derivations.equation import Equation, decide
from derivations.indexed import UnsupportedExpressionError, free_atoms
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.names import Habits, UnsupportedNoteError
from derivations.notes.interpreting.signature import LABELS
from derivations.notes.interpreting.survey import names_in
from derivations.notes.judging.claims import labels_in
from derivations.notes.judging.settled import Settled
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing.ast import Node

__all__ = ["is_crossed", "told_apart"]


def told_apart(members: Iterable[Node | None], habits: Habits) -> frozenset[str]:
    """The labels that stand beside their predictions in one side of a formula: y of y log \\hat{y}."""
    found: set[str] = set()
    for member in members:
        keys = {ref.key for ref in names_in([member], habits)} if member is not None else set()
        found |= {label for label in LABELS & keys if _prediction_of(label) in keys}
    return frozenset(found)


def is_crossed(left: sp.Expr, right: sp.Expr, equation: Equation, settled: Settled, seed: int) -> bool:
    """Whether a step, false as it stands, is proved with labels and predictions changing places on its right side."""
    crossed = right.xreplace(_places_changed(left, right, settled.speaker))
    if crossed == right:
        return False
    try:
        value = settled.taken(crossed)
        definitions = tuple(settled.definitions_for(equation.left, value))
    except (UnsupportedNoteError, UnsupportedExpressionError):
        return False
    meant = replace(equation, right=value, definitions=definitions, context=replace(equation.context))
    if not decide(meant, seed, OPERATIONS, SECONDS).is_proved:
        return False
    return decide(replace(meant, right=sp.S.Zero), seed, OPERATIONS, SECONDS).is_refuted  # \hat{y} - \hat{y} is 0, too


def _places_changed(left: sp.Expr, right: sp.Expr, speaker: Elaborator) -> dict[sp.Expr, sp.Expr]:
    """Labels on the right for their predictions and these for them, where the prediction alone has a value."""
    known = {_key(symbol): symbol for symbol in (*speaker.scope.symbols, *labels_in(left), *labels_in(right))}
    found: dict[sp.Expr, sp.Expr] = {}
    for label in sorted(speaker.told_apart & set(known)):
        one, other = known[label], known.get(_prediction_of(label))
        entries = [speaker.scope.symbols.get(symbol) for symbol in (one, other)]
        if other is None or entries[0] is not None or entries[1] is None or entries[1].definition is None:
            continue
        for atom in free_atoms(right):
            for a, b in ((one, other), (other, one)):
                if isinstance(atom, sp.Indexed) and atom.base.label == a:
                    found[atom] = sp.IndexedBase(b, shape=None)[atom.indices]
                elif atom == a:
                    found[atom] = b
    return found


def _prediction_of(label: str) -> str:
    return rf"\hat{{{label}}}"


def _key(symbol: sp.Symbol) -> str:
    return re.split("[@·′]", symbol.name)[0]
