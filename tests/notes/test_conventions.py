r"""Vectors as columns or rows, layouts of Jacobians, indicators, diag, traces and vectors of ones."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_equation, check_notes
from derivations.notes.report import StepRecord

SOFTMAX = (
    r"The logits are $\mathbf z \in \mathbb{R}^K$, the label $\mathbf y$ is one-hot, and "
    r"$p_i = \frac{e^{z_i}}{\sum_{k=1}^K e^{z_k}}$. The loss is $L = -\sum_{k=1}^K y_k \log p_k$." + "\n\n"
)
LOGISTIC = (
    r"Samples $x_i \in \mathbb{R}^m$, $i = 1, \dots, n$, labels $y_i \in \{0, 1\}$, $\hat y_i = \sigma(w^\top x_i)$."
    "\n\n"
    r"$$L(w) = -\frac1n \sum_{i=1}^n \left[ y_i \log \hat y_i + (1 - y_i) \log (1 - \hat y_i) \right]$$" + "\n\n"
)

JACOBIAN = r"\frac{\partial \mathbf p}{\partial \mathbf z} "


def last(before: str, formula: str) -> StepRecord:
    return check_notes(before + f"$${formula}$$\n").steps[-1]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            JACOBIAN + r"= \operatorname{diag}(\mathbf p) - \mathbf p \mathbf p^\top",
            JACOBIAN + r"= \operatorname{diag}(\mathbf p) + \mathbf p \mathbf p^\top",
        ),
        (
            r"\frac{\partial L}{\partial \mathbf z} = \mathbf p \mathbf 1^\top \mathbf y - \mathbf y",
            r"\frac{\partial L}{\partial \mathbf z} = \mathbf p \mathbf 1^\top \mathbf y + \mathbf y",
        ),
        (
            r"L = -\mathbf 1^\top (\mathbf y \odot \log \mathbf p)",
            r"\frac{\partial L}{\partial \mathbf z} = \mathbf p \odot \mathbf y",
        ),
        (
            r"\operatorname{tr}(\operatorname{diag}(\mathbf p)) = 1",
            r"\operatorname{tr}(\mathbf p \mathbf p^\top) = \operatorname{tr}(\operatorname{diag}(\mathbf p))",
        ),
        (
            r"\frac{\partial p_i}{\partial z_j} = p_i (\mathbb{1}\{i = j\} - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = p_i (\mathbb{1}\{i \ne j\} - p_j)",
        ),
        (
            r"\frac{\partial p_i}{\partial z_j} = p_i ([i = j] - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = p_j ([i = j] + p_i)",
        ),
        (
            r"\frac{\partial p_i}{\partial z_j} = p_i (\mathbf 1_{i = j} - p_j)",
            r"\frac{\partial p_i}{\partial z_j} = p_i (\mathbf 1_{\{i = j\}} + p_j)",
        ),
    ],
)
def test_softmax_with_vectors(right: str, wrong: str) -> None:
    held = last(SOFTMAX, right)
    assert held.verdict == "proved", held
    refuted = last(SOFTMAX, wrong)
    assert refuted.verdict == "refuted", refuted
    assert refuted.witness is not None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"\nabla_w^2 L = \frac1n X^\top \operatorname{diag}(\hat y (1 - \hat y)) X",
            r"\nabla_w^2 L = \frac1n X^\top \operatorname{diag}(\hat y (1 + \hat y)) X",
        ),
        (
            r"\nabla L(w) = \begin{bmatrix} \frac1n \sum_{i=1}^n (\hat y_i - y_i) x_{i1} \\ \vdots \\"
            r" \frac1n \sum_{i=1}^n (\hat y_i - y_i) x_{im} \end{bmatrix}",
            r"\nabla L(w) = \begin{bmatrix} \frac1n \sum_{i=1}^n (y_i - \hat y_i) x_{i1} \\ \vdots \\"
            r" \frac1n \sum_{i=1}^n (y_i - \hat y_i) x_{im} \end{bmatrix}",
        ),
        (
            r"w \leftarrow w - \eta \nabla_w L = w - \frac{\eta}{n} X^\top (\hat y - y)",
            r"w \leftarrow w - \eta \nabla_w L = w + \frac{\eta}{n} X^\top (\hat y - y)",
        ),
    ],
)
def test_logistic_regression_with_vectors(right: str, wrong: str) -> None:
    assert last(LOGISTIC, right).verdict == "proved"
    assert last(LOGISTIC, wrong).verdict == "refuted"


def test_a_loss_as_inner_products_over_the_samples() -> None:
    again = r"L(w) = -\frac1n \left( y^\top \log \hat y + (\mathbf 1 - y)^\top \log (\mathbf 1 - \hat y) \right)"
    assert last(LOGISTIC, again).verdict == "proved"


@pytest.mark.parametrize(
    "formula",
    [
        JACOBIAN + r"= \operatorname{diag}(\mathbf p) - \mathbf p^\top \mathbf p",
        r"-\frac{\mathbf y}{\mathbf p} (\operatorname{diag}(\mathbf p) - \mathbf p^\top \mathbf p)"
        r" = \frac{\mathbf y}{\mathbf p} \mathbf p^\top \mathbf p - \mathbf y",
        r"L = -\mathbf y \log \mathbf p^\top",
    ],
)
def test_vectors_may_be_rows(formula: str) -> None:
    step = last(SOFTMAX, formula)
    assert step.verdict == "proved", step


MAP = r"The map is $a_i = \sum_{j=1}^K e^{z_j} z_i$, and $L = \sum_{i=1}^K a_i^3$." + "\n\n"


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{dL}{d\mathbf z} = \frac{dL}{d\mathbf a} \frac{d\mathbf a}{d\mathbf z}",
        r"\frac{dL}{d\mathbf z} = \frac{d\mathbf a}{d\mathbf z} \frac{dL}{d\mathbf a}",
    ],
)
def test_the_chain_rule_holds_in_either_layout(formula: str) -> None:
    step = last(MAP, formula)
    assert step.verdict in ("proved", "supported"), step
    wrong = last(MAP, formula.replace("= ", "= 2 "))
    assert wrong.verdict == "refuted", wrong


@pytest.mark.parametrize("latex", [r"\mathbb{1}\{i \ne j\} = 1 - \delta_{ij}", r"[i = j] = \delta_{ij}"])
def test_conditions_are_kronecker_deltas(latex: str) -> None:
    assert check_equation(latex).verdict == "proved"


@pytest.mark.parametrize("half", ["1/2m", "1/(2m)", r"\frac{1}{2m}"])
def test_what_follows_a_definition_is_read_in_all_ways_in_which_that_may_be_read(half: str) -> None:
    text = rf"$J = {half} \sum_{{i=1}}^m (w x_i - y_i)^2$ and "
    slope = r"$\frac{\partial J}{\partial w} = \frac1m \sum_{i=1}^m (w x_i - y_i) x_i$"
    assert check_notes(text + slope).steps[-1].verdict == "proved"
    assert check_notes(text + slope.replace("x_i - y_i", "x_i + y_i")).steps[-1].verdict == "refuted"
    assert check_notes(text + slope.replace(r"\frac1m", r"\frac2m")).steps[-1].verdict == "refuted"
