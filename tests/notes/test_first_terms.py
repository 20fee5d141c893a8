r"""x_0 = 1 beside a sum from 0, dots written as three \cdot, an operator in brackets, and a target distribution p."""

import pytest

from derivations.notes.library import check_notes
from derivations.notes.report import HELD


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


MODEL = r"""
$$h_\theta(x) = \theta_0 + \theta_1 x_1 + DOTS + \theta_n x_n = \sum_{j=0}^n \theta_j x_j$$
WORDS
"""


@pytest.mark.parametrize("dots", [r"\cdots", r"\dots", r"\cdot \cdot \cdot", r"\cdot\cdot\cdot"])
@pytest.mark.parametrize("words", ["where $x_0 = 1$.", "($x_{0}=1$ by convention)", "mit $x_0=1$"])
def test_the_first_feature_is_one(dots: str, words: str) -> None:
    assert verdicts(MODEL.replace("DOTS", dots).replace("WORDS", words))[1] == "supported"


def test_the_first_feature_is_one_only_where_it_is_said() -> None:
    assert verdicts(MODEL.replace("DOTS", r"\cdots").replace("WORDS", ""))[1] not in ("proved", "supported")
    other = MODEL.replace("DOTS", r"\cdots").replace("WORDS", "where $x_0 = 1$.").replace(r"+ \theta_1", r"- \theta_1")
    assert verdicts(other)[1] not in ("proved", "supported")


COST = r"""
$$J(\theta) = \frac{1}{2m} \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)})^2$$
$$OPERATOR J(\theta) = \frac{1}{m} \sum_{i=1}^m (\theta^T x^{(i)} - y^{(i)}) x_j^{(i)}$$
"""


@pytest.mark.parametrize(
    "operator", [r"(\frac{\partial}{\partial \theta_j})", r"\left[\frac{\partial}{\partial \theta_j}\right]"]
)
def test_an_operator_in_brackets(operator: str) -> None:
    text = COST.replace("OPERATOR", operator)
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace(r"= \frac{1}{m}", r"= \frac{2}{m}"))[-1] == "refuted"


TARGET = r"""
$$q_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, \qquad L = -\sum_j p_j LOG q_j$$
$$\frac{\partial L}{\partial z_i} = \sum_j \frac{\partial L}{\partial q_j} \frac{\partial q_j}{\partial z_i} = RIGHT$$
"""


@pytest.mark.parametrize("log", [r"\log", r"\ln", r"\cdot \log"])
def test_a_target_distribution_is_given(log: str) -> None:
    text = TARGET.replace("LOG", log)
    assert verdicts(text.replace("RIGHT", "q_i - p_i"))[-2:] == ["proved", "supported"]
    assert verdicts(text.replace("RIGHT", "p_i - q_i"))[-1] == "refuted"


def test_a_distribution_that_is_defined_is_not_given() -> None:
    text = r"""
$$q_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, \quad L = -\sum_j p_j \log q_j, \quad p_j = q_j$$
$$\frac{\partial L}{\partial z_i} = q_i - p_i$$
"""
    assert verdicts(text)[-1] not in ("proved", "supported")


PENALISED = r"""
The cost is
$$J(\theta) = \frac{1}{2m}\sum_{i=1}^m(h_\theta(x^{(i)}) - y^{(i)})^2 + \frac{\lambda}{2m}\sum_{j=1}^n\theta_j^2$$
with $h_\theta(x) = MODEL$. For $j=0$

$$\frac{\partial J}{\partial\theta_0} = \frac1m\sum_{i=1}^m(h_\theta(x^{(i)})-y^{(i)})FIRST$$

and for $j=1,\dots,n$

$$\frac{\partial J}{\partial\theta_j}
  = \frac1m\sum_{i=1}^m(h_\theta(x^{(i)})-y^{(i)})x_j^{(i)} + \frac{\lambda}m\theta_j$$
"""


@pytest.mark.parametrize(
    ("model", "first"),
    [(r"\theta^Tx", "x_0^{(i)}"), (r"\sum_{j=0}^n\theta_jx_j", "x_0^{(i)}"), (r"\theta_0 + \theta^Tx", "")],
)
def test_a_product_may_begin_before_the_penalty(model: str, first: str) -> None:
    r"""\theta^T x has a term with \theta_0 where \theta_0 is one of them, and \sum_{j=1}^n \theta_j^2 has none."""

    def slopes(first: str, penalty: str = r"\frac{\lambda}m\theta_j") -> list[str]:
        text = PENALISED.replace("MODEL", model).replace("FIRST", first)
        text = text.replace(r"\frac{\lambda}m\theta_j", penalty)
        return [step.verdict for step in check_notes(text).steps if step.right.startswith(r"\frac1m")]

    assert slopes(first) == ["proved", "proved"]
    assert slopes(first, r"\frac{2\lambda}m\theta_j")[1] == "refuted"
    assert slopes(first + r" + \frac{\lambda}m\theta_0")[0] not in HELD
    assert slopes("x_1^{(i)}")[0] not in HELD
