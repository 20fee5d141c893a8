r"""A formula and what it rests on are read by themselves where the whole page uses its letters for other things too."""

from __future__ import annotations

from derivations.notes.library import check_notes, check_step

PAGE = r"""
# The logistic function

$$g(z) = \frac{1}{1+e^{-z}}$$

$$g'(z) = \frac{d}{dz} \frac{1}{1+e^{-z}} = g(z)(1-g(z))$$

# Softmax

The logits are $z = [z_1, \dots, z_K]^T$, with

$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \qquad \frac{\partial p_k}{\partial z_j} = p_k(\delta_{kj} - p_j)$$
"""


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


def test_a_letter_may_be_a_number_here_and_a_vector_there() -> None:
    assert "unsupported" not in verdicts(PAGE)
    assert verdicts(PAGE)[1:3] == ["supported", "supported"]


def test_what_is_false_is_not_proved_there() -> None:
    for wrong in (PAGE.replace("(1-g(z))", "(1+g(z))"), PAGE.replace("(1-g(z))", "(1-g(z)^2)")):
        assert verdicts(wrong)[2] not in ("proved", "supported")


def test_a_definition_is_the_last_one_before_the_formula() -> None:
    text = r"""
# One

$C = (w x - y)^2$ and $\theta = (\theta_1, \dots, \theta_m)^T$

# Two

$C = \frac{1}{2} (w x - y)^2$

$$\frac{\partial C}{\partial w} = (w x - y) x$$

$$\frac{\partial C}{\partial w} = 2 (w x - y) x$$
"""
    assert verdicts(text)[-2] == "proved"
    assert verdicts(text)[-1] != "proved"


def test_what_is_transposed_and_read_as_a_number_is_not_proved() -> None:
    text = r"$$\nabla_{A^T} trABA^TC = B^TA^TC^T+BA^TC$$"
    assert verdicts(text)[0] != "proved"


def test_a_sign_or_a_factor_is_refuted_there() -> None:
    page = PAGE.replace("p_k(\\delta_{kj} - p_j)$$", "p_k(\\delta_{kj} - p_j)$$\n\nand $z = W x$ with a matrix $W$.")
    assert verdicts(page)[2] in ("proved", "supported")
    assert verdicts(page.replace("= g(z)(1-g(z))", "= 2 g(z)(1-g(z))"))[2] in ("refuted", "undecided")
    assert verdicts(page.replace("= g(z)(1-g(z))", "= -g(z)(1-g(z))"))[2] in ("refuted", "undecided")


def test_one_step_has_the_verdict_that_the_whole_report_gives_it() -> None:
    page = PAGE.replace("p_k(\\delta_{kj} - p_j)$$", "p_k(\\delta_{kj} + p_j)$$")
    for step in check_notes(page).steps:
        assert check_step(page, step.line, step.column) == step
    assert check_step(page, 1, 1) is None


def test_a_letter_with_fewer_indices_elsewhere_and_glosses_of_it() -> None:
    page = r"""
# Two classes

$$\hat{y} = \sigma(\mathbf{w}^T \mathbf{x} + b), \qquad \hat{y} = P(y = 1 | \mathbf{x})$$

$$J = -\frac1m \sum_{i=1}^m [y^{(i)} \log \hat{y}^{(i)} + (1 - y^{(i)}) \log(1 - \hat{y}^{(i)})]$$

$$\frac{\partial J}{\partial w_j} = \frac1m \sum_{i=1}^m (\hat{y}^{(i)} - y^{(i)}) x_j^{(i)}$$

# More classes

$$\hat{y}_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}, \qquad \hat{\mathbf{y}} = [\hat{y}_1, \dots, \hat{y}_K]^T$$

$$J = -\frac1m \sum_{i=1}^m \sum_{k=1}^K y_k^{(i)} \log \hat{y}_k^{(i)}$$
"""
    assert verdicts(page)[3] in ("proved", "supported")
    wrong = page.replace(r"(\hat{y}^{(i)} - y^{(i)}) x", r"(\hat{y}^{(i)} + y^{(i)}) x")
    assert verdicts(wrong)[3] not in ("proved", "supported")


