r"""Optimisation methods as pairs (init, step), each traced into the compiled loop.

    gradient_descent  θ ← θ − η g          sgd        the same with g of a minibatch, an epoch is one step
    momentum, adam    optax's              lbfgs      θ ← θ − t B g, B from optax's memory
    newton            θ ← θ − t H⁻¹ g      proximal   θ ← prox_{t‖·‖₁}(θ − t g), accelerated (FISTA)

A step takes (θ, C(θ), g(θ), state) to the same at the next point, so that no point is computed twice. H is the
proved Hessian, t from one line search for both: optax's own searches trace the loss several times each, which
takes longer to compile and most often one pass more. Any optax `GradientTransformation` can be given as a method.

Sources: Nocedal and Wright, Numerical Optimization (2006), 3.1 (backtracking) and 3.4 (Hessian modification); Beck
and Teboulle, A fast iterative shrinkage-thresholding algorithm, SIAM J. Imaging Sci. 2 (2009), (4.1) to (4.3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import lax

from numeric.training.objective import Objective, Parameters, flatten_parameters

__all__ = ["METHODS", "Method", "Settings", "method_of"]

State = Any
Step = tuple[Parameters, jax.Array, Parameters, State]


@dataclass(frozen=True)
class Settings:
    """What a method is told besides the objective.

    batch_size: rows of a minibatch. l1: names of the parameters that the L1 penalty is on.
    """

    batch_size: int = 256
    l1: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """needs_step: it has a learning rate. may_diverge: nothing in it makes the loss decrease."""

    init: Callable[[Objective, Parameters, jax.Array, Any, Settings], State]
    step: Callable[[Objective, Parameters, jax.Array, Parameters, State, jax.Array, Any, Settings], Step]
    needs_step: bool = True
    may_diverge: bool = True


def _optax_method(make: Callable[[Any], optax.GradientTransformation], **flags: bool) -> Method:
    def init(objective: Objective, parameters: Parameters, rate: jax.Array, key: Any, settings: Settings) -> State:
        return make(rate).init(parameters)

    def step(
        objective: Objective,
        parameters: Parameters,
        loss: jax.Array,
        grad: Parameters,
        state: State,
        rate: jax.Array,
        key: Any,
        settings: Settings,
    ) -> Step:
        updates, state = make(rate).update(grad, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        return (parameters, *objective.value_and_grad(parameters), state)

    return Method(init, step, **flags)


def _sgd_init(objective: Objective, parameters: Parameters, rate: jax.Array, key: Any, settings: Settings) -> State:
    return optax.sgd(rate).init(parameters)


def _sgd_step(
    objective: Objective,
    parameters: Parameters,
    loss: jax.Array,
    grad: Parameters,
    state: State,
    rate: jax.Array,
    key: Any,
    settings: Settings,
) -> Step:
    """An epoch: minibatches in a random order, then the loss and gradient of all data."""
    count = objective.source.count
    size = min(settings.batch_size, count)
    order = jax.random.permutation(key, count)[: count // size * size].reshape(-1, size)

    def one(carry: tuple[Parameters, State], rows: jax.Array) -> tuple[tuple[Parameters, State], None]:
        parameters, state = carry
        batch = {name: a[rows] for name, a in objective.arrays.items()}
        _, grad = objective.batch_gradient(parameters, batch)
        updates, state = optax.sgd(rate).update(grad, state, parameters)
        return (optax.apply_updates(parameters, updates), state), None

    (parameters, state), _ = lax.scan(one, (parameters, state), order)
    return (parameters, *objective.value_and_grad(parameters), state)


def _no_state(objective: Objective, parameters: Parameters, rate: jax.Array, key: Any, settings: Settings) -> State:
    return ()


def _newton_step(
    objective: Objective,
    parameters: Parameters,
    loss: jax.Array,
    grad: Parameters,
    state: State,
    rate: jax.Array,
    key: Any,
    settings: Settings,
) -> Step:
    """−H⁻¹g with |eigenvalues|, zero where H is (the shortest of all minima), then a line search."""
    x, _ = flatten_parameters(objective.problem, parameters)
    g, _ = flatten_parameters(objective.problem, grad)
    values, vectors = jnp.linalg.eigh(objective.hessian(parameters).astype(x.dtype))
    size = jnp.abs(values)
    floor = jnp.finfo(x.dtype).eps * x.size * jnp.max(size)
    inverse = jnp.where(size > floor, 1 / jnp.where(size > floor, size, 1), 0)
    direction = -(vectors @ (inverse * (vectors.T @ g)))
    return (*line_search(objective, parameters, loss, grad, direction), state)


_QUASI_NEWTON = optax.scale_by_lbfgs(memory_size=10)


def _lbfgs_init(objective: Objective, parameters: Parameters, rate: jax.Array, key: Any, settings: Settings) -> State:
    return _QUASI_NEWTON.init(flatten_parameters(objective.problem, parameters)[0])


def _lbfgs_step(
    objective: Objective,
    parameters: Parameters,
    loss: jax.Array,
    grad: Parameters,
    state: State,
    rate: jax.Array,
    key: Any,
    settings: Settings,
) -> Step:
    """The direction is optax's, from the last ten steps; where it doesn't descend, the gradient's."""
    x, _ = flatten_parameters(objective.problem, parameters)
    g, _ = flatten_parameters(objective.problem, grad)
    scaled, state = _QUASI_NEWTON.update(g, state, x)
    direction = -jnp.where(scaled @ g > 0, scaled, g)
    return (*line_search(objective, parameters, loss, grad, direction), state)


