"""What an equals sign is, and what is said of it: a definition, a condition, an equation to be solved, or a claim.

    an equation ──> the first kind that it is of (`_KINDS`): its record
                └─> else a claim: judged, then judged with what the document ties or means; refuted only if nothing
                    around it says otherwise; what is still open may be an equation that is to be solved

How a claim is judged is `judge`, how a name is bound `defining`, what excuses a step `excusing`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derivations.indexed import UnsupportedExpressionError
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.fitting import names_loss
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import CircularError, UnsupportedNoteError
from derivations.notes.interpreting.quotients import gradient_of, subject_of
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.conditions import is_condition
from derivations.notes.judging.defining import Defining, hangs_on_a_name
from derivations.notes.judging.excusing import Excusing
from derivations.notes.judging.extremal import functions_of, same_place
from derivations.notes.judging.implied import apart, implied
from derivations.notes.judging.judge import own_chain
from derivations.notes.judging.logits import Logits
from derivations.notes.judging.meant import Meant
from derivations.notes.judging.modelled import Modelled
from derivations.notes.judging.numbers import Numbers, is_number
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import Why, about, why
from derivations.verdict import Status

__all__ = ["Equations"]

_ZERO = ast.Number("0")
_IF = r"(\b(if|when|suppose|say|assume|for|wenn|falls|si|cuando|если|при)|当|若|如果)\W*$"
_OTHER_SIGMA = "σ was said to be another function than the logistic one"


@dataclass(frozen=True)
class _Place:
    """An equation and where it stands.

    begins: its left side is the first of what is said, and continues nothing. head, other: the name that a side is;
    subject: what the left side is the derivative of. blank: its record before anything is known.
    """

    step: Step
    left: Node
    right: Node
    blank: StepRecord
    chain: ast.Chain
    begins: bool
    head: Head | None
    other: Head | None
    subject: Node | None

    @property
    def member(self) -> int:
        """Which side of its chain the left one is."""
        assert self.step.left is not None
        return self.step.left.member

    def noted(self, method: str, reason: str | None = None) -> StepRecord:
        """The record of what says something and claims nothing."""
        return replace(self.blank, verdict="definition", method=method, reason=reason)

    @property
    def is_composed(self) -> bool:
        """Whether the left side is more than a name; the logit is a name for log p/(1 − p)."""
        return self.head is None or self.head.ref.key == "logit"


@dataclass
class Equations(Meant, Defining, Excusing, Numbers, Modelled, Logits):
    """The part of a reading that tells what an equation is."""

    derived: dict[str, Side] = field(default_factory=dict)
    ahead: set[tuple[int, int, int]] = field(default_factory=set)
    implied: set[str] = field(default_factory=set)  # names defined by equations in which they don't stand alone
    other_sigma: bool = False  # σ was last said to be tanh, max(0, ·) or the like

    def _equation(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        if left == _ZERO and not isinstance(right, ast.Number):
            return self._equation(replace(step, left=step.right, right=step.left), right, left, record)
        if is_condition(left, right, self.signature, self.scope):
            return self._condition(step, left, right, record)
        at = self._placed(step, left, right, record)
        for kind in _KINDS:
            found = kind(self, at)
            if found is not None:
                return found
        return self._as_claim(at)

    def _placed(self, step: Step, left: Node, right: Node, record: StepRecord) -> _Place:
        assert step.left is not None and step.right is not None
        chain = self.document.formulas[step.formula].chains[step.chain]
        at, here = step.left.member, step.left.chain == step.chain
        own = step.left.formula == step.formula and here and at == 0
        arrow = here and 0 < at <= len(chain.relations) and chain.relations[at - 1].sign != "="
        begins = own or arrow or (at == 0 and chain.members[0] is not None)
        head, other = (head_of(side, self.signature) for side in (left, right))
        if head is not None and self._is_slope(head, right):
            head = None
        return _Place(step, left, right, record, chain, begins, head, other, subject_of(left))

    def _is_slope(self, head: Head, right: Node) -> bool:
        """Whether a primed name is the derivative of a function of one thing: J' = J + λ|w|² is another loss."""
        key = head.ref.key.rstrip("'")
        if key == head.ref.key or head.arguments or self._has_value(head):
            return False
        terms = [term.body for term in right.terms] if isinstance(right, ast.Sum) else []
        if any(isinstance(term, ast.Symbol) and term.name == key and not term.superscripts for term in terms):
            return False
        return any(len(entry.parameters) == 1 and not entry.axes for entry in self.scope.of(key))

    # kinds

    def _condition(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        before = self.document.formulas[step.formula].context.before[-12:]
        worked = None if re.search(_IF, before, re.I) else self._worked_out(step, left, right)
        if worked is not None:
            return self._judged(record, worked)
        self._note_value(step, left, right)
        return replace(record, verdict="definition", method="condition", reason="a condition: nothing to check")

    def _said_ahead(self, at: _Place) -> StepRecord | None:
        is_ahead = (at.step.formula, at.step.chain, at.step.relation) in self.ahead
        return at.noted("definition") if is_ahead else None

    def _definition(self, at: _Place) -> StepRecord | None:
        """A name that has no value yet, or the solution of what was set to zero before."""
        step, left, right, head = at.step, at.left, at.right, at.head
        if head is None or (self._has_value(head) and not self._is_total(head, right)):
            return None
        if not (at.begins or self._is_open(head)):
            return None
        solution = self._solution(step, left, right)
        if solution is not None:
            if not self._is_varied(head, right) and not self._is_solution(step, left):
                with contextlib.suppress(CircularError):  # \hat\mu is a name of its own
                    self._define(step, head, left, right, at.blank)
            return self._judged(at.blank, solution)
        if self._is_varied(head, right) and not any(isinstance(n, ast.Matrix) for n in walk(right)):
            return at.noted("condition", "a value of what is differentiated by: nothing to check")
        if self._is_solution(step, left):
            reason = "a solution of what was set to zero: no definition, since the name is what is solved for"
            return at.noted("condition", reason)
        try:
            return self._as_slope(step, left, right, self._define(step, head, left, right, at.blank))
        except CircularError as error:
            return at.noted("definition", f"its value can't be used: {error}")

    def _definition_of_right(self, at: _Place) -> StepRecord | None:
        if at.other is None or not self._is_open(at.other) or self._has_value(at.other):
            return None
        if _is_named_in(at.left, at.right):
            return None
        with contextlib.suppress(CircularError):  # then it is no name for the left side, but a claim about it
            swapped = replace(at.step, left=at.step.right, right=at.step.left)
            return self._define(swapped, at.other, at.right, at.left, at.blank)
        return None

    def _extremal(self, at: _Place) -> StepRecord | None:
        """argmin_w f(w) = argmin_w g(w)."""
        found = same_place(at.left, at.right, self.seed, lambda one, other: self._under(at.step, one, other))
        if found is not None and found.verdict.status is Status.UNDECIDED and self._is_model_put_in(at):
            return at.noted("definition", "what a probability is, as far as the place hangs on it")
        return None if found is None else self._judged(at.blank, found)

    def _is_model_put_in(self, at: _Place) -> bool:
        """Whether a probability that has no value gets one below an argmax: ∏ p(x_i|θ) is ∏ θ^{x_i} …."""
        functions = functions_of(at.left, at.right)
        if functions is None:
            return False
        one, other = (f.body if isinstance(f, ast.Group) and f.body is not None else f for f in functions)
        found = implied(one, other, self.signature)
        head = found[0] if found is not None else head_of(one, self.signature)
        return head is not None and "(" in head.ref.key and not self._has_value(head) and not _is_named_in(other, one)

    def _implied_definition(self, at: _Place) -> StepRecord | None:
        r"""Of the one name in the left side that nothing has defined; -\ln p(t|w) in the midst of a chain, too."""
        if not at.is_composed:
            return None
        of_terms = isinstance(at.left, ast.Product) and isinstance(at.left.factors[0].body, ast.BigOperator)
        found = implied(at.left, at.right, self.signature)
        of_chance = found is not None and "(" in found[0].ref.key
        if not (at.begins or of_terms or of_chance):
            return None
        return self._implied(at.step, at.left, at.right, at.blank)

    def _loss_of_derivative(self, at: _Place) -> StepRecord | None:
        r"""What a loss is, said by its derivative: \frac{\partial}{\partial w} L = \frac{\partial}{\partial w} w^2."""
        stated = self._said_by_derivative(at.left, at.right) if at.begins else None
        if stated is None or not self._is_unknown_subject(stated[2]):
            return None
        with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
            self._bind(at.step, *stated[:2])
            return at.noted("definition", "what a loss is, as its derivative says")
        return None

    def _derivative_of_unknown(self, at: _Place) -> StepRecord | None:
        subject = at.subject if at.subject is not None else gradient_of(at.left)
        if subject is None or not at.begins or not self._is_unknown_subject(subject):
            return None
        return self._derived(at.step, at.left, at.blank)

    def _other_function(self, at: _Place) -> StepRecord | None:
        """σ(x) = tanh(x), max(0, x): another function than the logistic one, from there on."""
        if not at.begins or not _is_sigma_of_name(at.left) or is_number(at.right):
            return None
        self.other_sigma = not any(_is_exponential(n) for n in walk(at.right))
        if not self.other_sigma:
            return None
        return at.noted("definition", "σ is another function here than the logistic one")

    # claims

    def _as_claim(self, at: _Place) -> StepRecord:
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
        if record.verdict == "refuted":
            record = self._unless_excused(at, judged, record)
        said = self._said_instead(at, record)
        if said is not None:
            return said
        if record.verdict == "undecided" and why(record.reason) is Why.ROUNDED:
            record = self._as_rounded(at.step, at.left, at.right, record)
        return self._with_consequences(at, judged, record)

    def _best_judgement(self, at: _Place) -> Judged:
        """As it stands; else with what was worked out, with what the document ties together, with a model of it."""
        step, left, right = at.step, at.left, at.right
        judged = self._claimed(step, left, right)
        if not judged.verdict.is_proved and not (at.begins and at.head is None and at.subject is None):
            worked_out = self._worked_out(step, left, right)
            if worked_out is not None and not (right == _ZERO and not worked_out.verdict.is_proved):
                judged = worked_out  # A = 0 that the values don't give is to be solved
        for more in (self._with_ties, self._with_logit, self._with_model):
            if judged.verdict.status is Status.UNDECIDED and judged.verdict.method != "budget":
                judged = more(step, left, right) or judged
        return self._by_means(judged)

    def _no_claim(self, at: _Place, record: StepRecord) -> StepRecord | None:
        if (
            record.verdict in HELD
            and at.right == _ZERO
            and at.begins
            and at.subject is not None
            and names_loss(at.subject, capitals=True)
        ):
            reason = "an equation to be solved"  # no loss is claimed to be flat
            return replace(record, verdict="definition", method="condition", reason=reason)
        if self.other_sigma and record.verdict in (*HELD, "refuted") and _mentions_sigma(at.left, at.right):
            return replace(record, verdict="undecided", witness=None, reason=_OTHER_SIGMA)
        return None

    def _unless_excused(self, at: _Place, judged: Judged, record: StepRecord) -> StepRecord:
        """A refuted step, which is none if it goes on from an earlier one, or by the words around it."""
        step, left, right = at.step, at.left, at.right
        record = self._excused(step, left, right, at.begins, judged, record)
        if record.verdict == "refuted" and at.begins and at.is_composed:
            record = self._implied(step, left, right, record) or record
        if record.verdict == "refuted":
            record = self._unless_usual(judged, record)
        return record

    def _said_instead(self, at: _Place, record: StepRecord) -> StepRecord | None:
        """A function of other things, or an assumption that probabilities sum to 1."""
        if (
            record.verdict == "unsupported"
            and at.begins
            and at.head is not None
            and self._is_of_others(at.head, record)
        ):
            with contextlib.suppress(CircularError):
                return self._define(at.step, at.head, at.left, at.right, record)
        if record.verdict == "undecided" and why(record.reason) is Why.SUMS_TO_ONE and at.right == ast.Number("1"):
            return replace(record, verdict="definition", method="assumption", reason="an assumption")
        return None

    def _with_consequences(self, at: _Place, judged: Judged, record: StepRecord) -> StepRecord:
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
        return record

    def _to_be_solved(self, at: _Place, judged: Judged, record: StepRecord, begins: bool) -> StepRecord | None:
        """A = 0 that doesn't hold by itself and begins nothing, or follows another that was set to zero."""
        if at.right != _ZERO:
            return None
        step = at.step
        follows = at.head is None and at.subject is None and self._is_near_zero(step)
        asked = not begins or follows and record.verdict == "undecided"
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

    def _in_its_place(self, at: _Place, record: StepRecord) -> StepRecord | None:
        """An equation of two sides that are alike but for a name without a value: that is what stands in its place."""
        assert at.step.left is not None
        for name, value in (pair for pair in (apart(at.left, at.right), apart(at.right, at.left)) if pair is not None):
            head = head_of(name, self.signature)
            is_new = isinstance(name, ast.Symbol) and name not in walk(value)
            if head is None or not is_new or self._has_value(head) or not self._is_open(head):
                continue
            if head.ref.key in self._given_a_value or _is_named_in(value, name):
                continue  # a name that is said to be something elsewhere has that value
            if any(isinstance(n, ast.BigOperator) for n in walk(value)):
                continue  # \sum{w_j x_j + b}: how far it reaches isn't sure enough to rest a value on it
            with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
                self._bind(replace(at.step, left=replace(at.step.left, node=name)), head, value)
                reason = f"it says what {head.ref.key} is"
                return replace(record, verdict="definition", method="definition", reason=reason)
        return None

    def _implied(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord | None:
        """An equation that is solved for the one name in its left side, which no other kind of equation defines."""
        found = implied(left, right, self.signature)
        if found is None or step.left is None:
            return None
        head, name, value = found
        key = head.ref.key
        again = record.verdict == "refuted" and key in self.implied
        is_known = self._has_value(head) or key in self.scope.unusable or key in self.signature.size.values()
        if not again and (is_known or not (self._is_open(head) or self._is_first_spread(step, name))):
            return None
        with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
            solution = self._solution(step, left, right)  # \hat\sigma^2 = \frac1n \sum_i (x_i - \hat\mu)^2
            self._bind(replace(step, left=replace(step.left, node=name)), head, value)
            self.implied.add(key)
            if solution is not None:
                return self._judged(record, solution)
            if again:
                reason = f"{key} was said to be something else before"
                return replace(record, verdict="conflict", witness=None, reason=reason)
            return replace(record, verdict="definition", method="definition", reason=f"it says what {key} is")
        return None

    def _is_first_spread(self, step: Step, name: Node) -> bool:
        r"""Whether a \sigma that is a name stands nowhere before; else \sigma^2 = … says what a free one should be."""
        if not (self.signature.names_sigma and isinstance(name, ast.Symbol) and name.name == r"\sigma"):
            return False
        chains = (chain for formula in self.document.formulas[: step.formula] for chain in formula.chains)
        sides = (member for chain in chains for member in chain.members if member is not None)
        return not any(isinstance(n, ast.Symbol) and n.name == name.name for side in sides for n in walk(side))

    def _is_of_others(self, head: Head, record: StepRecord) -> bool:
        """Whether a function is stated of other things than those of which it was defined: f(x, y) after f(x)."""
        is_of_others = why(record.reason) is Why.OTHER_ARGUMENTS and about(record.reason) == head.ref.key
        return bool(head.arguments) and is_of_others

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


_KINDS: tuple[Callable[[Equations, _Place], StepRecord | None], ...] = (
    Equations._said_ahead,
    Equations._definition,
    Equations._definition_of_right,
    Equations._extremal,
    Equations._implied_definition,
    Equations._loss_of_derivative,
    Equations._derivative_of_unknown,
    Equations._other_function,
)
"""What an equation may be, asked for in this order; what is none of them is a claim."""


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


def _is_named_in(side: Node, name: Node) -> bool:
    """Whether a name stands in a side beside others, whatever its accents, indices and powers are there."""
    if isinstance(side, ast.Symbol):
        return False
    return isinstance(name, ast.Symbol) and any(isinstance(n, ast.Symbol) and n.name == name.name for n in walk(side))


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
