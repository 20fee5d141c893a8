r"""A loss and a gradient that somebody wrote, as functions of one vector of parameters.

Arguments are pytrees; those that `wrt` names are the parameters x ∈ ℝᴾ, concatenated; the leaves given
by shape only (`jax.ShapeDtypeStruct`), or with a domain of their own, vary too; all else is held at the
values given. Everything is traced twice: in float64, where the formula is judged, and in the type of the
parameters, where the code is.

Points to judge at are the one given, points near it, and every regime of `inputs`.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from derivations.domain import Domain

from .inputs import REGIMES, Regime, dense_batch, step_scale
from .precision import float64_enabled

__all__ = ["BlackBox", "Leaf", "ShapeFault", "open_black_box"]


class ShapeFault(ValueError):
    """The loss isn't scalar, or the gradient hasn't the parameters' structure, shape or type."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """One array among the arguments: where it is, what it is called, how it varies (domain None: held)."""

    argument: int
    name: str
    shape: tuple[int, ...]
    dtype: Any
    value: np.ndarray | None
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
            kind = dtype if jnp.issubdtype(leaf.dtype, jnp.floating) else leaf.dtype
            if leaf.is_parameter:
                filled.append(jnp.reshape(x[position : position + leaf.size], leaf.shape).astype(kind))
                position += leaf.size
            elif leaf.domain is not None:
                filled.append(jnp.asarray(next(varied)).astype(kind))
            else:
                filled.append(jnp.asarray(leaf.value, dtype=kind))
        return list(jax.tree.unflatten(self.structure, filled))

    def loss_of(self, dtype: Any) -> Callable[..., jax.Array]:
        return lambda x, *others: self.loss(*self.arguments(x, others, dtype))

    def gradient_of(self, dtype: Any) -> Callable[..., jax.Array]:
        """The claimed gradient, flat; without one, the loss's own by reverse mode."""

        def flat(x: jax.Array, *others: Any) -> jax.Array:
            if self.gradient is None:
                return jax.grad(lambda u: self.loss(*self.arguments(u, others, dtype)))(x)
            claimed = jax.tree.leaves(self.gradient(*self.arguments(x, others, dtype)))
            return jnp.concatenate([jnp.ravel(g) for g in claimed])

        return flat

    def points(self, count: int, seed: int, regimes: Sequence[Regime] = REGIMES) -> list[np.ndarray]:
        """[x, *others], stacked: the point given, points near it, and all regimes of the domain.

        Whole numbers (but the point given) are moved by up to 10⁻⁶ of a unit: on a kink or a tie the
        gradient is a matter of convention, beside it, it isn't.
        """
        rng = np.random.default_rng([seed, 0])

        def draw(leaf: Leaf) -> np.ndarray:
            own = [seed, zlib.crc32(leaf.name.encode())]
            drawn = dense_batch(leaf.shape, leaf.domain or Domain.REAL, count=count, seed=own, regimes=regimes)
            drawn = np.random.default_rng([*own, 1]).permutation(drawn, axis=0)
            if leaf.value is not None:
                given = np.asarray(leaf.value, dtype=np.float64)
                near = max(1, count // 4)
                noise = rng.uniform(-0.5, 0.5, size=(near, *leaf.shape))
                if (leaf.domain or Domain.REAL).is_continuous:
                    drawn[:near] = given + 0.1 * noise * step_scale(given, leaf.domain or Domain.REAL)
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

    Raises `TypeError` for arguments that can't be differentiated by, `ShapeFault` for wrong outputs.
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
        by_shape = isinstance(leaf, jax.ShapeDtypeStruct)
        value = None if by_shape else np.asarray(leaf)
        kind = np.dtype(leaf.dtype) if by_shape or value is None else value.dtype
        is_parameter = position in positions
        if is_parameter and not jnp.issubdtype(kind, jnp.floating):
            raise TypeError(f"{names[position]}: can't differentiate by a {kind} array; pass floating-point parameters")
        floating = jnp.issubdtype(kind, jnp.floating)
        own = domains.get(position, Domain.REAL if is_parameter or (by_shape and floating) else None)
        name = names[position] + jax.tree_util.keystr(path[1:])
        shape = tuple(leaf.shape) if by_shape else np.shape(leaf)
        leaves.append(Leaf(position, name, shape, kind, value, own, is_parameter))
        if by_shape and own is None:
            raise TypeError(f"{name}: a {kind} array given by shape only can't be drawn; give its values or its domain")
    if not any(leaf.is_parameter and leaf.size for leaf in leaves):
        raise TypeError(f"wrt={wrt}: no parameters there to differentiate by")
    chosen = np.dtype(dtype) if dtype is not None else next(leaf.dtype for leaf in leaves if leaf.is_parameter)
    box = BlackBox(loss_fn, grad_fn, tuple(leaves), structure, positions, single, np.dtype(chosen))
    _check_shapes(box)
    return box


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
        value = jax.eval_shape(box.loss, *arguments)
        if not isinstance(value, jax.ShapeDtypeStruct) or value.shape != ():
            shape = jax.tree.map(lambda v: v.shape, value)
            raise ShapeFault(f"loss_fn returns shape {shape}: a scalar is required; sum or average it")
        if box.gradient is None:
            return
        expected = arguments[box.wrt[0]] if box.single else tuple(arguments[i] for i in box.wrt)
        claimed = jax.eval_shape(box.gradient, *arguments)
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
