"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from .layers import LAYERS
from .two_layers import TWO_LAYERS
from .xor import XOR

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (*TWO_LAYERS, *LAYERS, *XOR)
