r"""What numbers say: N of \frac{1}{N} hangs on nothing, a sum ends where its terms do that are written beside it."""

import pytest

from derivations.notes.library import check_notes

MEAN = r"""
$$J(\theta) = \frac{1}{N} (Y - X\theta)^T (Y - X\theta)$$
$$\nabla_\theta J(\theta) = RIGHT$$
"""
HALVED = r"""
$$L(w) = \frac{1}{2N} \|Xw - y\|^2 + \frac{\lambda}{2} w^\top w$$
$$\frac{\partial L}{\partial w} = RIGHT$$
"""
SHOWN = r"""
$$a_1 = w_1 x, \quad a_2 = w_2 x$$
$$E = \frac12 \sum (a_i - t_i)^2 = \frac12 (a_1 - t_1)^2 + \frac12 (a_2 - t_2)^2$$
$$\frac{\partial E}{\partial w_2} = RIGHT$$
"""
APART = r"""
$$o_1 = \sigma(z_1), \quad o_2 = \sigma(z_2), \quad \sigma(z) = \frac{1}{1 + e^{-z}}$$
$$E = -\sum_k \left(t_k \ln o_k + (1 - t_k) \ln(1 - o_k)\right)$$
$$E = -t_1 \ln o_1 - (1 - t_1) \ln(1 - o_1) - t_2 \ln o_2 - (1 - t_2) \ln(1 - o_2)$$
$$\frac{\partial E}{\partial z_2} = RIGHT$$
"""


def last(text: str) -> str:
    return [s.verdict for s in check_notes(text).steps][-1]


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        (MEAN, r"\frac{2}{N} X^T (X\theta - Y)", "proved"),
        (MEAN, r"\frac{1}{N} (0 - 2 X^T Y + 2 X^T X\theta)", "proved"),
        (MEAN, r"\frac{1}{N} X^T (X\theta - Y)", "refuted"),
        (MEAN, r"\frac{2}{n} X^T (X\theta - Y)", "undecided"),
        (HALVED, r"\frac1N X^\top (Xw - y) + \lambda w", "proved"),
        (HALVED, r"\frac1N X^\top (y - Xw) + \lambda w", "refuted"),
        (SHOWN, "(a_2 - t_2) x", "proved"),
        (SHOWN, "2 (a_2 - t_2) x", "refuted"),
        (SHOWN, "(t_2 - a_2) x", "refuted"),
        (APART, "o_2 - t_2", "proved"),
        (APART, "t_2 - o_2", "refuted"),
    ],
)
def test_a_derivative(text: str, right: str, verdict: str) -> None:
    assert last(text.replace("RIGHT", right)) == verdict


def test_terms_that_are_not_those_of_the_sum_are_refuted() -> None:
    steps = check_notes(SHOWN.replace("(a_2 - t_2)^2", "(a_2 + t_2)^2")).steps
    assert [s.verdict for s in steps if s.left.startswith(r"\frac12 \sum")] == ["refuted"]


def test_a_number_that_is_a_function_of_the_weights_has_a_derivative() -> None:
    text = r"Let $N(w) = w^2$ and $L = \frac{1}{N} (y - w)^2$. Then $\frac{\partial L}{\partial w} = RIGHT$."
    assert last(text.replace("RIGHT", r"-\frac{2}{N} (y - w)")) == "refuted"


@pytest.mark.parametrize("sign", [r".*", r"\cdot *", r"\cdot*", r"\odot"])
def test_a_product_entry_by_entry_as_in_programs(sign: str) -> None:
    text = rf"Let $a = \sigma(z)$ and $z = u {sign} v$. Then $\frac{{\partial z_i}}{{\partial u_i}} = v_i$."
    steps = check_notes(text).steps
    assert steps[1].right.endswith("v")
    assert steps[-1].verdict in ("proved", "supported")
