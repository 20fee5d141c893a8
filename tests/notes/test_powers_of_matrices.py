r"""A^2 of a square matrix is A A; \tanh^2(Z) and 1 - A^2 square entries; W^2 may be of the second layer."""

import pytest

from derivations.notes.library import check_notes

JACOBIAN = r"Let $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$ and $J = \text{diag}(p) - pp^T$. "
FORM = r"Let $A$ be symmetric and $f = \frac12 x^T A x$. "
ABOUT = r"Let $f = (x - \mu)^T A (x - \mu)$. "
HAT = r"Let $P = X(X^TX)^{-1}X^T$. "
SQUASHED = r"Let $A = \tanh(Z)$ for the square matrix $Z$ and $L = \mathrm{tr}(A^T Z)$. "


@pytest.mark.parametrize(
    ("text", "step", "verdict"),
    [
        (JACOBIAN, r"J^2 = \text{diag}(p)^2 - \text{diag}(p)pp^T - pp^T\text{diag}(p) + pp^Tpp^T", "proved"),
        (JACOBIAN, r"J^2 = \text{diag}(p)^2 - \text{diag}(p)pp^T + pp^T\text{diag}(p) + pp^Tpp^T", "refuted"),
        (FORM, r"x^T A^2 x = \|Ax\|^2", "proved"),
        (FORM, r"x^T A^2 x = 2\|Ax\|^2", "refuted"),
        (FORM, r"x^T A^3 x = x^T A A^2 x", "proved"),
        (ABOUT, r"x^T A^{-T} A^T x = x^T x", "proved"),
        (ABOUT, r"x^T A^{-T} A^T x = 2 x^T x", "refuted"),
        (ABOUT, r"x^T A^{-1} x = x^T A^{-\top} x", "proved"),
        (HAT, r"P^2 = P", "proved"),
        (HAT, r"P^2 = 2P", "refuted"),
        (SQUASHED, r"\frac{\partial L}{\partial Z} = A + Z \odot (1 - \tanh^2(Z))", "proved"),
        (SQUASHED, r"\frac{\partial L}{\partial Z} = A + Z \odot (1 + \tanh^2(Z))", "refuted"),
    ],
)
def test_a_power_of_a_square_matrix_is_a_product(text: str, step: str, verdict: str) -> None:
    found = check_notes(f"{text}$${step}$$").steps[-1]
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize(
    "text",
    [
        r"A square matrix $A$: $$A^2 = A \odot A$$",
        r"With $h_t = W h_{t-1}$ and $h_2 = W^2 h_0$: $$\frac{\partial h_2}{\partial h_0} = W W$$",
        ABOUT + r"$$x^T A^{-T} A x = x^T x$$",
        SQUASHED + r"$$A^2 = \tanh^2(Z)$$",
        r"All squares are element-wise, and $A$ is symmetric in $x^T A x$: $$x^T A^2 x = \|A x\|^2$$",
    ],
)
def test_what_may_be_squares_of_entries_or_of_a_layer_is_left_open(text: str) -> None:
    assert check_notes(text).steps[-1].verdict not in ("proved", "refuted")
