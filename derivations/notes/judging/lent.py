"""A proof less what the reading lent it: exchanged indices, a sample that isn't written, a row for a column."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.functions import Partial
from derivations.notes.interpreting.noticed import Noticed
from derivations.notes.judging.claims import Claim
from derivations.reasons import Reason, Why, holds_where
from derivations.verdict import Status, Verdict

__all__ = ["less_what_was_lent"]


def less_what_was_lent(verdict: Verdict, claim: Claim, transposes: bool) -> Verdict:
    """The verdict on a claim that is proved as it was read; transposes: whether the document has any."""
    for status, reason in _lent(claim, transposes):
        return replace(verdict, status=status, reason=reason)
    return verdict


def _lent(claim: Claim, transposes: bool) -> list[tuple[Status, str]]:
    """What was lent, the first thing first."""
    noticed = claim.speaker.noticed
    found: list[tuple[Status, str]] = []
    if noticed.turned:
        found.append((Status.UNDECIDED, Reason(f"holds with the indices of {noticed.turned[0]} exchanged", Why.TURNED)))
    if noticed.by_entry and noticed.weighted:
        reason = holds_where(f"{noticed.weighted[0]} is a number, beside what is multiplied entry by entry")
        found.append((Status.UNDECIDED, reason))
    found += _samples(noticed)
    if noticed.flattened:
        words = "proved where what is transposed is a number; nothing says whether it is"
        found.append((Status.SUPPORTED, Reason(words, Why.TRANSPOSED)))
    if noticed.averaged:
        found.append(
            (Status.SUPPORTED, holds_where("what stands under a bar is the mean over the samples, as is usual"))
        )
    if noticed.mended:
        found.append((Status.SUPPORTED, "holds as a derivative, whose numerator has no ∂"))
    if noticed.laid and transposes:
        reason = "proved where a column is read as a row, and the text has transposes for that"
        found.append((Status.SUPPORTED, reason))
    if _is_row_for_column(claim):
        is_named = isinstance(claim.left.expr, sp.Indexed) and isinstance(claim.right.expr, sp.Indexed)  # w^T = w
        reason = "proved but for a row on one side and a column on the other"
        found.append((Status.UNDECIDED if is_named else Status.SUPPORTED, reason))
    return found


def _samples(noticed: Noticed) -> list[tuple[Status, str]]:
    """The sample at a name that doesn't show it, where others do."""
    lent = [(has_others, name) for sample, name, has_others in noticed.supplied if sample in noticed.shown]
    if not lent:
        return []
    has_others, name = max(lent)
    reason = holds_where(f"{name} is that of the sample, whose index stands at other names")
    return [(Status.UNDECIDED if has_others else Status.SUPPORTED, reason)]


def _is_row_for_column(claim: Claim) -> bool:
    """Whether vectors stand on their sides differently, w^T = w, where no derivative leaves it open how."""
    left, right = claim.left, claim.right
    are_vectors = len(left.axes) == len(right.axes) == 1
    return are_vectors and left.is_row != right.is_row and not (left.expr.has(Partial) or right.expr.has(Partial))
