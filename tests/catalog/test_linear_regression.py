"""Linear regression: every claim is proved, and close misses are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status

from derivations.catalog.linear_regression import DERIVATIONS
from derivations.proof import prove
from derivations.statement import index, size

BY_NAME = {d.name: d for d in DERIVATIONS}


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "linear_regression")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize(
    "name", ["w", "mean.w", "half_sum.b", "simple.mean.w", "polynomial.mean.w", "interaction.mean.w", "mean.yhat"]
)
def test_wrong_sign_and_factor_are_refuted(name):
    derivation = BY_NAME[f"linear_regression.{name}"]
    assert [status(derivation, fault) for fault in faults(derivation)] == ["refuted"] * 4


def test_conventions_are_told_apart():
    """2/n, 1/n, 2 and 1: the same sum, four claims."""
    names = ("mean", "half_mean", "sum", "half_sum")
    for claimed in names:
        for true in names:
            found = status(BY_NAME[f"linear_regression.{true}.w"], BY_NAME[f"linear_regression.{claimed}.w"].right)
            assert found == ("proved" if claimed == true else "refuted"), (true, claimed)


def test_power_of_the_wrong_index_is_refuted():
    derivation = BY_NAME["linear_regression.polynomial.mean.w"]
    j = index("j")
    x = derivation.statement.variable("x")
    i = index("i")
    wrong = derivation.right.xreplace({x[i] ** j: x[i] ** (j - 1)})
    assert wrong != derivation.right
    assert status(derivation, wrong) == "refuted"


def test_missing_category_delta_is_refuted():
    derivation = BY_NAME["linear_regression.interaction.mean.w"]
    h, i, a = derivation.statement.variable("h"), index("i"), index("a")
    assert status(derivation, derivation.right.xreplace({h[i, a]: sp.S.One})) == "refuted"


def test_least_squares_slope_needs_centred_sums():
    """Σ x y / Σ x² is the slope of a line through the origin, and not where ∂C/∂w − x̄ ∂C/∂b vanishes."""
    derivation = BY_NAME["linear_regression.simple.ols.slope"]
    x, y = derivation.statement.variable("x"), derivation.statement.variable("y")
    w = derivation.statement.variable("w")()
    n, i = size("n"), index("i")
    sums = sp.Sum(x[i] * y[i], (i, 1, n)), sp.Sum(x[i] ** 2, (i, 1, n))
    assert status(derivation, 2 * sums[1] / n * (w - sums[0] / sums[1])) == "refuted"


def test_least_squares_names_its_condition():
    assert any("≠ 0" in c for c in prove(BY_NAME["linear_regression.simple.ols.zero_w"]).conditions)


def test_a_difference_of_squares_has_no_sign():
    derivation = BY_NAME["linear_regression.convexity"]
    assert not prove(replace(derivation, relation="<=")).is_proved
    assert not prove(replace(derivation, relation=">")).is_proved  # Xv may be 0
