"""Logistic regression: every claim is proved, and the label relations are conditions."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status, with_domain

from derivations.catalog.logistic_regression import DERIVATIONS
from derivations.domain import Domain
from derivations.functions import sigmoid
from derivations.proof import prove
from derivations.statement import Step

BY_NAME = {d.name: d for d in DERIVATIONS}


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "logistic_regression")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize(
    "name",
    ["sigmoid_derivative", "sigma", "z", "w", "mean.w", "mean.z", "sum.b", "signs.mean.w", "l2.mean.w", "hessian"],
)
def test_wrong_sign_and_factor_are_refuted(name):
    derivation = BY_NAME[f"logistic_regression.{name}"]
    assert [status(derivation, fault) for fault in faults(derivation)] == ["refuted"] * 4


def test_the_teaching_proof_names_every_rule():
    rules = [step.rule for step in BY_NAME["logistic_regression.z"].steps]
    assert rules == [
        "definition",
        "chain_rule",
        "log_derivative",
        "sigmoid_derivative",
        "common_denominator",
        "cancel",
        "expand",
        "cancel",
        "definition",
    ]


def test_the_gradient_of_squared_error_is_not_that_of_cross_entropy():
    derivation = BY_NAME["logistic_regression.z"]
    z, y = sp.Symbol("z", real=True), derivation.statement.variable("y")()
    assert status(derivation, (sigmoid(z) - y) * sigmoid(z) * (1 - sigmoid(z))) == "refuted"


@pytest.mark.parametrize("name", ["signs.loss", "signs.labels", "signs.mean.labels"])
def test_labels_plus_minus_one_need_their_domain(name):
    """For other real t the two losses differ: the step by cases fails without t ∈ {−1, 1}."""
    derivation = BY_NAME[f"logistic_regression.{name}"]
    assert any("{−1, 1}" in c for c in prove(derivation).conditions)
    assert prove(with_domain(derivation, "t", Domain.REAL)).verdict.status.value == "refuted"


def test_the_plain_gradients_need_no_label_relation():
    """dC/dz = σ(z) − y holds for every y ≥ 0, soft labels included."""
    assert prove(with_domain(BY_NAME["logistic_regression.z"], "y", Domain.NONNEGATIVE)).is_proved
    assert prove(with_domain(BY_NAME["logistic_regression.mean.w"], "y", Domain.NONNEGATIVE)).is_proved


def test_a_step_bound_with_a_smaller_constant_is_not_proved():
    derivation = BY_NAME["logistic_regression.step_bound.sigma"]
    sigma = sp.Symbol("sigma", real=True)
    smaller = sp.Rational(1, 5) - sigma * (1 - sigma)
    assert not prove(replace(derivation, left=smaller, steps=(Step(smaller, "algebra"),))).is_proved


def test_convexity_is_not_strict():
    derivation = BY_NAME["logistic_regression.convexity"]
    assert not prove(replace(derivation, relation=">")).is_proved  # v = 0
