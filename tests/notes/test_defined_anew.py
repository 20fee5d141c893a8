r"""A name that has a value gets another one in the midst of a chain: softmax(z)_i = g(u, v) = u/v, with a new g."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


LOGISTIC = r"\frac{1}{1+e^{-z}}"


@pytest.mark.parametrize("words", ["令 ", "Let ", "where ", "Пусть ", "Donde ", ""])
@pytest.mark.parametrize("before", [r"\sigma(z)", r"1 - \sigma(-z)", r"\frac{e^z}{1 + e^z}", r"P(y=1|z)", "s"])
def test_a_function_is_another_one_from_there_on(words: str, before: str) -> None:
    text = rf"""Let $f(x) = x^2$, so $f'(x) = 2x$.

## The other one

{words}${before} = f(z) = {LOGISTIC}$.

$$f'(z) = f(z) (1 - f(z)) RIGHT$$
"""
    found = verdicts(text.replace("RIGHT", ""))
    assert found[:2] == ["definition", "proved"]
    assert found[2] in ("definition", "proved")
    assert found[3:] == ["conflict", "proved"]
    assert verdicts(text.replace("RIGHT", "+ 1"))[-1] == "refuted"


@pytest.mark.parametrize(
    ("first", "chain", "after"),
    [
        (r"p_i = \sigma(z_i)", r"softmax(z)_i = p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}", r"\sum_i p_i = 1"),
        ("g(x) = -\\log x", r"\frac{u}{v} = g(u, v) = u v^{-1}", r"\frac{\partial g}{\partial u} = \frac1v"),
        (r"\hat y = 2 z", rf"\sigma(z) = \hat y = {LOGISTIC}", r"\frac{d\hat y}{dz} = \hat y (1 - \hat y)"),
        (
            r"L(\theta) = (\theta x - y)^2",
            r"-\log p(y|x) = L(\theta) = -y \log \sigma(\theta x) - (1 - y) \log(1 - \sigma(\theta x))",
            r"\frac{\partial L}{\partial \theta} = (\sigma(\theta x) - y) x",
        ),
    ],
)
def test_names_of_every_kind(first: str, chain: str, after: str) -> None:
    found = verdicts(f"Let ${first}$.\n\n## Again\n\n${chain}$\n\n${after}$")
    assert found[-2:] == ["conflict", "proved"]
    assert "refuted" not in found


def test_let_what_stands_before_be_the_name() -> None:
    text = rf"""Let $f(x) = x^2$.

WORD ${LOGISTIC} = f(z)$, so $f'(z) = f(z) (1 - f(z))$."""
    assert verdicts(text.replace("WORD", "Let")) == ["definition", "conflict", "proved"]
    assert verdicts(text.replace("WORD", "Then"))[1] == "refuted"


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        (rf"{LOGISTIC} = f(z) = 1 + e^{{-z}}", ["proved", "refuted"]),  # the side before is what f was
        (r"1 - f(-z) = f(z) = \frac{1}{1 + e^z}", ["proved", "refuted"]),
        (r"f(z)(1 - f(z)) = f(z) = 2 f(z)", ["refuted", "refuted"]),
        (r"f'(z) = f(z) = \sigma(z)^2", ["refuted", "refuted"]),
    ],
)
def test_claims_about_the_old_one(chain: str, expected: list[str]) -> None:
    assert verdicts(f"$f(z) = {LOGISTIC}$\n\n${chain}$")[1:] == expected


def test_a_wrong_value_of_a_slope_is_no_definition() -> None:
    text = r"""$\delta = a - y$, $a = \sigma(z)$ and $L = -y\log a - (1-y)\log(1-a)$.

$$\frac{\partial L}{\partial z} = \delta = (a - y) a (1-a)$$"""
    assert verdicts(text)[-2:] == ["proved", "refuted"]


def test_a_slope_by_the_name_of_another_is_a_slip() -> None:
    text = r"""$z = w_1 x_1 + w_2 x_2$, $L = \frac12 (z - y)^2$ and $\frac{\partial L}{\partial w_1} = g = (z - y) x_1$.

SO $$\frac{\partial L}{\partial w_2} = g = (z - y) x_2$$"""
    assert verdicts(text)[-2] == "refuted"
    assert "conflict" in verdicts(text.replace("SO", "## The other"))


TWO_SECTIONS = r"""
## Regression

$L = \frac12 (a - y)^2$ with $a = wx + b$.

## Classification

WORDS $a = \sigma(wx+b)$ and $L = -y\log a - (1-y)\log(1-a)$.

$$\frac{\partial L}{\partial w} = (a-y)x$$
"""


def test_what_is_let_be_something_else_in_another_section_is_no_conflict() -> None:
    assert "conflict" not in verdicts(TWO_SECTIONS.replace("WORDS", "Now let"))
    assert "conflict" in verdicts(TWO_SECTIONS.replace("WORDS", "The model is"))
    assert "conflict" in verdicts(TWO_SECTIONS.replace("WORDS", "Now let").replace("## Classification", ""))
