"""A loss of each sample beside that of all, and a loss that is said again with a penalty."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    ("each", "total"),
    [
        ("E_n = (t_n - y_n)^2", r"E = \frac1N \sum_{n=1}^N (t_n - y_n)^2"),
        ("E_n(w) = (t_n - y_n)^2", r"E(w) = \frac1N \sum_{n=1}^N (t_n - y_n)^2"),
        ("L_i(w) = (t_i - y_i)^2", r"L(w) = \sum_{i=1}^N (t_i - y_i)^2"),
    ],
)
def test_a_total_is_no_second_value(each: str, total: str) -> None:
    assert verdicts(f"$${each}$$ $${total}$$") == ["definition", "definition"]
    wrong = verdicts(f"$${each}$$ $${total.replace(' - ', ' + ')}$$")
    assert wrong[0] == "definition" and wrong[1] in ("conflict", "undecided")


def test_the_slope_is_that_of_the_total() -> None:
    text = r"$$E_n = (t_n - w x_n)^2$$ $$E = \frac1N \sum_{n=1}^N (t_n - w x_n)^2$$ $$\frac{dE}{dw} = %s$$"
    assert verdicts(text % r"-\frac2N \sum_{n=1}^N (t_n - w x_n) x_n")[2] == "proved"
    assert verdicts(text % r"\frac2N \sum_{n=1}^N (t_n - w x_n) x_n")[2] == "refuted"


def test_a_penalty_is_added_to_a_loss() -> None:
    text = (
        r"$$L = \sum_{i=1}^N (t_i - w x_i)^2$$ Ridge: $$L = \sum_{i=1}^N (t_i %s w x_i)^2 + \lambda w^2$$"
        r" $$\frac{dL}{dw} = -2 \sum_{i=1}^N (t_i - w x_i) x_i + 2 \lambda w$$"
    )
    assert verdicts(text % "-") == ["definition", "definition", "proved"]
    assert verdicts(text % "+")[1] == "conflict"


@pytest.mark.parametrize(
    "model",
    [
        r"y = w_0 x_0 + w_1 x_1 + \dots + w_{m-1} x_{m-1}",
        r"y = w_0 x_0 + w_1 x_1 + ...w_m x_m",
        r"y(x_0, x_1, \dots, x_m) = w_0 x_0 + w_1 x_1 + \dots + w_m x_m",
    ],
)
def test_sums_that_end_in_other_ways(model: str) -> None:
    text = rf"$${model}$$ $$\frac{{\partial y}}{{\partial w_j}} = "
    assert verdicts(text + "x_j$$") == ["definition", "proved"]
    assert verdicts(text + "2 x_j$$") == ["definition", "refuted"]
