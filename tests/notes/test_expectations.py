"""Expectations, however they are written: they multiply nothing, and are known of what they were said of alone."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


OPERATORS = (
    r"\mathbb{E}_{a \sim \mu}[%s]",
    r"E_{a \sim \mu(\cdot \mid x)}\left[%s\right]",
    r"\mathbb{E}_{a}\big\{ %s \big\}",
    r"E_a \{ %s \}",
    r"\underset{a \sim p}{\mathbb{E}}[%s]",
    r"\operatorname{Var}_{a \sim p}[%s]",
    r"\mathbb{E}_{a \sim \mu} %s",
)


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_expectation_is_no_factor(operator):
    """Proved before: a, which the expectation is over, went past its bracket."""
    text = f"$${operator % 'a b'} = a {operator % 'b'}$$"
    assert verdicts(text) == ["unsupported"]


def test_what_is_random_is_no_number():
    r"""Refuted before: E_{R \sim p}[R] was a product, and R a number."""
    text = r"""
With $r(x,a) = \mathbb{E}_{R \sim p(\cdot \mid x,a)}[R]$,
$$
\mathbb{E}_{x \sim p(x)}\!\left[ w(x,a) (r(x,a) - b(x,a)) \right]
  = \mathbb{E}_{x \sim p(x)} \mathbb{E}_{R \sim p(\cdot \mid x,a)}\!\left[ w(x,a) (R - b(x,a)) \right]
$$
"""
    assert verdicts(text)[-1] == "unsupported"


@pytest.mark.parametrize("claim", ["E(X + Y) = E(X) + E(Y)", "E(X) + E(Y) = 7", "E(X + Y) = 3"])
def test_the_mean_of_one_thing_is_not_that_of_another(claim):
    """E(X) = 3 made E of anything 3."""
    text = f"If $E(X) = 3$ and $E(Y) = 4$, then\n\n$${claim}$$\n"
    assert verdicts(text) == ["definition", "definition", "unsupported"]


def test_the_mean_of_one_thing_said_twice_is_a_conflict():
    assert verdicts("Let $E(X) = \\mu$. Then\n\n$$E(X) = 2 \\mu$$\n") == ["definition", "conflict"]


def test_an_error_by_the_same_letter_is_a_function():
    text = "Let $E(w) = \\frac{1}{2}(w - t)^2$. Then\n\n$$E(0) = %s$$\n"
    assert verdicts(text % r"\frac{1}{2} t^2") == ["definition", "proved"]
    assert verdicts(text % "t^2") == ["definition", "refuted"]
