r"""Probabilities of events with a value: p(x | y = 1), p(y = 1), p(y = 1 | x) and p(x, y = 1) are four quantities."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

CLASSES = r"Let $p(y=1) = \phi$ and $p(x \mid y=1) = a$. Then "


def test_a_conditional_probability_is_not_the_prior() -> None:
    assert check_notes(CLASSES + r"$p(x \mid y=1) p(y=1) = a \phi$").steps[-1].verdict == "proved"
    for wrong in (r"\phi^2", r"a^2"):
        found = check_notes(CLASSES + rf"$p(x \mid y=1) p(y=1) = {wrong}$").steps[-1].verdict
        assert found not in ("proved", "supported")


BAYES = r"""
Let $p(x \mid y=k) = \prod_{j=1}^n \phi_{jk}^{x_j}$ and $p(y=k) = \pi_k$.

$$p(y=k, x) = p(x \mid y=k) p(y=k) = \pi_k \prod_{j=1}^n \phi_{jk}^{x_j}$$

$$p(y=k \mid x) = \frac{p(x \mid y=k) p(y=k)}{p(x)}$$
"""


def test_the_joint_probability_is_a_third_one() -> None:
    assert [s.verdict for s in check_notes(BAYES).steps[2:4]] == ["definition", "proved"]
    assert check_notes(BAYES).steps[-1].verdict == "definition"  # the posterior isn't the prior
    squared = BAYES.replace(r"= \pi_k \prod", r"= \pi_k^2 \prod")
    assert check_notes(squared).steps[3].verdict == "refuted"


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"\frac{1}{1 + e^{-y (A - B + \ln \frac{\phi}{1 - \phi})}}", "proved"),
        (r"\frac{1}{1 + e^{y (A - B + \ln \frac{\phi}{1 - \phi})}}", "refuted"),
    ],
)
def test_a_label_may_be_minus_one(right: str, verdict: str) -> None:
    note = rf"""
When $y = 1$, $q = \frac{{1}}{{1 + e^{{-(A - B + \ln \frac{{\phi}}{{1 - \phi}})}}}}$.

When $y = -1$,

$$p = \frac{{1}}{{1 + e^{{(A - B + \ln \frac{{\phi}}{{1 - \phi}})}}}} = {right}$$
"""
    assert check_notes(note).steps[-1].verdict == verdict


def test_the_usual_softmax_keeps_one_name() -> None:
    note = r"""
$$P(y = k \mid x) = \frac{e^{w_k^T x}}{\sum_{j=1}^K e^{w_j^T x}}$$

$$\log P(y = k \mid x) = w_k^T x - \log \sum_{j=1}^K e^{w_j^T x}$$
"""
    assert check_notes(note).steps[-1].verdict == "proved"
