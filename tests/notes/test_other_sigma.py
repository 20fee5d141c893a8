r"""σ where it is another function than the logistic one, and what rests on it."""

import pytest

from derivations.notes.library import check_notes

COST = r"$a = \sigma(z)$, $C = \frac12 (a - y)^2$."
RELU = r"The activation is $\sigma(z) = \max(0, z)$. With $z = w^T x + b$, " + COST
TANH = r"Let $\sigma(z) = \tanh(z)$. With $z = w^T x + b$, " + COST
BOTH = r"The sigmoid is $\sigma(z) = \frac{1}{1 + e^{-z}}$; another choice is $\sigma(z) = \tanh z$. With " + COST
BY_EXPONENTIALS = r"Let $\sigma(z) = \frac{e^z - e^{-z}}{e^z + e^{-z}}$. With " + COST
STEEP = r"The sigmoid is $\sigma(z) = \frac{1}{1 + e^{-\beta z}}$. With " + COST
ANY = r"Let $\sigma$ be any activation function. With " + COST
NAMED = r"Let $\sigma = \tanh$. With " + COST
SLIPPED = r"The sigmoid is $\sigma(z) = \frac{1}{1 + e^z}$. With " + COST
HALVED = r"$$\sigma(z) = \frac12 \left(1 + \tanh \frac z2\right)$$"


def last(*formulas):
    text, formula = formulas
    return check_notes(f"{text}\n$${formula}$$\n").steps[-1]


@pytest.mark.parametrize(
    ("text", "formula", "verdict"),
    [
        (TANH, r"\frac{\partial C}{\partial b} = (a - y)(1 - a^2)", "proved"),
        (TANH, r"\frac{\partial C}{\partial b} = (a - y) a (1 - a)", "refuted"),
        (TANH, r"\sigma'(z) = 1 - \sigma(z)^2", "proved"),
        (TANH, r"\frac{d\sigma(z)}{dz} = \sigma(z) (1 - \sigma(z))", "refuted"),
        (RELU, r"\frac{\partial C}{\partial b} = (a - y)\,\sigma'(z)", "proved"),
        (RELU, r"\frac{\partial C}{\partial b} = (a - y) a (1 - a)", "refuted"),
        (RELU, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "refuted"),
        (BY_EXPONENTIALS, r"\frac{\partial C}{\partial z} = (a - y)(1 - a^2)", "proved"),
        (BY_EXPONENTIALS, r"\frac{\partial C}{\partial z} = (a - y) a (1 - a)", "refuted"),
        (STEEP, r"\sigma'(z) = \beta \sigma(z) (1 - \sigma(z))", "proved"),
        (STEEP, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "refuted"),
        (ANY, r"\frac{\partial C}{\partial z} = (a - y)\,\sigma'(z)", "proved"),
        (ANY, r"\frac{\partial C}{\partial z} = (a - y) a (1 - a)", "undecided"),
        (NAMED, r"\frac{\partial C}{\partial z} = (a - y) a (1 - a)", "undecided"),
        (SLIPPED, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "proved"),
        (HALVED, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "proved"),
        (HALVED, r"\sigma'(z) = 1 - \sigma(z)^2", "refuted"),
        # nothing says which of them is meant
        (BOTH, r"\frac{\partial C}{\partial z} = (a - y) a (1 - a)", "undecided"),
        (BOTH, r"\frac{\partial C}{\partial z} = (a - y)(1 - a^2)", "undecided"),
        (BOTH, r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", "undecided"),
    ],
)
def test_is_the_function_that_the_document_says_it_is(text, formula, verdict):
    assert last(text, formula).verdict == verdict


def test_the_logistic_function_written_by_a_tanh_is_proved():
    assert [s.verdict for s in check_notes(HALVED).steps] == ["proved"]


def test_its_name_is_shown_as_it_is_written():
    assert "°" not in last(TANH, r"\sigma'(z) = 1 - \sigma(z)^2").left


def test_what_is_almost_the_logistic_function_is_a_slip():
    assert check_notes(SLIPPED).steps[0].verdict == "refuted"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\frac{\partial \sigma_i}{\partial z_i} = \sigma_i (1 - \sigma_i)", "proved"),
        (r"\frac{\partial \sigma_i}{\partial z_j} = \sigma_i (\delta_{ij} - \sigma_j)", "proved"),
        (r"\frac{\partial \sigma_i}{\partial z_j} = \sigma_i (1 - \sigma_j)", "refuted"),
    ],
)
def test_an_entry_before_a_bracket_is_a_factor(formula, verdict):
    assert last(r"$\sigma_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$", formula).verdict == verdict


@pytest.mark.parametrize("inverse", [r"\log\frac{p}{1 - p}", r"\ln p - \ln(1 - p)"])
@pytest.mark.parametrize(("slope", "verdict"), [(r"\sigma(z)(1 - \sigma(z))", "proved"), (r"\sigma(z)", "refuted")])
def test_the_inverse_of_sigma_is_not_another_sigma(inverse, slope, verdict):
    text = rf"$\sigma(z) = \frac{{1}}{{1 + e^{{-z}}}}$ has the inverse $\sigma^{{-1}}(p) = {inverse}$."
    assert last(text, rf"\sigma'(z) = {slope}").verdict == verdict
