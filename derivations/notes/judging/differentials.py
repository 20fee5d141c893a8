r"""What dz stands for where gradients are written so: ∂L/∂z of the loss, as many courses write it.

    da = \frac{dL}{da} = …,  dz = a - y       dz is ∂L/∂z: one of them was said to be it
    L = …,  a = \sigma(z),   dz = a - y       supported: it is what is usual
    L = …,  a = \sigma(z),   dz = a + y       refuted: but for the sign of one term it is ∂L/∂z
    L = …,  a = \sigma(z),   dz = a (1 - a)   undecided: it isn't ∂L/∂z, and nothing says what else it is
    dW = dZ A^T                               with Z = W A, but no loss: supported, for it is so for every loss
    dw = x\,dz                                behind a wrong dz: right by what dz stands for, and carries the error on

A sign or a factor of the whole side may be meant where nothing says that dz is ∂L/∂z: some go uphill, and some leave a
2 out. They are refuted only where a name of this form is said or found to be what is usual, anywhere in the document;
so is anything else then, where no sum over samples is near: dw may be of another sum than dz.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_atoms, label_of
from derivations.equation import Equation, is_provable
from derivations.notes.interpreting.fitting import names_loss
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import CircularError, UnsupportedNoteError
from derivations.notes.interpreting.quotients import subject_of
from derivations.notes.interpreting.signature import PARAMETERS, base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.defining import Defining
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.judging.slips import is_near_miss
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.parser import Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD, StepRecord
from derivations.reasons import holds_where
from derivations.verdict import Status, Verdict

__all__ = ["Differentials"]

_ANY = ast.Symbol("L°")  # a loss of which nothing is known
_SIZES = ("m", "n", "N", "M")
_D = ast.Factor("", "", ast.Partial((), ()))
_CERTAIN = ("index", "term_sign")  # slips by which nothing else is meant
_OF_HABIT = (*_CERTAIN, "sign", "constant_factor")


@dataclass
class Differentials(Defining):
    """The part of a reading that knows what dz is.

    slope: ∂L/∂z, where dz was said to be it. is_habit: whether another dz was found to be ∂L/∂z. is_of_mean:
    whether dW is a mean where dZ is of each sample, as far as it is known. mistaken: those that
    were not, each with the step that says so and what it stands for.
    """

    slope: ast.Fraction | None = None
    is_habit: bool = False
    is_of_mean: bool | None = None
    mistaken: list[tuple[Step, Head, ast.Fraction]] = field(default_factory=list)

    def _as_slope(self, step: Step, head: Head, left: Node, right: Node, record: StepRecord) -> StepRecord:
        """The record of what defines a name; of dz, held against what it stands for."""
        name = _differential(left)
        if name is None:
            return record
        match right:
            case ast.Fraction(_, ast.Product((_, ast.Factor(_, _, by)))) if (
                by == name and subject_of(right) is not None
            ):
                self.slope = right
                return record
        if not any(isinstance(n, ast.Symbol) for n in walk(right)):
            return record
        missed: list[tuple[ast.Fraction, Judged]] = []
        for slope, loss in self._meant_by(step, name):
            judged = self._claimed(step, slope, right)
            held = self._held_as(record, judged, f"d{render(name)}", loss)
            if held is not None:
                self.is_habit = True
                return held
            if judged.verdict.is_refuted:
                missed.append((slope, judged))
        if missed:
            return self._mistaken(step, head, name, right, missed, record)
        return self._by_any_loss(step, name, right, record)

    def _by_any_loss(self, step: Step, name: ast.Symbol, right: Node, record: StepRecord) -> StepRecord:
        """dW = dZ A^T, of a loss that isn't tied to Z: supported where it is so for every loss, or for their mean."""
        if self.kept or not _has_differential(right):  # in a part, what the loss is may be left out
            return record
        judged = self._claimed(step, _slope_of(_ANY, name), mapped(right, _as_slope_of_any))
        equation = judged.equation
        if equation is None or _is_flattened(equation, (name, *(n for n in walk(right) if isinstance(n, ast.Symbol)))):
            return record
        is_held, is_mean = judged.verdict.status.value in HELD, False
        if not is_held:
            sizes = sorted(equation.right.free_symbols - equation.left.free_symbols, key=str)
            scaled = (replace(equation, right=equation.right * s) for s in sizes if s.name in _SIZES)
            is_held = is_mean = any(is_provable(one, self.seed, OPERATIONS, SECONDS) for one in scaled)
        if base_letter(name.name) in PARAMETERS:  # the mean for one weight and the sum for another isn't meant
            is_held = is_held and self.is_of_mean in (None, is_mean)
            self.is_of_mean = is_mean if is_held else self.is_of_mean
        if not is_held:
            return record
        reason = holds_where(f"d{render(name)} and the others are derivatives of the loss, as is usual")
        return self._judged(record, replace(judged, verdict=_supported(judged, reason)))

    def _with_differentials(self, step: Step, left: Node, right: Node) -> Judged | None:
        r"""A derivative of a loss, supported where it holds with ∂L/∂z for each dz: \partial L/\partial w = x dz."""
        if subject_of(left) is None or not _has_differential(right):
            return None
        for loss in self._losses(step):
            judged = self._claimed(step, left, mapped(right, partial(_as_slope_of, loss)))
            if judged.verdict.status.value in HELD:
                reason = holds_where(f"what begins with d is the derivative of {render(loss)}, as is usual")
                return replace(judged, verdict=_supported(judged, reason))
        return None

    def _meant_by(self, step: Step, name: ast.Symbol) -> Iterator[tuple[ast.Fraction, str]]:
        """The derivatives that d(name) may stand for, and of what they are, where that is only usual."""
        if self.slope is not None:
            if isinstance(self.slope.denominator, ast.Product):
                below = (self.slope.denominator.factors[0], ast.Factor("", "", name))
                yield replace(self.slope, denominator=replace(self.slope.denominator, factors=below)), ""
            return
        for loss in self._losses(step):
            yield _slope_of(loss, name), render(loss)

    def _held_as(self, record: StepRecord, judged: Judged, name: str, loss: str) -> StepRecord | None:
        """The record of a name that is the derivative which it stands for, or that of the sum where it is of a mean."""
        if judged.verdict.status.value in HELD:
            if not loss:
                return self._judged(record, judged)
            reason = holds_where(f"{name} is the derivative of {loss}, as is usual")
            return self._judged(record, replace(judged, verdict=_supported(judged, reason)))
        if judged.verdict.is_refuted and self._is_of_sum(judged):
            self.is_of_mean = True
            reason = holds_where(f"{name} is the derivative of the loss of a sample, and not of their mean")
            return self._judged(record, replace(judged, verdict=_supported(judged, reason)))
        return None

    def _is_of_sum(self, judged: Judged) -> bool:
        """Whether the right side, of one sample, is the left one times how many samples there are."""
        if judged.equation is None or judged.equation.right.has(sp.Sum):
            return False
        return any(is_provable(one, self.seed, OPERATIONS, SECONDS) for one in _of_means(judged.equation))

    def _mistaken(
        self,
        step: Step,
        head: Head,
        name: ast.Symbol,
        right: Node,
        missed: list[tuple[ast.Fraction, Judged]],
        record: StepRecord,
    ) -> StepRecord:
        """The record of a name that isn't the derivative for which it stands."""
        slope, judged = missed[0]
        if self.mistaken and self._by_what_is_meant(step, slope, right).verdict.status.value in HELD:
            reason = holds_where("the names in it are the derivatives that they stand for")
            carried = self._judged(record, replace(judged, verdict=_supported(judged, reason)))
            self.mistaken.append((step, head, slope))
            return replace(carried, effect="inherits_error")
        equations = [found.equation for _, found in missed if found.equation is not None]
        is_habit = self._is_habit(step)
        is_certain = is_habit and not any(map(_is_over_many, equations))
        slips = _OF_HABIT if is_habit else _CERTAIN
        what = f"d{render(name)} stands for {render(slope)}"
        asked = [one for equation in equations for one in (equation, *_of_means(equation))]
        if is_certain or any(is_near_miss(equation, self.seed, slips) for equation in asked):
            self.mistaken.append((step, head, slope))
            return replace(self._judged(record, judged), reason=f"{what}, as is usual")
        carried = self._by_any_loss(step, name, right, record)
        if carried.verdict in HELD:
            return carried
        reason = f"not what is usual: {what} in many texts, and isn't that here"
        return replace(record, verdict="undecided", method=judged.verdict.method, reason=reason)

    def _is_habit(self, step: Step) -> bool:
        """Whether a name of this form is said to be a derivative, or another is found to be what is usual."""
        if self.slope is None and not self.is_habit:
            for other in self.document.steps:
                if other is step or other.left is None or other.right is None or other.right.node is None:
                    continue
                name = _differential(other.left.node)
                if name is None or _has_differential(other.right.node) or name in walk(other.right.node):
                    continue
                asked = ((slope, other.right.node) for slope, _ in self._meant_by(step, name))
                if any(self._claimed(other, *sides).verdict.status.value in HELD for sides in asked):
                    self.is_habit = True
                    break
        return self.slope is not None or self.is_habit

    def _by_what_is_meant(self, step: Step, slope: ast.Fraction, right: Node) -> Judged:
        """The claim with each name that was mistaken as what it stands for."""
        with self.scope.trial():
            for said, head, meant in self.mistaken:
                with contextlib.suppress(CircularError, UnsupportedNoteError, UnsupportedExpressionError):
                    self._bind(said, head, meant)
            return self._claimed(step, slope, right)

    def _losses(self, step: Step) -> Iterator[ast.Symbol]:
        """The names of losses that are defined before a step, the latest first."""
        found: dict[str, ast.Symbol] = {}
        for other in self.document.steps:
            left = other.left.node if other.left is not None else None
            if other is step:
                break
            if left is None or not names_loss(left):
                continue
            name = left.factors[0].body if isinstance(left, ast.Product) else left
            head = head_of(name, self.signature)
            if isinstance(name, ast.Symbol) and head is not None and self.scope.of(head.ref.key):
                found.pop(head.ref.key, None)
                found[head.ref.key] = name
        return reversed(list(found.values()))


