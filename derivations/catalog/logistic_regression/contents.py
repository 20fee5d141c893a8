"""Every claim of the family, in the order in which a course would prove them."""

from __future__ import annotations

from ...statement import Derivation
from ..board import n
from ..penalty import PENALTY_WEIGHT, penalised, squares
from .curvature import CURVATURE
from .gradient import GRADIENTS
from .labels import SIGNED
from .one_sample import LOGIT, PREDICTION, SIGMOID_DERIVATIVE, SOFTPLUS
from .statements import FAMILY, NIELSEN

__all__ = ["DERIVATIONS"]

_PENALTY = squares("l2", "the penalty (λ/2n) Σ_k w_k²", PENALTY_WEIGHT() / (2 * n), f"{NIELSEN}, (85), (88) and (89)")

_PENALISED = tuple(
    penalised(base, _PENALTY, FAMILY, base.name.replace(f"{FAMILY}.", "l2."))
    for base in GRADIENTS
    if base.name in (f"{FAMILY}.mean.w", f"{FAMILY}.mean.b")
)

DERIVATIONS: tuple[Derivation, ...] = (
    SIGMOID_DERIVATIVE,
    PREDICTION,
    LOGIT,
    *GRADIENTS,
    SOFTPLUS,
    *SIGNED,
    *_PENALISED,
    *CURVATURE,
)
