r"""A formula's tokens to chains of equations: rows joined, lists divided, each side a slice of tokens.

A row that begins with a relation continues the chain above it; so does one that begins with an operator, or that
stands inside a bracket left open. A sign that ends a row and begins the next is one, printed twice. Commas divide a
formula where both parts have relations of their own; implications, wide spaces and words always do. Alignment (`&`) is
layout, except where an align environment sets two equations side by side. A side is parsed by itself, so that one that
can't be read spoils only its own relations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from derivations.notes.parsing import vocabulary as words
from derivations.notes.parsing.brackets import OPERAND_START, Paired
from derivations.notes.parsing.tokens import Token

_OPERATORS = frozenset(("TIMES", "SIGN"))
_PUNCTUATION = ".,;:"
_NO_OPERAND_ENDS = frozenset(("FUNCTION", "BIG", "PARTIAL", "NABLA", "SUB", "SUP", "SEP")) | _OPERATORS
_ABBREVIATED = frozenset(("st", "ie", "eg", "wr", "rt"))  # s.t., w.r.t.
_SYSTEMS = frozenset(("cases", "dcases", "array", "matrix", "aligned", "gathered", "split", "align", "rcases"))
_REMARKS = frozenset(("with", "where", "mit", "wobei", "donde", "con", "où", "avec", "где", "其中", "ここで"))
_BOXES = frozenset(("boxed", "boldsymbol", "mathbf"))


@dataclass(slots=True)
class Clause:
    """A chain before parsing: the token slices of its sides, its relations, and what leads to it."""

    sides: list[list[Token]] = field(default_factory=lambda: [[]])
    relations: list[Token] = field(default_factory=list)
    words: list[Token] = field(default_factory=list)
    connective: str = ""
    is_remark: bool = False  # of a list that "with" or "where" begins behind an equation

    @property
    def is_empty(self) -> bool:
        return not self.relations and not self.words and not any(self.sides)


@dataclass(frozen=True, slots=True)
class _Item:
    """A token of the top level: its index, and whether brackets enclose it."""

    token: Token
    inside: bool


def clauses(paired: Paired) -> list[Clause]:
    """The chains of a formula, in order."""
    found: list[Clause] = []
    for line in _lines(_items(paired)):
        found.extend(_divide(line))
    return [clause for clause in found if not clause.is_empty]


def _items(paired: Paired) -> list[_Item]:
    """The tokens with their depth; layout environments and boxes around equations are opened."""
    tokens, partner = paired.tokens, paired.partner
    opened = _boxes(tokens, partner)
    items: list[_Item] = []
    depth = 0
    rows_inside: list[int] = []
    for here, token in enumerate(tokens):
        if here in opened:
            continue
        layout = token.kind in ("BEGIN", "END") and token.text in words.LAYOUT_ENVIRONMENTS and not depth
        if layout:
            if items and items[-1].token.kind != "ROW" and not _is_open_end(items):
                items.append(_Item(Token("ROW", token.kind, token.start, token.start, "soft"), False))
            continue
        if partner[here] >= 0 and partner[here] < here:
            depth -= 1
            if rows_inside and rows_inside[-1] == partner[here]:
                rows_inside.pop()
        if token.kind in ("ROW", "AMP", "SPACE") and depth and not rows_inside:
            continue
        items.append(_Item(token, depth > 0 or partner[here] >= 0))
        if partner[here] > here:
            depth += 1
            if token.kind == "BEGIN":
                rows_inside.append(here)
    return items


def _boxes(tokens: Sequence[Token], partner: Sequence[int]) -> set[int]:
    r"""The tokens of each \boxed{…}, or font over braces, that encloses a relation at the top of the formula."""
    opened = _system(tokens, partner)
    here = 0
    while here < len(tokens) and not opened:
        token = tokens[here]
        if token.kind == "ACCENT" and token.text in _BOXES and here + 1 < len(tokens) and partner[here + 1] > here + 1:
            end = partner[here + 1]
            if _has_relation(tokens, partner, here + 2, end):
                opened |= {here, here + 1, end}
                here += 2
                continue
        layout = token.kind == "BEGIN" and token.text in words.LAYOUT_ENVIRONMENTS
        here = partner[here] + 1 if partner[here] > here and not layout else here + 1
    return opened


def _system(tokens: Sequence[Token], partner: Sequence[int]) -> set[int]:
    r"""The tokens around a system of equations that is the whole formula: `\left\{ \begin{aligned} … \right.`."""
    kept = [here for here, token in enumerate(tokens) if token.kind not in ("SPACE", "SEP")]
    braced = len(kept) > 4 and tokens[kept[0]].kind == "OPEN" and partner[kept[0]] == kept[-1]
    outer = {kept[0], kept[-1]} if braced and tokens[kept[-1]].text == "." else set()
    inner = kept[1:-1] if outer else kept
    if not inner or tokens[inner[0]].kind != "BEGIN" or partner[inner[0]] != inner[-1]:
        return set()
    ends = (here for here in inner if tokens[here].kind in ("ROW", "AMP") and tokens[here - 1].kind != "REL")
    first = next(ends, inner[-1])  # the relation stands before the first column ends, or right behind its &
    whole = tokens[inner[0]].text in _SYSTEMS and _has_relation(
        tokens, partner, inner[0] + 1, min(first + 2, inner[-1])
    )
    return outer | {inner[0], inner[-1]} if whole else set()


def _has_relation(tokens: Sequence[Token], partner: Sequence[int], start: int, end: int) -> bool:
    """Whether a relation stands directly between the two places, before any words."""
    here = start
    while here < end:
        if tokens[here].kind in ("REL", "WORDS"):
            return tokens[here].kind == "REL"
        layout = tokens[here].kind == "BEGIN" and tokens[here].text in words.LAYOUT_ENVIRONMENTS
        here = partner[here] + 1 if partner[here] > here and not layout else here + 1
    return False


def _is_open_end(items: Sequence[_Item]) -> bool:
    """Whether what stands so far ends with a sign that wants something after it."""
    last = next((item.token for item in reversed(items) if item.token.kind not in ("AMP", "SPACE")), None)
    return last is not None and last.kind in {"REL"} | _OPERATORS


def _lines(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    """The rows, each joined to those that continue it; a row of words alone is a remark and interrupts nothing."""
    line: list[_Item] = []
    remarks: list[list[_Item]] = []
    for row in _rows(items):
        content = [item for item in row if item.token.kind not in ("AMP", "SPACE")]
        if not content:
            continue
        if line and all(item.token.kind in ("WORDS", "TEXT") or item.token.note == "text" for item in content):
            remarks.append(row)
            continue
        if line and not _continues(line, row, content):
            yield from (line, *remarks)
            line, remarks = [], []
        if line:
            line.append(_Item(Token("BREAK", "", row[0].token.start, row[0].token.start), False))
        line.extend(row)
    yield from (part for part in (line, *remarks) if part)


def _rows(items: Sequence[_Item]) -> Iterator[list[_Item]]:
    row: list[_Item] = []
    for item in items:
        if item.token.kind == "ROW" and not item.inside:
            yield _without_tag(row)
            row = []
        else:
            row.append(item)
    yield _without_tag(row)


def _without_tag(row: list[_Item]) -> list[_Item]:
    """The row without an equation number set off by space or dots at its end, and without final punctuation."""
    row = _trim(row)
    tokens = [item.token for item in row]
    if len(tokens) > 4 and tokens[-1].kind == "CLOSE" and tokens[-3].kind == "OPEN" and tokens[-3].text == "(":
        number = tokens[-2].kind in ("NUMBER", "TIMES") or (tokens[-2].kind == "SYMBOL" and len(tokens[-2].text) == 1)
        before = tokens[-4]
        spaced = before.kind == "SPACE" and (before.text == "wide" or tokens[-2].kind == "NUMBER")
        spaced |= before.kind == "AMP" and tokens[-5].kind not in (
            "AMP",
            "REL",
            "SIGN",
            "TIMES",
        )
        if number and (spaced or (before.kind == "DOTS" and tokens[-2].kind == "NUMBER")):
            row = row[:-3] if before.kind == "DOTS" else row[:-4]
            while row and row[-1].token.kind == "DOTS":
                row = row[:-1]
    return _trim(row)


def _trim(row: list[_Item]) -> list[_Item]:
    end = len(row)
    while end and (
        row[end - 1].token.kind in ("SPACE", "AMP")
        or (row[end - 1].token.kind == "SEP" and row[end - 1].token.text in _PUNCTUATION and not row[end - 1].inside)
    ):
        end -= 1
    return row[:end]


def _continues(line: Sequence[_Item], row: Sequence[_Item], content: Sequence[_Item]) -> bool:
    first = content[0].token
    last = next(item.token for item in reversed(line) if item.token.kind not in ("AMP", "SPACE", "BREAK"))
    if first.kind == "REL" or last.kind in {"REL"} | _OPERATORS:
        return True
    if first.kind == "TIMES":
        return True
    if first.kind == "SIGN":
        relation = next((at for at, item in enumerate(row) if item.token.kind == "REL" and not item.inside), None)
        if first.text == "+" or relation is None:
            return True
        aligned = any(item.token.kind == "AMP" for item in row[max(0, relation - 1) : relation])
        return not aligned
    return False


def _divide(line: Sequence[_Item]) -> list[Clause]:
    """The clauses of a line: divided at implications, words, wide spaces and commas between equations."""
    found = [Clause()]
    columns = 0
    resumes = False
    resumed: Clause | None = None  # the chain with which the row at hand went on
    remark = 0  # the clauses before a remark in this row
    for position, item in enumerate(line):
        token, clause, rest = item.token, found[-1], line[position + 1 :]
        if resumes and _is_repeated(clause, token):
            continue
        if item.inside:
            dotted = token.kind == "SEP" and token.text == "." and _is_multiplied(clause, token, rest)
            clause.sides[-1].append(replace(token, kind="TIMES", text=r"\cdot") if dotted else token)
        elif token.kind == "AMP":
            columns += 1
            if columns % 2 == 0 and _starts_equation(clause, rest):
                found.append(Clause())
            continue
        elif token.kind == "REL":
            if resumes:
                _resume(found, resumed)
                resumed = found[-1]
            found[-1].relations.append(token)
            found[-1].sides.append([])
        elif token.kind == "BREAK":
            _end_remark(found, remark)
            columns = remark = 0
        elif token.kind == "CONNECTIVE":
            found.append(Clause(connective=token.text))
        elif token.kind == "WORDS":
            if clause.relations or any(clause.sides):
                found.append(Clause())
            found[-1].words.append(token)
            if len(found) > 1 and token.text.strip(" ,;:").lower() in _REMARKS:
                remark = remark or len(found) - 1
        elif token.kind == "SPACE":
            if token.text == "wide" and _space_divides(clause, rest):
                found.append(Clause())
        elif token.kind == "SEP" and token.text == "." and _is_multiplied(clause, token, rest):
            clause.sides[-1].append(replace(token, kind="TIMES", text=r"\cdot"))
        elif token.kind == "SEP" and token.text in ",;.:" and _separator_divides(clause, token, rest):
            found.append(Clause())
        else:
            clause.sides[-1].append(token)
        resumes = token.kind == "BREAK" or (resumes and token.kind == "SPACE")
    return found


def _is_repeated(clause: Clause, token: Token) -> bool:
    """Whether a row begins with the sign that the row before ended with, as many print a break: a = \\\\ = b."""
    if token.kind == "REL" and clause.relations and not clause.sides[-1]:
        return token.text == clause.relations[-1].text
    last = clause.sides[-1][-1] if clause.sides[-1] else None
    return token.kind in _OPERATORS and last is not None and (last.kind, last.text) == (token.kind, token.text)


def _end_remark(found: Sequence[Clause], remark: int) -> None:
    """Mark what stands behind an equation in a row, from words such as "with" on."""
    for clause in found[remark:] if remark else ():
        clause.is_remark = True


def _resume(found: list[Clause], resumed: Clause | None) -> None:
    """A row that begins with a relation continues the last equation, not a condition or a remark set behind it.

    = A, z = w x \\\\ = B: the row before went on with a chain, which is not that of the z beside it.
    """
    for position in range(len(found) - 1, -1, -1):
        clause = found[position]
        if resumed is not None and clause is not resumed and _is_aside(clause):
            continue
        if clause.sides[-1] and not clause.words and not clause.is_remark:
            found.append(found.pop(position))
            return


def _is_aside(clause: Clause) -> bool:
    """Whether a clause only says what a name without a script is."""
    return len(clause.relations) == 1 and [token.kind for token in clause.sides[0]] == ["SYMBOL"]


def _next_tokens(rest: Sequence[_Item]) -> Iterator[_Item]:
    return (item for item in rest if item.token.kind not in ("SPACE", "AMP", "BREAK"))


def _has_own_relation(rest: Sequence[_Item]) -> bool:
    """Whether an expression and then a relation follow before the next division."""
    for count, item in enumerate(_next_tokens(rest)):
        if item.inside:
            continue
        if item.token.kind == "REL":
            return count > 0
        if item.token.kind in ("WORDS", "CONNECTIVE") or (item.token.kind == "SEP" and item.token.text in ",;."):
            return False
    return False


def _starts_equation(clause: Clause, rest: Sequence[_Item]) -> bool:
    """Whether an align column begins a new equation: the one before is whole, and this one has a relation."""
    return bool(clause.relations and clause.sides[-1]) and _has_own_relation(rest)


def _space_divides(clause: Clause, rest: Sequence[_Item]) -> bool:
    following = next(_next_tokens(rest), None)
    if following is None or not clause.sides[-1]:
        return False
    last = clause.sides[-1][-1]
    if last.kind == "SEP":
        clause.sides[-1].pop()
        return True
    operand_ends = last.kind not in _NO_OPERAND_ENDS
    return operand_ends and following.token.kind in OPERAND_START


def _is_multiplied(clause: Clause, token: Token, rest: Sequence[_Item]) -> bool:
    """Whether a dot stands between operands, right before the second or apart from both: w.x, w . x, (1 - s).y.

    No sentence ends so, but where what is behind it is an equation of its own.
    """
    before = clause.sides[-1][-1] if clause.sides[-1] else None
    following = next(_next_tokens(rest), None)
    if before is None or following is None or following.token.kind not in OPERAND_START:
        return False
    behind = following.token
    if before.text + behind.text in _ABBREVIATED or before.kind in _NO_OPERAND_ENDS:
        return False
    if _is_chain(clause.sides[-1], rest) or (before.kind, behind.kind) == ("END", "BEGIN"):
        return True
    if token.end != behind.start and before.end == token.start:
        return False
    leans = before.end != token.start and token.end == behind.start  # no sentence ends with a dot that leans forward
    tight = before.end == token.start and token.end == behind.start
    leans |= tight and (behind.kind == "FRAC" or any(_is_dot(t) for side in clause.sides for t in side))
    is_inside = bool(rest) and rest[0].inside
    return is_inside or leans or bool(clause.relations) and not _has_own_relation(rest)


def _is_chain(before: Sequence[Token], rest: Sequence[_Item]) -> bool:
    r"""Whether what is below one fraction bar is above the next: \frac{∂J}{∂z}. \frac{∂z}{∂w}, a chain rule."""
    behind = [item.token for item in rest if item.token.kind != "SPACE"]
    if before[-1].kind != "RBRACE" or behind[0].kind != "FRAC":
        return False
    below, above = (
        _first_group([*reversed(before)], ("RBRACE", "LBRACE")),
        _first_group(behind[1:], ("LBRACE", "RBRACE")),
    )
    return len(above) > 1 and above[0] in ("partial", "d", "∂") and above == below[::-1]


def _first_group(tokens: Sequence[Token], brackets: tuple[str, str]) -> list[str]:
    """The texts of what the braces hold that the tokens begin with; nothing where they don't."""
    depth = 0
    found: list[str] = []
    for token in tokens:
        depth += (token.kind == brackets[0]) - (token.kind == brackets[1])
        if depth == 0:
            return found[1:]
        found.append(token.text)
    return []


def _is_dot(token: Token) -> bool:
    """Whether a product was written with a dot."""
    return token.kind == "TIMES" and token.text == r"\cdot" and token.end - token.start == 1


def _separator_divides(clause: Clause, token: Token, rest: Sequence[_Item]) -> bool:
    following = next(_next_tokens(rest), None)
    if following is None:
        return True
    if token.text in ";.:":
        return True
    wide = bool(rest) and rest[0].token.kind == "SPACE" and rest[0].token.text == "wide"
    return wide or (bool(clause.relations) and _has_own_relation(rest))
