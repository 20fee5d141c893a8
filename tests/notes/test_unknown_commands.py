r"""Commands of a preamble that nobody sees: a name, or what they mean as a rule, and no derivative by accident."""

import pytest

from derivations.notes.library import check_notes

LOSS = "Let $L = (y - wx)^2$. "


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


@pytest.mark.parametrize(
    "slope", [r"\frac{\part L}{\part w}", r"\frac{\d L}{\d w}", r"\d L/\d w", r"\pd{L}{w}", r"\frac{\rmd L}{\rmd w}"]
)
def test_customary_commands_of_derivatives(slope: str) -> None:
    assert verdicts(LOSS + f"$${slope} = -2x(y - wx)$$") == ["proved"]
    assert verdicts(LOSS + f"$${slope} = 2x(y - wx)$$") == ["refuted"]
    assert verdicts(LOSS + rf"$${slope} = \frac{{L}}{{w}}$$") == ["refuted"]


@pytest.mark.parametrize("right", ["-2x(y - wx)", r"\frac{L}{w}"])
def test_an_unknown_command_above_and_below_is_no_factor(right: str) -> None:
    assert verdicts(LOSS + rf"$$\frac{{\pt L}}{{\pt w}} = {right}$$") == ["unsupported"]


def test_a_name_from_elsewhere_is_a_factor() -> None:
    assert verdicts(r"$$\frac{\loss}{2\loss} = \frac{1}{2}$$") == ["proved"]


@pytest.mark.parametrize("bar", [r"\lvert", r"\vert", "|", r"\mid"])
def test_a_left_bar_alone_says_given(bar: str) -> None:
    text = rf"Let $p(y=1 {bar} x) = \sigma(w^T x)$. $$\log p(y=1 {bar} x) = -\log(1 + e^{{-w^T x}})$$"
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("-w^T x}", "w^T x}")) == ["refuted"]


def test_bars_with_sides_are_absolute_values() -> None:
    assert verdicts(r"$$\lvert x \rvert \cdot \lvert y \rvert = \lvert x y \rvert$$")[0] in ("proved", "supported")
