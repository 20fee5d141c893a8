r"""Letters that usually name something else and are indices where a sum runs over them: \sum_b e^{h_b}, 1_{a = b}."""

import pytest

from derivations.notes.library import check_notes

POLICY = r"""Let $p_A = \frac{e^{h_A}}{\sum_B e^{h_B}}$. Then
$$\frac{\partial p_B}{\partial h_A} = p_B (\mathbb{1}_{A = B} - p_A)$$
and with numbers $q_B$
$$\sum_B q_B p_B (\mathbb{1}_{A = B} - p_A) = p_A (q_A - \sum_B p_B q_B)$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps if step.verdict != "definition"]


def written(a: str, b: str) -> str:
    return POLICY.replace("A", a).replace("B", b)


@pytest.mark.parametrize(("a", "b"), [("k", "j"), ("a", "b"), ("a", "c"), ("u", "v")])
def test_a_softmax_with_any_letters(a: str, b: str) -> None:
    assert verdicts(written(a, b)) == ["proved", "proved"]
    assert verdicts(written(a, b).replace(f"{a} = {b}}} -", f"{a} = {b}}} +")) == ["refuted", "refuted"]


def test_a_bias_stays_a_bias_where_no_sum_runs_over_it() -> None:
    text = r"Let $z = w x + b$ and $L = \frac12 (z - y)^2$. $$\frac{\partial L}{\partial b} = z - y$$"
    assert verdicts(text) == ["proved"]
