r"""Arrays whose axes carry the index symbols they run over, and the contraction of a product of them.

    Σ_k a[i, k] b[k, c]   =   contract([a (i, k), b (k, c)], {k})   of labels (i, c)

A product of many factors is contracted pair by pair, smallest result first, so that an outer
product appears only where the formula's value is one. A pair becomes a `dot_general`, or a
multiply-and-add that XLA fuses into one pass where no matrix product is at hand.

Left out: sparse arrays, and the optimal order of contraction (greedy is optimal for up to three factors
of this field's shapes).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from jax import lax

__all__ = ["VECTOR", "Named", "arrange", "contract", "elementwise", "multiply", "rows_last", "sum_all", "widen"]

Labels = tuple[sp.Symbol, ...]
_CACHED = range(1 << 15, 1 << 18)
"""Entries of a matrix that is large enough for a matrix product to pay, and small enough for a core's cache."""

VECTOR = 16
"""Entries that a processor's vector holds; also the rows that a long sum is folded into, to be added as vectors."""


@dataclass(frozen=True, eq=False)
class Named:
    """value: an array with one axis per label, or a Python number (exact sizes and constants) with none."""

    value: Any
    labels: Labels = ()

    @property
    def is_number(self) -> bool:
        return isinstance(self.value, int | float)

    @property
    def count(self) -> int:
        return 1 if self.is_number else math.prod(jnp.shape(self.value))

    def axis(self, label: sp.Symbol) -> int:
        return self.labels.index(label)


def widen(a: Named, dtype: Any) -> Named:
    """`a` in the accumulation dtype; numbers stay Python's, which never widen an array."""
    return a if a.is_number or a.value.dtype == dtype else Named(a.value.astype(dtype), a.labels)


def elementwise(fn: Callable[..., Any], *arguments: Named) -> Named:
    """fn of the arguments at equal indices; the result runs over all of their labels."""
    labels = _joint_labels(arguments)
    return Named(fn(*(_aligned(a, labels) for a in arguments)), labels)


def multiply(factors: Iterable[Named]) -> Named:
    """The product at equal indices, small factors first; 1 for none."""
    ordered = sorted(factors, key=lambda f: f.count)
    if not ordered:
        return Named(1)
    product = ordered[0]
    for factor in ordered[1:]:
        product = elementwise(lambda a, b: a * b, product, factor)
    return product


def rows_last(a: Named) -> Named:
    """A tall and thin matrix with its long axis last, as its transpose in memory; anything else as it is.

    XLA's CPU backend makes vectors along the last axis: of ten classes they stay empty, of samples they are full.
    """
    shape: tuple[int, ...] = () if a.is_number else a.value.shape
    if len(shape) != 2 or shape[1] >= VECTOR or shape[0] < 8 * VECTOR or jax.default_backend() != "cpu":
        return a
    kept = lax.optimization_barrier(a.value)  # else it is the product that XLA transposes, twice as slow
    return Named(lax.optimization_barrier(kept.T), a.labels[::-1])


def arrange(a: Named, labels: Labels, shape: tuple[int, ...], dtype: Any) -> jax.Array:
    """The plain array with axes in the order of `labels`, repeated along those that `a` doesn't depend on."""
    value = jnp.asarray(_aligned(a, labels), dtype)
    return value if value.shape == shape else jnp.broadcast_to(value, shape)


def contract(
    factors: Sequence[Named], summed: Collection[sp.Symbol], sizes: Mapping[sp.Symbol, int], dtype: Any
) -> Named:
    r"""The sum over `summed` of the product of `factors`, accumulated in `dtype`.

    sizes: how many values each summed label takes (a label that no factor carries multiplies by it).

    >>> i, j = sp.symbols("i j")
    >>> r, x = Named(jnp.ones(3), (i,)), Named(jnp.ones((3, 2)), (i, j))
    >>> contract([r, x], {i}, {i: 3}, jnp.float32).value.tolist()
    [3.0, 3.0]
    """
    numbers = [f for f in factors if not f.labels]
    arrays = [f for f in factors if f.labels]
    present = {s for a in arrays for s in a.labels}
    numbers += [Named(sizes[s]) for s in summed if s not in present]
    summed = {s for s in summed if s in present}
    arrays = _reduce_alone(arrays, summed, dtype)
    while len(arrays) > 1:
        a, b = min(itertools.combinations(arrays, 2), key=lambda pair: _cost(pair, arrays, summed))
        others = [c for c in arrays if c is not a and c is not b]
        contracted = _finished(a, b, others, summed)
        arrays = _reduce_alone([*others, _contract_pair(a, b, contracted, dtype)], summed, dtype)
    return multiply(widen(f, dtype) for f in (*numbers, *arrays))


def _reduce_alone(arrays: list[Named], summed: set[sp.Symbol], dtype: Any) -> list[Named]:
    """Each label that one factor alone carries is summed at once: Σ_k r_i x_ik = r_i Σ_k x_ik."""
    reduced = []
    for a in arrays:
        alone = [s for s in a.labels if s in summed and not any(s in b.labels for b in arrays if b is not a)]
        if alone:
            value = _sum(widen(a, dtype).value, tuple(a.axis(s) for s in alone))
            reduced.append(Named(value, tuple(s for s in a.labels if s not in alone)))
        else:
            reduced.append(a)
    return reduced


