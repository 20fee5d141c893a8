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

BINARY = r"$\hat y = \sigma(z)$, $z = w x + b$ and $L = -y \log \hat y - (1 - y) \log(1 - \hat y)$. "

PAIRS = [
    (
        BINARY,
        r"\frac{\partial L}{\partial \hat y} = -\frac{y}{\hat y} + \frac{1 - y}{1 - \hat y}",
        r"\frac{\partial L}{\partial \hat y} = -\frac{\hat y}{y} + \frac{1 - \hat y}{1 - y}",
    ),
    (
        BINARY,
        r"\frac{\partial \hat y}{\partial z} = \hat y (1 - \hat y)",
        r"\frac{\partial \hat y}{\partial z} = y (1 - y)",
    ),
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


BATCH = r"""$\hat y_i = \sum_{j=1}^m w_j x_{ij}$ and $C = \frac12 \sum_{i=1}^n (\hat y_i - y_i)^2$.

$$\frac{\partial C}{\partial w_j} = \sum_{i=1}^n (\hat y_i - y_i) \frac{\partial \hat y_i}{\partial w_j} = """


def test_who_writes_a_sum_and_then_none_has_lost_it() -> None:
    assert last(BATCH + r"\sum_{i=1}^n (\hat y_i - y_i) x_{ij}$$").verdict == "proved"
    assert last(BATCH + r"(\hat y_i - y_i) x_{ij}$$").verdict == "refuted"
    one_hot = r"With one-hot $y$ and $L = -\sum_{c=1}^K y_c \log p_c$, $$-\sum_{c=1}^K y_c \log p_c = -\log p_c$$"
    assert last(one_hot).verdict == "undecided"  # c may be the class whose label is 1


def test_a_total_is_another_name_than_its_parts() -> None:
    text = r"$L_i = \frac12 (w x_i - y_i)^2$ and $L = \frac1n \sum_{i=1}^n L_i$, so "
    right = check_notes(text + r"$\frac{\partial L}{\partial w} = \frac1n \sum_{i=1}^n (w x_i - y_i) x_i$").steps
    assert [step.verdict for step in right] == ["definition", "definition", "proved"]
    assert last(text + r"$\frac{\partial L}{\partial w} = \sum_{i=1}^n (w x_i - y_i) x_i$").verdict == "refuted"


SOFTMAX = r"Let $p_k = e^{z_k} / \sum_j e^{z_j}$. "


def test_what_holds_where_two_indices_coincide_is_false_unless_the_text_tells_cases_apart() -> None:
    step = r"$$\frac{\partial p_k}{\partial z_l} = p_k (1 - p_l)$$"
    assert last(SOFTMAX + step).verdict == "refuted"
    assert last(SOFTMAX + "For $k = l$ " + step).verdict == "proved"
    assert last(SOFTMAX + "The entries on the diagonal are " + step).verdict == "undecided"
    assert last(SOFTMAX + "When the indices agree, " + step).verdict == "undecided"


def test_an_older_definition_does_not_make_a_name_unknown_that_the_later_one_has() -> None:
    text = (
        r"$\hat y_i = w x_i$ and $J = \frac1n \sum_{i=1}^n (\hat y_i - y_i)^2$. With a penalty "
        r"$$J = \frac1n \sum_{i=1}^n (\hat y_i - y_i)^2 + \lambda w^2$$ "
        r"$$\frac{\partial J}{\partial w} = \frac2n \sum_{i=1}^n (\hat y_i - y_i) x_i + "
    )
    assert last(text + r"2 \lambda w$$").verdict == "proved"
    assert last(text + r"\lambda w$$").verdict == "refuted"


def test_a_mean_is_not_meant_inside_a_sum_over_the_same() -> None:
    text = r"$\hat y_i = w x_i + b$, $J = \frac{1}{2n} \sum_{i=1}^n (\hat y_i - y_i)^2$, "
    assert last(text + r"$\frac{\partial J}{\partial b} = \frac1n \sum_{i=1}^n (\hat y_i - y_i)$").verdict == "proved"
    assert last(text + r"$\frac{\partial J}{\partial b} = \frac1n \sum_{i=1}^n (\hat y_k - y_i)$").verdict == "refuted"


ROWS = r"""$X \in \mathbb{R}^{n \times d}$ with rows $x_i^T$, $\hat{y} = Xw$ and $L = \|\hat y - y\|^2$. """
NORM = r"With $\hat{y} = Xw$ the loss is $L(w) = \frac{1}{2} \|\hat y - y\|^2$. "
LOGS = r"With $z = X\theta$ and $h = \sigma(z)$ let $J = -\frac1m (y^T \log(h) + (1 - y)^T \log(1 - h))$. "


@pytest.mark.parametrize(
    ("before", "right"),
    [
        (ROWS, r"\nabla_w L = 2 X^T (\hat y - y)"),
        (NORM, r"\nabla_w L = X^T (\hat y - y)"),
        (LOGS, r"\nabla_\theta J = \frac1m X^T (h - y)"),
    ],
)
def test_a_lost_transpose_is_refuted_where_labels_are_arrays(before: str, right: str) -> None:
    assert last(f"{before}$${right}$$").verdict == "proved"
    assert last(f"{before}$${right.replace('X^T', 'X')}$$").verdict == "refuted"


def test_samples_may_be_columns_where_no_product_says_that_they_are_rows() -> None:
    assert last(r"Let $L = \sum_i (w^T x_i - y_i)^2$. $$\nabla_w L = 2 X (X^T w - y)$$").verdict != "refuted"


CASES = r"""$p_k = \frac{e^{z_k}}{\sum_c e^{z_c}}$ and $L = -\log p_t$ with $z_k = w_k^T x + b_k$.

- If $k = t$: $\frac{\partial L}{\partial z_k} = p_k - 1$
- If $k \neq t$: $\frac{\partial L}{\partial z_k} = p_k$

Therefore

$$\frac{\partial L}{\partial w_k} = (p_k - \mathbb{1}\{k = t\}) x$$"""


def test_an_indicator_speaks_of_both_cases_behind_a_list_of_them() -> None:
    assert [s.verdict for s in check_notes(CASES).steps if s.verdict != "definition"] == ["proved"] * 3
    assert last(CASES.replace(r"p_k - \math", r"p_k + \math")).verdict == "refuted"  # was proved for k ≠ t


ONE_INDEX = r"""$J = \frac{1}{2n} \sum_{i=1}^n (w^T x_i - y_i)^2 + \frac{\lambda}{2} \sum_{j=1}^d w_j^2$.

$$\frac{\partial J}{\partial w_j} = \frac{1}{n} \sum_{i=1}^n (w^T x_i - y_i) x_{ij} + \lambda w_j$$"""


def test_a_wrong_index_does_not_hide_itself_by_what_it_does_to_the_notation() -> None:
    assert last(ONE_INDEX).verdict in ("proved", "supported")
    spoilt = last(ONE_INDEX.replace("y_i) x_{ij}", "y_j) x_{ij}"))
    assert spoilt.verdict == "refuted" and spoilt.witness is not None


def test_what_is_more_than_one_slip_away_is_left_open_where_the_notation_is_unclear() -> None:
    text = r"""$L = - \sum_{i=1}^N [(1-y) \log(1-s(w^Tx_i)) + y \log(s(w^Tx_i))]$ where $s$ is the sigmoid function.

$\frac{\partial L}{\partial w} = \sum_{i = 1}^{n} (1 - y) x_i s(w^Tx_i) - y x_i (1 - s(w^Tx_i))$
$= \sum_{1=1}^{n} x_i(s(w^Tx_i) - y)$"""
    assert "refuted" not in [s.verdict for s in check_notes(text).steps]


VECTOR = r"$z = w^T x + b$, $a = \sigma(z)$ and $L = -(y \log(a) + (1-y) \log(1-a))$. $dz = \frac{dL}{dz} = a - y$. "


def test_the_entries_of_a_vector_have_numbers() -> None:
    found = check_notes(VECTOR + r"$dw_1 = \frac{dL}{dw_1} = x_1 dz$ and $dw_2 = \frac{dL}{dw_2} = x_2 dz$.").steps
    assert all(s.verdict in ("definition", "proved", "supported") for s in found), found
    assert last(VECTOR + r"$dw_2 = \frac{dL}{dw_2} = x_1 dz$.").verdict == "refuted"


def test_a_product_of_numbers_is_no_value_of_an_example() -> None:
    assert last(r"$$-0.5 \cdot 0.25 = 0.125$$").verdict == "refuted"
    assert last(r"$$-0.5 \cdot 0.25 = -0.13$$").verdict != "refuted"


DOTTED = r"""$J(w,b) = \frac{1}{2m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)})^2 + \frac{\lambda}{2m} \sum_{j=1}^n w_j^2$
where $f_{w,b}(x^{(i)}) = w \cdot x^{(i)} + b$. """
GRADIENT = r"\frac{\partial J}{\partial w_j} = \frac{1}{m} \sum_{i=1}^m (f_{w,b}(x^{(i)}) - y^{(i)}) x_j^{(i)} + "
FEATURES = r"$y_n = \sigma(a_n)$, $a_n = \mathbf{w}^T \phi_n$, $E = -\sum_n t_n \ln y_n + (1 - t_n) \ln(1 - y_n)$."


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (
            DOTTED,
            GRADIENT + r"\frac{\lambda}{m} w_j",
            GRADIENT + r"\lambda w_j",
        ),
        (FEATURES, r"\nabla E = \sum_n (y_n - t_n) \phi_n", r"\nabla E = \sum_n (t_n - y_n) \phi_n"),
    ],
)
def test_data_are_vectors_where_weights_are_multiplied_with_them(before: str, right: str, wrong: str) -> None:
    assert last(f"{before} $${right}$$").verdict == "proved"
    assert last(f"{before} $${wrong}$$").verdict == "refuted"


MARGIN = r"Let $m_i = y_i w^\top x_i$ with $y_i \in \{-1, 1\}$ and $L = \sum_i \log(1 + e^{-m_i})$. "
CLASSES = r"$\hat{y}_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$ and $z_k = w_k^T x + b_k$. For $i \neq k$: "


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (
            MARGIN,
            r"\frac{\partial L}{\partial w} = -\sum_i \sigma(-m_i) y_i x_i",
            r"\frac{\partial L}{\partial w} = -\sum_i \sigma(m_i) y_i x_i",
        ),
        (
            CLASSES,
            r"\frac{\partial \hat{y}_k}{\partial z_i} = -\hat{y}_k \hat{y}_i",
            r"\frac{\partial \hat{y}_k}{\partial z_i} = \hat{y}_k \hat{y}_i",
        ),
    ],
)
def test_margins_and_predicted_classes_have_the_values_that_are_said(before: str, right: str, wrong: str) -> None:
    assert last(f"{before} $${right}$$").verdict in ("proved", "supported")
    assert last(f"{before} $${wrong}$$").verdict == "refuted"
