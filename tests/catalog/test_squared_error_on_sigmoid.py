"""Squared error on a sigmoid: gradients, limits and non-convexity are proved, and false ones are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status, with_last

from derivations.catalog.squared_error_on_sigmoid import DERIVATIONS
from derivations.proof import prove

BY_NAME = {d.name: d for d in DERIVATIONS}


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "squared_error_on_sigmoid")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("name", ["z", "half.z", "w", "mean.w", "half_sum.b", "second_derivative"])
def test_wrong_sign_and_factor_are_refuted(name):
    derivation = BY_NAME[f"squared_error_on_sigmoid.{name}"]
    assert [status(derivation, fault) for fault in faults(derivation)] == ["refuted"] * 4


@pytest.mark.parametrize("derivation", [d for d in DERIVATIONS if d.kind == "limit"], ids=lambda d: d.name)
def test_wrong_limits_are_not_proved(derivation):
    for wrong in {-1, 0, 1} - {int(derivation.right)}:
        assert not prove(with_last(derivation, sp.Integer(wrong))).is_proved


def test_the_wrong_side_is_flat_for_squared_error_only():
    values = {d.name.removeprefix("squared_error_on_sigmoid.limit."): d.right for d in DERIVATIONS if d.kind == "limit"}
    assert values["y1.minus"] == values["y0.plus"] == 0
    assert (values["cross_entropy.y1.minus"], values["cross_entropy.y0.plus"]) == (-1, 1)


@pytest.mark.parametrize(("name", "z"), [("y0", Fraction(0)), ("y1", Fraction(1))])
def test_a_point_where_the_loss_is_convex_is_no_witness(name, z):
    derivation = BY_NAME[f"squared_error_on_sigmoid.not_convex.{name}"]
    assert prove(derivation).verdict.witness is not None
    assert not prove(replace(derivation, witness={"z": z})).is_proved
