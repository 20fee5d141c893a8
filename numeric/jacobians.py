r"""Jacobians of jaxprs by JAX's forward or reverse mode, one trace each.

    forward: J v by `jax.jvp`, at the unit vectors v of all arguments          (a column of J each)
    reverse: uᵀJ by `jax.vjp`, at the unit vectors u of the output             (a row of J each)

`jax.jacfwd` and `jax.jacrev` trace the same through `jax.vmap`, at three times the cost; here the function of one
unit vector is traced, and gets its axis of unit vectors equation by equation (`batching`).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .autodiff import Mode
from .batching import batched
from .rounding import trace
from .sharing import Composition, replayed

__all__ = ["jacobian"]

Shape = tuple[int, ...]


def jacobian(closed: jex.ClosedJaxpr, by: Sequence[int], mode: Mode) -> jex.ClosedJaxpr:
    """The derivatives of the only output by the arguments at these positions: an output each, of out.shape + x.shape.

    >>> closed = jax.make_jaxpr(lambda x, y: x**2 * y)(jnp.ones(2), 1.0)
    >>> [d] = jex.jaxpr_as_fun(jacobian(closed, [0], "forward"))(jnp.array([1.0, 2.0]), 3.0)
    >>> d.tolist()
    [[6.0, 0.0], [0.0, 12.0]]
    """
    arguments, [out] = closed.in_avals, closed.out_avals
    shapes = tuple(arguments[k].shape for k in by)

    def at(*values: Any) -> Any:
        given, seeds = list(values[: len(arguments)]), values[len(arguments) :]

        def apply(*own: Any) -> Any:
            moved = {**dict(enumerate(given)), **dict(zip(by, own, strict=True))}
            return replayed(closed, [moved[k] for k in range(len(given))])[0]

        own = [given[k] for k in by]
        if mode == "forward":
            return [jax.jvp(apply, own, list(seeds))[1]]
        return list(jax.vjp(apply, *own)[1](*(seeds or [jnp.ones((), out.dtype)])))

    # a number has one row, which needs no axis
    seeds = list(shapes) if mode == "forward" else [out.shape] if out.shape else []
    one = trace(at, *arguments, *(jax.ShapeDtypeStruct(s, out.dtype) for s in seeds))
    whole = Composition(arguments, differentiated=True)
    if not seeds:
        return whole.closed(whole.apply(one, whole.arguments))
    units = _unit_vectors(tuple(seeds), out.dtype)
    size = units.out_avals[0].shape[0]
    many = batched(one, size, [False] * len(arguments) + [True] * len(seeds))
    found = whole.apply(many, [*whole.arguments, *whole.apply(units, [])])
    arranged = _columns(shapes, out.shape, out.dtype) if mode == "forward" else _rows(shapes, out.shape, out.dtype)
    return whole.closed(whole.apply(arranged, found))


@functools.lru_cache(maxsize=256)
def _unit_vectors(shapes: tuple[Shape, ...], dtype: Any) -> jex.ClosedJaxpr:
    """Those of the space of arrays of these shapes together, along a first axis of each array."""
    sizes = [int(np.prod(s, dtype=np.int64)) for s in shapes]
    unit = np.split(np.eye(sum(sizes), dtype=dtype), np.cumsum(sizes)[:-1], axis=1)
    return trace(lambda: [jnp.asarray(u.reshape(-1, *s)) for u, s in zip(unit, shapes, strict=True)])


@functools.lru_cache(maxsize=256)
def _columns(shapes: tuple[Shape, ...], out: Shape, dtype: Any) -> jex.ClosedJaxpr:
    sizes = [int(np.prod(s, dtype=np.int64)) for s in shapes]

    def arranged(columns: Any) -> list[Any]:
        last = jnp.moveaxis(columns, 0, -1)
        ends = np.cumsum(sizes)
        parts = [last[..., end - size : end] for size, end in zip(sizes, ends, strict=True)]
        return [part.reshape(*out, *shape) for part, shape in zip(parts, shapes, strict=True)]

    return trace(arranged, jax.ShapeDtypeStruct((sum(sizes), *out), dtype))


@functools.lru_cache(maxsize=256)
def _rows(shapes: tuple[Shape, ...], out: Shape, dtype: Any) -> jex.ClosedJaxpr:
    size = int(np.prod(out, dtype=np.int64))
    specs = [jax.ShapeDtypeStruct((size, *shape), dtype) for shape in shapes]
    return trace(lambda *rows: [r.reshape(*out, *r.shape[1:]) for r in rows], *specs)
