"""Primitives of a jaxpr evaluated in NumPy, a whole batch at a time.

Running error analysis (`rounding`) needs the intermediate values of a program at thousands of points,
once: compiling its five-fold larger program would take a second, evaluating it takes milliseconds. The
tables cover what losses and their derivatives are made of; any other primitive is evaluated by JAX itself,
eagerly. Nothing here is judged: the values that are come from the compiled program.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .array_module import is_of, is_traced, xp

__all__ = ["ELEMENTWISE", "STRUCTURAL", "batch_innermost", "dot", "entries", "evaluate_primitive", "is_key", "reduced"]


def _logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


ELEMENTWISE: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "add_any": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
    "neg": np.negative,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceil": np.ceil,
    "exp": np.exp,
    "exp2": np.exp2,
    "log": np.log,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "tanh": np.tanh,
    "logistic": _logistic,
    "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "cbrt": np.cbrt,
    "square": np.square,
    "pow": lambda x, y: np.power(x, y),
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.bitwise_and,
    "or": np.bitwise_or,
    "xor": np.bitwise_xor,
    "not": np.invert,
    "is_finite": np.isfinite,
    "clamp": lambda low, x, high: np.minimum(np.maximum(x, low), high),
}


def _broadcast_in_dim(p: Any, x: Any) -> Any:
    shape = [1] * len(p["shape"])
    for axis, target in enumerate(p["broadcast_dimensions"]):
        shape[target] = xp.shape(x)[axis]
    return xp.broadcast_to(xp.reshape(x, shape), p["shape"])


def _slice(p: Any, x: Any) -> Any:
    steps = p["strides"] or (1,) * xp.ndim(x)
    return x[tuple(slice(*s) for s in zip(p["start_indices"], p["limit_indices"], steps, strict=True))]


def _concatenate(p: Any, *xs: Any) -> Any:
    return xp.concatenate(xs, axis=p["dimension"])


def _split(p: Any, x: Any) -> Any:
    return xp.split(x, np.cumsum(p["sizes"])[:-1], axis=p["axis"])


def _pad(p: Any, x: Any, fill: Any) -> Any:
    low, high, inside = zip(*p["padding_config"], strict=True) if xp.ndim(x) else ((), (), ())
    if is_traced():
        return jax.lax.pad(x, xp.asarray(fill, dtype=x.dtype), p["padding_config"])
    shape = [max(n + (n - 1) * k, 0) for n, k in zip(x.shape, inside, strict=True)]
    spread = _filled([max(a, 0) + n + max(b, 0) for a, n, b in zip(low, shape, high, strict=True)], fill, x.dtype)
    places = zip(low, shape, inside, strict=True)
    spread[tuple(slice(max(a, 0), max(a, 0) + n, k + 1) for a, n, k in places)] = x
    ends = zip(low, high, spread.shape, strict=True)
    return spread[tuple(slice(max(-a, 0), n - max(-b, 0)) for a, b, n in ends)]


def _filled(shape: Sequence[int], fill: Any, kind: Any) -> np.ndarray:
    """An array of one value, its first axis contiguous."""
    return np.moveaxis(np.full((*shape[1:], *shape[:1]), fill, kind), -1, 0) if shape else np.full((), fill, kind)


STRUCTURAL: dict[str, Callable[..., Any]] = {
    "pad": _pad,
    "split": _split,
    "broadcast_in_dim": _broadcast_in_dim,
    "reshape": lambda p, x: xp.reshape(x, p["new_sizes"]),
    "transpose": lambda p, x: xp.transpose(x, p["permutation"]),
    "squeeze": lambda p, x: xp.squeeze(x, tuple(p["dimensions"])),
    "expand_dims": lambda p, x: xp.expand_dims(x, tuple(p["dimensions"])),
    "slice": _slice,
    "rev": lambda p, x: xp.flip(x, tuple(p["dimensions"])),
    "concatenate": _concatenate,
    "copy": lambda p, x: x,
    "copy_p": lambda p, x: x,
    "stop_gradient": lambda p, x: x,
    "optimization_barrier": lambda p, *xs: list(xs),
}

_REDUCTIONS: dict[str, np.ufunc] = {
    "reduce_sum": np.add,
    "reduce_max": np.maximum,
    "reduce_min": np.minimum,
    "reduce_prod": np.multiply,
    "reduce_and": np.logical_and,
    "reduce_or": np.logical_or,
}


def batch_innermost(x: Any) -> np.ndarray:
    """The same array with its first axis contiguous in memory, which NumPy's operations then hand on.

    The other axes are short: NumPy's inner loops are to run along the batch.
    """
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 0, -1)), -1, 0) if np.ndim(x) > 1 else np.asarray(x)


def reduced(operation: np.ufunc, x: Any, axes: tuple[int, ...]) -> Any:
    """x reduced over these axes (`add` for a sum), whatever their order.

    NumPy reduces the short axes behind a long batch entry by entry; whole slices are five times as fast.
    """
    terms = int(np.prod([x.shape[axis] for axis in axes], dtype=np.int64))
    if is_traced() or not 0 < terms <= 32 or not np.issubdtype(x.dtype, np.floating):
        whole: dict[Any, str] = {np.add: "sum", np.maximum: "max", np.minimum: "min", np.multiply: "prod"}
        whole |= {np.logical_and: "all", np.logical_or: "any"}
        return getattr(xp, whole[operation])(x, axis=axes)
    for axis in sorted(axes, reverse=True):
        first, *others = np.moveaxis(x, axis, 0)
        for row in others:
            first = operation(first, row)
        x = first
    return x


def dot(a: Any, b: Any, dimension_numbers: Any) -> Any:
    """`lax.dot_general` by `xp.matmul`: result axes are batch, a's free, b's free."""
    (contract_a, contract_b), (batch_a, batch_b) = dimension_numbers
    free_a = [i for i in range(xp.ndim(a)) if i not in contract_a and i not in batch_a]
    free_b = [i for i in range(xp.ndim(b)) if i not in contract_b and i not in batch_b]
    batch = [xp.shape(a)[i] for i in batch_a]
    summed = [xp.shape(a)[i] for i in contract_a]
    inner = int(np.prod(summed, dtype=np.int64))
    left = xp.transpose(a, (*contract_a, *batch_a, *free_a))
    right = xp.transpose(b, (*contract_b, *batch_b, *free_b))
    # matmul is slow on stacks of tiny matrices, and what it makes of a batch and a constant is not batch innermost
    if 0 < inner <= 8 and (batch or min(left.size, right.size) <= 64):
        across = (..., *(None for _ in free_b))
        along = (*(slice(None) for _ in batch), *(None for _ in free_a))
        products = (left[k][across] * right[k][along] for k in np.ndindex(*summed))
        total = next(products)
        for product in products:
            total += product
        return total
    left, right = left.reshape(inner, *batch, -1), right.reshape(inner, *batch, -1)
    out = [*batch, *(xp.shape(a)[i] for i in free_a), *(xp.shape(b)[i] for i in free_b)]
    return xp.matmul(xp.moveaxis(left, 0, -1), xp.moveaxis(right, 0, -2)).reshape(out)


def entries(p: Any, x: np.ndarray, indices: np.ndarray) -> np.ndarray | None:
    """`lax.gather` of entries or whole slices, x[:, j, k] at a list of (j, k); None for what else a gather can be."""
    d = p["dimension_numbers"]
    at, offsets = tuple(d.collapsed_slice_dims), tuple(d.offset_dims)
    kept = [axis for axis in range(x.ndim) if axis not in at]
    whole = all(p["slice_sizes"][axis] == (1 if axis in at else x.shape[axis]) for axis in range(x.ndim))
    if not at or tuple(d.start_index_map) != at or d.operand_batching_dims or not whole:
        return None
    limits = np.array([x.shape[axis] for axis in at])
    if np.any(indices < 0) or np.any(indices >= limits):
        return None
    order = [*kept[1:], *kept[:1]]  # the batch innermost
    found = np.transpose(x, (*at, *order))[tuple(np.moveaxis(indices, -1, 0))]
    listed = [axis for axis in range(found.ndim) if axis not in offsets]
    places = [*listed, *(offsets[kept.index(axis)] for axis in order)]
    return np.transpose(found, np.argsort(places))


def is_key(x: Any) -> bool:
    """Whether x, an array or a type of one, is of `jax.random` keys, which NumPy can't hold."""
    return is_of(getattr(x, "dtype", x), jax.dtypes.prng_key)


