"""What of a report asks for attention: each wrong step as a finding, the exit status, and what a student is not told.

A report is the dict of `gradproof/check/1`. A finding is known by its *fingerprint*: the file, the two sides as written
(spaces aside) and which of several equal ones it is; so it survives edits elsewhere in the file.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from derivations.notes.explaining.diagnosis import CODES

__all__ = ["Finding", "decided", "exit_status", "findings", "message", "withheld"]

Json = Mapping[str, Any]

LEVELS = {"refuted": "error", "inconsistent": "error", "conflict": "warning"}
"""The verdicts that are findings, with how grave they are."""

EFFECTS = {
    "introduces_error": "introduces an error",
    "inherits_error": "carries an earlier error on",
    "repairs_error": "repairs an earlier error",
}


@dataclass(frozen=True)
class Finding:
    """A step that asks for attention. known: it is in the baseline."""

    path: str
    step: Json
    fingerprint: str
    known: bool = False

    @property
    def level(self) -> str:
        return LEVELS[self.step["verdict"]]


def findings(report: Json, known: Collection[str] = frozenset()) -> list[Finding]:
    """The findings of all files, in the report's order; `known` holds the fingerprints of a baseline."""
    found = []
    for file in report["files"]:
        seen: Counter[str] = Counter()
        for step in file["steps"]:
            if step["verdict"] in LEVELS:
                sides = "\n".join("".join(step[side].split()) for side in ("left", "right"))
                text = f"{_portable(file['path'])}\n{step['verdict']}\n{sides}"
                seen[text] += 1
                mark = hashlib.sha256(f"{text}\n{seen[text]}".encode()).hexdigest()[:20]
                found.append(Finding(file["path"], step, mark, mark in known))
    return found


def exit_status(report: Json, known: Collection[str] = frozenset(), strict: bool = False) -> int:
    """3 inconsistent, 2 a file that can't be read, 1 something refuted (strict: anything not proved), else 0."""
    found = findings(report, known)
    verdicts = {f.step["verdict"] for f in found if not f.known}
    if "inconsistent" in verdicts:
        return 3
    if any(file["error"] for file in report["files"]):
        return 2
    if strict:
        excused = {id(f.step) for f in found if f.known}
        steps = (s for file in report["files"] for s in file["steps"] if id(s) not in excused)
        return int(any(s["verdict"] not in ("proved", "definition") for s in steps))
    return int("refuted" in verdicts)


def decided(summary: Json) -> tuple[int, int]:
    """(relations that were decided, relations that there were to decide): definitions are neither."""
    sure = sum(summary[v] for v in ("proved", "refuted", "conflict"))
    return sure, summary["relations"] - summary["definition"]


def message(step: Json, hint: bool = False) -> str:
    """A finding in one line: what it is, what is wrong, and what would hold."""
    if step["verdict"] == "inconsistent":
        return "the exact method and the numeric judges disagree here: a bug of gradproof, please report it"
    parts = []
    if step["verdict"] == "conflict":
        parts.append(step["reason"] or "a name is defined again, differently")
    else:
        effect = EFFECTS.get(step["effect"] or "", "")
        parts.append("this step is wrong" + (f" ({effect})" if effect else ""))
    if step["diagnosis"] and step["diagnosis_code"] != "different":
        parts.append(step["diagnosis"])
    text = ": ".join(parts)
    if step["suggestion"] and not hint:
        side = step["suggestion"]["side"]
        text += f"; the {side} side would be {step['suggestion']['latex']}"
    return text


def withheld(report: Json) -> dict[str, Any]:
    """The report as a student sees it: where and of what kind a mistake is, but not what would be right."""
    files = []
    for file in report["files"]:
        steps = [
            {**s, "suggestion": None, "diagnosis": CODES.get(s["diagnosis_code"] or "", None), "left_value": None}
            | {"right_value": None}
            for s in file["steps"]
        ]
        files.append({**file, "steps": steps})
    return {**report, "files": files}


def _portable(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")
