"""Matrices that are read as numbers: what holds for numbers does not prove it for matrices.

∂L/∂W = δ x^T and ∂L/∂W = x δ^T are one thing where W, δ and x are numbers. A document that transposes anything has
matrices; where a capital letter has no axes there, nothing that would fit was found for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from typing import TypeGuard

from derivations.notes.interpreting.names import STATISTICS, Ref, UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.signature import MATRICES, WEIGHTS, Signature, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document

__all__ = [
    "array_in",
    "has_transposes",
    "number_behind_matrix",
    "number_in",
    "square_of_statistic",
    "weight_in",
    "weights_before_vectors",
]

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


def array_in(sides: Iterable[Node]) -> str | None:
    r"""A name that is transposed, and multiplied entry by entry: u of u \odot v = u^\top v is no number."""
    nodes = [node for side in sides for node in walk(side)]
    pairs = (pair for n in nodes if isinstance(n, ast.Product) for pair in itertools.pairwise(n.factors))
    entrywise = {f.body.name for pair in pairs if pair[1].operator == r"\odot" for f in pair if _is_bare(f.body)}
    turned = {n.name for n in nodes if isinstance(n, ast.Symbol) and is_transposed(n)}
    return min(entrywise & turned, default=None)


def number_behind_matrix(sides: Iterable[Node], signature: Signature, scope: Scope) -> str | None:
    """A name without a value that is read as a number, and is added to a matrix before it: e of e - A e is a vector."""
    for total in (n for side in sides for n in walk(side) if isinstance(n, ast.Sum)):
        ends = [_ends(term.body, signature, scope) for term in total.terms]
        behind = {name for name, is_behind in ends if is_behind}
        found = min((name for name, is_behind in ends if not is_behind and name in behind and name), default=None)
        if found is not None:
            return found
    return None


def _ends(term: Node, signature: Signature, scope: Scope) -> tuple[str, bool]:
    """The name with which a term ends, if it is read as a number, and whether a matrix stands before it."""
    factors = [f.body for f in term.factors] if isinstance(term, ast.Product) else [term]
    ref = _ref(factors[-1], signature)
    if ref is None or any(e.definition for e in scope.of(ref.key)):
        return "", False
    is_of_samples = signature.sample in signature.axes.get(ref.key, ())
    if _rank(ref, signature, scope) > is_of_samples:  # no number, and none for each sample
        return "", False
    before = [_ref(f, signature) for f in factors[:-1]]
    return ref.key, any(r is not None and _rank(r, signature, scope) == 2 for r in before)


def _rank(ref: Ref, signature: Signature, scope: Scope) -> int:
    entries = scope.of(ref.key)
    axes = entries[0].axes if entries else signature.axes.get(ref.key, ())
    return len(axes) - len(ref.indices)


def square_of_statistic(sides: Iterable[Node], signature: Signature) -> str | None:
    r"""A statistic squared that has an index elsewhere: \sigma^2 beside \sigma_i^2 is a variance and no norm."""
    for node in (n for side in sides for n in walk(side)):
        if isinstance(node, ast.Symbol) and node.superscripts == (ast.Number("2"),) and not node.subscripts:
            if node.name in STATISTICS and signature.axes.get(node.name):
                return node.name
    return None


def _is_bare(node: Node) -> TypeGuard[ast.Symbol]:
    return isinstance(node, ast.Symbol) and not node.subscripts and not node.superscripts


def weights_before_vectors(document: Document, signature: Signature) -> frozenset[str]:
    """Weights that have no axes and stand before an array: nobody means the w of z = w x + b as a number times x."""
    members = (m for f in document.formulas for c in f.chains for m in c.members if m is not None)
    products = (node.factors for m in members for node in walk(m) if isinstance(node, ast.Product))
    found: set[str] = set()
    for one, other in (pair for factors in products for pair in itertools.pairwise(factors)):
        weight, array = (_ref(factor.body, signature) for factor in (one, other))
        if weight is not None and array is not None and base_letter(weight.key) in WEIGHTS and not weight.indices:
            open_ = [axis for axis in signature.axes.get(array.key, ()) if axis != signature.sample]
            is_array = bool(open_) and not array.indices and array.key not in signature.functions
            found |= {weight.key} if is_array and not signature.axes.get(weight.key) else set()
    return frozenset(found)


def weight_in(sides: Iterable[Node], weights: Collection[str], signature: Signature) -> str | None:
    """One of the weights in a step."""
    refs = (_ref(node, signature) for side in sides for node in walk(side))
    return next((ref.key for ref in refs if ref is not None and ref.key in weights), None)


def _ref(node: object, signature: Signature) -> Ref | None:
    if not isinstance(node, ast.Symbol):
        return None
    try:
        return read_name(node, signature.habits)
    except UnsupportedNoteError:
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
