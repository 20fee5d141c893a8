r"""Vectors of length one: u^T x / u^T u = u^T x, \lambda u^T u = \lambda.

A text says it pages before, or in the words "unit vector", or means it where it projects on u.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_symbols
from derivations.equation import Equation, is_provable
from derivations.kernels import str_of
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import holds_where

__all__ = ["holds_for_unit_vectors"]


def holds_for_unit_vectors(equation: Equation, seed: int) -> str | None:
    """That an equation holds where a vector in it has length one; None where it doesn't, or no length is in it."""
    totals = atoms_of(equation.left, sp.Sum) | atoms_of(equation.right, sp.Sum)
    squared = {label for total in totals if (label := _squared(total)) is not None}
    for label in sorted(squared, key=str_of):
        left, right = (_of_length_one(side, label) for side in (equation.left, equation.right))
        if left.is_Number and right.is_Number:
            continue  # u^T u = 1 says so itself
        if is_provable(replace(equation, left=left, right=right), seed, OPERATIONS, SECONDS):
            return holds_where(f"{label} has length 1")
    return None


def _squared(total: sp.Sum) -> sp.Symbol | None:
    """The u of Σ_k c u_k², c without k."""
    index = total.limits[0][0]
    square = [f for f in sp.Mul.make_args(total.function) if index in free_symbols(f)]
    if len(total.limits) != 1 or len(square) != 1 or not isinstance(square[0], sp.Pow) or square[0].exp != 2:
        return None
    base = square[0].base
    return base.base.label if isinstance(base, sp.Indexed) and base.indices == (index,) else None


def _of_length_one(side: sp.Expr, label: sp.Symbol) -> sp.Expr:
    """A side with c for each Σ_k c u_k²."""
    ones = {}
    for total in atoms_of(side, sp.Sum):
        if _squared(total) == label:
            index = total.limits[0][0]
            ones[total] = sp.Mul(*(f for f in sp.Mul.make_args(total.function) if index not in free_symbols(f)))
    return side.xreplace(ones)
