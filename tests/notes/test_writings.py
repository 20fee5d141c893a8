r"""Ways of writing: matrices without an index, \phi(x), functions used before they are defined, equations solved.

Each right note holds; the same note with a planted fault is refuted at the fault and nowhere else.
"""

import pytest

from derivations.notes.library import check_notes

DESIGN = r"""
Let $\hat{y} = Xw$ and $L = \|y - \hat{y}\|^2$. Then
$$\nabla_w L = -2X^T(y - Xw) = 2X^TXw - 2X^Ty$$
and $\nabla^2 L = 2X^TX$. Setting the gradient to zero, $X^TXw = X^Ty$.
"""
FEATURES = r"""
The cost is $J(w) = \sum_{n=1}^{N} (t_n - \mathbf{w}^T\boldsymbol\phi(x_n))^2 + \lambda \mathbf{w}^T\mathbf{w}$, so

$$\nabla J(\mathbf{w}) =
  -2\sum_{n=1}^N (t_n - \mathbf{w}^T\boldsymbol\phi(x_n))\boldsymbol\phi(x_n) + 2\lambda\mathbf{w}$$
"""
AHEAD = r"""
The model is $h(x) = g(\theta^T x)$, with $g(z) = 1/(1+e^{-z})$ in it. For one example the cost is
$$C = -y \log h(x) - (1 - y) \log(1 - h(x))$$
and its derivative is
$$\frac{\partial C}{\partial \theta_j} = (h(x) - y) x_j$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize("text", [DESIGN, FEATURES, AHEAD])
def test_right_notes_hold(text):
    found = verdicts(text)
    assert set(found) <= {"definition", "proved"}
    assert "proved" in found


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (DESIGN, "-2X^T(y - Xw) =", "-2X^T(y + Xw) ="),
        (DESIGN, "L = 2X^TX$", "L = X^TX$"),
        (FEATURES, "+ 2\\lambda\\mathbf{w}$", "+ \\lambda\\mathbf{w}$"),
        (FEATURES, "  -2\\sum", "  2\\sum"),
        (AHEAD, "(h(x) - y) x_j", "(y - h(x)) x_j"),
        (AHEAD, "1/(1+e^{-z})", "1/(1+e^{z})"),
    ],
)
def test_a_planted_fault_is_refuted(text, right, wrong):
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong))


def test_an_equation_that_is_not_said_to_be_solved_is_a_claim():
    told = r"Setting it to zero gives $X^TXw = X^Ty$."
    text = DESIGN.replace("Setting the gradient to zero, $X^TXw = X^Ty$.", "")
    assert verdicts(text + told)[-1] == "proved"  # where it is zero
    assert verdicts(text + told.replace("= X", "= 3X"))[-1] == "definition"
    assert verdicts(text + r"Also $X^TXw = X^Ty$.")[-1] == "definition"  # of the gradient just found
    assert verdicts(text + r"Also $X^TXw = 3X^Ty$.")[-1] == "refuted"


def test_a_function_defined_much_later_is_another_one_until_then():
    rule = r"For any $f$, $\frac{d}{dx} f(x)^2 = 2 f(x) f'(x)$, and a linear $f$ has $f(a + b) = f(a) + f(b)$. "
    between = " ".join(f"$u_{k} = {k} v$" for k in range(1, 8))
    assert "refuted" not in verdicts(rule + between + r" An example: $f(x) = x^2$.")


def test_phi_with_a_value_is_a_function():
    text = r"Let $\phi(z) = \frac{1}{1+e^{-z}}$. Then $\frac{d}{dz}\phi(z) = \phi(z)(1-\phi(z))$."
    assert verdicts(text) == ["definition", "proved"]


def test_a_sum_beside_one_unnamed_sample_is_neither():
    text = r"""The cost $J = \frac{1}{2}\sum_{i=1}^n (\theta^T x^{(i)} - y^{(i)})^2$ has
$$\frac{\partial J}{\partial \theta_j} = (\theta^T x - y) x_j$$"""
    assert verdicts(text) == ["definition", "undecided"]
    whole = text.replace("(\\theta^T x - y) x_j", "\\sum_i (\\theta^T x^{(i)} - y^{(i)}) x^{(i)}_j")
    assert verdicts(whole) == ["definition", "proved"]


LAYERS = r"""
Let $z_j^l = \sum_k w_{jk}^l a_k^{l-1} + b_j^l$ and $a_j^l = \sigma(z_j^l)$ at every layer, and
$C = \frac12 \sum_j (y_j - a_j^L)^2$ the cost of one example. Then

$$\frac{\partial C}{\partial z_j^L} = (a_j^L - y_j)\sigma'(z_j^L)$$
$$\frac{\partial C}{\partial w^L_{jk}} = a^{L-1}_k (a_j^L - y_j)\sigma'(z_j^L)$$
$$\frac{\partial z_k^{l+1}}{\partial z_j^l} = w_{kj}^{l+1}\sigma'(z_j^l)$$
"""


SAID = r"""
For one sample $z_j = \sum_k w_{jk} x_k + b_j$, $a_j = \sigma(z_j)$ and $E = \frac12\sum_j (a_j - y_j)^2$.
We write $\delta_j = \frac{\partial E}{\partial z_j}$. Then

$$\delta_j = (a_j - y_j) a_j (1 - a_j)$$
$$\frac{\partial E}{\partial w_{jk}} = \delta_j x_k$$
"""
ERRORS = r"""
Let $z_j^l = \sum_k w_{jk}^l a_k^{l-1} + b_j^l$ and $a_j^l = \sigma(z_j^l)$, with the cost
$C = \frac12 \sum_j (y_j - a_j^L)^2$ of one example, and $\delta_j^l = \frac{\partial C}{\partial z_j^l}$.

