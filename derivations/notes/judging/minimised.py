r"""Sides that begin with \min_w: what is minimised is meant, or its least value.

\min_w J(w) = \frac12 (w - 1)^2         says what J is: w stands on the right side, which is no least value
\min_w w^2 - 2 a w = -a^2               the least value: true, and nothing that is decided here
\min_w f(w) = \min_w g(w)               holds where f and g are equal, and may where they aren't
"""

from __future__ import annotations

from derivations.notes.interpreting.fitting import names_loss
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.verdict import Status

__all__ = ["LEAST", "is_least_value", "of_least_value"]

LEAST = "a least value"
_MEANT = "what is minimised is meant, and not its least value"


def of_least_value(left: Node, right: Node, status: Status) -> tuple[Status, str] | None:
    """What is left of a verdict on sides of which one is a least value, and why; None for all other sides."""
    found = [_least_in(side) for side in (left, right)]
    if not any(found):
        return None
    first = [_first(side) for side in (left, right)]
    if any(len(of_side) > 1 or of_side and of_side[0] != begins for of_side, begins in zip(found, first, strict=True)):
        return Status.UNSUPPORTED, LEAST
    if all(found):
        if first[0] == first[1] and status is Status.PROVED:
            return None
        return Status.UNDECIDED, LEAST
    operator, other = (found[0][0], right) if found[0] else (found[1][0], left)
    over = {n.name for n in walk(operator) if isinstance(n, ast.Symbol)}
    if not any(_is_plain(n) and n.name in over for n in walk(other) if isinstance(n, ast.Symbol)):
        return Status.UNDECIDED, LEAST
    return (Status.SUPPORTED, _MEANT) if status is Status.PROVED else None


def is_least_value(name: Node, value: Node) -> bool:
    r"""Whether a name is given a least value, p^* = \min_x f(x); L = \min_w E says what is minimised."""
    least = _least_in(value)
    over = {n.name for operator in least for n in walk(operator) if isinstance(n, ast.Symbol)}
    own = [n for n in walk(name) if isinstance(n, ast.Symbol)]
    is_marked = any(isinstance(mark, ast.Mark) for n in own for mark in n.superscripts)
    is_said = names_loss(name) or any(n.name in over for n in own)
    return bool(least) and (is_marked or not is_said)


def _least_in(side: Node) -> list[ast.BigOperator]:
    return [n for n in walk(side) if isinstance(n, ast.BigOperator) and n.name == "min" and n.lower is not None]


def _is_plain(name: ast.Symbol) -> bool:
    r"""Whether a name is varied, as w and w_i are, and isn't where the least value is: w^*, \hat{w}, w_0."""
    below = all(isinstance(s, ast.Symbol) and len(s.name) == 1 for s in name.subscripts)
    return below and "hat" not in name.decorations and not any(isinstance(s, ast.Mark) for s in name.superscripts)


def _first(side: Node) -> Node | None:
    """What a side begins with, if nothing but brackets is before it."""
    match side:
        case ast.Sum(terms) if not terms[0].sign:
            return _first(terms[0].body)
        case ast.Product(factors) if not factors[0].sign:
            return _first(factors[0].body)
        case ast.Group("(" | "[" | "{", _, body) if body is not None:
            return _first(body)
    return side
