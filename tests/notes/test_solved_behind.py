"""Equations whose solution is said right behind them: they ask for a name, and claim nothing of it."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

BALANCE = r"""
The condition number is $\kappa = \frac{\lambda_{\max}}{\lambda_{\min}}$. Both sides are balanced where
$$EQUATION$$
so that
$$SOLUTION$$
"""


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


def balanced(equation: str, solution: str) -> str:
    return verdicts(BALANCE.replace("EQUATION", equation).replace("SOLUTION", solution))[1]


@pytest.mark.parametrize("name", [r"\eta^*", r"\eta^\star", r"\hat\eta", r"\eta"])
def test_what_is_solved_right_behind_is_no_claim(name):
    """Refuted before where η had a mark: 2 is not η(a + b) for every η."""
    solution = name + r" = \frac{2}{\lambda_{\min} + \lambda_{\max}}"
    assert balanced(r"2 = \eta (\lambda_{\min} + \lambda_{\max})", solution) == "definition"
    assert balanced(r"1 - \eta \lambda_{\min} = \eta \lambda_{\max} - 1", solution) != "refuted"


def test_what_is_not_solved_behind_is_refuted():
    assert balanced(r"2 = \eta (\lambda_{\min} + \lambda_{\max})", r"\eta^* = \frac{1}{\lambda_{\min}}") == "refuted"
    assert balanced(r"2 = \eta (\lambda_{\min} + \lambda_{\max})", r"\rho = \eta \lambda_{\max}") == "refuted"


def test_a_number_reached_for_some_time():
    text = r"$$\kappa = \frac{\lambda_{\max}}{\lambda_{\min}}$$" + "\n\n"
    text += r"We need $(1 - 1/\kappa)^t \approx e^{-t/\kappa} = 1/e$, so $t \approx SAID$."
    assert verdicts(text.replace("SAID", r"\kappa"))[2] == "definition"
    assert verdicts(text.replace("SAID", r"2 \kappa"))[2] == "refuted"


def test_a_name_with_a_value_is_not_solved_for():
    """a and b are known: what is false of them stays so, whatever follows from it."""
    text = "Let $a = x^2$ and $b = 3x$.\n\n$$a - b = x^2 + 3x$$\n\n$$a = x^2 + 3x + b$$\n"
    assert verdicts(text)[2:] == ["refuted", "conflict"]
