"""Layers of a batch as matrices with a row for each sample, which nothing indexes: forward and backward."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")
BATCH = r"""The input is $X \in \mathbb{R}^{N \times d}$, with $W_1 \in \mathbb{R}^{d \times H}$ and
$W_2 \in \mathbb{R}^{H \times K}$.
$$Z_1 = X W_1 + b_1, \quad H_1 = \max(0, Z_1), \quad S = H_1 W_2 + b_2, \quad P = \mathrm{softmax}(S)$$
$$L = -\frac{1}{N}\sum_{i=1}^{N}\sum_{k=1}^{K} Y_{ik} \log P_{ik}$$
where the rows of $Y$ are one-hot, $\frac{\partial L}{\partial S} = \frac{P - Y}{N}$. """
SQUARED = r"""Let $x \in \mathbb{R}^{N \times d_{in}}$, $W \in \mathbb{R}^{d_{out} \times d_{in}}$,
$b \in \mathbb{R}^{d_{out}}$, $y = x W^T + b$ and $L = \frac{1}{2N} \sum_{i=1}^N \|y_i - t_i\|^2$. """


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    ("given", "subject", "right", "wrong"),
    [
        (BATCH, "S", r"\frac{1}{N}(P - Y)", (r"P - Y", r"P - 2Y", r"\frac{1}{N}(P - Y)", "P - Y")),
        (BATCH, "W_2", r"H_1^T \frac{\partial L}{\partial S}", ("H_1^T", "H_1", "H_1^T", "X^T")),
        (BATCH, "b_2", r"\mathbf{1}^T \frac{\partial L}{\partial S}", ("", "2 ", r"\mathbf{1}^T", "")),
        (BATCH, "H_1", r"\frac{\partial L}{\partial S} W_2^T", ("W_2^T", "W_2", "W_2^T", "W_1^T")),
        (BATCH, "Z_1", r"\frac{\partial L}{\partial H_1} \odot \mathbf{1}[Z_1 > 0]", ("> 0", "< 0", "Z_1 >", "H_1 <")),
        (BATCH, "W_1", r"X^T \frac{\partial L}{\partial Z_1}", ("X^T", "X", "Z_1", "H_1")),
    ],
)
def test_a_batch_backward(given: str, subject: str, right: str, wrong: tuple[str, ...]) -> None:
    step = rf"{given} $$\frac{{\partial L}}{{\partial {subject}}} = "
    assert last(f"{step}{right}$$") in HELD
    for before, after in zip(wrong[::2], wrong[1::2], strict=True):
        fault = right.replace(before, after, 1)
        assert fault != right and last(f"{step}{fault}$$") not in HELD
    swapped = right.split(r" \frac")
    if len(swapped) == 2 and swapped[0]:
        assert last(rf"{step}\frac{swapped[1]} {swapped[0]}$$") not in HELD


def test_a_matrix_of_samples_with_a_small_letter() -> None:
    assert last(SQUARED + r"Then $\frac{\partial L}{\partial y} = \frac{1}{N} (y - t)$.") == "proved"
    assert last(SQUARED + r"Then $\frac{\partial L}{\partial y} = y - t$.") not in HELD


ROWS = r"""$z_1 = x W_1 + b_1$, $h = \sigma(z_1)$ with the logistic $\sigma$, $z_2 = h W_2 + b_2$ and
$L = -\sum_i y_i \log p_i$ with $p = \mathrm{softmax}(z_2)$, where $W_1 \in \mathbb{R}^{D \times H}$ and
$W_2 \in \mathbb{R}^{H \times C}$. """
HALVES = r"""$z_1 = X W_1 + b_1$, $h = \mathrm{ReLU}(z_1)$, $\hat{y} = h W_2 + b_2$ and
$L = \frac{1}{2m} \|\hat{y} - y\|_2^2$. """
PENALTY = r"""Let $X \in \mathbb{R}^{N \times D}$, $W_1 \in \mathbb{R}^{D \times H}$, $W_2 \in \mathbb{R}^{H \times C}$,
$$Z_1 = X W_1 + b_1, \quad A_1 = \max(0, Z_1), \quad S = A_1 W_2 + b_2$$
$$P_{ij} = \frac{e^{S_{ij}}}{\sum_{k=1}^C e^{S_{ik}}}$$
$$L = -\frac{1}{N}\sum_{i=1}^N \sum_{c=1}^C Y_{ic} \log P_{ic} + \frac{\lambda}{2}(\|W_1\|_F^2 + \|W_2\|_F^2)$$
$\frac{\partial L}{\partial S} = \frac{1}{N} (P - Y)$ and $G = \frac{\partial L}{\partial S}$. """
ONE = r"""$z = w x + b$ and $p = \sigma(z)$ with the logistic $\sigma$, and
$L = -y \log p - (1-y) \log(1-p) + \frac{\lambda}{2} w^2$. """

UNKNOWN = r"""$\mathbf{h} = \phi(\mathbf{W}^{(1)} \mathbf{x})$, $\mathbf{o} = \mathbf{W}^{(2)} \mathbf{h}$,
$R = r(\mathbf{o}, y)$, $s = \frac{\lambda}{2} (\|\mathbf{W}^{(1)}\|_\textrm{F}^2 + \|\mathbf{W}^{(2)}\|_\textrm{F}^2)$,
and $L = R + s$. """
PROD = r"\text{prod}(\frac{\partial L}{\partial \mathbf{o}}, \frac{\partial \mathbf{o}}{\partial \mathbf{W}^{(2)}})"
WHOLE = UNKNOWN + rf"$\frac{{\partial L}}{{\partial \mathbf{{W}}^{{(2)}}}} = {PROD} + \lambda \mathbf{{W}}^{{(2)}}$. "


@pytest.mark.parametrize(
    ("given", "subject", "right", "wrong"),
    [
        (UNKNOWN, r"\mathbf{W}^{(2)}", PROD + r" + \lambda \mathbf{W}^{(2)}", ("+", "-")),
        (WHOLE, r"\mathbf{h}", r"{\mathbf{W}^{(2)}}^\top \frac{\partial L}{\partial \mathbf{o}}", ("(2)", "(1)")),
        (ROWS, "h", r"(p - y) W_2^T", ("W_2^T", "W_2")),
        (ROWS, "W_2", r"h^T (p - y)", (r"h^T (p - y)", r"(p - y)^T h")),
        (ROWS, "W_2", r"h^T (p - y)", ("h^T", "x^T")),
        (HALVES, r"\hat{y}", r"\frac{1}{m} (\hat{y} - y)", ("{m}", "{2m}")),
        (HALVES, "W_2", r"h^\top \frac{\partial L}{\partial \hat{y}}", (r"h^\top", r"X^\top")),
        (PENALTY, "W_2", r"A_1^T G + \lambda W_2", (r"\lambda W_2", r"\lambda W_1")),
        (PENALTY, "W_2", r"A_1^T G + \lambda W_2", (r" + \lambda W_2", "")),
        (PENALTY, "b_2", r"\sum_{i=1}^N G_i", (r"\sum_{i=1}^N G_i", r"\frac{1}{N} \sum_{i=1}^N G_i")),
        (PENALTY, "Z_1", r"(G W_2^T) \odot 1\{Z_1 > 0\}", ("> 0", "< 0")),
        (ONE, "z", "p - y", ("p - y", r"p - y + \lambda w")),
    ],
)
def test_rows_and_penalties(given: str, subject: str, right: str, wrong: tuple[str, str]) -> None:
    step = rf"{given} $$\frac{{\partial L}}{{\partial {subject}}} = "
    assert last(f"{step}{right}$$") in HELD
    assert last(f"{step}{right.replace(*wrong)}$$") not in HELD


def test_a_penalty_may_be_a_function_of_the_one_thing_that_is_varied() -> None:
    assert last(ONE.replace(" + b", "") + r"$\frac{\partial L}{\partial z} = p - y$.") == "undecided"


UNITS = r"""$z = W x + b$ with a matrix $W$, $a = \tanh(z)$, $u = V a$ and $L = \frac12 \|u - y\|^2$. """


def test_a_slope_beside_a_product_entry_by_entry_is_taken_so() -> None:
    step = UNITS + r"$$\frac{\partial L}{\partial z} = (V^T (u - y)) \odot \frac{\partial a}{\partial z}$$"
    assert last(step) == "proved"
    assert last(step.replace("V^T (u - y)", "V^T (y - u)")) == "refuted"
    assert last(step.replace(r"\partial a", r"\partial u")) not in HELD