def line_search(
    objective: Objective, parameters: Parameters, loss: jax.Array, grad: Parameters, direction: jax.Array
) -> tuple[Parameters, jax.Array, Parameters]:
    """The point along a direction that meets the weak Wolfe conditions, by bisection, with its loss and gradient.

    direction: of all parameters, raveled in the problem's order.

    Lewis and Overton, Nonsmooth optimization via quasi-Newton methods, Math. Program. 141 (2013), algorithm 2.6. A
    loss that is NaN or inf (thresholds that cross) says that the step is too long. Where the loss is flat to its last
    digits, the slope decides (Hager and Zhang, SIAM J. Optim. 16 (2005), (4.1)). Each trial is one pass, and most
    searches need one. Where nothing lower is found, the point stays.
    """
    dtype = loss.dtype
    x, back = flatten_parameters(objective.problem, parameters)
    g, _ = flatten_parameters(objective.problem, grad)
    slope = direction @ g
    slack = 16 * jnp.finfo(dtype).eps * jnp.abs(loss)  # what rounding may add to a loss that has converged

    def goes_on(carry: Any) -> jax.Array:
        return ~carry["done"] & (carry["tries"] < 40)

    def one(carry: Any) -> Any:
        t = carry["length"]
        at = x + t * direction
        found, there = objective.value_and_grad(back(at))
        new_g, _ = flatten_parameters(objective.problem, there)
        new_slope = direction @ new_g
        flat = (found <= loss + slack) & (new_slope <= -0.8 * slope)
        lower = (found <= loss + 1e-4 * t * slope) | flat
        steep = new_slope < 0.9 * slope
        low, high = jnp.where(lower & steep, t, carry["low"]), jnp.where(lower, carry["high"], t)
        longer = jnp.where(jnp.isfinite(high), (low + high) / 2, 2 * t)
        better = lower & (found <= carry["found"] + slack)
        kept = jax.tree.map(lambda new, old: jnp.where(better, new, old), (at, found, new_g), carry["kept"])
        done = lower & ~steep
        return {
            "length": longer,
            "low": low,
            "high": high,
            "kept": kept,
            "found": kept[1],
            "done": done,
            "tries": carry["tries"] + 1,
        }

    start = {
        "length": jnp.ones((), dtype),
        "low": jnp.zeros((), dtype),
        "high": jnp.asarray(jnp.inf, dtype),
        "kept": (x, loss, g),
        "found": loss,
        "done": jnp.asarray(False),
        "tries": jnp.asarray(0),
    }
    found: Any = lax.while_loop(goes_on, one, start)
    at, value, slopes = found["kept"]
    return back(at), value, back(slopes)


def _proximal_init(
    objective: Objective, parameters: Parameters, rate: jax.Array, key: Any, settings: Settings
) -> State:
    zero = jnp.zeros((), jnp.result_type(*parameters.values()))
    return {
        "before": parameters,
        "momentum": zero + 1,
        "curvature": 1 / rate,
        "penalty": _l1(objective, parameters, settings),
    }


