r"""Diagonal matrices by their entries: diag(p_i (1 - p_i)), S_{ii} = p_i (1 - p_i)."""

import pytest

from derivations.notes.library import check_notes

LOSS = r"""$$\ell(w) = -\sum_{i=1}^n [y_i \log p_i + (1 - y_i) \log(1 - p_i)], \quad p_i = \sigma(w^\top x_i)$$

"""
SOFTMAX = r"""$$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$

"""


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    ("entries", "verdict"), [("p_i (1 - p_i)", "proved"), ("p_i (1 + p_i)", "refuted"), ("p_i", "refuted")]
)
def test_numbers_in_diag_run_over_their_index(entries, verdict):
    assert last(rf"{LOSS}$$\nabla^2_w \ell = X^\top \mathrm{{diag}}({entries}) X$$") == verdict


def test_the_matrix_may_be_named_behind_its_use():
    hessian = r"\nabla^2_w \ell = \sum_i p_i (1 - p_i) x_i x_i^\top = X^\top S X"
    note = rf"{LOSS}$${hessian}, \quad S = \mathrm{{diag}}(p_i (1 - p_i))$$"
    assert [step.verdict for step in check_notes(note).steps[2:4]] == ["proved", "proved"]


@pytest.mark.parametrize(("entry", "verdict"), [("p_i (1 - p_i)", "proved"), ("p_i", "refuted")])
def test_a_matrix_that_is_said_to_be_diagonal_is_known_by_its_diagonal(entry, verdict):
    said = f"Let $S$ be the diagonal matrix with $S_{{ii}} = {entry}$."
    assert last(rf"{LOSS}{said} $$\nabla^2_w \ell = X^\top S X$$") == verdict


def test_entries_on_a_diagonal_say_nothing_of_the_others():
    assert last(rf"{LOSS}We have $S_{{ii}} = p_i (1 - p_i)$. $$\nabla^2_w \ell = X^\top S X$$") not in (
        "proved",
        "supported",
    )


@pytest.mark.parametrize(("sign", "verdict"), [("-", "proved"), ("+", "refuted")])
def test_the_jacobian_of_the_softmax_by_entries(sign, verdict):
    assert last(rf"{SOFTMAX}$$\frac{{\partial p}}{{\partial z}} = \mathrm{{diag}}(p_i) {sign} p p^T$$") == verdict


def test_an_index_that_stands_outside_of_diag_does_not_run():
    note = rf"{SOFTMAX}$$\frac{{\partial p_i}}{{\partial z_j}} = \mathrm{{diag}}(p_i) - p_i p_j$$"
    assert last(note) not in ("proved", "supported")


def test_a_product_of_the_wrong_order_need_not_have_the_shape_of_the_other_side():
    given = rf"{LOSS}$$\nabla^2_w \ell = X^\top R X, \quad R = \mathrm{{diag}}(p_1 (1 - p_1), \ldots, p_n (1 - p_n))$$ "
    step = check_notes(given + r"$$\nabla^2_w \ell = X R X^\top$$").steps[-1]
    assert step.verdict == "refuted"
    assert "only" in str(step.reason)
