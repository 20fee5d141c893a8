r"""Shapes that a document states of its names.

    X \in \mathbb{R}^{n \times d},  w \in \mathbb{R}^d        X: (n, d),  w: (d,)
    "$y$ is an $n \times 1$ vector"                           y: (n,)

Only names without an index are taken: x_i \in \mathbb{R}^d says what a row of x is, which the indices say already.
Sizes are kept as they are written. A row (1 \times d) is left out: nothing here tells it from a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, read_name
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Document
from derivations.notes.parsing.render import render

__all__ = ["declared_sizes"]

_IS = re.compile(r"\$\s*(?:,|:|is|are|be|denotes?)?\s*(?:(?:is|be)\s+)?(?:an?\s+|the\s+)?$")


def declared_sizes(document: Document, habits: Habits) -> dict[str, tuple[str, ...]]:
    """The sizes of the axes of each name, as written; a name that is given two shapes has none."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for node, sizes in (*_memberships(document), *_sentences(document)):
        try:
            ref = read_name(node, habits)
        except UnsupportedNoteError:
            continue
        if not ref.indices and not ref.transposed and sizes is not None:
            found.setdefault(ref.key, set()).add(sizes)
    return {key: min(all_sizes) for key, all_sizes in found.items() if len(all_sizes) == 1}


def _memberships(document: Document) -> Iterator[tuple[ast.Symbol, tuple[str, ...] | None]]:
    r"""X \in \mathbb{R}^{n \times d}; u, v \in \mathbb{R}^d."""
    for chain in (c for f in document.formulas for c in f.chains):
        if [r.sign for r in chain.relations] == [r"\in"]:
            names, space = chain.members
            listed = names.items if isinstance(names, ast.Listing) else (names,)
            for name in listed:
                if isinstance(name, ast.Symbol) and _is_space(space):
                    assert isinstance(space, ast.Symbol)
                    yield name, _sizes(space.superscripts[0]) if space.superscripts else ()


def _sentences(document: Document) -> Iterator[tuple[ast.Symbol, tuple[str, ...] | None]]:
    r"""$X$ is an $n \times d$ matrix."""
    for first, second in zip(document.formulas, document.formulas[1:], strict=False):
        if len(first.chains) != 1 or len(second.chains) != 1 or first.chains[0].relations or second.chains[0].relations:
            continue
        name, shape = first.chains[0].members[0], second.chains[0].members[0]
        is_shape = isinstance(shape, ast.Product) and any(f.operator == r"\times" for f in shape.factors)
        if isinstance(name, ast.Symbol) and shape is not None and is_shape and _IS.search(second.context.before):
            yield name, _sizes(shape)


def _is_space(node: Node | None) -> bool:
    return (
        isinstance(node, ast.Symbol)
        and node.name == "R"
        and bool({"mathbb", "mathbf", "mathcal"} & set(node.decorations))
        and len(node.superscripts) <= 1
        and not node.subscripts
    )


def _sizes(node: Node) -> tuple[str, ...] | None:
    r"""The sizes of n \times d, without that of a column; None for a row, and for what isn't understood."""
    parts: list[Node] = [node]
    if isinstance(node, ast.Product) and any(f.operator == r"\times" for f in node.factors):
        if any(f.operator != r"\times" for f in node.factors[1:]) or len(node.factors) > 2:
            return None
        parts = [f.body for f in node.factors]
    texts = [_text(part) for part in parts]
    if any(not text for text in texts) or texts[0] == "1":
        return None
    return tuple(texts[:1] if texts[1:] == ["1"] else texts)


def _text(node: Node) -> str:
    """A size as `Namer.size_symbol` reads it: n, 3, m + 1, d_{in}."""
    match node:
        case ast.Symbol(_, _, _, (), 0) | ast.Number():
            return render(node)
        case ast.Group("(" | "{", _, body) if body is not None:
            return _text(body)
        case ast.Sum((ast.Term("", first), ast.Term("+" | "-" as sign, ast.Number(number)))):
            return f"{_text(first)} {sign} {number}" if _text(first) else ""
    return ""
