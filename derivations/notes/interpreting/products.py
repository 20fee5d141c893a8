"""Factors in a row to a value: each with what it takes of those after it, multiplied as the operator says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.atoms import atoms_of
from derivations.functions import Partial
from derivations.indexed import substitute
from derivations.kernels import charge
from derivations.notes.interpreting.applications import Applications, at_primes
from derivations.notes.interpreting.fitting import end_of_run, has_slope, is_slope
from derivations.notes.interpreting.folding import label_if_named
from derivations.notes.interpreting.indicators import is_indicator, is_one
from derivations.notes.interpreting.names import Index, Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.quotients import is_differential
from derivations.notes.interpreting.signature import MATRICES, base_letter
from derivations.notes.interpreting.tensor import (
    MisshapenError,
    Value,
    add,
    contract,
    elementwise,
    power,
    retyped,
    scalar,
    sorts_of,
)
from derivations.notes.interpreting.thresholds import is_threshold
from derivations.notes.interpreting.totals import Totals
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["Products", "is_less_a_number"]

_LOGS = ("log", "ln")
_FIRST_OR_BOTH = "what is multiplied entry by entry may be one of two factors side by side, or their product"
_ENTRYWISE = (r"\odot", r"\circ", r"\cdot", "*")
_FUNCTIONS = {"exp": sp.exp, "tanh": sp.tanh, "log": sp.log, "ln": sp.log}
_FUNCTIONS |= {"sinh": lambda u: (sp.exp(u) - sp.exp(-u)) / 2, "cosh": lambda u: (sp.exp(u) + sp.exp(-u)) / 2}


@dataclass
class Products(Applications, Totals):
    """The part of the elaborator that knows products."""

    mended: list[tuple[sp.Expr, sp.Expr]] | None = None
    squared: list[tuple[sp.Expr, sp.Expr]] | None = None
    beside_slope: bool = False  # columns beside σ'(z) are multiplied entry by entry
    alike: bool = False  # matrices of one shape are, too, in a product with a factor like 1 - A
    beside_one: bool = False  # in such a product

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

        def sign(self, written: str) -> bool: ...

        def applied(self, node: ast.Symbol, rest: Sequence[ast.Factor]) -> tuple[Value, int]: ...

        def with_those_of(self, node: ast.Scripted, value: Value) -> Value: ...

        def raised(self, value: Value, exponent: Node, shown: str) -> Value: ...

    def product(self, factors: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value:
        """The value of factors in a row; `tail`: terms after them that the last sum among them reaches over."""
        numerator = self._written_quotient(factors)
        if numerator is not None:
            return numerator
        if len(factors) > 1 and all(_is_word(f) for f in factors):
            return self.named(Ref(" ".join(render(f.body) for f in factors)))
        before = self.beside_slope, self.beside_one
        self.beside_slope = self.beside_slope or has_slope(factors)
        self.beside_one = self.alike and any(is_less_a_number(f.body) for f in factors)
        try:
            return self._product(factors, tail)
        finally:
            self.beside_slope, self.beside_one = before

    def _product(self, factors: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value:
        result: Value | None = None
        last: Value | None = None  # the second of two arrays side by side
        negative = operator = False
        position = 0
        while position < len(factors):
            charge(2)
            factor = factors[position]
            negative ^= self.sign(factor.sign)
            end = position + 1 if has_slope(factors[position:]) else end_of_run(factors, position)
            whole = self._run(result, factors[position:end]) if result is not None and end > position + 1 else None
            if whole is not None:
                result, position = whole, end
                continue
            value, used, operator = self.item(factors, position, tail)
            position += used
            if (
                value.axes
                and self._goes_before_columns(result, factor)
                and is_slope(factors, position - used, position)
            ):
                value = elementwise(value, self.value(factors[position].body), lambda a, b: a * b)
                position += 1
            if factor.operator in (r"\odot", r"\circ") and last is not None and result is not None:
                if value.axes and sorts_of(last) == sorts_of(value) == sorts_of(result):
                    # W^T δ ⊙ σ'(z), which may be W^T (δ ⊙ σ'(z))
                    self.noticed.doubts.append(_FIRST_OR_BOTH)
            last = value if result is not None and result.axes and value.axes and not factor.operator else None
            if factor.operator == "/":
                while self._is_below(factors, position):
                    value = self.times(value, self.value(factors[position].body), "")
                    position += 1
                value = self.quotient(scalar(1), value)
            result = value if result is None else self.times(result, value, factor.operator)
            if operator:
                break
        if result is None:
            raise UnsupportedNoteError("a product of nothing")
        if tail and not operator:
            raise UnsupportedNoteError("how far a sum reaches over the terms after it")
        return replace(result, expr=-result.expr) if negative else result

    def _run(self, left: Value, factors: Sequence[ast.Factor]) -> Value | None:
        r"""A \odot (B C) for A \odot B C, where that fits; in doubt where (A \odot B) C fits, too."""
        first = replace(factors[0], operator="")
        try:
            right = self._product((first, *factors[1:]), ())
            value, used, _ = self.item((first, *factors[1:]), 0, ())
            rest = self._product(factors[used:], ()) if used < len(factors) else None
            if not left.axes or rest is None or not rest.axes or len(right.axes) != len(left.axes):
                return None
            found = self.times(left, right, factors[0].operator)
        except UnsupportedNoteError:
            return None
        if sorts_of(value) == sorts_of(left):
            self.noticed.doubts.append(_FIRST_OR_BOTH)
        return found

    def _goes_before_columns(self, result: Value | None, factor: ast.Factor) -> bool:
        r"""Whether a(1 - a) may be one factor here: of \delta a(1 - a), and not of W a(1 - a) and w^T a(1 - a)."""
        if result is None or not result.axes or factor.operator in (r"\odot", r"\circ"):
            return True
        return len(result.axes) == 1 and not result.is_row

    def times(self, left: Value, right: Value, operator: str) -> Value:
        """The product; with `mended`, a matrix that doesn't fit is transposed, and what didn't fit is kept.

        With `squared`, sizes that ought to be equal are taken as equal, and kept.
        """
        try:
            return self._times(left, right, operator)
        except MisshapenError as error:
            sizes = [axis.upper for axis in error.axes]
            if self.squared is not None and left.axes:
                self.squared.append((sizes[0], sizes[1]))
                inner = replace(error.axes[1], symbol=left.axes[-1].symbol)
                return self._times(replace(left, axes=(*left.axes[:-1], inner)), right, operator)
            written = self.signature.size.values()
            if self.mended is None or any(str(n) not in written for n in sizes) or len(set(sizes)) == 1:
                raise
            self.mended.append((sizes[0], sizes[1]))
            if len(left.axes) == 2 and len(right.axes) == 1:
                return self._times(left.transposed, right, operator)
            if len(right.axes) == 2 and len(left.axes) == 1:
                return self._times(left, right.transposed, operator)
            raise

    def plus(self, left: Value, right: Value) -> Value:
        """The sum; with `squared`, two vectors are of one size."""
        if self.squared is not None and len(left.axes) == len(right.axes) == 1:
            self.squared.append((left.axes[0].upper, right.axes[0].upper))
            left = replace(left, axes=(replace(right.axes[0], symbol=left.axes[0].symbol),))
        if {len(left.axes), len(right.axes)} == {0, 2}:
            number, matrix = sorted((left, right), key=lambda value: len(value.axes))
            deltas = [set(delta.args) for delta in atoms_of(matrix.expr, sp.KroneckerDelta)]
            is_square = matrix.axes[0].sort == matrix.axes[1].sort and not number.expr.is_number
            if {axis.symbol for axis in matrix.axes} in deltas or is_square or number.expr.has(sp.Sum):
                # I - c A, where A is a matrix; c + A, where c is a vector; x^T x - (u^T x)^2, where x is one
                self.noticed.doubts.append("a number is added to a matrix")
        return add(left, right)

    def _times(self, left: Value, right: Value, operator: str) -> Value:
        self._consult_rows(left, right)
        if self.beside_one and operator in ("", r"\cdot", r"\times") and _are_alike(left, right):
            return elementwise(left, right, lambda a, b: a * b)
        match operator:
            case "" | r"\cdot":
                if left.axes and right.axes and left.is_row is right.is_row and len(left.axes) == len(right.axes) == 1:
                    if self.entrywise or self.beside_slope:
                        if not self.entrywise:
                            self.noticed.doubts.append("a product of two columns is taken entry by entry")
                        return elementwise(left, right, lambda a, b: a * b)
                    if not operator and _is_capital(left) and _is_capital(right):
                        raise UnsupportedNoteError("a product of what may be matrices")
                    left, right = retyped(left, right), retyped(right, left)
                    if left.axes[0].sort != right.axes[0].sort:
                        raise UnsupportedNoteError("a product of vectors over different things")
                    if left.axes[0].sort not in (self.signature.feature, ("features",)):
                        self.noticed.doubts.append("a product of two columns may be taken entry by entry")
                    return contract(replace(left, is_row=True), replace(right, is_row=False))
                if not left.axes and not right.axes and not operator:
                    label = label_if_named(left.expr)
                    if label and _is_weight(label, right):
                        self.noticed.weighted.append(label.name)
                if _is_matrix(left) and isinstance(right.expr, sp.Indexed) and not right.axes and not operator:
                    raise UnsupportedNoteError("a matrix before what has an index and no axes: a vector may be meant")
                self.noticed.laid |= len(left.axes) == 1 and not left.is_row and len(right.axes) == 2
                return contract(left, right)
            case r"\times" | "*" | "/":
                if left.axes and right.axes:
                    features = (self.signature.feature, ("features",))
                    if len(left.axes) == len(right.axes) == 1 and left.axes[0].sort == right.axes[0].sort in features:
                        return contract(replace(left, is_row=True), replace(right, is_row=False))
                    if operator == r"\times":
                        return contract(left, right)
                    return elementwise(left, right, lambda a, b: a * b)
                return contract(left, right)
            case r"\odot" | r"\circ":
                if not left.axes and not right.axes:
                    self.noticed.doubts.append("what is multiplied entry by entry is read as numbers")
                    self.noticed.by_entry = True
                left, right = _entry_by_entry(left, right), _entry_by_entry(right, left)
                return elementwise(left, right, lambda a, b: a * b)
            case r"\otimes":
                if len(left.axes) == 1 and len(right.axes) == 1:
                    return contract(replace(left, is_row=False), replace(right, is_row=True))
            case r"\div" | r"\oslash":
                return self.quotient(left, right)
        raise UnsupportedNoteError(f"the operator {operator}")

    def _consult_rows(self, left: Value, right: Value) -> None:
        """Whether a product hangs on vectors being rows or columns: p p^T and s^T s, and an outer product.

        W x has a column: where it stands, vectors can't be rows.
        """
        names = isinstance(left.expr, sp.Indexed) and isinstance(right.expr, sp.Indexed)
        if names and len(left.axes) == 2 and len(right.axes) == 1 and right.is_row:
            self.noticed.consulted.add("columns")
        if len(left.axes) != 1 or len(right.axes) != 1:
            return
        if left.axes[0].sort != right.axes[0].sort:
            if left.is_row and not right.is_row:  # h^T \delta is a matrix where h and \delta are rows
                self.noticed.consulted.add("rows")
            return
        if left.is_row is not right.is_row:
            if right.is_row is not self.choices.rows or left.at(right.axes) == right.expr:
                self.noticed.consulted.add("rows")

    def item(self, factors: Sequence[ast.Factor], at: int, tail: Sequence[ast.Term]) -> tuple[Value, int, bool]:
        """(value, how many factors it takes, whether it takes all the rest)."""
        node = factors[at].body
        rest = factors[at + 1 :]
        match node:
            case _ if rest and _is_conditional(rest[0].body) and not rest[0].operator and is_one(node):
                return self.indicator(rest[0].body), 2, False
            case ast.BigOperator(name) if name in ("sum", "prod"):
                return self.big(node, rest, tail), len(factors) - at, True
            case ast.BigOperator(name) if name in ("max", "min") and rest and isinstance(rest[0].body, ast.Group):
                return self.extremum(name, rest[0].body), 2, False
            case ast.BigOperator(name) if name in ("max", "min") and rest and _is_raised(rest[0]):
                power = rest[0].body
                assert isinstance(power, ast.Scripted) and isinstance(power.base, ast.Group)
                return self.raised(self.extremum(name, power.base), power.superscripts[0], render(power)), 2, False
            case ast.BigOperator("max", ast.Symbol() as lower, None) if rest and not rest[0].operator:
                return self.largest(rest[0].body, lower), 2, False
            case ast.BigOperator("min", lower, None) if lower is not None and rest:
                return self.product(rest, tail), len(factors) - at, True
            case ast.BigOperator(name):
                raise UnsupportedNoteError(f"\\{name}")
            case ast.Function():
                return self.function(node, factors, at)
            case ast.Partial():
                raise UnsupportedNoteError("∂ outside a derivative")
            case ast.Nabla():
                return self.gradient(node, rest, tail)
            case ast.Fraction():
                value, used = self.fraction(node, rest, tail)
                if not used and rest and value.expr.has(Partial) and _is_number_in_brackets(rest[0]):
                    self.noticed.doubts.append("a derivative at a point, or times a number")
                return value, 1 + used, used == len(rest)
            case ast.Symbol():
                value, used = self.applied(node, rest)
                return value, 1 + used, False
            case ast.Group() if is_indicator(node) or is_threshold(node) and factors[at].operator in _ENTRYWISE:
                return self.indicator(node), 1, False
            case _:
                return self.value(node), 1, False

    def argument(self, rest: Sequence[ast.Factor]) -> tuple[Value, int]:
        """What a prefix such as log takes: a bracket after it, else the factors up to a written operator."""
        if not rest:
            raise UnsupportedNoteError("a function of nothing")
        first = rest[0]
        if isinstance(first.body, ast.Group) and not first.operator and not is_indicator(first.body):
            value = self.value(first.body)
            return (replace(value, expr=-value.expr) if self.sign(first.sign) else value), 1
        if isinstance(first.body, ast.BigOperator):
            return self.product(rest, ()), len(rest)
        count = 1
        if len(rest) > 1 and not rest[1].operator and not _ends_argument(rest[1].body):
            self.noticed.consulted.add("short")
            if self.choices.short:
                return self.product(rest[:1], ()), 1
        while count < len(rest) and not rest[count].operator and not _ends_argument(rest[count].body):
            if isinstance(rest[count].body, ast.BigOperator) or is_differential(rest[count].body):
                break
            count += 1 + (isinstance(rest[count].body, ast.Function) and count + 1 < len(rest))
        return self.product(rest[:count], ()), count

    def function(self, node: ast.Function, factors: Sequence[ast.Factor], at: int) -> tuple[Value, int, bool]:
        name = node.name
        if name not in _FUNCTIONS or node.primes > 1 or (node.subscripts and name not in _LOGS):
            raise UnsupportedNoteError(f"\\{name}")
        base = self._base_of(node)
        rest = factors[at + 1 :]
        outside = self._power_outside(name, rest)
        if name == "exp" and node.superscripts:
            argument, used = self.value(node.superscripts[0]), 0
        elif outside is not None:
            argument, used = self.value(outside.base), 1
        else:
            argument, used = self.argument(rest)
        value = replace(argument, expr=at_primes(_FUNCTIONS[name], argument.expr, node.primes))
        if base is not None:
            value = replace(value, expr=value.expr / sp.log(base))
        if name in _LOGS:
            self.noticed.partial.append(sp.log(argument.expr))
        if node.superscripts and name != "exp":
            value = power(value, self.value(node.superscripts[0]).expr, True)
        if outside is not None:
            value = self.with_those_of(outside, value)
        return value, 1 + used, False

    def _base_of(self, node: ast.Function) -> sp.Expr | None:
        r"""The base of \log_2; None for that of \log and \log_e."""
        match node.subscripts:
            case () | (ast.Symbol("e"),):
                return None
            case (ast.Number(text),) if text.isdigit() and int(text) > 1:
                return sp.Integer(text)
        raise UnsupportedNoteError("a logarithm to another base")

    def _power_outside(self, name: str, rest: Sequence[ast.Factor]) -> ast.Scripted | None:
        r"""The bracket whose power is that of a function: \tanh(x)^2 is (\tanh x)^2, but \log(x)^2 may be 2 \log x."""
        bracket = rest[0].body if rest and not rest[0].operator and not rest[0].sign else None
        if not isinstance(bracket, ast.Scripted) or not isinstance(bracket.base, ast.Group):
            return None
        if bracket.primes or bracket.base.opening not in ("(", "[") or is_indicator(bracket.base):
            return None
        if name not in _LOGS:
            return bracket
        if not bracket.superscripts or not all(isinstance(s, ast.Number) for s in bracket.superscripts):
            return None
        self.noticed.consulted.add("outside")
        return bracket if self.choices.outside else None

    def _is_below(self, factors: Sequence[ast.Factor], at: int) -> bool:
        """Whether a slash divides by a name that stands right behind its divisor, too: x of 1/2x."""
        if at >= len(factors) or factors[at].operator or factors[at].sign:
            return False
        if not isinstance(factors[at].body, ast.Symbol):
            return False
        self.noticed.consulted.add("slash")
        return self.choices.slash

    def largest(self, node: Node, letter: ast.Symbol | None) -> Value:
        r"""\max(z) and \max_k z_k: a number of which no more is known than that it may depend on every entry of z."""
        ref = read_name(node, self.signature.habits) if isinstance(node, ast.Symbol) else None
        indices = () if letter is None else (Index(letter.name),)
        if ref is None or ref.indices != indices or ref.power is not None or ref.transposed:
            raise UnsupportedNoteError("\\max of other than two values")
        entries = self.scope.of(ref.key)
        axes = entries[0].axes if entries else self.signature.axes.get(ref.key, ())
        if len(axes) != 1 or self.signature.sample in axes:  # that of every sample is another one
            raise UnsupportedNoteError("\\max of what is no vector")
        self.noticed.doubts.append(f"max({ref.key}) is taken for any number")
        return self.named(Ref(f"max({ref.key})"))

    def extremum(self, name: str, group: ast.Group) -> Value:
        if name == "max" and isinstance(group.body, ast.Symbol):
            return self.largest(group.body, None)
        if not isinstance(group.body, ast.Listing) or len(group.body.items) != 2:
            raise UnsupportedNoteError(f"\\{name} of other than two values")
        left, right = (self.value(item) for item in group.body.items if item is not None)
        return elementwise(left, right, lambda a, b: sp.Max(a, b) if name == "max" else -sp.Max(-a, -b))


def _entry_by_entry(value: Value, other: Value) -> Value:
    r"""∂a/∂z beside \odot and an array of the shape of a and z: the derivative of each entry of a by that of z."""
    count = len(other.axes)
    own, by = value.axes[:count], value.axes[count:]
    sorts = [[axis.sort for axis in axes] for axes in (own, by, other.axes)]
    if not isinstance(value.expr, Partial) or not count or sorts[0] != sorts[1] or sorts[0] != sorts[2]:
        return value
    return Value(substitute(value.expr, {b.symbol: o.symbol for b, o in zip(by, own, strict=True)}), own, other.is_row)


def _is_conditional(node: Node) -> bool:
    return is_indicator(node) or is_threshold(node)


def _is_weight(name: sp.Symbol, beside: Value) -> bool:
    """Whether a number has the name of a matrix and stands before another name, as w before δ."""
    return base_letter(name.name) in MATRICES and label_if_named(beside.expr) is not None


def is_less_a_number(node: Node) -> bool:
    """Whether a bracket holds a sum with a numeral in it: 1 - A."""
    terms = node.body.terms if isinstance(node, ast.Group) and isinstance(node.body, ast.Sum) else ()
    return any(isinstance(term.body, ast.Number) for term in terms)


def _are_alike(left: Value, right: Value) -> bool:
    """Whether two values are matrices of one shape."""
    shapes = [[(axis.sort, axis.upper) for axis in value.axes] for value in (left, right)]
    return len(left.axes) == 2 and shapes[0] == shapes[1]


def _is_matrix(value: Value) -> bool:
    """Whether a value is the name of a matrix, with no index."""
    return len(value.axes) == 2 and isinstance(value.expr, sp.Indexed) and len(value.expr.indices) == 2


def _is_capital(value: Value) -> bool:
    return any(a.base.label.name[0].isupper() for a in atoms_of(value.expr, sp.Indexed))


def _is_word(factor: ast.Factor) -> bool:
    body = factor.body
    plain = isinstance(body, ast.Symbol) and not body.subscripts and not body.superscripts
    name = body.name if isinstance(body, ast.Symbol) else ""
    return plain and len(name) > 1 and name.isalpha() and not factor.operator and not factor.sign


def _is_number_in_brackets(factor: ast.Factor) -> bool:
    body = factor.body
    if factor.operator or not isinstance(body, ast.Group) or body.opening != "(":
        return False
    return not any(isinstance(n, ast.Symbol) for n in walk(body)) and any(isinstance(n, ast.Number) for n in walk(body))


def _ends_argument(node: Node) -> bool:
    r"""Whether a factor is a function of its own, as in \log p \log q; \log\frac{1}{s}\exp(-x) is that of a product."""
    return isinstance(node, ast.Function) and node.name != "exp"


def _is_raised(factor: ast.Factor) -> bool:
    r"""The (0, u)^2 of \max(0, u)^2."""
    match factor.body:
        case ast.Scripted(ast.Group(), (), (_,), 0):
            return not factor.operator and not factor.sign
    return False
