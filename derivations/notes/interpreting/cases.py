"""Conditions as words and formulas state them: i = j, k ≠ l, y = 1, and the rows of `cases`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["OF_CASES", "Case", "before_words", "cases_of", "each_member", "in_words"]

OF_CASES = ("cases", "dcases", "array", "matrix")  # environments with a value and its condition on each row

_PAIR = re.compile(r"(?<![A-Za-z\\])([a-z])\s*(=|==|\\neq?\b|\\not\s*=|!=|≠)\s*([a-z])(?![A-Za-z(^_{])")
_CLASS = re.compile(r"(?<![A-Za-z\\])y_(?:\{ ?i ?\}|i)(?=\s*(?:[=≠$,.;:)]|\\n|$))")  # of the one sample, in j ≠ y_i
_PAIR_IN_WORDS = re.compile(
    r"(?<![A-Za-z\\])\$?([a-z])\$?\s+(?:(?:and)\s+\$?([a-z])\$?\s+(?:are|be)\s+(?:(?!not)\w+\s+)?"
    r"(?:(equal|the same)|different|distinct|unequal|not (?:equal|the same))"
    r"|(?:(equals|is equal to|is the same as|coincides with)|differs from|is different from|is not equal to)"
    r"\s+\$?([a-z])\$?)(?![A-Za-z])"
)  # "$i$ and $j$ are different", "$i$ equals $j$"
_ELSE = re.compile(
    r"\botherwise\b|\belse\b|\bthe (?:other|opposite) case\b|\b(?:sonst|andernfalls|sinon|altrimenti)\b"
    r"|en otro caso|caso contrario|иначе|в противном|否则|それ以外|그 외|ngược lại",
    re.I,
)
_LABEL = re.compile(  # not in P(y = 1 | x)
    r"(?<![A-Za-z\\])(?<![A-Za-z}]\()(?<!\\left\()(?<![A-Za-z]\[)([yt])(?:_i|_\{i\}|\^i|\^\{\(?i\)?\})?\s*=\s*([01]|[+\-−]\s*1)(?!\d)"
    r"(?!\s*(?:\\[ ,;!]\s*)*(?:\\?\||\\[lr]?(?:mid|vert)\b|;))"
)
_OTHERWISE = re.compile(
    r"otherwise|\belse\b|other|sonst|andernfalls|sinon|altrimenti|en otro caso|caso contrario|иначе|в противном"
    r"|其他|其它|否则|otro|その他|それ以外|그 외|그렇지|ngược lại|khác",
    re.I,
)


@dataclass(frozen=True)
class Case:
    """left = right, or left ≠ right, of two indices; or a label and its value."""

    left: str
    right: str
    is_equal: bool

    def __str__(self) -> str:
        return f"{self.left} {'=' if self.is_equal else '≠'} {self.right}"

    def contradicts(self, other: Case) -> bool:
        """Whether both can't hold: i = j and i ≠ j, y = 0 and y = 1."""
        if self.is_of_label or other.is_of_label:
            return self.left == other.left and self.right != other.right
        return {self.left, self.right} == {other.left, other.right} and self.is_equal != other.is_equal

    @property
    def is_of_label(self) -> bool:
        """Whether it gives a label a value."""
        return self.right.lstrip("-").isdigit()

    @property
    def opposite(self) -> Case | None:
        """Where this one fails: i ≠ j for i = j, and 0 for a label that is 1 or 0."""
        if self.is_of_label:
            return Case(self.left, str(1 - int(self.right)), True) if self.right in ("0", "1") else None
        return Case(self.left, self.right, not self.is_equal)

    @classmethod
    def of_node(cls, node: Node) -> Case | None:
        """The condition that a cell of `cases` states."""
        found = list(in_words(re.sub(r"\\text\{([^{}]*)\}|[{}]|\\left|\\right|\\ ", r"\1", render(node))))
        return found[0] if found else None


