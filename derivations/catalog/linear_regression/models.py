r"""What linear regression can mean: a prediction ŷ, linear in its parameters, and squared error.

    multiple     ŷ_i = Σ_k w_k x_ik + b
    simple       ŷ_i = w x_i + b
    polynomial   ŷ_i = Σ_k w_k x_i^k + b
    interaction  ŷ_i = Σ_g h_ig (w_g x_i + b_g)      h_i one-hot: a line for each category g

A `Model` says ŷ and its derivative by each parameter, as lines of a calculation; a `Convention` says
whether the squared errors are summed or averaged, and whether there is a ½ in front.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from ...domain import Domain
from ...statement import Definition, Statement, Step, Variable, scalar, variable
from ..board import HALF, MEAN, SAMPLE, SUM, C, G, Reduction, a, features, g, j, k, m, n, plus, times

__all__ = ["BISHOP", "CONVENTIONS", "FAMILY", "HASTIE", "MODELS", "Convention", "Model", "Parameter", "statement"]

FAMILY = "linear_regression"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"
HASTIE = "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009)"

delta = sp.KroneckerDelta


@dataclass(frozen=True)
class Convention:
    """The loss as a number: `reduction` over samples, with ½ where `half`. `prefix` is its name in claims."""

    reduction: Reduction
    half: bool

    @property
    def prefix(self) -> str:
        parts = ["half"] * self.half + [self.reduction.name] * (self.reduction is not SAMPLE)
        return "_".join(parts)

    @property
    def words(self) -> str:
        return f"{self.reduction.words}, {'with' if self.half else 'without'} ½"

    @property
    def factor(self) -> sp.Expr:
        return HALF if self.half else sp.S.One


CONVENTIONS = tuple(Convention(reduction, half) for reduction in (SAMPLE, MEAN, SUM) for half in (False, True))
"""One sample, mean and sum, each without and with ½."""


@dataclass(frozen=True)
class Parameter:
    """A parameter v, and ∂ŷ/∂v line by line; the last line is its value."""

    name: str
    v: sp.Expr
    lines: tuple[Step, ...]


@dataclass(frozen=True)
class Model:
    """A prediction: its variables, its formula and its parameters, each for a given reduction."""

    name: str
    title: str
    source: str
    variables: Callable[[Reduction], tuple[Variable, ...]]
    prediction: Callable[[Reduction], sp.Expr]
    parameters: Callable[[Reduction], tuple[Parameter, ...]]
    ranges: tuple[tuple[sp.Symbol, int, sp.Expr], ...] = ()
    minimum: tuple[tuple[sp.Symbol, int], ...] = ()

    @property
    def prefix(self) -> str:
        """ "" for multiple regression, the plain case; else the model's name and a dot."""
        return "" if self.name == "multiple" else f"{self.name}."


_b, _w = scalar("b", role="bias"), variable("w", m, role="weight")
_intercept = Parameter("b", _b(), (Step(sp.S.One, "linear_form"),))


def _coefficient(feature: sp.Expr, feature_j: sp.Expr) -> Parameter:
    """∂/∂w_j of Σ_k w_k·feature(k) + b."""
    return Parameter(
        "w",
        _w[j],
        (
            Step(features(times(delta(k, j), feature)), "linearity", "∂w_k/∂w_j = δ_kj"),
            Step(feature_j, "delta", "of the m terms one is left, k = j"),
        ),
    )


def _x(r: Reduction, *axes: sp.Expr) -> Variable:
    return r.variable("x", *axes, role="feature")


MULTIPLE = Model(
    "multiple",
    "Multiple linear regression",
    f"{BISHOP}, (3.3) and (3.12); {HASTIE}, (3.2)",
    lambda r: (_x(r, m), _w, _b),
    lambda r: plus(features(_w[k] * r.at(_x(r, m), k)), _b()),
    lambda r: (_coefficient(r.at(_x(r, m), k), r.at(_x(r, m), j)), _intercept),
    ranges=((j, 1, m),),
)

_slope = scalar("w", role="weight")
SIMPLE = Model(
    "simple",
    "Simple linear regression",
    f"{HASTIE}, (3.2) with p = 1",
    lambda r: (_x(r), _slope, _b),
    lambda r: plus(_slope() * r.at(_x(r)), _b()),
    lambda r: (Parameter("w", _slope(), (Step(r.at(_x(r)), "linear_form"),)), _intercept),
)

POLYNOMIAL = Model(
    "polynomial",
    "Polynomial regression of degree m",
    f"{BISHOP}, (1.1)",
    lambda r: (_x(r), _w, _b),
    lambda r: plus(features(_w[k] * r.at(_x(r)) ** k), _b()),
    lambda r: (_coefficient(r.at(_x(r)) ** k, r.at(_x(r)) ** j), _intercept),
    ranges=((j, 1, m),),
)

_slopes, _intercepts = variable("w", G, role="weight"), variable("b", G, role="bias")


def _h(r: Reduction) -> Variable:
    return r.variable("h", G, role="feature", domain=Domain.ONE_HOT)


def _categories(body: sp.Expr) -> sp.Expr:
    return sp.Sum(body, (g, 1, G))


def _of_category(name: str, v: sp.Expr, r: Reduction, feature: sp.Expr) -> Parameter:
    value = r.at(_h(r), a) if feature == 1 else times(r.at(_h(r), a), feature)
    inner = _categories(times(*(f for f in (r.at(_h(r), g), delta(g, a), feature) if f != 1)))
    return Parameter(
        name,
        v,
        (
            Step(inner, "linearity", f"∂{name}_g/∂{name}_a = δ_ga"),
            Step(value, "delta", "of the G lines only that of category a depends on it"),
        ),
    )


INTERACTION = Model(
    "interaction",
    "A line for each category: one-hot interactions",
    f"{HASTIE}, section 3.2 (dummy variables and interactions)",
    lambda r: (_x(r), _h(r), _slopes, _intercepts),
    lambda r: _categories(times(r.at(_h(r), g), plus(_slopes[g] * r.at(_x(r)), _intercepts[g]))),
    lambda r: (
        _of_category("w", _slopes[a], r, r.at(_x(r))),
        _of_category("b", _intercepts[a], r, sp.S.One),
    ),
    ranges=((a, 1, G),),
    minimum=((G, 2),),
)

MODELS = (MULTIPLE, SIMPLE, POLYNOMIAL, INTERACTION)


def statement(model: Model, convention: Convention) -> Statement:
    """Squared error of a model's prediction, in one convention."""
    r = convention.reduction
    y, yhat = r.variable("y", role="label"), r.named("yhat")
    return Statement(
        name=f"{FAMILY}.{model.name}.{convention.prefix or 'sample'}",
        family=FAMILY,
        title=f"{model.title}, squared error, {convention.words}",
        source=model.source,
        variables=(*model.variables(r), y),
        ranges=(*model.ranges, *((s, 1, n) for s in r.index)),
        minimum=model.minimum,
        definitions=(
            Definition(yhat, model.prediction(r), "prediction"),
            Definition(C, r.scaled(convention.factor, plus(yhat, -r.at(y)) ** 2), "loss"),
        ),
        convention=convention.words,
    )
