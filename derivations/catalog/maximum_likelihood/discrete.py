r"""Bernoulli and categorical likelihoods, and the cross-entropies that they become."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid
from ...statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from ..board import C, i, l, n, named, plus, samples, times
from .likelihood import BISHOP, FAMILY, LIKELIHOOD, MEAN_LOG, over_samples

__all__ = ["BERNOULLI", "CATEGORICAL"]

delta = sp.KroneckerDelta
K = size("K")
c, d = index("c"), index("d")
_y = variable("y", n, role="label", domain=Domain.BINARY)


def _cross_entropy(p: sp.Expr) -> sp.Expr:
    return plus(-_y[i] * sp.log(p), -((1 - _y[i]) * sp.log(1 - p)))


# Bernoulli: y_i is 1 with probability p_i.


def _bernoulli(name: str, title: str, *definitions: Definition, p: sp.Expr, **more: object) -> Statement:
    likelihood = over_samples(times(p ** _y[i], (1 - p) ** (1 - _y[i])))
    return Statement(
        name=f"{FAMILY}.{name}",
        family=FAMILY,
        title=title,
        source=f"{BISHOP}, (4.89) and (4.90)",
        definitions=(*definitions, Definition(LIKELIHOOD, likelihood, "likelihood"), Definition(C, MEAN_LOG, "loss")),
        convention="independent samples, natural logarithm, mean over the n samples",
        **more,  # type: ignore[arg-type]
    )


_p = variable("p", n, role="prediction", domain=Domain.UNIT)
_OF_P = _bernoulli(
    "bernoulli", "Bernoulli likelihood of the predictions", p=_p[i], variables=(_p, _y), ranges=((l, 1, n),)
)


def _log_steps(p: sp.Expr) -> tuple[Step, ...]:
    """−(1/n) log ∏ p^y (1 − p)^{1−y} to cross-entropy."""
    hit, miss = p ** _y[i], (1 - p) ** (1 - _y[i])
    return (
        Step(times(-1 / n, sp.log(over_samples(times(hit, miss)))), "definition", "the samples are independent"),
        Step(
            times(-1 / n, samples(sp.log(times(hit, miss)))),
            "log_product",
            "every factor is positive, since 0 < p_i < 1",
        ),
        Step(times(-1 / n, samples(plus(sp.log(hit), sp.log(miss)))), "log_product"),
        Step(
            times(-1 / n, samples(plus(_y[i] * sp.log(p), (1 - _y[i]) * sp.log(1 - p)))),
            "log_power",
        ),
        Step(times(1 / n, samples(_cross_entropy(p))), "algebra", "the minus sign goes inside"),
    )


_BERNOULLI = Derivation(
    f"{FAMILY}.bernoulli",
    _OF_P,
    "−(1/n) log of the Bernoulli likelihood is cross-entropy",
    C,
    _log_steps(_p[i]),
    source=f"{BISHOP}, (4.90)",
)

_BERNOULLI_P = Derivation(
    f"{FAMILY}.bernoulli.p",
    _OF_P,
    "∂C/∂p_l = (p_l − y_l)/(n p_l (1 − p_l))",
    Partial(C, _p[l]),
    (
        Step(Partial(_BERNOULLI.right, _p[l]), "substitution", _BERNOULLI.name),
        Step(
            times(1 / n, samples(times(delta(i, l), plus(-_y[i] / _p[i], (1 - _y[i]) / (1 - _p[i]))))),
            "log_derivative",
        ),
        Step(times(1 / n, plus(-_y[l] / _p[l], (1 - _y[l]) / (1 - _p[l]))), "delta"),
        Step(times(1 / n, (_p[l] - _y[l]) / (_p[l] * (1 - _p[l]))), "common_denominator"),
    ),
    source=f"{BISHOP}, (4.90)",
)

_z = variable("z", n, role="logit")
_pz = named("p", i)
_BERNOULLI_Z = Derivation(
    f"{FAMILY}.bernoulli.z",
    _bernoulli(
        "bernoulli.logit",
        "Bernoulli likelihood of the logits, p_i = σ(z_i)",
        Definition(_pz, sigmoid(_z[i]), "prediction"),
        p=_pz,
        variables=(_z, _y),
        ranges=((l, 1, n),),
    ),
    "∂C/∂z_l = (σ(z_l) − y_l)/n, from the likelihood",
    Partial(C, _z[l]),
    (
        Step(Partial(times(1 / n, samples(_cross_entropy(_pz))), _z[l]), "substitution", _BERNOULLI.name),
        Step(
            times(1 / n, samples(times((_pz - _y[i]) / (_pz * (1 - _pz)), Partial(_pz, _z[l])))),
            "chain_rule",
            f"{FAMILY}.bernoulli.p",
        ),
        Step(
            times(1 / n, samples(times((_pz - _y[i]) / (_pz * (1 - _pz)), _pz, 1 - _pz, delta(i, l)))),
            "sigmoid_derivative",
        ),
        Step(times(1 / n, samples(times(plus(_pz, -_y[i]), delta(i, l)))), "cancel", "0 < p_i < 1"),
        Step(times(1 / n, plus(sigmoid(_z[l]), -_y[l])), "delta"),
    ),
    stable=times(1 / n, plus(sigmoid(_z[l]) * (1 - _y[l]), -sigmoid(-_z[l]) * _y[l])),
    source=f"{BISHOP}, (4.91)",
)

_rate, _ybar = scalar("p", role="prediction", domain=Domain.UNIT), named("ybar")
_RATE = Derivation(
    f"{FAMILY}.bernoulli.rate",
    _bernoulli(
        "bernoulli.common",
        "Bernoulli likelihood of one common probability p",
        Definition(_ybar, times(1 / n, samples(_y[i])), "mean label"),
        p=_rate(),
        variables=(_rate, _y),
    ),
    "dC/dp = (p − ȳ)/(p(1 − p)): zero exactly at p = ȳ, the share of ones",
    Partial(C, _rate()),
    (
        Step(Partial(times(1 / n, samples(_cross_entropy(_rate()))), _rate()), "substitution", _BERNOULLI.name),
        Step(times(1 / n, samples(plus(-_y[i] / _rate(), (1 - _y[i]) / (1 - _rate())))), "log_derivative"),
        Step(plus(-_ybar / _rate(), (1 - _ybar) / (1 - _rate())), "definition", "of the mean label"),
        Step((_rate() - _ybar) / (_rate() * (1 - _rate())), "common_denominator"),
    ),
    source=f"{BISHOP}, (2.7)",
)

# Categorical: y_i is one-hot, class c with probability p_ic.

_pc = variable("p", n, K, role="prediction", domain=Domain.POSITIVE)
_yc = variable("y", n, K, role="label", domain=Domain.ONE_HOT)


def _classes(body: sp.Expr) -> sp.Expr:
    return sp.Sum(body, (c, 1, K))


_one_sample = sp.Product(_pc[i, c] ** _yc[i, c], (c, 1, K))
_OF_CLASSES = Statement(
    name=f"{FAMILY}.categorical",
    family=FAMILY,
    title="Categorical likelihood",
    source=f"{BISHOP}, (4.107) and (4.108)",
    variables=(_pc, _yc),
    ranges=((l, 1, n), (d, 1, K)),
    minimum=((K, 2),),
    definitions=(Definition(LIKELIHOOD, over_samples(_one_sample), "likelihood"), Definition(C, MEAN_LOG, "loss")),
    convention="independent samples, natural logarithm, mean over the n samples, sum over classes",
)

_CATEGORICAL = Derivation(
    f"{FAMILY}.categorical",
    _OF_CLASSES,
    "−(1/n) log of the categorical likelihood is cross-entropy over K classes",
    C,
    (
        Step(times(-1 / n, sp.log(over_samples(_one_sample))), "definition", "the samples are independent"),
        Step(times(-1 / n, samples(sp.log(_one_sample))), "log_product", "every factor is positive"),
        Step(times(-1 / n, samples(_classes(sp.log(_pc[i, c] ** _yc[i, c])))), "log_product"),
        Step(times(-1 / n, samples(_classes(_yc[i, c] * sp.log(_pc[i, c])))), "log_power"),
    ),
    source=f"{BISHOP}, (4.108)",
)

_CATEGORICAL_P = Derivation(
    f"{FAMILY}.categorical.p",
    _OF_CLASSES,
    "∂C/∂p_ld = −y_ld/(n p_ld)",
    Partial(C, _pc[l, d]),
    (
        Step(Partial(_CATEGORICAL.right, _pc[l, d]), "substitution", _CATEGORICAL.name),
        Step(
            times(-1 / n, samples(_classes(times(_yc[i, c], 1 / _pc[i, c], delta(i, l), delta(c, d))))),
            "log_derivative",
        ),
        Step(times(-1 / n, _yc[l, d] / _pc[l, d]), "delta"),
    ),
    source=f"{BISHOP}, (4.108)",
)

BERNOULLI: tuple[Derivation, ...] = (_BERNOULLI, _BERNOULLI_P, _BERNOULLI_Z, _RATE)
"""Two outcomes: the loss, and its gradients by p, by the logit and by a common p."""

CATEGORICAL: tuple[Derivation, ...] = (_CATEGORICAL, _CATEGORICAL_P)
"""K outcomes: the loss, and its gradient by p."""
