r"""What a transposed weight stands before is a vector, whatever its letter; and other right steps that were refuted."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(("other", "label"), [("z_i", "t_i"), ("x_i'", "y_i'")])
def test_a_difference_of_squared_errors(other: str, label: str) -> None:
    left = rf"(w^\top x_i - y_i)^2 - (w^\top {other} - {label})^2"
    right = rf"(w^\top (x_i - {other}) + ({label} - y_i)) (w^\top (x_i + {other}) - (y_i + {label}))"
    assert verdicts(f"$${left} = {right}$$") == ["proved"]
    assert verdicts(f"$${left} = {right.replace(f'({label} - y_i)', f'({label} + y_i)')}$$") == ["refuted"]


CLASSES = r"""
$$P(G = k \vert X = x) = \frac{\exp(\beta_k^T x)}{1 + \sum_{l=1}^{K-1} \exp(\beta_l^T x)}$$
$$P(G = LAST \vert X = x) = \frac{1}{1 + \sum_{l=1}^{K-1} \exp(\beta_l^T x)}$$
"""


def test_the_last_class_may_have_a_formula_of_its_own() -> None:
    assert verdicts(CLASSES.replace("LAST", "K"))[-1] not in ("refuted", "proved", "supported")
    assert verdicts(CLASSES.replace("LAST", "k"))[-1] in ("refuted", "conflict")


CHAIN = r"""
Let $\hat{y} = X w$ and $L = \frac12 \|y - \hat{y}\|^2$, so that $\frac{\partial L}{\partial \hat{y}} = \hat{y} - y$ and
$$\frac{\partial \hat{y}}{\partial w} = X$$
$$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial \hat{y}} \frac{\partial \hat{y}}{\partial w} = RIGHT$$
"""


def test_the_factors_of_a_chain_rule_may_stand_in_either_order() -> None:
    assert "refuted" not in verdicts(CHAIN.replace("RIGHT", r"X^T (\hat{y} - y)"))
    assert verdicts(CHAIN.replace("RIGHT", r"-X^T (\hat{y} - y)"))[-1] == "refuted"
