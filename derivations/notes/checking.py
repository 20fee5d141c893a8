r"""A document from its first formula to its last: names bound, every relation judged, the effect of errors followed.

A bare name left of a formula's first `=` is defined there. Where it had a value, equal again is `proved`, another value
is a `conflict` and holds from there on. Every other `=` is a claim under the definitions in force, and a derivative is
refuted only if it is false under every definition that its subject has had. The document is read once for each
admitted choice of what its notation leaves open; the choice by which most of it holds is the one that is reported, and
what another choice would not refute is not refuted.
"""

from __future__ import annotations

import contextlib
import itertools
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import sympy as sp

from derivations.equation import decide, remembered
from derivations.functions import Partial
from derivations.indexed import UnsupportedExpressionError, free_atoms, free_symbols, substitute
from derivations.kernels import BudgetExceededError, budget, deadline
from derivations.notes import ast
from derivations.notes.ahead import functions_ahead
from derivations.notes.alone import parts_around
from derivations.notes.ast import Node, walk
from derivations.notes.cases import Case, cases_of
from derivations.notes.cells import cells_shown, of_cuts, of_shown, rows_lost
from derivations.notes.claims import Claim, Judged, judge, unknown_in
from derivations.notes.conditions import applied, cases_behind, cases_written, is_condition, values_stated
from derivations.notes.derivatives import leading
from derivations.notes.elaborate import Elaborator
from derivations.notes.heads import Head, head_of
from derivations.notes.layers import Layer, at_layer, layers_named, own_layer
from derivations.notes.names import TRANSPOSES, CircularError, UnsupportedNoteError, binder, read_name
from derivations.notes.naming import ROW, Choices
from derivations.notes.parser import Document, Side, Step
from derivations.notes.render import render, render_chain
from derivations.notes.report import FileReport, FormulaRecord, StepRecord
from derivations.notes.rewriting import rewritten, usage
from derivations.notes.scope import Entry, Scope
from derivations.notes.shapes import with_shapes
from derivations.notes.signature import Signature, sign_document
from derivations.notes.tensor import MisshapenError, Value
from derivations.statement import Definition
from derivations.verdict import Status, Verdict, Witness

__all__ = ["check_document"]

OPERATIONS, SECONDS = 200_000, 4.0  # of a step, and of a formula
NEAR = 4  # formulas behind one another
HELD = ("proved", "supported")
_NEGATED = r"负号|相反数|取负|negated|opposite sign|minus sign in front|add(ing)? a minus|マイナス"
_ONE_SAMPLE = (
    r"(only )?(one|a single|1) (training )?(example|sample|data point)|skip the sum|单个?样本|一个样本|один объект"
)
_MEAN = r"batch|average|mean|평균|배치|平均|批|promedio|media|средн"
_SAME = r"simplif|rewrit|equivalent|化简|等价|整理|упрощ|simplific|vereinfach"
_SOLVED = (
    r"\b(set(ting|s)?|equat(e|es|ing)|put(ting)?)\b[^.]{0,80}\b(zero|0)\b|equal(s|ling|ing)? (it |this )?to (zero|0)\b"
    r"|\bsolv(e|es|ing)\b|normal equation|vanish|stationar|first[- ]order condition"
    r"|\b(minimi[sz]er|optimum|at the minimum)\b"
    r"|令|等于\s*\$?0|为\s*\$?(0|零)|解得|приравн|нул[юея]|решая|igual(ando|amos|ar)?[^.]{0,40}\b(cero|zero|0)\b|annul|nullsetzen"
    r"|gleich null|0\s*とお|ゼロ|0으로|0이 되|bằng 0"
)
_ZEROED = (
    r"\b(set|sett?ing|equat\w+|put|putting|solv\w+|requir\w+|satisf\w+)\b"
    r"|令|приравн|реш|igual|annul|poniendo|resolv|setz|löse|poser|posons|おく|とき|đặt|giải"
)
_SOLVING = 6  # formulas after one that is set to zero, which may follow from it
_OF_ARRAYS = (r"\odot", r"\circ", r"\otimes", r"\times")
STATEMENTS = (r"\in", r"\ne", r"\to", r"\sim", "<", ">", r"\le", r"\ge", r"\ll", r"\gg", r"\approx", r"\propto")
ASSIGNMENTS = (":=", r"\gets", r"\leftarrow", r"\equiv", r"\triangleq")