def test_a_total_is_not_one_of_its_parts() -> None:
    text = r"""
$$z_i = w^\top x_i + b, \qquad p_i = \sigma(z_i) = \frac{1}{1 + e^{-z_i}}$$
$$J(w,b) = - \sum_{i=1}^n [y_i \log p_i + (1 - y_i) \log(1 - p_i)]$$
$$J_i = -[y_i \log p_i + (1 - y_i) \log(1 - p_i)]$$
$$\frac{\partial J}{\partial b} = \frac{d J_i}{d z_i}$$
"""
    for name in ("J", r"\mathcal{L}"):
        assert verdicts(text.replace("J", name))[-1] not in ("proved", "supported")


NAMES_IN_A_CHAIN = r"""
The loss of one example is $L = -y \log(a) - (1-y) \log(1-a)$ with $a = f_w(x) = g(z)$, $z = w^\top x$,
$g(z) = \frac{1}{1 + e^{-z}}$, and the cost is
$$J(w) = -\frac{1}{m} \sum_{i=1}^m \left[ y_i \log(f_w(x_i)) + (1 - y_i) \log(1 - f_w(x_i)) \right]$$
$$\frac{\partial L}{\partial w_j} = (a - y) x_j$$
$$\frac{\partial J(w)}{\partial w} = \frac{1}{m} \sum_{i=1}^m (f_w(x_i) - y_i) x_i$$
With more classes
$$P(y=j | x; W) = \frac{e^{w_j^\top x}}{\sum_{c=1}^C e^{w_c^\top x}}$$
"""


def test_each_name_of_a_chain_of_names_is_defined() -> None:
    def found(text: str) -> list[str]:
        return [s.verdict for s in check_notes(text).steps if "partial" in s.left]

    assert found(NAMES_IN_A_CHAIN) == ["supported", "supported"]
    assert found(NAMES_IN_A_CHAIN.replace("(a - y) x_j", "(a + y) x_j"))[0] not in ("proved", "supported")
    assert found(NAMES_IN_A_CHAIN.replace("y_i) x_i", "2 y_i) x_i"))[1] not in ("proved", "supported")


TWO_MODELS = r"""
$$\text{cost}(f_w(x), y) = \begin{cases}
-\log(f_w(x)) & \text{if } y=1 \\ -\log(1 - f_w(x)) & \text{if } y=0 \end{cases}$$
$$f_w(x) = g(w^\top x) = \frac{1}{1 + e^{-w^\top x}}$$
$$J(w) = -\frac{1}{m} \sum_{i=1}^m \left[ y_i \log(f_w(x_i)) + (1 - y_i) \log(1 - f_w(x_i)) \right]$$
$$
\frac{\partial L}{\partial w_j} = \left( \frac{a-y}{a(1-a)} \right) \cdot (a(1-a)) \cdot x_j = (a - y) x_j
= (f_w(x) - y)x_j
$$
$$\frac{\partial J(w)}{\partial w} = \frac{1}{m} \sum_{i=1}^m (f_w(x_i) - y_i) x_i$$
With more classes
$$P(y=j | x; W) = \frac{e^{w_j^\top x}}{\sum_{c=1}^C e^{w_c^\top x}}$$
and with a penalty
$$J_{reg}(w) = J(w) + \frac{\lambda}{2m} \sum_{j=1}^d w_j^2$$
"""


def test_a_gradient_by_what_lists_vectors_elsewhere_is_not_refuted() -> None:
    assert "refuted" not in verdicts(TWO_MODELS)
    gradient = r"$$\frac{\partial J(w)}{\partial w}"
    omitted = rf"where $a = f_w(x) = g(z)$ and $$z = w_0 x_0 + \dots + w_j x_j + \dots$$ {gradient}"
    assert "refuted" not in verdicts(TWO_MODELS.replace(gradient, omitted))


def test_what_is_false_in_its_slice_too_is_refuted() -> None:
    wrong = PAGE.replace(r"= g(z)(1-g(z))", r"= -g(z)(1-g(z))").replace("$$g'(z) = \\frac{d}{dz}", "$$g'(z) =")
    assert "refuted" in verdicts(wrong)
