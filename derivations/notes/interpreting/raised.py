r"""Scripts that a document writes in a way of its own, brought to the usual one.

    z^1 = W^1 x + b^1, a^2      z^{(1)}, …, a^{(2)}: layers, where names of a layer have a raised 1, which is no power,
                                or where a name has all its other layers in brackets
    \theta^t x, W^t \delta      \theta^T x, where t is nothing but raised in the document

What is a layer or a transpose is decided once for a document, by all that it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derivations.notes.interpreting.names import LAYERED
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["NO_RAISED", "Raised", "raised_in", "unraised"]

_SMALL_T = ast.Symbol("t")
_LEAST = 2  # names of a layer with a raised 1


@dataclass(frozen=True)
class Raised:
    """layers: names of which a raised numeral is a layer; bracket: as this; t: whether t is a transpose."""

    layers: frozenset[str] = frozenset()
    bracket: str = "("
    t: bool = False

    def __bool__(self) -> bool:
        return bool(self.layers) or self.t


NO_RAISED = Raised()


def raised_in(sides: Iterable[Node]) -> Raised:
    """What the sides of a document raise."""
    nodes = [node for side in sides for node in walk(side)]
    symbols = [node for node in nodes if isinstance(node, ast.Symbol)]
    layers, bracket = _layers(symbols)
    return Raised(layers, bracket, _is_only_raised(nodes, symbols))


def unraised(node: Node, used: Raised) -> Node:
    """A name or a bracket in the usual way of writing; any other node as it is."""
    if isinstance(node, ast.Symbol) and node.name in used.layers:
        node = replace(node, superscripts=tuple(_as_layer(s, used.bracket) for s in node.superscripts))
    if used.t and isinstance(node, ast.Symbol | ast.Scripted) and _SMALL_T in node.superscripts:
        raised = tuple(ast.Symbol("T", span=s.span) if s == _SMALL_T else s for s in node.superscripts)
        node = replace(node, superscripts=raised)
    return node


def _layers(symbols: Sequence[ast.Symbol]) -> tuple[frozenset[str], str]:
    """The names of which a raised numeral is a layer, and the bracket in which layers stand elsewhere."""
    of_layers = [s for s in symbols if s.name in LAYERED]
    numerals = {s.name for s in of_layers if any(_numeral(r) == "1" for r in s.superscripts)}
    if len(numerals) >= _LEAST:
        return LAYERED, "[" if any(_bracket(r) == "[" for s in of_layers for r in s.superscripts) else "("
    bare = {s.name for s in of_layers if not s.superscripts}
    brackets = {s.name: kind for s in of_layers for r in s.superscripts if (kind := _bracket(r))}
    return frozenset(brackets.keys() - bare), min(brackets.values(), default="(")


def _numeral(node: Node) -> str:
    """The digit of 2, and of 2 T."""
    if isinstance(node, ast.Product) and len(node.factors) == 2 and not node.factors[1].operator:
        first, second = (f.body for f in node.factors)
        return _numeral(first) if isinstance(second, ast.Symbol) and second.name in ("T", r"\top", "t") else ""
    return node.text if isinstance(node, ast.Number) and len(node.text) == 1 else ""


def _bracket(node: Node) -> str:
    """The bracket of a layer in brackets: ( of ^{(2)}."""
    if isinstance(node, ast.Product):
        return _bracket(node.factors[0].body)
    is_layer = isinstance(node, ast.Group) and node.opening in "([" and node.body is not None
    return node.opening if is_layer and isinstance(node, ast.Group) and _numeral(node.body or node) else ""


def _as_layer(node: Node, bracket: str) -> Node:
    if not _numeral(node):
        return node
    if isinstance(node, ast.Product):
        first = replace(node.factors[0], body=_as_layer(node.factors[0].body, bracket))
        return replace(node, factors=(first, *node.factors[1:]))
    return ast.Group(bracket, ")" if bracket == "(" else "]", node, span=node.span)


def _is_only_raised(nodes: Sequence[object], symbols: Sequence[ast.Symbol]) -> bool:
    """Whether t is nothing but a superscript, and that of no e."""
    raised = [
        script
        for node in nodes
        if isinstance(node, ast.Symbol | ast.Scripted) and not (isinstance(node, ast.Symbol) and node.name == "e")
        for script in node.superscripts
        if script == _SMALL_T
    ]
    return bool(raised) and sum(s.name == "t" for s in symbols) == len(raised)
