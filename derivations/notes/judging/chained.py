r"""Derivatives of which nothing is known, as they stand: the chain rule that they state, and what holds for any.

    \frac{∂L}{∂x_i} = \sum_j \frac{∂L}{∂y_j} \frac{∂y_j}{∂x_i}     what L hangs on: nothing to check
    A \frac{∂L}{∂y_1} + A \frac{∂L}{∂y_2} = A \sum_{j=1}^2 \frac{∂L}{∂y_j}      holds for any

The rule is recognised as it is written alone: on each path from L to x what is below one derivative is above the next,
and what has an index between them is summed over, or goes with one of the ends. A wrong rule is none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, label_of
from derivations.functions import Partial
from derivations.notes.interpreting.names import Habits, Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.quotients import operand_of, subject_of
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.judge import Judging
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.statement import element
from derivations.verdict import Status

__all__ = ["Chained"]

_TIMES = ("", r"\cdot", r"\times", "*")
Slope = tuple[ast.Symbol, ast.Symbol]  # what is differentiated, and by what


@dataclass
class Chained(Judging):
    """The part of a reading that takes derivatives as they stand."""

    def _states_chain_rule(self, left: Node, right: Node) -> bool:
        """Whether an equation is the chain rule of functions that have no value."""
        whole = _slope(left)
        terms = right.terms if isinstance(right, ast.Sum) else (ast.Term("", right),)
        paths = [_path(term.body) for term in terms]
        if whole is None or any(term.sign not in ("", "+") for term in terms) or not all(paths):
            return False
        between = [_between(whole, path) for path in paths if path is not None]
        if any(names is None for names in between) or len(set(between)) < len(between):
            return False
        inner = {name for names in between for name in names or ()}
        return all(self._is_unknown(name) for name in (whole[0], *inner))

    def _is_unknown(self, name: ast.Symbol) -> bool:
        ref = _ref(name, self.signature.habits)
        return ref is not None and not any(entry.definition is not None for entry in self.scope.of(ref.key))

    def _with_any_slopes(self, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, supported where it holds whatever the derivatives in it are."""
        first, second = self._speakers(step)
        try:
            a = first.side(left)
            second.fresh = first.fresh + 50
            b = second.side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        slopes = [{p for p in atoms_of(side.expr, Partial) if _is_of_names(p)} for side in (a, b)]
        if not {_labels(p) for p in slopes[0]} & {_labels(p) for p in slopes[1]}:
            return None
        entries = {p: self._as_entry(p) for p in slopes[0] | slopes[1]}
        sides = (replace(side, expr=side.expr.xreplace(entries)) for side in (a, b))
        judged = self._decided(self._claim(first, second, *sides))
        if not judged.verdict.is_proved:
            return None
        verdict = replace(judged.verdict, status=Status.SUPPORTED, reason="holds whatever the derivatives in it are")
        return replace(judged, verdict=verdict)

    def _as_entry(self, slope: Partial) -> sp.Expr:
        """An entry of an array of which nothing is known, for a derivative."""
        labels = _labels(slope)
        name = sp.Symbol("∂{}/∂{}".format(*labels), real=True)
        self.unknown[name] = name.name
        axes = [e.axes if (e := self.scope.symbols.get(s)) is not None else self.domains.get(s, ()) for s in labels]
        self.domains[name] = axes[0] + axes[1]
        atoms = slope.function, slope.variable
        return element(name, tuple(i for atom in atoms for i in getattr(atom, "indices", ())))


def _is_of_names(slope: Partial) -> bool:
    return all(isinstance(atom, sp.Symbol | sp.Indexed) for atom in (slope.function, slope.variable))


def _labels(slope: Partial) -> tuple[sp.Symbol, sp.Symbol]:
    return label_of(slope.function), label_of(slope.variable)


def _ref(name: ast.Symbol, habits: Habits) -> Ref | None:
    try:
        return read_name(name, habits)
    except UnsupportedNoteError:
        return None


def _slope(node: object) -> Slope | None:
    """f and v of ∂f/∂v, of names; what f is written as a function of is left out."""
    if not isinstance(node, ast.Fraction | ast.Product):
        return None
    found = operand_of(node)
    if found is None or len(found[0]) != 1:
        return None
    subject = _name(found[1] if not isinstance(node, ast.Fraction) else subject_of(node))
    below = _name(found[0][0].body)
    return None if subject is None or below is None else (subject, below)


def _name(node: Node | None) -> ast.Symbol | None:
    match node:
        case ast.Symbol():
            return node
        case ast.Product((ast.Factor("", "", ast.Symbol() as name), ast.Factor("", "", ast.Group("(")))):
            return name
    return None


@dataclass(frozen=True)
class _Path:
    slopes: tuple[Slope, ...]
    summed: frozenset[ast.Symbol]


def _path(term: Node) -> _Path | None:
    """The derivatives that a product consists of, with the letters that it is summed over."""
    slopes: list[Slope] = []
    summed: set[ast.Symbol] = set()
    for body in _factors(term):
        if isinstance(body, ast.BigOperator):
            own = _summed(body)
            if own is None or slopes:
                return None
            summed.add(own)
            continue
        slope = _slope(body) if isinstance(body, ast.Fraction) else None
        if slope is None:
            return None
        slopes.append(slope)
    return _Path(tuple(slopes), frozenset(summed)) if len(slopes) > 1 else None


def _factors(term: Node | None) -> Iterator[Node | None]:
    match term:
        case ast.Product(factors) if all(f.operator in _TIMES and not f.sign for f in factors):
            for factor in factors:
                yield from _factors(factor.body)
        case ast.Group("(" | "[" | "{", _, body):
            yield from _factors(body)
        case _:
            yield term


def _summed(operator: ast.BigOperator) -> ast.Symbol | None:
    below = operator.lower.members[0] if isinstance(operator.lower, ast.Chain) else operator.lower
    return below if operator.name == "sum" and isinstance(below, ast.Symbol) else None


def _between(whole: Slope, path: _Path) -> tuple[ast.Symbol, ...] | None:
    """The names between the ends of a path; None where it leads elsewhere, or an index is neither summed nor theirs."""
    for slopes in (path.slopes, path.slopes[::-1]):
        joints = [(a[1], b[0]) for a, b in itertools.pairwise(slopes)]
        if (slopes[0][0], slopes[-1][1]) == whole and all(a == b for a, b in joints):
            inner = tuple(a for a, _ in joints)
            own, ends = _letters(inner), _letters(whole)
            fits = path.summed <= own and not path.summed & ends and own - path.summed <= ends
            return inner if fits and not set(inner) & set(whole) else None
    return None


def _letters(names: Iterable[ast.Symbol]) -> set[ast.Symbol]:
    indices = (i for name in names for i in (*name.subscripts, *name.superscripts))
    return {part for i in indices for part in walk(i) if isinstance(part, ast.Symbol)}
