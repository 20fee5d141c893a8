"""Compiled expressions against a slow evaluation with loops, at every size, in every form."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from example_statements import GRADIENTS, STATEMENTS, C, H, K, c, draw, i, j, k, l, logistic, m, n, name, t, z
from hypothesis import given, settings
from hypothesis import strategies as st
from slow_reference import Reference

from derivations.atoms import UnsupportedExpressionError, free_symbols
from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.statement import Definition, Statement, index, scalar, size, variable
from numeric.lambdify import InputError, lambdify, lambdify_many
from numeric.precision import float64_enabled

SIZES = [{n: 1, m: 1, K: 2, H: 1}, {n: 4, m: 3, K: 3, H: 2}, {n: 3, m: 2, K: 5, H: 4}]


def close(found, expected, scale=1.0):
    """Equal to float64 rounding: sums of at most a few hundred terms of order `scale`."""
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12 * scale)


def free_of(v):
    return tuple(v.indices) if isinstance(v, sp.Indexed) else ()


# the catalogue's shapes of sum


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_losses_equal_their_slow_evaluation(statement, sizes):
    inputs = draw(statement, sizes)
    with float64_enabled():
        close(lambdify(C, statement)(inputs), Reference(statement, inputs, sizes).value(C, {}))


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("key", GRADIENTS)
def test_gradients_equal_their_slow_evaluation_and_autodiff_of_the_loss(key, sizes):
    statement, v, expr = GRADIENTS[key]
    inputs, free = draw(statement, sizes), free_of(v)
    with float64_enabled():
        grad_fn, loss_fn = lambdify(expr, statement, free), lambdify(C, statement)
        found = grad_fn(inputs)
        ranges = [grad_fn.together.scope.index_range(s, expr) for s in free]
        close(found, Reference(statement, inputs, sizes).table(expr, free, ranges))
        own = key.split(".")[1]
        arrays = {key: jnp.asarray(value) for key, value in inputs.items()}
        close(found, jax.grad(lambda value: loss_fn({**arrays, own: value}))(arrays[own]))
        close(found, jax.jit(grad_fn)(arrays))


@pytest.mark.parametrize("key", GRADIENTS)
def test_vmap_over_data_sets_equals_one_at_a_time(key):
    statement, v, expr = GRADIENTS[key]
    fn = lambdify(expr, statement, free_of(v))
    with float64_enabled():
        each = [draw(statement, SIZES[1], seed) for seed in range(3)]
        batch = {name: jnp.stack([inputs[name] for inputs in each]) for name in each[0]}
        close(jax.jit(jax.vmap(fn))(batch), jnp.stack([fn(inputs) for inputs in each]))


def test_several_expressions_share_their_definitions():
    outputs = {key: (GRADIENTS[f"logistic.{key}"][2], free_of(GRADIENTS[f"logistic.{key}"][1])) for key in "wb"}
    together = lambdify_many({**outputs, "C": (C, ())}, logistic)
    inputs = draw(logistic, SIZES[1], dtype=np.float32)
    for key, value in together(inputs).items():
        expr, free = {**outputs, "C": (C, ())}[key]
        np.testing.assert_array_equal(value, lambdify(expr, logistic, free)(inputs))
    assert str(jax.make_jaxpr(together)(inputs)).count("dot_general") == 1  # z = Xw, once


def test_held_definitions_are_inputs():
    residual = lambdify(GRADIENTS["logistic.b"][2], logistic, held=(z,))
    assert residual.required == {"z", "y"}
    values = {"z": np.array([0.0, 1.0], np.float32), "y": np.array([1.0, 0.0], np.float32)}
    np.testing.assert_allclose(residual(values), (0.5 - 1 + 1 / (1 + np.exp(-1))) / 2, rtol=1e-6)


# random expressions

A, B = variable("A", n, m, role="feature"), variable("B", m, K, role="weight")
r, q, s0 = variable("r", n, role="logit"), variable("q", K - 1, role="threshold"), scalar("s", role="bias")
S = variable("S", m, m, role="feature")
g, f = name("g"), name("f")
u, label = variable("u", n, role="logit"), variable("y", n, role="label", domain=Domain.BINARY)
playground = Statement(
    "playground", "example", "Every kind of sum", "", (A, B, r, q, s0, S),
    (
        Definition(g[i], sp.Sum(A[i, k] * B[k, 1], (k, 1, m)) + s0()),
        Definition(f[i, c], sp.tanh(sp.Sum(A[i, k] * B[k, c], (k, 1, m))) + g[i]),
    ),
    ranges=((i, 1, n), (j, 1, m), (c, 1, K), (t, 1, K - 1)),
    minimum=((K, 2),),
)  # fmt: skip


def atoms(scope):
    """Indexed symbols whose indices are in scope, with shifts, fixed entries and repeated indices."""
    found = [s0(), sp.Integer(2), sp.Rational(1, 3), n, r[1], q[1], B[1, K], S[m, 1]]
    if i in scope:
        found += [r[i], g[i], g[n + 1 - i], f[i, 1], i]
    if c in scope:
        found += [B[1, c], c, f[1, c]]
    if t in scope:
        found += [q[t], B[1, t + 1] - B[1, t], q[t] ** 2]
    for x in {j, k} & scope:
        found += [S[x, x], B[x, K], S[x, 1] * S[2 * 1 - 1, x], s0() ** x]
        found += [A[i, x], A[n, x] * x] if i in scope else []
        found += [B[x, c], sp.KroneckerDelta(x, 1)] if c in scope else []
    if {j, k} <= scope:
        found += [S[j, k], sp.KroneckerDelta(j, k), S[k, j] * sp.KroneckerDelta(k, j)]
    if {i, c} <= scope:
        found += [f[i, c]]
    return found


LIMITS = {i: (1, n), j: (1, m), k: (1, m), c: (1, K), t: (1, K - 1)}
PARTIAL = {i: (2, n), k: (1, m - 1), t: (2, K - 1), c: (2, K)}


@st.composite
def expressions(draw, scope=frozenset({j}), depth=3):
    kinds = ["atom"] if depth == 0 else ["atom", "add", "mul", "sum", "sum", "triangle", "function", "product"]
    kind = draw(st.sampled_from(kinds))
    inner = expressions(scope=scope, depth=depth - 1)
    if kind == "atom":
        return draw(st.sampled_from(atoms(scope)))
    if kind == "add":
        return draw(inner) - draw(inner)
    if kind == "mul":
        return draw(inner) * draw(inner)
    if kind == "function":
        fn = draw(
            st.sampled_from(
                [sp.tanh, sigmoid, sp.Abs, lambda e: softplus(e / 9), lambda e: sp.Max(0, e), lambda e: 1 / (1 + e**2)]
            )
        )
        return fn(draw(inner))
    candidates = sorted(set(LIMITS) - scope, key=str) or [k]
    bound = draw(st.sampled_from(candidates))
    body = draw(expressions(scope=scope | {bound}, depth=depth - 1))
    if kind == "product":
        return sp.Product(sp.tanh(body), (bound, *LIMITS[bound]))
    if kind == "triangle" and k not in scope:
        body = draw(expressions(scope=scope | {k}, depth=depth - 1))
        return sp.Sum(body, (k, 1, j)) if draw(st.booleans()) else sp.Sum(body, (k, j + 1, m))
    limits = PARTIAL if bound in PARTIAL and draw(st.booleans()) else LIMITS
    return sp.Sum(body, (bound, *limits[bound]))


@settings(max_examples=60, deadline=None)
@given(
    expr=expressions(),
    sizes=st.fixed_dictionaries({n: st.integers(1, 4), m: st.integers(1, 3), K: st.integers(2, 4)}),
    seed=st.integers(0, 99),
)
def test_random_expressions_equal_their_slow_evaluation(expr, sizes, seed):
    inputs = {key: np.clip(value, -2, 2) / 2 for key, value in draw(playground, sizes, seed).items()}
    expected = Reference(playground, inputs, sizes).table(expr, (j,), [(sp.S.One, m)])
    inside = max(1.0, float(np.max(np.abs(expected))))
    with float64_enabled():
        found = lambdify(expr, playground, (j,))(inputs)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * inside)


@pytest.mark.parametrize("sizes", [{n: 2, m: 1, K: 2}, {n: 3, m: 3, K: 4}], ids=str)
@pytest.mark.parametrize(
    ("expr", "free"),
    [
        (sp.Sum(sp.log(A[i, j] ** 2 + 1) * r[i], (i, 1, n)), (j,)),
        (sp.Sum(sp.Product(1 + S[k, l] ** 2, (l, 1, k)), (k, 1, m)), ()),
        (sp.Sum(1 / (S[j, k] ** 2 + k), (k, j, m)), (j,)),
        (sp.Sum(sp.log(1 + j - k), (k, 1, j)), (j,)),
        (sp.exp(S[j, j]) / sp.Sum(sp.exp(S[j, k]), (k, 1, j)), (j,)),
        (sp.log(sp.Sum(sp.exp(S[j, k]), (k, j, m))), (j,)),
        (sp.Sum(B[j, t + 1] * q[t] - B[j, t], (t, 1, K - 1)) + B[j, K], (j,)),
        (sp.Sum(sp.KroneckerDelta(t + 1, c) * q[t], (t, 1, K - 1)), (c,)),
        (sp.Sum(q[t] * (sp.KroneckerDelta(t, c) - sp.KroneckerDelta(t + 1, c)), (t, 1, K - 1)), (c,)),
        (sp.Sum((sp.KroneckerDelta(k, j) - S[k, j]) * S[k, l] * S[l, k], (k, 1, m), (l, 1, m)), (j,)),
        (sp.Sum(s0() ** k * S[k, j], (k, 1, m)), (j,)),
        (sp.Sum(s0() ** (k - 1), (k, 1, m)), ()),
        (sp.Sum(sp.Sum(r[i], (i, 1, n)) * r[i], (i, 1, n)), ()),
        (sp.Integer(0), (j, c)),
        (sp.KroneckerDelta(j, l) * s0(), (j, l)),
        (A[i, j] * B[j, c] * q[1], (c, i, j)),
        (sp.Sum(S[j, k] * S[k, l], (k, 1, m)), (l, j)),
        (sp.sqrt(s0() ** 2 + 1) / m + sp.pi * sp.exp(-n), ()),
    ],
    ids=str,
)
def test_particular_sums(expr, free, sizes):
    inputs = draw(playground, sizes, seed=7)
    wide = Statement(
        "playground", "example", "", "", playground.variables, playground.definitions,
        ranges=(*playground.ranges, (l, 1, m)), minimum=playground.minimum,
    )  # fmt: skip
    with float64_enabled():
        fn = lambdify(expr, wide, free)
        ranges = [fn.together.scope.index_range(x, expr) for x in free]
        close(fn(inputs), Reference(wide, inputs, sizes).table(expr, free, ranges))
        assert np.all(np.isfinite(jax.grad(lambda v: jnp.sum(fn({**inputs, "s": v})))(jnp.asarray(inputs["s"]))))


# dtypes


def test_float64_is_never_switched_on_globally():
    with float64_enabled():
        inputs = draw(logistic, SIZES[1])
        assert lambdify(C, logistic)(inputs).dtype == jnp.float64
    assert lambdify(C, logistic)(inputs).dtype == jnp.float32


def test_bfloat16_is_accumulated_in_float32():
    statement, v, expr = GRADIENTS["logistic.w"]
    inputs = draw(statement, {n: 2000, m: 4}, dtype=np.float32)
    low = {name: jnp.asarray(value, jnp.bfloat16) for name, value in inputs.items()}
    fn = jax.jit(lambdify(expr, statement, free_of(v)))
    exact = fn({name: value.astype(jnp.float32) for name, value in low.items()})
    assert fn(low).dtype == jnp.bfloat16
    # z is the only rounded intermediate that could differ: products of bfloat16 are exact in float32
    np.testing.assert_allclose(fn(low).astype(jnp.float32), exact, rtol=2**-8)
    mixed = fn({**{key: value.astype(jnp.float32) for key, value in low.items()}, "x": low["x"]})
    assert mixed.dtype == jnp.float32
    np.testing.assert_allclose(mixed, exact, rtol=1e-5, atol=1e-6)


# bad input


def bad(**changes):
    inputs = draw(logistic, SIZES[1], dtype=np.float32)
    inputs.update({key: value for key, value in changes.items() if value is not None})
    return {key: value for key, value in inputs.items() if changes.get(key, 0) is not None}


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        (bad(y=None), "logistic: y is missing: required, of shape (n,)"),
        (bad(y=np.ones(3, np.float32)), "logistic: y has shape (3,): required (n,) with n = 4 (from x)"),
        (
            bad(y=np.ones((4, 1), np.float32)),
            "logistic: y has shape (4, 1): required a float array of shape (n,)",
        ),
        (
            bad(y=np.ones(4, int)),
            "logistic: y has dtype int32: required a float array of shape (n,); convert it, y.astype('float32')",
        ),
        (
            bad(x=np.ones((0, 3), np.float32), y=np.ones(0, np.float32)),
            "logistic: x has shape (0, 3): no data; required (n, m) with n ≥ 1",
        ),
        (bad(W=np.ones(2, np.float32)), "logistic: W is not an input: logistic has x, y, w, b, lam"),
        (bad(y="spam"), "logistic: y is a str: required a float array of shape (n,)"),
    ],
)
def test_one_error_says_what_was_given_and_what_is_required(inputs, message):
    with pytest.raises(InputError) as error:
        lambdify(C, logistic)(inputs)
    assert str(error.value) == message
    if "str" not in message:  # a str can't be traced at all
        with pytest.raises(InputError):
            jax.jit(lambdify(C, logistic))(inputs)


def test_faults_of_an_input_are_reported_together():
    with pytest.raises(InputError, match=r"b is missing.*w has dtype int32.*y has shape \(3,\)"):
        lambdify(C, logistic)(bad(b=None, w=np.ones(3, int), y=np.ones(3, np.float32)))


def test_sizes_below_the_minimum_are_refused():
    inputs = draw(STATEMENTS["softmax"], {n: 2, m: 2, K: 1}, dtype=np.float32)
    with pytest.raises(InputError, match=r"K = 1; required .* with K ≥ 2"):
        lambdify(C, STATEMENTS["softmax"])(inputs)


def test_sizes_that_no_array_tells():
    with pytest.raises(InputError, match=r"size n cannot be read .*: pass one of \['x', 'y'\]"):
        lambdify(n * 1, logistic)({"b": np.float32(1)})
    assert lambdify(n * 1, logistic)({"b": np.float32(1)}, sizes={"n": 7}) == 7


@pytest.mark.parametrize(
    ("expr", "free", "message"),
    [
        (sp.Piecewise((1, m > 2), (0, True)), (), "cannot be compiled"),
        (sp.Symbol("nothing"), (), "nothing: playground has no variable"),
        (sp.IndexedBase("nothing")[i], (i,), "no variable, definition"),
        (q[t + 1], (t,), r"q\[t \+ 1\] reads entry 3 at index t \+ 1, of an axis that holds 1..2"),
        (sp.Sum(q[c], (c, 1, K)), (), "reads entry 3"),
        (sp.Sum(q[t - 1], (t, 1, K - 1)), (), "reads entry 0"),
        (sp.log(r[index("other")] + 0 * index("other")), (index("other") + 1,), "range of index"),
        (sp.oo * s0(), (), "not a finite number"),
        (sp.gamma(s0()), (), "gamma cannot be compiled"),
    ],
)  # fmt: skip
def test_what_has_no_compiled_form_is_refused(expr, free, message):
    inputs = draw(playground, {n: 2, m: 2, K: 3}, dtype=np.float32)
    with pytest.raises(UnsupportedExpressionError, match=message):
        lambdify(expr, playground, free)(inputs)


def test_definitions_that_lead_back_to_themselves():
    s = Statement("loop", "example", "", "", (u,), (Definition(z[i], g[i] + u[i]), Definition(g[i], z[i])))
    with pytest.raises(UnsupportedExpressionError, match="z is defined by itself"):
        lambdify(z[i], s, (i,))


# what XLA is given


def test_no_outer_product_is_materialised():
    rows, width = 20_000, 64
    for key in ("logistic.w", "softmax.W", "network.V"):
        statement, v, expr = GRADIENTS[key]
        inputs = draw(statement, {n: rows, m: width, K: 5, H: 6}, dtype=np.float32)
        compiled = jax.jit(lambdify(expr, statement, free_of(v))).lower(inputs).compile()
        temporary = compiled.memory_analysis().temp_size_in_bytes
        assert temporary < rows * width * 4 / 2, (key, temporary)


def test_logistic_gradient_is_two_reads_of_the_data():
    statement, v, expr = GRADIENTS["logistic.w"]
    inputs = draw(statement, {n: 8, m: 3}, dtype=np.float32)
    text = str(jax.make_jaxpr(lambdify(expr, statement, free_of(v)))(inputs))
    assert "transpose" not in text
    assert text.count("dot_general") == 1  # x w; rᵀ x is a fused multiply-and-add, faster on the CPU than the dot


def test_class_gradients_are_matrix_products():
    statement, v, expr = GRADIENTS["softmax.W"]
    inputs = draw(statement, {n: 8, m: 3, K: 4}, dtype=np.float32)
    text = str(jax.make_jaxpr(lambdify(expr, statement, free_of(v)))(inputs))
    assert text.count("dot_general") == 2
    assert "8,4,3" not in text
    assert "8,3,4" not in text


def test_names_of_outer_products_are_contracted_through():
    per_sample = name("G")
    s = Statement(
        "per_sample", "example", "", "", logistic.variables,
        (*logistic.definitions, Definition(per_sample[i, j], (name("p")[i] - label[i]) * A_of(logistic)[i, j])),
        ranges=logistic.ranges,
    )  # fmt: skip
    inputs = draw(s, {n: 20_000, m: 64}, dtype=np.float32)
    compiled = jax.jit(lambdify(sp.Sum(per_sample[i, j], (i, 1, n)) / n, s, (j,))).lower(inputs).compile()
    assert compiled.memory_analysis().temp_size_in_bytes < 20_000 * 64 * 2


def A_of(statement):
    return statement.variable("x")


def test_the_reference_knows_its_bound_indices():
    assert free_symbols(sp.Sum(r[i], (i, 1, n))) == {n}
    sizes = {n: 3, m: 1, K: 2}
    inputs = draw(playground, sizes)
    assert Reference(playground, inputs, sizes).value(sp.Sum(r[i], (i, 1, n)), {}) == pytest.approx(sum(inputs["r"]))
    assert size("n") == n
