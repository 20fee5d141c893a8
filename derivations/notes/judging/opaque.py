r"""What is multiplied only if nobody means more by it: f * g, f \circ g, H[p q], E_a a b, \Delta(f g).

    f * g = f g             true of numbers, and false of convolutions
    H[p q] = q H[p]         true where H is a factor, and false of an entropy or an indicator
    \langle a, b \rangle = a b   true of numbers, and false of vectors
    E_a a b = a E_a b       an expectation's subscript names what is random in all that stands behind it

Where nothing is known of the letters, such a part is one value, the same where it is written the same: what is proved
of numbers and does not hold of these values says no more than that the part is a product. Only sides without sums and
derivatives are looked at; where a letter has a value, an index, or words that call it a number, it stays a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import Part, mapped
from derivations.notes.parsing.render import render

__all__ = ["Opaque"]

_COMMUTING = frozenset(("*", r"\ast", r"\odot"))
_JOINING = _COMMUTING | {r"\circ", r"\times", r"\bullet"}
_OF_MATRICES = frozenset(
    ("rank", "rk", "null", "nullity", "dim", "ker", "span", "vec", "det", "adj", "cond", "Var", "Cov", "Corr", "Std")
)
_REACHING = frozenset(("E", "D", "Var", "Cov"))  # with a subscript, they reach as far as their term
_STEPS = frozenset((r"\Delta", "D"))
_COUNTERS = frozenset("ijklmnt")
_OPENING = frozenset("([")
_AROUND_EVENTS = _OPENING | {r"\{"}
_DOUBLE_STRUCK = frozenset(("mathbb", "mathbbm", "mathds", "Bbb"))
_ARE_NUMBERS = (
    r"numbers?|scalars?|reals?|constants?|integers?|probabilit|rates?\b|coefficients?|Zahl|Skalar|nombre|número|numero"
    r"|числ|скаляр|标量|实数|常数|スカラー|実数|스칼라|실수"
)


@dataclass
class Opaque:
    """The parts of a claim that are no plain products, each with a name of its own."""

    signature: Signature
    has_value: Callable[[str], bool]
    found: dict[str, str] = field(default_factory=dict)  # by how a part is written: the part as a reader knows it

    def sides(self, left: Node, right: Node) -> tuple[Node, Node] | None:
        """The sides with a name for each such part; None where there is none."""
        if any(_is_beyond(node) for side in (left, right) for node in walk(side)):
            return None
        self._applied = {n for side in (left, right) for n in _applied_to_names(side)}
        pairs = [[n for n in walk(side) if _is_pair(n)] for side in (left, right)]
        is_of_vectors = [any(map(_is_of_vectors, walk(side))) for side in (left, right)]
        self._is_bilinear = all(own or of for own, of in zip(pairs, is_of_vectors, strict=True)) and (
            any(is_of_vectors) or not all(_is_of_letters(n) for own in pairs for n in own)
        )
        first, second = (self._paired(mapped(side, self._step)) for side in (left, right))
        return (first, second) if self.found else None

    def _step(self, node: Node) -> Node:
        if isinstance(node, ast.Sum):
            return replace(node, terms=tuple(replace(t, body=self._paired(t.body)) for t in node.terms))
        if not isinstance(node, ast.Product):
            return node
        factors = self._reached(tuple(replace(f, body=self._paired(f.body)) for f in node.factors))
        if len(factors) == 1 and not factors[0].operator and not factors[0].sign:
            return factors[0].body
        return replace(node, factors=factors)

    def _paired(self, node: Node) -> Node:
        r"""\langle a, b \rangle, a product of numbers and else an inner one.

        Where both sides have such pairs, norms or a \cdot b, and not only pairs of two letters, the claim may be one of
        linearity, as of \langle a + b, c \rangle, which holds of products and of inner ones alike.
        """
        if self._is_bilinear or not _is_pair(node):
            return node
        letters = [n for n in walk(node) if isinstance(n, ast.Symbol)]
        if not letters or not all(map(self._is_unknown, letters)):
            return node
        items = node.body.items if isinstance(node, ast.Group) and isinstance(node.body, ast.Listing) else ()
        return self._named(rf"\langle {' , '.join(sorted(render(item) for item in items if item is not None))} \rangle")

    def _reached(self, factors: tuple[ast.Factor, ...]) -> tuple[ast.Factor, ...]:
        made: list[ast.Factor] = []
        at = 0
        while at < len(factors):
            end, is_commuting = self._end(factors, at)
            if end == at + 1:
                made.append(factors[at])
            else:
                bare = (replace(factors[at], operator="", sign=""), *factors[at + 1 : end])
                words = render(ast.Product(bare))
                if is_commuting:
                    words = " * ".join(sorted(render(f.body) for f in bare))
                made.append(replace(factors[at], body=self._named(words)))
            at = end
        return tuple(made)

    def _end(self, factors: tuple[ast.Factor, ...], at: int) -> tuple[int, bool]:
        """Where the part that begins at a factor ends, and whether the order of what is in it says nothing."""
        head = factors[at].body
        end = at + 1
        while end < len(factors) and factors[end].operator in _JOINING and not factors[end].sign:
            if not (self._is_unknown(factors[end - 1].body) and self._is_unknown(factors[end].body)):
                break
            end += 1
        if end > at + 1:
            return end, all(f.operator in _COMMUTING for f in factors[at + 1 : end])
        if isinstance(head, ast.Decorated):
            return end + self._is_indicator(head, factors[end:]), False
        if not isinstance(head, ast.Symbol) or end == len(factors) or factors[end].operator or factors[end].sign:
            return end, False
        if head.superscripts or head.primes or self.has_value(head.name):
            return end, False
        if self._is_operator(head):
            while end < len(factors) and not factors[end].operator:
                end += 1
            return end, False
        behind = factors[end].body
        inside = behind.body if isinstance(behind, ast.Group) and behind.opening in _OPENING else None
        is_step = head.name in _STEPS and not head.subscripts and (inside is not None or isinstance(behind, ast.Symbol))
        return end + (is_step or inside is not None and self._is_applied(head, behind, inside)), False

    def _is_indicator(self, head: ast.Decorated, behind: tuple[ast.Factor, ...]) -> bool:
        r"""Whether a \mathbb{1} stands before a bracket of what is no condition that could be read."""
        if head.decoration not in _DOUBLE_STRUCK or not isinstance(head.body, ast.Number) or not behind:
            return False
        match behind[0]:
            case ast.Factor("", "", ast.Group(opening, _, inside)) if opening in _AROUND_EVENTS:
                return not isinstance(inside, ast.Number | ast.Chain | ast.Listing)
        return False

    def _is_operator(self, head: ast.Symbol) -> bool:
        """E_a, D_x, Var_q: but E_i may be an entry."""
        match head.subscripts:
            case (ast.Symbol(letter, subscripts=(), superscripts=()),) if head.name in _REACHING:
                return letter not in _COUNTERS
        return False

    def _is_applied(self, head: ast.Symbol, behind: Node, inside: Node) -> bool:
        """Whether a name and a bracket behind it are a function of what is in the bracket."""
        if isinstance(inside, ast.Number | ast.Chain | ast.Listing):
            return False
        if head.name in _OF_MATRICES or head in self._applied:
            return True
        is_capital = len(head.name) == 1 and (head.name.isupper() or head.name == "1")
        is_outer = any(isinstance(n, ast.Group) and n.opening in _OPENING for n in walk(inside))
        return isinstance(behind, ast.Group) and behind.opening == "[" and is_capital and not is_outer

    def _is_unknown(self, node: Node) -> bool:
        """Whether nothing says what a letter is: it has no value and no index, and no words call it a number."""
        if not isinstance(node, ast.Symbol) or not node.name.isalpha() or len(node.name) > 1:
            return False
        if node.subscripts or node.superscripts or node.primes or self.has_value(node.name):
            return False
        signature, name = self.signature, rf"(?-i:(?<![A-Za-z\\]){node.name}(?![A-Za-z]))"
        if signature.axes.get(node.name) or node.name in signature.size_names | signature.parameters:
            return False
        is_said = (
            rf"{name}\s*_",
            rf"{name}[^$\n]{{0,20}}\\in(?![A-Za-z])",
            rf"{name}\s*(?:[<>≤≥]|\\[lg]e?q?(?:slant)?\b|\\[lg]t\b|=\s*-?\d)",
            rf"(?:\\partial|(?-i:(?<![A-Za-z\\])d))\s*\{{?\s*{name}",
            rf"\$[^$\n]{{0,20}}{name}[^$\n]{{0,20}}\$[^$.\n]{{0,30}}(?:{_ARE_NUMBERS})",
            rf"(?:{_ARE_NUMBERS})\w*\s+(?:\$[^$\n]{{1,10}}\$(?:,|,? and|,? und|,? et)\s*){{0,3}}\$[^$\n]{{0,20}}{name}",
        )
        return not any(signature.says(pattern) for pattern in is_said)

    def _named(self, words: str) -> ast.Symbol:
        """A name for what is written so."""
        key = re.sub(r"\s+", " ", words)
        number = list(self.found).index(key) if key in self.found else len(self.found)
        self.found[key] = words
        return ast.Symbol("v", subscripts=(ast.Text(f"part{number}"),))


def _applied_to_names(side: Node) -> set[ast.Symbol]:
    """The capital letters before a bracket that holds one letter: nobody writes a product as T(f)."""
    found: set[ast.Symbol] = set()
    for product in (n for n in walk(side) if isinstance(n, ast.Product)):
        for one, other in zip(product.factors, product.factors[1:], strict=False):
            match one.body, other:
                case ast.Symbol(name) as head, ast.Factor("", "", ast.Group("(", _, ast.Symbol())):
                    if len(name) == 1 and name.isupper():
                        found.add(head)
    return found


def _is_pair(node: Part) -> bool:
    match node:
        case ast.Group(r"\langle", _, ast.Listing((_, _))):
            return True
    return False


def _is_of_vectors(node: Part) -> bool:
    r"""A norm, or the second factor of a \cdot b."""
    match node:
        case ast.Group(r"\|") | ast.Factor(r"\cdot", "", ast.Symbol()):
            return True
    return False


def _is_of_letters(node: Part) -> bool:
    match node:
        case ast.Group(_, _, ast.Listing((ast.Symbol(), ast.Symbol()))):
            return True
    return False


def _is_beyond(node: Part) -> bool:
    """Whether a part is a sum, an array or a derivative: what is known of its letters is more than is seen here."""
    if isinstance(node, ast.Fraction):
        return leading(node.numerator) is not None and leading(node.denominator) is not None
    return isinstance(node, ast.BigOperator | ast.Partial | ast.Nabla | ast.Matrix | ast.Unread)
