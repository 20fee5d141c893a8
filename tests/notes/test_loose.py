"""An index on the right side only: refuted under every reading of it, or not at all."""

import pytest

from derivations.notes.library import check_notes

LOGISTIC = r"""For every sample, $\hat y_i = \sigma(z_i)$ and $L_i = -y_i \log \hat y_i - (1 - y_i) \log(1 - \hat y_i)$.

"""
MEAN = r"$z_i = w x_i + b$ and $C = \frac1n \sum_{i=1}^n (z_i - y_i)^2$." + "\n\n"
SOFTMAX = r"""$p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$ and $L = -\sum_{k=1}^K y_k \log p_k$ with a one-hot label.

"""


@pytest.mark.parametrize(
    ("before", "latex", "verdict"),
    [
        (LOGISTIC, r"\frac{\partial L_i}{\partial z_i} = \hat y_i - y_i", "proved"),
        (LOGISTIC, r"\frac{\partial L_i}{\partial z_i} = \hat y_j - y_i", "refuted"),
        (LOGISTIC, r"\frac{\partial L_i}{\partial z_i} = \hat y_i - y_k", "refuted"),
        (MEAN, r"\frac{\partial C}{\partial b} = 2 (z_i - y_i)", "undecided"),  # the mean over i is left out
        (MEAN, r"\frac{\partial C}{\partial b} = \frac{2}{n} (z_i - y_i)", "undecided"),  # the sum over i is
        (MEAN, r"\frac{\partial C}{\partial b} = 3 (z_i - y_i)", "refuted"),
        (SOFTMAX, r"L = -\log p_c", "undecided"),  # c is the class whose label is 1
        (SOFTMAX, r"L = \log p_c", "conflict"),
    ],
)
def test_an_index_on_the_right_side_only(before: str, latex: str, verdict: str) -> None:
    assert check_notes(f"{before}$${latex}$$").steps[-1].verdict == verdict


def test_a_component_of_the_whole_vector_may_be_meant() -> None:
    note = r"$h = \sigma(\theta^T x)$, so $\frac{\partial}{\partial \theta} h = h (1 - h) x_j$"
    assert check_notes(note).steps[-1].verdict in ("undecided", "unsupported", "proved")


def test_a_name_that_stands_on_both_sides_is_not_being_defined() -> None:
    note = r"$L = \frac12 (a - y)^2$, so $$\frac{\partial L}{\partial a} = a$$"
    assert check_notes(note).steps[-1].verdict == "refuted"


def test_a_sum_in_a_definition_over_nothing_that_shows_refutes_nothing() -> None:
    note = r"$z_1 = \sum a_0 \cdot w_1 + b_1$, so $\frac{\partial z_1}{\partial a_0} = w_1$"
    assert check_notes(note).steps[-1].verdict != "refuted"


CASES = r"""$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$.

## Case i = j

$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_i)$$

"""


def test_a_case_ends_with_its_section() -> None:
    after = "## All together\n\n" + "Many words. " * 30 + r"$$\frac{\partial p_i}{\partial z_j} = p_i (1 - p_j)$$"
    proved, general = check_notes(CASES + after).steps[1:]
    assert (proved.verdict, proved.conditions) == ("proved", ("i = j",))
    assert (general.verdict, general.reason) == ("undecided", "holds for i = j")


@pytest.mark.parametrize(
    "lines",
    [
        r"\text{if} \; i = j :& \frac{\partial p_i}{\partial z_i} = p_i (1 - p_i) \\"
        r"\text{if} \; i \neq j :& \frac{\partial p_i}{\partial z_j} = -p_j p_j",
        r"\frac{\partial p_i}{\partial z_i} &= p_i (1 - p_i), \quad i = j \\"
        r"\frac{\partial p_i}{\partial z_j} &= -p_j p_j, \quad i \neq j",
    ],
)
def test_no_other_case_than_the_one_beside_a_step_proves_it(lines: str) -> None:
    display = rf"$$\begin{{aligned}}{lines}\end{{aligned}}$$"
    note = r"$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$" + f"\n\n{display}\n\nIf $i = j$, so be it."
    for text, expected in ((note, ("refuted", "undecided")), (note.replace("-p_j p_j", "-p_i p_j"), ("proved",))):
        steps = [s for s in check_notes(text).steps if "partial" in s.left]
        assert steps[0].verdict == "proved"
        assert steps[1].verdict in expected


def test_a_case_that_is_said_behind_a_step_does_not_prove_it() -> None:
    before = (
        r"$L = -y \log a - (1 - y) \log(1 - a)$ with $y \in \{0, 1\}$. Again, $$ L = -y \log a - (1 - y) \log(1 + a) $$"
    )
    for words in ("", r"For $y = 1$ this is $-\log a$."):
        assert check_notes(f"{before}\n{words}").steps[2].verdict in ("conflict", "refuted", "undecided")
