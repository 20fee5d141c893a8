r"""How far two fits of one objective can be apart, from the gradients where they ended: what comparisons allow.

    squares  (1/n) Σ_i (ŷ_i − y_i)² + (λ/2)|w|²            classes  (1/n) Σ_i −log p_i(y_i) + (λ/2)|W|²

Written in NumPy, apart from the code under test. With Δ the difference of the parameters, g that of the gradients and μ
the smallest eigenvalue of the Hessian H at the first point:

    squares: H is constant and HΔ = g, so |Δ| ≤ |g|/μ.
    classes: φ, the objective along the segment, has |φ'''| ≤ R|Δ|φ'' with R = max_i |x̃_i| for the logistic model and √2
    times that for softmax (a third central moment is at most the range times the variance; |Δ_c − Δ_d| ≤ √2|Δ|). So
    φ''(t) ≥ e^{−tR|Δ|} μ|Δ|², and |g||Δ| ≥ ∫φ'' ≥ μ|Δ|(1 − e^{−R|Δ|})/R, hence |Δ| ≤ −log(1 − R|g|/μ)/R (the
    inequality is that of Bach, Self-concordant analysis for logistic regression, Electron. J. Stat. 4 (2010), 2).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

UNIT = 2.0**-53


class Optimum(NamedTuple):
    """Where a fit ended: the parameters, and of its objective there the gradient, its rounding error, the Hessian.

    reach: R of the formula. free: dimension of the directions along which the objective is constant.
    """

    at: np.ndarray
    gradient: np.ndarray
    rounding: float
    hessian: np.ndarray
    reach: float = 0.0
    free: int = 0


def squares(x, y, coefficients, intercept, l2=0.0):
    design = np.column_stack([x, np.ones(len(x))]).astype(float)
    at = np.append(coefficients, intercept).astype(float)
    penalty = l2 * np.append(np.ones(x.shape[1]), 0.0)
    gradient = 2 * design.T @ (design @ at - y) / len(y) + penalty * at
    sizes = np.abs(design).T @ (np.abs(design) @ np.abs(at) + np.abs(y)) / len(y)
    rounding = 2 * (len(y) + len(at)) * UNIT * np.linalg.norm(sizes)  # Higham (2002), section 3.1
    return Optimum(at, gradient, rounding, 2 * design.T @ design / len(y) + np.diag(penalty))


def classes(x, y, coefficients, intercepts, l2=0.0):
    """Labels 0 … K − 1, coefficients (K, m) and intercepts (K,); one row of them is the logistic model."""
    design = np.column_stack([x, np.ones(len(x))]).astype(float)
    at = np.column_stack([coefficients, intercepts]).astype(float)
    logits = design @ at.T
    if len(at) == 1:
        logits = np.column_stack([np.zeros(len(x)), logits])
    else:
        at[:, -1] -= at[:, -1].mean()  # the same number added to all intercepts changes nothing
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = (e / e.sum(axis=1, keepdims=True))[:, -len(at) :]
    one_hot = np.eye(logits.shape[1])[y][:, -len(at) :]
    penalty = l2 * np.append(np.ones(x.shape[1]), 0.0)
    gradient = (p - one_hot).T @ design / len(y) + penalty * at
    hessian = np.zeros((*at.shape, *at.shape))
    for c in range(len(at)):
        for d in range(len(at)):
            hessian[c, :, d] = design.T @ ((p[:, c] * ((c == d) - p[:, d]) / len(y))[:, None] * design)
        hessian[c, :, c] += np.diag(penalty)
    # Of n products with |p − y| ≤ 1, where a logit z of m products gives p an error of at most (m + 1)u|z|, or so.
    each = len(y) + (design.shape[1] + 16) * (1 + np.abs(logits).max())
    rounding = each * UNIT * np.sqrt(len(at)) * np.linalg.norm(np.abs(design).mean(axis=0))
    reach = np.sqrt(2 if len(at) > 1 else 1) * np.linalg.norm(design, axis=1).max()
    free = (len(at) > 1) * (1 if l2 else x.shape[1] + 1)
    return Optimum(at.ravel(), gradient.ravel(), rounding, hessian.reshape(at.size, at.size), reach, free)


def allowed(first, second):
    """How far apart two points of one objective can be."""
    mu = np.linalg.eigvalsh(first.hessian)[first.free]
    straight = (np.linalg.norm(first.gradient - second.gradient) + first.rounding + second.rounding) / mu
    if not first.reach:
        return straight
    assert first.reach * straight < 0.5, "too far from the optimum for the bound to say anything"
    return -np.log1p(-first.reach * straight) / first.reach


def assert_same(first, second, meaningful=1e-5):
    """Two fits are as close as their gradients make them, and these make them close: `meaningful`, relative."""
    distance, bound = np.linalg.norm(first.at - second.at), allowed(first, second)
    assert distance <= bound
    assert bound <= meaningful * np.linalg.norm(first.at), f"allowed {bound}, which says little"
    return distance
