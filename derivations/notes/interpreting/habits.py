"""How a document writes, found before any name is read: which letters are indices, and which names have layers."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from derivations.notes.interpreting.classes import class_letters
from derivations.notes.interpreting.entries import entries_of_vectors, numbered_layers
from derivations.notes.interpreting.names import (
    LAYERED,
    NAMES_BOUND,
    Habits,
    UnsupportedNoteError,
    accented,
    binder,
    layer_of,
    read_name,
    unit_of,
)
from derivations.notes.interpreting.signature import LABELS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["habits_of"]


def habits_of(sides: list[Node]) -> Habits:
    """A first look: letters that sums bind, and names with letters among their indices."""
    raised = {"i", "j"}
    from_zero: set[str] = set()
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.BigOperator) and node.name == "sum":
                try:
                    bound, begin, *_ = binder(node)
                except UnsupportedNoteError:
                    continue
                (from_zero if isinstance(begin, ast.Number) and begin.text == "0" else raised).update(bound)
    symbols = [n for side in sides for n in walk(side) if isinstance(n, ast.Symbol)]
    of_labels = {s.name for n in symbols if n.name in LABELS for s in n.superscripts if isinstance(s, ast.Symbol)}
    raised |= _raised_samples(symbols)
    raised -= from_zero - of_labels  # Σ_{j=0} w_j x^j is a polynomial: these are powers
    layered = {(layer[0], n.name) for n in symbols if (layer := layer_of(n)) is not None and layer[0] not in raised}
    usual = {(letter, name) for letter, name in layered if name in LAYERED}
    layers = frozenset(c for c, _ in usual if len({name for letter, name in usual if letter == c}) > 1)
    last, inner = ({n for c, n in layered if (c == "L") is own} for own in (True, False))
    layers |= {"L"} if layers and (len(last) > 1 or last & inner) else set()
    labels = frozenset(unit_of(n) for s in symbols if len(s.name) > 1 and s.name.isalpha() for n in s.subscripts)
    bound_names = frozenset(raised & NAMES_BOUND) | _odd_indices(sides, symbols)
    plain = Habits(frozenset(raised), layers=layers, bound=bound_names, labels=labels - {""})
    lettered = Counter[tuple[str, bool]]()
    numbered = Counter[tuple[str, bool]]()
    for side in sides:
        written_out = any(isinstance(node, ast.Matrix) for node in walk(side))
        names = ast.symbols(side)
        for node in dict.fromkeys(names) if written_out else names:  # a matrix has many entries, each of them often
            try:
                own = frozenset([(accented(node), True), (accented(node), False)])
                ref = read_name(node, replace(plain, indexed=own))
            except UnsupportedNoteError:
                continue
            for lower, indices in ((True, ref.below), (False, ref.above)):
                if any(i.letter is not None for i in indices):
                    lettered[accented(node), lower] += 1
                elif indices:
                    numbered[accented(node), lower] += 1
    indexed = frozenset(key for key, count in lettered.items() if numbered[key] <= 4 * count)
    numbers = {(name, True) for name in numbered_layers(sides)}
    return replace(plain, indexed=(indexed | entries_of_vectors(symbols)) - numbers)


def _raised_samples(symbols: list[ast.Symbol]) -> set[str]:
    r"""The n of y^n, \hat{y}^n and x_i^n, where it is raised on a label and on others, and stands nowhere else."""
    owners = {
        accented(s) for s in symbols if ast.Symbol("n") in s.superscripts and s.name in LABELS | {"x", "C", "z", "a"}
    }
    scripts = [part for s in symbols for part in s.superscripts]
    is_index = len(owners) > 2 and owners & LABELS and symbols.count(ast.Symbol("n")) == scripts.count(ast.Symbol("n"))
    return {"n"} if is_index else set()


def _odd_indices(sides: list[Node], symbols: list[ast.Symbol]) -> frozenset[str]:
    """Letters that usually name something and are indices here: the z of k ≠ z, the b of z_a, z_b and z_c."""
    found: set[str] = set()
    for node in (n for side in sides for n in walk(side)):
        match node:
            case ast.Chain((ast.Symbol(k, (), (), ()), ast.Symbol(z, (), (), ())), (ast.Relation(r"\ne"),)):
                found |= {k, z}
    below = {(s.name, p.name) for s in symbols for p in s.subscripts if isinstance(p, ast.Symbol) and not p.subscripts}
    in_a_row = any({(name, "a"), (name, "c")} <= below for name, letter in below if letter == "b")
    return frozenset(found & set("zwbefgh")) | frozenset("b" * in_a_row) | class_letters(sides, below)
