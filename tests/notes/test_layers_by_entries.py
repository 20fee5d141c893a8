r"""A layer said of whole arrays, z = W x + b, and derived by entries: \partial L/\partial W_{kj} = (p_k - y_k) x_j."""

import pytest

from derivations.notes.library import check_notes

LAYER = r"""
A layer has $z = W x + b$ and the output $p = \mathrm{softmax}(z)$. With one-hot labels, $\sum_k y_k = 1$, the loss is
$$L = -\sum_k y_k \log p_k$$
$$\frac{\partial L}{\partial z_k} = p_k - y_k$$
"""
WEIGHTS = r"$$\frac{\partial L}{\partial W_{kj}} = (p_k - y_k) x_j$$"
SIGMA = r"""
Here $\sigma$ is the softmax function. Let $p = \sigma(z)$ with $z = W x + b$. Then
$$\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize("more", ["", WEIGHTS], ids=["bare", "with entries"])
def test_the_logits_are_a_vector_whether_or_not_the_weights_have_entries(more):
    found = verdicts(LAYER + more)
    assert found[-1] == "proved" and "unsupported" not in found


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("p_k - y_k$$", "y_k - p_k$$"),
        (") x_j", ") x_k"),
        ("(p_k - y_k) x_j", "p_k x_j"),
        ("(p_k - y_k) x_j", "p_k - y_k"),
    ],
)
def test_a_wrong_entry_is_never_held(right, wrong):
    text = LAYER + WEIGHTS
    assert right in text
    assert not {"proved", "supported"} & {verdicts(text.replace(right, wrong))[3 if "$$" in right else -1]}


@pytest.mark.parametrize(
    ("right", "wrong"), [("p_k - y_k$$", "y_k - p_k$$"), ("p_k - y_k$$", "2 (p_k - y_k)$$"), ("p_k - y_k$$", "p_k$$")]
)
def test_a_wrong_slope_by_the_logits_is_refuted(right, wrong):
    assert verdicts(LAYER)[-1] == "proved"
    assert verdicts(LAYER.replace(right, wrong))[-1] == "refuted"


def test_each_entry_of_a_layer_has_its_own_slope():
    text = r"""
With $z = W x + b$ we have $$\frac{\partial z_k}{\partial W_{kj}} = x_j$$ $$\frac{\partial z_k}{\partial b_k} = 1$$
"""
    assert verdicts(text)[1:] == ["proved", "proved"]
    assert verdicts(text.replace("= x_j", "= x_k"))[1] not in ("proved", "supported")
    assert verdicts(text.replace("= x_j", "= 2 x_j"))[1] == "refuted"


def test_the_words_may_call_sigma_the_softmax():
    assert verdicts(SIGMA)[-1] == "proved"
    assert verdicts(SIGMA.replace("- p_j", "+ p_j"))[-1] == "refuted"
    assert verdicts(SIGMA.replace("softmax", "logistic"))[-1] == "refuted"


LIKELIHOOD = r"""
$$\ell(\theta) = \sum_{i=1}^m y^{(i)} \log h(x^{(i)}) + (1 - y^{(i)}) \log(1 - h(x^{(i)}))$$
where $h_\theta(x) = g(\theta^T x) = \frac{1}{1 + e^{-\theta^T x}}$. For one training example
$$\frac{\partial}{\partial\theta_j} \ell(\theta)
 = \left(\frac{y}{g(\theta^T x)} - \frac{1 - y}{1 - g(\theta^T x)}\right)
 \frac{\partial}{\partial\theta_j} g(\theta^T x)$$
$$= (y - h_\theta(x)) x_j$$
"""


def test_a_weight_before_a_vector_runs_over_its_entries():
    assert verdicts(LIKELIHOOD)[-2:] == ["supported", "proved"]
    for wrong in ("(h_\\theta(x) - y) x_j", "(y - h_\\theta(x))", "2 (y - h_\\theta(x)) x_j"):
        assert not {"proved", "supported"} & {verdicts(LIKELIHOOD.replace("(y - h_\\theta(x)) x_j", wrong))[-1]}


def test_an_index_of_a_sample_beside_a_weight_is_no_feature():
    text = r"""
$$J(w) = \sum_{i=1}^n (y_i - w^T x_i)^2, \qquad \frac{\partial J}{\partial w} = -2 \sum_{i=1}^n (y_i - w^T x_i) x_i$$
The model is $f(x) = w^T x$, and $\frac{\partial f}{\partial w_j} = x_j$.
"""
    found = verdicts(text)
    assert found[1] == "proved" and "refuted" not in found
