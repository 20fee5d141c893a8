"""What `check_gradient` found, as a record and as text: worst coordinate, input at fault, power of each judge.

Left out: which verdict it is (`gradient_decision`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from derivations.verdict import Verdict
from numeric.evidence import Evidence

__all__ = ["SHOWN", "GradientCheck", "short"]

SHOWN = 8
"""Entries of an array up to which it is written out."""


@dataclass(frozen=True)
class GradientCheck:
    """What `check_gradient` found; `verdict.status` is REFUTED (with a witness), SUPPORTED or UNDECIDED.

    coordinate: the name of the worst one (w[3]); error, allowed: |claimed − expected| there, and what
    rounding allows of it. points: how many were judged. detects: the smallest relative fault of any
    one coordinate that autodiff would have caught at these points, and `difference_detects` that finite
    differences would. tried: parameter → the least and the largest value at the points judged.
    evidence: judge → what it found. input: the (shrunk) input at fault, name → array.
    judges_disagree: autodiff of the loss contradicts its values; notes: what a reader must know.
    """

    verdict: Verdict
    coordinate: str = ""
    claimed: float = 0.0
    expected: float = 0.0
    error: float = 0.0
    allowed: float = 0.0
    points: int = 0
    detects: float = float("inf")
    difference_detects: float = float("inf")
    tried: dict[str, tuple[float, float]] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    input: dict[str, np.ndarray] = field(default_factory=dict)
    judges_disagree: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_refuted(self) -> bool:
        return self.verdict.is_refuted

    def __str__(self) -> str:
        lines = [f"{self.verdict.status.value}: {self.verdict.reason or self.verdict.status.guidance}"]
        if self.coordinate:
            lines.append(f"  worst coordinate  {self.coordinate}: claimed {self.claimed!r}, expected {self.expected!r}")
            lines.append(f"  error             {self.error:.3g}, allowed {self.allowed:.3g}")
        if self.input:
            lines.append(f"  at                {', '.join(f'{k} = {short(v)}' for k, v in self.input.items())}")
        for judge, found in self.evidence.items():
            power = f"would catch a relative fault of {found.detects:.2g}" if np.isfinite(found.detects) else "no power"
            lines.append(f"  {judge:<17} {found.points} points, {found.comparisons} comparisons; {power}")
        for name, (least, largest) in self.tried.items():
            lines.append(f"  tried             {least:.2g} ≤ {name} ≤ {largest:.2g}")
        lines += [f"  note              {note}" for note in self.notes]
        return "\n".join(lines)


def short(array: np.ndarray) -> str:
    """An array in a line."""
    flat = np.ravel(array)
    if flat.size <= SHOWN:
        return np.array2string(np.asarray(array), precision=6, separator=", ").replace("\n", "")
    moved = np.flatnonzero(flat)
    if not len(moved):
        return f"zeros{np.shape(array)}"
    shown = ", ".join(f"[{j}]: {flat[j]:.6g}" for j in moved[:SHOWN])
    rest = ", …" if len(moved) > SHOWN else ""
    return f"zeros{np.shape(array)} but for {{{shown}{rest}}}"
