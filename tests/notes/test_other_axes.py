r"""One letter has other axes in other places: small weights that are matrices, numbers of an example, X_1 beside X."""

import pytest

from derivations.notes.library import check_notes

HELD = ("proved", "supported")


def verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


SLOPES = r"""
$z = W x + b$, $a = \sigma(z)$ and $C = \frac12 \|a - y\|^2$, so
$$LEFT = RIGHT$$
"""


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\frac{\partial C}{\partial z}", r"(a - y) \odot a (1 - a)", r"(y - a) \odot a (1 - a)"),
        (r"\frac{\partial C}{\partial z}", r"(a - y) \circ a \circ (1 - a)", r"(a - y) \circ a"),
        (r"\frac{\partial C}{\partial z}", r"(a - y) \odot \sigma(z)(1 - \sigma(z))", r"(a - y) \odot \sigma(z)"),
        (r"\frac{\partial C}{\partial W}", r"((a - y) \odot a (1 - a)) x^T", r"2 ((a - y) \odot a (1 - a)) x^T"),
        (r"\frac{\partial C}{\partial x}", r"W^T ((a - y) \odot a (1 - a))", r"W ((a - y) \odot a (1 - a))"),
    ],
)
def test_the_slope_of_a_sigmoid_goes_entry_by_entry(left: str, right: str, wrong: str) -> None:
    text = SLOPES.replace("LEFT", left)
    assert verdicts(text.replace("RIGHT", right))[-1] == "proved"
    assert verdicts(text.replace("RIGHT", wrong))[-1] == "refuted"


ERRORS = r"""
$$z^{[1]} = W^{[1]} x + b^{[1]}, \quad a^{[1]} = \sigma(z^{[1]})$$
$$z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}, \quad a^{[2]} = \sigma(z^{[2]})$$
$$L = \frac12 (a^{[2]} - y)^T (a^{[2]} - y)$$
$$\delta^{[2]} = \frac{\partial L}{\partial z^{[2]}} = (a^{[2]} - y) \odot a^{[2]} (1 - a^{[2]})$$
$$\delta^{[1]} = \frac{\partial L}{\partial z^{[1]}} = RIGHT$$
"""


def test_an_error_is_multiplied_by_the_slope_of_its_layer() -> None:
    assert verdicts(ERRORS.replace("RIGHT", r"W^{[2]T} \delta^{[2]} \odot a^{[1]} (1 - a^{[1]})"))[-1] == "proved"
    for wrong in (r"W^{[2]T} \delta^{[2]} \odot a^{[1]}", r"-W^{[2]T} \delta^{[2]} \odot a^{[1]} (1 - a^{[1]})"):
        assert verdicts(ERRORS.replace("RIGHT", wrong))[-1] == "refuted"


def test_an_inner_product_stays_one() -> None:
    text = r"Let $z = w^T x$, $p$ and $q$ be vectors of $n$ entries. $$\sum_{k=1}^n p_k (1 - p_k) = RIGHT$$"
    assert verdicts(text.replace("RIGHT", r"p^T (1 - p)"))[-1] in HELD
    assert verdicts(text.replace("RIGHT", r"p^T p (1 - p)"))[-1] not in HELD


SMALL_WEIGHTS = r"""
$$z^{(1)} = w^{(1)} x + b^{(1)}, \quad a^{(1)} = \sigma(z^{(1)})$$
$$z^{(2)} = w^{(2)} a^{(1)} + b^{(2)}, \quad p = \text{softmax}(z^{(2)})$$
$$L = -\sum_{i=1}^n y_i \log p_i$$
where $y$ is one-hot, so
$$LEFT = RIGHT$$
"""


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\frac{\partial L}{\partial w^{(2)}}", r"(p - y) (a^{(1)})^T", r"(y - p) (a^{(1)})^T"),
        (r"\frac{\partial L}{\partial w^{(2)}}", r"(p - y) (a^{(1)})^T", r"(a^{(1)})^T (p - y)"),
        (r"\frac{\partial L}{\partial w^{(2)}}", r"(p - y) (a^{(1)})^T", r"a^{(1)} (p - y)^T"),
        (r"\frac{\partial L}{\partial a^{(1)}}", r"(w^{(2)})^T (p - y)", r"w^{(2)} (p - y)"),
    ],
)
def test_small_weights_that_are_matrices(left: str, right: str, wrong: str) -> None:
    text = SMALL_WEIGHTS.replace("LEFT", left)
    assert verdicts(text.replace("RIGHT", right))[-1] in HELD
    assert verdicts(text.replace("RIGHT", wrong))[-1] not in HELD


