"""What an equation may be that claims nothing: a definition, the place of an extremum, a loss said by its derivative.

Each kind is asked for in the order of `KINDS`; what is none of them is a claim.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from derivations.atoms import UnsupportedExpressionError
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import CircularError, UnsupportedNoteError
from derivations.notes.interpreting.other_sigma import is_exponential, is_sigma_of_name
from derivations.notes.interpreting.quotients import gradient_of
from derivations.notes.judging.differentials import Differentials
from derivations.notes.judging.extremal import functions_of, same_place
from derivations.notes.judging.implied import implied
from derivations.notes.judging.labelled import Labelled
from derivations.notes.judging.meant import Meant
from derivations.notes.judging.modelled import Modelled
from derivations.notes.judging.numbers import Numbers, is_number
from derivations.notes.judging.posed import Posed
from derivations.notes.judging.sloping import Sloping
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Side, Step
from derivations.notes.parsing.render import render
from derivations.notes.report import StepRecord
from derivations.verdict import Status

__all__ = ["KINDS", "Kinds", "Place", "is_named_in"]


@dataclass(frozen=True)
class Place:
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
class Kinds(Meant, Differentials, Labelled, Posed, Numbers, Modelled, Sloping):
    """The part of a reading that tells what an equation is."""

    derived: dict[str, Side] = field(default_factory=dict)
    ahead: set[tuple[int, int, int]] = field(default_factory=set)
    implied: set[str] = field(default_factory=set)  # names defined by equations in which they don't stand alone
    other_sigma: bool = False  # σ was last said to be tanh, max(0, ·) or the like

    def _said_ahead(self, at: Place) -> StepRecord | None:
        is_ahead = (at.step.formula, at.step.chain, at.step.relation) in self.ahead
        return at.noted("definition") if is_ahead else None

    def _for_a_label(self, at: Place) -> StepRecord | None:
        """L = -\\log p if y = 1, and L = -\\log(1 - p) if y = 0."""
        if at.head is None or not at.begins:
            return None
        return self._by_label(at.step, at.head, at.left, at.right, at.blank)

    def _definition(self, at: Place) -> StepRecord | None:
        """A name that has no value yet, or the solution of what was set to zero before."""
        step, left, right, head = at.step, at.left, at.right, at.head
        if head is None or (self._has_value(head) and not self._is_total(head, right)):
            return None
        if not (at.begins or self._is_open(head)):
            return None
        solution = self._solution(step, left, right)
        if solution is not None:
            self.solved += [(step, head, right)] * solution.verdict.is_proved
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
            return self._as_slope(step, head, left, right, self._define(step, head, left, right, at.blank))
        except CircularError as error:
            return at.noted("definition", f"its value can't be used: {error}")

    def _definition_of_right(self, at: Place) -> StepRecord | None:
        if at.other is None or self._has_value(at.other) or not (self._is_open(at.other) or self._is_result(at)):
            return None
        if is_named_in(at.left, at.right):
            return None
        with contextlib.suppress(CircularError):  # then it is no name for the left side, but a claim about it
            swapped = replace(at.step, left=at.step.right, right=at.step.left)
            return self._define(swapped, at.other, at.right, at.left, at.blank)
        return None

    def _is_result(self, at: Place) -> bool:
        """Whether a parameter's letter that stands nowhere before ends a chain: s^T u = Σ_j s_j u_j = c says so."""
        if at.other is None or at.member == 0 or not isinstance(at.right, ast.Symbol):
            return False
        key = at.other.ref.key
        if len(key) > 1 or key in self._differentiated_by or key in self.signature.size_names or at.other.ref.indices:
            return False
        chains = [c for f in self.document.formulas[: at.step.formula] for c in f.chains]
        earlier = [m for c in (*chains, at.chain) for m in c.members if m is not None and m is not at.right]
        return not any(isinstance(n, ast.Symbol) and n.name == key for m in earlier for n in walk(m))

    def _extremal(self, at: Place) -> StepRecord | None:
        """argmin_w f(w) = argmin_w g(w)."""
        found = same_place(at.left, at.right, self.seed, lambda one, other: self._under(at.step, one, other))
        if found is not None and found.verdict.status is Status.UNDECIDED and self._is_model_put_in(at):
            return at.noted("definition", "what a probability is, as far as the place hangs on it")
        return None if found is None else self._judged(at.blank, found)

    def _is_model_put_in(self, at: Place) -> bool:
        """Whether a probability that has no value gets one below an argmax: ∏ p(x_i|θ) is ∏ θ^{x_i} …."""
        functions = functions_of(at.left, at.right)
        if functions is None:
            return False
        one, other = (f.body if isinstance(f, ast.Group) and f.body is not None else f for f in functions)
        found = implied(one, other, self.signature)
        head = found[0] if found is not None else head_of(one, self.signature)
        return head is not None and "(" in head.ref.key and not self._has_value(head) and not is_named_in(other, one)

    def _implied_definition(self, at: Place) -> StepRecord | None:
        r"""Of the one name in the left side that nothing has defined; -\ln p(t|w) in the midst of a chain, too."""
        if not at.is_composed:
            return None
        of_terms = isinstance(at.left, ast.Product) and isinstance(at.left.factors[0].body, ast.BigOperator)
        found = implied(at.left, at.right, self.signature)
        of_chance = found is not None and "(" in found[0].ref.key
        is_named = self._are_heads(at.chain.members[: at.member])  # logit(p) = log p/(1 - p) = …
        if not (at.begins or of_terms or of_chance or is_named):
            return None
        return self._implied(at.step, at.left, at.right, at.blank)

    def _are_heads(self, members: tuple[Node | None, ...]) -> bool:
        return bool(members) and all(m is not None and head_of(m, self.signature) is not None for m in members)

    def _loss_of_derivative(self, at: Place) -> StepRecord | None:
        r"""What a name is, said by its derivative: \frac{\partial}{\partial w} L = \frac{\partial}{\partial w} w^2."""
        stated = self._said_by_derivative(at.left, at.right) if at.begins else None
        if stated is None or not (self._is_unknown_subject(stated[2]) or self._is_said_nowhere(stated[0])):
            return None
        with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
            self._bind(at.step, *stated[:2])
            return at.noted("definition", "what it is of, as its derivative says")
        return None

    def _is_said_nowhere(self, head: Head) -> bool:
        """Whether no formula says by itself what a name is that is neither data nor a parameter."""
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        if self._has_value(head) or not self._is_open(head) or speaker.usual_name(head.ref) != head.ref:
            return False
        sides = (s.left.node for s in self.document.steps if s.left is not None and s.left.node is not None)
        heads = (head_of(side, self.signature) for side in sides)
        return all(other is None or other.ref.key != head.ref.key for other in heads)

    def _derivative_of_unknown(self, at: Place) -> StepRecord | None:
        subject = at.subject if at.subject is not None else gradient_of(at.left)
        if subject is None or not self._is_unknown_subject(subject):
            return None
        if not at.begins and not self._are_heads(at.chain.members[: at.member]):  # da = dL/da = …
            return None
        return self._derived(at.step, at.left, at.blank)

    def _other_function(self, at: Place) -> StepRecord | None:
        """σ(x) = tanh(x), max(0, x): another function than the logistic one, from there on."""
        if not at.begins or not is_sigma_of_name(at.left) or is_number(at.right):
            return None
        self.other_sigma = False
        if any(is_exponential(n) for n in walk(at.right)):
            return None
        with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError):
            if self._claimed(at.step, at.left, at.right).verdict.is_proved:  # (1 + tanh(z/2))/2
                return None
        self.other_sigma = True
        return at.noted("definition", "σ is another function here than the logistic one")

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
            said = replace(step, left=replace(step.left, node=name))
            self._bind(said, head, value)
            self._bind_both_labels(said, head, name, value)
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

    def _is_unknown_subject(self, node: Node) -> bool:
        head = head_of(node, self.signature)
        if head is None or self._has_value(head):
            return False
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        usual = speaker.usual_name(head.ref)
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
            by_slopes = self._with_slopes(judged)
            self._note_slope(judged)
            if by_slopes is not None:
                return self._judged(record, by_slopes)
            reason = "the derivative of a name that has no definition here: nothing to check"
            return replace(record, verdict="definition", method="definition", reason=reason)
        assert before.node is not None and step.right.node is not None
        judged = self._claimed(replace(step, left=before), before.node, step.right.node)
        record = self._judged(record, self._with_slopes(judged) or judged)
        if record.verdict == "refuted":
            self.derived[key] = step.right
            self._note_slope(self._claimed(step, left, step.right.node), is_again=True)
            return replace(record, verdict="conflict", reason=f"it was stated otherwise in line {before.place.line}")
        return record


KINDS: tuple[Callable[[Kinds, Place], StepRecord | None], ...] = (
    Kinds._said_ahead,
    Kinds._for_a_label,
    Kinds._definition,
    Kinds._definition_of_right,
    Kinds._extremal,
    Kinds._implied_definition,
    Kinds._loss_of_derivative,
    Kinds._derivative_of_unknown,
    Kinds._other_function,
)
"""What an equation may be, asked for in this order; what is none of them is a claim."""


def is_named_in(side: Node, name: Node) -> bool:
    """Whether a name stands in a side beside others, whatever its accents, indices and powers are there."""
    if isinstance(side, ast.Symbol):
        return False
    return isinstance(name, ast.Symbol) and any(isinstance(n, ast.Symbol) and n.name == name.name for n in walk(side))
