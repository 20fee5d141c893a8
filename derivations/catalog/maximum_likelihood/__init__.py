r"""Where the losses come from: a likelihood, its logarithm, and the negative mean.

    Bernoulli     L = ∏_i p_i^{y_i} (1 − p_i)^{1−y_i}        −(1/n) log L = cross-entropy
    Gaussian      L = ∏_i e^{−(y_i−μ_i)²/2σ²}/√(2πσ²)        −(1/n) log L = squared error/(2σ²) + constant
    categorical   L = ∏_i ∏_c p_ic^{y_ic}                    −(1/n) log L = −(1/n) Σ_i Σ_c y_ic log p_ic

The most likely parameters are those of least loss, since the logarithm increases. Left out: existence
of a maximum, and priors (a Gaussian prior on w is the penalty of `regularization`).
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
