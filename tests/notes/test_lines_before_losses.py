r"""A page says what a line is, y = mx + c, before it has losses with labels y: these are data."""

import pytest

from derivations.notes.library import check_notes

SEVERAL = r"""A line is $y = mx + c$. With several features, $h(x) = w^T x + b$.

$$J = \frac{1}{2n} \sum_{i=1}^n (h(x^{(i)}) - y^{(i)})^2$$
$$\frac{\partial J}{\partial w_j} = RIGHT$$
"""
SIGMOID = r"""Linear regression has $y = wx + b$. Here $z = w^T x + b$ and $a = \frac{1}{1 + e^{-z}}$.

$$L = -y \log a - (1 - y) \log(1 - a)$$
$$\frac{\partial L}{\partial w_j} = RIGHT$$
"""
MATRIX = r"""The truth is $y = 5 + 2x$, and $L = \frac{1}{N} (y - Xw)^T (y - Xw)$.

$$\nabla_w L = RIGHT$$
"""
KNOWN = r"""Let $y = 3x$ and $L = (wx - y)^2$.

$$\frac{dL}{dw} = RIGHT$$
"""
OUTPUT = r"""The output is $y = wx + b$ and the loss $L = (y - t)^2$.

$$\frac{\partial L}{\partial w} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        (SEVERAL, r"\frac1n \sum_{i=1}^n (h(x^{(i)}) - y^{(i)}) x_j^{(i)}", "proved"),
        (SEVERAL, r"\frac2n \sum_{i=1}^n (h(x^{(i)}) - y^{(i)}) x_j^{(i)}", "refuted"),
        (SEVERAL, r"\frac1n \sum_{i=1}^n (y^{(i)} - h(x^{(i)})) x_j^{(i)}", "refuted"),
        (SIGMOID, "(a - y) x_j", "proved"),
        (SIGMOID, "(y - a) x_j", "refuted"),
        (MATRIX, r"\frac{2}{N} X^T (Xw - y)", "proved"),
        (MATRIX, r"\frac{1}{N} X^T (Xw - y)", "refuted"),
        (KNOWN, "2 (wx - 3x) x", "proved"),
        (KNOWN, "2 (wx - 2x) x", "refuted"),
        (OUTPUT, "2 (y - t) x", "proved"),
        (OUTPUT, "(y - t) x", "refuted"),
    ],
)
def test_a_derivative(text: str, right: str, verdict: str) -> None:
    assert [s.verdict for s in check_notes(text.replace("RIGHT", right)).steps][-1] == verdict


def test_what_the_label_is_said_to_be_may_be_put_in() -> None:
    text = "Let $y = 3x$ and $L = (wx - y)^2 = (wx - 3x)^2$, so $L = (w - 3)^2 x^2$."
    assert [s.verdict for s in check_notes(text).steps] == ["definition", "definition", "proved", "proved"]
