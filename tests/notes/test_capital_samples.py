r"""Habits of course notes: X for one sample, samples counted from 0, braces across brackets, log P scaled by 1/N."""

import pytest

from derivations.notes.library import check_notes

MODEL = r"""
The hypothesis is $h_\theta(x) = g(\theta^T X)$ with $g(z) = \frac{1}{1+e^{-z}}$ and
$$J(\theta) = -\frac1m \sum_{i=1}^m [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))]$$
so that
$$\frac{\partial J}{\partial \theta_j} = RIGHT$$
"""
FROM_ZERO = r"""
The labels are one-hot, $p_{ik} = \frac{e^{z_{ik}}}{\sum_{j=0}^{K-1} e^{z_{ij}}}$ and
$$L = -\sum_{i=0}^{N-1} \sum_{k=0}^{K-1} y_{ik} \log p_{ik}$$
$$\frac{\partial L}{\partial z_{ik}} = RIGHT$$
"""
CROSSED = r"""
Let $h(x) = \theta^T x$ and $J = \frac{1}{2m}[\sum_{i=1}^{m}{{(h(x_i) - y_i)}^2 + \lambda \sum_{j=1}^n {\theta_j^2}]}$.
$$\frac{\partial J}{\partial \theta_j} = \frac1m [\sum_{i=1}^{m} {((h(x_i) - y_i) x_{ij}}) RIGHT]$$
"""
SCALED = r"""
$$-\frac1N \log P(T \mid X) = -\frac1N \sum_{n=1}^N (t_n \log y_n + (1 - t_n) \log(1 - y_n))$$
$$\log P(T \mid X) = RIGHT$$
"""


def last(text):
    return [s.verdict for s in check_notes(text).steps][-1]


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        (MODEL, r"\frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}", "proved"),
        (MODEL, r"\frac1m \sum_{i=1}^m (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)}", "refuted"),
        (FROM_ZERO, "p_{ik} - y_{ik}", "proved"),
        (FROM_ZERO, "p_{ik} + y_{ik}", "refuted"),
        (CROSSED, r"+ \lambda \theta_j", "proved"),
        (CROSSED, r"+ 2 \lambda \theta_j", "refuted"),
        (SCALED, r"\sum_{n=1}^N (t_n \log y_n + (1 - t_n) \log(1 - y_n))", "proved"),
        (SCALED, r"-\sum_{n=1}^N (t_n \log y_n + (1 - t_n) \log(1 - y_n))", "conflict"),
    ],
)
def test_habits_of_course_notes(text, right, verdict):
    assert last(text.replace("RIGHT", right)) == verdict


def test_a_capital_that_is_all_samples_stays_so():
    found = check_notes(r"Let $Z = w^T X + b$ and $A = \sigma(Z)$, so $f(x) = \sigma(w^T x + b)$ and $Z = w^T X + b$.")
    assert [s.verdict for s in found.steps][-1] in ("proved", "supported")


LAYERS = r"""
$$z^{[1](i)} = W^{[1]} x^{(i)} + b^{[1]}, \quad a^{[1] (i)} = \tanh(z^{[1] (i)})$$
$$z^{[2](i)} = w^{[2]T} a^{[1](i)} + b^{[2]}, \quad a^{[2](i)} = \sigma(z^{[2](i)})$$
$$J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{[2](i)} + (1 - y^{(i)}) \log(1 - a^{[2](i)}))$$
$$\frac{\partial J}{\partial z^{[2](i)}} = \frac1m RIGHT$$
"""
CODE = r"""
Let $z_i = w^T x_i + b$, $a_i = \sigma(z_i)$ and $L = -\sum_i (y_i \log a_i + (1 - y_i) \log(1 - a_i))$. Then
$$\frac{\partial L}{\partial b} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("text", "right", "verdict"),
    [
        (LAYERS, "(a^{[2](i)} - y^{(i)})", "proved"),
        (LAYERS, "(a^{[2](i)} + y^{(i)})", "refuted"),
        (LAYERS, "(a^{[1](i)} - y^{(i)})", "unsupported"),
        (CODE, "np.sum(a - y)", "proved"),
        (CODE, "np.sum(y - a)", "refuted"),
        (r"$\frac{d}{dx} \log_2 x = RIGHT$", r"\frac{1}{x \ln 2}", "proved"),
        (r"$\frac{d}{dx} \log_2 x = RIGHT$", r"\frac{1}{x}", "refuted"),
        (r"Let $Z = w^T X + [b, b, \dots, b]$. So $Z = RIGHT$", "np.dot(w.T, X) + b", "supported"),
        (r"Let $Z = w^T X + [b, b, \dots, b]$. So $Z = RIGHT$", "np.dot(w.T, X) - b", "conflict"),
    ],
)
def test_layers_of_samples_and_calls(text, right, verdict):
    assert last(text.replace("RIGHT", right)) == verdict


COLUMNS = r"""
$z^{(i)} = w^T x^{(i)} + b$ for each sample, $Z = w^T X + b$ for all, and $r^{(i)} = \sigma(z^{(i)}) - y^{(i)}$.
$$RIGHT = \frac1m \sum_{i=1}^m x^{(i)} r^{(i)}$$
"""


@pytest.mark.parametrize(
    ("right", "verdict"), [(r"\frac1m X r", "proved"), (r"-\frac1m X r", "refuted"), (r"\frac2m X r", "refuted")]
)
def test_samples_are_columns_where_weights_stand_before_them(right, verdict):
    assert last(COLUMNS.replace("RIGHT", right)) == verdict


BY_HAND = r"""
$$z_1 = w_1 x_1 + w_2 x_2 + b_1$$ $$z_2 = w_3 x_1 + w_4 x_2 + b_2$$
$$o_1 = \sigma(z_1)$$ $$o_2 = \sigma(z_2)$$
$$E = \frac12 \sum_{i=1}^{2} (o_i - t_i)^2$$
$$\frac{\partial E}{\partial w_1} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"(o_1 - t_1) o_1 (1 - o_1) x_1", "proved"),
        (r"(o_2 - t_2) o_1 (1 - o_1) x_1", "undecided"),
        (r"2 (o_1 - t_1) o_1 (1 - o_1) x_1", "refuted"),
    ],
)
def test_a_sum_over_two_units_that_are_defined_one_by_one(right, verdict):
    assert last(BY_HAND.replace("RIGHT", right)) == verdict


def test_a_capital_behind_weights_is_no_row_of_columns_where_a_number_is_made_of_it():
    text = r"""Let $z = \theta^T X$, $p = \sigma(z)$ and $J = \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2$.
    With $L = -y \log p - (1 - y) \log(1 - p)$ we have $\frac{\partial L}{\partial \theta} = (p - y) X$"""
    assert last(text) != "refuted"
