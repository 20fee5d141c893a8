r"""Vectors that are listed and multiplied, u_o^T v_c, and probabilities of what an index stands for, P(o | c)."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


CENTRE = r"""
$$BAR = \frac{\exp(u_o^\top v_c)}{\sum_{SUM} \exp(u_w^\top v_c)}$$
$$J = -\log BAR = -u_o^\top v_c + \log \sum_{SUM} \exp(u_w^\top v_c)$$
$$\frac{\partial J}{\partial v_c}
  = -u_o + \frac{\sum_{SUM} \exp(u_w^\top v_c) u_w}{\sum_{SUM} \exp(u_w^\top v_c)} = RIGHT$$
"""


@pytest.mark.parametrize("bar", [r"P(o \mid c)", "P(o|c)", r"p(o \vert c)", "P_{oc}"])
@pytest.mark.parametrize("total", ["w", r"w \in V", "w=1}^{W"])
def test_the_slope_by_a_centre_vector(bar: str, total: str) -> None:
    text = CENTRE.replace("BAR", bar).replace("SUM", total)
    of_w = bar.replace("o", "w")
    good = rf"-u_o + \sum_{{{total}}} {of_w} u_w"
    assert verdicts(text.replace("RIGHT", good)) == ["definition", "definition", "proved", "proved", "proved"]
    for wrong in (rf"u_o + \sum_{{{total}}} {of_w} u_w", rf"-u_o + \sum_{{{total}}} {of_w} v_c"):
        assert verdicts(text.replace("RIGHT", wrong))[-1] not in ("proved", "supported")


SAMPLED = r"""
$$L = -\log \sigma(u_o^T v_c) - \sum_{k=1}^K \log \sigma(-u_k^T v_c)$$
$$\frac{\partial L}{\partial v_c} = RIGHT$$
"""


def test_the_slope_of_negative_sampling() -> None:
    good = r"(\sigma(u_o^T v_c) - 1) u_o + \sum_{k=1}^K \sigma(u_k^T v_c) u_k"
    assert verdicts(SAMPLED.replace("RIGHT", good))[-1] == "proved"
    assert verdicts(SAMPLED.replace("RIGHT", good.replace("- 1", "+ 1")))[-1] == "refuted"


def test_a_probability_of_names_is_none_of_indices() -> None:
    text = r"$$p(y \mid x) = \sigma(w^T x_y + b_x)$$ $$\log p(y \mid x) = RIGHT$$"
    assert verdicts(text.replace("RIGHT", r"\log \sigma(w^T x_y - b_x)"))[-1] not in ("proved", "supported")
