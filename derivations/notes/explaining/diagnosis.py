r"""What is wrong with a refuted equation, and the side that would hold.

    left ≠ right, but left = c·right,   left = right with one term, factor, index, δ or sum put right,
    or left = right where Σ_c y_c = 1

`diagnose` looks for the smallest correction of the right side, kind by kind, cheapest first. A candidate is screened
at a few exact points (balls that are disjoint rule it out) and then *proved* by the zero test to equal the left side:
a diagnosis is established, never guessed. Where no single mistake explains the difference it says so
(`different`). Work is counted in operations; the clock is only a backstop.

Left out: two independent mistakes in one step, and corrections that invent a quantity that neither side has.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction

import sympy as sp
from flint import arb

from derivations.atoms import UnsupportedExpressionError, free_atoms, label_of
from derivations.domain import Domain
from derivations.enclosure import IndexRangeError, OperationBudgetError, Point, enclose, precision
from derivations.equation import Equation
from derivations.kernels import BUDGET, Budget, BudgetExceededError, UndefinedError, charge, separate_budget
from derivations.notation import text
from derivations.notes.explaining.edits import Edit, edits
from derivations.statement import Definition
from derivations.witness import Values, point_of, sample_values
from derivations.zero_test import Context, zero_test

__all__ = ["CODES", "Diagnosis", "diagnose"]

BITS = 96
POINTS, ATTEMPTS = 4, 24  # points kept, points tried
OPERATIONS, SECONDS = 120_000, 2.0  # about 0.3 s where it is spent; the clock is a backstop
TEST_OPERATIONS = 20_000  # for one candidate's zero test
MAX_EDITS, MAX_NODES = 700, 600
EDIT_OPERATIONS = 30  # SymPy's, for making one candidate
MAX_SHOWN = 120  # nodes of another side that is worth proposing
LARGEST = 1_000  # numerator and denominator of a constant factor

CODES: dict[str, str] = {
    "sign": "the whole side has the wrong sign",
    "constant_factor": "a number too much or too little",
    "sample_mean": "a missing or an extra 1/n",
    "condition_needed": "holds under a condition that is not stated",
    "term_sign": "one term has the wrong sign",
    "swapped": "two quantities are exchanged: label and prediction",
    "transpose": "an array with its indices exchanged",
    "index": "a wrong index",
    "delta": "a lost or an extra δ: holds for i ≠ j, or for i = j, only",
    "extra_factor": "a factor too much",
    "missing_factor": "a factor lost",
    "extra_term": "a term too much",
    "missing_term": "a term lost",
    "missing_sum": "a sum lost",
    "extra_sum": "a sum too much",
    "range": "a sum over the wrong range",
    "function": "one function for another: σ for σ′, log lost",
    "power": "a square lost, or too much",
    "output": "code that prints something else",
    "different": "no single mistake of these kinds explains the difference",
}
"""Every code of a diagnosis, with what it means."""


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong: `code` (see `CODES`), one sentence for people, and the corrected side.

    corrected: the right side as it should be, proved equal to the left one; for `condition_needed` it is
    None, since the side holds as written once `conditions` do. For `different` it is the left side, or None.
    factor: what the whole right side is to be multiplied by, where that is the correction.
    """

    code: str
    sentence: str
    corrected: sp.Expr | None = None
    conditions: tuple[str, ...] = field(default=())
    factor: sp.Expr | None = None


def diagnose(
    left: sp.Expr,
    right: sp.Expr,
    context: Context,
    definitions: tuple[Definition, ...] = (),
    seed: int = 0,
    operations: int = OPERATIONS,
) -> Diagnosis:
    """The mistake in `right`, given that left = right is refuted and `left` is what it should be.

    Both sides are over the context's variables and the names that `definitions` define, with derivatives taken. To
    correct the left side, exchange the two.

    >>> z, y = sp.symbols("z y", real=True)
    >>> from derivations.ranges import Ranges
    >>> diagnose(z - y, y - z, Context(Ranges())).code
    'sign'
    """
    judge = _Judge(left, right, context, definitions, seed)
    try:
        with separate_budget(operations, SECONDS):
            found = next(judge.findings(), None)
    except (BudgetExceededError, RecursionError):
        found = None
    if found is not None:
        return found
    return Diagnosis("different", CODES["different"], left if _size(left) <= MAX_SHOWN else None)


def _size(expr: sp.Expr) -> int:
    return sum(1 for _ in sp.preorder_traversal(expr))


