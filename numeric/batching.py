r"""A jaxpr over one point made a jaxpr over many: a batch axis in front, equation by equation.

`jax.vmap` says the same by tracing the function again, at twenty times the cost: most of it goes into the
machinery around each operation. The rules here are those of the operations that losses and their derivatives are
made of: each moves the axes that its parameters name by one. For any other operation `jax.vmap` is asked, for
that equation alone.

What no batched argument reaches stays as it is, without the axis.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.extend.core as jex
from jax.lax import broadcast_in_dim_p, transpose_p

from .host import ELEMENTWISE
from .sharing import applied

__all__ = ["batched"]

_POINTWISE = frozenset(ELEMENTWISE) | {
    "div",
    "integer_pow",
    "rem",
    "erf",
    "erfc",
    "lgamma",
    "digamma",
    "select_n",
    "convert_element_type",
    "reduce_precision",
    "copy",
    "copy_p",
    "stop_gradient",
}


def batched(closed: jex.ClosedJaxpr, size: int, along: Sequence[bool] | None = None) -> jex.ClosedJaxpr:
    """The function that `jax.vmap` makes of this one, of arguments with `size` points along their first axis.

    along: which arguments have that axis; all of them if it is not given. All outputs have it.

    >>> import jax, jax.numpy as jnp
    >>> closed = jax.make_jaxpr(lambda x, y: x @ y)(jnp.ones(3), jnp.ones(3))
    >>> [out] = jex.jaxpr_as_fun(batched(closed, 2))(jnp.ones((2, 3)), jnp.arange(6.0).reshape(2, 3))
    >>> out.tolist()
    [3.0, 12.0]
    """
    jaxpr = closed.jaxpr
    batching = _Batching(size)
    for v, has_axis in zip(jaxpr.invars, along or [True] * len(jaxpr.invars), strict=True):
        if has_axis:
            batching.axis[v] = batching.widened(v)
    for eqn in jaxpr.eqns:
        batching.add(eqn)
    invars = [batching.axis.get(v, v) for v in jaxpr.invars]
    outvars = [batching.with_axis(a) for a in jaxpr.outvars]
    constvars = [*jaxpr.constvars, *batching.consts]
    new = jaxpr.replace(constvars=constvars, invars=invars, outvars=outvars, eqns=batching.eqns)
    return jex.ClosedJaxpr(new, [*closed.consts, *batching.consts.values()])


class _Batching:
    """axis: variable → the one that stands for it, with the batch axis in front; without an entry, it has none."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.axis: dict[Any, Any] = {}
        self.eqns: list[Any] = []
        self.consts: dict[Any, Any] = {}

    def widened(self, v: Any) -> Any:
        """A new variable like v with the axis in front."""
        new = copy.copy(v)
        new.aval = jex.unmapped_aval(self.size, 0, v.aval)
        return new

    def with_axis(self, atom: Any) -> Any:
        """The atom that stands for this one, repeated for each point if it has no batch axis."""
        if not isinstance(atom, jex.Literal) and atom in self.axis:
            return self.axis[atom]
        return self._broadcast(atom, atom.aval.shape, atom.aval, tuple(range(1, 1 + atom.aval.ndim)))

    def _broadcast(self, atom: Any, shape: tuple[int, ...], aval: Any, axes: tuple[int, ...]) -> Any:
        new = jex.Var(jex.unmapped_aval(self.size, 0, aval.update(shape=shape)))
        params = {"shape": (self.size, *shape), "broadcast_dimensions": axes, "sharding": None}
        self.eqns.append(jex.new_jaxpr_eqn([atom], [new], broadcast_in_dim_p, params, jex.no_effects))
        return new

    def _like(self, atom: Any, shape: tuple[int, ...], scalar: bool) -> Any:
        """The atom's, to go with arrays of this shape behind the axis. scalar: one without the axis may stay."""
        if scalar and not atom.aval.ndim and (isinstance(atom, jex.Literal) or atom not in self.axis):
            return atom
        found = self.with_axis(atom)
        return found if atom.aval.ndim or not shape else self._broadcast(found, shape, atom.aval, (0,))

    def add(self, eqn: Any) -> None:
        """The equation over the batch."""
        has_axis = [not isinstance(a, jex.Literal) and a in self.axis for a in eqn.invars]
        if not any(has_axis):
            self.eqns.append(eqn)
            return
        name, p = eqn.primitive.name, eqn.params
        if name in _POINTWISE:
            shape = eqn.outvars[0].aval.shape
            alike = 1 if name == "select_n" else len(eqn.invars)  # the cases are to be of one shape
            self._append(eqn, [self._like(a, shape, k < alike) for k, a in enumerate(eqn.invars)], p)
        elif name == "concatenate":
            self._append(eqn, [self.with_axis(a) for a in eqn.invars], {**p, "dimension": p["dimension"] + 1})
        elif name == "dot_general":
            self._dot(eqn, has_axis)
        elif name in _MOVED and len(eqn.invars) == 1:
            self._append(eqn, [self.axis[eqn.invars[0]]], {**p, **_MOVED[name](p, self.size)})
        else:
            self._by_vmap(eqn, has_axis)

    def _append(self, eqn: Any, taken: list[Any], params: dict[str, Any]) -> None:
        outs = [self.widened(v) for v in eqn.outvars]
        self.axis.update(zip(eqn.outvars, outs, strict=True))
        self.eqns.append(eqn.replace(invars=taken, outvars=outs, params=params))

    def _dot(self, eqn: Any, has_axis: list[bool]) -> None:
        (contract_a, contract_b), (batch_a, batch_b) = eqn.params["dimension_numbers"]
        a, b = eqn.invars
        left, right = has_axis
        taken = [self.axis[a] if left else a, self.axis[b] if right else b]
        if left:
            contract_a, batch_a = _after(contract_a), _after(batch_a)
        if right:
            contract_b, batch_b = _after(contract_b), _after(batch_b)
        if left and right:
            numbers = ((contract_a, contract_b), ((0, *batch_a), (0, *batch_b)))
            self._append(eqn, taken, {**eqn.params, "dimension_numbers": numbers})
            return
        # the batch axis is the first of those that are left free on its side
        numbers = ((contract_a, contract_b), (batch_a, batch_b))
        place = len(batch_a) + (0 if left else a.aval.ndim - len(contract_a) - len(batch_a))
        if place == 0:
            self._append(eqn, taken, {**eqn.params, "dimension_numbers": numbers})
            return
        out = eqn.outvars[0]
        shape = out.aval.shape
        moved = copy.copy(out)
        moved.aval = jex.unmapped_aval(self.size, place, out.aval)
        self.eqns.append(
            eqn.replace(invars=taken, outvars=[moved], params={**eqn.params, "dimension_numbers": numbers})
        )
        order = (place, *(k for k in range(len(shape) + 1) if k != place))
        new = self.axis[out] = self.widened(out)
        params = {"permutation": order}
        self.eqns.append(jex.new_jaxpr_eqn([moved], [new], transpose_p, params, jex.no_effects))

    def _by_vmap(self, eqn: Any, has_axis: list[bool]) -> None:
        own = list(dict.fromkeys(a for a in eqn.invars if not isinstance(a, jex.Literal)))
        given = [a in self.axis for a in own]

        def one(*values: Any) -> list[Any]:
            env = dict(zip(own, values, strict=True))
            return applied(eqn, [a.val if isinstance(a, jex.Literal) else env[a] for a in eqn.invars])

        specs = [self.axis[a].aval if b else a.aval for a, b in zip(own, given, strict=True)]
        many = jax.vmap(one, in_axes=tuple(0 if b else None for b in given), axis_size=self.size)
        closed = jax.make_jaxpr(many)(*(jax.ShapeDtypeStruct(s.shape, s.dtype) for s in specs))
        known = dict(zip(closed.jaxpr.invars, [self.axis.get(a, a) for a in own], strict=True))
        self.consts.update(zip(closed.jaxpr.constvars, closed.consts, strict=True))
        for e in closed.jaxpr.eqns:
            taken = [a if isinstance(a, jex.Literal) else known.get(a, a) for a in e.invars]
            self.eqns.append(e.replace(invars=taken))
        for v, out in zip(eqn.outvars, closed.jaxpr.outvars, strict=True):
            self.axis[v] = out if isinstance(out, jex.Literal) else known.get(out, out)


