r"""Curvature in the weights: the Hessian, and convexity along every line.

    ∂²C/∂W_kc ∂W_ld = (1/n) Σ_i p_ic (δ_cd − p_id) x_ik x_il
    d²/dt² C(W + tV, b + tu) = (1/n) Σ_i Σ_c p_ic (s_ic − Σ_d p_id s_id)² ≥ 0,   s_ic = Σ_k x_ik V_kc + u_c

A function is convex where its restriction to every line is (Boyd and Vandenberghe 2004, section 3.1.1);
the second line says this for every W, b, V, u and t at once. Left out: strict convexity, which fails:
along V_kc = a_k, the same for all c, nothing changes.
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial
from ...statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from ..board import times

__all__ = ["CURVATURE", "DERIVATIONS", "LINE"]

_BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4"
_BOYD = "Boyd and Vandenberghe, Convex Optimization (2004), section 3.1.1"

n, m, K = size("n"), size("m"), size("K")
i, k, l, c, d, e = (index(name) for name in "iklcde")
delta = sp.KroneckerDelta
C = sp.Symbol("C", real=True)
z, p, s = (sp.IndexedBase(sp.Symbol(name, real=True)) for name in "zps")
x, y = variable("x", n, m, role="feature"), variable("y", n, K, role="label", domain=Domain.ONE_HOT)
W, b = variable("W", m, K, role="weight"), variable("b", K, role="bias")
V, u = variable("V", m, K, role="direction"), variable("u", K, role="direction")
t = scalar("t", role="step")

_ABOVE_Z = (
    Definition(p[i, c], sp.exp(z[i, c]) / sp.Sum(sp.exp(z[i, d]), (d, 1, K)), "prediction"),
    Definition(C, -sp.Sum(y[i, c] * sp.log(p[i, c]), (c, 1, K), (i, 1, n)) / n, "loss"),
)
_logit = sp.Sum(x[i, k] * W[k, c], (k, 1, m)) + b[c]
_CONVENTION = "mean over samples, sum over classes, natural logarithm"

CURVATURE = Statement(
    name="softmax_regression.curvature",
    family="softmax_regression",
    title="Softmax regression, mean over n samples, second derivatives",
    source=f"{_BISHOP}, (4.110)",
    variables=(x, y, W, b),
    ranges=((k, 1, m), (l, 1, m), (c, 1, K), (d, 1, K)),
    minimum=((K, 2),),
    definitions=(Definition(z[i, c], _logit, "logit"), *_ABOVE_Z),
    convention=_CONVENTION,
)
"""C(W, b) as in `weights.MEAN`, with a second pair of indices free."""

LINE = Statement(
    name="softmax_regression.line",
    family="softmax_regression",
    title="Softmax regression, mean over n samples, along a line in the weights",
    source=_BOYD,
    variables=(x, y, W, b, V, u, t),
    minimum=((K, 2),),
    definitions=(
        Definition(s[i, c], sp.Sum(x[i, k] * V[k, c], (k, 1, m)) + u[c], "slope of the logit"),
        Definition(z[i, c], _logit + t() * s[i, c], "logit"),
        *_ABOVE_Z,
    ),
    convention=_CONVENTION,
)
"""C(W + tV, b + tu)."""

_mean_slope = sp.Sum(p[i, d] * s[i, d], (d, 1, K))


def _mean(term: sp.Expr) -> sp.Expr:
    return sp.Sum(term, (i, 1, n)) / n


DERIVATIONS: tuple[Derivation, ...] = (
    Derivation(
        "softmax_regression.hessian",
        CURVATURE,
        "Hessian by the weights",
        Partial(C, W[k, c], W[l, d]),
        (
            Step(Partial(_mean((p[i, c] - y[i, c]) * x[i, k]), W[l, d]), "substitution", "the gradient found before"),
            Step(_mean(Partial(p[i, c], W[l, d]) * x[i, k]), "linearity", "y does not depend on W"),
            Step(
                _mean(sp.Sum(times(Partial(p[i, c], z[i, e]), Partial(z[i, e], W[l, d])), (e, 1, K)) * x[i, k]),
                "chain_rule",
            ),
            Step(
                _mean(sp.Sum(times(p[i, c], delta(c, e) - p[i, e], delta(e, d), x[i, l]), (e, 1, K)) * x[i, k]),
                "softmax_derivative",
            ),
            Step(_mean(p[i, c] * (delta(c, d) - p[i, d]) * x[i, k] * x[i, l]), "delta"),
        ),
        source=f"{_BISHOP}, (4.110)",
    ),
    Derivation(
        "softmax_regression.convex",
        LINE,
        "The loss is convex in weights and biases: along every line its second derivative is a mean variance",
        Partial(C, t(), t()),
        (
            Step(
                Partial(_mean(sp.Sum((p[i, c] - y[i, c]) * s[i, c], (c, 1, K))), t()),
                "softmax_cross_entropy",
                "∂z_ic/∂t = s_ic",
            ),
            Step(_mean(sp.Sum(Partial(p[i, c], t()) * s[i, c], (c, 1, K))), "linearity", "y does not depend on t"),
            Step(
                _mean(
                    sp.Sum(
                        sp.Sum(times(Partial(p[i, c], z[i, e]), Partial(z[i, e], t())), (e, 1, K)) * s[i, c],
                        (c, 1, K),
                    )
                ),
                "chain_rule",
            ),
            Step(
                _mean(
                    sp.Sum(
                        sp.Sum(times(p[i, c], delta(c, e) - p[i, e], s[i, e]), (e, 1, K)) * s[i, c],
                        (c, 1, K),
                    )
                ),
                "softmax_derivative",
            ),
            Step(_mean(sp.Sum(p[i, c] * s[i, c] ** 2, (c, 1, K)) - _mean_slope**2), "delta"),
            Step(_mean(sp.Sum(p[i, c] * (s[i, c] - _mean_slope) ** 2, (c, 1, K))), "variance", "Σ_c p_ic = 1"),
        ),
        kind="sign",
        relation=">=",
        source=_BOYD,
    ),
)
