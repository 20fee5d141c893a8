r"""Matrices between what they weigh: the \Sigma of (x_i - \mu)^T \Sigma^{-1} (x_i - \mu), the A of x^T A y.

Where x has an index of samples, it has features beside it, as \mu has, and \Sigma is of features by features.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace

from derivations.notes.interpreting.names import (
    Habits,
    UnsupportedNoteError,
    is_capital,
    is_transposed,
    names_in,
    read_name,
)
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document

__all__ = ["triples", "with_deviations"]


def with_deviations(document: Document, signature: Signature) -> tuple[Signature, set[str]]:
    r"""The signature with features for the x and \mu of (x_i - \mu)^T \Sigma^{-1} (x_i - \mu), and for \Sigma.

    And the names of all of these.
    """
    members = [m for f in document.formulas for c in f.chains for m in c.members if m is not None]
    indexed = {ref.key for member in members for ref in names_in([member], signature.habits) if ref.indices}
    vectors, matrices = _deviations(members, indexed, signature.habits)
    feature = signature.feature or ("features",)
    for key in vectors:
        own = signature.axes.get(key, ())
        if feature not in own and len(own) <= 1:
            signature.axes[key] = (*own, feature)
    signature.axes.update(dict.fromkeys(matrices, (feature, feature)))
    given = matrices | vectors - indexed
    return replace(signature, parameters=signature.parameters | given), vectors | matrices


def _deviations(members: list[Node], indexed: set[str], habits: Habits) -> tuple[set[str], set[str]]:
    r"""x and \mu, and \Sigma, of (x_i - \mu)^T \Sigma^{-1} (x_i - \mu); indexed: all names that carry an index."""
    vectors, matrices = set[str](), set[str]()
    for node in (n for member in members for n in walk(member) if isinstance(n, ast.Product)):
        for first, middle, last in triples(node):
            base = first.base if isinstance(first, ast.Scripted) else None
            if base != last or not isinstance(base, ast.Group) or not isinstance(base.body, ast.Sum):
                continue
            terms = [term.body for term in base.body.terms]
            names = {key for term in terms for key in _key_of(term, habits)}
            matrix = _key_of(middle, habits) - indexed
            if names & indexed and matrix and all(isinstance(term, ast.Symbol) for term in terms):
                vectors |= names
                matrices |= matrix
    return vectors, matrices


def _key_of(node: Node, habits: Habits) -> set[str]:
    with contextlib.suppress(UnsupportedNoteError):
        return {read_name(node, habits).key} if isinstance(node, ast.Symbol) else set()
    return set()


def triples(product: ast.Product) -> Iterator[tuple[Node, ast.Symbol, Node]]:
    """The factors u^T, A and v that follow each other, where A is a capital."""
    bodies = [factor.body for factor in product.factors]
    for first, middle, last in zip(bodies, bodies[1:], bodies[2:], strict=False):
        if isinstance(middle, ast.Symbol) and is_capital(middle.name) and is_transposed(first):
            yield first, middle, last
