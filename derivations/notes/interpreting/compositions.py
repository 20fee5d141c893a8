r"""Functions of functions written with a ring: (f \circ g)(x) is f(g(x)), and (f \circ g)'(x) its derivative."""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["with_composition"]

_RING = r"\circ"


def with_composition(node: ast.Product) -> Node:
    """A product with f(g(x)) for every (f ∘ g)(x), and (f(g(x)))' for (f ∘ g)'(x)."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        before = factors[-1] if factors else None
        inside = factor.body if not factor.operator and not factor.sign and isinstance(factor.body, ast.Group) else None
        composed = _composed(before.body, inside) if before is not None and inside is not None else None
        if composed is not None and before is not None:
            factors[-1] = replace(before, body=composed)
        else:
            factors.append(factor)
    if len(factors) == len(node.factors):
        return node
    if len(factors) == 1 and not factors[0].sign and not factors[0].operator:
        return factors[0].body
    return replace(node, factors=tuple(factors))


def _composed(function: Node, argument: ast.Group) -> Node | None:
    primes = function.primes if isinstance(function, ast.Scripted) else 0
    group = function.base if isinstance(function, ast.Scripted) else function
    plain = not isinstance(function, ast.Scripted) or not (function.subscripts or function.superscripts)
    if not plain or not isinstance(group, ast.Group) or argument.opening != "(":
        return None
    match group.body:
        case ast.Product((ast.Factor("", "", ast.Symbol() as outer), *others)) if others:
            names = [outer, *(f.body for f in others if f.operator == _RING and isinstance(f.body, ast.Symbol))]
        case _:
            return None
    if len(names) != len(others) + 1:
        return None
    value: Node = argument
    for name in reversed(names):
        bracket = value if isinstance(value, ast.Group) else ast.Group("(", ")", value)
        value = ast.Product((ast.Factor("", "", name), ast.Factor("", "", bracket)), span=group.span)
    return ast.Scripted(ast.Group("(", ")", value), primes=primes, span=group.span) if primes else value
