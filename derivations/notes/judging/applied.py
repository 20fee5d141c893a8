"""An unknown function of different things in one claim: 2 f(a) = f(b) + f(c) holds for none of them but constants.

What a function of which nothing is known is applied to is left out where that is a name: L(w) and L are one loss. Where
a claim applies it to other names in the same places, its values are several, and neither a proof nor a point that took
them for one says anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from derivations.atoms import labels_in
from derivations.notes.interpreting.bracketed import applies
from derivations.notes.interpreting.names import Habits, read_name
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["of_different_things"]


def of_different_things(
    sides: Iterable[Node], exprs: Iterable[sp.Expr | None], habits: Habits, is_known: Callable[[str], bool]
) -> str | None:
    """A name that stands for the values of a function at different things.

    exprs: what the sides were read as. is_known: whether a name is defined, or an array.
    """
    known = {label.name for e in exprs if e is not None for label in labels_in(e)}
    lists: dict[tuple[str, int], set[tuple[str, ...]]] = {}
    for key, arguments in (call for side in sides for call in _calls(side, habits)):
        if key in known and not is_known(key):
            lists.setdefault((key, len(arguments)), set()).add(arguments)
    return min((key for (key, _), found in lists.items() if len(found) > 1), default=None)


def _calls(side: Node, habits: Habits) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The functions of a side, each with the names of what it is applied to."""
    for part in (n for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in zip(part.factors, part.factors[1:], strict=False):
            name, group = left.body, right.body
            is_call = isinstance(name, ast.Symbol) and not right.operator and not right.sign and applies(name, group)
            if is_call and isinstance(name, ast.Symbol) and isinstance(group, ast.Group) and group.body is not None:
                items = group.body.items if isinstance(group.body, ast.Listing) else (group.body,)
                texts = tuple(_text(item, habits) for item in items if item is not None)
                yield read_name(name, habits).key, texts


def _text(item: Node, habits: Habits) -> str:
    """A name without its indices, which tell samples apart; else what is written."""
    return read_name(item, habits).key if isinstance(item, ast.Symbol) else render(item)
