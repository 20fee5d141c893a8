"""(f + g)(x) is f(x) + g(x): right claims of functions taken at a place, which are no products of brackets."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes


def verdict(formula: str) -> str:
    return check_notes(f"$${formula}$$\n").steps[-1].verdict


@pytest.mark.parametrize(
    "formula",
    [
        "(f g)(x) = f(x) g(x)",
        "(f + g)(x) = f(x) + g(x)",
        "(u - v)(t) = u(t) - v(t)",
        r"(2 f)(x) = 2 f(x)",
        r"(p \cdot q)(s) = p(s) q(s)",
        "(f * g)(t) = f(t) g(t)",
        "(f g)(x + 1) = f(x + 1) g(x + 1)",
    ],
)
def test_functions_taken_at_a_place_refute_nothing(formula):
    assert verdict(formula) != "refuted"


@pytest.mark.parametrize(
    "formula", ["(a + b)(c + d) = a c + b d", "(a + b)(a - b) = a^2 + b^2", "(a + b)(c + d) = a(c + d) + b(c - d)"]
)
def test_a_wrong_product_of_brackets_is_refuted(formula):
    text = rf"Let $a, b, c, d \in \mathbb{{R}}$.{chr(10)}{chr(10)}$${formula}$$"
    assert check_notes(text).steps[-1].verdict == "refuted"


def test_a_bracket_of_its_own_letters_is_a_factor():
    assert verdict("(x + 1)(x - 1) = x(x - 1) - (x - 1)") == "refuted"


def test_a_right_product_of_brackets_is_proved():
    assert verdict("(a + b)(a - b) = a^2 - b^2") == "proved"
