r"""One pass over the data: a sum over samples, block of rows by block of rows.

    Σ_i f(row i)  =  Σ_blocks Σ_{i in block} f(row i)

A block is small enough to stay in a core's cache between its two uses (prediction, then gradient), so the data
are read from memory once per step where the closed form Xᵀ(p − y) reads them twice. What a block contributes is
compiled from the proved expression (`Problem.block`); nothing here knows which loss it is.

With a stride s only every s-th block is read: a sample on which a fit can begin. The stride is traced, so that one
compiled loop runs on the sample and on all rows.

Where the rows come from is a `Source`: arrays on the device, or blocks that the host reads from files while the
compiled loop runs (`numeric.training.files`). Left out: choosing an order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

__all__ = ["BLOCK_BYTES", "COMPILER_OPTIONS", "ArraySource", "Blocks", "RowSum", "Source", "block_rows", "row_bytes"]

BLOCK_BYTES = 3 << 16
"""A block's size: XLA's CPU backend splits what moves 512 KiB or more over its threads, and copying a block of half
that would wait for a thread of another device in every block. `benchmarks/training.py step` measures the choice."""

COMPILER_OPTIONS = {"xla_cpu_prefer_vector_width": 512}
"""XLA's CPU backend writes loops for vectors of 256 bits unless told. With 512, where the processor has them, a step of
softmax takes 0.87 of the time, one of logistic regression 0.95."""

Rows = Mapping[str, Any]
RowSum = Callable[[Any, Rows], Any]


class Source(Protocol):
    """Where rows come from. It is static under jit (its hash is part of the compiled loop's key); arrays are traced."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    @property
    def blocks(self) -> int:
        """How many full blocks a device goes through."""
        ...

    def used(self, stride: Any) -> Any:
        """How many rows a stride leaves, as a floating-point number: more than an int32 may hold."""
        ...

    def total(self, fn: RowSum, parameters: Any, arrays: Any, stride: Any = 1) -> Any:
        """fn(parameters, rows), for a function that is a sum over the rows it is given: all, or those of a stride."""
        ...


class Blocks:
    """A source of blocks of one length; what is left to say is how to get one."""

    count: int
    block_length: int

    def block(self, arrays: Any, number: Any) -> Rows:
        """Rows number·block_length … of the data; number may be traced."""
        raise NotImplementedError

    def tail(self, arrays: Any) -> Rows | None:
        """The rows after the last full block; None where there are none."""
        raise NotImplementedError

    @property
    def blocks(self) -> int:
        return self.count // self.block_length

    def used(self, stride: Any) -> Any:
        """Every stride-th full block, and the rows after the last."""
        return self._strided(stride) * float(self.block_length) + self.count % self.block_length

    def total(self, fn: RowSum, parameters: Any, arrays: Any, stride: Any = 1) -> Any:
        """Σ fn(parameters, block)."""
        if self.blocks == 1:
            total = fn(parameters, self.block(arrays, 0))
        else:
            shapes = jax.eval_shape(lambda a: fn(parameters, self.block(a, 0)), arrays)
            start = jax.tree.map(lambda s: jnp.zeros(s.shape, s.dtype), shapes)
            total = lax.fori_loop(
                0,
                self._strided(stride),
                lambda number, sofar: jax.tree.map(jnp.add, sofar, fn(parameters, self.block(arrays, number * stride))),
                start,
            )
        tail = self.tail(arrays)
        return total if tail is None else jax.tree.map(jnp.add, total, fn(parameters, tail))

    def _strided(self, stride: Any) -> Any:
        return (self.blocks + stride - 1) // stride


@dataclass(frozen=True)
class ArraySource(Blocks):
    """Arrays on a device with one row for each sample, all of the same number of rows."""

    count: int
    block_length: int

    @classmethod
    def of(cls, arrays: Rows, block_length: int | None = None) -> ArraySource:
        count = next(iter(arrays.values())).shape[0]
        return cls(count, block_length or block_rows(count, row_bytes(arrays)))

    def block(self, arrays: Rows, number: Any) -> Rows:
        start = number * self.block_length
        return {name: lax.dynamic_slice_in_dim(a, start, self.block_length) for name, a in arrays.items()}

    def tail(self, arrays: Rows) -> Rows | None:
        start = self.count // self.block_length * self.block_length
        return None if start == self.count else {name: a[start:] for name, a in arrays.items()}


def row_bytes(arrays: Rows) -> int:
    """How many bytes a row has."""
    return sum(np.dtype(a.dtype).itemsize * math.prod(a.shape[1:]) for a in arrays.values())


def block_rows(count: int, width: int, target: int = BLOCK_BYTES) -> int:
    """Rows in a block: about `target` bytes for rows of `width` bytes, a multiple of 128 (whole vectors, 16 of them).

    >>> block_rows(409_600, 516)
    384
    >>> block_rows(100, 516)
    100
    """
    wanted = max(round(target / max(width, 1) / 128), 1) * 128
    return wanted if count > 2 * wanted else max(count, 1)