def _value(written: str) -> str:
    """-1 of − 1, and 1 of +1."""
    return "".join(written.split()).lstrip("+").replace("−", "-")


def in_words(text: str) -> Iterator[Case]:
    text = _CLASS.sub("y", text)
    for found in _PAIR.finditer(text):
        if found[1] != found[3]:
            yield Case(found[1], found[3], found[2] in ("=", "=="))
    for found in _LABEL.finditer(text):
        yield Case(found[1], _value(found[2]), True)


def before_words(text: str) -> Iterator[Case]:
    """Conditions in prose, in its order: i = j, "$i$ and $j$ are different", and the opposite after "otherwise"."""
    text = _CLASS.sub("y", text)
    found: list[tuple[int, Case]] = []
    for pattern in (_PAIR, _LABEL):
        found += [(m.start(), case) for m in pattern.finditer(text) for case in in_words(m[0])]
    for m in _PAIR_IN_WORDS.finditer(text):
        first, second = m[1], m[2] or m[5]
        if first != second and "a" not in (first, second):
            found.append((m.start(), Case(first, second, bool(m[3] or m[4]))))
    found.sort(key=lambda pair: pair[0])
    for position, (start, case) in enumerate(found):
        yield case
        until = found[position + 1][0] if position + 1 < len(found) else len(text)
        if case.opposite is not None and _ELSE.search(text, start, until):
            yield case.opposite


def cases_of(matrix: ast.Matrix) -> list[tuple[Node, Case | None]]:
    """The rows of `cases`, each a value with its condition; nothing where it is another matrix."""
    if matrix.environment not in OF_CASES:
        return []
    rows: list[tuple[Node, Case | None]] = []
    for row in matrix.rows:
        cells = [cell for cell in row if cell is not None]
        if len(cells) == 3 and _is_if(cells[1]):
            del cells[1]
        if len(cells) == 1 and isinstance(cells[0], ast.Listing) and cells[0].items and cells[0].items[0] is not None:
            value, *rest = (item for item in cells[0].items if item is not None)
            found = next(in_words(" ".join(render(r) for r in rest)), None)
            rows.append((value, found))
        elif len(cells) == 2:
            value = cells[0]
            if isinstance(value, ast.Listing) and value.items and value.items[0] is not None:
                value = value.items[0]
            rows.append((value, Case.of_node(cells[1])))
        else:
            return []
    if not any(case is not None for _, case in rows):
        return []
    return _with_otherwise(rows, matrix)


def _is_if(cell: Node) -> bool:
    """Whether a cell is a word before a condition: \text{if} & i = j, or if & i = j."""
    words = cell.words if isinstance(cell, ast.Text) else render(cell).replace(" ", "")
    return words.strip() in ("if", "for", "when", "当", "若")


def each_member(rows: list[tuple[Node, Case | None]]) -> list[tuple[Node, Case | None]]:
    """The rows with those that hold a chain, A = B if i = j, as one row for each of its members."""
    found: list[tuple[Node, Case | None]] = []
    for value, case in rows:
        chained = isinstance(value, ast.Chain) and all(r.sign == "=" for r in value.relations)
        members = value.members if isinstance(value, ast.Chain) and chained else (value,)
        found += [(member, case) for member in members if member is not None]
    return found


def _with_otherwise(rows: list[tuple[Node, Case | None]], matrix: ast.Matrix) -> list[tuple[Node, Case | None]]:
    """The last of two rows, where it says "otherwise", has the opposite of the first row's condition."""
    if len(rows) != 2 or rows[0][1] is None or rows[1][1] is not None:
        return rows
    parts = [part for cell in matrix.rows[-1] if cell is not None for part in walk(cell)]
    words = " ".join(part.words for part in parts if isinstance(part, ast.Text))
    opposite = rows[0][1].opposite
    return [rows[0], (rows[1][0], opposite)] if opposite is not None and _OTHERWISE.search(words) else rows
