r"""What stands between a function and its argument, h(x) = g(z) and z = w^\top x said later; a bias that is bold."""

import pytest

from derivations.notes.library import check_notes

LATER = r"""
The cost is
$J(\theta) = -\frac1m \sum_{i=1}^m [y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))]$.
Let $f(\theta) = y^{(i)} \log h_\theta(x^{(i)}) + (1 - y^{(i)}) \log(1 - h_\theta(x^{(i)}))$.

Recall $h_\theta(x) = g(z)$ and $g(z) = \frac{1}{1 + e^{-z}}$. Hence
$$f(\theta) = -y^{(i)} \log(1 + e^{-z}) - (1 - y^{(i)}) \log(1 + e^{z})$$
and with $z = \theta^T x^{(i)}$
$$\frac{\partial}{\partial \theta_j} f(\theta) = (y^{(i)} - \frac{1}{1 + e^{-z}}) x_j^{(i)}
  = (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)}$$
$$\frac{\partial}{\partial \theta_j} J(\theta) = -\frac1m \sum_{i=1}^m \frac{\partial}{\partial \theta_j} f(\theta)
  = \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
"""
BOLD = r"""
The predictions are $\boldsymbol{\hat{y}} = \boldsymbol{X} \boldsymbol{w} + b$ with the cost
$J(\boldsymbol{w}, b) = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})^2$, so that
$$\frac{\partial J}{\partial b} = \frac2m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)})$$
$$\boldsymbol{b} \leftarrow \boldsymbol{b} - \eta \frac{\partial J}{\partial b}$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


def test_what_a_function_of_x_is_of_is_known_before_it_is_said() -> None:
    found = verdicts(LATER)
    assert set(found) <= {"definition", "proved"}
    assert found.count("proved") == 5


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\log(1 + e^{z})$$", r"\log(1 - e^{z})$$"),
        (r"= (y^{(i)} - h_\theta(x^{(i)})) x_j^{(i)}", r"= (y^{(i)} + h_\theta(x^{(i)})) x_j^{(i)}"),
        (r"= \frac1m \sum_{i=1}^m (h", r"= \frac2m \sum_{i=1}^m (h"),
    ],
)
def test_a_slip_there_is_refuted(right: str, wrong: str) -> None:
    assert right in LATER
    found = verdicts(LATER.replace(right, wrong))
    assert found.count("refuted") == 1


def test_another_name_for_x_is_not_between() -> None:
    """Nothing says that the z of h(x) = g(z) is of x where z = w^T u is said."""
    text = r"Let $L = \frac12 h(x)^2$ and $h(x) = g(z)$, $g(z) = 3 z$. With $z = w^T u$"
    text += r" $$\frac{\partial L}{\partial w} = 9 z x$$"
    assert verdicts(text)[-1] not in ("proved", "supported")


def test_a_bias_may_be_bold_where_it_is_seldom_so() -> None:
    assert verdicts(BOLD)[:3] == ["definition", "definition", "proved"]
    assert verdicts(BOLD.replace(r"\frac2m \sum", r"\frac1m \sum"))[2] == "refuted"
