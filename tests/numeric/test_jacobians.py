"""Jacobians made equation by equation are those of `jax.jacfwd` and `jax.jacrev`, to rounding."""

from __future__ import annotations

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest

from numeric.jacobians import jacobian
from numeric.precision import float64_enabled

FUNCTIONS = {
    "a number": (lambda x, w: jnp.sum(jnp.exp(x @ w)) ** 2, [(3, 2), (2,)]),
    "a vector": (lambda x, w: jnp.tanh(x @ w), [(3, 2), (2,)]),
    "a matrix": (lambda x, w: jnp.outer(w, x[0]) * w[:, None], [(2, 2), (3,)]),
    "rules of its own": (lambda x, w: jax.nn.log_softmax(x * w) + jax.nn.softplus(x), [(3,), ()]),
    "nothing of one of them": (lambda x, w: jnp.sum(w**3) + 0 * x[0], [(2,), (2,)]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize("by", [(0,), (1,), (0, 1)])
def test_it_is_what_jax_makes(name, mode, by):
    fn, shapes = FUNCTIONS[name]
    rng = np.random.default_rng(0)
    take = jax.jacfwd if mode == "forward" else jax.jacrev
    with float64_enabled():
        arrays = [jnp.asarray(rng.normal(size=s)) for s in shapes]
        found = jex.jaxpr_as_fun(jacobian(jax.make_jaxpr(fn)(*arrays), by, mode))(*arrays)
        expected = take(fn, argnums=by)(*arrays)
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-14, atol=1e-15)


def test_a_jacobian_can_be_differentiated_again():
    def fn(x):
        return jnp.sum(jax.nn.softplus(x) * x[::-1])

    with float64_enabled():
        x = jnp.asarray([0.3, -1.2, 2.0])
        first = jacobian(jax.make_jaxpr(fn)(x), [0], "reverse")
        [found] = jex.jaxpr_as_fun(jacobian(first, [0], "forward"))(x)
        np.testing.assert_allclose(np.asarray(found), np.asarray(jax.hessian(fn)(x)), rtol=1e-14)