def _after(axes: Sequence[int]) -> tuple[int, ...]:
    return tuple(int(k) + 1 for k in axes)


def _reshaped(p: Any, size: int) -> dict[str, Any]:
    return {"new_sizes": (size, *p["new_sizes"])}


_REDUCED = ("reduce_sum", "reduce_max", "reduce_min", "reduce_prod", "reduce_and", "reduce_or")
_RUNNING = ("cumsum", "cummax", "cummin", "cumprod", "cumlogsumexp")

_MOVED: dict[str, Callable[[Any, int], dict[str, Any]]] = {
    **dict.fromkeys(_REDUCED, lambda p, size: {"axes": _after(p["axes"])}),
    **dict.fromkeys(_RUNNING, lambda p, size: {"axis": p["axis"] + 1}),
    "broadcast_in_dim": lambda p, size: {
        "shape": (size, *p["shape"]),
        "broadcast_dimensions": (0, *_after(p["broadcast_dimensions"])),
    },
    "reshape": _reshaped,
    "transpose": lambda p, size: {"permutation": (0, *_after(p["permutation"]))},
    "squeeze": lambda p, size: {"dimensions": _after(p["dimensions"])},
    "rev": lambda p, size: {"dimensions": _after(p["dimensions"])},
    "slice": lambda p, size: {
        "start_indices": (0, *p["start_indices"]),
        "limit_indices": (size, *p["limit_indices"]),
        "strides": p["strides"] and (1, *p["strides"]),
    },
}
"""Operations of one argument: the parameters that the batch axis changes."""
