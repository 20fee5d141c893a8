r"""Layers of a network: what is said of layer l holds for every layer that the document names.

    z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j      at L:  z^L_j = \sum_k w^L_{jk} a^{L-1}_k + b^L_j

A definition at l is a template; it is written out at each other layer at which the document has a name, unless the
document says itself what the name is there. A network feeds forward: a name of a layer that has no definition left
(a^{l-2}) is an input.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import layer_of, layer_of_node
from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import rebuilt
from derivations.notes.parsing.parser import Document

__all__ = ["Layer", "at_layer", "before_the_last", "is_general", "layers_named", "own_layer"]

Layer = tuple[str, int]  # a letter and what is added to it
_MOST = 8


def layers_named(document: Document, signature: Signature) -> tuple[tuple[Layer, ...], dict[str, set[Layer]]]:
    """(the layers at which the document has names, for every letter the layers at which it says what it is)."""
    used: dict[Layer, None] = {}
    defined: dict[str, set[Layer]] = {}
    for symbol in _symbols(m for f in document.formulas for c in f.chains for m in c.members if m is not None):
        layer = layer_of(symbol)
        if layer is not None and layer[0] in signature.habits.layers:
            used[layer] = None
    for step in document.steps:
        names = step.left is not None and step.left.node is not None and head_of(step.left.node, signature) is not None
        for side in (step.left, None if names else step.right):  # \hat y = a^L says what \hat y is
            node = None if side is None else side.node
            layer = None if node is None or head_of(node, signature) is None else own_layer(node)
            if layer is not None and isinstance(node, ast.Symbol):
                defined.setdefault(node.name, set()).add(layer)
    ahead = max((offset for letter, offset in used if letter != "L"), default=0)
    if ahead > 0 and ("L", 0) in used:
        used["L", -ahead] = None  # what is said of l and l + 1 holds of L - 1 and L
    return tuple(used)[:_MOST], defined


def is_general(node: Node, right: Node, signature: Signature) -> bool:
    """Whether what is said of a layer holds at all others: of l, and of the last one, L, only what it is named for."""
    layer = own_layer(node)
    if layer is None or layer[1] or layer[0] not in signature.habits.layers:
        return False
    return layer[0] != "L" or len(signature.habits.layers) == 1 or subject_of(right) is not None


def before_the_last(left: Node, right: Node, named: Sequence[Layer]) -> tuple[Node, Node] | None:
    """What is said of layers l and l + 1, of the last ones; None where no such thing is said, or none is named last."""
    layers = {layer for symbol in _symbols((left, right)) if (layer := layer_of(symbol)) is not None}
    letters = {letter for letter, _ in layers}
    most = max((offset for _, offset in layers), default=0)
    if len(letters) != 1 or "L" in letters or most < 1 or ("L", -most) not in named:
        return None
    letter = letters.pop()
    return at_layer(left, letter, ("L", -most)), at_layer(right, letter, ("L", -most))


def own_layer(node: Node) -> Layer | None:
    """The layer of a name."""
    return layer_of(node) if isinstance(node, ast.Symbol) else None


def at_layer(node: Any, letter: str, layer: Layer) -> Any:
    """The formula with another layer in place of the letter of its own: l - 1 becomes L - 1."""
    match node:
        case ast.Symbol() if layer_of(node) is not None:
            return replace(node, superscripts=(_moved(node.superscripts[0], letter, layer), *node.superscripts[1:]))
        case ast.Symbol():
            return node
        case ast.BigOperator(upper=ast.Symbol() as upper):  # the units of a layer: n_l
            below, above = (
                tuple(_moved(s, letter, layer) for s in scripts) for scripts in (upper.subscripts, upper.superscripts)
            )
            return replace(node, upper=replace(upper, subscripts=below, superscripts=above))
    return rebuilt(node, lambda part: at_layer(part, letter, layer))


def _moved(script: Node, letter: str, layer: Layer) -> Node:
    """A script of a layer at another layer; any other as it is."""
    found = layer_of_node(script)
    return _written(layer[0], layer[1] + found[1]) if found is not None and found[0] == letter else script


def _written(letter: str, offset: int) -> Node:
    if not offset:
        return ast.Symbol(letter)
    number = ast.Number(str(abs(offset)))
    return ast.Sum((ast.Term("", ast.Symbol(letter)), ast.Term("+" if offset > 0 else "-", number)))


def _symbols(sides: Iterable[Node]) -> Iterator[ast.Symbol]:
    return (n for side in sides for n in walk(side) if isinstance(n, ast.Symbol))
