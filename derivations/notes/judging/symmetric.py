"""A claim about matrices that the text says to be symmetric or diagonal, or that a column of weights says to be so.

What is said by the place of a step is a condition of it; what is said further on only takes a refutation back. Where
one side has w_i and the other W, of which nothing is said, W may be diag(w): then a step is supported. The A of a
quadratic form x^T A x is symmetric to many who don't say it: where A^T stands nowhere either, what holds of a symmetric
A is left open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import sympy as sp

from derivations.atoms import label_of, labels_in
from derivations.notes.interpreting.symmetries import Said, Symmetries, Symmetry, symmetries_of
from derivations.notes.judging.cells import Judged
from derivations.reasons import holds_where
from derivations.verdict import Status

__all__ = ["of_symmetric"]

_BEHIND = 2  # lines: "A = B, because $W$ is symmetric"


def of_symmetric(
    judged: Judged,
    said: Sequence[Said],
    silent: frozenset[str],
    line: int,
    under: Callable[[Symmetries], Judged],
) -> Judged:
    """The verdict with what is said of matrices; line: of the step; under: the verdict on it if this is known.

    silent: the names of matrices that may be symmetric though nothing says it.
    """
    equation = judged.equation
    if equation is None:
        return judged
    of_names = [(label_of(d.target), d.value) for d in equation.definitions]
    of_names += [(inverse.label, inverse.value) for inverse in equation.context.inverses]
    one, other = (_keys_in(side, of_names) for side in (equation.left, equation.right))
    before, anywhere = symmetries_of(said, one | other, line + _BEHIND), symmetries_of(said, one | other)
    columns = sorted(key for a, b in ((one, other), (other, one)) for key in a - b if key.lower() in b - a)
    of_columns = Symmetries(tuple((key, Symmetry.OF_COLUMN) for key in columns))
    for known in filter(None, dict.fromkeys((before, anywhere, of_columns))):
        attempt = under(known)
        verdict = attempt.verdict
        if verdict.is_proved and known == before:
            return replace(attempt, verdict=replace(verdict, conditions=(*verdict.conditions, str(known))))
        if verdict.is_proved or verdict.status is Status.SUPPORTED:
            is_behind = known not in (before, of_columns)
            reason = holds_where(f"{known}" + ", as the text says further on" * is_behind)
            status = Status.UNDECIDED if is_behind else Status.SUPPORTED
            return replace(attempt, verdict=replace(verdict, status=status, reason=reason))
        if judged.verdict.is_refuted and known != of_columns:
            witness = None if verdict.witness is None else known.shown(verdict.witness)
            judged = replace(attempt, verdict=replace(verdict, witness=witness))
    unsaid = Symmetries(tuple((key, Symmetry.SYMMETRIC) for key in sorted(silent & (one | other))))
    if judged.verdict.is_refuted and unsaid and under(unsaid).verdict.is_proved:
        verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=holds_where(str(unsaid)))
        return replace(judged, verdict=verdict)
    return judged


def _keys_in(expr: sp.Expr, values: Sequence[tuple[sp.Symbol, sp.Expr]]) -> set[str]:
    """The names that an expression reaches by the values of others."""
    reached, waiting = set[sp.Symbol](), set(labels_in(expr))
    while waiting:
        reached |= waiting
        waiting = set().union(*(labels_in(value) for label, value in values if label in waiting)) - reached
    return {re.split("[@·′]", label.name)[0] for label in reached}
