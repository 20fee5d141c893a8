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
from typing import Any

from derivations.proof import Proof, prove
from derivations.statement import Derivation, Statement
from derivations.verdict import Status, Verdict

from .certificate import Certificate

__all__ = ["certify", "judge"]

Evidence = dict[str, dict[str, Any]]


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
                yield certify(prove(derivation, seed, seconds), {})
        return
    with ThreadPoolExecutor(1) as pool:
        pending: list[tuple[list[Derivation], Future[dict[str, Evidence]]]] = []
        try:
            for group in groups.values():
                pending.append((group, pool.submit(_evidence, group[0].statement, group, seed, examples)))
            for group, future in pending:
                proofs = [prove(derivation, seed, seconds) for derivation in group]
                evidence = future.result()
                for proof in proofs:
                    yield certify(proof, evidence.get(proof.derivation.name, {}))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def certify(proof: Proof, evidence: Evidence) -> Certificate:
    """The joint verdict: the proof's, unless the evidence contradicts it."""
    against = [name for name, found in evidence.items() if found.get("verdict") == "refuted"]
    verdict = proof.verdict
    if against and verdict.is_proved:
        verdict = replace(
            verdict,
            status=Status.INCONSISTENT,
            reason=f"proved, but {' and '.join(against)} disagree at {evidence[against[0]].get('at')}",
        )
    elif against and not verdict.is_refuted:
        verdict = Verdict(Status.UNDECIDED, verdict.method, reason=f"{' and '.join(against)} disagree")
    return Certificate(proof, verdict, evidence)


def _evidence(statement: Statement, group: list[Derivation], seed: int, examples: int) -> dict[str, Evidence]:
    from numeric.judge import judge_statement

    return judge_statement(statement, group, seed=seed, examples=examples)
