r"""Inverses of matrices in notes: normal equations solved, hat matrices, precision matrices."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

WEIGHTED = r"""
The log-likelihood with the covariance matrix $V$ of the errors is
$$\ell(\beta) = -\frac{1}{2}(y - X\beta)^T V^{-1}(y - X\beta)$$
With $P = V^{-1}$,
$$\frac{d \ell(\beta)}{d\beta} = %s$$
Setting it to zero,
$$\hat\beta = %s$$
"""
HAT = r"""
Let $H = X(X^TX)^{-1}X^T$. Then
$$HH = %s$$
$$y^T(I-H)^T(I-H)y = %s$$
$$X^T(y - Hy) = %s$$
"""
RIDGE = r"""
We minimise $$L(w) = \|y - Xw\|^2 + \lambda\|w\|^2$$
$$\nabla L(w) = -2X^T(y - Xw) + 2\lambda w = 0$$
$$w = %s$$
"""
SEVERAL = r"""
For several outputs, $L(W) = \frac{1}{2}\|XW - Y\|_F^2$ has
$$\frac{\partial L}{\partial W} = X^T(XW-Y) = 0$$
$$W^* = %s$$
"""


def verdicts(note: str) -> list[str]:
    return [step.verdict for step in check_notes(note).steps]


def last(note: str) -> str:
    return verdicts(note)[-1]


def test_generalised_least_squares_is_proved_and_its_condition_named() -> None:
    report = check_notes(WEIGHTED % (r"X^TPy - X^TPX\beta", r"(X^TPX)^{-1}X^TPy"))
    gradient, solution = report.steps[2], report.steps[-1]
    assert (gradient.verdict, solution.verdict) == ("proved", "proved")
    assert any("invertible" in condition for condition in solution.conditions)


@pytest.mark.parametrize("wrong", [r"X^TPy + X^TPX\beta", r"2X^TPy - X^TPX\beta", r"X^TVy - X^TVX\beta"])
def test_a_wrong_gradient_of_generalised_least_squares_is_refuted(wrong: str) -> None:
    assert check_notes(WEIGHTED % (wrong, r"(X^TPX)^{-1}X^TPy")).steps[2].verdict == "refuted"


@pytest.mark.parametrize("wrong", [r"(X^TPX)^{-1}X^Ty", r"(X^TX)^{-1}X^TPy", r"-(X^TPX)^{-1}X^TPy"])
def test_a_wrong_estimate_of_generalised_least_squares_is_not_proved(wrong: str) -> None:
    assert last(WEIGHTED % (r"X^TPy - X^TPX\beta", wrong)) not in ("proved", "supported")


def test_a_hat_matrix_is_worked_with() -> None:
    right = HAT % (r"X(X^TX)^{-1}X^TX(X^TX)^{-1}X^T = H", r"y^T(I-H)y", "0")
    assert [v for v in verdicts(right) if v != "definition"] == ["proved"] * 4


def test_what_is_false_of_a_hat_matrix_is_not_proved() -> None:
    for wrong in ("2H", "-H"):
        assert verdicts(HAT % (wrong, r"y^T(I-H)y", "0"))[1] == "refuted"
    for wrong in (r"y^T(I+H)y", r"y^THy", r"2y^T(I-H)y"):
        assert verdicts(HAT % ("H", wrong, "0"))[2] not in ("proved", "supported")
    assert verdicts(HAT % ("H", r"y^T(I-H)y", "X^Ty"))[3] == "refuted"


def test_what_is_said_of_a_matrix_by_itself_is_checked_against_its_value() -> None:
    note = r"Let $H = X(X^TX)^{-1}X^T$. Then $$H^T = H$$ $$H^T = %s$$"
    assert verdicts(note % "H")[-1] == "proved"
    assert verdicts(note % "-H")[-1] == "refuted"


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (r"(X^TX + \lambda I)^{-1}X^Ty", "proved"),
        (r"(\lambda I + X^T X)^{-1} X^T y", "proved"),
        (r"(X^TX - \lambda I)^{-1}X^Ty", "refuted"),
        (r"(X^TX)^{-1}X^Ty", "open"),
    ],
)
def test_ridge_regression_is_solved(value: str, verdict: str) -> None:
    found = last(RIDGE % value)
    assert found == verdict or verdict == "open" and found not in ("proved", "supported")


def test_several_outputs_are_solved_at_once() -> None:
    assert last(SEVERAL % r"(X^TX)^{-1}X^TY") == "proved"
    assert last(SEVERAL % r"2(X^TX)^{-1}X^TY") not in ("proved", "supported")


def test_the_derivative_of_an_inverse_is_not_taken_for_zero() -> None:
    note = r"Let $K = X^TX + \lambda I$ and $$f(\lambda) = y^TK^{-1}y$$ $$\frac{df}{d\lambda} = 0$$"
    assert last(note) not in ("proved", "supported")


def test_an_inverse_for_each_of_several_classes_is_outside_the_language() -> None:
    note = r"For classes $k$ with covariance matrices $\Sigma_k$, $$x^T\Sigma_k^{-1}x = x^T\Sigma_j^{-1}x$$"
    assert last(note) not in ("proved", "supported")


SPECIAL = (
    r"Because $P$ is idempotent and symmetric, %s",
    r"The matrix $P$ is an orthogonal projection. Hence %s",
    r"Let $P^2 = P = P^T$. Then %s",
    r"With $PP = P$ and $P^T = P$, %s",
    r"Sei $P$ idempotent und symmetrisch. Dann %s",
    r"设 $P$ 为幂等对称矩阵。于是 %s",
)


@pytest.mark.parametrize("words", SPECIAL)
def test_what_holds_of_idempotent_matrices_alone_is_left_open(words: str) -> None:
    assert last(words % r"$$y^TP^TPy = y^TPy$$") not in ("refuted", "conflict")


@pytest.mark.parametrize(
    "words", [r"Let $Q$ be orthogonal. Then %s", r"Since $Q^TQ = I$, %s", r"для ортогональной матрицы $Q$ %s"]
)
def test_what_holds_of_orthogonal_matrices_alone_is_left_open(words: str) -> None:
    assert last(words % r"$$(Qx)^T(Qy) = x^Ty, \quad y^TQQ^TX = y^TX$$") not in ("refuted", "conflict")


def test_what_is_said_of_another_matrix_is_no_excuse() -> None:
    note = r"Let $Q$ be orthogonal and $L(w) = \|Xw - y\|^2$ with $X \in \mathbb{R}^{n \times m}$. Then %s"
    assert last(note % r"$$\nabla L = X^T(Xw - y)$$") == "refuted"


GAUSSIAN = r"""
The log-likelihood of a Gaussian is
$$\ell(\mu) = -\frac{1}{2}\sum_{i=1}^n (x_i - \mu)^T\Sigma^{-1}(x_i - \mu)$$
$$\frac{\partial \ell}{\partial \mu} = %s$$
"""


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (r"\sum_{i=1}^n \Sigma^{-1}(x_i - \mu)", "proved"),
        (r"\Sigma^{-1}\left(\sum_{i=1}^n x_i - n\mu\right)", "proved"),
        (r"-\sum_{i=1}^n \Sigma^{-1}(x_i - \mu)", "refuted"),
        (r"\sum_{i=1}^n \Sigma(x_i - \mu)", "refuted"),
        (r"\frac12\sum_{i=1}^n \Sigma^{-1}(x_i - \mu)", "refuted"),
    ],
)
def test_the_mean_of_a_gaussian(value: str, verdict: str) -> None:
    found = check_notes(GAUSSIAN % value).steps[-1]
    assert found.verdict == verdict
    if verdict == "proved":
        assert any("symmetric" in condition for condition in found.conditions)


QUADRATIC = r"Let $f(x) = \frac12 x^TQx - b^Tx$ with $Q$ symmetric positive definite. Then $\nabla f(x) = %s$; %s"


@pytest.mark.parametrize(
    ("gradient", "verdict"),
    [("Qx - b", "proved"), ("Qx + b", "refuted"), ("2Qx - b", "refuted"), ("Q^{-1}x - b", "open")],
)
def test_a_quadratic_function_whose_matrix_has_an_unusual_letter(gradient: str, verdict: str) -> None:
    found = check_notes(QUADRATIC % (gradient, "")).steps[-1].verdict
    assert found == verdict or verdict == "open" and found not in ("proved", "supported")


def test_the_value_at_the_minimum_of_a_quadratic_function() -> None:
    note = QUADRATIC % ("Qx - b", r"with $x^* = Q^{-1}b$, $$\frac12 x^{*T}Qx^* - b^Tx^* = %s$$")
    assert last(note % r"-\frac12 b^TQ^{-1}b") in ("proved", "undecided", "unsupported")
    assert last(note % r"\frac12 b^TQ^{-1}b") not in ("proved", "supported")


def test_inverses_of_one_matrix_by_two_names_are_one() -> None:
    note = r"$J(w) = \frac12\|Xw - y\|^2$ has $\nabla J = X^T(Xw-y)$ and $H = X^TX$. $$w - H^{-1}\nabla J = %s$$"
    assert last(note % r"w - (X^TX)^{-1}X^T(Xw - y) = (X^TX)^{-1}X^Ty") == "proved"
    assert last(note % r"(X^TX)^{-1}X^Ty") == "proved"
    assert last(note % r"-(X^TX)^{-1}X^Ty") not in ("proved", "supported")


SLOPE_OF_VARIANCE = r"""
$$L(\mu, \sigma^2) = -\frac{n}{2}\ln\sigma^2 - \frac{1}{2\sigma^2}\sum_{i=1}^{n}(x_i-\mu)^2$$
$$\frac{\partial L}{\partial\sigma^2} = -\frac{n}{2\sigma^2} + \frac{1}{2\sigma^4}\sum_{i=1}^{n}(x_i-\mu)^2 = 0$$
$$\sigma^2 = %s\sum_{i=1}^{n}(x_i-\mu)^2$$
"""


@pytest.mark.parametrize(("factor", "verdict"), [(r"\frac1n", "proved"), (r"\frac2n", "refuted"), ("", "open")])
def test_a_variance_is_solved_for_without_a_hat(factor: str, verdict: str) -> None:
    found = last(SLOPE_OF_VARIANCE % factor)
    assert found == verdict or verdict == "open" and found not in ("proved", "supported")


def test_an_older_function_of_other_parameters_excuses_nothing() -> None:
    note = r"""
    For coins, $L(p) = \prod_{i=1}^n p^{x_i}(1-p)^{1-x_i}$.

    For normal data,
    $$L(\mu, \sigma) = \frac{1}{(\sqrt{2\pi}\sigma)^n}e^{-\frac{1}{2\sigma^2}\sum_{i=1}^{n}(x_i-\mu)^2}$$
    $$\frac{\partial}{\partial\mu}\ln L = \frac{1}{%s}\left(\sum_{i=1}^{n} x_i-n\mu\right)$$
    """
    assert last(note % r"\sigma^2") == "proved"
    assert last(note % r"\sigma") == "refuted"


def test_a_derivative_at_an_estimate_is_by_what_it_estimates() -> None:
    note = r"""
    With $S = \sum_{i=1}^n (y_i - \hat\beta_0 - \hat\beta_1 x_i)^2$,
    $$\frac{\partial S}{\partial \beta_0} = %s\sum_{i=1}^n (y_i - \hat\beta_0 - \hat\beta_1 x_i)$$
    """
    assert last(note % "-2") == "proved"
    assert last(note % "2") == "refuted"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"(X^TX + \lambda I)^{-1}X^T = X^T(XX^T + \lambda I)^{-1}", r"(X^TX + \lambda I)^{-1}X^T = X^T(XX^T)^{-1}"),
        (r"(A^T)^{-1} = (A^{-1})^T", r"(A^T)^{-1} = A^{-1}"),
        (r"(A^{-1})^{-1} = A", r"(A^{-1})^{-1} = A^{-1}"),
    ],
)
def test_identities_between_inverses(right: str, wrong: str) -> None:
    note = r"Let $X \in \mathbb{R}^{n \times d}$, and let $A \in \mathbb{R}^{n \times n}$ be invertible. $$%s$$"
    assert last(note % right) == "proved"
    assert last(note % wrong) == "refuted"


def test_a_dagger_beside_an_inverse_may_be_a_pseudo_inverse() -> None:
    note = r"Let $\Phi \in \mathbb{R}^{d \times n}$. $$(\Phi\Phi^T)^{-1}\Phi y = \Phi^\dagger y$$"
    assert not {"proved", "refuted", "supported"} & set(verdicts(note))
