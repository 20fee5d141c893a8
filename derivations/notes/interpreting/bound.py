r"""Which letter a sum over unequal indices binds: j of \sum_{i \ne j} y_j p_i, where i stands outside of every sum.

-\frac{y_i}{p_i} p_i (1 - p_i) - \sum_{i \ne j} y_j p_i        the sum runs over j, without i
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, children
from derivations.notes.parsing.mapping import mapped

__all__ = ["letters_apart", "with_bound_first"]


def with_bound_first(node: Node, apart: frozenset[str]) -> Node:
    """The node with the letter that runs first below every sum over unequal indices; apart: letters outside of sums."""

    def turned(part: Node) -> Node:
        if not isinstance(part, ast.BigOperator) or not isinstance(part.lower, ast.Chain):
            return part
        match part.lower.members, [r.sign for r in part.lower.relations]:
            case (ast.Symbol(a, (), (), (), 0) as one, ast.Symbol(b, (), (), (), 0) as other), [r"\ne"]:
                if a in apart and b not in apart:
                    return replace(part, lower=replace(part.lower, members=(other, one)))
        return part

    found: Node = mapped(node, turned)
    return found


def letters_apart(sides: Iterable[Node | None]) -> frozenset[str]:
    """Letters among the indices that stand under no sum."""
    found: set[str] = set()
    for side in sides:
        if side is not None:
            _collect(side, found)
    return frozenset(found)


def _collect(node: object, found: set[str]) -> None:
    if isinstance(node, ast.BigOperator):
        return
    if isinstance(node, ast.Product):
        for factor in node.factors:
            if isinstance(factor.body, ast.BigOperator):
                return
            _collect(factor.body, found)
        return
    if isinstance(node, ast.Symbol | ast.Scripted):
        found |= {s.name for s in node.subscripts if isinstance(s, ast.Symbol) and len(s.name) == 1}
    for child in children(node):  # type: ignore[arg-type]
        _collect(child, found)
