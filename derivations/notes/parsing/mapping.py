"""Formulas changed part by part, from the inside out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["mapped"]

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


def mapped(node: Any, step: Callable[[Node], Node], depth: int = 0) -> Any:
    """The node with every node in it of the kinds of `_STEPPED` passed through `step`, inside out."""
    if depth > 80:
        return node
    changes: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, ast._Node):
            new = mapped(value, step, depth + 1)
            if new is not value:
                changes[item.name] = new
        elif isinstance(value, tuple) and any(isinstance(v, ast._Node | tuple) for v in value):
            parts = tuple(_mapped_part(v, step, depth + 1) for v in value)
            if any(a is not b for a, b in zip(parts, value, strict=True)):
                changes[item.name] = parts
    found = replace(node, **changes) if changes else node
    return step(found) if isinstance(found, _STEPPED) else found


def _mapped_part(value: Any, step: Callable[[Node], Node], depth: int) -> Any:
    if isinstance(value, ast._Node):
        return mapped(value, step, depth)
    if isinstance(value, tuple):
        parts = tuple(_mapped_part(v, step, depth) for v in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return value
