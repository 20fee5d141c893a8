r"""What words tell of classes: that a sum runs over them, that ŷ is a softmax, which one is right; cases in rows."""

import pytest

from derivations.notes.library import check_notes

ONE_HOT = r"""
With $K$ classes and a one-hot vector $y$ the loss of a sample is
$$L = -\sum_{i=1}^{K} y_i \log \hat{y}_i$$
As $y_c = 1$ for the true class $c$ only, it is
$$L = -\log \hat{y}_c$$
$$\frac{\partial L}{\partial \hat{y}_i} = -\frac{y_i}{\hat{y}_i}$$
"""
SOFTMAX = r"""
The logits $z_i$ go through a softmax, and the labels are one-hot:
$$L = -\sum_i y_i \log \hat{y}_i$$
$$\frac{\partial L}{\partial z_i}
= \sum_j \frac{\partial L}{\partial \hat{y}_j} \frac{\partial \hat{y}_j}{\partial z_i}$$
$$\frac{\partial L}{\partial z_i} = \hat{y}_i - y_i$$
"""
LAYER = r"""
A layer $z_k = \sum_j W_{kj} x_j + b_k$ with a softmax output and a one-hot label $y$:
$$L = -\sum_k y_k \log \hat{y}_k$$
$$\frac{\partial L}{\partial W_{kj}} = (\hat{y}_k - y_k) x_j$$
"""
CASES = r"""
$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$
$$\begin{aligned}
i = j 时：\\
\frac{\partial p_i}{\partial z_j} &= \frac{\partial p_j}{\partial z_j} \\
&= p_j (1 - p_j)
\end{aligned}$$
$$\begin{aligned}
i \neq j 时：\\
\frac{\partial p_i}{\partial z_j} &= -p_i p_j
\end{aligned}$$
"""
LABELLED = r"""
$$\hat{y} = \sigma(z), \quad L(\hat{y}, y) = -y \log\hat{y} - (1 - y) \log(1 - \hat{y})$$
$$\text{if } y = 1: L(\hat{y}, y) = -\log \hat{y}$$
$$\text{if } y = 0: L(\hat{y}, y) = -\log(1 - \hat{y})$$
$$\frac{\partial L}{\partial z} = \hat{y} - y$$
"""
REUSED = r"""
A neuron gives $y = \sigma(z)$ with $z = \sum_i w_i x_i$. For a sample with label y the prediction is
$$\hat{y} = \sigma(\sum_i w_i x_i)$$
$$J = -(y \log \hat{y} + (1 - y) \log(1 - \hat{y}))$$
$$\frac{\partial J}{\partial w_i} = (\hat{y} - y) x_i$$
"""


def steps(text):
    return check_notes(text).steps


def verdicts(text):
    return [s.verdict for s in steps(text)]


def test_a_sum_of_labels_times_logarithms_is_one_over_classes():
    assert verdicts(ONE_HOT) == ["definition", "definition", "supported", "proved"]
    assert verdicts(ONE_HOT.replace("= -\\frac", "= \\frac"))[-1] == "refuted"


def test_the_loss_of_the_right_class_is_no_other_loss_but_a_wrong_one_is():
    assert verdicts(ONE_HOT.replace(r"-\log \hat{y}_c", r"-2 \log \hat{y}_c"))[2] == "conflict"


def test_without_words_of_classes_the_sum_may_be_over_samples():
    text = ONE_HOT.replace("classes", "values").replace("one-hot ", "").replace("true class", "right place")
    assert "supported" not in verdicts(text.replace("$y_c = 1$", "is the case"))


def test_a_softmax_that_only_words_name_supports_and_proves_nothing():
    assert verdicts(SOFTMAX)[1:] == ["proved", "supported"]
    assert verdicts(LAYER)[-1] == "supported"
    assert "supported" not in verdicts(SOFTMAX.replace("softmax", "layer"))


def test_what_is_off_by_a_sign_is_refuted_only_once_the_softmax_is_confirmed():
    wrong = r"$$\frac{\partial L}{\partial z_i} = y_i - \hat{y}_i$$"
    assert verdicts(SOFTMAX + wrong)[-1] == "refuted"
    assert verdicts(SOFTMAX.replace(r"= \hat{y}_i - y_i", r"= y_i - \hat{y}_i"))[-1] == "undecided"
    assert verdicts(LAYER.replace("x_j$$", "x_k$$"))[-1] not in ("proved", "supported")


