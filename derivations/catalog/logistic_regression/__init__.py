r"""Logistic regression: two classes, cross-entropy, and why its gradient is so simple.

    z = Σ_k w_k x_k + b,   σ = σ(z) = 1/(1 + e^{−z}),   C = −[y log σ + (1 − y) log(1 − σ)]

The factor σ(1 − σ) of the chain rule is the denominator of ∂C/∂σ, so it cancels: dC/dz = σ(z) − y, and
with it ∂C/∂w_j = (σ(z) − y) x_j and ∂C/∂b = σ(z) − y. For n samples the loss is the sum or the mean:
names without a prefix are of one sample, `mean.` and `sum.` are of n.

`one_sample` holds the teaching proof, `gradient` the weights and the bias, `labels` the same loss with
labels −1 and 1, `curvature` the Hessian, convexity and the step bound. Left out: class weights, and
separable data (for which no minimum exists, though every formula holds).
"""

from .contents import DERIVATIONS

__all__ = ["DERIVATIONS"]
