"""Numbers that are worked out from stated values: compared where all values are there, with what rounding may do."""

import pytest

from derivations.notes.library import check_notes

NEURON = r"$z = w_1 x_1 + w_2 x_2 + b$ and $a = \sigma(z)$. Take $x_1 = 1$, $x_2 = 2$, $w_1 = 0.5$, $w_2 = -0.25$, "
LINE = r"With $x = 2$, $w = 3$, $b = 1$ and $y = 1$ we have $z = wx + b = 7$ and $L = \frac12 (z - y)^2 = 18$. "


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (NEURON + "$b = 0.1$: $$z = 0.1$$", "proved"),
        (NEURON + "$b = 0.1$: $$z = 0.6$$", "refuted"),
        (NEURON + "$b = 0.1$: $$a = 0.525$$", "supported"),
        (NEURON + "$b = 0.1$: $$a = 0.1$$", "refuted"),
        (NEURON + "$b = 0.1$: $$a = 0.6$$", "undecided"),  # how far z was rounded isn't known
        (NEURON + "so $$z = 0.6$$", "undecided"),  # b has no value
        (LINE + r"So $\frac{\partial L}{\partial w} = (z - y) x = 12$.", "proved"),
        (LINE + r"So $\frac{\partial L}{\partial w} = (z - y) x = 14$.", "refuted"),
        (LINE.replace("18", "17"), "refuted"),
        (LINE, "proved"),
        (r"$L = -y \log p$. For $y = 1$ this is $-\log p$, and for $y = 0$ it is $L = 0$.", "proved"),
    ],
)
def test_a_number_for_stated_values(text: str, verdict: str) -> None:
    step = check_notes(text).steps[-1]
    assert step.verdict == verdict, step
    assert verdict != "refuted" or step.witness is not None and step.witness.values


def test_another_section_is_another_example() -> None:
    text = LINE + "\n\n# After the update\n\nNow $$(z - y) x = 4$$"
    assert check_notes(text).steps[-1].verdict != "refuted"


@pytest.mark.parametrize(("new", "verdict"), [("1.3", "proved"), ("w - 0.2", "undecided")])
def test_after_an_update_the_old_value_is_gone(new: str, verdict: str) -> None:
    text = (
        rf"With $x = 2$, $w = 0.5$: $\hat y = w x = 1$. After one step $w \leftarrow {new}$ and $\hat y = w x = 2.6$."
    )
    assert check_notes(text).steps[-1].verdict == verdict
