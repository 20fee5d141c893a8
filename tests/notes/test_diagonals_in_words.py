r"""Diagonal matrices whose entries the words give, as the W of the Hessian -X^T W X of logistic regression."""

import pytest

from derivations.notes.library import check_notes

LOSS = r"""
$$L(w) = -\sum_{i=1}^n [y_i\log p_i + (1-y_i)\log(1-p_i)], \quad p_i = \sigma(w^Tx_i)$$
$$\nabla L = X^T(p-y)$$
$$\nabla^2 L = X^TSX$$
"""
LIKELIHOOD = r"""
$$\ell(\beta) = \sum_{i=1}^N \{y_i\beta^Tx_i - \log(1+e^{\beta^Tx_i})\}$$

where $p(x;\beta) = \frac{e^{\beta^Tx}}{1+e^{\beta^Tx}}$, and so

$$\frac{\partial\ell(\beta)}{\partial\beta} = \sum_{i=1}^N x_i(y_i - p(x_i;\beta)) = X^T(y - p)$$
$$\frac{\partial^2\ell(\beta)}{\partial\beta\partial\beta^T} = -X^TSX$$
"""


def verdicts(text: str, of: str = "S") -> list[str]:
    return [step.verdict for step in check_notes(text).steps if of in step.right]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (LOSS, r"where $S$ is diagonal with entries $p_i(1-p_i)$."),
        (LOSS, r"where $S$ is the diagonal matrix with $p_i(1-p_i)$ on its diagonal."),
        (LOSS, r"with a diagonal matrix $S$, where $S_{ii} = p_i(1-p_i)$."),
        (LOSS, r"其中 $S$ 是对角矩阵，对角元素为 $p_i(1-p_i)$。"),
        (LIKELIHOOD, r"where $S$ is diagonal, its $i$th element $p(x_i;\beta)(1-p(x_i;\beta))$."),
    ],
)
def test_the_entries_of_a_diagonal_matrix_in_words(text: str, words: str) -> None:
    assert verdicts(text + words)[0] in ("proved", "supported")
    assert verdicts(text + words.replace("(1-p", "(1+p"))[0] not in ("proved", "supported")
    assert verdicts(text.replace("X^TSX", "X^TSSX") + words)[0] not in ("proved", "supported")


def test_a_matrix_of_which_nothing_is_said_is_left_open() -> None:
    assert verdicts(LOSS) == ["undecided"]
    assert verdicts(LOSS + "where $S$ is symmetric with $p_i(1-p_i)$.") == ["undecided"]


def test_a_column_beside_a_matrix_keeps_its_axis() -> None:
    r"""The \beta of \beta^T x_i, where the matrices without indices say nothing of it."""
    steps = check_notes(LIKELIHOOD).steps
    assert [s.verdict for s in steps[2:4]] == ["proved", "proved"]
    wrong = check_notes(LIKELIHOOD.replace("X^T(y - p)", "X^T(p - y)")).steps
    assert wrong[3].verdict == "refuted"
