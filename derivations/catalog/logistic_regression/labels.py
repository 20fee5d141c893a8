r"""Labels −1 and 1: the loss log(1 + e^{−tz}), its gradient −t σ(−tz), and that it is the same loss.

    u = tz (the margin),   C = log(1 + e^{−u}),   dC/dz = −t σ(−tz)

With y = (t + 1)/2 it is the cross-entropy of labels 0 and 1. The two are not equal for all real t, only
for t = −1 and t = 1: the label's domain is a condition of the proof, and is listed with it.
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid, softplus
from ...statement import Definition, Derivation, Statement, Step, scalar, variable
from ..board import HALF, MEAN, SAMPLE, SUM, C, Reduction, features, j, k, m, n, named, plus, samples, times
from .statements import FAMILY, cross_entropy

__all__ = ["SIGNED"]

HASTIE = "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009)"
SOURCE = f"{HASTIE}, (10.18), with margin yf in place of 2yf"

delta = sp.KroneckerDelta

_z, _t = scalar("z", role="logit"), scalar("t", role="label", domain=Domain.SIGNS)
_u, _y = named("u"), named("y")

_OF_LOGIT = Statement(
    name=f"{FAMILY}.signs.logit",
    family=FAMILY,
    title="Logistic loss with labels ±1, one sample, over its logit",
    source=SOURCE,
    variables=(_z, _t),
    definitions=(
        Definition(_u, _t() * _z(), "margin"),
        Definition(C, sp.log(1 + sp.exp(-_u)), "loss"),
        Definition(_y, times(HALF, _t() + 1), "label in {0, 1}"),
    ),
    convention="one sample, t ∈ {−1, 1}, natural logarithm",
)


def _one(name: str, title: str, left: sp.Expr, *steps: Step, stable: sp.Expr | None = None) -> Derivation:
    return Derivation(f"{FAMILY}.signs.{name}", _OF_LOGIT, title, left, steps, stable=stable, source=SOURCE)


_GRADIENT = _one(
    "z",
    "dC/dz = −t σ(−tz), labels ±1",
    Partial(C, _z()),
    Step(times(Partial(C, _u), Partial(_u, _z())), "chain_rule"),
    Step(times(1 / (1 + sp.exp(-_u)), Partial(1 + sp.exp(-_u), _u), Partial(_u, _z())), "log_derivative"),
    Step(
        times(plus(-sp.exp(-_u) / (1 + sp.exp(-_u))), Partial(_u, _z())),
        "exp_derivative",
        "the exponent −u contributes the factor −1",
    ),
    Step(times(-sigmoid(-_u), Partial(_u, _z())), "complement", "e^{−u}/(1 + e^{−u}) = 1 − σ(u) = σ(−u)"),
    Step(times(-sigmoid(-_u), _t()), "linear_form"),
    Step(-_t() * sigmoid(-_t() * _z()), "definition"),
)

_SAME_LOSS = _one(
    "loss",
    "Labels ±1 and labels 0/1 give the same loss, y = (t + 1)/2",
    C,
    Step(softplus(-_t() * _z()), "definition"),
    Step(
        plus(times(HALF, 1 + _t(), softplus(-_z())), times(HALF, 1 - _t(), softplus(_z()))),
        "label_cases",
        "t = 1 leaves softplus(−z), t = −1 leaves softplus(z)",
    ),
    Step(plus(_y * softplus(-_z()), (1 - _y) * softplus(_z())), "definition", "1 − y = (1 − t)/2"),
    Step(
        cross_entropy(_y, sigmoid(_z())),
        "softplus",
        "softplus(−z) = −log σ(z) and softplus(z) = −log(1 − σ(z))",
    ),
    stable=softplus(-_t() * _z()),
)

_SAME_GRADIENT = _one(
    "labels",
    "−t σ(−tz) = σ(z) − y with y = (t + 1)/2",
    -_t() * sigmoid(-_t() * _z()),
    Step(
        plus(times(-HALF, 1 + _t(), sigmoid(-_z())), times(HALF, 1 - _t(), sigmoid(_z()))),
        "label_cases",
        "t = 1 leaves −σ(−z), t = −1 leaves σ(z)",
    ),
    Step(plus(-(_y * sigmoid(-_z())), (1 - _y) * sigmoid(_z())), "definition"),
    Step(plus(-(_y * plus(1, -sigmoid(_z()))), (1 - _y) * sigmoid(_z())), "complement"),
    Step(plus(sigmoid(_z()), -_y), "algebra"),
    stable=-_t() * sigmoid(-_t() * _z()),
)


def _statement(reduction: Reduction) -> Statement:
    x, w = reduction.variable("x", m, role="feature"), variable("w", m, role="weight")
    t, b = reduction.variable("t", role="label", domain=Domain.SIGNS), scalar("b", role="bias")
    z, u = reduction.named("z"), reduction.named("u")
    return Statement(
        name=f"{FAMILY}.signs.{reduction.name}",
        family=FAMILY,
        title=f"Logistic loss with labels ±1, {reduction.words}, over weights and bias",
        source=SOURCE,
        variables=(x, t, w, b),
        ranges=((j, 1, m), *((s, 1, n) for s in reduction.index)),
        definitions=(
            Definition(z, features(w[k] * reduction.at(x, k)) + b(), "logit"),
            Definition(u, reduction.at(t) * z, "margin"),
            Definition(C, reduction.reduce(sp.log(1 + sp.exp(-u))), "loss"),
        ),
        convention=f"{reduction.words}, t ∈ {{−1, 1}}, natural logarithm",
    )


def _gradient(reduction: Reduction, parameter: str) -> Derivation:
    stated = _statement(reduction)
    t, z, u = reduction.at(stated.variable("t")), reduction.named("z"), reduction.named("u")
    x, w, b = stated.variable("x"), stated.variable("w"), stated.variable("b")
    is_weight = parameter == "w"
    v, x_j = (w[j], reduction.at(x, j)) if is_weight else (b(), sp.S.One)

    def line(*factors: sp.Expr) -> sp.Expr:
        kept = [f for f in factors if f != 1]
        return reduction.reduce(times(*kept))

    prefix = "" if reduction is SAMPLE else f"{reduction.name}."
    linear = (
        (
            Step(line(-sigmoid(-u), t, features(delta(k, j) * reduction.at(x, k))), "linearity"),
            Step(line(-sigmoid(-u), t, x_j), "delta"),
        )
        if is_weight
        else (Step(line(-sigmoid(-u), t), "linear_form"),)
    )
    return Derivation(
        f"{FAMILY}.signs.{prefix}{parameter}",
        stated,
        f"∂C/∂{'w_j' if is_weight else 'b'} of the logistic loss with labels ±1, {reduction.words}",
        Partial(C, v),
        (
            Step(reduction.total(times(Partial(C, u), Partial(u, z), Partial(z, v))), "chain_rule"),
            Step(
                line(1 / (1 + sp.exp(-u)), Partial(1 + sp.exp(-u), u), Partial(u, z), Partial(z, v)),
                "log_derivative",
            ),
            Step(
                line(plus(-sp.exp(-u) / (1 + sp.exp(-u))), Partial(u, z), Partial(z, v)),
                "exp_derivative",
                "the exponent −u contributes the factor −1",
            ),
            Step(line(-sigmoid(-u), Partial(u, z), Partial(z, v)), "complement", "e^{−u}/(1 + e^{−u}) = σ(−u)"),
            Step(line(-sigmoid(-u), t, Partial(z, v)), "linear_form", "u = tz"),
            *linear,
            Step(line(-t, sigmoid(-t * z), x_j), "definition"),
        ),
        source=SOURCE,
    )


def _same_mean() -> Derivation:
    """The gradient by w_j in both conventions, over n samples."""
    stated = _statement(MEAN)
    x, t, z = stated.variable("x"), MEAN.at(stated.variable("t")), MEAN.named("z")
    return Derivation(
        f"{FAMILY}.signs.mean.labels",
        stated,
        "Over n samples, labels ±1 and labels 0/1 give the same ∂C/∂w_j",
        Partial(C, stated.variable("w")[j]),
        (
            Step(
                times(1 / n, samples(times(-t, sigmoid(-t * z), MEAN.at(x, j)))),
                "substitution",
                "logistic_regression.signs.mean.w",
            ),
            Step(
                times(1 / n, samples(times(plus(sigmoid(z), times(-HALF, t + 1)), MEAN.at(x, j)))),
                "label_cases",
                "logistic_regression.signs.labels, for each sample; (t_i + 1)/2 is its label in {0, 1}",
            ),
        ),
        stable=times(1 / n, samples(times(-t, sigmoid(-t * z), MEAN.at(x, j)))),
        source=SOURCE,
    )


SIGNED: tuple[Derivation, ...] = (
    _GRADIENT,
    _SAME_LOSS,
    _SAME_GRADIENT,
    *(_gradient(reduction, parameter) for reduction in (SAMPLE, MEAN, SUM) for parameter in "wb"),
    _same_mean(),
)
"""The family with labels −1 and 1."""
