r"""A note's formulas to trees, each with what could not be read and why.

A formula goes through TeX tokens, the document's macros, mathematical tokens, matched brackets, rows and chains; each
side of each relation is then parsed by itself. A side that can't be read in full is `Unread` with its reason and the
place where reading stopped; nothing is dropped, guessed or evaluated. `Document.steps` gives every relation sign with
the places of its two sides, continued from one display to the next. Every bound is on counts, so reading ends.

`python -m derivations.notes.parsing.parser FILE…` prints what was understood.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lark import Lark
from lark import Token as LarkToken
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer as LarkLexer

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Chain, Node, Relation, Span, Status, Symbol, Unread
from derivations.notes.parsing.brackets import STRAY, pair
from derivations.notes.parsing.builder import Builder
from derivations.notes.parsing.document import read_source, scan
from derivations.notes.parsing.grammar import GRAMMAR
from derivations.notes.parsing.layout import Clause, clauses
from derivations.notes.parsing.lexer import lex
from derivations.notes.parsing.macros import Macro
from derivations.notes.parsing.openers import Syntax
from derivations.notes.parsing.regions import CodeBlock, Comment, Context, SourceDocument, SourceFormula
from derivations.notes.parsing.source import Place
from derivations.notes.parsing.tex import Unreadable
from derivations.notes.parsing.tokens import Mend, Token
from derivations.notes.parsing.unpaired import paired_otherwise

MAX_SIGNS = 1_000  # relations counted in a formula that can't be read
_ITEM = re.compile(r"[\s>]*(?:(?:[-*+•]|\d+[.)])[ \t]+)?[$ \t]*")
_NEXT_ITEM = re.compile(rf"[$ \t]*[,，]?[ \t]*\n{_ITEM.pattern}")
_SIGNS = re.compile(r"\\.|[:<>!]=+|=>|==?|[{}]", re.S)


class _Tokens(LarkLexer):
    """Hands the parser tokens that are already made."""

    def __init__(self, lexer_conf: object) -> None:
        del lexer_conf

    def lex(self, data: object) -> Iterator[LarkToken]:  # type: ignore[override]
        assert isinstance(data, list)
        for token in data:
            yield LarkToken(token.kind, token, start_pos=token.start, end_pos=token.end)


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_Tokens, start="content", transformer=Builder(), maybe_placeholders=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a formula's LaTeX says: chains in order, what was mended, and the reasons for what is unread."""

    chains: tuple[Chain, ...]
    mends: tuple[Mend, ...] = ()

    @property
    def unread(self) -> tuple[Unread, ...]:
        return tuple(member for chain in self.chains for member in chain.members if isinstance(member, Unread))

    @property
    def status(self) -> Status:
        unread = len(self.unread)
        if not unread:
            return "read"
        sides = sum(member is not None for chain in self.chains for member in chain.members)
        return "unsupported" if unread == sides else "partly"


def read_formula(latex: str, macros: Mapping[str, Macro] | None = None) -> Reading:
    r"""The chains of a formula given without its delimiters.

    >>> chain, = read_formula(r"\frac{dz}{dw} = x").chains
    >>> [relation.sign for relation in chain.relations]
    ['=']
    """
    try:
        lexed = lex(latex, macros)
        found = clauses(pair(lexed.tokens))
    except Unreadable as error:
        return Reading((_unreadable(error.reason, error.offset, latex),))
    return Reading(tuple(_chain(clause, latex) for clause in found), tuple(lexed.mends))


def _unreadable(reason: str, stopped: int, latex: str) -> Chain:
    """A formula of which nothing can be read, with the equals signs outside braces, so that each is counted."""
    signs = list(itertools.islice(_equals_signs(latex), MAX_SIGNS))
    edges = itertools.pairwise([0, *(edge for sign in signs for edge in (sign.start, sign.end)), len(latex)])
    sides = [Span(start, end) for start, end in itertools.islice(edges, 0, None, 2)]
    members = tuple(Unread(reason, stopped, latex[s.start : s.end], span=s) for s in sides)
    return Chain(members, tuple(Relation("=", span=sign) for sign in signs), span=Span(0, len(latex)))


def _equals_signs(latex: str) -> Iterator[Span]:
    """Where a relation is written `=`: not in a script, as the bound of a sum is, nor as a part of `:=` or `<=`."""
    depth = 0
    for found in _SIGNS.finditer(latex):
        match found[0]:
            case "{":
                depth += 1
            case "}":
                depth = max(0, depth - 1)
            case "=" | "==" if not depth:
                yield Span(*found.span())


