r"""What an equation that was set to zero is solved for: \sum_i (x_i - \mu) = 0, so \hat\mu = \frac1n \sum_i x_i.

    X^T (X w - y) = 0, so \hat w = (X^T X)^{-1} X^T y

A value that makes the equation hold is proved to be a solution, and A^{-1} b is one where A w = b says the same. One
that does not, where its half, its double or its opposite does, is refuted: it was meant as the solution of this
equation; so is one that is the solution of an equation of the first degree but for one index, sign or factor. Any other
value may solve other equations.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, atoms_of, free_atoms, free_symbols, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.indexed import substitute
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.names import UnsupportedNoteError, read_name
from derivations.notes.interpreting.quotients import product_of
from derivations.notes.interpreting.symmetries import Symmetries, symmetries_of
from derivations.notes.interpreting.tensor import Value
from derivations.notes.judging.assumptions import square_named
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.deciding import Sides
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.judging.slips import OF_SOLUTIONS, is_near_miss, is_slip_within
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.parsing.render import render
from derivations.statement import Definition, element, index
from derivations.verdict import Status, Verdict

__all__ = ["SOLVED", "SOLVING", "Solved", "at_entry_of", "open_in"]

SOLVING = 6  # formulas after one that is set to zero, which may follow from it
SOLVED = (
    r"\b(set(ting|s)?|equat(e|es|ing)|put(ting)?)\b[^.]{0,80}\b(zero|0)\b|equal(s|ling|ing)? (it |this )?to (zero|0)\b"
    r"|\bsolv(e|es|ing)\b|normal equation|vanish|stationar|first[- ]order condition"
    r"|\b(minimi[sz]er|optimum|at the minimum|optimality condition)\b"
    r"|\b(derivative|gradient|slope)s?\b[^.]{0,20}\b(to|at|is|are|be(come)?s?|=)\s*\$?(zero|0)\b"
    r"|\bat (zero|0) (derivative|gradient)"
    r"|令|等于\s*\$?0|为\s*\$?(0|零)|解得|приравн|нул[юея]|решая|igual(ando|amos|ar)?[^.]{0,40}\b(cero|zero|0)\b|annul|nullsetzen"
    r"|gleich null|0\s*とお|ゼロ|0으로|0이 되|bằng 0"
)
_LONGEST = 10_000  # characters of a difference that nothing is known of
_OTHER_RATIOS = (sp.S.NegativeOne, sp.S.Half, sp.Integer(2))
_MULTIPLES = (sp.S.One, -sp.S.One, sp.S.Half, -sp.S.Half, sp.Integer(2), sp.Integer(-2))


@dataclass
class Solved(Judging):
    """The part of a reading that knows what equations are solved for."""

    zeroed_at: int = -100  # the formula that was set to zero last

    def _is_near_zero(self, step: Step) -> bool:
        """Whether a step stands where it may follow from what was set to zero last."""
        return 0 <= step.formula - self.zeroed_at <= SOLVING

    def _is_said_to_be_solved(self, step: Step) -> bool:
        """Whether the words before a formula set something to zero, or solve it."""
        return re.search(SOLVED, self.document.formulas[step.formula].context.before[-160:], re.I) is not None

    def _is_slope_at_zero(self, judged: Judged) -> bool:
        r"""Whether an equation says that a derivative just found is 0: \sum_i y_i = n a, where it is 2na - 2\sum y."""
        if judged.equation is None or judged.left is None or judged.right is None:
            return False
        asked = replace(judged.equation, left=judged.left - judged.right)
        slopes = [at_entry_of(asked.left, slope) for slope in self.slopes[-SOLVING:]]
        multiples = (c * slope for slope in slopes for c in _MULTIPLES)
        return any(is_provable(replace(asked, right=m), self.seed, OPERATIONS, SECONDS) for m in multiples)

    def _solution(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The verdict on a value said to solve an equation that was set to zero; None where nothing is certain."""
        if isinstance(left, ast.Symbol) and _inverse_before(_without_number(right)) is not None:
            inverse = _inverse_before(right)
            found = self._by_value(step, left, right)
            return self._by_inverse(step, left, *inverse) if found is None and inverse is not None else found
        if self._is_near_zero(step):
            return self._solution_of_zero(step, left, right)
        if not self.slopes or not self._is_said_to_be_solved(step):
            return None
        self.scope.zeroed.append(self.slopes[-1])  # "setting this to zero", and no formula that does
        found = self._solution_of_zero(step, left, right)
        if found is None:
            self.scope.zeroed.pop()
        return found

    def _solution_of_zero(self, step: Step, left: Node, right: Node) -> Judged | None:
        """The verdict on a number said to solve one equation that was set to zero."""
        if step.left is None or step.right is None:
            return None
        itself = self._under(step, right, right).equation
        try:
            name, value = self._speaker(step.left).side(left).expr, self._speaker(step.right).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        of_square = isinstance(name, sp.Pow) and name.exp == 2  # \hat\sigma^2 = …
        name, number = (name.base, sp.sqrt(value.expr)) if of_square else (name, value.expr)
        if itself is None or value.axes or not isinstance(name, sp.Symbol | sp.Indexed) or name in free_atoms(number):
            return None
        asked = list(self._solved_by(name, number, itself))
        found = [decide(equation, self.seed, OPERATIONS, SECONDS) for equation, _ in asked]
        for verdict, (equation, _) in zip(found, asked, strict=True):
            if verdict.is_proved:
                return Judged(replace(verdict, method="solution"), equation=equation)
        for verdict, (equation, symbol) in zip(found, asked, strict=True):
            ratios = (2, sp.S.Half, 4, sp.Rational(1, 4)) if of_square else (-1, 2, sp.S.Half)
            multiples = ((sp.sqrt(c) if of_square else c) * number for c in ratios) if verdict.is_refuted else ()
            others = (e for multiple in multiples for e in self._at(symbol, multiple, itself))
            if any(is_provable(e, self.seed, OPERATIONS, SECONDS) for e in others):
                reason = "no solution of what was set to zero; a multiple of it is"
                return Judged(replace(verdict, reason=reason), (), equation.left, equation.right, equation)
        refuted = {symbol for verdict, (_, symbol) in zip(found, asked, strict=True) if verdict.is_refuted}
        return None if of_square else self._slip(sorted(refuted, key=str), number, itself)

    def _of_square(self, step: Step, left: Node, right: Node) -> Judged | None:
        r"""The verdict on \sigma^2 = …, which no name stands for; None where nothing is certain."""
        is_square = isinstance(left, ast.Symbol) and left.superscripts == (ast.Number("2"),)
        return Solved._solution(self, step, left, right) if is_square else None

    def _slip(self, symbols: Sequence[sp.Expr], value: sp.Expr, itself: Equation) -> Judged | None:
        """The verdict on a value that is the solution of an equation of the first degree but for one slip."""
        for symbol in symbols:
            offsets = self._at(symbol, sp.S.Zero, itself)
            sums = self._at(symbol, sp.S.One, itself)
            wholes = self._at(symbol, symbol, itself)
            for at_zero, at_one, whole in zip(offsets, sums, wholes, strict=True):
                slope = at_one.left - at_zero.left
                linear = replace(whole, right=at_zero.left + symbol * slope)
                if not is_provable(linear, self.seed, OPERATIONS, SECONDS):
                    continue
                known = (e.definition for e in self.scope.definitions_of(value) if e.definition is not None)
                definitions = tuple(dict.fromkeys((*whole.definitions, *known)))
                solved = replace(whole, left=-at_zero.left / slope, right=value, definitions=definitions)
                verdict = decide(solved, self.seed, OPERATIONS, SECONDS)
                if verdict.is_refuted and is_near_miss(solved, self.seed, OF_SOLUTIONS):
                    reason = "no solution of what was set to zero"
                    return Judged(replace(verdict, reason=reason), (), solved.left, solved.right, solved)
        return None

    def _by_value(self, step: Step, name: ast.Symbol, right: Node) -> Judged | None:
        r"""\hat w = (X^T X)^{-1} X^T y, proved where the derivative of the last loss of w is zero with this for w.

        Refuted where it is zero with a multiple of it.
        """
        itself = self._under(step, right, right)
        if step.left is None or step.right is None or itself.equation is None:
            return None
        try:
            value = self._speaker(step.right).side(right)
        except (UnsupportedNoteError, UnsupportedExpressionError):
            return None
        found = self._zero_with(step, name, value, itself.equation)
        for ratio in _OTHER_RATIOS if found is None else ():
            multiple = replace(value, expr=ratio * value.expr)
            whole = self._zero_with(step, name, multiple, itself.equation)
            if whole is not None and whole.equation is not None:
                first, *others = whole.equation.definitions
                own = replace(first, value=first.value / ratio)
                equation = replace(whole.equation, definitions=(own, *others))
                verdict = decide(equation, self.seed, OPERATIONS, SECONDS)
                if verdict.is_refuted:
                    reason = "no solution of what was set to zero; a multiple of it is"
                    return Judged(replace(verdict, reason=reason), (), equation.left, equation.right, equation)
        return found

    def _zero_with(self, step: Step, name: ast.Symbol, value: Value, itself: Equation) -> Judged | None:
        """The proof that the derivative of the last loss of an array is zero with a value for it."""
        near = self.scope.zeroed if self._is_near_zero(step) else []
        for key in dict.fromkeys((read_name(name, self.signature.habits).key, name.name)):
            last = next((e for e in reversed([*self.slopes, *near]) if key in {a.name for a in labels_in(e)}), None)
            for equation, known in self._with_array(last, key, value, itself) if last is not None else ():
                anything = replace(equation, definitions=equation.definitions[1:])
                if is_provable(equation, self.seed, OPERATIONS, SECONDS):
                    if is_provable(anything, self.seed, OPERATIONS, SECONDS):
                        return None
                    verdict = decide(equation, self.seed, OPERATIONS, SECONDS)
                    conditions = (*verdict.conditions, *([str(known)] if known else []))
                    return Judged(replace(verdict, method="solution", conditions=conditions), equation=equation)
        return None

    def _with_array(
        self, zero: sp.Expr, key: str, value: Value, itself: Equation
    ) -> Iterator[tuple[Equation, Symmetries]]:
        """What was set to zero with a value for an array in it, and what is said of the matrices in both.

        Of a matrix, by either order of the entries at which it is zero.
        """
        entries = {a for a in free_atoms(zero) if isinstance(a, sp.Indexed) and label_of(a).name == key}
        if (
            not value.axes
            or any(len(a.indices) != len(value.axes) for a in entries)
            or len({*map(label_of, entries)}) != 1
        ):
            return
        label = label_of(entries.pop())
        own = tuple(index(f"{axis.symbol}°") for axis in value.axes)
        places = dict(zip((axis.symbol for axis in value.axes), own, strict=True))
        known = (e.definition for e in self.scope.definitions_of(zero, value.expr))
        definitions = (
            Definition(element(label, own), substitute(value.expr, places)),
            *(d for d in known if d is not None),
        )
        free = sorted(open_in(zero), key=str)
        if label in labels_in(value.expr) or len(free) != len(own):
            return
        for order in itertools.permutations(free):
            ranges = itself.context.ranges
            for symbol, axis in zip(order, value.axes, strict=True):
                ranges = ranges.with_index(symbol, axis.lower, axis.upper)
            context = replace(itself.context, ranges=ranges)
            equation = replace(itself, left=zero, right=sp.S.Zero, definitions=definitions, context=context)
            yield equation, Symmetries()
            keys = {a.name for e in (zero, value.expr) for a in labels_in(e)}
            said = symmetries_of(self.signature.symmetries, keys)
            if said:
                yield self._where(said, equation), said

    def _where(self, said: Symmetries, equation: Equation) -> Equation:
        """An equation of matrices of which this is said."""
        speaker = Elaborator(self.signature, self.scope, 0, self.choices, unknown=self.unknown, domains=self.domains)
        sides = Sides(equation.left, equation.right, equation.definitions, equation.context.inverses)
        sides = sides.mapped(lambda e: said.applied(e, lambda label: square_named(label, speaker)))
        sides = sides.told_apart(equation.context)
        context = replace(equation.context, inverses=sides.inverses)
        return replace(equation, left=sides.first, definitions=sides.definitions, context=context)

    def _by_inverse(self, step: Step, name: ast.Symbol, matrix: Node, rest: Node) -> Judged | None:
        r"""w = A^{-1} b, or \hat w or w^*, where A w = b says that the derivative of the last loss of w is zero."""
        plain = tuple(d for d in name.decorations if d != "hat")
        for unknown in dict.fromkeys([name, replace(name, superscripts=()), ast.Symbol(name.name, plain)]):
            judged = self._under(step, product_of((ast.Factor("", "", matrix), ast.Factor("", "", unknown))), rest)
            if judged.equation is None or judged.left is None or judged.right is None:
                continue
            key = read_name(unknown, self.signature.habits).key
            near = self.scope.zeroed if self._is_near_zero(step) else []
            last = next((e for e in reversed([*self.slopes, *near]) if key in {a.name for a in labels_in(e)}), None)
            apart = replace(judged.equation, left=judged.left - judged.right)
            if last is None:
                continue
            multiples = self._multiples(apart, at_entry_of(apart.left, last))
            if any(is_provable(equation, self.seed, OPERATIONS, SECONDS) for equation in multiples):
                return replace(judged, verdict=Verdict(Status.PROVED, "solution", (f"{render(matrix)} is invertible",)))
            for equation, verdict in self._nearest(multiples):
                if is_slip_within(equation, self.seed):
                    reason = "no solution of what was set to zero"
                    return Judged(replace(verdict, reason=reason), (), equation.left, equation.right, equation)
        return None

    def _nearest(self, equations: Sequence[Equation]) -> list[tuple[Equation, Verdict]]:
        """The two of the refuted equations whose sides differ least: a slip is looked for in these."""
        found = [(equation, decide(equation, self.seed, OPERATIONS, SECONDS)) for equation in equations]
        refuted = [(equation, verdict) for equation, verdict in found if verdict.is_refuted]
        return sorted(refuted, key=lambda pair: len(pair[1].reduced or " " * _LONGEST))[:2]

    def _multiples(self, asked: Equation, slope: sp.Expr) -> list[Equation]:
        """That a left side is a derivative times a number, or times how many samples there are."""
        below = {p.base for p in atoms_of(slope, sp.Pow) if p.exp == -1}
        counts = sorted((s for s in below if isinstance(s, sp.Symbol)), key=str)
        known = (e.definition for e in self.scope.definitions_of(slope))
        definitions = tuple(dict.fromkeys((*asked.definitions, *(d for d in known if d is not None))))
        ratios = (c * count for count in (sp.S.One, *counts) for c in _MULTIPLES)
        return [replace(asked, left=r * slope, right=asked.left, definitions=definitions) for r in ratios]

    def _solved_by(
        self, name: sp.Symbol | sp.Indexed, value: sp.Expr, itself: Equation
    ) -> Iterator[tuple[Equation, sp.Expr]]:
        r"""The equations set to zero with a value for the name, or for \mu of \hat\mu; and what it is the value of."""
        hat = re.fullmatch(r"\\hat\{(.+)\}", label_of(name).name)
        names = {label_of(name).name, *(hat.groups() if hat else ())}
        atoms = {a for zero in self.scope.zeroed[-SOLVING:] for a in free_atoms(zero) if label_of(a).name in names}
        for symbol in sorted((a for a in atoms if _indices(a) == _indices(name)), key=str):
            for equation in self._at(symbol, value, itself):
                yield equation, symbol

    def _at(self, symbol: sp.Expr, value: sp.Expr, itself: Equation) -> Iterator[Equation]:
        """The equations set to zero in which a name stands, and stands in one place of its array only."""
        for zero in self.scope.zeroed[-SOLVING:]:
            if [a for a in free_atoms(zero) if label_of(a) == label_of(symbol)] == [symbol]:
                hats = {s.name: s for s in value.free_symbols if s.name.startswith(r"\hat{")}
                plain = {s: hats[rf"\hat{{{s.name}}}"] for s in zero.free_symbols if rf"\hat{{{s.name}}}" in hats}
                whole = zero.xreplace({symbol: value}).xreplace(plain)
                known = (e.definition for e in self.scope.definitions_of(whole))
                definitions = tuple(d for d in known if d is not None)
                fresh = replace(itself.context)
                equation = replace(itself, left=whole, right=sp.S.Zero, definitions=definitions, context=fresh)
                anything = replace(equation, left=zero.xreplace(plain))
                if not is_provable(anything, self.seed, OPERATIONS, SECONDS):  # what holds for all values has none
                    yield equation


