r"""X where one sample is meant: h_\theta(x) = g(\theta^\top X), of which the x is the argument.

A document writes X for its data, one sample a row, and \theta^\top X for a product that fits no such X: there X is one
sample, in what a function of x is said to be, or wherever X\theta stands elsewhere. Where probabilities are given X and
there is no x, and no X transposed, every X is one sample.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from derivations.notes.interpreting.names import TRANSPOSES, is_transposed
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = ["with_samples"]


_OTHER_USES = frozenset(("x", "E", "H", "I", "Var", "Cov"))  # x itself, and what is of a random X


def with_samples(chains: Sequence[ast.Chain]) -> dict[int, Node]:
    """Each side of the chains, by its place, with x for the X that is one sample."""
    sides = [m for c in chains for m in c.members if m is not None]
    if _is_sample_throughout(sides):
        return {id(m): _in_small_letters(m) for m in sides}
    rows = _with_rows(sides)
    found: dict[int, Node] = {}
    for chain in chains:
        is_said = _is_of_one_sample(chain)
        found |= {id(m): _with_one_sample(m, is_said, rows) for m in chain.members if m is not None}
    is_of_all = any(map(_is_of_all_samples, chains)) or any(map(_sums_over_columns, found.values()))
    if is_of_all and _has_columns(found.values()):
        found = {place: side if _is_data(side) else _in_rows(side) for place, side in found.items()}
    return found


def _is_of_all_samples(chain: ast.Chain) -> bool:
    """Whether a chain says what a capital is, Z = … or X = [x^{(1)}, …]: what is one for all samples."""
    match chain.members[0]:
        case ast.Symbol(name, _, (), (), 0) if chain.relations:
            columns = any(isinstance(n, ast.Listing | ast.Matrix) for m in chain.members[1:] if m for n in walk(m))
            weighted = any(
                _transposed(before.body) is not None and _is_data(after.body)
                for m in chain.members[1:]
                if m
                for n in walk(m)
                if isinstance(n, ast.Product)
                for before, after in itertools.pairwise(n.factors)
            )
            return name in ("Z", "A", "Y") and weighted or name == "X" and columns
    return False


def _sums_over_columns(side: Node) -> bool:
    r"""Whether X stands before what is transposed, as in X (A - Y)^\top and X dZ^\top: a sum over its columns."""
    for factors in (n.factors for n in walk(side) if isinstance(n, ast.Product)):
        for before, *after in zip(factors, factors[1:], (*factors[2:], None), strict=False):
            if _is_data(before.body) and after[0] is not None and not after[0].sign:
                behind = after[1] if after[0].body == ast.Symbol("d") else after[0]
                if behind is not None and is_transposed(behind.body) and after[0].operator in ("", r"\cdot", "*"):
                    return True
    return False


def _has_columns(sides: Collection[Node]) -> bool:
    r"""Whether the samples are the columns of X: w^\top X or X r^\top stands somewhere, and nowhere X w or X^\top r."""
    samples = False
    columns = any(map(_sums_over_columns, sides))
    for node in (n for side in sides for n in walk(side)):
        if isinstance(node, ast.Symbol) and node.name in ("x", "y", "a"):
            samples = samples or any(isinstance(s, ast.Group) and s.opening == "(" for s in node.superscripts)
        if isinstance(node, ast.Product):
            for before, after in itertools.pairwise(node.factors):
                if after.operator not in ("", r"\cdot", "*") or after.sign:
                    continue
                columns = columns or _transposed(before.body) is not None and _is_data(after.body)
                if _is_data(before.body) and _is_weight(after.body) or _is_turned(before.body):
                    return False
    return samples and columns


def _in_rows(side: Node) -> Node:
    r"""The side with X^\top for X, and X for X^\top."""

    def turned(node: Node) -> Node:
        if isinstance(node, ast.Symbol) and _is_data(node):
            return replace(node, superscripts=(ast.Symbol("T"),))
        return replace(node, superscripts=()) if isinstance(node, ast.Symbol) and _is_turned(node) else node

    found: Node = mapped(side, turned)
    return found


def _is_turned(node: Node) -> bool:
    match node:
        case ast.Symbol("X", _, (), (ast.Symbol(mark),), 0):
            return mark in TRANSPOSES
    return False


def _is_weight(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and node.name in ("w", "W", r"\theta", r"\beta", r"\Theta")


def _with_rows(sides: Iterable[Node]) -> frozenset[str]:
    r"""The parameters that stand right behind X: \theta, where X\theta does."""
    return frozenset(
        after.body.name
        for side in sides
        for node in walk(side)
        if isinstance(node, ast.Product)
        for before, after in itertools.pairwise(node.factors)
        if _is_data(before.body) and isinstance(after.body, ast.Symbol) and not after.body.superscripts
    )


def _is_of_one_sample(chain: ast.Chain) -> bool:
    """Whether a chain says what a function of x is: h(x) = …, P(y = 1 | x) = …."""
    match chain.members[0]:
        case ast.Product((ast.Factor("", "", ast.Symbol()), ast.Factor("", "", ast.Group("(", _, body)))) if body:
            found = list(walk(body))
            return any(n == ast.Symbol("x") for n in found if isinstance(n, ast.Symbol)) and not any(
                map(_is_data, found)
            )
    return False


def _is_sample_throughout(sides: Iterable[Node]) -> bool:
    """Whether X is what P(Y | X) is given, and no x or X transposed stands anywhere: one sample in capitals."""
    given = False
    for node in (n for side in sides for n in walk(side)):
        if isinstance(node, ast.Symbol) and (node.name in _OTHER_USES or node.name == "X" and node.superscripts):
            return False
        for before, after in itertools.pairwise(node.factors) if isinstance(node, ast.Product) else ():
            match before.body, after.body:
                case ast.Symbol("P" | "p" | "Pr"), ast.Group("(", _, ast.Listing(items, separators)) if (
                    "|" in separators
                ):
                    given = given or any(map(_is_data, items[separators.index("|") + 1 :]))
    return given


def _in_small_letters(side: Node) -> Node:
    """The side with x for X."""
    small = mapped(side, lambda n: replace(n, name="x") if isinstance(n, ast.Symbol) and n.name == "X" else n)
    found: Node = small
    return found


def _with_one_sample(side: Node, is_said: bool, rows: frozenset[str]) -> Node:
    r"""The side with \theta^\top x for \theta^\top X, said of a function of x, or where X\theta stands elsewhere."""

    def step(node: Node) -> Node:
        if not isinstance(node, ast.Product):
            return node
        factors = list(node.factors)
        for position, (before, after) in enumerate(itertools.pairwise(factors)):
            name = _transposed(before.body)
            data = after.body
            if name is not None and isinstance(data, ast.Symbol) and _is_data(data) and (is_said or name in rows):
                factors[position + 1] = replace(after, body=replace(data, name="x"))
        return replace(node, factors=tuple(factors))

    found: Node = mapped(side, step)
    return found


def _is_data(node: object) -> bool:
    return (
        isinstance(node, ast.Symbol) and node.name == "X" and not (node.subscripts or node.superscripts or node.primes)
    )


def _transposed(node: Node) -> str | None:
    r"""The vector of which a factor is the transpose, \theta of \theta^\top."""
    match node:
        case ast.Symbol(name, _, _, (ast.Symbol(mark),), 0) if mark in TRANSPOSES and not name[-1:].isupper():
            return name
    return None
