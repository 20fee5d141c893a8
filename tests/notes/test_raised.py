r"""Scripts in a writing of a document's own: layers as raised numerals, transposes as a small t, \delta for ∂."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")
LAYERS = r"""$z^1 = W^1 x + b^1$, $a^1 = \sigma(z^1)$, $z^2 = W^2 a^1 + b^2$, $a^2 = \sigma(z^2)$, with the logistic
$\sigma$, and $L = \frac12 \|a^2 - y\|^2$. """
MIXED = (
    r"""$z^{(1)} = W^{(1)} x$, $a^{(1)} = \tanh(z^{(1)})$, $z^{(2)} = W^{(2)} a^1$ and $L = \frac12 \|z^2 - y\|^2$. """
)
MARKED = r"""$z^h = W^h x + b^h$, $a^h = \sigma(z^h)$, $z^o = W^o a^h + b^o$ and $L = \frac12 \|z^o - y\|^2$. """
WORDS = r"""
$a^{[1]} = \tanh(W^{[1]} x)$, $z^{\text{out}} = W^{out} a^{[1]} + b^{out}$ and $L = \frac12 \|z^{out} - y\|^2$. """
BOTH = r"$h = \tanh(W^{(1)} x)$, $z = W^{(2)} h$, $\hat{y} = W_2 h$ and $L = \frac12 \|\hat{y} - y\|^2$. "
OTHER = r"""$z^m = W^m a^{m-1} + b^m$ and $a^m = \sigma^m(z^m)$ for each layer $m$, and $C = \frac12 \|a^N - y\|^2$.
$$z^m_k = \sum_{l=1}^{d_{m-1}} W^m_{kl} a^{m-1}_l + b^m_k$$ """
SMALL_T = r"$q(\theta) = \frac12 \sum_{n=1}^N (\theta^t x_n - y_n)^2 + \frac\lambda2 \theta^t \theta$. "
SLOPES = r"$z = wx + b$, $a = \sigma(z)$, where $\sigma$ is the sigmoid, and $C = -y \log a - (1 - y) \log(1 - a)$. "


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        (LAYERS, r"\frac{\partial L}{\partial z^2} = (a^2 - y) \odot \sigma'(z^2)", ("(a^2 - y)", "(a^1 - y)")),
        (LAYERS, r"\frac{\partial L}{\partial a^1} = W^{2T} ((a^2 - y) \odot \sigma'(z^2))", ("W^{2T}", "W^2")),
        (MIXED, r"\frac{\partial L}{\partial W^2} = (z^2 - y) (a^1)^T", ("(z^2 - y)", "(z^2 + y)")),
        (MARKED, r"\frac{\partial L}{\partial W^o} = (z^o - y) (a^h)^T", ("(a^h)^T", "x^T")),
        (MARKED, r"\frac{\partial L}{\partial a^h} = W^{oT} (z^o - y)", ("W^{oT}", "W^{o}")),
        (MARKED, r"\frac{\partial L}{\partial a^h} = W^{oT} (z^o - y)", ("W^{oT}", "W^{hT}")),
        (WORDS, r"\frac{\partial L}{\partial W^{out}} = (z^{out} - y) a^{[1]^T}", ("^{[1]^T}", "^{[1]}")),
        (BOTH, r"\frac{\partial L}{\partial h} = {W^{(2)}}^T (\hat{y} - y)", ("^{(2)}", "^{(1)}")),
        (OTHER, r"\frac{\partial C}{\partial W^m_{ij}} = \frac{\partial C}{\partial z^m_i} a^{m-1}_j", ("m-1", "m")),
        (SMALL_T, r"\nabla q(\theta) = \sum_{n=1}^N (\theta^t x_n - y_n) x_n + \lambda \theta", ("- y_n", "+ y_n")),
        (SMALL_T, r"\frac{\partial}{\partial\theta} \theta^t \theta = 2 \theta", ("2", "3")),
        (SLOPES, r"\frac{\delta C}{\delta z} = \frac{\delta C}{\delta a}\frac{\delta a}{\delta z} = a-y", ("a-", "y-")),
        (SLOPES, r"\frac{\delta C}{\delta w} = x (a - y)", (r"x (", "w (")),
    ],
)  # fmt: skip
def test_raised_marks(given: str, right: str, wrong: tuple[str, str]) -> None:
    assert last(f"{given}$${right}$$") in HELD
    assert last(f"{given}$${right.replace(*wrong)}$$") not in HELD


def test_what_is_of_a_layer_beside_usual_names() -> None:
    given = r"""$s^{(l)} = W^{(l)} x^{(l-1)} + b^{(l)}$ with a matrix $W^{(l)}$, and $x^{(l)} = \tanh(s^{(l)})$.
    $$\frac{\partial J}{\partial W^{(L)}} = \frac{\partial J}{\partial s^{(L)}} (x^{(L-1)})^T$$
    $$e_j^{(l)} = \frac{\partial J}{\partial s_j^{(l)}}$$
    $$e_j^{(l)} = \frac{\partial J}{\partial x_j^{(l)}} """
    assert last(given + "(1 - (x_j^{(l)})^2)$$") in HELD
    assert last(given + "(1 - x_j^{(l)})$$") not in HELD


def test_a_transpose_beside_a_step() -> None:
    given = r"$a^l = \tanh(W^l a^{l-1})$, $z = W^{l+1} a^l$ and $L = \frac12 \|z - y\|^2$. "
    given += r"$$\frac{\partial L}{\partial a^l} = "
    assert last(given + r"W^{l+1 \top} (z - y)$$") in HELD
    assert last(given + r"W^{l \top} (z - y)$$") not in HELD


@pytest.mark.parametrize(("entry", "verdict"), [("kl", "proved"), ("lk", "undecided")])
def test_entries_of_a_transposed_matrix(entry: str, verdict: str) -> None:
    given = r"$z_l = \sum_k W_{lk} a_k$ and $$\sum_l W_{lk} \frac{\partial C}{\partial z_l} = "
    given += r"\sum_l W^T_{ENTRY} \frac{\partial C}{\partial z_l}$$"
    assert last(given.replace("ENTRY", entry)) == verdict


def test_what_may_be_something_else_stays() -> None:
    assert last(r"$z = wx$, $a = \tanh(z)$ and $\frac{da}{dz} = 1 - a^2$.") == "proved"  # one name, and no layer
    assert last(r"$C(\theta) = \theta^t$ for each $t > 0$, so $\frac{\partial C}{\partial\theta} = 1$.") not in HELD
    delta = r"$\delta = a - y$, $C = \frac12 \delta^2$ and $\frac{\partial C}{\partial a} = \frac{\delta a}{\delta a}$."
    assert last(delta) not in HELD


ERRORS = r"""$u_j = \sum_i v_{ji} x_i$, $h_j = \sigma(u_j)$, $s_k = \sum_j w_{kj} h_j$, $y_k = \sigma(s_k)$, with the
logistic $\sigma$, and $E = \frac12 \sum_k (y_k - t_k)^2$. $$\delta_k^o = \frac{\partial E}{\partial s_k}$$
$$\delta_j^h = \frac{\partial E}{\partial u_j}$$ """
BOLD = r"""$\mathbf{a} = W_1 \mathbf{x} + \mathbf{b}_1$, $\mathbf{h} = \sigma(\mathbf{a})$, with the logistic $\sigma$,
$\mathbf{o} = W_2 \mathbf{h} + \mathbf{b}_2$ and $L = \frac12 \|\mathbf{o} - \mathbf{y}\|^2$.
$$\boldsymbol{\delta}^{(o)} = \frac{\partial L}{\partial \mathbf{o}}$$
$$\boldsymbol{\delta}^{(a)} = \frac{\partial L}{\partial \mathbf{a}}$$ """


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        (ERRORS, r"\frac{\partial E}{\partial w_{kj}} = \delta_k^o h_j", ("^o", "^h")),
        (ERRORS, r"\delta_j^h = h_j (1 - h_j) \sum_k \delta_k^o w_{kj}", ("(1 - h_j)", "")),
        (ERRORS, r"\frac{\partial E}{\partial v_{ji}} = \delta_j^h x_i", ("x_i", "h_j")),
        (BOLD, r"\frac{\partial L}{\partial W_2} = \boldsymbol{\delta}^{(o)} \mathbf{h}^T", ("^{(o)}", "^{(a)}")),
        (BOLD, r"\boldsymbol{\delta}^{(a)} = W_2^T \boldsymbol{\delta}^{(o)} \odot \sigma'(\mathbf{a})", ("^T", "")),
    ],
)  # fmt: skip
def test_a_letter_raised_on_an_error_says_what_it_is_the_error_of(
    given: str, right: str, wrong: tuple[str, str]
) -> None:
    assert last(given + f"$${right}$$") in HELD
    assert last(given + f"$${right.replace(*wrong)}$$") not in HELD


def test_a_letter_raised_on_an_error_that_is_an_index_is_one() -> None:
    given = r"$L = \sum_{n=1}^N \frac12 (y^n - t^n)^2$ and $\delta^n = y^n - t^n$. "
    assert last(given + r"$$\frac{\partial L}{\partial y^n} = \delta^n$$") in HELD
