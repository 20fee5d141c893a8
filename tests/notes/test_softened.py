r"""The softmax under any name, f(z_i), \sigma(z)_i and f_i: its slopes hold, and a fault in them is refuted."""

import pytest

from derivations.notes.library import check_notes

OF_ENTRIES = r"""
$$F(z_i) = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}$$
$$\frac{\partial F(z_i)}{\partial z_j} = F(z_i)(\delta_{ij} - F(z_j))$$
$$\frac{\partial F_i}{\partial z_j} = F_i(\delta_{ij} - F_j)$$
"""
OF_VECTORS = r"""
$$F(\mathbf{z})_i = \frac{\exp(z_i)}{\sum_{j=1}^K \exp(z_j)}$$
$$\frac{\partial [F(\mathbf{a})]_i}{\partial a_j} = F(\mathbf{a})_i(\delta_{ij} - F(\mathbf{a})_j)$$
$$\frac{\partial F_i}{\partial z_j} = F_i(\delta_{ij} - F_j)$$
"""
OF_ITS_OWN = r"""
$$y_i(z_i) = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$$
$$\frac{\partial y_k}{\partial z_i} = y_k(1\{k = i\} - y_i)$$
"""
BESIDE_THE_LOGISTIC = r"""
$$\sigma(u) = \frac{1}{1 + e^{-u}}$$ and $$\sigma(z)_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}$$
$$\frac{d\sigma(u)}{du} = \sigma(u)(1 - \sigma(u))$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    "text",
    [
        *(OF_ENTRIES.replace("F", name) for name in ("S", r"\sigma", r"\mathrm{softmax}")),
        OF_VECTORS.replace("F", r"\sigma"),
        OF_ITS_OWN,
        BESIDE_THE_LOGISTIC,
    ],
)
def test_its_slopes_are_proved(text):
    assert verdicts(text)[-1] == "proved"
    assert set(verdicts(text)) <= {"definition", "proved"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (OF_ENTRIES.replace("F", "S"), r"(\delta_{ij} - S(z_j))", r"(\delta_{ij} + S(z_j))"),
        (OF_ENTRIES.replace("F", r"\sigma"), r"(\delta_{ij} - \sigma_j)", r"(\delta_{ij} - \sigma_i)"),
        (OF_VECTORS.replace("F", r"\sigma"), r"\mathbf{a})_j)", r"\mathbf{a})_i)"),
        (OF_ITS_OWN, r"\} - y_i)", r"\} - 2 y_i)"),
        (BESIDE_THE_LOGISTIC, "(1 - ", "(1 + "),
    ],
)
def test_a_fault_in_them_is_refuted(text, right, wrong):
    assert "refuted" in verdicts(text.replace(right, wrong))


def test_a_name_with_an_index_may_be_something_else():
    text = OF_ENTRIES.replace("F", "S") + r"Let $S_i = z_i^2$, so $\frac{\partial S_i}{\partial z_i} = 2 z_i$."
    assert verdicts(text)[-1] == "proved"


OF_MORE = r"""
$$h_\theta(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}, \qquad g'(z) = g(z)(1 - g(z))$$
$$\ell(\theta) = y \log h_\theta(x) + (1 - y) \log(1 - h_\theta(x))$$
$$\frac{\partial}{\partial \theta_j} g(\theta^T x) = g(\theta^T x)(1 - g(\theta^T x)) x_j$$
$$\frac{\partial \ell}{\partial \theta_j} = (y - h_\theta(x)) x_j$$
"""


def test_the_logistic_function_may_be_said_of_more_than_a_letter():
    found = verdicts(OF_MORE)
    assert set(found) <= {"definition", "proved", "supported"} and found.count("proved") > 3


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("(1 - g(z))", "(1 + g(z))"), ("(1 - g(\\theta^T x)) x_j", "(1 + g(\\theta^T x)) x_j"), ("= (y - h", "= (y + h")],
)
def test_a_fault_beside_it_is_refuted(right, wrong):
    assert right in OF_MORE
    assert "refuted" in verdicts(OF_MORE.replace(right, wrong))


def test_another_function_of_more_than_a_letter_is_not_the_logistic_one():
    for wrong in (OF_MORE.replace("e^{-\\theta^T x}", "e^{\\theta^T x}"), OF_MORE.replace("{1 + e", "{2 + e")):
        assert verdicts(wrong)[2] not in ("proved", "supported")


def test_a_slope_by_a_weight_says_nothing_of_the_argument():
    text = r"Let $a = \sigma(z)$ and $z = w x$. $$\frac{\partial \sigma}{\partial w} = \sigma(z)(1 - \sigma(z)) x$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("(1 -", "(1 +"))[-1] == "refuted"


SIGMA_BY_FORMULAS = (
    r"$$\sigma(z) = \left(\frac{e^{z_1}}{\sum_{j=1}^K e^{z_j}}, \dots, \frac{e^{z_K}}{\sum_{j=1}^K e^{z_j}}\right)$$",
    r"The outputs are $p_i = \sigma(z)_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}$.",
    r"With $p = \sigma(z)$ and $p_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}$,",
)


@pytest.mark.parametrize("says", SIGMA_BY_FORMULAS, ids=["list", "chain", "another name"])
def test_a_sigma_that_formulas_say_to_be_the_softmax_is_shift_invariant(says):
    shifted = says + r" $$\sigma(z + c\mathbf{1}) = \sigma(z)$$"
    assert check_notes(shifted).steps[-1].verdict == "proved"
    scaled = says + r" $$\sigma(2z) = \sigma(z)$$"
    assert check_notes(scaled).steps[-1].verdict not in ("proved", "supported")


def test_a_sigmoid_beside_a_softmax_of_the_same_letters_stays_one():
    text = r"""
The sigmoid gives $p = \sigma(z)$ for two classes. For more, $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$.

$$\frac{d\sigma(z)}{dz} = \sigma(z)(1 - \sigma(z))$$
"""
    assert check_notes(text).steps[-1].verdict in ("proved", "supported")


def test_an_example_of_a_softmax_makes_it_no_other_function() -> None:
    given = r"""The softmax is $$\sigma(z)_i = \frac{e^{z_i}}{\sum_{j=1}^n e^{z_j}}$$ For $z = (2, 1, 0)$ it gives
    $$\sigma(z) = \frac{1}{e^2 + e^1 + e^0} (e^2, e^1, e^0)$$ """
    for claim in (r"\sigma(z + c\mathbf{1}) = \sigma(z)", r"\sigma(z) = \sigma(z + c)"):
        assert check_notes(given + f"$${claim}$$").steps[-1].verdict == "proved"
    assert check_notes(given + r"$$\sigma(z + c)_i = \sigma(z)_i$$").steps[-1].verdict == "proved"
    assert check_notes(given + r"$$\sigma(2 z)_i = \sigma(z)_i$$").steps[-1].verdict == "refuted"
