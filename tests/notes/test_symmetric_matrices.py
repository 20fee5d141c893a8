r"""Matrices that a text says to be symmetric or diagonal, and weights of samples as a column and as a matrix."""

import pytest

from derivations.notes.library import check_notes

QUADRATIC = r"Let $J(\theta) = (X\theta - y)^T W (X\theta - y)$ where $W$ is {}. Then"
WHOLE = r"$$\nabla_\theta J = 2 X^T W (X\theta - y)$$"
WEIGHTED = r"""
We minimise $J(\beta) = \sum_{i=1}^n w_i (y_i - x_i^T \beta)^2 = (y - X\beta)^T W (y - X\beta)$, and find
$$\frac{\partial J}{\partial \beta} = GRADIENT$$
"""
ALIKE = [
    "a symmetric matrix",
    "an $r \\times r$ symmetric matrix",
    "symmetric and positive definite",
    "a real diagonal matrix",
    "eine symmetrische Matrix",
    "una matriz simétrica",
    "对称矩阵",
]


def last(text: str):
    return check_notes(text).steps[-1]


@pytest.mark.parametrize("kind", ALIKE)
def test_what_is_said_of_a_matrix_is_a_condition_of_the_proof(kind: str) -> None:
    step = last(QUADRATIC.format(kind) + "\n" + WHOLE)
    assert step.verdict == "proved"
    assert any(condition.startswith("W is ") for condition in step.conditions)


@pytest.mark.parametrize("kind", ["a matrix", "not a symmetric matrix", "a matrix that is not necessarily symmetric"])
def test_nothing_is_assumed_where_nothing_is_said(kind: str) -> None:
    assert last(QUADRATIC.format(kind) + "\n" + WHOLE).verdict not in ("proved", "supported")


def test_both_halves_need_no_assumption() -> None:
    step = last(QUADRATIC.format("a matrix") + r" $$\nabla_\theta J = X^T (W + W^T) (X\theta - y)$$")
    assert step.verdict == "proved"
    assert not step.conditions


@pytest.mark.parametrize("kind", ["a symmetric matrix", "a diagonal matrix"])
@pytest.mark.parametrize(
    "wrong",
    [r"X^T W (X\theta - y)", r"-2 X^T W (X\theta - y)", r"2 X^T W (X\theta + y)", r"2 X^T (X\theta - y)"],
)
def test_a_slip_is_refuted_at_a_matrix_of_that_kind(kind: str, wrong: str) -> None:
    step = last(QUADRATIC.format(kind) + rf" $$\nabla_\theta J = {wrong}$$")
    assert step.verdict == "refuted"
    assert step.witness is not None
    cells = {name: value for name, value in step.witness.values.items() if name.startswith("W[")}
    for name, value in cells.items():
        row, column = name[2:-1].split(",")
        assert value == cells.get(f"W[{column.strip()},{row.strip()}]", value)


def test_what_is_said_further_on_is_no_condition_but_refutes_nothing() -> None:
    begins = QUADRATIC.format("a matrix") + "\n" + WHOLE
    step = check_notes(begins + "\n\nMore of this.\n\nStill more.\n\nThe matrix is read off; $W$ is symmetric.").steps[
        -1
    ]
    assert step.verdict == "undecided"
    assert "further on" in str(step.reason)


def test_what_is_said_behind_in_the_same_sentence_is_heard() -> None:
    step = last(QUADRATIC.format("a matrix") + "\n" + WHOLE + "\nbecause $W$ is symmetric.")
    assert step.verdict == "proved"


def test_a_matrix_equal_to_its_transpose_is_symmetric() -> None:
    text = r"Let $J(\theta) = (X\theta - y)^T W (X\theta - y)$ with $W^T = W$. Then" + WHOLE
    assert last(text).verdict == "proved"


@pytest.mark.parametrize("form", [r"-2 X^T W (y - X\beta)", r"-2 \sum_{i=1}^n w_i (y_i - x_i^T \beta) x_i"])
def test_weights_of_samples_are_a_column_and_a_matrix(form: str) -> None:
    steps = check_notes(WEIGHTED.replace("GRADIENT", form)).steps
    assert [s.verdict in ("proved", "supported", "definition") for s in steps] == [True] * len(steps)
    assert steps[-1].verdict != "definition"


def test_weights_on_a_diagonal_are_written_out() -> None:
    text = r"Let $W = \mathrm{diag}(w_1, \dots, w_n)$." + WEIGHTED.replace("GRADIENT", r"-2 X^T W (y - X\beta)")
    assert [s.verdict for s in check_notes(text).steps[-2:]] == ["proved", "proved"]


@pytest.mark.parametrize(
    "wrong",
    [
        r"-X^T W (y - X\beta)",
        r"2 X^T W (y - X\beta)",
        r"-2 X^T (y - X\beta)",
        r"-2 \sum_{i=1}^n (y_i - x_i^T \beta) x_i",
        r"-2 \sum_{i=1}^n w_i^2 (y_i - x_i^T \beta) x_i",
    ],
)
def test_slips_with_weights_of_samples_are_not_held(wrong: str) -> None:
    assert last(WEIGHTED.replace("GRADIENT", wrong)).verdict in ("refuted", "undecided")


@pytest.mark.parametrize(
    "said",
    [
        "$A$ be a diagonal matrix and $B$ a square matrix",
        "$A$ be symmetric and $B$ be symmetric",
        "$A$ and $B$ be square matrices",
    ],
)
def test_matrices_commute_for_no_reason_that_is_said_here(said: str) -> None:
    assert last(f"Let {said}. Then $A B = B A$.").verdict not in ("proved", "supported")


def test_a_product_of_symmetric_matrices_is_turned_by_a_transpose() -> None:
    assert last("Let $A$ be symmetric and $B$ be symmetric. Then $(A B)^T = B A$.").verdict == "proved"
