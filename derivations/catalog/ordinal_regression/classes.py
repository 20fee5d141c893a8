r"""Ordinal regression inside one class, over scalars.

    first    p = σ(u)           C = −log σ(u)             dC/dη = 1 − σ(u)
    between  p = σ(u) − σ(l)    C = −log(σ(u) − σ(l))     dC/dη = 1 − σ(u) − σ(l)
    last     p = 1 − σ(l)       C = −log(1 − σ(l))        dC/dη = −σ(l)

with u = α − η and l = β − η for the thresholds α > β on either side of the observed class. The identity
behind the stable forms is log-diff-exp,

    log(σ(u) − σ(l)) = log σ(u) + log σ(−l) + log(1 − e^{l − u})      for u > l

Left out: what joins the classes of a whole data set, which is `all_classes`.
"""

from __future__ import annotations

import sympy as sp

from ...functions import Partial, sigmoid, softplus
from ...statement import Definition, Derivation, Statement, Step, scalar

__all__ = ["BETWEEN", "DERIVATIONS", "FIRST", "LAST"]

_SOURCE = "McCullagh, Regression Models for Ordinal Data, J. R. Statist. Soc. B 42 (1980), section 2"

upper = scalar("alpha", role="threshold")
lower = scalar("beta", role="threshold")
score = scalar("eta", role="score")
u, l, p, C = (sp.Symbol(name, real=True) for name in "ulpC")

_u = Definition(u, upper() - score(), "upper logit")
_l = Definition(l, lower() - score(), "lower logit")

BETWEEN = Statement(
    name="ordinal_regression.between",
    family="ordinal_regression",
    title="Proportional odds, a class between two thresholds β < α",
    source=_SOURCE,
    variables=(upper, lower, score),
    positive=(upper() - lower(), sigmoid(u) - sigmoid(l)),
    definitions=(
        _u,
        _l,
        Definition(p, sigmoid(u) - sigmoid(l), "probability of the observed class"),
        Definition(C, -sp.log(p), "loss"),
    ),
    convention="one sample, natural logarithm, β < α",
)
"""−log(σ(u) − σ(l)); that β < α makes it defined."""

FIRST = Statement(
    name="ordinal_regression.first",
    family="ordinal_regression",
    title="Proportional odds, the first class",
    source=_SOURCE,
    variables=(upper, score),
    definitions=(
        _u,
        Definition(p, sigmoid(u), "probability of the observed class"),
        Definition(C, -sp.log(p), "loss"),
    ),
    convention="one sample, natural logarithm",
)
"""−log σ(u)."""

LAST = Statement(
    name="ordinal_regression.last",
    family="ordinal_regression",
    title="Proportional odds, the last class",
    source=_SOURCE,
    variables=(lower, score),
    definitions=(
        _l,
        Definition(p, 1 - sigmoid(l), "probability of the observed class"),
        Definition(C, -sp.log(p), "loss"),
    ),
    convention="one sample, natural logarithm",
)
"""−log(1 − σ(l))."""


def _claim(statement: Statement, name: str, title: str, left: sp.Expr, *steps: Step, **more: object) -> Derivation:
    return Derivation(f"{statement.name}.{name}", statement, title, left, steps, **more)  # type: ignore[arg-type]


_gap = sp.exp(l - u) / (1 - sp.exp(l - u))

