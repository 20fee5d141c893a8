"""One pass over a document: every relation sign in order to its record, under one choice of readings.

What is read here is whether there is something to check at all, and within which budget; what an equation is and what
becomes of it is `equations`, and what it does to the truth of its chain `effects`.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from derivations.atoms import UnsupportedExpressionError
from derivations.kernels import BudgetExceededError, budget, deadline
from derivations.notes.equations import Equations
from derivations.notes.following import Trace, traced
from derivations.notes.interpreting.ahead import Late, said_ahead
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.layers import layers_named
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.naming import WatchedChoices
from derivations.notes.judging.defining import line_of
from derivations.notes.judging.effects import Effects
from derivations.notes.judging.statements import STATEMENTS, is_of_one_place, says_what_there_is
from derivations.notes.judging.updates import is_update
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import Why, holds_where, reason_of, why

__all__ = ["Reading"]

OPERATIONS, SECONDS = 200_000, 4.0  # of a step, and of a formula
_FAULTS = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError, re.error)
_MOST_PAIRED = 16  # ways of pairing the brackets of a step
DEFINING = (":=", r"\equiv", r"\triangleq")
NAMING = (*DEFINING, "=:")  # what stands before the sign may be what the name behind it is
ASSIGNMENTS = (":=", "=:", r"\gets", r"\leftarrow", r"\equiv", r"\triangleq")


@dataclass
class Reading(Equations, Effects):
    """One pass over a document under one choice of what its notation leaves open."""

    spent: Counter[int] = field(default_factory=Counter)  # nanoseconds on each formula, in all readings
    seconds: float = SECONDS  # for each formula
    late: list[Late] = field(default_factory=list)  # names that are used before they are defined, and wait for others

    def run(self, until: Step | None = None) -> list[StepRecord]:
        """The records of the steps in their order, all of them or those up to one."""
        return self.traced(until, is_followed=False).records

    def traced(self, until: Step | None = None, others: Sequence[Trace] = (), is_followed: bool = True) -> Trace:
        """What was done at the steps, and by `others` at them; is_followed: whether others may follow this one."""
        self.choices = WatchedChoices(self.choices)
        self.layers = layers_named(self.document, self.signature)
        self._bind_means()
        ahead, self.late = said_ahead(self.document, self.signature)
        for step, head in ahead:
            self._bind_ahead(step, head)
        self.step_consulted.clear()
        steps = self.document.steps
        wanted = next((place for place, step in enumerate(steps) if step is until), len(steps))
        return traced(self, steps[: wanted + 1], self._timed, others, is_followed)

    def _bind_ahead(self, step: Step, head: Head) -> None:
        """Bind a name before the step that defines it is read."""
        assert step.left is not None and step.left.node is not None
        assert step.right is not None and step.right.node is not None
        self.step_consulted.append(False)
        with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError, BudgetExceededError):
            with budget(OPERATIONS, SECONDS):
                self._bind(step, head, step.right.node, ahead=True)
                self._bind_layers(step, step.left.node, step.right.node)
            self.ahead.add((step.formula, step.chain, step.relation))

    def _bind_late(self, step: Step) -> None:
        """Bind the names that are used from here on and defined further on, by what is known here."""
        for name in list(self.late):
            if name.step.formula <= step.formula:
                self.late.remove(name)
            elif name.used <= step.formula and all(map(self.scope.of, name.needs)):
                self.late.remove(name)
                self._bind_ahead(name.step, name.head)
                self.step_consulted.pop()

    def _timed(self, step: Step) -> StepRecord:
        before = time.thread_time_ns()
        try:
            with deadline(self.seconds - self.spent[step.formula] / 1e9):
                self._bind_late(step)
                return self._record(step)
        finally:
            self._remember(step)
            self.spent[step.formula] += time.thread_time_ns() - before

    def _record(self, step: Step) -> StepRecord:
        record = self._blank(step)
        self.step_consulted.append(False)
        for kind in (self._unread, self._assignment, self._relation):
            found = kind(step, record)
            if found is not None:
                return found
        assert step.left is not None and step.right is not None
        assert step.left.node is not None and step.right.node is not None
        checked = self._checked(step, step.left.node, step.right.node, record)
        return self._unless_statement(step.left.node, step.right.node, checked, record)

    def _unless_statement(self, left: Node, right: Node, checked: StepRecord, record: StepRecord) -> StepRecord:
        """A step that is not held, unless it says how values follow one another, or what names there are."""
        if checked.verdict in ("undecided", "unsupported", "refuted") and is_update(left, right):
            return replace(record, verdict="definition", method="assignment", reason="an update: nothing to check")
        if checked.verdict in ("undecided", "unsupported") and says_what_there_is(left, right):
            return replace(record, verdict="definition", method="statement", reason="it says what names there are")
        unvalued = checked.verdict == "undecided" and why(checked.reason) is Why.NO_VALUE
        if unvalued and is_of_one_place(left, right):
            return replace(
                record, verdict="definition", method="definition", reason="it says what a name is at one place"
            )
        return checked

    def _unread(self, step: Step, record: StepRecord) -> StepRecord | None:
        """The record of what is not to be checked, or can't be read in full."""
        if self._is_ignored(step):
            return replace(record, verdict="definition", method="ignored", reason="ignored, as a comment says")
        members = self.document.formulas[step.formula].chains[step.chain].members
        if step.left is None and step.right is None and len(members) == 2:
            return replace(record, verdict="definition", method="statement", reason="a sign by itself: no equation")
        if step.sign.sign == r"\sim":
            return replace(record, verdict="definition", method="statement", reason="a statement, not an equation")
        if step.right is None and isinstance(members[0], ast.Symbol) and self._is_said_in_words(step, members):
            return replace(record, verdict="definition", method="statement", reason="what it is, is said in words")
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            return replace(record, verdict="unsupported", method="language", reason="nothing is written on one side")
        unread = self._unread_with(step, members)
        if unread is not None:
            return replace(record, verdict="unsupported", method="reading", reason=_unread_reason(unread))
        for side in (step.left, step.right):
            if isinstance(side.node, ast.Unread):
                found = self._with_brackets(step, record)
                reason = _unread_reason(side.node)
                return found or replace(record, verdict="unsupported", method="reading", reason=reason)
        return None

    def _with_brackets(self, step: Step, record: StepRecord) -> StepRecord | None:
        """The record of a step whose brackets don't pair, where it holds with them paired in some way."""
        assert step.left is not None and step.right is not None
        sides = (_as_may_be_meant(side.node) for side in (step.left, step.right))
        for left, right in itertools.islice(itertools.product(*sides), _MOST_PAIRED):
            meant = replace(step, left=replace(step.left, node=left), right=replace(step.right, node=right))
            with contextlib.suppress(*_FAULTS, BudgetExceededError, RecursionError), self.scope.trial():
                with budget(OPERATIONS, SECONDS):
                    judged = self._claimed(meant, left, right)
                if judged.verdict.status.value in HELD:
                    reason = holds_where(f"its brackets are meant so: {render(left)} = {render(right)}")
                    return replace(self._judged(record, judged), verdict="supported", reason=reason)
        return None

    def _is_said_in_words(self, step: Step, members: Sequence[Node | None]) -> bool:
        """Whether words go on behind a name and a sign: $s_l =$ the number of units."""
        after = self.document.formulas[step.formula].context.after.lstrip(" ")
        return len(members) == 2 and members[1] is None and after[:1].isalpha()

    def _unread_with(self, step: Step, members: Sequence[Node | None]) -> ast.Unread | None:
        """What can't be read of a chain, before the step or in its row; what stands in a later row leaves it alone."""
        assert step.right is not None
        formula = self.document.formulas[step.formula]
        for position, member in enumerate(members):
            if isinstance(member, ast.Unread) and not member.mended:
                row = formula.place_of(member.span)[0].line
                if position <= step.right.member or row <= step.right.end_place.line:
                    return member
        return None

    def _assignment(self, step: Step, record: StepRecord) -> StepRecord | None:
        """The record of a := b, which defines a new name as an equation does, and else changes the value of one."""
        assert step.left is not None and step.right is not None
        left, right = step.left.node, step.right.node
        assert left is not None and right is not None
        if step.sign.sign in DEFINING and self._is_new(left, right):
            with contextlib.suppress(BudgetExceededError, RecursionError), budget(OPERATIONS, SECONDS):
                return self._equation(step, left, right, record)
        if step.sign.sign in NAMING and self._is_new(right, left):  # ∂E/∂o_k = o_k - t_k ≡ \delta_k
            with contextlib.suppress(BudgetExceededError, RecursionError), budget(OPERATIONS, SECONDS):
                return self._equation(replace(step, left=step.right, right=step.left), right, left, record)
        if step.sign.sign not in ASSIGNMENTS:
            return None
        unusable = (BudgetExceededError, RecursionError, ArithmeticError, LookupError, ValueError)
        with contextlib.suppress(*unusable), budget(OPERATIONS, SECONDS):
            self._assigned(step)
            replaced = self._replaced(step, left, right) if step.sign.sign in DEFINING else None
            if replaced is not None:
                return self._define(step, replaced, left, right, record)
        return replace(record, verdict="definition", method="assignment", reason="an assignment: nothing to check")

    def _relation(self, step: Step, record: StepRecord) -> StepRecord | None:
        """The record of a relation that is no equation."""
        if step.sign.sign == "=":
            return None
        if step.sign.sign in STATEMENTS:
            return replace(record, verdict="definition", method="statement", reason="a statement, not an equation")
        reason = f"the relation {step.sign.sign} is not an equation"
        return replace(record, verdict="unsupported", method="language", reason=reason)

    def _checked(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """The record of an equation, within its budget; no fault of ours keeps the rest of the file from being read."""
        try:
            with budget(OPERATIONS, SECONDS):
                found = self._equation(step, left, right, record)
                if found.verdict in ("undecided", "unsupported"):
                    found = self._put_in(left, right, found)
                self._keep_matrices(step, found)
                return self._with_effect(step, found)
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            return replace(record, verdict="unsupported", method="language", reason=reason_of(error))
        except BudgetExceededError as error:
            return replace(record, verdict="undecided", method="budget", reason=f"out of budget: {error}")
        except RecursionError:
            return replace(record, verdict="undecided", method="budget", reason="nested too deeply")
        except _FAULTS as error:
            return replace(record, verdict="undecided", method="internal", reason=f"internal error: {error!r}")

    def _is_new(self, left: Node, right: Node) -> bool:
        """Whether a bare name that has no value is said to be something else: a definition, and no update."""
        head = head_of(left, self.signature)
        return head is not None and left not in walk(right) and self._is_open(head) and not self._has_value(head)

    def _is_ignored(self, step: Step) -> bool:
        """Whether the formula is the first after a comment `<!-- verify: ignore -->`."""
        place = self.document.formulas[step.formula].place
        before = self.document.formulas[step.formula - 1].place if step.formula else None
        return any(
            comment.text.split()[:1] == ["ignore"]
            and comment.place < place
            and (before is None or before < comment.place)
            for comment in self.document.comments
        )

    def _blank(self, step: Step) -> StepRecord:
        left, right = step.left, step.right
        place = right.place if right is not None else step.place
        end = right.end_place if right is not None else step.place
        return StepRecord(
            step.formula,
            step.relation,
            place.line,
            place.column,
            end.line,
            end.column,
            left.place.line if left is not None else step.place.line,
            left.latex if left is not None else "",
            right.latex if right is not None else "",
            "unsupported",
        )

    def _replaced(self, step: Step, left: Node, right: Node) -> Head | None:
        """A name that has a value and is defined anew, not updated by itself.

        \\delta_k \\equiv y_k - t_k and \\delta_j \\equiv … are two names, of which none is known from there on.
        """
        head = head_of(left, self.signature)
        if head is None or not self._has_value(head) or any(part == left for part in walk(right)):
            return None
        letters = [index.letter for index in head.ref.indices]
        for entry in self.scope.of(head.ref.key):
            own = () if entry.definition is None else getattr(entry.definition.target, "indices", ())
            if letters and len(own) == len(letters) and [str(i) for i in own] != letters:
                self.stale[entry.line] = line_of(step)
                return None
        return head


def _unread_reason(unread: ast.Unread) -> str:
    return f"the chain can't be read in full: {unread.reason}"


def _as_may_be_meant(node: Node | None) -> tuple[Node, ...]:
    """What a side may say: itself, or where its brackets don't pair, what it says with them paired."""
    if isinstance(node, ast.Unread):
        return node.mended
    return () if node is None else (node,)
