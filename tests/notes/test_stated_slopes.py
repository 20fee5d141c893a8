"""Slopes that are stated of a loss which no formula defines: what follows by the chain rule is supported."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

WORDS = r"""
For the cross-entropy loss, with $a = \sigma(z)$ and $z = w_1 x_1 + w_2 x_2 + b$:
$$\frac{\partial L}{\partial a} = -\frac{y}{a} + \frac{1 - y}{1 - a}$$ $$LEFT = RIGHT$$
"""


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\frac{\partial L}{\partial a} \frac{\partial a}{\partial z}", "a - y", "y - a"),
        (r"\frac{\partial L}{\partial z}", "a - y", "a (1 - a)"),
        (r"\frac{\partial L}{\partial w_1}", "(a - y) x_1", "(a - y) x_2"),
        (r"\frac{\partial L}{\partial b}", "a - y", "(a - y) b"),
    ],
)
def test_a_chain_of_slopes_is_supported_by_what_was_stated(left, right, wrong):
    assert last(WORDS.replace("LEFT", left).replace("RIGHT", right)) == "supported"
    assert last(WORDS.replace("LEFT", left).replace("RIGHT", wrong)) not in ("proved", "supported", "refuted")


def test_a_slope_that_is_stated_in_the_midst_of_a_chain():
    text = r"""$a = \sigma(z)$, $da = \frac{dL}{da} = -\frac{y}{a} + \frac{1 - y}{1 - a}$, and
    $dz = \frac{dL}{dz} = \frac{dL}{da} \frac{da}{dz} = RIGHT$."""
    assert last(text.replace("RIGHT", "a - y")) == "supported"
    assert last(text.replace("RIGHT", "a + y")) not in ("proved", "supported")


def test_a_chain_rule_that_is_worked_out_further_on():
    text = r"""Let $\hat y = \sigma(z)$ and $z = w x + b$. Then
    $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial \hat y} \frac{\partial \hat y}{\partial z}
    \frac{\partial z}{\partial w}$$ where $\frac{\partial L}{\partial \hat y} = \frac{\hat y - y}{\hat y (1 - \hat y)}$,
    so $\frac{\partial L}{\partial w} = RIGHT$"""
    assert last(text.replace("RIGHT", r"(\hat y - y) x")) == "supported"
    assert last(text.replace("RIGHT", r"(\hat y - y) w")) not in ("proved", "supported")


def test_nothing_rests_on_a_slope_that_is_stated_in_two_ways():
    text = r"""$a = \sigma(z)$, $\frac{\partial L}{\partial a} = a - y$ and $\frac{\partial L}{\partial a} = y - a$. So
    $\frac{\partial L}{\partial z} = (a - y) a (1 - a)$"""
    assert last(text) not in ("proved", "supported", "refuted")


def test_a_slope_of_what_is_defined_is_checked():
    text = r"""$L = \frac12 (a - y)^2$ and $a = \sigma(z)$. $$\frac{\partial L}{\partial a} = y - a$$
    $$\frac{\partial L}{\partial z} = (y - a) a (1 - a)$$"""
    assert [s.verdict for s in check_notes(text).steps][2:] == ["refuted", "refuted"]
