r"""One sample, over its logit: σ' = σ(1 − σ), ∂C/∂σ, and the teaching proof of dC/dz = σ(z) − y."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid, softplus
from ...statement import Definition, Derivation, Statement, Step, scalar
from ..board import C, named, plus, times
from .statements import BISHOP, FAMILY, NIELSEN, cross_entropy, stable_residual

__all__ = ["LOGIT", "PREDICTION", "SIGMOID_DERIVATIVE", "SOFTPLUS"]

_z, _y = scalar("z", role="logit"), scalar("y", role="label", domain=Domain.BINARY)
_sigma = named("sigma")

_SIGMOID = Statement(
    name=f"{FAMILY}.sigmoid",
    family=FAMILY,
    title="The logistic function",
    source=f"{BISHOP}, (4.59)",
    variables=(_z,),
    definitions=(Definition(_sigma, 1 / (1 + sp.exp(-_z())), "prediction"),),
)

_E = sp.exp(-_z())

SIGMOID_DERIVATIVE = Derivation(
    f"{FAMILY}.sigmoid_derivative",
    _SIGMOID,
    "σ'(z) = σ(z)(1 − σ(z))",
    Partial(_sigma, _z()),
    (
        Step(Partial(1 / (1 + _E), _z()), "definition"),
        Step(times(-1 / (1 + _E) ** 2, Partial(1 + _E, _z())), "reciprocal_rule", "and the chain rule"),
        Step(times(-1 / (1 + _E) ** 2, -_E), "exp_derivative", "the exponent −z contributes the factor −1"),
        Step(times(1 / (1 + _E), _E / (1 + _E)), "algebra", "two minus signs cancel; split the square"),
        Step(times(1 / (1 + _E), plus(1, -1 / (1 + _E))), "algebra", "e^{−z} = (1 + e^{−z}) − 1"),
        Step(times(_sigma, plus(1, -_sigma)), "definition"),
        Step(times(sigmoid(_z()), plus(1, -sigmoid(_z()))), "definition"),
    ),
    stable=sigmoid(_z()) * sigmoid(-_z()),
    source=f"{BISHOP}, (4.88)",
)

_s = scalar("sigma", role="prediction", domain=Domain.UNIT)

_OF_PREDICTION = Statement(
    name=f"{FAMILY}.prediction",
    family=FAMILY,
    title="Cross-entropy as a function of the prediction σ",
    source=f"{NIELSEN}, (57)",
    variables=(_s, _y),
    definitions=(Definition(C, cross_entropy(_y(), _s()), "loss"),),
    convention="one sample, y ∈ {0, 1}, natural logarithm",
)

PREDICTION = Derivation(
    f"{FAMILY}.sigma",
    _OF_PREDICTION,
    "∂C/∂σ = (σ − y)/(σ(1 − σ))",
    Partial(C, _s()),
    (
        Step(Partial(cross_entropy(_y(), _s()), _s()), "definition"),
        Step(
            plus(-_y() * Partial(sp.log(_s()), _s()), -((1 - _y()) * Partial(sp.log(1 - _s()), _s()))),
            "linearity",
        ),
        Step(
            plus(-_y() / _s(), (1 - _y()) / (1 - _s())),
            "log_derivative",
            "the derivative of log(1 − σ) is −1/(1 − σ): the inner function contributes −1",
        ),
        Step(
            plus(-_y() * (1 - _s()), (1 - _y()) * _s()) / (_s() * (1 - _s())),
            "common_denominator",
        ),
        Step(
            plus(-_y(), _y() * _s(), _s(), -_y() * _s()) / (_s() * (1 - _s())),
            "expand",
        ),
        Step((_s() - _y()) / (_s() * (1 - _s())), "cancel", "−yσ and yσ"),
    ),
    source=f"{NIELSEN}, between (57) and (61)",
)

# One sample, over its logit: the teaching proof.

_OF_LOGIT = Statement(
    name=f"{FAMILY}.logit",
    family=FAMILY,
    title="Cross-entropy of one sample, over its logit",
    source=f"{NIELSEN}, (57)",
    variables=(_z, _y),
    definitions=(
        Definition(_sigma, sigmoid(_z()), "prediction"),
        Definition(C, cross_entropy(_y(), _sigma), "loss"),
    ),
    convention="one sample, y ∈ {0, 1}, natural logarithm",
)

LOGIT = Derivation(
    f"{FAMILY}.z",
    _OF_LOGIT,
    "dC/dz = σ(z) − y",
    Partial(C, _z()),
    (
        Step(
            Partial(cross_entropy(_y(), _sigma), _z()),
            "definition",
            "the loss of one sample, where σ stands for σ(z)",
        ),
        Step(times(Partial(C, _sigma), Partial(_sigma, _z())), "chain_rule", "C depends on z through σ alone"),
        Step(
            times(plus(-_y() / _sigma, (1 - _y()) / (1 - _sigma)), Partial(_sigma, _z())),
            "log_derivative",
            "the derivative of log(1 − σ) by σ is −1/(1 − σ), so two minus signs meet",
        ),
        Step(
            times(plus(-_y() / _sigma, (1 - _y()) / (1 - _sigma)), _sigma, 1 - _sigma),
            "sigmoid_derivative",
        ),
        Step(
            times(plus(-_y() * (1 - _sigma), (1 - _y()) * _sigma) / (_sigma * (1 - _sigma)), _sigma, 1 - _sigma),
            "common_denominator",
            "the denominator σ(1 − σ) is exactly the derivative of σ",
        ),
        Step(plus(-_y() * (1 - _sigma), (1 - _y()) * _sigma), "cancel", "σ(1 − σ) > 0, for every real z"),
        Step(plus(-_y(), _y() * _sigma, _sigma, -_y() * _sigma), "expand"),
        Step(plus(_sigma, -_y()), "cancel", "yσ and −yσ"),
        Step(plus(sigmoid(_z()), -_y()), "definition"),
    ),
    stable=stable_residual(_z(), _y()),
    source=f"{BISHOP}, (4.91), where each sample contributes (σ(z) − y) x; {NIELSEN}, (61) and (62)",
)

SOFTPLUS = Derivation(
    f"{FAMILY}.softplus",
    _OF_LOGIT,
    "C = softplus(z) − yz",
    C,
    (
        Step(cross_entropy(_y(), _sigma), "definition"),
        Step(plus(-_y() * sp.log(sigmoid(_z())), -((1 - _y()) * sp.log(1 - sigmoid(_z())))), "definition"),
        Step(
            plus(_y() * softplus(-_z()), (1 - _y()) * softplus(_z())),
            "softplus",
            "−log σ(z) = softplus(−z), and 1 − σ(z) = σ(−z)",
        ),
        Step(
            plus(_y() * plus(softplus(_z()), -_z()), (1 - _y()) * softplus(_z())),
            "log_product",
            "1 + e^{−z} = e^{−z}(1 + e^z), so softplus(−z) = softplus(z) − z",
        ),
        Step(plus(softplus(_z()), -_y() * _z()), "algebra"),
    ),
    stable=plus(_y() * softplus(-_z()), (1 - _y()) * softplus(_z())),
    source="Murphy, Probabilistic Machine Learning: An Introduction (2022), section 10.2.3",
)
