"""`verify check FILE…`: notes checked relation by relation, as JSON or as one line each."""

from __future__ import annotations

import json
from pathlib import Path

from derivations.notes.library import check_files
from derivations.notes.report import Report

__all__ = ["check_text", "exit_status", "run"]


def run(paths: list[Path], form: str, seed: int) -> tuple[str, int]:
    """(what is printed, exit status)."""
    report = check_files(paths, seed)
    shown = json.dumps(report.as_json(), ensure_ascii=False, indent=1) if form == "json" else check_text(report)
    return shown, exit_status(report)


def exit_status(report: Report) -> int:
    """3 inconsistent, 2 a file that can't be read, 1 something refuted, else 0."""
    verdicts = {step.verdict for step in report.steps}
    if "inconsistent" in verdicts:
        return 3
    if any(file.error for file in report.files):
        return 2
    return int("refuted" in verdicts)


def check_text(report: Report) -> str:
    """The report as lines: one for each relation that was judged."""
    lines = []
    for file in report.files:
        if file.error:
            lines.append(file.error)
            continue
        summary = file.summary
        lines.append(f"{file.path}: {summary['relations']} relations, {summary['refuted']} refuted")
        for step in file.steps:
            note = f"  {step.reason}" if step.reason else ""
            equation = " ".join(f"{step.left} = {step.right}".split())
            lines.append(f"  {step.line}:{step.column} {step.verdict:11} {equation[:90]}{note}")
            if step.witness is not None:
                lines.append(f"      {step.witness}")
    return "\n".join(lines)
