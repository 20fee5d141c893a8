"""A step that is false as it stands, and what the text may mean by it instead: a suspect and an excuse.

An excuse is asked for as a part of a reading (`excusing` has them in order): from a suspect to what is said of it, or
None. It never makes a false step proved: it leaves it open, supports it in what was meant, or finds no claim in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derivations.equation import Equation
from derivations.notes.judging.cells import Judged
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.regions import Context
from derivations.notes.report import StepRecord

__all__ = ["TO_SOLVE", "Excuse", "Suspect", "left_open", "no_claim", "supported"]

TO_SOLVE = "an equation to be solved"
_NEAR = 160  # characters of the words before a formula


@dataclass(frozen=True)
class Suspect:
    """A step that is false as it stands, its sides as they are written and as expressions.

    own: its left side in the document. begins: that side is the first of what is said, and continues nothing.
    around: the prose on both sides of the formula. record: what would be reported of it.
    """

    step: Step
    own: Side
    left: Node
    right: Node
    begins: bool
    judged: Judged
    left_expr: sp.Expr
    right_expr: sp.Expr
    around: Context
    record: StepRecord

    @property
    def equation(self) -> Equation | None:
        """What was decided; None where the sides don't fit, and no equation was."""
        return self.judged.equation

    @property
    def sides(self) -> tuple[Node, Node]:
        return self.left, self.right

    @property
    def exprs(self) -> tuple[sp.Expr, sp.Expr]:
        return self.left_expr, self.right_expr

    @property
    def before(self) -> str:
        """The words just before the formula."""
        return self.around.before[-_NEAR:]

    @property
    def after(self) -> str:
        """The words just behind the formula."""
        return self.around.after[:_NEAR]


@dataclass(frozen=True)
class Excuse:
    """What is said of a suspect in place of refuted; method: None where that of the refutation stands."""

    verdict: str
    reason: str | None
    method: str | None = None

    def of(self, record: StepRecord) -> StepRecord:
        """The record of a suspect with this in place of its refutation."""
        method = record.method if self.method is None else self.method
        return replace(record, verdict=self.verdict, method=method, witness=None, reason=self.reason)


def left_open(reason: str) -> Excuse:
    """It may hold as it was meant."""
    return Excuse("undecided", reason)


def supported(reason: str, method: str | None = None) -> Excuse:
    """It holds as it was meant."""
    return Excuse("supported", reason, method)


def no_claim(method: str, reason: str) -> Excuse:
    """It says where something holds, and claims nothing."""
    return Excuse("definition", reason, method)
