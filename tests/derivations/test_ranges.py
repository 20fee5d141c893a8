"""Membership in ranges, against all small cases: an answer that is given holds in each of them."""

from __future__ import annotations

import itertools

import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.ranges import Ranges, fresh_index, linear_parts
from derivations.statement import index, size

N, K = size("N"), size("K")
i, j = index("i"), index("j")
LEAST = {K: 2}

terms = st.tuples(*(st.integers(-2, 2) for _ in range(4)), st.integers(-3, 3))
bounds = st.sampled_from([(1, N), (1, K), (2, N), (1, K - 1), (1, K - 2), (0, N - 1), (2, 3)])


def linear(coefficients: tuple[int, ...]) -> sp.Expr:
    return sum((c * e for c, e in zip(coefficients, (i, j, N, K, sp.S.One), strict=True)), sp.S.Zero)


def admitted(first: tuple[sp.Expr, sp.Expr], second: tuple[sp.Expr, sp.Expr]) -> list[dict[sp.Symbol, int]]:
    """Every value of (i, j, N, K) with small sizes that the ranges admit; j may be bounded by i."""
    found = []
    for sizes in itertools.product(range(1, 6), range(2, 6)):
        known = dict(zip((N, K), sizes, strict=True))
        low, high = (int(sp.sympify(b).xreplace(known)) for b in first)
        for number in range(low, high + 1):
            inner = {**known, i: number}
            lower, upper = (int(sp.sympify(b).xreplace(inner)) for b in second)
            found += [{**inner, j: other} for other in range(lower, upper + 1)]
    return found


@settings(deadline=None, derandomize=True, max_examples=150)
@given(terms, bounds, st.one_of(bounds, st.just((1, i)), st.just((i, N)), st.just((1, i - 1))))
def test_answers_hold_in_every_small_case(
    coefficients: tuple[int, ...], first: tuple[sp.Expr, sp.Expr], second: tuple[sp.Expr, sp.Expr]
) -> None:
    ranges = Ranges(minimum=LEAST).with_index(i, *first).with_index(j, *second)
    expr = linear(coefficients)
    answer = ranges.is_nonnegative(expr)
    if answer is not None:
        for point in admitted(first, second):
            assert (int(sp.sympify(expr).xreplace(point)) >= 0) is answer, (expr, point)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(terms, bounds, bounds)
def test_membership_holds_in_every_small_case(
    coefficients: tuple[int, ...], own: tuple[sp.Expr, sp.Expr], target: tuple[sp.Expr, sp.Expr]
) -> None:
    ranges = Ranges(minimum=LEAST).with_index(i, *own).with_index(j, 1, N)
    expr = linear(coefficients)
    answer = ranges.contains(sp.sympify(expr), sp.sympify(target[0]), sp.sympify(target[1]))
    if answer is not None:
        for point in admitted(own, (1, N)):
            low, high, term = (int(sp.sympify(e).xreplace(point)) for e in (*target, expr))
            assert (low <= term <= high) is answer, (expr, point)


def test_distinct_terms() -> None:
    ranges = Ranges(minimum=LEAST).with_index(i, 1, K - 1).with_index(j, 1, i - 1)
    assert ranges.are_distinct(i, K)
    assert ranges.are_distinct(i, j)
    assert ranges.are_distinct(i, i + 1)
    assert not ranges.are_distinct(i, sp.S.One)
    assert not ranges.are_distinct(N, K)
    assert ranges.with_distinct(N, K).are_distinct(K, N)


def test_the_minimum_of_a_size_is_what_is_declared() -> None:
    assert Ranges().is_nonnegative(K - 2) is None
    assert Ranges(minimum={K: 2}).is_nonnegative(K - 2) is True
    assert Ranges(minimum={K: 1}).contains(sp.Integer(2), sp.S.One, K) is None


def test_what_is_not_linear_is_unknown() -> None:
    assert linear_parts(N * K) is None
    assert linear_parts(N / 2) is None
    assert Ranges().is_nonnegative(N * K) is None
    assert Ranges().is_nonnegative(sp.oo - N) is None


def test_fresh_names_are_fresh() -> None:
    taken = {i, sp.Symbol("i1"), sp.Symbol("i2", integer=True)}
    assert fresh_index(i, taken).name == "i3"