class _Judge:
    """One refuted equation, the points at which its sides were valued, and the order in which causes are looked for."""

    def __init__(self, left: sp.Expr, right: sp.Expr, context: Context, definitions: tuple[Definition, ...], seed: int):
        self.left, self.right, self.context, self.definitions = left, right, context, definitions
        self.seed = seed
        self.points: list[tuple[Values, arb, arb | None]] = []
        self.known: dict[tuple[int, int], Point] = {}

    def findings(self) -> Iterator[Diagnosis]:
        self.points = self._sampled()
        yield from self._ratios()
        yield from self._conditions()
        if max(_size(self.left), _size(self.right)) > MAX_NODES:
            return
        for edit in itertools.islice(edits(self.right, self.left, self.context.ranges), MAX_EDITS):
            charge(EDIT_OPERATIONS)
            if self._agrees(edit.expr) and self._holds(edit.expr):
                yield Diagnosis(edit.code, self._sentence(edit), edit.expr)
        yield from self._coincidences()

    # Causes

    def _ratios(self) -> Iterator[Diagnosis]:
        """left = c·right, c·right/n or c·n·right, for a number c."""
        ratios = [(v, a / b) for v, a, b in self.points if b is not None and not b.contains(0)]
        if not ratios:
            return
        sizes = sorted({s for v, _ in ratios for s in v.sizes}, key=str)
        for size, power in ((None, 0), *itertools.product(sizes, (-1, 1))):
            with precision(BITS):
                constants = [
                    _rational(r if size is None else r * arb(v.sizes[size]) ** -power)
                    for v, r in ratios
                    if size is None or size in v.sizes
                ]
            if len(constants) < len(ratios) or None in constants or len(set(constants)) != 1:
                continue
            (number,) = {c for c in constants if c is not None}
            constant = sp.Rational(number.numerator, number.denominator)
            if constant == 0 or (size is None and constant == 1):
                continue
            corrected = _scaled(self.right, constant, size, power)
            if self._holds(corrected):
                yield _of_ratio(constant, size, power, corrected)

    def _conditions(self) -> Iterator[Diagnosis]:
        """The equation as written, with a narrower domain of one array."""
        used = {label_of(a) for side in (self.left, self.right) for a in free_atoms(side)}
        used |= {label_of(a) for d in self.definitions for a in free_atoms(d.value)}
        for label, (domain, axes) in self.context.arrays.items():
            if domain is not Domain.REAL or label not in used or not _may_be_label(label):
                continue
            for narrower in (Domain.BINARY, Domain.ONE_HOT, Domain.SIGNS) if axes else (Domain.BINARY, Domain.SIGNS):
                context = replace(self.context, arrays={**self.context.arrays, label: (narrower, axes)})
                if not self._agrees_in(context) or not self._holds(self.right, context):
                    continue
                condition = _condition(str(label), narrower, axes)
                yield Diagnosis("condition_needed", f"holds only if {condition}", None, conditions=(condition,))

    def _coincidences(self) -> Iterator[Diagnosis]:
        """The equation holds for i = j only, or for i ≠ j only, and no single δ puts it right."""
        try:
            left, right, context = self._expanded(self.right, self.context)
            found = zero_test(left - right, context, brief=True)
        except (UnsupportedExpressionError, UndefinedError):
            return
        if found.holds_for:
            cases = ", ".join(found.holds_for)
            yield Diagnosis("delta", f"holds for {cases} only: a δ is lost", self.left)

    def _sentence(self, edit: Edit) -> str:
        if edit.code != "delta" or "is lost" not in edit.sentence:
            return edit.sentence
        try:
            left, right, context = self._expanded(self.right, self.context)
            found = zero_test(left - right, context, brief=True)
        except (UnsupportedExpressionError, UndefinedError):
            return edit.sentence
        return (
            f"{edit.sentence}; the step holds for {', '.join(found.holds_for)} only"
            if found.holds_for
            else edit.sentence
        )

    # Screening and proof

    def _sampled(self, context: Context | None = None) -> list[tuple[Values, arb, arb | None]]:
        context = context or self.context
        rng = random.Random(self.seed)
        ends = [e for pair in context.ranges.bounds.values() for e in pair]
        exprs = (self.left, self.right, *context.positive, *context.ranges.bounds, *ends)
        found: list[tuple[Values, arb, arb | None]] = []
        dull: list[tuple[Values, arb, arb | None]] = []  # where the sides agree, most of all that is false does, too
        for _ in range(ATTEMPTS):
            values = sample_values(rng, exprs, context.ranges, context.arrays, 3, self.definitions)
            if values is None or not self._is_admitted(values, context):
                continue
            left, right = (self._value(side, values, context) for side in (self.left, self.right))
            if left is not None:
                apart = right is not None and not left.overlaps(right)
                (found if apart else dull).append((values, left, right))
            if len(found) == POINTS:
                break
        return [*found, *dull[: POINTS - len(found) + 1]]

    def _is_admitted(self, values: Values, context: Context) -> bool:
        for a, b in map(tuple, context.ranges.distinct):
            if values.indices.get(a, a) == values.indices.get(b, b):
                return False
        positive = (self._value(e, values, context) for e in context.positive)
        return all(v is None or v > 0 for v in positive)

    def _value(self, expr: sp.Expr, values: Values, context: Context) -> arb | None:
        """The ball of an expression at a point; None where it has no finite one. What is known there is kept."""
        charge(20)
        key = id(values), id(context)
        point = self.known.get(key)
        if point is None:
            point = point_of(values, context.arrays, definitions=self.definitions, inverses=context.inverses)
            self.known[key] = point
        point.operations = 0
        try:
            with precision(BITS):
                found = enclose(expr, point)
        except (IndexRangeError, OperationBudgetError, UnsupportedExpressionError, ZeroDivisionError):
            del self.known[key]  # it may have been left inside a sum
            return None
        return found if found.is_finite() else None

    def _agrees(self, expr: sp.Expr) -> bool:
        """Whether an expression can't be told from the left side at the points, at two of which it is defined."""
        defined = 0
        for values, left, _ in self.points:
            value = self._value(expr, values, self.context)
            if value is not None and not value.overlaps(left):
                return False
            defined += value is not None
        return defined >= min(2, len(self.points)) > 0

    def _agrees_in(self, context: Context) -> bool:
        points = self._sampled(context)
        return bool(points) and all(b is not None and a.overlaps(b) for _, a, b in points)

    def _expanded(self, right: sp.Expr, context: Context) -> tuple[sp.Expr, sp.Expr, Context]:
        return Equation(self.left, right, context, definitions=self.definitions).expanded()

    def _holds(self, right: sp.Expr, context: Context | None = None) -> bool:
        """Whether the zero test proves left = right."""
        try:
            with _part_of_budget(TEST_OPERATIONS):
                left, right, context = self._expanded(right, context or self.context)
                return zero_test(left - right, context).is_zero
        except (UnsupportedExpressionError, UndefinedError, _PartSpentError):
            return False


