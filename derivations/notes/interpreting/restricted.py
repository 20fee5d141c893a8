r"""Sums over the samples that meet a condition, as sums over all of them.

A letter that only the condition names is the index of what is summed:

    \sum_{i: y_i = 1} a_i        \sum_i 1\{y_i = 1\} a_i
    \sum_{y_i z_i < 1} a_i       \sum_i 1\{y_i z_i < 1\} a_i

Products are left out: a likelihood in two parts is often called as its logarithm is further on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = ["with_conditions"]

_BARS = (":", "|", ";", ",")
_ONE = ast.Factor("", "", ast.Number("1"))


def with_conditions(node: ast.Product) -> ast.Product:
    """The product with every sum that has a condition below it over all samples."""
    for position, factor in enumerate(node.factors):
        operator = factor.body
        if not isinstance(operator, ast.BigOperator) or operator.upper is not None:
            continue
        found = _letter_and_condition(operator.lower)
        rest = node.factors[position + 1 :]
        if found is None or not rest or operator.name != "sum":
            continue
        letter, condition = found
        if letter.primes:  # i' of the second sum
            plain = replace(letter, primes=0)
            if any(n == plain for n in walk(condition)) or any(n == plain for f in rest for n in walk(f.body)):
                continue
            rest = tuple(_without_prime(part, letter) for part in rest)
            letter, condition = plain, _without_prime(condition, letter)
        indicator = (_ONE, ast.Factor("", "", ast.Group(r"\{", r"\}", condition)))
        whole = replace(factor, body=replace(operator, lower=letter))
        factors = (*node.factors[:position], whole, *indicator, *rest)
        return with_conditions(replace(node, factors=factors))
    return node


def _letter_and_condition(lower: Node | None) -> tuple[ast.Symbol, ast.Chain] | None:
    """i and y_i = 1, of i: y_i = 1 or of the condition alone, where i is the only index in it."""
    while isinstance(lower, ast.Group) and lower.body is not None:
        lower = lower.body
    match lower:
        case ast.Listing((ast.Symbol(_, (), (), (), _) as letter, ast.Chain() as condition), (bar,)):
            return (letter, condition) if bar in _BARS and _is_condition(condition) else None
        case ast.Chain() if _is_condition(lower):
            indices = {index for n in walk(lower) if isinstance(n, ast.Symbol) for index in n.subscripts}
            index = indices.pop() if len(indices) == 1 else None
            if isinstance(index, ast.Symbol) and index == ast.Symbol(index.name) and len(index.name) == 1:
                return index, lower
    return None


def _without_prime(part: Any, letter: ast.Symbol) -> Any:
    """A part of a formula with i for i'."""
    return mapped(part, lambda n: replace(n, primes=0) if n == letter and isinstance(n, ast.Symbol) else n)


def _is_condition(chain: ast.Chain) -> bool:
    """Whether a chain is one condition on what has an index, and no bounds: y_i = 1, and not j = 1."""
    first = chain.members[0]
    bare = isinstance(first, ast.Symbol) and not first.subscripts and not first.superscripts
    return len(chain.relations) == 1 and not bare and chain.relations[0].sign in ("=", r"\ne", "<", ">", r"\le", r"\ge")
