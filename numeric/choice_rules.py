r"""When a choice is in doubt: comparisons, selections, sorting, the places of extrema, conversions to integers.

A choice is decided where the intervals [x − e, x + e] of what is compared are disjoint, and then it is exact.
Otherwise the boolean, or the integer (a permutation, an index), that it makes is *in doubt*: its bound is True. What
is selected by it may be either case, and what is looked up by it may be anything (∞).

Two floating-point numbers that are equal to the last bit decide nothing either: σ(40) and σ(50) are both 1, and only
one of them is the largest. What x = max(x) marks is decided by the second largest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .array_module import HostOnlyError, is_of, is_traced, xp

__all__ = ["CHOICES", "EXTREMA", "Made", "any_doubt", "decided", "is_choice", "lost", "mark_doubt", "to_integers"]

Bound = Any
Equation = jex.JaxprEqn


def lost(out: Any) -> Any:
    """The bound of a value of which nothing is known."""
    return xp.full(out.shape, xp.inf) if is_of(out.dtype, jnp.inexact) else xp.full(out.shape, True)


def any_doubt(v: list[Any], e: list[Bound], out: Any) -> Bound:
    """The bound of an integer computed from others: entry by entry where shapes agree, else that of all of them."""
    present = [b != 0 for b in e if b is not None]
    if not present:
        return None
    if all(np.shape(a) in ((), out.shape) for a in v):
        doubt = present[0]
        for other in present[1:]:
            doubt = doubt | other
        return xp.broadcast_to(doubt, out.shape)
    return xp.broadcast_to(xp.any(xp.stack([xp.any(b) for b in present])), out.shape)


def is_choice(eqn: Equation) -> bool:
    """Whether a primitive without a rule chooses among its arguments, so that its derivative says nothing of a tie."""
    name = eqn.primitive.name
    return name.startswith(("select_and_", "reduce_window")) or name in ("approx_top_k", "argsort")


def decided(doubt: Any, offset_dims: tuple[int, ...]) -> Any:
    """The doubt of the index vectors of a gather, shaped to broadcast with what it returns."""
    where = xp.any(doubt, axis=-1)
    for axis in sorted(offset_dims):
        where = xp.expand_dims(where, axis)
    return where


def _is_exact(e: list[Bound]) -> bool:
    return all(b is None for b in e)


def _wide(x: Any) -> Any:
    return xp.asarray(x, dtype=xp.float64)


def _compare(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    if _is_exact(e):
        return [None]
    if not is_of(v[0].dtype, jnp.inexact):
        return [any_doubt(v, e, outs[0])]
    return [xp.broadcast_to(_within(v[0], v[1], e), outs[0].shape)]


def extremum_doubt(x: Any, e: Bound, axes: tuple[int, ...], largest: bool) -> Any:
    """Whether each entry may or may not be the largest (smallest) along these axes."""
    if e is None:
        return None
    if is_traced():
        raise HostOnlyError("extremum")
    x = _wide(x) if largest else -_wide(x)
    flat = np.moveaxis(np.broadcast_to(x, x.shape), axes, range(-len(axes), 0))
    lead = flat.shape[: flat.ndim - len(axes)]
    flat = flat.reshape(*lead, -1)
    doubt = np.moveaxis(np.broadcast_to(e, x.shape), axes, range(-len(axes), 0)).reshape(flat.shape)
    low, high = flat - doubt, flat + doubt
    # largest upper end and lower end among the others
    others_high, others_low = _among_others(high), _among_others(low)
    open_ = ~((high < others_low) | (low > others_high)) & ((doubt > 0) | (others_high > others_low))
    shape = [x.shape[a] for a in range(x.ndim) if a not in axes] + [x.shape[a] for a in axes]
    return np.moveaxis(open_.reshape(shape), range(-len(axes), 0), axes)


EXTREMA = frozenset(["max", "min", "reduce_max", "reduce_min"])
_THROUGH = frozenset(["reshape", "broadcast_in_dim", "expand_dims", "squeeze", "copy"])

Made = tuple[Equation, list[Any], list[Bound]]


def mark_doubt(eqn: Equation, made: dict[Any, Made], v: list[Any], e: list[Bound]) -> Any:
    """The doubt of x == z where z was made as an extremum of x and others, or is x; None for any other equation.

    made: variable → the equation that made it, and, of an extremum, its arguments and their bounds.
    """
    if eqn.primitive.name not in ("eq", "ne") or not is_of(v[0].dtype, jnp.floating):
        return None
    if _is_one(*eqn.invars):
        return np.zeros(np.shape(v[0]), bool)
    for x, z, value, bound in ((*eqn.invars, v[0], e[0]), (*eqn.invars[::-1], v[1], e[1])):
        while not isinstance(z, jex.Literal) and z in made and made[z][0].primitive.name in _THROUGH:
            z = made[z][0].invars[0]
        if isinstance(z, jex.Literal) or z not in made or made[z][0].primitive.name not in EXTREMA:
            continue
        maker, arguments, bounds = made[z]
        which = [number for number, a in enumerate(maker.invars) if _is_one(a, x)]
        if not which:
            continue
        if maker.primitive.name in ("reduce_max", "reduce_min"):
            largest = maker.primitive.name == "reduce_max"
            found = extremum_doubt(value, bound, tuple(maker.params["axes"]), largest)
        else:
            found = _within(arguments[0], arguments[1], bounds)
        shape = np.broadcast_shapes(np.shape(v[0]), np.shape(v[1]))
        return np.zeros(shape, bool) if found is None else xp.broadcast_to(found, shape)
    return None


def _is_one(a: Any, b: Any) -> bool:
    """Whether two atoms are one value."""
    if isinstance(a, jex.Literal) or isinstance(b, jex.Literal):
        return isinstance(a, jex.Literal) and isinstance(b, jex.Literal) and bool(np.all(a.val == b.val))
    return a is b


def _within(a: Any, b: Any, e: list[Bound]) -> Bound:
    """Whether two numbers are closer than their bounds."""
    if _is_exact(e):
        return None
    doubt = sum((x for x in e if x is not None), start=0.0)
    is_complex = is_of(a.dtype, jnp.complexfloating)
    distance = xp.abs(a - b) if is_complex else xp.abs(_wide(a) - _wide(b))
    return (distance <= doubt) & (doubt > 0)


def _among_others(x: np.ndarray) -> np.ndarray:
    """For each entry the largest of the other entries along the last axis."""
    if x.shape[-1] < 2:
        return np.full(x.shape, -np.inf)
    best = np.argmax(x, axis=-1)[..., None]
    first = np.take_along_axis(x, best, axis=-1)
    second = np.partition(x, -2, axis=-1)[..., -2:-1]
    return np.where(np.arange(x.shape[-1]) == best, second, first)


def _place(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """argmax, argmin."""
    if e[0] is None:
        return [None]
    axes = tuple(int(a) % v[0].ndim for a in eqn.params["axes"])
    if not is_of(v[0].dtype, jnp.inexact):
        return [xp.broadcast_to(xp.any(e[0], axis=axes), outs[0].shape)]
    doubt = extremum_doubt(v[0], e[0], axes, eqn.primitive.name == "argmax")
    return [np.any(doubt, axis=axes)]


def _sort(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """Sorting is 1-Lipschitz in the largest error; what is carried along is in doubt where keys overlap."""
    if _is_exact(e):
        return [None] * len(outs)
    if is_traced():
        raise HostOnlyError("sort")
    axis, keys = int(eqn.params["dimension"]), int(eqn.params["num_keys"])
    row = _overlap(v[0], e[0], axis) if keys == 1 else np.full([1] * v[0].ndim, not _is_exact(e[:keys]))
    found: list[Bound] = []
    for number, (b, out) in enumerate(zip(e, outs, strict=True)):
        floating = is_of(out.dtype, jnp.inexact)
        own = np.zeros(1) if b is None else np.max(np.broadcast_to(b, out.shape), axis=axis, keepdims=True)
        if number == 0 and floating:
            found.append(np.broadcast_to(own, out.shape))
        else:
            found.append(np.broadcast_to(np.where(row, np.inf, own) if floating else row | (own != 0), out.shape))
    return found


def _overlap(key: Any, e: Bound, axis: int) -> np.ndarray:
    """Whether two entries of a row overlap, with that axis kept."""
    if e is None or not is_of(key.dtype, jnp.inexact):
        shape = [1 if a == axis else d for a, d in enumerate(key.shape)]
        return np.zeros(shape, bool) if e is None else np.any(np.broadcast_to(e, key.shape), axis=axis, keepdims=True)
    x = _wide(key)
    order = np.argsort(x, axis=axis, kind="stable")
    x, e = np.take_along_axis(x, order, axis), np.take_along_axis(np.broadcast_to(e, x.shape), order, axis)
    low, high = x - e, np.maximum.accumulate(x + e, axis=axis)
    later, before = np.delete(low, 0, axis=axis), np.delete(high, -1, axis=axis)
    inexact = np.delete(e, 0, axis=axis) + np.max(e, axis=axis, keepdims=True) > 0
    return np.any((later <= before) & inexact, axis=axis, keepdims=True)


def _top_k(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    if e[0] is None:
        return [None, None]
    if is_traced():
        raise HostOnlyError("top_k")
    axis = int(eqn.params.get("axis", -1)) % v[0].ndim
    largest = np.max(np.broadcast_to(e[0], v[0].shape), axis=axis, keepdims=True)
    row = _overlap(v[0], e[0], axis)
    return [np.broadcast_to(largest, outs[0].shape), np.broadcast_to(row, outs[1].shape)]


def _logical(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    return [any_doubt(v, e, outs[0])]


def _reduce_logical(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    return [None if e[0] is None else xp.any(xp.broadcast_to(e[0], v[0].shape), axis=tuple(eqn.params["axes"]))]


def _select(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    which, *cases = v
    doubt, *errors = e
    out = outs[0]
    if _is_exact(e):
        return [None]
    if not is_of(out.dtype, jnp.inexact):
        return [xp.broadcast_to(any_doubt([which, *cases], e, out), out.shape)]
    filled = [xp.broadcast_to(0.0 if b is None else b, c.shape) for b, c in zip(errors, cases, strict=True)]
    chosen = xp.where(which, filled[1], filled[0]) if len(filled) == 2 else xp.choose(which, filled, mode="clip")
    if doubt is None or not is_traced() and not np.any(doubt):
        return [chosen]
    if is_of(out.dtype, jnp.complexfloating):
        return [xp.where(doubt, xp.abs(cases[0] - cases[-1]) + filled[0] + filled[-1], chosen)]
    stacked = xp.stack([_wide(c) for c in cases])
    spread = xp.max(stacked, axis=0) - xp.min(stacked, axis=0) + xp.max(xp.stack(filled), axis=0)
    return [xp.where(doubt, spread, chosen)]


def to_integers(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """Of a conversion to integers or booleans: decided where the whole interval goes to one."""
    if e[0] is None or not is_of(v[0].dtype, jnp.inexact):
        return e[0]
    x = _wide(v[0])
    if out.dtype == np.bool_:
        return (xp.abs(x) <= e[0]) & (e[0] > 0)
    return ~(xp.trunc(x - e[0]) == xp.trunc(x + e[0]))


CHOICES: dict[str, Callable[..., list[Bound]]] = {
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), _compare),
    **dict.fromkeys(("and", "or", "xor", "not"), _logical),
    **dict.fromkeys(("reduce_and", "reduce_or", "reduce_xor"), _reduce_logical),
    **dict.fromkeys(("argmax", "argmin"), _place),
    "is_finite": lambda eqn, v, e, outs: [None],
    "select_n": _select,
    "sort": _sort,
    "top_k": _top_k,
}
