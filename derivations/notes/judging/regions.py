r"""Where a document says that a name lies, as in 0 < \alpha < 1: what fails only elsewhere isn't refuted.

An analytic equation that fails anywhere fails everywhere but for a set of measure zero, so the place of a witness
matters only where one of |u|, max, sign and roots stands. What is said anywhere in the document counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, labels_in
from derivations.equation import Equation, decide
from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, read_name
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Document
from derivations.reasons import Reason, Why
from derivations.verdict import Status, Verdict, Witness

__all__ = ["LESS", "MORE", "Regions", "defined_where_said", "regions_in", "within"]

LESS = ("<", r"\le", r"\leq", r"\leqslant", r"\ll")
UNEQUAL = (r"\ne", r"\neq", "≠")
MORE = (">", r"\ge", r"\geq", r"\geqslant", r"\gg")
_BROKEN = (sp.Abs, sp.Max, sp.Min, sp.sign)


@dataclass(frozen=True)
class _Interval:
    low: Fraction | None = None
    high: Fraction | None = None

    def has(self, value: Fraction) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def met(self, other: _Interval) -> _Interval:
        lows = [x for x in (self.low, other.low) if x is not None]
        highs = [x for x in (self.high, other.high) if x is not None]
        return _Interval(max(lows, default=None), min(highs, default=None))

    @property
    def inner(self) -> Fraction:
        """A value inside, none of those at which much holds by chance."""
        if self.low is not None and self.high is not None:
            return self.low + (self.high - self.low) / 3
        return self.low + Fraction(2, 3) if self.low is not None else (self.high or 0) - Fraction(2, 3)


@dataclass(frozen=True)
class Regions:
    """intervals: of each name, those stated, one for each formula. pairs: (a, b) where a ≤ b is stated.

    said: what each formula says of its names, where x ≠ 0 says that x may be less than 0.
    """

    intervals: Mapping[str, tuple[_Interval, ...]]
    pairs: tuple[tuple[str, str], ...]
    said: Mapping[int, tuple[tuple[str, _Interval], ...]]


def regions_in(document: Document, habits: Habits) -> Regions:
    """The inequalities between names and numbers that a document has."""
    found: dict[tuple[str, int, int], _Interval] = {}
    said: dict[int, tuple[tuple[str, _Interval], ...]] = {}
    pairs: list[tuple[str, str]] = []
    for step in document.steps:
        left, right = (side.node if side is not None else None for side in (step.left, step.right))
        sign = step.sign.sign
        if sign in UNEQUAL and _number(right) == 0:
            name = _key(left, habits)
            said[step.formula] = ((name, _Interval(high=Fraction(0))),) if name is not None else ()
        if sign in MORE:
            left, right = right, left
        elif sign not in (*LESS, r"\in"):
            continue
        names, numbers = [_key(n, habits) for n in (left, right)], [_number(n) for n in (left, right)]
        if sign == r"\in":
            ends = _ends(right)
            bound = None if names[0] is None or ends is None else (names[0], _Interval(*ends))
        elif names[0] is not None and names[1] is not None:
            pairs.append((names[0], names[1]))
            continue
        elif names[0] is not None and numbers[1] is not None:
            bound = names[0], _Interval(high=numbers[1])
        elif names[1] is not None and numbers[0] is not None:
            bound = names[1], _Interval(low=numbers[0])
        else:
            continue
        if bound is not None:
            place = bound[0], step.formula, step.chain
            found[place] = found.get(place, _Interval()).met(bound[1])
    intervals: dict[str, tuple[_Interval, ...]] = {}
    for (name, formula, _), interval in found.items():
        intervals[name] = (*intervals.get(name, ()), interval)
        said[formula] = (*said.get(formula, ()), (name, interval))
    return Regions(intervals, tuple(pairs), said)


def defined_where_said(verdict: Verdict, equation: Equation, regions: Regions, formula: int) -> Verdict:
    r"""A proof, unless a side has no value where the formula before says that a name lies.

    For x < 0 we have \log x^2 = 2 \log x: it holds where both sides have values, and there one has none.
    """
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    if not any(e.has(sp.log) or any(not p.exp.is_integer for p in atoms_of(e, sp.Pow)) for e in exprs):
        return verdict
    for name, interval in (*regions.said.get(formula - 1, ()), *regions.said.get(formula, ())):
        label = next((a for e in exprs for a in labels_in(e) if a.name == name), None)
        value = sp.Rational(interval.inner.numerator, interval.inner.denominator)
        if label is not None and any(e.xreplace({label: value}).has(sp.I, sp.zoo, sp.nan) for e in exprs):
            reason = Reason(f"a side has no value where the text says that {name} lies", Why.NO_VALUE_THERE, name)
            return replace(verdict, status=Status.UNDECIDED, reason=reason)
    return verdict


def within(verdict: Verdict, equation: Equation, regions: Regions, seed: int) -> Verdict:
    """A refutation that holds in every region stated; one that doesn't is undecided."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    witness = verdict.witness
    if witness is None or not any(map(_is_broken, exprs)):
        return verdict
    labels = {label.name.rstrip("′"): label for e in exprs for label in labels_in(e)}
    outside = [
        (name, interval)
        for name in sorted(labels.keys() & regions.intervals.keys())
        for interval in regions.intervals[name]
        if not all(map(interval.has, _values(witness, name)))
    ]
    for name, interval in outside:
        inside = _witness_at(labels[name], interval.inner, equation, seed)
        if inside is None:
            return _open(verdict, name)
        verdict = replace(verdict, witness=inside)
    for low, high in regions.pairs:
        if {low, high} <= labels.keys():
            least, most = ([*_values(witness, n), Fraction(0)][0] for n in (low, high))
            if least > most:
                return _open(verdict, f"{low} and {high}")
    return verdict


