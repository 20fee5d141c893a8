r"""Values on either side of a threshold: 1[z > 0], dA ⊙ (Z > 0), and what is z for z > 0 and 0 otherwise.

    1[u > v] = (1 + sign(u - v)) / 2

is what the derivative of max(0, u) is, entry by entry. At the threshold itself every convention is right: the sign of
zero is excluded, as at any kink, so that > and \ge say the same; what is proved names this as its condition. Of two
numbers an inequality is just true or false. Left out: values on three sides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.notes.interpreting.cases import OF_CASES
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import Namer
from derivations.notes.interpreting.tensor import Value, add, elementwise
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.render import render

__all__ = ["CONDITION_WORDS", "OTHERWISE", "RELU", "Thresholds", "is_threshold", "step_of"]

RELU = frozenset(("ReLU", "relu", "Relu", "RELU"))
_ABOVE, _BELOW = (">", r"\ge"), ("<", r"\le")
_INCLUSIVE = (r"\ge", r"\le")
CONDITION_WORDS = re.compile(r"if|for|when|where|si|wenn|falls|se|если|при|当|若|の場合|とき|khi|nếu", re.I)
OTHERWISE = re.compile(
    r"otherwise|else|sonst|andernfalls|sinon|altrimenti|иначе|其他|其它|否则|その他|それ以外|그 외|ngược lại|khác",
    re.I,
)
_IN_WORDS = re.compile(r"\s*([^\W\d]{2,}|当|若|如果)?\s*([A-Za-z])\s*(<=|>=|[<>=≤≥])\s*(\d)\s*[,.;]?\s*")
_SIGNS = {"<=": r"\le", ">=": r"\ge", "≤": r"\le", "≥": r"\ge"}


def is_threshold(node: Node) -> bool:
    """Whether a bracket holds one inequality."""
    return isinstance(node, ast.Group) and isinstance(node.body, ast.Chain) and _is_inequality(node.body)


def step_of(expr: sp.Expr) -> sp.Expr:
    """1 above zero and 0 below."""
    return (1 + sp.sign(expr)) / 2


def _is_inequality(chain: ast.Chain) -> bool:
    return len(chain.relations) == 1 and chain.relations[0].sign in (*_ABOVE, *_BELOW) and None not in chain.members


@dataclass
class Thresholds(Namer):
    """The part of the elaborator that knows inequalities as numbers."""

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

    def threshold(self, chain: ast.Chain) -> Value:
        """1 where an inequality holds, and 0 where it doesn't."""
        left, right = chain.members
        if left is None or right is None:
            raise UnsupportedNoteError(f"the condition {render(chain)}")
        gap = elementwise(self.value(left), self.value(right), lambda a, b: a - b)
        sign = chain.relations[0].sign
        if sign in _BELOW:
            gap = replace(gap, expr=-gap.expr)
        if gap.expr.is_zero:
            return replace(gap, expr=sp.Integer(sign in _INCLUSIVE))
        self.noticed.partial.append(sp.sign(gap.expr))
        return replace(gap, expr=step_of(gap.expr))

    def by_sides(self, matrix: ast.Matrix) -> Value | None:
        """The value of two rows of which one is for u > v and the other for the rest; None for any other rows."""
        if matrix.environment not in OF_CASES or not 2 <= len(matrix.rows) <= 3:
            return None
        edges = [_edge(row) for row in matrix.rows]
        rows = [row for row, edge in zip(matrix.rows, edges, strict=True) if edge is None]
        if len(rows) != 2:
            return None
        upper, lower = map(_row, rows)
        if upper is None or lower is None:
            return None
        (first, chain), (second, other) = upper, lower
        if chain is None or other is not None and not _is_opposite(chain, other):
            return None
        if any(edge is not None and edge.members != chain.members for edge in edges):
            return None
        weight = self.threshold(chain)
        rest = replace(weight, expr=1 - weight.expr)
        parts = [(weight, self.value(first)), (rest, self.value(second))]
        above, below = (elementwise(w, v, lambda a, b: a * b) for w, v in parts)
        return add(above, below)


def _row(row: tuple[Node | None, ...]) -> tuple[Node, ast.Chain | None] | None:
    """A value and its inequality, which is None for the rest of the cases; nothing where the row is another one."""
    items = _items(row)
    if len(items) < 2:
        return None
    value, *conditions = items
    chains = [c for c in conditions if isinstance(c, ast.Chain)]
    words = " ".join(c.words for c in conditions if isinstance(c, ast.Text)).strip()
    if len(chains) + sum(isinstance(c, ast.Text) for c in conditions) != len(conditions):
        return None
    if len(chains) == 1 and _is_inequality(chains[0]) and (not words or CONDITION_WORDS.fullmatch(words)):
        return value, chains[0]
    return (value, None) if not chains and OTHERWISE.search(words) else None


def _items(row: tuple[Node | None, ...]) -> list[Node]:
    """What a row says, in order, an inequality among its words as one in a formula."""
    items: list[Node] = []
    for cell in row:
        items += [i for i in (cell.items if isinstance(cell, ast.Listing) else (cell,)) if i is not None]
    return items[:1] + [part for item in items[1:] for part in _said(item)]


def _said(item: Node) -> list[Node]:
    r"""\text{if z < 0} as words and an inequality; anything else as it is."""
    found = _IN_WORDS.fullmatch(item.words) if isinstance(item, ast.Text) else None
    if found is None:
        return [item]
    sides = ast.Symbol(found[2]), ast.Number(found[4])
    chain = ast.Chain(sides, (ast.Relation(_SIGNS.get(found[3], found[3])),), span=item.span)
    return [replace(item, words=found[1]), chain] if isinstance(item, ast.Text) and found[1] else [chain]


def _edge(row: tuple[Node | None, ...]) -> ast.Chain | None:
    """The u = v of a row that is for the threshold itself: every convention is right there, and it decides nothing."""
    chains = [item for item in _items(row)[1:] if isinstance(item, ast.Chain)]
    return chains[0] if len(chains) == 1 and [r.sign for r in chains[0].relations] == ["="] else None


def _is_opposite(chain: ast.Chain, other: ast.Chain) -> bool:
    """Whether of two inequalities between the same things one holds where the other fails."""
    above = [c.relations[0].sign in _ABOVE for c in (chain, other)]
    return chain.members == other.members and above[0] is not above[1]
