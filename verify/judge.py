"""The judge: the exact proof and the floating-point evidence of each claim, joined to a certificate.

The proof decides over the reals, for every size; the numeric judges look at compiled code at the
points they list. When they contradict each other the verdict is `INCONSISTENT`, which is a bug here
and never the user's. The numeric work of one statement is compiled together, in a second thread
that runs while the next proofs are found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.proof import Proof, prove
from derivations.statement import Derivation, Statement
from derivations.verdict import Status, Verdict

from .certificate import Certificate

if TYPE_CHECKING:
    from numeric.judge import StatementEvidence

__all__ = ["certify", "judge"]


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
    groups: dict[int, list[Derivation]] = {}
    for derivation in derivations:
        groups.setdefault(id(derivation.statement), []).append(derivation)
    if not numeric:
        for group in groups.values():
            for derivation in group:
                yield certify(prove(derivation, seed, seconds))
        return
    with ThreadPoolExecutor(1) as pool:
        pending: list[tuple[list[Derivation], Future[dict[str, StatementEvidence]]]] = []
        try:
            for group in groups.values():
                pending.append((group, pool.submit(_evidence, group[0].statement, group, seed, examples)))
            for group, future in pending:
                proofs = [prove(derivation, seed, seconds) for derivation in group]
                evidence = future.result()
                for proof in proofs:
                    yield certify(proof, evidence.get(proof.derivation.name))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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


def _evidence(statement: Statement, group: list[Derivation], seed: int, examples: int) -> dict[str, StatementEvidence]:
    from numeric.judge import judge_statement

    differences = max(examples // 10, 1)
    return {e.name: e for e in judge_statement(statement, group, seed, examples, differences)}
