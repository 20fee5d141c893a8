r"""A loss and a gradient that somebody wrote, as functions of one vector of parameters.

Arguments are pytrees; those that `wrt` names are the parameters x ∈ ℝᴾ, concatenated; the leaves given
by shape only (`jax.ShapeDtypeStruct`), or with a domain of their own, vary too; all else is held at the
values given. Everything is traced twice: in float64, where the formula is judged, and in the type of the
parameters, where the code is.

Points to judge at are the one given, points near it, and every regime of `inputs`. Integers and keys of
`jax.random` are held.
"""

from __future__ import annotations

import inspect
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from derivations.domain import Domain

from .host import is_key
from .inputs import EVERY_REGIME, Regime, dense_batch, step_scale
from .precision import float64_enabled

__all__ = ["BlackBox", "Leaf", "ShapeFault", "UnrepeatableError", "open_black_box"]


class ShapeFault(ValueError):
    """The loss isn't scalar, or the gradient hasn't the parameters' structure, shape or type."""


class UnrepeatableError(ValueError):
    """A function that isn't one: it gives something else each time."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """One array among the arguments: where it is, what it is called, how it varies (domain None: held)."""

    argument: int
    name: str
    shape: tuple[int, ...]
    dtype: Any
    value: Any  # an array of NumPy, or of keys; None: by shape only
    domain: Domain | None
    is_parameter: bool

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=np.int64))

    def entry(self, position: int) -> str:
        """The name of one entry: w[3], or w['bias'] for a scalar."""
        index = ",".join(str(int(i)) for i in np.unravel_index(position, self.shape)) if self.shape else ""
        return f"{self.name}[{index}]" if index else self.name


@dataclass(frozen=True, eq=False)
class BlackBox:
    """loss_fn(x, *others) and grad_fn(x, *others) for a flat x (P,) and the other leaves that vary."""

    loss: Callable[..., Any]
    gradient: Callable[..., Any] | None
    leaves: tuple[Leaf, ...]
    structure: Any
    wrt: tuple[int, ...]
    single: bool
    dtype: np.dtype[Any]

    @property
    def parameters(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.leaves if leaf.is_parameter)

    @property
    def others(self) -> tuple[Leaf, ...]:
        return tuple(leaf for leaf in self.leaves if leaf.domain is not None and not leaf.is_parameter)

    @property
    def size(self) -> int:
        return sum(leaf.size for leaf in self.parameters)

    @property
    def has_example(self) -> bool:
        """Whether the parameters were given by value."""
        return all(leaf.value is not None for leaf in self.parameters)

    def coordinate(self, position: int) -> str:
        """The name of a coordinate of x, as the caller knows it."""
        for leaf in self.parameters:
            if position < leaf.size:
                return leaf.entry(position)
            position -= leaf.size
        raise IndexError(f"coordinate {position} is beyond the {self.size} parameters")

    def arguments(self, x: Any, others: tuple[Any, ...], dtype: Any) -> list[Any]:
        """The arguments of the loss, floating-point leaves in `dtype`."""
        varied, position, filled = iter(others), 0, []
        for leaf in self.leaves:
            kind = dtype if jnp.issubdtype(leaf.dtype, jnp.floating) else _in_scope(leaf.dtype)
            if leaf.is_parameter:
                filled.append(jnp.reshape(x[position : position + leaf.size], leaf.shape).astype(kind))
                position += leaf.size
            elif leaf.domain is not None:
                filled.append(jnp.asarray(next(varied)).astype(kind))
            else:
                filled.append(leaf.value if is_key(leaf) else jnp.asarray(leaf.value, dtype=kind))
        return list(jax.tree.unflatten(self.structure, filled))

    def loss_of(self, dtype: Any) -> Callable[..., jax.Array]:
        return lambda x, *others: self.loss(*self.arguments(x, others, dtype))

    def gradient_of(self, dtype: Any) -> Callable[..., jax.Array]:
        """The claimed gradient, flat; without one, the loss's own by reverse mode."""

        def flat(x: jax.Array, *others: Any) -> jax.Array:
            if self.gradient is None:
                return jax.grad(lambda u: self.loss(*self.arguments(u, others, dtype)))(x)
            claimed = jax.tree.leaves(self.gradient(*self.arguments(x, others, dtype)))
            return jnp.concatenate([jnp.ravel(g).astype(dtype) for g in claimed])

        return flat

    def points(self, count: int, seed: int, regimes: Sequence[Regime] = EVERY_REGIME) -> list[np.ndarray]:
        """[x, *others], stacked: the point given, points near it, and all regimes of the domain.

        Whole numbers (but the point given) are moved by up to 10⁻⁶ of a unit: on a kink or a tie the
        gradient is a matter of convention, beside it, it isn't.
        """
        rng = np.random.default_rng([seed, 0])

        def draw(leaf: Leaf) -> np.ndarray:
            own = [seed, zlib.crc32(leaf.name.encode())]
            kind = self.dtype if jnp.issubdtype(leaf.dtype, jnp.floating) else np.dtype(np.float64)
            domain = leaf.domain or Domain.REAL
            drawn = dense_batch(leaf.shape, domain, count=count, seed=own, dtype=kind, regimes=regimes)
            drawn = np.random.default_rng([*own, 1]).permutation(drawn, axis=0)
            if leaf.value is not None:
                given = np.asarray(leaf.value, dtype=np.float64)
                near = max(1, count // 4)
                noise = rng.uniform(-0.5, 0.5, size=(near, *leaf.shape))
                if domain.is_continuous:
                    drawn[:near] = given + 0.1 * noise * step_scale(given, domain)
                drawn[0] = given
            return drawn.astype(self.dtype if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf.dtype)

        stacked = [draw(leaf).reshape(count, -1) for leaf in self.parameters]
        x = np.concatenate(stacked, axis=1).astype(np.float64)
        whole = (x == np.round(x)) & (np.arange(count) > 0)[:, None]
        x = np.where(whole, x + 1e-6 * rng.uniform(-1, 1, size=x.shape) * self.scale(x), x)
        x = x.astype(self.dtype).astype(np.float64)
        return [x, *(draw(leaf).astype(np.float64) for leaf in self.others)]

    def scale(self, x: np.ndarray) -> np.ndarray:
        """Step lengths that keep every parameter in its domain."""
        parts, position = [], 0
        for leaf in self.parameters:
            part = x[..., position : position + leaf.size].reshape(*x.shape[:-1], *leaf.shape)
            parts.append(step_scale(part, leaf.domain or Domain.REAL).reshape(*x.shape[:-1], leaf.size))
            position += leaf.size
        return np.concatenate(parts, axis=-1)

    def simplest(self) -> np.ndarray:
        """The value that each parameter is shrunk towards."""
        target = {Domain.POSITIVE: 1.0, Domain.UNIT: 0.5}
        return np.concatenate(
            [np.full(leaf.size, target.get(leaf.domain or Domain.REAL, 0.0)) for leaf in self.parameters]
        )


def open_black_box(
    loss_fn: Callable[..., Any],
    grad_fn: Callable[..., Any] | None,
    inputs: tuple[Any, ...],
    wrt: int | tuple[int, ...],
    dtype: Any,
    domain: Domain | Mapping[int, Domain] | None,
) -> BlackBox:
    """The functions, checked for structure, shapes and types.

    Raises `TypeError` for arguments that can't be differentiated by and for functions that can't be traced,
    `ValueError` for values outside their domain, `ShapeFault` for wrong outputs, `UnrepeatableError` for what is no
    function.
    """
    single = isinstance(wrt, int)
    positions = (wrt,) if isinstance(wrt, int) else tuple(wrt)
    for position in positions:
        if not 0 <= position < len(inputs):
            raise TypeError(
                f"wrt={position}: there are {len(inputs)} inputs; give a position from 0 to {len(inputs) - 1}"
            )
    domains = dict.fromkeys(positions, domain) if isinstance(domain, Domain) else dict(domain or {})
    names = _argument_names(loss_fn, len(inputs))
    leaves: list[Leaf] = []
    flat, structure = jax.tree_util.tree_flatten_with_path(inputs)
    for path, leaf in flat:
        position = path[0].idx
        is_parameter = position in positions
        name = names[position] + jax.tree_util.keystr(path[1:])
        leaves.append(_leaf_of(leaf, position, name, is_parameter, domains.get(position)))
    if not any(leaf.is_parameter and leaf.size for leaf in leaves):
        raise TypeError(f"wrt={wrt}: no parameters there to differentiate by")
    chosen = np.dtype(dtype) if dtype is not None else next(leaf.dtype for leaf in leaves if leaf.is_parameter)
    box = BlackBox(loss_fn, grad_fn, tuple(leaves), structure, positions, single, np.dtype(chosen))
    _check_shapes(box)
    return box


def _leaf_of(leaf: Any, position: int, name: str, is_parameter: bool, domain: Domain | None) -> Leaf:
    by_shape = isinstance(leaf, jax.ShapeDtypeStruct)
    value = leaf if is_key(leaf) else None if by_shape else np.asarray(leaf)
    kind = leaf.dtype if value is None or is_key(leaf) else value.dtype
    floating = jnp.issubdtype(kind, jnp.floating)
    if is_parameter and not floating:
        raise TypeError(f"{name}: can't differentiate by a {kind} array; pass floating-point parameters")
    if not is_key(leaf) and kind == np.object_:
        raise TypeError(f"{name}: {type(leaf).__name__} is no array; pass arrays, and close over everything else")
    own = domain or (Domain.REAL if is_parameter or (by_shape and floating) else None)
    if by_shape and own is None:
        raise TypeError(f"{name}: a {kind} array given by shape only can't be drawn; give its values or its domain")
    if is_parameter and value is not None and not np.all(np.isfinite(value.astype(np.float64))):
        value = None  # no point to judge at: others are drawn
    if value is not None and domain is not None and not _lies_in(domain, value.astype(np.float64)):
        raise ValueError(
            f"{name}: its values are not in the domain given, {domain.value}; give others, or its shape only"
        )
    return Leaf(position, name, tuple(np.shape(leaf)), kind, value, own, is_parameter)


def _lies_in(domain: Domain, value: np.ndarray) -> bool:
    match domain:
        case Domain.POSITIVE | Domain.NONNEGATIVE:
            return bool(np.all(value > 0 if domain is Domain.POSITIVE else value >= 0))
        case Domain.UNIT:
            return bool(np.all((value > 0) & (value < 1)))
        case Domain.BINARY | Domain.SIGNS:
            return bool(np.all(np.isin(value, (0, 1) if domain is Domain.BINARY else (-1, 1))))
        case Domain.ONE_HOT:
            return bool(np.all(np.isin(value, (0, 1))) and np.all(np.sum(value, axis=-1) == 1))
        case Domain.INCREASING:
            return bool(np.all(np.diff(value, axis=-1) > 0))
        case _:
            return True


def _in_scope(kind: Any) -> Any:
    """The type, or that of 32 bits outside of `float64_enabled`."""
    return kind if is_key(kind) else jax.dtypes.canonicalize_dtype(kind)


def _argument_names(fn: Callable[..., Any], count: int) -> list[str]:
    try:
        known = [p.name for p in inspect.signature(fn).parameters.values() if p.kind < p.VAR_POSITIONAL]
    except (TypeError, ValueError):
        known = []
    return [known[i] if i < len(known) else f"args[{i}]" for i in range(count)]


def _check_shapes(box: BlackBox) -> None:
    with float64_enabled() if box.dtype == np.float64 else nullcontext():
        x = jnp.zeros(box.size, box.dtype)
        others = tuple(jnp.zeros(leaf.shape, leaf.dtype) for leaf in box.others)
        arguments = jax.eval_shape(lambda x, *o: tuple(box.arguments(x, o, box.dtype)), x, *others)
        value = _asked("loss_fn", box.loss, arguments)
        if not isinstance(value, jax.ShapeDtypeStruct) or value.shape != ():
            shape = jax.tree.map(lambda v: v.shape, value)
            raise ShapeFault(f"loss_fn returns shape {shape}: a scalar is required; sum or average it")
        if not jnp.issubdtype(value.dtype, jnp.floating):
            raise ShapeFault(f"loss_fn returns {value.dtype}: a real floating-point number is required")
        if box.gradient is None:
            return
        expected = arguments[box.wrt[0]] if box.single else tuple(arguments[i] for i in box.wrt)
        claimed = _asked("grad_fn", box.gradient, arguments)
    got, required = str(jax.tree.structure(claimed)), str(jax.tree.structure(expected))
    if got != required:
        raise ShapeFault(f"grad_fn returns {got}, the parameters are {required}")
    faults = []
    for leaf, g, e in zip(box.parameters, jax.tree.leaves(claimed), jax.tree.leaves(expected), strict=True):
        if g.shape != e.shape:
            faults.append(f"grad_fn returns shape {g.shape} for {leaf.name} of shape {e.shape}")
        elif g.dtype != e.dtype:
            faults.append(f"grad_fn returns {g.dtype} for {leaf.name} of type {e.dtype}")
    if faults:
        raise ShapeFault("; ".join(faults))


def _asked(name: str, fn: Callable[..., Any], arguments: Any) -> Any:
    """What fn returns, as shapes and types; asked twice, since a function gives the same program each time.

    Raises `TypeError` where JAX can't trace it, `UnrepeatableError` where the two programs differ.
    """
    first = second = None
    try:
        first, shape = jax.make_jaxpr(lambda *a: fn(*a), return_shape=True)(*arguments)
        second = jax.make_jaxpr(lambda *a: fn(*a))(*arguments)
    except Exception as error:
        said = next(iter(str(error).strip().splitlines()), "")
        raise TypeError(f"{name} can't be traced by JAX, it raised {type(error).__name__}: {said}") from error
    if _text(first) != _text(second) or not _same_constants(first.consts, second.consts):
        raise UnrepeatableError(
            f"{name} is not a function of its inputs: traced twice, it gave two programs (random numbers of NumPy's, a "
            "counter, a clock?); pass what varies, such as a key of jax.random, as an input"
        )
    return shape


def _text(closed: Any) -> str:
    return re.sub(r"0x[0-9a-f]+", "", str(closed.jaxpr))


def _same_constants(first: Sequence[Any], second: Sequence[Any]) -> bool:
    def plain(x: Any) -> np.ndarray:
        return np.asarray(jax.random.key_data(x) if is_key(x) else x)

    return len(first) == len(second) and all(
        a is b or plain(a).tobytes() == plain(b).tobytes() for a, b in zip(first, second, strict=True)
    )
