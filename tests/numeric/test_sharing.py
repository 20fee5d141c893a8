"""A program without repeats is the same function, to the bit, and keeps what only looks like a repeat apart."""

from __future__ import annotations

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest

from numeric.sharing import without_repeats


def _opened_twice(x):
    inner = jax.jit(lambda a: jnp.exp(a) * 2.0)
    return inner(x) + inner(inner(x))


PROGRAMS = {
    "a body opened at different arguments": _opened_twice,
    "custom derivatives": lambda x: jax.nn.softplus(x) + jax.nn.relu(x) - jax.nn.softplus(x),
    "zeros of both signs": lambda x: jnp.where(1 / (0.0 * x) > 1 / (-0.0 * x), 1.0, 2.0) + 1 / (-0.0 * x),
    "one primitive, two parameters": lambda x: x**2 + x**3 + jnp.sum(x, axis=0) * jnp.sum(x.T, axis=0),
    "constants": lambda x: x * np.arange(3.0) + x * np.arange(3.0)[::-1],
    "outputs of several": lambda x: jnp.split(x, 3)[0] + jnp.split(x, 3)[2],
    "a loop": lambda x: jax.lax.fori_loop(0, 3, lambda _, a: a * x, x) + jax.lax.fori_loop(0, 3, lambda _, a: a + x, x),
    "an input and a constant as outputs": lambda x: (x, 1.0, jnp.exp(x), jnp.exp(x)),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("differentiated", [False, True])
def test_the_function_is_the_same(name, differentiated):
    x = jnp.array([0.5, 2.0, -3.0])
    closed = jax.make_jaxpr(PROGRAMS[name])(x)
    shared = without_repeats(closed, differentiated)
    before, after = jex.jaxpr_as_fun(closed)(x), jex.jaxpr_as_fun(shared)(x)
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    assert len(shared.jaxpr.eqns) <= len(_flat(closed.jaxpr))


def test_a_custom_derivative_survives_where_it_is_asked_for():
    @jax.custom_jvp
    def f(x):
        return x * x

    f.defjvp(lambda primals, tangents: (f(primals[0]), 100.0 * tangents[0]))
    shared = without_repeats(jax.make_jaxpr(f)(1.0), differentiated=True)
    assert jax.grad(lambda x: jex.jaxpr_as_fun(shared)(x)[0])(1.0) == 100.0


def test_what_is_computed_twice_is_computed_once_and_what_is_not_needed_never():
    def f(x):
        jnp.sin(x)
        return jnp.exp(x) + jax.jit(jnp.exp)(x)

    names = [e.primitive.name for e in without_repeats(jax.make_jaxpr(f)(1.0)).jaxpr.eqns]
    assert names == ["exp", "add"]


def test_what_has_an_effect_is_kept():
    seen = []

    def f(x):
        jax.debug.callback(seen.append, x)
        jax.debug.callback(seen.append, x)
        return x

    assert len(without_repeats(jax.make_jaxpr(f)(1.0)).jaxpr.eqns) == 2


def _flat(jaxpr):
    found = []
    for e in jaxpr.eqns:
        inner = e.params.get("jaxpr", e.params.get("call_jaxpr"))
        if e.primitive.name in ("jit", "pjit", "custom_jvp_call"):
            found += _flat(inner.jaxpr)
        else:
            found.append(e)
    return found
