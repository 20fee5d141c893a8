r"""Matrix calculus without weights: a^\top x, x^\top A x, by their entries and whole, and how such pages are set."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


def last(text: str):
    return check_notes(text).steps[-1]


BY_ENTRIES = r"$$x^T A x = \sum_j \sum_k A_{jk} x_j x_k$$"
BY_SMALL_ENTRIES = r"$$x^T A x = \sum_j x_j (A x)_j = \sum_j x_j \sum_k a_{jk} x_k$$"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (BY_ENTRIES + r"$$\frac{\partial}{\partial x_i} x^T A x = RIGHT$$", r"\sum_j (A_{ji} + A_{ij}) x_j"),
        (BY_SMALL_ENTRIES + r"$$\frac{\partial}{\partial x_i} x^T A x = RIGHT$$", r"\sum_j (a_{ji} + a_{ij}) x_j"),
        (BY_ENTRIES + r"$$\nabla_x x^T A x = RIGHT$$", r"(A + A^T) x"),
        (r"Let $f(x) = \frac12 x^T A x + b^T x$. $$\nabla f(x) = RIGHT$$", r"\frac12 (A + A^T) x + b"),
        (r"Let $f(x) = x^T A x + b^T x$. $$\nabla^2 f(x) = RIGHT$$", r"A + A^T"),
    ],
)
def test_a_form_is_derived_by_the_entries_of_its_vector(text: str, right: str) -> None:
    assert set(verdicts(text.replace("RIGHT", right))) <= {"proved", "definition"}
    assert last(text.replace("RIGHT", right.replace("+", "-"))).verdict == "refuted"


def test_a_linear_form_is_derived_by_an_entry() -> None:
    text = BY_ENTRIES + r"$$\nabla_x a^T x = a$$ $$\frac{\partial}{\partial x_i} \sum_j a_j x_j = RIGHT$$"
    assert set(verdicts(text.replace("RIGHT", "a_i"))) == {"proved"}
    assert last(text.replace("RIGHT", "2 a_i")).verdict not in ("proved", "supported")


@pytest.mark.parametrize("said", ["a symmetric matrix $A$", "a symmetric matrix A", "A, where A is symmetric"])
def test_a_name_may_stand_outside_of_formulas_where_it_is_said_to_be_symmetric(said: str) -> None:
    step = last(rf"For {said} we find $$\nabla_x (x^T A x) = 2 A x$$")
    assert step.verdict == "proved"
    assert step.conditions == ("A is symmetric",)


@pytest.mark.parametrize("said", ["A symmetric matrix is a fine thing.", "", "B is symmetric."])
def test_a_form_of_which_nothing_is_said_may_have_a_symmetric_matrix(said: str) -> None:
    step = last(rf"{said} $$\nabla_x (x^T A x) = 2 A x$$")
    assert (step.verdict, step.reason) == ("undecided", "holds where A is symmetric")
    assert last(rf"{said} $$\nabla_x (x^T A x) = A x$$").verdict == "refuted"


@pytest.mark.parametrize(
    "said",
    [
        "Here A is not symmetric.",
        "Let $A = B C$.",
        "$$\\nabla_x (x^T A x) = (A + A^T) x$$",
        "$$b^T A^T x = x^T A b$$",
    ],
)
def test_a_matrix_of_which_more_is_said_is_not_taken_to_be_symmetric(said: str) -> None:
    assert last(rf"{said} $$\nabla_x (x^T A x) = 2 A x$$").verdict == "refuted"


def test_only_the_matrix_of_a_form_may_be_symmetric_in_silence() -> None:
    text = r"$h = W x$ and $L = c^T h$ where $W \in \mathbb{R}^{n \times n}$: $$\frac{\partial L}{\partial x} = RIGHT$$"
    assert last(text.replace("RIGHT", "W^T c")).verdict == "proved"
    assert last(text.replace("RIGHT", "W c")).verdict == "refuted"


def test_the_matrix_between_two_brackets_is_no_function_of_the_second() -> None:
    text = r"Let $A$ be symmetric. $$\frac{\partial}{\partial x} (x - m)^T A (x - m) = RIGHT$$"
    assert last(text.replace("RIGHT", "2 A (x - m)")).verdict == "proved"
    assert last(text.replace("RIGHT", "2 A (x + m)")).verdict == "refuted"


def test_a_hessian_that_is_a_matrix_says_nothing_of_that_matrix() -> None:
    text = (
        r"Let $f(x) = \frac12 x^T A x + b^T x$ with symmetric $A$. $$\nabla f(x) = A x + b$$ $$\nabla^2 f(x) = RIGHT$$"
    )
    assert verdicts(text.replace("RIGHT", "A")) == ["definition", "proved", "proved"]
    assert last(text.replace("RIGHT", "2 A")).verdict == "refuted"


def test_a_name_for_a_derivative_is_no_number() -> None:
    """G is the gradient: its own derivative isn't 0, and nothing here says what it is."""
    text = r"Let $f(x) = x^T A x$. $$\nabla_x f = G$$ $$\nabla_x (G^T x) = G$$"
    assert last(text).verdict not in ("proved", "supported")


