"""Softmax regression: every claim is proved, p − y needs one-hot labels, and planted faults are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status, with_domain

from derivations.catalog.softmax_regression import DERIVATIONS
from derivations.domain import Domain
from derivations.proof import prove
from derivations.statement import Step, index

BY_NAME = {d.name.removeprefix("softmax_regression."): d for d in DERIVATIONS}
i, j, k, c, d = (index(name) for name in "ijkcd")
z, p = (sp.IndexedBase(sp.Symbol(name, real=True)) for name in "zp")


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "softmax_regression")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("name", ["jacobian", "log_probability", "sample.z", "sample.W", "two_classes.z1"])
def test_wrong_sign_and_factor_are_refuted(name):
    assert [status(BY_NAME[name], fault) for fault in faults(BY_NAME[name])] == ["refuted"] * 4


def test_the_jacobian_needs_its_delta():
    assert status(BY_NAME["jacobian"], -p[i] * p[j]) == "refuted"
    assert status(BY_NAME["jacobian"], p[i] * (1 - p[j])) == "refuted"
    assert status(BY_NAME["jacobian"], p[j] * (sp.KroneckerDelta(i, j) - p[j])) == "refuted"


def test_prediction_plus_label_is_refuted():
    y = BY_NAME["sample.z"].statement.variable("y")
    assert status(BY_NAME["sample.z"], p[k] + y[k]) == "refuted"


@pytest.mark.parametrize("name", ["sample.z", "sample.W", "z"])
def test_prediction_minus_label_needs_labels_that_sum_to_one(name):
    assert "Σ y = 1" in prove(BY_NAME[name]).conditions
    withheld = prove(with_domain(BY_NAME[name], "y", Domain.NONNEGATIVE))
    assert withheld.verdict.status.value == "refuted"
    assert withheld.verdict.witness is not None


def test_a_captured_index_is_refuted():
    """(p_c − y_c) summed over c is 0, not the gradient by b_c."""
    y = BY_NAME["sample.b"].statement.variable("y")
    summed = sp.Sum(p[c] - y[c], (c, 1, sp.Symbol("K", integer=True, positive=True)))
    assert status(BY_NAME["sample.b"], summed) == "refuted"


def test_the_sum_in_place_of_the_mean_is_refuted():
    derivation = BY_NAME["W"]
    assert status(derivation, derivation.right * sp.Symbol("n", integer=True, positive=True)) == "refuted"


def test_a_bias_that_is_penalised_is_refuted():
    derivation = BY_NAME["l2.b"]
    lam, b = derivation.statement.variable("lambda")(), derivation.statement.variable("b")[c]
    assert status(derivation, derivation.right + lam * b) == "refuted"


@pytest.mark.parametrize("name", ["sample.convex_z", "convex"])
def test_convexity_is_not_strict(name):
    assert not prove(replace(BY_NAME[name], relation=">")).is_proved


def test_the_variance_without_its_mean_is_not_proved():
    derivation = BY_NAME["sample.convex_z"]
    v = derivation.statement.variable("v")
    only_squares = sp.Sum(p[c] * v[c] ** 2, (c, 1, sp.Symbol("K", integer=True, positive=True)))
    assert not prove(replace(derivation, steps=(Step(only_squares, "algebra"),))).is_proved
