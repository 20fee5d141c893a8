r"""Least squares as its writers have it: stated shapes, capital targets, primes for transposes, noise, 0 = A."""

import pytest

from derivations.notes.library import check_notes

STATED = r"""
Minimise $F(\theta) = (A\theta - Y)^T(A\theta - Y)$, where $\theta \in \mathbb{R}^{k \times 1}$,
$A \in \mathbb{R}^{r \times k}$ and $Y \in \mathbb{R}^{r \times 1}$.

$$\nabla_\theta F(\theta) = \nabla_\theta (\theta^T A^T A\theta - 2 Y^T A\theta + Y^T Y)$$
$$\nabla_\theta F(\theta) = 2A^T A\theta - 2A^T Y$$
"""
IN_WORDS = r"""
Here $\mathbf{Y}$ is an $n \times 1$ vector, $\mathbf{X}$ is an $n \times 2$ matrix and $\boldsymbol{\beta}$ is a
$2 \times 1$ vector.

$$\mathbf{Y} = \mathbf{X}\boldsymbol{\beta} + \boldsymbol{\epsilon}, \qquad
\boldsymbol{\beta} = \begin{bmatrix} \beta_0 \\ \beta_1 \end{bmatrix}$$
$$S = (\mathbf{Y} - \mathbf{X}\boldsymbol{\beta})^T(\mathbf{Y} - \mathbf{X}\boldsymbol{\beta})$$
$$\frac{\partial S}{\partial \boldsymbol{\beta}}
= -2\mathbf{X}^T\mathbf{Y} + 2\mathbf{X}^T\mathbf{X}\boldsymbol{\beta}$$
"""
PRIMES = r"""
$$S(b) = (y - Xb)'(y - Xb) = y'y - y'Xb - b'X'y + b'X'Xb = y'y - 2b'X'y + b'X'Xb$$
$$\frac{\partial S}{\partial b} = -2X'y + 2X'Xb$$
"""
NOISE = r"""
$$y_i = w^T x_i + \epsilon_i, \qquad L = \sum_{i=1}^n (y_i - w^T x_i)^2$$
$$\nabla_w L = -2\sum_{i=1}^n (y_i - w^T x_i) x_i$$
"""
OTHER_ARGUMENT = r"""
Let $S(\beta) = (y - X\beta)^T(y - X\beta)$. Then $S(c) = y^T y - 2c^T X^T y + c^T X^T X c$.
"""
PREDICTED = r"""
With $\hat y = X w + b$ and $L = \frac{1}{n} (\hat y - y)^\top (\hat y - y)$ we have
$$\nabla_w L = \frac{2}{n} X^\top (\hat y - y)$$
$$\frac{\partial L}{\partial b} = \frac{2}{n} \mathbf{1}^\top (\hat y - y)$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


@pytest.mark.parametrize("text", [STATED, IN_WORDS, PRIMES, NOISE, OTHER_ARGUMENT, PREDICTED])
def test_right_notes_are_proved(text):
    found = verdicts(text)
    assert set(found) == {"definition", "proved"}


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (PREDICTED, r"= \frac{2}{n} X^\top", r"= \frac{1}{n} X^\top"),
        (STATED, "= 2A^T A\\theta - 2A^T Y", "= 2A^T A\\theta - A^T Y"),
        (STATED, "A\\theta - 2 Y^T A\\theta + Y", "A\\theta + 2 Y^T A\\theta + Y"),
        (IN_WORDS, "= -2\\mathbf{X}^T\\mathbf{Y} +", "= 2\\mathbf{X}^T\\mathbf{Y} +"),
        (PRIMES, "= -2X'y + 2X'Xb", "= -2X'y + X'Xb"),
        (PRIMES, "= y'y - 2b'X'y +", "= y'y - b'X'y +"),
        (NOISE, "= -2\\sum", "= 2\\sum"),
        (OTHER_ARGUMENT, "- 2c^T", "+ 2c^T"),
    ],
)
def test_a_planted_fault_is_refuted(text, right, wrong):
    assert right in text
    assert "refuted" in verdicts(text.replace(right, wrong)) or "conflict" in verdicts(text.replace(right, wrong))


@pytest.mark.parametrize(
    "text",
    [
        # an equation to be solved, whichever side its 0 stands on, and whatever it is divided by
        r"The optimality condition is $$0 = a w - c + \lambda$$ for all $w$.",
        r"""$$0 = \frac{\partial}{\partial b} \sum_{i=1}^n \left(\frac{x_i + b - y_i}{s}\right)^2
        = \sum_{i=1}^n \frac{\partial}{\partial b} (x_i + b - y_i)^2 = \sum_{i=1}^n (x_i + b - y_i)$$""",
        # the derivative of the first function alone
        r"$$h(x) = f(x)g(x), \qquad \frac{d}{dx}h(x) = f(x)\frac{d}{dx}g(x) + \frac{d}{dx}f(x)g(x)$$",
        r"""$$u_{t+1} = u_t - \eta \frac{2}{n} A^T(A u_t - c) = u_t - \eta (A^T A u_t - A^T c)$$
        where the constant is absorbed into $\eta$.""",
    ],
)
def test_what_is_meant_otherwise_is_not_refuted(text):
    assert "refuted" not in verdicts(text)


def test_a_fault_in_an_equation_to_be_solved_is_still_refuted():
    assert "refuted" in verdicts(
        r"$$0 = \frac{\partial}{\partial b} \sum_{i=1}^n (x_i + b)^2 = \sum_{i=1}^n (x_i - b)$$"
    )


def test_primes_of_functions_stay_derivatives():
    assert verdicts(r"$$Q = X'X, \qquad \sigma'(z) = \sigma(z)(1 - \sigma(z))$$")[1] in ("proved", "supported")


def test_a_model_with_noise_says_nothing_of_its_derivative():
    assert "refuted" not in verdicts(
        r"$$y_i = w^T x_i + \epsilon_i, \qquad \frac{\partial y_i}{\partial w_j} = x_{ij}$$"
    )


MEANS = r"""
Data $x_i$, $y_i$ with $i = 1, \dots, n$.

