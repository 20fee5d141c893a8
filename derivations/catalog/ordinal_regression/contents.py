"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from . import all_classes, classes

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (*classes.DERIVATIONS, *all_classes.DERIVATIONS)
