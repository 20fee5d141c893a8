r"""A side of an equation to a value: sums, products, functions and derivatives with their reach decided.

    \log, \sum and \partial reach over the rest of their product; a sum reaches over the terms after it where its
    index stands in them; f(x) is an application where f is written as a function, y(1 - y) is a product.

What the tree leaves open and the document does not settle is a choice of `Choices`, and is recorded as consulted.
Derivatives become `Partial`, taken later through the definitions in force. Nothing is evaluated as code.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from derivations.functions import sigmoid
from derivations.indexed import substitute
from derivations.kernels import charge
from derivations.notes import ast
from derivations.notes.arrays import ARRAY_FUNCTIONS, Arrays, is_constant
from derivations.notes.ast import Node, walk
from derivations.notes.derivatives import Derivatives, is_differential
from derivations.notes.indicators import Indicators, is_indicator, is_one
from derivations.notes.names import TRANSPOSES, Index, Ref, UnsupportedNoteError, binder, read_name
from derivations.notes.naming import ROW
from derivations.notes.render import render
from derivations.notes.signature import Key
from derivations.notes.tensor import (
    ANY,
    MisshapenError,
    Value,
    add,
    contract,
    elementwise,
    power,
    retyped,
    scalar,
    summed,
)
from derivations.notes.written import layout_of
from derivations.statement import index

__all__ = ["Elaborator"]

MAX_DEPTH = 60
MAX_NUMERAL = 40
_LOGS = ("log", "ln")
_FUNCTIONS = {"exp": sp.exp, "tanh": sp.tanh, "log": sp.log, "ln": sp.log, "sinh": sp.sinh, "cosh": sp.cosh}
_SIGMOIDS = frozenset((r"\sigma", "sigmoid", "Sigmoid", "σ", "sigm", "logistic"))
_OF_CHANCE = frozenset(("E", "P", "Var", "Cov", "V", r"\mathbb{E}", r"\mathbb{P}", r"\mathbb{V}", r"\mathrm{E}"))
_DROPPED = frozenset(("boxed", "underline", "cancel", "overrightarrow", "mathrm", "boldsymbol", "mathbf"))


@dataclass
class Elaborator(Derivatives, Arrays, Indicators):
    """Elaborates the sides of one formula; see `Namer` for its state."""

    depth: int = 0
    beside_number: bool = False  # 1 - h^2 is taken entry by entry
    mended: list[tuple[sp.Expr, sp.Expr]] | None = None
    letters_elsewhere: frozenset[str] = frozenset()

    def side(self, node: Node) -> Value:
        """The value of a whole side."""
        self.matrix = self.matrix or self._is_matrix_form(node)
        return self.value(node)

    def _is_matrix_form(self, node: Node) -> bool:
        has_ones = any(is_constant(part) for part in walk(node))
        for part in walk(node):
            if isinstance(part, ast.Symbol) and not part.subscripts:
                ref = read_name(part, self.signature.habits)
                if (ref.transposed or has_ones) and not ref.indices and self._runs_over_samples_only(ref):
                    return True
                if ref.key == "X" and not ref.indices and self.signature.axes.get("X") and not self.scope.of("X"):
                    return True
                if not ref.indices and not self.scope.of(ref.key) and self.small_name(ref.key) is not None:
                    return True
        return False

    def _runs_over_samples_only(self, ref: Ref) -> bool:
        """Whether a name is a vector of one number for every sample: the y of y^T log p."""
        entry = self.entry_for(ref) if self.scope.of(ref.key) else None
        axes = entry.axes if entry is not None else self.signature.axes.get(ref.key, ())
        return self.signature.sample is not None and axes == (self.signature.sample,)

    def value(self, node: Node) -> Value:
        charge(5)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnsupportedNoteError("brackets nested too deeply")
        try:
            return self._value(node)
        finally:
            self.depth -= 1

    def _value(self, node: Node) -> Value:
        match node:
            case ast.Number(text):
                return scalar(self.numeral(text))
            case ast.Symbol():
                return self.symbol(node)
            case ast.Sum(terms):
                return self.terms(terms)
            case ast.Product(factors):
                return self.product(factors, ())
            case ast.Fraction():
                return self.fraction(node, ())[0]
            case ast.Group():
                return self.group(node)
            case ast.Scripted():
                return self.scripted(node)
            case ast.Root(radicand, None):
                return elementwise(self.value(radicand), scalar(sp.S.Half), lambda a, b: a**b)
            case ast.Decorated() if is_constant(node):
                return self.constant(node)
            case ast.Decorated(decoration, body) if decoration in _DROPPED:
                return self.value(body)
            case ast.Annotated(kind, body, _) if kind in ("underbrace", "overbrace", "underset", "overset"):
                return self.value(body)
            case ast.Matrix():
                layout = layout_of(node)
                return self.by_cases(node) if layout is None else self.written(layout)
            case ast.Text(words):
                raise UnsupportedNoteError(f"the words {words!r}")
            case ast.Ellipsis():
                raise UnsupportedNoteError("omitted terms")
            case ast.Listing((single,), ()) if single is not None:
                return self.value(single)
            case ast.BigOperator() | ast.Function() | ast.Partial() | ast.Nabla():
                raise UnsupportedNoteError(f"{render(node)} with nothing after it")
            case _:
                raise UnsupportedNoteError(f"{render(node)[:60]} is outside the language")

    def numeral(self, text: str) -> sp.Expr:
        if len(text) > MAX_NUMERAL:
            raise UnsupportedNoteError("a number of too many digits")
        try:
            value = Fraction(text.replace(",", ""))
        except ValueError:
            raise UnsupportedNoteError(f"the number {text}") from None
        return sp.Rational(value.numerator, value.denominator)

    # Sums of terms, and how far a \sum reaches over them

    def terms(self, terms: Sequence[ast.Term]) -> Value:
        before, self.beside_number = self.beside_number, any(isinstance(t.body, ast.Number) for t in terms)
        try:
            return self._terms(terms)
        finally:
            self.beside_number = before

    def _terms(self, terms: Sequence[ast.Term]) -> Value:
        total: Value | None = None
        position = 0
        while position < len(terms):
            term = terms[position]
            after = self.reached(term.body, terms[position + 1 :])
            negative = self.sign(term.sign)
            tail = terms[position + 1 : position + 1 + after]
            factors = term.body.factors if isinstance(term.body, ast.Product) else (ast.Factor("", "", term.body),)
            value = self.product(factors, tail) if tail or isinstance(term.body, ast.Product) else self.value(term.body)
            if negative:
                value = replace(value, expr=-value.expr)
            total = value if total is None else add(total, value)
            position += 1 + after
        if total is None:
            raise UnsupportedNoteError("a sum of nothing")
        return total

    def sign(self, written: str) -> bool:
        signs = written.split()
        if any(s not in ("+", "-") for s in signs):
            raise UnsupportedNoteError(f"the sign {written}")
        return signs.count("-") % 2 == 1

    def reached(self, body: Node, rest: Sequence[ast.Term]) -> int:
        """How many of the terms after it a sum at the top of `body` reaches over."""
        if not rest or not isinstance(body, ast.Product):
            return 0
        taken = itertools.takewhile(lambda f: not isinstance(f.body, ast.Function), body.factors)
        sums = [f.body for f in taken if isinstance(f.body, ast.BigOperator) and f.body.name == "sum"]
        if not sums:
            return 0
        letters = {letter for s in sums for letter in binder(s)[0]}
        names = [self._free_letters(term.body) for term in rest]
        named = [p for p, found in enumerate(names) if letters & found]
        if named:
            return 0 if letters & self.letters_elsewhere else named[-1] + 1
        sort = self._sum_sort(sums[0])
        if sort != self.signature.sample or sort is None:
            return 0
        varying = 0
        for position, term in enumerate(rest):
            if any(isinstance(n, ast.BigOperator) for n in walk(term.body)) or not self._varies(term.body):
                break
            varying = position + 1
        if varying:
            self.consulted.add("reach")
            return varying if self.choices.reach else 0
        return 0

    def _free_letters(self, node: Node) -> set[str]:
        """Letters among the indices of a term, but for those that its own sums bind."""
        found: set[str] = set()
        own: set[str] = set()
        for part in walk(node):
            if isinstance(part, ast.Symbol):
                ref = read_name(part, self.signature.habits)
                found |= {i.letter for i in ref.indices if i.letter is not None}
            elif isinstance(part, ast.BigOperator) and part.name == "sum":
                own |= set(binder(part)[0])
        return found - own

    def _varies(self, node: Node) -> bool:
        """Whether a term has a name with a sample axis and no index for it."""
        for part in walk(node):
            if isinstance(part, ast.Symbol):
                ref = read_name(part, self.signature.habits)
                if ref.key in TRANSPOSES or ref.key in ("e", "d"):
                    continue
                entry = self.entry_for(ref) if self.scope.of(ref.key) else None
                axes = entry.axes if entry is not None else self.signature.axes.get(ref.key, ())
                if self.signature.sample in axes and len(ref.indices) < len(axes):
                    return True
        return False

    def _sum_sort(self, operator: ast.BigOperator) -> Key | None:
        letters = binder(operator)[0]
        if not letters:
            return self.signature.sample
        return self.sort_of(letters[0])

    # Products

    def product(self, factors: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value:
        """The value of factors in a row; `tail`: terms after them that the last sum among them reaches over."""
        numerator = self._written_quotient(factors)
        if numerator is not None:
            return numerator
        if len(factors) > 1 and all(_is_word(f) for f in factors):
            return self.named(Ref(" ".join(render(f.body) for f in factors)))
        result: Value | None = None
        negative = operator = False
        position = 0
        while position < len(factors):
            charge(2)
            factor = factors[position]
            negative ^= self.sign(factor.sign)
            value, used, operator = self.item(factors, position, tail)
            position += used
            if factor.operator == "/":
                value = elementwise(scalar(1), value, lambda a, b: a / b)
            result = value if result is None else self.times(result, value, factor.operator)
            if operator:
                break
        if result is None:
            raise UnsupportedNoteError("a product of nothing")
        if tail and not operator:
            raise UnsupportedNoteError("how far a sum reaches over the terms after it")
        return replace(result, expr=-result.expr) if negative else result

    def times(self, left: Value, right: Value, operator: str) -> Value:
        """The product; with `mended`, a matrix that doesn't fit is transposed, and what didn't fit is kept."""
        try:
            return self._times(left, right, operator)
        except MisshapenError as error:
            sizes = [axis.upper for axis in error.axes]
            written = self.signature.size.values()
            if self.mended is None or any(str(n) not in written for n in sizes) or len(set(sizes)) == 1:
                raise
            self.mended.append((sizes[0], sizes[1]))
            if len(left.axes) == 2 and len(right.axes) == 1:
                return self._times(left.transposed, right, operator)
            if len(right.axes) == 2 and len(left.axes) == 1:
                return self._times(left, right.transposed, operator)
            raise

    def _times(self, left: Value, right: Value, operator: str) -> Value:
        self._consult_rows(left, right)
        match operator:
            case "" | r"\cdot":
                if left.axes and right.axes and left.is_row is right.is_row and len(left.axes) == len(right.axes) == 1:
                    if self.entrywise:
                        return elementwise(left, right, lambda a, b: a * b)
                    left, right = retyped(left, right), retyped(right, left)
                    if left.axes[0].sort != right.axes[0].sort:
                        raise UnsupportedNoteError("a product of vectors over different things")
                    return contract(replace(left, is_row=True), replace(right, is_row=False))
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
                    self.doubts.append("what is multiplied entry by entry is read as numbers")
                return elementwise(left, right, lambda a, b: a * b)
            case r"\otimes":
                if len(left.axes) == 1 and len(right.axes) == 1:
                    return contract(replace(left, is_row=False), replace(right, is_row=True))
            case r"\div":
                return elementwise(left, right, lambda a, b: a / b)
        raise UnsupportedNoteError(f"the operator {operator}")

    def _consult_rows(self, left: Value, right: Value) -> None:
        """Whether a product hangs on vectors being rows or columns: p p^T and s^T s, and an outer product."""
        if len(left.axes) != 1 or len(right.axes) != 1 or left.axes[0].sort != right.axes[0].sort:
            return
        if left.is_row is not right.is_row:
            if right.is_row is not self.choices.rows or left.at(right.axes) == right.expr:
                self.consulted.add("rows")

    def item(self, factors: Sequence[ast.Factor], at: int, tail: Sequence[ast.Term]) -> tuple[Value, int, bool]:
        """(value, how many factors it takes, whether it takes all the rest)."""
        node = factors[at].body
        rest = factors[at + 1 :]
        match node:
            case _ if rest and is_indicator(rest[0].body) and not rest[0].operator and is_one(node):
                return self.indicator(rest[0].body), 2, False
            case ast.BigOperator(name) if name in ("sum", "prod"):
                return self.big(node, rest, tail), len(factors) - at, True
            case ast.BigOperator(name) if name in ("max", "min") and rest and isinstance(rest[0].body, ast.Group):
                return self.extremum(name, rest[0].body), 2, False
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
                return value, 1 + used, used == len(rest)
            case ast.Symbol():
                value, used = self.applied(node, rest)
                return value, 1 + used, False
            case ast.Group() if is_indicator(node):
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
        while count < len(rest) and not rest[count].operator and not _ends_argument(rest[count].body):
            if isinstance(rest[count].body, ast.BigOperator) or is_differential(rest[count].body):
                break
            count += 1 + (isinstance(rest[count].body, ast.Function) and count + 1 < len(rest))
        return self.product(rest[:count], ()), count

    def function(self, node: ast.Function, factors: Sequence[ast.Factor], at: int) -> tuple[Value, int, bool]:
        name = node.name
        if name not in _FUNCTIONS or node.primes or (node.subscripts and name not in _LOGS):
            raise UnsupportedNoteError(f"\\{name}")
        if node.subscripts and not (isinstance(node.subscripts[0], ast.Symbol) and node.subscripts[0].name == "e"):
            raise UnsupportedNoteError("a logarithm to another base")
        rest = factors[at + 1 :]
        if name == "exp" and node.superscripts:
            argument, used = self.value(node.superscripts[0]), 0
        else:
            argument, used = self.argument(rest)
        value = replace(argument, expr=_FUNCTIONS[name](argument.expr))
        if node.superscripts and name != "exp":
            value = power(value, self.value(node.superscripts[0]).expr)
        return value, 1 + used, False

    def extremum(self, name: str, group: ast.Group) -> Value:
        if not isinstance(group.body, ast.Listing) or len(group.body.items) != 2:
            raise UnsupportedNoteError(f"\\{name} of other than two values")
        left, right = (self.value(item) for item in group.body.items if item is not None)
        return elementwise(left, right, lambda a, b: sp.Max(a, b) if name == "max" else -sp.Max(-a, -b))

    def big(self, node: ast.BigOperator, rest: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value:
        r"""\sum or \prod over the rest of the product, and over the terms `tail`."""
        letters, low, high, without = binder(node)
        if not rest:
            raise UnsupportedNoteError("a sum of nothing")
        body: Node = ast.Product((ast.Factor("", rest[0].sign, rest[0].body), *rest[1:])) if rest else ast.Number("1")
        if tail:
            body = ast.Sum((ast.Term("", body), *tail))
        if not letters:
            return self.bare_sum(node, body, high)
        return self._bound(node.name, letters, low, high, without, body)

    def bare_sum(self, node: ast.BigOperator, body: Node, high: Node | None) -> Value:
        """A sum that names no index: over the letter that stands nowhere else, else over the samples."""
        candidates = self._free_letters(body) - self.letters_elsewhere - set(self.bound)
        candidates = {c for c in candidates if c not in self.signature.size.values()}
        if len(candidates) == 1:
            return self._bound(node.name, (candidates.pop(),), None, high, (), body)
        sort = self.signature.sample
        if sort is None or high is not None:
            raise UnsupportedNoteError("what a sum without bounds runs over")
        self.fresh += 1
        symbol = index(f"s{self.fresh}")
        lower, upper = self.range_of(sort)
        self.consulted.add("shared")
        sampled = sorted(c for c in candidates if self.sort_of(c) == sort)
        if self.choices.shared and not sampled:
            value = self.value(body)
        else:
            with self.within(None, None, symbol):
                value = self.value(body)
        return self._closed(node.name, value, symbol, lower, upper)

    def _bound(
        self,
        name: str,
        letters: Sequence[str],
        low: Node | None,
        high: Node | None,
        without: Sequence[Node],
        body: Node,
    ) -> Value:
        letter, *others = letters
        sort = self.sort_of(letter)
        symbol = self.index(letter)
        lower, upper = self.range_of(sort)
        if high is not None:
            upper = self.bound_of(high)
        if low is not None:
            lower = self.bound_of(low)
        is_sample = sort is not None and sort == self.signature.sample
        outer = self.met.pop(symbol, None)
        with self.within(letter, sort, symbol if is_sample else None):
            if others:
                value = self._bound(name, others, None, None, without, body)
            else:
                value = self.value(body)
        self.met.pop(symbol, None)
        if outer is not None:
            self.met[symbol] = outer
        total = self._closed(name, value, symbol, lower, upper)
        for node in () if others else without:
            left_out = self.bound_of(node)
            if left_out.free_symbols and isinstance(left_out, sp.Symbol):
                self.note(left_out, sort)
            dropped = substitute(value.expr, {symbol: left_out})
            total = replace(total, expr=total.expr - dropped if name == "sum" else total.expr / dropped)
        return total

    def _closed(self, name: str, value: Value, symbol: sp.Symbol, lower: sp.Expr, upper: sp.Expr) -> Value:
        if name == "sum":
            return replace(value, expr=sp.Sum(value.expr, (symbol, lower, upper)))
        if value.axes:
            raise UnsupportedNoteError("a product of arrays over an index")
        return replace(value, expr=sp.Product(value.expr, (symbol, lower, upper)))

    def bound_of(self, node: Node) -> sp.Expr:
        """A bound of a sum: an index, a size, a number, or one of these and a step."""
        match node:
            case ast.Number(text) if text.isdigit() and len(text) < 7:
                return sp.Integer(int(text))
            case ast.Symbol(name, _, (), (), 0):
                if name in self.signature.size.values() or (name == "n" and name not in self.bound):
                    return sp.Symbol(name, integer=True, positive=True)
                return self.index(name) if len(name) == 1 and name.islower() else self.size_symbol(name)
            case ast.Sum((first, second)) if not first.sign and isinstance(second.body, ast.Number):
                step = self.bound_of(second.body)
                return self.bound_of(first.body) + (step if second.sign == "+" else -step)
        raise UnsupportedNoteError(f"the bound {render(node)} of a sum")

    # Names, functions, brackets

    def symbol(self, node: ast.Symbol) -> Value:
        return self.applied(node, ())[0]

    def applied(self, node: ast.Symbol, rest: Sequence[ast.Factor]) -> tuple[Value, int]:
        """A name, with the bracket after it where it is a function; how many factors that took."""
        bracket = rest[0].body if rest and not rest[0].operator and not rest[0].sign else None
        base = bracket.base if isinstance(bracket, ast.Scripted) else bracket
        if node.name == "e" and not node.decorations and not node.subscripts and not self._is_named_e(node):
            if not node.superscripts:
                return scalar(sp.E), 0
            argument = self.value(node.superscripts[0])
            return replace(argument, expr=sp.exp(argument.expr)), 0
        if (
            node.name == "I"
            and not self._indices(node)
            and not self.scope.of("I")
            and not isinstance(bracket, ast.Group)
        ):
            first, second = self.axis(ANY), self.axis(ANY)
            return Value(sp.KroneckerDelta(first.symbol, second.symbol), (first, second)), 0
        if node.name == r"\pi" and not any(slot[0] == r"\pi" for slot in self.signature.sort_of_slot):
            return scalar(sp.pi), 0
        if node.name == r"\delta" and len(self._indices(node)) == 2 and not self.scope.of(r"\delta"):
            return self.kronecker(self._indices(node)), 0
        if node.name == "D" and not self.scope.of("D"):
            slope = self.operator_d(node, rest)
            if slope is not None:
                return slope, 2
        if node.name in ("d", "D") and not self._indices(node) and isinstance(bracket, ast.Symbol):
            return self.differential(bracket), 1
        ref = read_name(node, self.signature.habits)
        if (
            isinstance(bracket, ast.Symbol)
            and bracket.name == "x"
            and ref.key == "h"
            and "h" in self.signature.functions
        ):
            if node.subscripts and not ref.indices:  # h_\theta x, where h_\theta(x) is meant
                bracket = base = ast.Group("(", ")", bracket)
        if isinstance(base, ast.Group) and base.opening == "[" and ref.key in _OF_CHANCE:
            raise UnsupportedNoteError("an expectation or a probability")
        if bracket is not None and isinstance(base, ast.Group) and base.opening in "([" and base.body is not None:
            is_function = ref.key in self.signature.functions or ref.key in _SIGMOIDS or bool(self._function_entry(ref))
            if ref.key in ARRAY_FUNCTIONS and not self.scope.of(ref.key):
                found = self.of_array(ref.key, base)
                scripts = self._with_bracket_scripts(ref, bracket) if isinstance(bracket, ast.Scripted) else ref
                return self.with_scripts(found, scripts), 1
            if is_function and not (base.opening == "[" and ref.key not in _SIGMOIDS):
                return self.call(node, base, bracket), 1
        if ref.key in _SIGMOIDS and not self.scope.of(ref.key) and self._is_sigmoid(ref.key):
            if bracket is not None and isinstance(bracket, ast.Symbol):
                return self.sigmoid_of(self.value(bracket), ref.primes), 1
            raise UnsupportedNoteError("σ without its argument")
        return self.with_scripts(self.at_primes(ref, self.named), ref), 0

    def _is_named_e(self, node: ast.Symbol) -> bool:
        """Whether e is the errors, as in e^T e, where the document has such a name."""
        above = node.superscripts[0] if node.superscripts else None
        plain = above is None or isinstance(above, ast.Number)
        return self.signature.names_e and (plain or isinstance(above, ast.Symbol) and above.name in TRANSPOSES)

    def _is_sigmoid(self, key: str) -> bool:
        r"""Whether \sigma is a function here, and not the spread in exp(-(y - \mu)^2 / 2\sigma^2)."""
        return key in self.signature.functions or key != r"\sigma" or self.signature.says("sigmoid|logistic|逻辑|сигм")

    def with_scripts(self, value: Value, ref: object) -> Value:
        transposed, exponent = getattr(ref, "transposed", False), getattr(ref, "power", None)
        if transposed and not value.axes and not getattr(ref, "indices", ()):
            self.doubts.append("what is transposed is read as a number")
        if transposed:
            value = value.transposed
            if len(value.axes) == 1:
                value = replace(value, is_row=not self.choices.rows)
        if exponent is not None:
            value = self.raised(value, exponent)
        return value

    def raised(self, value: Value, exponent: Node) -> Value:
        if isinstance(exponent, ast.Symbol) and exponent.name in ("T", r"\top", r"\intercal"):
            return value.transposed if value.axes else value
        if isinstance(exponent, ast.Symbol) and not exponent.subscripts and exponent.name not in ("y", "t"):
            if isinstance(value.expr, sp.Symbol | sp.Indexed) and len(exponent.name) == 1:
                raise UnsupportedNoteError(f"the superscript {exponent.name}, a power or an index")
        if isinstance(exponent, ast.Product) and isinstance(exponent.factors[-1].body, ast.Symbol):
            raise UnsupportedNoteError(f"the superscript {render(exponent)}")
        above = self.value(exponent)
        if above.axes:
            raise UnsupportedNoteError("an array as a power")
        if len(value.axes) == 1 and above.expr == 2 and self.beside_number:
            return replace(value, expr=value.expr**2)
        if value.axes and above.expr == -1:
            raise UnsupportedNoteError("the inverse of a matrix")
        return power(value, above.expr)

    def _indices(self, node: ast.Symbol) -> tuple[Index, ...]:
        try:
            return read_name(node, self.signature.habits).indices
        except UnsupportedNoteError:
            return ()

    def sigmoid_of(self, argument: Value, primes: int = 0) -> Value:
        expr = sigmoid(argument.expr)
        if primes > 1:
            raise UnsupportedNoteError("higher derivatives of σ")
        return replace(argument, expr=expr * (1 - expr) if primes else expr, is_row=argument.is_row)

    def group(self, node: ast.Group) -> Value:
        if node.body is None:
            raise UnsupportedNoteError("brackets around nothing")
        listed = layout_of(node)
        if listed is not None:
            return self.written(listed)
        if node.opening == "[" and is_indicator(node):
            return self.indicator(node)
        match node.opening:
            case "(" | "[" | "{" | r"\{":
                return self.value(node.body)
            case "|" if isinstance(node.body, ast.Matrix):
                raise UnsupportedNoteError("a determinant")
            case "|":
                if isinstance(node.body, ast.Group) and node.body.opening == "|" and node.body.body is not None:
                    return self.norm(node.body.body)
                inner = self.value(node.body)
                if inner.axes:
                    return self.norm(node.body)
                return replace(inner, expr=sp.Abs(inner.expr))
            case r"\|":
                return self.norm(node.body)
            case r"\langle" if isinstance(node.body, ast.Listing) and len(node.body.items) == 2:
                left, right = (self.value(item) for item in node.body.items if item is not None)
                return contract(replace(left, is_row=True), replace(right, is_row=False))
        raise UnsupportedNoteError(f"the bracket {node.opening}")

    def norm(self, body: Node) -> Value:
        """|v|: over the samples too where these are never indexed, as in |y - Xw|."""
        before = self.matrix
        self.matrix = before or self.signature.sample == ("samples",) and self.sample == ROW
        inner = self.value(body)
        self.matrix = before
        squared = elementwise(inner, inner, lambda a, b: a * b)
        total = squared.expr
        for axis in squared.axes:
            total = summed(total, axis)
        return scalar(sp.sqrt(total))

    def scripted(self, node: ast.Scripted) -> Value:
        base = node.base
        if is_one(base) and len(node.subscripts) == 1 and not node.superscripts and not node.primes:
            below = node.subscripts[0]
            if isinstance(below, ast.Chain):
                return self.indicator(ast.Group("{", "}", below))
            if is_indicator(below):
                return self.indicator(below)
            return self.constant(base)
        if node.primes:
            raise UnsupportedNoteError("a derivative of an expression written with a prime")
        if isinstance(base, ast.Group) and base.opening in (r"\|", "|") and node.superscripts:
            exponent = self.value(node.superscripts[0]).expr
            written = render(node.subscripts[0]) if node.subscripts else "2"
            if written in ("2", "F") and base.body is not None:
                return scalar(self.value(base).expr ** exponent)
            raise UnsupportedNoteError(f"the norm {written}")
        if isinstance(base, ast.Number) and not node.subscripts and len(node.superscripts) == 1:
            return self.raised(self.value(base), node.superscripts[0])
        if node.subscripts:
            raise UnsupportedNoteError("an index on a bracket")
        value = self.value(base)
        for exponent_node in node.superscripts:
            value = self.raised(value, exponent_node)
        return value


def _is_word(factor: ast.Factor) -> bool:
    body = factor.body
    plain = isinstance(body, ast.Symbol) and not body.subscripts and not body.superscripts
    name = body.name if isinstance(body, ast.Symbol) else ""
    return plain and len(name) > 1 and name.isalpha() and not factor.operator and not factor.sign


def _ends_argument(node: Node) -> bool:
    r"""Whether a factor is a function of its own, as in \log p \log q; \log\frac{1}{s}\exp(-x) is that of a product."""
    return isinstance(node, ast.Function) and node.name != "exp"
