"""The gradients compiled from proofs, on real data, against autodiff and against scikit-learn's own losses.

The allowed error is that of summing n products in float64 in any order: n·u·Σ_i |r_i x_ij| / n for each
coordinate, with u = 2⁻⁵³ (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), and as
much again for a few roundings in each residual.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn._loss.loss import HalfBinomialLoss, HalfMultinomialLoss, HalfSquaredError
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.linear_model._linear_loss import LinearModelLoss

from derivations.catalog import find
from derivations.proof import prove
from numeric.gradient import compile_many
from numeric.precision import float64_enabled

UNIT = 2.0**-53


def standardized(X: np.ndarray) -> np.ndarray:
    scale = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(scale > 0, scale, 1.0)


def allowed(X: np.ndarray, residuals: np.ndarray) -> np.ndarray:
    """(m,) or (m, K): the rounding error of (1/n) Σ_i r_i x_ij, computed twice."""
    n = X.shape[0]
    return 2 * n * UNIT * (np.abs(X).T @ (np.abs(residuals) + 8 * UNIT)) / n + 64 * UNIT


def logistic():
    data = load_breast_cancer()
    X, y = standardized(data.data), data.target.astype(float)
    rng = np.random.default_rng(0)
    w, b = rng.normal(size=X.shape[1]) / 3, np.float64(0.2)
    names = {"w": "logistic_regression.mean.w", "b": "logistic_regression.mean.b"}

    def loss(w, b):
        z = X @ w + b
        return jnp.mean(jnp.logaddexp(0.0, z) - y * z)

    return HalfBinomialLoss(), names, {"x": X, "y": y, "w": w, "b": b}, loss, y, 1


def squared():
    data = load_diabetes()
    X, y = standardized(data.data), data.target.astype(float)
    rng = np.random.default_rng(1)
    w, b = rng.normal(size=X.shape[1]), np.float64(150.0)
    names = {"w": "linear_regression.half_mean.w", "b": "linear_regression.half_mean.b"}
    return (
        HalfSquaredError(), names, {"x": X, "y": y, "w": w, "b": b},
        lambda w, b: 0.5 * jnp.mean((X @ w + b - y) ** 2), y, 1,
    )  # fmt: skip


def softmax():
    data = load_digits()
    X, labels = standardized(data.data), data.target
    Y = np.eye(10)[labels]
    rng = np.random.default_rng(2)
    W, b = rng.normal(size=(X.shape[1], 10)) / 5, rng.normal(size=10) / 5
    names = {"W": "softmax_regression.W", "b": "softmax_regression.b"}

    def loss(W, b):
        z = X @ W + b
        return jnp.mean(jax.nn.logsumexp(z, axis=1) - jnp.sum(Y * z, axis=1))

    return HalfMultinomialLoss(n_classes=10), names, {"x": X, "y": Y, "W": W, "b": b}, loss, labels.astype(float), 10


@pytest.mark.parametrize("case", [logistic, squared, softmax])
def test_proved_gradients_agree_with_autodiff_and_with_scikit_learn(case):
    base_loss, names, inputs, loss, target, classes = case()
    weight = next(iter(names))
    proofs = [prove(find(name)) for name in names.values()]
    assert all(p.is_proved for p in proofs)
    with float64_enabled():
        gradients = compile_many(proofs)(inputs)
        by_name = {key: np.asarray(gradients[key]) for key in names}
        automatic = jax.grad(loss, argnums=(0, 1))(inputs[weight], inputs["b"])
    X = inputs["x"]
    z = X @ inputs[weight] + inputs["b"]
    if classes == 1:
        p = 1 / (1 + np.exp(-z)) if isinstance(base_loss, HalfBinomialLoss) else z
        residuals = p - inputs["y"]
        coefficients = np.r_[inputs[weight], inputs["b"]]
    else:
        e = np.exp(z - z.max(axis=1, keepdims=True))
        residuals = e / e.sum(axis=1, keepdims=True) - inputs["y"]
        coefficients = np.c_[inputs[weight].T, inputs["b"]]
    _, theirs = LinearModelLoss(base_loss=base_loss, fit_intercept=True).loss_gradient(coefficients, X, target)
    theirs_w, theirs_b = (theirs[:-1], theirs[-1]) if classes == 1 else (theirs[:, :-1].T, theirs[:, -1])
    bound = allowed(X, residuals)
    bound_b = allowed(np.ones((len(X), 1)), residuals)[0]
    assert np.all(np.abs(by_name[weight] - np.asarray(automatic[0])) <= bound)
    assert np.all(np.abs(by_name["b"] - np.asarray(automatic[1])) <= bound_b)
    assert np.all(np.abs(by_name[weight] - theirs_w) <= bound)
    assert np.all(np.abs(by_name["b"] - theirs_b) <= bound_b)
    assert np.max(np.abs(by_name[weight])) > 1e6 * np.max(bound)
