r"""Finite differences as a judge: central, over a ladder of steps, extrapolated, with a derived error.

Along a direction v, with steps h_k = 2⁻³·8⁻ᵏ, k = 0 … 7 (powers of two, so h·v is exact),

    D_k = (f(x + h_k v) − f(x − h_k v)) / 2h_k = f′ + f‴ h_k²/6 + O(h_k⁴)
    A_k = (64 D_{k+1} − D_k) / 63                                   (Richardson; the h² term is gone)

and the error allowed of A_k is the sum of three things, each found at this point and for this direction:

* truncation, twice max(|A_k − D_{k+1}|, |A_k − A_{k−1}|/8): the error of the *lower* order value, taken for that of
  the higher order one, and what is left if halving a step only ever halves the error (where f saturates
  within the coarse steps, the first alone can be small by accident);
* rounding (64 r_{k+1} + r_k)/63, with r_k = (e(f₊) + e(f₋))/2h_k, and e(·) the running error bound of f at the
  two points (`rounding`), each moved coordinate of which was itself rounded: ε|x_j + h v_j|;
* a kink. With s_k = |f₊ − 2f + f₋|/h_k, a kink of jump a at distance d < h_k puts an error s_k/2 = a(1 − d/h_k)
  into D_k, which symmetry can hide from the truncation estimate (|x| at 0 has D_k = 0 for all k). Where f
  is smooth s_k falls by 8 from one step to the next, where it isn't it stays: J_k = (8 s_{k+1} − s_k)/7,
  with the rounding of both, is O(h³) or about a, and is added.

The k with the least sum is taken. If a finer step contradicts it (they are further apart than both sums:
a term that only shows below the coarse steps), the finer step is believed, and the error allowed is their
distance and its sum. A level at which f isn't finite
(x ± h v has left the domain) drops out.

**Many coordinates.** One pass a coordinate costs P evaluations of an O(P) function. Above `FULL_DIFFERENCES`
coordinates, directions are blocks of coordinates with random signs, every coordinate in one block a
round, and a block whose directional derivative disagrees with g·v contains the fault (group testing;
`verify.check_gradient` then splits it). A fault δ in one entry moves its block by |δ v_j|, whatever P is.

Left out: the complex step, which needs f to be analytic and every primitive to take complex numbers
(max, |·| and log Σ exp as JAX writes them do not).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .array_module import traced, xp
from .evidence import Pointwise
from .precision import float64_enabled
from .rounding import LARGE_BATCH, Program

__all__ = ["FULL_DIFFERENCES", "STEPS", "DifferenceJacobian", "DifferenceJudge", "block_directions", "extrapolate"]

Fn = Callable[..., jax.Array]

FULL_DIFFERENCES = 32
"""Up to here every coordinate has a direction of its own; above, blocks."""

_RATIO = 8.0
_POINTS = 520  # of a batch at a time: intermediate arrays that stay in cache
STEPS: np.ndarray = 2.0**-3 * _RATIO ** -np.arange(8.0)
_OFFSETS = np.concatenate([STEPS, -STEPS, np.zeros(1)])
_EPS = float(np.finfo(np.float64).eps)


def block_directions(rng: np.random.Generator, size: int, blocks: int = 16, rounds: int = 2) -> np.ndarray:
    """Directions (≤ rounds·blocks, size) with entries −1, 0, 1: in each round every coordinate is in one block."""
    directions = np.zeros((rounds * blocks, size))
    for r in range(rounds):
        block = r * blocks + rng.permutation(size) % blocks
        directions[block, np.arange(size)] = rng.choice(np.array([-1.0, 1.0]), size=size)
    return directions[np.any(directions != 0, axis=1)]


def extrapolate(values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(derivative along v, error allowed) from f at x + t v for t = +h_0 … +h_7, −h_0 … −h_7, 0 (first axis).

    >>> t = np.concatenate([STEPS, -STEPS, [0.0]])
    >>> d, allowed = extrapolate(np.exp(1 + t), 4e-16 * np.exp(1 + t))
    >>> bool(abs(d - np.e) <= allowed < 1e-8)
    True
    """
    levels = len(STEPS)
    plus, minus, centre = values[:levels], values[levels:-1], values[-1]
    e_plus, e_minus, e_centre = errors[:levels], errors[levels:-1], errors[-1]
    column = (-1,) + (1,) * centre.ndim
    h = STEPS.reshape(column)
    with np.errstate(all="ignore"):
        difference = (plus - minus) / (2 * h)
        noise = (e_plus + e_minus) / (2 * h) + _EPS * xp.abs(difference)
        bend = xp.abs((plus - centre) + (minus - centre)) / h
        bend_noise = (e_plus + e_minus + 2 * e_centre) / h

        square = _RATIO**2
        value = (square * difference[1:] - difference[:-1]) / (square - 1)
        rounding = (square * noise[1:] + noise[:-1]) / (square - 1)
        previous = xp.concatenate([xp.full_like(value[:1], np.inf), value[:-1]])
        truncation = 2 * xp.maximum(xp.abs(value - difference[1:]), xp.abs(value - previous) / _RATIO)
        lasting = _RATIO * (bend[1:] + bend_noise[1:]) - (bend[:-1] - bend_noise[:-1])
        total = rounding + truncation + xp.maximum(lasting, 0.0) / (_RATIO - 1)
        total = xp.where(xp.isfinite(total) & xp.isfinite(value), total, np.inf)

        best = xp.argmin(total, axis=0, keepdims=True)
        chosen, own = xp.take_along_axis(value, best, axis=0), xp.take_along_axis(total, best, axis=0)
        finer = (np.arange(levels - 1).reshape(column) > best) & xp.isfinite(total)
        distance = xp.abs(value - chosen)
        contradiction = xp.where(finer & (distance > total + own), distance + total, 0.0)
    return chosen[0], xp.maximum(own[0], xp.max(contradiction, axis=0))


