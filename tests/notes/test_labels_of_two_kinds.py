"""Labels −1 and 1 beside labels 0 and 1 in one text, and φ(w^T x), a function that nobody defined."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

BOTH = r"""
For $y_i \in \{-1, 1\}$ there are labels $y_i' \in \{0, 1\}$. Then
$$CLAIM$$
"""


def verdict(claim: str) -> str:
    return check_notes(BOTH.replace("CLAIM", claim)).steps[-1].verdict


@pytest.mark.parametrize(
    "claim",
    [
        r"\sum_{i=1}^n y_i^2 a_i = \sum_{i=1}^n a_i",
        r"y_i' \log(1 + e^{-z_i}) - (y_i' - 1) \log(1 + e^{z_i}) = \log(1 + e^{-(2 y_i' - 1) z_i})",
    ],
)
def test_what_holds_for_labels_of_one_kind_is_left_open(claim):
    """Refuted before by labels that are neither."""
    assert verdict(claim) == "undecided"


@pytest.mark.parametrize(
    "claim",
    [
        r"\sum_{i=1}^n y_i^2 a_i = \sum_{i=1}^n 2 a_i",
        r"y_i' \log(1 + e^{-z_i}) - (y_i' - 1) \log(1 + e^{z_i}) = \log(1 + e^{-(y_i' - 1) z_i})",
    ],
)
def test_what_holds_for_neither_is_refuted(claim):
    assert verdict(claim) == "refuted"


def test_an_unknown_function_of_a_logit_is_no_factor():
    r"""Refuted before: \phi was multiplied with w^T x."""
    claim = r"$$\sum_i -\log(\phi(w^T x_i)) = \sum_i \log(1 + \exp(-w^T x_i))$$"
    said = "$$\\phi(z) = \\frac{1}{1 + \\exp(-z)}$$\n\n"
    assert check_notes(claim).steps[-1].verdict == "undecided"
    assert check_notes(said + claim).steps[-1].verdict == "proved"
    assert check_notes(said + claim.replace("exp(-w", "exp(w")).steps[-1].verdict == "refuted"


def test_features_are_multiplied_as_before():
    text = "Let $f(x) = w^T \\phi(x)$ and $L = \\frac12 (f(x) - y)^2$.\n\n$$\\frac{\\partial L}{\\partial f} = %s$$\n"
    assert check_notes(text % "f - y").steps[-1].verdict in ("proved", "supported")
