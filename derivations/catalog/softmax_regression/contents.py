"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from . import curvature, logits, two_classes, weights

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (
    *logits.DERIVATIONS,
    *two_classes.DERIVATIONS,
    *weights.DERIVATIONS,
    *curvature.DERIVATIONS,
)
