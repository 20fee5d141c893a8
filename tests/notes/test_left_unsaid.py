r"""Right steps that rest on what a page says elsewhere or not at all: none is refuted, and their slips still are."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes
from derivations.notes.report import HELD

COST = r"""
$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2$$

"""


@pytest.mark.parametrize(
    "said",
    [
        r"It is least where $\frac{\partial}{\partial \theta_j} J(\theta) = 0$ for every $j$.",
        r"It is least where $\frac{\partial}{\partial \theta_j} J(\theta) = 0$ for all j.",
        r"It is least where $\frac{\partial J}{\partial \theta_j} = 0$ for each $j$.",
    ],
)
def test_a_derivative_is_zero_for_every_entry_where_it_is_least(said: str) -> None:
    assert check_notes(COST + said).steps[-1].verdict == "definition"


def test_a_derivative_that_is_said_to_be_zero_everywhere_is_refuted() -> None:
    note = COST + r"Here $\frac{\partial}{\partial \theta_j} J(\theta) = 0$ for every $\theta$."
    assert check_notes(note).steps[-1].verdict == "refuted"


UNIT = r"""
Maximise $u^T A u$ over the vector $u$ with $u^T u = 1$.

$$A u = \mu u$$

$$u^T A u = \lambda u^T u = \lambda$$
"""


def test_a_vector_that_is_said_to_have_length_one_has_it() -> None:
    assert check_notes(UNIT).steps[-1].verdict == "supported"
    assert check_notes(UNIT.replace(r"= \lambda$$", r"= 2 \lambda$$")).steps[-1].verdict == "refuted"


def test_no_vector_has_length_one_unless_it_is_said() -> None:
    assert check_notes(r"$\lambda u^T u = \lambda$").steps[-1].verdict not in HELD
    note = r"Let $f(w) = \frac14 (w^T w)^2$. Then $$\frac{\partial f}{\partial w} = w$$"
    assert check_notes(note).steps[-1].verdict == "refuted"


SLOPE = r"""
Let $f(x) = x^2$. The second point is $x_2 = x + h$, $y_2 = f(x + h)$.

$$\frac{y_2 - y_1}{x_2 - x_1} = \frac{f(x+h) - f(x)}{(x+h) - x} = 2x + h$$
"""


def test_a_point_that_has_no_value_beside_one_that_has_refutes_nothing() -> None:
    assert [s.verdict for s in check_notes(SLOPE).steps[-2:]] == ["undecided", "proved"]
    first = SLOPE.replace("The second", "The first point is $x_1 = x$, $y_1 = f(x)$. The second")
    assert [s.verdict for s in check_notes(first).steps[-2:]] == ["proved", "proved"]
    assert check_notes(first.replace("= 2x + h", "= 2x + 2h")).steps[-1].verdict == "refuted"


COUNTED = r"""
There are $m_1$ samples of the first class, of variance 1.

$$\ell = -\frac12 \sum_{i=1}^{m_1} (x^{(i)} - \mu)^2$$

$$\frac{\partial \ell}{\partial \mu} = \sum_{i=1}^{m_1} (x^{(i)} - \mu)
= \sum_{i=1}^m 1\{y^{(i)} = 1\} x^{(i)} - \sum_{i=1}^m 1\{y^{(i)} = 1\} \mu$$
"""


def test_which_samples_a_class_has_is_left_open() -> None:
    assert [s.verdict for s in check_notes(COUNTED).steps[-2:]] == ["proved", "undecided"]


def test_a_sum_whose_bound_is_not_raised_cannot_be_read() -> None:
    note = r"$$s = \sum_{i=1}{n} z_i^2 = z^T z$$"
    assert {s.verdict for s in check_notes(note).steps} == {"unsupported"}
    assert check_notes(note.replace("{n}", "^{n}")).steps[-1].verdict in HELD
    braces = r"$$s = \sum_{i=1}^n{z_i^2} = \sum_{j=1}^n{z_j^2}$$"
    assert check_notes(braces).steps[-1].verdict == "proved"


def test_a_product_may_end_before_what_its_index_is_not_in() -> None:
    left = r"\log \prod_{j=1}^n a_j b"
    assert check_notes(rf"${left} = \sum_{{j=1}}^n \log a_j + n \log b$").steps[-1].verdict == "proved"
    assert check_notes(rf"${left} = \sum_{{j=1}}^n \log a_j + \log b$").steps[-1].verdict == "undecided"
    within = r"\log \prod_{j=1}^n b a_j^{x_j}"  # a factor before it is one of each
    assert check_notes(rf"${within} = \sum_{{j=1}}^n x_j \log a_j + \log b$").steps[-1].verdict == "refuted"


EXAMPLE = r"""
# Cost

