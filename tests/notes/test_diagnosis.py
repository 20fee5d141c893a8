"""Diagnoses of planted faults: the code is right, and what is proposed is proved equal to the left side."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
import sympy as sp

from derivations import functions
from derivations.atoms import free_symbols, peel
from derivations.catalog.registry import derivations
from derivations.domain import Domain
from derivations.faults import Fault, faults_of
from derivations.indexed import take_partials
from derivations.notes.explaining.diagnosis import CODES, Diagnosis, diagnose
from derivations.proof import decide_relation
from derivations.ranges import Ranges
from derivations.statement import Statement, variable
from derivations.zero_test import Context

FAMILIES = ("linear_regression", "logistic_regression", "squared_error_on_sigmoid", "softmax_regression")
ENOUGH = 10
LARGEST = 40  # nodes of a side: the longest lines of the catalogue say nothing more, slowly

Planted = tuple[Statement, sp.Expr, sp.Expr]

EXPECTED: dict[str, frozenset[str]] = {
    "sign": frozenset({"sign", "term_sign"}),
    "factor 2": frozenset({"constant_factor"}),
    "factor 1/2": frozenset({"constant_factor"}),
    "missing 1/n": frozenset({"sample_mean"}),
    "mean for sum": frozenset({"sample_mean", "extra_factor"}),
    "transpose": frozenset({"transpose"}),
    "dropped term": frozenset({"missing_term", "missing_factor"}),
    "dropped factor": frozenset({"missing_factor", "missing_term"}),
    "wrong index": frozenset({"index", "transpose"}),
    "captured index": frozenset({"index"}),
    "shifted index": frozenset({"index"}),
    "missing delta": frozenset({"delta", "extra_sum"}),
    "derivative for value": frozenset({"extra_factor", "function", "power"}),
    "label and prediction": frozenset({"swapped", "sign", "term_sign"}),
    "wrong range": frozenset({"range"}),
    "lost square": frozenset({"power", "missing_factor", "missing_term", "function"}),
}
"""What each kind of fault of `derivations.faults` is called; two names where the same change is both."""


def _size(expr: sp.Expr) -> int:
    return sum(1 for _ in sp.preorder_traversal(expr))


def _lines() -> Iterator[Planted]:
    """Equations of the catalogue that hold, with derivatives taken."""
    for family in FAMILIES:
        for d in derivations(family):
            if d.kind != "equation":
                continue
            lines = [d.left, *(s.expr for s in d.steps)]
            for a, b in itertools.pairwise(lines):
                if not b.has(sp.Limit, functions.Partial) and _size(b) <= LARGEST:
                    left = take_partials(a, d.statement)
                    if _size(left) <= 3 * LARGEST:
                        yield d.statement, left, b


@cache
def _all_faults(family: str) -> tuple[Fault, ...]:
    return tuple(f for d in derivations(family) if _size(d.right) <= LARGEST for f in faults_of(d, per_kind=1))


def _faults(kind: str) -> Iterator[Planted]:
    """Faults of one kind that change the mathematics, at most two from one derivation."""
    found: Counter[str] = Counter()
    for fault in itertools.chain.from_iterable(map(_all_faults, FAMILIES)):
        before, statement = fault.before, fault.derivation.statement
        if fault.kind != kind or found[fault.derivation.name] == 2 or fault.expr.has(sp.Limit, functions.Partial):
            continue
        if before.has(sp.Limit) or _size(before) > LARGEST or _size(fault.expr) > LARGEST:
            continue
        left = take_partials(before, statement)
        verdict = decide_relation(left, fault.expr, statement)
        if verdict.is_refuted and verdict.witness is not None and verdict.witness.kind == "ball":
            found[fault.derivation.name] += 1
            yield statement, left, fault.expr


def _diagnosed(planted: Planted) -> Diagnosis:
    statement, left, right = planted
    return diagnose(left, right, Context.of(statement), statement.definitions)


def _check(planted: Planted, found: Diagnosis) -> None:
    statement, left, _ = planted
    assert found.code in CODES
    if found.corrected is not None:
        verdict = decide_relation(left, found.corrected, statement)
        assert verdict.is_proved, (planted, found, verdict)


@pytest.mark.parametrize("kind", EXPECTED)
def test_planted_faults_are_named_and_put_right(kind):
    planted = list(itertools.islice(_faults(kind), ENOUGH + 4))
    assert len(planted) >= ENOUGH or kind in ("missing delta", "lost square", "transpose", "label and prediction")
    found = [_diagnosed(p) for p in planted]
    for p, diagnosis in zip(planted, found, strict=True):
        _check(p, diagnosis)
    named = [d.code in EXPECTED[kind] for d in found]
    strangers = [(p[1:], d) for p, d, right in zip(planted, found, named, strict=True) if not right]
    assert sum(named) >= min(ENOUGH, len(planted)), strangers


def _mutated(code: str) -> Iterator[Planted]:
    """Faults that `derivations.faults` doesn't plant, in the lines of the catalogue."""
    for statement, left, right in _lines():
        ranges = Context.of(statement).ranges
        if code == "sign":
            yield statement, left, -right
        elif code == "constant_factor":
            yield statement, left, 3 * right
        elif code == "sample_mean":
            yield from ((statement, left, s * right) for s in sorted(_sizes(statement), key=str)[:1])
        elif code == "term_sign" and isinstance(right, sp.Add):
            yield statement, left, right - 2 * right.args[0]
        elif code == "extra_term" and isinstance(right, sp.Add):
            yield statement, left, sp.Add(right, sp.S.One, evaluate=False)
        elif code == "missing_sum":
            for total in (f for f in sp.Mul.make_args(right) if isinstance(f, sp.Sum)):
                body, k, lower, upper = peel(total)
                declared = _declared(statement, k, lower, upper)
                if k not in free_symbols(left) and declared is not None:
                    yield declared, left, right.xreplace({total: body})
        elif code == "extra_sum":
            for index, (lower, upper) in ranges.bounds.items():
                if index in free_symbols(right):
                    yield statement, left, sp.Sum(right, (index, lower, upper))
                    break


