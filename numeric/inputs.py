r"""Inputs from a domain: dense batches for the judges (`strategies` has those for tests that shrink).

The axes and domains of a statement's variables say all that is needed. A value is drawn in a *regime*,
because faults hide in regions that one distribution rarely visits:

    ordinary   standard normal                      integers  −4 … 4, where ties and zeros are
    wide       ± 10ᵘ, u uniform in [−6, 4]           scaled    one magnitude 10ᵘ, u in [−3, 3], for the whole array
    large      some entries ± 10ᵘ, u in [1, 4]       small     zeros, and ± 10⁻¹² … 10⁻¹: both sides of a kink at 0
    extreme    some entries ± 10ᵘ, |u| from 4 up to half the type's exponents, at most 15 up and 20 down

In `large`, logits go up to the range of the type (σ, softplus and log-sum-exp must stand that), everything
else up to 10⁴. `extreme` is for black boxes only. NaN and ∞ are never drawn. Domains with rows (one-hot,
increasing) are drawn by rows.

A batch is a function of (shape, domain, seed) alone. Shapes come in few buckets, since XLA compiles once
a shape: one with sizes pairwise distinct and ≥ 2, where a transposed or confused axis cannot pass
unnoticed, and one with every size at its minimum (n = 1, m = 1, K = 2).

Left out: kinks at other places than 0 of a variable (`verify.check_gradient` looks for those of a program).
"""

from __future__ import annotations

import enum
import math
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp

from derivations.domain import Domain
from derivations.statement import Statement, Variable

__all__ = [
    "EVERY_REGIME",
    "REGIMES",
    "Regime",
    "dense_batch",
    "shape_buckets",
    "shape_of",
    "sizes_of",
    "statement_batch",
    "step_scale",
]


class Regime(enum.Enum):
    ORDINARY = "ordinary"
    INTEGERS = "integers"
    WIDE = "wide"
    SCALED = "scaled"
    LARGE = "large"
    SMALL = "small"
    EXTREME = "extreme"


EVERY_REGIME: tuple[Regime, ...] = tuple(Regime)
REGIMES: tuple[Regime, ...] = EVERY_REGIME[:-1]

_LARGEST = 4.0
_HUGE, _TINY = 15.0, 20.0
_LARGEST_LOGIT = {np.dtype("float64"): 300.0, np.dtype("float32"): 37.0}


def sizes_of(statement: Statement) -> dict[sp.Symbol, int]:
    """The sizes of a statement's axes, each with its least value, in order of appearance."""
    least = dict(statement.minimum)
    found: dict[sp.Symbol, int] = {}
    bounds = [e for v in statement.variables for e in v.axes]
    bounds += [sp.sympify(b, strict=True) for _, lower, upper in statement.ranges for b in (lower, upper)]
    indices = {k for k, _, _ in statement.ranges}
    for expr in bounds:
        for symbol in sorted(expr.free_symbols - indices, key=str):
            found.setdefault(symbol, least.get(symbol, 1))
    return found


def shape_buckets(statement: Statement) -> list[dict[sp.Symbol, int]]:
    """Sizes to judge at: pairwise distinct and at least 2, then all at their minimum.

    >>> from derivations.statement import size, variable
    >>> n, K = size("n"), size("K")
    >>> s = Statement("s", "example", "", "", (variable("z", n, K, role="logit"),), minimum=((K, 2),))
    >>> shape_buckets(s)
    [{n: 3, K: 2}, {n: 1, K: 2}]
    """
    least = sizes_of(statement)
    taken: set[int] = set()
    distinct = {}
    for symbol, low in least.items():
        preferred = [3, 2, 4, 5, 6, 7, 8, 9]
        value = next((v for v in preferred if v >= max(low, 2) and v not in taken), max([low, *taken]) + 1)
        distinct[symbol] = value
        taken.add(value)
    return [distinct, dict(least)] if distinct != least else [distinct]


def shape_of(variable: Variable, sizes: Mapping[sp.Symbol, int]) -> tuple[int, ...]:
    """The shape of a variable at given sizes."""
    return tuple(int(axis.xreplace({s: sp.Integer(v) for s, v in sizes.items()})) for axis in variable.axes)


def _signed(rng: np.random.Generator, shape: Sequence[int], low: float, high: float) -> np.ndarray:
    return rng.choice(np.array([-1.0, 1.0]), size=shape) * 10.0 ** rng.uniform(low, high, size=shape)


def _reals(rng: np.random.Generator, shape: tuple[int, ...], regime: Regime, dtype: Any, is_logit: bool) -> np.ndarray:
    normal = rng.normal(size=shape)
    match regime:
        case Regime.ORDINARY:
            return normal
        case Regime.INTEGERS:
            return rng.integers(-4, 5, size=shape).astype(np.float64)
        case Regime.WIDE:
            return _signed(rng, shape, -6.0, _LARGEST)
        case Regime.SCALED:
            one = (shape[0], *(1 for _ in shape[1:]))
            return normal * 10.0 ** rng.uniform(-3.0, 3.0, size=one)
        case Regime.LARGE:
            top = np.full(shape[:1], _LARGEST)
            if is_logit:
                top = np.where(rng.random(shape[0]) < 0.25, _LARGEST_LOGIT[np.dtype(dtype)], top)
            room = (top - 1).reshape(-1, *(1 for _ in shape[1:]))
            huge = np.sign(rng.normal(size=shape)) * 10.0 ** (1 + rng.random(shape) * room)
            return np.where(rng.random(shape) < 0.5, huge, normal)
        case Regime.SMALL:
            near = np.where(rng.random(shape) < 0.4, 0.0, _signed(rng, shape, -12.0, -1.0))
            return np.where(rng.random(shape) < 0.25, normal, near)
        case Regime.EXTREME:
            kind = jnp.finfo(dtype)
            reach = max(_LARGEST, min(_HUGE, math.log10(float(kind.max)) / 2))
            bottom = max(_LARGEST, min(_TINY, -math.log10(float(kind.tiny)) / 2))
            huge = _signed(rng, shape, min(_LARGEST, reach - 0.5), reach)
            far = np.where(rng.random(shape) < 0.5, huge, _signed(rng, shape, -bottom, -_LARGEST))
            return np.where(rng.random(shape) < 0.25, normal, far)