@dataclass
class _Reading:
    """One pass over a document under one choice of what its notation leaves open."""

    document: Document
    signature: Signature
    choices: Choices
    seed: int
    scope: Scope = field(default_factory=Scope)
    unknown: dict[sp.Symbol, str] = field(default_factory=dict)
    domains: dict[sp.Symbol, tuple[object, ...]] = field(default_factory=dict)
    consulted: set[str] = field(default_factory=set)
    step_consulted: list[bool] = field(default_factory=list)
    sticky: tuple[Case, Step] | None = None
    truths: dict[str, tuple[bool, Side]] = field(default_factory=dict)
    derived: dict[str, Side] = field(default_factory=dict)
    fitting: set[str] = field(default_factory=set)
    spent: Counter[int] = field(default_factory=Counter)  # nanoseconds on each formula, in all readings
    ahead: set[tuple[int, int, int]] = field(default_factory=set)
    vanished: set[sp.Symbol] = field(default_factory=set)  # of the step at hand: see `Namer.vanished`
    zeroed_at: int = -100  # the formula that was set to zero last
    layers: tuple[tuple[Layer, ...], dict[str, set[Layer]]] = ((), {})
    other_sigma: bool = False  # σ was last said to be tanh, max(0, ·) or the like

    def run(self) -> list[StepRecord]:
        self.layers = layers_named(self.document, self.signature)
        for step, head in functions_ahead(self.document, self.signature):
            assert step.right is not None and step.right.node is not None
            self.step_consulted.append(False)
            with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError, BudgetExceededError):
                with budget(OPERATIONS, SECONDS):
                    self._bind(step, head, step.right.node)
                self.ahead.add((step.formula, step.chain, step.relation))
        self.step_consulted.clear()
        return [self._timed(step) for step in self.document.steps]

    def _timed(self, step: Step) -> StepRecord:
        before = time.monotonic_ns()
        try:
            with deadline(SECONDS - self.spent[step.formula] / 1e9):
                return self._record(step)
        finally:
            self.spent[step.formula] += time.monotonic_ns() - before

    def _record(self, step: Step) -> StepRecord:
        record = self._blank(step)
        self.step_consulted.append(False)
        if self._is_ignored(step):
            return replace(record, verdict="definition", method="ignored", reason="ignored, as a comment says")
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            return replace(record, verdict="unsupported", method="language", reason="nothing is written on one side")
        members = self.document.formulas[step.formula].chains[step.chain].members
        for member in members:
            if isinstance(member, ast.Unread):
                reason = f"the chain can't be read in full: {member.reason}"
                record = replace(record, reason=reason, method="reading")
                return replace(record, verdict="unsupported")
        for side in (step.left, step.right):
            if isinstance(side.node, ast.Unread):
                return replace(record, verdict="unsupported", method="reading", reason=side.node.reason)
        if step.sign.sign in ASSIGNMENTS:
            return replace(record, verdict="definition", method="assignment", reason="an assignment: nothing to check")
        if step.sign.sign != "=":
            if step.sign.sign in STATEMENTS:
                return replace(record, verdict="definition", method="statement", reason="a statement, not an equation")
            reason = f"the relation {step.sign.sign} is not an equation"
            return replace(record, verdict="unsupported", method="language", reason=reason)
        try:
            with budget(OPERATIONS, SECONDS):
                found = self._equation(step, step.left.node, step.right.node, record)
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

    def _with_effect(self, step: Step, record: StepRecord) -> StepRecord:
        """What the step does to the truth of its chain: the value of its first side, where that is a derivative."""
        assert step.left is not None and step.right is not None
        first = self._beginning(step)
        if first is None or first.node is None or _subject(first.node) is None:
            return record
        if record.verdict not in (*HELD, "refuted"):
            return record
        held, key = record.verdict in HELD, render(first.node)
        before = self.truths.get(key)
        was_right = before is None or before[0]
        restated = step.left.node == first.node
        if restated:
            is_right = held
        elif held:
            is_right = was_right
        else:
            is_right = step.right.node is not None and self._holds(replace(step, left=first), first, step.right)
        effect = None
        if was_right and not is_right:
            effect = "introduces_error"
        elif not was_right and is_right:
            effect = "repairs_error"
        elif not was_right and not is_right:
            same = not restated and held or (before is not None and self._holds(step, before[1], step.right))
            effect = "inherits_error" if same else "introduces_error"
        self.truths[key] = is_right, step.right
        return replace(record, effect=effect)

    def _beginning(self, step: Step) -> Side | None:
        """The first side of the chain that a step belongs to, through the displays that it continues."""
        assert step.left is not None
        position = step.left
        for _ in range(200):
            chain = self.document.formulas[position.formula].chains[position.chain]
            if chain.members[0] is not None:
                node = chain.members[0]
                return replace(position, node=node, member=0)
            earlier = [
                s.left
                for s in self.document.steps
                if s.formula == position.formula and s.chain == position.chain and s.left is not None
            ]
            if not earlier or (earlier[0].formula, earlier[0].chain) == (position.formula, position.chain):
                return None
            position = earlier[0]
        return None

    def _holds(self, step: Step, left: Side, right: Side) -> bool:
        if left.node is None or right.node is None:
            return False
        judged = self._under(replace(step, left=left, right=right), left.node, right.node)
        return judged.verdict.status in (Status.PROVED, Status.SUPPORTED)

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

    # Equations

    def _equation(self, step: Step, left: Node, right: Node, record: StepRecord) -> StepRecord:
        chain = self.document.formulas[step.formula].chains[step.chain]
        if is_condition(left, right, self.signature, self.scope):
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
        if head is not None and not self._has_value(head) and (begins or self._is_open(head)):
            if self._is_solution(step, left):
                reason = "a solution of what was set to zero: no definition, since the name is what is solved for"
                return replace(record, verdict="definition", method="condition", reason=reason)
            try:
                return self._define(step, head, left, right, record)
            except CircularError as error:
                reason = f"its value can't be used: {error}"
                return replace(record, verdict="definition", method="definition", reason=reason)
        other = head_of(right, self.signature)
        if other is not None and self._is_open(other) and not self._has_value(other):
            with contextlib.suppress(CircularError):  # then it is no name for the left side, but a claim about it
                return self._define(replace(step, left=step.right, right=step.left), other, right, left, record)
        subject = _subject(left)
        if subject is not None and begins and self._is_unknown_subject(subject):
            return self._derived(step, left, record)
        if begins and _is_sigma_of_name(left):
            self.other_sigma = not any(_is_exponential(n) for n in walk(right))
            if self.other_sigma:
                reason = "σ is another function here than the logistic one"
                return replace(record, verdict="definition", method="definition", reason=reason)
        judged = self._claimed(step, left, right)
        record = self._judged(record, judged)
        if self.other_sigma and record.verdict in (*HELD, "refuted") and _mentions_sigma(left, right):
            reason = "σ was said to be another function than the logistic one"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if record.verdict == "refuted":
            record = self._excused(step, left, right, begins, judged, record)
        if record.verdict in ("refuted", "undecided"):
            begins = begins or (own_chain(step) and self._names_before(chain, step.left.member))
        if record.verdict not in HELD and isinstance(right, ast.Number) and right.text == "0" and not begins:
            if judged.left is not None and judged.equation is not None:
                self.scope.zeroed.append(judged.left)
                self.zeroed_at = step.formula
            reason = "set to zero: an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        if head is not None and begins and record.verdict not in HELD:
            return self._redefine(step, head, left, right, record)
        unknown = record.verdict == "undecided" and "is not defined here" in str(record.reason)
        if (unknown or record.verdict == "unsupported") and step.left.member > 0:
            self._continued(step, chain, right)
        if record.verdict == "refuted" and subject is not None and begins:
            return self._restated(step, subject, left, right, record)
        return record

    def _excused(
        self, step: Step, left: Node, right: Node, begins: bool, judged: Judged, record: StepRecord
    ) -> StepRecord:
        """A sum over samples left out, or a mean taken, where the words announce it."""
        if judged.left is None or judged.right is None or step.left is None:
            return record
        before = self.document.formulas[step.formula].context.before[-160:]
        if judged.right == 1 and isinstance(judged.left, sp.Sum) and isinstance(judged.left.function, sp.Indexed):
            if self.signature.is_label(re.split("[@·′]", judged.left.function.base.label.name)[0]):
                return replace(record, verdict="definition", method="assumption", witness=None, reason="an assumption")
        if begins and self._is_equation(left, right, judged):
            return replace(record, verdict="definition", method="condition", witness=None, reason="a condition")
        solved = begins and isinstance(right, ast.Number) and bool(judged.left.free_symbols)
        if solved and isinstance(right, ast.Number) and self._is_to_be_solved(step, left, right):
            self.scope.zeroed.append(judged.left)
            self.zeroed_at = step.formula
            reason = "an equation to be solved"
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        named = head_of(left, self.signature) is not None or _subject(left) is not None
        follows = 0 <= step.formula - self.zeroed_at <= _SOLVING
        if begins and not named and (follows or re.search(_SOLVED, before, re.I)):
            reason = "an equation to be solved" + (", as the text says" if not follows else "")
            return replace(record, verdict="definition", method="condition", witness=None, reason=reason)
        over_samples = self._speaker(step.left).range_of(self.signature.sample)
        sums = [any(s.args[1][1:] == over_samples for s in e.atoms(sp.Sum)) for e in (judged.left, judged.right)]
        if sums[0] and not sums[1] and self.signature.says(_ONE_SAMPLE):
            return replace(record, verdict="undecided", witness=None, reason="stated for one sample, as the text says")
        if _is_worked_out(right):
            return replace(record, verdict="undecided", witness=None, reason="a value for data that aren't stated")
        unnamed = [ROW in free_symbols(e) for e in (judged.left, judged.right)]
        if sums[0] and unnamed == [False, True]:
            reason = "a sum over samples beside one sample that no index names"
            return replace(record, verdict="undecided", witness=None, reason=reason)
        if judged.equation is not None and re.search(_MEAN, before, re.I):
            sizes = [s for s in judged.right.free_symbols - judged.left.free_symbols if s.is_integer or s.name in "NMm"]
            for size in sizes:
                scaled = replace(judged.equation, right=judged.right * size)
                if decide(scaled, self.seed).is_proved:
                    reason = f"holds for the mean over {size} samples, which the text announces"
                    return replace(record, verdict="undecided", witness=None, reason=reason)
        return record

    def _is_solution(self, step: Step, left: Node) -> bool:
        """Whether a bare name stands in the equations that were set to zero just before: what they are solved for."""
        if not 0 <= step.formula - self.zeroed_at <= _SOLVING:
            return False
        assert step.left is not None
        try:
            name = self._speaker(step.left).side(left).expr
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False
        return any(_labels(name) & _labels(e) for e in self.scope.zeroed[-_SOLVING:])

    def _names_before(self, chain: ast.Chain, member: int) -> bool:
        """Whether a side and all before it are bare names: what follows is a value for each, as in x = g(u) = u + c."""
        return all(m is not None and head_of(m, self.signature) is not None for m in chain.members[: member + 1])

    def _is_equation(self, left: Node, right: Node, judged: Judged) -> bool:
        """Whether an equation says where it holds: w^T x = 0, a line; z_1 = z_2, two entries; 1(i = j) = 1."""
        assert judged.left is not None
        if right == ast.Number("0") and not any(isinstance(n, ast.Fraction | ast.Nabla) for n in walk(left)):
            return True
        if right == ast.Number("1") and isinstance(judged.left, sp.KroneckerDelta):
            return True
        if not isinstance(left, ast.Symbol) or not isinstance(right, ast.Symbol):
            return False
        one, other = (read_name(side, self.signature.habits) for side in (left, right))
        return one.key == other.key and one.indices != other.indices or _numbered(one.key) == _numbered(other.key) != ""

    def _is_to_be_solved(self, step: Step, left: Node, right: ast.Number) -> bool:
        """Whether A = 0 asks for what makes it so: no derivative of something between, or words that say it."""
        derivative = any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(left)) or _subject(left) is not None
        if not derivative:
            return head_of(left, self.signature) is None
        formula = self.document.formulas[step.formula]
        leads_on = step.chain + 1 < len(formula.chains)
        sentence = re.split(r"[.。]\s", formula.context.before[-100:])[-1]
        return right.text == "0" and (leads_on or bool(re.search(_ZEROED, sentence, re.I)))

    def _continued(self, step: Step, chain: ast.Chain, right: Node) -> None:
        """A name whose value had something unknown in it has the next value of its chain."""
        first = chain.members[0]
        head = None if first is None else head_of(first, self.signature)
        if head is None or not (self._has_value(head) or head.ref.key in self.scope.unusable):
            return
        assert step.right is not None
        speaker = self._speaker(step.right)
        try:
            if unknown_in(speaker.side(right).expr, speaker):
                return
            self._bind(step, head, right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return

    def _restated(self, step: Step, subject: Node, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """∂N/∂v = ∂(E)/∂v with E = −N, where the words say that a sign is changed: N is E from here on."""
        head, inner = head_of(subject, self.signature), _subject(right)
        if head is None or inner is None or not self.signature.says(_NEGATED):
            return record
        judged = self._claimed(step, left, ast.Sum((ast.Term("-", right),)))
        if not judged.verdict.is_proved:
            return record
        try:
            self._bind(step, head, inner)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return record
        return replace(record, verdict="conflict", reason=f"{head.ref.key} had the opposite sign before")

    def _is_open(self, head: Head) -> bool:
        """Whether a name is neither data, nor a parameter, nor defined: an equation may say what it is."""
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        return not speaker.is_primitive(head.ref.key) or bool(head.arguments) or head.ref.key in ("u", "v")

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
            reason = "the derivative of a name that has no definition here: nothing to check"
            return replace(record, verdict="definition", method="definition", reason=reason)
        assert before.node is not None and step.right.node is not None
        judged = self._claimed(replace(step, left=before), before.node, step.right.node)
        record = self._judged(record, judged)
        if record.verdict == "refuted":
            self.derived[key] = step.right
            return replace(record, verdict="conflict", reason=f"it was stated otherwise in line {before.place.line}")
        return record

    def _has_value(self, head: Head) -> bool:
        found = self.scope.of(head.ref.key)
        arity = len(head.ref.indices)
        if self._names_sample(head):
            return any(self.signature.sample in e.axes and len(e.axes) == arity + 1 for e in found)
        return any(
            len(e.axes) == arity or len([a for a in e.axes if a != self.signature.sample]) == arity or not arity
            for e in found
            if len(e.axes) >= arity
        )

    def _names_sample(self, head: Head) -> bool:
        """Whether a name is written as a function of one named sample's data: J(w; x_i, y_i)."""
        if not head.arguments:
            return False
        speaker = Elaborator(self.signature, self.scope, 0, self.choices, unknown=self.unknown, domains=self.domains)
        return speaker._sample_of(head.arguments) is not None

    def _speaker(self, side: Side, other: Side | None = None) -> Elaborator:
        elsewhere = _letters_outside(self.document, side, other)
        return Elaborator(
            self.signature,
            self.scope,
            side.formula,
            self.choices,
            unknown=self.unknown,
            domains=self.domains,
            letters_elsewhere=elsewhere,
        )

    def _claimed(self, step: Step, left: Node, right: Node) -> Judged:
        """The verdict on left = right: as it stands, else in the cases that are written around it."""
        self.vanished.clear()
        judged = self._under(step, left, right)
        if judged.verdict.is_proved:
            return judged
        if self.vanished and not judged.verdict.is_refuted:
            judged = self._of_any(step, left, right) or judged
        written, implied = cases_written(self.document, step)
        for case in (*written, *implied, *self._still_in_force(step, written)):
            attempt = self._under(step, left, right, case)
            if attempt.verdict.status in (Status.PROVED, Status.SUPPORTED):
                self.sticky = case, step
                conditions = (*attempt.verdict.conditions, str(case))
                return replace(attempt, verdict=replace(attempt.verdict, conditions=conditions))
            if case in written and attempt.verdict.is_refuted and judged.verdict.status is Status.UNDECIDED:
                judged = attempt
        if judged.verdict.is_refuted:
            values = values_stated(self.document, step)
            attempt = self._under(step, left, right, *values) if values else judged
            if attempt.verdict.status in (Status.PROVED, Status.SUPPORTED):
                conditions = (*attempt.verdict.conditions, *map(str, values))
                return replace(attempt, verdict=replace(attempt.verdict, conditions=conditions))
            older = self._under_older(step, left, right)
            if older is not None:
                return older
            for case in cases_behind(self.document, step):
                if case not in written and self._under(step, left, right, case).verdict.is_proved:
                    verdict = replace(judged.verdict, status=Status.UNDECIDED, witness=None, reason=f"holds for {case}")
                    return replace(judged, verdict=verdict)
        return judged

    def _of_any(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The claim of a loss of which nothing is known, where the one that is defined hasn't what it is derived by."""
        symbols = self.scope.symbols
        before = {s: symbols[s] for s in self.vanished if s in symbols and not symbols[s].axes}
        try:
            symbols.update({s: replace(entry, definition=None) for s, entry in before.items()})
            judged = self._under(step, left, right) if before else None
        finally:
            symbols.update(before)
        if judged is None or not judged.verdict.is_proved:
            return None
        conditions = (*judged.verdict.conditions, f"for any {', '.join(sorted(e.key for e in before.values()))}")
        return replace(judged, verdict=replace(judged.verdict, conditions=conditions))

    def _still_in_force(self, step: Step, written: Sequence[Case]) -> tuple[Case, ...]:
        """The case in which the steps before this one were made, where they are of the same section and near."""
        if self.sticky is None:
            return ()
        case, last = self.sticky
        here, there = (self.document.formulas[s.formula] for s in (step, last))
        of_label = case.right.isdigit()  # "for y = 1" is said once for pages, "for i = j" beside its formulas
        near = of_label or here.index - there.index <= NEAR
        same = here.context.headings == there.context.headings
        return (case,) if near and same and not any(case.contradicts(other) for other in written) else ()

    def _under(self, step: Step, left: Node, right: Node, *cases: Case) -> Judged:
        assert step.left is not None and step.right is not None
        try:
            first = self._speaker(step.left, step.right)
            matrix = right.body if isinstance(right, ast.Group) else right
            claimed = cases_of(matrix) if isinstance(matrix, ast.Matrix) else []
            if claimed:
                return self._by_cases(step, left, claimed)
            a = first.side(left)
            second = self._speaker(step.right, step.left)
            second.fresh = first.fresh + 50
            b = second.side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            shown = cells_shown(left, right)
            if shown:
                return of_shown((place, self._under(step, l, r, *cases)) for place, l, r in shown)
            if isinstance(error, MisshapenError) and not cases:
                return self._transposed(step, left, right, error)
            return Judged(Verdict(Status.UNSUPPORTED, "language", reason=str(error)))
        judged = self._decided(first, second, a, b, cases)
        if judged.verdict.status is Status.UNSUPPORTED and len(a.axes) != len(b.axes) and not cases:
            single = self._entry_by_entry(step, left, right)
            if single is not None:
                return single
        if judged.verdict.status is Status.UNSUPPORTED:
            return of_cuts((self._under(step, one, other, *cases) for one, other in rows_lost(left, right)), judged)
        return judged

    def _entry_by_entry(self, step: Step, left: Node, right: Node) -> Judged | None:
        """Vectors without an index read as one entry each: ds/dz = s(1 - s). It supports a step and refutes none."""
        assert step.left is not None and step.right is not None
        if any(_is_linear_algebra(part) for side in (left, right) for part in walk(side)):
            return None
        speakers = self._speaker(step.left, step.right), self._speaker(step.right, step.left)
        for speaker in speakers:
            speaker.single = True
        speakers[1].fresh = 500
        try:
            judged = self._decided(*speakers, speakers[0].side(left), speakers[1].side(right), ())
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        if not judged.verdict.is_proved:
            return None
        reason = "holds entry by entry, each vector read as one of its entries"
        return replace(judged, verdict=replace(judged.verdict, status=Status.SUPPORTED, reason=reason))

    def _keep_matrices(self, step: Step, record: StepRecord) -> None:
        """Remember the matrices of a step whose products fit: that is how they stand in this document."""
        if record.verdict in HELD or (record.verdict == "definition" and record.reason is None):
            for side in (step.left, step.right):
                if side is not None and side.node is not None:
                    self.fitting |= self._speaker(side).matrices_in(side.node) or set()

    def _transposed(self, step: Step, left: Node, right: Node, error: MisshapenError) -> Judged:
        """A product that is defined for no two different sizes: refuted where it holds with its matrix transposed."""
        otherwise = Judged(Verdict(Status.UNSUPPORTED, "language", reason=str(error)))
        assert step.left is not None and step.right is not None
        speakers = self._speaker(step.left, step.right), self._speaker(step.right, step.left)
        sizes: list[tuple[sp.Expr, sp.Expr]] = []
        speakers[0].mended, speakers[1].mended = sizes, sizes
        speakers[1].fresh = 500
        for speaker, side in zip(speakers, (left, right), strict=True):
            matrices = speaker.matrices_in(side)
            if matrices is None or not matrices <= self.fitting:
                return otherwise
        try:
            a, b = speakers[0].side(left), speakers[1].side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return otherwise
        judged = self._decided(*speakers, a, b, ())
        if not judged.verdict.is_proved or len(sizes) != 1:
            return otherwise
        one, other = sizes[0]
        witness = Witness("shape", {str(one): 2, str(other): 3}, {}, {}, "defined", "no product of these sizes")
        reason = f"{one} entries are multiplied with {other}; with the matrix transposed it holds"
        return replace(judged, verdict=Verdict(Status.REFUTED, "shape", reason=reason, witness=witness), equation=None)

    def _decided(self, first: Elaborator, second: Elaborator, a: Value, b: Value, cases: Sequence[Case]) -> Judged:
        met = {**second.met, **first.met}
        consulted = first.consulted | second.consulted
        self.consulted |= consulted
        if consulted:
            self.step_consulted[-1] = True
        first.met = met
        first.doubts += second.doubts
        claim = Claim(a, b, first)
        for case in cases:
            claim = applied(case, claim)
        judged = judge(claim, self.seed)
        self.vanished |= first.vanished
        return judged

    def _by_cases(self, step: Step, left: Node, rows: Sequence[tuple[Node, Case | None]]) -> Judged:
        """An equation with a value for every case: all must hold."""
        found: list[Judged] = []
        for node, case in rows:
            if case is None:
                return Judged(Verdict(Status.UNSUPPORTED, "language", reason="a case whose condition isn't understood"))
            judged = self._under(step, left, node, case)
            if judged.verdict.is_refuted:
                return judged
            found.append(judged)
        worst = [j for j in found if not j.verdict.is_proved]
        if worst:
            return worst[0]
        conditions = tuple(dict.fromkeys(c for j in found for c in j.verdict.conditions))
        return replace(found[0], verdict=replace(found[0].verdict, conditions=conditions))

    def _under_older(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The claim under a definition that the subject of its derivative had before, which becomes a condition."""
        subjects = {
            read_name(n, self.signature.habits).key
            for f in walk(left)
            if isinstance(f, ast.Fraction | ast.Product)
            for n in walk(f.numerator if isinstance(f, ast.Fraction) else f)
            if isinstance(n, ast.Symbol)
        }
        for key in sorted(subjects & set(self.scope.history)):
            for entry in reversed(self.scope.history[key]):
                current = self.scope.entries[key]
                self.scope.entries[key] = [entry, *(e for e in current if e.axes != entry.axes)]
                try:
                    judged = self._under(step, left, right)
                finally:
                    self.scope.entries[key] = current
                if not judged.verdict.is_refuted:
                    used = f"{key} as defined in line {entry.line}, not in line {current[0].line}"
                    conditions = (*judged.verdict.conditions, used)
                    return replace(judged, verdict=replace(judged.verdict, conditions=conditions))
        return None

    # Definitions

    def _define(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord:
        reason = None
        try:
            self._bind(step, head, right)
            self._bind_layers(step, left, right)
        except CircularError:
            raise
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            reason = f"its value can't be used: {error}"
            self.scope.unusable.add(head.ref.key)
        return replace(record, verdict="definition", method="definition", reason=reason)

    def _bind_layers(self, step: Step, left: Node, right: Node) -> None:
        """What is defined at layer l is defined at the other layers that the document names."""
        own = own_layer(left)
        if own is None or own[1] or own[0] not in self.signature.habits.layers or not isinstance(left, ast.Symbol):
            return
        named, defined = self.layers
        said = set() if _subject(right) is not None else defined.get(left.name, set())
        for layer in named:  # what \delta^L = ∂C/∂z^L equals is then a claim
            head = head_of(at_layer(left, own[0], layer), self.signature)
            if head is not None and layer != own and layer not in said and not self._has_value(head):
                self._bind(step, head, at_layer(right, own[0], layer))

    def _redefine(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """A name with a value is given another: what it means from here on."""
        entries = self.scope.of(head.ref.key)
        if record.verdict == "undecided" and entries and entries[0].definition is not None:
            of_unknown = _labels(entries[0].definition.value) & self.scope.jets
            if of_unknown and self._resolved(step, head, right, entries[0]):
                return replace(record, verdict="definition", method="definition", reason=None)
        if record.verdict in ("refuted", "undecided") and self._identified(step, head, right):
            return replace(record, verdict="definition", method="definition", witness=None, reason=None)
        if record.verdict == "refuted" and head.ref.key.endswith("]") and re.search(_SAME, self._words(step), re.I):
            return record
        if record.verdict == "refuted" and entries and _is_derivative(entries[0]):
            if any(isinstance(n, ast.Symbol) for n in walk(right)):
                return record
            return replace(record, verdict="undecided", witness=None, reason="a value for data that aren't stated")
        if record.verdict == "refuted":
            before = [e.line for e in self.scope.of(head.ref.key)][:1]
            try:
                self._bind(step, head, right)
            except (UnsupportedNoteError, UnsupportedExpressionError) as error:
                return replace(record, verdict="undecided", witness=None, reason=str(error))
            reason = f"{head.ref.key} was defined otherwise in line {before[0]}" if before else None
            return replace(record, verdict="conflict", reason=reason)
        if record.verdict == "undecided":
            try:
                self._bind(step, head, right)
            except (UnsupportedNoteError, UnsupportedExpressionError):
                return record
        return record

    def _resolved(self, step: Step, head: Head, right: Node, entry: Entry) -> bool:
        """A name that was an unknown function has its value now: the same name, with that value."""
        assert step.right is not None and entry.definition is not None
        try:
            value = self._speaker(step.right, step.left).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False
        own = free_symbols(entry.definition.target)
        if value.axes or _mentions(value.expr, entry.symbol, self.scope) or not free_symbols(value.expr) >= own:
            return False
        reached = {_label_of(a) for a in free_atoms(value.expr)}
        if reached & self.scope.jets:
            return False
        found = replace(entry, definition=Definition(entry.definition.target, value.expr), line=record_line(step))
        self.scope.entries[head.ref.key] = [found, *(e for e in self.scope.of(head.ref.key) if e is not entry)]
        self.scope.symbols[entry.symbol] = found
        return True

    def _words(self, step: Step) -> str:
        return self.document.formulas[step.formula].context.before[-60:]

    def _identified(self, step: Step, head: Head, right: Node) -> bool:
        """Whether a name is given the same value with one name in it written out: y is σ(z) from here on."""
        assert step.left is not None and step.right is not None
        entries = [e for e in self.scope.of(head.ref.key) if e.definition is not None]
        if not entries or entries[0].definition is None:
            return False
        before = entries[0].definition.value
        if before.has(Partial):
            return False
        try:
            after = self._speaker(step.right, step.left).side(right).expr
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False
        gone = before.atoms(sp.Indexed) - after.atoms(sp.Indexed)
        functions = [f for f in after.atoms(sp.Function) if not before.has(f) and not isinstance(f, sp.log)]
        if len(gone) != 1 or not functions:
            return False
        (name,) = gone
        for value in sorted(functions, key=str):
            if before.xreplace({name: value}) == after and all(isinstance(i, sp.Symbol) for i in name.indices):
                label = name.base.label
                entry = self.scope.symbols.get(label)
                axes = entry.axes if entry is not None else self.domains.get(label, ())
                key = entry.key if entry is not None else label.name
                if free_symbols(value) & set(name.indices) and len(axes) == len(name.indices):
                    self.scope.bind(key, tuple(name.indices), axes, value, record_line(step))
                    self._bind(step, head, right)
                    return True
        return False

    def _bind(self, step: Step, head: Head, right: Node) -> None:
        assert step.left is not None and step.right is not None
        left = step.left.node
        speaker = self._speaker(step.right, step.left)
        value = speaker.side(right)
        self.consulted |= speaker.consulted
        if speaker.consulted:
            self.step_consulted[-1] = True
        ref = head.ref
        if isinstance(left, ast.Symbol) and value.expr.has(Partial) and left in walk(right):
            raise CircularError(f"an update of {ref.key}")
        parameters: list[sp.Expr] = []
        sample: sp.Symbol | None = None
        if head.arguments:
            sample = speaker._sample_of(head.arguments)
        own: list[sp.Symbol] = []
        axes: list[object] = []
        for index in ref.indices:
            if index.letter is None or index.offset:
                raise UnsupportedNoteError("a definition of one entry")
            symbol = speaker.index(index.letter)
            if symbol in own:
                raise UnsupportedNoteError("a definition with one index twice")
            own.append(symbol)
            axes.append(speaker._sort_written(index))
        expr = value.expr
        target_sample = sample or next((s for s, a in zip(own, axes, strict=True) if a == self.signature.sample), None)
        if ROW in free_symbols(expr) and target_sample is not None:
            expr = substitute(expr, {ROW: target_sample})
        hidden = sample or (ROW if ROW in free_symbols(expr) else None)
        if hidden is not None and hidden not in own and hidden in free_symbols(expr):
            own.insert(0, hidden)
            axes.insert(0, self.signature.sample)
        for axis in value.axes:
            own.append(axis.symbol)
            axes.append(axis.sort)
        if len(head.arguments) >= 1:
            for argument in head.arguments:
                atom: sp.Expr = sp.S.NaN
                with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError):
                    atom = substitute_row(self._speaker(step.left).value(argument).expr, hidden)
                parameters.append(atom)
        symbol = self.scope.symbol_for(ref.key, len(own))
        if expr == symbol or isinstance(expr, sp.Indexed) and expr.base.label == symbol:
            return
        current = [e for e in self.scope.of(ref.key) if e.axes == tuple(axes)]
        if _mentions(expr, symbol, self.scope) and not current:
            reached = [expr, *(e.definition.value for e in self.scope.definitions_of(expr) if e.definition is not None)]
            self.scope.inert[symbol] = frozenset(_label_of(a) for e in reached for a in free_atoms(e))
            raise CircularError(f"an equation for {ref.key}, which stands on both sides")
        if current and any(_label_of(a) == current[0].symbol for a in free_atoms(expr)):
            raise CircularError(f"an equation for {ref.key}, which stands on both sides")
        self.scope.bind(ref.key, tuple(own), tuple(axes), expr, record_line(step), tuple(parameters), len(ref.indices))

    # Verdicts

    def _judged(self, record: StepRecord, judged: Judged) -> StepRecord:
        verdict = judged.verdict
        return replace(
            record,
            verdict=verdict.status.value,
            method=verdict.method,
            reason=verdict.reason,
            conditions=verdict.conditions,
            definitions=judged.definitions,
            witness=verdict.witness if verdict.is_refuted else None,
            points=verdict.points,
            reading=str(self.choices) if self.step_consulted[-1] else "",
            claim=judged,
        )


def substitute_row(expr: sp.Expr, hidden: sp.Symbol | None) -> sp.Expr:

    return expr if hidden is None or hidden == ROW else substitute(expr, {hidden: ROW})


def _labels(expr: sp.Expr) -> set[sp.Symbol]:
    return {_label_of(a) for a in free_atoms(expr)}


def _label_of(atom: sp.Expr) -> sp.Symbol:
    return atom.base.label if isinstance(atom, sp.Indexed) else atom


def _mentions(expr: sp.Expr, symbol: sp.Symbol, scope: Scope) -> bool:
    exprs = [expr, *(e.definition.value for e in scope.definitions_of(expr) if e.definition is not None)]
    return any(_label_of(a) == symbol for e in exprs for a in free_atoms(e))


def _subject(node: Node) -> Node | None:
    """What a derivative is of, where it is a name: C in ∂C/∂w_j."""
    if not isinstance(node, ast.Fraction):
        return None
    above, below = leading(node.numerator), leading(node.denominator)
    if not above or not below:
        return None
    return above[0].body if len(above) == 1 else ast.Product((replace(above[0], operator=""), *above[1:]))


def _is_linear_algebra(node: object) -> bool:
    """Whether a part of a formula makes sense for arrays only: a transpose, an array written out, v ⊙ w."""
    if isinstance(node, ast.Matrix | ast.Nabla) or isinstance(node, ast.Factor) and node.operator in _OF_ARRAYS:
        return True
    raised = node.superscripts if isinstance(node, ast.Symbol | ast.Scripted) else ()
    return any(isinstance(s, ast.Symbol) and s.name in TRANSPOSES for s in raised)


def own_chain(step: Step) -> bool:
    """Whether the left side stands in the chain of the step, and is not continued from a display before it."""
    return step.left is not None and (step.left.formula, step.left.chain) == (step.formula, step.chain)


def _numbered(key: str) -> str:
    """The name that has a number below: z of z_1."""
    found = re.fullmatch(r"(.+)_\d+", key)
    return found[1] if found else ""


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


def _is_worked_out(right: Node) -> bool:
    """Whether a side is arithmetic with the numbers of an example: 0.62, \\sigma(1.0 \\times 5.0 + 2)."""
    nodes = list(walk(right))
    numbers = [n.text for n in nodes if isinstance(n, ast.Number)]
    names = {n.name for n in nodes if isinstance(n, ast.Symbol)} - {r"\sigma", "sigmoid", "e"}
    return not names and any("." in text for text in numbers)


def _is_derivative(entry: Entry) -> bool:
    """Whether a name was said to be a derivative: what else it equals is a claim."""
    return entry.definition is not None and isinstance(entry.definition.value, Partial)


def record_line(step: Step) -> int:
    assert step.left is not None
    return step.left.place.line


def _letters_outside(document: Document, *sides: Side | None) -> frozenset[str]:
    """Letters that stand among indices outside every sum without bounds, in the formulas of the two sides."""
    found: set[str] = set()
    for side in sides:
        if side is None or side.node is None:
            continue
        found |= _outside(side.node)
    return frozenset(found)


@lru_cache(maxsize=10_000)
def _outside(node: Node) -> frozenset[str]:
    from derivations.notes.names import Habits

    habits = Habits(frozenset("ij"))
    inside: set[int] = set()
    for part in walk(node):
        if isinstance(part, ast.Product):
            for position, factor in enumerate(part.factors):
                if isinstance(factor.body, ast.BigOperator) and factor.body.lower is None:
                    for later in part.factors[position + 1 :]:
                        inside |= {id(n) for n in walk(later.body)}
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Scripted) and id(part) not in inside:
            found |= {s.name for s in part.subscripts if isinstance(s, ast.Symbol) and len(s.name) == 1}
        if isinstance(part, ast.Symbol) and id(part) not in inside:
            try:
                found |= {i.letter for i in read_name(part, habits).indices if i.letter is not None}
            except UnsupportedNoteError:
                continue
    bound: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.BigOperator):
            try:
                bound |= set(binder(part)[0])
            except UnsupportedNoteError:
                continue
    early: set[str] = set()  # in -a_i - \sum_i b_i the first i is another one
    if isinstance(node, ast.Sum) and bound:
        ahead = itertools.takewhile(lambda t: not any(isinstance(n, ast.BigOperator) for n in walk(t.body)), node.terms)
        early = {letter for term in ahead for letter in _outside(term.body)}
    return frozenset((found - bound) | early)


def check_document(
    document: Document, text: str, name: str, seed: int = 0, spent: Counter[int] | None = None
) -> FileReport:
    """The report on a document that has been read; spent: filled with the nanoseconds that each formula took."""
    spent = Counter() if spent is None else spent
    document, maps = _usual_writing(document)
    with remembered():
        steps = _read_in_all_ways(document, text, maps, seed, spent)
    return FileReport(name, tuple(_formula_records(document, steps)), tuple(steps))


def _read_in_all_ways(
    document: Document, text: str, maps: frozenset[str], seed: int, spent: Counter[int]
) -> list[StepRecord]:
    """The records of the reading by which most holds, refuted only where no other reading holds."""
    sides = [(f.index, [m for c in f.chains for m in c.members if m is not None]) for f in document.formulas]
    signature = with_shapes(document, sign_document(sides, text, maps))
    first = _Reading(document, signature, Choices(), seed, spent=spent)
    steps = first.run()
    readings = [(first, steps)]
    for choices in Choices().others(first.consulted):
        if all(s.verdict in (*HELD, "definition") for s, c in zip(steps, first.step_consulted, strict=True) if c):
            break
        other = _Reading(document, signature, choices, seed, spent=spent)
        readings.append((other, other.run()))
    held = [sum(s.verdict in HELD for s in found) for _, found in readings]
    _, steps = readings[held.index(max(held))]
    for _, others in readings:
        steps = [_spared(mine, theirs) for mine, theirs in zip(steps, others, strict=True)]
    return [_read_alone(document, maps, step, record, seed) for step, record in zip(document.steps, steps, strict=True)]


def _read_alone(document: Document, maps: frozenset[str], step: Step, record: StepRecord, seed: int) -> StepRecord:
    """Refuted only if it does not hold where it is read by itself, its letters meaning what they mean there."""
    if record.verdict != "refuted":
        return record
    for part, text, own in parts_around(document, step):
        sides = [(f.index, [m for c in f.chains for m in c.members if m is not None]) for f in part.formulas]
        reading = _Reading(part, with_shapes(part, sign_document(sides, text, maps)), Choices(), seed)
        found = next(r for s, r in zip(part.steps, reading.run(), strict=True) if s is own)
        if found.verdict in HELD:
            return replace(record, verdict="undecided", witness=None, reason="holds where it is read by itself")
    return record


def _usual_writing(document: Document) -> tuple[Document, frozenset[str]]:
    """The document with every side in the usual way of writing, and the features of x that it names."""
    used = usage(chain for f in document.formulas for chain in f.chains)

    def side(found: Side | None) -> Side | None:
        if found is None or found.node is None or isinstance(found.node, ast.Unread):
            return found
        return replace(found, node=rewritten(found.node, used))

    formulas = tuple(
        replace(
            formula,
            reading=replace(
                formula.reading,
                chains=tuple(
                    replace(c, members=tuple(m if m is None else rewritten(m, used) for m in c.members))
                    for c in formula.reading.chains
                ),
            ),
        )
        for formula in document.formulas
    )
    steps = tuple(replace(s, left=side(s.left), right=side(s.right)) for s in document.steps)
    return replace(document, formulas=formulas, steps=steps), used.maps


def _spared(mine: StepRecord, theirs: StepRecord) -> StepRecord:
    """Refuted only if refuted under every reading."""
    if mine.verdict == "refuted" and theirs.verdict in HELD:
        return replace(mine, verdict="undecided", witness=None, reason=f"holds where {theirs.reading}")
    if mine.verdict == "refuted" and mine.reading and theirs.method == "budget":
        return replace(mine, verdict="undecided", method="budget", witness=None, reason=theirs.reason)
    return mine


def _formula_records(document: Document, steps: Sequence[StepRecord]) -> list[FormulaRecord]:
    by_formula: dict[int, list[StepRecord]] = {}
    for step in steps:
        by_formula.setdefault(step.formula, []).append(step)
    records = []
    for formula in document.formulas:
        own = by_formula.get(formula.index, [])
        verdicts = {s.verdict for s in own}
        reason = None
        if formula.status != "read":
            status = "unsupported"
            reason = formula.reading.unread[0].reason
        elif not own:
            status = "prose"
        elif verdicts <= {"definition"}:
            status = "definition"
        elif verdicts <= {"unsupported"}:
            status, reason = "unsupported", own[0].reason
        else:
            status = "checked"
        understood = r" \quad ".join(render_chain(chain) for chain in formula.chains)
        line, end = formula.place.line, formula.end_place.line
        records.append(FormulaRecord(line, end, formula.latex, understood, status, reason))
    return records


def read_text(text: str, syntax: str = "markdown") -> Document:
    """A text read as a document."""
    from derivations.notes import parser
    from derivations.notes.document import scan

    found = scan(text, "tex" if syntax == "tex" else "markdown")
    formulas = tuple(parser._formula(index, source) for index, source in enumerate(found.formulas))
    return Document(formulas, tuple(parser._steps(formulas)), found.code, found.comments)
