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
