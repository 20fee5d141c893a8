"""The gradient by several numbers, whose entries may be written in another order than its function has them in."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

TEXT = r"""
Let $L(u, v) = (u - 1)^2 + u v$. The gradient is
$$GRADIENT = RIGHT$$
"""


def verdict(right: str, gradient: str = r"\nabla L") -> str:
    return check_notes(TEXT.replace("GRADIENT", gradient).replace("RIGHT", right)).steps[1].verdict


def test_in_the_order_of_its_function():
    assert verdict(r"\begin{bmatrix} 2 (u - 1) + v \\ u \end{bmatrix}") == "proved"


@pytest.mark.parametrize(
    "right",
    [
        r"\begin{bmatrix} u \\ 2 (u - 1) + v \end{bmatrix}",
        r"\Big[\frac{\partial L}{\partial v}, \frac{\partial L}{\partial u}\Big]",
    ],
)
def test_in_another_order_it_is_not_refuted(right):
    assert verdict(right) not in ("refuted", "proved")


@pytest.mark.parametrize("right", [r"u \\ 2 (u - 1) - v", r"2 (u - 1) + v \\ 2 u", r"u \\ u"])
def test_in_no_order_it_is_refuted(right):
    assert verdict(rf"\begin{{bmatrix}} {right} \end{{bmatrix}}") == "refuted"
