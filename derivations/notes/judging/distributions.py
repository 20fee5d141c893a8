r"""Refutations by numbers that are no probabilities.

    \sum_k p_k (a + z_k) = a + \sum_k p_k z_k            holds where the p_k sum to 1
    p(x,y) beside p(x), p(x|y) beside p(y|x)             are tied by the laws of probability

What nothing defines may be anything, but what is called like a probability is one. A step that is false for numbers
only which no probabilities are is left open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from operator import methodcaller

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.signature import CHANCES, LABELS, base_letter
from derivations.notes.judging.claims import multiplied_out
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.reasons import Reason, Why, holds_where
from derivations.statement import array, index

__all__ = ["SUMS_TO_ONE", "holds_for_distributions", "holds_for_probabilities", "is_said_to_sum_to_one"]

SUMS_TO_ONE = Reason("holds where the probabilities sum to 1", Why.SUMS_TO_ONE)
_SAID = (
    r"\\sum(?:\\limits)?\s*_?(?:\{[^{}]*\}|\w)?(?:\^(?:\{[^{}]*\}|\w))?\s*(?:\\pi|[pqPQ])(?:_(?:\{[^{}]*\}|\w))?"
    r"(?:\(\w+\))?\s*=\s*1(?![\d.])"
)


def holds_for_probabilities(equation: Equation, speaker: Elaborator, seed: int) -> str | None:
    """Why a refuted equation may hold all the same; None where it is false for probabilities, too."""
    tied = _tied(equation, speaker)
    if tied is not None:
        return tied
    total = _needs_a_normaliser(equation, speaker, seed)
    if total is not None:
        return total
    if _numbered_sum_to_one(equation, seed) or _needs_a_distribution(equation, speaker, seed):
        return SUMS_TO_ONE
    return None


def is_said_to_sum_to_one(speaker: Elaborator) -> bool:
    r"""Whether the text says so of its probabilities: \\sum_i p_i = 1."""
    return speaker.signature.says(_SAID)


@dataclass(frozen=True)
class _Chance:
    """p(x,y|z): its letter, the events before the bar and the conditions behind it."""

    letter: str
    events: frozenset[str]
    conditions: frozenset[str]


def _chance(label: sp.Symbol) -> _Chance | None:
    letter, bracket, inside = label.name.split("·")[0].partition("(")
    if not bracket or letter not in CHANCES:
        return None
    before, _, behind = inside.rstrip(")").split(";")[0].partition("|")
    events, conditions = (frozenset(part.split(",")) - {""} for part in (before, behind))
    return _Chance(letter, events, conditions)


def _tied(equation: Equation, speaker: Elaborator) -> str | None:
    """The probabilities without a definition that can't be chosen each by itself.

    They can where each is of events of its own, given only events that come before: p(y|x) and p(x).
    """
    labels = {label for side in _sides(equation) for label in labels_in(side)} - speaker.scope.symbols.keys()
    found = {label: chance for label in labels if (chance := _chance(label)) is not None}
    for letter in sorted({chance.letter for chance in found.values()}):
        own = {label: chance for label, chance in found.items() if chance.letter == letter}
        if len(own) > 1 and not _is_free(list(own.values())):
            names = " and ".join(sorted(label.name.split("·")[0] for label in own))
            return f"{names} are tied by the laws of probability"
    return None


def _is_free(chances: list[_Chance]) -> bool:
    events = [e for chance in chances for e in chance.events]
    if len(events) > len(set(events)):
        return False
    waiting = list(chances)
    while waiting:
        left = {e for chance in waiting for e in chance.events}
        ready = [chance for chance in waiting if not chance.conditions & left]
        if not ready:
            return False
        waiting = [chance for chance in waiting if chance not in ready]
    return True


def _needs_a_normaliser(equation: Equation, speaker: Elaborator, seed: int) -> str | None:
    r"""What Z has to be for the sides to be the same, where nothing says what it is: Z = \sum_d \bar{p}(d)."""
    atoms = free_atoms(equation.left - equation.right)
    labels = {a.base.label for a in atoms if isinstance(a, sp.Indexed) and len(a.indices) == 1}
    for z in sorted((a for a in atoms if label_of(a) not in speaker.scope.symbols), key=str_of):
        if base_letter(label_of(z).name) != "Z":
            continue
        for label in sorted(labels, key=str_of):
            sorts = speaker.domains.get(label, ())
            if len(sorts) == 1:
                whole = methodcaller("xreplace", {z: _total(label, speaker.range_of(sorts[0]))})  # z may be Z_p
                if is_provable(_with(equation, whole), seed, OPERATIONS, SECONDS):
                    return holds_where(f"{z} is the sum of {label}")
    return None


def _needs_a_distribution(equation: Equation, speaker: Elaborator, seed: int) -> bool:
    """Whether the sides are no longer seen to differ where what is called like a probability sums to 1."""
    found = _of_distributions(equation, speaker)
    return found is not None and not decide(found, seed, OPERATIONS, SECONDS, shown=False).is_refuted


def holds_for_distributions(equation: Equation, speaker: Elaborator, seed: int) -> bool:
    """Whether it is proved that the sides are the same where what is called like a probability sums to 1."""
    found = _of_distributions(equation, speaker)
    return found is not None and is_provable(found, seed, OPERATIONS, SECONDS)


def _of_distributions(equation: Equation, speaker: Elaborator) -> Equation | None:
    """The equation with e^{p_k} / Σ_j e^{p_j} for p_k, which is any distribution; None where it has none."""
    equation = _with(equation, _terms_apart)
    ranges = {}
    for atom in (a for side in _sides(equation) for a in free_atoms(side) if isinstance(a, sp.Indexed)):
        label, sorts = atom.base.label, speaker.domains.get(atom.base.label, ())
        letter = base_letter(label.name).partition("(")[0]
        if letter in CHANCES and len(sorts) == len(atom.indices) and label not in speaker.scope.symbols:
            ranges[label] = tuple(speaker.range_of(sort) for sort in sorts)
    labels = _totals_of_labels(equation, speaker)
    if not ranges and not labels:
        return None

    def normalised(expr: sp.Expr) -> sp.Expr:
        found: sp.Expr = expr.xreplace(labels).replace(
            lambda e: isinstance(e, sp.Indexed) and e.base.label in ranges,
            lambda e: sp.exp(e) / _whole(e, ranges[e.base.label]),
        )
        return found

    return _with(equation, normalised)


def _terms_apart(expr: sp.Expr) -> sp.Expr:
    r"""The expression with a sum for each term: -\sum_i y_i δ_ij + \sum_i y_i p_j for -\sum_i y_i (δ_ij - p_j)."""
    found: sp.Expr = expr.replace(
        lambda e: isinstance(e, sp.Sum) and multiplied_out(e.function).is_Add,
        lambda e: sp.Add(*(sp.Sum(term, *e.limits) for term in multiplied_out(e.function).args)),
    )
    return found


def _whole(atom: sp.Indexed, ranges: tuple[tuple[sp.Expr, sp.Expr], ...]) -> sp.Expr:
    """Σ exp over the events of an entry: all its indices, but those of conditions behind a bar."""
    chance = _chance(atom.base.label)
    count = len(atom.indices) if chance is None else min(len(chance.events), len(atom.indices))
    names = tuple(index(f"p°{place}") for place in range(count))
    total: sp.Expr = sp.exp(sp.Indexed(atom.base, *names, *atom.indices[count:]))
    for name, (lower, upper) in zip(names, ranges, strict=False):
        total = sp.Sum(total, (name, lower, upper))
    return total


def _totals_of_labels(equation: Equation, speaker: Elaborator) -> dict[sp.Expr, sp.Expr]:
    """Sums of a label y_k times what doesn't vary with k, each with its value where the y_k sum to 1."""
    totals: dict[sp.Expr, sp.Expr] = {}
    for total in atoms_of(equation.left - equation.right, sp.Sum):
        atoms = [f for f in sp.Mul.make_args(total.function) if total.limits[0][0] in f.free_symbols]
        if len(atoms) == len(total.limits) == 1 and isinstance(atoms[0], sp.Indexed):
            label, sorts = atoms[0].base.label, speaker.domains.get(atoms[0].base.label, ())
            named = base_letter(label.name) in LABELS and label not in speaker.scope.symbols
            full = bool(sorts) and total.limits[0][1:] == speaker.range_of(sorts[-1])
            *outer, last = atoms[0].indices  # of t_jj the sum is no total
            runs = total.limits[0][0]
            if named and full and last == runs and all(runs not in i.free_symbols for i in outer):
                totals[total] = total.function / atoms[0]
    return {} if equation.left in totals else totals


