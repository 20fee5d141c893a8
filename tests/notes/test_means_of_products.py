r"""The means \overline{xt} and \overline{x^2} over the samples: supported where a step holds so, and never refuted."""

import pytest

from derivations.notes.library import check_notes

MODEL = r"""
Let $E=\frac1{2N}\sum_{n=1}^N(wx_n+b-t_n)^2$, $\bar x = \frac1N\sum_n x_n$ and $\bar t = \frac1N\sum_n t_n$.

$$CLAIM$$
"""


def last(claim: str) -> str:
    return check_notes(MODEL.replace("CLAIM", claim)).steps[-1].verdict


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (r"\frac1N\sum_n(x_n-\bar x)(t_n-\bar t)", r"\overline{xt}-\bar x\bar t"),
        (r"\frac1N\sum_n(x_n-\bar x)^2", r"\overline{x^2}-\bar x^2"),
        (
            r"\frac{\sum_n(x_n-\bar x)(t_n-\bar t)}{\sum_n(x_n-\bar x)^2}",
            r"\frac{\overline{xt}-\bar x\bar t}{\overline{x^2}-\bar x^2}",
        ),
    ],
)
def test_a_covariance_by_means(left: str, right: str) -> None:
    assert last(f"{left} = {right}") == "supported"
    assert last(f"{left} = {right.replace('-', '+')}") == "undecided"


def test_what_is_of_no_sample_has_no_mean() -> None:
    assert last(r"\overline{wb} = w b") == "unsupported"
