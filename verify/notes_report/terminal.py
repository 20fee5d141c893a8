r"""What a person reads: the first wrong step, how much was decided, then each finding where it stands.

    note.md: the first wrong step is in line 58; 31 of 49 relations decided

    note.md:58:13  refuted, introduces an error
      58 |   = \frac{1}{n} \sum_i (y_i - \sigma(z_i)) x_{ij}
         |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      values   left = 0.25, right = −0.25 at n = 2, j = 1, x[2,1] = 1, else 0
      wrong    the sign is wrong: one side is −1 times the other
      instead  …

Colours on a terminal only. Left out: steps that hold (they are in the JSON).
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from .findings import EFFECTS, Finding, Json, decided

__all__ = ["terminal_report"]

_STYLE = {"refuted": "bold red", "conflict": "yellow", "inconsistent": "bold magenta"}
MAX_WIDTH = 160
MAX_LINES = 3  # of the file, for one step
MAX_VALUES = 8  # of a witness, other than 0
MAX_SHOWN = 200  # findings of one file
_INDENT = "  "


def terminal_report(
    report: Json,
    found: Sequence[Finding],
    sources: Mapping[str, Sequence[str]],
    hint: bool = False,
    width: int = 120,
    colours: bool = False,
) -> str:
    """The report as text; `sources` holds each file's lines, as far as they can be shown."""
    out = io.StringIO()
    console = Console(file=out, force_terminal=colours, width=max(40, min(width, MAX_WIDTH)), highlight=False)
    for number, file in enumerate(report["files"]):
        if number:
            console.print()
        own = [f for f in found if f.path == file["path"]]
        _file(console, file, own, sources.get(file["path"], ()), hint)
    if len(report["files"]) > 1:
        console.print()
        console.print(_total(report, found), soft_wrap=True)
    return out.getvalue().rstrip()


def _file(console: Console, file: Json, found: list[Finding], lines: Sequence[str], hint: bool) -> None:
    if file["error"]:
        console.print(Text(file["error"], style="bold red"), soft_wrap=True)
        return
    new = [f for f in found if not f.known]
    wrong = [f for f in new if f.step["verdict"] != "conflict"]
    sure, total = decided(file["summary"])
    first = f"the first wrong step is in line {wrong[0].step['line']}" if wrong else "no step is refuted"
    opening = Text(f"{file['path']}: ")
    opening.append(first, style="bold red" if wrong else "green")
    opening.append(f"; {sure} of {total} relations decided")
    console.print(opening, soft_wrap=True)
    for finding in new[:MAX_SHOWN]:
        console.print()
        _finding(console, finding, lines, hint)
    if len(new) > MAX_SHOWN:
        console.print(f"\n… and {len(new) - MAX_SHOWN} more")
    console.print()
    console.print(Text(_summary(file, len(found) - len(new))), soft_wrap=True)


def _finding(console: Console, finding: Finding, lines: Sequence[str], hint: bool) -> None:
    step = finding.step
    effect = EFFECTS.get(step["effect"] or "")
    head = Text(f"{finding.path}:{step['line']}:{step['column']}  ")
    head.append(step["verdict"] + (f", {effect}" if effect else ""), style=_STYLE[step["verdict"]])
    console.print(head, soft_wrap=True)
    for shown in _marked(step, lines, console.width):
        console.print(Text(_INDENT + shown), soft_wrap=True)
    rows = [("left", " ".join(step["left"].split()) if step["left_line"] != step["line"] else "")]
    rows += [("reading", step["reading"] or ""), ("values", "" if hint else _values(step))]
    rows += [
        ("reason", step["reason"] or ""),
        ("differs" if step["verdict"] == "conflict" else "wrong", step["diagnosis"] or ""),
    ]
    if step["suggestion"] and not hint:
        side = step["suggestion"]["side"]
        rows.append(("instead" if side == "right" else "left then", step["suggestion"]["latex"]))
    for name, value in rows:
        if value:
            _row(console, name, value)


