r"""What a check of notes found, as records, and as the JSON of the schema gradproof/check/1.

A `Report` holds a `FileReport` for each file, with one `StepRecord` for every relation sign in the file's order.
Records are frozen; whoever adds a diagnosis replaces them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from derivations.verdict import Witness

__all__ = ["HELD", "FileReport", "FormulaRecord", "Report", "StepRecord", "Suggestion"]

SCHEMA = "gradproof/check/1"
VERDICTS = ("proved", "refuted", "supported", "undecided", "unsupported", "definition", "conflict", "inconsistent")
HELD = ("proved", "supported")


@dataclass(frozen=True)
class Suggestion:
    """The side that would hold, as LaTeX."""

    side: str
    latex: str


@dataclass(frozen=True)
class FormulaRecord:
    """A formula and what was understood of it."""

    line: int
    end_line: int
    latex: str
    understood: str
    status: str
    reason: str | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "line": self.line,
            "end_line": self.end_line,
            "latex": self.latex,
            "understood": self.understood,
            "status": self.status,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class StepRecord:
    """A relation sign with its verdict and evidence.

    claim: the judged equation (two SymPy sides and their context), for a diagnosis; it is not part of the JSON.
    """

    formula: int
    relation: int
    line: int
    column: int
    end_line: int
    end_column: int
    left_line: int
    left: str
    right: str
    verdict: str
    method: str = ""
    reason: str | None = None
    conditions: tuple[str, ...] = ()
    reading: str = ""
    definitions: tuple[int, ...] = ()
    effect: str | None = None
    diagnosis_code: str | None = None
    diagnosis: str | None = None
    suggestion: Suggestion | None = None
    witness: Witness | None = None
    points: int = 0
    worst_error: float | None = None
    claim: Any = field(default=None, compare=False, repr=False)

    def as_json(self) -> dict[str, object]:
        names = (
            *("formula", "relation", "line", "column", "end_line", "end_column", "left_line", "left", "right"),
            *("verdict", "method", "reason", "conditions", "reading", "definitions", "effect"),
            *("diagnosis_code", "diagnosis"),
        )
        record: dict[str, object] = {name: getattr(self, name) for name in names}
        record["conditions"], record["definitions"] = list(self.conditions), list(self.definitions)
        suggestion = self.suggestion
        record["suggestion"] = None if suggestion is None else {"side": suggestion.side, "latex": suggestion.latex}
        record["witness"] = None if self.witness is None else self.witness.as_json()
        record["left_value"] = None if self.witness is None else self.witness.left
        record["right_value"] = None if self.witness is None else self.witness.right
        record["points"], record["worst_error"] = self.points, self.worst_error
        return record


@dataclass(frozen=True)
class FileReport:
    """One file: `error` where it can't be read at all."""

    path: str
    formulas: tuple[FormulaRecord, ...] = ()
    steps: tuple[StepRecord, ...] = ()
    error: str | None = None

    @property
    def summary(self) -> dict[str, int]:
        counts = Counter(step.verdict for step in self.steps)
        return {"relations": len(self.steps), **{verdict: counts[verdict] for verdict in VERDICTS[:-1]}} | (
            {"inconsistent": counts["inconsistent"]} if counts["inconsistent"] else {}
        )

    def as_json(self) -> dict[str, object]:
        return {
            "path": self.path,
            "error": self.error,
            "formulas": [formula.as_json() for formula in self.formulas],
            "steps": [step.as_json() for step in self.steps],
            "summary": self.summary,
        }


@dataclass(frozen=True)
class Report:
    """All files of a run."""

    files: tuple[FileReport, ...]
    seed: int = 0

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        return tuple(step for file in self.files for step in file.steps)

    def as_json(self) -> dict[str, object]:
        from importlib.metadata import version

        versions = {name: version(name) for name in ("gradproof", "sympy", "python-flint")}
        return {
            "schema": SCHEMA,
            "seed": self.seed,
            "versions": versions,
            "files": [file.as_json() for file in self.files],
        }
