r"""Curvature of cross-entropy: Hessian, convexity, and a step length that always descends.

    H_jk = (1/n) Σ_i σ_i (1 − σ_i) x_ij x_ik          (1/n) Xᵀ diag(σ(1 − σ)) X
    vᵀHv = (1/n) Σ_i σ_i (1 − σ_i) (Σ_j x_ij v_j)² ≥ 0
    σ(1 − σ) ≤ 1/4, so vᵀHv ≤ (1/4n) |Xv|²            hence L = λ_max(XᵀX)/(4n)

The last line is what makes gradient descent with step 1/L descend (Nesterov, 2004, section 1.2.3). The
claims speak of vᵀHv, not of eigenvalues, which is the same without linear algebra. Left out: strict
convexity, which needs that no v ≠ 0 has Xv = 0.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from ...functions import Partial, sigmoid
from ...statement import Derivation, Statement, Step, scalar, variable
from ..board import HALF, MEAN, C, features, i, j, k, m, n, named, plus, samples, times
from .one_sample import LOGIT
from .statements import BISHOP, FAMILY, statement

__all__ = ["CURVATURE", "hessian_lines"]

delta = sp.KroneckerDelta
BOYD = "Boyd and Vandenberghe, Convex Optimization (2004)"

_v, _v0 = variable("v", m, role="direction"), scalar("v0", role="direction", latex="v_0")


def _with_direction(stated: Statement) -> Statement:
    return replace(
        stated,
        name=f"{stated.name}.curvature",
        variables=(*stated.variables, _v, _v0),
        ranges=((j, 1, m), (k, 1, m)),
    )


_STATED = _with_direction(statement(MEAN))
_x, _y, _w, _b = _STATED.variables[:4]
_z, _s = named("z", i), named("sigma", i)
_weight = times(_s, 1 - _s)
_stable_weight = times(sigmoid(_z), sigmoid(-_z))
_slope = features(_x[i, j] * _v[j], j)  # x_i·v
_residual = plus(_s, -_y[i])


def hessian_lines(v: sp.Expr, x: sp.Expr, second: sp.Expr, x_second: sp.Expr) -> tuple[Step, ...]:
    """∂/∂second of ∂C/∂v = (1/n) Σ_i (σ_i − y_i) x, where ∂z_i/∂second = x_second."""

    def line(*factors: sp.Expr) -> sp.Expr:
        kept = [f for f in factors if f != 1]
        return times(1 / n, samples(times(*kept) if len(kept) > 1 else kept[0]))

    name = "w" if x != 1 else "b"
    return (
        Step(Partial(line(_residual, x), second), "substitution", f"logistic_regression.mean.{name}"),
        Step(line(Partial(_s, second), x), "linearity", "the label does not depend on the parameters"),
        Step(line(Partial(_s, _z), Partial(_z, second), x), "chain_rule"),
        Step(line(_s, 1 - _s, Partial(_z, second), x), "sigmoid_derivative"),
        Step(line(_s, 1 - _s, x, x_second), "linear_form"),
    )


def _claim(name: str, title: str, left: sp.Expr, *steps: Step, source: str = "", **more: object) -> Derivation:
    return Derivation(f"{FAMILY}.{name}", _STATED, title, left, steps, source=source, **more)  # type: ignore[arg-type]


def _stable(*factors: sp.Expr) -> sp.Expr:
    return times(1 / n, samples(times(sigmoid(_z), sigmoid(-_z), *factors)))


_HESSIAN = (
    _claim(
        "hessian",
        "∂²C/∂w_j∂w_k = (1/n) Σ_i σ_i(1 − σ_i) x_ij x_ik",
        Partial(Partial(C, _w[j]), _w[k]),
        *hessian_lines(_w[j], _x[i, j], _w[k], _x[i, k]),
        stable=_stable(_x[i, j], _x[i, k]),
        source=f"{BISHOP}, (4.97)",
    ),
    _claim(
        "hessian.wb",
        "∂²C/∂w_j∂b = (1/n) Σ_i σ_i(1 − σ_i) x_ij",
        Partial(Partial(C, _w[j]), _b()),
        *hessian_lines(_w[j], _x[i, j], _b(), sp.S.One),
        stable=_stable(_x[i, j]),
        source=f"{BISHOP}, (4.97), with a feature that is always 1",
    ),
    _claim(
        "hessian.b",
        "∂²C/∂b² = (1/n) Σ_i σ_i(1 − σ_i)",
        Partial(Partial(C, _b()), _b()),
        *hessian_lines(_b(), sp.S.One, _b(), sp.S.One),
        stable=_stable(),
        source=f"{BISHOP}, (4.97), with a feature that is always 1",
    ),
)

_SECOND = Derivation(
    f"{FAMILY}.hessian.z",
    LOGIT.statement,
    "d²C/dz² = σ(z)(1 − σ(z))",
    Partial(Partial(C, LOGIT.statement.variable("z")()), LOGIT.statement.variable("z")()),
    (
        Step(Partial(LOGIT.steps[-2].expr, LOGIT.statement.variable("z")()), "substitution", "logistic_regression.z"),
        Step(Partial(named("sigma"), LOGIT.statement.variable("z")()), "constant", "y does not depend on z"),
        Step(times(named("sigma"), 1 - named("sigma")), "sigmoid_derivative"),
    ),
    stable=times(sigmoid(LOGIT.statement.variable("z")()), sigmoid(-LOGIT.statement.variable("z")())),
    source=f"{BISHOP}, (4.88)",
)

_quadratic = features(features(_v[j] * _v[k] * Partial(Partial(C, _w[j]), _w[k]), k), j)
_curved = times(1 / n, samples(times(_s, 1 - _s, _slope**2)))

_CONVEX = _claim(
    "convexity",
    "vᵀHv ≥ 0: cross-entropy is convex in w",
    _quadratic,
    Step(
        features(features(times(_v[j], _v[k], 1 / n, samples(times(_s, 1 - _s, _x[i, j], _x[i, k]))), k), j),
        "substitution",
        "logistic_regression.hessian",
    ),
    Step(
        times(1 / n, samples(times(_s, 1 - _s, features(features(times(_x[i, j], _v[j], _x[i, k], _v[k]), k), j)))),
        "exchange_sums",
    ),
    Step(_curved, "square_of_sum", "each weight σ_i(1 − σ_i) is positive, and multiplies a square"),
    kind="sign",
    relation=">=",
    stable=_stable(_slope**2),
    source=f"{BISHOP}, section 4.3.3, below (4.97); {BOYD}, section 3.1.4",
)

_joint = plus(
    _quadratic,
    times(2, _v0(), features(_v[j] * Partial(Partial(C, _w[j]), _b()), j)),
    times(_v0() ** 2, Partial(Partial(C, _b()), _b())),
)

_CONVEX_JOINT = _claim(
    "convexity.joint",
    "Cross-entropy is convex in weights and bias together",
    _joint,
    Step(
        plus(
            _curved,
            times(2, _v0(), features(times(_v[j], 1 / n, samples(times(_s, 1 - _s, _x[i, j]))), j)),
            times(_v0() ** 2, 1 / n, samples(times(_s, 1 - _s))),
        ),
        "substitution",
        "logistic_regression.convexity, .hessian.wb and .hessian.b",
    ),
    Step(
        times(1 / n, samples(times(_s, 1 - _s, plus(_slope**2, times(2, _v0(), _slope), _v0() ** 2)))),
        "exchange_sums",
    ),
    Step(
        times(1 / n, samples(times(_s, 1 - _s, plus(_slope, _v0()) ** 2))),
        "square_of_sum",
        "a square with positive weight",
    ),
    kind="sign",
    relation=">=",
    stable=_stable(plus(_slope, _v0()) ** 2),
    source=f"{BISHOP}, section 4.3.3, below (4.97), with a feature that is always 1",
)

_sigma = named("sigma")
_QUARTER = Derivation(
    f"{FAMILY}.step_bound.sigma",
    LOGIT.statement,
    "1/4 − σ(1 − σ) ≥ 0",
    plus(sp.Rational(1, 4), -(_sigma * (1 - _sigma))),
    (
        Step(plus(_sigma**2, -_sigma, sp.Rational(1, 4)), "expand"),
        Step(plus(_sigma, -HALF) ** 2, "complete_square"),
    ),
    kind="sign",
    relation=">=",
    source="Böhning, Multinomial logistic regression algorithm, Ann. Inst. Statist. Math. 44 (1992)",
)

_BOUND = _claim(
    "step_bound",
    "vᵀHv ≤ (1/4n) Σ_i (x_i·v)²: the step bound L = λ_max(XᵀX)/(4n)",
    plus(times(1 / (4 * n), samples(_slope**2)), -_quadratic),
    Step(
        plus(times(1 / (4 * n), samples(_slope**2)), -_curved),
        "substitution",
        "logistic_regression.convexity",
    ),
    Step(
        times(1 / n, samples(times(plus(sp.Rational(1, 4), -(_s * (1 - _s))), _slope**2))),
        "factor",
    ),
    Step(
        times(1 / n, samples(times(plus(_s, -HALF) ** 2, _slope**2))),
        "complete_square",
        "logistic_regression.step_bound.sigma, for each sample",
    ),
    kind="sign",
    relation=">=",
    source="Böhning, Multinomial logistic regression algorithm, Ann. Inst. Statist. Math. 44 (1992)",
)

CURVATURE: tuple[Derivation, ...] = (_SECOND, *_HESSIAN, _CONVEX, _CONVEX_JOINT, _QUARTER, _BOUND)
"""Second derivatives, and the signs that follow from them."""
