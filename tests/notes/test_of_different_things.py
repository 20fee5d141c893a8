"""What one name stands for in several places: a function of other things, an entry of an array, a matrix, a mean."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

_OPEN = ("undecided", "unsupported", "definition")


def last(text: str) -> str:
    return check_notes(text).steps[-1].verdict


@pytest.mark.parametrize(
    "claim",
    [
        "2 f(a) = f(b) + f(c)",
        "2 f(w, a) = f(w, b) + f(w, c)",
        r"3 g(w | a) - g(w | b) = 2 g(w | c)",
        r"2 \ell(y, a) = \ell(y, b) + \ell(y, c)",
        r"2 \mathcal{N}(w; \mu, s) = \mathcal{N}(w; \nu, s) + \mathcal{N}(w; \kappa, s)",
        r"\mathcal{N}(w | m, s) \text{Gam}(s | a) = r \mathcal{N}(w | n, s) \text{Gam}(s | b)",
    ],
)
def test_an_unknown_function_of_different_things_is_no_single_value(claim):
    assert last(f"${claim}$") in _OPEN


@pytest.mark.parametrize(
    "text",
    [
        "$f(a) - f(b) = 0$",
        "$f(a)/f(b) = 1$",
        "$f(a)^T - f(b)^T = 0$",
        "$A = f(a)$ and $B = f(b)$, so $A = B$",
        "Let $A = a^2 + f(a)$ and $B = a^2 + f(b)$. Then $A - B = 0$",
        r"Let $f(\theta) \in \mathbb{R}^n$. $$f(\theta)^T f(\theta) - f(\phi)^T f(\theta) = 0$$",
    ],
)
def test_nor_where_it_cancels_or_stands_behind_names(text):
    assert last(text) in _OPEN


def test_an_unknown_function_of_one_thing_is_one_value():
    assert last("$A = f(a)$ and $B = A + f(a)$, so $B = 2 A$") == "proved"
    assert last("$f(a) + f(a) = 2 f(a)$") == "proved"
    assert last("$f(a) + f(a) = 3 f(a)$") == "refuted"
    assert last("$f(a) = a^2$, so $f(b) + f(c) = b^2 + c^2$") == "proved"
    assert last("$f(a) = a^2$, so $f(b) + f(c) = b^2 - c^2$") == "refuted"


@pytest.mark.parametrize(
    "array", [r"(p_1^2, 3 p_2)", r"(p_1^2, 3 p_2)^T", r"\begin{pmatrix} p_1^2 \\ 3 p_2 \end{pmatrix}"]
)
def test_an_array_that_is_written_out_has_its_entries(array):
    start = f"Let $v = {array}$. Then "
    assert last(start + "$v_1 + v_2 = p_1^2 + 3 p_2$") == "proved"
    assert last(start + "$v_1 - v_2 = p_1^2 + 3 p_2$") == "refuted"
    assert last(start + r"$\frac{\partial v_1}{\partial p_1} = 2 p_1$") == "proved"
    assert last(start + r"$\frac{\partial v_1}{\partial p_1} = p_1$") not in ("proved", "supported")


def test_an_array_that_counts_from_zero_has_other_entries():
    start = r"Let $\theta = (\theta_0, \theta_1)$ and $v = (a, b)$, that is, $v_0 = a$. Then "
    assert last(start + r"$\theta_1 = \theta_0$") not in ("proved", "supported")
    assert last(start + "$v_1 = a$") not in ("proved", "supported")


def test_a_gradient_is_by_what_a_function_is_of_or_by_its_weights():
    model = r"Let $f(x) = \sigma(w^T x + b)$. Then $\nabla f(x) = "
    assert last(model + "f(x) (1 - f(x)) w$") == "proved"
    assert last(model + "f(x) (1 - f(x)) x$") == "proved"
    assert last(model + "f(x) (1 + f(x)) w$") == "refuted"
    assert last(model + "f(x) (1 - f(x)) (w + x)$") == "refuted"


@pytest.mark.parametrize("name", ["J", "J(1, 2)", "H_f(1, 2)"])
def test_a_capital_before_an_array_may_be_a_matrix(name):
    claim = rf"${name} \begin{{pmatrix}} 1 \\ 0 \end{{pmatrix}} = \begin{{pmatrix}} 2 \\ 1 \end{{pmatrix}}$"
    assert last(claim) in _OPEN


def test_a_dot_between_two_arrays_multiplies_them():
    text = r"""\begin{align}
    \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}.
    \begin{bmatrix} 1 & 1 \\ 0 & 1 \end{bmatrix} &= \begin{bmatrix} 1 & 3 \\ 3 & ENTRY \end{bmatrix}\end{align}"""
    assert last(text.replace("ENTRY", "7")) == "proved"
    assert last(text.replace("ENTRY", "8")) == "refuted"


def test_a_product_of_arrays_without_an_index_may_begin_at_zero():
    start = r"$w_0 x_0 + w_1 x_1 + w_2 x_2 + \dots = "
    assert last(start + r"\boldsymbol{w} \cdot \boldsymbol{x}$") in ("proved", "supported")
    assert last(start + r"2 \boldsymbol{w} \cdot \boldsymbol{x}$") not in ("proved", "supported")


def test_a_mean_that_words_announce_is_of_what_was_said_of_one_sample():
    start = r"""For one sample, $J = \frac12 (\hat y - y)^2$ with $\hat y = w x + b$.
    $$\frac{\partial J}{\partial w} = (\hat y - y) x$$ Averaged over $N$ samples this is
    $$\frac{\partial J}{\partial w} = \frac{1}{N} \sum_{i=1}^N """
    assert last(start + r"(\hat y_i - y_i) x_i$$") == "supported"
    assert last(start + r"(\hat y_i + y_i) x_i$$") not in ("proved", "supported")


@pytest.mark.parametrize("sign", [r"\Pi_{i=1}^n", r"\mathop{\Pi}_{i=1}^n", r"\mathop{\Pi}\limits_{i=1}^{n}"])
def test_a_capital_pi_with_bounds_is_a_product(sign):
    start = rf"$L(\theta) = {sign} \theta^{{x_i}} (1 - \theta)^{{1 - x_i}}$ and $\log L(\theta) = \sum_{{i=1}}^n "
    assert last(start + r"(x_i \log \theta + (1 - x_i) \log(1 - \theta))$") == "proved"
    assert last(start + r"(x_i \log \theta - (1 - x_i) \log(1 - \theta))$") == "refuted"


def test_a_number_at_an_initial_value_is_no_claim_for_all():
    text = r"""The data are $x = [1, 2, 3]$, $y = [2, 4, 6]$; $\theta$ is 0 at first. $$J = \frac16 \sum_{i=1}^3
    (\theta x_i - y_i)^2$$ $$\frac{dJ}{d\theta} = \frac13 \sum_{i=1}^3 (\theta x_i - y_i) x_i = -\frac{28}{3}$$"""
    assert last(text) in _OPEN


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial C}{\partial a} = W \delta",
        r"\frac{\partial C}{\partial a} = \delta W",
        r"\frac{\partial C}{\partial W} = \delta a",
    ],
)
def test_a_derivative_by_a_layer_is_not_proved_where_its_matrix_may_lack_a_transpose(claim):
    assert last(rf"Let $z = W a + b$ and $\delta = \frac{{\partial C}}{{\partial z}}$. Then ${claim}$") != "proved"


def test_what_is_divided_by_is_a_number():
    start = r"Let $p = \sigma(z/T)$. "
    assert last(start + r"$\frac{\partial p}{\partial z} = \frac{1}{T} p (1 - p)$") == "proved"
    assert last(start + r"$\frac{\partial p}{\partial z} = T p (1 - p)$") == "refuted"


def test_what_is_multiplied_entry_by_entry_and_transposed_is_no_number():
    assert last(r"$u \odot v = u^T v$") in _OPEN
    assert last(r"$u^T v = v^T u$") in ("proved", "supported")
