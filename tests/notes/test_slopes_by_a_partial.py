r"""\partial z, where it stands by itself on a side, is a name for ∂L/∂z, as dz is."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

UNIT = r"""
$z = w_1 x_1 + w_2 x_2 + b$, $a = \sigma(z)$, $L(a, y) = -(y \log a + (1 - y) \log(1 - a))$.
$$\frac{\partial L(a,y)}{\partial a} = \partial a = - \frac{y}{a} + \frac{1-y}{1-a}$$
$$\partial z = \frac{\partial L(a,y)}{\partial z} = a - y
= \frac{\partial L}{\partial a} \times \frac{\partial a}{\partial z}$$
$$\frac{\partial L}{\partial w_1} = \partial w_1 = x_1 \partial z$$
$$\frac{\partial L}{\partial b} = \partial b = \partial z$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps][3:]


def test_a_partial_by_itself_is_a_name() -> None:
    named, held = "definition", "proved"
    assert verdicts(UNIT) == [named, held, named, held, held, named, held, named, held]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\partial a = - \frac{y}{a}", r"\partial a = \frac{y}{a}"),
        ("= a - y\n", "= y - a\n"),
        (r"= x_1 \partial z", r"= x_2 \partial z"),
        (r"\partial b = \partial z", r"\partial b = 2 \partial z"),
    ],
)
def test_what_such_a_name_is_not_is_refuted(right: str, wrong: str) -> None:
    assert "refuted" in verdicts(UNIT.replace(right, wrong))


def test_a_derivative_with_a_slash_stays_one() -> None:
    text = (
        UNIT
        + r"""
$$\partial L / \partial w_2 = {\partial L}/{\partial z} \cdot {\partial z}/{\partial w_2} = x_2 \partial z$$"""
    )
    assert verdicts(text)[-2:] == ["proved", "proved"]


@pytest.mark.parametrize(
    "inner", [r"w x + b", r"b + x w", r"\sum_k w_k x_k + b", r"w^T x + b"], ids=["number", "turned", "sum", "vector"]
)
def test_a_logit_that_only_its_derivative_says_is_what_stands_there(inner):
    index = "_j" if "sum" in inner or "^T" in inner else ""
    text = rf"""
With $a = \sigma(z)$,
$$\frac{{\partial z}}{{\partial w{index}}} = \frac{{\partial}}{{\partial w{index}}}\left({inner}\right) = x{index}$$
$$\frac{{\partial a}}{{\partial w{index}}} = SLOPE\,x{index}$$
"""
    assert check_notes(text.replace("SLOPE", "a(1 - a)")).steps[-1].verdict == "proved"
    assert check_notes(text.replace("SLOPE", "a")).steps[-1].verdict == "refuted"


def test_what_its_derivative_says_claims_nothing_of_what_was_left_out():
    text = r"""
$$\frac{\partial z}{\partial w} = \frac{\partial}{\partial w}(w x) = x$$
$$\frac{\partial z}{\partial b} = 1$$
"""
    assert check_notes(text).steps[-1].verdict == "undecided"


def test_a_size_below_a_bound_is_a_number():
    text = r"""
The loss is $E = \frac1N\sum_{n=0}^{N-1} E_n$ with $E_n = (y_n - t_n)^2$ and $y_n = w x_n$.
$$\frac{\partial E}{\partial w} = \frac{1}{N} \sum_{n=0}^{N-1} \frac{\partial E_n}{\partial w}$$
"""
    assert check_notes(text).steps[-1].verdict == "proved"
