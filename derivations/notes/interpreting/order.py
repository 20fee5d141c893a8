r"""Products whose factors stand the other way round on the other side: A B and B A.

Capital letters that nothing defines are read as numbers where no axis shows. They may be matrices, which need not
commute, so what is proved by exchanging them is true of numbers only.
"""

from __future__ import annotations

from itertools import combinations

from derivations.notes.interpreting.names import TRANSPOSES
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["exchanged"]


def exchanged(left: Node, right: Node) -> tuple[str, str] | None:
    """Two capital letters that are multiplied in one order on the left, and only in the other on the right."""
    ours, theirs = _ordered(left), _ordered(right)
    found = sorted((a, b) for a, b in ours - theirs if (b, a) in theirs - ours)
    return found[0] if found else None


def _ordered(node: Node) -> set[tuple[str, str]]:
    pairs = set()
    for product in walk(node):
        if isinstance(product, ast.Product):
            factors = [_names(factor.body) for factor in product.factors]
            for one, other in combinations(factors, 2):
                pairs |= {(a, b) for a in one for b in other if a != b}
    return pairs


def _names(node: Node) -> set[str]:
    """The capital letters without indices in an expression, with a transpose as part of the name."""
    found = set()
    for symbol in walk(node):
        if isinstance(symbol, ast.Symbol) and len(symbol.name) == 1 and symbol.name.isupper() and not symbol.subscripts:
            marks = [s for s in symbol.superscripts if isinstance(s, ast.Symbol) and s.name in TRANSPOSES]
            if len(marks) == len(symbol.superscripts):
                found.add(symbol.name + "ᵀ" * (len(marks) % 2))
    return found
