"""Reading an array at index expressions: slices where they are shifts of an index, a gather elsewhere.

`theta[t + 1]` with t over 1..K−1 is the slice of entries 2..K; `w[1]` one entry; `x[i, i]`, `w[2*k]` and
`w[K + 1 - k]` gathers. Every position is known while compiling (sizes are static), so an index that would
leave its array is an error then, in the formula's own words, and never a silently clamped read.

Left out: indices that are data (`theta[y[i]]`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp
from jax import lax

from derivations.atoms import UnsupportedExpressionError, free_symbols
from numeric.named import Named

__all__ = ["Axis", "Clip", "Environment", "KeptAxis", "integer_values", "read", "spread"]


@dataclass(frozen=True, eq=False)
class Clip:
    """Values of an index whose bounds depend on other indices, kept inside those bounds."""

    values: np.ndarray[Any, Any]
    labels: tuple[sp.Symbol, ...]


@dataclass(frozen=True)
class Axis:
    """lower..upper: the values of an index. masked: some of them are outside its own, dependent bounds."""

    lower: int
    upper: int
    masked: bool = False
    clip: Clip | None = None

    @property
    def size(self) -> int:
        return max(0, self.upper - self.lower + 1)


Environment = Mapping[sp.Symbol, Axis]
IntegerArray = tuple[np.ndarray[Any, Any], tuple[sp.Symbol, ...]]


def integer_values(expr: sp.Expr, env: Environment, sizes: Mapping[sp.Symbol, Any]) -> IntegerArray:
    """The integer values of an index expression, over the labels that it depends on."""
    if isinstance(expr, sp.Integer):
        return np.asarray(int(expr), np.int32), ()
    if isinstance(expr, sp.Symbol):
        if expr in env:
            axis = env[expr]
            if axis.clip is not None:
                return axis.clip.values, axis.clip.labels
            return np.arange(axis.lower, axis.upper + 1, dtype=np.int32), (expr,)
        if isinstance(sizes.get(expr), int):
            return np.asarray(sizes[expr], np.int32), ()
        raise UnsupportedExpressionError(f"index {expr} is neither summed, free, nor a size known from the shapes")
    if isinstance(expr, sp.Add | sp.Mul):
        parts = [integer_values(a, env, sizes) for a in expr.args]
        labels = tuple(dict.fromkeys(s for _, of in parts for s in of))
        combine = np.add if isinstance(expr, sp.Add) else np.multiply
        total = spread(parts[0], labels)
        for part in parts[1:]:
            total = combine(total, spread(part, labels))
        return np.asarray(total, np.int32), labels
    raise UnsupportedExpressionError(f"an index must be built of indices, sizes and integers by + and ×, got {expr}")


@dataclass(frozen=True)
class KeptAxis:
    """An axis that keeps the label it has."""

    label: sp.Symbol


def read(
    array: Any,
    indices: Sequence[sp.Expr | KeptAxis],
    lowers: Sequence[int],
    env: Environment,
    sizes: Mapping[sp.Symbol, Any],
    source: sp.Expr,
) -> Named:
    """`array` at the indices; axis a holds the entries lowers[a], lowers[a] + 1, …; `source` names it in errors."""
    labels: list[sp.Symbol | None] = []
    gathers: dict[int, IntegerArray] = {}
    taken = {index.label for index in indices if isinstance(index, KeptAxis)}
    for index, lower in zip(indices, lowers, strict=True):
        a = len(labels)  # axes read at one entry are gone from the array by now
        if isinstance(index, KeptAxis):
            labels.append(index.label)
            continue
        values, depends = integer_values(index, env, sizes)
        is_masked = any(env[s].masked for s in free_symbols(index) if s in env)
        positions = _checked(values - lower, array.shape[a], is_masked, source, index, lower)
        shift = _plain_shift(index, env)
        if not depends:
            array = lax.index_in_dim(array, int(positions), a, keepdims=False)
        elif shift is not None and shift not in taken and _is_run(positions):
            taken.add(shift)
            array = _slice(array, a, int(positions[0]) if len(positions) else 0, len(positions))
            labels.append(shift)
        else:
            gathers[a] = positions, depends
            labels.append(None)
    if not gathers:
        return Named(array, tuple(s for s in labels if s is not None))
    return _gather(array, labels, gathers)


def _is_run(positions: np.ndarray[Any, Any]) -> bool:
    """Whether no position was moved by clamping: a, a + 1, a + 2, …"""
    return len(positions) == 0 or int(positions[-1] - positions[0]) == len(positions) - 1


def _plain_shift(index: sp.Expr, env: Environment) -> sp.Symbol | None:
    """k where the index is k + constant and k runs over its own range."""
    for s in free_symbols(index):
        if s in env and env[s].clip is None and not (free_symbols(index - s) & set(env)):
            return s
    return None


def _checked(
    positions: np.ndarray[Any, Any],
    length: int,
    is_masked: bool,
    source: sp.Expr,
    index: sp.Expr,
    lower: int,
) -> np.ndarray[Any, Any]:
    if positions.size and (positions.min() < 0 or positions.max() >= length):
        if is_masked:  # entries outside the dependent bounds are discarded by the sum
            return np.clip(positions, 0, max(length - 1, 0))
        worst = positions.min() if positions.min() < 0 else positions.max()
        raise UnsupportedExpressionError(
            f"{source} reads entry {worst + lower} at index {index}, "
            f"of an axis that holds {lower}..{lower + length - 1}"
        )
    return positions


def _slice(array: Any, axis: int, start: int, length: int) -> Any:
    if start == 0 and length == array.shape[axis]:
        return array
    return lax.slice_in_dim(array, start, start + length, axis=axis)


def _gather(array: Any, labels: Sequence[sp.Symbol | None], gathers: Mapping[int, IntegerArray]) -> Named:
    if len(gathers) == 1:
        (a, (values, depends)) = next(iter(gathers.items()))
        if not set(depends) & set(labels):
            taken = jnp.take(array, jnp.asarray(values), axis=a, mode="clip")
            return Named(taken, _without_none([*labels[:a], *depends, *labels[a + 1 :]]))
    own = [
        (np.arange(array.shape[a], dtype=np.int32), (s,)) if s is not None else gathers[a] for a, s in enumerate(labels)
    ]
    joint = tuple(dict.fromkeys(s for _, of in own for s in of))
    positions = tuple(jnp.asarray(spread(part, joint)) for part in own)
    value = array.at[positions].get(mode="clip")
    return Named(value, joint)


def spread(part: IntegerArray, labels: Sequence[sp.Symbol]) -> np.ndarray[Any, Any]:
    """The values with one axis per label, of length 1 where they don't depend on it."""
    values, own = part
    order = [own.index(s) for s in labels if s in own]
    moved = np.transpose(values, order) if own else values
    return moved.reshape([values.shape[own.index(s)] if s in own else 1 for s in labels])


def _without_none(labels: Sequence[sp.Symbol | None]) -> tuple[sp.Symbol, ...]:
    return tuple(s for s in labels if s is not None)
