"""A name that has a value, said to be something else: resolved, identified with what it stands for, or contradicted.

Another value is a conflict, and holds from there on.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, free_atoms, free_symbols, label_of, labels_in
from derivations.equation import is_provable
from derivations.functions import Partial
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.interpreting.scope import Entry
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.defining import Defining, hangs_on_a_name, line_of, mentions
from derivations.notes.judging.numbers import MISSING
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord
from derivations.reasons import Why, holds_where, why
from derivations.statement import Definition
from derivations.verdict import Status

__all__ = ["Redefining"]

_NEGATED = r"负号|相反数|取负|negated|opposite sign|minus sign in front|add(ing)? a minus|マイナス"
_SAME = r"simplif|rewrit|equivalent|化简|等价|整理|упрощ|simplific|vereinfach"
_LET = r"\blet\b|\bredefin|\binstead\b|重新定义|改为|改用|现在[令设]|\bSei\b|\bsoit\b|\bsea\b"
_STRENGTHS = (r"\lambda", r"\alpha")  # of penalties
_SOLVED = 4  # names solved for last


@dataclass
class Redefining(Defining):
    """The part of a reading that hears names said again."""

    def _redefine(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """A name with a value is given another: what it means from here on."""
        if why(record.reason) is Why.RIGHT_CLASS:
            return record  # -\log p_c is what the loss is for its right class, and no other loss
        entries = self.scope.of(head.ref.key)
        if entries and not entries[0].line and record.verdict == "refuted":
            of_mean = f"{head.ref.key} is the mean: an equation for the other names in it"
            return replace(record, verdict="undecided", witness=None, reason=of_mean)
        if record.verdict == "undecided" and entries and entries[0].definition is not None:
            of_unknown = labels_in(entries[0].definition.value) & self.scope.jets
            if of_unknown and self._resolved(step, head, right, entries[0]):
                return replace(record, verdict="definition", method="definition", reason=None)
        if record.verdict in ("refuted", "undecided") and entries and _is_value_at_data(entries[0], right):
            return replace(record, verdict="undecided", witness=None, reason=MISSING)
        if record.verdict in ("refuted", "undecided") and self._is_sum_of_each(step, head, left, right):
            self._bind(step, head, right)
            return replace(record, verdict="definition", method="definition", witness=None, reason=None)
        if record.verdict in ("refuted", "undecided") and self._identified(step, head, right):
            return replace(record, verdict="definition", method="definition", witness=None, reason=None)
        if record.verdict == "refuted" and head.ref.key.endswith("]") and re.search(_SAME, self._words(step), re.I):
            return record
        if record.verdict == "refuted" and entries and _is_derivative(entries[0]):
            if any(isinstance(n, ast.Symbol) for n in walk(right)):
                return record
            return replace(record, verdict="undecided", witness=None, reason=MISSING)
        if record.verdict == "refuted" and self._holds_at_optimum(step, left, right):
            names = dict.fromkeys(found.ref.key for _, found, _ in self.solved[-_SOLVED:])
            at_optimum = holds_where(f"{' and '.join(names)} is what was solved for")
            return replace(record, verdict="supported", witness=None, reason=at_optimum)
        if record.verdict == "refuted" and self._is_penalised(step, head, left, right):
            self._bind(step, head, right)
            anew = f"{head.ref.key} is defined anew, with a penalty"
            return replace(record, verdict="definition", method="definition", witness=None, reason=anew)
        if record.verdict == "refuted":
            before = [e.line for e in self.scope.of(head.ref.key)][:1]
            try:
                self._bind(step, head, right)
            except (UnsupportedNoteError, UnsupportedExpressionError) as error:
                return replace(record, verdict="undecided", witness=None, reason=str(error))
            self._first_again(step, head, right)
            if entries and self._is_of_another_section(step, entries[0]) and self._is_let(step):
                anew = f"{head.ref.key} is defined anew, in another section"
                return replace(record, verdict="definition", method="definition", witness=None, reason=anew)
            reason = f"{head.ref.key} was defined otherwise in line {before[0]}" if before else None
            return replace(record, verdict="conflict", reason=reason)
        if record.verdict == "undecided":
            try:
                self._bind(step, head, right)
            except (UnsupportedNoteError, UnsupportedExpressionError):
                return record
            if entries and self._is_of_another_section(step, entries[0]) and hangs_on_a_name(record):
                reason = f"{head.ref.key} is said anew, in another section"
                return replace(record, verdict="definition", method="definition", reason=reason)
        return record

    def _is_sum_of_each(self, step: Step, head: Head, left: Node, right: Node) -> bool:
        r"""Whether a name without an index is the sum, or the mean, of what is called so with one: E beside E_n."""
        entries = self.scope.of(head.ref.key)
        if head.ref.indices or not entries or any(entry.written != 1 for entry in entries):
            return False
        total = _with_each(left, right)
        return total is not None and self._claimed(step, total, right).verdict.is_proved

    def _is_penalised(self, step: Step, head: Head, left: Node, right: Node) -> bool:
        """Whether a name is given the value that it had, and a penalty: the loss of ridge regression, as is usual."""
        plain = _without_penalty(right)
        return plain is not None and not head.ref.indices and self._claimed(step, left, plain).verdict.is_proved

    def _holds_at_optimum(self, step: Step, left: Node, right: Node) -> bool:
        """Whether what a name is said to be is its value with what was solved for put in, as in a dual problem."""
        if not self.solved:
            return False
        with self.scope.trial(), contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError):
            for there, head, value in self.solved[-_SOLVED:]:
                self._bind(there, head, value)
            judged = self._claimed(step, left, right)
            return judged.verdict.status in (Status.PROVED, Status.SUPPORTED) or self._is_off_by_zero(judged)
        return False

    def _is_off_by_zero(self, judged: Judged) -> bool:
        """Whether the sides differ by b times what was set to zero as the derivative by a number b."""
        equation = judged.equation
        if equation is None:
            return False
        own = set().union(*(free_symbols(d.value) for d in equation.definitions))
        numbers = own & {s for found in self.scope.varied.values() for s in found if isinstance(s, sp.Symbol)}
        zeros = (*self.scope.zeroed[-_SOLVED:], *self.slopes[-_SOLVED:])
        lost = (number * zero for number in sorted(numbers, key=str) for zero in dict.fromkeys(zeros))
        return any(
            is_provable(replace(equation, right=equation.right + by), self.seed) for one in lost for by in (one, -one)
        )

    def _is_of_another_section(self, step: Step, entry: Entry) -> bool:
        """Whether a name got its value under other headings than those that a step stands under."""
        made = next((f for f in self.document.formulas if f.place.line <= entry.line <= f.end_place.line), None)
        return made is not None and made.context.headings != self.document.formulas[step.formula].context.headings

    def _first_again(self, step: Step, head: Head, right: Node) -> None:
        """y of y = f(u) = E, where f(u) is given a value that it didn't have before, is E."""
        first = self.document.formulas[step.formula].chains[step.chain].members[0]
        other = None if first is None else head_of(first, self.signature)
        if other is not None and other != head and step.left is not None and step.left.member == 1:
            with contextlib.suppress(UnsupportedNoteError, UnsupportedExpressionError):
                self._bind(replace(step, left=replace(step.left, node=first)), other, right)

    def _resolved(self, step: Step, head: Head, right: Node, entry: Entry) -> bool:
        """A name that was an unknown function has its value now: the same name, with that value."""
        assert step.right is not None and entry.definition is not None
        try:
            value = self._speaker(step.right, step.left).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return False
        own = free_symbols(entry.definition.target)
        if value.axes or mentions(value.expr, entry.symbol, self.scope) or not free_symbols(value.expr) >= own:
            return False
        reached = {label_of(a) for a in free_atoms(value.expr)}
        if reached & self.scope.jets:
            return False
        found = replace(entry, definition=Definition(entry.definition.target, value.expr), line=line_of(step))
        self.scope.entries[head.ref.key] = [found, *(e for e in self.scope.of(head.ref.key) if e is not entry)]
        self.scope.symbols[entry.symbol] = found
        return True

    def _words(self, step: Step) -> str:
        return self.document.formulas[step.formula].context.before[-60:]

    def _is_let(self, step: Step) -> bool:
        """Whether the sentence lets the name be something else: now let a = f(z)."""
        sentence = re.split(r"[.!?]\s|[。！？]|\n\s*\n", self.document.formulas[step.formula].context.before)[-1]
        return re.search(_LET, sentence, re.I) is not None

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
        gone = atoms_of(before, sp.Indexed) - atoms_of(after, sp.Indexed)
        functions = [f for f in atoms_of(after, sp.Function) if not before.has(f) and not isinstance(f, sp.log)]
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
                    self.scope.bind(key, tuple(name.indices), axes, value, line_of(step))
                    self._bind(step, head, right)
                    return True
        return False

    def _restated(self, step: Step, subject: Node, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """∂N/∂v = ∂(E)/∂v with E = −N, where the words say that a sign is changed: N is E from here on."""
        head, inner = head_of(subject, self.signature), subject_of(right)
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


def _with_each(name: Node, right: Node) -> Node | None:
    r"""\frac1N \sum_n E_n for what is said to be E and sums over n with that factor; None for anything else."""
    term = right.terms[0].body if isinstance(right, ast.Sum) and len(right.terms) == 1 else right
    factors = term.factors if isinstance(term, ast.Product) else ()
    bodies = [factor.body for factor in factors]
    signs = [(k, body) for k, body in enumerate(bodies) if isinstance(body, ast.BigOperator) and body.name == "sum"]
    if not signs:
        return None
    at, lower = signs[0][0], signs[0][1].lower
    letter = lower.members[0] if isinstance(lower, ast.Chain) else lower
    first = name.factors[0].body if isinstance(name, ast.Product) else name
    if not isinstance(letter, ast.Symbol) or not isinstance(first, ast.Symbol) or first.subscripts:
        return None
    each = replace(first, subscripts=(letter,))
    behind = name.factors[1:] if isinstance(name, ast.Product) else ()
    return ast.Product((*factors[: at + 1], ast.Factor("", "", each), *behind))


def _without_penalty(right: Node) -> Node | None:
    r"""A value without its last term, where that is a penalty: \lambda stands in it, and nowhere before."""
    if not isinstance(right, ast.Sum) or len(right.terms) < 2 or right.terms[-1].sign != "+":
        return None
    *terms, last = right.terms
    has_strength = [any(n.name in _STRENGTHS for n in ast.symbols(term.body)) for term in (*terms, last)]
    return replace(right, terms=tuple(terms)) if has_strength[-1] and not any(has_strength[:-1]) else None


def _is_value_at_data(entry: Entry, right: Node) -> bool:
    """Whether a name that is a sum over data is set equal to numbers: what it comes to there, and no definition."""
    is_number = not any(isinstance(n, ast.Symbol) for n in walk(right))
    return is_number and entry.definition is not None and bool(atoms_of(entry.definition.value, sp.Sum))


def _is_derivative(entry: Entry) -> bool:
    """Whether a name was said to be a derivative: what else it equals is a claim."""
    return entry.definition is not None and isinstance(entry.definition.value, Partial)
