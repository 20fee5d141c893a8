"""The judge: the exact proof and the floating-point evidence of each claim, joined to a certificate.

The proof decides over the reals, for every size; the numeric judges look at compiled code at the
points they list. When they contradict each other the verdict is `INCONSISTENT`, which is a bug here
and never the user's.

Statements are independent, so many of them are shared out to one process per core (`processes`), which hands
back verdicts and evidence, not expressions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import as_completed
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.proof import DetachedProof, Proof, prove
from derivations.statement import Derivation, Statement
from derivations.verdict import Status, Verdict

from .certificate import Certificate
from .processes import can_share, worker_pool

if TYPE_CHECKING:
    from numeric.judge import StatementEvidence

__all__ = ["certify", "judge"]

_GROUPS: list[list[Derivation]] = []  # what forked workers inherit

Found = tuple[Proof, "StatementEvidence | None"]


def judge(
    derivations: Iterable[Derivation],
    seed: int = 0,
    examples: int = 10_000,
    seconds: float = 20.0,
    numeric: bool = True,
) -> Iterator[Certificate]:
    """A certificate for each derivation, statement by statement, as they are finished.

    examples: points per claim for autodiff; a tenth of it for finite differences. seconds: wall-clock
    backstop of each proof step. numeric: whether the floating-point judges are asked at all.
    """
    by_statement: dict[Statement, list[Derivation]] = {}
    for derivation in derivations:
        by_statement.setdefault(derivation.statement, []).append(derivation)
    groups = list(by_statement.values())
    work = _in_processes if len(groups) > 4 and can_share() else _in_turn
    for proof, found in work(groups, seed, examples, seconds, numeric):
        yield certify(proof, found)


def _in_turn(groups: list[list[Derivation]], *options: object) -> Iterator[Found]:
    for group in groups:
        yield from _judge_group(group, *options)  # type: ignore[arg-type]


def _in_processes(groups: list[list[Derivation]], *options: object) -> Iterator[Found]:
    _GROUPS[:] = groups
    with worker_pool(len(groups)) as pool:
        # long statements first, so that the last to finish is a short one
        order = sorted(range(len(groups)), key=lambda number: -sum(len(d.steps) for d in groups[number]))
        waiting = {pool.submit(_judge_numbered, number, *options): number for number in order}
        for future in as_completed(waiting):
            for derivation, (found, evidence) in zip(groups[waiting[future]], future.result(), strict=True):
                yield found.restored(derivation), evidence


def _judge_numbered(number: int, *options: object) -> list[tuple[DetachedProof, StatementEvidence | None]]:
    return [(proof.detached(), found) for proof, found in _judge_group(_GROUPS[number], *options)]  # type: ignore[arg-type]


def _judge_group(group: list[Derivation], seed: int, examples: int, seconds: float, numeric: bool) -> Iterator[Found]:
    evidence: dict[str, StatementEvidence] = {}
    if numeric:
        from numeric.judge import judge_statement

        found = judge_statement(group[0].statement, group, seed, examples, max(examples // 10, 1))
        evidence = {e.name: e for e in found}
    for derivation in group:
        yield prove(derivation, seed, seconds), evidence.get(derivation.name)


def certify(proof: Proof, found: StatementEvidence | None = None) -> Certificate:
    """The joint verdict: the proof's, unless the evidence contradicts it."""
    verdict = proof.verdict
    if found is None:
        return Certificate(proof, verdict)
    if not found.agrees:
        against = ", ".join(name for name, e in found.judges().items() if not e.agrees)
        point = {name: array.tolist() for name, array in found.inputs.items()}
        if verdict.is_proved:
            reason = f"proved, but {against} disagrees at {point}"
            verdict = replace(verdict, status=Status.INCONSISTENT, reason=reason)
        elif not verdict.is_refuted:
            verdict = Verdict(Status.UNDECIDED, verdict.method, reason=f"{against} disagrees at {point}")
    return Certificate(proof, verdict, found.as_json())
