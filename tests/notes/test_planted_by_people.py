"""Mistakes as people make them, each beside the same text without it: the one refuted, the other held."""

import pytest

from derivations.notes.library import check_notes
from derivations.notes.report import StepRecord

LEAST_SQUARES = r"$$J(w) = \|y - Xw\|^2 + \lambda \|w\|^2$$ "
INNER = r"$$J(w) = (y - Xw)^\top (y - Xw)$$ "
OUTPUTS = r"$$L = \frac12 \|Y - XW\|_F^2$$ "
LIKELIHOOD = r"""$$L(p) = \prod_{i=1}^n p^{x_i} (1-p)^{1-x_i}$$ so that

$$\ell(p) = \log L(p) = \sum_{i=1}^n \left( x_i \log p + (1-x_i) \log(1-p) \right)$$ """
LINE = r"$$S = \sum_{i=1}^n (y_i - a - b x_i)^2$$ "
NETWORK = r"""$h_j = \sigma(\sum_i w_{ji} x_i)$, $o_k = \sum_j v_{kj} h_j$ and $E = \frac12 \sum_k (o_k - t_k)^2$. """

PAIRS = [
    (LEAST_SQUARES, r"\nabla_w J = -2X^T(y - Xw) + 2\lambda w", r"\nabla_w J = -2X(y - Xw) + 2\lambda w"),
    (LEAST_SQUARES, r"\nabla_w J = -2X^T(y - Xw) + 2\lambda w", r"\nabla_w J = -2X^T(y - Xw) + \lambda w"),
    (INNER, r"\nabla_w J = -2X^\top(y - Xw)", r"\nabla_w J = -2X(y - Xw)"),
    (OUTPUTS, r"\frac{\partial L}{\partial W} = -X^T(Y - XW)", r"\frac{\partial L}{\partial W} = -X(Y - XW)"),
    (
        LIKELIHOOD,
        r"\frac{d\ell}{dp} = \sum_{i=1}^n \left( \frac{x_i}{p} - \frac{1-x_i}{1-p} \right)",
        r"\frac{d\ell}{dp} = \sum_{i=1}^n \left( \frac{x_i}{p} + \frac{1-x_i}{1-p} \right)",
    ),
    (
        LINE,
        r"\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)",
        r"\frac{\partial S}{\partial a} = -2 n \sum_{i=1}^n (y_i - a - b x_i)",
    ),
    (
        LINE + r"$$\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)$$ ",
        r"\frac{\partial S}{\partial b} = -2 \sum_{i=1}^n x_i (y_i - a - b x_i)",
        r"\frac{\partial S}{\partial b} = -2 b \sum_{i=1}^n (y_i - a - b x_i)",
    ),
    (
        NETWORK,
        r"\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k) v_{kj}",
        r"\frac{\partial E}{\partial h_j} = \sum_k (o_k - t_k) v_{jk}",
    ),
]


def last(text: str) -> StepRecord:
    return check_notes(text).steps[-1]


@pytest.mark.parametrize(("before", "right", "wrong"), PAIRS)
def test_a_mistake_is_refuted_and_the_text_without_it_holds(before: str, right: str, wrong: str) -> None:
    found = check_notes(f"{before}$${right}$$").steps
    assert found[-1].verdict in ("proved", "supported"), found[-1]
    assert not [s for s in found if s.verdict in ("refuted", "conflict")]
    spoilt = last(f"{before}$${wrong}$$")
    assert spoilt.verdict == "refuted" and spoilt.witness is not None, spoilt


def test_what_may_be_matrices_is_not_exchanged() -> None:
    assert last(r"$$X W X = X X W$$").verdict not in ("proved", "supported")
