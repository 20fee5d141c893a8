r"""Numbers put in for names: w x + b = 0.5 \cdot 2 + 1, after which w is 0.5 and x is 2.

A worked example gives its data in a picture, in prose, or just by putting them in. Where both sides have the same form
and one has numbers for the names of the other, the equation says what the names are: a definition. What a chain ends
in is the value of its members, of derivatives too, and where all that stands in an equation has such a value, it is
supported if its sides agree to 1 %. Nothing is refuted here: a name may have another value by then.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

import sympy as sp

from derivations.notes.interpreting.bracketed import SIGMOIDS
from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.thresholds import RELU
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.parsing.render import render
from derivations.notes.report import StepRecord

__all__ = ["Substituting"]

_CLOSE = sp.Rational(1, 100)
_ENDS = ("=", r"\approx")
_MOST_DIGITS = 30
_FUNCTIONS = {"exp": sp.exp, "tanh": sp.tanh, "log": sp.log, "ln": sp.log}
_FUNCTIONS |= dict.fromkeys(SIGMOIDS, lambda u: 1 / (1 + sp.exp(-u))) | dict.fromkeys(RELU, lambda u: sp.Max(0, u))


@dataclass
class Substituting(Judging):
    """The part of a reading that knows the numbers that a worked example has come to."""

    stated: dict[str, sp.Expr] = field(default_factory=dict)  # by how a name or a derivative is written

    def _remember(self, step: Step) -> None:
        """What a chain has come to is the value of the names and derivatives in it."""
        if step.sign.sign not in _ENDS or step.right is None or step.right.node is None:
            return
        number = literal(step.right.node)
        if number is None:
            return
        members = self.document.formulas[step.formula].chains[step.chain].members
        own = [step.left.node] if step.left is not None else []
        before = list(members[: members.index(step.right.node)]) if step.right.node in members else []
        for node in (*before, *own):
            if node is not None and _is_leaf(node):
                self.stated[render(node)] = number

    def _put_in(self, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """A step whose right side has only numbers, as what it says of the names on the left."""
        if any(_is_leaf(n) for n in walk(right)) or not any(isinstance(n, ast.Number) for n in walk(right)):
            return record
        one, other = self._amount(left), self._amount(right)
        if one is not None and other is not None:
            if _is_leaf(_bare(left)):  # said twice, it is no better known
                return record
            if abs(one - other) > _CLOSE * max(abs(one), abs(other)):
                return record
            reason = "equal within 1 % for the numbers that its names have come to"
            return replace(record, verdict="supported", witness=None, reason=reason)
        pairs = _pairs(left, right)
        if pairs is None or _is_leaf(_bare(left)):
            return record
        found: dict[str, sp.Expr] = {}
        for leaf, number in pairs:
            known = found.setdefault(leaf, self.stated.get(leaf, number))
            if abs(known - number) > _CLOSE * max(abs(known), abs(number)):
                return record
        self.stated |= found
        reason = "numbers put in: " + ", ".join(f"{leaf} = {sp.N(number, 6)}" for leaf, number in found.items())
        return replace(record, verdict="definition", method="values", witness=None, reason=reason)

    def _amount(self, node: Node) -> sp.Expr | None:
        """The number that a side comes to; None where a part of it has none."""
        node = _bare(node)
        if _is_leaf(node):
            return self.stated.get(render(node))
        match node:
            case ast.Number(text):
                return _number(text)
            case ast.Sum(terms):
                total: sp.Expr = sp.S.Zero
                for term in terms:
                    part = self._amount(term.body)
                    if part is None:
                        return None
                    total += -part if _is_negative(term.sign) else part
                return total
            case ast.Product(factors):
                return self._product(factors)
            case ast.Fraction(above, below):
                upper, lower = self._amount(above), self._amount(below)
                return None if upper is None or lower is None or lower == 0 else upper / lower
            case ast.Symbol("e", (), (), (exponent,), 0):
                power = self._amount(exponent)
                return None if power is None or abs(power) > 700 else sp.exp(power.evalf(_MOST_DIGITS))
        return None

    def _product(self, factors: tuple[ast.Factor, ...]) -> sp.Expr | None:
        total: sp.Expr = sp.S.One
        waiting = list(factors)
        while waiting:
            factor = waiting.pop(0)
            if factor.operator not in ("", "*", r"\cdot", r"\times"):
                return None
            function = _FUNCTIONS.get(getattr(factor.body, "name", "")) if _is_plain(factor.body) else None
            if function is not None and waiting and isinstance(waiting[0].body, ast.Group) and not waiting[0].operator:
                value = self._amount(waiting.pop(0).body)
                value = None if value is None or abs(value) > 700 else function(value.evalf(_MOST_DIGITS))
            else:
                value = self._amount(factor.body)
            if value is None or not value.is_real:
                return None
            total *= -value if _is_negative(factor.sign) else value
        return total


def literal(node: Node) -> sp.Expr | None:
    """The number that is written, with its sign; None for anything else."""
    node = _bare(node)
    match node:
        case ast.Number(text):
            return _number(text)
        case ast.Sum((ast.Term(sign, body),)):
            inner = literal(body)
            return None if inner is None else -inner if _is_negative(sign) else inner
        case ast.Product((ast.Factor("", sign, body),)):
            inner = literal(body)
            return None if inner is None else -inner if _is_negative(sign) else inner
    return None


def _pairs(left: Node, right: Node) -> list[tuple[str, sp.Expr]] | None:
    """The names on the left with the numbers in their places on the right; None where the forms differ."""
    left, right = _bare(left), _bare(right)
    number = literal(right)
    if number is not None:
        own = literal(left)
        if own is not None:
            return [] if own == number else None
        return [(render(left), number)] if _is_leaf(left) else None
    right = right if isinstance(left, ast.Sum) else _unsigned(right)
    parts: list[tuple[Node, Node]]
    match left, right:
        case ast.Sum(a), ast.Sum(b) if len(a) == len(b):
            parts = [(x.body, _signed(x, y)) for x, y in zip(a, b, strict=True)]
        case ast.Product(a), ast.Product(b) if len(a) == len(b):
            if any((x.operator == "/") is not (y.operator == "/") for x, y in zip(a, b, strict=True)):
                return None
            parts = [(x.body, _signed(x, y)) for x, y in zip(a, b, strict=True)]
        case ast.Fraction(a, c), ast.Fraction(b, d):
            parts = [(a, b), (c, d)]
        case ast.Symbol("e", (), (), (a,), 0), ast.Symbol("e", (), (), (b,), 0):
            parts = [(a, b)]
        case ast.Scripted(a, (), c, 0), ast.Scripted(b, (), d, 0) if c == d:
            parts = [(a, b)]
        case ast.Symbol(_, _, _, (c,), 0), ast.Scripted(b, (), (d,), 0) if c == d and isinstance(c, ast.Number):
            parts = [(replace(left, superscripts=()), b)]  # type: ignore[type-var]
        case ast.Group(r"\|" | "|" as opening, _, a), ast.Group(same, _, b) if a is not None and b is not None:
            if opening != same:
                return None
            parts = [(a, b)]
        case _:
            return [] if left == right else None
    found: list[tuple[str, sp.Expr]] = []
    for one, other in parts:
        inner = _pairs(one, other)
        if inner is None:
            return None
        found += inner
    return found


def _unsigned(node: Node) -> Node:
    """-0.35 · 2 with its sign on the first factor."""
    match node:
        case ast.Sum((ast.Term(sign, ast.Product((first, *rest))),)):
            sign = "-" if _is_negative(sign) is not _is_negative(first.sign) else ""
            return ast.Product((replace(first, sign=sign), *rest))
    return node


def _signed(one: ast.Term | ast.Factor, other: ast.Term | ast.Factor) -> Node:
    """What stands in the place of a term or a factor, with the sign that the other hasn't."""
    same = _is_negative(one.sign) is _is_negative(other.sign)
    return other.body if same else ast.Sum((ast.Term("-", other.body),))


