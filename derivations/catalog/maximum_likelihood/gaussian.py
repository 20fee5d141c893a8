r"""The Gaussian likelihood, and the squared error that it becomes: 1/(2σ²) of it, plus a constant."""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, scalar, variable
from ..board import HALF, C, features, i, j, k, l, m, n, named, plus, samples, times
from .likelihood import BISHOP, FAMILY, LIKELIHOOD, MEAN_LOG, over_samples

__all__ = ["GAUSSIAN"]

delta = sp.KroneckerDelta

_mu, _target = variable("mu", n, role="prediction"), variable("y", n, role="label")
_sigma = scalar("sigma", role="scale", domain=Domain.POSITIVE)
_VARIANCE = _sigma() ** 2
_NORMALISER = sp.Pow(times(2, sp.pi, _VARIANCE), -HALF, evaluate=False)  # SymPy would split the root


def _gaussian(name: str, title: str, *definitions: Definition, mu: sp.Expr, **more: object) -> Statement:
    error = (_target[i] - mu) ** 2
    density = times(_NORMALISER, sp.exp(-error / (2 * _VARIANCE)))
    return Statement(
        name=f"{FAMILY}.{name}",
        family=FAMILY,
        title=title,
        source=f"{BISHOP}, (3.10) and (3.11)",
        definitions=(
            *definitions,
            Definition(LIKELIHOOD, over_samples(density), "likelihood"),
            Definition(C, MEAN_LOG, "loss"),
            Definition(named("E"), times(1 / n, samples(plus(mu, -_target[i]) ** 2)), "mean squared error"),
        ),
        convention="independent samples with one standard deviation σ > 0, mean over the n samples",
        **more,  # type: ignore[arg-type]
    )


_OF_MU = _gaussian("gaussian", "Gaussian likelihood", mu=_mu[i], variables=(_mu, _target, _sigma), ranges=((l, 1, n),))
_E = named("E")
_constant = times(HALF, sp.log(times(2, sp.pi, _VARIANCE)))
_error = (_target[i] - _mu[i]) ** 2

_GAUSSIAN = Derivation(
    f"{FAMILY}.gaussian",
    _OF_MU,
    "−(1/n) log of the Gaussian likelihood is squared error/(2σ²), plus a constant",
    C,
    (
        Step(
            times(-1 / n, sp.log(over_samples(times(_NORMALISER, sp.exp(-_error / (2 * _VARIANCE)))))),
            "definition",
            "the samples are independent",
        ),
        Step(times(-1 / n, samples(sp.log(times(_NORMALISER, sp.exp(-_error / (2 * _VARIANCE)))))), "log_product"),
        Step(times(-1 / n, samples(plus(sp.log(_NORMALISER), -_error / (2 * _VARIANCE)))), "log_exp"),
        Step(times(-1 / n, samples(plus(-_constant, -_error / (2 * _VARIANCE)))), "log_power", "log 1/√u = −½ log u"),
        Step(
            plus(times(1 / (2 * _VARIANCE * n), samples(plus(_mu[i], -_target[i]) ** 2)), _constant),
            "linearity",
            "the constant is summed n times and divided by n",
        ),
        Step(plus(_E / (2 * _VARIANCE), _constant), "definition", "E is the mean squared error"),
    ),
    source=f"{BISHOP}, (3.11) and (3.12)",
)

_GAUSSIAN_MU = Derivation(
    f"{FAMILY}.gaussian.mu",
    _OF_MU,
    "∂C/∂μ_l = (μ_l − y_l)/(nσ²): that of squared error, up to 1/(2σ²)",
    Partial(C, _mu[l]),
    (
        Step(Partial(_GAUSSIAN.right, _mu[l]), "substitution", _GAUSSIAN.name),
        Step(times(1 / (2 * _VARIANCE), Partial(_E, _mu[l])), "linearity", "σ is fixed, so the constant drops"),
        Step(
            times(1 / (2 * _VARIANCE), 1 / n, samples(times(2, plus(_mu[i], -_target[i]), delta(i, l)))),
            "power_rule",
        ),
        Step(times(1 / (n * _VARIANCE), plus(_mu[l], -_target[l])), "delta"),
    ),
    source=f"{BISHOP}, (3.13)",
)

_GAUSSIAN_SIGMA = Derivation(
    f"{FAMILY}.gaussian.sigma",
    _OF_MU,
    "∂C/∂σ = (σ² − E)/σ³: zero exactly where σ² is the mean squared error",
    Partial(C, _sigma()),
    (
        Step(Partial(_GAUSSIAN.right, _sigma()), "substitution", _GAUSSIAN.name),
        Step(plus(-_E / _sigma() ** 3, 1 / _sigma()), "power_rule", "½ log σ² = log σ, with derivative 1/σ"),
        Step((_VARIANCE - _E) / _sigma() ** 3, "common_denominator"),
    ),
    source=f"{BISHOP}, (3.21)",
)

_x, _w, _b = variable("x", n, m, role="feature"), variable("w", m, role="weight"), scalar("b", role="bias")
_muw = named("mu", i)
_OF_W = _gaussian(
    "gaussian.linear",
    "Gaussian likelihood around a linear prediction",
    Definition(_muw, plus(features(_w[k] * _x[i, k]), _b()), "prediction"),
    mu=_muw,
    variables=(_x, _target, _w, _b, _sigma),
    ranges=((j, 1, m),),
)


def _gaussian_linear(name: str, v: sp.Expr, x_j: sp.Expr) -> Derivation:
    residual = plus(_muw, -_target[i])
    body = residual if x_j == 1 else times(residual, x_j)
    return Derivation(
        f"{FAMILY}.gaussian.{name}",
        _OF_W,
        f"∂C/∂{'w_j' if name == 'w' else 'b'}: the gradient of mean squared error, up to 1/(2σ²)",
        Partial(C, v),
        (
            Step(Partial(plus(_E / (2 * _VARIANCE), _constant), v), "substitution", _GAUSSIAN.name),
            Step(times(1 / (2 * _VARIANCE), Partial(_E, v)), "linearity", "σ is fixed, so the constant drops"),
            Step(
                times(1 / (2 * _VARIANCE), 2 / n, samples(body)),
                "substitution",
                f"linear_regression.mean.{name}",
            ),
            Step(times(1 / (n * _VARIANCE), samples(body)), "cancel"),
        ),
        source=f"{BISHOP}, (3.13)",
    )


GAUSSIAN: tuple[Derivation, ...] = (
    _GAUSSIAN,
    _GAUSSIAN_MU,
    _GAUSSIAN_SIGMA,
    _gaussian_linear("w", _w[j], _x[i, j]),
    _gaussian_linear("b", _b(), sp.S.One),
)
"""The loss, and its gradients by μ, σ, w_j and b."""
