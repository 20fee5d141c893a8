"""Values of an example that are listed: (w, b) = (2, -1), [x_1, x_2] = [2, 3], and columns."""

import pytest

from derivations.notes.library import check_notes

MODEL = r"""$a = w_1 x_1 + w_2 x_2 + b$ and $J = \frac12 (a - y)^2$.

Let VALUES. Then $a = NUMBER$ and $\frac{\partial J}{\partial w_2} = SLOPE$."""


@pytest.mark.parametrize(
    "values",
    [
        "$[x_1, x_2] = [2, 3]$, $[w_1, w_2] = [4, 5]$, $b = 1$, $y = 20$",
        "$(w_1, w_2, b) = (4, 5, 1)$ and $(x_1, x_2, y) = (2, 3, 20)$",
        r"$\begin{bmatrix} w_1 \\ w_2 \end{bmatrix} = \begin{bmatrix} 4 \\ 5 \end{bmatrix}$, $b = 1$, $y = 20$, "
        r"$(x_1, x_2)^T = (2, 3)^T$",
    ],
)
def test_numbers_are_worked_out_from_them(values: str) -> None:
    text = MODEL.replace("VALUES", values)
    found = [step.verdict for step in check_notes(text.replace("NUMBER", "24").replace("SLOPE", "12")).steps]
    assert found[-2:] == ["proved", "proved"]
    assert set(found[:-2]) == {"definition"}
    found = [step.verdict for step in check_notes(text.replace("NUMBER", "25").replace("SLOPE", "8")).steps]
    assert found[-2:] == ["refuted", "refuted"]


def test_lists_that_are_no_values() -> None:
    text = "$(a, b) = (c, d)$ and $[x_1, x_2] = [1, 2, 3]$ and $(x, x) = (1, 2)$"
    assert "proved" not in [step.verdict for step in check_notes(text).steps]
    assert all(step.reason != "a condition: nothing to check" for step in check_notes(text).steps)


@pytest.mark.parametrize("values", ["$(w, b) = (-1, 2)$", "$w = -1$ and $b = 2$", "$w = -1.0$, $b = 2.0$"])
def test_a_step_may_be_said_of_the_example(values: str) -> None:
    text = rf"""$z = wx + b$ and $L = \frac12 (z - y)^2$.

At {values}, $\frac{{\partial L}}{{\partial b}} = RIGHT$."""
    assert check_notes(text.replace("RIGHT", "2 - x - y")).steps[-1].verdict != "refuted"
    assert check_notes(text.replace("RIGHT", "3 - x - y")).steps[-1].verdict == "refuted"
    assert check_notes(text.replace("RIGHT", "w x + b - y")).steps[-1].verdict == "proved"
