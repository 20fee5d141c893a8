r"""Arrays written out: right ones hold, wrong ones are refuted, and what dots may stand for is neither."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_equation, check_notes

HELD = ("proved", "supported")


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


RIGHT = [
    r"\begin{bmatrix} a & b \\ p & q \end{bmatrix} \begin{bmatrix} u \\ v \end{bmatrix}"
    r" = \begin{bmatrix} a u + b v \\ p u + q v \end{bmatrix}",
    r"\begin{pmatrix} u & v \end{pmatrix} \begin{pmatrix} a \\ b \end{pmatrix} = a u + b v",
    r"\begin{pmatrix} a \\ b \end{pmatrix} \begin{pmatrix} u & v \end{pmatrix}"
    r" = \begin{pmatrix} a u & a v \\ b u & b v \end{pmatrix}",
    r"\left(\begin{array}{cc} a & b \\ p & q \end{array}\right)^T = \begin{bmatrix} a & p \\ b & q \end{bmatrix}",
    r"2 \begin{bmatrix} a \\ b \end{bmatrix} - \begin{bmatrix} a \\ 0 \end{bmatrix}"
    r" = \begin{bmatrix} a \\ 2 b \end{bmatrix}",
    r"\begin{bmatrix} a \\ b \end{bmatrix} \odot \begin{bmatrix} u \\ v \end{bmatrix}"
    r" = \begin{bmatrix} a u \\ v b \end{bmatrix}",
    r"\sigma\left(\begin{bmatrix} a \\ 0 \end{bmatrix}\right)"
    r" = \begin{bmatrix} \frac{1}{1 + e^{-a}} \\ \frac12 \end{bmatrix}",
    r"I - \begin{bmatrix} a & b \\ b & a \end{bmatrix} = \begin{bmatrix} 1 - a & -b \\ -b & 1 - a \end{bmatrix}",
    r"\left\| \begin{bmatrix} a \\ b \end{bmatrix} \right\|^2 = a^2 + b^2",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \begin{bmatrix} 1 \\ -1 \end{bmatrix}"
    r" = \begin{bmatrix} -1 \\ -1 \end{bmatrix}",
]
WRONG = [
    r"\begin{bmatrix} a & b \\ p & q \end{bmatrix} \begin{bmatrix} u \\ v \end{bmatrix}"
    r" = \begin{bmatrix} a u + p v \\ b u + q v \end{bmatrix}",
    r"\begin{pmatrix} u & v \end{pmatrix} \begin{pmatrix} a \\ b \end{pmatrix} = a u - b v",
    r"\begin{pmatrix} a \\ b \end{pmatrix} \begin{pmatrix} u & v \end{pmatrix}"
    r" = \begin{pmatrix} a u & b u \\ a v & b v \end{pmatrix}",
    r"2 \begin{bmatrix} a \\ b \end{bmatrix} - \begin{bmatrix} a \\ b \end{bmatrix}"
    r" = \begin{bmatrix} a \\ 2 b \end{bmatrix}",
    r"\sigma\left(\begin{bmatrix} a \\ 0 \end{bmatrix}\right)"
    r" = \begin{bmatrix} \frac{1}{1 + e^{a}} \\ \frac12 \end{bmatrix}",
    r"I - \begin{bmatrix} a & b \\ b & a \end{bmatrix} = \begin{bmatrix} 1 - a & 1 - b \\ 1 - b & 1 - a \end{bmatrix}",
    r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix} \begin{bmatrix} 1 \\ -1 \end{bmatrix}"
    r" = \begin{bmatrix} -1 \\ 1 \end{bmatrix}",
]
NEITHER = [
    r"\begin{bmatrix} a \\ b \end{bmatrix} = \begin{bmatrix} a \\ b \\ b \end{bmatrix}",  # a row lost, or one too many
    r"\begin{bmatrix} a & \\ b & p \end{bmatrix} = \begin{bmatrix} a & 0 \\ b & p \end{bmatrix}",  # an empty cell
    r"\begin{vmatrix} a & b \\ p & q \end{vmatrix} = a q - b p",  # a determinant
]


@pytest.mark.parametrize("latex", RIGHT)
def test_arrays_of_fixed_size_hold_entry_by_entry(latex: str) -> None:
    step = check_equation(latex)
    assert step.verdict == "proved", step


@pytest.mark.parametrize("latex", WRONG)
def test_one_wrong_entry_is_refuted_and_named(latex: str) -> None:
    step = check_equation(latex)
    assert step.verdict == "refuted", step
    assert step.witness is not None


@pytest.mark.parametrize("latex", NEITHER)
def test_what_is_not_clear_is_not_judged(latex: str) -> None:
    assert check_equation(latex).verdict == "unsupported"


SOFTMAX = r"""The softmax is $p_i = \frac{e^{z_i}}{\sum_{j=1}^n e^{z_j}}$.

