"""The autodiff judge: accepts what is equal, at every scale; catches a fault of a few ulps' size."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numeric.autodiff import AutodiffJudge, batch_spec, random_signs
from numeric.evidence import gather_evidence
from numeric.inputs import dense_batch


def logistic(w, X, y):
    z = X @ w
    return jnp.mean(jax.nn.softplus(z) - y * z)


def logistic_gradient(w, X, y):
    return X.T @ (jax.nn.sigmoid(X @ w) - y) / X.shape[0]


@pytest.fixture(scope="module")
def batch() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        dense_batch((3,), count=600, seed=1),
        rng.normal(size=(600, 4, 3)),
        rng.integers(0, 2, size=(600, 4)).astype(float),
    ]


def evidence(f, claim, batch, **options):
    judge = AutodiffJudge(f, claim, batch_spec(batch), **options)
    return {mode: gather_evidence(mode, found) for mode, found in judge(*batch).items()}


def test_a_correct_gradient_agrees_in_both_modes(batch) -> None:
    found = evidence(logistic, logistic_gradient, batch)
    assert set(found) == {"reverse", "forward"}
    assert all(e.agrees and e.points == 600 and e.detects < 1e-12 for e in found.values())


@pytest.mark.parametrize("fault", [1e-12, 1e-6, -2.0, 1.0])
def test_a_relative_fault_is_caught_coordinate_by_coordinate(batch, fault: float) -> None:
    def wrong(*a):
        return logistic_gradient(*a) * jnp.array([1.0, 1.0 + fault, 1.0])

    found = evidence(logistic, wrong, batch)["reverse"]
    assert not found.agrees
    assert found.coordinate == 1


def test_the_detection_power_is_honest(batch) -> None:
    power = evidence(logistic, logistic_gradient, batch)["reverse"].detects

    def wrong(*a):
        return logistic_gradient(*a) * jnp.array([1.0, 1.0, 1 + 4 * power])

    assert not evidence(logistic, wrong, batch)["reverse"].agrees


def test_jacobians_and_hessians(batch) -> None:
    z = batch[:1]

    def jacobian(z):
        p = jax.nn.softmax(z)
        return jnp.diag(p) - jnp.outer(p, p)

    assert evidence(jax.nn.softmax, jacobian, z)["forward"].agrees
    assert not evidence(jax.nn.softmax, lambda z: jnp.diag(jax.nn.softmax(z)), z)["reverse"].agrees
    gradient = jax.grad(lambda z: jax.nn.logsumexp(z))
    assert evidence(gradient, jacobian, z)["reverse"].agrees


def test_forward_mode_along_random_directions(batch) -> None:
    w = dense_batch((200,), count=20, seed=2)
    signs = random_signs(np.random.default_rng(0), 4, 200)
    right = evidence(lambda w: jnp.sum(w**3), lambda w: 3 * w**2, [w], signs=signs)["forward"]
    wrong = evidence(lambda w: jnp.sum(w**3), lambda w: (3 * w**2).at[7].set(0), [w], signs=signs)["forward"]
    assert right.agrees
    assert not wrong.agrees


def test_where_nothing_is_finite_nothing_is_said() -> None:
    x = np.array([[-1.0], [2.0]])
    found = evidence(lambda x: jnp.sum(jnp.log(x)), lambda x: 1 / x, [x])["forward"]
    assert found.agrees
    naive = evidence(lambda x: jnp.sum(jnp.log(x) * jnp.sqrt(x)), lambda x: x * jnp.nan, [x], must_be_finite=True)
    assert naive["reverse"].suspects == (1,)
    assert naive["reverse"].skipped == 1
