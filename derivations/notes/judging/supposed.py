r"""What is said of a case, of an example or of a name, and isn't claimed of everything.

\sigma'(z) = a(1 - a), \quad \text{when } C = 2       of a size
a - 1 = a - y, for y = 1                              of a label's value
\frac{dL}{dw} = 2(w - 5)                              of the numbers of an example
\sum_k y_k = 1                                        an assumption
\frac{\partial L}{\partial z_i} = p_i for i \ne c       of a class that is not the right one
P(y = k | x) = …, P(y = K | x) = …                   of the last class, after what is of the others
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, label_of
from derivations.equation import Equation, is_provable
from derivations.functions import Partial
from derivations.notes.judging.conditions import cases_written
from derivations.notes.judging.doubts import ROUNDING
from derivations.notes.judging.excuses import Excuse, Suspect, left_open, no_claim, supported
from derivations.notes.judging.judge import Judging
from derivations.notes.judging.numbers import MISSING, is_number
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped
from derivations.notes.parsing.render import render
from derivations.reasons import holds_where

__all__ = ["Supposed"]

_ANOTHER_CLASS = re.compile(r"\\neq?(?![a-z])|≠|\b[ty]\s*_\{?\w+\}?\s*=\s*0(?![.\d])")
_NOT_IN = re.compile(r"(?:\\notin(?![a-z])|\\not\s*\\in(?![a-z])|∉)[^$.,]*\$?\W*(?:\w+\W+){0,2}$")
_BOUNDS = re.compile(r"\\(?:sum|prod)(?:\\limits)?\s*_\s*\{[^{}]*\}")  # what runs is no case: \sum_{j \neq i}
_WHEN = re.compile(
    r"\b(when|if|for|where|falls|wenn|si|se|quand|pour|para|cuando|при|если|khi|với)\b|当|若|とき|のとき|일 때", re.I
)


@dataclass
class Supposed(Judging):
    """The part of a reading that hears of what case a step is."""

    def _assumed_to_sum(self, suspect: Suspect) -> Excuse | None:
        r"""\sum_k y_k = 1: labels are assumed to be one-hot."""
        total = suspect.left_expr
        if suspect.right_expr != 1 or not isinstance(total, sp.Sum) or not isinstance(total.function, sp.Indexed):
            return None
        is_label = self._is_label(total.function)
        return no_claim("assumption", "an assumption") if is_label else None

    def _of_a_size(self, suspect: Suspect) -> Excuse | None:
        r"""A row claimed for a size, where its witness has another: & = \frac{…}{…}, & \text{when} C = 2."""
        for chain in self.document.formulas[suspect.step.formula].chains:
            match chain.members, [relation.sign for relation in chain.relations]:
                case (ast.Symbol(name, (), (), (), 0), ast.Number(value)), ["="] if _WHEN.search(chain.words):
                    witness = suspect.record.witness
                    sizes = {} if witness is None else witness.sizes
                    if str(sizes.get(name, value)) != value:
                        return left_open(f"claimed where {name} = {value}, and false for another")
        return None

    def _of_a_label(self, suspect: Suspect) -> Excuse | None:
        """An equation that says a label to be 1 or 0, and nothing else, in the case of its words: a - 1 = a - y."""
        if any(map(_has_slope, suspect.sides)) or suspect.equation is None:
            return None
        if not any(cases_written(self.document, suspect.step)):
            return None
        apart = suspect.equation.left - suspect.equation.right
        for label in sorted(free_atoms(apart), key=str):
            if self._is_label(label) and not label.has(Partial):
                for value in (0, 1):
                    if apart in (label - value, value - label):
                        return no_claim("condition", f"it says that {label} is {value} there")
        return None

    def _of_another_class(self, suspect: Suspect) -> Excuse | None:
        r"""\frac{\partial L}{\partial z_i} = p_i, where words near it say i ≠ c, or y_i = 0: not the right class."""
        equation = suspect.equation
        formula = self.document.formulas[suspect.step.formula]
        said = _BOUNDS.sub(" ", f"{suspect.before} {formula.latex} {suspect.after}")
        if equation is None or not _ANOTHER_CLASS.search(said):
            return None
        left, right, context = equation.expanded()
        labels = {a for e in (left, right) for a in atoms_of(e, sp.Indexed) if self._is_label(a)}
        right_class = sp.Dummy("c", integer=True)
        chosen = {a: sp.KroneckerDelta(a.indices[-1], right_class) for a in labels}
        for index in sorted({a.indices[-1] for a in labels} & context.ranges.bounds.keys(), key=str):
            ranges = context.ranges.with_index(right_class, *context.ranges.bounds[index])
            apart = replace(ranges, distinct=ranges.distinct | {frozenset((index, right_class))})
            claim = Equation(left.xreplace(chosen), right.xreplace(chosen), replace(context, ranges=apart))
            if is_provable(claim, self.seed, OPERATIONS, SECONDS):
                return left_open(holds_where(f"{index} is another class than the right one"))
        return None

    def _of_the_last_class(self, suspect: Suspect) -> Excuse | None:
        """P(y = K | x) = … right after P(y = k | x) = …, which may be of the other classes."""
        last = _event(suspect.left)
        if not suspect.begins or last is None or last[1] not in ("K", "C"):
            return None
        for other in self.document.steps:
            near = suspect.step.formula - 2 <= other.formula <= suspect.step.formula
            of = _event(other.left.node) if near and other.left is not None and other.left.node is not None else None
            if of is not None and of[0] == last[0] and of[1] in ("k", "c", "j", "i"):
                return left_open(f"line {other.place.line} may be of the other classes")
        return None

    def _of_others_than_a_set(self, suspect: Suspect) -> Excuse | None:
        r"""What is said of indices outside of a set, for $(i, j) \notin D$: a sum over the set has no such term."""
        return left_open("said of what is not in a set") if _NOT_IN.search(suspect.before) else None

    def _of_one_example(self, suspect: Suspect) -> Excuse | None:
        r"""The derivative of a loss of data by its own parameter, of numbers alone: 2(w - 5)."""
        if not suspect.left_expr.has(sp.Sum) or not _has_slope(suspect.left):
            return None
        names = {n for n in walk(suspect.right) if isinstance(n, ast.Symbol)}
        numbers = {n.text for n in walk(suspect.right) if isinstance(n, ast.Number)}
        if numbers - {"0", "1", "2"} and len(names) == 1 and names <= set(walk(suspect.left)):
            return left_open("it has nothing of what is differentiated but its numbers: of an example, it may be")
        return None

    def _of_a_logarithm(self, suspect: Suspect) -> Excuse | None:
        """log(Y) = w x + b, where Y = w x + b: another model than that of its name."""
        name = _under_logarithm(suspect.left)
        if name is None or not _is_plain(suspect.right):
            return None
        if not self._claimed(suspect.step, name, suspect.right).verdict.is_proved:
            return None
        return Excuse("conflict", f"{name.name} itself was said to be that")

    def _worked_out_elsewhere(self, suspect: Suspect) -> Excuse | None:
        """Arithmetic with the numbers of an example, on one side or on both."""
        if not _is_worked_out(suspect.right) or is_number(suspect.left) and not _is_worked_out(suspect.left):
            return None  # whole numbers are nobody's roundings
        return left_open(ROUNDING if _is_worked_out(suspect.left) else MISSING)

    def _with_worked_number(self, suspect: Suspect) -> Excuse | None:
        r"""A number that was worked out before stands for what it is of: -2.9 x_1, after \hat{y} - t = -2.9."""
        numbers = {n.text for n in walk(suspect.right) if isinstance(n, ast.Number) and "." in n.text}
        if not numbers or not any(isinstance(n, ast.Symbol) for n in walk(suspect.right)):
            return None
        for before in self.document.steps:
            if before == suspect.step or before.left is None or before.right is None or before.left.node is None:
                break
            worked = _number(before.right.node)
            if worked is None or worked[1] not in numbers or not _is_of_names(before.left.node):
                continue
            sign, text = worked
            meant = ast.Group("(", ")", ast.Sum((ast.Term(sign, ast.Group("(", ")", before.left.node)),)))
            whole = mapped(ast.Group("(", ")", suspect.right), partial(_put_in, text=text, value=meant))
            judged = self._claimed(suspect.step, suspect.left, whole)
            if judged.verdict.is_proved:
                value = f"{sign}{text} is {render(before.left.node)}"
                return supported(holds_where(f"{value}, as it was worked out"), judged.verdict.method)
        return None

    def _is_label(self, atom: sp.Expr) -> bool:
        return self.signature.is_label(re.split("[@·′]", label_of(atom).name)[0])


def _number(side: Node | None) -> tuple[str, str] | None:
    """The sign and the digits of a side that is a number."""
    match side:
        case ast.Number(text):
            return "", text
        case ast.Sum((ast.Term("-", ast.Number(text)),)):
            return "-", text
    return None


def _is_of_names(side: Node) -> bool:
    return any(isinstance(n, ast.Symbol) for n in walk(side)) and not _has_slope(side)


def _put_in(part: Node, text: str, value: Node) -> Node:
    """A product or a sum with a value for a number in it."""
    if isinstance(part, ast.Product):
        factors = (replace(f, body=value) if f.body == ast.Number(text) else f for f in part.factors)
        return replace(part, factors=tuple(factors))
    if isinstance(part, ast.Sum):
        terms = (replace(t, body=value) if t.body == ast.Number(text) else t for t in part.terms)
        return replace(part, terms=tuple(terms))
    return part


def _under_logarithm(side: Node) -> ast.Symbol | None:
    """Y of log(Y)."""
    match side:
        case ast.Product((ast.Factor("", "", ast.Function("log", (), ())), ast.Factor("", "", body))):
            inner = body.body if isinstance(body, ast.Group) else body
            return inner if isinstance(inner, ast.Symbol) else None
    return None


def _is_plain(side: Node) -> bool:
    """Whether a side is sums and products of names: a linear model."""
    parts = list(walk(side))
    products = any(isinstance(n, ast.BigOperator) and n.name == "prod" for n in parts)
    return not products and not any(isinstance(n, ast.Function | ast.Fraction | ast.Partial) for n in parts)


def _event(side: Node) -> tuple[tuple[str, str], str] | None:
    """((P, y), k) of P(y = k | x)."""
    match side:
        case ast.Product(
            (ast.Factor("", "", ast.Symbol(name)), ast.Factor("", "", ast.Group(_, _, ast.Listing(items))))
        ):
            match items[0]:
                case ast.Chain((ast.Symbol(label), ast.Symbol(letter, _, (), ())), (ast.Relation("="),)):
                    return (name, label), letter
    return None


def _has_slope(side: Node) -> bool:
    return any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(side))


def _is_worked_out(side: Node) -> bool:
    """Whether a side is arithmetic with the numbers of an example: 0.62, \\sigma(1.0 \\times 5.0 + 2)."""
    nodes = list(walk(side))
    numbers = [n.text for n in nodes if isinstance(n, ast.Number)]
    names = {n.name for n in nodes if isinstance(n, ast.Symbol)} - {r"\sigma", "sigmoid", "e"}
    return not names and any("." in text for text in numbers)
