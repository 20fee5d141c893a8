r"""Actions as indices: \pi(a) = \frac{e^{\theta_a}}{\sum_b e^{\theta_b}}, and \theta_a is one of many as \theta_k is.

Where a sum runs over a bare b, and a and b stand nowhere but below names, in a bracket by themselves after a name, or
in a condition a = b, they are indices. A bias b, an activation a, or a function of them and of something else, as
\pi(a \mid s), leaves them what they are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = ["Actions", "actions_in", "with_actions"]

Actions = Mapping[str, str]  # the letters of actions, and those that usually are indices
_LETTERS = ("a", "b")
_USUAL = ("k", "j", "i", "l", "m", "r", "s")


def actions_in(sides: Iterable[Node]) -> Actions:
    """The letters of a document's actions, with the indices that stand for them; empty where it has none."""
    sides = list(sides)
    nodes = [n for side in sides for n in walk(side)]
    if not any(isinstance(n, ast.BigOperator) and n.name == "sum" and n.lower == ast.Symbol("b") for n in nodes):
        return {}
    as_index = sum(map(_places, nodes))
    named = sum(1 for n in nodes if isinstance(n, ast.Symbol) and n.name in _LETTERS)
    if as_index != named:
        return {}
    used = {n.name for n in nodes if isinstance(n, ast.Symbol)}
    free = [letter for letter in _USUAL if letter not in used]
    return dict(zip(_LETTERS, free, strict=False)) if len(free) >= len(_LETTERS) else {}


def _places(node: object) -> int:
    """How many of the letters stand in a node as an index does."""
    match node:
        case ast.Symbol():
            return sum(map(_listed, node.subscripts))
        case ast.Product(factors):
            return sum(_applied(name.body, then) is not None for name, then in itertools.pairwise(factors))
        case ast.BigOperator(name="sum") if node.lower is not None:
            return _listed(node.lower)
        case ast.Chain((left, right), (relation,)) if left is not None and right is not None:
            both = relation.sign in ("=", r"\ne") and _listed(left) and _listed(right)
            return 2 if both else 0
    return 0


def _listed(node: Node | None) -> int:
    """How many of the letters a script is made of."""
    if isinstance(node, ast.Listing):
        return sum(map(_listed, node.items))
    if isinstance(node, ast.Product):
        return sum(_listed(factor.body) for factor in node.factors)
    return int(node in [ast.Symbol(letter) for letter in _LETTERS])


def _applied(name: Node, then: ast.Factor, letters: Iterable[str] = _LETTERS) -> ast.Symbol | None:
    r"""The name with an index, \pi_a of \pi(a) and \pi_\theta(a)."""
    if not isinstance(name, ast.Symbol) or name.superscripts or name.subscripts not in ((), (ast.Symbol(r"\theta"),)):
        return None
    if then.operator or not isinstance(then.body, ast.Group):
        return None
    inner = then.body.body
    if not isinstance(inner, ast.Symbol) or inner not in [ast.Symbol(letter) for letter in letters]:
        return None
    return replace(name, subscripts=(inner,))


def with_actions(side: Node, actions: Actions) -> Node:
    """The side with usual indices for actions."""

    def step(node: Node) -> Node:
        if isinstance(node, ast.Symbol) and node.name in actions:
            return replace(node, name=actions[node.name])
        if isinstance(node, ast.Product):
            return _with_scripts(node, set(actions.values()))
        return node

    found: Node = mapped(side, step)
    return found


def _with_scripts(node: ast.Product, letters: set[str]) -> Node:
    r"""The product with \pi_k for \pi(k)."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        named = _applied(factors[-1].body, factor, letters) if factors else None
        if named is not None:
            factors[-1] = replace(factors[-1], body=named)
            continue
        factors.append(factor)
    if len(factors) == len(node.factors):
        return node
    alone = len(factors) == 1 and not factors[0].operator and not factors[0].sign
    return factors[0].body if alone else replace(node, factors=tuple(factors))
