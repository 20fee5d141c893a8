"""Gradients of cross-entropy by w_j, b and z_i, for one sample, the sum and the mean: each line of the chain rule."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid
from ...statement import Definition, Derivation, Statement, Step, variable
from ..board import MEAN, SAMPLE, SUM, C, Reduction, features, i, j, k, l, n, named, plus, samples, times
from .statements import BISHOP, FAMILY, NIELSEN, cross_entropy, stable_residual, statement

__all__ = ["GRADIENTS"]

delta = sp.KroneckerDelta


def _gradient(reduction: Reduction, parameter: str) -> Derivation:
    """∂C/∂w_j or ∂C/∂b, from the chain rule."""
    stated = statement(reduction)
    w, b, x = stated.variable("w"), stated.variable("b"), stated.variable("x")
    y, z, sigma = reduction.at(stated.variable("y")), reduction.named("z"), reduction.named("sigma")
    is_weight = parameter == "w"
    v = w[j] if is_weight else b()
    x_j = reduction.at(x, j) if is_weight else sp.S.One
    weight = reduction.weight
    d_loss = plus(-y / sigma, (1 - y) / (1 - sigma))
    over_one = plus(-y * (1 - sigma), (1 - y) * sigma) / (sigma * (1 - sigma))

    def line(*factors: sp.Expr) -> sp.Expr:
        factors = tuple(f for f in factors if f != 1)
        return reduction.scaled(1, times(*factors) if len(factors) > 1 else factors[0])

    inner = (
        (
            Step(
                line(d_loss, sigma, 1 - sigma, features(delta(k, j) * reduction.at(x, k))),
                "linearity",
                "z is linear in the weights, and ∂w_k/∂w_j = δ_kj",
            ),
            Step(line(d_loss, sigma, 1 - sigma, x_j), "delta"),
        )
        if is_weight
        else (Step(line(d_loss, sigma, 1 - sigma), "linear_form", "∂z/∂b = 1"),)
    )
    paths = "each sample's σ is one path from the loss to the parameter" if reduction.index else ""
    prefix = "" if reduction is SAMPLE else f"{reduction.name}."
    return Derivation(
        f"{FAMILY}.{prefix}{parameter}",
        stated,
        f"∂C/∂{'w_j' if is_weight else 'b'} of cross-entropy, {reduction.words}",
        Partial(C, v),
        (
            Step(
                reduction.total(times(Partial(C, sigma), Partial(sigma, z), Partial(z, v))),
                "chain_rule",
                paths,
            ),
            Step(line(d_loss, Partial(sigma, z), Partial(z, v)), "log_derivative"),
            Step(line(d_loss, sigma, 1 - sigma, Partial(z, v)), "sigmoid_derivative"),
            *inner,
            Step(
                line(over_one, sigma, 1 - sigma, x_j),
                "common_denominator",
                "the denominator is the derivative of σ",
            ),
            Step(line(plus(-y * (1 - sigma), (1 - y) * sigma), x_j), "cancel", "σ(1 − σ) > 0"),
            Step(line(plus(sigma, -y), x_j), "algebra", "−y + yσ + σ − yσ"),
            Step(line(plus(sigmoid(z), -y), x_j), "definition"),
        ),
        stable=line(stable_residual(z, y), x_j),
        source=f"{BISHOP}, (4.91)" if weight == 1 else f"{NIELSEN}, (61) and (62)",
    )


# The mean over n samples, over the logits.

_zs, _ys = variable("z", n, role="logit"), variable("y", n, role="label", domain=Domain.BINARY)

_OF_LOGITS = Statement(
    name=f"{FAMILY}.logits",
    family=FAMILY,
    title="Cross-entropy, mean over the n samples, over their logits",
    source=f"{NIELSEN}, (57)",
    variables=(_zs, _ys),
    ranges=((i, 1, n),),
    definitions=(
        Definition(named("sigma", i), sigmoid(_zs[i]), "prediction"),
        Definition(C, MEAN.reduce(cross_entropy(_ys[i], named("sigma", i))), "loss"),
    ),
    convention="mean over the n samples, y ∈ {0, 1}, natural logarithm",
)

_loss_l = cross_entropy(_ys[l], named("sigma", l))

LOGITS = Derivation(
    f"{FAMILY}.mean.z",
    _OF_LOGITS,
    "∂C/∂z_i = (σ(z_i) − y_i)/n",
    Partial(C, _zs[i]),
    (
        Step(times(1 / n, samples(Partial(_loss_l, _zs[i]), l)), "linearity"),
        Step(
            times(1 / n, samples(times(delta(l, i), plus(named("sigma", l), -_ys[l])), l)),
            "sigmoid_derivative",
            "sample l depends on z_l alone; its derivative is that of one sample, logistic_regression.z",
        ),
        Step(times(1 / n, plus(named("sigma", i), -_ys[i])), "delta"),
        Step(times(1 / n, plus(sigmoid(_zs[i]), -_ys[i])), "definition"),
    ),
    stable=times(1 / n, stable_residual(_zs[i], _ys[i])),
    source=f"{NIELSEN}, (61) and (62)",
)

GRADIENTS: tuple[Derivation, ...] = (
    *(_gradient(SAMPLE, parameter) for parameter in "wb"),
    LOGITS,
    *(_gradient(reduction, parameter) for reduction in (MEAN, SUM) for parameter in "wb"),
)
"""∂C/∂w_j, ∂C/∂b and ∂C/∂z_i."""
