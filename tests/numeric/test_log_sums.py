"""Sums of softplus: to rounding they are what a logarithm for each sample gives, with derivatives of every order."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.statement import Statement, index, size, variable
from numeric.lambdify import lambdify
from numeric.log_sums import softplus_sum
from numeric.precision import float64_enabled

RNG = np.random.default_rng(0)
n, i = size("n"), index("i")
u = variable("u", n, role="logit")
y = variable("y", n, role="label", domain=Domain.BINARY)
s = variable("s", n, role="sample weight", domain=Domain.NONNEGATIVE)
STATEMENT = Statement("sums", "example", "", "", (u, y, s), ranges=((i, 1, n),))
p = sigmoid(u[i])
CROSS_ENTROPY = -y[i] * sp.log(p) - (1 - y[i]) * sp.log(1 - p)
FORMS = {
    "cross-entropy": (CROSS_ENTROPY, 1),
    "softplus": (softplus(u[i]) - y[i] * u[i], 1),
    "signs": (sp.log(1 + sp.exp(-(2 * y[i] - 1) * u[i])), 1),
    "soft labels, doubled": (-2 * s[i] * sp.log(p) - (2 - 2 * s[i]) * sp.log(1 - p), 1),
    "twice the weight": (softplus(-u[i]) + softplus(u[i]), 1),
    "beside other terms": (CROSS_ENTROPY + u[i] ** 2 / 8, 1),
    "sample weights": (s[i] * CROSS_ENTROPY, 0),
    "one class alone": (-y[i] * sp.log(p), 0),
    "terms that cancel": (sp.log(p) * y[i] - sp.log(p) * y[i] + u[i], 0),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_sum_is_the_sum_of_its_terms(form, monkeypatch):
    body, groups = FORMS[form]
    length = 37
    inputs = {"u": RNG.normal(scale=4, size=length), "y": RNG.integers(0, 2, length) * 1.0, "s": RNG.random(length)}
    inputs["u"][0] = 0.0  # where |u| has no derivative
    calls = []
    monkeypatch.setattr("numeric.log_sums.softplus_sum", lambda *a: calls.append(a) or softplus_sum(*a))
    with float64_enabled():
        total = lambdify(sp.Sum(body, (i, 1, n)), STATEMENT)
        terms = lambdify(body, STATEMENT, (i,))
        found, expected = (
            _derivatives(lambda v, f=f: jnp.sum(f({**inputs, "u": v})), inputs["u"]) for f in (total, terms)
        )
        for a, b in zip(found, expected, strict=True):
            # 37 terms below 50 in size, each with a few roundings: some 37 · 50 · 2⁻⁵² = 4e-13
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)
    assert bool(calls) == bool(groups)


def _derivatives(fn, at):
    """Value, gradient and Hessian times a direction."""
    direction = np.cos(np.arange(at.size))
    both = jax.jit(lambda v: (fn(v), *jax.jvp(jax.grad(fn), (v,), (jnp.asarray(direction),))))
    return both(jnp.asarray(at))


@pytest.mark.parametrize("length", [1, 16, 31, 32, 33, 500])
def test_any_length_is_folded(length):
    z = RNG.normal(size=length)
    with float64_enabled():
        np.testing.assert_allclose(softplus_sum(z, 1.0, 0.0, 1.0), np.logaddexp(0, z).sum(), rtol=1e-14)


@pytest.mark.parametrize("scale", [1e-3, 1, 10, 100, 1e4])
@pytest.mark.parametrize("wrong", [0.0, 0.5, 1.0])
def test_a_small_loss_keeps_its_digits(scale, wrong):
    z = (RNG.normal(size=1000) * scale).astype(np.float32)
    label = ((z > 0) != (RNG.random(1000) < wrong)).astype(np.float32)
    exact = np.logaddexp(0, np.where(label > 0, -1, 1) * z.astype(float)).sum()
    found = jax.jit(lambda v, t: softplus_sum(v, 1 - t, t, 1.0))(z, label)
    # 25 eps/2 of a group, as the module derives; exp and log1p a few ulp; the sums of 1,000 terms, all positive
    np.testing.assert_allclose(found, exact, rtol=32 * np.finfo(np.float32).eps)
    only_small = np.full(100, 30.0, np.float32)
    np.testing.assert_allclose(softplus_sum(only_small, 0.0, 1.0, 1.0), 100 * np.log1p(np.exp(-30.0)), rtol=1e-5)