def _differential(node: object) -> ast.Symbol | None:
    """The z of dz."""
    match node:
        case ast.Product((ast.Factor("", "", ast.Symbol("d")), ast.Factor("", "", ast.Symbol() as name))):
            return name
    return None


def _slope_of(loss: ast.Symbol, name: ast.Symbol) -> ast.Fraction:
    above, below = ((_D, ast.Factor("", "", symbol)) for symbol in (loss, name))
    return ast.Fraction(ast.Product(above), ast.Product(below))


def _as_slope_of(loss: ast.Symbol, node: Node) -> Node:
    """∂L/∂z for dz, alone or with other factors around it."""
    if not isinstance(node, ast.Product):
        return node
    factors: list[ast.Factor] = []
    for factor in node.factors:
        is_d = bool(factors) and factors[-1].body == ast.Symbol("d") and not (factor.operator or factor.sign)
        if is_d and isinstance(factor.body, ast.Symbol):
            factors[-1] = replace(factors[-1], body=_slope_of(loss, factor.body))
        else:
            factors.append(factor)
    return factors[0].body if len(factors) == 1 and not factors[0].sign else replace(node, factors=tuple(factors))


_as_slope_of_any = partial(_as_slope_of, _ANY)


def _has_differential(node: Node) -> bool:
    return any(n != _as_slope_of_any(n) for n in walk(node) if isinstance(n, ast.Product))


def _is_flattened(equation: Equation, names: Sequence[ast.Symbol]) -> bool:
    """Whether a derivative of the loss by what is called as a matrix is was read as one by a number or a vector."""
    if not any(len(name.name) == 1 and name.name.isupper() for name in names):
        return False
    slopes = [a for e in (equation.left, equation.right) for a in free_atoms(e) if f"∂{_ANY.name}" in label_of(a).name]
    return any(not isinstance(a, sp.Indexed) or len(a.indices) < 2 for a in slopes)


def _of_means(equation: Equation) -> list[Equation]:
    """An equation with its right side divided by each size by which the left one is."""
    below = {p.base for p in equation.left.atoms(sp.Pow) if p.exp == -1}
    sizes = sorted((s for s in below if isinstance(s, sp.Symbol) and s.is_integer), key=str)
    return [replace(equation, right=equation.right / size) for size in sizes]


def _is_over_many(equation: Equation) -> bool:
    """Whether anything is summed in an equation, or divided by how many there are."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    return any(e.has(sp.Sum) or any(s.is_integer for s in e.free_symbols) for e in exprs)


def _supported(judged: Judged, reason: str) -> Verdict:
    return replace(judged.verdict, status=Status.SUPPORTED, witness=None, reason=reason)
