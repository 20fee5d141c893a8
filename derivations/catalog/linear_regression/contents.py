"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from .gradient import GRADIENTS
from .least_squares import LEAST_SQUARES

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (*GRADIENTS, *LEAST_SQUARES)
