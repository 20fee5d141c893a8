r"""Entries and rows by small letters, layers by numbers beside entries by letters, and cases written as an array."""

import pytest

from derivations.notes.library import check_notes

ROWS = r"""
$$Z = XW + b, \qquad \hat{Y} = \text{softmax}(Z)$$
The labels are one-hot.
$$L = -\frac{1}{n} \sum_{i=1}^n \sum_{k=1}^K y_{ik} \log \hat{y}_{ik}$$
$$\frac{\partial L}{\partial Z} = \frac1n (\hat{Y} - Y)$$
$$\frac{\partial L}{\partial b} = \frac1n \sum_{i=1}^n (\hat{y}_i - y_i)$$
"""
LAYERS = r"""
$$z_1 = X W_1 + b_1, \quad a_1 = \mathrm{ReLU}(z_1), \quad z_2 = a_1 W_2 + b_2$$
$$\hat{y}_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad L = -\sum_k y_k \log \hat{y}_k$$
$$\frac{\partial L}{\partial W_2} = a_1^T \frac{\partial L}{\partial z_2}$$
$$\frac{\partial L}{\partial a_1} = \frac{\partial L}{\partial z_2} W_2^T$$
"""
SIDES = r"""
$$f(x) = \max(0, x)$$
$$f'(x) = \left\{ \begin{array}{rcl} 0 & \mbox{for} & x \le 0 \\ 1 & \mbox{for} & x > 0 \end{array} \right.$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize("text", [ROWS, LAYERS, SIDES])
def test_what_is_right_holds(text):
    assert verdicts(text)[-1] in ("proved", "supported")
    assert set(verdicts(text)) <= {"definition", "proved", "supported"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (ROWS, r"= \frac1n (\hat{Y} - Y)", r"= \frac2n (\hat{Y} - Y)"),
        (ROWS, r"(\hat{y}_i - y_i)", r"(y_i - \hat{y}_i)"),
        (SIDES, r"0 & \mbox{for} & x \le 0 \\ 1", r"1 & \mbox{for} & x \le 0 \\ 0"),
    ],
)
def test_a_fault_is_refuted(text, right, wrong):
    assert "refuted" in verdicts(text.replace(right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong"), [("a_1^T ", "a_1 "), (r"{\partial z_2} W_2^T", r"{\partial z_2} W_2"), ("a_1^T ", "X^T ")]
)
def test_a_fault_among_layers_is_not_held(right, wrong):
    found = verdicts(LAYERS.replace(right, wrong))
    assert sum(v in ("proved", "supported") for v in found[-2:]) == 1
