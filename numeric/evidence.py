r"""What a batch of comparisons shows, reduced to what is worth telling.

A judge compares, at one point, a claimed gradient g with a derivative d obtained in another way, entry
by entry: an error |g − d|, the error *allowed* there (derived from rounding and truncation, never a
constant), and so a ratio. Over a batch of N points with D comparisons each, what is worth keeping is

* the worst ratio, at which point and coordinate it is, and the two values there;
* for each coordinate j of the gradient, the smallest relative fault that would have been caught there,
  min over points of allowed_j / |d_j|. The largest of these over j is the batch's *detection power*:
  a gradient with any one coordinate off by that factor would have been refuted at these very points.

A coordinate whose derivative is zero at every point has no relative fault to detect; it is left out of
the detection power and counted (`silent`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

__all__ = ["Evidence", "Pointwise", "gather_evidence", "suspicion"]


class Pointwise(NamedTuple):
    """Comparisons at N points. claimed, derivative, allowed: (N, D). detects: (N, P) relative fault, inf where none."""

    claimed: np.ndarray
    derivative: np.ndarray
    allowed: np.ndarray
    detects: np.ndarray

    @classmethod
    def of_coordinates(cls, claimed: Any, derivative: Any, allowed: Any) -> Pointwise:
        """Each comparison is of one coordinate: N points of any shape behind the first axis."""
        g, d, e = (np.asarray(a, dtype=np.float64).reshape(len(a), -1) for a in (claimed, derivative, allowed))
        with np.errstate(all="ignore"):
            return cls(g, d, e, np.where((d != 0) & np.isfinite(d), e / np.abs(d), np.inf))


@dataclass(frozen=True)
class Evidence:
    """What one judge found.

    points: how many were compared. worst_error, allowed: |claimed − derivative| and the error allowed,
    at the comparison where their ratio is largest; `point` and `coordinate` say which.
    detects: the smallest relative fault, in any one coordinate, that these points would have caught.
    skipped: points without a finite comparison. silent: coordinates whose derivative is 0 throughout.
    suspects: points with an error above the one allowed, or with a claim that isn't finite, worst first.
    """

    judge: str
    points: int
    comparisons: int
    worst_error: float
    allowed: float
    claimed: float
    derivative: float
    point: int
    coordinate: int
    detects: float
    skipped: int
    silent: int
    suspects: tuple[int, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether no comparison was above the error allowed."""
        return not self.suspects

    def as_json(self) -> dict[str, object]:
        """The numbers that a report prints, without the values."""
        return {
            "points": self.points,
            "worst_error": self.worst_error,
            "allowed": self.allowed,
            "at": {"point": self.point, "coordinate": self.coordinate},
            "detects": self.detects if np.isfinite(self.detects) else None,
        }


def suspicion(batch: Pointwise) -> np.ndarray:
    """error / allowed of each comparison (N, D): above 1 where it is refuted, −1 where nothing can be said.

    A claim that isn't finite where the derivative is, is a fault of the claim: ∞.
    """
    with np.errstate(all="ignore"):
        error = np.abs(batch.claimed - batch.derivative)
        settled = np.isfinite(batch.derivative) & np.isfinite(batch.allowed)
        ratio = np.where(error > 0, error / batch.allowed, 0.0)  # 0/0: both exact, and equal
    ratio = np.where(np.isfinite(batch.claimed), ratio, np.inf)
    return np.where(settled, ratio, -1.0)


def gather_evidence(judge: str, batch: Pointwise) -> Evidence:
    """The evidence of a judge: a batch of comparisons reduced to what is worth telling.

    >>> batch = Pointwise.of_coordinates([[1.0, 2.0]], [[1.0, 3.0]], [[1e-15, 0.5]])
    >>> found = gather_evidence("example", batch)
    >>> found.worst_error, found.allowed, found.coordinate, found.agrees
    (1.0, 0.5, 1, False)
    """
    ratio = suspicion(batch)
    point, where = (int(i) for i in np.unravel_index(int(np.argmax(ratio)), ratio.shape))
    each = np.max(ratio, axis=1)
    suspects = np.flatnonzero(each > 1)
    suspects = suspects[np.argsort(-each[suspects], kind="stable")]
    used = ratio >= 0
    detects = np.min(np.where(np.isnan(batch.detects), np.inf, batch.detects), axis=0)
    heard = np.isfinite(detects)
    g, d = float(batch.claimed[point, where]), float(batch.derivative[point, where])
    return Evidence(
        judge=judge,
        points=int(np.sum(np.any(used, axis=1))),
        comparisons=int(np.sum(used)),
        worst_error=abs(g - d) if used.any() else 0.0,
        allowed=float(batch.allowed[point, where]) if used.any() else 0.0,
        claimed=g,
        derivative=d,
        point=point,
        coordinate=where,
        detects=float(np.max(detects[heard])) if heard.any() else float("inf"),
        skipped=int(np.sum(~np.any(used, axis=1))),
        silent=int(np.sum(~heard)),
        suspects=tuple(int(i) for i in suspects),
    )
