r"""Steps about one piece of a function that is made of pieces: of \max(0, 1 - y w^T x), where y w^T x < 1.

|u| is u or -u, sign(u) 1 or -1, max(a, b) one of the two, and in one piece all of them go by the sign of their gap. A
step that holds in the piece that an inequality beside it names is proved, with that as its condition. A refuted one
that holds in some piece is left open where a document tells pieces apart. A document without any inequality
speaks of all pieces at once. Left out: more than three kinks in one equation.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of
from derivations.equation import Equation, is_provable
from derivations.indexed import expand_definitions
from derivations.notes.interpreting.cases import OF_CASES
from derivations.notes.interpreting.thresholds import CONDITION_WORDS, OTHERWISE
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.claims import multiplied_out
from derivations.notes.judging.conditions import ends_cases
from derivations.notes.judging.regions import LESS, MORE
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import walk
from derivations.notes.parsing.parser import Document, Step
from derivations.verdict import Status, Verdict

__all__ = ["of_a_piece"]

_NEAR = 4  # formulas behind one another
_MOST = 3  # kinks of an equation
_ANYWHERE = re.compile(r"\b(always|everywhere|regardless|for (all|any|every|each)\b)|恒|对(所有|任意)", re.I)
_SENTENCE = re.compile(r"[.;]\s|[。；]|\n\s*\n")
_CLAUSE = re.compile(r"[.;。；\n]")

GapOf = Callable[[Step], sp.Expr | None]


@dataclass(frozen=True)
class _Pieces:
    """An equation without definitions, and the gaps at whose zeros its functions have their kinks."""

    equation: Equation
    gaps: tuple[sp.Expr, ...]

    @classmethod
    def of(cls, equation: Equation) -> _Pieces | None:
        left, right, context = equation.expanded()
        gaps = dict.fromkeys(_unsigned(gap) for side in (left, right) for gap in _gaps(side))
        if not 0 < len(gaps) <= _MOST:
            return None
        return cls(Equation(left, right, context, equation.nonzero), tuple(gaps))

    def hold(self, signs: dict[sp.Expr, int], seed: int) -> bool:
        """Whether the equation holds where the gaps have these signs, whatever those of the others are."""
        left, right = (_in_piece(side, signs) for side in (self.equation.left, self.equation.right))
        return is_provable(replace(self.equation, left=left, right=right), seed, OPERATIONS, SECONDS)

    def named(self, condition: sp.Expr, seed: int) -> dict[sp.Expr, int]:
        """The sign of the gap that is positive, or negative, where this condition is."""
        for gap, sign in itertools.product(self.gaps, (1, -1)):
            same = replace(self.equation, left=condition, right=sign * gap, nonzero=())
            if is_provable(same, seed, OPERATIONS, SECONDS):
                return {gap: sign}
        return {}


def of_a_piece(judged: Judged, step: Step, document: Document, gap_of: GapOf, seed: int) -> Judged:
    """A step that isn't held as it is in the piece that it is about; as it was where it holds in none.

    gap_of: what is positive where an inequality of the document holds, None where it can't be read.
    """
    if judged.equation is None or not any(s.sign.sign in (*LESS, *MORE) for s in document.steps):
        return judged
    try:
        pieces = _Pieces.of(judged.equation)
    except UnsupportedExpressionError:
        return judged
    if pieces is None:
        return judged
    beside = None if _has_cases(step) else _condition(step, document)
    if beside is not None:
        gap = gap_of(beside)
        gap = None if gap is None else expand_definitions(gap, judged.equation.definitions)
        signs = {} if gap is None else pieces.named(gap, seed)
        if beside.formula < step.formula and _is_otherwise(step, document):
            signs = {gap: -sign for gap, sign in signs.items()}
        if signs and pieces.hold(signs, seed):
            (gap, sign), *_ = signs.items()
            verdict = Verdict(Status.PROVED, "zero test", (f"where {sign * gap} > 0",), points=judged.verdict.points)
            return replace(judged, verdict=verdict)
        if signs and beside.formula >= step.formula:
            return judged
    if not judged.verdict.is_refuted:
        return judged
    for values in itertools.product((1, -1), repeat=len(pieces.gaps)):
        if pieces.hold(dict(zip(pieces.gaps, values, strict=True)), seed):
            reason = "holds in one piece of a function that is made of pieces, and the text tells them apart"
            verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=reason)
            return replace(judged, verdict=verdict)
    return judged


def _has_cases(step: Step) -> bool:
    """Whether a side of a step tells the pieces apart itself, so that it is about all of them."""
    sides = [side.node for side in (step.left, step.right) if side is not None and side.node is not None]
    return any(isinstance(n, ast.Matrix) and n.environment in OF_CASES for side in sides for n in walk(side))


def _condition(step: Step, document: Document) -> Step | None:
    """The inequality beside a step: of its own formula, behind an "if", else the last one before it in its section."""
    here = document.formulas[step.formula].context
    is_behind = bool(CONDITION_WORDS.match(here.after.lstrip(" ,:，")))
    found = None
    for other in document.steps:
        if other.sign.sign not in (*LESS, *MORE) or other.left is None or other.right is None:
            continue
        if other.formula == step.formula or (is_behind and other.formula == step.formula + 1):
            return other
        near = 0 < step.formula - other.formula <= _NEAR
        if near and document.formulas[other.formula].context.headings == here.headings:
            found = other
    if found is not None and _is_of_all(document, found.formula + 1, step.formula):
        return None
    return found


def _is_of_all(document: Document, first: int, last: int) -> bool:
    """Whether the words before these formulas, or right behind the last, say that what stands there holds anywhere."""
    words = [_SENTENCE.split(f.context.before.strip())[-1] for f in document.formulas[first : last + 1]]
    behind = _SENTENCE.split(document.formulas[last].context.after.lstrip(" ,:，"))[0]
    return any(ends_cases(w) or _ANYWHERE.search(w) for w in (*words, behind))


def _is_otherwise(step: Step, document: Document) -> bool:
    """Whether the words right before or right behind a formula say that it is about the rest."""
    here = document.formulas[step.formula].context
    before, after = _CLAUSE.split(here.before)[-1], here.after.lstrip(" ,:，")
    return bool(OTHERWISE.search(before) or OTHERWISE.match(after))


def _gaps(expr: sp.Expr) -> Iterator[sp.Expr]:
    for atom in atoms_of(expr, sp.Abs, sp.sign, sp.Max, sp.Min):
        if isinstance(atom, sp.Abs | sp.sign):
            yield atom.args[0]
        else:
            yield from (a - b for a, b in itertools.combinations(atom.args, 2))


def _unsigned(gap: sp.Expr) -> sp.Expr:
    """A gap in the one of two signs in which it is written first."""
    gap = multiplied_out(gap)
    return -gap if gap.could_extract_minus_sign() else gap


def _in_piece(expr: sp.Expr, signs: dict[sp.Expr, int]) -> sp.Expr:
    """What an expression is where gaps have these signs, innermost kinks first."""
    if not expr.args or not expr.has(sp.Abs, sp.sign, sp.Max, sp.Min):
        return expr
    args = [_in_piece(a, signs) if isinstance(a, sp.Expr) else a for a in expr.args]
    if isinstance(expr, sp.Abs | sp.sign):
        sign = _sign(expr.args[0], signs)
        if sign is not None:
            return sign * args[0] if isinstance(expr, sp.Abs) else sp.Integer(sign)
    if isinstance(expr, sp.Max | sp.Min) and len(args) == 2:
        sign = _sign(expr.args[0] - expr.args[1], signs)
        if sign is not None:
            return args[0] if (sign > 0) is isinstance(expr, sp.Max) else args[1]
    return expr.func(*args)


def _sign(gap: sp.Expr, signs: dict[sp.Expr, int]) -> int | None:
    expanded, unsigned = multiplied_out(gap), _unsigned(gap)
    if unsigned not in signs:
        return None
    return signs[unsigned] if expanded == unsigned else -signs[unsigned]