def test_a_letter_that_is_an_index_nowhere_is_a_number() -> None:
    assert verdicts(r"$$\frac{d}{dx} k x^2 = 2 k x$$ $$\frac{d}{dx} k x^2 = k x$$") == ["proved", "refuted"]


def test_the_sign_at_a_break_is_printed_twice() -> None:
    text = r"""Let $L = \log(1 + e^{-y w^T x})$.
\begin{multline*}
\nabla_w L = \frac{1}{1 + e^{-y w^T x}} \nabla_w (1 + e^{-y w^T x}) = \\
= \frac{e^{-y w^T x}}{1 + e^{-y w^T x}} \cdot \\
\cdot \nabla_w (-y w^T x) = \\
= SIGN \frac{y x}{1 + e^{y w^T x}}
\end{multline*}
"""
    assert verdicts(text.replace("SIGN", "-")) == ["definition", "proved", "proved", "proved"]
    assert verdicts(text.replace("SIGN", "")) == ["definition", "proved", "proved", "refuted"]


def test_delimiters_may_be_written_twice() -> None:
    text = (
        r"where \( $\hat{y} = \sigma(z)$ \) and \( $z = w^T x + b$ \): $$\frac{\partial \hat{y}}{\partial b} = RIGHT$$"
    )
    assert verdicts(text.replace("RIGHT", r"\hat{y} (1 - \hat{y})")) == ["definition", "definition", "proved"]
    assert last(text.replace("RIGHT", r"\hat{y} (1 + \hat{y})")).verdict == "refuted"


@pytest.mark.parametrize(
    "text",
    [
        r"$$\nabla_A f(A) = \left( \frac{\partial f}{\partial A_{ij}} \right)_{i,j=1}^{n,m}$$",
        r"$$\frac{\partial f}{\partial x} = (\frac{\partial f}{\partial x_1}, \frac{\partial f}{\partial x_2})$$",
        r"$$\nabla_x a^T x = \;?$$",
    ],
)
def test_what_a_gradient_is_and_what_it_may_be_is_no_claim(text: str) -> None:
    assert verdicts(text) == ["definition"]


def test_a_log_likelihood_has_two_letters() -> None:
    text = r"""Let $LL = \sum_i (y_i \log \mu_i + (1 - y_i) \log(1 - \mu_i))$ with $\mu_i = \sigma(w^T x_i)$. Then
$$\frac{\partial LL}{\partial w} = \sum_i (y_i - \mu_i) x_i$$"""
    assert last(text).verdict == "proved"
    assert last(text.replace("y_i - \\mu_i) x", "\\mu_i - y_i) x")).verdict == "refuted"


@pytest.mark.parametrize("derivative", [r"\frac{\partial}{\partial x} FORM", r"\frac{d}{dx} (FORM)", r"\nabla_x FORM"])
@pytest.mark.parametrize(
    ("form", "right"),
    [
        ("x^T A x", "(A + A^T) x"),
        ("(x - m)^T A (x - m)", "(A + A^T) (x - m)"),
    ],
)
def test_a_form_behind_its_derivative_has_a_matrix(derivative: str, form: str, right: str) -> None:
    text = f"$${derivative.replace('FORM', form)} = RIGHT$$"
    assert last(text.replace("RIGHT", right)).verdict == "proved"
    assert last(text.replace("RIGHT", right.replace("+", "-"))).verdict == "refuted"
