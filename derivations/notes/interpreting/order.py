r"""Whether an equation holds in any ring: what the letters of A B + B A may be matrices, which need not commute.

Capital letters that nothing defines are read as numbers where no axis shows, and so are names that words call vectors
or matrices. What is proved of them by commuting is true of numbers only. Sums, products and whole powers are
understood; anything else is one value, the same where it is written the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp

from derivations.notes.interpreting.quotients import leading
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, children, walk
from derivations.notes.parsing.render import render

__all__ = ["beside_slopes", "exchanged", "inverted"]

MOST = 500  # terms that are multiplied out
_TIMES = ("", r"\cdot", "*", r"\times")
_MINUS = (ast.Sum((ast.Term("-", ast.Number("1")),)),)
_SIGNS = ("", "+", "-")


def exchanged(left: Node, right: Node, may_be_array: Callable[[str], bool]) -> tuple[str, ...]:
    """The names that an equation takes for numbers when it holds: two or more that are multiplied; else nothing."""
    names = {name for name in _within(left) | _within(right) if may_be_array(name)}
    if len(names) < 2 or not any(_are_multiplied(side, names) for side in (left, right)):
        return ()
    if _count(left) + _count(right) <= MOST and sp.expand(_ring(left, names) - _ring(right, names)) == 0:
        return ()
    return tuple(sorted(names))


def beside_slopes(left: Node, right: Node, may_be_array: Callable[[str], bool]) -> tuple[str, ...]:
    """The names of what may be matrices in an equation of derivatives, where names are multiplied.

    ∂L/∂W = ∂L/∂y x, and ∂L/∂a = W δ of z = W a, are true of numbers; else they lack a transpose.
    """
    by = {s.name for side in (left, right) for f in walk(side) for s in _by(f)}
    if not by:
        return ()
    names: set[str] = set()
    for factors in (p.factors for side in (left, right) for p in _products(side)):
        found = [_factors(f.body) for f in factors]
        if sum(map(bool, found)) + sum(map(_is_slope, factors)) > 1:
            names |= set().union(*found)
    return tuple(sorted(name for name in names | (by if names else set()) if may_be_array(name)))


def _products(node: Any) -> Iterator[ast.Product]:
    """The products in a side: not d L, of which a derivative is."""
    if isinstance(node, ast.Product):
        yield node
    if not _by(node):
        for part in children(node):
            yield from _products(part)


def _factors(node: Node) -> set[str]:
    """The plain names in a factor, but for those that it is divided by, which are numbers."""
    found = _within(node)
    below = (n for part in walk(node) if isinstance(part, ast.Fraction) for n in walk(part.denominator))
    return found - {n.name for n in below if isinstance(n, ast.Symbol)}


def inverted(left: Node, right: Node, may_be_array: Callable[[str], bool]) -> tuple[str, ...]:
    """The names that may be matrices and are taken to the power -1: A A^{-1} is 1 of numbers, and else the identity."""
    names = (n for side in (left, right) for n in walk(side) if isinstance(n, ast.Symbol) and n.superscripts == _MINUS)
    return tuple(sorted({n.name for n in names if may_be_array(n.name)}))


def _is_slope(factor: ast.Factor) -> bool:
    return bool(_by(factor.body))


def _by(node: object) -> list[ast.Symbol]:
    """The names by which a derivative is taken, W of ∂L/∂W."""
    if not isinstance(node, ast.Fraction) or not (leading(node.numerator) and leading(node.denominator)):
        return []
    return [part for part in walk(node.denominator) if isinstance(part, ast.Symbol)]


def _is_plain(node: ast.Symbol) -> bool:
    return not node.subscripts and not node.primes


def _are_multiplied(node: Node, names: set[str]) -> bool:
    """Whether two of the names stand in factors of one product, or in the base of one power."""
    for part in walk(node):
        found: list[set[str]] = []
        if isinstance(part, ast.Product):
            found = [_within(factor.body) & names for factor in part.factors]
        elif isinstance(part, ast.Scripted):
            found = [_within(part.base) & names] * 2
        if any(a != b for k, one in enumerate(found) for other in found[k + 1 :] for a in one for b in other):
            return True
    return False


def _within(node: Any) -> set[str]:
    """The plain names in a side: not what a derivative is of and by, nor what stands above and below a name."""
    match node:
        case ast.Symbol("e", superscripts=(power,)):
            return _within(power)  # e^A of a matrix
        case ast.Symbol(name):
            layer = any(isinstance(s, ast.Group) for s in node.superscripts)
            return {name} if _is_plain(node) and not layer else set()
        case ast.Fraction(above, below) if leading(above) and leading(below):
            return set()
        case ast.Scripted(base):
            return _within(base)
    return set().union(*(_within(part) for part in children(node)))


def _count(node: Node) -> int:
    """How many terms a side has when it is multiplied out; more than `MOST` where that is too much."""
    match node:
        case ast.Sum(terms):
            found = sum(_count(t.body) for t in terms)
        case ast.Product(factors):
            found = 1
            for factor in factors:
                found = min(found * _count(factor.body), MOST + 1)
        case ast.Group(_, _, body) if body is not None:
            found = _count(body)
        case ast.Scripted(base, superscripts=(ast.Number(text),)) if text.isdigit():
            found = _count(base) ** min(int(text), 10)
        case _:
            found = 1
    return min(found, MOST + 1)


def _ring(node: Node, names: set[str]) -> sp.Expr:
    """The value of a side in a ring in which the names do not commute."""
    match node:
        case ast.Number(text) if text.isdigit():
            return sp.Integer(text)
        case ast.Symbol(name, superscripts=()) if _is_plain(node) and name in names:
            return sp.Symbol(name, commutative=False)
        case ast.Symbol(name, superscripts=(ast.Number(text),)) if name in names and _is_small(text):
            return sp.Symbol(name, commutative=False) ** int(text)
        case ast.Sum(terms) if all(t.sign in _SIGNS for t in terms):
            return sp.Add(*((-1 if t.sign == "-" else 1) * _ring(t.body, names) for t in terms))
        case ast.Product(factors) if all(f.operator in _TIMES and f.sign in _SIGNS for f in factors):
            return sp.Mul(*((-1 if f.sign == "-" else 1) * _ring(f.body, names) for f in factors))
        case ast.Group("(" | "[" | "{", _, body) if body is not None:
            return _ring(body, names)
        case ast.Scripted(base, superscripts=(ast.Number(text),), subscripts=()) if _is_small(text):
            return _ring(base, names) ** int(text)
    return sp.Symbol(render(node), commutative=not _within(node) & names)


def _is_small(text: str) -> bool:
    return text.isdigit() and int(text[:6]) <= 10