$$\sum_{i=1}^n (x_i - \bar{x})(y_i - \bar{y}) = \sum_{i=1}^n x_i y_i - n\bar{x}\bar{y}$$
"""


def test_a_mean_that_nobody_defines_is_the_mean_of_the_samples():
    assert verdicts(MEANS)[-1] == "supported"
    assert verdicts(MEANS + "\nHere $\\bar{x}$ and $\\bar{y}$ are the means.")[-1] == "proved"


def test_what_is_wrong_with_means_is_refuted_where_they_are_said_to_be_means():
    wrong = MEANS.replace("- n\\bar{x}\\bar{y}", "- 3n\\bar{x}\\bar{y}")
    assert verdicts(wrong)[-1] == "undecided"
    assert verdicts(wrong + "\nHere $\\bar{x}$ and $\\bar{y}$ are the means.")[-1] == "refuted"


def test_a_line_through_data_is_no_definition_of_the_data():
    text = r"""The line is $Y = a + b X$. The residuals are $e_i = Y_i - (a + b X_i)$ and $S = \sum_{i=1}^n e_i^2$, so
    $$\frac{\partial S}{\partial a} = -2\sum_{i=1}^n (Y_i - a - b X_i)$$"""
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("-2\\sum", "2\\sum"))[-1] == "refuted"


def test_no_loss_is_flat_because_nothing_says_what_it_is_made_of():
    text = r"$$R = \epsilon_1^2 + \epsilon_2^2 + \dots + \epsilon_n^2, \qquad \frac{\partial R}{\partial b} = 0$$"
    assert "proved" not in verdicts(text)


HYPOTHESIS = r"""
Linear regression with the cost $J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$ has

$$\frac{\partial J}{\partial \theta_j} = \frac{1}{m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}_j$$
"""
BY_DERIVATIVE = r"""
Let $h_i = \theta_0 + \theta_1 x_i$.

