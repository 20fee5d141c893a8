"""Rows of one formula that are for different things: the second is no other form of the first."""

import pytest

from derivations.notes.library import check_notes

ROWS = r"""$$
\begin{aligned}
\delta &= g(s) \\
&= y (1 - y)(y - z) %s \\
&= (1 - y^2)(y - z) %s
\end{aligned}
$$"""


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (r"\quad \text{for sigmoid}", r"\quad \text{for tanh}"),
        (r"\ for \ sigmoid", r"\ for \ tanh"),
        (r"\quad \text{(sigmoid)}", r"\quad \text{(tanh)}"),
        (r"\quad \text{if the logistic function is used}", r"\quad \text{with tanh}"),
    ],
)
def test_rows_for_different_things_are_left_open(first: str, second: str) -> None:
    assert last(ROWS % (first, second)) == "undecided"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        (r"\quad \text{for sigmoid}", r"\quad \text{for sigmoid}"),
        (r"\quad \text{for sigmoid}", ""),
        (r"\quad \text{(chain rule)}", r"\quad \text{(definition)}"),
    ],
)
def test_other_rows_are_one_chain(first: str, second: str) -> None:
    assert last(ROWS % (first, second)) == "refuted"
