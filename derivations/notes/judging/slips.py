"""Whether what is false would be true with one thing put right: then it was meant, and is no other thing misread."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import sympy as sp

from derivations.equation import Equation, is_provable
from derivations.notes.explaining.diagnosis import diagnose
from derivations.notes.judging.sizes import OPERATIONS, SECONDS

__all__ = ["OF_SOLUTIONS", "is_near_miss", "is_off_by_a_factor", "is_slip_within"]

_SLIPS = ("index", "sign", "term_sign", "constant_factor")
_WITHIN = ("index", "transpose", "term_sign", "constant_factor")
OF_SOLUTIONS = (*_SLIPS, "sample_mean")
"""Slips of what solves an equation, which is the same for a sum over samples and for their mean."""


def is_near_miss(equation: Equation, seed: int, slips: Collection[str] = _SLIPS) -> bool:
    """Whether the right side, with one index, sign or factor put right, is proved to be the left one."""
    found = diagnose(equation.left, equation.right, equation.context, equation.definitions, seed)
    return found.code in slips


def is_slip_within(equation: Equation, seed: int) -> bool:
    """Whether one term of the right side, with its index, sign or factor put right, makes it the left one.

    Not the whole side: an equation that is solved may be multiplied by anything.
    """
    found = diagnose(equation.left, equation.right, equation.context, equation.definitions, seed)
    return found.factor is None and found.code in _WITHIN


def is_off_by_a_factor(equation: Equation | None, seed: int) -> bool:
    """Whether the sides differ by a sign or a factor 2 alone: then they were read as they were meant."""
    if equation is None:
        return False
    factors = (sp.S.NegativeOne, sp.Integer(2), sp.S.Half)
    scaled = (replace(equation, right=c * equation.right) for c in factors)
    return any(is_provable(one, seed, OPERATIONS, SECONDS) for one in scaled)
