r"""Gradients in their usual form.

\partial_w L    ∇_w L
\nabla_a C      ∇_{a^L} C, where a stands nowhere else without a layer, and in the last one somewhere
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["last_layers", "with_gradients"]


def last_layers(sides: Iterable[Node]) -> dict[ast.Symbol, ast.Symbol]:
    r"""The names below a \nabla that only have values in layers, each with its name in the last: a^L for a."""
    nodes = [n for side in sides for n in walk(side)]
    subjects = [s for n in nodes if isinstance(n, ast.Nabla) for s in n.subscripts if isinstance(s, ast.Symbol)]
    found = {}
    for subject in (s for s in subjects if not s.superscripts and not s.subscripts and not s.primes):
        same = [n for n in nodes if isinstance(n, ast.Symbol) and n.name == subject.name]
        bare = sum(not n.superscripts for n in same)
        last = next((n for n in same if len(n.superscripts) == 1 and _is_last(n.superscripts[0])), None)
        if last is not None and bare == sum(s.name == subject.name and not s.superscripts for s in subjects):
            found[subject] = replace(last, subscripts=())
    return found


def _is_last(script: Node) -> bool:
    """Whether a script is L, (L) or [L]."""
    return script.body == ast.Symbol("L") if isinstance(script, ast.Group) else script == ast.Symbol("L")


def with_gradients(node: Node, lasts: Mapping[ast.Symbol, Node]) -> Node:
    r"""A product with ∇_w L for \partial_w L, also of second order, and ∇_{a^L} C for ∇_a C."""
    if not isinstance(node, ast.Product) or not any(isinstance(f.body, ast.Partial | ast.Nabla) for f in node.factors):
        return node
    factors = []
    for factor in node.factors:
        body = factor.body
        match body:
            case ast.Partial((_,), () | (ast.Number("2"),)) as partial:
                body = ast.Nabla(partial.subscripts, partial.superscripts, span=partial.span)
        match body:
            case ast.Nabla((ast.Symbol() as subject,)) if subject in lasts:
                body = replace(body, subscripts=(lasts[subject],))
        factors.append(replace(factor, body=body))
    return replace(node, factors=tuple(factors))
