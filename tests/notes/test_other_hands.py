r"""What writers other than those of the examples do, and what must not be made of it.

Each note is right as a reader takes it, so nothing in it may be refuted; a planted fault beside it still is.
"""

import pytest

from derivations.notes.library import check_notes


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


LONG_DERIVATIVE = r"""The cost is $J(\theta) = -\sum_{i=1}^n \left[ y_i \log h_i + (1 - y_i) \log (1 - h_i) \right]$
with $h_i = \sigma(\theta^T x_i)$. Then

$$\frac{\partial J}{\partial \theta_j} = \frac{\partial}{\partial \theta_j} \sum_{i=1}^n -\log(h_i) y_i - \log(1 - h_i)(1 - y_i)$$
"""  # noqa: E501
GAUSSIAN = r"""
The log-likelihood of a sample is $\ell = -\frac{n}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\sum_{i=1}^n (x_i-\mu)^2$.

$$\frac{\partial \ell}{\partial \mu} = \frac{1}{\sigma^2}\sum_{i=1}^n (x_i - \mu) = 0$$
$$\frac{\partial \ell}{\partial \sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_{i=1}^n (x_i - \mu)^2 = 0$$
"""
DENSITY = r"""The density of one error is $q_i = \frac{1}{s}\exp(-u_i^2)$, hence
$$\log \prod_{i=1}^n \frac{1}{s} \exp(-u_i^2) = \sum_{i=1}^n \log \frac{1}{s} \exp(-u_i^2)$$"""
ERRORS = r"""
Write $e = y - X\beta$ and $S(\beta) = e^\top e$. Then

$$S(\beta) = (y - X\beta)^\top (y - X\beta) = y^\top y - 2\beta^\top X^\top y + \beta^\top X^\top X\beta$$
$$\nabla_\beta S = 2X^\top X\beta - 2X^\top y$$
"""
LAYERS = r"""
For one input $\mathbf{u} = A\mathbf{x} + \mathbf{c}$, $\mathbf{v} = \sigma(\mathbf{u})$ and
$E = \frac12 \|\mathbf{v} - \mathbf{y}\|^2$, with the error $\mathbf{r} = \frac{\partial E}{\partial \mathbf{u}}$.

$$\mathbf{r} = (\mathbf{v} - \mathbf{y}) \odot \mathbf{v} \odot (1 - \mathbf{v})$$
$$\frac{\partial E}{\partial A} = \mathbf{r}\mathbf{x}^\top$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (LONG_DERIVATIVE, "-\\log(h_i) y_i -", "-\\log(h_i) y_i +"),
        (GAUSSIAN, "= \\frac{1}{\\sigma^2}\\sum", "= -\\frac{1}{\\sigma^2}\\sum"),
        (GAUSSIAN, "= -\\frac{n}{2\\sigma^2} + \\frac", "= -\\frac{n}{\\sigma^2} + \\frac"),
        (DENSITY, "= \\sum_{i=1}^n \\log \\frac{1}{s}", "= \\sum_{i=1}^n \\log \\frac{2}{s}"),
        (ERRORS, "y^\\top y - 2", "y^\\top y + 2"),
        (ERRORS, "\\beta - 2X", "\\beta - X"),
        (LAYERS, "(1 - \\mathbf{v})", "(1 + \\mathbf{v})"),
    ],
)
def test_right_notes_hold_and_planted_faults_do_not(text, right, wrong):
    assert set(verdicts(text)) <= {"definition", "proved", "supported"}
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong))


def test_a_transpose_that_lacks_is_not_proved_by_making_a_vector_a_number():
    assert verdicts(LAYERS.replace(r"\mathbf{r}\mathbf{x}^\top", r"\mathbf{r}\mathbf{x}"))[-1] != "proved"


@pytest.mark.parametrize(
    "text",
    [
        r"The boundary is the line where $w_0 + w_1 x_1 + w_2 x_2 = 0$.",
        r"Let $J(w) = \sum_{i=1}^n (w x_i - y_i)^2$. Setting $\frac{\partial J}{\partial w} = 0$ gives the minimum.",
        r"We begin at $w_0 = -w_1 = 20$, then at $w_0 = 3$.",
        r"Popular choices are $\sigma(z) = \tanh(z)$ and $\sigma(z) = \max(0, z)$.",
        r"With $x_1 = 5$: $\sigma(w_1 \cdot x_1 + w_2 \cdot x_2) = \sigma(1.0 \times 5.0 + 2.0 \times 3.0)$",
        r"The log of a product is a sum: $\prod_{i=1}^n p(x_i, y_i) = \prod_{i=1}^n p(x_i) p(y_i \mid x_i)$",
        r"The mean is unbiased: $\mathbb{E}[m] = \frac1n \sum_{i=1}^n \mathbb{E}[x_i]$",
        r"The spread is $\hat{\sigma}^2 = \frac1n \sum_{i=1}^n (x_i - \bar{x})^2$.",
        r"The impurity is $\sum_{k=1}^K (p_k - p_k^2) = 1 - \sum_{k=1}^K p_k^2$.",
        r"For a batch of $m$ the loss $L = \frac12 (y - t)^2$ with $y = wx + b$ has "
        r"$\frac{\partial L}{\partial b} = \frac1m \sum_{i=1}^m (y_{\text{pred}}^{(i)} - y_{\text{true}}^{(i)})$.",
        r"$- m \log a_i - \sum_{i=1}^m \frac{b_i^2}{2} = - \frac{1}{2} \sum_{i=1}^m b_i^2 - m \log a_i$",
        r"Updates: $w: = w - \eta g$ and $\begin{aligned} b :&= b - \eta h \end{aligned}$ with $0 < \eta \le 1$.",
    ],
)
def test_what_is_no_false_claim(text):
    assert "refuted" not in verdicts(text)


def test_what_is_zero_only_for_want_of_a_definition_proves_nothing():
    text = r"""The loss is $L = -\sum_j t_j \log \hat{T}_j$. Write $g = \frac{\partial L}{\partial \hat{t}}$ where
