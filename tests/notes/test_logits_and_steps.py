r"""What pages leave out: the logit of a prediction, the argument of tanh; and the steps that an update counts."""

import pytest

from derivations.notes.library import check_notes

LOGIT = r"""
With $\sigma(z) = \frac{1}{1 + e^{-z}}$ and $\hat{y} = \sigma(w^T x + b)$ the loss is
$$L = -y \log \hat{y} - (1 - y) \log(1 - \hat{y})$$
$$\frac{\partial \hat{y}}{\partial z} = \hat{y}(1 - \hat{y})$$
$$\frac{\partial z}{\partial w_j} = x_j$$
$$\frac{\partial L}{\partial z} = \hat{y} - y$$
"""
COUNTED = r"""
$$J = \frac{1}{2m} \sum_{i=1}^m (w^T x_i + b - y_i)^2$$
$$w^{(t+1)} = w^{(t)} - \alpha \frac{\partial J}{\partial w^{(t)}}$$
$$\frac{\partial J}{\partial w} = \frac1m \sum_i (w^T x_i + b - y_i) x_i$$
"""
UNCOUNTED = r"""
$$h_{t+1} = \tanh(W h_t + b), \qquad w_{t+1} = w_t - \eta g_t$$
$$w_{t+1} - w_t = -\eta g_t$$
"""
SLOPES = r"""
$$\frac{d\tanh}{dz} = 1 - \tanh^2(z)$$
$$\frac{d\mathrm{ReLU}}{dz} = \begin{cases} 1 & z > 0 \\ 0 & z < 0 \end{cases}$$
"""


def verdicts(text):
    return [s.verdict for s in check_notes(text).steps]


def test_a_logit_without_a_definition_is_what_the_prediction_is_of():
    assert verdicts(LOGIT)[-3:] == ["supported"] * 3


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(r"\hat{y}(1 - ", r"\hat{y}(1 + "), ("= x_j", "= w_j"), (r"= \hat{y} - y", r"= y - \hat{y}")],
)
def test_a_fault_beside_it_is_not_held(right, wrong):
    assert verdicts(LOGIT.replace(right, wrong))[-3:].count("supported") == 2


def test_steps_of_an_update_are_no_index():
    assert verdicts(COUNTED)[-1] == "proved"
    assert verdicts(COUNTED.replace(r"\frac1m \sum_i (w", r"\frac2m \sum_i (w"))[-1] == "refuted"


def test_steps_that_stand_elsewhere_are_an_index():
    assert "refuted" not in verdicts(UNCOUNTED)


def test_the_slopes_of_functions_without_their_argument():
    assert verdicts(SLOPES) == ["proved", "proved"]
    assert verdicts(SLOPES.replace("1 - ", "1 + "))[0] == "refuted"


def test_a_value_behind_if_is_a_condition():
    text = r"Let $\hat{y} = \sigma(z)$ and $z = 2$. If $\hat{y} = 0.99$, the loss is small."
    assert verdicts(text)[-1] == "definition"


def test_a_letter_raised_on_a_label_and_others_is_that_of_the_sample():
    text = r"""
$$C^n = -y^n \ln(\hat{y}^n) - (1 - y^n) \ln(1 - \hat{y}^n)$$
$$\frac{\partial C^n}{\partial \hat{y}^n} = -\frac{y^n}{\hat{y}^n} + \frac{1 - y^n}{1 - \hat{y}^n}$$
"""
    assert verdicts(text)[-1] in ("proved", "supported")
    assert verdicts(text.replace(r"= -\frac", r"= \frac"))[-1] == "refuted"


IDENTITY = r"""
Here $y_{nk} = \frac{\exp(a_{nk})}{\sum_j \exp(a_{nj})}$, 
the $I_{kj}$ are entries of the identity matrix, $\sum_k t_{nk} = 1$.
$$E(w_1, \ldots, w_K) = -\sum_{n=1}^N \sum_{k=1}^K t_{nk} \ln y_{nk}$$
$$\frac{\partial y_{nk}}{\partial a_{nj}} = y_{nk}(I_{kj} - y_{nj})$$
$$\frac{\partial E}{\partial a_{nj}} = y_{nj} - t_{nj}$$
"""


def test_entries_of_the_identity_and_all_parameters_of_a_loss():
    assert set(verdicts(IDENTITY)[-2:]) <= {"proved", "supported"}
    assert verdicts(IDENTITY.replace("(I_{kj} - ", "(I_{kj} + "))[-2] == "refuted"
    assert verdicts(IDENTITY.replace("= y_{nj} - t", "= y_{nj} + t"))[-1] == "refuted"


def test_a_dot_between_a_weight_and_a_sample_is_an_inner_product():
    text = r"""
$f(x^{(i)}) = \sigma(z^{(i)})$ and $z^{(i)} = w \cdot x^{(i)} + b$.
$$J(w, b) = -\frac1m \sum_{i=1}^m [y^{(i)} \log f(x^{(i)}) + (1 - y^{(i)}) \log(1 - f(x^{(i)}))]$$
$$\frac{\partial J(w, b)}{\partial w_j} = \frac1m \sum_{i=1}^m (f(x^{(i)}) - y^{(i)}) x_j^{(i)}$$
"""
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace(r"= \frac1m \sum_{i=1}^m (f", r"= \frac2m \sum_{i=1}^m (f"))[-1] == "refuted"
