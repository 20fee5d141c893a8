"""Statements judged in numbers: right claims agree, planted faults do not, whatever shape the left side has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy as sp

from derivations.domain import Domain
from derivations.functions import Partial, sigmoid, softplus
from derivations.statement import Definition, Derivation, Statement, Step, index, scalar, size, variable
from numeric.derivatives import ClaimCompiler
from numeric.inputs import shape_buckets, statement_batch
from numeric.judge import judge_statement, judge_statements
from numeric.precision import float64_enabled

n, m, i, j, k, l = size("n"), size("m"), index("i"), index("j"), index("k"), index("l")
x, y, w = (
    variable("x", n, m, role="feature"),
    variable("y", n, role="label", domain=Domain.BINARY),
    variable("w", m, role="weight"),
)
v, b = variable("v", m, role="direction"), scalar("b", role="bias")
z, C = sp.IndexedBase("z", real=True), sp.Symbol("C", real=True)
LOGISTIC = Statement(
    "logistic",
    "example",
    "",
    "",
    (x, y, w, b, v),
    (
        Definition(z[i], sp.Sum(w[k] * x[i, k], (k, 1, m)) + b()),
        Definition(C, sp.Sum(softplus(z[i]) - y[i] * z[i], (i, 1, n)) / n),
    ),
    ranges=((i, 1, n), (j, 1, m), (k, 1, m)),
)
CURVATURE = sigmoid(z[l]) * (1 - sigmoid(z[l]))
CLAIMS = {
    "w": (Partial(C, w[j]), sp.Sum((sigmoid(z[i]) - y[i]) * x[i, j], (i, 1, n)) / n),
    "b": (Partial(C, b()), sp.Sum(sigmoid(z[i]) - y[i], (i, 1, n)) / n),
    "z": (Partial(C, z[i]), (sigmoid(z[i]) - y[i]) / n),
    "hessian": (Partial(Partial(C, w[j]), w[k]), sp.Sum(CURVATURE * x[l, j] * x[l, k], (l, 1, n)) / n),
    "mixed": (Partial(Partial(C, w[j]), b()), sp.Sum(CURVATURE * x[l, j], (l, 1, n)) / n),
    "logits": (Partial(z[i], w[j]), x[i, j]),
    "along v": (
        sp.Sum(v[j] * Partial(C, w[j]), (j, 1, m)),
        sp.Sum((sigmoid(z[i]) - y[i]) * sp.Sum(v[j] * x[i, j], (j, 1, m)), (i, 1, n)) / n,
    ),
}


def derivation(name: str, left: sp.Expr, right: sp.Expr) -> Derivation:
    return Derivation(name, LOGISTIC, name, left, (Step(right, "example"),))


def test_right_claims_agree_with_every_judge() -> None:
    found = judge_statement(
        LOGISTIC, [derivation(name, *sides) for name, sides in CLAIMS.items()], examples=600, differences=120
    )
    assert [e.name for e in found] == list(CLAIMS)
    for e in found:
        assert e.reason is None
        assert e.agrees, e
        assert e.autodiff.points >= 590
        assert e.finite_difference.points >= 110
        assert e.autodiff.detects < 1e-12
        assert e.finite_difference.detects < 1e-6
        assert set(e.as_json()) == {"autodiff", "finite_difference"}


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_claims_are_caught_by_both(name: str) -> None:
    left, right = CLAIMS[name]
    wrong = [derivation("sign", left, -right), derivation("factor", left, right * (1 + sp.Rational(1, 10**7)))]
    for e in judge_statement(LOGISTIC, wrong, examples=300, differences=120):
        assert not e.autodiff.agrees
        assert not e.finite_difference.agrees
        assert set(e.inputs) == {"x", "y", "w", "b", "v"}


def test_statements_about_the_same_inputs_are_judged_together_as_apart() -> None:
    halved = replace(
        LOGISTIC, name="halved", definitions=tuple(replace(d, value=d.value / 2) for d in LOGISTIC.definitions)
    )
    right = [derivation(name, *sides) for name, sides in CLAIMS.items()]
    wrong = [replace(d, statement=halved) for d in right]  # of halved logits and losses, these are not the derivatives
    groups = [(LOGISTIC, right), (halved, wrong)]
    together = judge_statements(groups, examples=300, differences=120)
    apart = [judge_statement(statement, own, examples=300, differences=120) for statement, own in groups]
    assert [[e.as_json() for e in found] for found in together] == [[e.as_json() for e in found] for found in apart]
    assert all(e.agrees for e in together[0])
    assert not any(e.autodiff.agrees or e.finite_difference.agrees for e in together[1])


def test_statements_about_other_points_are_not_judged_together() -> None:
    other = replace(LOGISTIC, name="other", positive=(b(),))
    with pytest.raises(ValueError, match="not about the same inputs"):
        judge_statements([(LOGISTIC, []), (other, [])])
    with pytest.raises(ValueError, match="not about the same inputs"):
        judge_statements([(LOGISTIC, []), (replace(LOGISTIC, variables=LOGISTIC.variables[:2]), [])])


def test_claims_without_a_derivative_are_evaluated() -> None:
    same = derivation("same", softplus(b()) - b(), softplus(-b()))
    other = derivation("other", softplus(b()), softplus(-b()))
    right, wrong = judge_statement(LOGISTIC, [same, other], examples=60, differences=60)
    assert right.evaluation.agrees
    assert right.autodiff is None
    assert not wrong.evaluation.agrees


def test_what_cannot_be_judged_says_so() -> None:
    limit = replace(derivation("limit", sp.Limit(sigmoid(b()), b(), sp.oo), sp.S.One), kind="limit")
    (found,) = judge_statement(LOGISTIC, [limit])
    assert "exactly" in found.reason
    assert found.agrees


def test_one_seed_gives_the_same_evidence() -> None:
    claim = derivation("w", *CLAIMS["w"])
    first, again, other = (
        judge_statement(LOGISTIC, [claim], seed=s, examples=60, differences=60)[0] for s in (3, 3, 4)
    )
    assert first.as_json() == again.as_json()
    assert first.as_json() != other.as_json()
    assert np.isfinite(first.autodiff.allowed)


def test_points_that_say_nothing_are_drawn_again() -> None:
    u, l = scalar("u", role="logit"), scalar("l", role="logit")
    between = Statement(
        "between", "example", "", "", (u, l),
        (Definition(C, -sp.log(sigmoid(u()) - sigmoid(l()))),),
        positive=(u() - l(), sigmoid(u()) - sigmoid(l())),
    )  # fmt: skip
    claim = Derivation(
        "u", between, "", Partial(C, u()),
        (Step(-sigmoid(u()) * (1 - sigmoid(u())) / (sigmoid(u()) - sigmoid(l())), "example"),),
    )  # fmt: skip
    (found,) = judge_statement(between, [claim], examples=600, differences=120)
    assert found.agrees
    assert found.autodiff.points >= 600
    assert found.finite_difference.points >= 120


def test_points_where_what_should_be_positive_is_not_are_rejected() -> None:
    """|u − l| = u − l holds where u > l only."""
    u, l = scalar("u", role="number"), scalar("l", role="number")
    ordered = Statement("ordered", "example", "", "", (u, l), positive=(u() - l(),))
    claim = Derivation("distance", ordered, "", sp.Abs(u() - l()), (Step(u() - l(), "example"),))
    (found,) = judge_statement(ordered, [claim], examples=600, differences=120)
    assert found.agrees
    assert found.evaluation.points >= 600


@pytest.mark.parametrize("name", ["w", "b", "z", "hessian"])
def test_the_stable_form_is_judged_and_so_is_the_last_line(name: str) -> None:
    left, right = CLAIMS[name]
    good, bad = right, right * (1 + sp.Rational(1, 10**7))
    for last, stable in ((bad, good), (good, bad)):
        claim = replace(derivation(name, left, last), stable=stable)
        (found,) = judge_statement(LOGISTIC, [claim], examples=300, differences=120)
        assert not found.autodiff.agrees
        assert found.finite_difference.agrees == (stable is good)


@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_derivatives_taken_together_are_those_taken_apart(mode: str) -> None:
    with float64_enabled():
        sizes = shape_buckets(LOGISTIC)[0]
        compiler = ClaimCompiler(LOGISTIC, sizes)
        claims = [compiler.claim(derivation(name, *sides)) for name, sides in CLAIMS.items()]
        derivatives = [d for claim in claims for d in claim.derivatives]
        inputs = {name: a[0] for name, a in statement_batch(LOGISTIC, sizes, 1).items()}
        inputs |= {name: fn(inputs)[0] for name, fn in compiler.held_arrays(derivatives).items()}
        together = {}
        for fn, places in compiler.jacobians(derivatives, mode):
            together |= {partial: fn(inputs)[place] for partial, place in places.items()}
        assert len(together) == 6
        for d in derivatives:
            np.testing.assert_allclose(together[d.partial], compiler.jacobian(d, mode)(inputs)[0], rtol=1e-13)
