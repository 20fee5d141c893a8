"""Softmax over two classes is logistic regression in z = z_1 − z_2.

    p_1 = σ(z_1 − z_2),   C = −[y log σ(z) + (1 − y) log(1 − σ(z))],   dC/dz_1 = σ(z) − y = −dC/dz_2

The labels are (y, 1 − y) with y ∈ {0, 1}.
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid
from ...statement import Definition, Derivation, Statement, Step, index, scalar, variable

__all__ = ["DERIVATIONS", "TWO_CLASSES"]

_BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"

c, d = index("c"), index("d")
C = sp.Symbol("C", real=True)
p_ = sp.IndexedBase(sp.Symbol("p", real=True))

_two = sp.Integer(2)
_z2 = variable("z", _two, role="logit")
_t = scalar("y", role="label", domain=Domain.BINARY)

TWO_CLASSES = Statement(
    name="softmax_regression.two_classes",
    family="softmax_regression",
    title="Softmax over two classes, with labels (y, 1 − y)",
    source=f"{_BISHOP}, section 4.2, (4.57) and (4.62)",
    variables=(_z2, _t),
    definitions=(
        Definition(p_[c], sp.exp(_z2[c]) / sp.Sum(sp.exp(_z2[d]), (d, 1, 2)), "prediction"),
        Definition(C, -(_t() * sp.log(p_[1]) + (1 - _t()) * sp.log(p_[2])), "loss"),
    ),
    convention="class 1 has y = 1, class 2 has y = 0",
)
"""K = 2: the logistic case, in the difference of the two logits."""

_difference = _z2[1] - _z2[2]


def _of_two(name: str, title: str, left: sp.Expr, *steps: Step, **more: object) -> Derivation:
    return Derivation(f"softmax_regression.two_classes.{name}", TWO_CLASSES, title, left, steps, **more)  # type: ignore[arg-type]


DERIVATIONS: tuple[Derivation, ...] = (
    _of_two(
        "probability",
        "p_1 for K = 2 is σ(z_1 − z_2)",
        p_[1],
        Step(sp.exp(_z2[1]) / (sp.exp(_z2[1]) + sp.exp(_z2[2])), "definition"),
        Step(1 / (1 + sp.exp(_z2[2] - _z2[1])), "algebra", "divide by e^{z_1}"),
        Step(sigmoid(_difference), "definition"),
    ),
    _of_two(
        "loss",
        "Cross-entropy for K = 2 is the logistic loss",
        C,
        Step(-(_t() * sp.log(sigmoid(_difference)) + (1 - _t()) * sp.log(sigmoid(-_difference))), "definition"),
        Step(
            -(_t() * sp.log(sigmoid(_difference)) + (1 - _t()) * sp.log(1 - sigmoid(_difference))),
            "complement",
        ),
        stable=-(_t() * sp.log(sigmoid(_difference)) + (1 - _t()) * sp.log(sigmoid(-_difference))),
    ),
    _of_two(
        "z1",
        "Gradient by z_1 for K = 2: σ(z) − y with z = z_1 − z_2",
        Partial(C, _z2[1]),
        Step(p_[1] - _t(), "softmax_cross_entropy"),
        Step(sigmoid(_difference) - _t(), "definition"),
        stable=sigmoid(_difference) * (1 - _t()) - sigmoid(-_difference) * _t(),
    ),
    _of_two(
        "z2",
        "Gradient by z_2 for K = 2: the opposite",
        Partial(C, _z2[2]),
        Step(p_[2] - (1 - _t()), "softmax_cross_entropy"),
        Step((1 - p_[1]) - (1 - _t()), "algebra", "p_1 + p_2 = 1"),
        Step(-(sigmoid(_difference) - _t()), "definition"),
        stable=sigmoid(-_difference) * _t() - sigmoid(_difference) * (1 - _t()),
    ),
)
