"""What a file holds, as records: formulas with their places and prose, code blocks, comments.

A formula's prose is cut from the text only when it is asked for. Nothing here looks for anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from derivations.notes.parsing.macros import Macro
from derivations.notes.parsing.source import Excerpt, Place

_DISPLAY = re.compile(r"\$\$|\\\[|\\begin\{")
_CONTEXT = 400


class NoteError(Exception):
    """A file that can't be checked at all: too large, not text, not a notebook."""


@dataclass(frozen=True, slots=True)
class Context:
    """The prose around a formula, LaTeX included: headings from the outermost, the text before and after it."""

    headings: tuple[str, ...]
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SourceFormula:
    """A formula as it stands in the file; `problem` says why its end wasn't found."""

    excerpt: Excerpt
    delimiter: str
    display: bool
    start: int
    end: int
    headings: tuple[str, ...] = field(repr=False)
    context_start: int = field(repr=False)
    macros: Mapping[str, Macro] = field(repr=False, default_factory=dict)
    problem: str | None = None

    @property
    def latex(self) -> str:
        return self.excerpt.text

    @property
    def context(self) -> Context:
        """The prose around it, at most 400 characters on each side, and none from beyond another display."""
        text = self.excerpt.source.text
        before = text[max(self.context_start, self.start - _CONTEXT) : self.start]
        after = text[self.end : self.end + _CONTEXT]
        return Context(self.headings, before, _DISPLAY.split(after, maxsplit=1)[0])

    @property
    def place(self) -> Place:
        """Where the formula begins, its delimiter included."""
        return self.excerpt.source.place(self.start)

    @property
    def end_place(self) -> Place:
        return self.excerpt.source.end_place(self.end)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced block, a verbatim environment or a notebook's code cell: recorded, never run here."""

    language: str
    text: str
    place: Place
    end_place: Place


@dataclass(frozen=True, slots=True)
class Comment:
    """The text of a comment `<!-- verify: … -->`, without the `verify:`, and the offset in the scanned text."""

    text: str
    place: Place
    start: int


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """What a file holds, each list in the file's order."""

    formulas: tuple[SourceFormula, ...]
    code: tuple[CodeBlock, ...]
    comments: tuple[Comment, ...]
