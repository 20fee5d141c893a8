r"""Sums that are cross-entropies over classes: -\sum_i y_i \log p_i, where words speak of classes.

Nothing but its body tells such a sum from one over samples: a label with two values stands beside 1 - y_i there. It is
one over classes where the whole of what it sums is a label times the logarithm of a probability, both with its index
alone, no label of the document is taken from 1, and the words name a softmax, classes or one-hot labels. This is only
notation and decides no equation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, binder, read_name
from derivations.notes.interpreting.signature import LABELS, Slot, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["slots_of_entropies"]

_OF_CLASSES = re.compile(
    r"soft-?max|one[- ]?hot|categorical|\bclass(es)?\b|\bKlassen?\b|\bclases?\b|\bclasses\b|\bclassi\b|класс|lớp|klas"
    r"|类别|类|類|クラス|独热|ワンホット|클래스|원-?핫",
    re.I,
)
_CHANCES = frozenset("pqasohfSPQ") | LABELS | {r"\pi", r"\sigma"}


def slots_of_entropies(sides: Sequence[Node], habits: Habits, words: str) -> Iterator[Slot]:
    """The slots of labels and probabilities that run over the classes of a cross-entropy."""
    if not _OF_CLASSES.search(words) or any(_is_complement(n) for side in sides for n in walk(side)):
        return
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.Product):
                yield from _slots(node, habits)


def _is_complement(node: object) -> bool:
    """1 - y of a label."""
    match node:
        case ast.Sum((ast.Term("", ast.Number("1")), ast.Term("-", ast.Symbol(name)))):
            return name in LABELS
    return False


def _slots(node: ast.Product, habits: Habits) -> Iterator[Slot]:
    match [factor.body for factor in node.factors]:
        case [ast.BigOperator("sum") as total, ast.Symbol() as label, ast.Function("log" | "ln"), inside]:
            chance = inside.body if isinstance(inside, ast.Group) else inside
        case _:
            return
    if not isinstance(chance, ast.Symbol):
        return
    try:
        letters = binder(total)[0]
        names = [read_name(symbol, habits) for symbol in (label, chance)]
    except UnsupportedNoteError:
        return
    bound = [[index.letter for index in name.indices] == list(letters) and len(letters) == 1 for name in names]
    known = base_letter(names[0].key) in LABELS and base_letter(names[1].key) in _CHANCES
    if all(bound) and known:
        for name in names:
            yield name.key + "!" * name.bold, bool(name.above), 1, 0
