r"""How far \odot reaches: A \odot B C is A \odot (B C), and where another grouping fits, too, it is not refuted."""

import pytest

from derivations.notes.library import check_notes

ROWS = r"""
$Z_1 = XW_1 + b_1$, $A_1 = \tanh(Z_1)$, $Z_2 = A_1W_2 + b_2$, $\hat Y = \text{softmax}(Z_2)$ and
$L = -\sum_{i}\sum_k Y_{ik}\log \hat Y_{ik}$, where each row of $Y$ is one-hot.

$$\delta_3 = \hat Y - Y$$
$$\delta_2 = SLOPE$$
$$\frac{\partial L}{\partial W_1} = X^T\delta_2$$
"""
COLUMNS = r"""
$z = Wx + b$, $h = \sigma(z)$, $s = Uh$, $L = \frac12 \|s - y\|^2$.

$$RIGHT$$
"""


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize("sign", [r"\odot", r"\circ"])
@pytest.mark.parametrize("slope", ["(1 - A_1^2)", r"(1 - \tanh^2 Z_1)"])
def test_a_product_behind_the_sign_comes_first(sign: str, slope: str) -> None:
    text = ROWS.replace("SLOPE", rf"{slope} {sign} \delta_3 W_2^T")
    assert last(text) in ("proved", "supported")
    assert last(text.replace("1 -", "1 +")) == "refuted"
    assert last(text.replace("W_2^T", "W_1^T")) not in ("proved", "supported")


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial L}{\partial z} = h \odot (1-h) \odot U^T(s-y)",
        r"\frac{\partial L}{\partial W} = (h \odot (1-h) \odot U^T(s-y)) x^T",
        r"\frac{\partial L}{\partial W} = U^T(s-y) \odot h \odot (1-h) x^T",
    ],
)
def test_columns_and_rows(claim: str) -> None:
    text = COLUMNS.replace("RIGHT", claim)
    assert last(text) == "proved"
    assert last(text.replace("(1-h)", "(1+h)")) == "refuted"


def test_a_factor_before_two_that_are_multiplied_by_entries_is_not_refuted() -> None:
    r"""W^T \delta \odot s is (W^T \delta) \odot s, and W^T (\delta \odot s) where all are of one size."""
    text = r"$z = Wx + b$, $h = \sigma(z)$, $L = \frac12 \|h - y\|^2$. $$\frac{\partial L}{\partial x} = RIGHT$$"
    assert last(text.replace("RIGHT", r"W^T [(h-y) \odot \sigma'(z)]")) == "proved"
    assert last(text.replace("RIGHT", r"W^T [(y-h) \odot \sigma'(z)]")) == "refuted"
    assert last(text.replace("RIGHT", r"W^T (h-y) \odot \sigma'(z)")) != "refuted"