def sum_all(value: jax.Array) -> jax.Array:
    """The sum of all entries. XLA's CPU backend adds up to a number one after the other, sums of rows as vectors."""
    flat = value.reshape(-1)
    if flat.size < 2 * VECTOR:
        return jnp.sum(flat)
    rows = jnp.pad(flat, (0, -flat.size % VECTOR)).reshape(VECTOR, -1)
    return jnp.sum(lax.optimization_barrier(jnp.sum(rows, axis=0)))


def _sum(value: jax.Array, axes: tuple[int, ...]) -> jax.Array:
    return sum_all(value) if len(axes) == value.ndim else jnp.sum(value, axis=axes)


def _finished(a: Named, b: Named, others: Sequence[Named], summed: Collection[sp.Symbol]) -> list[sp.Symbol]:
    """Labels to sum over once a and b are multiplied: no other factor carries them."""
    joint = _joint_labels((a, b))
    return [s for s in joint if s in summed and not any(s in c.labels for c in others)]


def _cost(pair: tuple[Named, Named], arrays: Sequence[Named], summed: Collection[sp.Symbol]) -> tuple[int, int]:
    """Entries of the result, then multiplications."""
    a, b = pair
    contracted = _finished(a, b, [c for c in arrays if c is not a and c is not b], summed)
    sizes = dict(zip(a.labels, a.value.shape, strict=True)) | dict(zip(b.labels, b.value.shape, strict=True))
    result = math.prod(size for s, size in sizes.items() if s not in contracted)
    return result, math.prod(sizes.values())


def _contract_pair(a: Named, b: Named, contracted: Sequence[sp.Symbol], dtype: Any) -> Named:
    shared = [s for s in a.labels if s in b.labels]
    free_a = [s for s in a.labels if s not in shared]
    free_b = [s for s in b.labels if s not in shared]
    if not contracted:
        return elementwise(lambda u, v: u * v, widen(a, dtype), widen(b, dtype))
    is_matrix_product = bool(free_a) and bool(free_b)
    if len(contracted) == len(shared) == 1 and not is_matrix_product and (free_a or free_b):
        # A matrix by a vector over its last axis is a dot product per row. Over its first axis, XLA's CPU
        # backend takes 1.5 times as long for the dot as for the fused multiply-and-add (measured at
        # 409,600 × 128 in float32), which also sums pairwise and so loses fewer digits; but for a block that
        # stays in a core's cache, the dot takes 0.8 of the time (1,024 × 128, by benchmarks/training.py).
        matrix = a if free_a else b
        is_matrix_product = matrix.axis(contracted[0]) == len(matrix.labels) - 1 or matrix.count in _CACHED
    if not is_matrix_product:
        product = elementwise(lambda u, v: u * v, widen(a, dtype), widen(b, dtype))
        value = _sum(product.value, tuple(product.axis(s) for s in contracted))
        return Named(value, tuple(s for s in product.labels if s not in contracted))
    a, b = _row_major_order(a, b, contracted)
    return _dot_general(a, b, contracted, dtype)


def _row_major_order(a: Named, b: Named, contracted: Sequence[sp.Symbol]) -> tuple[Named, Named]:
    """The order in which XLA reads both as they lie in memory: a's last axis against b's first.

    Where both contract their first axis (Xᵀ R) the smaller goes first: half the time at K = 10.
    """
    k = contracted[-1]
    a_last, b_last = a.axis(k) == len(a.labels) - 1, b.axis(k) == len(b.labels) - 1
    if a_last != b_last:
        return (a, b) if a_last else (b, a)
    smaller, larger = sorted((a, b), key=lambda f: f.count)
    return (larger, smaller) if a_last else (smaller, larger)


def _dot_general(a: Named, b: Named, contracted: Sequence[sp.Symbol], dtype: Any) -> Named:
    batch = [s for s in a.labels if s in b.labels and s not in contracted]
    if a.value.dtype != b.value.dtype:
        a, b = widen(a, dtype), widen(b, dtype)
    dimensions = (
        (tuple(a.axis(s) for s in contracted), tuple(b.axis(s) for s in contracted)),
        (tuple(a.axis(s) for s in batch), tuple(b.axis(s) for s in batch)),
    )
    # float32 means float32, on every device: accelerators would otherwise round the factors to TF32
    precision = lax.Precision.HIGHEST if a.value.dtype == dtype else lax.Precision.DEFAULT
    value = lax.dot_general(a.value, b.value, dimensions, precision=precision, preferred_element_type=dtype)
    rest = (s for f in (a, b) for s in f.labels if s not in batch and s not in contracted)
    return rows_last(Named(value, (*batch, *rest)))


def _joint_labels(arguments: Iterable[Named]) -> Labels:
    """All labels, in the order of the argument that has most of them."""
    ordered = sorted(arguments, key=lambda a: -len(a.labels))
    return tuple(dict.fromkeys(s for a in ordered for s in a.labels))


def _aligned(a: Named, labels: Labels) -> Any:
    """The value with its axes in the order of `labels`, of length 1 where it has none."""
    if not a.labels:
        return a.value
    present = tuple(s for s in labels if s in a.labels)
    value = a.value if present == a.labels else jnp.transpose(a.value, [a.axis(s) for s in present])
    first = labels.index(present[0])  # broadcasting supplies the leading axes
    missing = tuple(p - first for p in range(first, len(labels)) if labels[p] not in a.labels)
    return jnp.expand_dims(value, missing) if missing else value
