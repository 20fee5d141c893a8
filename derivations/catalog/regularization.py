r"""Penalties on the weights, on linear and on logistic regression; the bias is not penalised.

    λ Σ_k w_k²      ∂R/∂w_j = 2λ w_j          ridge
    (λ/2) Σ_k w_k²  ∂R/∂w_j = λ w_j           weight decay
    λ Σ_k |w_k|     ∂R/∂w_j = λ sign(w_j)     lasso, where w_j ≠ 0

Each claim extends the gradient of the loss without penalty, whose proof is in its own family. Names are
`regularization.<loss>.<penalty>.<parameter>` for one sample, and `….mean.<parameter>` for the mean over n
samples. A penalty λ/2n is in `logistic_regression.l2`. Left out: elastic nets (the sum of two of these),
and the subdifferential at w_j = 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from ..functions import Partial
from ..statement import Definition, Derivation, Statement, Step, variable
from .board import HALF, C, features, j, k, m, named, plus, times
from .linear_regression import DERIVATIONS as LINEAR
from .logistic_regression import DERIVATIONS as LOGISTIC
from .penalty import PENALTY_WEIGHT, Penalty, absolute, penalised, squares

__all__ = ["DERIVATIONS"]

FAMILY = "regularization"
HASTIE = "Hastie, Tibshirani, Friedman, The Elements of Statistical Learning (2nd ed., 2009)"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"

_lambda = PENALTY_WEIGHT()

PENALTIES = (
    squares("l2", "the penalty λ Σ_k w_k²", _lambda, f"{HASTIE}, (3.41)"),
    squares("half_l2", "the penalty (λ/2) Σ_k w_k²", HALF * _lambda, f"{BISHOP}, (3.27) and (3.29) with q = 2"),
    absolute("l1", "the penalty λ Σ_k |w_k|", _lambda, f"{HASTIE}, (3.52)"),
)


def _alone(penalty: Penalty) -> Derivation:
    """∂R/∂w_j, without a loss."""
    w = variable("w", m, role="weight")
    stated = Statement(
        name=f"{FAMILY}.{penalty.name}",
        family=FAMILY,
        title=penalty.words[0].upper() + penalty.words[1:],
        source=penalty.source,
        variables=(w, PENALTY_WEIGHT),
        ranges=((j, 1, m),),
        definitions=(Definition(named("R"), penalty.value, "penalty"),),
        nonzero=(w[j],) if penalty.has_kink else (),
        convention=penalty.convention,
    )
    return Derivation(
        f"{FAMILY}.{penalty.name}",
        stated,
        f"∂R/∂w_j of {penalty.words}",
        Partial(named("R"), w[j]),
        (
            Step(Partial(penalty.value, w[j]), "definition"),
            *(Step(expr, rule, note) for expr, rule, note in penalty.lines),
        ),
        source=penalty.source,
    )


def _on_losses() -> Iterator[Derivation]:
    """Every penalty on the mean and the single-sample loss of both families."""
    for loss, of_family in (("linear", LINEAR), ("logistic", LOGISTIC)):
        by_name = {d.name: d for d in of_family}
        for reduction in ("", "mean."):
            for penalty in PENALTIES:
                for parameter in "wb":
                    base = by_name[f"{loss}_regression.{reduction}{parameter}"]
                    yield penalised(base, penalty, FAMILY, f"{loss}.{penalty.name}.{reduction}{parameter}")


def _strongly_convex() -> Derivation:
    """vᵀHv of logistic regression with λ Σ w²: the penalty adds 2λ Σ v²."""
    (base,) = (d for d in LOGISTIC if d.name == "logistic_regression.convexity")
    old, penalty = base.statement, PENALTIES[0]
    *earlier, loss = old.definitions
    w, v = old.variable("w"), old.variable("v")
    c0, r = named("C_0"), named("R")
    stated = replace(
        old,
        name=f"{FAMILY}.logistic.l2.curvature",
        family=FAMILY,
        title=f"{old.title}, plus {penalty.words}",
        variables=(*old.variables, PENALTY_WEIGHT),
        definitions=(*earlier, Definition(c0, loss.value), Definition(r, penalty.value), Definition(C, plus(c0, r))),
        convention=f"{old.convention}; {penalty.convention}",
    )

    def quadratic(f: sp.Expr) -> sp.Expr:
        return features(features(v[j] * v[k] * Partial(Partial(f, w[j]), w[k]), k), j)

    squared_length = times(2 * _lambda, features(v[j] ** 2, j))
    return Derivation(
        f"{FAMILY}.logistic.l2.strong_convexity",
        stated,
        "vᵀHv ≥ 2λ Σ_j v_j²: with the penalty the loss is strongly convex where λ > 0",
        plus(quadratic(C), -squared_length),
        (
            Step(plus(quadratic(c0), quadratic(r), -squared_length), "linearity", "C = C_0 + R"),
            Step(
                plus(
                    quadratic(c0),
                    features(features(times(v[j], v[k], 2 * _lambda, sp.KroneckerDelta(j, k)), k), j),
                    -squared_length,
                ),
                "power_rule",
                "∂²R/∂w_j∂w_k = 2λ δ_jk",
            ),
            Step(quadratic(c0), "delta", "what is left is vᵀHv without the penalty"),
            Step(base.right, "substitution", f"{base.name}: squares with positive weights"),
        ),
        kind="sign",
        relation=">=",
        stable=base.stable,
        source="Boyd and Vandenberghe, Convex Optimization (2004), section 9.1.2",
    )


DERIVATIONS: tuple[Derivation, ...] = (*(_alone(p) for p in PENALTIES), *_on_losses(), _strongly_convex())
"""Every penalty alone, on linear and on logistic regression."""
