r"""Bars that close and open side by side, |u||v|, and the letter d where it counts entries and differentiates, too."""

import pytest

from derivations.notes.library import check_notes

COSINE = (
    r"Let $c = \frac{u^T v}{NORMS}$. Then $\frac{\partial c}{\partial u} = \frac{v}{NORMS} SIGN \frac{c\, u}{\|u\|^2}$."
)
ROOT = r"""
Let $r = \sqrt{\frac1d \sum_{i=1}^d x_i^2}$. Then $\frac{\partial r}{\partial x_j} = SLOPE$.
"""


@pytest.mark.parametrize(
    "norms",
    [r"\|u\|\|v\|", r"\|u\| \|v\|", r"\Vert u\Vert\Vert v\Vert", r"||u||\,||v||", r"\lVert u\rVert\lVert v\rVert"],
)
def test_norms_beside_each_other_are_a_product(norms: str) -> None:
    steps = check_notes(COSINE.replace("NORMS", norms).replace("SIGN", "-")).steps
    assert steps[-1].verdict in ("proved", "supported")
    wrong = check_notes(COSINE.replace("NORMS", norms).replace("SIGN", "+")).steps
    assert wrong[-1].verdict in ("refuted", "undecided")


def test_absolute_values_beside_each_other_are_a_product() -> None:
    right, wrong = (check_notes(rf"$|a||b| = {side}$").steps[-1].verdict for side in ("|a b|", "|a + b|"))
    assert right in ("proved", "supported")
    assert wrong in ("refuted", "undecided")


@pytest.mark.parametrize(
    "text",
    [
        r"$D = \sum_i p_i \log\frac{p_i}{q_i}$ is $KL(p||q)$",
        r"$||x - y||^2 = ||y - x||^2$",
        r"$|a| + ||x|| = ||x|| + |a|$",
    ],
)
def test_two_bars_where_none_is_open_are_one(text: str) -> None:
    assert not any(s.verdict in ("unsupported", "refuted") for s in check_notes(text).steps)


def test_d_below_a_fraction_bar_may_be_a_size() -> None:
    assert check_notes(ROOT.replace("SLOPE", r"\frac{x_j}{d r}")).steps[-1].verdict == "proved"
    assert check_notes(ROOT.replace("SLOPE", r"\frac{x_j}{r}")).steps[-1].verdict in ("refuted", "undecided")


def test_a_derivative_without_its_upper_d_is_still_none() -> None:
    text = r"For $x \in \mathbb{R}^d$ let $L = \frac12 (w x - y)^2$; then $\frac{L}{dw} = (w x - y) x$."
    assert check_notes(text).steps[-1].verdict in ("unsupported", "undecided")


@pytest.mark.parametrize("norm", ["_2^2", "^2"])
@pytest.mark.parametrize(("factor", "verdict"), [("", "proved"), ("2", "refuted")])
def test_a_matrix_of_bars_with_one_cell_is_a_norm(norm: str, factor: str, verdict: str) -> None:
    text = rf"$$J(w) = \frac12 \begin{{Vmatrix}} X w - y \end{{Vmatrix}}{norm}$$ $$\nabla_w J = {factor}X^T (X w - y)$$"
    assert check_notes(text).steps[-1].verdict == verdict


def test_a_matrix_of_bars_with_several_cells_is_no_norm() -> None:
    text = r"$$J(w) = \begin{Vmatrix} w & x \\ x & w \end{Vmatrix}^2$$ $$\nabla_w J = 2 w$$"
    assert check_notes(text).steps[-1].verdict not in ("proved", "supported", "refuted")
