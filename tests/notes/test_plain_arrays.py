r"""Vectors and matrices for their own sake, x^T A x = \sum_i \sum_j x_i A_{ij} x_j: no name in them is one sample's."""

import pytest

from derivations.notes.library import check_notes

QUADRATIC = r"Let $f(x) = x^T A x$. "


def verdicts(text):
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    "text",
    [
        r"$$\nabla_x (a^T x) = a$$",
        r"$$\frac{\partial}{\partial x_i} a^T x = \frac{\partial}{\partial x_i} \sum_j a_j x_j = a_i$$",
        r"$$x^T A x = \sum_{i=1}^d \sum_{j=1}^d x_i A_{ij} x_j$$",
        QUADRATIC + r"$$\frac{\partial f}{\partial x_k} = \sum_{j=1}^d A_{kj} x_j + \sum_{i=1}^d x_i A_{ik}$$",
        QUADRATIC + r"$$\frac{\partial f}{\partial x_k} = (A x)_k + (A^T x)_k$$",
        r"$$\frac{\partial}{\partial A} \text{tr}(A B) = B^T$$",
        r"$$\frac{\partial}{\partial A} x^T A y = \frac{\partial}{\partial A} \text{tr}(A y x^T) = x y^T$$",
        r"$$z^T X^T X z = \|X z\|^2$$",
    ],
)
def test_what_holds_is_held(text):
    assert set(verdicts(text)) <= {"definition", "proved", "supported"}
    assert verdicts(text)[-1] != "definition"


@pytest.mark.parametrize(
    "text",
    [
        r"$$\nabla_x (a^T x) = x$$",
        r"$$\frac{\partial}{\partial x_i} a^T x = x_i$$",
        r"$$x^T A x = \sum_{i=1}^d \sum_{j=1}^d x_i A_{ij} x_i$$",
        QUADRATIC + r"$$\frac{\partial f}{\partial x_k} = \sum_{j=1}^d A_{kj} x_j + \sum_{i=1}^d x_i A_{ki}$$",
        QUADRATIC + r"$$\frac{\partial f}{\partial x_k} = (A x)_k$$",
        r"$$\frac{\partial}{\partial A} x^T A y = y x^T$$",
        r"$$z^T X^T X z = \|X^T z\|^2$$",
        r"$$\nabla_w \|X w - y\|^2 = 2 X (X w - y)$$",
    ],
)
def test_what_is_wrong_is_not_held(text):
    assert verdicts(text)[-1] not in ("proved", "supported", "definition")