@pytest.mark.parametrize("weight", ["w", "w_2", "w^{(2)}"])
@pytest.mark.parametrize(("left", "right"), [("x", "WEIGHT (p - y)"), ("WEIGHT", "x^T (p - y)")])
def test_a_weight_before_a_vector_is_no_number(weight: str, left: str, right: str) -> None:
    text = rf"""
$z = {weight} x + b$, $p = \text{{softmax}}(z)$, $L = -\sum_{{i=1}}^n y_i \log p_i$, where $y$ is one-hot. So
$$\frac{{\partial L}}{{\partial LEFT}} = RIGHT$$
"""
    text = text.replace("LEFT", left).replace("RIGHT", right).replace("WEIGHT", weight)
    assert verdicts(text)[-1] not in HELD


ONE_OUTPUT = r"""
Schicht: $z^{(1)} = W^{(1)} x + b^{(1)}$ mit $x = \begin{bmatrix} x_1 \\ x_2 \end{bmatrix}$, $a^{(1)} = f(z^{(1)})$
$$z^{(2)} = W^{(2)} a^{(1)} + b^{(2)}$$
$$\hat{y} = \sigma(z^{(2)}) = \frac{1}{1 + e^{-z^{(2)}}}$$
Bilder: $y_{i,j} = \sum_{m,n} x_{i+m, j+n} k_{m,n}$. Ein Beispiel:
$$L = \frac12 (y - \hat{y})^2$$
$$\frac{\partial L}{\partial \hat{y}} = RIGHT$$
"""


def test_what_has_other_axes_in_a_definition_is_left_out() -> None:
    assert verdicts(ONE_OUTPUT.replace("RIGHT", r"\hat{y} - y"))[-1] in HELD
    for wrong in (r"y - \hat{y}", r"2 (\hat{y} - y)", r"\hat{y} + y"):
        assert verdicts(ONE_OUTPUT.replace("RIGHT", wrong))[-1] not in HELD


FEATURES = r"""
$$z = W_1 X_1 + W_2 X_2 + B, \quad a = \sigma(z)$$
$$l = -(y \log a + (1 - y) \log (1 - a))$$
$$\frac{\partial l}{\partial W_1} = RIGHT$$
"""


def test_numbered_features_are_numbers() -> None:
    assert verdicts(FEATURES.replace("RIGHT", "X_1 (a - y)"))[-1] == "proved"
    for wrong in ("X_2 (a - y)", "X_1 (y - a)", "W_1 (a - y)"):
        assert verdicts(FEATURES.replace("RIGHT", wrong))[-1] == "refuted"


def test_a_number_of_an_example_and_then_the_general_case() -> None:
    text = r"""
For the example, $z_a = 3$ and $z_1 = 1 - 1 = 0$, so $\sigma(z_1) = \frac12$. Of each unit $j$, $z_j$ is a number.

In general,
$$z_1 = W_{11} X_1 + W_{12} X_2$$
"""
    assert verdicts(text)[-1] != "refuted"


ANEW = r"""
One neuron: $\hat{y} = \sigma(w^T x + b)$ and $L = \frac12 (\hat{y} - y)^2$. All samples:
$$\hat{y} = \sigma(X w + b)$$
and $L = \frac{1}{2m} \sum_{i=1}^m (\hat{y}_i - y_i)^2$, so
$$\frac{\partial L}{\partial \hat{y}_i} = RIGHT$$
"""


def test_a_name_is_said_anew_by_names_that_came_later() -> None:
    found = verdicts(ANEW.replace("RIGHT", r"\frac1m (\hat{y}_i - y_i)"))
    assert found[2] in ("definition", "conflict")
    assert found[-1] in HELD
    assert verdicts(ANEW.replace("RIGHT", r"\frac2m (\hat{y}_i - y_i)"))[-1] not in HELD
