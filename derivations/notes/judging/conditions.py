r"""Conditions under which a note claims a step: i = j, k \ne l, y = 1, as written beside it or before it.

Beside it: a case of `cases`, "if i = j", an equation of indices after a comma. Before it: in the last heading or the
prose just before the formula. What stands beside a step is part of the claim; what stands before it is only tried.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy as sp

from derivations.atoms import atoms_of
from derivations.notes.interpreting.cases import Case, before_words, in_words
from derivations.notes.interpreting.names import UnsupportedNoteError, read_name
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.signature import LABELS, PARAMETERS, Signature, base_letter
from derivations.notes.interpreting.symmetries import Symmetries
from derivations.notes.judging.claims import Claim
from derivations.notes.judging.letters import letters_summed
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Step
from derivations.notes.parsing.render import render, render_chain

__all__ = [
    "Mark", "Values", "applied", "cases_behind", "cases_joined", "cases_written", "ends_cases", "is_bound",
    "is_condition", "is_of_both", "names_value", "values_listed", "values_stated",
]  # fmt: skip

_NEAR = 220
_FAR = 12  # formulas
_SENTENCE = re.compile(r"[.。;]\s|\n\s*\n|\n\s*#")
_ANY_CASE = re.compile(
    r"\b(in general|generally|in (all|both|either|any) cases?|for (all|any|every|arbitrary) \$|combin\w+|together)"
    r"|общем|im allgemeinen|en général|en general|一般|综上|まとめる|일반적",
    re.I,
)
_OR = re.compile(r"\b(?:or|oder|ou|oppure|либо|или|hoặc)\b|或|または|혹은|또는")

_HEADING = re.compile(r"\n\s{0,3}#{1,6}\s[^\n]*\n")
_ITEM_ENDED = re.compile(r"\n\s*(?:[-*+•]|\d+[.)])\s[^\n]*\$[^\n$]*\$[^\n$]*\$[^\n]*\n\s*\n(?=[^\W\d])")

_ONE_OR_ZERO = (ast.Number("0"), ast.Number("1"))

# "δ_ij is 1 if i = j, else 0" says what δ is: no case of the step behind it
_DELTA = re.compile(r"\\delta|δ|kronecker|\\(?:mathbb|mathbf|bm)\{?[1I]|indicator|크로네커|克罗内克|クロネッカー", re.I)
_ONE_AND_ZERO = re.compile(
    r"(?<![\w.\\])1(?![\w.]).*(?<![\w.\\])0(?![\w.])|(?<![\w.\\])0(?![\w.]).*(?<![\w.\\])1(?![\w.])", re.S
)

# "only the terms with k = i remain" says what a sum over k comes to: no case of the step behind it
_OF_TERMS = re.compile(
    r"(?:\b(?:terms?|summands?|términos?|termos?|termes?|Terme?n?|Glied\w*|Summand\w*|termin[ei])"
    r"|член\w*|слагаем\w*|số hạng)\s+(?:\w+\s+){0,3}\$?([a-z])\s*=\s*([a-z])(?![A-Za-z])"
    r"|(?<![A-Za-z\\])([a-z])\s*=\s*([a-z])\s*\$?[\s-]*(?:terms?\b|summands?\b|인\s*항|の\s*項|的?(?:那[一个]*)?[项項])",
    re.I,
)


@dataclass(frozen=True)
class Values:
    """What the names of an example are: x = 2, w_1 = -1/2."""

    pairs: tuple[tuple[sp.Expr, sp.Expr], ...]

    def __str__(self) -> str:
        return ", ".join(f"{name} = {value}" for name, value in self.pairs)


@dataclass(frozen=True)
class Mark:
    """A label whose one 1 stands at a class that has a letter."""

    label: sp.Symbol
    place: sp.Symbol

    def __str__(self) -> str:
        return f"{self.label} is 1 at {self.place}"


def applied(case: Case | Values | Symmetries | Mark, claim: Claim) -> Claim:
    """The claim under this condition."""
    if isinstance(case, Mark):
        return replace(claim, marks=((case.label, case.place),))
    if isinstance(case, Symmetries):
        return replace(claim, symmetries=case)
    if isinstance(case, Values):
        return replace(claim, values=case.pairs)
    if case.is_of_label:
        names = {s for s in claim.speaker.domains if _is_label(s.name, case.left, claim.speaker.signature)}
        fixed = tuple((s.name, int(case.right)) for s in sorted(names, key=str))
        return replace(claim, fixed=(*claim.fixed, *fixed))
    a, b = claim.speaker.index(case.left), claim.speaker.index(case.right)
    if not {a, b} & claim.speaker.met.keys():  # one may stand in a definition only: z_c of the loss
        return claim
    if case.is_equal:
        return replace(claim, equal=(*claim.equal, (b, a)))
    return replace(claim, distinct=(*claim.distinct, (a, b)))


def _is_label(name: str, label: str, signature: Signature) -> bool:
    r"""Whether a name is that of a label, in any of its forms: y of y_i, and no prediction \hat{y}."""
    key = re.split("[@·′]", name)[0]
    return key == label or base_letter(key) == label and (not key.startswith(r"\hat") or signature.is_label(key))


def cases_written(document: Document, step: Step) -> tuple[tuple[Case, ...], tuple[Case, ...]]:
    """(conditions beside a step, conditions in the heading and the prose before it, the nearest first)."""
    formula = document.formulas[step.formula]
    summed = frozenset[str]().union(*map(letters_summed, formula.chains[step.chain].members))
    beside = list(in_words(_of_cases(formula.chains[step.chain].words, summed)))
    # "if i = j: A = B" or "A = B, i = j", one below the other: what begins the formula says which
    around = [-1] if _short(formula.chains[0]) else [1, -1]
    for offset in around:
        for chain in _beside(formula.chains, step.chain, offset):
            beside += in_words(_of_cases(chain.words, summed))
            said = _bracketed(chain)
            if len(said.relations) == 1 and _short(said):
                beside += in_words(render_chain(replace(said, words="")))
    for member in formula.chains[step.chain].members:
        if isinstance(member, ast.Listing):
            for item in member.items:
                if isinstance(item, ast.Text):
                    beside += in_words(_of_cases(item.words, summed))
    context = formula.context
    words = _words_before(context.before, summed)
    before = list(before_words(words))[::-1]
    leads = words.rstrip() if words.rstrip()[-1:] in (",", ":", "，", "：") else words  # and a display behind it
    leading = set(before_words(_SENTENCE.split(leads)[-1]))
    beside += leading if len(leading) == 1 else ()  # "For i = j:" and nothing else
    headings = [case for heading in reversed(context.headings) for case in in_words(heading)]
    first: list[Case] = []
    for case in dict.fromkeys(beside):
        if not any(case.contradicts(other) for other in first):
            first.append(case)
    left: list[Case] = []
    for case in dict.fromkeys([*before, *headings]):  # of two that can't both hold, the nearer one is meant
        if case not in first and not any(case.contradicts(other) for other in (*first, *left)):
            left.append(case)
    return tuple(first[:2]), tuple(left[:4])


def cases_joined(document: Document, step: Step, written: Sequence[Case]) -> tuple[Case, ...]:
    """Conditions said in one breath, "for $i = k$, $l = j$": beside a step, or in the nearest sentence that has any."""
    formula = document.formulas[step.formula]
    summed = frozenset[str]().union(*map(letters_summed, formula.chains[step.chain].members))
    sentences = _SENTENCE.split(_words_before(formula.context.before, summed))
    said = next((found for s in reversed(sentences) if (found := _all_of(s))), ())
    joined = tuple(written) if len(written) > 1 else tuple(dict.fromkeys((*written, *said)))
    clash = any(case.contradicts(other) for case in joined for other in joined)
    return joined if len(joined) > 1 and not clash else ()


def _all_of(sentence: str) -> tuple[Case, ...]:
    """The conditions in a sentence, none where it says that one of them holds: "i = j or k = l"."""
    return () if _OR.search(sentence) else tuple(before_words(sentence))


def _words_before(before: str, summed: Collection[str]) -> str:
    """The words before a formula in which its case may be said."""
    near = before[-_NEAR:]
    for end in (_HEADING, _ITEM_ENDED):  # a case is one of its section, and of its item with a formula of its own
        near = end.split(near)[-1]
    return _of_cases(_ANY_CASE.split(near)[-1], summed)


def _bracketed(chain: ast.Chain) -> ast.Chain:
    r"""i = j of \quad (i = j)."""
    match chain.members:
        case (ast.Group("(", ")", ast.Chain() as inside),) if not chain.relations:
            return inside
    return chain


def _beside(chains: Sequence[ast.Chain], at: int, offset: int) -> Iterator[ast.Chain]:
    """The chain next to one, on either side, with the words alone between them: "i = j 时:" in a row by itself."""
    position = at + offset
    while 0 <= position < len(chains):
        yield chains[position]
        if chains[position].relations and not _short(chains[position]):
            return  # not behind "i = k" of "i = k, l = j"
        position += offset


def _of_cases(words: str, summed: Collection[str]) -> str:
    """Words without the sentences that say when a δ or an indicator is 1, and when 0, or which terms of a sum remain.

    summed: the letters over which a step has sums.
    """
    kept = []
    for sentence in _SENTENCE.split(words):
        of_terms = {letter for match in _OF_TERMS.finditer(sentence) for letter in match.groups() if letter}
        if not (_DELTA.search(sentence) and _ONE_AND_ZERO.search(sentence)) and not of_terms & set(summed):
            kept.append(sentence)
    return "\n\n".join(kept)


@lru_cache(maxsize=1024)
def ends_cases(words: str) -> bool:
    """Whether words say that what follows is of all cases, or go on behind the list of cases."""
    return _ANY_CASE.search(words) is not None or _ITEM_ENDED.search(words[-_NEAR:]) is not None


def is_of_both(case: Case, exprs: Iterable[sp.Expr]) -> bool:
    """Whether sides have an indicator of a case, and so are of what is in it and what isn't: p_k - 1(k = t)."""
    deltas = {d for e in exprs for d in atoms_of(e, sp.KroneckerDelta)}
    names = {frozenset(re.split("[@·′]", str(argument))[0] for argument in d.args) for d in deltas}
    return frozenset((case.left, case.right)) in names