$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (\theta_0 + \theta_1 x^{(i)} - y^{(i)})^2$$

# Example

Take (1, 1), (2, 2), (3, 4), and $\theta_0 = 0$, $\theta_1 = 0$ at first.

- $J(\theta) = \frac16 [(0-1)^2 + (0-2)^2 + (0-4)^2] = 3.5$
- $\frac{\partial J}{\partial \theta_0} = \frac13 [(-1) + (-2) + (-4)] = -2.33$
"""


def test_what_a_cost_comes_to_for_data_does_not_define_it_anew() -> None:
    verdicts = [s.verdict for s in check_notes(EXAMPLE).steps]
    assert "refuted" not in verdicts and verdicts[-1] == "supported"
    wrong = check_notes(EXAMPLE.replace("= 3.5", "= 4.5")).steps
    assert [s.verdict for s in wrong].count("refuted") == 1


MODEL = r"""
Model: $y = \sum_{i=1}^m w_i x_i$.

$$J = \frac1N \sum_{n=1}^{N} (y(\mathbf{x}_n) - t_n)^2
= \frac1N \sum_{n=1}^{N} \left(\sum_{i=1}^m w_i x_{n,i} - t_n\right)^2$$
"""


def test_y_of_a_sample_is_no_product() -> None:
    assert check_notes(MODEL).steps[-1].verdict in HELD
    assert check_notes(MODEL.replace(r"x_{n,i} - t", r"x_{n,i} + t")).steps[-1].verdict == "refuted"


def test_entries_of_a_gradient_that_are_set_to_zero_one_by_one() -> None:
    note = (
        MODEL
        + r"""
$$\frac{\partial J}{\partial w_i} = \frac2N \sum_{n=1}^{N} (\mathbf{w}^T \mathbf{x}_n - t_n) x_{n,i}$$

Setting it to zero for each i:

$$\sum_{n=1}^{N} (\mathbf{w}^T \mathbf{x}_n - t_n) x_{n,1} = 0$$

$$\sum_{n=1}^{N} (\mathbf{w}^T \mathbf{x}_n - t_n) x_{n,2} = 0$$
"""
    )
    assert "refuted" not in [s.verdict for s in check_notes(note).steps]


@pytest.mark.parametrize(
    ("written", "verdict"),
    [
        (r"\frac16 (1 + 4 + 16) = 4.5", "refuted"),
        (r"\frac16 (1 + 4 + 16) = 3.5", "proved"),
        (r"\frac13 [(-1) + (-2) + (-4)] = -2.33", "supported"),
        (r"\frac13 [(-1) + (-2) + (-4)] = -2.5", "refuted"),
        (r"0.4 (1 - 0.4) = 0.25", "undecided"),  # 0.4 may be 0.44, rounded
    ],
)
def test_whole_numbers_are_nobodys_roundings(written: str, verdict: str) -> None:
    assert check_notes(f"${written}$").steps[-1].verdict == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [("Features are normalized.", "refuted"), ("Let u be a unit vector.", "undecided"), (r"$\|w\| = 1$.", "supported")],
)
def test_a_length_is_that_of_the_vector_of_which_it_is_said(said: str, verdict: str) -> None:
    note = rf"{said} Let $f(w) = \frac14 (w^T w)^2$. Then $$\frac{{\partial f}}{{\partial w}} = w$$"
    assert check_notes(note).steps[-1].verdict == verdict


@pytest.mark.parametrize("name", ["a", "k", "q", "z"])
@pytest.mark.parametrize("model", [r"\hat y_i = {} x_i", r"\hat y = {} x"])
def test_a_slope_that_is_a_sum_is_by_one_number_for_all_samples(model: str, name: str) -> None:
    text = rf"Let ${model.format(name)}$ and $L = \sum_i (y_i - \hat y_i)^2$. Then "
    slope = rf"$\frac{{\partial L}}{{\partial {name}}} = -2 \sum_i (y_i - \hat y_i) x_i$"
    assert check_notes(text + slope).steps[-1].verdict == "proved"
    assert check_notes(text + slope.replace("-2", "2")).steps[-1].verdict == "refuted"
