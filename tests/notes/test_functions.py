r"""Functions of the document: at any argument, of other things, and the labels for which a probability is stated."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

LOGISTIC = r"$$g(z) = \frac{1}{1 + e^{-z}}$$" + "\n"
LAYER = LOGISTIC + r"$$z_k = \sum_j W_{kj} x_j$$" + "\n" + r"$$a_k = g(z_k)$$" + "\n"
LABELS = r"$$P(y = 1 \mid x) = \sigma(w^\top x)$$" + "\n" + r"$$P(y = 0 \mid x) = 1 - \sigma(w^\top x)$$" + "\n"


def last(before: str, formula: str) -> str:
    return check_notes(before + f"$${formula}$$\n").steps[-1].verdict


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (LOGISTIC, "g(-z) = 1 - g(z)", "g(-z) = g(z)"),
        (LOGISTIC, r"g'(w^\top x) = g(w^\top x)(1 - g(w^\top x))", r"g'(w^\top x) = g(w^\top x)"),
        (LOGISTIC, r"g(y w^\top x) = \frac{1}{1 + e^{-y w^\top x}}", r"g(y w^\top x) = \frac{1}{1 + e^{y w^\top x}}"),
        (LAYER, r"\frac{\partial a_k}{\partial z_k} = g'(z_k)", r"\frac{\partial a_k}{\partial z_k} = 2 g'(z_k)"),
        (
            LAYER,
            r"\frac{\partial a_k}{\partial W_{kj}} = g(z_k)(1 - g(z_k)) x_j",
            r"\frac{\partial a_k}{\partial W_{kj}} = g(z_k)(1 + g(z_k)) x_j",
        ),
        (
            LABELS,
            r"P(y \mid x) = \sigma(w^\top x)^y (1 - \sigma(w^\top x))^{1 - y}",
            r"P(y \mid x) = \sigma(w^\top x)^{1 - y} (1 - \sigma(w^\top x))^y",
        ),
        (
            LABELS,
            r"\prod_{i=1}^n P(y_i | x_i) = \prod_{i=1}^n \sigma(w^\top x_i)^{y_i} (1 - \sigma(w^\top x_i))^{1 - y_i}",
            r"\prod_{i=1}^n P(y_i | x_i) = \prod_{i=1}^n \sigma(w^\top x_i)^{y_i} (1 + \sigma(w^\top x_i))^{1 - y_i}",
        ),
    ],
)
def test_held_and_refuted(before: str, right: str, wrong: str) -> None:
    assert last(before, right) == "proved"
    assert last(before, wrong) in ("refuted", "conflict")


def test_labels_of_other_values_are_no_zeros_and_ones() -> None:
    note = r"$$P(y = 1 \mid x) = \sigma(w^\top x)$$ $$P(y = -1 \mid x) = \sigma(-w^\top x)$$ With $y = 0 |$ no label, "
    assert last(note, r"P(y \mid x) = \sigma(y w^\top x)") == "definition"


def test_a_function_of_other_things_has_another_value() -> None:
    note = r"$$f(x, y) = x y$$ $$f(x, y, z) = x y z$$ $$\frac{\partial f(x, y, z)}{\partial z} = x y$$"
    assert [s.verdict for s in check_notes(note).steps][-1] == "proved"


@pytest.mark.parametrize(
    ("before", "gradient"),
    [
        (r"$$f(\mathbf x) = \mathbf x^\top \mathbf x$$", r"\nabla f(\mathbf x) = %s \mathbf x"),
        ("", r"\nabla \|\mathbf x\|_2^2 = %s \mathbf x"),
        (
            r"$$F(\mathbf x) = \|A \mathbf x - \mathbf b\|^2$$",
            r"\nabla F(\mathbf x) = %s A^\top (A \mathbf x - \mathbf b)",
        ),
    ],
)
def test_a_gradient_is_by_the_one_argument(before: str, gradient: str) -> None:
    assert last(before, gradient % "2") == "proved"
    assert last(before, gradient % "3") == "refuted"


def test_a_definition_by_its_sign_replaces_another() -> None:
    note = r"$E = (w a - t)^2$. $$\delta \equiv w a - t$$ Now $$\delta \equiv \frac{\partial E}{\partial a}$$"
    assert last(note, r"\delta = 2 w (w a - t)") == "proved"
    assert last(note, r"\delta = w a - t") in ("refuted", "conflict")


def test_a_letter_for_the_errors_of_two_layers_refutes_nothing() -> None:
    note = (
        r"$a_j = \sum_i w_{ji} x_i$, $h_j = \tanh(a_j)$, $y_k = \sum_j v_{kj} h_j$, "
        r"$E = \frac12 \sum_k (y_k - t_k)^2$, $\delta_k \equiv y_k - t_k$ and "
        r"$$\delta_j \equiv \frac{\partial E}{\partial a_j}.$$"
    )
    assert last(note, r"\frac{\partial E}{\partial w_{ji}} = \delta_j x_i") != "refuted"


def test_a_label_says_nothing_of_all_samples() -> None:
    note = LABELS + r"$$L(w) = P(y \mid X)$$" + "\n" + r"$$P(y \mid X) = \prod_{i=1}^n P(y_i \mid x_i)$$" + "\n"
    assert "refuted" not in [s.verdict for s in check_notes(note).steps]
    assert check_notes(note).steps[-1].verdict == "definition"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac1n \sum_{i=1}^n (w^T x_i - y_i) x_i + \lambda \operatorname{sign}(w)", ("+ \\lambda", "- \\lambda")),
        (r"\frac1n \sum_{i=1}^n (w^T x_i - y_i) x_i + \lambda \text{sgn}(w)", (r"\text{sgn}(w)", "w")),
    ],
)
def test_the_sign_is_the_slope_of_the_norm_one(right: str, wrong: tuple[str, str]) -> None:
    loss = r"$C(w) = \frac{1}{2n} \sum_{i=1}^n (w^T x_i - y_i)^2 + \lambda \|w\|_1$, so $\nabla_w C = "
    assert check_notes(f"{loss}{right}$.").steps[-1].verdict == "proved"
    assert check_notes(f"{loss}{right.replace(*wrong)}$.").steps[-1].verdict == "refuted"


@pytest.mark.parametrize(
    ("step", "last"),
    [
        (r"\tanh x = \frac{\sinh x}{\cosh x}", "proved"),
        (r"\frac{\cosh^2 x - \sinh^2 x}{{\cosh}^{2} x} = 1 - \tanh^2 x", "proved"),
        (r"\frac{d}{dx} \cosh x = -\sinh x", "refuted"),
    ],
)
def test_hyperbolic_functions(step: str, last: str) -> None:
    assert check_notes(f"$${step}$$").steps[-1].verdict == last


@pytest.mark.parametrize("head", ["y = f(g(x))$. Then $\\frac{dy}{dx}", "h(x) = f(g(x))$. Then $h'(x)"])
@pytest.mark.parametrize(
    ("slope", "holds"),
    [("f'(g(x))\\, g'(x)", True), ("f'(x)\\, g'(x)", False), ("f'(g(x))", False), ("f'(g(x))\\, g(x)", False)],
)
def test_a_function_of_a_function_has_the_slope_of_both(head: str, slope: str, holds: bool) -> None:
    verdict = check_notes(f"Let ${head} = {slope}$.").steps[-1].verdict
    assert (verdict == "proved") is holds
    assert verdict != "supported"