def is_bound(case: Case, sides: Iterable[Node]) -> bool:
    r"""Whether a sum runs over one side of a case, as \sum_{i \ne j} does: then all of its cases are meant."""
    sums = (n for side in sides for n in walk(side) if isinstance(n, ast.BigOperator) and n.lower is not None)
    return any({c.left, c.right} == {case.left, case.right} for n in sums for c in in_words(render(n.lower)))


def cases_behind(document: Document, step: Step) -> tuple[Case, ...]:
    """Conditions in the words behind a formula: they may be said of it, or begin what follows."""
    return tuple(in_words(document.formulas[step.formula].context.after[:60]))[:2]


def values_stated(document: Document, step: Step, in_section: bool = False) -> tuple[Case, ...]:
    """Values that formulas just before a step give to names, or those before it in its section: "for x = 1"."""
    found: list[Case] = []
    here = document.formulas[step.formula]
    formulas, lines = (_FAR, math.inf) if in_section else (3, 2)
    for formula in document.formulas[max(0, step.formula - formulas) : step.formula]:
        if in_section and ends_cases(formula.context.before):
            found.clear()
        is_near = here.place.line - formula.place.line <= lines and formula.context.headings == here.context.headings
        for chain in formula.chains if is_near else ():
            match chain.members, [r.sign for r in chain.relations]:
                case (ast.Symbol(name, (), below, (), 0), ast.Number(value)), ["="] if value.isdigit():
                    found.append(Case("_".join((name, *map(render, below))), value, True))
    if in_section and ends_cases(here.context.before):
        found.clear()
    return tuple(c for c in found if not any(c.contradicts(other) for other in found))  # y = 1, then y = 0


