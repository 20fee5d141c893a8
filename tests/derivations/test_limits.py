"""Limits by degrees: what is proved, what is refuted with a value, and all that is refused."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.proof import decide_relation
from derivations.statement import Definition, Statement, scalar
from derivations.verdict import Status

z, a, b = (scalar(name, role="logit") for name in "zab")
c = scalar("c", role="feature", domain=Domain.POSITIVE)
y = scalar("y", role="label", domain=Domain.BINARY)
unit = scalar("p", role="prediction", domain=Domain.UNIT)
Z, A, B, P, Y, U = z(), a(), b(), c(), y(), unit()
STATED = Statement(name="t", family="t", title="", source="", variables=(z, a, b, c, y, unit))

PROVED = [
    (sigmoid(Z), sp.oo, 1),
    (sigmoid(Z), -sp.oo, 0),
    (sigmoid(Z) - Y, sp.oo, 1 - Y),
    (sp.tanh(Z), -sp.oo, -1),
    (Z * sigmoid(Z) * (1 - sigmoid(Z)), sp.oo, 0),
    (Z**5 * sp.exp(-Z), sp.oo, 0),
    (2 * (sigmoid(Z) - 1) * sigmoid(Z) * (1 - sigmoid(Z)), -sp.oo, 0),
    (A * sigmoid(Z) + B, sp.oo, A + B),
    (sp.exp(Z / 2) / (sp.exp(Z / 2) + P), sp.oo, 1),
    ((Z**2 + 1) / (2 * Z**2), sp.oo, sp.Rational(1, 2)),
]


@pytest.mark.parametrize(("f", "at", "value"), PROVED)
def test_proved(f: sp.Expr, at: sp.Expr, value: sp.Expr) -> None:
    assert decide_relation(sp.Limit(f, Z, at), sp.sympify(value), STATED).is_proved
    assert decide_relation(sp.sympify(value), sp.Limit(f, Z, at), STATED).is_proved


@pytest.mark.parametrize(("f", "at", "value"), PROVED)
def test_another_value_is_refuted(f: sp.Expr, at: sp.Expr, value: sp.Expr) -> None:
    found = decide_relation(sp.Limit(f, Z, at), sp.sympify(value) + 1, STATED)
    assert found.is_refuted
    assert found.witness is not None


def test_divergence_is_refuted() -> None:
    assert decide_relation(sp.Limit(sp.exp(Z), Z, sp.oo), A, STATED).is_refuted
    assert decide_relation(sp.Limit(Z * sigmoid(Z), Z, sp.oo), sp.S.One, STATED).is_refuted


REFUSED = [
    (sp.sin(Z), sp.oo, 0),  # oscillates
    (softplus(Z), sp.oo, 0),  # a logarithm of e^z
    (softplus(Z) - Z, sp.oo, 0),  # true, and refused rather than guessed
    (sp.exp(A * Z), sp.oo, 0),  # depends on the sign of a
    (1 / (1 + A * sp.exp(Z)), sp.oo, 0),  # the leading coefficient may vanish
    (A * sp.exp(Z) / (A * sp.exp(Z) + 1), sp.oo, 1),  # the same: 0 for a = 0
    (sp.exp(-(Z**2)), sp.oo, 0),  # not rational in e^z
    (sp.Abs(Z) / Z, sp.oo, 1),
    (sigmoid(Z), sp.oo, sp.oo),  # a value is finite
    (sigmoid(Z), sp.oo, sigmoid(Z)),  # and free of the variable
    (sigmoid(Z), sp.S.Zero, sp.Rational(1, 2)),  # only at infinity
]


@pytest.mark.parametrize(("f", "at", "value"), REFUSED)
def test_refused(f: sp.Expr, at: sp.Expr, value: sp.Expr) -> None:
    found = decide_relation(sp.Limit(f, Z, at), sp.sympify(value), STATED)
    assert found.status in (Status.UNDECIDED, Status.UNSUPPORTED)


def test_the_variable_must_reach_infinity() -> None:
    for symbol, at in ((P, -sp.oo), (U, sp.oo), (Y, sp.oo)):
        assert not decide_relation(sp.Limit(sigmoid(symbol), symbol, at), sp.S.Zero, STATED).is_proved
    assert decide_relation(sp.Limit(sp.exp(-P), P, sp.oo), sp.S.Zero, STATED).is_proved


def test_different_functions_with_one_limit() -> None:
    """lim σ = lim tanh = 1 at ∞ is true, though σ ≠ tanh: no witness of the functions refutes it."""
    at_infinity = sp.Limit(sigmoid(Z), Z, sp.oo)
    assert decide_relation(at_infinity, sp.Limit(sp.tanh(Z), Z, sp.oo), STATED).is_proved
    assert decide_relation(at_infinity, sp.Limit(-sp.tanh(Z), Z, sp.oo), STATED).is_refuted
    assert decide_relation(at_infinity, sp.Limit(1 / (1 + sp.exp(-Z)), Z, sp.oo), STATED).is_proved
    assert not decide_relation(at_infinity, sp.Limit(sigmoid(A), A, sp.oo), STATED).is_refuted


def test_a_defined_variable_is_held() -> None:
    """z = a·b as a name: lim_{z→∞} is in z, not a constant in a and b."""
    name = sp.Symbol("s", real=True)
    stated = Statement(
        name="t", family="t", title="", source="", variables=(a, b), definitions=(Definition(name, A * B),)
    )
    assert decide_relation(sp.Limit(sigmoid(name), name, sp.oo), sp.S.One, stated).is_proved
