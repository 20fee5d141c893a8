r"""What a document only speaks of: usual meanings, taken for names that no formula gives a value; derivatives of …."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_notes, check_step

NEURON = r"""We use the sigmoid activation and the binary cross-entropy loss, and $a$ is the output of the neuron.
$$\frac{\partial L}{\partial a} = \frac{a - y}{a (1 - a)}$$ """
SOFTMAX = r"""Let $p$ be the softmax of the logits $z$, and $L$ the cross-entropy loss with a one-hot target $y$.
$$\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}$$ """
CHINESE = r"输出层使用softmax，损失函数为交叉熵，标签为one-hot。$$\frac{\partial L}{\partial z_j} = p_j - y_j$$ "
SUM = r"\sum_i \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial z_j}"
NAMED = r"$h_\theta(x) = g(\theta^T x)$, where $g$ is the logistic function. "
GREEK = r"Le neurone donne $a = \varphi(z)$, $z = w x + b$, où $\varphi(z)$ est la sigmoïde. "
OUTPUT = r"$u_k = \sum_j w_{kj} h_j$, $o_k = f(u_k)$, $E = \frac12 \sum_k (t_k - o_k)^2$, $f$ 为 sigmoid 函数。"
MEAN = r"$$E(m, b) = \frac1n \sum_{i=1}^n (y_i - (m x_i + b))^2$$ "


def last(note: str) -> str:
    return check_notes(note).steps[-1].verdict


@pytest.mark.parametrize(
    ("given", "right", "wrong"),
    [
        (NEURON, r"\frac{\partial a}{\partial z} = a (1 - a)", ("a (1 - a)", "a (1 + a)")),
        (NEURON, r"\frac{\partial L}{\partial a} \frac{\partial a}{\partial z} = a - y", ("a - y", "y - a")),
        (SOFTMAX, r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)", ("- p_j", "+ p_j")),
        (SOFTMAX, SUM + r" = p_j - y_j", ("= p_j - y_j", "= y_j - p_j")),
        (CHINESE, r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)", ("- p_j", "+ p_j")),
        (NAMED, r"\frac{\partial}{\partial \theta_j} h_\theta(x) = h_\theta(x) (1 - h_\theta(x)) x_j", ("x_j", "x")),
        (GREEK, r"\frac{\partial a}{\partial w} = a (1 - a) x", (") x", ")")),
        (OUTPUT, r"\frac{\partial E}{\partial w_{kj}} = -(t_k - o_k) o_k (1 - o_k) h_j", ("= -(", "= (")),
    ],
)  # fmt: skip
def test_a_meaning_that_only_words_give_supports_and_never_refutes(
    given: str, right: str, wrong: tuple[str, str]
) -> None:
    step = check_notes(given + f"$${right}$$").steps[-1]
    assert step.verdict == "supported"
    assert last(given + f"$${right.replace(*wrong)}$$") in ("undecided", "unsupported")


def test_a_name_that_a_formula_gives_a_value_keeps_it() -> None:
    defined = NEURON + r"$a = \tanh(z)$. $$\frac{\partial a}{\partial z} = 1 - a^2$$"
    assert last(defined) == "proved"
    assert last(defined.replace("1 - a^2", "a (1 - a)")) == "refuted"
    other = r"Unlike the sigmoid, $g(z) = \max(0, z)$. $$g'(z) = g(z) (1 - g(z))$$"
    assert last(other) not in ("proved", "supported")


def test_nothing_is_taken_for_granted_where_no_words_speak_of_it() -> None:
    silent = r"$$\frac{\partial L}{\partial a} = \frac{b}{a}$$ $$\frac{\partial a}{\partial z} = a (1 - a)$$"
    assert last(silent) == "undecided"


@pytest.mark.parametrize("by", ["m", "b"])
def test_a_derivative_of_nothing_is_that_of_the_loss(by: str) -> None:
    factor = "x_i" if by == "m" else ""
    right = rf"$$\frac{{\partial}}{{\partial {by}}} = \frac2n \sum_{{i=1}}^n -{factor} (y_i - (m x_i + b))$$"
    step = check_notes(MEAN + right).steps[-1]
    assert (step.verdict, step.reason) == ("supported", "holds where it is the derivative of E")
    assert last(MEAN + right.replace("-", "", 1)) == "unsupported"
    assert last(right) == "unsupported"


def test_a_slope_with_a_hat_set_to_zero_is_an_equation_to_be_solved() -> None:
    loss = r"$J(\beta) = y^T y - 2 \beta^T X^T y + \beta^T X^T X \beta$. "
    slope = r"$$\frac{\partial J}{\partial \beta} = -2 X^T y + 2 X^T X \beta$$ "
    solved = r"$$-2 X^T y + 2 X^T X \hat\beta = 0$$ $$X^T X \hat\beta = X^T y$$"
    assert [s.verdict for s in check_notes(loss + slope + solved).steps][-2:] == ["definition", "proved"]
    wrong = solved.replace(r"\hat\beta = X^T y", r"\hat\beta = -X^T y")
    assert last(loss + slope + wrong) not in ("proved", "supported")


def test_ell_below_a_fraction_bar_is_a_number_of_samples() -> None:
    loss = r"$$Q(w) = \frac{1}{\ell} \|Xw - y\|^2$$ "
    assert last(loss + r"$$\nabla_w Q(w) = \frac{2}{\ell} X^T (Xw - y)$$") in ("proved", "supported")
    assert last(loss + r"$$\nabla_w Q(w) = \frac{1}{\ell} X^T (Xw - y)$$") == "refuted"


def test_labels_that_sum_to_1_are_not_refuted_by_others() -> None:
    assert last(r"$y$ is one-hot. $$-\sum_i y_i (\delta_{ij} - p_j) = p_j - y_j$$") == "supported"
    assert last(r"$y$ is one-hot. $$-\sum_i y_i (\delta_{ij} - p_j) = p_j + y_j$$") == "refuted"
    assert last(r"$y$ is one-hot. $$-\sum_i y_i (\delta_{ij} - p_i) = p_j - y_j$$") == "refuted"


def test_a_step_by_itself_has_the_verdict_that_it_has_in_its_document() -> None:
    right = r"\frac{\partial a}{\partial z} = a (1 - a)"
    text = NEURON + f"$${right}$$" + r" $$\frac{\partial b}{\partial z} = 1$$"
    step = check_notes(text).steps[-2]
    assert step.verdict == "supported"
    assert check_step(text, step.line, step.column) == step


UNNAMED = r"Let $p = \sigma(w^T x + b)$ and $L = -(y \log p + (1 - y) \log(1 - p))$. "


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        (r"\frac{\partial p}{\partial z} = p (1 - p)", "supported"),
        (r"\frac{\partial L}{\partial z} = p - y", "supported"),
        (r"\frac{\partial L}{\partial z} = y - p", "undecided"),
        (
            r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial p} \frac{\partial p}{\partial z}"
            r" \frac{\partial z}{\partial w}",
            "supported",
        ),
    ],
)
def test_the_argument_of_sigma_may_be_named_where_it_is_differentiated_by(step: str, verdict: str) -> None:
    assert check_notes(UNNAMED + f"$${step}$$").steps[-1].verdict == verdict


@pytest.mark.parametrize("other", [r"$q = \sigma(v^T x)$. ", "$z = u^T x$. "])
def test_the_argument_of_another_sigma_or_a_name_with_a_value_is_left_alone(other: str) -> None:
    step = check_notes(UNNAMED + other + r"$$\frac{\partial p}{\partial z} = p (1 - p)$$").steps[-1]
    assert step.verdict not in ("proved", "supported", "refuted")
