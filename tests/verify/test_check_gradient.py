"""`check_gradient` on planted faults that usual tools miss, and on correct gradients, which it must accept."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derivations.domain import Domain
from derivations.verdict import Status
from verify.gradient_check import check_gradient

RNG = np.random.default_rng(0)
W32 = RNG.normal(size=1000).astype(np.float32)
W64 = RNG.normal(size=1000)
W10K = RNG.normal(size=10_000)
X = RNG.normal(size=(20, 30))
Y = (RNG.random(20) < 0.5).astype(float)
X32, Y32 = X.astype(np.float32), Y.astype(np.float32)


def squares(w):
    return jnp.sum(w**2)


def logistic(w):
    z = X32 @ w
    return jnp.mean(jax.nn.softplus(z) - Y32 * z)


def logistic_gradient(w):
    return X32.T @ (jax.nn.sigmoid(X32 @ w) - Y32) / 20


def stopped(w):
    return jnp.sum(jax.lax.stop_gradient(w) * w)


@jax.custom_vjp
def one_zeroed(w):
    return jnp.sum(w**2)


one_zeroed.defvjp(lambda w: (jnp.sum(w**2), w), lambda w, g: ((g * 2 * w).at[7777].set(0),))


@jax.custom_vjp
def correct_rule(w):
    return jnp.sum(w**2)


correct_rule.defvjp(lambda w: (jnp.sum(w**2), w), lambda w, g: (g * 2 * w,))


def scaled_by_two(w):
    return 4 * w


def scaled_by_zero(w):
    return 0 * w


def scaled_by_minus_one(w):
    return -2 * w


def zeroed(w):
    return (2 * w).at[1234].set(0)


def offset(w):
    return 2 * w * (1 + 1e-6)


def off_by_ten(w):
    return (2 * w).at[3].add(10)


def zero_beyond_ten(w):
    z = X32 @ w
    return X32.T @ jnp.where(z > 10, 0, jax.nn.sigmoid(z) - Y32) / 20


FAULTS = {
    "scaled by 2": (squares, scaled_by_two, W32),
    "scaled by 0": (squares, scaled_by_zero, W32),
    "scaled by -1": (squares, scaled_by_minus_one, W32),
    "zero where the logit exceeds 10": (logistic, zero_beyond_ten, np.zeros(30, np.float32)),
    "one of 10,000 zeroed": (squares, zeroed, W10K),
    "one of 10,000 zeroed, in a custom rule": (one_zeroed, None, W10K),
    "off by 1e-6": (squares, offset, W64),
    "one of 1000 off by 10": (squares, off_by_ten, W64),
    "stop_gradient": (stopped, jax.grad(stopped), W64),
    "stop_gradient, own gradient": (stopped, None, W64),
}

CORRECT = {
    "squares in float32": (squares, lambda w: 2 * w, W32),
    "squares of 10,000": (squares, lambda w: 2 * w, W10K),
    "a correct custom rule": (correct_rule, None, W10K),
    "logistic in float32": (logistic, logistic_gradient, np.zeros(30, np.float32)),
    "ill-scaled": (
        lambda w: jnp.sum((w * np.logspace(-8, 8, 9)) ** 2),
        lambda w: 2 * w * np.logspace(-8, 8, 9) ** 2,
        W64[:9],
    ),
    "softmax of large logits": (
        lambda z: jax.nn.logsumexp(z) - z[1],
        lambda z: jax.nn.softmax(z) - jnp.eye(5)[1],
        np.array([1e4, -1e4, 0.0, 3.0, 1e4]),
    ),
    "absolute values": (lambda w: jnp.sum(jnp.abs(w)), jnp.sign, np.array([0.0, 1.0, -2.0])),
    "a tie": (jnp.max, lambda w: jax.nn.one_hot(jnp.argmax(w), 3, dtype=w.dtype), np.array([1.0, 1.0, 0.0])),
    "matrices": (lambda W: jnp.sum(jnp.tanh(W @ W.T)), jax.grad(lambda W: jnp.sum(jnp.tanh(W @ W.T))), X[:3, :2]),
    "a scan": (
        lambda w: jax.lax.scan(lambda s, x: (s * 0.5 + jnp.sin(x), None), 0.0, w)[0],
        lambda w: jnp.cos(w) * 0.5 ** jnp.arange(w.size - 1, -1, -1),
        W64[:6],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_planted_fault_is_refuted(name: str, seed: int) -> None:
    check = check_gradient(*FAULTS[name], seed=seed)
    assert check.verdict.status is Status.REFUTED, str(check)
    assert check.verdict.witness is not None
    assert check.verdict.witness.kind == "float"
    assert check.error > check.allowed


@pytest.mark.parametrize("name", CORRECT)
def test_a_correct_gradient_is_supported(name: str) -> None:
    for seed in range(3):
        check = check_gradient(*CORRECT[name], seed=seed)
        assert check.verdict.status is Status.SUPPORTED, str(check)
        assert not check.judges_disagree


@pytest.mark.parametrize("seeds", [range(10), pytest.param(range(10, 100), marks=pytest.mark.slow)])
def test_the_gradient_of_squares_in_float32_is_accepted_whatever_the_seed(seeds: range) -> None:
    def gradient(w):
        return 2 * w

    refuted = [s for s in seeds if check_gradient(squares, gradient, W32, seed=s, examples=16).is_refuted]
    assert refuted == []


@pytest.mark.parametrize("seed", range(5))
def test_sums_of_many_terms_are_accepted(seed: int) -> None:
    w = np.random.default_rng(seed).normal(size=100_000)

    def loss(s):
        return jnp.sum((s * w - 1) ** 2)

    check = check_gradient(loss, lambda s: jnp.sum(2 * w * (s * w - 1)), np.float64(0.3), examples=6, seed=seed)
    assert check.verdict.status is Status.SUPPORTED, str(check)


def test_the_coordinate_and_a_simple_input_are_named() -> None:
    check = check_gradient(squares, zeroed, W10K)
    assert check.coordinate == "w[1234]"
    assert np.count_nonzero(check.input["w"]) <= 2
    assert check_gradient(one_zeroed, None, W10K).coordinate == "w[7777]"


def test_the_witness_can_be_recomputed() -> None:
    check = check_gradient(lambda w: jnp.sum(w**3), lambda w: 3 * w * jnp.abs(w), np.ones(3))
    at = check.input["w"][check.verdict.witness.indices["coordinate"]]
    assert at < 0
    assert check.claimed == pytest.approx(3 * at * abs(at))
    assert check.expected == pytest.approx(3 * at**2)
    assert check.verdict.witness.values[check.coordinate] == at


def test_disagreeing_judges_are_about_the_loss() -> None:
    check = check_gradient(stopped, lambda w: 2 * w, W64)
    assert check.verdict.status is Status.SUPPORTED
    assert check.judges_disagree
    assert "stop_gradient" in str(check)


def test_a_loss_that_is_not_finite_is_said_not_refuted() -> None:
    check = check_gradient(lambda w: jnp.sum(jnp.log(w)), lambda w: 1 / w, np.ones(3))
    assert check.verdict.status is Status.SUPPORTED
    assert any("left out" in note for note in check.notes)
    inside = check_gradient(lambda w: jnp.sum(jnp.log(w)), lambda w: 1 / w, np.ones(3), domain=Domain.POSITIVE)
    assert inside.notes == ()
    nowhere = check_gradient(lambda w: jnp.sum(w) * jnp.nan, lambda w: w * 0, np.ones(3))
    assert nowhere.verdict.status is Status.UNDECIDED


def test_a_gradient_that_is_not_finite_is_refuted() -> None:
    check = check_gradient(
        lambda z: jnp.sum(jax.nn.softplus(z)), lambda z: jnp.exp(z) / (1 + jnp.exp(z)), np.zeros(2), domain=Domain.REAL
    )
    assert check.verdict.status is Status.REFUTED
    assert "not finite" in check.verdict.reason


@pytest.mark.parametrize(
    ("gradient", "said"),
    [
        (lambda w: 2 * w[:-1], r"shape \(2,\) for w of shape \(3,\)"),
        (lambda w: (2 * w).astype(jnp.float16), "float16 for w of type float32"),
        (lambda w: (2 * w, 2 * w), "the parameters are"),
    ],
)
def test_wrong_shapes_and_types_are_one_clear_verdict(gradient, said: str) -> None:
    import re

    check = check_gradient(squares, gradient, np.ones(3, np.float32))
    assert check.verdict.status is Status.REFUTED
    assert check.verdict.witness.kind == "shape"
    assert re.search(said, str(check))
    assert check_gradient(lambda w: w, gradient, np.ones(3, np.float32)).verdict.witness.kind == "shape"


def test_pytrees_and_several_arguments() -> None:
    def loss(params, x, y):
        return jnp.sum((x @ params["w"] + params["b"] - y) ** 2)

    def gradient(params, x, y):
        r = 2 * (x @ params["w"] + params["b"] - y)
        return {"w": x.T @ r, "b": jnp.sum(r)}

    def transposed(params, x, y):
        return {**gradient(params, x, y), "b": jnp.float64(0)}

    params = {"w": np.ones(2), "b": np.float64(0.5)}
    x, y = X[:3, :2], X[:3, 2]
    assert check_gradient(loss, gradient, params, x, y).verdict.status is Status.SUPPORTED
    check = check_gradient(loss, transposed, params, x, y)
    assert check.coordinate == "params['b']"
    drawn = jax.ShapeDtypeStruct((3, 2), "float64")
    assert check_gradient(loss, gradient, params, drawn, y).verdict.status is Status.SUPPORTED
    both = check_gradient(
        lambda a, b: jnp.sum(a * b**2), lambda a, b: (b**2, 2 * a * b), np.ones(2), np.ones(2), wrt=(0, 1)
    )
    assert both.verdict.status is Status.SUPPORTED


@pytest.mark.parametrize(
    ("options", "error"), [({"examples": 0}, ValueError), ({"seed": -1}, ValueError), ({"wrt": 3}, TypeError)]
)
def test_bad_settings_are_one_line(options: dict, error: type) -> None:
    with pytest.raises(error, match=r"^[^\n]+$"):
        check_gradient(squares, lambda w: 2 * w, np.ones(3), **options)


def test_parameters_must_be_floating_point() -> None:
    with pytest.raises(TypeError, match="int64"):
        check_gradient(squares, lambda w: 2 * w, np.ones(3, dtype=np.int64))


def test_the_same_seed_gives_the_same_answer() -> None:
    first, again = (str(check_gradient(logistic, zero_beyond_ten, np.zeros(30, np.float32), seed=4)) for _ in "ab")
    assert first == again
