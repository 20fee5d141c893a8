r"""∂L/∂z · ∂z/∂w is a product of two derivatives, and not ((∂L/∂z) ∂z)/∂w."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

UNIT = r"$a = \sigma(z)$, $z = w x + b$, $L = \frac12 (a - y)^2$. "
VALUE = "(a - y) a (1 - a) x"


def verdicts(equation: str) -> list[str]:
    return [step.verdict for step in check_notes(UNIT + f"$${equation}$$").steps[3:]]


@pytest.mark.parametrize(
    "chain",
    [
        r"\partial L/\partial z \cdot \partial z / \partial w",
        r"{\partial L}/{\partial z} \cdot {\partial z}/{\partial w}",
        r"\partial L/\partial a \times \partial a/\partial z \times \partial z/\partial w",
        r"\partial L/\partial a * \partial a/\partial z * \partial z/\partial w",
        r"\partial L/\partial a \, \partial a/\partial z \, \partial z/\partial w",
        r"dL/da \cdot da/dz \cdot dz/dw",
        r"(dL/da)(da/dz)(dz/dw)",
        r"\partial L/\partial z \cdot x",
        r"-x \cdot \partial (-L)/\partial z",
    ],
)
def test_a_chain_rule_may_be_written_with_slashes(chain: str) -> None:
    left = "dL/dw" if chain.startswith(("d", "(")) else r"\partial L / \partial w"
    verdict, *others = verdicts(f"{left} = {chain} = {VALUE}")
    assert [verdict, *others] == ["proved", "proved"]
    assert "refuted" in verdicts(f"{left} = {chain} = -{VALUE}")


@pytest.mark.parametrize(
    "chain",
    [
        r"\partial L/\partial z \cdot \partial z/\partial x",
        r"\partial L/\partial a \cdot \partial z/\partial w",
        r"-\partial L/\partial z \cdot \partial z/\partial w",
    ],
)
def test_a_wrong_chain_is_refuted(chain: str) -> None:
    assert verdicts(rf"\partial L / \partial w = {chain}") == ["refuted"]


def test_a_second_derivative_has_two_variables_below() -> None:
    assert verdicts(r"\partial^2 z / \partial w \partial x = 1") == ["proved"]


def test_what_stands_right_behind_the_variable_is_left_open() -> None:
    assert verdicts(r"\partial L/\partial w = \partial L/\partial z x")[0] in ("unsupported", "undecided")


def test_a_slash_between_numbers_divides() -> None:
    steps = check_notes(r"$$d / a \cdot a / d = 1$$").steps
    assert steps[0].verdict == "proved"
