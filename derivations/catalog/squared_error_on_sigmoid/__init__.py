r"""Squared error on a sigmoid: why the factor σ(1 − σ) that cross-entropy cancels does harm.

    C = (σ(z) − y)²,   dC/dz = 2(σ − y) σ(1 − σ),   ∂C/∂w_j = 2(σ − y) σ(1 − σ) x_j

The factor goes to 0 on both sides, so a sample that is confidently wrong hardly moves: for y = 1 and
z → −∞ the gradient tends to 0, where that of cross-entropy tends to −1. And the loss is not convex: at
z = 2, y = 0 its second derivative is negative. With ½ in front every gradient is halved.

Names: `z`, `w`, `b` of one sample, `mean.w`, `sum.w` of n, and `half.`, `half_mean.`, `half_sum.` with ½.
Left out: what the flat parts do to training (Glorot and Bengio, 2010).
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