def _proximal_step(
    objective: Objective,
    parameters: Parameters,
    loss: jax.Array,
    grad: Parameters,
    state: State,
    rate: jax.Array,
    key: Any,
    settings: Settings,
) -> Step:
    """FISTA with backtracking on the curvature and a restart where the loss would rise."""
    strength = objective.l1
    t = (1 + jnp.sqrt(1 + 4 * state["momentum"] ** 2)) / 2
    ahead = jax.tree.map(lambda a, b: a + (state["momentum"] - 1) / t * (a - b), parameters, state["before"])
    value, slope = objective.value_and_grad(ahead)

    def move(curvature: jax.Array) -> Parameters:
        moved = jax.tree.map(lambda a, g: a - g / curvature, ahead, slope)
        return {k: soft_threshold(v, strength / curvature) if k in settings.l1 else v for k, v in moved.items()}

    def too_flat(carry: Any) -> jax.Array:
        curvature, new, found, _, tries = carry
        d = jax.tree.map(jnp.subtract, new, ahead)
        model = value + _dot(slope, d) + curvature / 2 * _dot(d, d)
        slack = 4 * jnp.finfo(value.dtype).eps * jnp.abs(value)
        return (tries == 0) | (~(found <= model + slack) & (tries < 60))

    def steeper(carry: Any) -> Any:
        curvature, _, _, _, tries = carry
        curvature = jnp.where(tries == 0, curvature, 2 * curvature)
        new = move(curvature)
        return (curvature, new, *objective.value_and_grad(new), tries + 1)

    curvature, new, found, new_grad, _ = lax.while_loop(
        too_flat, steeper, (state["curvature"], ahead, value, slope, jnp.asarray(0))
    )
    penalty = _l1(objective, new, settings)
    rises = found + penalty > loss + state["penalty"]
    kept = jax.tree.map(
        lambda a, b: jnp.where(rises, a, b), (parameters, loss, grad, state["penalty"]), (new, found, new_grad, penalty)
    )
    state = {
        "before": parameters,
        "momentum": jnp.where(rises, 1.0, t).astype(t.dtype),
        "curvature": curvature,
        "penalty": kept[3],
    }
    return kept[0], kept[1], kept[2], state


def soft_threshold(v: jax.Array, by: Any) -> jax.Array:
    """argmin_u ½(u − v)² + by·|u|."""
    return jnp.where(v > by, v - by, jnp.where(v < -by, v + by, 0.0))


def _l1(objective: Objective, parameters: Parameters, settings: Settings) -> jax.Array:
    total = sum(
        (jnp.abs(parameters[k]).sum() for k in settings.l1), jnp.zeros((), jnp.result_type(*parameters.values()))
    )
    return objective.l1 * total


def _dot(a: Parameters, b: Parameters) -> jax.Array:
    return sum((jnp.vdot(a[k], b[k]) for k in a), jnp.zeros((), jnp.result_type(*a.values())))


METHODS: dict[str, Method] = {
    "gradient_descent": _optax_method(optax.sgd),
    "momentum": _optax_method(lambda rate: optax.sgd(rate, momentum=0.9, nesterov=True)),
    "adam": _optax_method(optax.adam),
    "sgd": Method(_sgd_init, _sgd_step),
    "lbfgs": Method(_lbfgs_init, _lbfgs_step, needs_step=False, may_diverge=False),
    "newton": Method(_no_state, _newton_step, needs_step=False, may_diverge=False),
    "proximal": Method(_proximal_init, _proximal_step, may_diverge=False),
}
"""Name → method."""


def method_of(optimizer: str | optax.GradientTransformation) -> Method:
    """The method of a name, or one around an optax transformation; `ValueError` for anything else."""
    if isinstance(optimizer, str):
        if optimizer not in METHODS:
            raise ValueError(
                f"optimizer {optimizer!r}: required one of {', '.join(METHODS)}, or an optax transformation"
            )
        return METHODS[optimizer]
    if isinstance(optimizer, optax.GradientTransformation):
        return _optax_method(lambda rate: optimizer, needs_step=False)
    raise ValueError(f"optimizer is a {type(optimizer).__name__}: required a name or an optax transformation")
