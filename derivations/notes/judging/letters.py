r"""The letters of indices as a document writes them: free beside its sums, bound by them, left out in silence.

    ∂C/∂w_j = \frac1n \sum_i (a_i - y_i) x_{ij}     j is free, i is bound
    ∂C/∂b = a_i - y_i                               i is free on the right side only: it may be summed in silence

Who writes the sum over an index wherever it is meant leaves it out nowhere: two formulas that bind the letter, and no
step in which it stands on the right side only, are a habit by which a third is held.
"""

from __future__ import annotations

import contextlib
import itertools
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from derivations.notes.interpreting.arrays import DIAGONALS
from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, binder, read_name
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Side

__all__ = ["SumsWritten", "letters_outside", "letters_summed"]

HABIT = 2  # formulas that write a sum, beside the one that is judged
_HABITS = Habits(frozenset("ij"))


def letters_outside(*sides: Side | None) -> frozenset[str]:
    """Letters that stand among indices outside every sum, in sides."""
    nodes = (side.node for side in sides if side is not None)
    return frozenset().union(*(_outside(node) for node in nodes if node is not None))


@lru_cache(maxsize=10_000)
def letters_summed(node: Node | None) -> frozenset[str]:
    """The letters over which a side has a sum."""
    found: set[str] = set()
    for part in walk(node) if node is not None else ():
        if isinstance(part, ast.BigOperator) and part.name == "sum":
            with contextlib.suppress(UnsupportedNoteError):
                found |= set(binder(part)[0])
    return frozenset(found)


@dataclass(frozen=True)
class SumsWritten:
    """Which formulas of a document write a sum over a letter, and which leave one out."""

    written: dict[str, set[int]]
    left_out: dict[str, set[int]]

    @classmethod
    def of(cls, document: Document) -> SumsWritten:
        written: dict[str, set[int]] = defaultdict(set)
        left_out: dict[str, set[int]] = defaultdict(set)
        for formula in document.formulas:
            for member in (m for chain in formula.chains for m in chain.members):
                for letter in letters_summed(member):
                    written[letter].add(formula.index)
        for step in document.steps:
            if step.sign.sign == "=":
                for letter in letters_outside(step.right) - letters_outside(step.left):
                    left_out[letter].add(step.formula)
        return cls(written, left_out)

    def by_habit(self, formula: int) -> frozenset[str]:
        """The letters over which every other formula writes its sums."""
        others = ((letter, len(places - {formula})) for letter, places in self.written.items())
        return frozenset(
            letter for letter, n in others if n >= HABIT and not self.left_out.get(letter, set()) - {formula}
        )


@lru_cache(maxsize=10_000)
def _outside(node: Node) -> frozenset[str]:
    inside: set[int] = set()
    for part in walk(node):
        if isinstance(part, ast.Product):
            for position, factor in enumerate(part.factors):
                if isinstance(factor.body, ast.BigOperator) and factor.body.lower is None:
                    for later in part.factors[position + 1 :]:
                        inside |= {id(n) for n in walk(later.body)}
                elif isinstance(factor.body, ast.Symbol) and factor.body.name in DIAGONALS:
                    for later in part.factors[position + 1 : position + 2]:  # diag(p_i) has all of them
                        inside |= {id(n) for n in walk(later.body)}
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Scripted) and id(part) not in inside:
            found |= {s.name for s in part.subscripts if isinstance(s, ast.Symbol) and len(s.name) == 1}
        if isinstance(part, ast.Symbol) and id(part) not in inside:
            try:
                found |= {i.letter for i in read_name(part, _HABITS).indices if i.letter is not None}
            except UnsupportedNoteError:
                continue
    bound: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.BigOperator):
            try:
                bound |= set(binder(part)[0])
            except UnsupportedNoteError:
                continue
    return frozenset((found - bound) | (_ahead(node) if bound else set()))


def _ahead(node: Node) -> frozenset[str]:
    r"""Letters that stand before a sum, or above one: in -a_i - b_i \sum_i c_i the first two are another i."""
    match node:
        case ast.Sum(parts) | ast.Product(parts):
            bodies: list[Node] = [part.body for part in parts]
        case ast.Fraction(above, below):
            return _ahead(above) | _ahead(below)
        case ast.Group(_, _, body) | ast.Decorated(_, body) if body is not None:
            return _ahead(body)
        case _:
            bodies = [node]
    plain = list(itertools.takewhile(lambda b: not _has_sum(b), bodies))
    later = bodies[len(plain) :]
    within = (
        _ahead(later[0]) if later and len(bodies) > 1 and not isinstance(later[0], ast.BigOperator) else frozenset()
    )
    return frozenset().union(within, *(_outside(body) for body in plain))


def _has_sum(node: Node) -> bool:
    return any(isinstance(n, ast.BigOperator) for n in walk(node))
