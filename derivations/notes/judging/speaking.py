"""What is known at a place of a document, and the verdict on two values that were read there.

Each side of a step has a speaker of its own, who reads it by the definitions in force; both share what they notice, and
a proof is less what was lent to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from derivations.equation import conditions_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.naming import Choices
from derivations.notes.interpreting.quotients import operand_of
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.signature import Signature
from derivations.notes.interpreting.tensor import Value
from derivations.notes.judging.applied import unless_of_different_things
from derivations.notes.judging.beside import places_beside_sums
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.claims import Claim, closed
from derivations.notes.judging.deciding import judge
from derivations.notes.judging.flattened import has_transposes
from derivations.notes.judging.lent import less_what_was_lent
from derivations.notes.judging.letters import SumsWritten, letters_outside, letters_summed
from derivations.notes.parsing.parser import Document, Side, Step
from derivations.reasons import Reason, Why
from derivations.verdict import Status

__all__ = ["Speaking"]


@dataclass
class Speaking:
    """The part of a reading that reads sides and decides on what they are."""

    document: Document
    signature: Signature
    choices: Choices
    seed: int
    scope: Scope = field(default_factory=Scope)
    unknown: dict[sp.Symbol, str] = field(default_factory=dict)
    domains: dict[sp.Symbol, tuple[object, ...]] = field(default_factory=dict)
    consulted: set[str] = field(default_factory=set)
    step_consulted: list[bool] = field(default_factory=list)
    transposes: bool | None = None  # whether anything is transposed in the document
    fitting: set[str] = field(default_factory=set)
    beside: frozenset[str] = frozenset()  # what a later definition has, where an older one is tried
    vanished: set[sp.Symbol] = field(default_factory=set)  # of the step at hand: see `Namer.vanished`

    def _speaker(self, side: Side, other: Side | None = None) -> Elaborator:
        elsewhere = letters_outside(side, other)
        chain = self.document.formulas[side.formula].chains[side.chain]
        first = chain.members[0] if chain.members[0] is not None or other is None else other.node
        return Elaborator(
            self.signature,
            self.scope,
            side.formula,
            self.choices,
            unknown=self.unknown,
            domains=self.domains,
            letters_elsewhere=elsewhere,
            sums_elsewhere=self._sums_written.by_habit(side.formula).union(*map(letters_summed, chain.members)),
            slope=None if first is None else operand_of(first),
        )

    def _speakers(self, step: Step) -> tuple[Elaborator, Elaborator]:
        """One for each side of a step, who share what they notice."""
        assert step.left is not None and step.right is not None
        first, second = self._speaker(step.left, step.right), self._speaker(step.right, step.left)
        second.noticed = first.noticed
        return first, second

    @cached_property
    def _sums_written(self) -> SumsWritten:
        return SumsWritten.of(self.document)

    def _transposes(self) -> bool:
        if self.transposes is None:
            self.transposes = has_transposes(self.document)
        return self.transposes

    def _claim(self, first: Elaborator, second: Elaborator, a: Value, b: Value) -> Claim:
        """The claim that two values are the same, read by speakers who share what they noticed."""
        consulted = first.noticed.consulted
        self.consulted |= consulted
        if consulted:
            self.step_consulted[-1] = True
        first.met = {**second.met, **first.met}
        return Claim(a, b, first, beside=self.beside)

    def _decided(self, claim: Claim) -> Judged:
        judged = unless_of_different_things(judge(claim, self.seed), claim)
        if judged.verdict.is_proved:
            verdict = less_what_was_lent(judged.verdict, claim, self._transposes())
            judged = replace(judged, verdict=verdict)
        if judged.verdict.is_proved and judged.equation is not None:
            sides = claim.left.expr, claim.right.expr
            cancelled = (e for e in claim.speaker.noticed.partial if not any(side.has(e) for side in sides))
            needs = (c for e in cancelled for c in conditions_of(e, judged.equation.context))
            conditions = tuple(dict.fromkeys((*judged.verdict.conditions, *needs)))
            judged = replace(judged, verdict=replace(judged.verdict, conditions=conditions))
        self.vanished |= claim.speaker.vanished
        is_case = re.fullmatch(r"holds for \w+ ≠ \w+", judged.verdict.reason or "") is not None
        return self._unless_outside(claim, judged) if judged.verdict.is_refuted or is_case else judged

    def _unless_outside(self, claim: Claim, judged: Judged) -> Judged:
        """A claim, supported where it holds for a place whose term is added to the sum of the others.

        It is refuted without that, or holds for all others: ∂J/∂u_k of -log σ(u_o^T v) - Σ_k log σ(-u_k^T v).
        """
        values = [v for side in (claim.left, claim.right) for v in closed(side.expr, claim.speaker)[1:]]
        places = frozenset(places_beside_sums(values)) - claim.outside
        if not places or not judge(replace(claim, outside=places, needs_proof=True), self.seed).verdict.is_proved:
            return judged
        reason = Reason(f"holds where {min(map(str, places))} is none of those that are summed over", Why.ELSEWHERE)
        verdict = replace(judged.verdict, status=Status.SUPPORTED, witness=None, reason=reason)
        return replace(judged, verdict=verdict)
