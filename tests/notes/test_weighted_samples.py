"""Losses whose samples have weights w_i, which are no parameters: the gradient is by what the loss is a function of."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

WEIGHTED = r"""
We minimise
$$
J(\theta) = \frac12 \sum_{i=1}^n w_i (\theta^T x_i - y_i)^2 = \frac12 (X\theta - y)^T W (X\theta - y)
$$
with $W = \mathrm{diag}(w_1, \dots, w_n)$. Then
$$
\nabla J(\theta) = RIGHT
$$
"""


def verdict(right: str, loss: str = r"J(\theta)") -> str:
    text = WEIGHTED.replace("RIGHT", right).replace(r"J(\theta)", loss)
    return next(s.verdict for s in check_notes(text).steps if s.left.startswith(r"\nabla"))


@pytest.mark.parametrize("right", [r"\sum_{i=1}^n w_i (\theta^T x_i - y_i) x_i", r"X^T W (X\theta - y)"])
def test_the_gradient_is_by_the_argument(right):
    assert verdict(right) == "proved"


@pytest.mark.parametrize("right", [r"\sum_{i=1}^n (\theta^T x_i - y_i) x_i", r"2 X^T W (X\theta - y)"])
def test_a_wrong_gradient_is_refuted(right):
    assert verdict(right) == "refuted"


def test_without_an_argument_it_is_left_open():
    """By θ or by w, nothing says: the right gradient by θ was refuted as one by w."""
    assert verdict(r"X^T W (X\theta - y)", "J") not in ("proved", "refuted")
