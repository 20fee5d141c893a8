"""Losses with the proved gradient attached: against optax's, at the ends of the range, inside other stacks."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from numeric import losses

RNG = np.random.default_rng(0)
Z = jnp.asarray(3 * RNG.normal(size=(5, 4)), jnp.float32)
Y = jnp.asarray(RNG.integers(0, 2, (5, 4)), jnp.float32)
CLASSES = jnp.asarray(RNG.integers(0, 4, 5))


def same(ours, theirs, z):
    np.testing.assert_allclose(ours(z), theirs(z), rtol=1e-5, atol=1e-6)
    mine, other = (jax.grad(lambda v, f=f: (f(v) ** 2).sum())(z) for f in (ours, theirs))
    np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-6)


def test_values_and_gradients_are_those_of_optax():
    same(lambda z: losses.logistic(z, Y), lambda z: optax.sigmoid_binary_cross_entropy(z, Y), Z)
    same(lambda z: losses.brier(z, Y), lambda z: (jax.nn.sigmoid(z) - Y) ** 2, Z)
    same(lambda z: losses.squared(z, Y), lambda z: (z - Y) ** 2, Z)
    same(
        lambda z: losses.softmax(z, CLASSES),
        lambda z: optax.softmax_cross_entropy_with_integer_labels(z, CLASSES),
        Z,
    )
    one_hot = jax.nn.one_hot(CLASSES, 4)
    same(lambda z: losses.softmax(z, one_hot), lambda z: optax.softmax_cross_entropy(z, one_hot), Z)


def test_ordinal_is_the_log_of_the_difference():
    scores, theta, labels = Z[:, 0], jnp.array([-1.0, 0.5, 2.0]), CLASSES

    def plain(arguments):
        eta, theta = arguments
        cumulative = jax.nn.sigmoid(theta[None] - eta[:, None])
        edges = jnp.concatenate([jnp.zeros((5, 1)), cumulative, jnp.ones((5, 1))], axis=1)
        return -jnp.log(jnp.take_along_axis(jnp.diff(edges), labels[:, None], 1)[:, 0])

    ours = jax.value_and_grad(lambda a: losses.ordinal(a[0], a[1], labels).sum())((scores, theta))
    other = jax.value_and_grad(lambda a: plain(a).sum())((scores, theta))
    for a, b in zip(jax.tree.leaves(ours), jax.tree.leaves(other), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dtype", [jnp.float32, jnp.bfloat16, jnp.float16])
def test_large_logits_are_finite(dtype):
    z = jnp.asarray([-1e4, -200.0, 0.0, 200.0, 1e4], dtype)
    for label in (0.0, 1.0):
        for loss in (losses.logistic, losses.brier, losses.squared):
            value, grad = jax.value_and_grad(lambda v, f=loss, y=label: f(v, jnp.full(5, y, dtype))[0])(z)
            assert loss is losses.squared or jnp.isfinite(value)
            assert jnp.isfinite(grad).all()
            assert grad.dtype == dtype
    value, grad = jax.value_and_grad(lambda v: losses.softmax(v, jnp.asarray(0)))(z)
    assert float(value) == pytest.approx(2e4, rel=0.01)
    np.testing.assert_allclose(np.asarray(grad, np.float32), [-1, 0, 0, 0, 1])


def test_infinite_logits_have_their_limits():
    inf = jnp.inf
    z = jnp.array([inf, inf, -inf, -inf])
    y = jnp.array([1.0, 0.0, 1.0, 0.0])
    value, grad = losses.logistic(z, y), jax.grad(lambda v: losses.logistic(v, y).sum())(z)
    assert value.tolist() == [0, inf, inf, 0]
    assert grad.tolist() == [0, 1, -1, 0]
    assert losses.brier(z, y).tolist() == [0, 1, 1, 0]
    rows = jnp.array([[inf, 0.0, -inf], [0.0, 0.0, -inf], [inf, inf, 0.0]])
    value = losses.softmax(rows, jnp.array([0, 1, 0]))
    np.testing.assert_allclose(value, [0, np.log(2), np.nan])
    grad = jax.grad(lambda v: losses.softmax(v, jnp.array([0, 1, 0]))[:2].sum())(rows)
    np.testing.assert_allclose(grad[:2], [[0, 0, 0], [0.5, -0.5, 0]], atol=1e-7)


def test_masked_classes_take_no_part():
    where = jnp.array([True, False, True, True])
    value, grad = jax.value_and_grad(lambda z: losses.softmax(z, jnp.asarray(2), where))(Z[0])
    kept = Z[0][where]
    np.testing.assert_allclose(value, optax.softmax_cross_entropy_with_integer_labels(kept, jnp.asarray(1)), rtol=1e-5)
    assert grad[1] == 0
    assert losses.softmax(Z[0], jnp.asarray(1), where) == jnp.inf


def test_a_gradient_by_labels_is_an_error():
    with pytest.raises(TypeError, match="no gradient by the labels is proved"):
        jax.grad(lambda y: losses.logistic(Z, y).sum())(Y)


def test_bad_input():
    with pytest.raises(TypeError, match="logits have dtype int32"):
        losses.logistic(jnp.arange(3), jnp.zeros(3))
    with pytest.raises(ValueError, match="K ≥ 2"):
        losses.softmax(jnp.zeros((3, 1)), jnp.zeros((3, 1)))


def test_in_optax_under_jit():
    x, w = Z, jnp.zeros(4)
    loss = jax.jit(lambda w: losses.logistic(x @ w, Y[:, 0]).mean())
    tx = optax.adam(0.1)
    state = tx.init(w)
    first = loss(w)
    for _ in range(30):
        updates, state = tx.update(jax.grad(loss)(w), state)
        w = optax.apply_updates(w, updates)
    assert loss(w) < 0.8 * first


def test_in_equinox():
    eqx = pytest.importorskip("equinox")
    model = eqx.nn.Linear(4, 4, key=jax.random.PRNGKey(0))
    grads = eqx.filter_grad(lambda m: losses.softmax(jax.vmap(m)(Z), CLASSES).mean())(model)
    expected = eqx.filter_grad(
        lambda m: optax.softmax_cross_entropy_with_integer_labels(jax.vmap(m)(Z), CLASSES).mean()
    )(model)
    np.testing.assert_allclose(grads.weight, expected.weight, rtol=1e-4, atol=1e-6)


def test_in_flax():
    nn = pytest.importorskip("flax.linen")
    model = nn.Dense(4)
    parameters = model.init(jax.random.PRNGKey(0), Z)
    grads = jax.grad(lambda p: losses.softmax(model.apply(p, Z), CLASSES).mean())(parameters)
    expected = jax.grad(lambda p: optax.softmax_cross_entropy_with_integer_labels(model.apply(p, Z), CLASSES).mean())(
        parameters
    )
    for a, b in zip(jax.tree.leaves(grads), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
