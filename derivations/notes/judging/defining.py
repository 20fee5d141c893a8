"""Names bound to values: a bare name left of a formula's first `=` is defined there.

A name is not free in its own definition. What is said again of a name that has a value is `redefining`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_atoms, free_symbols, label_of, labels_in
from derivations.functions import Partial
from derivations.indexed import substitute
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.layers import Layer, at_layer, before_the_last, is_general, own_layer
from derivations.notes.interpreting.names import (
    CircularError,
    Ref,
    UnsupportedNoteError,
    layer_of_key,
    names_in,
    read_name,
)
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.quotients import leading, operand_of, subject_of
from derivations.notes.interpreting.scope import Scope
from derivations.notes.interpreting.signature import LABELS, PARAMETERS, base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.claims import unknown_in
from derivations.notes.judging.implied import OTHER_OUTCOMES, of_both, of_rest, other_outcome
from derivations.notes.judging.minimised import LEAST, is_least_value
from derivations.notes.judging.renewing import Renewing
from derivations.notes.judging.targets import targets_in
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.report import StepRecord
from derivations.reasons import Why, why
from derivations.verdict import Status, Witness

__all__ = ["Defining", "hangs_on_a_name", "line_of"]


def _is_between(head: Head) -> bool:
    """Whether a name is one of a step between: u and v, and m with an index, which is no size and no slope then."""
    return head.ref.key in ("u", "v") or head.ref.key == "m" and bool(head.ref.indices)


@dataclass
class Defining(Renewing):
    """The part of a reading that binds names."""

    mended: str | None = None  # how the last definition was read, where not as it is written
    layers: tuple[tuple[Layer, ...], dict[str, set[Layer]]] = ((), {})
    solved: list[tuple[Step, Head, Node]] = field(default_factory=list)  # names, and their values at an optimum

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

    def _said_by_derivative(self, left: Node, right: Node) -> tuple[Head, Node, Node] | None:
        """J, E and J as written, where ∂J/∂v = ∂E/∂v may say what J is."""
        one, other = operand_of(left), operand_of(right)
        if one is None or other is None or one[0] != other[0] or head_of(other[1], self.signature) is not None:
            return None
        head = head_of(one[1], self.signature)
        return None if head is None else (head, other[1], one[1])

    @cached_property
    def _differentiated_by(self) -> frozenset[str]:
        """The names that stand below a bar after ∂, and below ∇."""
        members = [m for f in self.document.formulas for c in f.chains for m in c.members if m is not None]
        below: list[Node] = []
        for node in (n for m in members for n in walk(m)):
            if isinstance(node, ast.Fraction):
                below += [factor.body for factor in leading(node.denominator) or ()]
            elif isinstance(node, ast.Nabla):
                below += node.subscripts
        return frozenset(ref.key for ref in names_in(below, self.signature.habits))

    def _is_varied(self, head: Head, right: Node) -> bool:
        """Whether a name is a parameter by which something is differentiated: no value is its definition.

        What is called y or t is no parameter, but what a layer gives: y = σ(x), and later ∂L/∂y. Nor is the u of a
        chain rule: u = g(x), and later dy/du, or the x^l of a layer, or the margin m_i = y_i w^T x_i.
        """
        letter = base_letter(head.ref.key)
        if letter.lower() in LABELS or letter == "x" and layer_of_key(head.ref.key) is not None:
            return False
        if _is_between(head) and any(isinstance(n, ast.Symbol) for n in walk(right)):
            return False
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        return head.ref.key in self._differentiated_by and speaker.is_primitive(head.ref.key) and not head.arguments

    def _is_open(self, head: Head) -> bool:
        """Whether a name is neither data, nor a parameter, nor defined: an equation may say what it is."""
        speaker = Elaborator(self.signature, self.scope, 0, self.choices)
        return not speaker.is_primitive(head.ref.key) or bool(head.arguments) or _is_between(head)

    def _has_value(self, head: Head) -> bool:
        found = [e for e in self.scope.of(head.ref.key) if e.line not in self.scope.noises.get(head.ref.key, ())]
        arity = len(head.ref.indices)
        if self._names_sample(head):
            return any(self.signature.sample in e.axes and len(e.axes) == arity + 1 for e in found)
        return any(
            len(e.axes) == arity or len([a for a in e.axes if a != self.signature.sample]) == arity or not arity
            for e in found
            if len(e.axes) >= arity
        )

    def _is_total(self, head: Head, right: Node) -> bool:
        """Whether a name without an index is made of what is called so with one: L = Σ_i L_i, another name."""
        found = self.scope.of(head.ref.key)
        if head.ref.indices or not found or any(not entry.written for entry in found):
            return False
        is_sum = any(isinstance(n, ast.BigOperator) for n in walk(right))
        return is_sum and any(r.key == head.ref.key and r.indices for r in names_in([right], self.signature.habits))

    def _names_sample(self, head: Head) -> bool:
        """Whether a name is written as a function of one named sample's data: J(w; x_i, y_i)."""
        if not head.arguments:
            return False
        speaker = Elaborator(self.signature, self.scope, 0, self.choices, unknown=self.unknown, domains=self.domains)
        return speaker.sample_of(head.arguments) is not None

    def _define(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord:
        reason = None
        if self.signature.is_label(head.ref.key) and (self._is_noisy(right) or self._is_fitted(left, right)):
            self.scope.noisy.add(head.ref.key)
            self._bind_noise(step, left, right)
            reason = "a model of the data: no definition, since they are data"
            return replace(record, verdict="definition", method="statement", reason=reason)
        self._tell_labels(step, right)
        self.mended = None
        try:
            self._bind(step, head, right)
            reason = self.mended
            self._bind_layers(step, left, right)
            self._bind_both_labels(step, head, left, right)
        except CircularError:
            raise
        except (UnsupportedNoteError, UnsupportedExpressionError) as error:
            reason = f"its value can't be used: {error}"
            if head.ref.indices or not self._is_of_known_shape(head, right):
                self.scope.unusable.add(head.ref.key)
            elif not _is_of_names(right):
                self.scope.opaque.add(head.ref.key)
        return replace(record, verdict="definition", method="definition", reason=reason)

    def _tell_labels(self, step: Step, right: Node) -> None:
        r"""A loss of y and \hat{y} takes a label, though y was the output, too, before that was called \hat{y}.

        So may one that compares y with a prediction, though y was said of a line before.
        """
        written: dict[str, ast.Symbol] = {}
        for symbol in (n for n in walk(right) if isinstance(n, ast.Symbol)):
            with contextlib.suppress(UnsupportedNoteError):
                written.setdefault(read_name(symbol, self.signature.habits).key, symbol)
        for label in sorted(LABELS & written.keys()):
            hat = rf"\hat{{{label}}}"
            if hat in written and self.scope.of(label) and self.scope.of(hat):
                if self._under(step, written[label], written[hat]).verdict.is_proved:
                    self.scope.forget(label)
        for target, against in targets_in(right):
            for ref in names_in([replace(target, subscripts=(), superscripts=())], self.signature.habits):
                if self.signature.is_label(ref.key) and self.scope.of(ref.key) and self._is_compared(ref.key, against):
                    self.consulted.add("data")
                    if self.choices.data:
                        self.scope.forget(ref.key)

    def _is_compared(self, label: str, against: Node) -> bool:
        """Whether a label hangs on nothing that is fitted, or stands against a prediction that does."""
        own = self._names_below(entry.definition.value for entry in self.scope.of(label) if entry.definition)
        if not own & self._differentiated_by:
            return True
        refs = list(names_in([against], self.signature.habits))
        entries = [entry for ref in refs for entry in self.scope.of(ref.key)]
        names = {ref.key for ref in refs} | self._names_below(e.definition.value for e in entries if e.definition)
        return bool(names & self._differentiated_by) and label not in names

    def _names_below(self, values: Iterable[sp.Expr]) -> set[str]:
        """The names that values have in them, with the values of these."""
        exprs = list(values)
        below = [entry.definition.value for entry in self.scope.definitions_of(*exprs) if entry.definition is not None]
        return {label.name for e in (*exprs, *below) for label in labels_in(e)}

    def _is_noisy(self, right: Node) -> bool:
        """Whether the last of several terms is a noise that has no value of its own: w^T x + ε."""
        head = self._noise_in(right)
        return head is not None and (head.ref.key in self.scope.noises or not self.scope.of(head.ref.key))

    def _noise_in(self, right: Node) -> Head | None:
        last = right.terms[-1] if isinstance(right, ast.Sum) and len(right.terms) > 1 else None
        head = None if last is None or last.sign != "+" else head_of(last.body, self.signature)
        return head if head is not None and head.ref.key in (r"\epsilon", r"\varepsilon") else None

    def _bind_noise(self, step: Step, left: Node, right: Node) -> None:
        """ε of y = w^T x + ε is y - w^T x."""
        head = self._noise_in(right)
        if head is None or not isinstance(right, ast.Sum) or step.left is None or self.scope.of(head.ref.key):
            return
        rest = ast.Group("(", ")", replace(right, terms=right.terms[:-1]))
        value = ast.Sum((ast.Term("", left), ast.Term("-", rest)))
        with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
            self._bind(replace(step, left=replace(step.left, node=right.terms[-1].body)), head, value)
            self.scope.noises.setdefault(head.ref.key, set()).add(line_of(step))

    def _is_fitted(self, left: Node, right: Node) -> bool:
        """Whether the document subtracts what a label is said to be from it: in Y_i - (a + b X_i) it is data."""
        if not isinstance(left, ast.Symbol):
            return False
        own = {n for n in walk(right) if isinstance(n, ast.Symbol) and base_letter(n.name) in PARAMETERS}
        members = [m for f in self.document.formulas for c in f.chains for m in c.members if m not in (None, right)]
        differences = [
            n for m in members if m is not None for n in walk(m) if isinstance(n, ast.Sum) and len(n.terms) > 1
        ]
        return bool(own) and any(_is_difference(s, left.name, own) for s in differences)

    def _is_of_known_shape(self, head: Head, right: Node) -> bool:
        """Whether a name is an array written out, whose shape the formulas have shown: what holds of any such holds."""
        written = right.base if isinstance(right, ast.Scripted) else right
        shape = self.signature.axes.get(head.ref.key, ())
        return isinstance(written, ast.Matrix) and bool(shape) and all(_is_size(sort) for sort in shape)

    def _bind_layers(self, step: Step, left: Node, right: Node) -> None:
        """What is defined at layer l is defined at the other layers that the document names."""
        own = own_layer(left)
        if own is None or not is_general(left, right, self.signature) or not isinstance(left, ast.Symbol):
            return
        named, defined = self.layers
        said = set() if subject_of(right) is not None else defined.get(left.name, set())
        for layer in named:  # what \delta^L = ∂C/∂z^L equals is then a claim
            head = head_of(at_layer(left, own[0], layer), self.signature)
            if head is not None and layer != own and layer not in said and not self._has_value(head):
                self._bind(step, head, at_layer(right, own[0], layer))

    def _tried(self, step: Step, left: Node, right: Node) -> Judged:
        """What is left open of layers l and l + 1 is false where it is false of the last two."""
        judged = super()._tried(step, left, right)
        if judged.verdict.status not in (Status.UNDECIDED, Status.UNSUPPORTED):
            return judged
        last = before_the_last(left, right, self.layers[0])
        there = self._under(step, *last) if last is not None else judged
        return there if there.verdict.is_refuted else judged

    def _bind_both_labels(self, step: Step, head: Head, left: Node, right: Node) -> None:
        """P(y = 1 | x) says what P(y = 0 | x) is, or P(y = -1 | x), and what P(y | x) of 0 and 1 is."""
        found = re.fullmatch(r"(.+)\((\w+) = 1\)", head.ref.key)
        label = next((m for c in walk(left) if isinstance(c, ast.Chain) for m in c.members[:1]), None)
        if found is None or not isinstance(label, ast.Symbol) or step.left is None:
            return
        letter, y = found[1], found[2].lower()
        outcomes = [self._is_outcome(found[2], other) for other in ("0", r"-\s*1", "[2-9]|[a-zA-Z]")]
        if outcomes not in ([True, False, False], [False, True, False]):
            return
        names = [other_outcome(left, OTHER_OUTCOMES[outcomes.index(True)])]
        values = [of_rest(right)]
        given = [a.name for a in head.arguments[1:] if isinstance(a, ast.Symbol) and a.name not in PARAMETERS]
        wanted = {f"{letter}({y}{bar}{','.join(given)})" for bar in (("|",) if given else ("|", ""))}
        keys = wanted & self.signature.count.keys() if outcomes[0] else ()  # of this x, and not p(y|X) of all samples
        for key in sorted(keys):
            names.append(ast.Symbol(key, (), label.subscripts, label.superscripts))
            values.append(of_both(replace(label, name=y), right))
        for name, value in zip(names, values, strict=True):
            other = head_of(name, self.signature)
            if other is not None and not self._has_value(other):
                self._bind(replace(step, left=replace(step.left, node=name)), other, value)

    def _is_outcome(self, label: str, values: str) -> bool:
        """Whether the document has the probability of such a value of a label."""
        return self.signature.says(rf"(?<![A-Za-z]){label}\s*=\s*(?:{values})\s*(\||\\mid|\)|;|\\vert)")

    def _bind(self, step: Step, head: Head, right: Node, ahead: bool = False) -> None:
        """Bind a name to a value; ahead: before the step that says so is read."""
        assert step.left is not None and step.right is not None
        left = step.left.node
        if left is not None and is_least_value(left, right):
            raise UnsupportedNoteError(LEAST)
        speaker = self._speaker(step.right, step.left)
        value = speaker.side(right)
        self.consulted |= speaker.noticed.consulted
        if speaker.noticed.consulted:
            self.step_consulted[-1] = True
        ref = head.ref
        if isinstance(left, ast.Symbol) and value.expr.has(Partial) and left in walk(right):
            raise CircularError(f"an update of {ref.key}")
        parameters: list[sp.Expr] = []
        sample: sp.Symbol | None = None
        if head.arguments:
            sample = speaker.sample_of(head.arguments)
        own: list[sp.Symbol] = []
        axes: list[object] = []
        for index in ref.indices:
            if index.letter is None or index.offset:
                raise UnsupportedNoteError("a definition of one entry")
            symbol = speaker.index(index.letter)
            is_diagonal = symbol in own and self.signature.is_said_diagonal(ref.key)
            if symbol in own and not is_diagonal:
                raise UnsupportedNoteError("a definition with one index twice")
            own.append(symbol)
            axes.append(speaker.sort_written(index))
        expr, self.mended = _with_index_of_name(value.expr, own, axes, speaker)
        if len(own) > len(set(own)):  # the diagonal of what is 0 elsewhere
            own[1] = sp.Symbol("d°", integer=True)
            expr = sp.KroneckerDelta(*own) * expr
        target_sample = sample or next((s for s, a in zip(own, axes, strict=True) if a == self.signature.sample), None)
        if ROW in free_symbols(expr) and target_sample is not None:
            expr = substitute(expr, {ROW: target_sample})
        hidden = sample or (ROW if ROW in free_symbols(expr) else None)
        if hidden is None and ahead:
            hidden = self._sample_within(ref, expr, speaker)
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
        if value.axes and self._is_of_known_shape(head, right):
            raise UnsupportedNoteError("an array of a known shape, written out")
        symbol = self.scope.symbol_for(ref.key, len(own))
        if expr == symbol or isinstance(expr, sp.Indexed) and expr.base.label == symbol:
            return
        current = [e for e in self.scope.of(ref.key) if e.axes == tuple(axes)]
        if mentions(expr, symbol, self.scope) and not current:
            reached = [expr, *(e.definition.value for e in self.scope.definitions_of(expr) if e.definition is not None)]
            self.scope.inert[symbol] = frozenset(label_of(a) for e in reached for a in free_atoms(e))
            raise CircularError(f"an equation for {ref.key}, which stands on both sides")
        if current and any(label_of(a) == current[0].symbol for a in free_atoms(expr)):
            raise CircularError(f"an equation for {ref.key}, which stands on both sides")
        entry = self.scope.bind(
            ref.key, tuple(own), tuple(axes), expr, line_of(step), tuple(parameters), len(ref.indices)
        )
        self.scope.applied[entry.symbol] = speaker.noticed.applied

    def _sample_within(self, ref: Ref, expr: sp.Expr, speaker: Elaborator) -> sp.Symbol | None:
        """The sample that a name without an index is of by its value, where it is of one: z = w^T x^{(i)}."""
        if ref.indices or self.signature.sample is None or self.signature.axes.get(ref.key) != (self.signature.sample,):
            return None
        found = [s for s in free_symbols(expr) if speaker.sort_of(str(s)) == self.signature.sample]
        return found[0] if len(found) == 1 else None

    def _judged(self, record: StepRecord, judged: Judged) -> StepRecord:
        verdict = judged.verdict
        return replace(
            record,
            verdict=verdict.status.value,
            method=verdict.method,
            reason=verdict.reason,
            conditions=verdict.conditions,
            definitions=judged.definitions,
            witness=_lettered(verdict.witness) if verdict.is_refuted and verdict.witness else None,
            points=verdict.points,
            reading=str(self.choices) if self.step_consulted[-1] else "",
            claim=judged,
        )


def _with_index_of_name(
    expr: sp.Expr, own: Sequence[sp.Symbol], axes: Sequence[object], speaker: Elaborator
) -> tuple[sp.Expr, str | None]:
    """The value of p_j = e^{a_i} / Σ_k e^{a_k} with the one index of the name for the one in it, and what was done."""
    found = free_symbols(expr)
    loose = [i for i in found if i in speaker.met and i != ROW]
    if len(own) != 1 or own[0] in found or len(loose) != 1:
        return expr, None
    if speaker.met[loose[0]] != speaker.range_of(axes[0]):
        return expr, None
    return substitute(expr, {loose[0]: own[0]}), f"read with the index {own[0]} for {loose[0]}"


def _is_difference(node: ast.Sum, name: str, parameters: set[ast.Symbol]) -> bool:
    """Whether a term is the name, with an index, and the others have the parameters."""
    for term in node.terms:
        body = term.body
        if isinstance(body, ast.Symbol) and body.name == name and (body.subscripts or body.superscripts):
            others = [other.body for other in node.terms if other is not term]
            return parameters <= {n for other in others for n in walk(other) if isinstance(n, ast.Symbol)}
    return False


def _is_of_names(array: Node) -> bool:
    """Whether the entries of an array are names, each another one: then it is any array of its shape."""
    written = array.base if isinstance(array, ast.Scripted) else array
    cells = [cell for row in written.rows for cell in row] if isinstance(written, ast.Matrix) else []
    return all(isinstance(c, ast.Symbol) for c in cells) and len(set(cells)) == len(cells) > 0


def _is_size(sort: object) -> bool:
    """Whether a sort was found from products alone, or stated, and has no index."""
    return isinstance(sort, tuple) and sort[:1] == ("size",)


def substitute_row(expr: sp.Expr, hidden: sp.Symbol | None) -> sp.Expr:
    return expr if hidden is None or hidden == ROW else substitute(expr, {hidden: ROW})


def mentions(expr: sp.Expr, symbol: sp.Symbol, scope: Scope) -> bool:
    exprs = [expr, *(e.definition.value for e in scope.definitions_of(expr) if e.definition is not None)]
    return any(label_of(a) == symbol for e in exprs for a in free_atoms(e))


def hangs_on_a_name(record: StepRecord) -> bool:
    """Whether a step is left open because of a name that has no value."""
    return why(record.reason) in (Why.OTHER_NAME, Why.UNDEFINED)


def line_of(step: Step) -> int:
    assert step.left is not None
    return step.left.place.line


def _lettered(witness: Witness) -> Witness:
    """The witness with letters for the axes that no index names."""
    used = {*witness.sizes, *witness.indices}
    letters = iter(letter for letter in "jklpqrstuv" if letter not in used)
    named = {name: next(letters, name) if re.fullmatch(r"a\d+", name) else name for name in witness.indices}
    return replace(witness, indices={named[name]: at for name, at in witness.indices.items()})
