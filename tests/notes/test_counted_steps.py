"""An index that stands as a number, too: \\eta_t = c/t says what \\eta_{t+1} is, and c/t is not that."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize("right", [r"\frac{2 c}{t}", r"\frac{2 c}{t + 1}"])
@pytest.mark.parametrize("name", [r"\eta_%s", r"\eta^{(%s)}"])
def test_another_step_is_not_taken_at_this_one(name, right):
    """2 η_{t+1} = 2c/t was proved, and the right value refuted."""
    there = (name % "{t+1}" if "_" in name else name % "t+1").replace("{{", "{").replace("}}", "}")
    text = f"With the step ${name % 't'} = \\frac{{c}}{{t}}$ we have\n\n$$a = 2 {there} = {right}$$\n"
    assert verdicts(text) == ["definition", "definition", "unsupported"]


def test_the_same_step_is_read():
    text = "With the step $\\eta_t = \\frac{c}{t}$ we have\n\n$$a = 2 \\eta_t = %s$$\n"
    assert verdicts(text % r"\frac{2 c}{t}")[-1] == "proved"
    assert verdicts(text % r"\frac{c}{t}")[-1] == "refuted"


def test_a_rate_may_be_chosen_by_the_step():
    r"""Refuted before: \eta \lambda = 1/t is how the rate of Pegasos is chosen."""
    text = r"$$b = (1 - \eta_t \lambda) a = (1 - %s) a$$"
    assert verdicts(text % r"\frac{1}{t}") == ["definition", "undecided"]
    assert verdicts(text % r"\lambda") == ["definition", "refuted"]
    assert verdicts(text % r"2 \eta_t \lambda") == ["definition", "refuted"]
