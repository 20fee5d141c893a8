"""Faults of one slip, refuted where a doubt would leave others open: the same page with it put right is proved.

Beside each fault stands the right step, which holds, and a step for which the doubt is there, which is not refuted.
"""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

LABELS = r"""Labels and scores of $K$ classes: $z_i$ with $p_i = e^{z_i}/\sum_{j=1}^K e^{z_j}$ and
$L = -\sum_{k=1}^K t_k \log p_k$.

$$\frac{\partial p_k}{\partial z_i} = p_k(\delta_{ki} - p_i)$$

One term of the sum is left:

"""
ONE = r"""$h(x) = \theta^T x$ and $J(\theta) = \frac12 \sum_{i=1}^m (h(x^{(i)}) - y^{(i)})^2$. For one training example:

"""
NORMAL = r"""$J(w) = \frac12 (Xw - y)^T(Xw - y)$ and $\nabla_w J = X^T X w - X^T y$. Setting it to zero:

$$X^T X w - X^T y = 0$$

"""
TAIL = r"""The tail:

\begin{align}
\lim_{z \to -\infty} &= 0
\end{align}

"""
SOFTMAX = r"""$L = -\sum_k y_k \log p_k$ with $p_k = e^{z_k} / \sum_j e^{z_j}$ and one-hot $y$.

"""


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (LABELS, r"$$-\sum_{k=1}^{K} t_k \delta_{ki} = -t_i$$", r"$$-\sum_{k=1}^{K} t_k \delta_{ki} = -t_j$$"),
        (
            "",
            r"$L = \frac12 (a - y)^2$ has $\frac{dL}{da} = a - y$",
            r"$L = \frac12 (a - y)^2$ has $\frac{dL}{da} = -y$",
        ),
        (
            SOFTMAX,
            r"$$\frac{\partial L}{\partial z_i} = -y_i + p_i = p_i - y_i$$",
            r"$$\frac{\partial L}{\partial z_i} = -y_i + p_i = -y_i$$",
        ),
        (
            ONE,
            r"$$\frac{\partial J}{\partial \theta_j} = (h(x) - y) x_j$$",
            r"$$\frac{\partial J}{\partial \theta_j} = 2(h(x) - y) x_j$$",
        ),
        (NORMAL, r"$$X^T X w = X^T y$$", r"$$X^T X w = 2 X^T y$$"),
        (
            TAIL,
            r"$$\sigma'(z) = -\frac{1}{(1 + e^{-z})^2} e^{-z} (-1)$$",
            r"$$\sigma'(z) = -\frac{1}{(1 - e^{-z})^2} e^{-z} (-1)$$",
        ),
    ],
)
def test_a_slip_is_refuted_and_the_right_step_holds(before: str, right: str, wrong: str) -> None:
    assert last(before + right) in ("proved", "supported")
    assert last(before + wrong) == "refuted"


def test_what_a_side_lost_may_be_something_where_it_has_something_else() -> None:
    """Nothing says that a isn't s; and a is lost only where the document differentiates by it."""
    told = r"$L = \frac12 (a - y)^2$. So $\frac{dL}{da} = a - y$, and $a - y = s - y$."
    assert last(told) not in ("refuted", "conflict")
    unsaid = (
        r"$L = -\log p_c$ and $\frac{\partial L}{\partial o_c} = -\frac{1}{p_c} \frac{\partial p_c}{\partial o_c}$. "
        r"$-\frac{1}{p_c} (p_c - \frac{(e^{o_c})^2}{(\sum_k e^{o_k})^2}) = -\frac{1}{p_c} (p_c - p_c^2)$."
    )
    assert last(unsaid) not in ("refuted", "conflict")
    assert last(unsaid.replace("p_c", "y_c")) not in ("refuted", "conflict")
    assert last(r"$u = a - y$ and $v = b + c$. Then $u + v = -y + v$.") not in ("refuted", "conflict")


def test_a_step_that_differs_by_more_may_be_of_one_sample_or_to_be_solved() -> None:
    assert last(ONE + r"$$\frac{\partial J}{\partial \theta_j} = (h(x) - y) (x_j + x_1)$$") == "undecided"
    assert last(NORMAL + r"$$X^T X w = X^T v$$") not in ("refuted", "conflict")


DELTA = r"$u_l = \sum_m V_{lm} x_m$. "


@pytest.mark.parametrize("factor", ["-", "2 "])
def test_a_case_in_which_both_sides_vanish_excuses_nothing(factor: str) -> None:
    step = r"$$\frac{\partial u_l}{\partial V_{ij}} = %s\frac{\partial}{\partial V_{ij}} \sum_m V_{lm} x_m$$"
    assert last(DELTA + step % "") in ("proved", "supported")
    assert last(DELTA + step % factor) == "refuted"
    assert last(DELTA + r"For $i \neq l$: $$\frac{\partial u_l}{\partial V_{ij}} = 0$$") in ("proved", "supported")


def test_a_name_that_a_display_of_the_section_defines_anew_has_no_older_value_there() -> None:
    section = r"""# One

$$L = (a - y)^2$$

# Two

$$
\begin{aligned}
L &= \frac12 (a - y)^2
\end{aligned}
$$

There is $b = 2y$, too.

$$\frac{dL}{da} = %s$$"""
    assert last(section % "a - y") == "proved"
    assert last(section % "2(a - y)") == "undecided"


def test_what_holds_entry_by_entry_is_refuted_by_a_sign_or_a_factor() -> None:
    step = r"$v_i = e^{b_i}$ for all $i$. $\frac{\partial v}{\partial b} = %s$"
    assert last(step % "e^b") == "supported"
    assert last(step % "-e^b") == "refuted"
    assert last(step % "2 e^b") == "refuted"
    assert last(step % "3 e^b") == "unsupported"


CHAIN = r"""$p_i = \frac{e^{o_i}}{\sum_k e^{o_k}}$ and $L = -\sum_k y_k \log p_k$, so

$$
\begin{aligned}
\frac{\partial L}{\partial o_i} &= -\sum_k y_k \frac{1}{p_k} \frac{\partial p_k}{\partial o_i} \\
&= -y_i (1 - p_i) + \sum_{k \neq i} y_k p_i \\
&= -y_i (1 - p_i) + %s
\end{aligned}
$$"""


def test_a_sum_that_is_lost_in_a_chain_names_no_places() -> None:
    assert last(CHAIN % r"p_i \sum_{k \neq i} y_k") == "proved"
    assert last(CHAIN % "y_k p_i") == "refuted"
    assert last(r"$\sum_k e^{o_k} = e^{o_a} + e^{o_b} + e^{o_c}$") == "undecided"
