"""Derivations of backpropagation as people write them: layers by index and as matrices, ReLU, worked numbers."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")
LAYERS = r"""$z^l_j \equiv \sum_k w^l_{jk} a^{l-1}_k + b^l_j$ and $a^l_j := \sigma(z^l_j)$ and
$\delta^l_j \equiv \frac{\partial C}{\partial z^l_j}$, of which the next has $w^{l+1}_{kj}$.

"""
MATRICES = r"""$z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}$ and $a^{(l)} = \sigma(z^{(l)})$, with $\hat{y} = a^{(L)}$ and
$J = \frac{1}{2} \sum (\hat{y} - y)^2$ and $\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}$.

$$\delta^{(l)} = \left( (W^{(l+1)})^T \delta^{(l+1)} \right) \odot \sigma'(z^{(l)})$$

"""
RECTIFIED = r"""$z_1 = W_1 x + b_1$, $h = \text{ReLU}(z_1)$, $\hat{y} = W_2 h + b_2$ and
$L = \frac{1}{2}\|\hat{y} - y\|^2$. Then $\frac{\partial L}{\partial h} = W_2^\top (\hat{y} - y)$.

"""
MAX = r"$a = \max(0, z)$. $\frac{\partial a}{\partial z} = "
UNITS = r"""$net_{h1} = w_1 i_1 + w_2 i_2 + b_1$ and $out_{h1} = \frac{1}{1+e^{-net_{h1}}}$ and
$net_{o1} = w_5 out_{h1} + w_6 out_{h2} + b_2$ and $out_{o1} = \frac{1}{1+e^{-net_{o1}}}$ and
$E_{o1} = \frac{1}{2}(target_{o1} - out_{o1})^2$.

"""


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    "step",
    [
        r"\delta^L_j = \frac{\partial C}{\partial a^L_j} \sigma'(z^L_j)",
        r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j",
    ],
)
def test_the_equations_of_backpropagation_hold_for_any_cost(step: str) -> None:
    assert last(f"{LAYERS}$${step}$$") == "proved"


@pytest.mark.parametrize(
    "step",
    [
        r"\delta^l_j = \sum_k w^{l+1}_{jk} \delta^{l+1}_k \sigma'(z^l_j)",
        r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k",
        r"\delta^l_j = \sum_k w^{l}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
        r"\delta^l = (w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l}_k \delta^l_j",
        r"\frac{\partial C}{\partial b^l_j} = -\delta^l_j",
    ],
)
def test_a_wrong_equation_of_backpropagation_is_not_held(step: str) -> None:
    assert last(f"{LAYERS}$${step}$$") not in HELD


COST = r"""The activation is $a^l_j = \sigma(z^l_j)$ with $z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j$, and the cost
is $C = \frac{1}{2} \sum_j (y_j - a^L_j)^2$. Let $\delta^l_j = \frac{\partial C}{\partial z^l_j}$.

"""
VECTORS = r"""With $z^l = W^l a^{l-1} + b^l$, $a^l = \sigma(z^l)$, $C = \frac{1}{2} \|a^L - y\|^2$ and
$\delta^l = \frac{\partial C}{\partial z^l}$,