def _chain(clause: Clause, latex: str) -> Chain:
    members = tuple(_side(tokens, latex) for tokens in clause.sides)
    relations = tuple(
        Relation(token.text, " ".join(token.note.split()), span=Span(token.start, token.end))
        for token in clause.relations
    )
    tokens = [token for side in clause.sides for token in side] + clause.relations + clause.words
    span = Span(min(token.start for token in tokens), max(token.end for token in tokens)) if tokens else ast.NOWHERE
    words = " ".join(token.text.strip() for token in clause.words)
    return Chain(members, relations, words, f"\\{clause.connective}" if clause.connective else "", span=span)


def _side(tokens: Sequence[Token], latex: str) -> Node | None:
    """One side of a relation; None where nothing is written."""
    kept = [token for token in tokens if token.kind != "SPACE"]
    while kept and kept[-1].kind == "SEP" and kept[-1].text in ",;.:":
        kept.pop()
    if not kept:
        return None
    span = Span(min(token.start for token in kept), max(token.end for token in kept))
    stray = next((token for token in kept if token.note == STRAY), None)
    if stray is not None:
        reason, latex = f"the bracket {stray.text!r} has no partner", latex[span.start : span.end]
        return Unread(reason, stray.start, latex, tuple(_parsed(paired_otherwise(kept))), span=span)
    try:
        node: Node | None = _parser().parse(kept)  # type: ignore[arg-type, assignment]
    except UnexpectedToken as error:
        reason, stopped = _explain(error, kept)
    except Unreadable as error:
        reason, stopped = error.reason, error.offset
    else:
        return node
    return Unread(reason, stopped, latex[span.start : span.end], span=span)


def _parsed(readings: Iterable[Sequence[Token]]) -> Iterator[Node]:
    """What the readings of a side say, each once; those that say nothing are left out."""
    seen: list[Node] = []
    for tokens in readings:
        with contextlib.suppress(UnexpectedToken, Unreadable):
            node: Node | None = _parser().parse(tokens)  # type: ignore[arg-type, assignment]
            if node is not None and node not in seen:  # nothing is left of a bracket alone
                seen.append(node)
                yield node


def _explain(error: UnexpectedToken, tokens: Sequence[Token]) -> tuple[str, int]:
    found = error.token
    if found.type == "$END":
        return f"ends where something is missing after {tokens[-1].text!r}", tokens[-1].end
    token = found.value
    return f"{token.text!r} can't stand here", token.start


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of a document, read."""

    index: int
    source: SourceFormula
    reading: Reading

    @property
    def latex(self) -> str:
        return self.source.latex

    @property
    def place(self) -> Place:
        return self.source.place

    @property
    def end_place(self) -> Place:
        return self.source.end_place

    @property
    def context(self) -> Context:
        return self.source.context

    @property
    def chains(self) -> tuple[Chain, ...]:
        return self.reading.chains

    @property
    def status(self) -> Status:
        return self.reading.status

    def place_of(self, span: Span) -> tuple[Place, Place]:
        """Where a node begins, and the place just after it."""
        return self.source.excerpt.place(span.start), self.source.excerpt.end_place(span.end)


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a step: its node (None where nothing is written), the formula it stands in, its place and LaTeX."""

    node: Node | None
    formula: int
    chain: int
    member: int
    place: Place
    end_place: Place
    latex: str


@dataclass(frozen=True, slots=True)
class Step:
    """A relation sign of a document with its two sides, which may stand in the displays before and after it."""

    formula: int
    relation: int
    sign: Relation
    place: Place
    chain: int
    left: Side | None
    right: Side | None


@dataclass(frozen=True, slots=True)
class Document:
    """A document read: formulas, steps, code blocks and `verify:` comments, each in the file's order."""

    formulas: tuple[Formula, ...]
    steps: tuple[Step, ...]
    code: tuple[CodeBlock, ...]
    comments: tuple[Comment, ...]


def read_document(path: Path) -> Document:
    """The document at a path; NoteError where the file can't be read at all."""
    return _read(read_source(path))


def read_text(text: str, syntax: Syntax = "markdown") -> Document:
    """A text read as a document."""
    return _read(scan(text, syntax))


def _read(found: SourceDocument) -> Document:
    formulas = tuple(_formula(index, source) for index, source in enumerate(found.formulas))
    return Document(formulas, tuple(_steps(formulas)), found.code, found.comments)


def _formula(index: int, source: SourceFormula) -> Formula:
    if source.problem is not None:
        reading = Reading((_unreadable(source.problem, 0, source.latex),))
    else:
        reading = _read_once(source.latex, tuple(sorted(source.macros.items(), key=lambda item: item[0])))
    return Formula(index, source, reading)


@lru_cache(maxsize=4_000)
def _read_once(latex: str, macros: tuple[tuple[str, Macro], ...]) -> Reading:
    """A formula's reading, kept: of a page that is checked again, most formulas are as they were."""
    return read_formula(latex, dict(macros))


