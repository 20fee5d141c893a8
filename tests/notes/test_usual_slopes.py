"""Slopes in the notation of courses: dz is ∂L/∂z of the loss that is defined, and dw, db and dW are likewise."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

ONE = r"""
$z = w^T x + b$, $a = \sigma(z)$ and $L(a, y) = -(y \log a + (1 - y) \log(1 - a))$. $$dz = DZ$$ $$LEFT = RIGHT$$
"""
MANY = r"""
$$z^{(i)} = w^T x^{(i)} + b$$ $$a^{(i)} = \sigma(z^{(i)})$$
$$J = -\frac1m \sum_{i=1}^m (y^{(i)} \log a^{(i)} + (1 - y^{(i)}) \log(1 - a^{(i)}))$$
$$dz^{(i)} = a^{(i)} - y^{(i)}$$ $$LEFT = RIGHT$$
"""
HIDDEN = r"""
$$z^{[1]} = W^{[1]} x + b^{[1]}$$ $$a^{[1]} = g^{[1]}(z^{[1]})$$
$$z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}$$ $$a^{[2]} = \sigma(z^{[2]})$$
$$L = -y \log a^{[2]} - (1 - y) \log(1 - a^{[2]})$$
$$dz^{[2]} = a^{[2]} - y$$ $$dz^{[1]} = W^{[2]T} dz^{[2]} * g^{[1]'}(z^{[1]})$$ $$LEFT = RIGHT$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    ("text", "left", "right", "wrong"),
    [
        (ONE, "dw_1", "x_1 dz", "x_2 dz"),
        (ONE, "dw_2", "x_2 dz", "-x_2 dz"),
        (ONE, "dw", "x dz", "2 x dz"),
        (ONE, "db", "dz", "b dz"),
        (MANY, "dw_1", r"\frac1m \sum_{i=1}^m x_1^{(i)} dz^{(i)}", r"\sum_{i=1}^m x_1^{(i)} dz^{(i)}"),
        (MANY, "db", r"\frac1m \sum_{i=1}^m dz^{(i)}", r"\frac1m \sum_{i=1}^m x^{(i)} dz^{(i)}"),
        (HIDDEN, "dW^{[2]}", "dz^{[2]} a^{[1]T}", "dz^{[2]} x^T"),
        (HIDDEN, "dW^{[1]}", "dz^{[1]} x^T", "dz^{[1]} a^{[1]T}"),
        (HIDDEN, "db^{[1]}", "dz^{[1]}", "-dz^{[1]}"),
    ],
)
def test_a_slope_is_that_of_the_loss(text, left, right, wrong):
    text = text.replace("LEFT", left).replace("DZ", "a - y")
    assert verdicts(text.replace("RIGHT", right))[-1] == "supported"
    assert verdicts(text.replace("RIGHT", wrong))[-1] not in ("proved", "supported")


def test_a_slope_that_is_none_is_left_open_and_another_follows_from_it_for_every_loss():
    found = verdicts(ONE.replace("DZ", "y - a").replace("LEFT", "db").replace("RIGHT", "dz"))
    assert found[-2:] == ["undecided", "supported"]


def test_what_is_said_of_a_slope_goes_first():
    text = ONE.replace("DZ", r"\frac{\partial L}{\partial z}").replace("LEFT", "db")
    assert verdicts(text.replace("RIGHT", "a - y"))[-1] == "proved"


@pytest.mark.parametrize(("entry", "verdict"), [("x_2", "proved"), ("x_1", "refuted")])
def test_an_entry_that_is_written_is_one_of_as_many(entry, verdict):
    text = rf"With $z = w^T x$ and $L = z^2$ we have $\frac{{\partial L}}{{\partial w_2}} = 2 z {entry}$, $x_1 = x_1$"
    assert verdicts(text)[2] == verdict
