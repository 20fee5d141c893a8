"""Verdicts: no false refutation, witnesses that are generic and admitted, conditions that are shown, and signs."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy as sp
from explicit_sizes import CONTEXT, NAMES, RANGES, K, a, expressions, g, h, m, n, p, q, r, t, u, v, w, x, y, z
from explicit_sizes import VARIABLES as SYMBOLS
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.domain import Domain
from derivations.equation import Equation, conditions_of, decide, is_provable, is_signed
from derivations.functions import Partial, sigmoid
from derivations.proof import decide_relation, prove
from derivations.ranges import Ranges
from derivations.rewritings import REWRITINGS
from derivations.statement import Definition, Derivation, Kind, Relation, Statement, Step, index, size, variable
from derivations.verdict import Status, Verdict
from derivations.witness import find_witness
from derivations.zero_test import Context

i, j, k = NAMES
c, d = index("c"), index("d")
IN_CLASSES = Context(RANGES.with_index(c, 1, K).with_index(d, 1, K), CONTEXT.arrays)
STATED = Statement(
    name="t", family="t", title="", source="", variables=SYMBOLS, ranges=((g, 1, n), (h, 1, m), (c, 1, K), (d, 1, K)),
    minimum=((K, 2),),
)  # fmt: skip


def verdict(left: sp.Expr, right: sp.Expr, context: Context = IN_CLASSES, **more: tuple[sp.Expr, ...]) -> Verdict:
    return decide(Equation(left, right, replace(context), **more))


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    expressions(depth=2), st.lists(st.sampled_from(sorted(REWRITINGS)), min_size=1, max_size=2), st.integers(0, 10**6)
)
def test_equivalent_rewritings_are_never_refuted(expr: sp.Expr, names: list[str], seed: int) -> None:
    rng, rewritten = random.Random(seed), expr
    for name in names:
        rewritten = REWRITINGS[name](rewritten, STATED, rng) or rewritten
    found = decide(Equation(expr, rewritten, replace(IN_CLASSES)), operations=60_000)
    assert found.status not in (Status.REFUTED, Status.INCONSISTENT), (rewritten, found)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(expressions(depth=2), st.sampled_from(["sign", "twice", "plus"]))
def test_wrong_by_a_factor_is_refuted_with_its_witness(expr: sp.Expr, change: str) -> None:
    """Unless the expression is 0 itself."""
    wrong = {"sign": -expr, "twice": 2 * expr, "plus": expr + u() ** 2}[change]
    found = decide(Equation(expr, wrong, replace(IN_CLASSES)), operations=60_000)
    assert found.status is Status.REFUTED or verdict(expr, sp.S.Zero).is_proved
    if found.witness is not None:
        assert len(set(found.witness.sizes.values())) == len(found.witness.sizes), "sizes are pairwise distinct"
        assert all(number >= 2 for number in found.witness.sizes.values())


# satisfiability, conditions, domains


def test_p_minus_y_needs_labels_that_sum_to_one() -> None:
    """Σ_d (y_d p_c − δ_cd y_d) = p_c − y_c; withheld, the claim falls, with a witness among real labels."""
    left = sp.Sum(t[g, k] * p[1] - sp.KroneckerDelta(k, c) * t[g, k], (k, 1, K))
    right = p[1] - t[g, c]
    found = verdict(left, right)
    assert found.is_proved
    assert "Σ t = 1" in found.conditions
    undeclared = Context(IN_CLASSES.ranges, {**CONTEXT.arrays, t.label: (Domain.REAL, t.axes)})
    withheld = verdict(left, right, undeclared)
    assert withheld.is_refuted
    assert withheld.witness is not None


def test_denominators_that_vanish_block_the_proof() -> None:
    zero = 1 - sp.Sum(t[g, k], (k, 1, K))
    assert not verdict(u() / zero, u() / zero + 0 * v()).is_proved
    assert not verdict(u() / zero, v() / zero).is_refuted


def test_nothing_is_proved_of_an_empty_domain() -> None:
    impossible = replace(IN_CLASSES, positive=(-(u() ** 2),))
    assert verdict(u() + v(), v() + u() + 0, impossible).status is Status.UNDECIDED
    assert not verdict(u(), 2 * u(), impossible).is_refuted


def test_log_and_powers_outside_the_domain_are_conditions() -> None:
    assert any("> 0" in text for text in verdict(sp.log(u()) * 2, sp.log(u()) + sp.log(u())).conditions)
    assert any("≠ 0" in text for text in verdict((u() ** 2 - 1) / (u() + 1), u() - 1).conditions)
    assert verdict(sp.log(p[g]) * 2, sp.log(p[g]) + sp.log(p[g])).conditions == ()


def test_what_positive_says_beyond_the_domain_is_a_condition() -> None:
    claimed = replace(IN_CLASSES, positive=(u(),))
    found = verdict(sp.Abs(u()), u(), claimed)
    assert found.is_proved
    assert "u > 0" in found.conditions
    implied = replace(IN_CLASSES, positive=(q[g] * p[g],))
    assert verdict(sp.Abs(q[g]), q[g] + 0, implied).conditions == ()


def test_nonzero_and_positive_hold_at_every_index() -> None:
    """a_g > 0 is said for all g: |a_i| = a_i under a sum has no witness then."""
    claimed = replace(IN_CLASSES, positive=(a[g],))
    total = sp.Sum(sp.Abs(a[i]), (i, 1, n))
    assert not verdict(total, sp.Sum(a[i], (i, 1, n)), claimed).is_refuted
    assert verdict(total, sp.Sum(a[i], (i, 1, n))).is_refuted
    assert not verdict(sp.Sum(sp.Abs(sp.sign(a[i])), (i, 1, n)), n, nonzero=(a[g],)).is_refuted


def test_assumption_of_one_index_is_not_lent_to_a_bound_one() -> None:
    """a_c > 0 for the first classes says nothing of a_c in a sum over more."""
    short = Context(Ranges(minimum={n: 3}).with_index(c, 1, n - 2), CONTEXT.arrays, (a[c],))
    assert is_signed(a[c], short)
    assert not is_signed(sp.Sum(a[c], (c, 1, n)), short)


def test_coincidence_is_named() -> None:
    found = verdict(t[g, c] * t[g, d], sp.S.Zero)
    assert found.is_refuted, "c = d is among the cases of the claim"
    assert found.conditions == ("holds for c ≠ d",)


def test_an_isolated_point_is_no_witness() -> None:
    """δ-like kinks, removable 0/0 and signs at 0 separate nothing."""
    assert not verdict(sp.Abs(u()) / u() * u(), sp.Abs(u())).is_refuted
    assert not verdict(sp.sign(u()) ** 2, sp.S.One).is_refuted
    assert not verdict((u() ** 2 - v() ** 2) / (u() - v()), u() + v()).is_refuted


def test_infinite_balls_are_no_witness() -> None:
    assert not verdict(1 / (u() - u() + sp.log(1 + y[g] ** 2 - y[g])), u()).is_refuted
    assert not verdict(sp.log(-(u() ** 2)), v()).is_refuted


def test_undeclared_symbols_keep_their_assumptions() -> None:
    positive = sp.Symbol("b", positive=True)
    assert not verdict(sp.sqrt(positive**2), sp.Abs(positive) + 0 * u()).is_refuted
    assert find_witness(sp.Abs(positive - 0), positive, RANGES, CONTEXT.arrays) is None


def test_kept_apart_indices_give_no_witness() -> None:
    apart = replace(IN_CLASSES, ranges=IN_CLASSES.ranges.with_distinct(c, d + 1))
    assert not verdict(sp.KroneckerDelta(c, d + 1), sp.S.Zero, apart).is_refuted
    assert verdict(sp.KroneckerDelta(c, d + 1), sp.S.Zero).is_refuted


def test_shape_witness() -> None:
    """x is (n, m): x[h, g] reads outside it where m > n or n > m."""
    found = verdict(sp.Sum(x[g, k] * w[k], (k, 1, m)), sp.Sum(x[k, g] * w[k], (k, 1, m)))
    assert found.is_refuted
    beyond = verdict(sp.Sum(a[i], (i, 1, n)), sp.Sum(a[i + 1], (i, 1, n)))
    assert beyond.is_refuted
    assert beyond.witness is not None
    assert beyond.witness.kind == "shape"
    assert "outside its axes" in beyond.witness.right


def test_no_shape_is_blamed_for_an_index_without_a_range() -> None:
    loose = index("loose")
    assert not verdict(a[loose] - a[loose] * sigmoid(u()), a[loose] * sigmoid(-u())).is_refuted


def test_a_large_minimum_is_reached() -> None:
    """K ≥ 12: sizes must reach it, or nothing would be found defined, and nothing refuted."""
    many = Context(Ranges(minimum={K: 12}), CONTEXT.arrays)
    assert verdict(sp.Sum(z[1, k], (k, 1, K)), sp.Sum(2 * z[1, k], (k, 1, K)), many).is_refuted
    assert verdict(sp.Sum(z[1, k], (k, 1, K)) * 2, sp.Sum(2 * z[1, k], (k, 1, K)), many).is_proved


def test_false_beyond_the_budget_is_still_refuted() -> None:
    hard = sum(x[1, b] for b in (1, 2)) ** 12 * sp.Sum(a[i], (i, 1, n)) ** 5
    found = decide(Equation(hard, 2 * hard + 1, replace(IN_CLASSES)), operations=10)
    assert found.is_refuted
    assert decide(Equation(hard, sp.expand(hard), replace(IN_CLASSES)), operations=10).status is Status.UNDECIDED


def test_witness_can_be_recomputed() -> None:
    """The witness is exact, lies in the domain, and the values shown are those of the sides there."""
    found = verdict(sp.Sum(y[i] * a[i], (i, 1, n)), sp.Sum(a[i], (i, 1, n)))
    witness = found.witness
    assert witness is not None
    count = witness.sizes["n"]
    entries = {(name, b): Fraction(witness.values[f"{name}[{b}]"]) for name in ("y", "a") for b in range(1, count + 1)}
    assert all(entries["y", b] in (0, 1) for b in range(1, count + 1))
    left = sum(entries["y", b] * entries["a", b] for b in range(1, count + 1))
    right = sum(entries["a", b] for b in range(1, count + 1))
    assert left != right
    assert abs(float(left) - float(witness.left)) < 1e-9
    assert abs(float(right) - float(witness.right)) < 1e-9


# signs


SIGNED = {
    "square": (u() ** 2, True, False),
    "square of a sum": (sp.Sum(w[k] * x[g, k], (k, 1, m)) ** 2, True, False),
    "weights": (sp.Sum(p[i] * (1 - p[i]) * a[i] ** 2, (i, 1, n)), True, False),
    "positive weights": (sp.Sum(p[i] * (1 - p[i]), (i, 1, n)), True, True),
    "empty sum": (sp.Sum(q[i], (i, 1, n - 1)), True, False),
    "unknown weight": (sp.Sum(a[i] * q[i], (i, 1, n)), False, False),
    "odd power": (u() ** 3, False, False),
    "difference of squares": (u() ** 2 - v() ** 2, False, False),
    "label": (y[g], True, False),
    "sign label": (r[g], False, False),
    "exp": (sp.exp(u()), True, True),
    "x^n": (u() ** n, False, False),
    "∏": (sp.Product(a[i], (i, 1, n)), False, False),
    "1 − 2p": (1 - 2 * p[g], False, False),
    "1/4 − p(1 − p)": (sp.Rational(1, 4) - p[g] * (1 - p[g]), True, False),
    "its square form": ((sp.Rational(1, 2) - p[g]) ** 2, True, False),
    "minus": (-(u() ** 2), False, False),
    "1/x²": (1 / u() ** 2, True, False),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNED)
def test_signs(name: str) -> None:
    expr, nonnegative, positive = SIGNED[name]
    assert is_signed(expr, replace(IN_CLASSES)) is nonnegative
    assert is_signed(expr, replace(IN_CLASSES), strict=True) is positive


def existential(witness: dict[str, object]) -> Verdict:
    claim = Derivation(
        "t.sign", STATED, "", u() * y[1] - 1, (Step(u() * y[1] - 1, "definition"),), "sign", "<", witness=witness
    )
    return prove(claim).verdict


def test_the_point_of_an_existential_sign_lies_in_the_domain() -> None:
    assert existential({"u": Fraction(1, 2), "y[1]": 1}).is_proved
    assert not existential({"u": 3, "y[1]": 1}).is_proved
    assert "domain" in str(existential({"u": Fraction(1, 2), "y[1]": Fraction(1, 2)}).reason)
    assert not existential({"u": Fraction(1, 2)}).is_proved


def test_what_is_no_real_number_is_refused() -> None:
    """|T|² = −T² holds for an imaginary T, and AB = 2BA for some matrices: neither is ours to judge."""
    imaginary = sp.Symbol("T", imaginary=True)
    first, second = (sp.Symbol(name, commutative=False) for name in "AB")
    for left, right in [(sp.Abs(imaginary) ** 2, -(imaginary**2)), (first * second, 2 * second * first)]:
        assert decide_relation(left, right, STATED).status is Status.UNSUPPORTED


def test_delta_with_a_range_of_its_own_is_refused() -> None:
    limited = sp.KroneckerDelta(c, d, (1, 2))
    assert decide_relation(limited, sp.KroneckerDelta(c, d), STATED).status is Status.UNSUPPORTED


def test_two_symbols_of_one_name_are_refused() -> None:
    """Σ_i a_i reads alike whichever i is summed over, and is n·a_i where it is the other one."""
    other = sp.Symbol("i", integer=True, positive=True)
    found = decide_relation(sp.Sum(a[other], (i, 1, n)), n * a[other], STATED)
    assert found.status is Status.UNSUPPORTED
    assert "two different symbols are called i" in str(found.reason)


def test_an_array_and_a_scalar_have_different_names() -> None:
    """A name r beside labels r_i ∈ {−1, 1} would be taken for one of them: r² = 1."""
    name = sp.Symbol("r", real=True)
    stated = replace(STATED, definitions=(Definition(name, sp.Sum(w[k], (k, 1, m))),))
    assert decide_relation(name**2, sp.S.One, stated).status is Status.UNSUPPORTED


@pytest.mark.parametrize(("kind", "relation"), [("sign", "="), ("equation", ">="), ("limit", "<")])
def test_a_relation_that_would_not_be_judged_is_refused(kind: Kind, relation: Relation) -> None:
    """A sign without its relation was proved ≥ 0, and shown as = 0."""
    with pytest.raises(ValueError, match="has no relation"):
        Derivation("t", STATED, "", u() ** 2, (Step(u() ** 2, "definition"),), kind, relation)


def test_fingerprint_covers_what_the_proof_is_about() -> None:
    from derivations.proof import fingerprint

    claim = Derivation("t", STATED, "", u(), (Step(u(), "definition"),))
    other = replace(claim, statement=replace(STATED, minimum=((K, 3),)))
    assumed = replace(claim, statement=replace(STATED, positive=(u(),)))
    assert len({fingerprint(claim), fingerprint(other), fingerprint(assumed)}) == 3


def test_names_are_values_at_their_own_index() -> None:
    """D = a_g at the fixed g: a witness must not take the bound g of a sum for it."""
    name = sp.Symbol("D", real=True)
    stated = replace(STATED, definitions=(Definition(name, a[g]),))
    found = decide_relation(sp.Sum(name * q[i], (i, 1, n)), a[g] * sp.Sum(q[i], (i, 1, n)), stated)
    assert found.is_proved
    captured = decide_relation(sp.Sum(name, (g, 1, n)), n * name, stated)
    assert captured.status not in (Status.PROVED, Status.REFUTED)
    assert Partial(name, a[g]) != 1
    assert conditions_of(1 / (1 + size("N")), CONTEXT) == []
    assert variable("b", n, role="feature")[i].has(i)


@settings(max_examples=20, deadline=None)
@given(expressions(1), expressions(1), st.sampled_from([0, 1]))
def test_what_is_asked_briefly_is_what_is_decided(one: sp.Expr, other: sp.Expr, times: int) -> None:
    """Whether there is a proof, and a witness that is made simple where it is shown."""
    equation = Equation(one * (1 + other), one + one * other * times, CONTEXT)
    verdict, later = decide(equation), decide(equation, shown=False)
    assert is_provable(equation) == verdict.is_proved
    assert later.status is verdict.status
    if verdict.witness is not None and later.witness is not None:
        assert later.witness.simplified() == verdict.witness
