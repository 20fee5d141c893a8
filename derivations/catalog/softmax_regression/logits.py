r"""Softmax and its cross-entropy as functions of the logits of one sample.

    p_c = e^{z_c} / Σ_d e^{z_d},   C = −Σ_c y_c log p_c

One derivative carries everything, ∂p_i/∂z_j = p_i(δ_ij − p_j), and one condition on the labels turns it
into dC/dz_k = p_k − y_k: Σ_c y_c = 1. The Hessian is the covariance matrix of the distribution p, so C
is convex. Weights come in `weights`.

Stable forms: p_k − y_k cancels at the label's class, where it is −Σ_{c≠k} p_c; the form given has that
sum. Left out: labels that are not one-hot (p − y uses only Σ_c y_c = 1; its stable form uses more).
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from ..board import plus, times

__all__ = ["DERIVATIONS", "LOGITS"]

K = size("K")
c, d, i, j, k = (index(name) for name in "cdijk")
delta = sp.KroneckerDelta
S, C = sp.Symbol("S", real=True), sp.Symbol("C", real=True)
p_ = sp.IndexedBase(sp.Symbol("p", real=True))

_BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4"

# One sample, over its logits: the calculus of softmax itself.

_z = variable("z", K, role="logit")
_y = variable("y", K, role="label", domain=Domain.ONE_HOT)
_v = variable("v", K, role="direction")
_a = scalar("a", role="shift")

LOGITS = Statement(
    name="softmax_regression.logits",
    family="softmax_regression",
    title="Cross-entropy of softmax, one sample, over its logits",
    source=f"{_BISHOP}, (4.104) and (4.108)",
    variables=(_z, _y, _v, _a),
    ranges=((i, 1, K), (j, 1, K), (k, 1, K)),
    minimum=((K, 2),),
    definitions=(
        Definition(S, sp.Sum(sp.exp(_z[d]), (d, 1, K)), "normaliser"),
        Definition(p_[c], sp.exp(_z[c]) / S, "prediction"),
        Definition(C, -sp.Sum(_y[c] * sp.log(p_[c]), (c, 1, K)), "loss"),
    ),
    convention="sum over classes, natural logarithm",
)
"""C(z) for one sample, with the direction v and the shift a of the Hessian and of shift invariance."""


def _of_logits(name: str, title: str, left: sp.Expr, *steps: Step, source: str = "", **more: object) -> Derivation:
    return Derivation(f"softmax_regression.{name}", LOGITS, title, left, steps, source=source, **more)  # type: ignore[arg-type]


_JACOBIAN = _of_logits(
    "jacobian",
    "Jacobian of softmax",
    Partial(p_[i], _z[j]),
    Step(Partial(sp.exp(_z[i]) / S, _z[j]), "definition"),
    Step((Partial(sp.exp(_z[i]), _z[j]) * S - sp.exp(_z[i]) * Partial(S, _z[j])) / S**2, "quotient_rule"),
    Step(
        (delta(i, j) * sp.exp(_z[i]) * S - sp.exp(_z[i]) * Partial(S, _z[j])) / S**2,
        "exp_derivative",
        "∂e^{z_i}/∂z_j is e^{z_i} if i = j and 0 if not",
    ),
    Step(
        (delta(i, j) * sp.exp(_z[i]) * S - sp.exp(_z[i]) * sp.exp(_z[j])) / S**2,
        "delta",
        "of the sum S only the term d = j depends on z_j",
    ),
    Step(sp.exp(_z[i]) / S * (delta(i, j) - sp.exp(_z[j]) / S), "algebra"),
    Step(p_[i] * (delta(i, j) - p_[j]), "definition"),
    source=f"{_BISHOP}, (4.106)",
)

_JACOBIAN_SAME = _of_logits(
    "jacobian_same",
    "Jacobian of softmax, i = j",
    Partial(p_[i], _z[i]),
    Step((Partial(sp.exp(_z[i]), _z[i]) * S - sp.exp(_z[i]) * Partial(S, _z[i])) / S**2, "quotient_rule"),
    Step((sp.exp(_z[i]) * S - sp.exp(_z[i]) ** 2) / S**2, "exp_derivative"),
    Step(sp.exp(_z[i]) / S * (1 - sp.exp(_z[i]) / S), "algebra"),
    Step(p_[i] * (1 - p_[i]), "definition", "the same form as σ' = σ(1 − σ)"),
    source=f"{_BISHOP}, (4.106)",
)

_JACOBIAN_OTHER = _of_logits(
    "jacobian_other",
    "Jacobian of softmax, i ≠ j (both sides times 1 − δ_ij, which is 1 there and 0 at i = j)",
    (1 - delta(i, j)) * Partial(p_[i], _z[j]),
    Step(
        (1 - delta(i, j)) * (Partial(sp.exp(_z[i]), _z[j]) * S - sp.exp(_z[i]) * Partial(S, _z[j])) / S**2,
        "quotient_rule",
    ),
    Step(
        -(1 - delta(i, j)) * sp.exp(_z[i]) * sp.exp(_z[j]) / S**2,
        "exp_derivative",
        "the numerator e^{z_i} does not depend on z_j",
    ),
    Step(-(1 - delta(i, j)) * p_[i] * p_[j], "definition"),
    source=f"{_BISHOP}, (4.106)",
)

_LOG_PROBABILITY = _of_logits(
    "log_probability",
    "Derivative of the log-probability of a class",
    Partial(sp.log(p_[i]), _z[j]),
    Step(times(1 / p_[i], Partial(p_[i], _z[j])), "log_derivative"),
    Step(times(1 / p_[i], times(p_[i], plus(delta(i, j), -p_[j]))), "softmax_derivative"),
    Step(plus(delta(i, j), -p_[j]), "cancel", "p_i > 0"),
)

_SUM_TO_ONE = _of_logits(
    "probabilities",
    "The probabilities sum to one",
    sp.Sum(p_[c], (c, 1, K)),
    Step(sp.Sum(sp.exp(_z[c]) / S, (c, 1, K)), "definition"),
    Step(sp.Sum(sp.exp(_z[c]), (c, 1, K)) / S, "linearity"),
    Step(sp.S.One, "definition"),
)

_GRADIENT_Z = _of_logits(
    "sample.z",
    "Gradient by the logits, one sample: prediction minus label",
    Partial(C, _z[k]),
    Step(sp.Sum(times(Partial(C, p_[i]), Partial(p_[i], _z[k])), (i, 1, K)), "chain_rule", "every p_i depends on z_k"),
    Step(sp.Sum(times(-_y[i] / p_[i], Partial(p_[i], _z[k])), (i, 1, K)), "log_derivative"),
    Step(
        sp.Sum(times(-_y[i] / p_[i], times(p_[i], plus(delta(i, k), -p_[k]))), (i, 1, K)),
        "softmax_derivative",
    ),
    Step(-sp.Sum(times(_y[i], plus(delta(i, k), -p_[k])), (i, 1, K)), "cancel", "p_i > 0"),
    Step(p_[k] * sp.Sum(_y[i], (i, 1, K)) - sp.Sum(delta(i, k) * _y[i], (i, 1, K)), "linearity"),
    Step(p_[k] * sp.Sum(_y[i], (i, 1, K)) - _y[k], "delta"),
    Step(p_[k] - _y[k], "labels_sum_to_one"),
    stable=p_[k] * (1 - _y[k]) - _y[k] * sp.Sum(p_[c] * (1 - _y[c]), (c, 1, K)),
    source=f"{_BISHOP}, (4.109)",
)

_LOGSUMEXP = _of_logits(
    "sample.loss",
    "The loss by logsumexp, one sample",
    C,
    Step(-sp.Sum(_y[c] * sp.log(sp.exp(_z[c]) / S), (c, 1, K)), "definition"),
    Step(-sp.Sum(_y[c] * (_z[c] - sp.log(S)), (c, 1, K)), "log_exp"),
    Step(sp.log(S) * sp.Sum(_y[c], (c, 1, K)) - sp.Sum(_y[c] * _z[c], (c, 1, K)), "linearity"),
    Step(sp.log(S) - sp.Sum(_y[c] * _z[c], (c, 1, K)), "labels_sum_to_one"),
    Step(sp.log(sp.Sum(sp.exp(_z[d]), (d, 1, K))) - sp.Sum(_y[c] * _z[c], (c, 1, K)), "definition"),
    stable=sp.log(sp.Sum(sp.exp(_z[d] - sp.Sum(_y[c] * _z[c], (c, 1, K))), (d, 1, K))),
)

_SHIFT = _of_logits(
    "shift_invariance",
    "Softmax does not change when every logit is shifted by a",
    sp.exp(_z[i] + _a()) / sp.Sum(sp.exp(_z[d] + _a()), (d, 1, K)),
    Step(sp.exp(_a()) * sp.exp(_z[i]) / sp.Sum(sp.exp(_a()) * sp.exp(_z[d]), (d, 1, K)), "exp_sum"),
    Step(sp.exp(_a()) * sp.exp(_z[i]) / (sp.exp(_a()) * sp.Sum(sp.exp(_z[d]), (d, 1, K))), "linearity"),
    Step(p_[i], "definition"),
    source="Goodfellow, Bengio, Courville, Deep Learning (2016), section 6.2.2.3",
)

_HESSIAN = _of_logits(
    "sample.hessian_z",
    "Hessian by the logits",
    Partial(C, _z[i], _z[j]),
    Step(Partial(p_[i] - _y[i], _z[j]), "softmax_cross_entropy"),
    Step(Partial(p_[i], _z[j]), "linearity", "y does not depend on z"),
    Step(p_[i] * (delta(i, j) - p_[j]), "softmax_derivative"),
    source=f"{_BISHOP}, (4.110)",
)

_mean_v = sp.Sum(p_[d] * _v[d], (d, 1, K))
_CONVEX = _of_logits(
    "sample.convex_z",
    "The loss is convex in the logits: vᵀHv is the variance of v under p",
    sp.Sum(_v[i] * Partial(C, _z[i], _z[j]) * _v[j], (j, 1, K), (i, 1, K)),
    Step(
        sp.Sum(_v[i] * p_[i] * (delta(i, j) - p_[j]) * _v[j], (j, 1, K), (i, 1, K)),
        "softmax_derivative",
        "the Hessian found before",
    ),
    Step(
        sp.Sum(_v[i] * p_[i] * delta(i, j) * _v[j], (j, 1, K), (i, 1, K))
        - sp.Sum(_v[i] * p_[i] * p_[j] * _v[j], (j, 1, K), (i, 1, K)),
        "linearity",
    ),
    Step(sp.Sum(p_[c] * _v[c] ** 2, (c, 1, K)) - _mean_v**2, "delta"),
    Step(
        sp.Sum(p_[c] * _v[c] ** 2, (c, 1, K))
        - 2 * _mean_v * sp.Sum(p_[c] * _v[c], (c, 1, K))
        + _mean_v**2 * sp.Sum(p_[c], (c, 1, K)),
        "algebra",
        "Σ_c p_c = 1, and −m² = −2m·m + m² for the mean m = Σ_d p_d v_d",
    ),
    Step(sp.Sum(p_[c] * (_v[c] - _mean_v) ** 2, (c, 1, K)), "variance"),
    kind="sign",
    relation=">=",
)

DERIVATIONS: tuple[Derivation, ...] = (
    _JACOBIAN,
    _JACOBIAN_SAME,
    _JACOBIAN_OTHER,
    _LOG_PROBABILITY,
    _SUM_TO_ONE,
    _GRADIENT_Z,
    _LOGSUMEXP,
    _SHIFT,
    _HESSIAN,
    _CONVEX,
)
