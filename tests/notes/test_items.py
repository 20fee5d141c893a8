"""A derivation written as a list, one side an item."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize("mark", ["- ", "* ", "  - ", "\t- ", "1. ", "> - ", "    ", ""])
@pytest.mark.parametrize("end", ["", ",", "  "])
def test_an_item_goes_on_from_the_one_before(mark: str, end: str) -> None:
    text = rf"""- $L = (y - wx)^2$
- $\frac{{dL}}{{dw}} = 2(y - wx) \frac{{d}}{{dw}}(y - wx)${end}
{mark}$= -2 (y - wx) x${end}
{mark}$= RIGHT$ as we said
"""
    assert verdicts(text.replace("RIGHT", "2 (wx - y) x")) == ["definition", "proved", "proved", "proved"]
    assert verdicts(text.replace("RIGHT", "2 (y - wx) x"))[1:] == ["proved", "proved", "refuted"]


def test_an_item_that_is_a_left_side() -> None:
    text = "- $L = (y - wx)^2$\n- $\\frac{dL}{dw}$\n- $= 2 (wx - y) x$\n"
    assert verdicts(text) == ["definition", "proved"]
    assert verdicts(text.replace("wx - y", "y - wx")) == ["definition", "refuted"]


@pytest.mark.parametrize("aside", ["where $u = wx$", "for all $w$", "so that $u$ is linear", "\n- where $u = wx$"])
def test_nothing_goes_on_from_an_aside(aside: str) -> None:
    text = f"- $L = (y - u)^2$, {aside}\n- $= (y - wx)^2$\n"
    assert verdicts(text)[-1] == "unsupported"
