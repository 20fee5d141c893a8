"""Known findings: a file that lists them, so that only new ones fail a build.

`--write-baseline FILE` records what is found now; `--baseline FILE` leaves out what is recorded there. An entry holds
the fingerprint, and the path, line and text for people; only the fingerprint counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .findings import Finding

__all__ = ["SCHEMA", "Baseline", "BaselineError", "read_baseline", "write_baseline"]

SCHEMA = "gradproof/baseline/1"


class BaselineError(ValueError):
    """A baseline that can't be used; the message says which, why and what to do."""


@dataclass(frozen=True)
class Baseline:
    """The fingerprints of known findings."""

    fingerprints: frozenset[str] = frozenset()


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file."""
    advice = "write it with --write-baseline"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BaselineError(f"{path}: {error.strerror or error}; {advice}") from None
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BaselineError(f"{path}: not a JSON file; {advice}") from None
    if not isinstance(data, dict) or data.get("schema") != SCHEMA or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{path}: not a baseline of schema {SCHEMA}; {advice}")
    marks = [entry.get("fingerprint") if isinstance(entry, dict) else None for entry in data["findings"]]
    known = frozenset(mark for mark in marks if isinstance(mark, str))
    if None in marks or len(known) < len(set(map(str, marks))):
        raise BaselineError(f"{path}: an entry has no fingerprint; {advice}")
    return Baseline(known)


def write_baseline(path: Path, found: list[Finding]) -> None:
    """Record the findings, in their order; the same findings give the same bytes."""
    entries: list[dict[str, Any]] = [
        {
            "fingerprint": f.fingerprint,
            "path": f.path,
            "line": f.step["line"],
            "verdict": f.step["verdict"],
            "text": " ".join(f"{f.step['left']} = {f.step['right']}".split())[:200],
        }
        for f in found
    ]
    try:
        path.write_text(
            json.dumps({"schema": SCHEMA, "findings": entries}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as error:
        raise BaselineError(f"{path}: can't be written: {error.strerror or error}") from None
