"""Running error analysis against exact rational arithmetic: the bound holds, and is not much too large."""

from __future__ import annotations

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numeric.host import batch_innermost, dot, entries, evaluate_primitive, reduced
from numeric.rounding import Program

MIXED = st.lists(st.floats(-1e6, 1e6, width=32), min_size=6, max_size=6)
PROGRAM: dict[str, Program] = {}


def program(name: str, fn, shape: tuple[int, ...], dtype: str = "float64") -> Program:
    if name not in PROGRAM:
        PROGRAM[name] = Program(fn, jax.ShapeDtypeStruct(shape, dtype))
    return PROGRAM[name]


@given(MIXED)
@settings(max_examples=200, deadline=None)
def test_bound_of_a_cancelling_sum_holds_in_float32(values: list[float]) -> None:
    x = np.array(values, dtype=np.float32)
    p = program("sum", lambda x: jnp.sum(x * x[::-1]) - jnp.sum(x**2), (6,), "float32")
    exact = sum(
        Fraction(float(a)) * Fraction(float(b)) - Fraction(float(a)) ** 2 for a, b in zip(x, x[::-1], strict=True)
    )
    (value,), (bound,) = p.values(x), p.bounds(x)[1]
    assert abs(Fraction(float(value)) - exact) <= Fraction(float(bound))
    scale = sum(abs(Fraction(float(a))) ** 2 for a in x)
    assert Fraction(float(bound)) <= 24 * Fraction(2) ** -23 * (
        2 * scale + sum(abs(Fraction(float(a)) * Fraction(float(b))) for a, b in zip(x, x[::-1], strict=True))
    ) + Fraction(1, 10**30)


@pytest.mark.parametrize(
    "fn",
    [
        lambda x: jnp.log1p(jnp.exp(-jnp.abs(x))),
        lambda x: jax.nn.sigmoid(x) - 1.0,
        lambda x: jax.nn.logsumexp(jnp.stack([x, -x, x / 2])),
        lambda x: jnp.tanh(x) ** 3 / (1 + x**2),
        lambda x: jnp.sqrt(1 + x**2) - jnp.abs(x),
        lambda x: jnp.cumsum(x) @ x,
        lambda x: jnp.linalg.norm(x) + jnp.prod(1 + x**2 / 100),
        lambda x: jax.lax.fori_loop(0, 5, lambda i, s: s + jnp.sin(s * x).sum(), 0.1),
        lambda x: jnp.where(x > 3, x - 3, 0.0).sum() + jnp.sort(x)[1] + x[jnp.array([0, 2])].sum(),
    ],
)
def test_float32_differs_from_float64_by_no_more_than_its_bound(fn) -> None:
    rng = np.random.default_rng(0)
    for scale in (1e-3, 1.0, 30.0):
        x = (rng.normal(size=4) * scale).astype(np.float32)
        single = Program(fn, jax.ShapeDtypeStruct((4,), "float32"), double=False)
        double = Program(fn, jax.ShapeDtypeStruct((4,), "float64"))
        (value,), (bound,) = single.values(x), single.bounds(x)[1]
        (better,), (error,) = double.values(x), double.bounds(x)[1]
        assert np.all(np.abs(value - better) <= bound + error)
        assert np.all(error <= bound)


def test_bound_is_the_scale_of_the_terms_not_of_the_result() -> None:
    p = Program(lambda z: jax.nn.sigmoid(z) - 1.0, jax.ShapeDtypeStruct((), "float64"))
    (value,), (bound,) = p.bounds(np.array(50.0))
    assert value == 0
    assert 1e-17 < bound < 1e-14


def test_a_comparison_too_close_to_call_makes_the_selection_uncertain() -> None:
    p = Program(lambda x: jnp.where(x * 3 > 0.3, 1.0, 0.0), jax.ShapeDtypeStruct((), "float64"))
    assert p.bounds(np.array(0.1))[1][0] == 1
    assert p.bounds(np.array(0.2))[1][0] == 0


