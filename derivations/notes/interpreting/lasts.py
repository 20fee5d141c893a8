r"""The last layer by the number of layers, a^{(n_l)} and \delta^{(n_l - 1)}: L, as it is mostly called."""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["with_last_layer"]

_LAST = ast.Symbol("L")


def with_last_layer(symbol: ast.Symbol) -> ast.Symbol:
    """A name with L for the n_l that stands raised in a bracket."""
    return replace(symbol, superscripts=tuple(_of_last(script) for script in symbol.superscripts))


def _of_last(script: Node) -> Node:
    match script:
        case ast.Group("(" | "[", _, ast.Symbol() as body) if _is_count(body):
            return replace(script, body=_LAST)
        case ast.Group("(" | "[", _, ast.Sum((ast.Term("", ast.Symbol() as first) as term, last)) as total):
            if _is_count(first):
                return replace(script, body=replace(total, terms=(replace(term, body=_LAST), last)))
    return script


def _is_count(symbol: ast.Symbol) -> bool:
    """Whether a name is n_l, how many layers there are."""
    match symbol:
        case ast.Symbol("n" | "N", (), (ast.Symbol("l" | "L" | "\\ell", (), (), (), 0),), (), 0):
            return True
    return False