"""


@pytest.mark.parametrize(
    ("given", "step", "verdict"),
    [
        (COST, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)", "proved"),
        (COST, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k a^l_j (1 - a^l_j)", "proved"),
        (COST, r"\frac{\partial z^{l+1}_k}{\partial z^l_j} = w^{l+1}_{kj} \sigma'(z^l_j)", "proved"),
        (COST, r"\delta^l_j = \sum_k w^{l+1}_{jk} \delta^{l+1}_k \sigma'(z^l_j)", "refuted"),
        (COST, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k", "refuted"),
        (COST, r"\delta^l_j = -\sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)", "refuted"),
        (COST, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^{l+1}_k)", "refuted"),
        (VECTORS, r"\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", "proved"),
        (VECTORS, r"\delta^l = (W^{l+1} \delta^{l+1}) \odot \sigma'(z^l)", "refuted"),
        (VECTORS, r"\delta^l = ((W^{l+1})^T \delta^{l+1}) \odot a^l", "refuted"),
        (VECTORS, r"\frac{\partial C}{\partial b^l} = \delta^{l+1}", "refuted"),
    ],
)
def test_layers_of_a_network_with_a_cost_at_the_last(given: str, step: str, verdict: str) -> None:
    assert last(f"{given}$${step}$$") == verdict


@pytest.mark.parametrize(
    "step",
    [
        r"\delta^{(L)} = (\hat{y} - y) \cdot \sigma'(z^{(L)})",
        r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^T",
        r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}",
    ],
)
def test_layers_as_matrices(step: str) -> None:
    report = check_notes(f"{MATRICES}$${step}$$")
    assert [s.verdict for s in report.steps[-2:]] == ["proved", "proved"]


@pytest.mark.parametrize(
    "step",
    [
        r"\frac{\partial J}{\partial W^{(l)}} = a^{(l-1)} (\delta^{(l)})^T",
        r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} (a^{(l)})^T",
        r"\delta^{(L)} = (y - \hat{y}) \cdot \sigma'(z^{(L)})",
    ],
)
def test_wrong_layers_as_matrices_are_not_held(step: str) -> None:
    assert last(f"{MATRICES}$${step}$$") not in HELD


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"\frac{\partial L}{\partial z_1} = W_2^\top (\hat{y} - y) \odot \mathbf{1}[z_1 > 0]", "proved"),
        (r"\frac{\partial L}{\partial z_1} = (W_2^\top (\hat{y} - y)) \odot (z_1 > 0)", "proved"),
        (r"\frac{\partial L}{\partial z_1} = W_2^\top (\hat{y} - y) \odot \text{ReLU}'(z_1)", "proved"),
        (r"\frac{\partial L}{\partial z_1} = W_2^\top (\hat{y} - y) \odot \mathbf{1}[z_1 < 0]", "refuted"),
        (r"\frac{\partial L}{\partial z_1} = W_2^\top (\hat{y} - y)", "refuted"),
    ],
)
def test_the_slope_of_relu_is_a_threshold(step: str, verdict: str) -> None:
    assert last(f"{RECTIFIED}$${step}$$") == verdict


@pytest.mark.parametrize(
    ("note", "verdict"),
    [
        (MAX + r"\begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}$", "proved"),
        (MAX + r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}$", "proved"),
        (MAX + r"\begin{cases} 0 & \text{if } z > 0 \\ 1 & \text{otherwise} \end{cases}$", "refuted"),
        (r"$g(z) = \max(0.1 z, z)$ has $g'(z) = \begin{cases} 1 & z > 0 \\ 0.1 & z \le 0 \end{cases}$", "proved"),
        (r"$\tanh'(z) = 1 - \tanh^2(z)$", "proved"),
    ],
)
def test_values_by_cases_of_a_threshold(note: str, verdict: str) -> None:
    assert last(note) == verdict


@pytest.mark.parametrize(
    ("step", "holds"),
    [
        (r"\delta^{[l]} = (W^{[l+1]})^T \delta^{[l+1]} \odot g'(z^{[l]})", True),
        (r"\delta^{[L]} = \nabla_{a^{[L]}} J \odot g'(z^{[L]})", True),
        (r"\delta^{[l]} = W^{[l+1]} \delta^{[l+1]} \odot g'(z^{[l]})", False),
        (r"\delta^{[L]} = \nabla_{a^{[L]}} J \odot g'(z^{[L-1]})", False),
    ],
)
def test_an_activation_of_which_nothing_is_known_is_taken_entry_by_entry(step: str, holds: bool) -> None:
    note = r"""$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}$, $a^{[l]} = g(z^{[l]})$ and
