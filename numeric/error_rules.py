r"""The error of one operation, given the errors of its arguments: the table behind `rounding`.

A rule takes (equation, argument values, argument bounds, computed value) and returns a bound on the
computed value's error: what the arguments' errors are moved to, plus what the operation itself rounds.
`rounding` says where the constants come from. A bound is None for a value that is exact; of a boolean
it says whether it may be wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .array_module import HostOnlyError, is_traced, xp
from .host import STRUCTURAL, dot, reduced

__all__ = ["Bound", "bounds_of", "dense"]

Bound = Any
Equation = jex.JaxprEqn


def bounds_of(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """The bounds of the outputs of one equation."""
    if not any(jnp.issubdtype(o.dtype, jnp.inexact) or o.dtype == bool for o in outs):
        return [None] * len(outs)
    name = eqn.primitive.name
    if not v:  # iota and other constants
        return [None] * len(outs)
    if name in STRUCTURAL or name in _MOVED:
        return _structural(eqn, v, e, outs)
    rule = _RULES.get(name)
    if name == "pow" and not jnp.issubdtype(v[1].dtype, jnp.inexact):
        rule = _whole_pow
    if rule is not None:
        return [rule(eqn, v, e, outs[0])]
    return _estimate(eqn, v, e, outs)


def dense(bound: Bound, like: Any) -> Any:
    """A bound as an array of the shape of its value: zeros (or False) for an exact one."""
    if bound is not None:
        return xp.broadcast_to(bound, xp.shape(like))
    return xp.broadcast_to(False if np.result_type(like) == np.bool_ else 0.0, xp.shape(like))


def _size(x: Any) -> Any:
    return xp.abs(xp.asarray(x, dtype=xp.float64))


def _rounding(out: Any, units: float = 1.0) -> Any:
    if not jnp.issubdtype(out.dtype, jnp.inexact):
        return xp.zeros(out.shape)
    kind = jnp.finfo(out.dtype)
    return _size(out) * (units * float(kind.eps)) + float(kind.tiny)


def _total(*terms: Any) -> Any:
    present = [t for t in terms if t is not None]
    return sum(present[1:], start=present[0])


def _add(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return _total(_rounding(out), *e)


def _mul(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (a, b), (ea, eb) = v, e
    left = None if eb is None else (_size(a) if ea is None else _size(a) + ea) * eb
    right = None if ea is None else ea * _size(b)
    return _total(_rounding(out), left, right)


def _div(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (_, b), (ea, eb) = v, e
    if ea is None and eb is None:
        return _rounding(out)
    if eb is None:
        return _rounding(out) + ea / _size(b)
    # â/b̂ − a/b = (e_a + |q| e_b)/b with |b| ≥ |b̂| − e_b
    room = _size(b) - eb
    return _rounding(out) + xp.where(room > 0, _total(_size(out) * eb, ea) / room, xp.inf)


def _exp(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return _total(_rounding(out, 4), None if e[0] is None else _size(out) * xp.expm1(e[0]))


def _log(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None:
        return _rounding(out, 4)
    argument = _size(v[0]) if eqn.primitive.name == "log" else _size(1 + v[0])
    room = argument - e[0]  # |log â − log a| ≤ e / min(â, a)
    return _rounding(out, 4) + xp.where(room > 0, e[0] / room, xp.inf)


def _sqrt(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None:
        return _rounding(out)
    # |√(a ± e) − √a| ≤ min(√e, e/√a)
    return _rounding(out) + xp.where(e[0] > 0, e[0] / xp.sqrt(xp.maximum(_size(v[0]), e[0])), 0.0)


_SLOPES: dict[str, Callable[[Any, Any], Any]] = {
    "square": lambda x, r: 2 * x,
    "rsqrt": lambda x, r: r / (2 * x),
    "cbrt": lambda x, r: r / (3 * x),
    "expm1": lambda x, r: r + 1,
    "exp2": lambda x, r: r * np.log(2),
    "tanh": lambda x, r: 1 - r * r,
    "logistic": lambda x, r: r * (1 - r),
    "sin": lambda x, r: xp.cos(x),
    "cos": lambda x, r: xp.sin(x),
    "tan": lambda x, r: 1 + r * r,
    "atan": lambda x, r: 1 / (1 + x * x),
    "sinh": lambda x, r: xp.cosh(x),
    "cosh": lambda x, r: xp.sinh(x),
}


def _smooth(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None:
        return _rounding(out, 4)
    return _rounding(out, 4) + _size(_SLOPES[eqn.primitive.name](v[0], out)) * e[0]


def _integer_pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    y = eqn.params["y"]
    slope = None if e[0] is None else abs(y) * xp.power(_size(v[0]), float(y - 1)) * e[0]
    return _total(_rounding(out, max(2, abs(y))), slope)


def _pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    x, y = _size(v[0]), xp.asarray(v[1], dtype=xp.float64)
    log_x = xp.where(x > 0, xp.abs(xp.log(x)), 0.0)
    rounded = _rounding(out, 4) + _rounding(out) * (xp.abs(y) * log_x)  # x^y = e^{y log x}: its exponent is rounded
    by_base = None if e[0] is None else xp.abs(y) * xp.power(x, y - 1) * e[0]
    return _total(rounded, by_base, None if e[1] is None else _size(out) * log_x * e[1])


def _whole_pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """x^k with k an array of integers: the ends of [|x| − e, |x| + e] tell, and |k| multiplications round."""
    x, k = _size(v[0]), xp.asarray(v[1], dtype=xp.float64)
    rounded = _size(out) * (xp.maximum(2.0, xp.abs(k)) * float(jnp.finfo(out.dtype).eps)) + _rounding(out)
    if e[0] is None:
        return rounded
    end = xp.where(k >= 0, x + e[0], xp.maximum(x - e[0], 0.0))
    return rounded + xp.where(k == 0, 0.0, xp.abs(xp.power(end, k) - xp.power(x, k)))


def _prod(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """∏ (|x| + e) − ∏ |x|, and one rounding for each multiplication."""
    axes = tuple(eqn.params["axes"])
    terms = int(np.prod([v[0].shape[axis] for axis in axes], dtype=np.int64))
    x = _size(v[0])
    largest = xp.prod(_total(x, e[0]), axis=axes)
    rounded = largest * (terms * float(jnp.finfo(out.dtype).eps)) + _rounding(out)
    return rounded if e[0] is None else rounded + (largest - xp.prod(x, axis=axes))


def _dot(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (a, b), (ea, eb) = v, e
    dims = eqn.params["dimension_numbers"]
    terms = int(np.prod([a.shape[axis] for axis in dims[0][0]], dtype=np.int64))
    kind = jnp.finfo(out.dtype)
    # each product and each of the additions round: |a| (N ε |b| + e_b) + e_a (|b| + e_b)
    unit = terms * float(kind.eps)
    bound = dot(_size(a), _total(_size(b) * unit, eb), dims) + terms * float(kind.tiny)
    return bound if ea is None else bound + dot(ea, _total(_size(b), eb), dims)


def _sum(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    axes = tuple(eqn.params["axes"])
    terms = int(np.prod([v[0].shape[axis] for axis in axes], dtype=np.int64))
    moved = None if e[0] is None else reduced(np.add, xp.broadcast_to(e[0], v[0].shape), axes)
    if terms <= 1 or not jnp.issubdtype(out.dtype, jnp.inexact):
        return moved
    return _total(reduced(np.add, _size(v[0]), axes) * ((terms - 1) * float(jnp.finfo(out.dtype).eps)), moved)


def _cumsum(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    axis, reverse = eqn.params["axis"], eqn.params["reverse"]
    total = _total(_size(v[0]) * (v[0].shape[axis] * float(jnp.finfo(out.dtype).eps)), e[0])
    return xp.flip(xp.cumsum(xp.flip(total, axis), axis), axis) if reverse else xp.cumsum(total, axis)


def _scatter_errors(scatter: Callable[..., Any], eqn: Equation, v: list[Any], operand: Any, updates: Any) -> Any:
    p = eqn.params
    keep = {k: p[k] for k in ("indices_are_sorted", "unique_indices", "mode")}
    indices = jnp.asarray(v[1])
    return xp.asarray(scatter(jnp.asarray(operand), indices, jnp.asarray(updates), p["dimension_numbers"], **keep))


def _scatter_add(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    operand, indices, updates = v
    terms = 1 + int(np.prod(indices.shape[:-1], dtype=np.int64))
    unit = terms * float(jnp.finfo(out.dtype).eps)
    left, right = _total(_size(operand) * unit, e[0]), _total(_size(updates) * unit, e[2])
    return _scatter_errors(jax.lax.scatter_add, eqn, v, left, right)


def _scatter(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """Entries overwritten: their errors are, too."""
    if e[0] is None and e[2] is None:
        return None
    return _scatter_errors(jax.lax.scatter, eqn, v, dense(e[0], v[0]), dense(e[2], v[2]))


def _largest(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """max, min, clamp: 1-Lipschitz in the largest error of an argument."""
    bound: Bound = None
    for other in e:
        if other is not None:
            bound = other if bound is None else xp.maximum(bound, other)
    return bound


def _reduce_largest(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return None if e[0] is None else reduced(np.maximum, xp.broadcast_to(e[0], v[0].shape), tuple(eqn.params["axes"]))


def _unchanged(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return e[0]


def _stepwise(step: str) -> Callable[..., Bound]:
    """sign, floor, ceil, round: monotone, so the ends of the interval tell."""
    return lambda eqn, v, e, out: (
        None if e[0] is None else _size(getattr(xp, step)(v[0] + e[0]) - getattr(xp, step)(v[0] - e[0]))
    )


def _compare(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None and e[1] is None:
        return None
    distance, doubt = (
        _size(xp.asarray(v[0], xp.float64) - v[1]),
        _total(*(xp.asarray(b, float) for b in e if b is not None)),
    )
    close = (distance <= doubt) & (doubt > 0)
    # sides that are equal to the last bit are so because they are one value (x == max(x)): decided
    return close & (distance > 0) if eqn.primitive.name in ("eq", "ne") else close


def _logical(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    doubt: Bound = None
    for other in e:
        if other is not None:
            doubt = other if doubt is None else doubt | other
    return doubt


def _reduce_logical(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return None if e[0] is None else xp.any(xp.broadcast_to(e[0], v[0].shape), axis=tuple(eqn.params["axes"]))


def _select(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    which, *cases = v
    doubt, *errors = e
    if doubt is None and all(b is None for b in errors):
        return None
    filled = [dense(b, c) for b, c in zip(errors, cases, strict=True)]
    chosen = xp.where(which, filled[1], filled[0]) if len(filled) == 2 else xp.choose(which, filled, mode="clip")
    if doubt is None:
        return chosen
    if out.dtype == bool:
        return chosen | doubt
    if not is_traced() and not np.any(doubt):
        return chosen
    stacked = xp.stack([xp.asarray(c, dtype=xp.float64) for c in cases])
    spread = xp.max(stacked, axis=0) - xp.min(stacked, axis=0) + xp.max(xp.stack(filled), axis=0)
    return xp.where(doubt, spread, chosen)


def _convert(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    before = v[0].dtype
    if not jnp.issubdtype(out.dtype, jnp.inexact):
        return e[0] if before == np.bool_ and out.dtype == np.bool_ else None
    moved = None if e[0] is None else xp.asarray(e[0], dtype=xp.float64)
    exact = before == np.bool_ or (
        jnp.issubdtype(before, jnp.floating) and jnp.finfo(before).bits <= jnp.finfo(out.dtype).bits
    )
    return moved if exact else _total(_rounding(out), moved)


def _structural(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """Operations that move entries about: applied to the bounds as to the values."""
    if all(b is None for b in e):
        return [None] * len(outs)
    moved = [a if jnp.issubdtype(a.dtype, jnp.integer) else dense(b, a) for a, b in zip(v, e, strict=True)]
    if eqn.primitive.name in STRUCTURAL:
        out = STRUCTURAL[eqn.primitive.name](eqn.params, *moved)
    else:
        out = eqn.primitive.bind(*[jnp.asarray(m) for m in moved], **eqn.params)
    errors = [xp.asarray(o) for o in out] if eqn.primitive.multiple_results else [xp.asarray(out)]
    return [None if jnp.issubdtype(o.dtype, jnp.integer) else b for o, b in zip(outs, errors, strict=True)]


def _estimate(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """No rule: a backward error of N ε in every input, through random sign probes of the derivative."""
    if is_traced():
        raise HostOnlyError(eqn.primitive.name)
    floating = [p for p, a in enumerate(v) if jnp.issubdtype(a.dtype, jnp.floating)]
    if not floating:
        return [None] * len(outs)

    def call(*args: Any) -> Any:
        full = [jnp.asarray(a) for a in v]
        for position, a in zip(floating, args, strict=True):
            full[position] = a
        out = eqn.primitive.bind(*full, **eqn.params)
        out = list(out) if eqn.primitive.multiple_results else [out]
        return [o for o in out if jnp.issubdtype(o.dtype, jnp.floating)]

    primals = [jnp.asarray(v[p]) for p in floating]
    longest = max([1, *(d for a in primals for d in a.shape[1:])])  # the leading axis is the batch
    scale = []
    for p, a in zip(floating, primals, strict=True):
        axes = tuple(range(1, a.ndim)) if a.ndim > 1 else None
        largest = xp.max(_size(a), axis=axes, keepdims=True) if axes else _size(a)
        scale.append(dense(e[p], v[p]) + longest * float(jnp.finfo(a.dtype).eps) * largest)
    worst: list[Any] = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        tangents = [
            jnp.asarray(s * rng.choice([-1.0, 1.0], size=s.shape), a.dtype) for s, a in zip(scale, primals, strict=True)
        ]
        moved = [_size(t) for t in jax.jvp(call, tuple(primals), tuple(tangents))[1]]
        worst = moved if not worst else [xp.maximum(a, b) for a, b in zip(worst, moved, strict=True)]
    errors = iter(worst)
    return [
        4 * next(errors) + _rounding(o, 4 * longest) if jnp.issubdtype(o.dtype, jnp.floating) else None for o in outs
    ]


_MOVED = frozenset(["gather", "dynamic_slice", "dynamic_update_slice", "pad"])

_RULES: dict[str, Callable[..., Bound]] = {
    **dict.fromkeys(("add", "sub", "add_any"), _add),
    "mul": _mul,
    "div": _div,
    "exp": _exp,
    **dict.fromkeys(("log", "log1p"), _log),
    "sqrt": _sqrt,
    **dict.fromkeys(_SLOPES, _smooth),
    "integer_pow": _integer_pow,
    "pow": _pow,
    "dot_general": _dot,
    "reduce_sum": _sum,
    "reduce_prod": _prod,
    "cumsum": _cumsum,
    "scatter-add": _scatter_add,
    "scatter": _scatter,
    **dict.fromkeys(("neg", "abs"), _unchanged),
    "reduce_precision": _add,
    **dict.fromkeys(("max", "min", "clamp"), _largest),
    **dict.fromkeys(("reduce_max", "reduce_min"), _reduce_largest),
    "sign": _stepwise("sign"),
    "floor": _stepwise("floor"),
    "ceil": _stepwise("ceil"),
    "round": _stepwise("round"),
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), _compare),
    **dict.fromkeys(("and", "or", "xor", "not"), _logical),
    **dict.fromkeys(("reduce_and", "reduce_or"), _reduce_logical),
    "is_finite": lambda eqn, v, e, out: None,
    "select_n": _select,
    "convert_element_type": _convert,
}
