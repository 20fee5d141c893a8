r"""Linear regression: squared error of a prediction that is linear in its parameters.

    ŷ_i = Σ_k w_k x_ik + b,   C = (1/n) Σ_i (ŷ_i − y_i)²,   ∂C/∂w_j = (2/n) Σ_i (ŷ_i − y_i) x_ij

`models` states four predictions and six conventions (one sample, mean, sum; with and without ½), `gradient`
derives every gradient of them, `least_squares` the zero gradient and the curvature. Names say what differs
from multiple regression of one sample: `w`, `mean.w`, `half_sum.b`, `simple.mean.w`, `polynomial.w`.
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
