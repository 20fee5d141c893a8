r"""θ_0 + θ_1 x_1 + … beside θ^T x: the intercept is multiplied with an x_0 = 1, said or not."""

import pytest

from derivations.notes.library import check_notes

SAID = "With $x_0 = 1$ put before each input, "
FEW = r"$$h_\theta(x) = \theta_0 + \theta_1 x_1 + \theta_2 x_2 = \theta^T x$$"
MANY = r"$$h_\theta(x) = \theta_0 + \theta_1 x_1 + \cdots + \theta_n x_n$$"
COST = r"$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$"


def last(text: str, formula: str) -> str:
    return check_notes(f"{text}\n$${formula}$$\n").steps[-1].verdict


@pytest.mark.parametrize("model", [FEW, MANY])
@pytest.mark.parametrize(("words", "verdict"), [(SAID, "supported"), ("", "undecided")])
@pytest.mark.parametrize(
    "slope", [r"\frac1m X^T (X \theta - y)", r"\frac1m \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x^{(i)}"]
)
def test_a_gradient_by_arrays_may_hold_the_intercept(model: str, words: str, verdict: str, slope: str) -> None:
    assert last(words + model + COST, rf"\nabla_\theta J = {slope}") in (verdict, "undecided")


@pytest.mark.parametrize("model", [FEW, MANY])
@pytest.mark.parametrize("words", [SAID, ""])
@pytest.mark.parametrize(
    "slope", [r"\frac2m X^T (X \theta - y)", r"\frac1m X^T (X \theta + y)", r"-\frac1m X^T (X \theta - y)"]
)
def test_a_wrong_gradient_is_not_excused_by_the_intercept(model: str, words: str, slope: str) -> None:
    assert last(words + model + COST, rf"\nabla_\theta J = {slope}") == "refuted"


@pytest.mark.parametrize(("sign", "verdict"), [("", "supported"), ("-", "not held"), ("2", "not held")])
@pytest.mark.parametrize("rest", [r"\theta_2 x_2", r"\cdots + \theta_n x_n"])
def test_the_model_by_arrays_holds_where_a_feature_is_said_to_be_one(sign: str, verdict: str, rest: str) -> None:
    assert last(SAID, rf"h_\theta(x) = {sign}\theta_0 + \theta_1 x_1 + {rest} = \theta^T x") in (
        ("supported",) if verdict == "supported" else ("refuted", "undecided")
    )


@pytest.mark.parametrize("rest", [r"\theta_2 x_2", r"\cdots + \theta_n x_n"])
def test_an_intercept_with_another_sign_is_none(rest: str) -> None:
    model = rf"$$h_\theta(x) = -\theta_0 + \theta_1 x_1 + {rest} = \theta^T x$$"
    assert last(SAID + model + COST, r"\nabla_\theta J = \frac1m X^T (X \theta - y)") in ("refuted", "undecided")