$$
\frac{\partial p}{\partial z} = \begin{pmatrix}
\frac{\partial p_1}{\partial z_1} & \cdots & \frac{\partial p_1}{\partial z_n} \\
\vdots & \ddots & \vdots \\
\frac{\partial p_n}{\partial z_1} & \cdots & \frac{\partial p_n}{\partial z_n}
\end{pmatrix} = \begin{pmatrix}
%s & \cdots & - p_1 p_n \\
\vdots & \ddots & \vdots \\
%s & \cdots & p_n (1 - p_n)
\end{pmatrix}
$$
"""


@pytest.mark.parametrize(
    ("first", "corner", "verdict"),
    [
        (r"p_1 (1 - p_1)", r"- p_n p_1", "proved"),
        (r"- p_1 (1 - p_1)", r"- p_n p_1", "refuted"),
        (r"p_1 (1 - p_1)", r"p_n p_1", "refuted"),
    ],
)
def test_a_jacobian_with_dots_is_its_general_entry(first: str, corner: str, verdict: str) -> None:
    steps = check_notes(SOFTMAX % (first, corner)).steps
    assert steps[-2].verdict == "proved", steps[-2]
    assert steps[-1].verdict == verdict, steps[-1]


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\left[ \frac{e^{x_1}}{N}, \dots, \frac{e^{x_n}}{N} \right]", "proved"),
        (r"\left[ \frac{e^{x_1}}{N}, \dots, -\frac{e^{x_n}}{N} \right]", "refuted"),
    ],
)
def test_lists_with_dots(right: str, verdict: str) -> None:
    text = r"$N = \sum_{j=1}^n e^{x_j}$. $$\frac{[e^{x_1}, \dots, e^{x_n}]}{N} = " + right + "$$"
    assert last(text) == verdict


def test_a_list_whose_dots_have_no_certain_form_is_compared_where_it_shows() -> None:
    column = r"\begin{bmatrix} %s \\ x_2 \\ \vdots \\ x_n \end{bmatrix}"
    text = f"$${column % 'a + 1'} = {column}$$"
    assert last("$x_i$ " + text % "1 + a") == "supported"
    assert last("$x_i$ " + text % "2 + a") == "refuted"


def test_a_gradient_written_out_is_that_of_its_function() -> None:
    text = r"""The loss is $L = (w x + b - y)^2$.

$$\begin{bmatrix} \frac{\partial L}{\partial w} \\ \frac{\partial L}{\partial b} \end{bmatrix}
 = \begin{bmatrix} 2 (w x + b - y) x \\ 2 (w x + b - y) \end{bmatrix}
 = 2 (w x + b - y) \begin{bmatrix} x \\ %s \end{bmatrix}$$
"""
    assert [s.verdict for s in check_notes(text % "1").steps][-2:] == ["proved", "proved"]
    assert [s.verdict for s in check_notes(text % "b").steps][-2:] == ["proved", "refuted"]


TWO = r"The loss is $f(m, b) = (y - (m x + b))^2$." + "\n\n"


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\nabla f(m, b) = \begin{bmatrix} -2 x (y - (m x + b)) \\ -2 (y - (m x + b)) \end{bmatrix}", "proved"),
        (r"\nabla f = \left( -2 x (y - (m x + b)), -2 (y - (m x + b)) \right)", "proved"),
        (
            r"f'(m, b) = \begin{bmatrix} \frac{\partial f}{\partial m} \\ \frac{\partial f}{\partial b} \end{bmatrix}",
            "proved",
        ),
        (r"f'(m, b) = \begin{bmatrix} -2 (y - (m x + b)) \\ -2 x (y - (m x + b)) \end{bmatrix}", "refuted"),
        (r"f'(m) = -2 x (y - (m x + b))", "proved"),
        (r"f'(b) = -2 x (y - (m x + b))", "refuted"),
    ],
)
def test_gradients_of_functions_of_several_numbers(formula: str, verdict: str) -> None:
    assert last(TWO + f"$${formula}$$") == verdict


def test_products_without_bounds_are_not_refuted_where_sums_begin_at_0_and_at_1() -> None:
    text = r"""Weights $w$, features $x$, $N$ samples.

$$E = \sum_{n=1}^N \left(\sum_{j=0}^M w_j x_{nj} - t_n\right)^2 = \sum_{n=1}^N (w^T x_n - t_n)^2$$
"""
    assert last(text) == "proved"
    assert last(text + "\n\n" + r"$$\sum_{j=1}^M w_j^2 = w^T w$$" + "\n" + text.splitlines()[-1]) != "refuted"


@pytest.mark.parametrize(
    ("cell", "verdict"),
    [
        (r"e^a \\ e^b", "proved"),
        (r"e^a e^b", "unsupported"),  # a line break was lost
        (r"e^b \\ e^a", "refuted"),
        (r"e^b e^a", "refuted"),  # a line break was lost, and the rows are exchanged
    ],
)
def test_a_lost_line_break_between_rows(cell: str, verdict: str) -> None:
    text = r"\frac{1}{e^a + e^b} \begin{bmatrix} " + cell + r" \end{bmatrix}"
    right = r"\begin{bmatrix} \frac{1}{1 + e^{b - a}} \\ \frac{1}{1 + e^{a - b}} \end{bmatrix}"
    assert check_equation(f"{text} = {right}").verdict == verdict


QUOTIENT = r"\frac{D f(x) \, g(x) - f(x) \, D g(x)}{g(x)^2}"


@pytest.mark.parametrize(
    ("latex", "verdict"),
    [
        (r"\frac{f(x)}{g(x)} = " + QUOTIENT, "refuted"),  # the derivative is lost on the left
        (r"f(x) g(x) = f(x) \, D g(x) + g(x) \, D f(x)", "refuted"),
        (r"\frac{d}{dx} \frac{f(x)}{g(x)} = " + QUOTIENT, "proved"),
        (r"f(x) = D f(x)", "definition"),  # a differential equation
        (r"f(x) g(x) = D f(x)", "undecided"),
    ],
)
def test_rules_of_differentiation(latex: str, verdict: str) -> None:
    step = check_equation(latex)
    assert step.verdict == verdict, step
