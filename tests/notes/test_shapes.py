r"""Names without an index: matrices, columns and numbers, inferred from the products that they stand in."""

import pytest

from derivations.notes.library import check_notes

REGRESSION = r"""
Input $x$, hidden $s = Ux$, $h = \sigma(s)$, output $o = Vh$, loss $E = \frac{1}{2}(o - t)^T(o - t)$.

$$\frac{\partial E}{\partial V} = (o - t) h^T$$
$$\frac{\partial E}{\partial h} = V^T (o - t)$$
$$\frac{\partial E}{\partial s} = V^T(o - t) \odot h \odot (1 - h)$$
$$\frac{\partial E}{\partial U} = \left[V^T(o - t) \odot h \odot (1 - h)\right] x^T$$
"""
TANH = r"""
The hidden layer is $h = \tanh(W_1 x + b_1)$, the output $\hat y = W_2 h + b_2$, the loss
$L = \frac12 \|\hat y - y\|^2$.

$$\frac{\partial L}{\partial W_2} = (\hat y - y) h^T$$
$$\frac{\partial L}{\partial W_1} = \left(W_2^T(\hat y - y) \odot (1 - h^2)\right) x^T$$
"""
SOFTMAX = r"""
For one sample $x$ with a one-hot label $y$: $z = Wx + b$, $p = \text{softmax}(z)$, $L = -\sum_k y_k \log p_k$.

$$\frac{\partial L}{\partial z} = p - y$$
$$\frac{\partial L}{\partial W} = (p - y)x^T$$
$$\frac{\partial L}{\partial b} = p - y$$
"""
BATCH = r"""
Suppose $\hat Y = XW$ and $L = \frac{1}{2}\|\hat Y - Y\|_F^2$.

$$\frac{\partial L}{\partial W} = X^T(\hat Y - Y)$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize("text", [REGRESSION, TANH, SOFTMAX, BATCH])
def test_right_notes_are_proved(text):
    assert set(verdicts(text)) == {"definition", "proved"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (REGRESSION, "V} = (o - t) h^T", "V} = (t - o) h^T"),
        (REGRESSION, "s} = V^T(o - t) \\odot h \\odot (1 - h)", "s} = V^T(o - t) \\odot h"),
        (REGRESSION, "h} = V^T (o - t)", "h} = 2 V^T (o - t)"),
        (TANH, "(1 - h^2)", "(1 - h)"),
        (TANH, "= (\\hat y - y) h^T", "= (\\hat y + y) h^T"),
        (SOFTMAX, "z} = p - y", "z} = y - p"),
        (SOFTMAX, "(p - y)x^T", "p x^T"),
        (BATCH, "= X^T(\\hat Y - Y)", "= 2X^T(\\hat Y - Y)"),
    ],
)
def test_a_planted_fault_is_refuted(text, right, wrong):
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong))


@pytest.mark.parametrize(
    "text",
    [
        "With $L = c^T v$ and $v = x \\odot x$, $\\frac{\\partial L}{\\partial x} = c$.",
        "Let $y = A x$ and $L = y^T A y$. Then $\\frac{\\partial L}{\\partial x} = A^T y x$.",
    ],
)
def test_what_fits_no_shapes_is_not_refuted(text):
    assert "refuted" not in verdicts(text)


def test_a_numbered_vector_that_is_declared_is_no_entry_of_the_one_without_its_number():
    text = r"""$$x \in \mathbb{R}^d, \quad W_1 \in \mathbb{R}^{h \times d}, \quad b_1 \in \mathbb{R}^h$$

$$z = W_1 x + b_1, \quad a = z^T z, \quad v = u + b$$

$$\frac{\partial a}{\partial W_1} = 2 z x^T$$
"""
    assert verdicts(text)[-1] == "proved"