def _sizes(statement: Statement) -> set[sp.Symbol]:
    return {a for v in statement.variables for a in v.axes if a.is_Symbol}


def _declared(statement: Statement, k: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> Statement | None:
    known = {r[0] for r in statement.ranges}
    return None if k in known else replace(statement, ranges=(*statement.ranges, (k, lower, upper)))


@pytest.mark.parametrize(
    ("code", "also"),
    [
        ("sign", ()),
        ("constant_factor", ()),
        ("sample_mean", ()),
        ("term_sign", ("swapped", "sign")),
        ("extra_term", ()),
        ("missing_sum", ()),
        ("extra_sum", ()),
    ],
)
def test_mistakes_of_whole_sides(code, also):
    chosen: list[Planted] = []
    for planted in _mutated(code):
        if len(chosen) == ENOUGH + 2:
            break
        statement, left, right = planted
        if decide_relation(left, right, statement).is_refuted:
            chosen.append(planted)
    found = [_diagnosed(p) for p in chosen]
    for p, diagnosis in zip(chosen, found, strict=True):
        _check(p, diagnosis)
    right_codes = sum(d.code == code or d.code in also for d in found)
    assert right_codes >= min(ENOUGH, len(found)), [(p[1:], d) for p, d in zip(chosen, found, strict=True)]
    assert len(chosen) >= ENOUGH


n, K = (sp.Symbol(name, integer=True, positive=True) for name in "nK")
i, k, c = (sp.Symbol(name, integer=True, positive=True) for name in "ikc")


def test_a_condition_that_softmax_needs():
    y, p = variable("y", K, role="label"), variable("p", K, role="prediction", domain=Domain.UNIT)
    context = Context(Ranges({k: (sp.S.One, K)}, {K: 2}), {v.label: (v.domain, v.axes) for v in (y, p)})
    found = diagnose(p[k] * sp.Sum(y[c], (c, 1, K)) - y[k], p[k] - y[k], context)
    assert found.code == "condition_needed"
    assert found.corrected is None
    assert "Σ" in found.sentence


def test_a_condition_on_binary_labels():
    y, p = variable("y", n, role="label"), variable("p", n, role="prediction")
    context = Context(Ranges(), {v.label: (v.domain, v.axes) for v in (y, p)})
    found = diagnose(sp.Sum(y[i] ** 2 - p[i], (i, 1, n)), sp.Sum(y[i] - p[i], (i, 1, n)), context)
    assert found.code == "condition_needed"
    assert found.conditions == ("y ∈ {0, 1}",)


def test_label_and_prediction_in_cross_entropy():
    y, p = variable("y", n, role="label", domain=Domain.UNIT), variable("p", n, role="prediction", domain=Domain.UNIT)
    context = Context(Ranges(), {v.label: (v.domain, v.axes) for v in (y, p)})
    right = -sp.Sum(p[i] * sp.log(y[i]), (i, 1, n)) / n
    found = diagnose(-sp.Sum(y[i] * sp.log(p[i]), (i, 1, n)) / n, right, context)
    assert found.code == "swapped"
    assert found.sentence == "p_i and y_i are exchanged"


def test_no_single_mistake():
    a, b = sp.symbols("a b", real=True)
    found = diagnose(a**3 + b, sp.exp(a * b) - 7, Context(Ranges()))
    assert found.code == "different"
    assert found.corrected == a**3 + b
