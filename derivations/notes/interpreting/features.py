r"""Features of data by a function that no formula defines: \phi(x_n) as \phi_n, and the \phi_n of w^\top \phi_n.

What a document only applies to data, or weighs, is not a function to be known but the data that it gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from derivations.notes.interpreting.signature import WEIGHTS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["feature_maps", "with_features"]

_MAPS = frozenset((r"\phi", r"\varphi", r"\psi"))


def feature_maps(sides: Iterable[Node]) -> frozenset[str]:
    r"""Names of functions of x that a document only applies and never defines, and the \phi_n of w^\top \phi_n."""
    applied: dict[str, bool] = {}
    sides = list(sides)
    weighted = {name for side in sides for name in _weighted(side)}
    for side in sides:
        alone = _application(side)
        name = None if alone is None else alone.factors[0].body
        if name is not None and not _is_numbered(name) and not (isinstance(name, ast.Symbol) and name.name in weighted):
            return frozenset()  # a side that is \phi(x) and no more: it has a value
        for node in walk(side):
            if isinstance(node, ast.Product):
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    name, bracket = left.body, _bracket(right)
                    if isinstance(name, ast.Symbol) and name.name in _MAPS and bracket is not None:
                        applied[name.name] = applied.get(name.name, True) and _of_data(bracket) is not None
    return frozenset(name for name in {*applied, *weighted} if applied.get(name, True))


def _weighted(side: Node) -> Iterator[str]:
    r"""\phi of w^\top \phi_n: with an index, it is no function there but what it gives."""
    for node in (n for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in zip(node.factors, node.factors[1:], strict=False):
            weight, name = left.body, right.body
            if isinstance(name, ast.Symbol) and name.name in _MAPS and name.subscripts and not _is_numbered(name):
                if isinstance(weight, ast.Symbol) and weight.name in WEIGHTS and weight.superscripts:
                    yield name.name


def _is_numbered(name: Node) -> bool:
    r"""Whether a name is one entry, as in \phi_0(x) = 1."""
    return isinstance(name, ast.Symbol) and any(isinstance(s, ast.Number) for s in name.subscripts)


def _bracket(factor: ast.Factor) -> ast.Group | None:
    body = factor.body.base if isinstance(factor.body, ast.Scripted) else factor.body
    return body if isinstance(body, ast.Group) and body.opening == "(" and not factor.operator else None


def _of_data(bracket: ast.Group) -> ast.Symbol | None:
    """The x that a bracket holds."""
    body = bracket.body
    return body if isinstance(body, ast.Symbol) and body.name == "x" and not body.primes else None


def _application(side: Node) -> ast.Product | None:
    if isinstance(side, ast.Product) and len(side.factors) == 2:
        name, bracket = side.factors[0].body, _bracket(side.factors[1])
        if isinstance(name, ast.Symbol) and name.name in _MAPS and bracket is not None:
            return side
    return None


def with_features(node: ast.Product, maps: frozenset[str]) -> Node:
    r"""The product with \phi(x_n) as \phi_n."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        name = factors[-1].body if factors else None
        bracket = _bracket(factor)
        x = None if bracket is None else _of_data(bracket)
        if x is not None and isinstance(name, ast.Symbol) and name.name in maps and not name.superscripts:
            raised = factor.body.superscripts if isinstance(factor.body, ast.Scripted) else ()
            scripts = (*x.subscripts, *name.subscripts), (*x.superscripts, *raised)
            symbol = replace(name, subscripts=scripts[0], superscripts=scripts[1])
            factors[-1] = replace(factors[-1], body=symbol)
        else:
            factors.append(factor)
    if len(factors) == 1 and not factors[0].sign and not factors[0].operator:
        return factors[0].body
    return replace(node, factors=tuple(factors))
