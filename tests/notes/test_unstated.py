r"""What a refutation may not rest on: data nobody stated, names said again, numbers of equations, letters that name."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

GRAPH = r"""
$$a = wx, \quad \hat{y} = a + b, \quad e = \hat{y} - y, \quad L = e^2$$

$$\frac{\partial L}{\partial e} = 2e$$

$$x=2,\quad w=3,\quad b=1,\quad y=5$$

$$a = wx = 3\times 2$$

"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


def test_e_is_a_name_where_it_is_said_what_it_is() -> None:
    found = check_notes(GRAPH + r"$$\frac{\partial e}{\partial \hat y} = 1$$").steps
    assert [found[4].verdict, found[-1].verdict] == ["proved", "proved"]
    assert verdicts(GRAPH + r"$$\frac{\partial e}{\partial \hat y} = 2$$")[-1] == "refuted"
    assert verdicts(r"$e = 2.718$ and $\frac{d}{dx} e^x = e^x$")[-1] == "proved"


def test_values_are_held_against_the_data_that_are_stated() -> None:
    found = check_notes(GRAPH + r"$$\frac{\partial L}{\partial b} = 2e = 4$$" + "\n\n" + r"$$2 e x = 9$$").steps
    by_right = {step.right.strip(): step.verdict for step in found}
    assert by_right["4"] == "proved"
    assert by_right[r"3\times 2"] == "proved"  # for x = 2, just before
    assert by_right["9"] == "definition"  # where it holds is another question


@pytest.mark.parametrize(
    "text",
    [
        "\\begin{eqnarray} J & = & -n s^2 \\\\ \\frac{\\partial J}{\\partial s} & = & -2 n s & (22) \\end{eqnarray}",
        r"The counts are $n_1, \dots, n_6$ with $\sum_{i=1}^6 n_i = N$.",
        r"The counts $n_1, \dots, n_6$ of N throws add up: $\sum_{i=1}^6 n_i = N$, and $\frac{n}{2} = \frac{1}{2} n$.",
        r"With a sign in words, $1 \text{+} x = x + 1$.",
        r"A running mean: $$VW = \beta VW + (1 - \beta) W$$",
        r"The bias $-\theta=-1\cdot w_{n+1}=x_{n+1}\cdot w_{n+1}$ of $f(x) = \sum_{i=1}^n w_i x_i - \theta$.",
        "The trace: $$trA = trA^T, \\quad trAB = trBA$$",
        r"The shapes are $(3 \times 3)\cdot(3 \times 1) = (3 \times 1)$.",
        r"Where feet and metres are features, $x_1 = x_2 * (3.28)^2$ in $f(x) = w_1 x_1 + w_2 x_2$.",
        r"The sign $=$ is read as 'is', and $\propto$ as 'is proportional to'.",
        r"$z = W x + b$; 简化 $b$ 都是0, 则有 $$U z = U W x$$",
        r"$z = W x + b$, and with zero biases, $$U z = U W x$$",
        r"All weights alike: $z = W x + b$ and $W x + b = 0^{3 \times 1}$.",
    ],
)
def test_no_alarm(text: str) -> None:
    assert "refuted" not in verdicts(text)


def test_delta_of_a_unit_is_no_kronecker_delta() -> None:
    text = r"""
$$y_i = \frac{1}{1+e^{-z_{oi}}}, \qquad \xi_i = - t_i \log y_i - (1-t_i) \log(1-y_i)$$

The errors $\delta_o$ are $\frac{\partial \xi_i}{\partial z_{oi}} = y_i - t_i = \delta_{oi}$.
"""
    assert "refuted" not in verdicts(text)
    softmax = (
        r"$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$ and $\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$"
    )
    assert verdicts(softmax)[-1] == "proved"
    assert verdicts(softmax.replace("- p_j", "+ p_j"))[-1] == "refuted"


def test_a_sum_over_unequal_indices_runs_over_the_one_that_stands_nowhere_else() -> None:
    text = r"""
$$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}, \qquad L = - \sum_{j} y_j \log p_j$$

where y is one-hot,

$$\frac{\partial L}{\partial z_i} = -\frac{y_i}{p_i} p_i (1-p_i) - \sum_{i \neq j} \frac{y_j}{p_j} (-p_j p_i)
= -y_i + y_i p_i + \sum_{i\neq j} y_j p_i$$
"""
    assert verdicts(text)[-2:] == ["proved", "proved"]
    assert verdicts(text.replace("(-p_j p_i)", "(-2 p_j p_i)"))[-2] == "refuted"


def test_a_name_that_is_said_again_beyond_reading_refutes_nothing() -> None:
    text = r"""
# Regression

$h(x) = \theta_0 + \theta_1 x$ and $J(\theta) = \frac{1}{m}\sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2$.

# Classification

$h(x) = \begin{vmatrix} \theta & x \end{vmatrix} \star x$

$$\frac{\partial J}{\partial \theta_1} = \frac{1}{m}\sum_{i=1}^m (h(x^{(i)}) - y^{(i)}) x^{(i)}$$
"""
    assert verdicts(text)[-1] != "refuted"
    again = text.replace(r"$h(x) = \begin{vmatrix} \theta & x \end{vmatrix} \star x$", "")
    assert verdicts(again)[-1] == "refuted"


