r"""Rules of calculus for functions of which nothing is known, logits of a layer, slips in a name's index, numbers."""

import pytest

from derivations.notes.library import check_notes

COMPOSED = r"Let $y = f(u)$ and $u = g(x)$. $$\frac{dy}{dx} = f'(u) g'(x) = f'(g(x)) g'(x)$$"
LAYER = r"""
$$h = \sigma(W_1 x + b_1), \quad \hat{y} = W_2 h + b_2, \quad L = \frac12 \|\hat{y} - y\|^2$$
$$\frac{\partial L}{\partial z_1} = W_2^T (\hat{y} - y) \odot \sigma'(z_1)$$
$$\frac{\partial L}{\partial W_1} = (W_2^T (\hat{y} - y) \odot \sigma'(z_1)) x^T$$
"""
LAYERS = r"""
$$h = \sigma(W_1 x + b_1), \quad \hat{y} = \sigma(W_2 h + b_2), \quad L = \frac12 \|\hat{y} - y\|^2$$
$$\delta_2 = \frac{\partial L}{\partial z_2} = (\hat{y} - y) \odot \sigma'(z_2)$$
$$\delta_1 = \frac{\partial L}{\partial z_1} = W_2^T \delta_2 \odot \sigma'(z_1)$$
$$\frac{\partial L}{\partial W_1} = \delta_1 x^T$$
"""
SLIP = r"""
$$p_j = \frac{e^{a_i}}{\sum_k e^{a_k}}$$
$$\frac{\partial p_i}{\partial a_j} = p_i (\delta_{ij} - p_j)$$
"""
WORKED = r"""
Let $\hat y = w_1 x_1 + w_2 x_2 + b$ and $L = \frac12 (\hat y - t)^2$. For these data
$$\frac{\partial L}{\partial \hat y} = \hat y - t = -2.9$$
$$\frac{\partial L}{\partial w_1} = -2.9 \cdot x_1$$
"""
LOGITS = r"""
$$p_i = \frac{e^{a_i}}{\sum_k e^{a_k}}, \quad L = -\sum_i y_i \log p_i$$
For one-hot labels $$\frac{\partial L}{\partial o_i} = p_i - y_i$$
"""
FED = r"""
$$z_i = \sum_{k=1}^n W_{ik} h_k + b_i, \quad h_i = \max(0, z_i), \quad P_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$$
With $S = \sum_j e^{z_j}$ and the true class $y$:
$$L = -\log P_y = -\log \frac{e^{z_y}}{S} = -z_y + \log S$$
$$\frac{\partial L}{\partial z_y} = -1 + \frac{e^{z_y}}{S}$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


def test_the_chain_rule_at_a_name_and_at_what_it_is():
    assert verdicts(COMPOSED)[2:] == ["proved", "proved"]
    assert verdicts(COMPOSED.replace("f'(g(x)) g'(x)", "f'(x) g'(x)"))[-1] != "proved"


@pytest.mark.parametrize(
    "equation",
    [
        r"(f \circ g)'(x) = f'(g(x)) g'(x)",
        r"(f(g(x)))' = f'(g(x)) g'(x)",
        r"(f(x) g(x))' = f'(x) g(x) + f(x) g'(x)",
        r"\left(\frac{f(x)}{g(x)}\right)' = \frac{f'(x) g(x) - f(x) g'(x)}{g(x)^2}",
        r"\frac{d}{dx} (u v) = u \frac{dv}{dx} + v \frac{du}{dx}",
    ],
)
def test_rules_for_any_functions(equation):
    assert verdicts(f"$${equation}$$") == ["proved"]
    left, right = equation.split(" = ")
    wrong = right.replace(" - ", " ± ").replace(" + ", " - ").replace(" ± ", " + ") if " " in right else right
    wrong = wrong if wrong != right else f"2 {right}"
    assert verdicts(f"$${left} = {wrong}$$") in (["refuted"], ["undecided"])


def test_a_logit_of_a_layer_that_only_its_slope_names():
    assert verdicts(LAYER)[3:] == ["supported", "supported"]
    assert verdicts(LAYER.replace("W_2^T (", "W_2 ("))[3:].count("supported") == 0
    assert "proved" not in verdicts(LAYER.replace("- y) \\odot", "+ y) \\odot"))[3:]


def test_logits_that_steps_have_confirmed_stay_what_they_are():
    chain = LAYERS.replace("W_2^T \\delta_2", "W_2 \\delta_2")
    assert verdicts(LAYERS)[4:] == ["supported", "definition", "supported", "supported"]
    assert verdicts(chain)[6:].count("supported") < 2
    assert "proved" not in verdicts(LAYERS)[4:]


def test_an_index_of_the_name_that_its_value_lacks():
    assert verdicts(SLIP)[-1] == "proved"
    assert check_notes(SLIP).steps[0].reason == "read with the index j for i"
    assert verdicts(SLIP.replace("} - p_j", "} + p_j"))[-1] == "refuted"


def test_a_number_that_was_worked_out_stands_for_what_it_is_of():
    assert verdicts(WORKED)[-1] == "supported"
    assert verdicts(WORKED.replace(r"-2.9 \cdot", r"2.9 \cdot"))[-1] == "refuted"


def test_logits_by_another_name_support_and_prove_nothing():
    assert verdicts(LOGITS)[-1] == "supported"
    assert verdicts(LOGITS.replace("p_i - y_i", "y_i - p_i"))[-1] == "undecided"


def test_what_is_summed_without_a_weight_is_no_other_layer():
    assert verdicts(FED)[-3:] == ["proved"] * 3
    assert verdicts(FED.replace("= -1 + ", "= 1 + "))[-1] == "refuted"


def test_a_case_in_brackets_behind_a_step():
    text = r"$p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}$, $$\frac{\partial p_i}{\partial z_j} = -p_i p_j \quad (i \neq j)$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("-p_i p_j", "p_i p_j"))[-1] == "refuted"


def test_cases_with_the_word_in_a_column_of_its_own():
    rows = r"\begin{cases} p_i (1 - p_j) & if & i = j \\ -p_i p_j & if & i \neq j \end{cases}"
    text = rf"$p_i = \frac{{e^{{z_i}}}}{{\sum_j e^{{z_j}}}}$, $$\frac{{\partial p_i}}{{\partial z_j}} = {rows}$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("-p_i p_j", "p_i p_j"))[-1] == "refuted"


def test_doubled_backslashes_before_braces():
    text = r"$$L = \left\\{ (w x - y)^2 \right\\}, \frac{\partial L}{\partial w} = 2 \left\\{ (w x - y) x \right\\}$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("= 2 ", "= 3 "))[-1] == "refuted"


def test_factors_that_are_differentiated_by_are_no_functions():
    text = r"$y = u v$ with parameters $u$ and $v$: $$\frac{\partial (u v)}{\partial v} = u$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(r"$$\frac{\partial u_o^T v_c}{\partial v_c} = u_o$$") == ["proved"]


FAMILY = r"For $\theta = w^T x$ the log-likelihood is $\ell(w) = y\, w^T x - A(w^T x)$. "


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        (r"\nabla_w \ell = (y - A'(w^T x))\, x", "proved"),
        (r"\nabla_w \ell = (y + A'(w^T x))\, x", "refuted"),
        (r"\frac{\partial \ell}{\partial w_j} = (y - A'(w^T x))\, x_j", "proved"),
    ],
)
def test_a_function_of_a_product_is_the_same_wherever_the_product_is_written(formula, verdict):
    assert verdicts(f"{FAMILY}$${formula}$$")[-1] == verdict


@pytest.mark.parametrize("name", ["A", "G", "f"])
def test_a_function_of_which_nothing_is_known_may_have_a_capital(name):
    text = (
        rf"$\theta = w^T x$, $\ell = y\theta - {name}(\theta)$. "
        rf"$$\frac{{\partial \ell}}{{\partial w_j}} = (y @ {name}'(\theta)) x_j$$"
    )
    assert [verdicts(text.replace("@", sign))[-1] for sign in "-+"] == ["proved", "refuted"]


@pytest.mark.parametrize("name", [r"\text{sign}", r"\operatorname{sign}", r"\mathrm{sgn}"])
def test_the_sign_is_known_and_nothing_that_is_defined(name):
    assert verdicts(rf"$y = |x|$ and $$\frac{{dy}}{{dx}} = {name}(x)$$")[-1] == "proved"
    assert verdicts(rf"$y = |x|$ and $$\frac{{dy}}{{dx}} = -{name}(x)$$")[-1] == "refuted"


def test_names_of_numbers_and_symbols_may_be_given_another_value():
    logistic = r"$\pi = \sigma(w x)$, $L = -y \log \pi - (1-y) \log(1 - \pi)$. $$\frac{dL}{dw} = (\pi @ y) x$$"
    assert verdicts(logistic.replace("@", "-")) == ["definition", "definition", "proved"]
    assert verdicts(logistic.replace("@", "+")) == ["definition", "definition", "refuted"]
    assert verdicts(r"$\delta_{ij} = x_i - x_j$") == ["definition"]
    assert verdicts(r"$$\frac{\partial x_i}{\partial x_j} = \delta_{ij}$$ with $\delta_{ij} = 1$ if $i = j$, else $0$")[
        0
    ] == ("proved")
