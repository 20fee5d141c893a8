r"""A sum sign that stands by itself for the sum below a fraction bar: \Sigma, and \sum with nothing after it.

    S_i = \frac{e^{a_i}}{\sum_k e^{a_k}},   \frac{e^{a_i} \Sigma - e^{a_j} e^{a_i}}{\Sigma^2}

It is that sum where a document divides by one sum only, and says nowhere what the sign is.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notes.interpreting.names import UnsupportedNoteError, binder
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = ["total_of", "with_total", "written_as_sign"]

_NAME = r"\Sigma"
_ANY = ast.Symbol("·")


def total_of(sides: Iterable[Node], heads: Iterable[Node | None]) -> Node | None:
    """The one sum that is divided by, where a sign for it stands by itself."""
    found = list(sides)
    nodes = [n for side in found for n in walk(side)]
    signs = [n for n in nodes if isinstance(n, ast.Symbol) and n.name == _NAME]
    plain = all(not s.subscripts and all(isinstance(p, ast.Number) for p in s.superscripts) for s in signs)
    plain &= any(isinstance(n, ast.Fraction) and n.denominator in signs for n in nodes)
    if not plain and not written_as_sign(found) or any(isinstance(h, ast.Symbol) and h.name == _NAME for h in heads):
        return None
    sums: dict[Node, Node] = {}
    for node in nodes:
        below = node.denominator if isinstance(node, ast.Fraction) else None
        if isinstance(below, ast.Product) and _is_of_exponentials(below):
            sums.setdefault(_alike(below), below)
    return next(iter(sums.values())) if len(sums) == 1 else None


def written_as_sign(sides: Iterable[Node]) -> bool:
    r"""Whether a \sum is a name somewhere: a whole denominator, or squared."""
    below = (n.denominator for side in sides for n in walk(side) if isinstance(n, ast.Fraction))
    return any(isinstance(b, ast.BigOperator) and b.name == "sum" and b.lower is None for b in below)


def with_total(node: Node, total: Node) -> Node:
    """The sum for a sign that stands for it; any other node as it is."""
    if not isinstance(node, ast.Symbol) or node.name != _NAME or node.subscripts or node.primes:
        return node
    group = ast.Group("(", ")", total, span=node.span)
    return ast.Scripted(group, (), node.superscripts, 0, span=node.span) if node.superscripts else group


def _is_of_exponentials(node: ast.Product) -> bool:
    first, *rest = (f.body for f in node.factors)
    if not isinstance(first, ast.BigOperator) or first.name != "sum" or first.lower is None or not rest:
        return False
    return isinstance(rest[0], ast.Symbol | ast.Function) and rest[0].name in ("e", "exp")


def _alike(node: ast.Product) -> Node:
    """What a sum is of, whatever letter runs in it, and how far."""
    first, *rest = node.factors
    assert isinstance(first.body, ast.BigOperator)
    try:
        letters = binder(first.body)[0]
    except UnsupportedNoteError:
        letters = ()
    return mapped(ast.Product(tuple(rest)), lambda n: _ANY if isinstance(n, ast.Symbol) and n.name in letters else n)
