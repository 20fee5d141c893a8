r"""The quotient rule with primes: in a chain that begins with ∂s_i/∂z_j, (e^{z_i})' and S' are by z_j."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes

BRACKETS = r"""
Let $s_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$. If $i = j$,
$$\frac{\partial s_i}{\partial z_i} = \frac{(e^{z_i})' \sum_k e^{z_k} - e^{z_i} (\sum_k e^{z_k})'}{(\sum_k e^{z_k})^2}
= \frac{e^{z_i} \sum_k e^{z_k} - e^{z_i} e^{z_i}}{(\sum_k e^{z_k})^2} = s_i - s_i^2.$$
If $i \ne j$,
$$\frac{\partial s_i}{\partial z_j} = \frac{(e^{z_i})' \sum_k e^{z_k} - e^{z_i} (\sum_k e^{z_k})'}{(\sum_k e^{z_k})^2}
= -\frac{e^{z_i} e^{z_j}}{(\sum_k e^{z_k})^2} = -s_i s_j.$$
"""
NAMES = r"""
Let $S = \sum_k e^{z_k}$ and $p_i = \frac{e^{z_i}}{S}$. For $i = j$:
$$\frac{\partial p_i}{\partial z_j} = \frac{(e^{z_i})' S - e^{z_i} S'}{S^2} = \frac{e^{z_i} S - e^{z_i} e^{z_j}}{S^2}
= p_i (1 - p_j)$$
"""
UNKNOWN = r"$$\frac{\partial}{\partial x} \frac{g}{h} = \frac{g' h - g h'}{h^2}$$"


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


@pytest.mark.parametrize(("text", "steps"), [(BRACKETS, 6), (NAMES, 3), (UNKNOWN, 1)])
def test_each_step_is_proved(text: str, steps: int) -> None:
    assert verdicts(text) == ["proved"] * steps


@pytest.mark.parametrize(
    ("text", "right", "wrong", "place"),
    [
        (BRACKETS, r"\sum_k e^{z_k} - e^{z_i} (", r"\sum_k e^{z_k} + e^{z_i} (", 0),
        (BRACKETS, r"= -\frac{e^{z_i} e^{z_j}}", r"= \frac{e^{z_i} e^{z_j}}", 4),
        (NAMES, "- e^{z_i} S'", "+ e^{z_i} S'", 0),
        (NAMES, "- e^{z_i} S'", "- e^{z_j} S'' ", 0),
    ],
)
def test_a_wrong_step_is_not_held(text: str, right: str, wrong: str, place: int) -> None:
    assert right in text
    found = verdicts(text.replace(right, wrong, 1))[place]
    assert found not in ("proved", "supported") and ("''" in wrong or found == "refuted")


def test_a_prime_by_another_name_is_left_as_it_is() -> None:
    text = r"""Let $a = \sigma(z)$ and $z = w x + b$.
$$\frac{\partial a}{\partial w} = (\sigma(z))' x = a (1 - a) x$$"""
    assert verdicts(text) == ["proved"] * 2


def test_a_sum_by_no_variable_has_no_slope() -> None:
    assert verdicts(r"$$(\sum_k e^{z_k})' = \sum_k e^{z_k}$$") == ["unsupported"]


def test_the_operator_d_is_by_an_entry_of_what_the_softmax_is_of() -> None:
    text = r"""$$\sigma(z)_j = \frac{e^{z_j}}{\sum_{k=1}^K e^{z_k}}$$
$$D_j \sigma_i = \frac{\partial \sigma_i}{\partial z_j} = \sigma_i (\delta_{ij} - \sigma_j)$$"""
    assert verdicts(text) == ["proved"] * 3
    assert "refuted" in verdicts(text.replace("- \\sigma_j", "+ \\sigma_j"))
