r"""∂L/∂z_i = p_i of every class but the right one: i ≠ c, y_i = 0."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

GIVEN = r"The loss is $L = -\sum_i y_i \log p_i$, where $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$."
CASES = (
    r"For the true class $c$ we have $y_c = 1$; for $i \neq c$",
    r"If $y_i = 0$,",
    r"Of $y_i = 0$ it is",
)


@pytest.mark.parametrize("case", CASES)
def test_what_holds_of_another_class_is_left_open(case: str) -> None:
    step = check_notes(GIVEN + "\n\n" + case + "\n" + r"$$\frac{\partial L}{\partial z_i} = p_i$$").steps[-1]
    assert step.verdict == "undecided"
    assert step.reason == "holds where i is another class than the right one"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("right", [r"-p_i", r"2 p_i", r"p_i (1 - p_i)"])
def test_what_is_wrong_of_every_class_is_refuted(case: str, right: str) -> None:
    step = check_notes(GIVEN + "\n\n" + case + "\n" + rf"$$\frac{{\partial L}}{{\partial z_i}} = {right}$$").steps[-1]
    assert step.verdict == "refuted"


def test_without_a_case_the_label_is_not_forgotten() -> None:
    step = check_notes(GIVEN + "\n\n" + r"$$\frac{\partial L}{\partial z_i} = p_i$$").steps[-1]
    assert step.verdict == "refuted"


def test_the_bounds_of_a_sum_are_no_case() -> None:
    text = (
        GIVEN
        + r"""
$$\frac{\partial L}{\partial z_i} = -y_i (1 - p_i) + \sum_{j \neq i} y_j p_i$$
$$= -y_i - y_i p_i + \sum_{j \neq i} y_j p_i$$"""
    )
    assert [step.verdict for step in check_notes(text).steps][-2:] == ["proved", "refuted"]
