r"""\min_w J(w): what is minimised, or its least value; and operators that are words, which multiply nothing."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\min_w\ w f = w\, \min_w f", "unsupported"),  # proved before
        (r"w \min_w w f = w^2\, \min_w f", "unsupported"),
        (r"\min_w w^2 - 2 a w = -a^2", "undecided"),  # refuted before: it is true
        (r"\min_w w^2 = w^2", "supported"),
        (r"\min_w a w^2 = 2 a w^2", "refuted"),
        (r"\min_w \sum_i (w x_i - y_i)^2 = \min_w \sum_i (y_i - w x_i)^2", "proved"),
        (r"\min_w \frac12 w^2 a = \min_w w^2 a", "undecided"),  # both are 0
    ],
)
def test_a_least_value_is_no_function(claim, expected):
    assert verdicts(f"$${claim}$$") == [expected]


def test_the_value_at_the_best_place_is_left_open():
    text = "Let $f(x) = (x - 1)^2 + a$.\n\n$$\\min_x f(x) = %s$$\n"
    assert verdicts(text % "f(x^*)")[1] == "undecided"
    assert verdicts(text % "a")[1] not in ("proved", "refuted")
    assert verdicts(text % "(x - 1)^2 + a")[1] == "supported"
    assert verdicts(text % "(x + 1)^2 + a")[1] == "refuted"


def test_a_name_for_a_least_value_has_no_other_value():
    assert verdicts("$$p^* = \\min_x x^2 - 2 a x$$\n\n$$p^* = -a^2$$\n") == ["definition", "definition"]


def test_a_loss_that_is_minimised_is_defined_so():
    text = "$$L = \\min_w \\frac12 (w x - y)^2$$\n\n$$\\frac{\\partial L}{\\partial w} = %s$$\n"
    assert verdicts(text % "(w x - y) x") == ["definition", "proved"]
    assert verdicts(text % "(w x - y)") == ["definition", "refuted"]


@pytest.mark.parametrize(
    "operator",
    [
        r"\text{minimize}_w\ %s",
        r"\operatorname{maximise}_w %s",
        r"\operatorname{prox}_w %s",
        r"\text{mean}_w %s",
        r"\text{KL}[%s]",
        r"\mathcal{F}\left[%s\right]",
        r"\mathbb{H}\{%s\}",
    ],
)
def test_an_operator_multiplies_nothing(operator):
    """Proved before: w went past its operator."""
    assert verdicts(f"$${operator % 'w f'} = w {operator % 'f'}$$") == ["unsupported"]


def test_a_word_is_a_factor_elsewhere():
    assert verdicts(r"$$\text{loss}\, a b = b\, \text{loss}\, a$$") == ["proved"]
