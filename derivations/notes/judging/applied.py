"""An unknown function of different things in one claim: 2 f(a) = f(b) + f(c) holds for none of them but constants.

What a function of which nothing is known is applied to is left out where that is a name: L(w) and L are one loss. Where
a claim, or what its names were defined by, applies it to other names in the same places, its values are several, and
neither a proof nor a point that took them for one says anything.
"""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.judging.cells import Judged
from derivations.notes.judging.claims import Claim
from derivations.verdict import Status

__all__ = ["unless_of_different_things"]


def unless_of_different_things(judged: Judged, claim: Claim) -> Judged:
    """The verdict on a claim; none, where it took several values of one function for one."""
    if not (judged.verdict.is_proved or judged.verdict.is_refuted or judged.verdict.status is Status.SUPPORTED):
        return judged
    scope = claim.speaker.scope
    used = scope.definitions_of(claim.left.expr, claim.right.expr)
    records = [claim.speaker.noticed.applied, *(scope.applied[e.symbol] for e in used if e.symbol in scope.applied)]
    together: dict[tuple[str, int], set[tuple[str, ...]]] = {}
    for call, arguments in (item for record in records for item in record.items()):
        together.setdefault(call, set()).update(arguments)
    name = min((key for (key, _), found in together.items() if len(found) > 1), default=None)
    if name is None:
        return judged
    verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=f"{name} of different things")
    return replace(judged, verdict=verdict)
