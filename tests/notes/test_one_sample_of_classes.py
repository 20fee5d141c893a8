r"""Scores of a sample by a row for each class, W_j^T x_i, and losses that name the right class: s_{y_i} and w_{y_i}."""

import pytest

from derivations.notes.library import check_notes

ROWS = r"""
The logits are $z_j = W_j^T x + b_j$, where $W_j$ is a row of $W$, and $p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$.
"""
SCORES = r"""
Let $s_j = w_j^T x_i$ and $L_i = -\log \frac{e^{s_{y_i}}}{\sum_j e^{s_j}}$, with $p_j = \frac{e^{s_j}}{\sum_k e^{s_k}}$.
"""
MARGIN = r"$$L_i = \sum_{j \neq y_i} \max(0, w_j^T x_i - w_{y_i}^T x_i + \Delta)$$ "


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("slope", "verdict"),
    [
        (r"\frac{\partial p_i}{\partial z_i} = p_i (1 - p_i)", "proved"),
        (r"\frac{\partial p_i}{\partial z_i} = p_i (1 + p_i)", "refuted"),
        (r"\frac{\partial z_j}{\partial W_j} = x", "proved"),
    ],
)
def test_one_capital_for_each_class_is_a_vector(slope: str, verdict: str) -> None:
    assert last(ROWS + f"$${slope}$$") == verdict


@pytest.mark.parametrize(
    ("slope", "verdict"),
    [
        (r"\frac{\partial L_i}{\partial s_j} = p_j - 1(j = y_i)", "proved"),
        (r"\frac{\partial L_i}{\partial s_j} = p_j + 1(j = y_i)", "refuted"),
        (r"\nabla_{w_j} L_i = (p_j - 1(j = y_i)) x_i", "proved"),
        (r"\nabla_{w_j} L_i = (1(j = y_i) - p_j) x_i", "refuted"),
    ],
)
def test_the_index_of_the_one_sample_says_nothing(slope: str, verdict: str) -> None:
    assert last(SCORES + f"$${slope}$$") == verdict


def test_an_index_that_runs_elsewhere_is_of_all_samples() -> None:
    text = SCORES + r"The loss is $L = \frac1N \sum_i L_i$. $$\nabla_{w_j} L = (p_j - 1(j = y_i)) x_i$$"
    assert last(text) != "proved"


SLOPE = r"\mathbb{1}(w_j^T x_i - w_{y_i}^T x_i + \Delta > 0)"


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (rf"For $j \ne y_i$: $$\nabla_{{w_j}} L_i = {SLOPE} x_i$$", "proved"),
        (rf"For $j \ne y_i$: $$\nabla_{{w_j}} L_i = -{SLOPE} x_i$$", "refuted"),
        (rf"For $j = y_i$: $$\nabla_{{w_j}} L_i = {SLOPE} x_i$$", "refuted"),
        (rf"$$\nabla_{{w_{{y_i}}}} L_i = \left(\sum_{{j \ne y_i}} {SLOPE}\right) x_i$$", "refuted"),
    ],
)
def test_a_margin_between_classes(step: str, verdict: str) -> None:
    assert last(MARGIN + step) == verdict


def test_the_slope_at_the_right_class_holds() -> None:
    step = rf"$$\nabla_{{w_{{y_i}}}} L_i = -\left(\sum_{{j \ne y_i}} {SLOPE}\right) x_i$$"
    assert last(MARGIN + step) in ("proved", "supported")


def test_a_margin_depends_on_nothing_unless_it_is_said() -> None:
    text = r"Let $L = \max(0, w^T x + \Delta)$. $$\nabla_w L = 1(w^T x + \Delta > 0) x$$"
    assert last(text) == "proved"
    assert last(r"$\Delta = u^T w$. " + text) != "proved"


@pytest.mark.parametrize(
    ("start", "end", "sign", "verdict"),
    [
        ("1", "K", "-", "proved"),
        ("1", "K", "+", "refuted"),
        ("1", "K-1", "-", "refuted"),  # the last class may be the right one
    ],
)
def test_a_label_is_one_of_the_classes(start: str, end: str, sign: str, verdict: str) -> None:
    share = rf"\frac{{e^{{z_k}}}}{{\sum_{{j={start}}}^{{{end}}} e^{{z_j}}}}"
    text = rf"$$L = -\sum_{{k={start}}}^{{{end}}} 1\{{y = k\}} \log {share}$$"
    assert last(text + rf"$$\frac{{\partial L}}{{\partial z_k}} = {share} {sign} 1\{{y = k\}}$$") == verdict
