r"""The compiled loop: steps run on the device, and come back to Python once per chunk.

    while k < limit and not converged and finite:  (θ, C, g) ← step(θ, C, g);  keep the best θ;  write C and |g| down

One compiled `while_loop` serves every chunk, since its limit is traced. Between chunks the host looks at
Ctrl-C, shows progress and writes checkpoints; the state is complete, so a run that is cut there and resumed makes the
same steps to the last bit. |g| is the largest entry in absolute value; with an L1 penalty, of the smallest
subgradient (the optimality measure of Beck and Teboulle's problem (1.2)).

Left out: what a step is (`methods`), and what is said about the outcome (`fit`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from numeric.training.methods import Method, Point, Run, Settings, l1_penalty
from numeric.training.objective import Objective, Parameters
from numeric.training.problem import Problem
from numeric.training.streaming import COMPILER_OPTIONS, Source

__all__ = ["Given", "Plan", "State", "advance", "initial_state"]

State = dict[str, Any]


class Given(NamedTuple):
    """What a compiled loop is given: the source's arrays, λ and the like, the strength of an L1 penalty, the learning
    rate, and every how many blocks of rows are read.
    """

    arrays: Any
    constants: Mapping[str, Any]
    l1: Any
    rate: Any
    stride: Any


@dataclass(frozen=True)
class Plan:
    """What is fixed while compiling: one compiled loop for each plan and shape of data.

    most: length of the history. patience: steps without a lower loss after which precision is exhausted.
    """

    problem: Problem
    source: Source
    method: Method
    settings: Settings
    most: int
    patience: int

    def objective(self, given: Given) -> Objective:
        return Objective(self.problem, self.source, given.arrays, given.constants, given.l1, given.stride)


@partial(jax.jit, static_argnums=0, compiler_options=COMPILER_OPTIONS)
def initial_state(plan: Plan, parameters: Parameters, given: Given, key: Any) -> State:
    """The state before the first step: loss and gradient at the start."""
    objective = plan.objective(given)
    point = Point.at(objective, parameters)
    total = point.loss + l1_penalty(plan.settings, parameters, given.l1)
    history = jnp.full(plan.most + 1, jnp.nan, total.dtype)
    norm = optimality(plan.settings, point, given.l1)
    return {
        "point": point,
        "method": plan.method.init(Run(objective, given.rate, key, plan.settings), parameters),
        "step": jnp.asarray(0),
        "key": key,
        "norm": norm,
        "best": parameters,
        "best_loss": total,
        "best_norm": norm,
        "idle": jnp.asarray(0),
        "losses": history.at[0].set(total),
        "norms": history.at[0].set(norm),
    }


@partial(jax.jit, static_argnums=0, compiler_options=COMPILER_OPTIONS)
def advance(plan: Plan, state: State, given: Given, tolerance: Any, limit: Any) -> State:
    """The state after step `limit`, or where the loop ended before."""
    objective = plan.objective(given)

    def goes_on(s: State) -> jax.Array:
        finite = jnp.isfinite(s["point"].loss) & jnp.isfinite(s["norm"])
        return (s["step"] < limit) & (s["norm"] > tolerance) & finite & (s["idle"] < plan.patience)

    def one(s: State) -> State:
        run = Run(objective, given.rate, jax.random.fold_in(s["key"], s["step"]), plan.settings)
        point, method = plan.method.step(run, s["point"], s["method"])
        total = point.loss + l1_penalty(plan.settings, point.parameters, given.l1)
        norm = optimality(plan.settings, point, given.l1)
        lower = (total < s["best_loss"]) | ((total == s["best_loss"]) & (norm < s["best_norm"]))
        better = lower | ((norm <= tolerance) & jnp.isfinite(total))  # converged, to within rounding of the loss
        step = s["step"] + 1
        return {
            "point": point,
            "method": method,
            "step": step,
            "key": s["key"],
            "norm": norm,
            "best": jax.tree.map(lambda new, old: jnp.where(better, new, old), point.parameters, s["best"]),
            "best_loss": jnp.where(better, total, s["best_loss"]),
            "best_norm": jnp.where(better, norm, s["best_norm"]),
            "idle": jnp.where(lower, 0, s["idle"] + 1),
            "losses": s["losses"].at[step].set(total),
            "norms": s["norms"].at[step].set(norm),
        }

    return lax.while_loop(goes_on, one, state)


def optimality(settings: Settings, point: Point, l1: Any) -> jax.Array:
    """The largest entry of the gradient, or of the smallest subgradient where there is an L1 penalty."""
    sizes = []
    for name, g in point.grad.items():
        if name in settings.l1:
            w = point.parameters[name]
            g = jnp.where(w != 0, g + l1 * jnp.sign(w), jnp.maximum(jnp.abs(g) - l1, 0))
        sizes.append(jnp.max(jnp.abs(g)))
    return jnp.max(jnp.stack(sizes))