def _row(console: Console, name: str, value: str) -> None:
    """A name and its value, which is broken at spaces and kept right of the name."""
    room = max(30, console.width - 14)
    words, line, out = value.split(" "), "", []
    for word in words:
        if line and len(line) + 1 + len(word) > room:
            out.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    out.append(line)
    for number, part in enumerate(out):
        console.print(Text(f"{_INDENT}{name if not number else '':<10}{part}"), soft_wrap=True)


def _marked(step: Json, lines: Sequence[str], width: int) -> list[str]:
    """The lines of the file with the step marked by carets below; long lines are cut around it."""
    shown: list[str] = []
    first, last = step["line"], step["end_line"]
    margin = len(str(last))
    for number in range(first, min(last, first + MAX_LINES - 1) + 1):
        if not 0 < number <= len(lines):
            continue
        line = lines[number - 1].rstrip("\r\n").expandtabs(1)
        begin = step["column"] - 1 if number == first else len(line) - len(line.lstrip())
        end = step["end_column"] - 1 if number == last else len(line)
        end = max(end, begin + 1)
        line, begin, end = _cut(line, begin, end, max(30, width - margin - 6))
        carets = " " * _cells(line[:begin]) + "^" * max(1, _cells(line[begin:end]))
        shown += [f"{number:>{margin}} | {line}", f"{'':>{margin}} | {carets}"]
    if last - first >= MAX_LINES:
        shown.append(f"{'':>{margin}} | … to line {last}")
    return shown


def _cut(line: str, begin: int, end: int, room: int) -> tuple[str, int, int]:
    """At most `room` characters of a line, the marked part in sight, with … where something is left out."""
    line = "".join(c if c.isprintable() else " " for c in line)
    if len(line) <= room:
        return line, begin, min(end, len(line))
    start = 0 if end <= room else max(0, min(begin - 10, len(line) - room))
    part = line[start : start + room]
    lead = "…" if start else ""
    tail = "…" if start + room < len(line) else ""
    return lead + part + tail, begin - start + len(lead), min(end - start, len(part)) + len(lead)


def _cells(text: str) -> int:
    """How many columns of a terminal a text takes: two for a wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _values(step: Json) -> str:
    witness = step["witness"]
    if not witness or witness["kind"] == "code":
        return ""
    places = [f"{k} = {v}" for k, v in witness["sizes"].items()]
    nonzero = [f"{k} = {v}" for k, v in witness["values"].items() if v != "0"]
    zeros = len(witness["values"]) - len(nonzero)
    places += nonzero[:MAX_VALUES]
    if len(nonzero) > MAX_VALUES:
        places.append(f"… ({len(nonzero) - MAX_VALUES} more)")
    elif zeros:
        places.append("all else 0")
    left, right = (_short(step[side]) for side in ("left_value", "right_value"))
    return f"left = {left}, right = {right} at {', '.join(places) or 'every point'}"


def _short(value: str) -> str:
    """A decimal without the zeros at its end."""
    return value.rstrip("0").rstrip(".") if "." in value and "e" not in value and not value.endswith(".") else value


def _summary(file: Json, known: int) -> str:
    counts = [f"{n} {name}" for name, n in file["summary"].items() if n and name != "relations"]
    conditional = sum(step["verdict"] == "proved" and bool(step["conditions"]) for step in file["steps"])
    if conditional:
        counts = [f"{c} ({conditional} under conditions)" if c.endswith(" proved") else c for c in counts]
    more = f"; {known} known from the baseline" if known else ""
    relations = file["summary"]["relations"]
    return f"{relations} relation{'s' * (relations != 1)}: {', '.join(counts) or 'nothing to check'}{more}"


def _total(report: Json, found: Sequence[Finding]) -> str:
    files = report["files"]
    unread = sum(bool(f["error"]) for f in files)
    wrong = sum(f.step["verdict"] == "refuted" and not f.known for f in found)
    relations = sum(f["summary"]["relations"] for f in files)
    proved = sum(f["summary"]["proved"] for f in files)
    more = f", {unread} can't be read" if unread else ""
    return f"{len(files)} files{more}: {relations} relations, {proved} proved, {wrong} refuted"