def _extrapolated(values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`extrapolate`, compiled for a large batch."""
    if values.size < LARGE_BATCH:
        return extrapolate(values, errors)
    with float64_enabled():
        derivative, allowed = _compiled_extrapolation(values, errors)
        return np.asarray(derivative), np.asarray(allowed)


@jax.jit
def _compiled_extrapolation(values: Any, errors: Any) -> Any:
    with traced():
        return extrapolate(values, errors)


class DifferenceJacobian:
    """∂f/∂x for an array function f and any one of its arguments x, one program for all of them.

    f: of arrays, at one point, or its jaxpr. shapes: of its arguments at one point.

    >>> x, y = np.array([[1.0, 2.0]]), np.array([[5.0]])
    >>> jacobian = DifferenceJacobian(lambda x, y: x**2 * y, [(2,), (1,)])
    >>> d, error = jacobian([x, y], 0, np.ones_like(x))
    >>> d.shape, bool(np.all(abs(d - [[[10.0, 0.0], [0.0, 20.0]]]) <= error))
    ((1, 2, 2), True)
    """

    def __init__(self, f: Fn | jex.ClosedJaxpr, shapes: Sequence[tuple[int, ...]]) -> None:
        self.lanes = max([_POINTS, *(int(np.prod(s, dtype=np.int64)) for s in shapes)])
        specs = (jax.ShapeDtypeStruct(s, np.dtype(np.float64)) for s in shapes)
        self.program = Program(f, *specs, points=len(_OFFSETS) * self.lanes)

    def __call__(
        self, arrays: Sequence[np.ndarray], position: int, scale: np.ndarray, coordinates: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """(derivative by the array at `position`, bound on its error), of shape (N, *out, *x.shape[1:]).

        scale: a unit step for each entry of x. coordinates: how many to take at each point, in rotation; the
        entries of the others are NaN.
        """
        x = arrays[position]
        points, inner = len(x), x.shape[1:]
        size = int(np.prod(inner, dtype=np.int64))
        taken = size if coordinates is None else min(coordinates, size)
        chosen = (np.arange(points)[:, None] * taken + np.arange(taken)) % size
        unit = np.take_along_axis(np.exp2(np.floor(np.log2(scale))).reshape(points, size), chosen, axis=1)
        batch = self.lanes // taken
        pieces = []
        for start in range(0, points, batch):
            rows = np.arange(start, min(start + batch, points))
            v = np.eye(size)[chosen[rows]] * unit[rows, :, None]
            step = (_OFFSETS.reshape(-1, 1, 1, 1) * v).reshape(-1, *inner)
            values = [self._on_lanes(a[rows], taken) for a in arrays]
            moved = values[position][: len(step)] + step
            values[position] = self._filled(moved)
            errors: list[Any] = [None] * len(arrays)
            errors[position] = self._filled(np.where(step != 0, _EPS * np.abs(moved), 0.0))
            found = self.program.bounds(*values, errors=errors)
            shape = (len(_OFFSETS), len(rows), taken)
            (f,), (e,) = ([a[: len(step)].reshape(*shape, *a.shape[1:]) for a in part] for part in found)
            pieces.append(extrapolate(f, e))
        full = []
        for part in (np.concatenate(column) for column in zip(*pieces, strict=True)):
            out = part.shape[2:]
            entries = np.full((points, size, *out), np.nan)
            entries[np.arange(points)[:, None], chosen] = part / unit.reshape(points, taken, *(1 for _ in out))
            full.append(np.moveaxis(entries, 1, -1).reshape(points, *out, *inner))
        return full[0], full[1]

    def _on_lanes(self, a: np.ndarray, taken: int) -> np.ndarray:
        """Each point repeated for its offsets and coordinates."""
        wide = np.broadcast_to(a[None, :, None], (len(_OFFSETS), len(a), taken, *a.shape[1:]))
        return self._filled(wide.reshape(-1, *a.shape[1:]))

    def _filled(self, a: np.ndarray) -> np.ndarray:
        """Up to the lanes of the program: what is added is not looked at."""
        short = len(_OFFSETS) * self.lanes - len(a)
        return np.concatenate([a, np.broadcast_to(a[:1], (short, *a.shape[1:]))]) if short else a


class DifferenceJudge:
    """Compares a claim with finite differences, over batches of one shape.

    f(x, *others): scalar, or an array where `directions` is None; claim(x, *others): f's shape + x's.
    specs: of the batched arguments, x first; in_axes: as for `jax.vmap`. directions: (D, P) of −1, 0, 1
    in place of all coordinates. scale(x): the length of a unit step in each coordinate, such that steps
    stay in the domain (|x| for x > 0); it is rounded down to a power of two. double: whether the functions are
    traced in float64.

    >>> x = np.array([[1.0, 1e-3], [2.0, -7.0]])
    >>> spec = [jax.ShapeDtypeStruct(x.shape, "float64")]
    >>> at = DifferenceJudge(lambda x: (x**2).sum(), lambda x: 2 * x, spec)(x)
    >>> bool(np.all(abs(at.claimed - at.derivative) <= at.allowed)), bool(np.max(at.detects[0]) < 1e-8)
    (True, True)
    """

    def __init__(
        self,
        f: Fn,
        claim: Fn,
        specs: Sequence[jax.ShapeDtypeStruct],
        in_axes: Any = 0,
        directions: np.ndarray | None = None,
        scale: Callable[[np.ndarray], np.ndarray] = lambda x: np.maximum(np.abs(x), 1.0),
        double: bool = True,
    ) -> None:
        self.directions, self.scale = directions, scale
        x = specs[0]
        self.eps = float(jnp.finfo(x.dtype).eps)
        axes = in_axes if isinstance(in_axes, tuple) else (in_axes,) * len(specs)
        self.size = int(np.prod(x.shape[1:], dtype=np.int64))
        count = self.size if directions is None else len(directions)
        moved = jax.ShapeDtypeStruct((x.shape[0], len(_OFFSETS), count, *x.shape[1:]), x.dtype)
        along = jax.vmap(jax.vmap(f, (0, *(None for _ in specs[1:]))), (0, *(None for _ in specs[1:])))
        self.f = Program(jax.vmap(along, in_axes=axes), moved, *specs[1:], double=double)
        self.claim = Program(jax.vmap(claim, in_axes=axes), *specs, double=double)

    def __call__(self, x: np.ndarray, *others: Any, directions: np.ndarray | None = None) -> Pointwise:
        """The comparisons: one for each entry of ∂f/∂x, or for each direction.

        directions: as many as were given, in their place.
        """
        directions = self.directions if directions is None else directions
        x = np.asarray(x, dtype=np.float64)
        points, inner = len(x), x.shape[1:]
        unit = np.exp2(np.floor(np.log2(self.scale(x)))).reshape(points, 1, self.size)
        pattern = np.eye(self.size) if directions is None else directions
        v = (pattern * unit).reshape(points, 1, -1, *inner)
        step = _OFFSETS.reshape(-1, *(1,) * (1 + len(inner))) * v
        moved = x.reshape(points, 1, 1, *inner) + step
        errors = np.where(step != 0, self.eps * np.abs(moved), 0.0)
        (values,), (bounds,) = self.f.values_and_bounds(moved, *others, errors=[errors, *(None for _ in others)])
        (g,), (g_error,) = self.claim.bounds(x, *others)
        # first axis: the offsets; then (points, directions, *out)
        d, d_error = _extrapolated(*(np.moveaxis(np.asarray(a, np.float64), 1, 0) for a in (values, bounds)))
        if directions is None:
            lengths = unit.reshape(points, self.size, *(1,) * (d.ndim - 2))
            d, d_error = (np.moveaxis(a / lengths, 1, -1).reshape(points, -1) for a in (d, d_error))
            return Pointwise.of_coordinates(g, d, d_error + g_error.reshape(points, -1))
        g, g_error, unit = g.astype(np.float64).reshape(points, -1), g_error.reshape(points, -1), unit[:, 0]
        reach = np.abs(directions)
        # e(g) along v, and the roundings of the sum g·v itself
        along = (g_error + self.size * _EPS * np.abs(g)) * unit
        allowed = d_error + along @ reach.T
        with np.errstate(all="ignore"):
            own = np.min(np.where(reach[None] != 0, allowed[:, :, None], np.inf), axis=1)
            detects = np.where(g != 0, own / (np.abs(g) * unit), np.inf)
        return Pointwise((g * unit) @ directions.T, d, allowed, detects)