$$\frac{\partial}{\partial \theta_1} J = \frac{\partial}{\partial \theta_1} \frac{1}{2} \sum_{i=1}^m (h_i - y_i)^2
= \sum_{i=1}^m (h_i - y_i) x_i$$
"""


def test_a_hypothesis_that_nobody_states_is_the_usual_one_and_proves_nothing():
    assert verdicts(HYPOTHESIS)[-1] == "supported"
    for wrong in ("x^{(i)}_j$$", "\\frac{1}{m} \\sum"):
        text = HYPOTHESIS.replace(wrong, {"x^{(i)}_j$$": "$$"}.get(wrong, "\\frac{2}{m} \\sum"))
        assert verdicts(text)[-1] not in ("proved", "supported")


def test_a_loss_is_what_its_first_derivative_says():
    assert verdicts(BY_DERIVATIVE) == ["definition", "definition", "proved"]
    assert verdicts(BY_DERIVATIVE.replace("= \\sum", "= 2\\sum"))[-1] == "refuted"
    again = BY_DERIVATIVE + r"$$\frac{\partial J}{\partial \theta_0} = -\sum_{i=1}^m (h_i - y_i)$$"
    assert verdicts(again)[-1] == "refuted"


COUNTS = r"""
$$P_i = \frac{\lambda_i^{y_i} e^{-\lambda_i}}{y_i!}, \qquad \lambda_i = e^{w^\top x_i}, \qquad \ell = \sum_{i=1}^n \log P_i$$
$$\ell = \sum_{i=1}^n \left( y_i \log \lambda_i - \lambda_i - \log y_i! \right)$$
$$\nabla_w \ell = \sum_{i=1}^n (y_i - \lambda_i) x_i$$
"""  # noqa: E501


def test_the_factorial_of_a_count_is_a_number_of_its_own():
    assert verdicts(COUNTS)[-2:] == ["proved", "proved"]
    assert verdicts(COUNTS.replace("- \\log y_i!", "+ \\log y_i!"))[-2] in ("refuted", "conflict")
    assert verdicts(COUNTS.replace("(y_i - \\lambda_i) x_i", "(\\lambda_i - y_i) x_i"))[-1] == "refuted"
    assert verdicts(r"$3! = 6$ and $0! = 1$") == ["proved", "proved"]


def test_augmented_data_and_weights_are_given():
    text = r"""
With a column of ones, $E(\tilde{w}) = (y - \tilde{X} \tilde{w})^\top (y - \tilde{X} \tilde{w})$. Then
$$\nabla_{\tilde{w}} E(\tilde{w}) = 2 \tilde{X}^\top \tilde{X} \tilde{w} - 2 \tilde{X}^\top y$$
"""
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("- 2 ", "- "))[-1] == "refuted"


def test_an_identity_with_its_size_proves_but_refutes_nothing():
    text = r"For $X \in \mathbb{R}^{l \times n}$ one has $X^T X w + \lambda w = (X^T X + \lambda I_n) w$."
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace(r"\lambda w =", r"2\lambda w ="))[-1] == "undecided"


MEAN = r"""
$\ell = -\frac{1}{2 s^2} \sum_{i=1}^n (x_i - \mu)^2$ is largest where