def test_values_are_the_compiled_ones_and_the_host_agrees_with_them() -> None:
    def fn(x):
        z = x @ x.T
        return jax.nn.softmax(z, axis=-1), jnp.max(z, axis=0), z[1:, ::-1].reshape(-1)

    x = np.random.default_rng(1).normal(size=(3, 2))
    p = Program(fn, jax.ShapeDtypeStruct((3, 2), "float64"))
    host, bounds = p.bounds(x)
    for compiled, value, bound in zip(p.values(x), host, bounds, strict=True):
        assert np.all(np.abs(compiled - value) <= bound)


@pytest.mark.parametrize("with_errors", [False, True])
def test_compiled_bounds_are_those_of_the_host(with_errors: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def fn(x, y):
        z = jnp.sum(x * y, axis=-1) / (1 + jnp.sum(x**2, axis=-1))
        return jax.nn.softplus(z) - jax.nn.sigmoid(z), jnp.where(z > 0.1, jnp.log1p(z**2), jnp.sort(x)[:, 0]), x @ y.T

    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 3))
    errors = [np.full(x.shape, 1e-9), None] if with_errors else None
    p = Program(fn, *(jax.ShapeDtypeStruct((40, 3), "float64") for _ in "xy"))
    values, bounds = p.bounds(x, y, errors=errors)
    monkeypatch.setattr("numeric.rounding.LARGE_BATCH", 1)
    found, compiled = p.values_and_bounds(x, y, errors=errors)
    assert p._with_bounds
    for a, b, e, f in zip(values, found, bounds, compiled, strict=True):
        assert np.all(np.abs(a - b) <= np.minimum(e, f) + 1e-300)
        np.testing.assert_allclose(e, f, rtol=1e-6, atol=1e-300)


def test_what_has_a_rule_on_the_host_only_is_bounded_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("numeric.rounding.LARGE_BATCH", 1)
    p = Program(lambda x: jax.lax.fori_loop(0, 3, lambda i, s: s * x, x), jax.ShapeDtypeStruct((2,), "float64"))
    (value,), (bound,) = p.values_and_bounds(np.array([1.5, 2.0]))
    assert np.all(np.abs(value - np.array([1.5, 2.0]) ** 4) <= bound)
    assert p._with_bounds == {(False,): None}


@pytest.mark.parametrize("operation", [np.add, np.maximum, np.minimum, np.multiply])
@pytest.mark.parametrize(
    ("shape", "axes"), [((50, 3), (1,)), ((9, 2, 4), (0, 2)), ((7, 2, 2), (1, 2)), ((3, 40), (1,))]
)
def test_reductions_by_slices_are_those_of_numpy(operation, shape, axes):
    x = np.random.default_rng(0).normal(size=shape)
    np.testing.assert_allclose(reduced(operation, x, axes), operation.reduce(x, axis=axes), rtol=1e-13)
    x[0] = np.nan
    np.testing.assert_array_equal(np.isnan(reduced(operation, x, axes)), np.isnan(operation.reduce(x, axis=axes)))


def test_reductions_of_booleans_integers_and_nothing_are_those_of_numpy():
    which = np.array([[True, False], [True, True]])
    assert reduced(np.logical_and, which, (1,)).tolist() == [False, True]
    assert reduced(np.add, np.arange(6).reshape(2, 3), (1,)).tolist() == [3, 12]
    assert reduced(np.add, np.zeros((2, 0)), (1,)).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("layout", [np.asarray, batch_innermost])
