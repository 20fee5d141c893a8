r"""Partial derivatives that a subscript names: f_x of f(x, y) = x^2 y is \partial f / \partial x.

A subscript is read so only where a formula defines f of it, f has no subscripts but these, and nothing else has them:
else x is an index. What has an argument behind it, as f_x(x, y), is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["Subscripted", "as_partial", "subscripted_in"]

Subscripted = frozenset[tuple[str, str]]  # f and x

_FUNCTIONS = frozenset("fghFGLJEC")


def subscripted_in(chains: Sequence[ast.Chain]) -> Subscripted:
    """The functions that stand with a subscript for their derivative by it, and the subscripts."""
    arguments: dict[str, set[str]] = {}
    for chain in chains:
        head = chain.members[0] if len(chain.members) > 1 else None
        match head:
            case ast.Product(
                (ast.Factor("", "", ast.Symbol(name, (), (), ())), ast.Factor("", "", ast.Group("(") as of))
            ):
                if name in _FUNCTIONS:
                    arguments.setdefault(name, set()).update(_names(of.body))
    if not arguments:
        return frozenset()
    sides = [m for chain in chains for m in chain.members if m is not None]
    below: dict[str, set[str | None]] = {}
    for symbol in (s for side in sides for s in ast.symbols(side) if s.subscripts):
        by = symbol.subscripts[0] if len(symbol.subscripts) == 1 and not symbol.superscripts else None
        is_name = isinstance(by, ast.Symbol) and not by.subscripts and not by.superscripts
        below.setdefault(symbol.name, set()).add(by.name if is_name and isinstance(by, ast.Symbol) else None)
    elsewhere = {v for name, found in below.items() if name not in arguments for v in found}
    applied = {s.name for side in sides for s in _applied(side)}
    fit = {f for f, own in arguments.items() if below.get(f) and below[f] <= own - elsewhere and f not in applied}
    return frozenset((f, v) for f in fit for v in below[f] if v is not None)


def _names(node: Node | None) -> Iterable[str]:
    items = node.items if isinstance(node, ast.Listing) else (node,)
    return [n.name for n in items if isinstance(n, ast.Symbol) and not n.subscripts and not n.superscripts]


def _applied(side: Node) -> Iterable[ast.Symbol]:
    """Names with a subscript that stand before a bracket."""
    for product in (n for n in walk(side) if isinstance(n, ast.Product)):
        for one, other in zip(product.factors, product.factors[1:], strict=False):
            if isinstance(one.body, ast.Symbol) and one.body.subscripts and isinstance(other.body, ast.Group):
                if not other.operator:
                    yield one.body


def as_partial(symbol: ast.Symbol, subscripted: Subscripted) -> Node:
    """The derivative for which a name with a subscript stands, or the name."""
    below = symbol.subscripts[0] if len(symbol.subscripts) == 1 else None
    if not isinstance(below, ast.Symbol) or (symbol.name, below.name) not in subscripted:
        return symbol
    above = ast.Symbol(symbol.name, symbol.decorations)
    over, under = (
        ast.Product((ast.Factor("", "", ast.Partial()), ast.Factor("", "", name))) for name in (above, below)
    )
    return ast.Fraction(over, under, span=symbol.span)
