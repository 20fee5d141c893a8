r"""Numbers that an equation is solved for: what was set to zero says whether they are right."""

import pytest

from derivations.notes.library import check_notes

LINE = r"""
$S(a, b) = \sum_{i=1}^n (y_i - a - b x_i)^2$. Setting
$\frac{\partial S}{\partial a} = -2\sum_{i=1}^n (y_i - a - b x_i) = 0$ gives $a = SOLUTION$.
"""
RIDGE = r"""
$J(w) = \frac12\sum_{i=1}^n (w x_i - y_i)^2 + \frac{\lambda}{2} w^2$. Then
$J'(w) = \sum_{i=1}^n (w x_i - y_i) x_i + \lambda w$. Setting $J'(w) = 0$ gives $w = SOLUTION$.
"""
NORMAL = r"""
$\ell(\mu, \sigma^2) = -\frac{n}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\sum_{i=1}^n (x_i - \mu)^2$.
$$\frac{\partial \ell}{\partial \mu} = \frac{1}{\sigma^2}\sum_{i=1}^n (x_i - \mu) = 0
\Rightarrow \hat\mu = \frac1n\sum_{i=1}^n x_i$$
$$\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_{i=1}^n (x_i - \mu)^2 = 0
\Rightarrow \hat\sigma^2 = SOLUTION$$
"""
COUNT = r"""
$\ell(p) = k \log p + (n - k)\log(1-p)$, so $\ell'(p) = \frac{k}{p} - \frac{n-k}{1-p} = 0$ gives $\hat p = SOLUTION$.
"""
SHARES = r"""
$\mathcal{L} = \sum_k n_k\log\pi_k + \lambda(1 - \sum_k\pi_k)$, and from
$$\frac{\partial\mathcal{L}}{\partial\pi_k} = \frac{n_k}{\pi_k} - \lambda = 0$$ we have $\pi_k = SOLUTION$.
"""
SHRUNK = r"""
$J = \sum_j (w_j - c_j)^2 + \lambda \sum_j w_j^2$, $\frac{\partial J}{\partial w_j} = 2(w_j - c_j) + 2\lambda w_j = 0$,
so that $w_j = SOLUTION$.
"""
RIGHT = [
    (SHARES, r"\frac{n_k}{\lambda}"),
    (SHRUNK, r"\frac{c_j}{1 + \lambda}"),
    (LINE, r"\bar y - b \bar x"),
    (LINE, r"\frac1n\sum_{i=1}^n y_i - \frac{b}{n}\sum_{i=1}^n x_i"),
    (LINE, r"\frac1n\sum_{i=1}^n (y_i - b x_i)"),
    (RIDGE, r"\frac{\sum_i x_i y_i}{\sum_i x_i^2 + \lambda}"),
    (NORMAL, r"\frac1n\sum_{i=1}^n (x_i - \hat\mu)^2"),
    (NORMAL, r"\frac1n\sum_{i=1}^n (x_i - \mu)^2"),
    (COUNT, r"\frac{k}{n}"),
]
WRONG = [
    (SHARES, r"-\frac{n_k}{\lambda}"),
    (SHRUNK, r"\frac{c_j}{1 - \lambda}"),
    (LINE, r"\bar y + b \bar x"),
    (LINE, r"b \bar x - \bar y"),
    (LINE, r"\frac1n\sum_{i=1}^n y_i + \frac{b}{n}\sum_{i=1}^n x_i"),
    (RIDGE, r"\frac{\sum_i x_i y_i}{\sum_i x_i^2 - \lambda}"),
    (RIDGE, r"\frac{\sum_i x_i y_i}{\sum_i x_i^2 + 2\lambda}"),
    (NORMAL, r"\frac2n\sum_{i=1}^n (x_i - \mu)^2"),
]
OTHER = [
    (r"The data are centred, $\bar x = 0$. " + LINE, r"\bar y"),
    (SHARES, r"\frac{n_k}{n}"),
    (SHARES, r"\frac{n_k}{\sum_j n_j}"),  # what may solve something else, or be meant so
    (LINE, r"\bar y - \frac{\sum_i (x_i - \bar x)(y_i - \bar y)}{\sum_i (x_i - \bar x)^2} \bar x"),
    (NORMAL, r"\frac{1}{n-1}\sum_{i=1}^n (x_i - \hat\mu)^2"),
]


@pytest.mark.parametrize(("text", "solution"), RIGHT)
def test_a_solution_is_proved_and_so_is_what_leads_to_it(text: str, solution: str) -> None:
    steps = check_notes(text.replace("SOLUTION", solution)).steps
    assert steps[-1].verdict == "proved"
    assert {s.verdict for s in steps} <= {"proved", "definition"}


@pytest.mark.parametrize(("text", "solution"), WRONG)
def test_a_slip_in_a_solution_is_refuted_and_nothing_else_is(text: str, solution: str) -> None:
    steps = check_notes(text.replace("SOLUTION", solution)).steps
    assert steps[-1].verdict == "refuted"
    assert steps[-1].witness is not None
    assert {s.verdict for s in steps[:-1]} <= {"proved", "definition"}


@pytest.mark.parametrize(("text", "solution"), OTHER)
def test_what_may_solve_something_else_is_neither(text: str, solution: str) -> None:
    steps = check_notes(text.replace("SOLUTION", solution)).steps
    assert steps[-1].verdict not in ("refuted", "proved", "supported")
    assert {s.verdict for s in steps[:-1]} <= {"proved", "definition"}
