"""The judge: the exact proof and the floating-point evidence of each claim, joined to a certificate.

The proof decides over the reals, for every size; the numeric judges look at compiled code at the
points they list. When they contradict each other the verdict is `INCONSISTENT`, which is a bug here
and never the user's.

Statements are independent, so many of them are shared out to one process per core: proofs are
Python and would otherwise wait for each other. The processes are forked before JAX is loaded (it
starts threads, which a fork does not carry over), and hand back verdicts and evidence, not expressions.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import replace
from typing import TYPE_CHECKING

from derivations.proof import DetachedProof, Proof, prove
from derivations.statement import Derivation, Statement
from derivations.verdict import Status, Verdict

from .certificate import Certificate

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
    work = _in_processes if len(groups) > 4 and _can_fork() else _in_turn
    for proof, found in work(groups, seed, examples, seconds, numeric):
        yield certify(proof, found)


def _can_fork() -> bool:
    return (os.cpu_count() or 1) > 1 and sys.platform == "linux" and "jax" not in sys.modules


def _in_turn(groups: list[list[Derivation]], *options: object) -> Iterator[Found]:
    for group in groups:
        yield from _judge_group(group, *options)  # type: ignore[arg-type]


def _in_processes(groups: list[list[Derivation]], *options: object) -> Iterator[Found]:
    _GROUPS[:] = groups
    workers = min(os.cpu_count() or 1, len(groups))
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("fork"), initializer=_start_worker)
    try:
        # long statements first, so that the last to finish is a short one
        order = sorted(range(len(groups)), key=lambda number: -sum(len(d.steps) for d in groups[number]))
        waiting = {pool.submit(_judge_numbered, number, *options): number for number in order}
        for future in as_completed(waiting):
            for derivation, (found, evidence) in zip(groups[waiting[future]], future.result(), strict=True):
                yield found.restored(derivation), evidence
    finally:
        for process in list((pool._processes or {}).values()):
            if sys.exc_info()[0] is not None:
                process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    # SymPy and JAX make much that is freed by its count, and caches that stay: few cycles worth looking for
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


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
