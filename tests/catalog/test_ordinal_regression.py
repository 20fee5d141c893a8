"""Ordinal regression: every claim is proved, the order of the thresholds is used, planted faults are refuted."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp
from catalog_contract import assert_proved, assert_well_formed, faults, status, with_domain

from derivations.catalog.ordinal_regression import DERIVATIONS
from derivations.domain import Domain
from derivations.equation import is_signed
from derivations.functions import sigmoid
from derivations.proof import prove
from derivations.statement import Statement, index, scalar, size, variable
from derivations.zero_test import Context

BY_NAME = {d.name.removeprefix("ordinal_regression."): d for d in DERIVATIONS}
K, c, t = size("K"), index("c"), index("t")


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda d: d.name)
def test_every_step_is_proved(derivation):
    assert_well_formed(derivation, "ordinal_regression")
    assert_proved(derivation)


def test_names_are_distinct():
    assert len(BY_NAME) == len(DERIVATIONS)


@pytest.mark.parametrize("name", ["between.u", "between.eta", "first.eta", "last.beta", "sample.eta", "sample.theta"])
def test_wrong_sign_and_factor_are_refuted(name):
    assert [status(BY_NAME[name], fault) for fault in faults(BY_NAME[name])] == ["refuted"] * 4


def test_one_hot_labels_are_a_condition():
    assert "Y is one-hot" in prove(BY_NAME["sample.eta"]).conditions
    withheld = prove(with_domain(BY_NAME["sample.eta"], "Y", Domain.NONNEGATIVE))
    assert withheld.verdict.status.value == "refuted"


def test_the_threshold_of_the_other_side_is_refuted():
    """∂C/∂θ_t with Y_t alone forgets that θ_t is the lower threshold of class t + 1."""
    derivation = BY_NAME["sample.theta"]
    Y = derivation.statement.variable("Y")
    gamma = sp.IndexedBase(sp.Symbol("gamma", real=True))
    p = sp.Symbol("p", real=True)
    assert status(derivation, -Y[t] * gamma[t] * (1 - gamma[t]) / p) == "refuted"


def test_the_stable_forms_hold_no_difference_of_probabilities():
    for name in ("loss", "eta", "w", "theta", "sample.theta"):
        derivation = BY_NAME[name]
        form = derivation.stable if derivation.stable is not None else derivation.right
        names = {str(s) for s in form.free_symbols}
        assert not names & {"p", "gamma"}, name


def test_a_gap_with_the_wrong_sign_is_refuted():
    derivation = BY_NAME["between.loss"]
    u, l = sp.symbols("u l", real=True)
    assert status(derivation, derivation.right.subs(l - u, u - l)) != "proved"


INCREASING = variable("theta", K, role="threshold", domain=Domain.INCREASING)
PLAIN = variable("r", K, role="feature")
ETA = scalar("eta", role="score")
CONTEXT = Context.of(
    Statement(
        "increasing",
        "example",
        "An increasing vector",
        "",
        (INCREASING, PLAIN, ETA),
        ranges=((c, 2, K - 1), (t, 1, K)),
        minimum=((K, 2),),
    )
)


@pytest.mark.parametrize(
    ("expr", "positive"),
    [
        (INCREASING[c] - INCREASING[c - 1], True),
        (INCREASING[c + 1] - INCREASING[c - 1], True),
        (sp.exp(INCREASING[c] / 2) - sp.exp(INCREASING[c - 1] / 2), True),
        (1 - sp.exp(INCREASING[c - 1] - INCREASING[c]), True),
        (sigmoid(INCREASING[c] - ETA()) - sigmoid(INCREASING[c - 1] - ETA()), True),
        (INCREASING[c - 1] - INCREASING[c], False),
        (INCREASING[c] - INCREASING[t], False),  # t may be greater than c
        (2 * INCREASING[c] - INCREASING[c - 1], False),  # θ may be negative
        (INCREASING[c] ** 2 - INCREASING[c - 1] ** 2, False),
        (sp.exp(2 * INCREASING[c]) - sp.exp(INCREASING[c - 1]), False),
        (ETA() * INCREASING[c] - ETA() * INCREASING[c - 1], False),
        (PLAIN[c] - PLAIN[c - 1], False),
    ],
    ids=str,
)
def test_the_order_of_an_increasing_vector_gives_signs(expr, positive):
    assert is_signed(expr, CONTEXT, strict=True) is positive


def test_thresholds_that_are_not_ordered_leave_conditions():
    real = with_domain(BY_NAME["sample.loss"], "theta", Domain.REAL)
    assert any("θ" in condition for condition in prove(real).conditions)
    assert not any("θ" in condition for condition in prove(BY_NAME["sample.loss"]).conditions)


def test_a_claim_at_one_class_only_is_not_taken_for_all():
    """The interior formula for every class would need θ_0 and θ_K."""
    derivation = BY_NAME["sample.eta"]
    gamma = sp.IndexedBase(sp.Symbol("gamma", real=True))
    Y = derivation.statement.variable("Y")
    interior = sp.Sum(Y[c] * (1 - gamma[c] - gamma[c - 1]), (c, 2, K - 1))
    assert not prove(replace(derivation, steps=(replace(derivation.steps[-1], expr=interior),), stable=None)).is_proved
