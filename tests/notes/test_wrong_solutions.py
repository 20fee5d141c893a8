r"""What is said to follow from a derivative that words set to zero, and doesn't; and a case of a step left out."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

RIDGE = r"""$J(\theta) = \|A\theta - c\|^2 + \mu \|\theta\|^2$ has
$$\nabla_\theta J = 2 A^T A \theta - 2 A^T c + 2 \mu \theta$$

Setting the gradient to zero gives the normal equation

"""
PLAIN = r"""$Q(w) = (y - Xw)^T (y - Xw)$ and $\frac{\partial Q}{\partial w} = -2 X^T (y - X w)$.

We set it to zero:

"""
MEAN = r"""$S(\mu) = \frac12 \sum_{i=1}^n (x_i - \mu)^2$, so that $\frac{dS}{d\mu} = -\sum_{i=1}^n (x_i - \mu)$.

Setting this to zero, """


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        (RIDGE, r"$$(A^T A + \mu I)\theta = A^T c$$", [("A^T c", "2 A^T c"), (r"\mu I", r"2 \mu I"), ("+ ", "- ")]),
        (RIDGE, r"$$\hat\theta = (A^T A + \mu I)^{-1} A^T c$$", [("= ", "= -"), ("= ", "= 2 "), (r"+ \mu", r"- \mu")]),
        (PLAIN, "$$X^T X w = X^T y$$", [("= ", "= -"), ("X^T y", "2 X^T y"), ("X^T y", "X y")]),
        (PLAIN, r"$$\hat w = (X^T X)^{-1} X^T y$$", [("= ", "= -"), ("= ", r"= \frac12 "), ("X^T y", "X y")]),
        (MEAN, r"$\hat\mu = \frac1n \sum_{i=1}^n x_i$.", [("= ", "= -"), (r"\frac1n", ""), (r"\frac1n", r"\frac2n")]),
    ],
)  # fmt: skip
def test_a_slip_in_what_solves_an_equation_is_refuted(given: str, right: str, wrong: list[tuple[str, str]]) -> None:
    assert last(given + right) == "proved"
    for old, new in wrong:
        assert last(given + right.replace(old, new, 1)) == "refuted", (old, new)


def test_an_equation_that_was_multiplied_is_solved_by_the_same() -> None:
    assert last(RIDGE + r"$$3 (A^T A + \mu I)\theta = 3 A^T c$$") != "refuted"
    assert last(RIDGE + r"$$(A^T A + \mu I)\theta - A^T c = 0$$") not in ("refuted", "conflict")


def test_what_may_be_said_of_something_else_is_not_refuted() -> None:
    others = (
        r"$$A^T A \theta = A^T c$$",
        r"$$\hat\theta = (A^T A)^{-1} A^T c$$",
        r"$$(A^T A + \mu I)\theta = A^T v$$",
        r"$$\hat\theta = (A^T A + \mu D)^{-1} A^T c$$",
    )
    for other in others:
        assert last(RIDGE + other) not in ("proved", "supported", "refuted", "conflict"), other
    spread = r"$\hat\sigma^2 = \frac{1}{n - 1} \sum_{i=1}^n (x_i - \hat\mu)^2$"
    assert last(MEAN + r"$\hat\mu = \frac1n \sum_{i=1}^n x_i$. Also " + spread) == "definition"


def test_a_vector_before_the_inverse_is_no_solution() -> None:
    assert last(PLAIN + r"$$\hat w = X^T y (X^T X)^{-1}$$") not in ("proved", "supported")


def test_a_case_that_another_followed_is_not_that_of_a_step_read_by_itself() -> None:
    r"""The step differentiates by o_j where o_i was meant: it holds for i = j alone, which was said of another step."""
    text = r"""$$p_j = \frac{e^{o_j}}{\sum_k e^{o_k}}$$

$$L = -\sum_j y_j \log p_j$$

$$\frac{\partial p_j}{\partial o_i} = p_i (1 - p_i), \quad i = j$$

and

$$\frac{\partial p_j}{\partial o_i} = -p_i p_j, \quad i \neq j.$$

With these

$$\frac{\partial L}{\partial o_i} = p_i - y_i$$

$$\frac{\partial L}{\partial o_i} = -\sum_k y_k \frac{\partial \log p_k}{\partial o_i}
= -\sum_k y_k \frac{1}{p_k} \frac{\partial p_k}{\partial o_%s}$$"""
    assert last(text % "i") == "proved"
    assert last(text % "j") not in ("proved", "supported")
