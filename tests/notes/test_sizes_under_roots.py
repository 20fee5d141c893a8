r"""The d of q^T k / \sqrt{d}: the length of a query, where the words are of attention and nothing else gives it."""

import pytest

from derivations.notes.library import check_notes

SCORES = (
    r"Attention scores: $s_j = \frac{q^T k_j}{\sqrt d}$, "
    r"$p_j = \frac{e^{s_j}}{\sum_l e^{s_l}}$, $o = \sum_j p_j v_j$. "
)


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"\frac{\partial s_j}{\partial q} = \frac{k_j}{\sqrt d}", "proved"),
        (r"\frac{\partial s_j}{\partial q} = \frac{k_j}{d}", "refuted"),
        (r"\frac{\partial p_j}{\partial s_l} = p_j (\delta_{jl} - p_l)", "proved"),
        (r"\frac{\partial p_j}{\partial s_l} = p_j (\delta_{jl} + p_l)", "refuted"),
        (r"\frac{\partial o}{\partial s_l} = p_l (v_l - o)", "proved"),
        (r"\frac{\partial o}{\partial s_l} = p_l (v_l + o)", "refuted"),
    ],
)
def test_the_scores_of_attention_are_divided_by_the_root_of_a_size(step: str, verdict: str) -> None:
    found = check_notes(f"{SCORES}$${step}$$").steps[-1]
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize(
    "text",
    [
        r"Let $s = \frac{q^T k}{\sqrt d}$.",
        r"Attention by the distance $d$: $s = \frac{q^T k}{\sqrt d}$.",
        r"Attention with $d = q^T q$: $s = \frac{q^T k}{\sqrt d}$.",
        r"Attention with $d = d(q, k)$: $s = \frac{q^T k}{\sqrt d}$.",
    ],
)
def test_another_d_may_depend_on_the_query(text: str) -> None:
    found = check_notes(text + r"$$\frac{\partial s}{\partial q} = \frac{k}{\sqrt d}$$").steps[-1]
    assert found.verdict != "proved"
