"""Forms that floating point can't take as they stand, compiled to ones that it can: in value and in derivative."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from example_statements import STATEMENTS, C, H, K, c, d, draw, hot, i, m, n, name, z

from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.statement import Definition, Statement, variable
from numeric.lambdify import lambdify
from numeric.precision import float64_enabled

LOGITS = np.array([0, 1, -1, 50, -50, 1e3, -1e3, 1e4, -1e4])
LABEL_SIGNS = 2.0 * (np.arange(LOGITS.size) % 2) - 1
g = name("g")
u = variable("u", n, role="logit")
v = variable("v", n, K, role="logit")
label = variable("y", n, role="label", domain=Domain.BINARY)
o = sp.exp(-u[i])
e, S1 = name("e"), name("S1")
scalars = Statement("forms", "example", "", "", (u, label), (Definition(z[i], sigmoid(u[i])),), ranges=((i, 1, n),))
log_sigmoid = lambda x: -np.logaddexp(0, -x)  # noqa: E731
sigma = lambda x: np.exp(log_sigmoid(x))  # noqa: E731

FORMS = {
    "σ": (sigmoid(u[i]), sigma),
    "σ written out": (1 / (1 + o), sigma),
    "σ as a quotient": (sp.exp(u[i]) / (1 + sp.exp(u[i])), sigma),
    "1 − σ": (1 - sigmoid(u[i]), lambda x: sigma(-x)),
    "1 − σ by name": (1 - z[i], lambda x: sigma(-x)),
    "1 − σ written out": (1 - 1 / (1 + o), lambda x: sigma(-x)),
    "σ′": (sigmoid(u[i]) * (1 - sigmoid(u[i])), lambda x: sigma(x) * sigma(-x)),
    "σ′ written out": (o / (1 + o) ** 2, lambda x: sigma(x) * sigma(-x)),
    "log σ": (sp.log(sigmoid(u[i])), log_sigmoid),
    "log σ by name": (sp.log(z[i]), log_sigmoid),
    "log 1/(1+e^-z)": (sp.log(1 / (1 + o)), log_sigmoid),
    "log(1 − σ)": (sp.log(1 - sigmoid(u[i])), lambda x: log_sigmoid(-x)),
    "log(1 − σ) by name": (sp.log(1 - z[i]), lambda x: log_sigmoid(-x)),
    "log σ(−z)": (sp.log(sigmoid(-u[i])), lambda x: log_sigmoid(-x)),
    "log(1 + e^z)": (sp.log(1 + sp.exp(u[i])), lambda x: np.logaddexp(0, x)),
    "softplus": (softplus(u[i]), lambda x: np.logaddexp(0, x)),
    "cross-entropy": (
        -(label[i] * sp.log(z[i]) + (1 - label[i]) * sp.log(1 - z[i])),
        lambda x: -log_sigmoid(x * LABEL_SIGNS),
    ),
    "likelihood": (
        sp.log(z[i] ** label[i] * (1 - z[i]) ** (1 - label[i])),
        lambda x: log_sigmoid(x * LABEL_SIGNS),
    ),
    "log of a difference": (
        sp.log(sigmoid(u[i] + 1) - sigmoid(u[i])),
        lambda x: log_sigmoid(x + 1) + log_sigmoid(-x) + np.log(-np.expm1(-1.0)),
    ),
    "tanh": (sp.tanh(u[i]), np.tanh),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", FORMS)
def test_stable_forms_in_value_and_derivative(form, dtype):
    expr, expected_fn = FORMS[form]
    with float64_enabled():
        inputs = {"u": jnp.asarray(LOGITS, dtype), "y": jnp.asarray(np.arange(LOGITS.size) % 2, dtype)}
        fn = jax.jit(lambdify(expr, scalars, (i,)))
        found = fn(inputs)
        assert found.dtype == dtype
        eps, expected = np.finfo(dtype).eps, expected_fn(LOGITS)
        # the exponent's own rounding, |z| eps relative, is inherent where the value is e^{±z}
        np.testing.assert_allclose(found, expected, rtol=64 * eps, atol=np.finfo(dtype).tiny)
        slope = jax.grad(lambda x: jnp.sum(fn({**inputs, "u": x})))(inputs["u"])
        assert np.all(np.isfinite(slope))
        assert np.all(np.isfinite(jax.hessian(lambda x: jnp.sum(fn({**inputs, "u": x})))(inputs["u"])))


ROWS = np.array([[a, b, 0.0] for a in LOGITS for b in (0.0, 1.0, -1e4, 1e4)])
multinomial = Statement(
    "multinomial", "example", "", "", (v, hot),
    (
        Definition(e[i, c], sp.exp(v[i, c])),
        Definition(S1[i], sp.Sum(e[i, d], (d, 1, K))),
        Definition(g[i, c], e[i, c] / S1[i]),
    ),
    ranges=((i, 1, n), (c, 1, K)), minimum=((K, 2),),
)  # fmt: skip
total = sp.Sum(sp.exp(v[i, d]), (d, 1, K))
ROW_FORMS = {
    "softmax": (sp.exp(v[i, c]) / total, "p"),
    "softmax by names": (g[i, c], "p"),
    "log softmax": (sp.log(sp.exp(v[i, c]) / total), "log p"),
    "log softmax by names": (sp.log(g[i, c]), "log p"),
    "e^(z − logsumexp)": (sp.exp(v[i, c] - sp.log(total)), "p"),
    "z − logsumexp": (v[i, c] - sp.log(total), "log p"),
    "z − logsumexp by names": (v[i, c] - sp.log(S1[i]), "log p"),
    "one class": (sp.log(g[i, K]) + 0 * v[i, c], "log p_K"),
    "loss": (-sp.Sum(hot[i, d] * sp.log(g[i, d]), (d, 1, K)) + 0 * v[i, c], "loss"),
    "p(1 − p)": (g[i, c] * (1 - g[i, c]), "p(1-p)"),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("form", ROW_FORMS)
def test_stable_forms_over_classes(form, dtype):
    expr, kind = ROW_FORMS[form]
    shifted = ROWS - ROWS.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    with float64_enabled():
        inputs = {"v": jnp.asarray(ROWS, dtype), "y": jnp.asarray(np.eye(3)[np.arange(len(ROWS)) % 3], dtype)}
        expected = {
            "p": np.exp(log_p),
            "log p": log_p,
            "log p_K": np.repeat(log_p[:, 2:], 3, axis=1),
            "loss": np.repeat(-np.sum(np.asarray(inputs["y"]) * log_p, axis=1, keepdims=True), 3, axis=1),
            "p(1-p)": np.exp(log_p) * -np.expm1(log_p),
        }[kind]
        fn = jax.jit(lambdify(expr, multinomial, (i, c)))
        # z − logsumexp as written rounds at the size of z; the rest at the size of the result
        allowed = 1e4 * np.finfo(dtype).eps * 4 if "logsumexp" in form else 64 * np.finfo(dtype).eps
        np.testing.assert_allclose(fn(inputs), expected, rtol=64 * np.finfo(dtype).eps, atol=allowed)
        slope = jax.grad(lambda x: jnp.sum(fn({**inputs, "v": x})))(inputs["v"])
        assert np.all(np.isfinite(slope))


def test_a_label_of_zero_silences_the_log_of_zero():
    probability = variable("p", n, role="prediction", domain=Domain.NONNEGATIVE)
    s = Statement("given", "example", "", "", (label, probability), ranges=((i, 1, n),))
    fn = lambdify(
        -sp.Sum(label[i] * sp.log(probability[i]) + (1 - label[i]) * sp.log(1 - probability[i]), (i, 1, n)), s
    )
    inputs = {"y": jnp.array([0.0, 1.0, 1.0]), "p": jnp.array([0.0, 1.0, 0.5])}
    np.testing.assert_allclose(fn(inputs), np.log(2), rtol=1e-6)
    assert np.all(np.isfinite(jax.grad(lambda p: fn({**inputs, "p": p}))(inputs["p"])))


@pytest.mark.parametrize("key", ["logistic", "softmax", "network", "ordinal"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_losses_and_their_autodiff_are_finite_at_extreme_logits(key, dtype):
    statement = STATEMENTS[key]
    scale = 0.5 if key == "ordinal" else 60.0  # its textbook form underflows; a proof brings the stable one
    with float64_enabled():
        inputs = draw(statement, {n: 40, m: 3, K: 3, H: 2}, dtype=dtype, scale=scale)
        arrays = {name: jnp.asarray(value) for name, value in inputs.items()}
        loss_fn = lambdify(C, statement)
        value, grads = jax.jit(jax.value_and_grad(loss_fn))(arrays)
        assert np.isfinite(value)
        assert all(np.all(np.isfinite(grad)) for grad in grads.values())
