r"""Probabilities of an event with a value, as names: P(y = k \mid x), p(x \mid y = 1), p(x, y = 1).

    P(y = k \mid x), P(y = k)    one quantity for each k, unless the document has both: then Bayes' two
    p(x \mid y = k)              another one for each k, and no name is shared with p(y = k)
    p(x, y = k), p(y = k, x)     the joint probability, a third

What is given behind the bar, x and parameters, tells no names apart: it is the sample that a name is of.
"""

from __future__ import annotations

from collections.abc import Iterable

from derivations.notes.interpreting.names import Habits, read_name
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["event_key", "priors_in"]

_GIVEN = " | ·"


def event_key(key: str, event: str, body: Node, habits: Habits, priors: frozenset[str]) -> str:
    """The name of a probability. event: as it is to be called, y = 1 or y=·. body: what stands in the bracket."""
    if not isinstance(body, ast.Listing):
        return f"{key}({event})"
    before, behind = _around_bar(body)
    others = sorted(_called(item, habits) for item in before if not isinstance(item, ast.Chain))
    if any(isinstance(item, ast.Chain) for item in before):
        is_posterior = bool(behind) and not others and key in priors
        return f"{key}({', '.join([*others, event])}{_GIVEN if is_posterior else ''})"
    return f"{key}({', '.join(others)} | {event})" if others else f"{key}({event})"


def priors_in(sides: Iterable[Node], habits: Habits) -> frozenset[str]:
    """The functions of which a document writes both p(y = k) and p(y = k | x)."""
    alone: set[str] = set()
    given: set[str] = set()
    for product in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        for name, bracket in zip(product.factors, product.factors[1:], strict=False):
            group = bracket.body.base if isinstance(bracket.body, ast.Scripted) else bracket.body
            if not isinstance(name.body, ast.Symbol) or not isinstance(group, ast.Group) or bracket.operator:
                continue
            if isinstance(group.body, ast.Chain):
                alone.add(read_name(name.body, habits).key)
            elif isinstance(group.body, ast.Listing) and isinstance(group.body.items[0], ast.Chain):
                if group.body.separators[0] == "|":
                    given.add(read_name(name.body, habits).key)
    return frozenset(alone & given)


def _around_bar(body: ast.Listing) -> tuple[list[Node], list[Node]]:
    """What stands before the bar, and behind it; parameters behind a semicolon are neither."""
    parts: tuple[list[Node], list[Node]] = ([], [])
    part = 0
    for item, separator in zip(body.items, ("", *body.separators), strict=True):
        if separator == ";":
            break
        part = 1 if separator == "|" else part
        if item is not None:
            parts[part].append(item)
    return parts


def _called(item: Node, habits: Habits) -> str:
    return read_name(item, habits).key if isinstance(item, ast.Symbol) else render(item)
