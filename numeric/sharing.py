r"""A jaxpr in which nothing is computed twice, and nothing for naught.

The claims of a statement, and each derivative of each loss, compute the same softmax or the same residual anew.
Here equations with the same primitive, the same parameters and the same arguments become one (value
numbering), and those that no output needs are left out. The primitives that are left are those that were
there, in their order: floating-point results stay what they were.

Calls of `jit` are opened, since what they share with the rest is inside; so are functions with a derivative
rule of their own, where the program is not differentiated again. Left out: bodies of loops and branches.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Sequence
from typing import Any

import jax
import jax.extend.core as jex
import numpy as np

from .host import is_key

__all__ = ["Composition", "applied", "by_output", "replayed", "without_repeats"]

_CALLS = {"jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr"}
_RULED = {"custom_jvp_call": "call_jaxpr", "custom_vjp_call": "call_jaxpr", "custom_vjp_call_jaxpr": "fun_jaxpr"}


def without_repeats(closed: jex.ClosedJaxpr, differentiated: bool = False) -> jex.ClosedJaxpr:
    """The same function with each value computed once.

    differentiated: whether it will be differentiated again, and so has to keep its custom derivative rules.

    >>> import jax, jax.numpy as jnp
    >>> closed = jax.make_jaxpr(lambda x: jnp.exp(x) + jnp.exp(x))(1.0)
    >>> len(closed.jaxpr.eqns), len(without_repeats(closed).jaxpr.eqns)
    (3, 2)
    """
    together = Composition([v.aval for v in closed.jaxpr.invars], differentiated)
    return together.closed(together.apply(closed, together.arguments))


def by_output(closed: jex.ClosedJaxpr) -> list[jex.ClosedJaxpr]:
    """Each output of a function as a function of its own, which can be differentiated."""
    together = Composition(closed.in_avals, differentiated=True)
    return [together.closed([out]) for out in together.apply(closed, together.arguments)]


def applied(eqn: Any, arguments: Sequence[Any], params: dict[str, Any] | None = None) -> list[Any]:
    """The outputs of one equation applied to values. params: in place of its own."""
    functions: Any
    bound = eqn.primitive.get_bind_params(eqn.params if params is None else params)
    functions, bound = bound if isinstance(bound, tuple) else ((), bound)  # older JAX: a pair
    found = eqn.primitive.bind(*functions, *arguments, **bound)
    return list(found) if eqn.primitive.multiple_results else [found]


def replayed(closed: jex.ClosedJaxpr, arguments: Sequence[Any]) -> list[Any]:
    """A jaxpr applied, nested `jit`s opened: each would be traced anew by every transformation of it."""
    jaxpr = closed.jaxpr
    env: dict[Any, Any] = {}
    env.update(zip(jaxpr.constvars, closed.consts, strict=True))
    env.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, jex.Literal) else env[atom]

    for eqn in jaxpr.eqns:
        taken = [read(a) for a in eqn.invars]
        outs = replayed(eqn.params["jaxpr"], taken) if eqn.primitive.name in ("jit", "pjit") else applied(eqn, taken)
        env.update(zip(eqn.outvars, outs, strict=True))
    return [read(a) for a in jaxpr.outvars]


class Composition:
    """A program put together from others, each value computed once.

    specs: of its arguments, anything with a shape and a dtype. differentiated: as in `without_repeats`.

    >>> import jax, jax.numpy as jnp
    >>> exp, add = jax.make_jaxpr(jnp.exp)(1.0), jax.make_jaxpr(jnp.add)(1.0, 1.0)
    >>> both = Composition(exp.in_avals)
    >>> ([e], [same]) = (both.apply(exp, both.arguments) for _ in range(2))
    >>> print(both.closed(both.apply(add, [e, same])))
    { lambda ; a:f32[]. let b:f32[] = exp a; c:f32[] = add b b in (c,) }
    """

    def __init__(self, specs: Sequence[Any], differentiated: bool = False) -> None:
        avals = (s if isinstance(s, jax.core.AbstractValue) else jax.core.ShapedArray(s.shape, s.dtype) for s in specs)
        self.arguments: list[Any] = [jex.Var(aval) for aval in avals]
        self._sharing = _Sharing(_CALLS if differentiated else {**_CALLS, **_RULED})

    def apply(self, closed: jex.ClosedJaxpr, arguments: Sequence[Any]) -> list[Any]:
        """What this program makes of these: arguments of the whole, or what `apply` has returned before."""
        return self._sharing.inline(closed.jaxpr, closed.consts, arguments)

    def closed(self, outputs: Sequence[Any]) -> jex.ClosedJaxpr:
        """The program that returns these, and computes what they need."""
        consts = self._sharing.consts
        eqns = _needed(self._sharing.eqns, outputs)
        effects = frozenset().union(*(e.effects for e in eqns))
        own = {"constvars": list(consts), "invars": self.arguments, "outvars": list(outputs), "eqns": eqns}
        return jex.ClosedJaxpr(_empty().replace(effects=effects, **own), list(consts.values()))


@functools.cache
def _empty() -> Any:
    return jax.make_jaxpr(lambda: ())().jaxpr


class _Sharing:
    """Equations as they are met, each once."""

    def __init__(self, opened: dict[str, str]) -> None:
        self.opened = opened
        self.eqns: list[Any] = []
        self.consts: dict[Any, Any] = {}
        self._known: dict[Any, list[Any]] = {}
        self._const_of: dict[int, Any] = {}
        self._kept: list[Any] = []

    def inline(self, jaxpr: Any, consts: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
        """The atoms that hold the outputs of a jaxpr applied to these atoms."""
        env: dict[Any, Any] = dict(zip(jaxpr.invars, arguments, strict=True))
        env.update((v, self._constant(v, c)) for v, c in zip(jaxpr.constvars, consts, strict=True))

        def read(atom: Any) -> Any:
            return atom if isinstance(atom, jex.Literal) else env[atom]

        for eqn in jaxpr.eqns:
            taken = [read(a) for a in eqn.invars]
            body = eqn.params.get(self.opened.get(eqn.primitive.name))
            if body is not None:
                outs = self.inline(getattr(body, "jaxpr", body), getattr(body, "consts", ()), taken)
            else:
                outs = self._outputs(eqn, taken)
            env.update(zip(eqn.outvars, outs, strict=True))
        return [read(a) for a in jaxpr.outvars]

    def _constant(self, variable: Any, value: Any) -> Any:
        known = self._const_of.get(id(value))
        if known is None:
            known = self._const_of[id(value)] = copy.copy(variable)
            self._kept.append(value)  # keeps it alive, and so its id its own
            # JAX keeps a float64 array of NumPy's as it is, even traced outside float64: it means the narrower type
            kind = None if is_key(value) else jax.dtypes.canonicalize_dtype(value.dtype)
            if kind is not None and kind != value.dtype:
                known.aval, value = known.aval.update(dtype=kind), np.asarray(value).astype(kind)
            self.consts[known] = value
        return known

    def _outputs(self, eqn: Any, taken: list[Any]) -> list[Any]:
        dropped = tuple(isinstance(v, jex.DropVar) for v in eqn.outvars)
        key = (eqn.primitive, _parameters(eqn.params), tuple(_number(a) for a in taken), dropped)
        if eqn.effects or key not in self._known:
            # the variables of a body that is opened twice stand for different values: each gets its own
            self._known[key] = [copy.copy(v) for v in eqn.outvars]
            self.eqns.append(eqn.replace(invars=taken, outvars=self._known[key]))
        return self._known[key]


def _parameters(params: dict[str, Any]) -> tuple[Any, ...]:
    """What tells parameters apart: themselves, or which objects they are."""
    found = []
    for name in sorted(params):
        value = params[name]
        try:
            hash(value)
        except TypeError:
            value = ("object", id(value))
        found.append((name, type(value), value))
    return tuple(found)


def _number(atom: Any) -> Any:
    if isinstance(atom, jex.Literal):
        return str(atom.aval), np.asarray(atom.val).tobytes()  # by its bits: −0.0 isn't 0.0
    return id(atom)


def _needed(eqns: Sequence[Any], outvars: Sequence[Any]) -> list[Any]:
    wanted = {id(a) for a in outvars}
    kept = []
    for eqn in reversed(eqns):
        if eqn.effects or any(id(v) in wanted for v in eqn.outvars):
            kept.append(eqn)
            wanted.update(id(a) for a in eqn.invars)
    return kept[::-1]
