"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from .behaviour import CURVATURE, LIMITS
from .gradient import GRADIENTS

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (*GRADIENTS, *LIMITS, *CURVATURE)
