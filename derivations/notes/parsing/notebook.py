"""A notebook's cells, with the place of every character in the .ipynb file itself.

The standard JSON reader forgets where a string stood, so a flat pass over the JSON tokens follows it: it keeps the
path to each string and decodes it character by character. Only `cells[*].source` is looked at; outputs,
attachments and metadata are left out.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", '"': '"', "\\": "\\", "/": "/"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell's kind (markdown, code, raw), its text and the offset in the file of each of its characters."""

    kind: str
    text: str
    origin: array[int]


def read_cells(text: str) -> list[Cell]:
    """The cells of a notebook, in order; ValueError where the text isn't a notebook."""
    try:
        notebook = json.loads(text)
        kinds = [str(cell["cell_type"]) for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not a notebook: {error}") from None
    sources: list[tuple[list[str], array[int]]] = [([], array("q")) for _ in kinds]
    for cell, start, end in _source_strings(text):
        if cell < len(sources):
            for character, offset in _decode(text, start, end):
                sources[cell][0].append(character)
                sources[cell][1].append(offset)
    return [Cell(kind, "".join(parts), origin) for kind, (parts, origin) in zip(kinds, sources, strict=True)]


def _source_strings(text: str) -> Iterator[tuple[int, int, int]]:
    """(cell number, start, end) of each string under cells[*].source."""
    path: list[str | int] = []
    expects_key: list[bool] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            path.append("" if token == "{" else 0)
            expects_key.append(token == "{")
        elif token in "}]":
            if path:
                path.pop()
                expects_key.pop()
        elif token == ",":
            if path:
                top = path[-1]
                path[-1] = top + 1 if isinstance(top, int) else ""
                expects_key[-1] = not isinstance(top, int)
        elif token == ":":
            if path:
                expects_key[-1] = False
        elif token[0] == '"' and path and expects_key[-1]:
            path[-1] = token[1:-1]
        elif token[0] == '"' and len(path) in (3, 4) and path[0] == "cells" and path[2] == "source":
            cell = path[1]
            assert isinstance(cell, int)
            yield cell, match.start() + 1, match.end() - 1


def _decode(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    position = start
    while position < end:
        character = text[position]
        if character != "\\":
            yield character, position
            position += 1
        elif text[position + 1] == "u":
            unit, width = int(text[position + 2 : position + 6], 16), 6
            if 0xD800 <= unit < 0xDC00 and text[position + 6 : position + 8] == "\\u":
                low = int(text[position + 8 : position + 12], 16)
                unit, width = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), 12
            yield chr(unit), position
            position += width
        else:
            yield _ESCAPES.get(text[position + 1], text[position + 1]), position
            position += 2
