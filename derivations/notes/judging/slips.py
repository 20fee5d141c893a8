"""Whether what is false would be true with one thing put right: then it was meant, and is no other thing misread."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import sympy as sp

from derivations.equation import Equation, is_provable
from derivations.notes.explaining.diagnosis import diagnose
from derivations.notes.judging.sizes import OPERATIONS, SECONDS

__all__ = ["is_near_miss", "is_off_by_a_factor"]

_SLIPS = ("index", "sign", "term_sign", "constant_factor")


def is_near_miss(equation: Equation, seed: int, slips: Collection[str] = _SLIPS) -> bool:
    """Whether the right side, with one index, sign or factor put right, is proved to be the left one."""
    found = diagnose(equation.left, equation.right, equation.context, equation.definitions, seed)
    return found.code in slips


def is_off_by_a_factor(equation: Equation | None, seed: int) -> bool:
    """Whether the sides differ by a sign or a factor 2 alone: then they were read as they were meant."""
    if equation is None:
        return False
    factors = (sp.S.NegativeOne, sp.Integer(2), sp.S.Half)
    scaled = (replace(equation, right=c * equation.right) for c in factors)
    return any(is_provable(one, seed, OPERATIONS, SECONDS) for one in scaled)
