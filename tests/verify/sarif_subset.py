"""What SARIF 2.1.0 requires of the objects that we write: a hand-written schema of that part of the standard.

Section numbers are those of the OASIS standard "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

from __future__ import annotations

from typing import Any

_COUNT = {"type": "integer", "minimum": 1}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any], least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True}


_MESSAGE = _object(["text"], text={"type": "string", "minLength": 1})  # §3.11
_ARTIFACT = _object(["uri"], uri={"type": "string", "pattern": r"^[A-Za-z0-9._~/%+-]+$"})  # §3.4
_REGION = _object(  # §3.30
    ["startLine"], startLine=_COUNT, startColumn=_COUNT, endLine=_COUNT, endColumn=_COUNT
)
_PLACE = _object(["artifactLocation"], artifactLocation=_ARTIFACT, region=_REGION)  # §3.29
_LOCATION = _object([], physicalLocation=_PLACE)  # §3.28
_REPLACEMENT = _object(["deletedRegion"], deletedRegion=_REGION, insertedContent=_MESSAGE)  # §3.57
_CHANGE = _object(  # §3.56
    ["artifactLocation", "replacements"], artifactLocation=_ARTIFACT, replacements=_list(_REPLACEMENT, 1)
)
_FIX = _object(["artifactChanges"], description=_MESSAGE, artifactChanges=_list(_CHANGE, 1))  # §3.55
_RESULT = _object(  # §3.27
    ["message"],
    ruleId={"type": "string"},
    ruleIndex={"type": "integer", "minimum": 0},
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
    properties={"type": "object"},
    fixes=_list(_FIX),
    suppressions=_list(
        _object(["kind"], kind={"enum": ["inSource", "external"]}, justification={"type": "string"})  # §3.35
    ),
)
_RULE = _object(  # §3.49
    ["id"],
    id={"type": "string"},
    shortDescription=_MESSAGE,
    defaultConfiguration=_object([], level=_LEVEL),
)
_DRIVER = _object(["name"], name={"type": "string"}, version={"type": "string"}, rules=_list(_RULE))  # §3.19
_INVOCATION = _object(  # §3.20
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    exitCode={"type": "integer"},
    toolExecutionNotifications=_list(_object(["message"], level=_LEVEL, message=_MESSAGE, locations=_list(_LOCATION))),
)
_RUN = _object(  # §3.14
    ["tool"],
    tool=_object(["driver"], driver=_DRIVER),
    invocations=_list(_INVOCATION),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    artifacts=_list(_object([], location=_ARTIFACT)),
    results=_list(_RESULT),
)

SUBSET = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["version", "runs"],  # §3.13
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": _RUN},
    },
    "additionalProperties": False,
}