$\delta^{[l]} = \frac{\partial J}{\partial z^{[l]}}$. """
    assert (last(f"{note}$${step}$$") in HELD) is holds


@pytest.mark.parametrize(
    ("forward", "step", "wrong"),
    [
        (r"Z_1 = X W_1 + b_1", r"\frac{\partial J}{\partial W_1} = X^T \frac{\partial J}{\partial Z_1}", r"X \frac"),
        (r"Z_1 = W_1 X + b_1", r"\frac{\partial J}{\partial W_1} = \frac{\partial J}{\partial Z_1} X^T", r"-\frac"),
    ],
)
def test_batches_of_rows_and_of_columns(forward: str, step: str, wrong: str) -> None:
    note = rf"${forward}$ and $A_1 = \sigma(Z_1)$, where $J = \frac{{1}}{{2}} \| A_1 - Y \|^2$. "
    assert last(f"{note}$${step}$$") == "proved"
    bad = step.replace(r"X^T \frac", wrong) if "X W" in forward else step.replace(r"= \frac", "= " + wrong)
    assert last(f"{note}$${bad}$$") not in HELD


def test_softmax_of_an_entry_is_the_entry_of_a_softmax() -> None:
    assert last(r"$\text{softmax}(z_j) = \frac{e^{z_j}}{\sum_{k=1}^K e^{z_k}}$") == "proved"
    assert last(r"$\text{softmax}(z_j) = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$") not in HELD


def test_numbers_put_in_say_what_the_names_are() -> None:
    note = r"$$z = w x + b = 0.5 \cdot 2 + 1 = 2$$ and $\hat y = \sigma(z) = \frac{1}{1 + e^{-2}} = 0.8808$ and "
    report = check_notes(note + r"$\hat y - y = 0.8808 - 1$. $w x = 0.5 \cdot 2$. $w x = 0.7 \cdot 2$")
    verdicts = [s.verdict for s in report.steps]
    assert verdicts[1] == "definition" and verdicts[-3:-1] == ["definition", "supported"]
    assert verdicts[-1] not in (*HELD, "definition")


def test_units_that_are_told_apart_by_a_letter_and_a_number() -> None:
    step = r"\frac{\partial E_{o1}}{\partial w_5} = -(target_{o1} - out_{o1}) out_{o1} (1 - out_{o1}) out_{h1}"
    assert last(f"{UNITS}$${step}$$") == "proved"
    assert last(f"{UNITS}$${step.replace('out_{h1}', 'net_{h1}')}$$") not in HELD


def test_h_is_an_index_where_a_sum_runs_over_it() -> None:
    note = r"$\beta_j = \sum_{h=1}^q w_{hj} b_h$, so $\frac{\partial \beta_j}{\partial w_{hj}} = b_h$"
    assert last(note) == "proved"
    assert last(note.replace("= b_h", "= b_j")) not in HELD


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"\frac{\partial z_1}{\partial W_1} = x", "supported"),
        (r"\frac{\partial J}{\partial z_2} \frac{\partial z_2}{\partial W_2} = (z_2 - y) h", "unsupported"),
        (r"\frac{\partial J}{\partial z_2} \frac{\partial z_2}{\partial W_2} = (z_2 - y) x", "unsupported"),
        (r"\frac{\partial J}{\partial W_1} = W_2 (z_2 - y) \sigma'(z_1) x", "unsupported"),
    ],
)
def test_a_gradient_without_its_transpose_is_supported_entry_by_entry(step: str, verdict: str) -> None:
    note = r"$z_1 = W_1 x + b_1$, $h = \sigma(z_1)$, $z_2 = W_2 h + b_2$ and $J = \frac12 \|z_2 - y\|^2$. "
    assert last(f"{note}$${step}$$") == verdict


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"dA^{[1]} = (W^{[2]})^T dZ^{[2]}", "proved"),
        (r"dW^{[2]} = dZ^{[2]} (A^{[1]})^T", "proved"),
        (r"dW^{[2]} = A^{[1]} (dZ^{[2]})^T", "definition"),
        (r"dW^{[2]} = 2 dZ^{[2]} (A^{[1]})^T", "definition"),
    ],
)
def test_differentials_in_the_manner_of_programs_are_claims_where_one_is_said_to_be_a_derivative(
    step: str, verdict: str
) -> None:
    note = r"""$Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}$ and $dZ^{[2]} = \frac{\partial L}{\partial Z^{[2]}}$. """
    assert last(f"{note}$${step}$$") == verdict


def test_a_function_with_its_arguments_left_out() -> None:
    assert last(r"$C_0(\dots) = (a - y)^2$ and $\frac{\partial C_0}{\partial a} = 2 (a - y)$") == "proved"


FED = r"$E = \frac12 \sum_k (t_k - o_k)^2$, $o_k = \sigma(net_k)$, $net_k = \sum_j w_{jk} o_j + b_k$. "


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        (r"\frac{\partial E}{\partial w_{jk}} = -(t_k - o_k) o_k (1 - o_k) o_j", r"-(t_k - o_k) o_k (1 - o_k) o_k"),
        (r"\frac{\partial net_k}{\partial w_{jk}} = o_j", "o_k"),
        (r"\frac{\partial net_k}{\partial o_j} = w_{jk}", "w_{kj}"),
        (r"\frac{\partial E}{\partial b_k} = (o_k - t_k) o_k (1 - o_k)", r"(o_k - t_k) o_k"),
        (
            r"\frac{\partial E}{\partial o_j} = \sum_k (o_k - t_k) o_k (1 - o_k) w_{jk}",
            r"\sum_k (o_k - t_k) o_k w_{jk}",
        ),
    ],
)
def test_a_letter_tells_the_layer_from_the_one_before(step: str, wrong: str) -> None:
    assert check_notes(FED + f"$${step}$$").steps[-1].verdict == "proved"
    left = step.split(" = ")[0]
    assert check_notes(FED + f"$${left} = {wrong}$$").steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("definitions", "step"),
    [
        (r"$a_j = \varphi(z_j)$.", r"\frac{\partial a_j}{\partial z_j} = \varphi'(z_j)"),
        (r"$L = f(z)$, $z = w x$.", r"\frac{dL}{dw} = f'(z) x"),
    ],
)
def test_the_slope_of_a_function_of_which_nothing_is_known(definitions: str, step: str) -> None:
    assert check_notes(f"{definitions} $${step}$$").steps[-1].verdict == "proved"
    assert check_notes(f"{definitions} $${step} x$$").steps[-1].verdict not in ("proved", "supported")


@pytest.mark.parametrize(
    "step",
    [
        r"\frac{\partial E}{\partial o_j} = o_j - t_j",
        r"E = \frac12 \sum_j (t_j - o_j)^2",
        r"\sum_j o_j = \sum_k o_k",
        r"\frac{\partial E}{\partial w_{ij}} = (o_j - t_j) o_j (1 - o_j) o_i",
    ],
)
def test_a_letter_that_may_be_any_refutes_nothing(step: str) -> None:
    assert check_notes(FED + f"$${step}$$").steps[-1].verdict not in ("refuted", "conflict")


BISHOP = r"""$a_j = \sum_i w_{ji}^{(1)} x_i$, $z_j = \tanh(a_j)$, $a_k = \sum_j w_{kj}^{(2)} z_j$, $y_k = \sigma(a_k)$
and $E = \frac{1}{2} \sum_k (y_k - t_k)^2$. $$\delta_k = \frac{\partial E}{\partial a_k} = (y_k - t_k) y_k (1 - y_k)$$
$$\frac{\partial E}{\partial w_{kj}^{(2)}} = \delta_k z_j$$
$$\delta_j = \frac{\partial E}{\partial a_j} = \sum_k \frac{\partial E}{\partial a_k} \frac{\partial a_k}{\partial a_j}
= (1 - z_j^2) \sum_k w_{kj}^{(2)} \delta_k$$ $$\frac{\partial E}{\partial w_{ji}^{(1)}} = \delta_j x_i$$"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"(1 - z_j^2)", r"(1 - z_j)"),
        (r"\delta_j x_i", r"\delta_k x_i"),
        (r"w_{kj}^{(2)} \delta", r"w_{jk}^{(2)} \delta"),
    ],
)
def test_a_name_that_two_letters_define_is_two_names(right: str, wrong: str) -> None:
    found = [step.verdict for step in check_notes(BISHOP).steps]
    assert set(found) == {"definition", "proved"} and found.count("proved") == 5
    spoilt = [step.verdict for step in check_notes(BISHOP.replace(right, wrong)).steps]
    assert spoilt.count("refuted") == 1 and "conflict" not in spoilt


