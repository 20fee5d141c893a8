r"""The error of one operation, given the errors of its arguments: the table behind `rounding`.

A rule takes (equation, argument values, argument bounds, computed value) and returns a bound on the
computed value's error: what the arguments' errors are moved to, plus what the operation itself rounds.
`rounding` says where the constants come from. A bound is None for a value that is exact; of a complex number
it bounds the modulus of the error. Of a boolean or an integer it says whether it may be another
(`choice_rules` has what chooses).

`moved_errors` has what smooth functions of one argument move an error to.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .array_module import HostOnlyError, is_of, is_traced, xp
from .choice_rules import CHOICES, any_doubt, decided, is_choice, lost, to_integers
from .host import STRUCTURAL, dot, entries, reduced
from .moved_errors import MOVES, added_to, modulus, power_moved, sum_of

__all__ = ["Bound", "bounds_of", "dense", "is_analysed"]

Bound = Any
Equation = jex.JaxprEqn


def bounds_of(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """The bounds of the outputs of one equation."""
    if not v or all(b is None for b in e) and not any(is_of(o.dtype, jnp.inexact) for o in outs):
        return [None] * len(outs)
    name = eqn.primitive.name
    if name in CHOICES:
        return CHOICES[name](eqn, v, e, outs)
    if name in STRUCTURAL or name in _MOVED:
        return _structural(eqn, v, e, outs)
    rule = _rule(eqn)
    if rule is not None:
        return [rule(eqn, v, e, outs[0])]
    if not any(is_of(o.dtype, jnp.inexact) for o in outs):
        return [any_doubt(v, e, o) for o in outs]
    return _estimate(eqn, v, e, outs)


def is_analysed(eqn: Equation) -> bool:
    """Whether the bounds of this equation's outputs are derived, and not estimated."""
    name = eqn.primitive.name
    if name in CHOICES or name in STRUCTURAL or name in _MOVED or _rule(eqn) is not None:
        return True
    return not any(is_of(kind, jnp.inexact) for kind in _types(eqn))


def _types(eqn: Equation) -> list[Any]:
    avals: list[Any] = [x.aval for x in (*eqn.invars, *eqn.outvars)]
    return [a.dtype for a in avals if hasattr(a, "dtype")]


def _rule(eqn: Equation) -> Callable[..., Bound] | None:
    name = eqn.primitive.name
    kinds = _types(eqn)
    if name == "pow" and not is_of(kinds[1], jnp.inexact):
        return _whole_pow
    if any(is_of(kind, jnp.complexfloating) for kind in kinds):
        return _RULES.get(name) if name in _COMPLEX else None
    if not is_of(kinds[-1], jnp.inexact) and name in _NUMERIC:
        return to_integers if name == "convert_element_type" else _of_integers
    return _RULES.get(name)


