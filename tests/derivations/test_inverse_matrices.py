"""Inverses of matrices in the zero test and in witnesses: what is proved of them holds, and nothing else is."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.equation import Equation, decide
from derivations.indexed import substitute
from derivations.inverses import Inverse, name_of_inverse
from derivations.ranges import Ranges
from derivations.statement import array, element, index, size
from derivations.verdict import Status
from derivations.zero_test import Context

n, m = size("n"), size("m")
i, j, l, a, b, c, d = map(index, "ijlabcd")
X, A = (array(sp.Symbol(name, real=True)) for name in "XA")
decay = sp.Symbol("λ", real=True)
GRAM = sp.Sum(X[l, i] * X[l, j], (l, 1, n))
MATRICES = {
    "named": A[i, j],
    "gram": GRAM,
    "ridge": GRAM + decay * sp.KroneckerDelta(i, j),
    "mean": GRAM / n + decay * sp.KroneckerDelta(i, j),
    "sum": GRAM + A[i, j],
}
V = name_of_inverse("M")


def context_of(matrix: sp.Expr, *free: tuple[sp.Symbol, sp.Expr]) -> Context:
    ranges = Ranges()
    for symbol, upper in free:
        ranges = ranges.with_index(symbol, sp.S.One, upper)
    return Context(ranges, inverses=(Inverse(V, (i, j), matrix, sp.S.One, m, "M"),))


def product(*factors: tuple[sp.Expr, sp.Symbol, sp.Symbol]) -> sp.Expr:
    """Σ of a product of matrices, each with its entry at (i, j), from index to index."""
    expr = sp.S.One
    inner = [later[1] for later in factors[1:]]
    for entry, row, column in factors:
        expr = expr * substitute(entry, {i: row, j: column})
    for symbol in inner:
        expr = sp.Sum(expr, (symbol, 1, m))
    return expr


INVERSE = element(V, (i, j))


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
@pytest.mark.parametrize("is_left", [True, False])
def test_a_matrix_times_its_inverse_is_the_identity(matrix: sp.Expr, is_left: bool) -> None:
    factors = ((INVERSE, a, b), (matrix, b, c)) if is_left else ((matrix, a, b), (INVERSE, b, c))
    context = context_of(matrix, (a, m), (c, m))
    verdict = decide(Equation(product(*factors), sp.KroneckerDelta(a, c), context))
    assert verdict.is_proved
    assert "M is invertible" in verdict.conditions


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=MATRICES)
def test_another_value_is_refuted_at_the_inverse_itself(matrix: sp.Expr) -> None:
    context = context_of(matrix, (a, m), (c, m))
    whole = product((matrix, a, b), (INVERSE, b, c))
    for wrong in (2 * sp.KroneckerDelta(a, c), sp.S.Zero, sp.KroneckerDelta(a, c) + 1):
        verdict = decide(Equation(whole, wrong, context))
        assert verdict.is_refuted
        assert verdict.witness is not None
        assert not any("⁻¹" in name for name in verdict.witness.values)  # it is no array of its own


def test_the_inverse_of_an_inverse_is_the_matrix() -> None:
    twice = Inverse(name_of_inverse("V"), (i, j), INVERSE, sp.S.One, m, "V")
    context = context_of(A[i, j], (a, m), (c, m))
    context = Context(context.ranges, inverses=(*context.inverses, twice))
    assert decide(Equation(element(twice.label, (a, c)), A[a, c], context)).status is not Status.REFUTED
    whole = product((INVERSE, a, b), (element(twice.label, (i, j)), b, c))
    assert decide(Equation(whole, sp.KroneckerDelta(a, c), context)).is_proved


def test_a_product_that_is_not_contracted_over_its_whole_range_is_no_identity() -> None:
    context = context_of(A[i, j], (a, m), (c, m))
    short = sp.Sum(A[a, b] * element(V, (b, c)), (b, 2, m))
    assert decide(Equation(short, sp.KroneckerDelta(a, c), context)).is_refuted
    elsewhere = sp.Sum(A[a, b] * element(V, (b, c)) * X[1, b], (b, 1, m))
    assert decide(Equation(elsewhere, sp.KroneckerDelta(a, c) * X[1, a], context)).is_refuted
    turned = sp.Sum(A[b, a] * element(V, (b, c)), (b, 1, m))
    assert decide(Equation(turned, sp.KroneckerDelta(a, c), context)).is_refuted


def test_an_inverse_of_which_nothing_is_said_is_outside_the_language() -> None:
    context = Context(Ranges().with_index(a, sp.S.One, m))
    verdict = decide(Equation(element(V, (a, a)), sp.S.One, context))
    assert verdict.status is Status.UNSUPPORTED


def test_a_hat_matrix_is_idempotent_and_symmetric() -> None:
    def hat(row: sp.Expr, column: sp.Expr, name: str) -> sp.Expr:
        p, q = index(f"p{name}"), index(f"q{name}")
        return sp.Sum(X[row, p] * element(V, (p, q)) * X[column, q], (p, 1, m), (q, 1, m))

    context = context_of(GRAM, (a, n), (c, n))
    twice = sp.Sum(hat(a, b, "1") * hat(b, c, "2"), (b, 1, n))
    assert decide(Equation(twice, hat(a, c, "3"), context)).is_proved
    assert decide(Equation(twice, 2 * hat(a, c, "3"), context)).is_refuted
    ridge = context_of(MATRICES["ridge"], (a, n), (c, n))
    assert decide(Equation(twice, hat(a, c, "3"), ridge)).is_refuted


def test_an_equation_is_multiplied_through_by_what_has_an_inverse() -> None:
    """The inverse of a transpose, and X^T (X X^T + λ I)^{-1} = (X^T X + λ I)^{-1} X^T."""
    turned = Inverse(name_of_inverse("A^T"), (i, j), A[j, i], sp.S.One, m, "A^T")
    context = context_of(A[i, j], (a, m), (c, m))
    context = Context(context.ranges, inverses=(*context.inverses, turned))
    equation = Equation(element(turned.label, (a, c)), element(V, (c, a)), context)
    verdict = decide(equation)
    assert verdict.is_proved
    assert {"M is invertible", "A^T is invertible"} & set(verdict.conditions)
    assert decide(Equation(element(turned.label, (a, c)), element(V, (a, c)), context)).is_refuted

    outer = sp.Sum(X[i, l] * X[j, l], (l, 1, m)) + decay * sp.KroneckerDelta(i, j)
    kernel = Inverse(name_of_inverse("K"), (i, j), outer, sp.S.One, n, "K")
    both = Context(
        Ranges().with_index(a, sp.S.One, m).with_index(c, sp.S.One, n),
        inverses=(Inverse(V, (i, j), MATRICES["ridge"], sp.S.One, m, "M"), kernel),
    )
    left = sp.Sum(element(V, (a, b)) * X[c, b], (b, 1, m))
    right = sp.Sum(X[d, a] * element(kernel.label, (d, c)), (d, 1, n))
    assert decide(Equation(left, right, both)).is_proved
    assert decide(Equation(left, 2 * right, both)).is_refuted


def test_a_case_of_indices_is_not_multiplied_through() -> None:
    """e_i = δ_ij f is zero for i ≠ j only: what is multiplied by M has the other entries, too."""
    context = context_of(A[i, j], (a, m), (c, m))
    apart = Context(context.ranges.with_distinct(a, c), inverses=context.inverses)
    delta = sp.KroneckerDelta(a, c) * element(V, (a, c))
    assert decide(Equation(delta, sp.S.Zero, apart)).is_proved
    assert not decide(Equation(element(V, (a, c)), delta, apart)).is_proved


def test_a_row_behind_the_last_is_no_row_of_the_identity() -> None:
    """Σ X_la X_lj V_jc is δ_ac for a up to m; what X has behind its m-th column is not in the matrix."""
    k = size("k")
    context = context_of(GRAM, (a, k), (c, m))
    whole = sp.Sum(substitute(GRAM, {i: a, j: b}) * element(V, (b, c)), (b, 1, m))
    assert not decide(Equation(whole, sp.KroneckerDelta(a, c), context)).is_proved