def evaluate_primitive(eqn: Any, values: list[Any]) -> list[Any]:
    """The outputs of one equation, as NumPy arrays of the types that the jaxpr gives."""
    name, p = eqn.primitive.name, eqn.params
    avals = [v.aval for v in eqn.outvars]
    out: Any
    if any(is_key(v) for v in (*values, *avals) if hasattr(v, "dtype")):
        out = eqn.primitive.bind(*[v if is_key(v) else jnp.asarray(v) for v in values], **p)
        outs = list(out) if eqn.primitive.multiple_results else [out]
        return [o if is_key(o) else np.asarray(o) for o in outs]
    if is_traced():
        out = eqn.primitive.bind(*[jnp.asarray(v) for v in values], **p)
        return list(out) if eqn.primitive.multiple_results else [out]
    if name in ELEMENTWISE:
        out = ELEMENTWISE[name](*values)
    elif name == "div" and is_of(avals[0].dtype, jnp.inexact):
        out = np.divide(*values)
    elif name == "integer_pow" and is_of(avals[0].dtype, jnp.inexact):
        out = np.power(values[0], float(p["y"]))
    elif name in STRUCTURAL:
        out = STRUCTURAL[name](p, *values)
    elif name in _REDUCTIONS:
        out = reduced(_REDUCTIONS[name], values[0], tuple(p["axes"]))
    elif name == "dot_general":
        out = dot(values[0], values[1], p["dimension_numbers"])
    elif name == "select_n" and len(values) == 3 and np.asarray(values[0]).dtype == bool:
        out = np.where(values[0], values[2], values[1])
    elif name in ("convert_element_type", "reduce_precision"):
        complex_to_real = np.iscomplexobj(values[0]) and not is_of(avals[0].dtype, jnp.complexfloating)
        out = values[0].real if complex_to_real else values[0]
    elif name == "gather" and (found := entries(p, *values)) is not None:
        out = found
    elif name == "iota":
        axis = [1] * len(p["shape"])
        axis[p["dimension"]] = p["shape"][p["dimension"]]
        out = np.broadcast_to(np.arange(p["shape"][p["dimension"]]).reshape(axis), p["shape"])
    else:
        out = eqn.primitive.bind(*[jnp.asarray(v) for v in values], **p)
    outs = list(out) if eqn.primitive.multiple_results else [out]
    return [
        np.asarray(o) if not hasattr(a, "dtype") else np.asarray(o, dtype=a.dtype)
        for o, a in zip(outs, avals, strict=True)
    ]
