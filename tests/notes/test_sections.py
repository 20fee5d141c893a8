r"""A section has notation of its own: its letters have the shapes that it gives them, whatever they are elsewhere."""

import pytest

from derivations.notes.library import check_notes


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


MANY_AND_TWO = r"""
# Many classes

$z = W x$, $p = \text{softmax}(z)$, $L = -\sum_k y_k \log p_k$ and
$$\frac{\partial L}{\partial z_k} = p_k - y_k$$

# Two classes

$z = w^\top x$, $p = \sigma(z)$, $L = -y \log p - (1 - y) \log(1 - p)$ and
$$\frac{\partial L}{\partial z} = p(1 - p)\left(-\frac{y}{p} + \frac{1 - y}{1 - p}\right) = RIGHT$$
"""


def test_a_loss_of_vectors_and_then_one_of_numbers() -> None:
    found = verdicts(MANY_AND_TWO.replace("RIGHT", "p - y"))
    assert found[3] == "supported" and found[6:] == ["definition", "supported", "supported"]
    for wrong in ("y - p", "p + y"):
        assert verdicts(MANY_AND_TWO.replace("RIGHT", wrong))[-1] not in ("proved", "supported")


OTHER = r"""
# Softmax

Denote it by $\sigma(a_j) = \frac{e^{a_j}}{\sum_{k=1}^K e^{a_k}}$, and $E = -\sum_k t_k \ln y_k$. We want
$\frac{\partial E}{\partial y_k}$ and $\frac{\partial E}{\partial a_k}$.

$$\frac{e^{a_k}}{\sum_{k=1}^K e^{a_k}} - \left(\frac{e^{a_k}}{\sum_{k=1}^K e^{a_k}}\right)^2 = RIGHT$$
"""


@pytest.mark.parametrize("right", ["y_k (1 - y_k)", "y_k (1 + y_k)"])
def test_what_nobody_says_that_it_is_is_not_refuted(right: str) -> None:
    assert verdicts(OTHER.replace("RIGHT", right))[-1] != "refuted"


ONE_FEATURE_FIRST = r"""
$h_\theta(x) = \theta_0 + \theta_1 x$ has the cost
$$J(\theta_0, \theta_1) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$
$$\frac{\partial J}{\partial \theta_1} = \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}$$
In general $h_\theta(x) = \theta^T x$, and
$$\frac{\partial}{\partial \theta_j} J(\theta) = \frac1m \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
For one sample,
$$\frac{\partial}{\partial \theta_j} J(\theta)
  = \frac{\partial}{\partial \theta_j} \frac12 (h_\theta(x) - y)^2 = (h_\theta(x) - y) x_j$$
"""


def test_what_is_defined_anew_may_be_meant_in_what_was_said_before() -> None:
    found = verdicts(ONE_FEATURE_FIRST)
    assert found[2] in ("proved", "supported") and "refuted" not in found
    assert found[-3] == "supported" and found[-1] in ("proved", "supported")
    wrong = verdicts(ONE_FEATURE_FIRST.replace(r"- y^{(i)}) x_j^{(i)}", r"+ y^{(i)}) x_j^{(i)}"))
    assert wrong[-3] not in ("proved", "supported")