def _open(verdict: Verdict, names: str) -> Verdict:
    reason = f"false at a point, but not where the text says that {names} lies"
    return replace(verdict, status=Status.UNDECIDED, witness=None, reason=reason)


def _witness_at(label: sp.Symbol, value: Fraction, equation: Equation, seed: int) -> Witness | None:
    """A witness with this value for a name without indices."""
    number = {label: sp.Rational(value.numerator, value.denominator)}
    atoms = {a for e in (equation.left, equation.right) for a in free_atoms(e)}
    if label not in atoms or any(d.target == label for d in equation.definitions):
        return None
    there = replace(
        equation,
        left=equation.left.xreplace(number),
        right=equation.right.xreplace(number),
        definitions=tuple(replace(d, value=d.value.xreplace(number)) for d in equation.definitions),
    )
    witness = decide(there, seed, OPERATIONS, SECONDS, shown=False).witness
    return None if witness is None else replace(witness, values={**witness.values, str(label): value}, simpler=None)


def _is_broken(expr: sp.Expr) -> bool:
    """Whether an expression is made of pieces: of |u|, max, sign, or a root."""
    return bool(expr.has(*_BROKEN)) or any(p.exp.is_Rational and not p.exp.is_Integer for p in atoms_of(expr, sp.Pow))


def _values(witness: Witness, name: str) -> Iterable[Fraction]:
    return [
        v for key, v in witness.values.items() if key.partition("[")[0].rstrip("′") == name and isinstance(v, Fraction)
    ]


def _key(node: Node | None, habits: Habits) -> str | None:
    if not isinstance(node, ast.Symbol) or node.name == r"\infty":
        return None
    try:
        return read_name(node, habits).key
    except UnsupportedNoteError:
        return None


def _number(node: Node | None) -> Fraction | None:
    match node:
        case ast.Number(text):
            return Fraction(text) if text.replace(".", "", 1).isdigit() else None
        case ast.Sum((ast.Term("-", body),)):
            found = _number(body)
            return None if found is None else -found
    return None


def _ends(node: Node | None) -> tuple[Fraction | None, Fraction | None] | None:
    r"""The ends of (0, 1) and of (0, \infty); None for what is no interval."""
    if not isinstance(node, ast.Group) or node.opening not in ("(", "[", "]") or not isinstance(node.body, ast.Listing):
        return None
    ends = [_number(item) for item in node.body.items]
    return (ends[0], ends[1]) if len(ends) == 2 and ends != [None, None] else None
