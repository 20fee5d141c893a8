r"""Weights in a matrix, for one sample: W_{kj} x_j, gradients as matrices written out, and values by cases."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

MODEL = (
    r"$\mathbf z = \mathbf W \mathbf x + \mathbf b$ with $z_k = \sum_{j=1}^m W_{kj} x_j + b_k$, "
    r"$p_k = \frac{e^{z_k}}{\sum_{l=1}^K e^{z_l}}$ and $L = -\sum_{k=1}^K y_k \log p_k$, where $\mathbf y$ is one-hot."
    "\n\n"
)
WRITTEN = (
    r"\begin{bmatrix} (p_1 - y_1) x_1 & \cdots & (p_1 - y_1) x_m \\ \vdots & \ddots & \vdots \\"
    r" (p_K - y_K) x_1 & \cdots & (p_K - y_K) x_m \end{bmatrix}"
)
CASES = (
    r"\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i (1 - p_i) & \text{if } i = j \\ %s & \text{%s} \end{cases}"
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            r"\frac{\partial L}{\partial W_{kj}} = (p_k - y_k) x_j",
            r"\frac{\partial L}{\partial W_{kj}} = (y_k - p_k) x_j",
        ),
        (
            r"\frac{\partial L}{\partial \mathbf W} = (\mathbf p - \mathbf y) \mathbf x^\top",
            r"\frac{\partial L}{\partial \mathbf W} = (\mathbf p + \mathbf y) \mathbf x^\top",
        ),
        (
            r"\frac{\partial L}{\partial \mathbf x} = \mathbf W^\top (\mathbf p - \mathbf y)",
            r"\frac{\partial L}{\partial \mathbf x} = -\mathbf W^\top (\mathbf p - \mathbf y)",
        ),
        (
            rf"\frac{{\partial L}}{{\partial \mathbf W}} = {WRITTEN}",
            rf"\frac{{\partial L}}{{\partial \mathbf W}} = -{WRITTEN}",
        ),
        (CASES % ("-p_i p_j", "otherwise"), CASES % ("p_i p_j", "otherwise")),
        (CASES % ("-p_i p_j", "sonst"), CASES % ("p_i p_j", "sonst")),
        (CASES % ("-p_i p_j", "否则"), CASES % ("p_i p_j", "否则")),
    ],
)
def test_softmax_regression_of_one_sample(right: str, wrong: str) -> None:
    held = check_notes(MODEL + f"$${right}$$").steps[-1]
    assert held.verdict == "proved", held
    refuted = check_notes(MODEL + f"$${wrong}$$").steps[-1]
    assert refuted.verdict == "refuted", refuted
    assert refuted.witness is not None


LINE = r"""$$\theta = \begin{bmatrix} \theta_0 \\ \theta_1 \end{bmatrix}$$

The hypothesis is $h_\theta(x) = \theta_0 + \theta_1 x$ and

$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$

"""
ROWS = (
    r"\begin{bmatrix} \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) \\"
    r" \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)} \end{bmatrix}"
)


@pytest.mark.parametrize(
    "left", [r"\nabla J(\theta)", r"\nabla_\theta J(\theta)", r"\frac{\partial J}{\partial \theta}"]
)
def test_a_gradient_by_parameters_that_are_written_out(left: str) -> None:
    assert check_notes(LINE + f"$${left} = {ROWS}$$").steps[-1].verdict == "proved"
    wrong = ROWS.replace(" x^{(i)} ", " ")
    assert check_notes(LINE + f"$${left} = {wrong}$$").steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("before", "formula", "verdict"),
    [
        (MODEL, r"\frac{\partial L}{\partial \mathbf x} = \mathbf W (\mathbf p - \mathbf y)", "refuted"),
        (MODEL, r"\frac{\partial L}{\partial \mathbf x} = 2 \mathbf W (\mathbf p - \mathbf y)", "refuted"),
        # nothing shows how the matrix stands: it may be W_{kj} or its transpose that is called W
        (
            MODEL.replace(r"\mathbf z = \mathbf W \mathbf x + \mathbf b", r"\mathbf z"),
            r"\mathbf z = \mathbf W^\top \mathbf x + \mathbf b",
            "definition",
        ),
    ],
)
def test_a_lost_transpose_is_a_fault_of_shape(before: str, formula: str, verdict: str) -> None:
    step = check_notes(before + f"$${formula}$$").steps[-1]
    assert step.verdict == verdict, step
    if verdict == "refuted":  # by two sizes for which it isn't defined, or by equal ones for which it is false
        assert step.witness is not None
        assert len(set(step.witness.sizes.values())) == (2 if step.witness.kind == "shape" else 1), step.witness
