"""What the text denies is left open, and so is a partial derivative beside the total one; the rest stays refuted."""

import pytest

from derivations.notes.library import check_notes

GROWTH = "Let $f(x) = e^{2x}$. "
WRONG = "\n\n$$f'(x) = e^{2x}$$\n"
PRODUCT = "Let $z = x y$ and $y = x^2$. "
CHAIN = r"\frac{dz}{dx} = \frac{\partial z}{\partial x} + \frac{\partial z}{\partial y} \frac{dy}{dx}"


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    "words",
    [
        "Note that the derivative is not",
        "It is wrong to write",
        "A common mistake is",
        "It is not true that",
        "One might think that",
    ],
)
def test_what_is_denied_is_no_claim(words: str) -> None:
    assert verdicts(GROWTH + words + WRONG)[-1] == "undecided"


def test_denied_behind_the_formula() -> None:
    text = GROWTH + "We could write" + WRONG + "\nbut this is wrong. Rather\n\n$$f'(x) = 2e^{2x}$$\n"
    assert verdicts(text)[-2:] == ["undecided", "proved"]


@pytest.mark.parametrize(
    "words",
    [
        "The rule is not hard:",
        "The derivative is",
        "A common mistake is to forget the 2. We get",
        "It is not a line. So",
    ],
)
def test_a_wrong_derivative_that_is_claimed_is_refuted(words: str) -> None:
    assert verdicts(GROWTH + words + WRONG)[-1] == "refuted"


def test_a_total_derivative_beside_the_partial_one() -> None:
    found = verdicts(PRODUCT + f"By the chain rule\n\n$${CHAIN} = y + x \\cdot 2x = 3x^2$$\n")
    assert "refuted" not in found
    assert found[-1] == "proved"


def test_a_wrong_value_after_the_chain_rule_is_refuted() -> None:
    found = verdicts(PRODUCT + f"By the chain rule\n\n$${CHAIN} = y + x \\cdot 2x = 4x^2$$\n")
    assert found[-1] == "refuted"


def test_a_wrong_total_derivative_is_not_proved() -> None:
    assert verdicts(PRODUCT + "Then\n\n$$\\frac{dz}{dx} = 2 x^2 + 1$$\n")[-1] not in ("proved", "supported")
