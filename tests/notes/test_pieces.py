r"""Steps about one piece of max, |u| and thresholds: what holds where an inequality beside it says is no mistake."""

import pytest

from derivations.notes.library import check_notes

HINGE = r"Let $L = \max(0, 1 - y w^\top x)$. "
ABSOLUTE = r"Let $L = |w x - y|$. "
RELU = r"Let $f(z) = \max(0, z)$. "


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HINGE + r"If $y w^\top x < 1$ then $\frac{\partial L}{\partial w} = -y x$.", "proved"),
        (HINGE + r"If $y w^\top x < 1$ then $\frac{\partial L}{\partial w} = y x$.", "refuted"),
        (HINGE + r"If $1 > y w^\top x$ then $\frac{\partial L}{\partial w} = -2 y x$.", "refuted"),
        (HINGE + r"Then $\frac{\partial L}{\partial w} = -y x$.", "refuted"),
        (ABSOLUTE + r"When $w x > y$, $\frac{\partial L}{\partial w} = x$.", "proved"),
        (ABSOLUTE + r"When $w x > y$, it is $x$; otherwise $\frac{\partial L}{\partial w} = -x$.", "proved"),
        (ABSOLUTE + r"$\frac{\partial L}{\partial w} = -x$ if $w x < y$.", "proved"),
        (ABSOLUTE + r"$\frac{\partial L}{\partial w} = x$ if $w x < y$.", "refuted"),
        (ABSOLUTE + r"For all $n > 1$: $\frac{\partial L}{\partial w} = x$.", "undecided"),
        (ABSOLUTE + r"For all $n > 1$: $\frac{\partial L}{\partial w} = 2x$.", "refuted"),
        (ABSOLUTE + r"$\frac{\partial L}{\partial w} = x$.", "refuted"),
        (RELU + r"For $z > 0$ we have $f'(z) = 1$.", "proved"),
        (RELU + r"For $z > 0$ we have $f'(z) = z$.", "refuted"),
    ],
)
def test_a_step_holds_in_the_piece_that_is_named(text: str, expected: str) -> None:
    [step] = [s for s in check_notes(text).steps if r"\partial" in s.left or s.left.startswith("f'")]
    assert step.verdict == expected, step.reason


def test_the_condition_of_a_proof_in_a_piece_is_its_inequality() -> None:
    [*_, step] = check_notes(ABSOLUTE + r"When $w x > y$, $\frac{\partial L}{\partial w} = x$.").steps
    assert any("> 0" in condition for condition in step.conditions)


@pytest.mark.parametrize(("below", "verdict"), [("0", "proved"), ("2", "undecided"), ("z", "undecided")])
def test_cases_are_about_all_pieces_whatever_was_said_of_one(below: str, verdict: str) -> None:
    cases = rf"f'(z) = \begin{{cases}} 1 & z > 0 \\ {below} & z < 0 \end{{cases}}"
    assert check_notes(f"{RELU} For $z > 0$ it is $z$. Then ${cases}$").steps[-1].verdict == verdict
    assert check_notes(f"{RELU} Then ${cases}$").steps[-1].verdict == ("proved" if below == "0" else "refuted")


@pytest.mark.parametrize(
    ("before", "behind"), [("The slope is always", ""), ("In general", ""), ("So", "for all $u$."), ("对所有", "")]
)
def test_what_is_said_to_hold_anywhere_is_of_no_piece(before: str, behind: str) -> None:
    slope = r"$$\frac{\partial L}{\partial u} = 1$$"
    start = f"Let $L = |u|$. If $u > 0$ then {slope} "
    assert check_notes(start).steps[-1].verdict == "proved"
    assert check_notes(f"{start}{before} {slope} {behind}").steps[-1].verdict in ("undecided", "refuted")


@pytest.mark.parametrize(("gap", "verdict"), [(r"\hat y_i - y_i", "proved"), (r"y_i - \hat y_i", "refuted")])
def test_a_prediction_with_a_hat_is_no_data(gap: str, verdict: str) -> None:
    text = r"$E = \frac1n \sum_{i=1}^n |y_i - \hat y_i|$ and "
    slope = rf"$\frac{{\partial E}}{{\partial \hat y_i}} = \frac1n \text{{sign}}({gap})$"
    assert check_notes(text + slope).steps[-1].verdict == verdict


@pytest.mark.parametrize("loss", [r"\frac12 \max(0, 1 - y w^T x)^2", r"\frac12 [\max(0, 1 - y w^T x)]^2"])
@pytest.mark.parametrize(("sign", "verdict"), [("-", "proved"), ("", "refuted"), ("-2", "refuted")])
def test_a_maximum_may_have_a_power(loss: str, sign: str, verdict: str) -> None:
    text = rf"$L = {loss}$ and $$\nabla_w L = {sign}\max(0, 1 - y w^T x)\, y x$$"
    assert check_notes(text).steps[-1].verdict == verdict


HUBER = r"""
$$L_\delta(a) = \begin{cases} \frac12 a^2 & |a| \le \delta \\ \delta (|a| - \frac12 \delta) & \text{else}\end{cases}$$
"""


@pytest.mark.parametrize("slope", [r"\frac{dL_\delta}{da}", r"L_\delta'(a)", r"\frac{\partial L_\delta}{\partial a}"])
@pytest.mark.parametrize(
    ("below", "above", "verdict"),
    [
        ("a", r"\delta \operatorname{sign}(a)", "proved"),
        ("a", r"\delta \frac{a}{|a|}", "proved"),
        ("a", r"\operatorname{sign}(a)", "refuted"),
        ("2a", r"\delta \operatorname{sign}(a)", "refuted"),
        (r"\delta", "a", "refuted"),
    ],
)
def test_the_delta_of_a_huber_loss_is_a_number(slope: str, below: str, above: str, verdict: str) -> None:
    cases = rf"$${slope} = \begin{{cases}} {below} & |a| \le \delta \\ {above} & \text{{otherwise}}\end{{cases}}$$"
    assert check_notes(HUBER + cases).steps[-1].verdict == verdict


def test_a_delta_that_is_differentiated_is_no_threshold() -> None:
    text = r"Stop when $|z| \le \delta$. $L = \delta y$ and $\frac{\partial \delta}{\partial z} = g$. "
    assert check_notes(text + r"$$\frac{\partial L}{\partial z} = 0$$").steps[-1].verdict != "proved"
