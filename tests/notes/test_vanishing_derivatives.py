r"""A derivative of what does not depend on its variable, as far as it is defined, is 0 and proves nothing by that."""

import pytest

from derivations.notes.library import check_notes

GRADIENT = r"""
For a binary label the loss is $L = -t \log a - (1 - t) \log(1 - a)$ with $a = \frac{1}{1 + e^{-u}}$.

The outputs are $y_j = \frac{e^{z_j}}{\sum_{k=1}^C e^{z_k}}$. Let $g_j = \frac{\partial L}{\partial y_j}$. Then
$$\sum_{j=1}^C g_j y_j y_i = y_i \sum_{j=1}^C g_j y_j$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("= y_i \\sum", "= 2 y_i \\sum"), ("= y_i \\sum", "= -y_i \\sum"), ("g_j y_j$$", "g_j y_j^2$$")],
)
def test_no_fault_is_proved_because_a_gradient_vanishes(right, wrong):
    assert right in GRADIENT
    assert verdicts(GRADIENT.replace(right, wrong))[-1] not in ("proved", "supported")


def test_what_holds_for_any_loss_is_proved_with_that_condition():
    last = check_notes(GRADIENT).steps[-1]
    assert last.verdict == "proved"
    assert "for any L" in last.conditions


def test_a_derivative_that_is_said_to_vanish_does():
    text = r"Let $a = u^2$ and $b = v^2$. Then $\frac{\partial a}{\partial v} = 0$."
    assert verdicts(text)[-1] in ("proved", "undecided")


@pytest.mark.parametrize("name", ["x", "w", r"\theta", "i_a", "x_i"])
def test_what_is_said_to_stand_still_is_not_proved(name):
    """In the steady state dθ/dt = 0: proved before, since no t stands in θ."""
    text = f"In the steady state\n\n$$\\frac{{d {name}}}{{dt}} = 0$$\n"
    assert check_notes(text).steps[-1].verdict not in ("proved", "refuted")


def test_a_target_by_the_letter_of_time_is_differentiated_by():
    text = "Let $E = \\frac12 (y - t)^2$ with $y = w x + b$.\n\n$$\\frac{\\partial E}{\\partial t} = %s$$\n"
    assert check_notes(text % "t - y").steps[-1].verdict == "proved"
    assert check_notes(text % "y - t").steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    "claim",
    [
        r"\nabla_\theta \sum_\tau P(\tau;\theta) = \sum_\tau \nabla_\theta \log P(\tau;\theta)",
        r"\frac{d}{d\theta} \sum_\tau P(\tau;\theta) R(\tau) = \sum_\tau R(\tau) \frac{d}{d\theta} \log P(\tau;\theta)",
        r"\frac{d}{dw} \sum_i f(x_i) = \sum_i \frac{d}{dw} \log f(x_i)",
    ],
)
def test_a_sum_of_derivatives_that_vanish_says_nothing(claim: str) -> None:
    """0 = Σ 0, as far as anything is defined, holds nothing, however the derivative is written."""
    assert check_notes(f"$${claim}$$").steps[-1].verdict not in ("proved", "supported")
