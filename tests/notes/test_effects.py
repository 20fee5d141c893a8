r"""Errors that are carried on: what is right by what was stated wrongly before it inherits the error."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

GIVEN = r"""$z = w x + b$, $a = \sigma(z)$ and $L = -y \log a - (1 - y) \log(1 - a)$.

"""
SIGMOID = r"""$$
\begin{aligned}
\frac{d}{dz} \sigma(z) &= \frac{d}{dz} \frac{1}{1 + e^{-z}} \\
&= \frac{1}{(1 + e^{-z})^2} \cdot \frac{d}{dz} (1 + e^{-z}) \\
&= -\frac{e^{-z}}{(1 + e^{-z})^2} \\
&= -\sigma(z) (1 - \sigma(z))
\end{aligned}
$$"""
SWISH = r"""$\sigma(x) = \frac{1}{1 + e^{-x}}$ and $f(x) = x \sigma(x)$, so
$$f'(x) = x \sigma'(x) = x \sigma(x) (1 - \sigma(x)) = f(x) (1 - \sigma(x))$$"""


def effects(text: str, last: int) -> list[tuple[str, str | None]]:
    return [(step.verdict, step.effect) for step in check_notes(text).steps[-last:]]


@pytest.mark.parametrize("text", [SIGMOID, SWISH])
def test_a_chain_that_begins_with_a_derivative_of_any_form_is_followed(text: str) -> None:
    found = effects(text, 3)
    assert found[0] == ("refuted", "introduces_error")
    assert found[1:] == [("proved", "inherits_error")] * 2


def test_another_derivative_inherits_by_the_chain_rule() -> None:
    wrong = r"""$\frac{\partial L}{\partial z} = y - a$, so $\frac{\partial L}{\partial w} = (y - a) x$
and $\frac{\partial L}{\partial b} = %s$."""
    assert effects(GIVEN + wrong % "y - a", 3) == [
        ("refuted", "introduces_error"),
        ("refuted", "inherits_error"),
        ("refuted", "inherits_error"),
    ]
    assert effects(GIVEN + wrong % "2 y - a", 1) == [("refuted", "introduces_error")]
    assert effects(GIVEN + wrong % "a - y", 1) == [("proved", None)]


def test_what_is_put_in_for_a_derivative_was_wrong_before() -> None:
    chain = r"""$$\frac{\partial L}{\partial a} = \frac{y}{a} - \frac{1 - y}{1 - a}$$
$$\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \frac{\partial a}{\partial z}
= \left(\frac{y}{a} - \frac{1 - y}{1 - a}\right) a (1 - a) = y - a$$"""
    assert effects(GIVEN + chain, 4) == [
        ("refuted", "introduces_error"),
        ("proved", None),
        ("refuted", "inherits_error"),
        ("proved", "inherits_error"),
    ]


def test_a_second_mistake_is_one_of_its_own_and_a_repair_is_seen() -> None:
    chain = r"$$\frac{\partial L}{\partial z} = a + y = 2 (a + y) = a - y$$"
    assert effects(GIVEN + chain, 3) == [
        ("refuted", "introduces_error"),
        ("refuted", "introduces_error"),
        ("refuted", "repairs_error"),
    ]
