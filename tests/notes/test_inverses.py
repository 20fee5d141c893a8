r"""Solutions written with an inverse: w = (X^T X)^{-1} X^T y says that X^T X w = X^T y, as ∇J = 0 does."""

import pytest

from derivations.notes.library import check_notes

OLS = r"""
$$J(\theta) = \frac{1}{2m} (X\theta - y)^T (X\theta - y)$$
$$\nabla_\theta J = \frac1m X^T (X\theta - y)$$
Setting this to zero, $\theta = (X^T X)^{-1} X^T y$.
"""
RIDGE = r"""
$$J(w) = \|y - Xw\|^2 + \lambda \|w\|^2$$
$$\nabla_w J = -2 X^T (y - Xw) + 2 \lambda w = 0$$
$$\hat w = \left(X^\top X + \lambda I\right)^{-1} X^\top y$$
"""


def steps(text: str):
    return check_notes(text).steps


@pytest.mark.parametrize("text", [OLS, RIDGE, RIDGE.replace(r"\hat w", "w^*"), RIDGE.replace(r"\hat w", "w")])
def test_a_solution_with_an_inverse_is_proved(text):
    last = steps(text)[-1]
    assert (last.verdict, last.method) == ("proved", "solution")
    assert any("invertible" in condition for condition in last.conditions)


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (OLS, "^{-1} X^T y", "^{-1} 2 X^T y"),
        (OLS, "^{-1} X^T y", "^{-1} X y"),
        (OLS, "(X^T X)^{-1}", "(X X^T)^{-1}"),
        (RIDGE, r"X + \lambda I", r"X - \lambda I"),
        (RIDGE, r"X + \lambda I", r"X + 2 \lambda I"),
        (RIDGE, r"X + \lambda I", "X"),
        (RIDGE, "^{-1} X", "^{-1} \\lambda X"),
    ],
)
def test_a_wrong_solution_with_an_inverse_is_not(text, right, wrong):
    assert right in text
    assert steps(text.replace(right, wrong))[-1].verdict not in ("proved", "supported")


@pytest.mark.parametrize(("right", "wrong"), [(r"X + \lambda I", r"X - \lambda I")])
def test_a_slip_of_a_sign_in_an_inverse_is_refuted(right, wrong):
    last = steps(RIDGE.replace(right, wrong))[-1]
    assert last.verdict == "refuted"
    assert last.witness is not None


def test_factors_on_both_sides_are_no_slip():
    text = RIDGE.replace(r"\left(X^\top X + \lambda I\right)^{-1} X", r"\left(3 X^\top X + 3\lambda I\right)^{-1} 3 X")
    assert steps(text)[-1].verdict not in ("refuted", "undecided")


def test_a_solution_is_that_of_the_last_loss():
    text = r"""
Least squares: $J(w) = \|y - Xw\|^2$, $\nabla_w J = -2 X^T (y - Xw) = 0$, $w = (X^T X)^{-1} X^T y$.

Ridge: $K(w) = \|y - Xw\|^2 + \lambda \|w\|^2$, $\nabla_w K = -2 X^T (y - Xw) + 2 \lambda w = 0$, and so
$\hat w = (X^T X + \lambda I)^{-1} X^T y$.
"""
    found = [s.verdict for s in steps(text)]
    assert found[3] == found[-1] == "proved" and found[4] == "definition" and found[5] == "proved"
    assert steps(text.replace(r" + \lambda I)", ")"))[-1].verdict not in ("proved", "supported")
