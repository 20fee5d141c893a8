"""The two sides of a claim as entries over the same indices: axes in one order, one sample, repeated indices summed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import sympy as sp

from derivations.atoms import atoms_of, free_symbols, label_of, labels_in
from derivations.functions import Partial
from derivations.indexed import substitute
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.tensor import Axis, Value
from derivations.notes.judging.assumptions import ONE_HOT, sizes_of
from derivations.notes.judging.claims import indices_of
from derivations.statement import Definition

__all__ = ["class_first", "is_turned", "matched", "one_sample", "relabelled", "summed_when_repeated", "times"]


def is_turned(left: Value, right: Value) -> bool:
    """Whether the gradient of a number by a matrix is set equal to an array with its axes the other way round."""
    ls, rs = ([a.sort for a in v.axes] for v in (left, right))
    by_matrix = isinstance(left.expr, Partial) and not _is_of_array(left.expr)
    return by_matrix and len(ls) == 2 and ls != rs and ls == rs[::-1] and len(set(ls)) == 2


def _is_of_array(partial: Partial) -> bool:
    """Whether the derivative of an array is taken: each of the two has one of the axes."""
    by = partial.variable
    return not isinstance(by, sp.Indexed) or len(by.indices) < 2


def matched(left: Value, right: Value) -> tuple[sp.Expr, sp.Expr, tuple[Axis, ...]]:
    """Both entries over the same axes."""
    if len(left.axes) != len(right.axes):
        if not right.axes and right.expr == 0:
            return left.expr, right.expr, left.axes
        raise UnsupportedNoteError(
            f"{_shape(left)} is set equal to {_shape(right)}: what the axes are isn't clear from the notation"
        )
    ls, rs = [a.sort for a in left.axes], [a.sort for a in right.axes]
    if len(ls) == 2 and ls != rs and ls == rs[::-1] and len(set(ls)) == 2:
        right = right.transposed
    elif len(ls) > 1 and ls != rs and set(ls) != set(rs):
        raise UnsupportedNoteError("the two sides are arrays over different things")
    return left.expr, right.at(left.axes), left.axes


def _shape(value: Value) -> str:
    return ("a number", "a vector", "a matrix")[min(len(value.axes), 2)]


def one_sample(left: sp.Expr, right: sp.Expr, speaker: Elaborator) -> tuple[sp.Expr, sp.Expr]:
    """A sample left unnamed is the one that is named beside it."""
    free = free_symbols(left) | free_symbols(right)
    if ROW not in free:
        return left, right
    sample_range = speaker.range_of(speaker.signature.sample)
    named = [
        s
        for s in sorted(free - {ROW}, key=str_of)
        if s in speaker.met
        and speaker.met[s] == sample_range
        and speaker.sort_of(s.name.rstrip("_")) == speaker.signature.sample
    ]
    if len(named) == 1:
        return substitute(left, {ROW: named[0]}), substitute(right, {ROW: named[0]})
    return left, right


def summed_when_repeated(expr: sp.Expr, other: sp.Expr, speaker: Elaborator) -> sp.Expr:
    """The summation convention: an index that stands twice in a term, and not on the other side, is summed over."""
    extra = indices_of(expr, speaker) - indices_of(other, speaker)
    if not extra:
        return expr
    terms = []
    for term in sp.Add.make_args(sp.expand_mul(expr)):
        for symbol in sorted((k for k in extra if times(k, term) > 1), key=str_of):
            term = sp.Sum(term, (symbol, *speaker.met[symbol]))
        terms.append(term)
    return sp.Add(*terms)


def times(index: sp.Symbol, term: sp.Expr) -> int:
    """How often an index stands free in a product."""
    found = 0
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        places = sum(
            a.count(index) for a in atoms_of(base, sp.Indexed, sp.KroneckerDelta) if index in free_symbols(base)
        )
        found += int(places) * (int(exponent) if exponent.is_Integer and exponent > 1 else 1)
    return found


def class_first(
    exprs: Iterable[sp.Expr], definitions: Sequence[Definition], speaker: Elaborator
) -> dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]]:
    """Labels written y_{ci}, their class before the sample: a new name for each, and its sizes in the usual order."""
    defined = {label_of(d.target) for d in definitions}
    found: dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]] = {}
    for label in sorted({a for e in exprs for a in labels_in(e)} - defined, key=str_of):
        sorts, sizes = speaker.domains.get(label, ()), sizes_of(label, speaker)
        is_label = speaker.signature.is_label(re.split("[@·′]", label.name)[0])
        if len(sorts) != 2 or sizes is None or not is_label or not speaker.signature.says(ONE_HOT):
            continue
        if sorts[0] in speaker.signature.classes and sorts[1] == speaker.signature.sample:
            found[label] = sp.Symbol(f"{label.name}@T", real=True), sizes[::-1]
    return found


def relabelled(expr: sp.Expr, names: dict[sp.Symbol, tuple[sp.Symbol, tuple[sp.Expr, ...]]]) -> sp.Expr:
    """The expression with the indices of these names the other way round."""
    atoms = [a for a in atoms_of(expr, sp.Indexed) if a.base.label in names] if names else []
    turned = {a: sp.IndexedBase(names[a.base.label][0], shape=None)[tuple(a.indices[::-1])] for a in atoms}
    return expr.xreplace(turned) if turned else expr
