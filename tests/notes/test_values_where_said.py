"""Where the text says that a name lies: what has no value there is not proved there."""

import pytest

from derivations.notes.library import check_notes


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize("said", ["For $x < 0$", r"For $x \neq 0$", "If $x < -1$", r"For $x \in (-1, 0)$"])
def test_a_logarithm_that_is_none_there(said: str) -> None:
    assert last(rf"{said} we have $$\log x^2 = 2 \log x$$") == "undecided"
    assert last(rf"{said} we have $$\log x^2 = 2 \log |x|$$") == "proved"
    assert last(rf"{said} we have $$\log x^2 = 3 \log |x|$$") == "refuted"


@pytest.mark.parametrize("said", ["", "For $x > 0$", "For $0 < x < 1$", r"For $x \in (0, 1)$"])
def test_where_both_sides_have_values(said: str) -> None:
    assert last(rf"{said} we have $$\log x^2 = 2 \log x$$") == "proved"


def test_outputs_that_sum_to_1_are_no_labels() -> None:
    text = r"""
The outputs $p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$ sum to 1. With $L = -\sum_i y_i \log p_i$, where WORDS,
$$\frac{\partial L}{\partial z_i} = p_i - y_i$$
"""
    assert last(text.replace("WORDS", "$y_i$ are given")) == "supported"
    assert last(text.replace("WORDS", "the labels $y_i$ sum to 1")) == "proved"
    assert last(text.replace("WORDS", "$y$ is one-hot")) == "proved"
