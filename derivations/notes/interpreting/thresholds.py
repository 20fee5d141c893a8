r"""Values on either side of a threshold: 1[z > 0], dA ⊙ (Z > 0), and what is z for z > 0 and 0 otherwise.

    1[u > v] = (1 + sign(u - v)) / 2

is what the derivative of max(0, u) is, entry by entry. At the threshold itself every convention is right: the sign of
zero is excluded, as at any kink, so that > and \ge say the same; what is proved names this as its condition. Of two
numbers an inequality is just true or false. Values below, within and above a band are told apart by

    1[-d < u < d] = 1[d > |u|],   above and below by the sign of u,

so that three rows, and two rows with |u|, are one value. Left out: four rows, and bands that may be empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import sympy as sp

from derivations.notes.interpreting.cases import OF_CASES
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import Namer
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.interpreting.tensor import Value, add, elementwise, with_same_letters
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.render import render

__all__ = ["CONDITION_WORDS", "OTHERWISE", "RELU", "Thresholds", "is_threshold", "step_of"]

RELU = frozenset(("ReLU", "relu", "Relu", "RELU"))
_ABOVE, _BELOW = (">", r"\ge"), ("<", r"\le")
_WIDTHS = frozenset(
    (r"\delta", r"\epsilon", r"\varepsilon", r"\lambda", r"\beta", r"\tau", r"\kappa", r"\alpha", r"\gamma", "c")
)
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


def _is_band(chain: ast.Chain) -> bool:
    """Whether a < x < b stands there, in either direction."""
    signs = [relation.sign for relation in chain.relations]
    return len(signs) == 2 and any(all(sign in way for sign in signs) for way in (_ABOVE, _BELOW))


@dataclass
class Thresholds(Namer):
    """The part of the elaborator that knows inequalities as numbers."""

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

    def threshold(self, chain: ast.Chain) -> Value:
        """1 where an inequality holds, and 0 where it doesn't."""
        gap = self._gap(chain)
        if gap.expr.is_zero:
            return replace(gap, expr=sp.Integer(chain.relations[0].sign in _INCLUSIVE))
        return self._step(gap)

    def _step(self, gap: Value) -> Value:
        """1 where a gap is positive, of which the edge is noticed as a kink."""
        self.noticed.partial.append(sp.sign(gap.expr))
        return replace(gap, expr=step_of(gap.expr))

    def _gap(self, chain: ast.Chain) -> Value:
        """What is positive where a condition holds: u - v of u > v, and d - |x - c| of c - d < x < c + d."""
        members = [self.value(member) for member in chain.members if member is not None]
        if len(members) < len(chain.members):
            raise UnsupportedNoteError(f"the condition {render(chain)}")
        if chain.relations[0].sign in _BELOW:
            members.reverse()
        first, last = members[0], members[-1]
        if len(members) == 2:
            return elementwise(first, last, lambda a, b: a - b)
        half = elementwise(first, last, lambda a, b: (a - b) / 2)
        middle = elementwise(first, last, lambda a, b: (a + b) / 2)
        return elementwise(half, elementwise(members[1], middle, lambda a, b: sp.Abs(a - b)), lambda a, b: a - b)

    def by_sides(self, matrix: ast.Matrix) -> Value | None:
        """The value of two rows of which one is for u > v and the other for the rest; None for any other rows."""
        if matrix.environment not in OF_CASES or not 2 <= len(matrix.rows) <= 3:
            return None
        edges = [_edge(row) for row in matrix.rows]
        read = [_row(row) for row, edge in zip(matrix.rows, edges, strict=True) if edge is None]
        rows = [row for row in read if row is not None]
        if len(rows) < len(read) or len(rows) < 2:
            return None
        conditions = [chain for _, chain in rows]
        if any(edge is not None and edge.members not in [c.members for c in conditions if c] for edge in edges):
            return None
        weights = self._about_a_band(conditions) if len(rows) == 3 else self._on_two_sides(*conditions)
        if weights is None:
            return None
        values = [self.value(value) for value, _ in rows]
        first, *others = (elementwise(w, v, lambda a, b: a * b) for w, v in zip(weights, values, strict=True))
        return reduce(add, others, first)

    def _on_two_sides(self, chain: ast.Chain | None, other: ast.Chain | None) -> list[Value] | None:
        """What each of two rows counts, the second being for the rest."""
        if chain is None or other is not None and not _is_opposite(chain, other) and not self._is_rest(chain, other):
            return None
        weight = self.threshold(chain)
        return [weight, replace(weight, expr=1 - weight.expr)]

    def _is_rest(self, chain: ast.Chain, other: ast.Chain) -> bool:
        """Whether of two inequalities one holds where the other fails, each between things of its own."""
        total = elementwise(self._gap(chain), self._gap(other), lambda a, b: a + b)
        return _is_nothing(total.expr)

    def _about_a_band(self, conditions: Sequence[ast.Chain | None]) -> list[Value] | None:
        """What each of three rows counts, in any order: one for |u| < d, one for u > d and one for u < -d.

        The last may be for the rest. The band is there only where d > 0, so that d has to be such a number, or a
        letter that is used for one.
        """
        gaps = [None if chain is None else self._gap(chain) for chain in conditions]
        outer = [gap for gap in gaps if gap is not None and _inside(gap.expr) is None]
        bands = [gap for gap in gaps if gap is not None and gap not in outer]
        if None in gaps[:-1] or len(bands) > 1 or len(outer) > 2:
            return None
        if bands:
            band = bands[0]
        else:
            half = elementwise(outer[0], outer[1], lambda a, b: -sp.expand((a + b) / 2))
            off = elementwise(outer[0], outer[1], lambda a, b: sp.Abs(sp.expand((a - b) / 2)))
            band = elementwise(half, off, lambda a, b: a - b)
        inside = _inside(band.expr)
        if inside is None or not _is_band_about(*inside):
            return None
        u, d = inside
        places: list[int | None] = []  # 1 above the band, -1 below it, and 0 within
        for gap in gaps:
            signs = [] if gap is None else [s for s in (1, -1) if _is_nothing(gap.expr - s * u + d)]
            places.append(0 if gap is not None and gap in bands else signs[0] if signs else None)
        if gaps[-1] is None and None not in places[:-1]:
            places[-1] = min({0, 1, -1} - set(places[:-1]))
        if set(places) != {0, 1, -1}:
            return None
        within = self._step(band)
        out = {s: (1 - within.expr) * self._step(replace(band, expr=s * u)).expr for s in (1, -1)}
        return [within if not place else replace(band, expr=out[place]) for place in places]


def _is_nothing(expr: sp.Expr) -> bool:
    return bool(sp.expand(with_same_letters(expr)).is_zero)


def _inside(gap: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """The u and the d of d - |u|, what is positive within a band."""
    sizes = [term for term in sp.Add.make_args(sp.expand(gap)) if isinstance(-term, sp.Abs)]
    return (sp.expand((-sizes[0]).args[0]), sp.expand(gap - sizes[0])) if len(sizes) == 1 else None


def _is_band_about(u: sp.Expr, d: sp.Expr) -> bool:
    """Whether d is above zero, or a letter of what is, and u is something else."""
    number, letter = d.as_coeff_Mul()
    is_wide = bool(d.is_positive) if d.is_number else bool(number.is_positive) and _is_letter_of_width(letter)
    return is_wide and not u.is_number and not any(_is_letter_of_width(s) for s in u.free_symbols)


def _is_letter_of_width(letter: sp.Basic) -> bool:
    return isinstance(letter, sp.Symbol) and base_letter(letter.name) in _WIDTHS


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
    is_condition = len(chains) == 1 and (_is_inequality(chains[0]) or _is_band(chains[0]))
    if is_condition and (not words or CONDITION_WORDS.fullmatch(words)):
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
