"""`verify check FILE…`: notes read, checked and explained, in the form that was asked for.

Files are read here (`-` is standard input), checked by `derivations.notes`, and reported from the JSON by
`verify.notes_report`. A file that can't be read is an error of that file; the others are still checked.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from derivations.notes.explaining.explain import explained
from derivations.notes.library import check_files
from derivations.notes.parsing.document import read_source
from derivations.notes.report import FileReport, Report

from . import notes_report as reports
from .given import given_notes, without_preface
from .outputs import with_outputs
from .processes import can_share, worker_pool

__all__ = ["Options", "check_paths", "run"]

STANDARD_INPUT = "-"
MAX_BYTES = 50_000_000
_Checked = tuple[FileReport, list[str]]


@dataclass(frozen=True)
class Options:
    """How a run is made and reported. given: a catalogue entry whose definitions stand before every note.

    run_code: run the Python blocks, and compare what they print with what is stated.
    """

    form: str = "text"
    seed: int = 0
    strict: bool = False
    hint: bool = False
    given: str | None = None
    run_code: bool = False
    baseline: Path | None = None
    write_baseline: Path | None = None
    width: int = 120
    colours: bool = False


def run(paths: list[Path], options: Options, advance: Callable[[str], None] = lambda name: None) -> tuple[str, int]:
    """(what is printed, exit status). Raises `BaselineError`, and `LookupError` for an unknown `given`."""
    known = reports.read_baseline(options.baseline).fingerprints if options.baseline else frozenset()
    report, sources = check_paths(paths, options.seed, options.given, advance, options.run_code)
    data = report.as_json()
    found = reports.findings(data, known)
    status = reports.exit_status(data, known, options.strict)
    if options.write_baseline is not None:
        reports.write_baseline(options.write_baseline, found)
        status = status if status > 1 else 0
    if options.hint:
        data = reports.withheld(data)
        by_mark = {f.fingerprint: f for f in reports.findings(data, known)}
        found = [by_mark[f.fingerprint] for f in found]
    if options.form == "json":
        return json.dumps(data, ensure_ascii=False, indent=1), status
    if options.form == "sarif":
        return json.dumps(reports.sarif_report(data, found, status, options.hint), ensure_ascii=False, indent=1), status
    if options.form == "github":
        return reports.github_report(data, found, options.hint), status
    shown = reports.terminal_report(data, found, sources, options.hint, options.width, options.colours)
    return shown, status


def check_paths(
    paths: list[Path],
    seed: int = 0,
    given: str | None = None,
    advance: Callable[[str], None] = lambda name: None,
    run_code: bool = False,
) -> tuple[Report, dict[str, list[str]]]:
    """The explained report on files, and the lines of each for showing."""
    one = partial(_checked, seed=seed, preface=given_notes(given) if given else "", run_code=run_code)
    files: list[FileReport] = []
    sources: dict[str, list[str]] = {}
    for found, lines in _each(one, paths):
        files.append(found)
        if found.error is None:
            sources[found.path] = lines
        advance(found.path)
    return Report(tuple(files), seed), sources


def _each(one: Callable[[Path], _Checked], paths: list[Path]) -> Iterator[_Checked]:
    """What `one` makes of each file, in their order; several files are shared by the cores."""
    if len(paths) < 3 or Path(STANDARD_INPUT) in paths or not can_share():
        yield from map(one, paths)
        return
    with worker_pool(len(paths)) as pool:
        yield from pool.map(one, paths)


def _checked(path: Path, seed: int, preface: str, run_code: bool) -> _Checked:
    """The explained report on a file, and its lines for showing."""
    name = "<stdin>" if str(path) == STANDARD_INPUT else str(path)
    with tempfile.TemporaryDirectory() as folder:
        checked, problem = _prepared(path, preface, Path(folder))
        if problem is not None:
            return FileReport(name, error=problem), []
        (found,) = explained(check_files([checked], seed)).files
        if found.error is not None:
            return replace(found, path=name, error=found.error.replace(str(checked), name)), []
        skipped = preface.count("\n")
        lines = checked.read_text(encoding="utf-8-sig").split("\n")[skipped:]
        if run_code:
            found = with_outputs(found, read_source(checked).code)
        found = without_preface(found, skipped)
        steps = tuple(replace(step, claim=None) for step in found.steps)  # explained: the expressions are not needed
        return replace(found, path=name, steps=steps), lines


def _prepared(path: Path, preface: str, folder: Path) -> tuple[Path, str | None]:
    """The file to be checked: the one named, or one made of standard input or with definitions before it."""
    if str(path) == STANDARD_INPUT:
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    elif not preface:
        return path, None
    else:
        try:
            data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b"\0" * (MAX_BYTES + 1)
        except OSError as error:
            return path, f"{path}: {error.strerror or error}"
    if len(data) > MAX_BYTES:
        return path, f"{path}: more than the {MAX_BYTES} bytes that are read; split the note"
    suffix = path.suffix if str(path) != STANDARD_INPUT else _kind(data)
    if preface and suffix == ".ipynb":
        return path, f"{path}: --given works with Markdown and LaTeX; export the notebook first"
    made = folder / f"note{suffix}"
    made.write_bytes(preface.encode() + data.removeprefix(b"\xef\xbb\xbf"))
    return made, None


def _kind(data: bytes) -> str:
    """The suffix that standard input would have as a file."""
    start = data[:4_000].lstrip()
    if start.startswith(b"{") and b'"cells"' in data:
        return ".ipynb"
    return ".tex" if rb"\documentclass" in start or rb"\begin{document}" in data else ".md"
