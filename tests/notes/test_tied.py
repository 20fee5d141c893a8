r"""Things with two names, and functions whose definition has not the variable: what is refuted by them, what is not."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

OUTPUT = r"""
The model is $g(x_i) = w x_i + b$, and the cost $J = \sum_{i=1}^n (t_i - g(x_i))^2$. Then

$$\frac{\partial J}{\partial w} = \frac{\partial}{\partial w} FACTOR\sum_{i=1}^n (t_i - \hat{t}_i)^2$$
"""
RENAMED = r"""
The cost is $C = \sum_{i=1}^n (t_i - \hat{t}_i)^2$, and it has the derivative

$$\frac{\partial}{\partial w} \sum_{i=1}^n (t - \hat{t})^2 = \sum_{i=1}^n \frac{\partial}{\partial w} (t - z)^2
= RIGHT$$
"""
SUMMED = r"-2 \sum_{i=1}^n (t - \hat{t}) \frac{\partial \hat{t}}{\partial w}"
ONE = r"-2 (t - \hat{t}) \frac{\partial \hat{t}}{\partial w}"
VANISHING = r"""
Let $h_w(x) = \frac{1}{1 + e^{-x}}$. The cost is derived by $w$:

$$\frac{\partial}{\partial w} \sum_{i=1}^n t_i \log h_w(x_i) = \sum_{i=1}^n RIGHT$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    ("factor", "last"), [("", "supported"), (r"\frac{1}{2} ", "refuted"), ("2 ", "refuted"), ("w ", "undecided")]
)
def test_the_prediction_that_every_loss_takes(factor: str, last: str) -> None:
    assert verdicts(OUTPUT.replace("FACTOR", factor))[-1] == last


@pytest.mark.parametrize(
    ("given", "claim"),
    [
        (r"Another model is $q(x_i) = v x_i$ with $K = \sum_{i=1}^n (t_i - q(x_i))^2$.", ""),
        ("", r" A reading is $\hat{t}_i = \frac{t_i}{2}$."),
    ],
)
def test_another_thing_may_be_meant(given: str, claim: str) -> None:
    steps = check_notes(given + OUTPUT.replace("FACTOR", r"\frac{1}{2}") + claim).steps
    assert "refuted" not in [s.verdict for s in steps]


def test_a_name_in_whose_place_another_stands() -> None:
    assert verdicts(RENAMED.replace("RIGHT", SUMMED)) == ["definition", "supported", "supported"]
    assert verdicts(RENAMED.replace("RIGHT", ONE)) == ["definition", "supported", "refuted"]
    other_section = (
        RENAMED.replace("\n= RIGHT$$", "$$")
        + r"""
# Another model

$$\sum_{i=1}^n \frac{\partial}{\partial w} (t - z)^2 = RIGHT$$""".replace("RIGHT", ONE)
    )
    assert verdicts(other_section)[-1] != "refuted"


@pytest.mark.parametrize("words", ["We skip the sum for now.", "For one example, this is"])
def test_what_words_before_it_leave_out_is_supported_of_one_sample(words: str) -> None:
    assert verdicts(words + RENAMED.replace("RIGHT", ONE))[-1] == "supported"
    assert verdicts(words + RENAMED.replace("RIGHT", ONE.replace("-2", "2")))[-1] not in ("proved", "supported")
    behind = RENAMED.replace("RIGHT", ONE) + words
    assert verdicts(behind)[-1] == "refuted"


@pytest.mark.parametrize(
    ("right", "last"),
    [
        (r"\frac{t_i}{h_w(x_i)} \frac{\partial}{\partial w} h_w(x_i)", "proved"),
        (r"\frac{2 t_i}{h_w(x_i)} \frac{\partial}{\partial w} h_w(x_i)", "refuted"),
        (r"t_i (1 + e^{-x_i}) \frac{\partial}{\partial w} h_w(x_i)", "undecided"),  # its value has been put in
        (r"t_i (1 - h_w(x_i)) x_i", "undecided"),
    ],
)
def test_a_definition_without_the_variable(right: str, last: str) -> None:
    assert verdicts(VANISHING.replace("RIGHT", right))[-1] == last
