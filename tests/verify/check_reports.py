"""Hand-written reports of the schema gradproof/check/1, for what is made from them."""

from __future__ import annotations

from typing import Any

VERDICTS = ("proved", "refuted", "supported", "undecided", "unsupported", "definition", "conflict")


def step(verdict: str = "refuted", line: int = 3, **more: Any) -> dict[str, Any]:
    """A step; a refuted one has a witness, a diagnosis and a suggestion."""
    wrong = verdict == "refuted"
    return {
        "formula": 0,
        "relation": 0,
        "line": line,
        "column": 9,
        "end_line": line,
        "end_column": 14,
        "left_line": line,
        "left": r"\frac{dC}{dz}",
        "right": "y - p",
        "verdict": verdict,
        "method": "ball",
        "reason": None,
        "conditions": [],
        "reading": "",
        "definitions": [1],
        "effect": "introduces_error" if wrong else None,
        "diagnosis_code": "sign" if wrong else None,
        "diagnosis": "the sign is wrong: one side is −1 times the other" if wrong else None,
        "suggestion": {"side": "right", "latex": "p - y"} if wrong else None,
        "witness": {"kind": "ball", "sizes": {"n": 2}, "values": {"y[1]": "1", "p[1]": "0"}} if wrong else None,
        "left_value": "-1.00000" if wrong else None,
        "right_value": "1.00000" if wrong else None,
        "points": 0,
        "worst_error": None,
    } | more


def file(*steps: dict[str, Any], path: str = "note.md", error: str | None = None) -> dict[str, Any]:
    """A file with these steps."""
    counts = {v: sum(s["verdict"] == v for s in steps) for v in VERDICTS}
    return {
        "path": path,
        "error": error,
        "formulas": [],
        "steps": list(steps),
        "summary": {"relations": len(steps), **counts},
    }


def report(*files: dict[str, Any]) -> dict[str, Any]:
    """A report on these files."""
    return {"schema": "gradproof/check/1", "seed": 0, "versions": {"gradproof": "0.1.0"}, "files": list(files)}


LINES = ["# Cross-entropy", "", "$dC/dz = y - p$", "", "$a = b$"]