_BETWEEN = (
    _claim(
        BETWEEN,
        "log_diff_exp",
        "log(σ(u) − σ(l)) without the difference",
        sp.log(sigmoid(u) - sigmoid(l)),
        Step(sp.log(1 / (1 + sp.exp(-u)) - 1 / (1 + sp.exp(-l))), "definition"),
        Step(
            sp.log((sp.exp(-l) - sp.exp(-u)) / ((1 + sp.exp(-u)) * (1 + sp.exp(-l)))),
            "algebra",
            "one denominator",
        ),
        Step(
            sp.log(sigmoid(u) * sigmoid(-l) * (1 - sp.exp(l - u))),
            "definition",
            "e^{−l}/(1 + e^{−l}) = σ(−l)",
        ),
        Step(sp.log(sigmoid(u)) + sp.log(sigmoid(-l)) + sp.log(1 - sp.exp(l - u)), "log_product", "u > l"),
    ),
    _claim(
        BETWEEN,
        "loss",
        "The loss of a class between, without the difference",
        C,
        Step(-sp.log(sigmoid(u) - sigmoid(l)), "definition"),
        Step(softplus(-u) + softplus(l) - sp.log(1 - sp.exp(l - u)), "log_diff_exp"),
    ),
    _claim(
        BETWEEN,
        "u",
        "Gradient by the upper logit",
        Partial(C, u),
        Step(-1 / p * Partial(p, u), "log_derivative"),
        Step(-1 / p * Partial(sigmoid(u), u), "linearity", "σ(l) does not depend on u"),
        Step(-sigmoid(u) * (1 - sigmoid(u)) / p, "sigmoid_derivative"),
        stable=-sigmoid(-u) - _gap,
    ),
    _claim(
        BETWEEN,
        "l",
        "Gradient by the lower logit",
        Partial(C, l),
        Step(-1 / p * Partial(p, l), "log_derivative"),
        Step(1 / p * Partial(sigmoid(l), l), "linearity", "σ(u) does not depend on l"),
        Step(sigmoid(l) * (1 - sigmoid(l)) / p, "sigmoid_derivative"),
        stable=sigmoid(l) + _gap,
    ),
    _claim(
        BETWEEN,
        "eta",
        "Gradient by the score: the difference cancels",
        Partial(C, score()),
        Step(Partial(C, u) * Partial(u, score()) + Partial(C, l) * Partial(l, score()), "chain_rule"),
        Step(-Partial(C, u) - Partial(C, l), "linear_form", "u = α − η and l = β − η"),
        Step((sigmoid(u) * (1 - sigmoid(u)) - sigmoid(l) * (1 - sigmoid(l))) / p, "sigmoid_derivative"),
        Step((sigmoid(u) - sigmoid(l)) * (1 - sigmoid(u) - sigmoid(l)) / p, "algebra", "factor out u − l"),
        Step(1 - sigmoid(u) - sigmoid(l), "definition", "p > 0 cancels"),
        stable=sigmoid(-u) - sigmoid(l),
    ),
)

_FIRST = (
    _claim(
        FIRST,
        "eta",
        "Gradient by the score, first class",
        Partial(C, score()),
        Step(-1 / p * Partial(p, score()), "log_derivative"),
        Step(sigmoid(u) * (1 - sigmoid(u)) / p, "sigmoid_derivative", "∂u/∂η = −1"),
        Step(1 - sigmoid(u), "algebra"),
        stable=sigmoid(-u),
    ),
    _claim(
        FIRST,
        "alpha",
        "Gradient by the threshold, first class",
        Partial(C, upper()),
        Step(-1 / p * Partial(p, upper()), "log_derivative"),
        Step(-sigmoid(u) * (1 - sigmoid(u)) / p, "sigmoid_derivative", "∂u/∂α = 1"),
        Step(-(1 - sigmoid(u)), "algebra"),
        stable=-sigmoid(-u),
    ),
)

_LAST = (
    _claim(
        LAST,
        "eta",
        "Gradient by the score, last class",
        Partial(C, score()),
        Step(-1 / p * Partial(p, score()), "log_derivative"),
        Step(-sigmoid(l) * (1 - sigmoid(l)) / p, "sigmoid_derivative", "∂(1 − σ(l))/∂η = σ(l)(1 − σ(l))"),
        Step(-sigmoid(l), "algebra"),
    ),
    _claim(
        LAST,
        "beta",
        "Gradient by the threshold, last class",
        Partial(C, lower()),
        Step(-1 / p * Partial(p, lower()), "log_derivative"),
        Step(sigmoid(l) * (1 - sigmoid(l)) / p, "sigmoid_derivative"),
        Step(sigmoid(l), "algebra"),
    ),
)

DERIVATIONS: tuple[Derivation, ...] = (*_BETWEEN, *_FIRST, *_LAST)
