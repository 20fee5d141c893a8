"""Differentiation, substitution and definitions, against an evaluator at explicit sizes.

Cases named after what SymPy's own calculus gets wrong show that it still does, and that ours does not.
"""

from __future__ import annotations

import random

import pytest
import sympy as sp
from explicit_sizes import (
    CONTEXT,
    NAMES,
    RANGES,
    Dual,
    K,
    Place,
    Undefined,
    a,
    expressions,
    g,
    h,
    m,
    n,
    p,
    place,
    q,
    s,
    same,
    u,
    v,
    value,
    w,
    x,
    z,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.atoms import UnsupportedExpressionError
from derivations.enclosure import are_apart, enclose, precision
from derivations.functions import Partial, Unknown, sigmoid
from derivations.indexed import AmbiguousPartialError, differentiate, expand_definitions, resolve, substitute
from derivations.proof import decide_relation
from derivations.ranges import Ranges
from derivations.statement import Definition, Statement, Variable, variable

i, j, k = NAMES
SIZES = [(1, 2, 3), (2, 3, 4), (3, 1, 2), (4, 2, 3)]
settings.register_profile("explicit", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("explicit")

TARGETS = [a[g], w[h], x[g, h], s[g, g], s[g, 1], z[g, K], z[g, 1], q[g], u(), a[1], w[m], p[g]]


def numbers(expr: sp.Expr, at: Place) -> Dual:
    """The value, where there is one; examples without one are not counted."""
    try:
        found = value(expr, at)
    except (Undefined, OverflowError, ZeroDivisionError):
        assume(False)
        raise
    assume(abs(found.value) < 1e6 and abs(found.slope) < 1e6)
    return found


@given(expressions(labels=False), st.sampled_from(TARGETS), st.integers(0, 10**6))
def test_derivative_agrees_with_dual_numbers(expr: sp.Expr, target: sp.Expr, seed: int) -> None:
    try:
        derivative = differentiate(expr, target, RANGES)
    except UnsupportedExpressionError:
        assume(False)
    rng = random.Random(seed)
    for sizes in SIZES:
        at = place(rng, sizes)
        if isinstance(target, sp.Indexed):
            entry = tuple(int(e.xreplace({b: sp.Integer(c) for b, c in at.integers.items()})) for e in target.indices)
            at.seed = (target.base.label, entry)
        else:
            at.seed = (target, ())
        expected = numbers(expr, at)
        assert same(numbers(derivative, at).value, expected.slope), (derivative, sizes, at.integers)


@given(
    expressions(depth=1, scope={k: n, g: n, h: m}, labels=False),
    st.sampled_from([a, q]),
    st.sampled_from([0, -1, -2, 3]),
    st.integers(0, 10**6),
)
def test_sums_may_begin_anywhere(inside: sp.Expr, array: Variable, first: int, seed: int) -> None:
    """Σ_{k=first} a_{k+1−first} … by a_1, whose δ(k + 1 − first, 1) SymPy makes 0 if it takes k to be positive."""
    body = substitute(array[k] * inside * (2 + sp.Abs(k - 1)), {k: k + 1 - first}) + sp.Abs(k) + sp.Max(0, k)
    expr = sp.Sum(body * (1 + sp.KroneckerDelta(k, 0)), (k, first, n + first - 1))
    derivative = differentiate(expr, array[1], RANGES)
    for sizes in SIZES:
        at = place(random.Random(seed), sizes, (array.label, (1,)))
        expected = 0.0
        for position in range(1, at.integers[n] + 1):
            counted = position - 1 + first
            term = Dual(at.arrays[array.label][position,]) * numbers(substitute(inside, {k: sp.Integer(position)}), at)
            whole = term.value * (1 + position) + abs(counted) + max(0, counted)
            expected += whole * (2 if counted == 0 else 1)
        found = numbers(expr, at)
        assert same(found.value, expected)
        assert same(numbers(derivative, at).value, found.slope), derivative


@given(expressions(labels=False), expressions(depth=1, labels=False), st.sampled_from([g, h]), st.integers(0, 10**6))
def test_substitution_of_indices_and_scalars(expr: sp.Expr, inside: sp.Expr, old: sp.Symbol, seed: int) -> None:
    """Replacing a free index by one whose name is bound inside must not be captured; the same for scalars."""
    new = i  # the name that the sums inside use
    replaced = substitute(expr, {old: new, u(): inside})
    at = place(random.Random(seed), (3, 2, 2))
    at.integers[new] = at.integers[old]
    scalar_value = numbers(inside, at).value
    before = place(random.Random(seed), (3, 2, 2))
    before.arrays = {**before.arrays, u(): {(): scalar_value}}  # type: ignore[dict-item]
    # `inside` may itself mention the old index, which stays
    assert same(numbers(replaced, at).value, numbers(expr, before).value)


def test_sum_differentiated_by_its_own_term() -> None:
    body = sp.Sum(a[g] ** 2, (g, 1, n))
    assert body.diff(a[g]) != 2 * a[g], "SymPy no longer captures the index: drop this reminder"
    assert differentiate(body, a[g], RANGES) == 2 * a[g]


def test_shifted_index_is_not_contracted_outside_the_range() -> None:
    """∂Σ_i z_2i/∂z_j is 1 for even j up to 2n, and 0 for odd j; SymPy says 1 at j = 3."""
    long = variable("l", 2 * n, role="feature")
    expr = sp.Sum(long[2 * i], (i, 1, n))
    wrong = expr.diff(long[j]).doit()
    assert wrong.subs({j: 3, n: 4}).doit() == 1, "SymPy no longer errs here: drop this reminder"
    ours = differentiate(expr, long[j], Ranges().with_index(j, 1, 2 * n))
    arrays = {long.label: {(c,): float(c) for c in range(1, 9)}}
    found = [value(ours, Place({n: 4, j: c}, arrays)).value for c in range(1, 9)]
    assert found == [0, 1, 0, 1, 0, 1, 0, 1]


def test_sympy_substitution_captures_and_ours_does_not() -> None:
    expr = sp.Sum(x[g, i], (i, 1, m))
    assert expr.xreplace({g: i}) == sp.Sum(x[i, i], (i, 1, m)), "SymPy no longer captures: drop this reminder"
    ours = substitute(expr, {g: i})
    arrays = {x.label: {(b, c): 10.0 * b + c for b in (1, 2, 3) for c in (1, 2)}}
    assert value(ours, Place({n: 3, m: 2, i: 3}, arrays)).value == 31 + 32


@pytest.mark.parametrize(
    ("target", "inside"),
    [(g, True), (g + 1, None), (sp.Integer(1), True), (sp.Integer(0), False), (n, True), (m, None)],
)
def test_delta_is_contracted_only_with_proved_membership(target: sp.Expr, inside: bool | None) -> None:
    """Σ_{i=1..n} ∂a_i/∂a_t is 1 where t lies in 1..n; kept as a sum where that is not known."""
    expr = sp.Sum(a[i] * u(), (i, 1, n))
    found = differentiate(expr, a[target], RANGES)
    if inside is None:
        assert found.has(sp.KroneckerDelta)
    else:
        assert found == (u() if inside else 0)


def test_shadowed_names_do_not_lend_their_bounds() -> None:
    """i ≤ k for the outer k; inside the sum over another k, that bound must not be read of the inner one."""
    expr = sp.Sum(sp.Sum(sp.Sum(sp.KroneckerDelta(j, i) * u() * w[j] * w[k], (j, 1, m)), (k, 1, m)), (i, 1, k))
    found = differentiate(expr, u(), Ranges().with_index(k, 1, n))
    at = Place({n: 3, m: 1, k: 3}, {w.label: {(1,): 5.0}, u(): {(): 2.0}}, seed=(u(), ()))
    assert value(expr, at).slope == 25
    assert value(found, at).value == 25


@pytest.mark.parametrize("target", [i, n])
def test_no_derivative_by_an_index_or_a_size(target: sp.Symbol) -> None:
    with pytest.raises(UnsupportedExpressionError, match="index or size"):
        differentiate(sp.Sum(a[i] * n, (i, 1, n)), target, RANGES)


def test_no_derivative_through_an_index() -> None:
    with pytest.raises(UnsupportedExpressionError, match="through the index"):
        differentiate(a[sp.IndexedBase("c", integer=True)[i]], a[g], RANGES)


# definitions

C, D = sp.Symbol("C", real=True), sp.Symbol("D", real=True)
zz, pp = sp.IndexedBase(sp.Symbol("zz", real=True)), sp.IndexedBase(sp.Symbol("pp", real=True))
LOGIT = Definition(zz[i], sp.Sum(w[k] * x[i, k], (k, 1, m)) + v())
PREDICTION = Definition(pp[j], sigmoid(zz[j]))


def statement(*definitions: Definition) -> Statement:
    return Statement(
        name="test",
        family="test",
        title="",
        source="",
        variables=(x, s, a, w, q, p, z, u, v),
        definitions=definitions,
        ranges=((g, 1, n), (h, 1, m), (i, 1, n), (j, 1, n)),
    )


@given(
    expressions(depth=2, labels=False), st.sampled_from([w[h], v(), zz[g], pp[g], a[g], x[g, h]]), st.integers(0, 10**6)
)
def test_partial_through_definitions(body: sp.Expr, target: sp.Expr, seed: int) -> None:
    """C is computed from names, from parameters, and from both; what is ambiguous is refused."""
    total = sp.Sum(pp[i] ** 2 * zz[i] + a[i] * pp[i], (i, 1, n)) * body
    stated = statement(LOGIT, PREDICTION, Definition(C, total))
    hidden = {g, h} & total.free_symbols
    assume(not hidden)
    try:
        found = resolve(Partial(C, target), stated)
    except AmbiguousPartialError:
        assert target in (zz[g], pp[g])
        return
    definitions = {d.key.label if isinstance(d.key, sp.IndexedBase) else d.key: d for d in stated.definitions}
    for sizes in SIZES[:3]:
        at = place(random.Random(seed), sizes)
        at.definitions = definitions
        if isinstance(target, sp.Indexed):
            at.seed = (target.base.label, tuple(at.integers[b] for b in target.indices))
        else:
            at.seed = (target, ())
        expected = numbers(C, at).slope
        at.seed = None
        assert same(numbers(found, at).value, expected), found


def test_cycles_are_refused() -> None:
    stated = statement(Definition(C, D + 1), Definition(D, 2 * C))
    with pytest.raises(UnsupportedExpressionError, match="defined by itself"):
        resolve(C, stated)
    with pytest.raises(UnsupportedExpressionError, match="defined by itself"):
        expand_definitions(C, stated.definitions)


def test_a_name_has_one_definition() -> None:
    for twice in (statement(Definition(C, u()), Definition(C, v())), statement(Definition(u(), v()))):
        with pytest.raises(UnsupportedExpressionError, match="defined twice"):
            resolve(C, twice)


def test_hidden_index_is_not_captured_by_a_sum() -> None:
    """D = a_i at a fixed i: Σ_i D is n·a_i or Σ_i a_i, so it is refused; so is p_i computed from D."""
    stated = statement(Definition(D, a[i]))
    with pytest.raises(UnsupportedExpressionError, match="captured"):
        resolve(sp.Sum(D, (i, 1, n)), stated)
    assert resolve(sp.Sum(D * a[j], (j, 1, n)), stated) == sp.Sum(a[i] * a[j], (j, 1, n))
    assert not decide_relation(sp.Sum(D, (i, 1, n)), sp.Sum(a[j], (j, 1, n)), stated).is_proved
    computed = statement(Definition(D, a[i]), Definition(pp[i], D + a[i]))
    with pytest.raises(UnsupportedExpressionError, match="captured"):
        resolve(pp[j], computed)


def test_paths_beside_the_intermediate_are_ambiguous() -> None:
    """∂C/∂z with C = z² + u², z = u·a_1: u reaches C by both; with its own name beside z, it is held."""
    direct = statement(Definition(D, u() * a[1]), Definition(C, D**2 + u() ** 2))
    with pytest.raises(AmbiguousPartialError):
        resolve(Partial(C, D), direct)
    other = sp.Symbol("R", real=True)
    beside = statement(Definition(D, u() * a[1]), Definition(other, u() ** 2), Definition(C, D**2 + other))
    assert resolve(Partial(C, D), beside) == 2 * u() * a[1]


def test_roles_do_not_hide_a_path() -> None:
    theta = variable("theta", m, role="coefficient of some kind")
    stated = Statement(
        name="t", family="t", title="", source="", variables=(theta, x), ranges=((g, 1, n),),
        definitions=(
            Definition(D, sp.Sum(theta[k] * x[1, k], (k, 1, m))),
            Definition(C, D**2 + sp.Sum(theta[k] ** 2, (k, 1, m))),
        ),
    )  # fmt: skip
    with pytest.raises(AmbiguousPartialError):
        resolve(Partial(C, D), stated)


def test_what_is_not_defined_has_no_derivative() -> None:
    """∂C/∂w of a name C without a value is not 0; neither is the second derivative of an unknown function."""
    with pytest.raises(UnsupportedExpressionError, match="neither a variable nor defined"):
        resolve(Partial(C, w[h]), statement())
    partials = sp.IndexedBase(sp.Symbol("d", real=True))
    unknown = Definition(C, Unknown(D, partials, zz[i], (i, 1, n)))
    stated = statement(LOGIT, unknown)
    first = resolve(Partial(C, w[h]), stated)
    assert first == sp.Sum(partials[i] * x[i, h], (i, 1, n)) or first.has(partials)
    with pytest.raises(UnsupportedExpressionError, match="neither a variable nor defined"):
        resolve(Partial(C, w[h], w[h]), stated)


@given(expressions(), st.integers(0, 10**6))
def test_balls_contain_the_value(expr: sp.Expr, seed: int) -> None:
    """The enclosures agree with the evaluator in floating point, at explicit sizes."""
    from fractions import Fraction

    from derivations.witness import Values, point_of

    at = place(random.Random(seed), (3, 2, 4))
    expected = numbers(expr, at).value
    exact = {label: {key: Fraction(entry) for key, entry in array.items()} for label, array in at.arrays.items()}
    sizes = {b: c for b, c in at.integers.items() if b in (n, m, K)}
    free = {b: c for b, c in at.integers.items() if b in (g, h)}
    with precision(128):
        ball = enclose(expr, point_of(Values(sizes, free, exact), CONTEXT.arrays))
        assert not ball.is_finite() or same(float(ball.mid()), expected)
        assert not are_apart(ball, ball)


def test_a_definition_of_another_number_of_indices_is_refused():
    f, g = (sp.IndexedBase(name, shape=None) for name in "fg")
    i, k = sp.symbols("i k", integer=True, positive=True)
    definition = Definition(f[i, k], g[i] * g[k])
    with pytest.raises(UnsupportedExpressionError, match="f has 2 indices, and 1 here"):
        differentiate(f[i], g[i], Ranges(), (definition,))
    with pytest.raises(UnsupportedExpressionError, match="f has 2 indices, and 1 here"):
        expand_definitions(f[i], (definition,))
