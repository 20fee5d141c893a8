"""Whether what is false would be true with one thing put right: then it was meant, and is no other thing misread."""

from __future__ import annotations

from collections.abc import Collection

from derivations.equation import Equation
from derivations.notes.explaining.diagnosis import diagnose

__all__ = ["is_near_miss"]

_SLIPS = ("index", "sign", "term_sign", "constant_factor")


def is_near_miss(equation: Equation, seed: int, slips: Collection[str] = _SLIPS) -> bool:
    """Whether the right side, with one index, sign or factor put right, is proved to be the left one."""
    found = diagnose(equation.left, equation.right, equation.context, equation.definitions, seed)
    return found.code in slips
