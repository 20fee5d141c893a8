"""Findings as SARIF 2.1.0 (OASIS standard, 27 March 2020), which code hosts and editors read.

One run; a rule for each diagnosis; a result for each finding, with its region, its fingerprint, the correction as a
`fix` where there is one, and a suppression where a baseline knows it. Columns count Unicode code points (§3.14.17).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from derivations.notes.explaining.diagnosis import CODES

from .findings import Finding, Json, message

__all__ = ["sarif_report"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_RULES = {
    **{code: f"A step of a derivation is wrong: {meaning}." for code, meaning in CODES.items()},
    "conflict": "A name is defined again, differently.",
    "refuted": "A step of a derivation is wrong.",
    "inconsistent": "The exact method and the numeric judges disagree: a bug of gradproof.",
}


def sarif_report(report: Json, found: list[Finding], status: int, hint: bool = False) -> dict[str, Any]:
    """The SARIF log of a run that ends with this exit status."""
    used = sorted({_rule(f) for f in found})
    unreadable = [file for file in report["files"] if file["error"]]
    driver = {
        "name": "gradproof",
        "version": report["versions"].get("gradproof", "0"),
        "rules": [
            {
                "id": name,
                "shortDescription": {"text": _RULES[name]},
                "defaultConfiguration": {"level": "warning" if name == "conflict" else "error"},
            }
            for name in used
        ],
    }
    invocation: dict[str, Any] = {"executionSuccessful": not unreadable and status != 3, "exitCode": status}
    if unreadable:
        invocation["toolExecutionNotifications"] = [
            {
                "level": "error",
                "message": {"text": file["error"]},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(file["path"])}}}],
            }
            for file in unreadable
        ]
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(path)}} for path in dict.fromkeys(f["path"] for f in report["files"])],
        "results": [_result(f, used.index(_rule(f)), hint) for f in found],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding) -> str:
    if finding.step["verdict"] != "refuted":
        return str(finding.step["verdict"])
    code = finding.step["diagnosis_code"]
    return code if code in _RULES else "refuted"


def _result(finding: Finding, rule: int, hint: bool) -> dict[str, Any]:
    step = finding.step
    region = {
        "startLine": step["line"],
        "startColumn": step["column"],
        "endLine": step["end_line"],
        "endColumn": step["end_column"],
    }
    artifact = {"uri": _uri(finding.path)}
    result: dict[str, Any] = {
        "ruleId": _rule(finding),
        "ruleIndex": rule,
        "level": finding.level,
        "message": {"text": message(step, hint)},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
        "partialFingerprints": {"gradproofStep/v1": finding.fingerprint},
    }
    if step["witness"]:
        result["properties"] = {"witness": step["witness"]}
    if step["suggestion"] and step["suggestion"]["side"] == "right" and not hint:
        replacement = {"deletedRegion": region, "insertedContent": {"text": step["suggestion"]["latex"]}}
        changes = [{"artifactLocation": artifact, "replacements": [replacement]}]
        result["fixes"] = [{"description": {"text": "the side that would hold"}, "artifactChanges": changes}]
    if finding.known:
        result["suppressions"] = [{"kind": "external", "justification": "in the baseline"}]
    return result


def _uri(path: str) -> str:
    return quote(path.replace("\\", "/"), safe="/")
