r"""What a Lagrangian is with the solution for w put in, and b gone with \sum_i \alpha_i y_i = 0: the dual problem."""

import pytest

from derivations.notes.library import check_notes

SOLVED = r"""
The Lagrangian is $$\mathcal{L}(w, b, \alpha) = \frac12 w^T w - \sum_i \alpha_i (y_i (w^T x_i + b) - 1)$$
$$\frac{\partial \mathcal{L}}{\partial w} = w - \sum_i \alpha_i y_i x_i = 0 \Rightarrow w = \sum_i \alpha_i y_i x_i$$
"""
BIAS = r"$$\frac{\partial \mathcal{L}}{\partial b} = -\sum_i \alpha_i y_i = 0$$"
DUAL = r"$$\mathcal{L} = \sum_i \alpha_i - \frac12 \sum_i \sum_j \alpha_i \alpha_j y_i y_j x_i^T x_j$$"


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


def test_the_dual_is_the_lagrangian_where_both_derivatives_are_zero() -> None:
    assert last(f"{SOLVED}\n{BIAS}\n\nSubstituting, {DUAL}") == "supported"


@pytest.mark.parametrize(
    ("old", "new"),
    [("- \\frac12", "+ \\frac12"), ("- \\frac12", "-"), ("y_i y_j x_i", "y_i x_i"), ("_i - ", "_i y_i - ")],
)
def test_a_wrong_dual_is_another_function(old: str, new: str) -> None:
    assert last(f"{SOLVED}\n{BIAS}\n\nSubstituting, {DUAL.replace(old, new)}") == "conflict"


def test_without_its_derivative_by_the_bias_that_stays() -> None:
    assert last(f"{SOLVED}\n\nSubstituting, {DUAL}") == "conflict"
    kept = DUAL.replace("x_i^T x_j$$", r"x_i^T x_j - b \sum_i \alpha_i y_i$$")
    assert last(f"{SOLVED}\n\nSubstituting, {kept}") == "supported"


def test_derivatives_that_are_set_to_zero_in_words() -> None:
    solution = r"w = \sum_i \alpha_i y_i x_i"
    slopes = SOLVED.replace(rf" = 0 \Rightarrow {solution}", "") + BIAS.replace(" = 0", "")
    text = rf"{slopes}Setting both to zero, ${solution}$ and $\sum_i \alpha_i y_i = 0$."
    assert last(f"{text}\n\n{DUAL}") == "supported"
    assert last(f"{text}\n\n{DUAL.replace('y_i y_j x_i', 'y_i x_i')}") == "conflict"
