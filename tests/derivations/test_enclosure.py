"""Balls: what is outside the domain has no finite ball, apart means finite and disjoint, names are lexical."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb

from derivations.atoms import UnsupportedExpressionError
from derivations.enclosure import IndexRangeError, OperationBudgetError, Point, are_apart, enclose, precision
from derivations.functions import sigmoid, softplus
from derivations.statement import Definition, index, size

X = sp.Symbol("X", real=True)
n, i, g = size("n"), index("i"), index("g")
a = sp.IndexedBase(sp.Symbol("a", real=True))


def ball(expr: sp.Expr, number: object = 0) -> arb:
    with precision(128):
        return enclose(expr, Point({n: 3, g: 2}, {X: {(): arb(number)}, a.label: {(k,): arb(k) for k in (1, 2, 3)}}))


@pytest.mark.parametrize("infinite", [arb("inf"), arb("-inf"), arb("nan"), arb("1 +/- inf")])
def test_infinite_balls_separate_nothing(infinite: arb) -> None:
    for other in (arb(1), infinite, arb("inf"), arb("nan")):
        assert not are_apart(infinite, other)
        assert not are_apart(other, infinite)
    assert are_apart(arb(1), arb(2))
    assert not are_apart(arb("1 +/- 1"), arb(2))


@pytest.mark.parametrize(
    ("expr", "number"),
    [
        (sp.log(X), 0), (sp.log(X), -1), (1 / X, 0), (sp.sign(X), 0), (X ** sp.Rational(1, 3), -8),
        (X**sp.pi, 0), (sp.zoo + X, 1), (sp.sqrt(X), -1), (sp.log(X), "0 +/- 1"),
    ],
)  # fmt: skip
def test_no_finite_ball_outside_the_domain(expr: sp.Expr, number: object) -> None:
    assert not ball(expr, number).is_finite()


@pytest.mark.parametrize("number", [-1000, -30, 0, 30, 1000])
def test_sigmoid_and_softplus_are_tight(number: int) -> None:
    assert ball(sigmoid(X) + sigmoid(-X), number).overlaps(arb(1))
    assert ball(softplus(X) - softplus(-X), number).overlaps(arb(number))
    assert ball(sigmoid(X), number).rel_accuracy_bits() > 100


def test_zero_to_the_zero_is_one_for_integer_exponents() -> None:
    assert ball(sp.Sum(X ** (i - 1), (i, 1, n)), 0) == 1


def test_entries_outside_the_axes() -> None:
    with pytest.raises(IndexRangeError, match=r"a\[4\]"):
        ball(sp.Sum(a[i + 1], (i, 1, n)))
    assert ball(sp.Sum(a[i + 1], (i, 1, n - 1))) == 5


def test_a_zero_delta_hides_what_has_no_value() -> None:
    """Iverson's convention: Σ_i δ(i, g)/(i − 1) at g = 2 is 1, though the term i = 1 has no value by itself."""
    assert ball(sp.Sum(sp.KroneckerDelta(i, g) / (a[i] - 1), (i, 1, n))) == 1
    assert ball(sp.KroneckerDelta(i, g).subs(i, 3) * a[7]) == 0


def test_sums_over_shadowed_and_empty_ranges() -> None:
    assert ball(sp.Sum(sp.Sum(a[i], (i, 1, 2)) * a[i], (i, 1, n))) == 18
    assert ball(sp.Sum(a[i], (i, 1, i)).subs(i, g)) == 3
    assert ball(sp.Sum(a[i], (i, 3, 2))) == 0
    assert ball(sp.Product(a[i], (i, 3, 2))) == 1


def test_what_is_remembered_depends_on_the_indices_around_it() -> None:
    inner = sp.Sum(a[i] * a[g], (i, 1, n))
    assert ball(sp.Sum(inner, (g, 1, n)) + inner) == 36 + 12


def test_names_do_not_see_the_sums_around_them() -> None:
    name = sp.Symbol("D", real=True)
    with precision(64):
        point = Point({n: 3, g: 2}, {a.label: {(k,): arb(k) for k in (1, 2, 3)}}, None, {name: Definition(name, a[g])})
        assert enclose(sp.Sum(name, (g, 1, n)), point) == 6


def test_three_arguments_of_a_maximum() -> None:
    assert ball(sp.Max(0, X, X - 1), 5) == 5


def test_errors_name_what_is_missing() -> None:
    with pytest.raises(UnsupportedExpressionError, match="sin"):
        ball(sp.sin(X))
    with pytest.raises(UnsupportedExpressionError, match="no value"):
        ball(sp.Symbol("unknown", real=True))
    with pytest.raises(OperationBudgetError):
        ball(sp.Sum(X * i, (i, 1, 10**6)), 1)
