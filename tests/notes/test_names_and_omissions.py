r"""Names with words, numbers and letters below them, omitted terms, the entry past the last: right and wrong ones."""

import pytest

from derivations.notes.library import check_notes

UNITS = r"""
With $u_{hi} = x_i v_h$, $h_i = e^{-u_{hi}^2}$ and $L_i = (h_i - t_i)^2$,
$$\frac{\partial L_i}{\partial u_{hi}} = -4 u_{hi} h_i (h_i - t_i)$$
"""
PARTS = r"""
Each pair has $A_{\text{pair}_{ij}} = -w_{ij} s_i s_j$, and $A = \sum_{i=1}^n \sum_{j=1}^n A_{{\rm pair}_{ij}}$, so
$$A = -\sum_{i=1}^n \sum_{j=1}^n w_{ij} s_i s_j$$
"""
GLUED = r"""
Let $a1 = w1 x + b1$. Then $\frac{\partial a_1}{\partial w_1} = x$.
"""
LAST = r"""
$$\sum_{j=1}^n w_j x_j + w_{n+1} x_{n+1} = \sum_{j=1}^{n+1} w_j x_j$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (UNITS, "-4 u_{hi}", "4 u_{hi}"),
        (PARTS, "$$A = -", "$$A = "),
        (GLUED, "= x$", "= 2x$"),
    ],
)
def test_names_are_the_same_however_they_are_written(text, right, wrong):
    assert verdicts(text)[-1] == "proved"
    assert right in text
    assert verdicts(text.replace(right, wrong))[-1] in ("refuted", "conflict")


def test_the_entry_past_the_last_is_at_the_size_and_one():
    """Words often give it a value (x_{n+1} = 1), so no step is refuted by it."""
    assert verdicts(LAST)[-1] in ("proved", "supported")
    assert verdicts(LAST.replace("+ w_{n+1}", "- w_{n+1}"))[-1] == "undecided"


@pytest.mark.parametrize(
    ("side", "verdict"),
    [
        (r"a_1 + a_2 + \dots + a_n", "proved"),
        (r"a_1 + a_2 + \dots + a_i + \dots + a_n", "proved"),
        (r"a_1 + a_2 + \dots + (a_i - b_i) + \dots + a_n", "unsupported"),
        (r"a_1 - a_2 + \dots + a_n", "unsupported"),
        (r"a_1 + b + \dots + a_n", "unsupported"),
    ],
)
def test_terms_are_left_out_only_between_terms_of_one_form(side, verdict):
    assert verdicts(rf"$$ \sum_{{k=1}}^n a_k = {side} $$") == [verdict]


def test_an_array_written_out_beside_one_of_another_size_is_no_crash():
    text = r"""
The rows are $v = [v_1, v_2, v_3]^T$ and $r = [r_1, r_2]^T$, with $v_k = \sum_{i=1}^K u_{ik} r_i$.
$$v = [v_1, v_2, v_3]^T = u^T r$$
"""
    assert verdicts(text)[-1] in ("unsupported", "undecided", "supported", "proved")


SUM_AS_A_NAME = r"""
Let $a_i = \frac{e^{z_i}}{\sum}$ where $\sum = \sum_k e^{z_k}$. For $i = j$
$$\frac{\partial a_i}{\partial z_i} = \frac{e^{z_i} \sum - e^{z_i} e^{z_i}}{\sum^2} = a_i (1 - a_i)$$
"""
CHANGE = r"""
With $E = \frac12 (w_{ij} - t)^2$ the update is $\Delta w_{ij} = -\eta \frac{\partial E}{\partial w_{ij}}$, so
$$\Delta w_{ij} = -\eta (w_{ij} - t)$$
"""
ONE_ENTRY = r"""
A layer has $s_i = \frac{1}{1 + e^{-z_i}}$ for its entries $z_i$, and $p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$.
$$\frac{ds}{dz} = s (1 - s)$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (SUM_AS_A_NAME, r"\sum - e", r"\sum + e"),
        (SUM_AS_A_NAME, r"}}{\sum^2}", r"}}{\sum}"),
        (SUM_AS_A_NAME, "a_i (1 - a_i)", "a_i (1 + a_i)"),
        (CHANGE, r"$$\Delta w_{ij} = -", r"$$\Delta w_{ij} = "),
    ],
)
def test_a_sum_sign_and_a_change_are_names(text, right, wrong):
    assert set(verdicts(text)) == {"definition", "proved"}
    assert right in text
    assert {"refuted", "conflict"} & set(verdicts(text.replace(right, wrong)))


def test_vectors_read_as_one_of_their_entries_support_a_step_and_refute_none():
    assert verdicts(ONE_ENTRY)[-1] == "supported"
    assert verdicts(ONE_ENTRY.replace("s (1 - s)", "s (1 + s)"))[-1] == "unsupported"


@pytest.mark.parametrize("name", ["SS", "SS_{res}", r"SS_{\text{res}}", "RSS", r"L_{total}"])
def test_a_sum_of_squares_is_one_name(name: str) -> None:
    text = rf"Let $\hat y_i = a x_i$ and ${name} = \sum_i (y_i - \hat y_i)^2$. Then "
    slope = rf"$\frac{{\partial {name}}}{{\partial a}} = -2 \sum_i (y_i - \hat y_i) x_i$"
    assert check_notes(text + slope).steps[-1].verdict == "proved"
    assert check_notes(text + slope.replace("-2", "-")).steps[-1].verdict == "refuted"


def test_counts_of_hits_and_misses_are_names() -> None:
    text = r"Let $P = \frac{TP}{TP + FP}$ and $R = \frac{TP}{TP + FN}$. Then $\frac{2PR}{P + R} = "
    assert check_notes(text + r"\frac{2 TP}{2 TP + FP + FN}$").steps[-1].verdict == "proved"
    assert check_notes(text + r"\frac{TP}{TP + FP + FN}$").steps[-1].verdict != "proved"
