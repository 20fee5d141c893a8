"""Certificates: what was proved, what was tested, with which versions, as one record.

A certificate joins a `Proof` (exact, over the reals, for every size) with the evidence of the
floating-point judges (at the points listed). Its JSON is a contract (`gradproof/prove/1`): keys are
stable, there are no timings in it, and two runs with one seed give the same bytes.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from typing import Any

from derivations.notation import latex, text
from derivations.proof import Proof
from derivations.statement import Derivation
from derivations.verdict import Status, Verdict

__all__ = ["SCHEMA", "Certificate", "claim_latex", "claim_text", "report_json", "summary", "versions"]

SCHEMA = "gradproof/prove/1"

_RELATIONS = {
    "=": ("=", "="),
    ">=": ("≥", r"\ge"),
    ">": (">", ">"),
    "<=": ("≤", r"\le"),
    "<": ("<", "<"),
}


@dataclass(frozen=True)
class Certificate:
    """One claim: its proof, the evidence of each numeric judge (JSON-ready), and the joint verdict.

    verdict differs from the proof's only when the judges contradict it: then it is `INCONSISTENT`.
    """

    proof: Proof
    verdict: Verdict
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def derivation(self) -> Derivation:
        return self.proof.derivation

    def as_json(self) -> dict[str, Any]:
        d = self.derivation
        steps = [
            {
                "rule": step.rule,
                "latex": latex(step.expr),
                "verdict": verdict.status.value,
                "conditions": list(verdict.conditions),
            }
            for step, verdict in zip(d.steps, self.proof.steps, strict=True)
        ]
        record: dict[str, Any] = {
            "name": d.name,
            "family": d.family,
            "claim": claim_latex(d),
            "kind": d.kind,
            "verdict": self.verdict.status.value,
            "conditions": list(self.verdict.conditions),
            "fingerprint": self.proof.fingerprint,
            "steps": steps,
            "evidence": {"symbolic": _symbolic(self.verdict), **self.evidence},
        }
        if self.verdict.reason:
            record["reason"] = self.verdict.reason
        return record


def _symbolic(verdict: Verdict) -> dict[str, Any]:
    found: dict[str, Any] = {"method": verdict.method, "reduced": verdict.reduced}
    if verdict.witness is not None:
        found["witness"] = verdict.witness.as_json()
        found["left_value"] = verdict.witness.left
        found["right_value"] = verdict.witness.right
    return found


def claim_latex(derivation: Derivation) -> str:
    """The claim, left relation right, as LaTeX."""
    if derivation.kind == "sign":
        return f"{latex(derivation.left)} {_RELATIONS[derivation.relation][1]} 0"
    return f"{latex(derivation.left)} = {latex(derivation.right)}"


def claim_text(derivation: Derivation) -> str:
    """The claim as one line of text."""
    if derivation.kind == "sign":
        at = " somewhere" if derivation.witness else ""
        return f"{text(derivation.left)} {_RELATIONS[derivation.relation][0]} 0{at}"
    return f"{text(derivation.left)} = {text(derivation.right)}"


@cache
def versions() -> dict[str, str]:
    """The versions that a certificate depends on; a package that is not installed is left out."""
    found = {"python": platform.python_version()}
    for name in ("gradproof", "sympy", "python-flint", "jax", "jaxlib", "numpy", "hypothesis"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def summary(certificates: Iterable[Certificate]) -> dict[str, int]:
    """How many claims have each verdict."""
    counts = Counter(c.verdict.status for c in certificates)
    always = (Status.PROVED, Status.REFUTED, Status.SUPPORTED, Status.UNDECIDED)
    found = {status.value: counts[status] for status in always}
    found |= {status.value: counts[status] for status in Status if status not in always and counts[status]}
    return found


def report_json(certificates: list[Certificate], seed: int) -> dict[str, Any]:
    """The report of `verify --format json`."""
    return {
        "schema": SCHEMA,
        "seed": seed,
        "versions": versions(),
        "results": [c.as_json() for c in certificates],
        "summary": summary(certificates),
    }
