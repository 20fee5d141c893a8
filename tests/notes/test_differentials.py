r"""dz, which stands for ∂L/∂z: supported where it is that, refuted where one slip keeps it from being that."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes
from derivations.notes.report import StepRecord

NEURON = r"$z = w x + b$, $a = \sigma(z)$ and $L = -(y \log a + (1 - y) \log(1 - a))$. "
SAID = NEURON + r"$da = \frac{dL}{da} = -\frac{y}{a} + \frac{1 - y}{1 - a}$. "
LINEAR = r"Для одного примера $z = w x$ и $L = \frac12 (z - t)^2$. "
LAYERS = r"""$$Z = W A + b, \quad H = \tanh(Z), \quad U = V H + c$$

"""


def steps(text: str) -> list[StepRecord]:
    return check_notes(text).steps


def last(text: str) -> str:
    return steps(text)[-1].verdict


@pytest.mark.parametrize("given", [NEURON, SAID])
@pytest.mark.parametrize(
    ("right", "wrong"), [(r"$dz = a - y$", r"$dz = a + y$"), (r"$dw = (a - y) x$", r"$dw = (a + y) x$")]
)
def test_what_it_stands_for_is_held_and_a_wrong_sign_is_refuted(given: str, right: str, wrong: str) -> None:
    assert last(given + right) in ("proved", "supported")
    step = steps(given + wrong)[-1]
    assert (step.verdict, step.effect) == ("refuted", "introduces_error")
    assert step.witness is not None


def test_in_another_language_and_for_another_loss() -> None:
    assert last(LINEAR + "$dz = z - t$") == "supported"
    assert last(LINEAR + "$dz = z + t$") == "refuted"


def test_a_sign_of_the_whole_side_is_refuted_only_where_the_document_says_what_such_names_are() -> None:
    """Some go uphill: dz = y - a may be meant where nothing says that dz is ∂L/∂z."""
    assert last(NEURON + "$dz = y - a$") == "undecided"
    assert last(NEURON + "$dz = 2 (a - y)$") == "undecided"
    assert last(SAID + "$dz = y - a$") == "refuted"
    found = steps(NEURON + "$dz = y - a$, and so $dw = (a - y) x$.")
    assert [step.verdict for step in found[-2:]] == ["refuted", "supported"]


def test_what_is_not_the_derivative_is_no_silent_definition() -> None:
    step = steps(NEURON + "$dz = a (1 - a)$")[-1]
    assert step.verdict == "undecided"
    assert step.reason is not None
    assert "dz" in step.reason
    assert last(SAID + "$dz = a (1 - a)$") == "refuted"
    assert last("$z = w x$. $dz = a (1 - a)$") == "definition"
    assert last(NEURON + "$dx = 0.1$") == "definition"


def test_what_goes_on_with_a_wrong_one_carries_the_error_on() -> None:
    found = steps(SAID + r"$dz = a + y$, $dw = x \, dz$, $db = dz$ and $dw = w \, dz$.")
    assert [(step.verdict, step.effect) for step in found[-4:-1]] == [
        ("refuted", "introduces_error"),
        ("supported", "inherits_error"),
        ("supported", "inherits_error"),
    ]
    assert found[-1].verdict == "conflict"
    right = steps(SAID + r"$dz = a - y$, $dw = x \, dz$, $db = dz$.")
    assert [(step.verdict, step.effect) for step in right[-3:]] == [("proved", None)] * 3


def test_of_a_mean_it_is_that_of_each_sample() -> None:
    mean = r"$J = \frac{1}{2n} \sum_{i=1}^n (z_i - y_i)^2$. "
    assert last(mean + "$dz_i = z_i - y_i$") == "supported"
    assert last(mean + "$dz_i = z_i + y_i$") == "refuted"


@pytest.mark.parametrize("mean", ["", r"\frac{1}{m} "])
def test_between_layers_it_holds_for_every_loss(mean: str) -> None:
    assert last(LAYERS + rf"$$dV = {mean}dU \, H^T$$") == "supported"
    assert last(LAYERS + rf"$$dV = {mean}dU \, H$$") not in ("proved", "supported")
    assert last(LAYERS + rf"$$dV = {mean}H \, dU^T$$") not in ("proved", "supported")
    assert last(LAYERS + rf"$$dW = {mean}dZ \, H^T$$") not in ("proved", "supported")


def test_the_mean_is_meant_of_all_weights_or_of_none() -> None:
    both = LAYERS + r"$$dV = \frac{1}{m} dU \, H^T$$ $$dW = %sdZ \, A^T$$"
    assert [step.verdict for step in steps(both % r"\frac{1}{m} ")[-2:]] == ["supported"] * 2
    assert last(both % "") not in ("proved", "supported")


SLOPES = r"""
Let $z = w_1x_1 + w_2x_2 + b$, $a = \sigma(z)$ and $L(a,y) = -(y\log a + (1-y)\log(1-a))$.

$$\frac{dL}{dz} = a - y$$
$$\frac{\partial L}{\partial w_2} = RIGHT$$
"""


def test_a_derivative_by_what_begins_with_d() -> None:
    """∂L/∂w = x dz, where nothing says that dz is ∂L/∂z: supported where it is."""
    for right, verdict in ((r"x_2 dz", "supported"), ("-x_2 dz", "undecided"), ("x_1 dz", "undecided")):
        step = check_notes(SLOPES.replace("RIGHT", right)).steps[-1]
        assert step.verdict == verdict, right
