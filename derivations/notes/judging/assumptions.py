"""What a note lets one assume of its names: the ranges of indices, the domains of labels and of probabilities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols, label_of
from derivations.domain import Domain
from derivations.equation import Equation
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.interpreting.symmetries import Square
from derivations.notes.interpreting.tensor import Axis
from derivations.ranges import Ranges
from derivations.statement import Definition

__all__ = [
    "ONE_HOT",
    "between_labels",
    "domains_of",
    "of_either_labels",
    "ranges_of",
    "sizes_of",
    "square_named",
    "with_places",
]

_LABEL = r"[yt](_\{?\w\}?|\^\{?\(?\w\)?\}?)*"
_CASE = rf"(?:\b(?:if|when|for|wenn|falls|für|si|se|если|при|khi|nếu)\b|当|若|如果)\W{{0,4}}{_LABEL}\s*=\s*%s(?!\d)"
_TWO_CASES = rf"{_CASE % 1}[\s\S]{{0,400}}?{_CASE % 0}|{_CASE % 0}[\s\S]{{0,400}}?{_CASE % 1}"
_ZERO_OR_ONE = (
    r"\\\{\s*0\s*,\s*\+?1\s*\\\}|\bin\s*\{0, ?1\}|0\s*(or|or\\ |或|または|и|o|oder|ou|hoặc)\s*1"
    rf"|{_TWO_CASES}"
)
_BINARY = (
    rf"{_ZERO_OR_ONE}"
    r"|[sS]igmoid|(?:σ|\\sigma)\s*(?:\\left|\\[bB]igg?l?)?\s*[(\[]|[lL]ogistic"
)
_PLUS_MINUS = r"(\\pm|±)\s*1\b"
_EXP_OF_MINUS = r"(e\s*\^\s*\{|\\exp\s*(\\left|\\[bB]igg?l?)?\s*[({\[])\s*[-−]\s*"
_ZERO_AND_ONE = r"\{\s*0\s*,\s*\+?1\s*\\?\}"
_SIGNS = (
    r"\{\s*(\+?1\s*,\s*[-−]\s*1|[-−]\s*1\s*,\s*\+?1)\s*\\?\}"
    rf"|{_LABEL}\s*=\s*{_PLUS_MINUS}|labels?\b[^.$]{{0,40}}\$?{_PLUS_MINUS}|{_PLUS_MINUS}\$?[^.$]{{0,40}}labels?"
    # \log(1 + e^{-y_i w^T x_i}) is the logistic loss of such labels
    rf"|1\s*\+\s*{_EXP_OF_MINUS}{_LABEL}\s*(\\cdot|\\,)?\s*(?!\\l(og|n))[\\(a-zA-Zθβω]"
)
# "labels that don't sum to 1", "y is not one-hot": a denial says nothing of the kind
_NOT_DENIED = r"(?<!not )(?<!n't )(?<!n’t )(?<!not a )(?<!never )(?<!no longer )(?<!not always )(?<!not necessarily )"
ONE_HOT = (
    rf"{_NOT_DENIED}one[- ]?hot|" + r"원-?핫|ワンホット|独热|only (one|1) (class|non-?zero)|"
    r"\\sum(\\limits)? *(_(\{[^{}]*\}|\w))?(\^(\{[^{}]*\}|\w))? *[yt](_(\{[^{}]*\}|\w)|\^(\{[^{}]*\}|\w))+ *= *1\b"
    rf"|只有一个|(label|target|\b[yt]\b|[yt]_)[^.]{{0,60}}{_NOT_DENIED}sums? to (one|1)"
    r"|t_\{?[a-z]*\}? = 1\$|y\^\{?\(i\)\}? *= *k"
)


Array = tuple[Domain, tuple[sp.Expr, ...]]


def ranges_of(exprs: Sequence[sp.Expr], axes: Iterable[Axis], speaker: Elaborator) -> Ranges:
    ranges = Ranges()
    for sort in speaker.signature.classes:
        _, upper = speaker.range_of(sort)
        if isinstance(upper, sp.Symbol):
            ranges = ranges.with_minimum(upper, 2)
    for atom in (a for e in exprs for a in free_atoms(e) if isinstance(a, sp.Indexed)):  # w_2 is one of two or more
        for place, size in zip(atom.indices, sizes_of(label_of(atom), speaker) or (), strict=False):
            if place.is_Integer and isinstance(size, sp.Symbol) and place > ranges.minimum.get(size, 1):
                ranges = ranges.with_minimum(size, int(place))
    for axis in axes:
        ranges = ranges.with_index(axis.symbol, axis.lower, axis.upper)
    free = set().union(*(free_symbols(e) for e in exprs))
    for symbol in sorted(free & set(speaker.met), key=str_of):
        ranges = ranges.with_index(symbol, *speaker.met[symbol])
    if ROW in free and ROW not in ranges.bounds:
        ranges = ranges.with_index(ROW, *speaker.range_of(speaker.signature.sample))
    return ranges


def with_places(ranges: Ranges, exprs: Iterable[sp.Expr], speaker: Elaborator) -> Ranges:
    r"""The ranges, with those of indices that stand in definitions only: c of L = -\log p_c, one of the classes."""
    exprs = list(exprs)
    loose = set().union(*map(free_symbols, exprs)) - ranges.bounds.keys() - speaker.met.keys() - {ROW}
    loose = {place for place in loose if place.is_integer and not place.is_positive}  # and no size, which is positive
    for atom in sorted({a for e in exprs for a in free_atoms(e) if isinstance(a, sp.Indexed)}, key=str_of):
        for place, size in zip(atom.indices, sizes_of(label_of(atom), speaker) or (), strict=False):
            if place in loose and isinstance(size, sp.Symbol) and place not in ranges.bounds:
                ranges = ranges.with_index(place, sp.S.One, size)
    ends = {**{t.args[1][0]: t.args[1][1:] for e in exprs for t in atoms_of(e, sp.Sum)}, **ranges.bounds}
    for delta in sorted({d for e in exprs for d in atoms_of(e, sp.KroneckerDelta)}, key=str_of):
        for place, other in (delta.args, delta.args[::-1]):
            if place in loose and other in ends and place not in ranges.bounds:
                ranges = ranges.with_index(place, *ends[other])
    return ranges


def domains_of(
    exprs: Iterable[sp.Expr], definitions: Sequence[Definition], speaker: Elaborator
) -> dict[object, tuple[Domain, tuple[sp.Expr, ...]]]:
    """The domains of labels and of probabilities that have no definition."""
    defined = {label_of(d.target) for d in definitions}
    found: dict[object, tuple[Domain, tuple[sp.Expr, ...]]] = {}
    numbered: set[sp.Symbol] = set()
    for e in exprs:
        for atom in free_atoms(e):
            label = label_of(atom)
            if label in defined or label in found or label.is_integer:
                continue
            if isinstance(atom, sp.Indexed) and any(i.is_Integer for i in atom.indices):
                numbered.add(label)
            axes = sizes_of(label, speaker)
            domain = _domain_of(label, speaker)
            if (
                axes is None
                or domain is Domain.REAL
                or len(axes) != (len(atom.indices) if isinstance(atom, sp.Indexed) else 0)
            ):
                continue
            found[label] = (domain, axes)
    return {label: kept for label, kept in found.items() if label not in numbered}


def between_labels(arrays: Mapping[object, Array], speaker: Elaborator) -> dict[object, Array] | None:
    """The domains with labels anywhere from 0 to 1, where nothing but a logistic function says that they are 0 or 1."""
    if speaker.signature.says(_ZERO_OR_ONE) or not any(d is Domain.BINARY for d, _ in arrays.values()):
        return None
    return {k: (Domain.UNIT if d is Domain.BINARY else d, axes) for k, (d, axes) in arrays.items()}


def of_either_labels(equation: Equation, speaker: Elaborator) -> list[dict[object, Array]]:
    """The domains with labels −1 and 1, and with labels 0 and 1, where a document has both; nothing elsewhere."""
    signature, known = speaker.signature, equation.context.arrays
    if not (signature.says(_SIGNS) and signature.says(_ZERO_AND_ONE)):
        return []
    sides = (equation.left, equation.right, *(d.value for d in equation.definitions))
    labels = {}
    for label in {label_of(atom) for side in sides for atom in free_atoms(side)} - {*known}:
        axes = sizes_of(label, speaker) if signature.is_label(re.split("[@·′]", label.name)[0].rstrip("'")) else None
        if axes is not None:
            labels[label] = axes
    either = (Domain.SIGNS, Domain.BINARY)
    return [{**known, **{label: (domain, axes) for label, axes in labels.items()}} for domain in either if labels]


def sizes_of(label: sp.Symbol, speaker: Elaborator) -> tuple[sp.Expr, ...] | None:
    sorts = speaker.domains.get(label, ())
    entry = speaker.scope.symbols.get(label)
    if entry is not None:
        sorts = entry.axes
    sizes = []
    for sort in sorts:
        lower, upper = speaker.range_of(sort)
        if lower == 0 and upper.free_symbols:
            sizes.append(sp.Tuple(lower, upper))
        elif lower == 1 and isinstance(upper, sp.Symbol):
            sizes.append(upper)
        else:
            return None
    return tuple(sizes)


def square_named(label: sp.Symbol, speaker: Elaborator) -> Square | None:
    """What a name is, if it is a square matrix without a definition."""
    entry = speaker.scope.symbols.get(label)
    sizes = sizes_of(label, speaker) or ()
    if len(sizes) != 2 or sizes[0] != sizes[1] or (entry is not None and entry.definition is not None):
        return None
    key = re.split("[@·′]", label.name)[0]
    columns = (s for s in speaker.domains if s.name == key.lower() != key and sizes_of(s, speaker) == sizes[:1])
    return Square(key, next(map(sp.IndexedBase, columns), None))


def _domain_of(label: sp.Symbol, speaker: Elaborator) -> Domain:
    signature = speaker.signature
    key = re.split("[@·′]", label.name)[0]
    sorts = speaker.domains.get(label, ())
    if key.startswith("1{"):
        return Domain.ONE_HOT
    letter = base_letter(key)
    if signature.is_label(key):
        many = bool(sorts) and sorts[-1] != signature.sample and signature.says(ONE_HOT)
        if many or sorts and sorts[-1] in signature.classes:
            return Domain.ONE_HOT
        signs, binary = signature.says(_SIGNS), signature.says(_BINARY)
        if signs:
            return Domain.SIGNS if not signature.says(_ZERO_AND_ONE) else Domain.REAL
        return Domain.BINARY if binary else Domain.REAL
    if key in signature.logged and letter not in ("e",) and key not in (r"\sigma",):
        return Domain.UNIT
    return Domain.REAL
