r"""Names that are not what a step is false with: a vector behind a matrix, a variance beside others, a whole nabla."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


@pytest.mark.parametrize("matrix", [r"$$A = X^T X$$", r"$$A = I + B$$", r"Now $A = D (I - \gamma P)$ and $b = D r$."])
@pytest.mark.parametrize("vector", [r"e", r"\delta_t", "r"])
def test_what_stands_behind_a_matrix_may_be_a_vector(matrix: str, vector: str) -> None:
    right = rf"$${vector} - \alpha A {vector} = (I - \alpha A) {vector}$$"
    assert "refuted" not in verdicts(f"{matrix}\n\n{right}")


def test_a_matrix_by_a_known_number_is_refuted() -> None:
    assert verdicts(r"$$A = X^T X$$ and $c = 3$. $$c A = 2 c A$$")[-1] == "refuted"


VARIANCE = r"""
$$y_i = \gamma \frac{x_i - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta$$
where $$\mu = \frac{1}{D} \sum_{i=1}^D x_i$$ $$\sigma^2 = \frac{1}{D} \sum_{i=1}^D (x_i - \mu)^2$$
For each token $$\sigma_i^2 = \frac{1}{D} \sum_{j=1}^D (X_{ij} - \mu_i)^2$$
"""


def test_a_variance_is_no_squared_norm_of_others() -> None:
    assert "refuted" not in verdicts(VARIANCE)


SLOPE = r"""Let $A = \sigma(Z)$ with $Z = X W + b$, $X \in \mathbb{R}^{n \times d}$ and $W \in \mathbb{R}^{d \times k}$.

$$\sigma'(Z) = RIGHT$$
"""


@pytest.mark.parametrize("right", [r"A \cdot (1 - A)", r"A (1 - A)", r"A \times (1 - A)", r"A \odot (1 - A)"])
def test_matrices_of_one_shape_beside_1_less_one_are_multiplied_by_entries(right: str) -> None:
    assert verdicts(SLOPE.replace("RIGHT", right)) in (["proved"], ["supported"])
    assert verdicts(SLOPE.replace("RIGHT", right.replace("-", "+"))) == ["refuted"]


def test_a_product_of_three_by_entries() -> None:
    loss = SLOPE.split("$$")[0] + r"Let $L = \frac12 \|A - Y\|^2$."
    right = r"$$\frac{\partial L}{\partial Z} = (A - Y) \cdot A \cdot (1 - A)$$"
    assert verdicts(f"{loss}\n\n{right}") == ["supported"]
    assert verdicts(f"{loss}\n\n{right.replace('A - Y', 'A + Y')}") == ["refuted"]


def test_products_of_matrices_are_not_turned_round_so() -> None:
    matrices = r"$A \in \mathbb{R}^{n \times n}$, $B \in \mathbb{R}^{n \times n}$. "
    assert verdicts(matrices + "$$A B = B A$$") == ["refuted"]
    assert verdicts(matrices + "$$(1 - A) B = B (1 - A)$$") == ["refuted"]


@pytest.mark.parametrize("nabla", [r"\nabla", r"\bigtriangledown", r"\triangledown"])
def test_a_nabla_by_other_names(nabla: str) -> None:
    text = r"Let $L(w) = \frac12 \|X w - y\|^2$. $$NABLA_w L = X^T (X w - y)$$".replace("NABLA", nabla)
    assert verdicts(text) == ["proved"]


def test_a_dotted_equals_sign_defines() -> None:
    assert verdicts(r"$$L \doteq \frac12 (w x - y)^2$$ $$\frac{dL}{dw} = (w x - y) x$$") == ["proved"]
