r"""The step that is safe for gradient descent, from a proved bound of the curvature.

    squared error   H = (2/n) X̃ᵀX̃ exactly                        L = λ_max(H)
    logistic        vᵀHv ≤ (1/4n) Σ_i (x̃_i·v)²  (proved)           L = λ_max(X̃ᵀX̃)/(4n)

with a column of ones in X̃ for the bias, the sample weights as factors, and the penalty's own curvature added. Gradient
descent with step 1/L descends at every step (Nesterov 2004, section 1.2.3). λ_max comes from power iteration on
a *proved gradient*: that of half the mean squared error is X̃ᵀX̃v/n at labels zero, one pass over the data each.
What is returned is the Rayleigh quotient plus the length of its residual, within which an eigenvalue lies.

Left out: losses for which the catalogue proves no bound (None is returned).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from derivations.catalog import find
from numeric.training.objective import Parameters, flatten_parameters
from numeric.training.problem import Problem, problem, proved
from numeric.training.streaming import Source

__all__ = ["curvature_bound"]

_STEPS = 200
_CLOSE = 0.01  # relative: the residual is added to the bound, so that it stays a bound of that eigenvalue


def curvature_bound(
    of: Problem, source: Source, arrays: Any, constants: Mapping[str, Any], parameters: Parameters
) -> float | None:
    """L with vᵀHv ≤ L|v|² everywhere, or None where none is proved."""
    measure = _measure(of)
    if measure is None:
        return None
    return float(_power_iteration(of, *measure, source, arrays, dict(constants), parameters))


def _measure(of: Problem) -> tuple[Problem, float] | None:
    """(a problem of half the mean squared error on the same rows, the factor between its Hessian and L)."""
    name = of.statement.name.removeprefix("regularization.")
    if name.startswith(("linear.", "linear_regression.")):
        factor = 1.0 if "half" in name.split(".") or ".half_mean" in name else 2.0
        models = [m for m in ("simple", "polynomial", "interaction") if f".{m}." in name]
        base = problem(f"linear_regression.{models[0]}.half_mean" if models else "linear_regression.half_mean")
    elif name.startswith(("logistic.", "logistic_regression.mean", "logistic_regression.l2.mean")):
        factor, base = 0.25, problem("linear_regression.half_mean")
        proved(find("logistic_regression.step_bound"))
    else:
        return None
    if ".sum" in name or ".half_sum" in name or {v.name for v in base.parameters} != {v.name for v in of.parameters}:
        return None
    return (base.weighted if any(v.role == "sample weight" for v in of.data) else base), factor


@partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _power_iteration(
    of: Problem,
    base: Problem,
    factor: float,
    source: Source,
    arrays: Any,
    constants: Mapping[str, Any],
    parameters: Parameters,
) -> jax.Array:
    count = jnp.asarray(source.count, jnp.result_type(*parameters.values()))
    x, back = flatten_parameters(base, parameters)
    smooth = not any("sign(" in str(p.derivation.right) for p in of.gradients.values())
    origin = of.rest(back(jnp.zeros_like(x)), constants, count)

    def rows_of(rows: Mapping[str, Any]) -> dict[str, Any]:
        label = base.label.name
        zero = jnp.zeros(next(iter(rows.values())).shape[:1], x.dtype)
        return {**{v.name: rows[v.name] for v in base.data if v.name != label}, label: zero}

    def product(v: jax.Array) -> jax.Array:
        at = back(v)
        total = source.total(lambda p, rows: base.block(p, rows_of(rows), count), at, arrays)
        grad = {name: factor * total[name] for name in at}
        if smooth:
            rest = of.rest(at, constants, count)
            grad = {name: g + rest[name] - origin[name] for name, g in grad.items()}
        return flatten_parameters(base, grad)[0]

    def goes_on(carry: tuple[jax.Array, jax.Array, jax.Array, jax.Array]) -> jax.Array:
        step, _, value, residual = carry
        return (step < _STEPS) & (residual > _CLOSE * value)

    def one(carry: tuple[jax.Array, jax.Array, jax.Array, jax.Array]) -> Any:
        step, v, _, _ = carry
        u = product(v)
        value = u @ v
        size = jnp.linalg.norm(u)
        return step + 1, u / jnp.where(size > 0, size, 1), value, jnp.linalg.norm(u - value * v)

    v = jax.random.normal(jax.random.PRNGKey(0), x.shape, x.dtype)
    start = (jnp.asarray(0), v / jnp.linalg.norm(v), jnp.zeros((), x.dtype), jnp.ones((), x.dtype))
    _, _, value, residual = lax.while_loop(goes_on, one, start)
    return value + residual
