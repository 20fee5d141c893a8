r"""Recurrences: of h_t = f(W h_{t-1} + U x_t), each time is part of a name; what was before hangs on no new weight."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

SQUARED = r"""
$$h_t = \tanh(W_h h_{t-1} + W_x x_t + b), \qquad o_t = V h_t, \qquad L_t = \frac12 \|o_t - y_t\|^2$$
$$\frac{\partial L_t}{\partial V} = (o_t - y_t) h_t^T$$
$$\frac{\partial L_t}{\partial h_t} = V^T (o_t - y_t)$$
$$\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) W_h$$
"""
SOFTMAX = r"""
$h_t = \sigma(W h_{t-1} + U x_t)$, $o_t = V h_t$, $p_t = \mathrm{softmax}(o_t)$ and
$L_t = -\sum_k y_{t,k} \log p_{t,k}$, with one-hot $y_t$.
$$\frac{\partial L_t}{\partial o_t} = p_t - y_t$$
$$\frac{\partial L_t}{\partial V} = (p_t - y_t) h_t^T$$
"""
NUMBERS = r"""
$h_t = \tanh(w h_{t-1} + u x_t)$, $o_t = v h_t$, $L_t = (o_t - y_t)^2$.
$$\frac{\partial L_t}{\partial v} = 2 (o_t - y_t) h_t$$
$$\frac{\partial h_t}{\partial h_{t-1}} = w (1 - h_t^2)$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if "partial" in step.left]


@pytest.mark.parametrize("text", [SQUARED, SOFTMAX, NUMBERS])
def test_each_step_holds(text: str) -> None:
    assert set(verdicts(text)) <= {"proved", "supported"}


@pytest.mark.parametrize(
    ("text", "right", "wrong", "place"),
    [
        (SQUARED, "= (o_t - y_t) h_t^T", "= (o_t + y_t) h_t^T", 0),
        (SQUARED, "= V^T (o_t", "= 2 V^T (o_t", 1),
        (SQUARED, r"\mathrm{diag}(1 - h_t^2)", r"\mathrm{diag}(1 + h_t^2)", 2),
        (SOFTMAX, "= p_t - y_t", "= p_t + y_t", 0),
        (NUMBERS, "= 2 (o_t - y_t) h_t", "= (o_t - y_t) h_t", 0),
        (NUMBERS, "= w (1 - h_t^2)", "= u (1 - h_t^2)", 1),
    ],
)
def test_a_wrong_step_is_not_held(text: str, right: str, wrong: str, place: int) -> None:
    assert right in text
    assert verdicts(text.replace(right, wrong))[place] not in ("proved", "supported")


def test_what_was_before_may_hang_on_the_weights_of_the_recurrence() -> None:
    text = SQUARED + r"""$$\frac{\partial h_t}{\partial W_h} = \mathrm{diag}(1 - h_t^2) h_{t-1}^T$$"""
    assert verdicts(text)[-1] not in ("proved", "refuted")


def test_a_time_that_has_an_index_below_is_left_an_index() -> None:
    text = r"""$h_t = \tanh(U x_t + W h_{t-1})$, $p_t = \mathrm{softmax}(q_t)$ and $E_t = -\sum_k y_{t_k} \log p_{t_k}$.
$$\frac{\partial E_t}{\partial p_{t_k}} = -\frac{y_{t_k}}{p_{t_k}}$$"""
    assert verdicts(text)[-1] in ("proved", "supported")
    assert verdicts(text.replace(r"= -\frac", r"= \frac"))[-1] not in ("proved", "supported")
