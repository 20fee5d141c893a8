r"""Matrices that a document says to be symmetric or diagonal: W_{ij} = W_{ji}, W_{ij} = 0 for i \ne j.

    "where $W$ is a symmetric matrix", "for positive definite $A$", A^T = A     A_{ij} stands for (A_{ij} + A_{ji})/2
    "the diagonal matrix $D$"                                                   D_{ij} stands for δ_{ij} D_{ii}
    w_i (y_i - x_i^T β)^2 in one line and (y - X β)^T W (y - X β) in another    W_{ij} stands for δ_{ij} w_i

Every symmetric matrix is (A + A^T)/2 of some A, and no other is, so that what is decided of it is decided of them all.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

import sympy as sp

from derivations.atoms import free_atoms, label_of
from derivations.notes.interpreting.names import Habits, UnsupportedNoteError, is_capital, is_transposed, read_name
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import walk
from derivations.notes.parsing.parser import Document, Formula
from derivations.verdict import Witness

__all__ = [
    "Said",
    "Square",
    "Symmetries",
    "Symmetry",
    "in_quadratic_forms",
    "middles",
    "symmetries_of",
    "symmetries_said",
]


class Symmetry(StrEnum):
    """What the entries of a square matrix have in common."""

    SYMMETRIC = "symmetric"
    DIAGONAL = "diagonal"
    OF_COLUMN = "the diagonal matrix of its small letter"
    OTHER = "of a kind of which nothing is used: orthogonal, idempotent"


_WORDS = {
    Symmetry.DIAGONAL: r"diagonal(?:e|es|en|er)?\b|диагональн\w*|对角|對角|対角|대각|đường chéo",
    Symmetry.SYMMETRIC: (
        r"symm?et(?:r?ic|rical)\b|positive[- ](?:semi-?)?definite\b|(?:covariance|precision) (?:matrix|structure)\b"
        r"|symmetrisch\w*|symétriques?\b|simétric[ao]s?\b|simmetric[aoh]e?\b|симметричн\w*|对称|對稱|対称|대칭|đối xứng"
    ),
    Symmetry.OTHER: (
        r"orthogonal(?:e|es|en|er)?\b|orthonormal\w*|ortogonal\w*|unitary\b|idempotent\w*|projection\b|projector\b"
        r"|rotation\b|permutation\b|skew\b|antisymmetric\b|involut\w+|nilpotent\b|singular\b|rank[- ]one\b|triangular\b"
        r"|ортогональн\w*|идемпотент\w*|проект\w+|正交|幂等|投影|直交|冪等|射影|직교|멱등|trực giao"
    ),
}
_WORD = r"[^\W_]+(?:-[^\W_]+)*,?|\$[^$\n]*\\times[^$\n]*\$"
_BETWEEN = rf"(?:(?!(?:has|have|its|that|whose|of|where|which|with|if|not)\b)(?>{_WORD})\s+)"
_IS = r"\s*,?\s*(?:is|are|be|being|是|为|est|es|ist|é|è|—|–)?\s*"
_BEHIND = {s: re.compile(rf"{_IS}{_BETWEEN}{{0,5}}?(?:{words})", re.I) for s, words in _WORDS.items()}
_MATRIX = r"(?:\s*(?:matri\w*|матриц\w*|矩阵|矩陣|行列|행렬))?"
_BEFORE = {s: re.compile(rf"(?:{words}){_MATRIX}\s*$", re.I) for s, words in _WORDS.items()}
_VERB = r"\s+(?:is|be|being)\s+"
_BARE = {
    s: re.compile(
        rf"(?<![\w$\\])(?P<name>(?-i:[A-Z])){_VERB}{_BETWEEN}{{0,3}}?(?:{words})|(?:{words}){_MATRIX}\s+(?P<behind>(?-i:[A-Z]))(?![\w$])"
    )
    for s, words in _WORDS.items()
}
_DENIED = re.compile(r"\b(?:not|no|non|nicht|pas|isn't|не)[\s-]*(?:\w+\s+){0,2}$|不\w?$|非$", re.I)
_IDENTITIES = {ast.Symbol("I"), ast.Symbol("I", subscripts=(ast.Symbol("n"),)), ast.Symbol("0"), ast.Number("0")}
_NEAR = 100  # characters beside a name
_CELL = re.compile(r"(.+)\[(\d+),\s*(\d+)\]")


@dataclass(frozen=True)
class Square:
    """A square matrix without a definition. column: that of its small letter, of the same size."""

    key: str
    column: sp.IndexedBase | None = None


@dataclass(frozen=True)
class Said:
    """What is said of a name, and in which line."""

    key: str
    symmetry: Symmetry
    line: int


@dataclass(frozen=True)
class Symmetries:
    """The names of matrices with what is said of each."""

    named: tuple[tuple[str, Symmetry], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.named)

    def __str__(self) -> str:
        return ", ".join(f"{key} is {symmetry}" for key, symmetry in self.named)

    @cached_property
    def of(self) -> dict[str, Symmetry]:
        """What is said of each name."""
        return dict(self.named)

    def applied(self, expr: sp.Expr, square: Callable[[sp.Symbol], Square | None]) -> sp.Expr:
        """The expression with what each entry of such a matrix stands for in its place."""
        found = {}
        for atom in free_atoms(expr):
            matrix = square(label_of(atom)) if isinstance(atom, sp.Indexed) and len(atom.indices) == 2 else None
            if matrix is not None and matrix.key in self.of:
                found[atom] = _entry(atom, self.of[matrix.key], matrix.column)
        return expr.xreplace(found) if found else expr

    def shown(self, witness: Witness) -> Witness:
        """A point of what the entries stand for, as one of the matrices."""
        values = dict(witness.values)
        for name, value in witness.values.items():
            cell = _CELL.fullmatch(name)
            across = None if cell is None else witness.values.get(f"{cell[1]}[{cell[3]},{cell[2]}]")
            if cell is not None and self.of.get(cell[1]) is Symmetry.SYMMETRIC:
                if isinstance(value, Fraction) and isinstance(across, Fraction):
                    values[name] = (value + across) / 2
        simpler = witness.simpler
        again = None if simpler is None else lambda: self.shown(simpler())
        return replace(witness, values=values, simpler=again)


def symmetries_said(document: Document, habits: Habits) -> tuple[Said, ...]:
    """What the words beside formulas, and formulas themselves, say of the matrices named in them."""
    found = []
    for formula in document.formulas:
        for node, symmetry in (*_in_words(formula), *_in_bare_words(formula), *_in_formulas(formula)):
            with contextlib.suppress(UnsupportedNoteError):
                ref = read_name(node, habits)
                found += [] if ref.indices else [Said(ref.key, symmetry, formula.place.line)]
    return tuple(found)


def symmetries_of(said: Iterable[Said], keys: Collection[str], until: float = math.inf) -> Symmetries:
    """What is said of these names up to a line: the last, but a diagonal matrix is symmetric, too."""
    found: dict[str, Symmetry] = {}
    for one in said:
        is_weaker = found.get(one.key) is Symmetry.DIAGONAL or one.symmetry is Symmetry.OTHER
        if one.key in keys and one.line <= until and not is_weaker:
            found[one.key] = one.symmetry
    return Symmetries(tuple(sorted(found.items())))


def in_quadratic_forms(document: Document, habits: Habits, said: Iterable[Said]) -> frozenset[str]:
    """The matrices A of x^T A x of which nothing is said: no word, no value, and no A^T anywhere."""
    formulas = document.formulas
    if any(_is_denied(words) for f in formulas for words in (f.context.before, f.context.after)):
        return frozenset()
    found, known = set[str](), {one.key for one in said}
    for members in (c.members for f in formulas for c in f.chains):
        known |= {
            key for m in members if isinstance(m, ast.Symbol) and len(members) > 1 for key in _names_in(m, habits)
        }
        for part in (n for member in members if member is not None for n in walk(member)):
            if isinstance(part, ast.Symbol | ast.Scripted) and is_transposed(part):
                known |= _names_in(part, habits)
            elif isinstance(part, ast.Product):
                found |= {key for middle in middles(part) for key in _names_in(middle, habits)}
    return frozenset(found - known)


def _is_denied(words: str) -> bool:
    """Whether something is said not to be symmetric."""
    found = re.finditer(_WORDS[Symmetry.SYMMETRIC], words, re.I)
    return any(_DENIED.search(words[: m.start()]) for m in found) or "asymmetric" in words


def middles(product: ast.Product) -> Iterator[ast.Symbol]:
    """The A of x^T A x, of (x - a)^T A (x - a)."""
    bodies = [factor.body for factor in product.factors]
    for first, middle, last in zip(bodies, bodies[1:], bodies[2:], strict=False):
        if not (isinstance(middle, ast.Symbol) and is_capital(middle.name) and is_transposed(first)):
            continue
        if isinstance(first, ast.Symbol) and isinstance(last, ast.Symbol):
            is_same = (first.name, first.subscripts) == (last.name, last.subscripts)
        else:
            is_same = isinstance(first, ast.Scripted) and first.base == last
        if is_same and not is_transposed(last):
            yield middle


def _names_in(part: ast.Node, habits: Habits) -> set[str]:
    """The names in a part of a formula, without their indices."""
    names = set[str]()
    for symbol in (n for n in walk(part) if isinstance(n, ast.Symbol)):
        with contextlib.suppress(UnsupportedNoteError):
            names.add(read_name(symbol, habits).key)
    return names


def _in_words(formula: Formula) -> Iterator[tuple[ast.Symbol, Symmetry]]:
    r"""$W$ is symmetric; a diagonal matrix $D$; $A \in \mathbb{R}^{n \times n}$ symmetric."""
    if len(formula.chains) != 1 or [r.sign for r in formula.chains[0].relations] not in ([], [r"\in"]):
        return
    first = formula.chains[0].members[0]
    names = first.items if isinstance(first, ast.Listing) else (first,)
    said_before, said_behind = formula.context.before[-_NEAR:], formula.context.after[:_NEAR]
    for symmetry in _WORDS:
        behind = _BEHIND[symmetry].match(said_behind)
        before = _BEFORE[symmetry].search(said_before)
        if before is not None and _DENIED.search(said_before[: before.start()]):
            before = None
        if behind is None and before is None:
            continue
        for name in names:
            if isinstance(name, ast.Symbol):
                yield name, symmetry


def _in_bare_words(formula: Formula) -> Iterator[tuple[ast.Symbol, Symmetry]]:
    """Since A is symmetric; for a symmetric matrix A: the name stands outside of every formula."""
    for said in (formula.context.before[-_NEAR:], formula.context.after[:_NEAR]):
        for symmetry, pattern in _BARE.items():
            for match in pattern.finditer(said):
                if not _DENIED.search(said[: match.start()]):
                    yield ast.Symbol(match["name"] or match["behind"]), symmetry


def _in_formulas(formula: Formula) -> Iterator[tuple[ast.Symbol, Symmetry]]:
    r"""A^T = A, or A = A^T; Q^T Q = I, or P^2 = P; a covariance: (x - \mu)^T \Sigma^{-1} (x - \mu)."""
    for chain in formula.chains:
        for product in (n for n in walk(chain) if isinstance(n, ast.Product)):
            covariances = (m for m in middles(product) if m.name == r"\Sigma" and m.superscripts)
            yield from ((replace(m, superscripts=()), Symmetry.SYMMETRIC) for m in covariances)
        equal = chain.members if all(r.sign in ("=", r"\equiv") for r in chain.relations) else ()
        for one, other in itertools.permutations(equal, 2):
            names = {replace(n, superscripts=()) for n in _multiplied(one)}
            if len(names) == 1 and other is not None and {other} <= names | _IDENTITIES:
                yield names.pop(), Symmetry.OTHER
        match chain.members, [r.sign for r in chain.relations]:
            case (ast.Symbol() as one, ast.Symbol() as other), ["="] if is_transposed(one) is not is_transposed(other):
                name, turned = (other, one) if is_transposed(one) else (one, other)
                if replace(turned, superscripts=()) == name:
                    yield name, Symmetry.SYMMETRIC


def _multiplied(side: ast.Node | None) -> list[ast.Symbol]:
    """The factors of Q^T Q, the P of P^2: names alone, of which there are two."""
    match side:
        case ast.Symbol(superscripts=(ast.Number("2"),)):
            return [side, side]
        case ast.Product(factors) if all(isinstance(f.body, ast.Symbol) and f.operator != "/" for f in factors):
            return [f.body for f in factors if isinstance(f.body, ast.Symbol)]
    return []


def _entry(atom: sp.Indexed, symmetry: Symmetry, column: sp.IndexedBase | None) -> sp.Expr:
    one, other = atom.indices
    match symmetry:
        case Symmetry.SYMMETRIC:
            return (atom + atom.base[other, one]) / 2
        case Symmetry.DIAGONAL:
            return sp.KroneckerDelta(one, other) * atom.base[one, one]
        case Symmetry.OF_COLUMN:
            return atom if column is None else sp.KroneckerDelta(one, other) * column[one]
    return atom
