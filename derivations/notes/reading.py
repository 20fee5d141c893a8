"""One pass over a document: every relation sign in order to its record, under one choice of readings.

What a step is (a definition, a claim, a condition, an equation to be solved) is decided here; how a claim is judged is
`judge`, how a name is bound `defining`, what excuses a step `excusing`, and what it does to the truth `effects`.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from derivations.indexed import UnsupportedExpressionError
from derivations.kernels import BudgetExceededError, budget, deadline
from derivations.notes.following import Trace, traced
from derivations.notes.interpreting.ahead import said_ahead
from derivations.notes.interpreting.applications import of_others
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.fitting import is_loss
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.layers import layers_named
from derivations.notes.interpreting.names import CircularError, UnsupportedNoteError
from derivations.notes.interpreting.naming import WatchedChoices
from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.judging.conditions import is_condition
from derivations.notes.judging.defining import Defining, line_of
from derivations.notes.judging.distributions import SUMS_TO_ONE
from derivations.notes.judging.doubts import ROUNDING
from derivations.notes.judging.effects import Effects
from derivations.notes.judging.excusing import Excusing
from derivations.notes.judging.extremal import same_place
from derivations.notes.judging.implied import implied
from derivations.notes.judging.judge import HELD, STATEMENTS, own_chain
from derivations.notes.judging.meant import Meant
from derivations.notes.judging.modelled import Modelled
from derivations.notes.judging.numbers import Numbers, is_number
from derivations.notes.judging.solved import SOLVING
from derivations.notes.judging.unstated import Unstated
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.render import render
from derivations.notes.report import StepRecord
from derivations.verdict import Status

__all__ = ["Reading"]

OPERATIONS, SECONDS = 200_000, 4.0  # of a step, and of a formula
DEFINING = (":=", r"\equiv", r"\triangleq")
ASSIGNMENTS = (":=", r"\gets", r"\leftarrow", r"\equiv", r"\triangleq")


@dataclass
class Reading(Meant, Defining, Excusing, Numbers, Unstated, Modelled, Effects):
    """One pass over a document under one choice of what its notation leaves open."""

    derived: dict[str, Side] = field(default_factory=dict)
    spent: Counter[int] = field(default_factory=Counter)  # nanoseconds on each formula, in all readings
    seconds: float = SECONDS  # for each formula
    ahead: set[tuple[int, int, int]] = field(default_factory=set)
    implied: set[str] = field(default_factory=set)  # names defined by equations in which they don't stand alone
    other_sigma: bool = False  # σ was last said to be tanh, max(0, ·) or the like

    def run(self, until: Step | None = None) -> list[StepRecord]:
        """The records of the steps in their order, all of them or those up to one."""
        return self.traced(until).records

    def traced(self, until: Step | None = None, others: Sequence[Trace] = ()) -> Trace:
        """What was done at the steps; others: what other readings of the document did at them."""
        self.choices = WatchedChoices(self.choices)
        self.layers = layers_named(self.document, self.signature)
        self._bind_means()
        for step, head in said_ahead(self.document, self.signature):
            assert step.right is not None and step.right.node is not None
            self.step_consulted.append(False)
            with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError, BudgetExceededError):
                with budget(OPERATIONS, SECONDS):
                    self._bind(step, head, step.right.node)
                self.ahead.add((step.formula, step.chain, step.relation))
        self.step_consulted.clear()
        steps = self.document.steps
        wanted = next((place for place, step in enumerate(steps) if step is until), len(steps))
        return traced(self, steps[: wanted + 1], self._timed, others)

    def _timed(self, step: Step) -> StepRecord:
        before = time.thread_time_ns()
        try:
            with deadline(self.seconds - self.spent[step.formula] / 1e9):
                return self._record(step)
        finally:
            self._remember(step)
            self.spent[step.formula] += time.thread_time_ns() - before

    def _record(self, step: Step) -> StepRecord:
        record = self._blank(step)
        self.step_consulted.append(False)
        if self._is_ignored(step):
            return replace(record, verdict="definition", method="ignored", reason="ignored, as a comment says")
        members = self.document.formulas[step.formula].chains[step.chain].members
        if step.left is None and step.right is None and len(members) == 2:
            return replace(record, verdict="definition", method="statement", reason="a sign by itself: no equation")
        if step.sign.sign == r"\sim":
            return replace(record, verdict="definition", method="statement", reason="a statement, not an equation")
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            return replace(record, verdict="unsupported", method="language", reason="nothing is written on one side")
        for member in members:
            if isinstance(member, ast.Unread):
                reason = f"the chain can't be read in full: {member.reason}"
                record = replace(record, reason=reason, method="reading")
                return replace(record, verdict="unsupported")
        for side in (step.left, step.right):
            if isinstance(side.node, ast.Unread):
                return replace(record, verdict="unsupported", method="reading", reason=side.node.reason)
        if step.sign.sign in DEFINING and self._is_new(step.left.node, step.right.node):
            with contextlib.suppress(BudgetExceededError, RecursionError), budget(OPERATIONS, SECONDS):
                return self._equation(step, step.left.node, step.right.node, record)
        if step.sign.sign in ASSIGNMENTS:
            unusable = (BudgetExceededError, RecursionError, ArithmeticError, LookupError, ValueError)
            with contextlib.suppress(*unusable), budget(OPERATIONS, SECONDS):
                self._assigned(step)
                replaced = step.sign.sign in DEFINING and self._replaced(step, step.left.node, step.right.node)
                if replaced:
                    return self._define(step, replaced, step.left.node, step.right.node, record)
            return replace(record, verdict="definition", method="assignment", reason="an assignment: nothing to check")
        if step.sign.sign != "=":
            if step.sign.sign in STATEMENTS:
                return replace(record, verdict="definition", method="statement", reason="a statement, not an equation")
            reason = f"the relation {step.sign.sign} is not an equation"
            return replace(record, verdict="unsupported", method="language", reason=reason)
        try:
            with budget(OPERATIONS, SECONDS):
                found = self._equation(step, step.left.node, step.right.node, record)
                if found.verdict in ("undecided", "unsupported"):
                    found = self._put_in(step.left.node, step.right.node, found)
                self._keep_matrices(step, found)
                return self._with_effect(step, found)
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            return replace(record, verdict="unsupported", method="language", reason=str(error))
        except BudgetExceededError as error:
            return replace(record, verdict="undecided", method="budget", reason=f"out of budget: {error}")
        except RecursionError:
            return replace(record, verdict="undecided", method="budget", reason="nested too deeply")
        except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
            # ours: the rest of the file is read
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

    def _equation(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        if left == ast.Number("0") and not isinstance(right, ast.Number):
            return self._equation(replace(step, left=step.right, right=step.left), right, left, record)
        chain = self.document.formulas[step.formula].chains[step.chain]
        if is_condition(left, right, self.signature, self.scope):
            worked = self._worked_out(step, left, right)
            if worked is not None:
                return self._judged(record, worked)
            self._note_value(step, left, right)
            return replace(record, verdict="definition", method="condition", reason="a condition: nothing to check")
        assert step.left is not None and step.right is not None
        own = step.left.formula == step.formula and step.left.chain == step.chain and step.left.member == 0
        follows = chain.members[0] is None
        at = step.left.member
        arrow = step.left.chain == step.chain and 0 < at <= len(chain.relations) and chain.relations[at - 1].sign != "="
        begins = own or arrow or (step.left.member == 0 and not follows)
        head = head_of(left, self.signature)
        if (step.formula, step.chain, step.relation) in self.ahead:
            return replace(record, verdict="definition", method="definition")
        is_new = head is not None and (not self._has_value(head) or self._is_total(head, right))
        if head is not None and is_new and (begins or self._is_open(head)):
            solution = self._solution(step, left, right)
            if solution is not None:
                if not self._is_varied(head, right) and not self._is_solution(step, left):
                    with contextlib.suppress(CircularError):  # \hat\mu is a name of its own
                        self._define(step, head, left, right, record)
                return self._judged(record, solution)
            if self._is_varied(head, right) and not any(isinstance(n, ast.Matrix) for n in walk(right)):
                reason = "a value of what is differentiated by: nothing to check"
                return replace(record, verdict="definition", method="condition", reason=reason)
            if self._is_solution(step, left):
                reason = "a solution of what was set to zero: no definition, since the name is what is solved for"
                return replace(record, verdict="definition", method="condition", reason=reason)
            try:
                return self._as_slope(step, left, right, self._define(step, head, left, right, record))
            except CircularError as error:
                reason = f"its value can't be used: {error}"
                return replace(record, verdict="definition", method="definition", reason=reason)
        other = head_of(right, self.signature)
        if other is not None and self._is_open(other) and not self._has_value(other):
            with contextlib.suppress(CircularError):  # then it is no name for the left side, but a claim about it
                return self._define(replace(step, left=step.right, right=step.left), other, right, left, record)
        extremal = same_place(left, right, self.seed, lambda one, other: self._under(step, one, other))
        if extremal is not None:
            return self._judged(record, extremal)
        composed = head is None or head.ref.key == "logit"
        of_terms = isinstance(left, ast.Product) and isinstance(left.factors[0].body, ast.BigOperator)
        found = implied(left, right, self.signature) if composed else None
        of_chance = found is not None and "(" in found[0].ref.key  # -\ln p(t|w) in the midst of a chain, too
        said = self._implied(step, left, right, record) if composed and (begins or of_terms or of_chance) else None
        if said is not None:
            return said
        stated = self._said_by_derivative(left, right) if begins else None
        if stated is not None and self._is_unknown_subject(stated[2]):
            with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
                self._bind(step, *stated[:2])
                reason = "what a loss is, as its derivative says"
                return replace(record, verdict="definition", method="definition", reason=reason)
        subject = subject_of(left)
        if subject is not None and begins and self._is_unknown_subject(subject):
            return self._derived(step, left, record)
        if begins and _is_sigma_of_name(left) and not is_number(right):
            self.other_sigma = not any(_is_exponential(n) for n in walk(right))
            if self.other_sigma:
                reason = "σ is another function here than the logistic one"
                return replace(record, verdict="definition", method="definition", reason=reason)
        judged = self._claimed(step, left, right)
        if not judged.verdict.is_proved and not (begins and head is None and subject is None):
            worked_out = self._worked_out(step, left, right)
            if worked_out is not None and not (right == ast.Number("0") and not worked_out.verdict.is_proved):
                judged = worked_out  # A = 0 that the values don't give is to be solved
        if judged.verdict.status is Status.UNDECIDED and judged.verdict.method != "budget":
            judged = self._with_ties(step, left, right) or judged
        if judged.verdict.status is Status.UNDECIDED and judged.verdict.method != "budget":
            judged = self._with_model(step, left, right) or judged
        judged = self._by_means(judged)
        record = self._judged(record, judged)
        if record.method == "values":
            return record
        if record.verdict in HELD and right == ast.Number("0") and subject is not None and begins and is_loss(subject):
            reason = "an equation to be solved"  # no loss is claimed to be flat
            return replace(record, verdict="definition", method="condition", reason=reason)
        if self.other_sigma and record.verdict in (*HELD, "refuted") and _mentions_sigma(left, right):
            reason = "σ was said to be another function than the logistic one"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if record.verdict == "refuted":
            record = self._continues_before(step, right, record)
        if record.verdict == "refuted":
            record = self._excused(step, left, right, begins, judged, record)
        if record.verdict == "refuted" and judged.left is not None:
            record = self._unstated(step, left, right, judged, record)
        if record.verdict == "refuted" and begins and composed:
            record = self._implied(step, left, right, record) or record
        if record.verdict == "unsupported" and begins and head is not None and self._is_of_others(head, record):
            with contextlib.suppress(CircularError):
                return self._define(step, head, left, right, record)
        if record.verdict == "refuted":
            record = self._unless_usual(judged, record)
        if record.verdict == "undecided" and record.reason == SUMS_TO_ONE and right == ast.Number("1"):
            return replace(record, verdict="definition", method="assumption", reason="an assumption")
        if record.verdict == "undecided" and record.reason == ROUNDING:
            record = self._as_rounded(step, left, right, record)
        if record.verdict == "unsupported" and begins:
            self._said_again(step, left)
        if record.verdict in ("refuted", "undecided"):
            begins = begins or (own_chain(step) and self._names_before(chain, step.left.member))
        follows = head is None and subject is None and 0 <= step.formula - self.zeroed_at <= SOLVING
        asked = not begins or follows and record.verdict == "undecided"
        if record.verdict not in HELD and isinstance(right, ast.Number) and right.text == "0" and asked:
            if judged.left is not None and judged.equation is not None:
                self.scope.zeroed.append(judged.left)
                self.zeroed_at = step.formula
            reason = "set to zero: an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        if right == ast.Number("0") and record.verdict in ("undecided", "unsupported"):
            self.zeroed_at = step.formula  # what follows may be solved of it, whatever it is
        if head is not None and begins and record.verdict not in HELD:
            record = self._redefine(step, head, left, right, record)
            if record.verdict == "refuted" and _is_one_place(left, right, head):
                reason = f"{record.left} may be a name of its own, and no entry of {head.ref.key}"
                return replace(record, verdict="conflict", reason=reason)
            return record
        unknown = record.verdict == "undecided" and "is not defined here" in str(record.reason)
        if (unknown or record.verdict == "unsupported") and step.left.member > 0:
            self._continued(step, chain, right)
        if record.verdict == "refuted" and subject is not None and begins:
            return self._restated(step, subject, left, right, record)
        return record

    def _implied(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord | None:
        """An equation that is solved for the one name in its left side, which no other kind of equation defines."""
        found = implied(left, right, self.signature)
        if found is None or step.left is None:
            return None
        head, name, value = found
        key = head.ref.key
        again = record.verdict == "refuted" and key in self.implied
        is_known = self._has_value(head) or key in self.scope.unusable or key in self.signature.size.values()
        if not again and (is_known or not self._is_open(head)):
            return None
        with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
            self._bind(replace(step, left=replace(step.left, node=name)), head, value)
            self.implied.add(key)
            if again:
                reason = f"{key} was said to be something else before"
                return replace(record, verdict="conflict", witness=None, reason=reason)
            return replace(record, verdict="definition", method="definition", reason=f"it says what {key} is")
        return None

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

    def _is_of_others(self, head: Head, record: StepRecord) -> bool:
        """Whether a function is stated of other things than those of which it was defined: f(x, y) after f(x)."""
        return bool(head.arguments) and record.reason == of_others(head.ref.key)

    def _names_before(self, chain: ast.Chain, member: int) -> bool:
        """Whether a side and all before it are bare names: what follows is a value for each, as in x = g(u) = u + c."""
        return all(m is not None and head_of(m, self.signature) is not None for m in chain.members[: member + 1])

    def _is_unknown_subject(self, node: Node) -> bool:
        head = head_of(node, self.signature)
        if head is None or self._has_value(head):
            return False
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        usual = speaker._usual_name(head.ref)
        letter = head.ref.key[:1]
        return (
            usual == head.ref
            and (letter.isupper() or letter == "\\" or len(head.ref.key) > 2)
            and (
                head.ref.key not in ("X", "Y", "W")
                and not speaker.is_primitive(head.ref.key)
                or head.ref.key in ("C", "T")
            )
        )

    def _derived(self, step: Step, left: Node, record: StepRecord) -> StepRecord:
        """The derivative of something that has no definition: first stated, then compared with what was stated."""
        key = render(left)
        before = self.derived.get(key)
        assert step.right is not None
        if before is None:
            self.derived[key] = step.right
            assert step.right.node is not None
            judged = self._claimed(step, left, step.right.node)
            if judged.verdict.is_proved:  # for any function, by what it is differentiated by
                return self._judged(record, judged)
            reason = "the derivative of a name that has no definition here: nothing to check"
            return replace(record, verdict="definition", method="definition", reason=reason)
        assert before.node is not None and step.right.node is not None
        judged = self._claimed(replace(step, left=before), before.node, step.right.node)
        record = self._judged(record, judged)
        if record.verdict == "refuted":
            self.derived[key] = step.right
            return replace(record, verdict="conflict", reason=f"it was stated otherwise in line {before.place.line}")
        return record


def _is_one_place(left: Node, right: Node, head: Head) -> bool:
    """Whether a bare name has numbers for indices, f_1 or z^{(2)}, that do not stand on the right as well."""
    numbers = [i for i in head.ref.indices if i.letter is None]
    if not numbers or len(numbers) < len(head.ref.indices) or not isinstance(left, ast.Symbol):
        return False
    written = (*left.subscripts, *left.superscripts)
    names = [n for n in walk(right) if isinstance(n, ast.Symbol) and (n.subscripts or n.superscripts)]
    return not names or any((*n.subscripts, *n.superscripts) != written for n in names)


def _is_sigma_of_name(left: Node) -> bool:
    r"""\sigma(z)."""
    if not isinstance(left, ast.Product) or len(left.factors) != 2:
        return False
    name, group = (f.body for f in left.factors)
    plain = isinstance(name, ast.Symbol) and name.name == r"\sigma" and not name.primes
    return plain and isinstance(group, ast.Group) and isinstance(group.body, ast.Symbol)


def _is_exponential(node: object) -> bool:
    named = isinstance(node, ast.Function) and node.name == "exp"
    return named or isinstance(node, ast.Symbol) and node.name in ("e", r"\sigma", "sigmoid", "logistic")


def _mentions_sigma(*sides: Node) -> bool:
    return any(isinstance(n, ast.Symbol) and n.name == r"\sigma" for side in sides for n in walk(side))