def _indices(atom: sp.Expr) -> tuple[sp.Expr, ...]:
    return atom.indices if isinstance(atom, sp.Indexed) else ()


def _without_number(side: Node) -> Node:
    r"""A side without the sign and the numbers that it begins with: A^{-1} b of -\frac12 A^{-1} b."""
    if isinstance(side, ast.Sum) and len(side.terms) == 1:
        side = side.terms[0].body
    while isinstance(side, ast.Product) and len(side.factors) > 1:
        first, *rest = side.factors
        is_number = not any(isinstance(n, ast.Symbol | ast.Matrix) for n in walk(first.body))
        if not is_number:
            return replace(side, factors=(replace(first, sign=""), *rest))
        side = product_of(tuple(rest))
    return side


def _is_inverse(node: Node) -> bool:
    above: tuple[Node, ...] = getattr(node, "superscripts", ())
    return len(above) == 1 and "".join(render(above[0]).split()) == "-1"


def _inverse_before(side: Node) -> tuple[Node, Node] | None:
    """A and b of A^{-1} b."""
    if not isinstance(side, ast.Product) or len(side.factors) < 2 or side.factors[0].sign:
        return None
    first, *rest = side.factors
    if not _is_inverse(first.body) or any(f.operator == "/" for f in rest):
        return None
    match first.body:
        case ast.Scripted(base, ()):
            return base, product_of(tuple(rest))
        case ast.Symbol():
            return replace(first.body, superscripts=()), product_of(tuple(rest))
    return None


def open_in(expr: sp.Expr) -> list[sp.Symbol]:
    """The indices that nothing names: those of the entries of an array."""
    return [s for s in free_symbols(expr) if re.fullmatch(r"a\d+", s.name)]


def at_entry_of(expr: sp.Expr, slope: sp.Expr) -> sp.Expr:
    """A vector at the entry at which another stands, where each has one index that nothing names."""
    own, other = open_in(expr), open_in(slope)
    return substitute(slope, {other[0]: own[0]}) if len(own) == len(other) == 1 else slope