def names_value(case: Case, side: Node, signature: Signature) -> bool:
    """Whether a side still names what has a value in a case: y, where y = 0 was said before."""
    names = {n.name for n in walk(side) if isinstance(n, ast.Symbol)}
    return case.is_of_label and any(_is_label(name, case.left, signature) for name in names)


def _short(chain: ast.Chain) -> bool:
    """Whether a chain is a case: i = j, y = 1."""
    first, *others = chain.members
    return isinstance(first, ast.Symbol) and all(isinstance(m, ast.Symbol) or m in _ONE_OR_ZERO for m in others)


def values_listed(left: Node, right: Node) -> tuple[tuple[Node, Node], ...]:
    r"""The names and their values in (w, b) = (2, -1), [x_1, x_2] = [2, 3] and such columns; none elsewhere."""
    if isinstance(left, ast.Scripted) and isinstance(right, ast.Scripted):
        return values_listed(left.base, right.base) if left.superscripts == right.superscripts else ()
    names, values = _items(left), _items(right)
    are_names = all(isinstance(n, ast.Symbol) for n in names) and len(set(names)) == len(names)
    are_values = not any(isinstance(n, ast.Symbol) for v in values for n in (v, *walk(v)))
    return tuple(zip(names, values, strict=True)) if len(names) == len(values) and are_names and are_values else ()


def _items(node: Node) -> tuple[Node, ...]:
    match node:
        case ast.Group("(" | "[", _, ast.Listing(items)):
            return tuple(i for i in items if i is not None) if None not in items else ()
        case ast.Matrix(rows=rows) if all(len(row) == 1 for row in rows) or len(rows) == 1:
            cells = tuple(cell for row in rows for cell in row)
            return tuple(cell for cell in cells if cell is not None) if None not in cells else ()
    return ()


def is_condition(left: Node, right: Node, signature: Signature, scope: Scope) -> bool:
    """Whether an equation states a condition: i = j, y = 1, x_0 = 1, w_0 = 3, or a value for something without one."""
    if isinstance(left, ast.Sum) and len(left.terms) == 1:
        left = left.terms[0].body  # -w_1 of w_0 = -w_1 = 20
    if not isinstance(left, ast.Symbol):
        return False
    try:
        ref = read_name(left, signature.habits)
    except UnsupportedNoteError:
        return False
    is_index = len(ref.key) == 1 and ref.key in "ijklcmnpqrst" and not ref.indices
    if is_index and isinstance(right, ast.Symbol) and len(right.name) == 1 and not right.superscripts:
        return not scope.of(ref.key) and right.name in "ijklcmnpqrst"
    numeric = all(not isinstance(n, ast.Symbol) for n in walk(right)) and not any(
        isinstance(n, ast.BigOperator | ast.Matrix) for n in walk(right)
    )
    if not numeric:
        return isinstance(right, ast.Listing)
    letter = base_letter(ref.key)
    return is_index or letter in LABELS | PARAMETERS or letter in ("x", "a", "p", "z") or not scope.of(ref.key)
