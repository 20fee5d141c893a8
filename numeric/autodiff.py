r"""Automatic differentiation as a judge: a claimed derivative against forward and reverse mode, in float64.

For f of parameters x ∈ ℝᴾ (and of other inputs, held fixed), a claim g, and at each point and for each
entry of ∂f/∂x,

    |g_j − d_j|  ≤  e(g)_j + e(d)_j

where d is the derivative by reverse or forward mode and e(·) is the bound on the rounding error of a
program, found by running error analysis of *that* program at *that* point (`rounding`). If g and d are
correct formulas, the difference cannot be larger; there is nothing to tune, and one entry out of ten
thousand is judged by its own error.

Reverse mode gives every entry. Forward mode gives every entry where P is small; where it is not, it
gives directional derivatives along random signs, ∂f/∂x·v with v ∈ {−1, 1}ᴾ, compared with g·v and the bound
Σ_j e(g)_j: enough to notice that the two modes disagree, which is a fault of a custom rule, not of g.
Array-valued f have Jacobians of shape out.shape + x.shape, and Hessians are Jacobians of gradients.

Left out: that both modes may share a primitive's wrong derivative, or a `stop_gradient`. Finite
differences are there for that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np

from .evidence import Pointwise
from .rounding import Program

__all__ = ["FULL_FORWARD", "AutodiffJudge", "Mode", "batch_spec", "derivative_fn", "random_signs"]

Mode = Literal["reverse", "forward"]
Fn = Callable[..., jax.Array]

FULL_FORWARD = 64
"""Forward mode costs one pass a coordinate: up to here it takes them all, above it takes directions."""


def derivative_fn(f: Fn, mode: Mode = "reverse") -> Fn:
    """∂f/∂x for the first argument: shape f(x).shape + x.shape.

    >>> derivative_fn(lambda x: x**2)(jnp.asarray([1.0, 3.0])).tolist()
    [[2.0, 0.0], [0.0, 6.0]]
    """
    take: Any = jax.jacrev if mode == "reverse" else jax.jacfwd
    return take(f)


def random_signs(rng: np.random.Generator, count: int, size: int) -> np.ndarray:
    """Directions (count, size) with entries ±1."""
    return rng.choice(np.array([-1.0, 1.0]), size=(count, size))


def batch_spec(arrays: Sequence[Any], dtype: Any = None) -> list[jax.ShapeDtypeStruct]:
    """The shapes and types of arrays; floating-point ones as `dtype` if it is given."""
    specs = []
    for a in arrays:
        kind = np.asarray(a).dtype if not hasattr(a, "dtype") else a.dtype
        floating = jnp.issubdtype(kind, jnp.floating)
        specs.append(jax.ShapeDtypeStruct(np.shape(a), dtype if dtype is not None and floating else kind))
    return specs


class AutodiffJudge:
    """Compares a claim with derivatives by `modes`, over batches of one shape.

    f(x, *others): scalar or array; claim(x, *others): f's shape + x's; x is any array. specs: of the
    batched arguments, x first. in_axes: as for `jax.vmap` (None: shared by all points). signs: (D, P), the
    directions that forward mode takes in place of all coordinates. must_be_finite: a claim that is not
    finite where the derivative is counts as a fault of the claim (else, as a point that says nothing).
    double: whether the functions are traced in float64.

    >>> x = np.array([[1.0, 1e-3], [2.0, -7.0]])
    >>> judge = AutodiffJudge(lambda x: jnp.sum(x**2), lambda x: 2 * x, batch_spec([x]))
    >>> at = judge(x)["reverse"]
    >>> bool(np.all(abs(at.claimed - at.derivative) <= at.allowed)), bool(np.max(at.allowed) < 1e-14)
    (True, True)
    """

    def __init__(
        self,
        f: Fn,
        claim: Fn,
        specs: Sequence[jax.ShapeDtypeStruct],
        in_axes: Any = 0,
        modes: Sequence[Mode] = ("reverse", "forward"),
        signs: np.ndarray | None = None,
        must_be_finite: bool = False,
        double: bool = True,
    ) -> None:
        self.modes, self.signs, self.must_be_finite = tuple(modes), signs, must_be_finite

        def along(x: jax.Array, *others: Any) -> jax.Array:
            def one(v: jax.Array) -> jax.Array:
                return jax.jvp(lambda u: f(u, *others), (x,), (v.reshape(x.shape).astype(x.dtype),))[1]

            return jax.vmap(one)(jnp.asarray(signs))

        def everything(x: jax.Array, *others: Any) -> tuple[jax.Array, ...]:
            parts = [claim(x, *others)]
            for mode in self.modes:
                directional = mode == "forward" and signs is not None
                parts.append(along(x, *others) if directional else derivative_fn(f, mode)(x, *others))
            return tuple(parts)

        self.program = Program(jax.vmap(everything, in_axes=in_axes), *specs, double=double)

    def __call__(self, *arrays: Any) -> dict[Mode, Pointwise]:
        """The comparisons by mode, the values being those of the compiled program."""
        values, bounds = self.program.values_and_bounds(*arrays)
        g, g_error = values[0], bounds[0]
        if self.must_be_finite:
            g_error = np.where(np.isfinite(g), g_error, 0.0)
        found: dict[Mode, Pointwise] = {}
        for mode, d, d_error in zip(self.modes, values[1:], bounds[1:], strict=True):
            if mode == "forward" and self.signs is not None:
                found[mode] = self._directions(g, g_error, d, d_error)
            else:
                found[mode] = Pointwise.of_coordinates(g, d, g_error + d_error)
        return found

    def _directions(self, g: Any, g_error: Any, d: Any, d_error: Any) -> Pointwise:
        assert self.signs is not None
        g, g_error = g.astype(np.float64).reshape(len(g), -1), g_error.reshape(len(g), -1)
        # Σ_j e(g)_j, and the P roundings of the sum g·v itself
        own = np.sum(g_error, axis=1) + g.shape[1] * np.finfo(np.float64).eps * np.sum(np.abs(g), axis=1)
        allowed = d_error + own[:, None]
        with np.errstate(all="ignore"):  # a fault of one entry moves every direction by |g_j|
            detects = np.where(g != 0, np.min(allowed, axis=1, keepdims=True) / np.abs(g), np.inf)
        return Pointwise(g @ self.signs.T, d.astype(np.float64), allowed, detects)
