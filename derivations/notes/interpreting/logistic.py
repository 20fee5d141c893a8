r"""The logistic function by another name, said of more than a letter: g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}.

A function is defined of a letter, g(z) = …. Said of \theta^T x with nothing else in its value, it is that function too.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["logistic_names", "with_logistic"]

_NAMES = frozenset(("g", "f", "s", "S", "G", "F", r"\phi", r"\varphi", r"\psi"))


def logistic_names(chains: Iterable[ast.Chain]) -> frozenset[str]:
    """The names that a document applies to more than a letter and sets equal to the logistic function of that."""
    found: set[str] = set()
    others: set[str] = set()
    for chain in chains:
        for place, (one, other) in enumerate(itertools.pairwise(chain.members)):
            called = _called(one)
            if called is None or other is None:
                continue
            name, inner = called
            if _is_logistic(other, inner):
                found |= set() if isinstance(inner, ast.Symbol) else {name}
            elif place == 0 and not _is_name(other):
                others.add(name)  # it is defined as something else
    return frozenset(found - others)


def _is_name(side: Node) -> bool:
    """Whether a side is a name, or one before a bracket."""
    match side:
        case ast.Product((ast.Factor("", "", ast.Symbol()), ast.Factor("", "", ast.Group()))):
            return True
    return isinstance(side, ast.Symbol)


def _called(side: Node | None) -> tuple[str, Node] | None:
    """The name and the argument of g(\\theta^T x), a side by itself."""
    match side:
        case ast.Product((ast.Factor("", "", ast.Symbol(name, (), (), (), 0)), ast.Factor("", "", group))):
            is_call = isinstance(group, ast.Group) and group.opening == "(" and group.body is not None
            if name in _NAMES and is_call and isinstance(group, ast.Group) and group.body is not None:
                return name, group.body
    return None


def _is_logistic(side: Node, inner: Node) -> bool:
    r"""Whether a side is \frac{1}{1 + e^{-u}} of what is given."""
    match side:
        case ast.Fraction(ast.Number("1"), ast.Sum((first, second))) if not first.sign and second.sign == "+":
            bodies = first.body, second.body
            return any(a == ast.Number("1") and _is_exp_of_minus(b, inner) for a, b in (bodies, bodies[::-1]))
    return False


def _is_exp_of_minus(node: Node, inner: Node) -> bool:
    match node:
        case ast.Symbol("e", _, (), (exponent,), 0):
            pass
        case ast.Product((ast.Factor("", "", ast.Function("exp")), ast.Factor("", "", exponent))):
            pass
        case _:
            return False
    match _unwrapped(exponent):
        case ast.Sum((ast.Term("-", body),)):
            return _unwrapped(body) == _unwrapped(inner)
    return False


def _unwrapped(node: Node) -> Node:
    while isinstance(node, ast.Group) and node.body is not None:
        node = node.body
    return node


def with_logistic(node: ast.Product, names: frozenset[str]) -> ast.Product:
    """The product with those names before a bracket as the logistic function."""
    factors = list(node.factors)
    for at, (left, right) in enumerate(itertools.pairwise(node.factors)):
        name, group = left.body, right.body
        is_call = isinstance(group, ast.Group) and group.opening == "(" and not right.operator and not right.sign
        if is_call and isinstance(name, ast.Symbol) and name.name in names and not name.subscripts:
            factors[at] = replace(left, body=replace(name, name="sigmoid"))
    return replace(node, factors=tuple(factors))
