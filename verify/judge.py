"""The judge: the exact proof and the floating-point evidence of each claim, joined to a certificate.

The proof decides over the reals, for every size; the numeric judges look at compiled code at the
points they list. When they contradict each other the verdict is `INCONSISTENT`, which is a bug here
and never the user's.

Statements are independent, so many of them are shared out to one process per core (`processes`), which hands
back verdicts and evidence, not expressions. Those about the same inputs are judged in numbers together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING, Any

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
    for proof, found in work(groups, _about_the_same_inputs(groups), seed, examples, seconds, numeric):
        yield certify(proof, found)


def _about_the_same_inputs(groups: list[list[Derivation]]) -> list[list[int]]:
    """The numbers of the groups that `judge_statements` can take together."""
    found: dict[object, list[int]] = {}
    for number, group in enumerate(groups):
        s = group[0].statement
        found.setdefault(number if s.positive else (s.variables, s.ranges, s.minimum), []).append(number)
    return list(found.values())


def _in_turn(
    groups: list[list[Derivation]], together: list[list[int]], seed: int, examples: int, seconds: float, numeric: bool
) -> Iterator[Found]:
    for numbers in together:
        judged = [groups[number] for number in numbers]
        for group, evidence in zip(judged, _evidence(judged, seed, examples, numeric), strict=True):
            for derivation, found in zip(group, evidence, strict=True):
                yield prove(derivation, seed, seconds), found


def _in_processes(
    groups: list[list[Derivation]], together: list[list[int]], seed: int, examples: int, seconds: float, numeric: bool
) -> Iterator[Found]:
    """Proofs and evidence apart, to be shared out in smaller pieces."""
    _GROUPS[:] = groups
    with worker_pool(len(groups)) as pool:
        # evidence first, and the longest of it and of the proofs, so that the last to finish is a short one
        order = sorted(together, key=lambda numbers: -sum(len(groups[number]) for number in numbers))
        judged = {pool.submit(_evidence_numbered, numbers, seed, examples, numeric): numbers for numbers in order}
        by_length = sorted(range(len(groups)), key=lambda number: -sum(len(d.steps) for d in groups[number]))
        proved = {pool.submit(_proved_numbered, number, seed, seconds): number for number in by_length}
        proofs: dict[int, list[DetachedProof]] = {}
        evidence: dict[int, list[StatementEvidence | None]] = {}
        waiting: list[Future[Any]] = [*judged, *proved]
        for future in as_completed(waiting):
            if future in judged:
                numbers = judged[future]
                evidence.update(zip(numbers, future.result(), strict=True))
            else:
                numbers = [proved[future]]
                proofs[numbers[0]] = future.result()
            for number in numbers:
                if number in proofs and number in evidence:
                    for derivation, proof, found in zip(groups[number], proofs[number], evidence[number], strict=True):
                        yield proof.restored(derivation), found


def _proved_numbered(number: int, seed: int, seconds: float) -> list[DetachedProof]:
    return [prove(derivation, seed, seconds).detached() for derivation in _GROUPS[number]]


def _evidence_numbered(
    numbers: list[int], seed: int, examples: int, numeric: bool
) -> list[list[StatementEvidence | None]]:
    return _evidence([_GROUPS[number] for number in numbers], seed, examples, numeric)


def _evidence(
    groups: list[list[Derivation]], seed: int, examples: int, numeric: bool
) -> list[list[StatementEvidence | None]]:
    """The evidence for each derivation of groups about the same inputs."""
    if not numeric:
        return [[None] * len(group) for group in groups]
    from numeric.judge import judge_statements

    found = judge_statements([(group[0].statement, group) for group in groups], seed, examples, max(examples // 10, 1))
    return [list(own) for own in found]


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
