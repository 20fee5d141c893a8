r"""What words around a formula say: which case it is for, what a name is, a name that changes its meaning."""

import pytest

from derivations.notes.interpreting.cases import before_words
from derivations.notes.library import check_notes

SOFTMAX = r"Let $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$. "
ON, OFF = r"p_i (1 - p_k)", "-p_i p_k"


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    ("words", "right", "last"),
    [
        ("For the derivative at $i = k$:", ON, "proved"),
        ("For $i = k$ that is easy. Now let $i \\neq k$:", ON, "refuted"),
        ("For $i = k$ that is easy. Now let $i \\neq k$:", OFF, "proved"),
        ("The case $i = k$ is simple. When $i$ and $k$ are different, we get", ON, "refuted"),
        ("The case $i = k$ is simple. When $i$ and $k$ are different, we get", OFF, "proved"),
        ("The case $i \\ne k$ is simple. When $i$ equals $k$, we get", ON, "proved"),
        ("If $i = k$ it is positive. Otherwise", OFF, "proved"),
        ("If $i = k$ it is positive. Otherwise", ON, "undecided"),
    ],
)
def test_the_nearest_words_say_which_case_a_step_is_for(words, right, last):
    step = rf"$$\frac{{\partial p_i}}{{\partial z_k}} = {right}$$"
    assert verdicts(f"{SOFTMAX}{words}\n{step}")[-1] == last


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("if $i$ and $j$ are different", ["i ≠ j"]),
        ("$i$ and $j$ are not equal", ["i ≠ j"]),
        ("$i$ and $j$ are equal; else", ["i = j", "i ≠ j"]),
        ("where $i$ differs from $j$, and then $k = l$", ["i ≠ j", "k = l"]),
        ("a and b are equal", []),
    ],
)
def test_cases_in_words(text, cases):
    assert [str(case) for case in before_words(text)] == cases


LINEAR = r"""The hidden units are $h_j = \sigma(\sum_k w_{jk} x_k)$, with the output $z = \sum_j v_j h_j$ and in general
$\hat y = \sigma(z)$. WORDS The error is $L = \frac12 (\hat y - t)^2$. So
$$\frac{\partial L}{\partial z} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("words", "right", "last"),
    [
        ("", r"\hat y - t", "refuted"),
        ("Here the output unit is linear.", r"\hat y - t", "undecided"),
        ("Here the output unit is linear.", r"2 (\hat y - t)", "refuted"),
        ("Here the output unit is linear.", r"(\hat y - t) \hat y (1 - \hat y)", "proved"),
    ],
)
def test_a_unit_that_words_call_linear(words, right, last):
    assert verdicts(LINEAR.replace("WORDS", words).replace("RIGHT", right))[-1] == last


FEATURE = r"""The prediction is $\hat y_i = \sum_{j=0}^{d} w_j x_{ij}$, WORDS. With
$L = \frac{1}{2n} \sum_{i=1}^n (\hat y_i - y_i)^2$
$$\frac{\partial L}{\partial w_0} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("right", "last"),
    [
        (r"\frac1n \sum_{i=1}^n (\hat y_i - y_i)", "undecided"),
        (r"\frac1n \sum_{i=1}^n (\hat y_i - y_i) x_{i0}", "proved"),
        (r"\frac2n \sum_{i=1}^n (\hat y_i - y_i)", "refuted"),
    ],
)
def test_a_feature_that_is_always_1(right, last):
    words = "where a constant 1 is put before every input"
    assert verdicts(FEATURE.replace("WORDS", words).replace("RIGHT", right))[-1] == last


def test_a_threshold_as_one_more_weight():
    text = r"""An extra input is always $-1$: let $x_{n+1} = -1$ and $w_{n+1} = b$. Then
$$z = \sum_{j=1}^{n} w_j x_j - b = \sum_{j=1}^{n+1} w_j x_j$$"""
    assert "refuted" not in verdicts(text)


def test_a_matrix_that_words_call_diagonal():
    text = r"""The loss is $J = (Xw - y)^\top D (Xw - y)$, where $D$ is diagonal. With $r_i = w^\top x_i - y_i$
$$(Xw - y)^\top D (Xw - y) = \sum_{i=1}^n D_{ii} r_i^2$$"""
    assert "refuted" not in verdicts(text)


