r"""Sides with a bracket too many or too few: read with their brackets paired, supported where they hold so."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes
from derivations.notes.parsing.ast import Unread
from derivations.notes.parsing.parser import read_formula
from derivations.notes.parsing.render import render

MODEL = r"""
With $h_\theta(x) = \frac{1}{1 + e^{-\theta^T x}}$ the loss is
$$J(\theta) = -\frac1m \sum_{i=1}^m [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log (1 - h_\theta(x^{(i)}))]$$
"""
SLOPE = r"\frac{\partial J}{\partial \theta_j} = "
SOFTMAX = r"Let $p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$ and $L = -\sum_k y_k \log p_k$ with a one-hot label $y$. "


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        (MODEL, SLOPE + r"\frac1m \sum_{i=1}^m (h_\theta(x^{(i)})) - y^{(i)}) x_j^{(i)}"),
        (MODEL, SLOPE + r"\frac1m \sum_{i=1}^m (h_\theta(x^{(i)} - y^{(i)}) x_j^{(i)}"),
        (MODEL, SLOPE + r"-\frac1m \sum_i [y^{(i)} (1-h_\theta(x^{(i)}) - (1 - y^{(i)}) h_\theta(x^{(i)})] x_j^{(i)}"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i} = -y_i (1 - p_i) + \sum_{k \ne i} y_k p_i)"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i} = -(y_i (1 - p_i) + \sum_{k \ne i} y_k p_i"),
    ],
)  # fmt: skip
def test_a_bracket_too_many_or_too_few(given: str, broken: str) -> None:
    step = check_notes(f"{given}\n$${broken}$$").steps[-1]
    assert step.verdict == "supported"
    assert "brackets are meant so" in (step.reason or "")


@pytest.mark.parametrize(
    "broken",
    [
        r"\frac1m \sum_{i=1}^m (h_\theta(x^{(i)})) + y^{(i)}) x_j^{(i)}",
        r"\frac2m \sum_{i=1}^m (h_\theta(x^{(i)} - y^{(i)}) x_j^{(i)}",
        r"\frac1m \sum_{i=1}^m (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)})",
    ],
)
def test_what_is_wrong_however_it_is_paired_is_left_unread(broken: str) -> None:
    assert last(MODEL + rf"$$\frac{{\partial J}}{{\partial \theta_j}} = {broken}$$") == "unsupported"


def test_a_bracket_without_a_partner_leaves_the_other_sides_of_its_chain_alone() -> None:
    chain = r"\frac{\partial L}{\partial z_i} = p_i - y_i) = p_i - y_i = y_i - p_i"
    verdicts = [step.verdict for step in check_notes(f"{SOFTMAX} $${chain}$$").steps]
    assert verdicts[-3:] == ["supported", "supported", "refuted"]


def test_what_a_side_may_say_is_listed_and_nothing_walks_it() -> None:
    (side,) = read_formula(r"f(x - y z").chains[0].members
    assert isinstance(side, Unread)
    assert [render(one) for one in side.mended] == [
        r"f \left( x - y z \right)",
        r"f \left( x \right) - y z",
        r"f x - y z",
    ]
    (deep,) = read_formula("(" * 5 + "x").chains[0].members
    assert isinstance(deep, Unread)
    assert deep.mended == ()
