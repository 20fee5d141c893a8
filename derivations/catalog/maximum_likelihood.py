r"""Where the losses come from: a likelihood, its logarithm, and the negative mean.

    Bernoulli     L = ∏_i p_i^{y_i} (1 − p_i)^{1−y_i}        −(1/n) log L = cross-entropy
    Gaussian      L = ∏_i e^{−(y_i−μ_i)²/2σ²}/√(2πσ²)        −(1/n) log L = squared error/(2σ²) + constant
    categorical   L = ∏_i ∏_c p_ic^{y_ic}                    −(1/n) log L = −(1/n) Σ_i Σ_c y_ic log p_ic

The most likely parameters are those of least loss, since the logarithm increases. Left out: existence
of a maximum, and priors (a Gaussian prior on w is the penalty of `regularization`).
"""

from __future__ import annotations

import sympy as sp

from ..domain import Domain
from ..functions import Partial, sigmoid
from ..statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from .board import HALF, C, features, i, j, k, l, m, n, named, plus, samples, times

__all__ = ["DERIVATIONS"]

FAMILY = "maximum_likelihood"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"
delta = sp.KroneckerDelta

K = size("K")
c, d = index("c"), index("d")
_L = named("L")
_MEAN_LOG = times(-1 / n, sp.log(_L))
_y = variable("y", n, role="label", domain=Domain.BINARY)


def _over_samples(body: sp.Expr) -> sp.Expr:
    return sp.Product(body, (i, 1, n))


def _cross_entropy(p: sp.Expr) -> sp.Expr:
    return plus(-_y[i] * sp.log(p), -((1 - _y[i]) * sp.log(1 - p)))


# Bernoulli: y_i is 1 with probability p_i.


def _bernoulli(name: str, title: str, *definitions: Definition, p: sp.Expr, **more: object) -> Statement:
    likelihood = _over_samples(times(p ** _y[i], (1 - p) ** (1 - _y[i])))
    return Statement(
        name=f"{FAMILY}.{name}",
        family=FAMILY,
        title=title,
        source=f"{BISHOP}, (4.89) and (4.90)",
        definitions=(*definitions, Definition(_L, likelihood, "likelihood"), Definition(C, _MEAN_LOG, "loss")),
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
        Step(times(-1 / n, sp.log(_over_samples(times(hit, miss)))), "definition", "the samples are independent"),
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

# Gaussian: y_i is normal around μ_i with standard deviation σ.

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
            Definition(_L, _over_samples(density), "likelihood"),
            Definition(C, _MEAN_LOG, "loss"),
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
            times(-1 / n, sp.log(_over_samples(times(_NORMALISER, sp.exp(-_error / (2 * _VARIANCE)))))),
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
    definitions=(Definition(_L, _over_samples(_one_sample), "likelihood"), Definition(C, _MEAN_LOG, "loss")),
    convention="independent samples, natural logarithm, mean over the n samples, sum over classes",
)

_CATEGORICAL = Derivation(
    f"{FAMILY}.categorical",
    _OF_CLASSES,
    "−(1/n) log of the categorical likelihood is cross-entropy over K classes",
    C,
    (
        Step(times(-1 / n, sp.log(_over_samples(_one_sample))), "definition", "the samples are independent"),
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

DERIVATIONS: tuple[Derivation, ...] = (
    _BERNOULLI,
    _BERNOULLI_P,
    _BERNOULLI_Z,
    _RATE,
    _GAUSSIAN,
    _GAUSSIAN_MU,
    _GAUSSIAN_SIGMA,
    _gaussian_linear("w", _w[j], _x[i, j]),
    _gaussian_linear("b", _b(), sp.S.One),
    _CATEGORICAL,
    _CATEGORICAL_P,
)
"""Three likelihoods, their losses, and the gradients of these."""
