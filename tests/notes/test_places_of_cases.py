"""What holds for all places of a sum but the one that stands beside it, and inverses beside derivatives."""

import pytest

from derivations.notes.library import check_notes

NEGATIVE = r"$$J=-\log\sigma(u_o^\top v_c)-\sum_{k=1}^K\log\sigma(-u_k^\top v_c)$$"
HINGE = r"""
For scores $s_j=w_j^\top x_i$ the hinge loss is
$$L_i=\sum_{j\ne y_i}\max(0,w_j^\top x_i-w_{y_i}^\top x_i+\Delta)$$
"""
ONE_OF_ALL = r"$$L=-z_c+\log\sum_ke^{z_k},\qquad p_k=\frac{e^{z_k}}{\sum_je^{z_j}}$$"
NEWTON = r"""
Let $J(w)=\frac12\|Xw-y\|^2$ with the Hessian $H=X^\top X$.
"""
LOGISTIC = r"""
With $p_i=\sigma(w^\top x_i)$ and the negative log-likelihood
$$\ell(w)=-\sum_{i=1}^n\left[y_i\log p_i+(1-y_i)\log(1-p_i)\right]$$
the gradient is $\nabla\ell(w)=X^\top(p-y)$, and with $S=\mathrm{diag}(p_i(1-p_i))$ the Hessian is $H=X^\top SX$.
"""


@pytest.mark.parametrize(
    ("before", "claim", "verdicts"),
    [
        (NEGATIVE, r"\frac{\partial J}{\partial u_k}=(1-\sigma(-u_k^\top v_c))v_c", ("supported",)),
        (NEGATIVE, r"\frac{\partial J}{\partial u_k}=\sigma(-u_k^\top v_c)v_c", ("refuted", "undecided")),
        (NEGATIVE, r"\frac{\partial J}{\partial u_k}=-\sigma(u_k^\top v_c)v_c", ("refuted",)),
        (HINGE, r"\nabla_{w_j}L_i=\mathbb{1}(w_j^\top x_i-w_{y_i}^\top x_i+\Delta>0)x_i", ("supported",)),
        (HINGE, r"\nabla_{w_j}L_i=-\mathbb{1}(w_j^\top x_i-w_{y_i}^\top x_i+\Delta>0)x_i", ("refuted", "undecided")),
        (ONE_OF_ALL, r"\frac{\partial L}{\partial z_k}=p_k", ("refuted", "undecided")),
    ],
)
def test_a_place_beside_a_sum_is_none_of_its_own(before: str, claim: str, verdicts: tuple[str, ...]) -> None:
    assert check_notes(f"{before}\n\n$$ {claim} $$\n").steps[-1].verdict in verdicts


@pytest.mark.parametrize(
    ("before", "claim", "verdicts"),
    [
        (NEWTON, r"w-H^{-1}\nabla J(w)=w-(X^\top X)^{-1}X^\top(Xw-y)=(X^\top X)^{-1}X^\top y", ["proved", "proved"]),
        (NEWTON, r"w-H^{-1}\nabla J(w)=w+(X^\top X)^{-1}X^\top(Xw-y)", ["refuted"]),
        (LOGISTIC, r"w-H^{-1}\nabla\ell(w)=w-(X^\top SX)^{-1}X^\top(p-y)", ["proved"]),
        (LOGISTIC, r"w-H^{-1}\nabla\ell(w)=w-(X^\top SX)^{-1}X^\top(y-p)", ["refuted"]),
    ],
)
def test_a_newton_step(before: str, claim: str, verdicts: list[str]) -> None:
    steps = check_notes(f"{before}\nso\n$$ w^{{new}} = {claim} $$\n").steps
    assert [s.verdict for s in steps[-len(verdicts) :]] == verdicts


def test_an_inverse_is_not_differentiated() -> None:
    text = r"Let $A = w^2 B$ with matrices $B$ and $A^{-1}$. Then $\nabla_w (y^\top A^{-1} y) = 0$."
    assert check_notes(text).steps[-1].verdict not in ("proved", "supported")
