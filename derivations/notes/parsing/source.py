"""Places in a file: every character of an excerpt remembers where it stands.

A formula's LaTeX is not always a slice of its file: the `>` of a block quote stands between its lines, a notebook
keeps its text as JSON strings, a Markdown escape doubles a backslash. An `Excerpt` is a text together with the
offset of each of its characters, so that whatever is read from it can be shown at its line and column. Columns
count Unicode code points; nothing here knows about mathematics.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A line and a column of a file, both counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file's text, with the offset of each character in the file where it isn't the file itself (a notebook)."""

    text: str
    line_starts: tuple[int, ...] = field(repr=False)
    origin: Sequence[int] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, text: str) -> Source:
        return cls(text, line_starts(text))

    def place(self, offset: int) -> Place:
        """The place of the character at `offset`; one past the end is the place after the last character."""
        if self.origin is not None:
            if not self.origin:
                return Place(1, 1)
            inside = offset < len(self.origin)
            offset = self.origin[offset] if inside else self.origin[-1] + 1
        line = bisect_right(self.line_starts, offset)
        return Place(line, offset - self.line_starts[line - 1] + 1)

    def end_place(self, offset: int) -> Place:
        """The place just after the character that ends at `offset` (exclusive), on that character's own line."""
        if offset <= 0:
            return self.place(0)
        last = self.place(offset - 1)
        return Place(last.line, last.column + 1)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Part of a source with characters left out: `pieces` are (offset in the excerpt, offset in the source)."""

    source: Source = field(repr=False, compare=False)
    text: str
    pieces: tuple[tuple[int, int], ...] = field(repr=False)

    @classmethod
    def join(cls, source: Source, slices: Sequence[tuple[int, int]]) -> Excerpt:
        """The slices (start, end) of the source, one after the other."""
        kept = [(start, end) for start, end in slices if end > start] or [(slices[0][0], slices[0][0])]
        pieces: list[tuple[int, int]] = []
        length = 0
        for start, end in kept:
            pieces.append((length, start))
            length += end - start
        return cls(source, "".join(source.text[start:end] for start, end in kept), tuple(pieces))

    def offset(self, index: int) -> int:
        """The offset in the source of the character `index` of the excerpt."""
        position = max(0, bisect_right(self.pieces, (index, len(self.source.text) + 1)) - 1)
        here, there = self.pieces[position]
        return there + index - here

    def place(self, index: int) -> Place:
        return self.source.place(self.offset(index))

    def end_place(self, index: int) -> Place:
        """The place just after the last character of `text[:index]`."""
        if index <= 0:
            return self.place(0)
        last = self.place(index - 1)
        return Place(last.line, last.column + 1)


def line_starts(text: str) -> tuple[int, ...]:
    """The offset at which each line begins; lines end with a newline."""
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return tuple(starts)
