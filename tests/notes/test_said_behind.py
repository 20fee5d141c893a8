"""What is said behind its use: "where" and "with" reach over a list, and words may go on where a formula ends."""

import pytest

from derivations.notes.library import check_notes

SOFTMAX = r"""
$$\frac{\partial L}{\partial z_k} = p_k - y_k$$
where $L = -\sum_k y_k \log p_k$ and $p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$, for labels with $\sum_k y_k = 1$.
"""
LOGISTIC = r"""
The gradient is $\frac{\partial L}{\partial w} = (\hat y - y) x$, with $L = -y \log \hat y - (1 - y) \log(1 - \hat y)$,
$\hat y = \sigma(z)$ and $z = w^T x + b$.
"""
LEAST_SQUARES = r"""
$$\nabla_w J = \frac1n X^T (\hat y - y)$$
wobei $J = \frac{1}{2n} \|\hat y - y\|^2$ und $\hat y = X w$.
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize("text", [SOFTMAX, LOGISTIC, LEAST_SQUARES])
def test_a_gradient_holds_by_what_is_said_behind_it(text):
    assert verdicts(text)[0] == "proved"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (SOFTMAX, "= p_k - y_k", "= p_k + y_k"),
        (SOFTMAX, "= p_k - y_k", "= 2 (p_k - y_k)"),
        (LOGISTIC, r"= (\hat y - y) x", r"= (y - \hat y) x"),
        (LEAST_SQUARES, r"\frac1n X^T", r"\frac2n X^T"),
    ],
)
def test_a_wrong_gradient_is_refuted_by_what_is_said_behind_it(text, right, wrong):
    assert right in text
    assert verdicts(text.replace(right, wrong))[0] == "refuted"


def test_a_value_behind_a_formula_is_a_case_and_no_definition():
    text = r"""
The loss is $L = -y \log p - (1 - y) \log(1 - p)$, and $\frac{\partial L}{\partial p} = -\frac{1}{p}$ with $y = 1$.
"""
    assert verdicts(text)[1] != "proved"
    assert verdicts(text.replace(r"-\frac{1}{p}", r"\frac{1}{p}"))[1] not in ("proved", "supported")


def test_a_name_that_is_said_twice_is_not_known_ahead():
    text = r"$$\frac{\partial L}{\partial w} = 2 w$$ where $L = w^2$. Elsewhere $L = w^3$, where $w > 0$."
    assert verdicts(text)[0] != "refuted"


def test_words_that_say_what_a_name_is_are_no_equation():
    text = r"$s_l =$ the number of units in layer $l$, and $\lambda >> \alpha$. Then $s_l = $"
    steps = check_notes(text).steps
    assert [(s.verdict, s.method) for s in steps[:2]] == [("definition", "statement")] * 2
    assert steps[2].verdict == "unsupported"


@pytest.mark.parametrize(
    ("gradient", "mean", "verdict"),
    [
        (r"X^T (y - \mu)", r"e^{x_i^T \beta}", "proved"),
        (r"X^T (\mu - y)", r"e^{x_i^T \beta}", "refuted"),
        (r"X^T (y - \mu)", r"e^{-x_i^T \beta}", "refuted"),
    ],
)
def test_a_name_may_be_defined_further_on_in_the_display_that_uses_it(gradient, mean, verdict):
    text = r"$$\ell(\beta) = \sum_{i=1}^n (y_i x_i^T \beta - e^{x_i^T \beta})$$"
    assert verdicts(rf"{text} $$\nabla \ell(\beta) = {gradient}, \quad \mu_i = {mean}$$")[1] == verdict


CASES = r"""
$$\frac{\partial y_i}{\partial x_j} = \frac{\partial}{\partial x_j} \left( \frac{e^{x_i}}{\sum_k e^{x_k}} \right)$$

(1) $i = j$:
$$\frac{\partial y_i}{\partial x_i} = \frac{e^{x_i} \sum_k e^{x_k} - e^{x_i} e^{x_i}}{(\sum_k e^{x_k})^2}
= y_i - y_i^2$$

(2) $i \ne j$:
$$\frac{\partial y_i}{\partial x_j} = -\frac{e^{x_i} e^{x_j}}{(\sum_k e^{x_k})^2} = -y_i y_j$$

All of this is about $y_i = \frac{e^{x_i}}{\sum_k e^{x_k}}$.
"""


def test_what_is_said_some_formulas_behind_holds_for_what_nothing_before_says():
    assert set(verdicts(CASES)) <= {"proved", "supported", "definition"}


@pytest.mark.parametrize(("right", "wrong"), [("= y_i - y_i^2", "= y_i + y_i^2"), ("= -y_i y_j", "= y_i y_j")])
def test_a_wrong_step_is_not_held_by_what_is_said_behind_it(right, wrong):
    assert right in CASES
    assert len(set(verdicts(CASES.replace(right, wrong))) & {"refuted", "undecided"}) == 1


def test_a_solution_behind_a_gradient_says_nothing_of_its_weights():
    text = r"""
$$\frac{\partial J}{\partial w} = 2 X^T X w$$
It is $J = \|X w - y\|^2$, and from $X^T (X w - y) = 0$ follows $w = (X^T X)^{-1} X^T y$.
"""
    assert verdicts(text)[0] not in ("proved", "supported")
