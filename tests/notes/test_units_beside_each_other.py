r"""Units that are added up are of one layer: a_2 in z = w_1 a_1 + w_2 a_2 hangs on nothing that is a_1's own."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

NET = r"""
The loss is $L = -[y \ln \hat{y} + (1-y) \ln(1-\hat{y})]$ with $\hat{y} = \sigma(z)$, $z = w_1 a_1 + w_2 a_2 + b$,
where $a_1 = \sigma(z_1)$ and $z_1 = w_{11} x_1 + w_{21} x_2 + b_1$.
"""


def verdict(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("w_{11}", r"(\hat{y} - y) w_1 a_1 (1 - a_1) x_1"),
        ("w_{21}", r"(\hat{y} - y) w_1 a_1 (1 - a_1) x_2"),
        ("b_1", r"(\hat{y} - y) w_1 a_1 (1 - a_1)"),
        ("z_1", r"(\hat{y} - y) w_1 a_1 (1 - a_1)"),
        ("w_1", r"(\hat{y} - y) a_1"),
        ("w_2", r"(\hat{y} - y) a_2"),
        ("b", r"\hat{y} - y"),
    ],
)
def test_the_other_unit_of_a_layer_is_held_fixed(variable: str, value: str) -> None:
    assert verdict(NET + rf"$$\frac{{\partial L}}{{\partial {variable}}} = {value}$$") == "proved"
    assert verdict(NET + rf"$$\frac{{\partial L}}{{\partial {variable}}} = -({value})$$") == "refuted"


@pytest.mark.parametrize(
    ("variable", "value"),
    [("w_{11}", r"(\hat{y} - y) w_2 a_1 (1 - a_1) x_1"), ("b_1", r"(\hat{y} - y) w_1 a_2 (1 - a_2)")],
)
def test_the_other_unit_is_not_taken_for_this_one(variable: str, value: str) -> None:
    assert verdict(NET + rf"$$\frac{{\partial L}}{{\partial {variable}}} = {value}$$") not in ("proved", "supported")


def test_what_feeds_both_units_is_left_open() -> None:
    assert verdict(NET + r"$$\frac{\partial L}{\partial x_1} = (\hat{y} - y) w_1 a_1 (1 - a_1) w_{11}$$") == "undecided"
    text = r"$E = \frac12 (y - o)^2$, $o = w_1 a_1 + w_2 a_2$, $a_1 = \sigma(u_1 h_1)$, $h_1 = \sigma(v_1 x)$."
    slope = r"(o - y) w_1 a_1 (1 - a_1) u_1"
    assert verdict(text + rf"$$\frac{{\partial E}}{{\partial h_1}} = {slope}$$") == "undecided"


def test_a_number_may_be_that_of_a_layer() -> None:
    text = r"$E = \frac12 (y - a_2)^2$, $a_1 = \sigma(z_1)$, $z_1 = w_1 x$. $$\frac{\partial E}{\partial w_1} = 0$$"
    assert verdict(text) == "definition"  # what is to be solved, and no claim that it is flat
    assert verdict(text.replace("= 0$$", "= w_1 x$$")) == "undecided"


@pytest.mark.parametrize(
    ("words", "argument", "variable"),
    [("", "w x_1 + b", "w"), ("", "w x_1 + b", "b"), ("The weights are shared.", "w_1 x_1 + w_2 x_2", "w_1")],
)
def test_weights_that_units_share_are_left_open(words: str, argument: str, variable: str) -> None:
    text = rf"{words} $E = \frac12 (y - o)^2$, $o = u_1 a_1 + u_2 a_2$, $a_1 = \sigma({argument})$."
    slope = r"(o - y) u_1 a_1 (1 - a_1)" + ("" if variable == "b" else " x_1")
    assert verdict(text + rf"$$\frac{{\partial E}}{{\partial {variable}}} = {slope}$$") == "undecided"


TWO = r"$p_1 = \frac{e^{z_1}}{e^{z_1} + e^{z_2}}$ and $p_2 = 1 - p_1$. "


def test_two_logits_do_not_depend_on_each_other() -> None:
    assert verdict(TWO + r"$$\frac{\partial p_1}{\partial z_1} = p_1 p_2$$") == "proved"
    assert verdict(TWO + r"$$\frac{\partial p_1}{\partial z_2} = -p_1 p_2$$") == "proved"
    assert verdict(TWO + r"$$\frac{\partial p_1}{\partial z_2} = p_1 p_2$$") == "refuted"


def test_two_names_may_depend_on_each_other_where_one_is_differentiated_by_the_other() -> None:
    text = r"$L = h_1 + h_2^2$. $$\frac{\partial h_2}{\partial h_1} = w$$ $$\frac{\partial L}{\partial h_1} = 1$$"
    assert verdict(text) not in ("proved", "supported")


@pytest.mark.parametrize(
    ("weight", "right", "verdict"),
    [
        ("w_5", "-(t_1 - o_1) o_1 (1 - o_1) h_1", "proved"),
        ("w_6", "-(t_1 - o_1) o_1 (1 - o_1) h_2", "proved"),
        ("w_5", "(t_1 - o_1) o_1 (1 - o_1) h_1", "refuted"),
        ("w_5", "-(t_1 - o_1) o_1 (1 - o_1) h_2", "refuted"),
    ],
)
def test_units_without_a_value_hang_on_no_weight_of_their_sum(weight, right, verdict):
    note = (
        r"""$E = \frac{1}{2}[(t_1 - o_1)^2 + (t_2 - o_2)^2]$ with $o_1 = \sigma(n_1)$, $n_1 = w_5 h_1 + w_6 h_2 + b$."""
    )
    assert check_notes(rf"{note} $$\frac{{\partial E}}{{\partial {weight}}} = {right}$$").steps[-1].verdict == verdict


@pytest.mark.parametrize("words", ["The network is recurrent:", "The weights are tied:", "循环神经网络："])
def test_units_of_a_recurrent_network_may_hang_on_the_weights_of_their_sum(words):
    note = rf"{words} $E = (t_1 - n_1)^2$ with $n_1 = w_5 h_1 + w_6 h_2$. "
    assert verdict(note + r"$$\frac{\partial E}{\partial w_5} = -2 (t_1 - n_1) h_1$$") == "undecided"
