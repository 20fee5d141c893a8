r"""The last layer by the number of layers, \delta^{(n_l)}, and the squares of matrices in 1 - A^2."""

import pytest

from derivations.notes.library import check_notes

LAYERS = r"""
$z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}$ and $a^{(l)} = f(z^{(l)})$. Let $J = \frac12 \|y - a^{(n_l)}\|^2$.
"""
HIDDEN = r"""
Let $H = \tanh(XW)$, $O = HV$ and $L = \frac12 \|O - Y\|_F^2$.
"""


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"\delta^{(n_l)} = \frac{\partial J}{\partial z^{(n_l)}} = -(y - a^{(n_l)}) \odot f'(z^{(n_l)})", "proved"),
        (r"\delta^{(n_l)} = \frac{\partial J}{\partial z^{(n_l)}} = (y - a^{(n_l)}) \odot f'(z^{(n_l)})", "refuted"),
    ],
)
def test_the_last_layer_may_be_numbered_by_how_many_there_are(step: str, verdict: str) -> None:
    found = check_notes(LAYERS + f"$${step}$$").steps[-1]
    assert found.verdict == verdict, found.reason


def test_the_layers_below_the_last_are_those_of_any_letter() -> None:
    said = r"Here $\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}$."
    step = r"$$\delta^{(l)} = (W^{(l)})^T \delta^{(l+1)} \odot f'(z^{(l)})$$"
    assert check_notes(LAYERS + said + step).steps[-1].verdict == "proved"


@pytest.mark.parametrize(
    ("slope", "verdict"), [("1 - H^2", "proved"), (r"1 - H \odot H", "proved"), ("1 + H^2", "refuted")]
)
def test_a_square_beside_a_number_is_taken_entry_by_entry(slope: str, verdict: str) -> None:
    step = rf"$$\frac{{\partial L}}{{\partial W}} = X^T [(O - Y) V^T \odot ({slope})]$$"
    assert check_notes(HIDDEN + step).steps[-1].verdict == verdict


def test_a_square_of_a_square_matrix_is_no_such_square() -> None:
    text = r"Let $L = x^T (I - A^2) x$ and $A = A^T$. $$\frac{\partial L}{\partial x} = 2 (I - A^2) x$$"
    assert check_notes(text).steps[-1].verdict != "refuted"