$\hat{t}_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$. Then
$$\frac{\partial L}{\partial z_i} = \hat{t}_i \left(g_i + \sum_j g_j \hat{t}_j \right)$$"""
    assert verdicts(text)[-1] != "proved"


TWO_SECTIONS = r"""
# The model
With the design matrix $X$ of rows $x_i$, $J(w) = \frac12 \sum_{i=1}^n (w^T x_i - y_i)^2$ has
$\nabla J = X^T(Xw - y)$.

# Inner products
For vectors $x$ and $y$ one has $x^T y = y^T x$.
"""


def test_a_letter_of_another_section_is_another_letter():
    assert "refuted" not in verdicts(TWO_SECTIONS)
    assert "refuted" in verdicts(TWO_SECTIONS.replace("X^T(Xw - y)", "X^T(y - Xw)"))
    assert "refuted" in verdicts(TWO_SECTIONS.replace("x^T y = y^T x", "x^T y = -y^T x"))


TAKEN_FOR_WRONG = {
    "a layer's output is called Y, and a later ∂L/∂Y is no reason to take it for a parameter": r"""
$$Y_{b,d} = \sigma(X_{b,d})$$

$$\sigma'(X_{b,d}) = Y_{b,d} (1 - Y_{b,d})$$

$$\frac{\partial L}{\partial X_{b,d}} = \frac{\partial L}{\partial Y_{b,d}} Y_{b,d} (1 - Y_{b,d})$$
""",
    "a total whose name has no index": r"""
$$s_t = V h_t$$
$$L_t = (s_t - y_t)^2$$

$$\frac{\partial L}{\partial V} = \sum_t \frac{\partial L_t}{\partial V}$$
""",
    "an equation to be solved, for an x that was 0 in another example": r"""
The line through $x = 0$ and $y = 2$ is no matter here. Let

$$g(x) = e^x - \log x$$

and solve

$$g'(x) = e^x - \frac{1}{x} = 0$$

$$e^x = \frac{1}{x}$$
""",
    "both sides divided, as the words beside them say": r"""
$$
\begin{array}{rl}
0 &= \frac{\partial}{\partial b} \sum (a x_i + b - y_i)^2 \
&= \sum 2 (a x_i + b - y_i) & \text{Dividing by $2$} \
&= \sum a x_i + b - y_i \
\end{array}
$$
""",
}


@pytest.mark.parametrize("name", TAKEN_FOR_WRONG)
def test_what_is_right_is_not_refuted(name):
    assert "refuted" not in verdicts(TAKEN_FOR_WRONG[name])


def test_an_infinite_value_supports_nothing():
    text = r"Take $x = 0$. Then $\frac{1}{x} - 3 = 5$."
    assert verdicts(text)[-1] not in ("proved", "supported")


def test_a_quotient_rule_without_its_derivative_is_refuted_at_the_sample_at_hand():
    text = r"""
The loss of example $i$ is $L_i = -\log p_{y_i}$ with

$$p_k = \frac{e^{f_k}}{\sum_j e^{f_j}}$$

We write $\mathbf{D}$ for derivatives. For a quotient

$$\frac{f(x)}{g(x)} = \frac{g(x) \mathbf{D} f(x) - f(x) \mathbf{D} g(x)}{g(x)^2}$$
"""
    assert verdicts(text)[-1] == "refuted"
    assert verdicts(text.replace(r"$$\frac{f(x)}", r"$$\frac{d}{dx} \frac{f(x)}"))[-1] == "proved"
