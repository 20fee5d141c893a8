r"""A side of an equation to a value: sums, products, functions and derivatives with their reach decided.

    \log, \sum and \partial reach over the rest of their product; a sum reaches over the terms after it where its
    index stands in them; f(x) is an application where f is written as a function, y(1 - y) is a product.

What the tree leaves open and the document does not settle is a choice of `Choices`, and is recorded as consulted.
Derivatives become `Partial`, taken later through the definitions in force. Nothing is evaluated as code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import sympy as sp

from derivations.atoms import free_symbols, interned
from derivations.functions import Partial, sigmoid
from derivations.indexed import substitute
from derivations.kernels import charge
from derivations.notes.interpreting.arrays import ARRAY_FUNCTIONS, TRACES, is_constant, is_norm
from derivations.notes.interpreting.bracketed import EXPECTATION, SIGMOIDS, operator_on
from derivations.notes.interpreting.indicators import is_indicator, is_one
from derivations.notes.interpreting.inverted import inverse_of
from derivations.notes.interpreting.names import TRANSPOSES, Index, Ref, UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.polynomials import power_or_index
from derivations.notes.interpreting.products import Products
from derivations.notes.interpreting.shorthand import bare_symbols
from derivations.notes.interpreting.signature import DATA, MATRICES, base_letter
from derivations.notes.interpreting.tensor import ANY, Value, contract, elementwise, power, scalar, summed
from derivations.notes.interpreting.written import layout_of
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render
from derivations.reasons import Reason, Why

__all__ = ["Elaborator"]

MAX_DEPTH = 60
MAX_NUMERAL = 40
_FLATTENED = Reason("what is transposed is read as a number", Why.TRANSPOSED)
_ENTRY_BY_ENTRY = r"adam|rmsprop|adagrad|(?:element|entry|component|coordinate)[- ]?wise|hadamard"  # are squares
_DROPPED = frozenset(("boxed", "underline", "cancel", "vec", "mathrm", "boldsymbol", "mathbf"))


@dataclass
class Elaborator(Products):
    """Elaborates the sides of one formula; see `Namer` for its state."""

    depth: int = 0
    beside_number: bool = False  # 1 - h^2 is taken entry by entry
    rounded: dict[sp.Symbol, Fraction] | None = None  # the decimals met, as names, if they are to stand for intervals

    def side(self, node: Node) -> Value:
        """The value of a whole side."""
        self.matrix = self.matrix or self._is_matrix_form(node) or self.has_matrices(node)
        return self.value(node)

    def has_matrices(self, node: Node) -> bool:
        """Whether a matrix with a row for each sample stands in a side, one that never carries an index."""
        refs = (read_name(part, self.signature.habits) for part in walk(node) if isinstance(part, ast.Symbol))
        return bool(self.signature.matrices) and any(ref.key in self.signature.matrices for ref in refs)

    def _is_matrix_form(self, node: Node) -> bool:
        for part in walk(node):
            if (
                isinstance(part, ast.Scripted)
                and is_transposed(part)
                and any(map(self._is_of_samples, walk(part.base)))
            ):
                return True
            if isinstance(part, ast.Symbol) and not part.subscripts:
                ref = read_name(part, self.signature.habits)
                of_samples = not ref.indices and self._runs_over_samples_only(ref)
                if of_samples and (ref.transposed or any(map(is_constant, walk(node)))):
                    return True
                if ref.key == "X" and not ref.indices and self.signature.axes.get("X") and not self.scope.of("X"):
                    return True
                if not ref.indices and not self.scope.of(ref.key) and self.small_name(ref.key) is not None:
                    return True
        return False

    def _is_of_samples(self, part: object) -> bool:
        ref = read_name(part, self.signature.habits) if isinstance(part, ast.Symbol) else None
        return ref is not None and not ref.indices and self._runs_over_samples_only(ref)

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
            found = self._value(node)
        finally:
            self.depth -= 1
        same = interned(found.expr)
        return found if same is found.expr else replace(found, expr=same)

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
            case ast.Decorated("overline" | "bar", body):
                return self.mean_of(body)
            case ast.Annotated("underset", ast.Symbol() as name, _) if operator_on(name, name.name, node):
                raise UnsupportedNoteError(EXPECTATION)  # whatever is behind it
            case ast.Annotated(kind, body, _) if kind in ("underbrace", "overbrace", "underset", "overset"):
                return self.value(body)
            case ast.Matrix():
                sides = self.by_sides(node)
                if sides is not None:
                    return sides
                layout = layout_of(node)
                return self.by_cases(node) if layout is None else self.written(layout)
            case ast.Binomial(ast.Symbol() as upper, ast.Symbol() as lower):
                return self.choices_of(self.value(upper), self.value(lower))
            case ast.Factorial(body):
                return self.factorial(self.value(body))
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
        if self.rounded is not None and "." in text:
            name = sp.Symbol(f"decimal {len(self.rounded)}: {text}", real=True)
            self.rounded[name] = value
            return name
        return sp.Rational(value.numerator, value.denominator)

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
            total = value if total is None else self.plus(total, value)
            position += 1 + after
        if total is None:
            raise UnsupportedNoteError("a sum of nothing")
        return total

    def sign(self, written: str) -> bool:
        signs = written.split()
        if any(s not in ("+", "-") for s in signs):
            raise UnsupportedNoteError(f"the sign {written}")
        return signs.count("-") % 2 == 1

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
            and self._is_identity(node)
            and not self.scope.of("I")
            and not isinstance(bracket, ast.Group)
        ):
            if node.subscripts:
                self.noticed.doubts.append("an I with an index is read as the identity matrix")
            first, second = self.axis(ANY), self.axis(ANY)
            return Value(sp.KroneckerDelta(first.symbol, second.symbol), (first, second)), 0
        if node.name == r"\infty":
            raise UnsupportedNoteError("infinity among numbers")
        is_number = not self.signature.names_pi or self.signature.doubles_pi and not node.subscripts + node.superscripts
        if node.name == r"\pi" and is_number:
            return scalar(sp.pi), 0
        if node.name == r"\delta" and self.signature.has_kronecker and len(self._indices(node)) == 2:
            return self.kronecker(self._indices(node)), 0
        unit = self.unit_vector(self._indices(node)) if node.name == "e" and not node.superscripts else None
        if unit is not None:
            return unit, 0
        ref = read_name(node, self.signature.habits)
        if ref.key == "D" and not self.scope.of("D") and len(self.signature.axes.get("D", ())) < 2:  # and not D_{KL}
            slope = self.operator_d(node, rest)
            if slope is not None:
                return slope
            if isinstance(bracket, ast.Group) and isinstance(bracket.body, ast.Product | ast.Symbol):
                raise UnsupportedNoteError("the operator D")
        is_operator = node.name == "d" or node.name == "D" and not (self.scope.of("D") or self.signature.axes.get("D"))
        if is_operator and not self._indices(node) and isinstance(bracket, ast.Symbol):
            return self.differential(bracket), 1
        if (
            isinstance(bracket, ast.Symbol)
            and bracket.name == "x"
            and ref.key == "h"
            and "h" in self.signature.functions
        ):
            if node.subscripts and not ref.indices:  # h_\theta x, where h_\theta(x) is meant
                bracket = base = ast.Group("(", ")", bracket)
        operator = operator_on(node, ref.key, base)
        if operator is not None:
            raise UnsupportedNoteError(operator)
        if ref.key in TRACES and not self.scope.of(ref.key) and bracket is not None and not isinstance(base, ast.Group):
            operand = ast.Group("(", ")", ast.Product(tuple(rest)))  # tr AB
            return self.with_scripts(self.of_array(ref.key, operand), ref), len(rest)
        if bracket is not None and isinstance(base, ast.Group) and base.opening in "([" and base.body is not None:
            is_entry = bool(ref.indices) and bool(self.scope.of(ref.key))  # σ_i (1 - σ_i)
            is_sigmoid = ref.key in SIGMOIDS and not is_entry
            is_function = ref.key in self.signature.functions or is_sigmoid or bool(self._function_entry(ref))
            if is_function and not is_sigmoid and _is_factor(node, base.body):
                is_function = False
            if ref.key in ARRAY_FUNCTIONS and not self.scope.of(ref.key):
                found = self.of_array(ref.key, base)
                scripts = self._with_bracket_scripts(ref, bracket) if isinstance(bracket, ast.Scripted) else ref
                return self.with_scripts(found, scripts), 1
            if is_function and not (base.opening == "[" and not is_sigmoid):
                return self.call(node, base, bracket), 1
        if (
            ref.key in SIGMOIDS
            and not self.scope.of(ref.key)
            and not (ref.key == r"\sigma" and self.signature.names_sigma)
        ):
            if bracket is not None and isinstance(bracket, ast.Symbol):
                return self.sigmoid_of(self.value(bracket), ref.primes), 1
            raise UnsupportedNoteError("σ without its argument")
        named = self.of_primed_name(ref)
        return self.with_scripts(self.at_primes(ref, self.named) if named is None else named, ref), 0

    def _is_identity(self, node: ast.Symbol) -> bool:
        """Whether I may be the identity matrix: bare, or with its size, as in I_n, which no sum runs over."""
        indices = self._indices(node)
        if not indices:
            return True
        if len(indices) > 1 or not node.subscripts or indices[0].offset or indices[0].letter is None:
            return False
        letter = indices[0].letter
        return (
            letter not in self.bound and letter not in ("i", "j", "k", "l", "t") and "I" not in self.signature.functions
        )

    def _is_named_e(self, node: ast.Symbol) -> bool:
        """Whether e is the errors, as in e^T e, where the document has such a name."""
        above = node.superscripts[0] if node.superscripts else None
        plain = above is None or isinstance(above, ast.Number)
        return self.signature.names_e and (plain or isinstance(above, ast.Symbol) and above.name in TRANSPOSES)

    def with_scripts(self, value: Value, ref: object) -> Value:
        transposed, exponent = getattr(ref, "transposed", False), getattr(ref, "power", None)
        if getattr(ref, "turned", False):
            self.noticed.doubts.append("an entry of a transposed matrix may be one of the matrix")
        if transposed and not value.axes and not getattr(ref, "indices", ()):
            self.noticed.doubts.append(_FLATTENED)
            self.noticed.flattened = True
        if transposed:
            value = value.transposed
            if len(value.axes) == 1:
                value = replace(value, is_row=not self.choices.rows)
        if exponent is not None:
            value = self.raised(value, exponent, getattr(ref, "key", ""))
        return value

    def raised(self, value: Value, exponent: Node, shown: str) -> Value:
        if isinstance(exponent, ast.Symbol) and exponent.name in ("T", r"\top", r"\intercal"):
            if not value.axes:
                self.noticed.doubts.append(_FLATTENED)
                self.noticed.flattened = True
            return value.transposed if value.axes else value
        if isinstance(exponent, ast.Symbol) and not exponent.subscripts and exponent.name not in ("y", "t"):
            numbers = self.signature.size_names | {"x"} if isinstance(value.expr, sp.Symbol) else frozenset()
            of_data = isinstance(value.expr, sp.Symbol | sp.Indexed) and base_letter(str(value.expr)) in DATA
            of_size = exponent.name in numbers | self.signature.counts and not of_data
            of_size |= self.signature.lowers(exponent.name, str(value.expr))
            if isinstance(value.expr, sp.Symbol | sp.Indexed) and len(exponent.name) == 1 and not of_size:
                return power_or_index(self, value, exponent.name)
        if isinstance(exponent, ast.Product) and any(f.operator == r"\times" for f in exponent.factors):
            raise UnsupportedNoteError(f"the shape {render(exponent)} as a superscript")
        summed_up = isinstance(exponent, ast.Product) and isinstance(exponent.factors[0].body, ast.BigOperator)
        if isinstance(exponent, ast.Product) and isinstance(exponent.factors[-1].body, ast.Symbol) and not summed_up:
            raise UnsupportedNoteError(f"the superscript {render(exponent)}")
        if value.axes and render(exponent).startswith("-") and render(exponent).lstrip("- ") in TRANSPOSES:
            return inverse_of(value, shown, self.scope, {*self.met, self.sample}).transposed
        above = self.value(exponent)
        if above.axes:
            raise UnsupportedNoteError("an array as a power")
        if len(value.axes) == 1 and above.expr == 2 and (self.beside_number or self.squares):
            return replace(value, expr=value.expr**2)
        if value.axes and above.expr == -1:
            return inverse_of(value, shown, self.scope, {*self.met, self.sample})
        is_product = shown not in MATRICES and not self.signature.says(
            _ENTRY_BY_ENTRY
        )  # W^2 may be of the second layer
        return power(value, above.expr, self.beside_number, is_product)

    def _indices(self, node: ast.Symbol) -> tuple[Index, ...]:
        try:
            return read_name(node, self.signature.habits).indices
        except UnsupportedNoteError:
            return ()

    def sigmoid_of(self, argument: Value, primes: int = 0) -> Value:
        value = slot = sp.Dummy(real=True)
        for _ in range(primes):
            value = value.diff(slot) * slot * (1 - slot)
        return replace(argument, expr=value.xreplace({slot: sigmoid(argument.expr)}), is_row=argument.is_row)

    def group(self, node: ast.Group, is_squared: bool = False) -> Value:
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
                if len(inner.axes) == 2 and not is_squared:
                    return self.determinant(node.body)
                if inner.axes:
                    return self.norm(node.body)
                if any(self._may_be_matrix(n) for n in walk(node.body)):
                    self.noticed.doubts.append("what stands between bars may be a determinant")
                return replace(inner, expr=sp.Abs(inner.expr))
            case r"\|":
                return self.norm(node.body)
            case r"\langle" if isinstance(node.body, ast.Listing) and len(node.body.items) == 2:
                left, right = (self.value(item) for item in node.body.items if item is not None)
                return contract(replace(left, is_row=True), replace(right, is_row=False))
        raise UnsupportedNoteError(f"the bracket {node.opening}")

    def _may_be_matrix(self, node: object) -> bool:
        r"""Whether a capital letter stands for what nothing says: V of |V|, \Sigma."""
        if not isinstance(node, ast.Symbol) or node.subscripts or not (node.name.isupper() or node.name == r"\Sigma"):
            return False
        key = read_name(node, self.signature.habits).key
        return not self.scope.of(key) and not self.signature.axes.get(key) and key not in self.signature.size_names

    def norm(self, body: Node) -> Value:
        """|v|: over the samples too where these are never indexed, as in |y - Xw|, and beside a matrix X of them."""
        before = self.matrix
        is_of_all = self.signature.sample == ("samples",) or self._are_of_samples_only(body)
        self.matrix = before or is_of_all and self.sample == ROW
        inner = self.value(body)
        self.matrix = before
        return scalar(sp.sqrt(_summed_up(elementwise(inner, inner, lambda a, b: a * b))))

    def _are_of_samples_only(self, body: Node) -> bool:
        """Whether all names are vectors of one number for every sample, and X is a matrix: y - p, where p = Xw."""
        refs = [read_name(part, self.signature.habits) for part in walk(body) if isinstance(part, ast.Symbol)]
        has_rows = len(self.signature.axes.get("X", ())) == 2 and not self.scope.of("X")
        return has_rows and bool(refs) and all(not r.indices and self._runs_over_samples_only(r) for r in refs)

    def total_size(self, body: Node) -> sp.Expr:
        """|v_1| + |v_2| + …, of a vector."""
        inner = self.value(body)
        if len(inner.axes) != 1:
            raise UnsupportedNoteError("the norm 1 of what is no vector")
        return _summed_up(replace(inner, expr=sp.Abs(inner.expr)))

    def entry_of(self, value: Value, subscripts: Sequence[Node]) -> Value:
        """(∂L/∂Z)_i and (Xw)_i: the entry, or the row, of an array that a bracket has."""
        carrier = read_name(ast.Symbol("f", (), tuple(subscripts)), self.signature.habits)
        letters = [i.letter for i in carrier.indices]
        if len(letters) == 1 and letters[0] is not None and not value.axes and self.sample in free_symbols(value.expr):
            if self.sort_of(letters[0]) == self.signature.sample and not carrier.indices[0].offset:
                here = self.index(letters[0])  # (ŷ - y)_i, where ŷ and y were read at the sample at hand
                self.note(here, self.signature.sample)
                return replace(value, expr=substitute(value.expr, {self.sample: here}))
        if (
            carrier.key != "f"
            or not letters
            or len(letters) > len(value.axes)
            or any(i.offset for i in carrier.indices)
        ):
            raise UnsupportedNoteError("an index on a bracket")
        if len(value.axes) > 2 and value.expr.has(Partial):
            self.noticed.doubts.append("in which order the indices of a derivative by a matrix stand")
        taken = list(value.axes[: len(letters)])
        if len(letters) == 1 and len(value.axes) == 2 and letters[0] is not None:
            own = [axis for axis in value.axes if axis.sort == self.sort_of(letters[0])]
            taken = own if len(own) == 1 else taken
        places: dict[sp.Symbol, sp.Expr] = {}
        for axis, letter in zip(taken, letters, strict=True):
            if letter is None:
                raise UnsupportedNoteError("an index on a bracket")
            symbol = self.index(letter)
            if letter not in self.bound:
                self.note(symbol, axis.sort)
            elif self.met.get(symbol, self.range_of(self.bound[letter])) != (axis.lower, axis.upper):
                raise UnsupportedNoteError("an index on a bracket that runs over something else")
            places[axis.symbol] = symbol
        kept = tuple(axis for axis in value.axes if axis not in taken)
        return Value(substitute(value.expr, places), kept)

    def scripted(self, node: ast.Scripted) -> Value:
        base = node.base
        if base == ast.Number("1") and is_transposed(node):
            return self.constant(ast.Decorated("mathbf", base)).transposed
        if is_one(base) and len(node.subscripts) == 1 and not node.superscripts and not node.primes:
            below = node.subscripts[0]
            if isinstance(below, ast.Chain):
                return self.indicator(ast.Group("{", "}", below))
            if is_indicator(below):
                return self.indicator(below)
            return self.constant(base)
        if node.primes == 1 and isinstance(base, ast.Group) and not node.subscripts and not node.superscripts:
            return self.of_prime(self.value(base))
        if node.primes:
            raise UnsupportedNoteError("a derivative of an expression written with a prime")
        if isinstance(base, ast.Group) and (
            node.superscripts and base.opening in (r"\|", "|") or node.subscripts and is_norm(base)
        ):
            exponent = self.value(node.superscripts[0]).expr if node.superscripts else sp.S.One
            written = render(node.subscripts[0]) if node.subscripts else "2"
            if written in ("1", "2", "F", r"\text{F}", r"\mathrm{F}") and base.body is not None:
                total = self.total_size(base.body) if written == "1" else self.group(base, exponent == 2).expr
                return scalar(total**exponent)
            raise UnsupportedNoteError(f"the norm {written}")
        if isinstance(base, ast.Number) and not node.subscripts and len(node.superscripts) == 1:
            return self.raised(self.value(base), node.superscripts[0], render(base))
        return self.with_those_of(node, self.value(base))

    def with_those_of(self, node: ast.Scripted, value: Value) -> Value:
        """A value with the indices and powers that a bracket has."""
        if node.subscripts:
            value = self.entry_of(value, node.subscripts)
        for exponent_node in node.superscripts:
            value = self.raised(value, exponent_node, render(node.base))
        return value


def _summed_up(value: Value) -> sp.Expr:
    """The sum of all entries."""
    total = value.expr
    for axis in value.axes:
        total = summed(total, axis)
    return total


def _is_factor(node: ast.Symbol, body: Node) -> bool:
    """Whether a name before a bracket is multiplied with it: p(1 - p), S_i(1 - S_j)."""
    bare = set(bare_symbols(body))
    is_sum = isinstance(body, ast.Sum) and bool(node.subscripts)
    return node in bare or is_sum and any(s.name == node.name and s.subscripts for s in bare)
