"""Matrices that are read as numbers: what holds for numbers does not prove it for matrices.

∂L/∂W = δ x^T and ∂L/∂W = x δ^T are one thing where W, δ and x are numbers. A document that transposes anything has
matrices; where a capital letter has no axes there, nothing that would fit was found for it.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notes.interpreting.names import UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.signature import MATRICES, Signature, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document

__all__ = ["has_transposes", "number_in"]

_CAPITALS = frozenset("AHPUVWXYZ") | (MATRICES & frozenset("WUV"))


def has_transposes(document: Document) -> bool:
    """Whether anything is transposed in a document."""
    members = (m for f in document.formulas for c in f.chains for m in c.members if m is not None)
    return any(is_transposed(node) for m in members for node in walk(m))


def number_in(sides: Iterable[Node], signature: Signature, scope: Scope) -> str | None:
    """A capital letter in a step that has no axes, although it is called as matrices are."""
    for side in sides:
        events = {n.members[0] for n in walk(side) if isinstance(n, ast.Chain)}  # Y of P(Y = 1 | x)
        for node in walk(side):
            if isinstance(node, ast.Symbol) and node not in events and _is_number(node, signature, scope):
                return node.name
    return None


def _is_number(node: ast.Symbol, signature: Signature, scope: Scope) -> bool:
    """Whether a name with a capital letter and no index has no axes."""
    try:
        ref = read_name(node, signature.habits)
    except UnsupportedNoteError:
        return False
    if base_letter(ref.key) not in _CAPITALS or ref.indices or ref.key in signature.functions or "(" in ref.key:
        return False  # P(D|w) is a number
    if ref.key in ("X", "Y", "T", "Z", "A") and signature.sample in signature.axes.get(ref.key.lower(), ()):
        return False  # it stands for all y_i
    entries = scope.of(ref.key)
    return not any(e.axes for e in entries) and not signature.axes.get(ref.key)
