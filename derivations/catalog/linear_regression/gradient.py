r"""Gradients of squared error for every model and convention: 2(ŷ − y) ∂ŷ/∂v, halved where there is a ½.

∂C/∂v = Σ_i ∂C/∂ŷ_i · ∂ŷ_i/∂v = (2/n) Σ_i (ŷ_i − y_i) ∂ŷ_i/∂v
"""

from __future__ import annotations

import sympy as sp

from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, scalar, variable
from ..board import MEAN, C, G, a, g, i, j, l, n, named, plus, samples, times
from .models import BISHOP, CONVENTIONS, FAMILY, MODELS, Convention, Model, Parameter, statement

__all__ = ["GRADIENTS", "gradient", "name_of"]

delta = sp.KroneckerDelta


def name_of(model: Model, convention: Convention, parameter: str) -> str:
    """`linear_regression.w` is multiple, one sample; `linear_regression.simple.half_mean.b` says all."""
    prefix = f"{convention.prefix}." if convention.prefix else ""
    return f"{FAMILY}.{model.prefix}{prefix}{parameter}"


def gradient(model: Model, convention: Convention, parameter: Parameter) -> Derivation:
    """∂C/∂v by the chain rule through the prediction."""
    stated = statement(model, convention)
    r, v = convention.reduction, parameter.v
    yhat, y = r.named("yhat"), r.at(stated.variable("y"))
    residual = plus(yhat, -y)
    front = (sp.S.Half, sp.Integer(2)) if convention.half else (sp.Integer(2),)

    def line(*factors: sp.Expr) -> sp.Expr:
        return r.reduce(times(*front, residual, *(f for f in factors if f != 1)))

    value = parameter.lines[-1].expr
    body = residual if value == 1 else times(residual, value)
    last = Step(
        r.scaled(2 * convention.factor, body),
        "algebra",
        "½ and 2 cancel" if convention.half else "constants in front",
    )
    inner = tuple(Step(line(s.expr), s.rule, s.note) for s in parameter.lines)
    return Derivation(
        name_of(model, convention, parameter.name),
        stated,
        f"∂C/∂{_subscripted(v)}: {stated.title}",
        Partial(C, v),
        (
            Step(
                r.total(times(Partial(C, yhat), Partial(yhat, v))),
                "chain_rule",
                "each prediction is one path from the parameter to the loss" if r.index else "",
            ),
            Step(line(Partial(yhat, v)), "power_rule", "the derivative of ŷ − y by ŷ is 1"),
            *inner,
            *((last,) if r.index or convention.half else ()),
        ),
        source=model.source,
    )


def _subscripted(v: sp.Expr) -> str:
    return f"{v.base}_{v.indices[0]}" if isinstance(v, sp.Indexed) else str(v)


# Over the predictions, and the prediction of a known category.

_yhat, _y = variable("yhat", n, role="prediction"), variable("y", n, role="label")
_of_l = plus(_yhat[l], -_y[l]) ** 2

PREDICTION = Derivation(
    f"{FAMILY}.mean.yhat",
    Statement(
        name=f"{FAMILY}.prediction",
        family=FAMILY,
        title="Mean squared error as a function of the predictions",
        source=f"{BISHOP}, (3.12)",
        variables=(_yhat, _y),
        ranges=((i, 1, n),),
        definitions=(Definition(C, MEAN.reduce(plus(_yhat[i], -_y[i]) ** 2), "loss"),),
        convention="mean over the n samples, without ½",
    ),
    "∂C/∂ŷ_i = (2/n)(ŷ_i − y_i)",
    Partial(C, _yhat[i]),
    (
        Step(times(1 / n, samples(Partial(_of_l, _yhat[i]), l)), "linearity"),
        Step(times(1 / n, samples(times(2, plus(_yhat[l], -_y[l]), delta(l, i)), l)), "power_rule"),
        Step(times(2 / n, plus(_yhat[i], -_y[i])), "delta", "of the n squares only that of sample i depends on ŷ_i"),
    ),
    source=f"{BISHOP}, (3.12)",
)


def _known_category() -> tuple[Derivation, ...]:
    """A sample of category a: its one-hot row is δ_ga, and the prediction is the line of a alone."""
    x = scalar("x", role="feature")
    w, b = variable("w", G, role="weight"), variable("b", G, role="bias")
    h, yhat = named("h", g, a), named("yhat", a)
    stated = Statement(
        name=f"{FAMILY}.interaction.category",
        family=FAMILY,
        title="The prediction for a sample of category a",
        source="definition of one-hot coding",
        variables=(x, w, b),
        ranges=((a, 1, G), (j, 1, G), (g, 1, G)),
        minimum=((G, 2),),
        definitions=(
            Definition(h, delta(g, a), "one-hot row"),
            Definition(yhat, sp.Sum(times(h, plus(w[g] * x(), b[g])), (g, 1, G)), "prediction"),
        ),
        convention="category a is 1 ≤ a ≤ G",
    )
    line_of_a = plus(w[a] * x(), b[a])
    return (
        Derivation(
            f"{FAMILY}.interaction.prediction",
            stated,
            "ŷ = w_a x + b_a for a sample of category a",
            yhat,
            (
                Step(sp.Sum(times(delta(g, a), plus(w[g] * x(), b[g])), (g, 1, G)), "definition"),
                Step(line_of_a, "delta"),
            ),
        ),
        Derivation(
            f"{FAMILY}.interaction.delta",
            stated,
            "∂ŷ/∂w_j = δ_aj x for a sample of category a",
            Partial(yhat, w[j]),
            (
                Step(Partial(line_of_a, w[j]), "substitution", "linear_regression.interaction.prediction"),
                Step(times(delta(a, j), x()), "linear_form", "∂w_a/∂w_j = δ_aj: another category's slope has no say"),
            ),
        ),
    )


GRADIENTS: tuple[Derivation, ...] = (
    *(
        gradient(model, convention, parameter)
        for model in MODELS
        for convention in CONVENTIONS
        for parameter in model.parameters(convention.reduction)
    ),
    PREDICTION,
    *_known_category(),
)
"""Four models, six conventions, every parameter."""
