r"""Where the gradient is zero: slope and intercept of the least-squares line, and the normal equations.

    ∂C/∂b = 2(b − (ȳ − w x̄)),     ∂C/∂w − x̄ ∂C/∂b = (2 S_xx/n)(w − S_xy/S_xx)

so both are zero exactly at w = S_xy/S_xx, b = ȳ − w x̄, with S_xx = Σ(x_i − x̄)² and S_xy = Σ(x_i − x̄)(y_i − ȳ).
S_xx ≠ 0 says that not all x are equal; it is a condition of the claims. For m features,

    ∂C/∂w_j = (2/n)(XᵀXw − Xᵀy)_j,     H = (2/n) XᵀX,     vᵀHv = (2/n)|Xv|² ≥ 0

and C(w + v) lies above its tangent by exactly (1/n)|Xv|², so a zero gradient is a global minimum. Left
out: existence and uniqueness of the solution of the normal equations (the rank of X).
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, variable
from ..board import MEAN, C, features, i, j, k, m, n, named, plus, samples, times
from .models import FAMILY, HASTIE, SIMPLE, Convention, statement

__all__ = ["LEAST_SQUARES"]

_MEAN = Convention(MEAN, half=False)
delta = sp.KroneckerDelta

# The line through n points.

_line = statement(SIMPLE, _MEAN)
_x, _w, _b, _y = _line.variables
_xbar, _ybar, _Sxx, _Sxy = named("xbar"), named("ybar"), named("S_xx"), named("S_xy")
_yhat = named("yhat", i)
_dx, _dy = plus(_x[i], -_xbar), plus(_y[i], -_ybar)
_residual = plus(_w() * _x[i], _b(), -_y[i])

_CENTRED = (
    Definition(_xbar, times(1 / n, samples(_x[i])), "mean of x"),
    Definition(_ybar, times(1 / n, samples(_y[i])), "mean of y"),
    Definition(_Sxx, samples(_dx**2), "sum of squares"),
    Definition(_Sxy, samples(times(_dx, _dy)), "sum of products"),
)
_LINE = replace(
    _line,
    name=f"{FAMILY}.simple.ols",
    title="The least-squares line",
    source=f"{HASTIE}, (3.6) with p = 1",
    definitions=(*_line.definitions, *_CENTRED),
    nonzero=(_Sxx,),
    convention="mean over the n samples, without ½; not all x_i equal",
)

_INTERCEPT = Derivation(
    f"{FAMILY}.simple.ols.intercept",
    replace(_LINE, nonzero=()),
    "∂C/∂b = 2(b − (ȳ − w x̄)): zero exactly at b = ȳ − w x̄",
    Partial(C, _b()),
    (
        Step(times(2 / n, samples(_residual)), "substitution", "linear_regression.simple.mean.b"),
        Step(
            times(2, plus(times(_w(), 1 / n, samples(_x[i])), _b(), -times(1 / n, samples(_y[i])))),
            "linearity",
            "b is summed n times and divided by n",
        ),
        Step(times(2, plus(_w() * _xbar, _b(), -_ybar)), "definition"),
        Step(times(2, plus(_b(), times(-1, plus(_ybar, -_w() * _xbar)))), "algebra"),
    ),
)

_SLOPE = Derivation(
    f"{FAMILY}.simple.ols.slope",
    _LINE,
    "∂C/∂w − x̄ ∂C/∂b = (2 S_xx/n)(w − S_xy/S_xx): both are zero only at w = S_xy/S_xx",
    plus(Partial(C, _w()), -_xbar * Partial(C, _b())),
    (
        Step(
            plus(
                times(2 / n, samples(times(_residual, _x[i]))),
                -times(_xbar, 2 / n, samples(_residual)),
            ),
            "substitution",
            "linear_regression.simple.mean.w and .b",
        ),
        Step(times(2 / n, samples(times(_residual, _dx))), "factor"),
        Step(
            times(
                2 / n,
                samples(times(plus(times(_w(), _dx), -_dy, plus(_w() * _xbar, _b(), -_ybar)), _dx)),
            ),
            "algebra",
            "x_i = (x_i − x̄) + x̄ and y_i = (y_i − ȳ) + ȳ",
        ),
        Step(
            times(2 / n, samples(times(plus(times(_w(), _dx), -_dy), _dx))),
            "centering",
            "w x̄ + b − ȳ is the same for every sample",
        ),
        Step(times(2 / n, plus(_w() * _Sxx, -_Sxy)), "definition"),
        Step(times(2 * _Sxx / n, plus(_w(), -_Sxy / _Sxx)), "factor", "S_xx ≠ 0: not all x are equal"),
    ),
)

_what, _bhat = named("what"), named("bhat")
_AT_OLS = Statement(
    name=f"{FAMILY}.simple.ols.optimum",
    family=FAMILY,
    title="The gradient at the least-squares slope and intercept",
    source=f"{HASTIE}, (3.6) with p = 1",
    variables=(_x, _y),
    definitions=(
        *_CENTRED,
        Definition(_what, _Sxy / _Sxx, "slope"),
        Definition(_bhat, plus(_ybar, -_what * _xbar), "intercept"),
    ),
    nonzero=(_Sxx,),
    convention="mean over the n samples, without ½; not all x_i equal",
)
_at_ols = plus(_what * _x[i], _bhat, -_y[i])
_centred = plus(times(_what, _dx), -_dy)

_ZERO = (
    Derivation(
        f"{FAMILY}.simple.ols.zero_b",
        _AT_OLS,
        "∂C/∂b = 0 at the least-squares slope and intercept",
        times(2 / n, samples(_at_ols)),
        (
            Step(times(2 / n, samples(_centred)), "definition", "of the intercept, ȳ − ŵ x̄"),
            Step(times(2 / n, plus(times(_what, samples(_dx)), -samples(_dy))), "linearity"),
            Step(sp.S.Zero, "centering"),
        ),
    ),
    Derivation(
        f"{FAMILY}.simple.ols.zero_w",
        _AT_OLS,
        "∂C/∂w = 0 at the least-squares slope and intercept",
        times(2 / n, samples(times(_at_ols, _x[i]))),
        (
            Step(times(2 / n, samples(times(_centred, _x[i]))), "definition", "of the intercept, ȳ − ŵ x̄"),
            Step(times(2 / n, samples(times(_centred, _dx))), "centering", "Σ(ŵ(x_i − x̄) − (y_i − ȳ)) x̄ = 0"),
            Step(times(2 / n, plus(_what * _Sxx, -_Sxy)), "definition"),
            Step(times(2 / n, plus(_Sxy, -_Sxy)), "definition", "of the slope, S_xy/S_xx"),
            Step(sp.S.Zero, "algebra"),
        ),
    ),
)

# m features: the normal equations. A feature that is always 1 plays the bias.

_X, _W, _v = variable("x", n, m, role="feature"), variable("w", m, role="weight"), variable("v", m, role="direction")
_A, _c, _xw = named("A", j, k), named("c", j), features(_X[i, k] * _W[k])
_NORMAL = Statement(
    name=f"{FAMILY}.normal_equations",
    family=FAMILY,
    title="Mean squared error in matrix form",
    source=f"{HASTIE}, (3.3) to (3.5)",
    variables=(_X, _W, _y, _v),
    ranges=((j, 1, m), (k, 1, m)),
    definitions=(
        Definition(_yhat, _xw, "prediction"),
        Definition(C, MEAN.reduce(plus(_yhat, -_y[i]) ** 2), "loss"),
        Definition(_A, samples(_X[i, j] * _X[i, k]), "XᵀX"),
        Definition(_c, samples(_X[i, j] * _y[i]), "Xᵀy"),
    ),
    convention="mean over the n samples, without ½; a feature that is always 1 plays the bias",
)

_EQUATIONS = (
    Derivation(
        f"{FAMILY}.normal_equations.gradient",
        _NORMAL,
        "∂C/∂w_j = (2/n)(XᵀXw − Xᵀy)_j",
        Partial(C, _W[j]),
        (
            Step(samples(times(Partial(C, _yhat), Partial(_yhat, _W[j]))), "chain_rule"),
            Step(times(1 / n, samples(times(2, plus(_yhat, -_y[i]), Partial(_yhat, _W[j])))), "power_rule"),
            Step(times(2 / n, samples(times(plus(_yhat, -_y[i]), _X[i, j]))), "linear_form"),
            Step(times(2 / n, samples(times(plus(_xw, -_y[i]), _X[i, j]))), "definition"),
            Step(
                times(2 / n, plus(samples(times(_X[i, j], _xw)), -samples(_X[i, j] * _y[i]))),
                "linearity",
            ),
            Step(
                times(2 / n, plus(features(times(samples(_X[i, j] * _X[i, k]), _W[k])), -samples(_X[i, j] * _y[i]))),
                "exchange_sums",
            ),
            Step(times(2 / n, plus(features(_A * _W[k]), -_c)), "definition", "A = XᵀX and c = Xᵀy"),
        ),
        source=f"{HASTIE}, (3.4)",
    ),
    Derivation(
        f"{FAMILY}.normal_equations.solution",
        _NORMAL,
        "(XᵀXw)_j = (Xᵀy)_j + (n/2) ∂C/∂w_j: the gradient is zero exactly where XᵀXw = Xᵀy",
        features(_A * _W[k]),
        (
            Step(plus(_c, plus(features(_A * _W[k]), -_c)), "algebra"),
            Step(plus(_c, times(n / 2, Partial(C, _W[j]))), "substitution", f"{FAMILY}.normal_equations.gradient"),
        ),
        source=f"{HASTIE}, (3.5)",
    ),
)

_slope = features(_X[i, j] * _v[j], j)  # x_i·v
_HESSIAN = Derivation(
    f"{FAMILY}.hessian",
    _NORMAL,
    "∂²C/∂w_j∂w_k = (2/n) Σ_i x_ij x_ik",
    Partial(Partial(C, _W[j]), _W[k]),
    (
        Step(
            Partial(times(2 / n, samples(times(plus(_yhat, -_y[i]), _X[i, j]))), _W[k]),
            "substitution",
            f"{FAMILY}.normal_equations.gradient",
        ),
        Step(times(2 / n, samples(times(Partial(_yhat, _W[k]), _X[i, j]))), "linearity", "y does not depend on w"),
        Step(times(2 / n, samples(times(_X[i, j], _X[i, k]))), "linear_form"),
    ),
    source=f"{HASTIE}, (3.4)",
)

_CONVEX = Derivation(
    f"{FAMILY}.convexity",
    _NORMAL,
    "vᵀHv ≥ 0: squared error is convex in w",
    features(features(_v[j] * _v[k] * Partial(Partial(C, _W[j]), _W[k]), k), j),
    (
        Step(
            features(features(times(_v[j], _v[k], 2 / n, samples(times(_X[i, j], _X[i, k]))), k), j),
            "substitution",
            f"{FAMILY}.hessian",
        ),
        Step(
            times(2 / n, samples(features(features(times(_X[i, j], _v[j], _X[i, k], _v[k]), k), j))),
            "exchange_sums",
        ),
        Step(times(2 / n, samples(_slope**2)), "square_of_sum", "a sum of squares"),
    ),
    kind="sign",
    relation=">=",
    source="Boyd and Vandenberghe, Convex Optimization (2004), section 3.1.4",
)

_shifted = features((_W[k] + _v[k]) * _X[i, k])
_above = plus(
    times(1 / n, samples(plus(_shifted, -_y[i]) ** 2)),
    -C,
    -features(times(_v[j], Partial(C, _W[j])), j),
)
_r = plus(_yhat, -_y[i])
_TANGENT = Derivation(
    f"{FAMILY}.minimum",
    _NORMAL,
    "C(w + v) − C(w) − v·∇C = (1/n)|Xv|² ≥ 0: a zero gradient is a global minimum",
    _above,
    (
        Step(
            plus(
                times(1 / n, samples(plus(_r, _slope) ** 2)),
                -times(1 / n, samples(_r**2)),
                -times(2 / n, samples(times(_r, _slope))),
            ),
            "substitution",
            f"the prediction at w + v is ŷ_i + x_i·v; {FAMILY}.normal_equations.gradient",
        ),
        Step(
            times(1 / n, samples(plus(plus(_r, _slope) ** 2, -(_r**2), -times(2, _r, _slope)))),
            "factor",
        ),
        Step(times(1 / n, samples(_slope**2)), "expand", "a sum of squares"),
    ),
    kind="sign",
    relation=">=",
    source="Boyd and Vandenberghe, Convex Optimization (2004), sections 3.1.3 and 4.2.3",
)

LEAST_SQUARES: tuple[Derivation, ...] = (_INTERCEPT, _SLOPE, *_ZERO, *_EQUATIONS, _HESSIAN, _CONVEX, _TANGENT)
"""Zero gradients and curvature of squared error."""
