"""Penalties: every claim is proved, the bias is free, and |w| keeps its condition."""

from __future__ import annotations

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status

from derivations.catalog import derivations
from derivations.catalog.regularization import DERIVATIONS
from derivations.proof import prove
from derivations.statement import index

BY_NAME = {d.name: d for d in DERIVATIONS}


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "regularization")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("name", ["l2", "half_l2", "linear.l2.mean.w", "logistic.half_l2.w", "linear.l1.w"])
def test_wrong_sign_and_factor_are_refuted(name):
    derivation = BY_NAME[f"regularization.{name}"]
    assert [status(derivation, fault) for fault in faults(derivation)] == ["refuted"] * 4


@pytest.mark.parametrize("loss", ["linear", "logistic"])
@pytest.mark.parametrize("penalty", ["l2", "half_l2", "l1"])
def test_a_missing_penalty_is_refuted(loss, penalty):
    derivation = BY_NAME[f"regularization.{loss}.{penalty}.mean.w"]
    unpenalised = next(d for d in derivations(f"{loss}_regression") if d.name == f"{loss}_regression.mean.w")
    assert status(derivation, unpenalised.right) == "refuted"


def test_a_penalised_bias_is_refuted():
    derivation = BY_NAME["regularization.linear.l2.mean.b"]
    b, weight = derivation.statement.variable("b")(), derivation.statement.variable("lambda")()
    assert status(derivation, derivation.right + 2 * weight * b) == "refuted"


def test_the_kink_is_a_condition_and_a_convention():
    derivation = BY_NAME["regularization.l1"]
    assert prove(derivation).conditions == ("w_j ≠ 0",)
    assert "sign(0) = 0" in derivation.statement.convention


def test_one_penalty_is_not_another():
    w, j = sp.IndexedBase(sp.Symbol("w", real=True)), index("j")
    weight = BY_NAME["regularization.l2"].statement.variable("lambda")()
    assert status(BY_NAME["regularization.l1"], 2 * weight * w[j]) == "refuted"
    assert status(BY_NAME["regularization.half_l2"], 2 * weight * w[j]) == "refuted"
