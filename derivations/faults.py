r"""Planted faults: the mistakes that people make in derivations, made on purpose, so that the checker is checked.

Each line of each derivation of the catalogue is spoilt in the ways of this field, one at a time: a sign, a
factor 2 or ½, a lost 1/n, a transposed matrix, a dropped term, δ or factor, a wrong or captured index, σ′
for σ, a lost bias or penalty, ŷ and y exchanged. The spoilt line is then claimed to equal the line before it.

A fault that changes the mathematics must be *refuted*, with a witness. A few don't change it (x_ij x_il is
symmetric in j and l): those must be *proved* equal. Anything else survived, and a survivor is our bug.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import sympy as sp

from .atoms import UnsupportedExpressionError, free_symbols, peel
from .enclosure import IndexRangeError, enclose, precision
from .functions import Partial, Unknown, sigmoid
from .indexed import resolve
from .proof import decide_relation
from .statement import Derivation, Statement
from .verdict import Status, Verdict
from .witness import point_of, sample_values
from .zero_test import Context

__all__ = ["KINDS", "Fault", "KillReport", "faults_of", "judge", "kill_report", "planted"]

Mutation = tuple[str, sp.Expr]

VALUE_POINTS = 12

KINDS: dict[str, str] = {
    "sign": "a term with the other sign",
    "factor 2": "a factor 2 too much",
    "factor 1/2": "a factor ½ too much",
    "missing 1/n": "a mean without its 1/n",
    "mean for sum": "a sum divided by its length",
    "transpose": "x[i, j] written x[j, i]",
    "dropped term": "one term of a sum lost",
    "dropped factor": "one factor of a product lost",
    "wrong index": "one index in the place of another",
    "captured index": "a free index written as the bound one around it",
    "shifted index": "k + 1 for k",
    "missing delta": "δ taken for 1",
    "derivative for value": "σ′ for σ",
    "lost square": "u for u²",
    "missing bias": "a bias lost",
    "missing penalty": "a penalty lost",
    "label and prediction": "ŷ and y exchanged",
    "wrong range": "a sum over the range of another size",
}
"""Every kind of fault, with what it is."""


@dataclass(frozen=True)
class Fault:
    """`expr` in place of line `step` of a derivation (0 is the first after the left side)."""

    derivation: Derivation
    step: int
    kind: str
    expr: sp.Expr

    @property
    def before(self) -> sp.Expr:
        """The line that the faulty one is claimed to equal."""
        return self.derivation.left if self.step == 0 else self.derivation.steps[self.step - 1].expr

    def __str__(self) -> str:
        return f"{self.derivation.name}, line {self.step + 1}, {self.kind}: {self.before} = {self.expr}"


@dataclass(frozen=True)
class KillReport:
    """How many faults of each kind were planted, refuted with a witness, and proved to change nothing."""

    planted: dict[str, int]
    refuted: dict[str, int]
    equal: dict[str, int]
    survivors: tuple[tuple[Fault, Verdict], ...] = field(default=())

    @property
    def changing(self) -> int:
        """Faults that changed the mathematics, as far as is known: all but those proved equal."""
        return sum(self.planted.values()) - sum(self.equal.values())

    @property
    def killed(self) -> int:
        return sum(self.refuted.values())

    def table(self) -> str:
        """The report as text: a row for each kind."""
        rows = [f"{'fault':<24}{'planted':>9}{'refuted':>9}{'equal':>7}{'survived':>10}"]
        for kind in (k for k in KINDS if k in self.planted):
            planted, refuted, equal = (t.get(kind, 0) for t in (self.planted, self.refuted, self.equal))
            rows.append(f"{kind:<24}{planted:>9}{refuted:>9}{equal:>7}{planted - refuted - equal:>10}")
        rows.append(
            f"{'all':<24}{sum(self.planted.values()):>9}{self.killed:>9}{sum(self.equal.values()):>7}"
            f"{len(self.survivors):>10}"
        )
        rows.append(f"killed: {self.killed} of {self.changing}")
        return "\n".join(rows)


def planted(derivations: Iterable[Derivation], seed: int = 0, per_kind: int = 1) -> tuple[Fault, ...]:
    """The faults of each derivation, at most `per_kind` of a kind in one line, chosen by the seed."""
    return tuple(fault for d in derivations for fault in faults_of(d, seed, per_kind))


def faults_of(derivation: Derivation, seed: int = 0, per_kind: int = 1) -> Iterator[Fault]:
    """Faulty versions of each line of one derivation."""
    statement = derivation.statement
    for number, step in enumerate(derivation.steps):
        rng = random.Random(f"{seed} {derivation.name} {number}")
        by_kind: dict[str, list[sp.Expr]] = {}
        for kind, expr in _Mutator(statement, step.expr).run():
            known = by_kind.setdefault(kind, [])
            if expr != step.expr and expr not in known and not expr.has(sp.nan, sp.zoo, sp.oo):
                known.append(expr)
        for kind in KINDS:
            choices = by_kind.get(kind, [])
            rng.shuffle(choices)
            for expr in itertools.islice((e for e in choices if _has_value(e, statement)), per_kind):
                yield Fault(derivation, number, kind, expr)


def judge(fault: Fault, seed: int = 0, seconds: float = 20.0) -> Verdict:
    """The verdict on a faulty line."""
    return decide_relation(fault.before, fault.expr, fault.derivation.statement, seed, seconds)


def kill_report(
    faults: Iterable[Fault], seed: int = 0, progress: Callable[[Fault, Verdict], None] | None = None
) -> KillReport:
    """Judge every fault. A refutation counts with its witness only, and a proof says that nothing changed."""
    tables: tuple[dict[str, int], dict[str, int], dict[str, int]] = ({}, {}, {})
    survivors = []
    for fault in faults:
        verdict = judge(fault, seed)
        counted = [tables[0]]
        if verdict.status is Status.REFUTED and verdict.witness is not None:
            counted.append(tables[1])
        elif verdict.is_proved:
            counted.append(tables[2])
        else:
            survivors.append((fault, verdict))
        for table in counted:
            table[fault.kind] = table.get(fault.kind, 0) + 1
        if progress is not None:
            progress(fault, verdict)
    return KillReport(*tables, tuple(survivors))


def _has_value(expr: sp.Expr, statement: Statement) -> bool:
    """Whether a faulty line still says something: 1/y with y in {0, 1} swapped in is no claim to refute.

    A line that reads an array outside its axes does: that is the fault.
    """
    if isinstance(expr, sp.Limit):
        return True
    try:
        resolved = resolve(expr, statement)
    except UnsupportedExpressionError:
        return False
    context = Context.of(statement)
    rng = random.Random(0)
    for _ in range(VALUE_POINTS):
        values = sample_values(rng, (resolved,), context.ranges, context.arrays, 3)
        if values is None:
            continue
        try:
            with precision(64):
                if enclose(resolved, point_of(values, context.arrays)).is_finite():
                    return True
        except IndexRangeError:
            return True
    return False


class _Mutator:
    """All single faults of one expression: local ones at each node, carried up to the root."""

    def __init__(self, statement: Statement, expr: sp.Expr):
        self.statement, self.expr = statement, expr
        self.sizes = sorted({a for v in statement.variables for a in v.axes if a.is_Symbol}, key=str)
        roles = {(v.base if v.axes else v.label): v.role for v in statement.variables}
        roles |= {d.key: d.role for d in statement.definitions}
        self.roles = roles
        self.upper = {symbol: sp.sympify(upper, strict=True) for symbol, _, upper in statement.ranges}

    def run(self) -> Iterator[Mutation]:
        if isinstance(self.expr, sp.Limit):
            f, *at = self.expr.args
            for kind, new in _Mutator(self.statement, f).run():
                yield kind, sp.Limit(new, *at)
            return
        scope = {s: u for s, u in self.upper.items() if s in free_symbols(self.expr)}
        yield from self._at(self.expr, scope, frozenset())
        yield "sign", -self.expr
        yield "factor 2", 2 * self.expr
        yield "factor 1/2", self.expr / 2
        yield from self._exchanged()

    def _at(self, e: sp.Expr, scope: dict[sp.Symbol, sp.Expr], bound: frozenset[sp.Symbol]) -> Iterator[Mutation]:
        if isinstance(e, Partial | Unknown | sp.Limit) or not isinstance(e, sp.Expr):
            return
        yield from self._here(e, scope, bound)
        if isinstance(e, sp.Sum | sp.Product):
            body, k, lower, upper = peel(e)
            for kind, new in self._at(body, {**scope, k: upper}, bound | {k}):
                yield kind, e.func(new, (k, lower, upper))
            return
        if isinstance(e, sp.Indexed | sp.KroneckerDelta):
            return
        for position, a in enumerate(e.args):
            for kind, new in self._at(a, scope, bound):
                yield kind, e.func(*e.args[:position], new, *e.args[position + 1 :])

    def _here(self, e: sp.Expr, scope: dict[sp.Symbol, sp.Expr], bound: frozenset[sp.Symbol]) -> Iterator[Mutation]:
        if isinstance(e, sp.Add):
            for term in e.args:
                yield "sign", e - 2 * term
                yield "factor 2", e + term
                yield "factor 1/2", e - term / 2
                yield "dropped term", e - term
        elif isinstance(e, sp.Mul):
            for factor in e.args:
                if isinstance(factor, sp.Pow) and factor.base in self.sizes and factor.exp == -1:
                    yield "missing 1/n", e / factor
                elif not factor.is_Number and not isinstance(factor, sp.KroneckerDelta):
                    yield "dropped factor", sp.Mul(*(f for f in e.args if f is not factor))
        elif isinstance(e, sp.Pow):
            if e.exp == 2:
                yield "lost square", e.base
        elif isinstance(e, sp.Sum):
            body, k, lower, upper = peel(e)
            yield "mean for sum", e / upper
            for size in self.sizes:
                if size != upper and upper in self.sizes:
                    yield "wrong range", e.func(body, (k, lower, size))
        elif isinstance(e, sp.KroneckerDelta):
            yield "missing delta", sp.S.One
        elif isinstance(e, sigmoid):
            yield "derivative for value", e * (1 - e)
        elif isinstance(e, sp.tanh):
            yield "derivative for value", 1 - e**2
        if isinstance(e, sp.Indexed):
            yield from self._indices(e, scope, bound)
        if isinstance(e, sp.Indexed | sp.Symbol):
            role = self.roles.get(e.base if isinstance(e, sp.Indexed) else e)
            if role == "bias":
                yield "missing bias", sp.S.Zero
            elif role == "penalty":
                yield "missing penalty", sp.S.Zero
            elif role == "prediction" and isinstance(e, sp.Indexed):
                yield "derivative for value", e * (1 - e)

    def _indices(
        self, e: sp.Indexed, scope: dict[sp.Symbol, sp.Expr], bound: frozenset[sp.Symbol]
    ) -> Iterator[Mutation]:
        indices = tuple(e.indices)
        if len(indices) == 2:
            yield "transpose", e.base[indices[1], indices[0]]
        for position, old in enumerate(indices):
            if not isinstance(old, sp.Symbol):
                continue
            for new in scope:
                if new != old:
                    captured = new in bound and old not in bound
                    changed = e.base[(*indices[:position], new, *indices[position + 1 :])]
                    yield "captured index" if captured else "wrong index", changed
            yield "shifted index", e.base[(*indices[:position], old + 1, *indices[position + 1 :])]

    def _exchanged(self) -> Iterator[Mutation]:
        """ŷ and y of the same place, exchanged throughout."""
        atoms = [a for a in sp.preorder_traversal(self.expr) if isinstance(a, sp.Indexed | sp.Symbol)]
        labels = {a for a in atoms if self._role(a) == "label"}
        for label in sorted(labels, key=str):
            for other in sorted({a for a in atoms if self._role(a) == "prediction"}, key=str):
                if _indices_of(label) == _indices_of(other) and not self.expr.has(Partial):
                    yield "label and prediction", self.expr.xreplace({label: other, other: label})

    def _role(self, atom: sp.Expr) -> str | None:
        return self.roles.get(atom.base if isinstance(atom, sp.Indexed) else atom)


def _indices_of(atom: sp.Expr) -> tuple[sp.Expr, ...]:
    return tuple(atom.indices) if isinstance(atom, sp.Indexed) else ()