def test_an_example_of_data_is_no_definition() -> None:
    text = r"""
$$y = \begin{bmatrix} 460 \\ 232 \end{bmatrix}$$

$$J = \frac{1}{2}\sum_{i=1}^n (w x_i - y_i)^2$$

$$\frac{\partial J}{\partial w} = \sum_{i=1}^n (w x_i - y_i) x_i$$
"""
    assert "refuted" not in verdicts(text)


def test_a_formula_on_a_line_of_its_own_is_continued_on_the_next() -> None:
    text = """
We look at

$\\log \\frac{1}{1+e^{-a}}$

$=-\\log(1+e^{-a})$
$=-\\log(1-e^{-a})$
"""
    assert verdicts(text) == ["proved", "refuted"]


SECTIONS = r"""
# The model

Let $f(x) = w x + b$.

# Powers

The function $x^3$ has the derivative

$$f'(x) = RIGHT$$
"""


def test_an_example_of_another_section_is_another_function() -> None:
    assert verdicts(SECTIONS.replace("RIGHT", "3x^2"))[-1] == "undecided"
    assert verdicts(SECTIONS.replace("RIGHT", "3x^2 w"))[-1] == "refuted"
    assert verdicts(SECTIONS.replace("RIGHT", "w"))[-1] == "proved"
    assert verdicts(SECTIONS.replace("# Powers", "## Powers").replace("RIGHT", "3x^2"))[-1] == "refuted"


@pytest.mark.parametrize(("words", "last"), [("Now let", "undecided"), ("That is,", "refuted")])
def test_a_name_that_is_now_something_unreadable(words: str, last: str) -> None:
    text = r"The model is $h(x) = w x + b$, and $J = (h(x) - y)^2$. " + words + r" $h(x) = w \star x$. "
    assert verdicts(text + r"$$\frac{\partial J}{\partial w} = (h(x) - y) x$$")[-1] == last


def test_biases_that_are_dropped_without_a_word() -> None:
    layers = r"$$u = W x + b, \quad q = V u + c$$ "
    silent = verdicts(layers + r"$$V u = V W x$$")
    assert silent[-1] == "refuted"  # the definition in force has the bias
    again = verdicts(layers + r"$$u = W x, \quad V u = V W x$$ $$V u = 2 V W x$$")
    assert again[2] == "conflict"
    assert again[-2] in ("supported", "proved")
    assert again[-1] == "refuted"


def test_a_product_of_two_vectors_is_no_matrix() -> None:
    text = r"""
The layer is $z_j = \sum_k W_{jk} a_k + b_j$,
the error $\delta_j = z_j - t_j$, and $L = \frac{1}{2} \sum_j (z_j - t_j)^2$.

$$\frac{\partial L}{\partial W} = \delta a$$
"""
    assert verdicts(text)[-1] not in ("proved", "supported")


COST = r"$J = \sum_{i=1}^n (w x_i - y_i)^2$. "
MEANT = r"$S = \sum_{i=1}^n x_i$. "


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (COST + r"$$\frac{\partial J}{\partial w} = 2 (w x_i - y_i) x_i$$", "undecided"),
        (
            COST + r"$$\frac{\partial J}{\partial w} = 2 \sum_{i=1}^n (w x_i - y_i) x_i = 2 w x_i^2 - 2 y_i x_i$$",
            "refuted",
        ),
        (COST + r"$$J = (w x_i - y_i)^2 = \sum_{i=1}^n (w^2 x_i^2 - 2 w x_i y_i + y_i^2)$$", "refuted"),
        (COST + MEANT + r"$$\frac{\partial J}{\partial w} = 2 (w x_i - y_i) x_i$$", "refuted"),
        (COST + MEANT + r"$J = 2 (w x_i - y_i)$. $$\frac{\partial J}{\partial w} = 2 (w x_i - y_i) x_i$$", "undecided"),
    ],
)
def test_an_index_is_summed_over_in_silence_only_where_no_sum_is_written_by_habit(text: str, last: str) -> None:
    assert verdicts(text)[-1] == last


@pytest.mark.parametrize(("scale", "last"), [("", "undecided"), (r"\frac{1}{n}", "refuted")])
def test_words_of_one_sample_leave_out_a_sum_and_its_size(scale: str, last: str) -> None:
    text = r"For one sample at first. $J = \frac1n \sum_{i=1}^n (w x_i - y_i)^2$, $M = \frac1n \sum_{i=1}^n x_i$ and"
    text += r" $S = \sum_{i=1}^n y_i$. "
    assert verdicts(text + rf"$$\frac{{\partial J}}{{\partial w}} = {scale} 2 (w x_i - y_i) x_i$$")[-1] == last


def test_the_right_class_has_no_label_beside_it() -> None:
    text = r"One-hot labels $y$, $p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$. $$-\sum_k y_k \log p_k = RIGHT$$"
    assert verdicts(text.replace("RIGHT", r"-\log p_k"))[-1] != "refuted"
    assert verdicts(text.replace("RIGHT", r"-y_k \log p_k"))[-1] == "refuted"


def test_a_function_at_another_argument_is_not_said_again() -> None:
    text = r"""
# The function

$$s(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}$$

# Its shift

$$s(x + c \star 1)_i = s(x)_i$$

# Its derivative

$$\frac{\partial s(x)_i}{\partial x_i} = 2 s(x)_i (1 - s(x)_i)$$
"""
    assert verdicts(text)[-1] == "refuted"
