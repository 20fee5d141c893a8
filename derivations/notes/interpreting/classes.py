r"""A label that is the number of the right class: -\log p_y, e^{f_{y_i}}, 1[y_i = k].

Such a letter is an index. With a sample of its own, as in f_{y_i}, it is the class of the one sample at hand, where no
sum runs over the samples. Where one does, what has such an index is a sum over the classes:

    \sum_i -\log p_{i, y_i}      \sum_i \sum_c 1\{y_i = c\} (-\log p_{i c})
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from derivations.notes.interpreting.names import TRANSPOSES, UnsupportedNoteError, binder
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped

__all__ = [
    "NOT_PICKED",
    "Picked",
    "class_letters",
    "classes_of_one_sample",
    "is_of_one_sample",
    "picked_of",
    "with_classes",
]

_LETTERS = ("y", "t")
_FREE = "cqrsuv"  # letters for the class that runs


@dataclass(frozen=True)
class Picked:
    """A label that picks a class for every sample, y_i; index: the letter of its sample; letter: that of a class."""

    label: ast.Symbol | None = None
    index: str = ""
    letter: str = ""


NOT_PICKED = Picked()


def class_letters(sides: list[Node], below: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The letters that are the number of a class and nothing else; below: names with the letters below them."""
    pairs = set(below)
    found = set()
    for letter in _LETTERS:
        names = {name for name, at in pairs if at == letter}
        has_entries = any(name in names and at in ("i", "j", "k", "c") for name, at in pairs)
        uses = [n for n in _symbols(sides) if n.name == letter]
        plain = all(not (n.subscripts or n.superscripts or n.primes or n.decorations) for n in uses)
        if has_entries and plain and _are_numbers(uses, sides):
            found.add(letter)
    return frozenset(found)


def classes_of_one_sample(sides: list[Node]) -> frozenset[ast.Symbol]:
    """The y_i that are the number of a class, in a document that is about one sample, and its x_i and L_i."""
    bound: set[str] = set()
    for node in (n for side in sides for n in walk(side) if isinstance(n, ast.BigOperator)):
        try:
            bound |= set(binder(node)[0])
        except UnsupportedNoteError:
            return frozenset()
    found = set()
    for letter in _LETTERS:
        uses = [n for n in _symbols(sides) if n.name == letter]
        kinds = set(uses)
        index = next(iter(kinds)).subscripts if len(kinds) == 1 else ()
        named = len(index) == 1 and isinstance(index[0], ast.Symbol) and index[0].name not in bound
        if named and any(use in s.subscripts for use in kinds for s in _symbols(sides)) and _are_numbers(uses, sides):
            found |= kinds | _of_one_sample(sides, index[0])
    return frozenset(found)


def _of_one_sample(sides: list[Node], index: Node) -> set[ast.Symbol]:
    """The x_i and L_i of the one sample, where its index stands below such names alone, and they have no other."""
    names: dict[tuple[str, tuple[str, ...]], set[ast.Symbol]] = {}
    for symbol in _symbols(sides):
        names.setdefault((symbol.name, symbol.decorations), set()).add(_without_scripts_above(symbol))
    found = {s for kinds in names.values() for s in kinds if len(kinds) == 1 and s.subscripts == (index,)}
    places = sum(symbol == index for symbol in _symbols(sides))
    below = sum(_without_scripts_above(symbol) in found for symbol in _symbols(sides))
    return found if places == below else set()


def _without_scripts_above(symbol: ast.Symbol) -> ast.Symbol:
    """x_i of x_i^T."""
    is_plain = all(isinstance(s, ast.Symbol) and s.name in TRANSPOSES for s in symbol.superscripts)
    return replace(symbol, superscripts=()) if is_plain else symbol


def is_of_one_sample(symbol: ast.Symbol, classes: frozenset[ast.Symbol]) -> bool:
    """Whether a name is of the one sample at hand, of which the index says nothing."""
    return _without_scripts_above(symbol) in classes


def picked_of(sides: list[Node]) -> Picked:
    """The label that picks entries of other names in a document that sums over the samples."""
    operators = [n for side in sides for n in walk(side) if isinstance(n, ast.BigOperator)]
    try:
        bound = {letter for n in operators for letter in binder(n)[0]}
    except UnsupportedNoteError:
        return NOT_PICKED
    names = {n.name for n in _symbols(sides)}
    letter = next((c for c in _FREE if c not in names), "")
    for name in _LETTERS:
        uses = [n for n in _symbols(sides) if n.name == name]
        kinds = set(uses)
        label = next(iter(kinds)) if len(kinds) == 1 else None
        index = label.subscripts[0] if label is not None and len(label.subscripts) == 1 else None
        if label is None or not isinstance(index, ast.Symbol) or index.name not in bound or not letter:
            continue
        below = any(label in walk(n.lower) for n in operators if n.lower is not None)
        if not below and any(label in _places(s) for s in _symbols(sides)) and _are_numbers(uses, sides):
            return Picked(label, index.name, letter)
    return NOT_PICKED


