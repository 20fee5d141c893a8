r"""Optimisation methods as pairs (init, step), each traced into the compiled loop.

    gradient_descent  θ ← θ − η g          sgd        the same with g of a minibatch, an epoch is one step
    momentum, adam    optax's              lbfgs      θ ← θ − t B g, B from optax's memory
    newton            θ ← θ − t H⁻¹ g      proximal   θ ← prox_{t‖·‖₁}(θ − t g), accelerated (FISTA)

A step takes (θ, C(θ), g(θ), state) to the same at the next point, so that no point is computed twice. H is the
proved Hessian, t from one line search for both: optax's own searches trace the loss several times each, which
takes longer to compile and most often one pass more. Any optax `GradientTransformation` can be given as a method.

Sources: Nocedal and Wright, Numerical Optimization (2006), 3.1 (backtracking) and 3.4 (Hessian modification); Beck
and Teboulle, A fast iterative shrinkage-thresholding algorithm, SIAM J. Imaging Sci. 2 (2009), (4.1) to (4.3);
O'Donoghue and Candès, Adaptive restart for accelerated gradient schemes, Found. Comput. Math. 15 (2015), 3.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import lax

from numeric.training.objective import Objective, Parameters, flatten_parameters
from numeric.training.problem import Problem

__all__ = ["METHODS", "Method", "Point", "Run", "Settings", "l1_penalty", "method_of"]

State = Any


@dataclass(frozen=True)
class Settings:
    """What a method is told besides the objective.

    batch_size: rows of a minibatch. l1: names of the parameters that the L1 penalty is on.
    """

    batch_size: int = 256
    l1: tuple[str, ...] = ()


class Run(NamedTuple):
    """What is the same for every step, but for its key. rate: the learning rate, where the method has one."""

    objective: Objective
    rate: Any
    key: Any
    settings: Settings


class Point(NamedTuple):
    """θ with C(θ) and g(θ), of one pass over the data."""

    parameters: Parameters
    loss: jax.Array
    grad: Parameters

    @classmethod
    def at(cls, objective: Objective, parameters: Parameters) -> Point:
        return cls(parameters, *objective.value_and_grad(parameters))


Step = tuple[Point, State]


@dataclass(frozen=True)
class Method:
    """needs_step: it has a learning rate. may_diverge: nothing in it makes the loss decrease.

    carried: (problem, state, point, the same parameters' point on other rows) → the state for these rows. A method that
    has it may begin on a sample.
    """

    init: Callable[[Run, Parameters], State]
    step: Callable[[Run, Point, State], Step]
    needs_step: bool = True
    may_diverge: bool = True
    carried: Callable[[Problem, State, Point, Point], State] | None = None


def _optax_method(make: Callable[[Any], optax.GradientTransformation], needs_step: bool = True) -> Method:
    def init(run: Run, parameters: Parameters) -> State:
        return make(run.rate).init(parameters)

    def step(run: Run, at: Point, state: State) -> Step:
        updates, state = make(run.rate).update(at.grad, state, at.parameters)
        return Point.at(run.objective, optax.apply_updates(at.parameters, updates)), state

    return Method(init, step, needs_step)


def _sgd_init(run: Run, parameters: Parameters) -> State:
    return optax.sgd(run.rate).init(parameters)


def _sgd_step(run: Run, at: Point, state: State) -> Step:
    """An epoch: minibatches in a random order, then the loss and gradient of all data."""
    objective = run.objective
    count = objective.source.count
    size = min(run.settings.batch_size, count)
    order = jax.random.permutation(run.key, count)[: count // size * size].reshape(-1, size)

    def one(carry: tuple[Parameters, State], rows: jax.Array) -> tuple[tuple[Parameters, State], None]:
        parameters, state = carry
        batch = {name: a[rows] for name, a in objective.arrays.items()}
        _, grad = objective.batch_gradient(parameters, batch)
        updates, state = optax.sgd(run.rate).update(grad, state, parameters)
        return (optax.apply_updates(parameters, updates), state), None

    (parameters, state), _ = lax.scan(one, (at.parameters, state), order)
    return Point.at(objective, parameters), state


def _newton_step(run: Run, at: Point, state: State) -> Step:
    """−H⁻¹g with |eigenvalues|, zero where H is (the shortest of all minima), then a line search."""
    objective = run.objective
    g, _ = flatten_parameters(objective.problem, at.grad)
    values, vectors = jnp.linalg.eigh(objective.hessian(at.parameters).astype(g.dtype))
    size = jnp.abs(values)
    floor = jnp.finfo(g.dtype).eps * g.size * jnp.max(size)
    inverse = jnp.where(size > floor, 1 / jnp.where(size > floor, size, 1), 0)
    direction = -(vectors @ (inverse * (vectors.T @ g)))
    return line_search(objective, at, direction), state


_QUASI_NEWTON = optax.scale_by_lbfgs(memory_size=10)


def _lbfgs_init(run: Run, parameters: Parameters) -> State:
    return _QUASI_NEWTON.init(flatten_parameters(run.objective.problem, parameters)[0])


def _lbfgs_step(run: Run, at: Point, state: State) -> Step:
    """The direction is optax's, from the last ten steps; where it doesn't descend, and at first, the gradient's.

    That has length 1, which is the right order of magnitude for features of variance 1, as in SciPy's L-BFGS-B.
    """
    problem = run.objective.problem
    x, _ = flatten_parameters(problem, at.parameters)
    g, _ = flatten_parameters(problem, at.grad)
    is_first = state.count == 0
    scaled, state = _QUASI_NEWTON.update(g, state, x)
    size = jnp.linalg.norm(g)
    unit = g / jnp.where(size > 0, size, 1)
    direction = -jnp.where(~is_first & (scaled @ g > 0), scaled, unit)
    return line_search(run.objective, at, direction), state


def _lbfgs_carried(problem: Problem, state: State, before: Point, after: Point) -> State:
    """Its next difference of gradients has to be one on the same rows: what the rows change, the last gradient gets."""
    old, new = (flatten_parameters(problem, at.grad)[0] for at in (before, after))
    return state._replace(updates=state.updates + (new - old))


def line_search(objective: Objective, at: Point, direction: jax.Array) -> Point:
    """The point along a direction that meets the weak Wolfe conditions, with its loss and gradient.

    direction: of all parameters, raveled in the problem's order.

    Lewis and Overton, Nonsmooth optimization via quasi-Newton methods, Math. Program. 141 (2013), algorithm 2.6: by
    bisection, once there is a step that is too short and one that is too long; before that to where the slope would
    be zero if it were linear, within [0.1, 0.5] or [2, 10] of the last step. A
    loss that is NaN or inf (thresholds that cross) says that the step is too long. Where the loss is flat to its last
    digits, the slope decides (Hager and Zhang, SIAM J. Optim. 16 (2005), (4.1)). Each trial is one pass, and most
    searches need one. Where nothing lower is found, the point stays.
    """
    loss, dtype = at.loss, at.loss.dtype
    x, back = flatten_parameters(objective.problem, at.parameters)
    g, _ = flatten_parameters(objective.problem, at.grad)
    slope = direction @ g
    slack = 16 * jnp.finfo(dtype).eps * jnp.abs(loss)  # what rounding may add to a loss that has converged

    def goes_on(carry: Any) -> jax.Array:
        return ~carry["done"] & (carry["tries"] < 40)

    def one(carry: Any) -> Any:
        t = carry["length"]
        new_x = x + t * direction
        found, there = objective.value_and_grad(back(new_x))
        new_g, _ = flatten_parameters(objective.problem, there)
        new_slope = direction @ new_g
        flat = (found <= loss + slack) & (new_slope <= -0.8 * slope)
        lower = (found <= loss + 1e-4 * t * slope) | flat
        steep = new_slope < 0.9 * slope
        low, high = jnp.where(lower & steep, t, carry["low"]), jnp.where(lower, carry["high"], t)
        zero = t * slope / (slope - new_slope)  # of the slope, on the line through those at 0 and at t
        shorter = jnp.where(jnp.isfinite(zero), jnp.clip(zero, 0.1 * t, 0.5 * t), 0.5 * t)
        longer = jnp.where(zero > 2 * t, jnp.minimum(zero, 10 * t), 2 * t)
        between = jnp.where(low > 0, (low + high) / 2, shorter)
        better = lower & (found <= carry["found"] + slack)
        kept = jax.tree.map(lambda new, old: jnp.where(better, new, old), (new_x, found, new_g), carry["kept"])
        done = lower & ~steep
        return {
            "length": jnp.where(jnp.isfinite(high), between, longer),
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
    new_x, value, slopes = found["kept"]
    return Point(back(new_x), value, back(slopes))


def _proximal_init(run: Run, parameters: Parameters) -> State:
    return {
        "before": parameters,
        "momentum": jnp.ones((), jnp.result_type(*parameters.values())),
        "curvature": 1 / run.rate,
    }


def _proximal_step(run: Run, at: Point, state: State) -> Step:
    """FISTA with backtracking on the curvature, and a restart where the momentum has gone too far.

    That is where ⟨ahead − new, new − at⟩ > 0, which asks for no difference of losses, all rounding near the optimum.
    """
    objective, settings = run.objective, run.settings
    t = (1 + jnp.sqrt(1 + 4 * state["momentum"] ** 2)) / 2
    step = (state["momentum"] - 1) / t
    ahead = Point.at(objective, jax.tree.map(lambda a, b: a + step * (a - b), at.parameters, state["before"]))

    def move(curvature: jax.Array) -> Parameters:
        moved = jax.tree.map(lambda a, g: a - g / curvature, ahead.parameters, ahead.grad)
        by = objective.l1 / curvature
        return {k: soft_threshold(v, by) if k in settings.l1 else v for k, v in moved.items()}

    def too_flat(carry: tuple[jax.Array, Point, jax.Array]) -> jax.Array:
        curvature, new, tries = carry
        d = jax.tree.map(jnp.subtract, new.parameters, ahead.parameters)
        model = ahead.loss + _dot(ahead.grad, d) + curvature / 2 * _dot(d, d)
        slack = 4 * jnp.finfo(model.dtype).eps * jnp.abs(ahead.loss)
        return (tries == 0) | (~(new.loss <= model + slack) & (tries < 60))

    def steeper(carry: tuple[jax.Array, Point, jax.Array]) -> tuple[jax.Array, Point, jax.Array]:
        curvature, _, tries = carry
        curvature = jnp.where(tries == 0, curvature, 2 * curvature)
        return curvature, Point.at(objective, move(curvature)), tries + 1

    curvature, new, _ = lax.while_loop(too_flat, steeper, (state["curvature"], ahead, jnp.asarray(0)))
    back, moved = (jax.tree.map(jnp.subtract, a, b) for a, b in ((ahead, new), (new, at)))
    too_far = _dot(back.parameters, moved.parameters) > 0
    momentum = jnp.where(too_far, 1.0, t).astype(t.dtype)
    return new, {"before": at.parameters, "momentum": momentum, "curvature": curvature}


def soft_threshold(v: jax.Array, by: Any) -> jax.Array:
    """argmin_u ½(u − v)² + by·|u|."""
    return jnp.where(v > by, v - by, jnp.where(v < -by, v + by, 0.0))


def l1_penalty(settings: Settings, parameters: Parameters, l1: Any) -> jax.Array:
    """l1 · Σ|W| over the parameters that it is on."""
    dtype = jnp.result_type(*parameters.values())
    return l1 * sum((jnp.abs(parameters[k]).sum() for k in settings.l1), jnp.zeros((), dtype))


def _dot(a: Parameters, b: Parameters) -> jax.Array:
    return sum((jnp.vdot(a[k], b[k]) for k in a), jnp.zeros((), jnp.result_type(*a.values())))


METHODS: dict[str, Method] = {
    "gradient_descent": _optax_method(optax.sgd),
    "momentum": _optax_method(lambda rate: optax.sgd(rate, momentum=0.9, nesterov=True)),
    "adam": _optax_method(optax.adam),
    "sgd": Method(_sgd_init, _sgd_step),
    "lbfgs": Method(_lbfgs_init, _lbfgs_step, needs_step=False, may_diverge=False, carried=_lbfgs_carried),
    "newton": Method(
        lambda run, parameters: (),
        _newton_step,
        needs_step=False,
        may_diverge=False,
        carried=lambda problem, state, before, after: state,
    ),
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
