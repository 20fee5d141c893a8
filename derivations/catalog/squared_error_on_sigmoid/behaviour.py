r"""What the factor σ(1 − σ) does: gradients that vanish on both sides, and a loss that is not convex."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid
from ...statement import Definition, Derivation, Statement, Step, scalar
from ..board import C, named, plus, times
from .gradient import FAMILY, NIELSEN, of_logit

__all__ = ["CURVATURE", "LIMITS"]

_z, _y, _sigma = scalar("z", role="logit"), scalar("y", role="label", domain=Domain.BINARY), named("sigma")

# Limits: where the gradient goes when a sample is confidently right, or confidently wrong.


def _limits() -> Iterator[Derivation]:
    """lim dC/dz for y = 0 and y = 1 on both sides, of squared error and of cross-entropy."""
    z = _z()
    e, s = sp.exp(-z), sigmoid(z)
    squared = {
        1: (times(2, plus(s, -1), s, 1 - s), -2 * e**2 / (1 + e) ** 3, "σ − 1 = −e^{−z}/(1 + e^{−z})"),
        0: (times(2, s, s, 1 - s), 2 * e / (1 + e) ** 3, "σ = 1/(1 + e^{−z}) and 1 − σ = e^{−z}/(1 + e^{−z})"),
    }
    entropy = {
        1: (plus(s, -1), -e / (1 + e), "σ − 1 = −e^{−z}/(1 + e^{−z})"),
        0: (s, 1 / (1 + e), "σ = 1/(1 + e^{−z})"),
    }
    for prefix, label, forms, loss, proof in (
        ("", "squared error", squared, lambda y: (plus(_sigma, -1) if y else _sigma) ** 2, f"{FAMILY}.z"),
        (
            "cross_entropy.",
            "cross-entropy",
            entropy,
            lambda y: -sp.log(_sigma) if y else -sp.log(1 - _sigma),
            "logistic_regression.z",
        ),
    ):
        for y in (0, 1):
            stated = Statement(
                name=f"{FAMILY}.limit.{prefix}y{y}",
                family=FAMILY,
                title=f"The loss {label} of one sample with label {y}",
                source=f"{NIELSEN}, section 'The cross-entropy cost function'",
                variables=(_z,),
                definitions=(Definition(_sigma, sigmoid(z), "prediction"), Definition(C, loss(y), "loss")),
                convention=f"one sample, y = {y}",
            )
            gradient, in_e, note = forms[y]
            for at, side in ((sp.oo, "plus"), (-sp.oo, "minus")):
                wrong = (y == 1) == (side == "minus")
                value = (-1 if y else 1) if prefix and wrong else 0
                yield Derivation(
                    f"{FAMILY}.limit.{prefix}y{y}.{side}",
                    stated,
                    f"{label}, y = {y}, {'wrong' if wrong else 'right'} side: "
                    f"dC/dz → {str(value).replace('-', '−')} as z → {'+' if side == 'plus' else '−'}∞",
                    sp.Limit(Partial(C, z), z, at),
                    (
                        Step(sp.Limit(gradient, z, at), "substitution", f"{proof} with y = {y}"),
                        Step(sp.Limit(in_e, z, at), "definition", note),
                        Step(
                            sp.Integer(value),
                            "limit",
                            "e^{−z} → 0" if side == "plus" else "e^{−z} → ∞: compare the highest powers",
                        ),
                    ),
                    kind="limit",
                )


# Curvature: the second derivative changes sign.

_s = sigmoid(_z())
_SECOND = Derivation(
    f"{FAMILY}.second_derivative",
    of_logit(half=False),
    "d²C/dz² = 2σ(1 − σ)[σ(1 − σ) + (σ − y)(1 − 2σ)]",
    Partial(Partial(C, _z()), _z()),
    (
        Step(
            Partial(times(2, plus(_sigma, -_y()), _sigma, 1 - _sigma), _z()),
            "substitution",
            f"{FAMILY}.z",
        ),
        Step(
            plus(
                times(2, Partial(_sigma, _z()), _sigma, 1 - _sigma),
                times(2, plus(_sigma, -_y()), 1 - 2 * _sigma, Partial(_sigma, _z())),
            ),
            "product_rule",
            "the derivative of σ(1 − σ) = σ − σ² by σ is 1 − 2σ",
        ),
        Step(
            times(
                2,
                Partial(_sigma, _z()),
                plus(_sigma * (1 - _sigma), times(plus(_sigma, -_y()), 1 - 2 * _sigma)),
            ),
            "factor",
        ),
        Step(
            times(2, _sigma, 1 - _sigma, plus(_sigma * (1 - _sigma), times(plus(_sigma, -_y()), 1 - 2 * _sigma))),
            "sigmoid_derivative",
        ),
    ),
    stable=times(
        2,
        _s,
        sigmoid(-_z()),
        plus(
            _s * sigmoid(-_z()),
            times(plus(_s * (1 - _y()), -sigmoid(-_z()) * _y()), plus(sigmoid(-_z()), -_s)),
        ),
    ),
)


def _not_convex(label: int, z: Fraction) -> Derivation:
    factored = {
        0: times(2, _s**2, 1 - _s, plus(2, -3 * _s)),
        1: times(2, _s, (1 - _s) ** 2, plus(3 * _s, -1)),
    }[label]
    residual = plus(_s, -1) if label else _s
    where = {0: "σ > 2/3", 1: "σ < 1/3"}[label]
    stated = Statement(
        name=f"{FAMILY}.curvature.y{label}",
        family=FAMILY,
        title=f"Squared error on a sigmoid, one sample with label {label}, without ½",
        source=f"{NIELSEN}, (54)",
        variables=(_z,),
        definitions=(
            Definition(_sigma, sigmoid(_z()), "prediction"),
            Definition(C, (plus(_sigma, -1) if label else _sigma) ** 2, "loss"),
        ),
        convention=f"one sample, y = {label}, without ½",
    )
    return Derivation(
        f"{FAMILY}.not_convex.y{label}",
        stated,
        f"d²C/dz² < 0 at z = {str(z).replace('-', '−')}, y = {label}: the loss is not convex",
        Partial(Partial(C, _z()), _z()),
        (
            Step(
                times(2, _s, 1 - _s, plus(_s * (1 - _s), times(residual, 1 - 2 * _s))),
                "substitution",
                f"{FAMILY}.second_derivative with y = {label}",
            ),
            Step(factored, "factor", f"negative where {where}, and σ takes every value between 0 and 1"),
        ),
        kind="sign",
        relation="<",
        witness={"z": z},
    )


LIMITS: tuple[Derivation, ...] = tuple(_limits())
"""Squared error beside cross-entropy: labels 0 and 1, both sides."""

CURVATURE: tuple[Derivation, ...] = (_SECOND, _not_convex(0, Fraction(2)), _not_convex(1, Fraction(-2)))
"""The second derivative, and a point for each label at which it is negative."""
