r"""A function by its values alone: the same program without custom derivative rules and without `stop_gradient`.

Automatic differentiation believes what a program says of its own derivative. f(x) = x·stop_gradient(x) is x², and
says that its derivative is x. Here each function with a rule of its own (`custom_jvp`, `custom_vjp`) is replaced by its
body, and `stop_gradient` by nothing, in the bodies of loops and branches too. The derivative of what is left is that
of the values, by the chain rule and JAX's rules of its primitives, wherever it is differentiable.

Left out: values that are computed outside JAX (callbacks). And a rule may be there because the body's derivative is
0·∞ somewhere: there it says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp

from .host import is_key
from .sharing import applied

__all__ = ["has_own_rules", "values_only"]

_CALLS = {"jit": "jaxpr", "pjit": "jaxpr", "closed_call": "call_jaxpr", "core_call": "call_jaxpr"}
_CALLS |= {"checkpoint": "jaxpr", "remat": "jaxpr", "remat2": "jaxpr"}
_RULED = {"custom_jvp_call": "call_jaxpr", "custom_vjp_call": "call_jaxpr", "custom_vjp_call_jaxpr": "fun_jaxpr"}
_BODIES = {"scan": ("jaxpr",), "while": ("cond_jaxpr", "body_jaxpr"), "cond": ("branches",)}


def has_own_rules(jaxpr: Any) -> bool:
    """Whether anything in a jaxpr has a derivative that isn't that of its values."""
    return any(_has_own_rule(eqn) for eqn in jaxpr.eqns)


def _has_own_rule(eqn: Any) -> bool:
    if eqn.primitive.name in _RULED or eqn.primitive.name == "stop_gradient":
        return True
    for value in eqn.params.values():
        for inner in value if isinstance(value, (tuple, list)) else (value,):
            body = getattr(inner, "jaxpr", inner)
            if hasattr(body, "eqns") and has_own_rules(body):
                return True
    return False


def values_only(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of arrays, with one output, to be differentiated by its values.

    >>> f = values_only(lambda x: x * jax.lax.stop_gradient(x))
    >>> float(f(3.0)), float(jax.grad(f)(3.0))
    (9.0, 6.0)
    """

    def plain(*arrays: Any) -> Any:
        closed = jax.make_jaxpr(fn)(*arrays)
        return _replayed(closed.jaxpr, closed.consts, arrays)[0]

    return plain


def _replayed(jaxpr: Any, consts: Iterable[Any], arguments: Iterable[Any]) -> list[Any]:
    env: dict[Any, Any] = {}
    # outside float64 a constant may still be a float64 array of NumPy's
    cast = (c if is_key(c) else jnp.asarray(c, v.aval.dtype) for v, c in zip(jaxpr.constvars, consts, strict=True))
    env.update(zip(jaxpr.constvars, cast, strict=True))
    env.update(zip(jaxpr.invars, arguments, strict=True))

    def read(atom: Any) -> Any:
        return atom.val if isinstance(atom, jex.Literal) else env[atom]

    for eqn in jaxpr.eqns:
        name, taken = eqn.primitive.name, [read(a) for a in eqn.invars]
        body = eqn.params.get({**_CALLS, **_RULED}.get(name))
        if name == "stop_gradient":
            outs = taken
        elif body is not None:
            outs = _replayed(getattr(body, "jaxpr", body), getattr(body, "consts", ()), taken)
        else:
            params = eqn.params
            if name in _BODIES and _has_own_rule(eqn):
                params = {**params, **{key: _without_rules(params[key]) for key in _BODIES[name]}}
            outs = applied(eqn, taken, params)
        env.update(zip(eqn.outvars, outs, strict=True))
    return [read(a) for a in jaxpr.outvars]


def _without_rules(body: Any) -> Any:
    if isinstance(body, (tuple, list)):
        return tuple(_without_rules(b) for b in body)
    specs = [jax.ShapeDtypeStruct(v.aval.shape, v.aval.dtype) for v in body.jaxpr.invars]
    return jax.make_jaxpr(lambda *a: _replayed(body.jaxpr, body.consts, a))(*specs)
