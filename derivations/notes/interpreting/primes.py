r"""Primes that are transposes, as statisticians write them: X'X b = X'y, (y - Xb)'(y - Xb).

A document writes so where a capital letter or a bracket stands primed right before itself, or primed data before
weights, x_i'b. There every name with one
prime is transposed, but for those that are functions everywhere (σ', f'). A prime behind a layer is one of the name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from derivations.notes.interpreting.signature import WEIGHTS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["has_primed_transposes", "transposed", "with_prime_outside"]

_FUNCTIONS = frozenset((r"\sigma", r"\phi", r"\varphi", r"\psi", *"fghJLs"))
_TRANSPOSE = ast.Symbol("T")


def has_primed_transposes(sides: Iterable[Node]) -> bool:
    """Whether something is multiplied with itself, primed, or primed data with weights: x_i'β."""
    sides = list(sides)
    named = {side.name for side in sides if isinstance(side, ast.Symbol) and side.primes}  # x' = …: another x
    return any(
        _is_written_so(product, named) for side in sides for product in walk(side) if isinstance(product, ast.Product)
    )


def _is_written_so(product: ast.Product, named: Collection[str]) -> bool:
    bodies = [factor.body for factor in product.factors]
    beside = [not (factor.operator or factor.sign) for factor in product.factors]
    for first, second, adjoins in zip(bodies, bodies[1:], beside[1:], strict=False):
        if adjoins and (_is_pair(first, second) or _is_of_rows(first, second, named)):
            return True
    around = zip(bodies, bodies[2:], beside[1:], beside[2:], strict=False)  # (y - Xb)'A(y - Xb)
    return any(one and other and _is_bracket_primed(first, last) for first, last, one, other in around)


def _is_pair(first: Node, second: Node) -> bool:
    match first:
        case ast.Symbol(name, _, _, (), 1):
            return len(name) == 1 and name.isupper() and replace(first, primes=0) == second
    return _is_bracket_primed(first, second)


def _is_bracket_primed(first: Node, last: Node) -> bool:
    match first:
        case ast.Scripted(ast.Group() as group, (), (), 1):
            return group == last
    return False


def _is_of_rows(first: Node, second: Node, named: Collection[str]) -> bool:
    """x_i'β, β'x_i, x_i x_i'."""
    match first, second:
        case ast.Symbol("x", _, (_, *_), (), 1), ast.Symbol(weights, _, _, (), 0):
            return weights in WEIGHTS | {"b"} and "x" not in named
        case ast.Symbol(weights, _, _, (), 1), ast.Symbol("x", _, (_, *_), (), 0):
            return weights in WEIGHTS | {"b"} and weights not in named
        case ast.Symbol("x", _, (_, *_), (), 0), ast.Symbol("x", _, _, (), 1):
            return replace(second, primes=0) == first and "x" not in named
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


def with_prime_outside(symbol: ast.Symbol) -> ast.Symbol:
    r"""g'^{[1]} for g^{[1]'}: the prime is that of the name."""
    match symbol.superscripts:
        case (ast.Scripted(ast.Group("[" | "(") as layer, (), (), primes),) if primes and not symbol.primes:
            return replace(symbol, superscripts=(layer,), primes=primes)
    return symbol


def _turned(factor: ast.Factor) -> ast.Factor:
    match factor.body:
        case ast.Scripted(ast.Group() as group, (), (), 1) as body:
            return replace(factor, body=replace(body, base=group, superscripts=(_TRANSPOSE,), primes=0))
    return factor