def _bare(node: Node) -> Node:
    """A side without brackets around the whole of it."""
    while isinstance(node, ast.Group) and node.opening in ("(", "[", "{") and node.body is not None:
        node = node.body
    if isinstance(node, ast.Listing) and len(node.items) == 1 and node.items[0] is not None:
        return _bare(node.items[0])
    return node


def _is_leaf(node: object) -> bool:
    """Whether something is a name, or a derivative, and can have a value."""
    if isinstance(node, ast.Symbol):
        return node.name not in ("e", "d", r"\sigma") and not any(isinstance(s, ast.Number) for s in node.superscripts)
    return isinstance(node, ast.Fraction) and bool(leading(node.numerator)) and bool(leading(node.denominator))


def _is_plain(node: Node) -> bool:
    return isinstance(node, ast.Symbol | ast.Function) and not (node.subscripts or node.superscripts or node.primes)


def _is_negative(sign: str) -> bool:
    return sign.split().count("-") % 2 == 1


def _number(text: str) -> sp.Expr | None:
    plain = text.replace(",", "")
    if len(plain) > _MOST_DIGITS or plain.count(".") > 1 or not plain.replace(".", "").isdigit():
        return None
    value = Fraction(plain if not plain.endswith(".") else plain[:-1])
    return sp.Rational(value.numerator, value.denominator)