def _of_integers(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return any_doubt(v, e, out)


def dense(bound: Bound, like: Any) -> Any:
    """A bound as an array of the shape of its value: zeros (or False) for an exact one."""
    if bound is not None:
        return xp.broadcast_to(bound, xp.shape(like))
    return xp.broadcast_to(0.0 if is_of(like.dtype, jnp.inexact) else False, xp.shape(like))


def _rounding(out: Any, units: float = 1.0) -> Any:
    if not is_of(out.dtype, jnp.inexact):
        return xp.zeros(out.shape)
    kind = jnp.finfo(out.dtype)
    if is_of(out.dtype, jnp.complexfloating):
        units = 16 * units  # a product is four products, a quotient and exp are more (Higham, section 3.6)
    bound = modulus(out)
    bound *= units * float(kind.eps)
    bound += float(kind.tiny)
    return bound


def _add(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return added_to(_rounding(out), *e)


def _mul(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (a, b), (ea, eb) = v, e
    bound = _rounding(out)
    if eb is not None:
        bound = added_to(bound, added_to(modulus(a), ea) * eb)
    return bound if ea is None else added_to(bound, ea * modulus(b))


def _div(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (_, b), (ea, eb) = v, e
    if ea is None and eb is None:
        return _rounding(out)
    if eb is None:
        return _rounding(out) + ea / modulus(b)
    # â/b̂ − a/b = (e_a + |q| e_b)/b with |b| ≥ |b̂| − e_b
    room = modulus(b) - eb
    return _rounding(out) + xp.where(room > 0, sum_of(modulus(out) * eb, ea) / room, xp.inf)


def _exp(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    moved = None if e[0] is None else (modulus(out) + float(jnp.finfo(out.dtype).tiny)) * xp.expm1(e[0])
    return sum_of(_rounding(out, 4), moved)


def _log(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None:
        return _rounding(out, 4)
    argument = modulus(v[0]) if eqn.primitive.name == "log" else modulus(1 + v[0])
    room = argument - e[0]  # |log â − log a| ≤ e / min(â, a)
    return _rounding(out, 4) + xp.where(room > 0, e[0] / room, xp.inf)


def _sqrt(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    if e[0] is None:
        return _rounding(out)
    # |√(a ± e) − √a| ≤ min(√e, e/√a)
    return _rounding(out) + xp.where(e[0] > 0, e[0] / xp.sqrt(xp.maximum(modulus(v[0]), e[0])), 0.0)


def _smooth(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    name = eqn.primitive.name
    rounded = _rounding(out, 4)
    if name == "erfc":  # e^{−x²} by its exponent, which is rounded
        rounded = rounded * (4 + modulus(v[0]) ** 2)
    return rounded if e[0] is None else rounded + MOVES[name](v[0], out, e[0])


def _integer_pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    y = eqn.params["y"]
    moved = None if e[0] is None else power_moved(modulus(v[0]), float(y), e[0])
    return sum_of(_rounding(out, max(2, abs(y))), moved)


def _pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    x, y = modulus(v[0]), xp.asarray(v[1], dtype=xp.float64)
    log_x = xp.where(x > 0, xp.abs(xp.log(x)), 0.0)
    rounded = _rounding(out, 4) + _rounding(out) * (xp.abs(y) * log_x)  # x^y = e^{y log x}: its exponent is rounded
    if e[1] is None:
        return rounded if e[0] is None else rounded + power_moved(x, y, e[0])
    by_base = 0.0 if e[0] is None else xp.where(x > e[0], e[0] / (x - e[0]), xp.inf)
    return rounded + modulus(out) * xp.expm1((xp.abs(y) + e[1]) * by_base + log_x * e[1])


def _whole_pow(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """x^k with k an array of integers: the ends of [|x| − e, |x| + e] tell, and |k| multiplications round."""
    x, k = modulus(v[0]), xp.asarray(v[1], dtype=xp.float64)
    rounded = modulus(out) * (xp.maximum(2.0, xp.abs(k)) * float(jnp.finfo(out.dtype).eps)) + _rounding(out)
    moved = rounded if e[0] is None else rounded + power_moved(x, k, e[0])
    return moved if e[1] is None else xp.where(e[1], xp.inf, moved)


def _atan2(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """The angle moves by at most asin(h/r), and by a whole turn across the cut."""
    (y, x), (ey, ex) = v, (dense(b, a) for a, b in zip(v, e, strict=True))
    h, r = ex + ey, xp.hypot(modulus(x), modulus(y))
    turn = (h >= r) & (h > 0) | (modulus(y) <= ey) & (ey > 0) & (x - ex < 0)
    angle = 1.6 * h / xp.where(r > 0, r, 1.0)
    return _rounding(out, 4) + xp.where(turn, 2 * np.pi, angle)


def _rem(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """x − y·trunc(x/y), if trunc(x/y) is decided."""
    (x, y), (ex, ey) = (modulus(a) for a in v), (dense(b, a) for a, b in zip(v, e, strict=True))
    low = xp.where(x > ex, (x - ex) / (y + ey), 0.0)
    high = (x + ex) / xp.where(y > ey, y - ey, 0.0)
    quotient = xp.floor(high)
    moved = ex + ey * quotient
    same = (xp.floor(low) == quotient) & (x > ex) | (moved == 0)
    return _rounding(out) + xp.where(same, moved, y + ey)


def _fft(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """|Σ_j ω e_j| ≤ Σ_j e_j, and O(log N) ε √N ‖x‖₂ for the transform's own rounding (Higham, theorem 24.2)."""
    lengths = tuple(int(n) for n in eqn.params["fft_lengths"])
    axes = tuple(range(-len(lengths), 0))
    terms = int(np.prod(lengths, dtype=np.int64))
    inverse = "IRFFT" in str(eqn.params["fft_type"]) or "IFFT" in str(eqn.params["fft_type"])
    norm = xp.sqrt(xp.sum(modulus(v[0]) ** 2, axis=axes, keepdims=True))
    units = 32 * (1 + np.log2(terms)) * float(jnp.finfo(out.dtype).eps)  # 32: lengths that are no powers of two
    total = norm * (units * np.sqrt(terms))
    if e[0] is not None:
        total = total + xp.sum(e[0], axis=axes, keepdims=True)
    return xp.broadcast_to(2 * total / terms if inverse else total, out.shape)  # 2: half of the spectrum is stored


_EXACTLY: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
}


def exact_or(eqn: Equation, v: list[Any], bound: Bound, out: Any) -> Bound:
    """The bound of a constant computed from two others: none where the operation didn't round.

    ½·(n − 1) is the place of the median: in doubt, if it were not known to be exact.
    """
    operation = _EXACTLY.get(eqn.primitive.name)
    if operation is None or bound is None or out.size > 16 or not is_of(out.dtype, jnp.floating):
        return bound
    if is_traced() or np.any(bound > _rounding(out)):
        return bound
    entries = [np.broadcast_to(a, out.shape).ravel() for a in v]
    for a, b, c in zip(*entries, out.ravel(), strict=True):
        numbers = [float(x) for x in (a, b, c)]
        if not np.all(np.isfinite(numbers)) or (eqn.primitive.name == "div" and numbers[1] == 0):
            return bound
        if operation(Fraction(numbers[0]), Fraction(numbers[1])) != Fraction(numbers[2]):
            return bound
    return None


def _prod(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """∏ (|x| + e) − ∏ |x|, and one rounding for each multiplication."""
    axes = tuple(eqn.params["axes"])
    terms = int(np.prod([v[0].shape[axis] for axis in axes], dtype=np.int64))
    x = modulus(v[0])
    largest = xp.prod(sum_of(x, e[0]), axis=axes)
    rounded = largest * (terms * float(jnp.finfo(out.dtype).eps)) + _rounding(out)
    return rounded if e[0] is None else rounded + (largest - xp.prod(x, axis=axes))


def _dot(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    (a, b), (ea, eb) = v, e
    dims = eqn.params["dimension_numbers"]
    terms = int(np.prod([a.shape[axis] for axis in dims[0][0]], dtype=np.int64))
    if not is_of(out.dtype, jnp.inexact):
        return any_doubt(v, e, out)
    kind = jnp.finfo(out.dtype)
    # each product and each of the additions round: |a| (N ε |b| + e_b) + e_a (|b| + e_b)
    unit = terms * float(kind.eps) * (4 if is_of(out.dtype, jnp.complexfloating) else 1)
    bound = dot(modulus(a), sum_of(modulus(b) * unit, eb), dims) + terms * float(kind.tiny)
    return bound if ea is None else bound + dot(ea, sum_of(modulus(b), eb), dims)


def _sum(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    axes = tuple(eqn.params["axes"])
    terms = int(np.prod([v[0].shape[axis] for axis in axes], dtype=np.int64))
    moved = None if e[0] is None else reduced(np.add, xp.broadcast_to(e[0], v[0].shape), axes)
    if terms <= 1:
        return moved
    return sum_of(reduced(np.add, modulus(v[0]), axes) * ((terms - 1) * float(jnp.finfo(out.dtype).eps)), moved)


def _cumsum(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    axis, reverse = eqn.params["axis"], eqn.params["reverse"]
    total = sum_of(modulus(v[0]) * (v[0].shape[axis] * float(jnp.finfo(out.dtype).eps)), e[0])
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
    left, right = sum_of(modulus(operand) * unit, e[0]), sum_of(modulus(updates) * unit, e[2])
    return _misplaced(eqn, e, _scatter_errors(jax.lax.scatter_add, eqn, v, left, right))


def _scatter(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """Entries overwritten: their errors are, too."""
    if all(b is None for b in e):
        return None
    errors = _scatter_errors(jax.lax.scatter, eqn, v, dense(e[0], v[0]), dense(e[2], v[2]))
    return _misplaced(eqn, e, errors)


def _misplaced(eqn: Equation, e: list[Bound], errors: Any) -> Any:
    """Nothing is known of what an index in doubt may have written to."""
    if e[1] is None:
        return errors
    p = eqn.params["dimension_numbers"]
    kept = tuple(p.scatter_indices_batching_dims)
    doubt = xp.any(e[1], axis=tuple(k for k in range(e[1].ndim) if k not in kept))
    shape = [1] * errors.ndim
    for axis, size in zip(p.operand_batching_dims, doubt.shape, strict=True):
        shape[axis] = size
    return xp.where(doubt.reshape(shape), xp.inf, errors)


def _largest(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """max, min, clamp: 1-Lipschitz in the largest error of an argument."""
    bound: Bound = None
    for other in e:
        if other is not None:
            bound = other if bound is None else xp.maximum(bound, other)
    return bound


def _cumulative_largest(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return None if e[0] is None else dense(xp.max(e[0], axis=eqn.params["axis"], keepdims=True), out)


def _reduce_largest(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    return None if e[0] is None else reduced(np.maximum, xp.broadcast_to(e[0], v[0].shape), tuple(eqn.params["axes"]))


def _unchanged(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    """|·| is 1-Lipschitz; that of a complex number is rounded."""
    return sum_of(_rounding(out, 4), e[0]) if v[0].dtype != out.dtype else e[0]


def _of_parts(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    present = [b for b in e if b is not None]
    return sum_of(*present) if present else None


def _stepwise(step: str) -> Callable[..., Bound]:
    """sign, floor, ceil, round: monotone, so the ends of the interval tell."""
    return lambda eqn, v, e, out: (
        None if e[0] is None else modulus(getattr(xp, step)(v[0] + e[0]) - getattr(xp, step)(v[0] - e[0]))
    )


def _convert(eqn: Equation, v: list[Any], e: list[Bound], out: Any) -> Bound:
    before = v[0].dtype
    if not is_of(before, jnp.inexact):  # a boolean that may be wrong is wrong by one
        moved = None if e[0] is None else xp.where(e[0], 1.0 if before == np.bool_ else xp.inf, 0.0)
        exact = before == np.bool_
    else:
        moved = None if e[0] is None else xp.asarray(e[0], dtype=xp.float64)
        own, other = jnp.finfo(before), jnp.finfo(out.dtype)
        exact = own.nmant <= other.nmant and own.maxexp <= other.maxexp
    return moved if exact else sum_of(_rounding(out), moved)


def _structural(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """Operations that move entries about: applied to the bounds as to the values."""
    if all(b is None for b in e):
        return [None] * len(outs)
    name = eqn.primitive.name
    first = {"gather": 1, "dynamic_slice": 1, "dynamic_update_slice": 2}.get(name, len(v))  # indices from here on
    moved = [dense(b, a) for a, b in zip(v[:first], e[:first], strict=True)]
    if name in STRUCTURAL:
        out = STRUCTURAL[name](eqn.params, *moved)
    elif name == "gather" and not is_traced() and (found := entries(eqn.params, moved[0], v[1])) is not None:
        out = found
    else:
        out = eqn.primitive.bind(*[jnp.asarray(m) for m in (*moved, *v[first:])], **_unfilled(eqn, moved[0]))
    errors = [xp.asarray(o) for o in out] if isinstance(out, (list, tuple)) else [xp.asarray(out)]
    doubts = [b for b in e[first:] if b is not None]
    if not doubts:
        return errors
    if name != "gather":
        return [lost(o) for o in outs]
    where = decided(doubts[0], eqn.params["dimension_numbers"].offset_dims)
    return [xp.where(where, True if m.dtype == np.bool_ else xp.inf, m) for m in errors]


def _unfilled(eqn: Equation, moved: Any) -> dict[str, Any]:
    """The parameters for bounds: what a gather fills in where it reads out of bounds is exact."""
    if "fill_value" not in eqn.params:
        return dict(eqn.params)
    return {**eqn.params, "fill_value": False if moved.dtype == np.bool_ else 0.0}


_PROBES = 4
_BEYOND = 64.0
"""An estimate is that many times the largest of the probes."""


def _estimate(eqn: Equation, v: list[Any], e: list[Bound], outs: list[Any]) -> list[Bound]:
    """No rule: a backward error of N ε in every input, through random sign probes of the derivative."""
    if is_traced():
        raise HostOnlyError(eqn.primitive.name)
    if is_choice(eqn) and any(b is not None for b in e):
        return [lost(o) for o in outs]
    if any(b is not None and not is_of(a.dtype, jnp.inexact) for a, b in zip(v, e, strict=True)):
        return [lost(o) for o in outs]
    floating = [p for p, a in enumerate(v) if is_of(a.dtype, jnp.inexact)]
    if not floating:
        return [None] * len(outs)

    def call(*args: Any) -> Any:
        full = [jnp.asarray(a) for a in v]
        for position, a in zip(floating, args, strict=True):
            full[position] = a
        out = eqn.primitive.bind(*full, **eqn.params)
        out = list(out) if eqn.primitive.multiple_results else [out]
        return [o for o in out if is_of(o.dtype, jnp.inexact)]

    primals = [jnp.asarray(v[p]) for p in floating]
    longest = max([1, *(d for a in primals for d in a.shape[1:])])  # the leading axis is the batch
    scale = []
    for p, a in zip(floating, primals, strict=True):
        axes = tuple(range(1, a.ndim)) if a.ndim > 1 else None
        size = modulus(v[p])
        largest = xp.max(size, axis=axes, keepdims=True) if axes and size.size else size
        scale.append(dense(e[p], v[p]) + longest * float(jnp.finfo(a.dtype).eps) * largest)
    worst: list[Any] = []
    for seed in range(_PROBES):
        rng = np.random.default_rng(seed)
        tangents = [
            jnp.asarray(s * rng.choice([-1.0, 1.0], size=s.shape), a.dtype) for s, a in zip(scale, primals, strict=True)
        ]
        try:
            moved = [modulus(np.asarray(t)) for t in jax.jvp(call, tuple(primals), tuple(tangents))[1]]
        except (NotImplementedError, TypeError, ValueError):  # it has no derivative
            return [lost(o) for o in outs]
        worst = moved if not worst else [xp.maximum(a, b) for a, b in zip(worst, moved, strict=True)]
    errors = iter(worst)
    return [_BEYOND * next(errors) + _rounding(o, 4 * longest) if is_of(o.dtype, jnp.inexact) else None for o in outs]


_MOVED = frozenset(["gather", "dynamic_slice", "dynamic_update_slice"])

_RULES: dict[str, Callable[..., Bound]] = {
    **dict.fromkeys(("add", "sub", "add_any"), _add),
    "mul": _mul,
    "div": _div,
    "exp": _exp,
    **dict.fromkeys(("log", "log1p"), _log),
    "sqrt": _sqrt,
    **dict.fromkeys(MOVES, _smooth),
    "integer_pow": _integer_pow,
    "pow": _pow,
    "dot_general": _dot,
    "reduce_sum": _sum,
    "reduce_prod": _prod,
    "cumsum": _cumsum,
    "scatter-add": _scatter_add,
    "scatter": _scatter,
    **dict.fromkeys(("neg", "abs", "conj"), _unchanged),
    **dict.fromkeys(("real", "imag", "complex"), _of_parts),
    "reduce_precision": _add,
    "nextafter": _add,
    **dict.fromkeys(("max", "min", "clamp"), _largest),
    **dict.fromkeys(("cummax", "cummin"), _cumulative_largest),
    **dict.fromkeys(("reduce_max", "reduce_min"), _reduce_largest),
    "rem": _rem,
    "atan2": _atan2,
    "fft": _fft,
    "sign": _stepwise("sign"),
    "floor": _stepwise("floor"),
    "ceil": _stepwise("ceil"),
    "round": _stepwise("round"),
    "convert_element_type": _convert,
}

_LINEAR = [
    "add",
    "sub",
    "add_any",
    "neg",
    "conj",
    "real",
    "imag",
    "complex",
    "reduce_sum",
    "cumsum",
    "scatter-add",
    "fft",
]
_COMPLEX = frozenset([*_LINEAR, "mul", "div", "exp", "abs", "dot_general", "scatter", "convert_element_type"])
"""Rules that hold for complex numbers."""

_NUMERIC = frozenset(_RULES) - {"scatter", "scatter-add"}
"""Rules that say nothing of integers: what they make of one in doubt is in doubt."""
