r"""For x = 1 and y = 0: how far a case reaches that was said some formulas before a step."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

NEURON = r"""
A neuron computes $a = \sigma(z)$ with $z = wx + b$, and its cost is $C = \frac{(y-a)^2}{2}$.

With $x = 1$ and $y = 0$:

$$\frac{\partial C}{\partial w} = a \sigma'(z)$$
"""
ENTROPY = r"""
Replacing the cost by $C = -[y \ln a + (1-y) \ln(1-a)]$,

$$\frac{\partial C}{\partial w} = -\left(\frac{y}{\sigma(z)} - \frac{1 %s y}{1-\sigma(z)}\right) \sigma'(z) x$$
"""


def last(text: str) -> tuple[str, str | None]:
    step = check_notes(text).steps[-1]
    return step.verdict, step.reason


def test_a_case_goes_on_over_the_next_display() -> None:
    """It was refuted: the values were looked for in the two lines before a step."""
    assert last(NEURON)[0] == "proved"
    assert last(NEURON + r"$$\frac{\partial C}{\partial b} = a \sigma'(z)$$") == ("undecided", "holds for x = 1, y = 0")
    assert last(NEURON + r"$$\frac{\partial C}{\partial b} = 2 a \sigma'(z)$$")[0] == "refuted"


def test_what_names_the_label_is_not_of_the_case_that_gives_it_a_value() -> None:
    """1 + y for 1 - y was proved, for y = 0."""
    assert last(NEURON + ENTROPY % "-")[0] == "proved"
    assert last(NEURON + ENTROPY % "+")[0] == "refuted"


def test_a_case_ends_where_something_is_said_in_general() -> None:
    assert last(NEURON + r"In general, $$\frac{\partial C}{\partial b} = a \sigma'(z)$$")[0] == "refuted"
    assert last(NEURON + r"In general, $$\frac{\partial C}{\partial w} = (a - y) \sigma'(z) x$$")[0] == "proved"
    assert last(NEURON + r"In general, $$\frac{\partial C}{\partial w} = (a + y) \sigma'(z) x$$")[0] == "refuted"


def test_a_case_ends_with_its_section() -> None:
    assert last(NEURON + "\n## Any input\n\n" + r"$$\frac{\partial C}{\partial b} = a \sigma'(z)$$")[0] == "refuted"


RATED = r"""
We write
$$\frac{\partial J}{\partial r} = \frac{\partial (\frac12 (t - r)^2 + \frac{\lambda}{2} r^2)}{\partial r}$$
WORDS
$$\frac{\partial J}{\partial r} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("words", "right", "expected"),
    [
        (r"For $m \in D$,", r"r - t + \lambda r", "proved"),
        (r"For (any) $m \notin D$,", r"\lambda r", "undecided"),  # refuted before
        (r"For $m \notin D$ nothing is paid. For the others we have", r"\lambda r", "refuted"),
        (r"For $m \in D$,", r"\lambda r", "refuted"),
    ],
)
def test_what_is_not_in_a_set_is_a_case(words, right, expected):
    text = RATED.replace("WORDS", words).replace("RIGHT", right)
    assert check_notes(text).steps[-1].verdict == expected
