"""Likelihoods: every claim is proved, and the constants matter."""

from __future__ import annotations

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status

from derivations.catalog.maximum_likelihood import DERIVATIONS
from derivations.statement import index, size

BY_NAME = {d.name: d for d in DERIVATIONS}


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "maximum_likelihood")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_wrong_sign_and_factor_are_refuted(derivation):
    assert [status(derivation, fault) for fault in faults(derivation)] == ["refuted"] * 4


def test_the_constant_of_the_gaussian_is_needed():
    derivation = BY_NAME["maximum_likelihood.gaussian"]
    sigma, error = derivation.statement.variable("sigma")(), sp.Symbol("E", real=True)
    assert status(derivation, error / (2 * sigma**2)) == "refuted"
    assert status(derivation, error / (2 * sigma**2) + sp.log(sigma) + sp.log(2 * sp.pi) / 2) == "proved"


def test_swapped_labels_are_refuted():
    derivation = BY_NAME["maximum_likelihood.bernoulli"]
    y, p = derivation.statement.variable("y"), derivation.statement.variable("p")
    n, i = size("n"), index("i")
    swapped = sp.Sum(-(1 - y[i]) * sp.log(p[i]) - y[i] * sp.log(1 - p[i]), (i, 1, n)) / n
    assert status(derivation, swapped) == "refuted"
