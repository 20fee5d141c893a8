"""Finite differences: the derived error covers the true one, on smooth functions, kinks and edges."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derivations.domain import Domain
from numeric.autodiff import batch_spec
from numeric.evidence import gather_evidence, suspicion
from numeric.finite_difference import DifferenceJudge, block_directions
from numeric.inputs import dense_batch, step_scale

SMOOTH = {
    "square": lambda x: jnp.sum(x**2),
    "cubic at all scales": lambda x: jnp.sum(x**3) + x[0] * x[1],
    "softplus": lambda x: jnp.sum(jax.nn.softplus(x)),
    "logsumexp": jax.nn.logsumexp,
    "tanh of much": lambda x: jnp.sum(jnp.tanh(1000 * x)),
    "sine": lambda x: jnp.sum(jnp.sin(x)),
    "gauss": lambda x: jnp.sum(jnp.exp(-(x**2))),
    "steep sigmoid": lambda x: jnp.mean((jax.nn.sigmoid(x) - 1) ** 2),
    "norm": lambda x: jnp.sqrt(jnp.sum(x**2) + 1e-6),
}


def evidence(f, claim, x, **options):
    return gather_evidence("fd", DifferenceJudge(f, claim, batch_spec([x]), **options)(x))


@pytest.mark.parametrize("name", SMOOTH)
def test_a_correct_gradient_agrees_at_every_scale(name: str) -> None:
    f = SMOOTH[name]
    x = dense_batch((3,), count=600, seed=5)
    found = DifferenceJudge(f, jax.grad(f), batch_spec([x]))(x)
    assert not gather_evidence("fd", found).suspects, np.max(suspicion(found))


@pytest.mark.parametrize("name", SMOOTH)
def test_a_small_fault_is_caught(name: str) -> None:
    f = SMOOTH[name]
    x = dense_batch((3,), count=120, seed=6)
    found = evidence(f, lambda x: jax.grad(f)(x) * (1 + 1e-6), x)
    assert found.suspects
    assert found.detects < 1e-6


def test_a_kink_is_never_mistaken_for_a_fault() -> None:
    x = np.array([[0.0], [1e-12], [-1e-3], [0.3], [-0.06], [5.0]])
    for f, g in ((jnp.abs, jnp.sign), (jax.nn.relu, lambda x: jnp.where(x >= 0, 1.0, 0.0))):
        assert evidence(lambda x, f=f: jnp.sum(f(x)), g, x).agrees


def test_positive_domains_are_not_left() -> None:
    x = dense_batch((2,), Domain.POSITIVE, count=120, seed=1)
    found = evidence(lambda x: jnp.sum(jnp.log(x)), lambda x: 1 / x, x, scale=lambda x: step_scale(x, Domain.POSITIVE))
    assert found.agrees
    assert found.points == 120
    assert found.detects < 1e-9


def test_array_valued_functions() -> None:
    x = dense_batch((3,), count=60, seed=2)

    def jacobian(z):
        p = jax.nn.softmax(z)
        return jnp.diag(p) - jnp.outer(p, p)

    assert evidence(jax.nn.softmax, jacobian, x).agrees
    assert not evidence(jax.nn.softmax, lambda z: jacobian(z).T + 1e-3 * jnp.eye(3), x).agrees


@pytest.mark.parametrize("seed", range(5))
def test_blocks_catch_one_coordinate_of_thousands(seed: int) -> None:
    rng = np.random.default_rng(seed)
    directions = block_directions(rng, 3000, blocks=16, rounds=1)
    assert np.all(np.count_nonzero(directions, axis=0) == 1)
    x = rng.normal(size=(2, 3000))
    at = int(rng.integers(3000))
    assert evidence(lambda x: jnp.sum(x**2), lambda x: 2 * x, x, directions=directions).agrees
    assert not evidence(lambda x: jnp.sum(x**2), lambda x: (2 * x).at[at].set(0), x, directions=directions).agrees


def test_a_small_term_hidden_from_coarse_steps_is_not_missed() -> None:
    """The first term saturates within the coarse steps, which agree with each other on the second alone."""
    x = np.array([[2e-3], [1e-2]])
    assert evidence(
        lambda x: jnp.sum(x + 1e-6 * jnp.tanh(4000 * x - 9)), lambda x: 1 + 4e-3 / jnp.cosh(4000 * x - 9) ** 2, x
    ).agrees
