"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from .discrete import BERNOULLI, CATEGORICAL
from .gaussian import GAUSSIAN

__all__ = ["DERIVATIONS"]

DERIVATIONS: tuple[Derivation, ...] = (*BERNOULLI, *GAUSSIAN, *CATEGORICAL)
