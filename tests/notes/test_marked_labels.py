r"""Labels with a 1 at one class: L = -\log p_c beside y, and cases of the class that is the right one."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

OF_THE_CLASS = r"""Let $p = \mathrm{softmax}(z)$, and let $y$ be one-hot with the correct class $c$, so $L = -\log p_c$.
$$\frac{\partial L}{\partial z} = p - y$$"""
NETWORK = r"""Let $a = W h + b$, $p = \mathrm{softmax}(a)$, $L = -\log p_c$, the one-hot $y$ has its 1 in class $c$.
$$\frac{\partial L}{\partial a} = p - y$$
$$\frac{\partial L}{\partial h} = W^\top (p - y)$$
$$\frac{\partial L}{\partial W} = (p - y) h^\top$$"""
BY_CASES = r"""$$p_i = \frac{\exp(s_i)}{\sum_j \exp(s_j)}, \quad L = -\sum_i y_i \log p_i$$
where $y$ is a one-hot vector with $y_k = 1$.
$$\frac{\partial L}{\partial s_i} = \begin{cases} p_i - 1, & i = k \\ p_i, & i \neq k \end{cases}$$"""
SAID = BY_CASES.replace("a one-hot vector with $y_k = 1$", "one-hot and $k$ the correct class")


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if "partial" in step.left]


@pytest.mark.parametrize("text", [OF_THE_CLASS, NETWORK, BY_CASES, SAID])
def test_each_step_holds(text: str) -> None:
    assert set(verdicts(text)) <= {"proved", "supported"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (OF_THE_CLASS, "= p - y", "= p + y"),
        (OF_THE_CLASS, "= p - y", "= y - p"),
        (NETWORK, r"= W^\top (p - y)", r"= -W^\top (p - y)"),
        (NETWORK, r"= (p - y) h^\top", r"= 2 (p - y) h^\top"),
        (BY_CASES, "p_i - 1, & i = k", "p_i + 1, & i = k"),
        (BY_CASES, r"\\ p_i, &", r"\\ -p_i, &"),
    ],
)
def test_a_wrong_step_is_not_held(text: str, right: str, wrong: str) -> None:
    assert right in text
    assert set(verdicts(text.replace(right, wrong))) & {"undecided", "refuted"}


def test_a_label_that_is_not_said_to_be_one_hot_is_left_open() -> None:
    text = OF_THE_CLASS.replace("let $y$ be one-hot with the correct class $c$, so", "with labels $y$, let")
    assert verdicts(text) == ["undecided"]


def test_entries_of_what_a_softmax_of_a_bold_vector_is_of_are_classes() -> None:
    text = r"""$\mathbf{s} = W \mathbf{h}$, $\mathbf{p} = \mathrm{softmax}(\mathbf{s})$,
$L = -\sum_k y_k \log p_k$ with one-hot $y$.
$$\frac{\partial L}{\partial W_{ij}} = \sum_k \frac{\partial L}{\partial s_k} \frac{\partial s_k}{\partial W_{ij}}
= (p_i - y_i) h_j$$
$$\frac{\partial L}{\partial \mathbf{h}} = W^\top (\mathbf{p} - \mathbf{y})$$"""
    assert set(verdicts(text)) <= {"proved", "supported"}
    assert "refuted" in verdicts(text.replace("= (p_i - y_i) h_j", "= 2 (p_i - y_i) h_j"))


def test_what_shared_weights_feed_may_hang_on_them() -> None:
    text = r"""Let $z = W h$ and $L = \frac12 \|z - y\|^2$. The weights $W$ are shared by all layers.
$$\frac{\partial L}{\partial W} = (z - y) h^\top$$"""
    assert verdicts(text) != ["proved"]
    assert verdicts(text.replace("The weights $W$ are shared by all layers.", "")) == ["proved"]


UNIT = r"""$p = \mathrm{softmax}(z)$ and $L = -\log p_c$ for the class $c$. With the unit vector $\mathbf{e}_c$,
$$\frac{\partial L}{\partial z} = \mathbf{p} - \mathbf{e}_c$$
$$\frac{\partial p_c}{\partial z} = p_c (\mathbf{e}_c - \mathbf{p})$$"""
SECOND = r"""$L = \log \sum_k e^{o_k} - \sum_k y_k o_k$ and $p_j = \frac{e^{o_j}}{\sum_k e^{o_k}}$.
$$\partial_{o_j}^2 L = p_j (1 - p_j)$$"""


def test_a_unit_vector_has_its_one_at_a_class() -> None:
    assert verdicts(UNIT) == ["proved"] * 2
    assert verdicts(UNIT.replace("- \\mathbf{e}_c$$", "+ \\mathbf{e}_c$$"))[0] not in ("proved", "supported")
    assert verdicts(UNIT.replace("p_c (\\mathbf{e}_c -", "p_c (\\mathbf{e}_c +"))[1] not in ("proved", "supported")


def test_a_derivative_of_second_order_may_be_written_as_an_operator() -> None:
    assert check_notes(SECOND).steps[-1].verdict == "proved"
    assert check_notes(SECOND.replace("(1 - p_j)", "(1 + p_j)")).steps[-1].verdict == "refuted"


BOLD = r"""
$$f(\mathbf{w}_1, \dots, \mathbf{w}_K) = -\sum_{i=1}^N \sum_{k=1}^K t_{ik} \log \pi_{ik}, \quad
\pi_{ik} = \frac{\exp(\mathbf{w}_k^T \mathbf{x}_i)}{\sum_j \exp(\mathbf{w}_j^T \mathbf{x}_i)}$$
$$\nabla_{\mathbf{w}_k} f = \sum_{i=1}^N (\pi_{ik} - t_{ik}) \mathbf{x}_i$$
"""


def test_the_classes_of_bold_weights_are_those_of_the_sum() -> None:
    assert check_notes(BOLD).steps[-1].verdict in ("proved", "supported")
    assert check_notes(BOLD.replace("(\\pi_{ik} - t_{ik})", "(t_{ik} - \\pi_{ik})")).steps[-1].verdict == "refuted"
