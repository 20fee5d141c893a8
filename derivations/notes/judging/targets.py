r"""What a loss compares a prediction with: y of \frac1n \sum_i (h(x_i) - y_i)^2 and of -y \log a.

A page may say of a line that y = mx + c before its losses have labels y: these are data, whatever the line is.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from derivations.notes.interpreting.signature import LABELS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["targets_in"]

_NORMS = ("|", r"\|")
_LOGARITHMS = frozenset(("log", "ln", r"\log", r"\ln"))


def targets_in(loss: Node) -> Iterator[tuple[ast.Symbol, Node]]:
    """The labels in a loss, each with what stands against it: y and h(x) of (h(x) - y)^2, y and a of y log a."""
    for node in walk(loss):
        match node:
            case ast.Scripted(ast.Group(_, _, ast.Sum() as inner), _, (ast.Number("2"),)):
                yield from _differences(inner)
            case ast.Group(opening, _, ast.Sum() as inner) if opening in _NORMS:
                yield from _differences(inner)
            case ast.Product(factors):
                yield from _of_logarithms(factors)
                yield from _of_squares(factors)


def _differences(inner: ast.Sum) -> Iterator[tuple[ast.Symbol, Node]]:
    """y and what it is subtracted from, or what is subtracted from it."""
    for term in inner.terms:
        others = tuple(other for other in inner.terms if other is not term)
        if isinstance(term.body, ast.Symbol) and term.body.name in LABELS and not term.body.decorations and others:
            signs = {other.sign or "+" for other in others}
            if (term.sign or "+") not in signs:
                yield term.body, ast.Sum(others)


def _of_logarithms(factors: tuple[ast.Factor, ...]) -> Iterator[tuple[ast.Symbol, Node]]:
    for first, second, third in zip(factors, factors[1:], factors[2:], strict=False):
        label = first.body
        is_log = isinstance(second.body, ast.Function | ast.Symbol) and second.body.name in _LOGARITHMS
        if isinstance(label, ast.Symbol) and label.name in LABELS and not label.decorations and is_log:
            yield label, third.body


def _of_squares(factors: tuple[ast.Factor, ...]) -> Iterator[tuple[ast.Symbol, Node]]:
    """Of (y - Xw)^T (y - Xw)."""
    for first, second in pairwise(factors):
        base = first.body.base if isinstance(first.body, ast.Scripted) and first.body.superscripts else None
        if isinstance(base, ast.Group) and isinstance(base.body, ast.Sum) and render(base) == render(second.body):
            yield from _differences(base.body)
