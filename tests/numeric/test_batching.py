"""A jaxpr with a batch axis put in is what `jax.vmap` makes of the function, to the bit."""

from __future__ import annotations

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest

from numeric.batching import batched

POINTS = 4
PROGRAMS = {
    "entry by entry": (lambda x, y: jnp.exp(x) * y - x / (1 + y**2), [(3,), (3,)]),
    "scalars with arrays": (lambda x, s: s * x + x * 2.0 + jax.lax.mul(x[0], x) + jnp.float32(3), [(3,), ()]),
    "constants": (lambda x: jnp.eye(3) @ x @ jnp.ones((2,)) + np.arange(3.0, dtype=np.float32), [(3, 2)]),
    "products": (lambda a, b: jnp.einsum("ij,kj->ik", a, b), [(2, 3), (5, 3)]),
    "a product of batches": (lambda a, b: jnp.einsum("bij,bjk->bik", a, b), [(2, 3, 4), (2, 4, 5)]),
    "a constant times": (lambda x: jnp.einsum("ij,kj->ik", jnp.arange(6.0).reshape(2, 3), x), [(5, 3)]),
    "times a constant": (lambda x: jnp.einsum("ij,kj->ik", x, jnp.arange(6.0).reshape(2, 3)), [(5, 3)]),
    "a constant times, in batches": (lambda x: jnp.einsum("bij,bjk->bik", jnp.ones((2, 3, 4)), x), [(2, 4, 5)]),
    "reductions": (lambda x: jnp.sum(x, 0) + jnp.max(x, 1)[0] - jnp.min(x) + jnp.prod(x), [(2, 3)]),
    "moves": (lambda x: jnp.concatenate([x.T[:, ::-1], jnp.zeros((3, 1))], 1).reshape(9)[1:8:2], [(2, 3)]),
    "selections": (lambda x: jnp.where(x > 0, x, jnp.sum(x)) + jnp.where(x[0] > 0, x, -x), [(3,)]),
    "selection of scalars": (lambda s: jax.lax.select_n(s > 0, s, jnp.float32(2)), [()]),
    "clamped": (lambda x: jnp.clip(x, -1.0, jnp.ones(3)) + jax.lax.clamp(x[0], x, x[1]), [(3,)]),
    "no rule of its own": (lambda x: jnp.sort(x)[jnp.array([2, 0])] + jnp.cumsum(x)[:2], [(3,)]),
    "an output that is an input, one that is constant": (lambda x: (x, 1.0, jnp.arange(2.0)), [(3,)]),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("compiled", [False, True])
def test_it_is_what_vmap_makes(name, compiled):
    fn, shapes = PROGRAMS[name]
    rng = np.random.default_rng(0)
    arrays = [jnp.asarray(rng.normal(size=(POINTS, *s)), jnp.float32) for s in shapes]
    closed = batched(jax.make_jaxpr(fn)(*(a[0] for a in arrays)), POINTS)
    program = jex.jaxpr_as_fun(closed)
    found = (jax.jit(program) if compiled else program)(*arrays)
    expected = jax.tree.leaves((jax.jit(jax.vmap(fn)) if compiled else jax.vmap(fn))(*arrays))
    assert [v.aval.shape for v in closed.jaxpr.outvars] == [e.shape for e in expected]
    # compiled, sums of at most 12 terms and products may be taken in another order: 12 units of float32
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=12 * 2.0**-23 if compiled else 0)


def test_an_argument_may_stay_without_the_axis():
    x, w = jnp.arange(12.0).reshape(POINTS, 3), jnp.array([1.0, -2.0, 0.5])
    closed = batched(jax.make_jaxpr(lambda x, w: (x @ w, w))(x[0], w), POINTS, [True, False])
    product, repeated = jex.jaxpr_as_fun(closed)(x, w)
    np.testing.assert_array_equal(np.asarray(product), np.asarray(x @ w))
    assert repeated.shape == (POINTS, 3)