$$\delta_j^L = (a_j^L - y_j)\sigma'(z_j^L)$$
$$\delta_k^{L-1} = \sum_j \delta_j^L w^L_{jk}\sigma'(z_k^{L-1})$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (SAID, "a_j (1 - a_j)$", "a_j$"),
        (SAID, "\\delta_j x_k", "\\delta_k x_k"),
        (ERRORS, "= (a_j^L - y_j)", "= (y_j - a_j^L)"),
        (ERRORS, "w^L_{jk}\\sigma'", "w^L_{kj}\\sigma'"),
        (ERRORS, "\\sigma'(z_k^{L-1})", "\\sigma'(z_k^{L})"),
    ],
)
def test_a_name_that_is_said_to_be_a_derivative_is_held_to_it(text, right, wrong):
    assert set(verdicts(text)[-2:]) == {"proved"}
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong))


def test_what_is_said_of_a_layer_holds_for_each():
    assert set(verdicts(LAYERS)[3:]) <= {"proved", "supported"}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("z_j^L} = (a_j^L - y_j)", "z_j^L} = (y_j - a_j^L)"),
        ("= a^{L-1}_k (", "= a^{L-1}_j ("),
        ("= w_{kj}^{l+1}", "= w_{jk}^{l+1}"),
        ("= w_{kj}^{l+1}\\sigma'(z_j^l)", "= w_{kj}^{l+1}\\sigma(z_j^l)"),
    ],
)  # fmt: skip
def test_a_fault_in_a_layer_is_refuted(right, wrong):
    assert right in LAYERS
    assert "refuted" in verdicts(LAYERS.replace(right, wrong))


NIELSEN = r"""
The cost of one input is $C = \frac{(y-a)^2}{2}$ with $a = \sigma(z)$ and $z = wx + b$, so that
$\frac{\partial C}{\partial w} = (a-y)\sigma'(z) x$.
For $x = 1$ and $y = 0$ this is $\frac{\partial C}{\partial w} = a \sigma'(z)$.
"""
PRODUCT = r"""
Let $h_i = \sigma(\theta^T x_i)$. Then $\frac{\partial h_i}{\partial\theta_j} = h_i(1-h_i)x_{ij}$.
"""
INNER = r"""
The loss is $Q(w) = \sum_{i=1}^{n} \ln(1 + e^{-y_i \langle w, x_i\rangle})$, with the gradient
$$\nabla Q(w) = -\sum_{i=1}^{n} y_i x_i \sigma(-y_i\langle w, x_i\rangle).$$
"""
CLASS = r"""
Let $L = -\log \frac{e^{z_c}}{\sum_j e^{z_j}}$ and $p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}$.
For $k \neq c$: $\frac{\partial L}{\partial z_k} = p_k$.
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (NIELSEN, "} = a \\sigma'(z)", "} = 2a \\sigma'(z)"),
        (NIELSEN, "$x = 1$", "$x = 2$"),
        (PRODUCT, "h_i(1-h_i)", "h_i(1+h_i)"),
        (INNER, "= -\\sum", "= \\sum"),
        (CLASS, "} = p_k$", "} = -p_k$"),
    ],
)
def test_values_products_and_cases(text, right, wrong):
    assert set(verdicts(text)) == {"definition", "proved"}
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong))


def test_what_follows_from_an_equation_set_to_zero_is_no_false_claim():
    text = r"""Let $S = \sum_{i=1}^n (y_i - \beta_0 - \beta_1 x_i)^2$.
$$\frac{\partial S}{\partial \beta_0} = -2\sum_{i=1}^n (y_i - \beta_0 - \beta_1x_i) = 0$$
$$\sum y_i = n\beta_0 + \beta_1\sum x_i$$"""
    assert "refuted" not in verdicts(text)
    assert verdicts(text.replace("= 0$$", "$$"))[-1] == "definition"
    assert verdicts(text.replace("= 0$$", "$$").replace("0 + ", "0 - "))[-1] == "refuted"

    plain = text.replace("= 0$$", "$$")  # of what was just found to be a derivative
    assert verdicts(plain)[-1] == "definition"
    assert verdicts(plain.replace("n\\beta_0 +", "n\\beta_0 -"))[-1] == "refuted"


DOTTED = r"""The unit is $$y = w_1.x_1 + w_2.x_2 + ... + w_N.x_N = \sum_{i=1}^N w_i.x_i$$ with $E = \frac12 (t-y)^2$. So
$$w_i - \eta.\frac{dE}{dw_i} = w_i - \eta.\frac{dE}{dy} .\frac{dy}{dw_i} = w_i + \eta.(t - y).x_i$$"""


def test_a_dot_between_operands_is_a_product():
    assert verdicts(DOTTED) == ["definition", "proved", "definition", "proved", "proved"]
    assert verdicts(DOTTED.replace("w_i + ", "w_i - "))[-1] == "refuted"
    assert verdicts(r"$$y = 2x. z = 3x$$ $$y + z = 5x$$") == ["definition", "definition", "proved"]
    chain = r"$z = wx + b$, $J = \frac12 (z - y)^2$. $$\frac{dJ}{dw} = \frac{dJ}{dz}. \frac{dz}{dw} = (z - y) x$$"
    assert verdicts(chain)[-2:] == ["proved", "proved"]


def test_an_arrow_over_a_name_is_a_font():
    step = r"$z_k = \overrightarrow{w}_k^T \overrightarrow{x}$ and $$\frac{\partial z_k}{\partial w_k} = \vec{x}$$"
    assert verdicts(step) == ["definition", "proved"]
