"""Formulas made to be judged wrongly: what is false is never proved, what holds is never refuted."""

from __future__ import annotations

import pytest

from derivations.notes.library import check_equation

POLYNOMIAL = r"$f = \sum_{j=0}^{m} w_j x_j$"
SHIFTED = r"$f = \sum_{k=0}^{m-1} w_{k+1} v$"

FALSE = [
    (r"\frac{\partial f}{\partial w_0} = 0", POLYNOMIAL),
    (r"\frac{\partial f}{\partial w_1} = 0", SHIFTED),
    (r"\sum_{k=0}^{n} \delta_{k0} a_k = 0", None),
    (r"\sum_{k=0}^{n-1} \delta_{k+1,1} a_{k+1} = 0", None),
    (r"\sum_{k=0}^{n} \max(1, k) = \sum_{k=0}^{n} k", None),
]
TRUE = [
    (r"\frac{\partial f}{\partial w_0} = x_0", POLYNOMIAL),
    (r"\frac{\partial f}{\partial w_1} = v", SHIFTED),
    (r"\sum_{i=1}^{n-1} 1 = n - 1", None),
    (r"\sum_{k=0}^{n} |k| = \sum_{k=1}^{n} k", None),
]


@pytest.mark.parametrize(("latex", "given"), FALSE)
def test_what_is_false_is_not_proved(latex: str, given: str | None) -> None:
    assert check_equation(latex, given=given).verdict not in ("proved", "supported")


@pytest.mark.parametrize(("latex", "given"), TRUE)
def test_what_holds_is_not_refuted(latex: str, given: str | None) -> None:
    assert check_equation(latex, given=given).verdict not in ("refuted", "conflict")