def with_classes(node: Node, picked: Picked) -> Node:
    """A side with the sum over the classes where something is picked by a label, each term by itself."""
    if picked.label is None or not any(picked.label in _places(s) for s in _symbols([node])):
        return node
    match node:
        case ast.Sum(terms):
            return replace(node, terms=tuple(replace(t, body=with_classes(t.body, picked)) for t in terms))
        case ast.Product(factors):
            sums = [
                at for at, f in enumerate(factors) if isinstance(f.body, ast.BigOperator) and _binds(f.body, picked)
            ]
            if sums:
                rest = factors[sums[-1] + 1 :]
                inner = rest[0].body if len(rest) == 1 and not rest[0].sign else ast.Product(rest)
                return replace(node, factors=(*factors[: sums[-1] + 1], *_over_classes(inner, picked)))
    if any(isinstance(n, ast.BigOperator) and _binds(n, picked) for n in walk(node)):
        if not isinstance(node, ast.Product | ast.Group):
            return node
        found = {f.name: _inside(getattr(node, f.name), picked) for f in fields(node) if f.name in ("factors", "body")}
        return replace(node, **found)
    return ast.Product(_over_classes(node, picked))


def _inside(value: Any, picked: Picked) -> Any:
    if isinstance(value, tuple):
        return tuple(replace(f, body=with_classes(f.body, picked)) for f in value)
    return value if value is None else with_classes(value, picked)


def _over_classes(node: Node, picked: Picked) -> tuple[ast.Factor, ...]:
    r"""\sum_c 1\{y_i = c\} and the node at c."""
    label, letter = picked.label, ast.Symbol(picked.letter)
    assert label is not None
    condition = ast.Group(r"\{", r"\}", ast.Chain((label, letter), (ast.Relation("="),)))
    inner = _at_class(node, label, letter)
    if isinstance(inner, ast.Product | ast.Sum):
        inner = ast.Group("(", ")", inner)
    parts = (ast.BigOperator("sum", letter), ast.Number("1"), condition, inner)
    return tuple(ast.Factor("", "", part) for part in parts)


def _at_class(node: Node, label: ast.Symbol, letter: ast.Symbol) -> Node:
    """The node with the class in place of the label that picks it."""

    def at(part: Node) -> Node:
        if not isinstance(part, ast.Symbol):
            return part
        return replace(part, subscripts=tuple(_place(p, label, letter) for p in part.subscripts))

    found: Node = mapped(node, at)
    return found


def _place(script: Node, label: ast.Symbol, letter: ast.Symbol) -> Node:
    match script:
        case ast.Listing(items):
            return replace(script, items=tuple(letter if item == label else item for item in items))
        case ast.Product(factors):
            return replace(script, factors=tuple(replace(f, body=letter) if f.body == label else f for f in factors))
    return letter if script == label else script


def _places(symbol: ast.Symbol) -> set[Node | None]:
    """What stands at a place of an index."""
    found: set[Node | None] = set()
    for script in symbol.subscripts:
        found |= {script, *(script.items if isinstance(script, ast.Listing) else ())}
        found |= {f.body for f in script.factors} if isinstance(script, ast.Product) else set()
    return found


def _binds(operator: ast.BigOperator, picked: Picked) -> bool:
    try:
        return picked.index in binder(operator)[0]
    except UnsupportedNoteError:
        return False


def _are_numbers(uses: list[ast.Symbol], sides: list[Node]) -> bool:
    """Whether a name stands below others, in equations between places (i = y) and as a side, and nowhere else."""
    inside = {id(side) for side in sides}
    for node in (n for side in sides for n in walk(side)):
        match node:
            case ast.Chain(members):
                inside |= {id(m) for m in members}
            case ast.Listing(items):
                inside |= {id(m) for m in items}
            case ast.Symbol():
                inside |= {id(p) for p in node.subscripts}
                inside |= {id(m) for p in node.subscripts if isinstance(p, ast.Product) for m in walk(p)}
    return all(id(use) in inside for use in uses)


def _symbols(sides: list[Node]) -> Iterator[ast.Symbol]:
    yield from (n for side in sides for n in walk(side) if isinstance(n, ast.Symbol))
