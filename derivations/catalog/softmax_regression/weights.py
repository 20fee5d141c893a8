r"""Softmax regression: K classes, one-hot labels, cross-entropy, weights W and biases b.

    z_c = Σ_k x_k W_kc + b_c,   p_c = e^{z_c} / Σ_d e^{z_d},   C = −Σ_c y_c log p_c

Stated for one sample, for the mean over n samples, and with the penalty (λ/2) Σ W² (the bias is not
penalised). What is special to softmax, ∂p_i/∂z_j and dC/dz = p − y, is proved in `logits`; a
weight adds one factor, ∂z_d/∂W_kc = δ_dc x_k.

Left out: class weights, and that W is not unique (W_kc + a_k for all c gives the same p).
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from ..board import plus, times

__all__ = ["DERIVATIONS", "MEAN", "PENALISED", "SAMPLE"]

n, m, K = size("n"), size("m"), size("K")
i, k, c, d = (index(name) for name in "ikcd")
l, e = index("l"), index("e")  # bound, beside the free ones
delta = sp.KroneckerDelta
C, D, R, J = (sp.Symbol(name, real=True) for name in "CDRJ")
z, p = (sp.IndexedBase(sp.Symbol(name, real=True)) for name in "zp")
W, b = variable("W", m, K, role="weight"), variable("b", K, role="bias")

_BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4"

_x1 = variable("x", m, role="feature")
_y1 = variable("y", K, role="label", domain=Domain.ONE_HOT)

SAMPLE = Statement(
    name="softmax_regression.sample",
    family="softmax_regression",
    title="Softmax regression, one sample",
    source=f"{_BISHOP}, (4.104)–(4.109)",
    variables=(_x1, _y1, W, b),
    ranges=((k, 1, m), (c, 1, K)),
    minimum=((K, 2),),
    definitions=(
        Definition(z[c], sp.Sum(_x1[k] * W[k, c], (k, 1, m)) + b[c], "logit"),
        Definition(p[c], sp.exp(z[c]) / sp.Sum(sp.exp(z[d]), (d, 1, K)), "prediction"),
        Definition(C, -sp.Sum(_y1[c] * sp.log(p[c]), (c, 1, K)), "loss"),
    ),
    convention="sum over classes, natural logarithm",
)
"""C(W, b) for one sample."""

_stable1 = p[c] * (1 - _y1[c]) - _y1[c] * sp.Sum(p[d] * (1 - _y1[d]), (d, 1, K))

_SAMPLE = (
    Derivation(
        "softmax_regression.sample.W",
        SAMPLE,
        "Gradient by a weight, one sample",
        Partial(C, W[k, c]),
        (
            Step(sp.Sum(Partial(C, z[d]) * Partial(z[d], W[k, c]), (d, 1, K)), "chain_rule"),
            Step(sp.Sum((p[d] - _y1[d]) * Partial(z[d], W[k, c]), (d, 1, K)), "softmax_cross_entropy"),
            Step(sp.Sum((p[d] - _y1[d]) * delta(d, c) * _x1[k], (d, 1, K)), "linear_form"),
            Step((p[c] - _y1[c]) * _x1[k], "delta", "only the logit of class c depends on W_kc"),
        ),
        stable=_stable1 * _x1[k],
        source=f"{_BISHOP}, (4.109)",
    ),
    Derivation(
        "softmax_regression.sample.b",
        SAMPLE,
        "Gradient by a bias, one sample",
        Partial(C, b[c]),
        (
            Step(sp.Sum(Partial(C, z[d]) * Partial(z[d], b[c]), (d, 1, K)), "chain_rule"),
            Step(sp.Sum((p[d] - _y1[d]) * Partial(z[d], b[c]), (d, 1, K)), "softmax_cross_entropy"),
            Step(sp.Sum((p[d] - _y1[d]) * delta(d, c), (d, 1, K)), "linear_form"),
            Step(p[c] - _y1[c], "delta"),
        ),
        stable=_stable1,
    ),
)

x, y = variable("x", n, m, role="feature"), variable("y", n, K, role="label", domain=Domain.ONE_HOT)
penalty = scalar("lambda", role="penalty", domain=Domain.NONNEGATIVE)

_FORWARD = (
    Definition(z[i, c], sp.Sum(x[i, k] * W[k, c], (k, 1, m)) + b[c], "logit"),
    Definition(p[i, c], sp.exp(z[i, c]) / sp.Sum(sp.exp(z[i, d]), (d, 1, K)), "prediction"),
)
_cross_entropy = -sp.Sum(y[i, c] * sp.log(p[i, c]), (c, 1, K), (i, 1, n)) / n

MEAN = Statement(
    name="softmax_regression",
    family="softmax_regression",
    title="Softmax regression, mean over n samples",
    source=f"{_BISHOP}, (4.108) and (4.109)",
    variables=(x, y, W, b),
    ranges=((i, 1, n), (k, 1, m), (c, 1, K)),
    minimum=((K, 2),),
    definitions=(*_FORWARD, Definition(C, _cross_entropy, "loss")),
    convention="mean over samples, sum over classes, natural logarithm",
)
"""C(W, b), the mean over n samples."""

_stable = p[i, c] * (1 - y[i, c]) - y[i, c] * sp.Sum(p[i, e] * (1 - y[i, e]), (e, 1, K))


def _of_mean(name: str, title: str, left: sp.Expr, *steps: Step, **more: object) -> Derivation:
    return Derivation(f"softmax_regression.{name}", MEAN, title, left, steps, **more)  # type: ignore[arg-type]


_LOSS = _of_mean(
    "loss",
    "The loss by logsumexp",
    C,
    Step(
        -sp.Sum(y[i, c] * (z[i, c] - sp.log(sp.Sum(sp.exp(z[i, d]), (d, 1, K)))), (c, 1, K), (i, 1, n)) / n,
        "log_exp",
    ),
    Step(
        sp.Sum(
            sp.log(sp.Sum(sp.exp(z[i, d]), (d, 1, K))) - sp.Sum(y[i, c] * z[i, c], (c, 1, K)),
            (i, 1, n),
        )
        / n,
        "labels_sum_to_one",
    ),
    stable=sp.Sum(sp.log(sp.Sum(sp.exp(z[i, d] - sp.Sum(y[i, c] * z[i, c], (c, 1, K))), (d, 1, K))), (i, 1, n)) / n,
)

_GRADIENT_Z = _of_mean(
    "z",
    "Gradient by the logits",
    Partial(C, z[i, c]),
    Step(sp.Sum(Partial(C, p[i, e]) * Partial(p[i, e], z[i, c]), (e, 1, K)), "chain_rule"),
    Step(sp.Sum(-y[i, e] / (n * p[i, e]) * Partial(p[i, e], z[i, c]), (e, 1, K)), "log_derivative"),
    Step(
        sp.Sum(times(-y[i, e] / (n * p[i, e]), times(p[i, e], plus(delta(e, c), -p[i, c]))), (e, 1, K)),
        "softmax_derivative",
    ),
    Step(
        sp.Sum(times(-y[i, e] / n, plus(delta(e, c), -p[i, c])), (e, 1, K)),
        "cancel",
        "p_ie > 0",
    ),
    Step((p[i, c] * sp.Sum(y[i, e], (e, 1, K)) - y[i, c]) / n, "delta"),
    Step((p[i, c] - y[i, c]) / n, "labels_sum_to_one"),
    stable=_stable / n,
)


def _by_parameter(symbol: str, loss: sp.Expr, v: sp.Expr, factor: sp.Expr, title: str) -> Derivation:
    """∂loss/∂v = (1/n) Σ_i (p_ic − y_ic) factor, for v = W_kc or b_c with ∂z_id/∂v = δ_dc factor."""
    return _of_mean(
        symbol,
        title,
        Partial(loss, v),
        Step(
            sp.Sum(Partial(loss, z[i, d]) * Partial(z[i, d], v), (d, 1, K), (i, 1, n)),
            "chain_rule",
            "over every sample and every class",
        ),
        Step(
            sp.Sum((p[i, d] - y[i, d]) / n * Partial(z[i, d], v), (d, 1, K), (i, 1, n)),
            "softmax_cross_entropy",
        ),
        Step(sp.Sum((p[i, d] - y[i, d]) * delta(d, c) * factor, (d, 1, K), (i, 1, n)) / n, "linear_form"),
        Step(sp.Sum((p[i, c] - y[i, c]) * factor, (i, 1, n)) / n, "delta"),
        stable=sp.Sum(_stable * factor, (i, 1, n)) / n,
        source=f"{_BISHOP}, (4.109)",
    )


PENALISED = Statement(
    name="softmax_regression.l2",
    family="softmax_regression",
    title="Softmax regression, mean over n samples, with an L2 penalty on W",
    source="Murphy, Machine Learning: A Probabilistic Perspective (2012), section 8.3.7",
    variables=(x, y, W, b, penalty),
    ranges=((k, 1, m), (c, 1, K)),
    minimum=((K, 2),),
    definitions=(
        *_FORWARD,
        Definition(D, _cross_entropy, "data term"),
        Definition(R, penalty() / 2 * sp.Sum(W[k, c] ** 2, (k, 1, m), (c, 1, K)), "penalty term"),
        Definition(J, D + R, "loss"),
    ),
    convention="mean over samples; penalty (λ/2) Σ W², the bias is not penalised",
)
"""J(W, b) = C + (λ/2) Σ W²."""

_mean_residual = sp.Sum((p[i, c] - y[i, c]) * x[i, k], (i, 1, n)) / n

_PENALISED = (
    Derivation(
        "softmax_regression.l2.W",
        PENALISED,
        "Gradient by a weight, with the penalty",
        Partial(J, W[k, c]),
        (
            Step(Partial(D, W[k, c]) + Partial(R, W[k, c]), "linearity"),
            Step(_mean_residual + Partial(R, W[k, c]), "substitution", "the gradient found before"),
            Step(
                _mean_residual + penalty() / 2 * sp.Sum(2 * W[l, e] * delta(l, k) * delta(e, c), (l, 1, m), (e, 1, K)),
                "power_rule",
            ),
            Step(_mean_residual + penalty() * W[k, c], "delta"),
        ),
        stable=sp.Sum(_stable * x[i, k], (i, 1, n)) / n + penalty() * W[k, c],
    ),
    Derivation(
        "softmax_regression.l2.b",
        PENALISED,
        "Gradient by a bias, which is not penalised",
        Partial(J, b[c]),
        (
            Step(Partial(D, b[c]) + Partial(R, b[c]), "linearity"),
            Step(Partial(D, b[c]), "constant", "the penalty does not contain b"),
            Step(sp.Sum(p[i, c] - y[i, c], (i, 1, n)) / n, "substitution", "the gradient found before"),
        ),
        stable=sp.Sum(_stable, (i, 1, n)) / n,
    ),
)

DERIVATIONS: tuple[Derivation, ...] = (
    *_SAMPLE,
    _LOSS,
    _GRADIENT_Z,
    _by_parameter("W", C, W[k, c], x[i, k], "Gradient by a weight"),
    _by_parameter("b", C, b[c], sp.S.One, "Gradient by a bias"),
    *_PENALISED,
)
"""What is claimed over W and b: one sample, the mean, the penalty."""