CHANGED = r"""Let $z = w x + b$, $a = \sigma(z)$ and $L = \frac12 (a - y)^2$, so
$\frac{\partial L}{\partial w} = (a - y) a (1 - a) x$.

Now let $a = \tanh(z)$. Then
$$\frac{\partial L}{\partial w} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("right", "last"),
    [
        (r"(a - y) (1 - a^2) x", "supported"),
        (r"2 (a - y) (1 - a^2) x", "refuted"),
        (r"(y - a) (1 - a^2) x", "refuted"),
    ],
)
def test_a_definition_that_changes_through_another_name(right, last):
    assert verdicts(CHANGED.replace("RIGHT", right))[-1] == last


def test_what_holds_by_the_old_definition_only_is_not_proved():
    text = r"""Let $z = w x$ and $L = \frac12 (z - y)^2$. With $z = 2 w x$
$$\frac{\partial L}{\partial w} = RIGHT$$"""
    assert verdicts(text.replace("RIGHT", "(w x - y) x"))[-1] == "supported"
    assert verdicts(text.replace("RIGHT", "2 (z - y) x"))[-1] == "supported"
    assert verdicts(text.replace("RIGHT", "3 (z - y) x"))[-1] == "refuted"


ALIAS = r"""The sum is $f = \sum_{i=1}^n w_i x_i$. In the graph of the program
write $x_2 = w_1 a + w_2 b$ for the second node.
$$\frac{\partial x_2}{\partial w_1} = a$$
"""


def test_a_name_of_one_place_may_be_a_name_of_its_own():
    assert "refuted" not in verdicts(ALIAS)
    text = r"""For $f(x, y) = \begin{bmatrix} x^2 + y \\ xy \end{bmatrix}$ we have $f_1 = x^2 + y$ and $f_2 = xy$."""
    assert "refuted" not in verdicts(text)
    text = r"""A unit is $z_i = w^T x_i + b$. Then $z_1 = w^T x_1 + b$ and $z_2 = w^T x_2 - b$."""
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_values_said_before_a_step():
    text = r"""Let $h = \tanh(w_1 x)$, $\hat y = w_2 h$ and $E = \frac12 (\hat y - t)^2$.
With $x = 1$ and $w_1 = 0$ we get $\frac{dE}{dw_1} = RIGHT$."""
    assert verdicts(text.replace("RIGHT", "-t w_2"))[-1] == "proved"
    assert verdicts(text.replace("RIGHT", "-2 t w_2"))[-1] == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        r"Let $f(x) = x^2$. Its slope there is $\frac{\partial f}{\partial x}(-2) = -4$.",
        r"Let $f(x) = \sum_j x_j^2$. It stops where $||\nabla f(x)|| = 0$.",
        r"With $\hat y_k = \frac{e^{z_k}}{\sum_{j=0}^9 e^{z_j}}$ and the digit 7,"
        r" $-\sum_{k=0}^{9} y_k \log \hat{y}_k = -\log \hat{y}_7$.",
        r"The Jacobian is $J_{ij} = \frac{\partial f_i}{\partial x_j}$, and"
        r" $\frac{\partial f}{\partial x_i} = \sum_j \frac{\partial f}{\partial z_j}\frac{\partial z_j}{\partial x_i}$",
    ],
)
def test_correct_notes_that_were_refuted(text):
    assert "refuted" not in verdicts(text)


def test_layers_in_brackets():
    text = r"""One neuron: $z = w^T x + b$, $a = \sigma(z)$. Layers:
$$z^{(1)} = W^{(1)} x + b^{(1)}, \quad z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}$$
In general $z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$ and $a^{(l)} = \sigma(z^{(l)})$."""
    assert set(verdicts(text)) == {"definition"}


def test_a_probability_states_no_case():
    text = r"""Here $p = \sigma(z)$ is short for $P(y = 1 \mid x)$, or $p(y = 1\ |\ x)$. Then
$$(1 - y) \frac{1}{1 - p} (-p (1 - p)) = (1 - y) p$$"""
    assert verdicts(text)[-1] == "refuted"


def test_a_case_in_which_both_sides_vanish_proves_nothing():
    text = r"""With $p = \sigma(z)$ and $y = 1$: $-y \log p - (1 - y) \log (1 - p) = -\log p$, and
$(1 - y) p = 2 (1 - y) p$."""
    assert verdicts(text)[-2:] == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (r"This follows from the derivative of $\log x = 1/x$.", "supported"),
        (r"This follows from the derivative of $\log x = 2/x$.", "refuted"),
        (r"This follows from $\log x = 1/x$.", "refuted"),
    ],
)
def test_what_a_derivative_is_said_to_be(text, last):
    assert verdicts(text)[-1] == last