def test_a_letter_that_runs_over_the_later_layer_as_well_tells_no_layers_apart() -> None:
    text = r"""$z_j = \sum_i w_{ji} x_i$, $h_j = \sigma(z_j)$, $z_k = \sum_j v_{kj} h_j$ and
    $p_k = e^{z_k} / \sum_{} e^{z_{}}$. $$\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)$$"""
    for letter in "jl":
        found = check_notes(text.replace("{}", letter)).steps
        assert found[-1].verdict != "refuted"


UNIT = r"Let $h = \tanh(W x + b)$, $p = \sigma(v^\top h + c)$ and $L = -y \log p - (1 - y) \log(1 - p)$. "


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"$\frac{\partial L}{\partial h} = (p - y) v$", "proved"),
        (r"$\frac{\partial L}{\partial c} = p - y$", "proved"),
        (r"$\frac{\partial L}{\partial W} = (p - y) (v \odot (1 - h \odot h)) x^\top$", "proved"),
        (r"$\frac{\partial L}{\partial W} = (p - y) (v \odot (1 - h)) x^\top$", "refuted"),
        (r"$\frac{\partial L}{\partial b} = (p - y) v$", "refuted"),
    ],
)
def test_one_output_unit_of_a_hidden_layer_is_a_number(step: str, verdict: str) -> None:
    assert check_notes(UNIT + step).steps[-1].verdict == verdict