@pytest.mark.parametrize(
    ("shape_a", "shape_b", "dimensions"),
    [
        ((5, 3), (5, 3), (((1,), (1,)), ((0,), (0,)))),
        ((5, 2, 3), (5, 3, 4), (((2,), (1,)), ((0,), (0,)))),
        ((5, 3, 2), (5, 4, 3), (((1,), (2,)), ((0,), (0,)))),
        ((5, 2, 3, 2), (5, 3, 2, 4), (((1, 2), (2, 1)), ((0,), (0,)))),
        ((5, 2, 3), (2, 5, 3, 4), (((2,), (2,)), ((0, 1), (1, 0)))),
        ((5, 3), (5, 4), (((), ()), ((0,), (0,)))),
        ((5, 2, 9), (5, 9), (((2,), (1,)), ((0,), (0,)))),
        ((5, 3), (3, 4), (((1,), (0,)), ((), ()))),
        ((3, 5), (4, 3), (((0,), (1,)), ((), ()))),
    ],
)
def test_products_on_the_host_are_those_of_jax_in_any_layout(layout, shape_a, shape_b, dimensions):
    rng = np.random.default_rng(0)
    a, b = rng.integers(-9, 9, shape_a).astype(float), rng.integers(-9, 9, shape_b).astype(float)
    expected = np.asarray(jax.lax.dot_general(a, b, dimensions))
    assert np.array_equal(dot(layout(a), layout(b), dimensions), expected)


@pytest.mark.parametrize(
    "config",
    [
        ((0, 0, 0), (1, 2, 0)),
        ((0, 0, 0), (0, 1, 2)),
        ((1, 0, 1), (-1, 2, 0)),
        ((0, -2, 0), (-1, -1, 2)),
        ((-3, 4, 1), (9, -7, 3)),
    ],
)
def test_padding_on_the_host_is_that_of_jax(config):
    x = np.random.default_rng(0).normal(size=(5, 3))
    (eqn,) = jax.make_jaxpr(lambda a: jax.lax.pad(a, 7.0, config))(x).eqns
    (found,) = evaluate_primitive(eqn, [batch_innermost(x), np.asarray(7.0)])
    expected = np.asarray(jax.lax.pad(x, 7.0, config), dtype=found.dtype)
    assert np.array_equal(found, expected.astype(found.dtype))


@pytest.mark.parametrize(
    ("taken", "is_known"),
    [
        (lambda a: a[:, jnp.array([0, 1, 1]), jnp.array([2, 0, 1])], True),
        (lambda a: a[:, jnp.array([[0, 1], [1, 0]])], True),
        (lambda a: a[jnp.array([3, 0]), :, jnp.array([1, 2])], True),
        (lambda a: a[:, :, jnp.array([2, 2])], True),
        (lambda a: jnp.diagonal(a, axis1=1, axis2=2), True),
        (lambda a: a.at[:, jnp.array([0, 5])].get(mode="fill"), False),
        (lambda a: jnp.take_along_axis(a, jnp.zeros((4, 1, 3), int), axis=1), False),
    ],
)
def test_entries_on_the_host_are_those_that_jax_gathers(taken, is_known):
    x = np.random.default_rng(0).normal(size=(4, 3, 3)).astype(np.float32)
    gathered: list[tuple[bool, bool]] = []

    def walk(jaxpr, consts, arguments):
        env = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*consts, *arguments], strict=True))
        for eqn in jaxpr.eqns:
            values = [np.asarray(a.val if hasattr(a, "val") else env[a]) for a in eqn.invars]
            if "jaxpr" in eqn.params:
                outs = walk(eqn.params["jaxpr"].jaxpr, eqn.params["jaxpr"].consts, values)
            else:
                outs = eqn.primitive.bind(*map(jnp.asarray, values), **eqn.params)
                outs = outs if eqn.primitive.multiple_results else [outs]
            if eqn.primitive.name == "gather":
                found = entries(eqn.params, values[0], values[1])
                gathered.append((found is not None, found is not None and np.array_equal(found, outs[0])))
            env.update(zip(eqn.outvars, outs, strict=True))
        return [env[a] for a in jaxpr.outvars]

    closed = jax.make_jaxpr(taken)(x)
    walk(closed.jaxpr, closed.consts, [x])
    assert gathered == [(is_known, is_known)]
