"""Words that deny that labels sum to 1 don't say that they do: what needs it is never proved by them."""

import pytest

from derivations.notes.library import check_notes

SLOPE = r"""Let $L = -\sum_i y_i \log p_i$ WORDS and $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$. Then

$$\frac{\partial L}{\partial z_i} = p_i - y_i$$
"""


def verdict(words: str) -> str:
    return check_notes(SLOPE.replace("WORDS", words)).steps[-1].verdict


@pytest.mark.parametrize(
    "words",
    [
        "with weights $y_i \\geq 0$ that don't sum to 1",
        "with weights $y_i \\geq 0$ that do not necessarily sum to one",
        "where $y$ is not one-hot",
        "where $y$ is not a one-hot vector",
    ],
)
def test_a_denied_assumption_proves_nothing(words: str) -> None:
    assert verdict(words) != "proved"


@pytest.mark.parametrize("words", ["where $y$ is one-hot", "with weights $y_i \\geq 0$ that sum to 1"])
def test_a_stated_assumption_proves_it(words: str) -> None:
    assert verdict(words) == "proved"