def test_the_right_class_of_a_loss_is_one_of_those_that_a_sum_runs_over() -> None:
    text = r"""Let $a = W h + b$, $p = \mathrm{softmax}(a)$ and $L = -\log p_c$.
$$\frac{\partial L}{\partial h} = W^\top \frac{\partial L}{\partial a}$$"""
    assert check_notes(text).steps[-1].verdict == "proved"
    assert check_notes(text.replace(r"= W^\top", r"= -W^\top")).steps[-1].verdict == "refuted"


def test_a_unit_called_by_its_layer_hangs_on_no_weight_that_it_is_multiplied_with() -> None:
    text = r"""$$net_{o1} = w_5 out_{h1} + w_6 out_{h2} + b_2, \quad out_{o1} = \frac{1}{1 + e^{-net_{o1}}}$$
$$E = \frac12 (t_{o1} - out_{o1})^2 + \frac12 (t_{o2} - out_{o2})^2$$
$$\frac{\partial net_{o1}}{\partial w_5} = out_{h1}$$
$$\frac{\partial E}{\partial w_5} = -(t_{o1} - out_{o1}) out_{o1} (1 - out_{o1}) out_{h1}$$"""
    assert [step.verdict for step in check_notes(text).steps][-2:] == ["proved"] * 2
    wrong = text.replace("= -(t_{o1} - out_{o1}) out_{o1} (1 - out_{o1}) out_{h1}", "= -(t_{o1} - out_{o1}) out_{h1}")
    assert check_notes(wrong).steps[-1].verdict == "refuted"
