r"""|A| of a matrix: a determinant or a norm, so that no slope by A rests on it; |A|^2 is that of the norm."""

import pytest

from derivations.notes.library import check_notes


def _verdicts(text: str) -> list[str]:
    return [step.verdict for step in check_notes(text).steps]


@pytest.mark.parametrize(
    "step",
    [
        r"\frac{\partial}{\partial A} \log |A| = (A^{-1})^\top",
        r"\frac{\partial}{\partial A} |A| = |A| (A^{-1})^\top",
        r"\frac{\partial}{\partial A} |A| = A / |A| + A^\top - A^\top",
        r"|A^T A| = |A|^2",
        r"|A| = \sqrt{\mathrm{tr}(A^T A)}",
        r"2 |A| = \|A\|_F + |A|",
        r"|2 A| = 2 |A| + (A^T - A^T)_{11}",
    ],
)
def test_what_holds_of_a_determinant_or_of_a_norm_is_left_open(step: str) -> None:
    assert _verdicts(f"Let $A$ be a square matrix. $${step}$$")[-1] not in ("proved", "refuted")


def test_a_likelihood_with_a_determinant_of_the_precision_is_left_open() -> None:
    text = r"""
$$\ell = \frac n2 \log|\Lambda| - \frac12\sum_{i=1}^n (x_i-\mu)^T\Lambda(x_i-\mu)$$
$$\frac{\partial\ell}{\partial\Lambda} = \frac n2 \Lambda^{-1} - \frac12\sum_{i=1}^n (x_i-\mu)(x_i-\mu)^T$$
"""
    assert "refuted" not in _verdicts(text)


@pytest.mark.parametrize(("sign", "verdict"), [("", "proved"), ("-", "refuted")])
def test_a_determinant_is_a_number_where_nothing_is_differentiated_by_its_matrix(sign: str, verdict: str) -> None:
    text = rf"""
$$\ell = -\frac n2 \log|\Sigma| - \frac12\sum_{{i=1}}^n (x_i-\mu)^T\Sigma^{{-1}}(x_i-\mu)$$
$$\nabla_\mu \ell = {sign}\sum_{{i=1}}^n \Sigma^{{-1}}(x_i - \mu)$$
"""
    assert _verdicts(text)[-1] == verdict


@pytest.mark.parametrize(("slope", "verdict"), [(r"2\lambda W", "proved"), (r"\lambda W", "refuted")])
def test_the_square_of_bars_is_that_of_a_norm(slope: str, verdict: str) -> None:
    text = r"$$J = \frac1n\|XW - Y\|^2 + \lambda |W|^2$$"
    assert _verdicts(text + rf"$$\nabla_W J = \frac2n X^T(XW - Y) + {slope}$$")[-1] == verdict


@pytest.mark.parametrize(("sign", "verdict"), [("-", "supported"), ("+", "refuted")])
def test_the_logarithm_of_a_gaussian_has_half_of_d(sign: str, verdict: str) -> None:
    text = r"""
$$p(x) = \frac{1}{(2\pi)^{d/2}|\Sigma|^{1/2}} \exp\left(-\frac12 (x-\mu)^T\Sigma^{-1}(x-\mu)\right)$$
"""
    rest = r"\frac12\log|\Sigma| - \frac12 (x-\mu)^T\Sigma^{-1}(x-\mu)"
    assert _verdicts(text + rf"$$\log p(x) = -\frac d2\log(2\pi) {sign} {rest}$$")[-1] == verdict
