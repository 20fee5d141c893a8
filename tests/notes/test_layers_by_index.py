"""Layers whose matrices have indices in one layer only, and the gradient by the last layer's values, ∇_a C."""

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


NETWORK = r"""The inputs are $z_j^l = \sum_k w^l_{jk} a_k^{l-1} + b_j^l$, and $a^l = \sigma(z^l)$.
The cost is $C = \frac{1}{2} \|y - a^L\|^2$ and $\delta^l_j = \frac{\partial C}{\partial z^l_j}$.
$$%s$$
"""


def test_a_matrix_without_indices_is_one_in_every_layer() -> None:
    assert verdicts(NETWORK % r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)") == ["proved"]
    assert verdicts(NETWORK % r"\delta^l = (w^{l+1} \delta^{l+1}) \odot \sigma'(z^l)") == ["refuted"]
    assert verdicts(NETWORK % r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma(z^l)") == ["refuted"]


def test_a_row_before_a_matrix_is_not_refuted() -> None:
    assert verdicts(NETWORK % r"\delta^l = (\delta^{l+1} w^{l+1}) \odot \sigma'(z^l)") == ["supported"]


def test_the_gradient_by_a_is_by_the_last_layer() -> None:
    assert verdicts(NETWORK % r"\nabla_a C = (a^L - y)") == ["proved"]
    assert verdicts(NETWORK % r"\nabla_a C = 2(a^L - y)") == ["refuted"]


def test_a_name_without_layers_stays_itself() -> None:
    text = r"The output is $a$, and $C = \frac12 \|a - y\|^2$. $$\nabla_a C = a - y$$"
    assert verdicts(text) == ["proved"]
