r"""What is a product of numbers, and may be more: f * g, f \circ g, H[p q], E_a a b, rank(A B), e^{A + B}."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")


def verdict(formula: str, words: str = "") -> str:
    return check_notes(f"{words}\n\n$${formula}$$\n").steps[-1].verdict


@pytest.mark.parametrize(
    "formula",
    [
        "(f * g) = f g",
        r"f \ast g = f g",
        r"f \circ g = f g",
        r"f \circ g = g \circ f",
        "f * g * h = f g h",
        r"u \times v = v \times u",
        r"a \odot b = a b",
    ],
)
def test_a_sign_between_letters_of_which_nothing_is_known(formula):
    assert verdict(formula) == "undecided"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("a * b = a b", r"Let $a, b \in \mathbb{R}$."),
        ("a * b = b a", "The numbers $a$ and $b$ are given."),
        ("a * b = a b", "$a = 3$ and $b = 4$."),
        ("2 * f = 2 f", ""),
        ("f * g = g * f", ""),
        (r"(f \circ g) + h = h + (f \circ g)", ""),
        ("x_1 * x_2 = x_1 x_2", ""),
    ],
)
def test_the_same_sign_between_known_numbers_or_with_one_meaning(formula, words):
    assert verdict(formula, words) == "proved"


def test_a_wrong_product_of_known_numbers_is_refuted():
    assert verdict("a * b = 2 a b", r"Let $a, b \in \mathbb{R}$ with $a = 3$ and $b = 4$.") == "refuted"


@pytest.mark.parametrize(
    "formula",
    [
        "H[pq] = q H[p]",
        "F[fg] = g F[f]",
        "T(fg) = g T(f)",
        "E_a a b = a E_a b",
        r"\mathrm{Var}_a a b = a \mathrm{Var}_a b",
        "D_x f g = f D_x g",
        r"\Delta (f g) = f \Delta g",
        r"\mathrm{rank}(AB) = \mathrm{rank}(BA)",
        r"\operatorname{null}(AB) = \operatorname{null}(BA)",
        r"\operatorname{vec}(AB) = \operatorname{vec}(BA)",
        "D(f g) = g D f",
    ],
)
def test_an_operator_is_no_factor(formula):
    assert verdict(formula) not in (*HELD, "refuted")


@pytest.mark.parametrize("formula", ["2 H[p] = H[p] + H[p]", "T(f) + T(g) = T(g) + T(f)", "f_x g = g f_x"])
def test_what_holds_of_operators_too_is_proved(formula):
    assert verdict(formula) == "proved"


def test_a_rule_of_differentiation_with_a_d_is_proved():
    assert verdict(r"\frac{d}{dx} (f(x) g(x)) = D f(x) \, g(x) + f(x) \, D g(x)") == "proved"


def test_the_exponential_of_matrices():
    assert verdict("e^{A+B} = e^A e^B", "Let $A$ and $B$ be matrices.") == "undecided"
    assert verdict("e^{a+b} = e^a e^b") == "proved"
    assert verdict("e^{A+B} = e^B e^A") != "proved"
    assert verdict("e^{a+b} = e^a + e^b", r"Let $a, b \in \mathbb{R}$.") == "refuted"


@pytest.mark.parametrize(
    "formula",
    [
        r"\mathbb{1}[ab] = a \mathbb{1}[b]",
        r"\langle a, b \rangle = a b",
        r"\langle a, b \rangle + c = a b + c",
        r"\langle a + c, b \rangle = a b + c b",
    ],
)
def test_an_indicator_is_no_factor_and_an_inner_product_no_product(formula):
    assert verdict(formula) == "undecided"


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        (r"2 \mathbb{1}[b] = \mathbb{1}[b] + \mathbb{1}[b]", ""),
        (r"\langle a, b \rangle = \langle b, a \rangle", ""),
        (r"\langle a, b \rangle = a \cdot b", ""),
        (r"\langle a + c, b \rangle = \langle a, b \rangle + \langle c, b \rangle", ""),
        (r"\langle a - b, a - b \rangle = \|a\|^2 - 2 \langle a, b \rangle + \|b\|^2", ""),
        (r"\langle a, b \rangle = a b", r"Let $a, b \in \mathbb{R}$."),
    ],
)
def test_what_holds_of_indicators_and_inner_products_is_proved(formula, words):
    assert verdict(formula, words) == "proved"


def test_a_wrong_rule_of_inner_products_is_refuted():
    assert verdict(r"\langle a + c, b \rangle = \langle a, b \rangle - \langle c, b \rangle") == "refuted"


@pytest.mark.parametrize(("value", "claim"), [("f * g", "h = f g"), ("H[p q]", "h = q H[p]"), ("f * g", "2 h = 2 f g")])
def test_what_a_name_stands_for_is_no_product_either(value, claim):
    assert check_notes(f"Let $h = {value}$.\n\n$${claim}$$\n").steps[-1].verdict == "undecided"


@pytest.mark.parametrize(
    ("value", "claim"),
    [("f * g", "h = g * f"), ("f * g", "2 h = f * g + h"), ("a b", "h = b a"), ("f * g", "h + 1 = 1 + h")],
)
def test_what_holds_of_what_a_name_stands_for_is_proved(value, claim):
    assert check_notes(f"Let $h = {value}$.\n\n$${claim}$$\n").steps[-1].verdict == "proved"
