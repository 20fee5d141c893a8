"""The checker is checked: planted faults are refuted with a witness, equivalent rewritings are proved.

The default run takes a fixed part of the catalogue's faults; `pytest -m slow` takes all of them, family
by family, and the thousand rewritings.
"""

from __future__ import annotations

import random

import pytest
import sympy as sp
from explicit_sizes import Place, Undefined, same, value

from derivations.catalog import derivations, families, find
from derivations.faults import KINDS, Fault, KillReport, faults_of, judge, kill_report, planted
from derivations.indexed import resolve
from derivations.rewritings import REWRITINGS, rewriting_report, rewritings
from derivations.statement import Derivation, Statement
from derivations.verdict import Status

CHUNKS = 4
EVERY_DERIVATION, EVERY_FAULT = 14, 7  # of which the default run takes one each


def described(report: KillReport) -> str:
    survived = "\n".join(f"{v.status.value}: {fault}: {v.reason}" for fault, v in report.survivors)
    return f"{report.table()}\n{survived}"


def holds_at_points(fault: Fault, statement: Statement) -> bool:
    """Whether a line that was proved equal has equal values, by the evaluator that shares nothing with the prover."""
    left, right = (resolve(e, statement) for e in (fault.before, fault.expr))
    rng = random.Random(0)
    compared = 0
    for _ in range(20):
        at = point(rng, statement)
        if at is None:
            continue
        try:
            one, other = value(left, at).value, value(right, at).value
        except (Undefined, OverflowError, ZeroDivisionError, KeyError):
            continue
        if not same(one, other, 1e-6):
            return False
        compared += 1
    return compared > 0


def point(rng: random.Random, statement: Statement) -> Place | None:
    """Values for the variables of any statement; None where a declared range is empty."""
    numbers: dict[sp.Symbol, int] = {}
    least = dict(statement.minimum)
    axes = {symbol for v in statement.variables for axis in v.axes for symbol in axis.free_symbols}
    axes |= {symbol for _, *b in statement.ranges for e in b for symbol in sp.sympify(e).free_symbols}
    declared = {symbol for symbol, _, _ in statement.ranges}
    for symbol in sorted(axes - declared, key=str):
        numbers[symbol] = max(least.get(symbol, 1), 2) + rng.randint(0, 3)
    for symbol, lower, upper in statement.ranges:
        low, high = (int(sp.sympify(b).xreplace(numbers)) for b in (lower, upper))
        if low > high:
            return None
        numbers[symbol] = rng.randint(low, high)
    arrays = {}
    for v in statement.variables:
        shape = tuple(int(axis.xreplace(numbers)) for axis in v.axes)
        arrays[v.label] = {k: float(e) for k, e in v.domain.sample(rng, shape, (3, 7)).items()}
    return Place(numbers, arrays)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_planted_faults_are_refuted(chunk: int) -> None:
    chosen = derivations()[chunk :: CHUNKS * EVERY_DERIVATION]
    faults = [fault for d in chosen for fault in list(faults_of(d))[chunk % EVERY_FAULT :: EVERY_FAULT]]
    assert faults
    report = kill_report(faults)
    assert not report.survivors, described(report)
    assert report.killed == report.changing > 0


@pytest.mark.slow
@pytest.mark.parametrize("family", families())
def test_every_planted_fault_is_refuted(family: str) -> None:
    unchanged: list[Fault] = []

    def note(fault: Fault, verdict: object) -> None:
        if getattr(verdict, "is_proved", False):
            unchanged.append(fault)

    report = kill_report(planted(derivations(family)), progress=note)
    assert not report.survivors, described(report)
    for fault in unchanged:
        if not any(e.has(sp.Limit) for e in (fault.before, fault.expr)):
            assert holds_at_points(fault, fault.derivation.statement), str(fault)


def test_every_kind_of_fault_is_planted() -> None:
    """A kind that the catalogue never shows would be a promise without a test."""
    names = ("softmax_regression.l2.W", "linear_regression.interaction.prediction", "linear_regression.convexity")
    assert {fault.kind for name in names for fault in faults_of(find(name))} == set(KINDS)


def test_a_fault_that_changes_nothing_is_recognised() -> None:
    """The correct line itself, and the same line doubled and halved, are proved: the refutations mean something."""
    for d in derivations()[::40]:
        for number, step in enumerate(d.steps[:3]):
            if not step.expr.has(sp.Limit):
                assert judge(Fault(d, number, "sign", 2 * step.expr / 2)).is_proved
                assert judge(Fault(d, number, "sign", step.expr + 1)).status is Status.REFUTED


def test_the_report_counts() -> None:
    d = next(d for d in derivations("logistic_regression") if d.kind == "equation")
    right, wrong = Fault(d, 0, "sign", d.steps[0].expr), Fault(d, 0, "sign", -d.steps[0].expr - 1)
    report = kill_report([right, wrong])
    assert (report.planted, report.refuted, report.equal) == ({"sign": 2}, {"sign": 1}, {"sign": 1})
    assert (report.killed, report.changing) == (1, 1)
    assert report.table().endswith("killed: 1 of 1")


def test_faults_are_the_same_in_every_run() -> None:
    some: tuple[Derivation, ...] = derivations("maximum_likelihood")[:3]
    assert planted(some) == planted(some)
    assert planted(some) != planted(some, seed=1)


def test_rewritings_are_proved_and_never_refuted() -> None:
    report = rewriting_report(rewritings(derivations(), 60, seed=3))
    assert not report.refuted, "\n".join(str(item) for item, _ in report.refuted)
    assert report.proved >= 0.96 * report.tried, "\n".join(f"{v.reason}: {item}" for item, v in report.unproved)


@pytest.mark.slow
def test_a_thousand_rewritings() -> None:
    report = rewriting_report(rewritings(derivations(), 1000))
    assert report.tried == 1000
    assert not report.refuted, "\n".join(str(item) for item, _ in report.refuted)
    assert report.proved >= 0.99 * report.tried, report.line()


def test_every_rewriting_is_used() -> None:
    used = {name for item in rewritings(derivations(), 300) for name in item.by}
    assert set(REWRITINGS) <= used | {"exchanged"}, set(REWRITINGS) - used
