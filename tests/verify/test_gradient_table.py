"""`check_gradient` over many of JAX's functions: never a right gradient refuted, always a wrong one."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import gradient_cases as cases
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from derivations.verdict import Status
from verify.gradient_check import check_gradient

FACTORIZED = {
    *("inverse", "solve", "singular values"),
    *("inverse not transposed", "solve with the sign lost", "singular values not squared"),
}
"""Cases of linear algebra that take ten seconds and more; others like them stay in the default run."""


def marked(names: Iterable[str]) -> list[object]:
    return [pytest.param(name, marks=pytest.mark.slow) if name in FACTORIZED else name for name in names]


APPROXIMATE = {"log ndtr"}
"""Losses whose values are approximations: JAX's series for log Φ differs from it by 10⁻⁹, which is all that is said."""


@pytest.mark.parametrize("name", marked(cases.CORRECT))
def test_a_right_gradient_is_never_refuted(name: str) -> None:
    loss, gradient, inputs, options = cases.CORRECT[name]
    check = check_gradient(loss, gradient, *inputs, **options)
    assert check.verdict.status is (Status.UNDECIDED if name in APPROXIMATE else Status.SUPPORTED), str(check)


@pytest.mark.parametrize("name", marked(cases.WRONG))
def test_a_wrong_gradient_is_refuted(name: str) -> None:
    loss, gradient, inputs, options = cases.WRONG[name]
    check = check_gradient(loss, gradient, *inputs, **options)
    assert check.verdict.status is Status.REFUTED, str(check)
    assert check.verdict.witness is not None
    assert not check.error <= check.allowed


@pytest.mark.slow
@pytest.mark.parametrize("name", cases.CORRECT)
def test_a_right_gradient_is_never_refuted_whatever_the_seed(name: str) -> None:
    loss, gradient, inputs, options = cases.CORRECT[name]
    for seed in range(1, 40):
        assert not check_gradient(loss, gradient, *inputs, seed=seed, **options).is_refuted, (name, seed)


def test_there_are_enough_cases() -> None:
    assert len(cases.CORRECT) >= 100
    assert len(cases.WRONG) >= 55


def test_the_range_tried_is_told() -> None:
    check = check_gradient(lambda x: jnp.sum(x**2), lambda x: 2 * x, np.ones(4))
    least, largest = check.tried["x"]
    assert least < -1e8 and largest > 1e8
    assert "≤ x ≤" in str(check)
    inside = check_gradient(lambda x: jnp.sum(jnp.exp(x)), jnp.exp, np.ones(4))
    assert 100 < inside.tried["x"][1] < 710, "points at which the loss overflows are not counted"


@pytest.mark.parametrize("which", ["loss_fn", "grad_fn"])
def test_what_is_no_function_of_its_inputs_is_undecided(which: str) -> None:
    counter, rng = itertools.count(1), np.random.default_rng(0)

    def counted(x):
        return jnp.sum(x**2) * next(counter)

    def noisy(x):
        return 2 * x + rng.normal(size=3)

    arguments = (counted, lambda x: 2 * x) if which == "loss_fn" else (lambda x: jnp.sum(x**2), noisy)
    check = check_gradient(*arguments, np.ones(3))
    assert check.verdict.status is Status.UNDECIDED
    assert f"{which} is not a function of its inputs" in check.verdict.reason


@pytest.mark.parametrize(
    ("loss", "gradient", "said"),
    [
        (lambda x: jnp.sum(x**2), lambda x: {}["w"], "grad_fn can't be traced by JAX, it raised KeyError: 'w'"),
        (lambda x: float(x[0]), lambda x: x, "loss_fn can't be traced by JAX, it raised ConcretizationTypeError"),
        (
            lambda x: np.sum(np.sin(x)),
            lambda x: x,
            "loss_fn can't be traced by JAX, it raised TracerArrayConversionError",
        ),
    ],
)
def test_functions_that_raise_are_one_clear_error(loss, gradient, said: str) -> None:
    with pytest.raises(TypeError) as raised:
        check_gradient(loss, gradient, np.ones(3))
    assert str(raised.value).startswith(said)
    assert "\n" not in str(raised.value)


def test_a_key_is_held_and_no_parameter() -> None:
    key = jax.random.key(0)
    with pytest.raises(TypeError, match="can't differentiate by a key"):
        check_gradient(lambda k, x: jnp.sum(x * jax.random.normal(k, (3,))), lambda k, x: x, key, np.ones(3))


def test_data_that_is_not_finite_is_named() -> None:
    check = check_gradient(lambda w, x: jnp.sum(w * x), lambda w, x: x, np.ones(2), np.array([1, np.nan]))
    assert check.verdict.status is Status.UNDECIDED
    assert "x has entries that are NaN or infinite" in check.notes


def test_values_outside_their_domain_are_one_clear_error() -> None:
    from derivations.domain import Domain

    with pytest.raises(ValueError, match=r"^x: its values are not in the domain given, positive real numbers"):
        check_gradient(lambda x: jnp.sum(jnp.log(x)), lambda x: 1 / x, -np.ones(2), domain=Domain.POSITIVE)


@pytest.mark.slow  # each value is a call from the compiled program back to Python
def test_a_loss_outside_jax_is_undecided() -> None:
    def loss(x):
        return jax.pure_callback(
            lambda v: np.sum(np.asarray(v) ** 2), jax.ShapeDtypeStruct((), x.dtype), x, vmap_method="sequential"
        )

    check = check_gradient(loss, lambda x: 3 * x, np.ones(3, np.float32), examples=16)
    assert check.verdict.status is Status.UNDECIDED, str(check)


def test_two_right_choices_at_a_tie_are_no_witness() -> None:
    """The witness of a real fault of max lies on no tie."""
    check = check_gradient(
        jnp.max, lambda x: 2 * jax.nn.one_hot(jnp.argmax(x), 3, dtype=x.dtype), np.ones(3, np.float32)
    )
    assert check.is_refuted
    x = np.sort(check.input["a"])
    assert x[-1] > x[-2]


def test_data_that_jax_remembers_rounded_refutes_nothing() -> None:
    """JAX takes X of float64 for its float32 copy, in float64 too, once the loss was called in float32."""
    x, y = np.random.default_rng(0).normal(size=(20, 3)), np.ones(20)

    def loss(w):
        return jnp.mean((x @ w - y) ** 2)

    def gradient(w):
        return (2 * x.T @ (x @ w - y) / 20).astype(w.dtype)

    called = jax.jit(loss)
    called(np.ones(3, np.float32))
    check = check_gradient(loss, gradient, np.ones(3, np.float32))
    assert check.verdict.status is Status.SUPPORTED, str(check)
    assert check_gradient(loss, lambda w: 1.001 * gradient(w), np.ones(3, np.float32)).is_refuted
