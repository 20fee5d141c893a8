r"""Entries of a matrix by its small letter: \hat{Y} = softmax(Z), and then \hat{y}_{ik} and \hat{y}_i.

Where \hat{Y} has a value and \hat{y} has none, \hat{y}_{ik} is an entry of it, \hat{y}_i a row, and y_{ik} one of Y. A
matrix that is written out by its entries, y_{11} and so on, is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.interpreting.names import FONTS, TRANSPOSES
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["Rows", "as_rows", "rows_in"]

Rows = frozenset[tuple[str, bool]]  # a small letter, and whether it has a hat
_LETTERS = "yzapth"


def rows_in(chains: Iterable[ast.Chain]) -> Rows:
    """The small letters of a document that stand for entries of what their capital letters are defined as."""
    chains = list(chains)
    heads = {key for c in chains if len(c.members) > 1 and (key := _key(c.members[0])) is not None}
    symbols = [n for c in chains for m in c.members if m is not None for n in walk(m) if isinstance(n, ast.Symbol)]
    whole = {key for s in symbols if (key := _key(s)) is not None and not _indices(s)}
    fewest: dict[tuple[str, bool], int] = {}
    most: dict[tuple[str, bool], int] = {}
    for symbol in symbols:
        key = _key(symbol)
        if key is not None and key[0] in _LETTERS:
            count = _indices(symbol)
            fewest[key], most[key] = min(count, fewest.get(key, count)), max(count, most.get(key, 0))
    written = {_key(s) for s in symbols if any(isinstance(n, ast.Number) for part in s.subscripts for n in walk(part))}
    open_ = {key for key, count in most.items() if count == 2 and fewest[key] and key not in heads | written}
    found = {key for key in open_ if (key[0].upper(), key[1]) in heads & whole}
    labels = {key for key in open_ if key in (("y", False), ("t", False)) and (key[0].upper(), False) in whole}
    return frozenset(found | (labels if ("y", True) in found or found - labels else set()))


def _key(node: Node | None) -> tuple[str, bool] | None:
    """The letter of a name, and whether it has a hat; None for any other node."""
    if (
        not isinstance(node, ast.Symbol)
        or len(node.name) != 1
        or node.primes
        or set(node.decorations) - FONTS - {"hat"}
    ):
        return None
    return node.name, "hat" in node.decorations


def _indices(symbol: ast.Symbol) -> int:
    """How many indices a name has, its transpose apart."""
    raised = [s for s in symbol.superscripts if not (isinstance(s, ast.Symbol) and s.name in TRANSPOSES)]
    return len(raised) + sum(_letters(script) for script in symbol.subscripts)


def _letters(script: Node) -> int:
    match script:
        case ast.Product(factors):
            return len(factors)
        case ast.Listing(items):
            return len(items)
    return 1


def as_rows(symbol: ast.Symbol, rows: Rows) -> ast.Symbol:
    """A name with indices as that of the matrix whose entries or rows it names."""
    return replace(symbol, name=symbol.name.upper()) if _key(symbol) in rows else symbol
