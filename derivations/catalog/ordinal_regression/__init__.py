r"""Ordinal regression: proportional odds over K ordered classes (McCullagh 1980).

    γ_t = P(class ≤ t) = σ(θ_t − η),   η = Σ_k w_k x_k,   θ_1 < … < θ_{K−1},   C = −log P(observed class)

`classes` has the calculus of one class over scalars and the identity log-diff-exp, `all_classes` the model:
one formula for every class, its loss, and the gradient by η, w and θ, for one sample and the mean.
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
