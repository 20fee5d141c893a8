"""Statements made to mislead the prover: borders of ranges, empty sums, δ, roots, 0⁰; never a false verdict."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derivations import Definition, Derivation, Partial, Statement, Step, index, prove, size, variable

n = size("n")
i, j, k = index("i"), index("j"), index("k")
x, w = variable("x", n, role="feature"), variable("w", n, role="weight")
C = sp.Symbol("C", real=True)
S, delta = sp.Sum, sp.KroneckerDelta

TRUE: dict[str, tuple[Any, Any]] = {
    "a sum from 0": (S(w[k + 1] ** 2, (k, 0, n - 1)), 2 * w[j]),
    "the first entry": (w[1] ** 2, 2 * w[1] * delta(j, 1)),
    "the last entry": (w[n] ** 2, 2 * w[n] * delta(j, n)),
    "a double sum": (S(S(w[i] * w[k], (i, 1, n)), (k, 1, n)), 2 * S(w[k], (k, 1, n))),
    "a triangular sum": (S(S(w[i] * w[k], (i, 1, k)), (k, 1, n)), S(w[k], (k, 1, n)) + w[j]),
    "a diagonal": (S(S(w[i] * w[k] * delta(i, k), (i, 1, n)), (k, 1, n)), 2 * w[j]),
    "a root squared": (S(sp.sqrt(w[k] ** 2) ** 2, (k, 1, n)), 2 * w[j]),
    "the log of exp": (S(sp.log(sp.exp(w[k])), (k, 1, n)), sp.S.One),
    "max of equals": (S(sp.Max(w[k], w[k]), (k, 1, n)), sp.S.One),
    "to the 0": (S(w[k] ** (k - k), (k, 1, n)), sp.S.Zero),
    "i times i": (S(sp.I * w[k] * sp.I, (k, 1, n)), sp.S.NegativeOne),
    "an index as a factor": (S(w[k] * k, (k, 1, n)), j),
}

FALSE: dict[str, tuple[Any, Any]] = {
    "neighbours, without their border": (S(w[k] * w[k + 1], (k, 1, n - 1)), w[j + 1] + w[j - 1]),
    "one term short": (S(w[k] ** 2, (k, 1, n - 1)), 2 * w[j]),
    "an empty sum": (S(w[k] ** 2, (k, n, 1)), 2 * w[j]),
    "the last entry, for every j": (w[n] ** 2, 2 * w[n]),
    "a captured index": (S(S(w[i] * x[k], (i, 1, n)), (k, 1, n)), x[j] * n),
    "|w| as w": (S(sp.sqrt(w[k] ** 2), (k, 1, n)), sp.S.One),
    "max as its first": (S(sp.Max(w[k], x[k]), (k, 1, n)), sp.S.One),
    "a case forgotten": (S(sp.Piecewise((w[k], w[k] > 0), (2 * w[k], True)), (k, 1, n)), sp.S.One),
    "|w|³ as w³": (S((w[k] ** 2) ** sp.Rational(3, 2), (k, 1, n)), 3 * w[j] ** 2),
    "the cube root of a cube": (S((w[k] ** 3) ** sp.Rational(1, 3), (k, 1, n)), sp.S.One),
    "a size for an index": (S(w[k] * k, (k, 1, n)), n),
}


def verdict_of(loss: Any, claim: Any) -> Any:
    statement = Statement(
        name="adversarial",
        family="mine",
        title="",
        source="",
        variables=(x, w),
        ranges=((i, 1, n), (j, 1, n)),
        definitions=(Definition(C, loss),),
    )
    return prove(
        Derivation("adversarial.w", statement, "∂C/∂w_j", Partial(C, w[j]), (Step(claim, "chain_rule"),))
    ).verdict


@pytest.mark.parametrize("name", TRUE)
def test_what_holds_is_never_refuted(name: str) -> None:
    assert not verdict_of(*TRUE[name]).is_refuted


@pytest.mark.parametrize("name", FALSE)
def test_what_is_false_is_never_proved(name: str) -> None:
    assert not verdict_of(*FALSE[name]).is_proved


def test_most_of_it_is_decided() -> None:
    assert sum(verdict_of(*case).is_proved for case in TRUE.values()) >= len(TRUE) - 1
    assert sum(verdict_of(*case).is_refuted for case in FALSE.values()) >= len(FALSE) - 3


def test_a_size_at_which_a_claim_is_undefined_is_a_condition() -> None:
    found = verdict_of(S(w[k], (k, 1, n)) / (n - 1), 1 / (n - 1))
    assert found.is_proved
    assert found.conditions == ("n − 1 ≠ 0",)
