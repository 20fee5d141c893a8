r"""Primes that are transposes, as statisticians write them: X'X b = X'y, (y - Xb)'(y - Xb).

A document writes so where a capital letter or a bracket stands primed right before itself. There every name with one
prime is transposed, but for those that are functions everywhere (σ', f').
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["has_primed_transposes", "transposed"]

_FUNCTIONS = frozenset((r"\sigma", r"\phi", r"\varphi", r"\psi", *"fghJLs"))
_TRANSPOSE = ast.Symbol("T")


def has_primed_transposes(sides: Iterable[Node]) -> bool:
    """Whether something is multiplied with itself, primed."""
    return any(
        not second.operator and not second.sign and _is_pair(first.body, second.body)
        for side in sides
        for product in walk(side)
        if isinstance(product, ast.Product)
        for first, second in zip(product.factors, product.factors[1:], strict=False)
    )


def _is_pair(first: Node, second: Node) -> bool:
    match first:
        case ast.Symbol(name, _, _, (), 1):
            return len(name) == 1 and name.isupper() and replace(first, primes=0) == second
        case ast.Scripted(ast.Group() as group, (), (), 1):
            return group == second
    return False


def transposed(node: Node) -> Node:
    """A primed name or bracket, transposed; any other node as it is."""
    match node:
        case ast.Symbol(name, _, _, raised, 1) if name not in _FUNCTIONS:
            return replace(node, superscripts=(*raised, _TRANSPOSE), primes=0)
        case ast.Product(factors):
            turned = tuple(_turned(factor) for factor in factors)
            return node if turned == factors else replace(node, factors=turned)
    return node


def _turned(factor: ast.Factor) -> ast.Factor:
    match factor.body:
        case ast.Scripted(ast.Group() as group, (), (), 1) as body:
            return replace(factor, body=replace(body, base=group, superscripts=(_TRANSPOSE,), primes=0))
    return factor
