"""Findings as GitHub workflow commands, which a run of Actions shows beside the line.

Format: GitHub documentation, "Workflow commands for GitHub Actions", setting an error message. Columns are given only
where a step stands on one line, since GitHub ignores them otherwise.
"""

from __future__ import annotations

from typing import Any

from .findings import Finding, Json, message

__all__ = ["github_report"]


def github_report(report: Json, found: list[Finding], hint: bool = False) -> str:
    """One command a line; nothing for what is known already."""
    lines = [
        _command("error", {"file": file["path"]}, "can't be read", file["error"])
        for file in report["files"]
        if file["error"]
    ]
    for finding in found:
        if finding.known:
            continue
        step = finding.step
        place: dict[str, Any] = {"file": finding.path, "line": step["line"], "endLine": step["end_line"]}
        if step["line"] == step["end_line"]:
            place |= {"col": step["column"], "endColumn": max(step["column"], step["end_column"] - 1)}
        lines.append(_command(finding.level, place, f"{step['verdict']} step", message(step, hint)))
    return "\n".join(lines)


def _command(level: str, place: dict[str, Any], title: str, text: str) -> str:
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in {**place, "title": title}.items())
    return f"::{level} {properties}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
