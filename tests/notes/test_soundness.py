"""Formulas made to be judged wrongly: what is false is never proved, what holds is never refuted."""

from __future__ import annotations

import adversarial
import pytest

from derivations.notes.library import check_equation, check_notes

POLYNOMIAL = r"$f = \sum_{j=0}^{m} w_j x_j$"
SHIFTED = r"$f = \sum_{k=0}^{m-1} w_{k+1} v$"

FALSE = [
    (r"\frac{\partial f}{\partial w_0} = 0", POLYNOMIAL),
    (r"\frac{\partial f}{\partial w_1} = 0", SHIFTED),
    (r"\sum_{k=0}^{n} \delta_{k0} a_k = 0", None),
    (r"\sum_{k=0}^{n-1} \delta_{k+1,1} a_{k+1} = 0", None),
    (r"\sum_{k=0}^{n} \max(1, k) = \sum_{k=0}^{n} k", None),
]
TRUE = [
    (r"\frac{\partial f}{\partial w_0} = x_0", POLYNOMIAL),
    (r"\frac{\partial f}{\partial w_1} = v", SHIFTED),
    (r"\sum_{i=1}^{n-1} 1 = n - 1", None),
    (r"\sum_{k=0}^{n} |k| = \sum_{k=1}^{n} k", None),
    (r"\sum_{k=0}^n u^k = 1 + \sum_{k=1}^n u^k", None),
    (r"\frac{\partial f}{\partial w_0} = 1", r"$f = \sum_{j=0}^m w_j x^j$"),
    (r"\sigma^{-1}(\sigma(z)) = z", None),
    (r"\sigma^{-1}(p) = \log\frac{p}{1-p}", None),
]


@pytest.mark.parametrize(("latex", "given"), FALSE)
def test_what_is_false_is_not_proved(latex: str, given: str | None) -> None:
    assert check_equation(latex, given=given).verdict not in ("proved", "supported")


@pytest.mark.parametrize(("latex", "given"), TRUE)
def test_what_holds_is_not_refuted(latex: str, given: str | None) -> None:
    assert check_equation(latex, given=given).verdict not in ("refuted", "conflict")


@pytest.mark.parametrize("latex", ["A B = B A", "X W = W X", "A B C = A C B", r"(P + Q) R = R P + R Q"])
def test_capitals_that_nothing_defines_need_not_commute(latex: str) -> None:
    assert check_equation(latex).verdict == "supported"


@pytest.mark.parametrize(
    ("latex", "given"),
    [("a b = b a", None), ("A b = b A", None), ("P Q = Q P", "$P = a^2$ and $Q = 2 a$"), ("2 A B = A B + A B", None)],
)
def test_numbers_commute(latex: str, given: str | None) -> None:
    assert check_equation(latex, given=given).verdict == "proved"


@pytest.mark.parametrize(("given", "latex"), adversarial.FALSE)
def test_what_is_made_to_look_right_is_not_proved(given: str, latex: str) -> None:
    assert check_equation(latex, given=given).verdict not in ("proved", "supported")


@pytest.mark.parametrize(("given", "latex"), adversarial.TRUE)
def test_what_is_made_to_look_wrong_is_not_refuted(given: str, latex: str) -> None:
    assert check_equation(latex, given=given).verdict not in ("refuted", "conflict")


def test_a_case_ends_where_the_words_go_on_to_all_of_them() -> None:
    case = (
        r"$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$. For $i = j$: $$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)$$ "
    )
    again = r"$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)$$"
    assert check_notes(case + again).steps[-1].verdict == "proved"
    assert check_notes(case + "In general " + again).steps[-1].verdict not in ("proved", "supported")


@pytest.mark.parametrize(
    ("latex", "condition"),
    [
        (r"\frac{x}{x} = 1", "x ≠ 0"),
        (r"\frac{1}{x} - \frac{1}{x} = 0", "x ≠ 0"),
        (r"0 \log x = 0", "x > 0"),
        (r"1[z \ge 0] + 1[z < 0] = 1", "z ≠ 0"),
    ],
)
def test_what_cancels_still_has_to_be_defined(latex: str, condition: str) -> None:
    step = check_equation(latex)
    assert step.verdict == "proved" and condition in step.conditions
