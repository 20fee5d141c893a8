"""Equations that words give: "with A x^* = b" may be what a step rests on."""

import pytest

from derivations.notes.library import check_notes

DESCENT = r"""
Let $f(x) = \frac12 x^TAx - b^Tx$ with symmetric $A$, and $x_{k+1} = x_k - \alpha(Ax_k - b)$, WORDS $Ax^* = b$. Then

$$CLAIM$$
"""
ERRORS = r"x_{k+1} - x^* = (I-\alpha A)(x_k - x^*)"


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize("words", ["with", "where the minimum satisfies", "and let $x^*$ be such that"])
def test_what_is_given_is_not_forgotten(words: str) -> None:
    assert last(DESCENT.replace("WORDS", words).replace("CLAIM", ERRORS)) == "undecided"


def test_what_is_of_other_names_is_refuted() -> None:
    text = DESCENT.replace("WORDS", "with")
    assert last(text.replace("CLAIM", r"\nabla f(x) = Ax - b")) == "proved"
    assert last(text.replace("CLAIM", r"\nabla f(x) = Ax + b")) == "refuted"


def test_a_claim_gives_nothing() -> None:
    text = r"$y = \sigma(z)$ and $z = wx + b$. Then $z - y = u$, and $$\frac{dy}{dw} = RIGHT$$"
    assert last(text.replace("RIGHT", "y(1-y)x")) == "proved"
    assert last(text.replace("RIGHT", "y(1+y)x")) == "refuted"
