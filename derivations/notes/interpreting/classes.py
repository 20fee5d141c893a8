r"""A label that is the number of the right class: -\log p_y, e^{f_{y_i}}, 1[y_i = k].

Such a letter is an index. With a sample of its own, as in f_{y_i}, it is the class of the one sample at hand, where no
sum runs over the samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from derivations.notes.interpreting.names import UnsupportedNoteError, binder
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["class_letters", "classes_of_one_sample"]

_LETTERS = ("y", "t")


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
    """The y_i that are the number of a class, in a document that is about one sample."""
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
            found |= kinds
    return frozenset(found)


def _are_numbers(uses: list[ast.Symbol], sides: list[Node]) -> bool:
    """Whether a name stands below others, in equations between places (i = y) and as a side, and nowhere else."""
    inside = {id(side) for side in sides}
    for node in (n for side in sides for n in walk(side)):
        match node:
            case ast.Chain(members):
                inside |= {id(m) for m in members}
            case ast.Symbol():
                inside |= {id(p) for p in node.subscripts}
                inside |= {id(m) for p in node.subscripts if isinstance(p, ast.Product) for m in walk(p)}
    return all(id(use) in inside for use in uses)


def _symbols(sides: list[Node]) -> Iterator[ast.Symbol]:
    yield from (n for side in sides for n in walk(side) if isinstance(n, ast.Symbol))
