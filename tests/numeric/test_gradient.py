"""Gradients compiled from proofs: only from proofs, of the parameter's shape, and equal to autodiff of the loss."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp
from example_statements import GRADIENTS, C, H, K, draw, i, j, logistic, m, mse, n, network, softmax, w, x, z

from derivations.functions import Partial
from derivations.proof import prove
from derivations.statement import Derivation, Step
from numeric.gradient import (
    UnprovedGradientError,
    compile_gradient,
    compile_hessian,
    compile_loss,
    compile_many,
)
from numeric.precision import float64_enabled

SIZES = {n: 5, m: 3, K: 4, H: 2}


def claim(key, expr=None, stable=None):
    statement, v, right = GRADIENTS[key]
    return Derivation(
        key, statement, "", Partial(C, v), (Step(right if expr is None else expr, "chain_rule"),), stable=stable
    )


@pytest.mark.parametrize("key", GRADIENTS)
def test_proved_gradients_equal_autodiff_of_their_loss(key):
    gradient = compile_gradient(prove(claim(key)))
    assert gradient.wrt == key.split(".")[1]
    assert gradient.fingerprint == gradient.proof.fingerprint
    with float64_enabled():
        inputs = draw(gradient.proof.derivation.statement, SIZES)
        found = gradient(inputs)
        arrays = {name: jnp.asarray(value) for name, value in inputs.items()}
        expected = jax.grad(lambda value: gradient.loss_fn({**arrays, gradient.wrt: value}))(arrays[gradient.wrt])
        assert found.shape == arrays[gradient.wrt].shape
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_the_stable_form_is_what_runs():
    plain = sp.Sum(mse.variable("y")[i] * x[i, j] - z[i] * x[i, j], (i, 1, n)) * (-2) / n
    gradient = compile_gradient(prove(claim("mse.w", expr=plain, stable=GRADIENTS["mse.w"][2])))
    assert gradient.expr == GRADIENTS["mse.w"][2]


@pytest.mark.parametrize("statement", [mse, logistic, softmax, network], ids=lambda s: s.name)
def test_all_gradients_of_a_loss_together(statement):
    keys = [key for key in GRADIENTS if key.startswith(f"{statement.name}.")]
    proofs = [prove(claim(key)) for key in keys]
    together = compile_many(proofs)
    inputs = draw(statement, SIZES, dtype=np.float32)
    loss, grads = together.value_and_grad(inputs)
    assert set(grads) == {key.split(".")[1] for key in keys} == set(together(inputs))
    np.testing.assert_allclose(loss, compile_loss(statement, C)(inputs), rtol=1e-6)
    for proof in proofs:
        single = compile_gradient(proof)
        np.testing.assert_allclose(grads[single.wrt], single(inputs), rtol=1e-5, atol=1e-6)
    assert together.fingerprints == {key.split(".")[1]: p.fingerprint for key, p in zip(keys, proofs, strict=True)}


def test_the_hessian():
    k = sp.Symbol("k2", integer=True, positive=True)
    right = 2 * sp.Sum(x[i, j] * x[i, k], (i, 1, n)) / n
    wide = dataclasses.replace(mse, ranges=(*mse.ranges, (k, 1, m)))
    proof = prove(Derivation("h", wide, "", Partial(Partial(C, w[j]), w[k]), (Step(right, "linear_form"),)))
    hessian = compile_hessian(proof)
    assert hessian.wrt == ("w", "w")
    inputs = draw(mse, SIZES, dtype=np.float32)
    np.testing.assert_allclose(hessian(inputs), 2 * inputs["x"].T @ inputs["x"] / 5, rtol=1e-5, atol=1e-6)
    with pytest.raises(UnprovedGradientError, match=r"required an equation for ∂\(loss\)/∂\(parameter\)"):
        compile_gradient(proof)


def test_an_unproved_gradient_is_refused_with_the_step_that_fails():
    wrong = prove(claim("mse.b", expr=sp.Sum(z[i] - mse.variable("y")[i], (i, 1, n)) / n))
    with pytest.raises(UnprovedGradientError, match=r"mse.b is refuted, not proved: step 1 \(chain_rule\)"):
        compile_gradient(wrong)


@pytest.mark.parametrize(
    "thing", [claim("mse.b"), GRADIENTS["mse.b"][2], None], ids=["derivation", "expression", "None"]
)
def test_what_is_no_proof_is_refused(thing):
    with pytest.raises(UnprovedGradientError, match=r"required a Proof; state a Derivation and pass it to"):
        compile_gradient(thing)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (C, sp.Sum((z[i] - mse.variable("y")[i]) ** 2, (i, 1, n)) / n, "required an equation for"),
        (Partial(C, z[i]), 2 * (z[i] - mse.variable("y")[i]) / n, "computed from others"),
        (Partial(C, w[1]), 2 * sp.Sum((z[i] - mse.variable("y")[i]) * x[i, 1], (i, 1, n)) / n, "whole array"),
        (Partial(z[i], w[j]), x[i, j], "with a scalar loss"),
    ],
    ids=["loss", "intermediate", "one entry", "not scalar"],
)
def test_what_is_no_gradient_by_a_whole_parameter_is_refused(left, right, message):
    with pytest.raises(UnprovedGradientError, match=message):
        compile_gradient(prove(Derivation("other", mse, "", left, (Step(right, "definition"),))))


def test_gradients_of_different_losses_are_not_mixed():
    with pytest.raises(ValueError, match=r"of mse and .* of logistic; compile them apart"):
        compile_many([prove(claim("mse.b")), prove(claim("logistic.b"))])
    with pytest.raises(ValueError, match="two gradients by b"):
        compile_many([prove(claim("mse.b"))] * 2)
    with pytest.raises(ValueError, match="no proof"):
        compile_many([])


def test_a_loss_computed_by_a_proved_form():
    other = sp.Sum(z[i] ** 2 - 2 * z[i] * mse.variable("y")[i] + mse.variable("y")[i] ** 2, (i, 1, n)) / n
    proof = prove(Derivation("mse.loss", mse, "", C, (Step(other, "definition"),)))
    inputs = draw(mse, SIZES, dtype=np.float32)
    loss_fn = compile_loss(mse, C, proof=proof)
    assert loss_fn.expr == other
    np.testing.assert_allclose(loss_fn(inputs), compile_loss(mse, C)(inputs), rtol=1e-4)
    with pytest.raises(UnprovedGradientError, match="required a proof of C = … of logistic"):
        compile_gradient(prove(claim("logistic.b")), loss=proof)


def test_bad_input_is_named_also_through_jit():
    gradient = compile_gradient(prove(claim("mse.b")))
    inputs = draw(mse, SIZES, dtype=np.float32)
    with pytest.raises(ValueError, match="y is a str"):
        gradient({**inputs, "y": "spam"})
    with pytest.raises(ValueError, match="b is missing"):
        gradient({key: value for key, value in inputs.items() if key != "b"})
