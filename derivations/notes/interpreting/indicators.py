r"""Indicators: 1\{y = k\}, [i = j], \mathbb 1_{i = j}, δ_ij, and values by cases.

A condition on two indices is their δ; one on a label and a class is the entry of the one-hot label; one on a label and
a number is the label itself, or one less it, where the labels have two values. i ≠ j is one less i = j.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.notes.interpreting.cases import cases_of
from derivations.notes.interpreting.names import Habits, Index, Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.signature import LABELS, base_letter
from derivations.notes.interpreting.tensor import Value, elementwise, scalar
from derivations.notes.interpreting.thresholds import Thresholds, is_threshold
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render
from derivations.statement import element

__all__ = ["Indicators", "has_kronecker", "is_indicator", "is_one"]

_ONES = frozenset(("I", "1", "𝟙", "𝟏", r"\mathbb{1}", r"\mathbb{I}", r"\mathbf{1}", "ind", r"\chi"))


def is_one(node: Node) -> bool:
    """Whether a sign before a condition in brackets, or with one below it, makes it an indicator."""
    match node:
        case ast.Number("1"):
            return True
        case ast.Decorated(_, body):
            return is_one(body)
        case ast.Symbol(name, _, (), (), 0):
            return name in _ONES
    return False


def is_indicator(node: Node) -> bool:
    """Whether a bracket holds one condition."""
    return (
        isinstance(node, ast.Group)
        and node.opening in (r"\{", "[", "(", "{")
        and isinstance(node.body, ast.Chain)
        and len(node.body.relations) == 1
        and node.body.relations[0].sign in ("=", r"\ne")
    )


def has_kronecker(sides: Sequence[Node], habits: Habits, words: str) -> bool:
    r"""Whether \delta with two indices is Kronecker's: it is called so, stands beside another term, or none has one."""
    if re.search("kronecker|クロネッカー|크로네커|克罗内克|кронекер", words, re.I):
        return True
    counts: set[int] = set()
    for side in sides:
        for part in walk(side):
            if isinstance(part, ast.Sum) and len(part.terms) > 1:
                if any(_is_delta(term.body) and len(_read(term.body, habits)) == 2 for term in part.terms):
                    return True
            if _is_delta(part):
                counts.add(len(_read(part, habits)))
    return not counts & {0, 1}


def _is_delta(node: object) -> bool:
    return isinstance(node, ast.Symbol) and node.name == r"\delta"


def _read(node: object, habits: Habits) -> tuple[Index, ...]:
    assert isinstance(node, ast.Symbol)
    try:
        return read_name(node, habits).indices
    except UnsupportedNoteError:
        return (Index(None, 0),) * 3


def _is_bare(node: Node | None) -> bool:
    return isinstance(node, ast.Symbol) and not node.subscripts + node.superscripts


@dataclass
class Indicators(Thresholds):
    """The part of the elaborator that knows conditions as numbers."""

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

    def by_cases(self, node: ast.Matrix) -> Value:
        """A value for each of two labels, for i = j and i ≠ j, or on either side of a threshold, as one expression."""
        found = self.by_sides(node)
        if found is not None:
            return found
        rows = cases_of(node)
        if len(rows) != 2 or any(case is None for _, case in rows):
            raise UnsupportedNoteError("a matrix written out")
        (first, one), (second, other) = rows
        assert one is not None and other is not None
        a, b = self.value(first), self.value(second)
        if one.is_of_label and {one.right, other.right} == {"0", "1"}:
            label = next((k for k in ("y", "t") if base_letter(one.left) == k), one.left)
            weight = self.named(Ref(label)).expr
            if one.right == "0":
                a, b = b, a
        elif one.is_equal is not other.is_equal and {one.left, one.right} == {other.left, other.right}:
            if not one.is_equal:
                a, b = b, a
            weight = self.kronecker((Index(one.left), Index(one.right))).expr
        else:
            raise UnsupportedNoteError("cases that aren't understood")
        return elementwise(a, b, lambda x, y: weight * x + (1 - weight) * y)

    def kronecker(self, indices: Sequence[Index]) -> Value:
        terms = []
        for index in indices:
            if index.letter is None:
                terms.append(sp.Integer(index.offset))
            else:
                symbol = self.index(index.letter)
                self.note(symbol, self.sort_of(index.letter))
                terms.append(symbol + index.offset)
        return scalar(sp.KroneckerDelta(*terms))

    def unit_vector(self, indices: Sequence[Index]) -> Value | None:
        """e_c as the vector of the classes with a 1 at c, where one letter of a class stands below it."""
        letter = indices[0].letter if len(indices) == 1 and not indices[0].offset else None
        sorts = self.signature.classes
        if letter is None or not sorts or self.signature.names_e or self.scope.of("e"):
            return None
        own = self.sort_of(letter)
        axis = self.axis(own if own in sorts else min(sorts, key=str))
        place = self.index(letter)
        self.note(place, axis.sort)
        self.noticed.doubts.append(f"e with the index {letter} is read as a vector with one 1")
        return Value(sp.KroneckerDelta(axis.symbol, place), (axis,))

    def indicator(self, node: Node) -> Value:
        """1{y = k}: the entry k of the one-hot label, or δ of two indices."""
        assert isinstance(node, ast.Group) and isinstance(node.body, ast.Chain)
        if is_threshold(node):
            return self.threshold(node.body)
        if node.body.relations[0].sign == r"\ne":
            relation = replace(node.body.relations[0], sign="=")
            found = self.indicator(replace(node, body=replace(node.body, relations=(relation,))))
            return replace(found, expr=1 - found.expr)
        left, right = node.body.members
        if isinstance(right, ast.Symbol) and right.subscripts + right.superscripts and _is_bare(left):
            left, right = right, left  # j = y_i
        if not isinstance(left, ast.Symbol) or right is None:
            raise UnsupportedNoteError(f"the condition {render(node.body)}")
        ref = read_name(left, self.signature.habits)
        if not isinstance(right, ast.Symbol):
            return self.label_is(ref, right)
        if right.superscripts or right.subscripts:
            raise UnsupportedNoteError(f"the condition {render(node.body)}")
        is_index = ref.key in "ijklmnpqrstc" or ref.key in self.signature.habits.bound
        is_index = is_index or ref.key not in LABELS and self.sort_of(ref.key) is not None
        if not ref.indices and len(ref.key) == 1 and is_index:
            return self.kronecker((Index(ref.key), Index(right.name)))
        other = self.index(right.name)
        sort = self.sort_of(right.name) or ("classes",)
        self.note(other, sort)
        base = self.named(ref)
        indices = tuple(base.expr.indices) if isinstance(base.expr, sp.Indexed) else ()
        symbol = self.scope.symbol_for(f"1{{{ref.key}}}", len(indices) + 1)
        self.domains[symbol] = (*[self.signature.sample] * len(indices), sort)
        return scalar(element(symbol, (*indices, other)))

    def label_is(self, ref: object, right: Node) -> Value:
        """[y_i = +1] for labels of two values: (1 + y)/2, or y itself for labels 0 and 1."""
        wanted = self.value(right).expr
        y = self.named(ref).expr  # type: ignore[arg-type]
        if self.signature.says(r"\{\s*(\+?1\s*,\s*-\s*1|-\s*1\s*,\s*\+?1)\s*\\?\}"):
            if wanted in (1, -1):
                return scalar((1 + wanted * y) / 2)
        elif wanted in (0, 1):
            return scalar(y if wanted == 1 else 1 - y)
        raise UnsupportedNoteError("a condition on a label")
