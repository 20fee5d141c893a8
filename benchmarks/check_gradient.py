"""Planted faults that usual tools miss, and how many points a second each judges.

    python -m benchmarks.check_gradient

Prints which faults `jax.test_util.check_grads`, `scipy.optimize.check_grad` and ours catch (and whether each
accepts correct gradients), then throughput on the same function and inputs: a loop over `check_grads`
against our judges on one large batch, in the steady state after one compilation, and with that counted.
`check_grads` checks JAX's own rules, so a hand-written gradient reaches it as the rule of a `jax.custom_vjp`;
SciPy's function returns a number, and is taken to catch a fault if that is above 10⁻⁴ of the gradient's norm.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.test_util import check_grads
from scipy.optimize import check_grad

from numeric.autodiff import AutodiffJudge, batch_spec
from numeric.finite_difference import DifferenceJudge
from numeric.precision import float64_enabled
from verify.gradient_check import check_gradient

RNG = np.random.default_rng(0)
W = RNG.normal(size=1000)
X = RNG.normal(size=(20, 30))
Y = (RNG.random(20) < 0.5).astype(float)


def squares(w: Any) -> Any:
    return jnp.sum(w**2)


def logistic(w: Any) -> Any:
    z = X.astype(w.dtype) @ w
    return jnp.mean(jax.nn.softplus(z) - Y.astype(w.dtype) * z)


def clipped(w: Any) -> Any:
    z = X.astype(w.dtype) @ w
    return X.astype(w.dtype).T @ jnp.where(z > 10, 0, jax.nn.sigmoid(z) - Y.astype(w.dtype)) / 20


def stopped(w: Any) -> Any:
    return jnp.sum(jax.lax.stop_gradient(w) * w)


def kept(w: Any) -> Any:
    return 2 * w


Case = tuple[str, bool, Callable[[Any], Any], Callable[[Any], Any], np.ndarray]
CASES: list[Case] = [
    ("scaled by 2, n = 1000, float32", True, squares, lambda w: 4 * w, W.astype(np.float32)),
    ("scaled by 0, n = 1000, float32", True, squares, lambda w: 0 * w, W.astype(np.float32)),
    ("scaled by -1, n = 1000, float32", True, squares, lambda w: -2 * w, W.astype(np.float32)),
    ("zero where the logit exceeds 10", True, logistic, clipped, np.zeros(30)),
    ("one of 10,000 coordinates zeroed", True, squares, lambda w: (2 * w).at[1234].set(0), RNG.normal(size=10_000)),
    ("relative offset of 1e-6, float64", True, squares, lambda w: 2 * w * (1 + 1e-6), W),
    ("one entry of 1000 off by 10", True, squares, lambda w: (2 * w).at[3].add(10), W),
    ("stop_gradient in the loss", True, stopped, jax.grad(stopped), W),
    ("correct: sum of squares, float32", False, squares, kept, W.astype(np.float32)),
    ("correct: logistic, float32", False, logistic, jax.grad(logistic), np.zeros(30, np.float32)),
    ("correct: ill-scaled, float64", False, lambda w: jnp.sum(jnp.exp(w)), jnp.exp, np.logspace(-8, 2, 11)),
    ("correct: |w| at 0", False, lambda w: jnp.sum(jnp.abs(w)), jnp.sign, np.array([0.0, 1.0, -2.0])),
]


def by_check_grads(loss: Callable[[Any], Any], gradient: Callable[[Any], Any], w: np.ndarray) -> bool:
    """Whether `jax.test_util.check_grads` objects, at its default tolerances."""
    with float64_enabled():
        if loss is stopped:
            subject: Any = loss
        else:
            subject = jax.custom_vjp(loss)
            subject.defvjp(lambda w: (loss(w), w), lambda w, g: (g * gradient(w),))
        try:
            check_grads(subject, (jnp.asarray(w),), order=1, modes=("rev",))
        except AssertionError:
            return True
        return False


def by_scipy(loss: Callable[[Any], Any], gradient: Callable[[Any], Any], w: np.ndarray) -> bool:
    """Whether the norm that `scipy.optimize.check_grad` returns is above 10⁻⁴ of the gradient's."""
    with float64_enabled():
        f, g = jax.jit(loss), jax.jit(gradient)
        error = check_grad(
            lambda u: float(f(jnp.asarray(u, w.dtype))), lambda u: np.asarray(g(jnp.asarray(u, w.dtype)), float), w
        )
        return bool(error > 1e-4 * max(1.0, float(np.linalg.norm(np.asarray(g(jnp.asarray(w)))))))


def table() -> None:
    """Prints which tool objects to which case."""
    print(f"{'':36}{'check_grads':>14}{'scipy':>10}{'ours':>10}")
    for name, is_fault, loss, gradient, w in CASES:
        cells = []
        for judge in (by_check_grads, by_scipy, lambda f, g, w: check_gradient(f, g, w).is_refuted):
            objects = judge(loss, gradient, w)
            cells.append(("caught" if objects else "MISSED") if is_fault else ("REFUSED" if objects else "accepted"))
        print(f"{name:36}{cells[0]:>14}{cells[1]:>10}{cells[2]:>10}", flush=True)


def throughput(count: int = 400_000, differences: int = 40_000) -> None:
    """Prints points per second on a logistic loss with n = 3, m = 2: after one compilation, and with it."""

    def loss(w: Any, x: Any, y: Any) -> Any:
        z = x @ w
        return jnp.mean(jax.nn.softplus(z) - y * z)

    def gradient(w: Any, x: Any, y: Any) -> Any:
        return x.T @ (jax.nn.sigmoid(x @ w) - y) / 3

    w, x = RNG.normal(size=(count, 2)), RNG.normal(size=(count, 3, 2))
    y = (RNG.random((count, 3)) < 0.5).astype(float)
    with float64_enabled():
        loops = 30
        check_grads(lambda u: loss(u, x[0], y[0]), (jnp.asarray(w[0]),), order=1)
        start = time.perf_counter()
        for i in range(loops):
            check_grads(lambda u, i=i: loss(u, x[i], y[i]), (jnp.asarray(w[i]),), order=1)
        rival = loops / (time.perf_counter() - start)
    print(f"\n{'check_grads in a loop':36}{rival:>12.0f} points/s")
    few = [a[:differences] for a in (w, x, y)]
    for name, make, arrays in (
        ("ours, autodiff, both modes", lambda: AutodiffJudge(loss, gradient, batch_spec([w, x, y])), [w, x, y]),
        ("ours, finite differences", lambda: DifferenceJudge(loss, gradient, batch_spec(few)), few),
    ):
        start = time.perf_counter()
        judge = make()
        judge(*arrays)
        first = time.perf_counter() - start
        times = []
        for _ in range(5):
            start = time.perf_counter()
            judge(*arrays)
            times.append(time.perf_counter() - start)
        warm, cold = len(arrays[0]) / min(times), len(arrays[0]) / first
        print(
            f"{name:36}{warm:>12.0f} points/s: {warm / rival:,.0f}× (with compilation {cold:.0f}: {cold / rival:,.0f}×)"
        )


if __name__ == "__main__":
    table()
    throughput()
