"""What is claimed: an equation between two values, its conditions, and the names that stand in it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

from derivations.atoms import free_symbols, labels_in
from derivations.inverses import is_inverse
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.symmetries import Symmetries
from derivations.notes.interpreting.tensor import Value

__all__ = ["Claim", "closed", "indices_of", "multiplied_out", "names_met", "unknown_in"]

_MOST_TERMS = 64


@dataclass(frozen=True)
class Claim:
    """left = right, as elaborated by `speaker`; conditions: cases in which it is claimed, as pairs of indices."""

    left: Value
    right: Value
    speaker: Elaborator
    equal: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
    distinct: tuple[tuple[sp.Expr, sp.Expr], ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    values: tuple[tuple[sp.Expr, sp.Expr], ...] = ()  # of an example
    marks: tuple[tuple[sp.Symbol, sp.Symbol], ...] = ()  # labels, and the class at which each is 1
    symmetries: Symmetries | None = None  # of matrices that have no definition
    sizes: tuple[tuple[sp.Symbol, int], ...] = ()
    beside: frozenset[str] = frozenset()  # names that both arrays have, of which this is an entry
    outside: frozenset[sp.Symbol] = frozenset()  # places taken to be behind the last of those that are summed over
    needs_proof: bool = False  # whether it is of no interest what the claim is, if it isn't proved


def names_met(exprs: Iterable[sp.Expr], claim: Claim) -> set[str]:
    found = set[str]()
    for e in exprs:
        inverted = [inverse.value for inverse in claim.speaker.scope.inverses_in(e)]
        labels = {label for part in (e, *inverted) for label in labels_in(part) if not is_inverse(label)}
        found |= {*unknown_in(e, claim.speaker), *map(str, labels)}
    return found


def indices_of(expr: sp.Expr, speaker: Elaborator) -> set[sp.Symbol]:
    found = {s for s in free_symbols(expr) if s in speaker.met and s != ROW}
    for entry in speaker.scope.definitions_of(expr):
        if entry.definition is not None and entry.symbol not in speaker.scope.jets:
            target = entry.definition.target
            own = set(target.indices) if isinstance(target, sp.Indexed) else set()
            found |= {s for s in free_symbols(entry.definition.value) - own if s in speaker.met and s != ROW}
    return found


def closed(expr: sp.Expr, speaker: Elaborator) -> list[sp.Expr]:
    """An expression with the values of the names in it, but for those of functions of which nothing is known."""
    known = [e for e in speaker.scope.definitions_of(expr) if e.symbol not in speaker.scope.jets]
    inverses = (i.value for i in speaker.scope.inverses_in(expr))
    return [expr, *(e.definition.value for e in known if e.definition is not None), *inverses]


def unknown_in(expr: sp.Expr, speaker: Elaborator) -> set[str]:
    exprs = [expr, *(e.definition.value for e in speaker.scope.definitions_of(expr) if e.definition is not None)]
    exprs += [inverse.value for inverse in speaker.scope.inverses_in(expr)]
    found = set()
    for e in exprs:
        for label in labels_in(e):
            entry = speaker.scope.symbols.get(label)
            if entry is not None and (entry.definition is None or label in speaker.scope.jets):
                found.add(entry.key)
            elif entry is None and label in speaker.unknown:
                found.add(speaker.unknown[label])
    return found


def multiplied_out(expr: sp.Expr) -> sp.Expr:
    """An expression with its products of sums multiplied out, and no power; as it is, where that has many terms."""
    terms = sp.Add.make_args(expr)
    if sum(math.prod(len(sp.Add.make_args(f)) for f in sp.Mul.make_args(term)) for term in terms) > _MOST_TERMS:
        return expr
    return sp.Add(*(sp.expand_mul(term, deep=False) for term in terms))
