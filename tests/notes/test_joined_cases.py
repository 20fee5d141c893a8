"""Two conditions said in one breath, i = k and l = j: a step is held, or refuted, where both hold."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


STEP = r"\frac{\partial e^{x_{kl}}}{\partial x_{ij}} = e^{x_{ij}}"


@pytest.mark.parametrize(
    "text",
    [
        "Case 3: $i = k$, $l = j$, and so\n\n$%s$",
        "For $i = k$ and $l = j$ we have $$%s$$",
        r"$$%s, \quad i = k, l = j$$",
        "情况三: $i = k$, $l = j$ 此时\n\n$%s$",
    ],
)
def test_both_conditions_are_taken(text: str) -> None:
    assert verdicts(text % STEP) == ["proved"]
    assert verdicts(text % STEP.replace("= e", "= 2e")) == ["refuted"]


@pytest.mark.parametrize("text", ["If $i = k$ or $l = j$: $%s$", "For $i = k$: $%s$", "For $i = k$, $l \\ne j$: $%s$"])
def test_one_of_them_is_not_enough(text: str) -> None:
    assert not {"proved", "supported"} & set(verdicts(text % STEP))


def test_a_chain_goes_on_where_both_hold() -> None:
    text = (
        "For $i = k$ and $l = j$,\n$$"
        + STEP.replace("= e", r"= \frac{\partial e^{x_{ij}}}{\partial x_{ij}} = e")
        + "$$"
    )
    assert verdicts(text + "\nso that\n" + r"$$\frac{\partial e^{2x_{kl}}}{\partial x_{ij}} = 2e^{2x_{ij}}$$") == [
        "proved",
        "proved",
        "proved",
    ]


def test_three_equal_indices_are_one() -> None:
    text = r"For $i = j$, $j = k$: $\frac{\partial (u_i u_j)}{\partial u_k} = 2 u_i$."
    assert verdicts(text) == ["proved"]
    assert verdicts(text.replace("2 u_i", "u_i")) == ["refuted"]