class _PartSpentError(RuntimeError):
    """One candidate took more than its part; the whole budget is not spent."""


@contextmanager
def _part_of_budget(operations: int) -> Iterator[None]:
    """A part of the budget in force: what is spent within counts there as well."""
    whole = BUDGET.get()
    allowed = min(operations, whole.left) if whole is not None else operations
    part: Budget | None = None
    try:
        with separate_budget(allowed, SECONDS):
            part = BUDGET.get()
            yield
    except BudgetExceededError as error:
        if allowed == operations:
            raise _PartSpentError from error
        raise
    finally:
        if whole is not None and part is not None:
            whole.left -= allowed - max(part.left, 0)


def _rational(value: arb) -> Fraction | None:
    """The simple rational that a ball contains, if it contains one."""
    if not value.is_finite():
        return None
    guess = Fraction(float(value.mid())).limit_denominator(LARGEST)
    if abs(guess.numerator) > LARGEST * LARGEST:
        return None
    return guess if value.contains(arb(guess.numerator) / guess.denominator) else None


def _scaled(right: sp.Expr, constant: sp.Rational, size: sp.Symbol | None, power: int) -> sp.Expr:
    """constant · size^power · right, with what cancels cancelled and the rest as written."""
    factor = constant * (size**power if size is not None else 1)
    if isinstance(right, sp.Mul):
        for at, f in enumerate(right.args):
            if f.is_number or not f.has(sp.Sum, sp.Indexed, sp.Function):
                together = f * factor
                if sp.count_ops(together) <= sp.count_ops(f):  # it cancels here: 1/n with n, ½ with 2
                    return sp.Mul(together, *right.args[:at], *right.args[at + 1 :])
    if isinstance(right, sp.Add) and len(right.args) == 2 and factor == -1:
        return sp.Add(*(-a for a in right.args))
    return factor * right


def _of_ratio(constant: sp.Rational, size: sp.Symbol | None, power: int, corrected: sp.Expr) -> Diagnosis:
    if size is not None:
        what = f"a factor 1/{size} is lost" if power < 0 else f"a factor 1/{size} too much"
        more = "" if constant == 1 else f", and with it the factor {text(constant)}"
        return Diagnosis("sample_mean", f"{what}{more}", corrected, factor=constant * size**power)
    if constant == -1:
        return Diagnosis("sign", "the sign is wrong: one side is −1 times the other", corrected, factor=constant)
    off = 1 / constant
    lost = f"a factor {text(off)} too much" if abs(off) > 1 else f"a factor {text(constant)} is lost"
    sentence = f"one side is {text(off)} times the other: {lost}"
    return Diagnosis("constant_factor", sentence, corrected, factor=constant)


def _may_be_label(label: object) -> bool:
    """Whether an array may be the labels: by its name, since only labels have such domains."""
    return str(label).lstrip("\\").lower().startswith(_LABEL_NAMES)


_LABEL_NAMES = ("y", "t", "hat{y}", "tilde{y}", "bar{y}", "mathbf{y}", "vec{y}", "d", "l")


def _condition(name: str, domain: Domain, axes: tuple[sp.Expr, ...]) -> str:
    if domain is not Domain.ONE_HOT:
        return domain.condition(name)
    return f"Σ_c {name}_c = 1, with c over the {axes[-1]} classes: {domain.condition(name)}"
