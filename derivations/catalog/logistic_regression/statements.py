"""Cross-entropy as a statement: over weights and bias, for one sample or for n, and its stable residual."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import sigmoid
from ...statement import Definition, Statement, scalar, variable
from ..board import C, Reduction, features, j, k, m, n, plus

__all__ = ["BISHOP", "FAMILY", "NIELSEN", "cross_entropy", "stable_residual", "statement"]

FAMILY = "logistic_regression"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"
NIELSEN = "Nielsen, Neural Networks and Deep Learning (2015), chapter 3"


def cross_entropy(y: sp.Expr, p: sp.Expr) -> sp.Expr:
    """−y log p − (1 − y) log(1 − p)."""
    return plus(-y * sp.log(p), -((1 - y) * sp.log(1 - p)))


def stable_residual(z: sp.Expr, y: sp.Expr) -> sp.Expr:
    """σ(z) − y without cancellation: for y = 1 it is −σ(−z), which keeps its digits as z → ∞."""
    return plus(sigmoid(z) * (1 - y), -sigmoid(-z) * y)


def statement(reduction: Reduction) -> Statement:
    """Cross-entropy over w and b, for one sample, the sum over n or the mean."""
    x, w = reduction.variable("x", m, role="feature"), variable("w", m, role="weight")
    y, b = reduction.variable("y", role="label", domain=Domain.BINARY), scalar("b", role="bias")
    z, sigma = reduction.named("z"), reduction.named("sigma")
    return Statement(
        name=f"{FAMILY}.{reduction.name}",
        family=FAMILY,
        title=f"Cross-entropy, {reduction.words}, over weights and bias",
        source=f"{BISHOP}, (4.90)",
        variables=(x, y, w, b),
        ranges=((j, 1, m), *((s, 1, n) for s in reduction.index)),
        definitions=(
            Definition(z, features(w[k] * reduction.at(x, k)) + b(), "logit"),
            Definition(sigma, sigmoid(z), "prediction"),
            Definition(C, reduction.reduce(cross_entropy(reduction.at(y), sigma)), "loss"),
        ),
        convention=f"{reduction.words}, y ∈ {{0, 1}}, natural logarithm",
    )
