"""Neural networks: every claim is proved, for any widths; planted faults of backpropagation are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status, with_domain

from derivations.catalog.neural_network import DERIVATIONS
from derivations.domain import Domain
from derivations.proof import prove
from derivations.statement import Step, index, size

BY_NAME = {d.name.removeprefix("neural_network."): d for d in DERIVATIONS}
H, K, n = size("H"), size("K"), size("n")
i, j, k, c, h = (index(name) for name in "ijkch")
a, p = (sp.IndexedBase(sp.Symbol(name, real=True)) for name in "ap")


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "neural_network")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("kind", ["squared_error", "cross_entropy", "tanh", "softmax", "outputs.cross_entropy"])
def test_every_parameter_of_two_layers_has_its_gradient_for_one_sample_and_the_mean(kind):
    many = kind == "softmax" or kind.startswith("outputs")
    for name in ("W1", "b1", "W2" if many else "w2", "b2"):
        assert {f"{kind}.{name}", f"{kind}.sample.{name}"} <= set(BY_NAME)


@pytest.mark.parametrize("name", ["cross_entropy.sample.W1", "squared_error.sample.w2", "layers.step.sigmoid"])
def test_wrong_sign_and_factor_are_refuted(name):
    assert [status(BY_NAME[name], fault) for fault in faults(BY_NAME[name])] == ["refuted"] * 4


def test_a_transposed_weight_is_refuted_where_the_widths_allow_it():
    derivation = BY_NAME["outputs.cross_entropy.sample.W1"]
    statement = derivation.statement
    W2, y, x = (statement.variable(name) for name in ("W2", "y", "x"))
    transposed = sp.Sum((p[c] - y[c]) * W2[j, c], (c, 1, K)) * a[j] * (1 - a[j]) * x[k]
    assert status(derivation, transposed) != "proved"


def test_backpropagation_without_the_slope_of_the_unit_is_refuted():
    derivation = BY_NAME["cross_entropy.sample.b1"]
    y, w2 = derivation.statement.variable("y")(), derivation.statement.variable("w2")
    prediction = sp.Symbol("p", real=True)
    assert status(derivation, (prediction - y) * w2[j]) == "refuted"


def test_a_slope_at_the_wrong_layer_is_refuted():
    derivation = BY_NAME["cross_entropy.sample.b1"]
    y, w2 = derivation.statement.variable("y")(), derivation.statement.variable("w2")
    prediction = sp.Symbol("p", real=True)
    assert status(derivation, (prediction - y) * w2[j] * prediction * (1 - prediction)) == "refuted"


def test_a_captured_hidden_unit_is_refuted():
    """Σ_h over all hidden units in place of unit j."""
    derivation = BY_NAME["cross_entropy.sample.b1"]
    y, w2 = derivation.statement.variable("y")(), derivation.statement.variable("w2")
    summed = sp.Sum((sp.Symbol("p", real=True) - y) * w2[h] * a[h] * (1 - a[h]), (h, 1, H))
    assert status(derivation, summed) == "refuted"


def test_the_slope_of_tanh_is_not_that_of_sigma():
    derivation = BY_NAME["tanh.sample.z1"]
    y, w2 = derivation.statement.variable("y")(), derivation.statement.variable("w2")
    assert status(derivation, (sp.Symbol("p", real=True) - y) * w2[j] * a[j] * (1 - a[j])) == "refuted"


def test_softmax_output_needs_one_hot_labels():
    derivation = BY_NAME["softmax.sample.b2"]
    assert "Σ y = 1" in prove(derivation).conditions
    assert prove(with_domain(derivation, "y", Domain.NONNEGATIVE)).verdict.status.value == "refuted"


def test_the_sum_in_place_of_the_mean_is_refuted():
    derivation = BY_NAME["cross_entropy.w2"]
    assert status(derivation, derivation.right * n) == "refuted"


def test_the_induction_needs_the_sum_over_the_next_layer():
    """δ^l_j from one unit of the next layer alone."""
    derivation = BY_NAME["layers.step.sigmoid"]
    W, error = derivation.statement.variable("W"), derivation.statement.variable("delta")
    activation = sp.IndexedBase(sp.Symbol("a^{l}", real=True))
    assert status(derivation, W[k, j] * error[k] * activation[j] * (1 - activation[j])) != "proved"


@pytest.mark.parametrize("point", ["00", "01", "10", "11"])
def test_the_cascade_is_wrong_nowhere(point):
    derivation = BY_NAME[f"xor.at_{point}"]
    assert derivation.right > 0
    opposite = replace(derivation, left=-derivation.left, steps=(Step(-derivation.right, "definition"),))
    assert not prove(opposite).is_proved


def test_four_margins_that_sum_to_zero_are_not_all_positive():
    derivation = BY_NAME["xor.one_unit"]
    assert derivation.right == 0
    assert status(derivation, sp.Integer(1)) == "refuted"
