r"""The letter d: the desired output, a label, where the words say so, and else what nothing says."""

import pytest

from derivations.notes.library import check_notes

OUTPUT = r"The error is $E = \frac12 (d - y)^2$, where $d$ is the desired output, $y = \sigma(v)$ and $v = w^T x$. "
UNITS = r"With the desired outputs $d_k$ let $E = \frac12 \sum_k (d_k - o_k)^2$ and $o_k = \sigma(\sum_j w_{kj} h_j)$. "
SAMPLES = r"The desired signal is $d_n$, $e_n = d_n - w^T x_n$ and $J = e_n^2$. "


@pytest.mark.parametrize(
    ("text", "step", "verdict"),
    [
        (OUTPUT, r"\frac{\partial E}{\partial y} = -(d - y)", "proved"),
        (OUTPUT, r"\frac{\partial E}{\partial y} = d - y", "refuted"),
        (OUTPUT, r"\frac{\partial E}{\partial w} = -(d - y) y (1 - y) x", "proved"),
        (OUTPUT, r"\frac{\partial E}{\partial w} = -(d - y) y (1 + y) x", "refuted"),
        (UNITS, r"\frac{\partial E}{\partial w_{kj}} = -(d_k - o_k) o_k (1 - o_k) h_j", "proved"),
        (UNITS, r"\frac{\partial E}{\partial w_{kj}} = (d_k - o_k) o_k (1 - o_k) h_j", "refuted"),
        (SAMPLES, r"\frac{\partial J}{\partial w} = -2 e_n x_n", "proved"),
        (SAMPLES, r"\frac{\partial J}{\partial w} = -e_n x_n", "refuted"),
    ],
)
def test_a_desired_output_is_a_label(text: str, step: str, verdict: str) -> None:
    found = check_notes(f"{text}$${step}$$").steps[-1]
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize(
    "text",
    [
        r"Let $E = (d - y)^2$.",
        r"Let $d$ be the distance of $y$ from the desired output, and $E = d^2$.",
        r"Let $E = (d - m)^2$, where $m$ is the desired value and $d$ is said elsewhere.",
        r"Let $E = (d - m)^2$ with the desired $m$, and the slope $\frac{\partial d}{\partial y}$.",
    ],
)
def test_another_d_may_depend_on_anything(text: str) -> None:
    step = check_notes(text + r"$$\frac{\partial E}{\partial y} = 2 (d - y)$$").steps[-1]
    assert step.verdict not in ("proved", "refuted")
