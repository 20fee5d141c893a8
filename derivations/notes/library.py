r"""The check of notes as functions of a library.

>>> report = check_notes(r"$z = w x + b$, so $\frac{\partial z}{\partial w} = x$.")
>>> [step.verdict for step in report.steps]
['definition', 'proved']
"""

from __future__ import annotations

from pathlib import Path

from derivations.notes.checking import check_document
from derivations.notes.checking import check_step as check_step_of
from derivations.notes.parsing.parser import read_document, read_text
from derivations.notes.parsing.regions import NoteError
from derivations.notes.report import FileReport, Report, StepRecord

__all__ = ["check_equation", "check_files", "check_notes", "check_step"]


def check_notes(text: str, name: str = "<text>", given: str | None = None, seed: int = 0) -> Report:
    """The report on a text; `given`: definitions that stand before it, as LaTeX in Markdown."""
    preface = f"{given}\n\n" if given else ""
    document = read_text(preface + text)
    return Report((check_document(document, preface + text, name, seed),), seed)


def check_equation(latex: str, given: str | None = None, seed: int = 0) -> StepRecord:
    r"""The verdict on one equation: its last relation, under the definitions of `given`.

    >>> check_equation(r"\sigma'(z) = \sigma(z) (1 - \sigma(z))").verdict
    'proved'
    """
    report = check_notes(f"$$\n{latex}\n$$", given=given, seed=seed)
    if not report.steps:
        raise ValueError(f"no relation sign in {latex!r}")
    return report.steps[-1]


def check_step(text: str, line: int, column: int, seed: int = 0) -> StepRecord | None:
    r"""The record of one relation, given by where its right side begins, as `check_notes` has it, in half the time.

    >>> check_step("Let $L = w^2$. Then $\\frac{dL}{dw} = w$.", line=1, column=38).verdict
    'refuted'
    """
    return check_step_of(read_text(text), text, line, column, seed)


def check_files(paths: list[Path], seed: int = 0) -> Report:
    """The report on files; one that can't be read has an error, and the others are still checked."""
    files = []
    for path in paths:
        try:
            document = read_document(path)
            text = path.read_text(encoding="utf-8-sig")
        except (NoteError, OSError, UnicodeDecodeError) as error:
            files.append(FileReport(str(path), error=str(error)))
            continue
        files.append(check_document(document, text, str(path), seed))
    return Report(tuple(files), seed)