def test_a_case_in_a_row_by_itself():
    assert verdicts(CASES)[2:4] == ["proved", "proved"]
    assert verdicts(CASES)[-1] == "proved"
    assert verdicts(CASES.replace("= -p_i p_j", "= p_i p_j"))[-1] == "refuted"
    assert verdicts(CASES.replace("(1 - p_j)", "(1 + p_j)"))[3] == "refuted"


def test_a_case_is_over_where_a_sum_binds_its_index():
    loss = r"$$L = -\sum_i y_i \log p_i$$ for one-hot labels, so $$\frac{\partial L}{\partial z_j} = "
    assert (
        verdicts(CASES + loss + r"-y_j (1 - p_j) + \sum_{i \neq j} y_i p_j = -y_j + p_j \sum_i y_i$$")[-1] == "proved"
    )
    wrong = verdicts(CASES + loss + r"-y_j (1 - p_j) + \sum_{i \neq j} y_i p_j = -y_i + p_j \sum_i y_i$$")
    assert wrong[-1] == "refuted"


def test_a_loss_of_a_label_that_the_row_names():
    assert verdicts(LABELLED)[3] == verdicts(LABELLED)[5] == verdicts(LABELLED)[-1] == "proved"
    assert "proved" not in verdicts(LABELLED.replace(r"= -\log \hat{y}", r"= \log \hat{y}"))[2:4]


def test_a_label_that_was_the_name_of_the_output_is_a_label_beside_its_prediction():
    assert verdicts(REUSED)[-1] == "proved"
    assert verdicts(REUSED.replace(r"= (\hat{y} - y)", r"= (y - \hat{y})"))[-1] == "refuted"


def test_an_output_that_is_another_value_than_the_prediction_stays_one():
    text = (
        r"$y = w x + b$, $\hat{y} = v x$, $L = (y - \hat{y})^2$, so $\frac{\partial L}{\partial w} = 2 (y - \hat{y}) x$"
    )
    assert verdicts(text)[-1] == "proved"


@pytest.mark.parametrize("last", [r"undefined & \text{if z = 0}", r"\text{undefined} & \text{if } z = 0", "0 & z = 0"])
def test_a_row_for_the_kink_itself_decides_nothing(last):
    cases = r"\begin{cases} 0 & \text{if z < 0} \\ 1 & \text{if z > 0} \\ %s \end{cases}"
    rows = rf"$g(z) = \max(0, z)$ $$g(z)^{{'}} = {cases}$$"
    assert verdicts(rows % last)[-1] == "proved"
    assert verdicts((rows % last).replace("0 & \\text", "2 & \\text"))[-1] == "refuted"
    assert verdicts(rows % r"5 & \text{if z = 1}")[-1] not in ("proved", "supported")


def test_pairs_of_indices_set_tight_in_an_omission():
    layer = r"$$z_k = W_{k1} u_1 + W_{k2} u_2 + \cdots + W_{kd} u_d + b_k$$"
    text = layer + r"$$\frac{\partial z_k}{\partial W_{kj}} = u_j$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("= u_j", "= 2 u_j"))[-1] == "refuted"
    assert verdicts(text.replace("W_{k2} u_2", "W_{2k} u_2"))[-1] != "proved"


def test_scripts_behind_bold_letters_are_on_the_last():
    square = r"\mathbf{v}^T J \mathbf{v} = \sum_i p_i v_i^2 - (\sum_i p_i v_i)^2"
    text = rf"$$J = \text{{diag}}(\mathbf{{p}}) - \mathbf{{pp}}^T, \quad {square}$$"
    assert verdicts(text)[-1] == "proved"
    assert verdicts(text.replace("v_i^2 - (", "v_i^2 + ("))[-1] not in ("proved", "supported")


@pytest.mark.parametrize("letter", [r"\ell", "c", "t"])
def test_the_letter_of_the_right_class_is_no_pattern(letter: str) -> None:
    text = rf"""With $K$ classes and one-hot $y$ let $L = -\sum_k y_k \log p_k$. For the true class ${letter}$ this is
$$L = -\log p_{letter}$$
"""
    steps = check_notes(text).steps
    assert [step.verdict for step in steps] == ["definition", "supported"]