def _steps(formulas: Sequence[Formula]) -> Iterator[Step]:
    displays = [formula for formula in formulas if formula.chains and _is_displayed(formula)]
    before = {after.index: first for first, after in itertools.pairwise(displays)}
    behind = {first.index: after for first, after in itertools.pairwise(displays)}
    last_sides: dict[int, Side | None] = {}
    for formula in formulas:
        number = 0
        inherited = last_sides.get(before[formula.index].index) if formula.index in before else None
        last_one = formulas[formula.index - 1] if formula.index else None
        is_inline = last_one is not None and not (_is_displayed(formula) and _is_displayed(last_one))
        if last_one is not None and is_inline and _follows_at_once(last_one, formula):
            inherited = _previous(last_one)  # $L(w)$ $= \sum_i …$
        for position, chain in enumerate(formula.chains):
            sides = [_side_of(formula, position, member) for member in range(len(chain.members))]
            if position == 0 and chain.relations and sides[0] is None:
                sides[0] = inherited
            if position == len(formula.chains) - 1:
                last = next((side for side in reversed(sides) if side is not None), None)
                if position and formula.chains[0].members[0] is None and all(map(_is_aside, formula.chains[1:])):
                    last = _last_side(formula, 0)  # "= A, z = w x" goes on from A
                if chain.relations and sides[-1] is None and formula.index in behind:
                    sides[-1] = _first_side(behind[formula.index])
                if _is_displayed(formula):
                    last_sides[formula.index] = (
                        last if chain.relations or chain.members[0] is not None else _previous(formula)
                    )
            for at, sign in enumerate(chain.relations):
                place = formula.place_of(sign.span)[0]
                yield Step(formula.index, number, sign, place, position, sides[at], sides[at + 1])
                number += 1


def _is_displayed(formula: Formula) -> bool:
    """Whether a formula is a display, or stands on a line of its own as one."""
    if formula.source.display:
        return True
    text, start, end = formula.source.excerpt.source.text, formula.source.start, formula.source.end
    before, after = text[text.rfind("\n", 0, start) + 1 : start], text[end : (text + "\n").find("\n", end)]
    return not before.strip("$ \t>") and not after.strip("$ \t.,;。，")


def _follows_at_once(first: Formula, second: Formula) -> bool:
    """Whether nothing but space, or the end of a line and the mark of an item, stands between two formulas.

    What goes on in another line does so from an equation, and from no aside: "L = A, where z = w x" and then "= B".
    """
    text = second.source.excerpt.source.text
    between = text[first.source.end : second.source.start]
    if not between.strip("$ "):
        return bool(between)
    before = text[text.rfind("\n", 0, first.source.start) + 1 : first.source.start]
    begins = _ITEM.fullmatch(before) is not None
    is_whole = any(chain.relations for chain in first.chains) and not all(map(_is_aside, first.chains))
    return _NEXT_ITEM.fullmatch(between) is not None and (begins or is_whole)


def _side_of(formula: Formula, chain: int, member: int) -> Side | None:
    node = formula.chains[chain].members[member]
    if node is None:
        return None
    place, end = formula.place_of(node.span)
    return Side(node, formula.index, chain, member, place, end, formula.latex[node.span.start : node.span.end])


def _previous(formula: Formula) -> Side | None:
    """The last side written in a formula that ends with words only."""
    found = (_last_side(formula, position) for position in range(len(formula.chains) - 1, -1, -1))
    return next((side for side in found if side is not None), None)


def _last_side(formula: Formula, position: int) -> Side | None:
    """The last side written in a chain."""
    members = range(len(formula.chains[position].members) - 1, -1, -1)
    return next((s for s in (_side_of(formula, position, member) for member in members) if s is not None), None)


def _is_aside(chain: Chain) -> bool:
    """Whether a chain only says what a name is."""
    return len(chain.relations) == 1 and isinstance(chain.members[0], Symbol) and not chain.connective


def _first_side(formula: Formula) -> Side | None:
    """The side with which the next display continues: after its leading relation, if it repeats the sign."""
    chain = formula.chains[0]
    member = 0 if chain.members[0] is not None or len(chain.members) == 1 else 1
    return _side_of(formula, 0, member)


def main(arguments: Sequence[str]) -> int:
    """Print, for each file, what was read of it and what wasn't."""
    from derivations.notes.parsing.render import render_chain

    for name in arguments:
        document = read_document(Path(name))
        read = sum(formula.status == "read" for formula in document.formulas)
        print(f"{name}: {len(document.formulas)} formulas, {read} read in full, {len(document.steps)} relations")
        for formula in document.formulas:
            for chain in formula.chains:
                print(f"  {formula.place} {formula.status:11} {render_chain(chain)}")
            for unread in formula.reading.unread:
                stopped = formula.place_of(Span(unread.stopped, unread.stopped + 1))[0]
                print(f"  {formula.place} unread at {stopped}: {unread.reason}: {unread.latex!r}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
