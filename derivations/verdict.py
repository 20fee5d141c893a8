"""Verdicts, and the evidence that each carries.

`PROVED` and `REFUTED` are certain: an exact decision for all sizes, or a concrete witness. What is
weaker has another name. No check of this project returns a bare boolean.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

__all__ = ["Status", "Verdict", "Witness"]


class Status(enum.Enum):
    """The outcomes of a check, each with what it means to the reader (`guidance`)."""

    PROVED = "proved"
    REFUTED = "refuted"
    SUPPORTED = "supported"
    UNDECIDED = "undecided"
    UNSUPPORTED = "unsupported"
    INCONSISTENT = "inconsistent"

    @property
    def guidance(self) -> str:
        return _GUIDANCE[self]


_GUIDANCE = {
    Status.PROVED: "exact, for every size, on the stated domain",
    Status.REFUTED: "false: the witness can be recomputed from its sizes and values",
    Status.SUPPORTED: "agrees at every point tried; not proved",
    Status.UNDECIDED: "out of method or of budget; nothing is claimed",
    Status.UNSUPPORTED: "outside the language; nothing was checked",
    Status.INCONSISTENT: "the exact method and the numeric judges disagree: a bug of gradproof, please report it",
}


@dataclass(frozen=True)
class Witness:
    """A point at which a claim fails.

    kind: "ball" (disjoint finite enclosures), "shape" (sizes at which a term is undefined) or
    "float" (black-box functions: a difference above a derived bound).
    sizes: name → size. indices: free index → value. values: "x[1,2]" → exact rational, or text.
    left, right: the two sides there, as printed enclosures. simpler: makes a simpler point of this one.
    """

    kind: str
    sizes: dict[str, int] = field(default_factory=dict)
    indices: dict[str, int] = field(default_factory=dict)
    values: dict[str, Fraction | str] = field(default_factory=dict)
    left: str = ""
    right: str = ""
    simpler: Callable[[], Witness] | None = field(default=None, compare=False, repr=False)

    def simplified(self) -> Witness:
        """The witness that is shown, of the same sizes and indices: most are never shown, and simpler ones are dear."""
        if self.simpler is None:
            return self
        found = self.simpler()
        return replace(self, values=found.values, left=found.left, right=found.right, simpler=None)

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "sizes": self.sizes | self.indices,
            "values": {name: str(value) for name, value in self.values.items()},
        }

    def __str__(self) -> str:
        parts = [f"{k} = {v}" for k, v in (self.sizes | self.indices | self.values).items()]
        return f"at {', '.join(parts) or 'every point'}: left = {self.left}, right = {self.right}"


@dataclass(frozen=True)
class Verdict:
    """What was decided, by which method, under which conditions, with which evidence.

    conditions: side conditions that the decision used or leaves to the reader ("Σ_c y_c = 1").
    reduced: the normal form of the difference, as text ("0" when proved). points: how many were
    tried where the verdict is `SUPPORTED`. reason: why nothing stronger could be said.
    """

    status: Status
    method: str
    conditions: tuple[str, ...] = ()
    reduced: str | None = None
    witness: Witness | None = None
    points: int = 0
    worst_error: float | None = None
    reason: str | None = None

    @property
    def is_proved(self) -> bool:
        return self.status is Status.PROVED

    @property
    def is_refuted(self) -> bool:
        return self.status is Status.REFUTED
