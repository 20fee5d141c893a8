"""Losses with the proved gradient attached: against optax's, at the ends of the range, inside other stacks."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from scipy.special import expit

from numeric import losses
from numeric.precision import float64_enabled

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


def sigma(z):
    return expit(z), expit(-z)


def logistic_exactly(z, y):
    """In float64: value and slope; a label of 0 or 1 leaves a term out."""
    above, below = np.logaddexp(0, -z), np.logaddexp(0, z)
    value = (y * above if y > 0 else 0) + ((1 - y) * below if y < 1 else 0)
    return value, sigma(z)[0] * (1 - y) - sigma(z)[1] * y


def brier_exactly(z, y):
    difference = sigma(z)[0] * (1 - y) - sigma(z)[1] * y
    return difference**2, 2 * difference * sigma(z)[0] * sigma(z)[1]


def squared_exactly(z, y):
    return (z - y) ** 2, 2 * (z - y)


EXACTLY = {losses.logistic: logistic_exactly, losses.brier: brier_exactly, losses.squared: squared_exactly}
DTYPES = [jnp.float64, jnp.float32, jnp.bfloat16, jnp.float16]


def as_exact(found, exact, dtype, absolute=0.0):
    """Within a rounding of the type and a few of the arithmetic, which is at least float32's; else both inf or NaN."""
    assert found.dtype == dtype
    eps = float(jnp.finfo(dtype).eps) + 16 * float(jnp.finfo(jnp.promote_types(dtype, jnp.float32)).eps)
    with np.errstate(over="ignore"):
        exact = np.asarray(jnp.asarray(exact, jnp.float64).astype(dtype), np.float64)
    tiny = 16 * float(jnp.finfo(dtype).tiny)  # what is subnormal may be flushed to zero
    np.testing.assert_allclose(np.asarray(found, np.float64), exact, rtol=eps, atol=tiny + absolute)


@pytest.mark.parametrize("loss", EXACTLY, ids=lambda f: f.__name__)
@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.__name__)
def test_values_and_gradients_from_minus_to_plus_infinity(loss, dtype):
    with float64_enabled():
        z = jnp.asarray([-jnp.inf, -1e4, -200, -1.5, 0, 1.5, 200, 1e4, jnp.inf], dtype)
        compiled = jax.jit(lambda z, y: (loss(z, y), jax.vmap(jax.grad(loss))(z, y)))
        rounding = float(jnp.finfo(jnp.promote_types(dtype, jnp.float32)).eps) ** 2  # of the σ that brier squares
        for label in (0.0, 0.25, 1.0):
            value, slope = EXACTLY[loss](np.asarray(z, np.float64), label)
            found, grad = compiled(z, jnp.full(z.shape, label, dtype))
            as_exact(found, value, dtype, rounding if loss is losses.brier else 0)
            as_exact(grad, slope, dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.__name__)
def test_softmax_from_minus_to_plus_infinity(dtype):
    """−inf is a class that takes no part; +inf takes all; two of +inf, or −inf alone, have no limit."""
    inf, nan, log2 = np.inf, np.nan, np.log(2)
    with float64_enabled():
        big = float(jnp.asarray(1e4, dtype))
        table = [  # row, probabilities, loss of each label
            ([big, -big, 0], [1, 0, 0], [0, 2 * big, big]),
            ([inf, 0, -inf], [1, 0, 0], [0, inf, inf]),
            ([0, 0, -inf], [0.5, 0.5, 0], [log2, log2, inf]),
            ([-big, -big, -inf], [0.5, 0.5, 0], [log2, log2, inf]),
            ([-inf, 1, -inf], [0, 1, 0], [inf, 0, inf]),
            ([inf, inf, 0], [nan] * 3, [nan] * 3),
            ([-inf, -inf, -inf], [nan] * 3, [nan] * 3),
        ]
        rows, p, each = (np.array(part) for part in zip(*table, strict=True))
        rows = jnp.asarray(rows, dtype)
        both = jax.jit(lambda z, y: (losses.softmax(z, y), jax.grad(lambda z: losses.softmax(z, y).sum())(z)))
        for label in range(3):
            value, grad = both(rows, jnp.full(len(rows), label))
            as_exact(value, each[:, label], dtype)
            as_exact(grad, p - np.eye(3)[label], dtype)


@pytest.mark.parametrize("dtype", DTYPES, ids=lambda d: d.__name__)
def test_ordinal_from_minus_to_plus_infinity(dtype):
    """With a = σ(θ_c − η) and b = σ(θ_{c−1} − η): −log(a − b) = −log a − log(1 − b) − log(1 − e^{θ_{c−1} − θ_c})."""
    with float64_enabled():
        eta = jnp.asarray([-jnp.inf, -1e4, 0, 1e4, jnp.inf], dtype)
        theta = jnp.asarray([-1.0, 0.5], dtype)
        z, low, high = np.asarray(eta, np.float64), -1.0, 0.5
        gap = np.log(-np.expm1(low - high))
        with np.errstate(invalid="ignore"):
            exact = np.stack(
                [np.logaddexp(0, z - low), np.logaddexp(0, z - high) + np.logaddexp(0, low - z) - gap,
                 np.logaddexp(0, high - z)]
            )  # fmt: skip
        slope = np.stack([expit(z - low), expit(z - high) - expit(low - z), -expit(high - z)])
        upper = np.stack([np.zeros(5), -expit(z - high) - 1 / np.expm1(high - low), expit(high - z)])
        every = jax.jit(jax.vmap(jax.value_and_grad(losses.ordinal, (0, 1)), (0, None, 0)))
        for label in range(3):
            value, (by_eta, by_theta) = every(eta, theta, jnp.full(5, label))
            as_exact(value, exact[label], dtype)
            as_exact(by_eta, slope[label], dtype)
            as_exact(by_theta[:, 1], upper[label], dtype)
            # moving η and all θ together changes nothing, so the slopes add up to zero
            total = np.asarray(by_theta, np.float64).sum(axis=1) + np.asarray(by_eta, np.float64)
            assert np.abs(total).max() <= 8 * float(jnp.finfo(dtype).eps)


def test_what_is_left_out_has_gradient_zero_and_a_label_that_is_no_class_is_nan():
    rows = jnp.array([[0.0, 1.0], [-jnp.inf, -jnp.inf]])
    kept = jnp.array([True, False])
    grad = jax.grad(lambda z: jnp.where(kept, losses.softmax(z, jnp.array([0, 0])), 0).sum())(rows)
    assert jnp.isfinite(grad).all()
    assert grad[1].tolist() == [0, 0]
    for label in (-1, 2):
        assert jnp.isnan(losses.softmax(rows[0], jnp.asarray(label)))
        assert jnp.isnan(losses.ordinal(jnp.asarray(0.0), jnp.array([0.0]), jnp.asarray(label)))


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