$$\frac{\partial \ell}{\partial \mu} = \frac{1}{s^2} \sum_{i=1}^n (x_i - \mu) = 0$$
"""


@pytest.mark.parametrize(
    ("solution", "verdict"),
    [
        (r"\hat\mu = \frac{1}{n} \sum_{i=1}^n x_i", "proved"),
        (r"\mu = \bar{x}", "proved"),
        (r"\mu = -\bar{x}", "refuted"),
        (r"\mu = \frac{2}{n} \sum_{i=1}^n x_i", "refuted"),
        (r"\mu = \frac{1}{n - 1} \sum_{i=1}^n x_i", "definition"),
        (r"\mu = 3", "definition"),
    ],
)
def test_a_solution_of_what_is_set_to_zero(solution: str, verdict: str) -> None:
    assert check_notes(MEAN + f"so that ${solution}$.").steps[-1].verdict == verdict


def test_a_solution_with_a_hat_has_a_value_afterwards() -> None:
    steps = check_notes(
        MEAN + r"so $\hat\mu = \frac{1}{n} \sum_{i=1}^n x_i$, and $n \hat\mu = \sum_{i=1}^n x_i$."
    ).steps
    assert [step.verdict for step in steps][-2:] == ["proved", "proved"]


LINE = r"""Let $S = \sum_{i=1}^n (y_i - a - b x_i)^2$.
$$\frac{\partial S}{\partial a} = -2 \sum_{i=1}^n (y_i - a - b x_i)$$ """


def test_a_parameter_that_is_solved_for_is_one_number_for_all_samples() -> None:
    assert [s.verdict for s in check_notes(LINE + r"so $a = \bar{y} - b \bar{x}$.").steps][:2] == [
        "definition",
        "proved",
    ]


def test_a_derivative_that_was_just_found_set_to_zero_is_no_claim() -> None:
    said = LINE + r"gives $\sum_{i=1}^n y_i = n a + b \sum_{i=1}^n x_i$."
    assert check_notes(said).steps[-1].verdict == "definition"
    assert check_notes(said.replace("n a + b", "n a - b")).steps[-1].verdict == "refuted"


def test_the_second_index_may_be_that_of_the_sample() -> None:
    text = r"""$o_d = \sigma(\vec{w} \cdot \vec{x}_d)$ and $E = \frac12 \sum_{d \in D} (t_d - o_d)^2$.
    $$\frac{\partial E}{\partial w_i} = -\sum_{d \in D} (t_d - o_d) o_d (1 - o_d) x_{id}$$"""
    assert check_notes(text).steps[-1].verdict in ("proved", "supported", "undecided")  # x_{di} is as usual
    assert check_notes(text.replace("x_{id}", "w_i")).steps[-1].verdict == "refuted"


RESIDUAL = r"The residual is $r = y - X\beta$ and $S = r^T r$. At the minimum $X^T r = 0$, that is "


@pytest.mark.parametrize(
    ("solved", "verdict"),
    [(r"$X^T X \beta = X^T y$", "proved"), (r"$X^T X \beta = 2 X^T y$", "definition")],
)
def test_what_follows_from_a_vector_that_is_zero(solved: str, verdict: str) -> None:
    assert check_notes(RESIDUAL + solved).steps[-1].verdict == verdict


def test_a_hessian_is_no_equation_to_be_solved() -> None:
    text = r"$J(w) = \|Xw - y\|^2 + \lambda\|w\|^2$, $\nabla J = 2X^T(Xw - y) + 2\lambda w = 0$ and "
    assert check_notes(text + r"$\nabla^2 J = 2(X^T X + \lambda I)$").steps[-1].verdict == "proved"
    assert check_notes(text + r"$\nabla^2 J = 2(X^T X - \lambda I)$").steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"$\nabla L = \frac{2}{n} (\hat y - y)^\top X$", "proved"),
        (r"$\nabla L = \frac{2}{n} (\hat y - y) X$", "supported"),  # a column before a matrix: who transposes means it
        (r"$\nabla L = \frac{2}{n} X (\hat y - y)$", "refuted"),
    ],
)
def test_a_column_before_a_matrix_is_no_proof(step: str, verdict: str) -> None:
    assert check_notes(PREDICTED + step).steps[-1].verdict == verdict


LOGIT = r"""
$P_i = \frac{1}{1 + e^{-x_i'\beta}}$ and $\ln L = \sum_{i=1}^n [y_i \ln P_i + (1 - y_i) \ln(1 - P_i)]$. The score is
$$\frac{\partial \ln L}{\partial \beta} = SCORE$$
"""
STANDARD = r"""
Let $x_i' = (x_i - m)/s$ and $\hat y_i = x_i' \beta$ with $L = \sum_i (y_i - \hat y_i)^2$. Then
$\frac{\partial L}{\partial \beta} = SIGN 2\sum_i (y_i - x_i' \beta) x_i'$.
"""


@pytest.mark.parametrize(
    ("score", "verdict"),
    [
        (r"\sum_{i=1}^n (y_i - P_i) x_i", "proved"),
        (r"\sum_{i=1}^n (P_i - y_i) x_i", "refuted"),
        (r"\sum_{i=1}^n (y_i - P_i)", None),
        (r"\sum_{i=1}^n (y_i - x_i'\beta) x_i", "refuted"),
    ],
)
def test_primed_data_before_weights_are_transposed(score: str, verdict: str | None) -> None:
    found = check_notes(LOGIT.replace("SCORE", score)).steps[-1].verdict
    assert found == verdict if verdict is not None else found not in ("proved", "supported")


def test_primed_data_that_are_defined_are_a_name() -> None:
    right, wrong = (check_notes(STANDARD.replace("SIGN", sign)).steps[-1].verdict for sign in ("-", "+"))
    assert right in ("proved", "supported")
    assert wrong not in ("proved", "supported")
