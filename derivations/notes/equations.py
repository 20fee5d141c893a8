"""What an equals sign is, and what is said of it: a definition, a condition, an equation to be solved, or a claim.

    an equation ──> the first kind that it is of (`kinds`): its record
                └─> else a claim: judged, then judged with what the document ties or means; refuted only if nothing
                    around it says otherwise; what is still open may be an equation that is to be solved

What kinds there are is `kinds`, how a name is bound `defining`, or again `redefining` and `anew`, how a claim is
judged `judge`, what excuses it `excusing`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from derivations.atoms import UnsupportedExpressionError, labels_in
from derivations.equation import Equation
from derivations.functions import sigmoid, softplus
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.fitting import names_loss
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import CircularError, UnsupportedNoteError
from derivations.notes.interpreting.quotients import gradient_of, leading, subject_of
from derivations.notes.interpreting.signature import LABELS
from derivations.notes.judging.anew import Anew
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.chained import Chained
from derivations.notes.judging.claims import closed
from derivations.notes.judging.conditions import is_condition, values_listed
from derivations.notes.judging.defining import hangs_on_a_name
from derivations.notes.judging.excusing import Excusing
from derivations.notes.judging.implied import apart
from derivations.notes.judging.judge import own_chain
from derivations.notes.judging.kinds import KINDS, Kinds, Place, is_named_in
from derivations.notes.judging.logits import Logits
from derivations.notes.judging.marked import Marked
from derivations.notes.judging.softmaxed import Softmaxed
from derivations.notes.judging.systems import BY_SYSTEM
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Step
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import Reason, Why, about, holds_where, why
from derivations.verdict import Status

__all__ = ["Equations"]

_ZERO = ast.Number("0")
_SOON = 3  # formulas behind one another
_IF = r"(\b(if|when|suppose|say|assume|for|wenn|falls|si|cuando|если|при)|当|若|如果)\W*$"
_WORST = "refuted", "undecided", "unsupported", "supported", "proved", "definition", "conflict"
_OTHER_SIGMA = Reason(Why.OTHER_SIGMA.value, Why.OTHER_SIGMA)


@dataclass
class Equations(Kinds, Anew, Excusing, Logits, Softmaxed, Marked, Chained):
    """The part of a reading that says what an equation comes to."""

    def _equation(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        if left == _ZERO and not isinstance(right, ast.Number):
            return self._equation(replace(step, left=step.right, right=step.left), right, left, record)
        if is_condition(left, right, self.signature, self.scope):
            return self._condition(step, left, right, record)
        listed = values_listed(left, right)
        if listed and all(is_condition(name, value, self.signature, self.scope) for name, value in listed):
            said_each = [self._condition(step, name, value, record) for name, value in listed]
            return min(said_each, key=lambda said: _WORST.index(said.verdict))
        at = self._placed(step, left, right, record)
        said = self._said_anew(at)
        if said is not None:
            return said
        for kind in KINDS:
            found = kind(self, at)
            if found is not None:
                return found
        return self._as_claim(at)

    def _placed(self, step: Step, left: Node, right: Node, record: StepRecord) -> Place:
        assert step.left is not None and step.right is not None
        chain = self.document.formulas[step.formula].chains[step.chain]
        at, here = step.left.member, step.left.chain == step.chain
        own = step.left.formula == step.formula and here and at == 0
        arrow = here and 0 < at <= len(chain.relations) and chain.relations[at - 1].sign != "="
        begins = own or arrow or (at == 0 and chain.members[0] is not None)
        head, other = (head_of(side, self.signature) for side in (left, right))
        if head is not None and self._is_slope(head, right):
            head = None
        return Place(step, left, right, record, chain, begins, head, other, subject_of(left))

    def _is_slope(self, head: Head, right: Node) -> bool:
        """Whether a primed name is the derivative of a function of one thing: J' = J + λ|w|² is another loss."""
        key = head.ref.key.rstrip("'")
        if key == head.ref.key or head.arguments or self._has_value(head):
            return False
        terms = [term.body for term in right.terms] if isinstance(right, ast.Sum) else []
        if any(isinstance(term, ast.Symbol) and term.name == key and not term.superscripts for term in terms):
            return False
        return any(len(entry.parameters) == 1 and not entry.axes for entry in self.scope.of(key))

    def _condition(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        before = self.document.formulas[step.formula].context.before[-12:]
        worked = None if re.search(_IF, before, re.I) else self._worked_out(step, left, right)
        if worked is not None:
            return self._judged(record, worked)
        self._note_value(step, left, right)
        return replace(record, verdict="definition", method="condition", reason="a condition: nothing to check")

    def _as_claim(self, at: Place) -> StepRecord:
        whole = self._of_the_loss(at.left)
        if whole is not None:
            return self._as_slope_of(at, *whole)
        judged = self._best_judgement(at)
        record = self._judged(at.blank, judged)
        if record.method == "values":
            return record
        is_slope = at.subject is not None or gradient_of(at.left) is not None
        if record.verdict in HELD and is_slope and judged.right is not None:
            self.slopes.append(judged.right)
        said = self._no_claim(at, record)
        if said is not None:
            return said
        if record.verdict == "refuted" and judged.verdict.method != BY_SYSTEM:
            record = self._unless_excused(at, judged, record)
        said = self._said_instead(at, record)
        if said is not None:
            return said
        if record.verdict == "undecided" and why(record.reason) is Why.ROUNDED:
            record = self._as_rounded(at.step, at.left, at.right, record)
        return self._with_consequences(at, judged, record)

    def _of_the_loss(self, left: Node) -> tuple[str, Node] | None:
        r"""The loss that was defined last and its derivative, for \frac{∂}{∂m} of nothing."""
        if not isinstance(left, ast.Fraction) or leading(left.numerator) != () or not leading(left.denominator):
            return None
        for key in reversed(self.scope.entries):
            entry = next(iter(self.scope.of(key)), None)
            if entry is None or entry.definition is None or entry.axes or not key.lstrip("\\").isalpha():
                continue
            speaker = Elaborator(self.signature, self.scope, 0, self.choices)
            names = {label.name for e in closed(entry.definition.value, speaker) for label in labels_in(e)}
            if any(map(self.signature.is_label, names)):
                above = ast.Product((ast.Factor("", "", ast.Partial()), ast.Factor("", "", ast.Symbol(key))))
                return key, replace(left, numerator=above)
        return None

    def _as_slope_of(self, at: Place, loss: str, left: Node) -> StepRecord:
        """A derivative of nothing as that of the loss: supported where it holds, and never refuted."""
        assert at.step.left is not None
        step = replace(at.step, left=replace(at.step.left, node=left))
        judged = self._claimed(step, left, at.right)
        if judged.verdict.status.value not in HELD:
            return replace(at.blank, method="language", reason="a derivative of nothing")
        reason = holds_where(f"it is the derivative of {loss}")
        return replace(self._judged(at.blank, judged), verdict="supported", reason=reason)

    def _best_judgement(self, at: Place) -> Judged:
        """As it stands; else with what was worked out, with what the document ties together, with a model of it."""
        step, left, right = at.step, at.left, at.right
        judged = self._claimed(step, left, right)
        if not judged.verdict.is_proved and not (at.begins and at.head is None and at.subject is None):
            worked_out = self._worked_out(step, left, right)
            if worked_out is not None and not (right == _ZERO and not worked_out.verdict.is_proved):
                judged = worked_out  # A = 0 that the values don't give is to be solved
        plain = judged.equation
        judged = self._with_slopes(judged) or judged
        for more in self._more(plain):
            if judged.verdict.status is Status.UNDECIDED and judged.verdict.method != "budget":
                judged = more(step, left, right) or judged
        is_slope = at.subject is not None or _has_derivative(left) or _has_derivative(right)
        is_named = at.head is not None and not self._names_varied(left)
        follows = self._is_near_zero(step) or at.begins and self._is_said_to_be_solved(step)
        if follows and not is_slope and not is_named and not judged.verdict.is_proved and (at.begins or right != _ZERO):
            judged = self._of_system(step, judged) or self._of_square(step, left, right) or judged
        return self._by_means(judged, left, right)

    def _more(self, plain: Equation | None) -> tuple[Callable[[Step, Node, Node], Judged | None], ...]:
        """What a step that was left open is judged with, in this order."""
        model = partial(self._with_model, plain)
        return (
            self._with_ties,
            self._with_logit,
            self._with_softmax,
            self._with_class_marked,
            model,
            self._with_differentials,
            self._with_any_slopes,
        )

    def _no_claim(self, at: Place, record: StepRecord) -> StepRecord | None:
        subject = at.subject if at.subject is not None else gradient_of(at.left)
        if (
            record.verdict != "refuted"
            and at.right == _ZERO
            and at.begins
            and subject is not None
            and names_loss(subject, capitals=True)
        ):
            self.zeroed_at = at.step.formula
            reason = "an equation to be solved"  # no loss is claimed to be flat
            return replace(record, verdict="definition", method="condition", reason=reason)
        if self.other_sigma and record.verdict in (*HELD, "refuted") and _rests_on_sigma(at, record):
            return replace(record, verdict="undecided", witness=None, reason=_OTHER_SIGMA)
        return None

    def _unless_excused(self, at: Place, judged: Judged, record: StepRecord) -> StepRecord:
        """A refuted step, which is none if it goes on from an earlier one, or by the words around it."""
        step, left, right = at.step, at.left, at.right
        order = self._in_another_order(step, left, right)
        if order is not None:
            return order.of(record)
        record = self._excused(step, left, right, at.begins, judged, record)
        if record.verdict == "refuted" and at.begins and at.is_composed:
            record = self._implied(step, left, right, record) or record
        if record.verdict == "refuted":
            record = self._unless_usual(judged, record)
        return record

    def _said_instead(self, at: Place, record: StepRecord) -> StepRecord | None:
        """A function of other things, the chain rule itself, or an assumption that probabilities sum to 1."""
        if (
            record.verdict == "unsupported"
            and at.begins
            and at.head is not None
            and self._is_of_others(at.head, record)
        ):
            with contextlib.suppress(CircularError):
                return self._define(at.step, at.head, at.left, at.right, record)
        if record.verdict in ("undecided", "unsupported") and self._states_chain_rule(at.left, at.right):
            return at.noted("definition", "the chain rule, of functions of which nothing is said")
        if record.verdict == "undecided" and why(record.reason) is Why.SUMS_TO_ONE and at.right == ast.Number("1"):
            return replace(record, verdict="definition", method="assumption", reason="an assumption")
        return None

    def _with_consequences(self, at: Place, judged: Judged, record: StepRecord) -> StepRecord:
        """What a claim that isn't held does to the names in it: they are solved for, defined anew or continued."""
        step = at.step
        if record.verdict == "unsupported" and at.begins:
            self._said_again(step, at.left)
        begins = at.begins
        if record.verdict in ("refuted", "undecided"):
            begins = begins or (own_chain(step) and self._names_before(at.chain, at.member))
        to_solve = self._to_be_solved(at, judged, record, begins)
        if to_solve is not None:
            return to_solve
        if at.head is not None and begins and record.verdict not in HELD:
            record = self._redefine(step, at.head, at.left, at.right, record)
            if record.verdict == "refuted" and _is_one_place(at.left, at.right, at.head):
                reason = f"{record.left} may be a name of its own, and no entry of {at.head.ref.key}"
                return replace(record, verdict="conflict", reason=reason)
            return record
        if at.head is None and record.verdict == "undecided" and hangs_on_a_name(record):
            said = self._in_its_place(at, record)
            if said is not None:
                return said
        unknown = record.verdict == "undecided" and why(record.reason) is Why.UNDEFINED
        if (unknown or record.verdict == "unsupported") and at.member > 0:
            self._continued(step, at.chain, at.right)
        if record.verdict == "refuted" and at.subject is not None and begins:
            return self._restated(step, at.subject, at.left, at.right, record)
        if record.verdict == "refuted" and at.head is None and begins and _was_worked_out(at.left, judged):
            reason = f"{record.left} was given a number, and may be said in general here"
            return replace(record, verdict="conflict", reason=reason)
        return record

    def _to_be_solved(self, at: Place, judged: Judged, record: StepRecord, begins: bool) -> StepRecord | None:
        """A = 0 that doesn't hold by itself and begins nothing, or follows another that was set to zero."""
        if at.right != _ZERO:
            return None
        step = at.step
        follows = at.head is None and at.subject is None and self._is_near_zero(step)
        asked = not begins or record.verdict == "undecided" and (follows or self._repeats_a_slope(at))
        if record.verdict not in HELD and asked:
            if judged.left is not None and judged.equation is not None:
                self.scope.zeroed.append(judged.left)
                self.zeroed_at = step.formula
            reason = "set to zero: an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        if record.verdict in ("undecided", "unsupported"):
            self.zeroed_at = step.formula  # what follows may be solved of it, whatever it is
        is_plain = at.head is None and at.subject is None and not _has_derivative(at.left)
        if record.verdict == "undecided" and at.begins and is_plain and self._is_said_to_be_solved(step):
            reason = "an equation to be solved, as the text says"
            return replace(record, verdict="definition", method="condition", reason=reason)
        return None

    def _repeats_a_slope(self, at: Place) -> bool:
        """Whether a side is a derivative that was just found, perhaps with a hat on what it is solved for."""
        plain = mapped(at.left, _without_hat)
        for step in self.document.steps:
            sides = step.left, step.right
            if at.step.formula - _SOON <= step.formula < at.step.formula and None not in sides:
                first = self.document.formulas[step.formula].chains[step.chain].members[0]
                is_slope = first is not None and (subject_of(first) is not None or gradient_of(first) is not None)
                if is_slope and step.right is not None and step.right.node is not None:
                    if mapped(step.right.node, _without_hat) == plain:
                        return True
        return False

    def _in_its_place(self, at: Place, record: StepRecord) -> StepRecord | None:
        """An equation of two sides that are alike but for a name without a value: that is what stands in its place."""
        assert at.step.left is not None
        for name, value in (pair for pair in (apart(at.left, at.right), apart(at.right, at.left)) if pair is not None):
            head = head_of(name, self.signature)
            is_new = isinstance(name, ast.Symbol) and name not in walk(value)
            if head is None or not is_new or self._has_value(head) or not self._is_open(head):
                continue
            if head.ref.key in self._given_a_value or is_named_in(value, name):
                continue  # a name that is said to be something elsewhere has that value
            if any(isinstance(n, ast.BigOperator) for n in walk(value)):
                continue  # \sum{w_j x_j + b}: how far it reaches isn't sure enough to rest a value on it
            with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
                self._bind(replace(at.step, left=replace(at.step.left, node=name)), head, value)
                reason = f"it says what {head.ref.key} is"
                return replace(record, verdict="definition", method="definition", reason=reason)
        return None

    def _is_of_others(self, head: Head, record: StepRecord) -> bool:
        """Whether a function is stated of other things than those of which it was defined: f(x, y) after f(x)."""
        is_of_others = why(record.reason) is Why.OTHER_ARGUMENTS and about(record.reason) == head.ref.key
        return bool(head.arguments) and is_of_others

    def _names_before(self, chain: ast.Chain, member: int) -> bool:
        """Whether a side and all before it are bare names: what follows is a value for each, as in x = g(u) = u + c."""
        return all(m is not None and head_of(m, self.signature) is not None for m in chain.members[: member + 1])


def _was_worked_out(left: Node, judged: Judged) -> bool:
    r"""Whether z_1, which an example gave a number, is said to be what is none: z_1 = w_{11} x_1 + w_{12} x_2."""
    if not isinstance(left, ast.Symbol) or judged.equation is None:
        return False
    before, now, _ = judged.equation.expanded()
    return bool(before.is_number) and not now.is_number


def _is_one_place(left: Node, right: Node, head: Head) -> bool:
    """Whether a bare name has numbers for indices, f_1 or z^{(2)}, that do not stand on the right as well."""
    numbers = [i for i in head.ref.indices if i.letter is None]
    if not numbers or len(numbers) < len(head.ref.indices) or not isinstance(left, ast.Symbol):
        return False
    written = (*left.subscripts, *left.superscripts)
    names = [n for n in walk(right) if isinstance(n, ast.Symbol) and (n.subscripts or n.superscripts)]
    return not names or any((*n.subscripts, *n.superscripts) != written for n in names)


def _has_derivative(side: Node) -> bool:
    return any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(side))


def _rests_on_sigma(at: Place, record: StepRecord) -> bool:
    """Whether σ stands in a step, or in the value of a name in it."""
    if any(isinstance(n, ast.Symbol) and n.name == r"\sigma" for side in (at.left, at.right) for n in walk(side)):
        return True
    equation = None if record.claim is None else record.claim.equation
    if equation is None:
        return False
    exprs = equation.left, equation.right, *(d.value for d in equation.definitions)
    return any(e.has(sigmoid, softplus) for e in exprs)


def _without_hat(node: Node) -> Node:
    if not isinstance(node, ast.Symbol) or node.name in LABELS:
        return node
    return replace(node, decorations=tuple(d for d in node.decorations if d != "hat"))
