"""Walks that make or compare formulas: changed part by part, joined to one, held against each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from typing import Any

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import HOLDERS, Node, children

__all__ = ["differing", "joined", "mapped", "rebuilt"]

Part = Node | ast.Factor | ast.Term | ast.Relation

_STEPPED = (
    ast.Scripted,
    ast.Fraction,
    ast.Sum,
    ast.Product,
    ast.Matrix,
    ast.Listing,
    ast.Symbol,
    ast.BigOperator,
    ast.Text,
)
_MOST_DEEP = 80


def mapped(node: Any, step: Callable[[Node], Node], depth: int = 0) -> Any:
    """The node with every node in it of the kinds of `_STEPPED` passed through `step`, inside out."""
    if depth > _MOST_DEEP:
        return node
    found = rebuilt(node, lambda part: mapped(part, step, depth + 1))
    return step(found) if isinstance(found, _STEPPED) else found


def rebuilt(node: Any, change: Callable[[Any], Any]) -> Any:
    """The node with every node directly under it changed; the very node where none is."""
    if not children(node):
        return node
    changes: dict[str, Any] = {}
    for name in HOLDERS[type(node)]:
        value = getattr(node, name)
        new = _changed(value, change)
        if new is not value:
            changes[name] = new
    return replace(node, **changes) if changes else node


def _changed(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, ast._Node):
        return change(value)
    if not isinstance(value, tuple):
        return value
    parts = tuple(_changed(part, change) for part in value)
    return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts


def joined(values: Sequence[Any], join: Callable[[Sequence[Any]], Any]) -> Any:
    """One node, or tuple, of the kind of all of them, each part of it what `join` makes of theirs.

    None where they are of different kinds, or a part of them can't be joined.
    """
    first = values[0]
    if any(type(value) is not type(first) for value in values):
        return None
    if isinstance(first, tuple):
        if any(len(value) != len(first) for value in values):
            return None
        parts = tuple(join(own) for own in zip(*values, strict=True))
        return None if any(part is None and one is not None for part, one in zip(parts, first, strict=True)) else parts
    if not isinstance(first, ast._Node):
        return None
    changes: dict[str, Any] = {}
    for item in fields(first):
        own = [getattr(value, item.name) for value in values]
        if item.name == "span" or all(value is None for value in own):
            continue
        changes[item.name] = join(own)
        if changes[item.name] is None:
            return None
    return replace(first, **changes)


def differing(one: Part, other: Part) -> list[tuple[Node, Node]] | None:
    """The places at which two formulas differ; None where it is a sign or an operator that differs."""
    if one == other:
        return []
    if type(one) is type(other) and _own(one) == _own(other) and len(children(one)) == len(children(other)):
        found = [differing(a, b) for a, b in zip(children(one), children(other), strict=True)]
        if all(pairs is not None for pairs in found):
            return [pair for pairs in found if pairs is not None for pair in pairs]
    if isinstance(one, ast.Factor | ast.Term | ast.Relation) or isinstance(other, ast.Factor | ast.Term | ast.Relation):
        return None
    return [(one, other)]


def _own(node: Part) -> tuple[object, ...]:
    """What a node has beside what is under it: its name, its sign."""
    values = (getattr(node, f.name) for f in fields(node) if f.compare)
    return tuple(v for v in values if isinstance(v, str | int) or _is_of_text(v))


def _is_of_text(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, str) for item in value)