def _numbered_sum_to_one(equation: Equation, seed: int) -> bool:
    """Whether the sides are the same where labels of numbered classes, y_1, y_2 and y_3, sum to 1."""
    numbered: dict[str, list[sp.Symbol]] = {}
    for atom in sorted(equation.left.free_symbols | equation.right.free_symbols, key=str_of):
        letter, _, number = atom.name.rpartition("_")
        if number.isdigit() and letter in (*LABELS, "T", "p", "q"):
            numbered.setdefault(letter, []).append(atom)
    for first, *others in numbered.values():
        rest = {first: 1 - sp.Add(*others)}
        one, other = equation.left.xreplace(rest), equation.right.xreplace(rest)
        if others and is_provable(replace(equation, left=one, right=other), seed, OPERATIONS, SECONDS):
            return True
    return False


def _total(label: sp.Symbol, limits: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    k = index("p°")
    return sp.Sum(array(label)[k], (k, *limits))


def _sides(equation: Equation) -> tuple[sp.Expr, ...]:
    return (equation.left, equation.right, *(d.value for d in equation.definitions))


def _with(equation: Equation, change: Callable[[sp.Expr], sp.Expr]) -> Equation:
    """The equation with its sides, and the definitions that it uses, changed."""
    definitions = tuple(replace(d, value=change(d.value)) for d in equation.definitions)
    return replace(equation, left=change(equation.left), right=change(equation.right), definitions=definitions)