def dense_batch(
    shape: tuple[int, ...],
    domain: Domain = Domain.REAL,
    *,
    count: int,
    seed: Any = 0,
    dtype: Any = np.float64,
    regimes: Sequence[Regime] = REGIMES,
    is_logit: bool = False,
) -> np.ndarray:
    """`count` arrays of a domain, stacked: (count, *shape); point i is in regime i mod len(regimes).

    seed: an integer, or a sequence of them. Raises `ValueError` where rows are asked of a scalar.

    >>> x = dense_batch((2, 3), Domain.ONE_HOT, count=4)
    >>> x.shape, bool(np.all(x.sum(axis=-1) == 1))
    ((4, 2, 3), True)
    """
    rng = np.random.default_rng(seed)
    full = (count, *shape)
    if domain in (Domain.ONE_HOT, Domain.INCREASING) and not shape:
        raise ValueError(f"{domain.value} need an axis, got a scalar: give the array's shape")
    if domain is Domain.BINARY:
        return rng.integers(0, 2, size=full).astype(dtype)
    if domain is Domain.SIGNS:
        return rng.choice(np.array([-1.0, 1.0]), size=full).astype(dtype)
    if domain is Domain.ONE_HOT:
        return np.eye(shape[-1])[rng.integers(0, shape[-1], size=full[:-1])].astype(dtype)

    x = np.empty(full)
    for number, regime in enumerate(regimes):
        rows = slice(number, None, len(regimes))
        part = x[rows]
        if part.size:
            part[...] = _in_domain(_reals(rng, part.shape, regime, dtype, is_logit), domain, regime)
    info = jnp.finfo(dtype)
    if domain is Domain.UNIT:
        return np.clip(x.astype(dtype), info.tiny, 1 - info.epsneg).astype(dtype)
    if domain is Domain.POSITIVE:
        return np.maximum(x.astype(dtype), info.tiny)
    return x.astype(dtype)


def _in_domain(x: np.ndarray, domain: Domain, regime: Regime) -> np.ndarray:
    match domain:
        case Domain.POSITIVE:
            return np.where(x == 0, 1.0, np.abs(x))
        case Domain.NONNEGATIVE:
            return np.abs(x)
        case Domain.UNIT:
            # |x| large: near 0 or 1; a quarter of an integer: simple; else spread over the interval
            if regime is Regime.INTEGERS:
                return (x + 5) / 10
            end = 0.5 / np.maximum(np.abs(x), 1.0)
            near = np.where(x > 0, end, 1 - end)
            return np.where(np.abs(x) > 1, near, 0.5 + 0.49 * x)
        case Domain.INCREASING:
            # first entry, then gaps: ≥ 10⁻⁶, and as wide as the regime makes them
            gaps = np.maximum(np.abs(x), 1e-6)
            gaps[..., :1] = x[..., :1]
            return np.cumsum(gaps, axis=-1)
        case _:
            return x


def statement_batch(
    statement: Statement, sizes: Mapping[sp.Symbol, int], count: int, seed: Any = 0, dtype: Any = np.float64
) -> dict[str, np.ndarray]:
    """A batch of inputs of a statement: name → (count, *shape). The regimes of the variables are drawn apart.

    seed: an integer, or a sequence of them.

    >>> from derivations.statement import size, variable
    >>> n = size("n")
    >>> s = Statement("s", "example", "", "", (variable("y", n, role="label", domain=Domain.BINARY),))
    >>> statement_batch(s, {n: 3}, 5)["y"].shape
    (5, 3)
    """
    batch = {}
    for v in statement.variables:
        own = [*np.ravel(seed), zlib.crc32(v.name.encode())]
        x = dense_batch(shape_of(v, sizes), v.domain, count=count, seed=own, dtype=dtype, is_logit=v.role == "logit")
        # point i has regime i mod 6 for every variable: shuffle, so that all pairs of regimes meet
        batch[v.name] = np.random.default_rng([*own, 1]).permutation(x, axis=0)
    return batch


def step_scale(x: np.ndarray, domain: Domain = Domain.REAL) -> np.ndarray:
    """A length in each coordinate such that steps of ⅛ of it stay in the domain."""
    match domain:
        case Domain.POSITIVE | Domain.NONNEGATIVE:
            return np.where(x == 0, 1.0, np.abs(x))
        case Domain.UNIT:
            return np.minimum(x, 1 - x)
        case Domain.INCREASING:
            gaps = np.diff(x, axis=-1)
            ones = np.ones_like(x[..., :1])
            least = np.minimum(np.concatenate([gaps, ones], -1), np.concatenate([ones, gaps], -1))
            return np.maximum(least, np.finfo(np.float64).tiny)
        case _:
            return np.maximum(np.abs(x), 1.0)
