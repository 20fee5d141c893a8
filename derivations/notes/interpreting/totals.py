r"""How far a \sum or a \prod reaches, what it runs over, and its value.

A sum reaches over the terms after it where its index stands in them. One that names no index runs over the letter that
stands nowhere else, else over the samples.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.atoms import free_symbols
from derivations.indexed import substitute
from derivations.notes.interpreting.names import TRANSPOSES, UnsupportedNoteError, binder, layer_of_node, read_name
from derivations.notes.interpreting.naming import Namer
from derivations.notes.interpreting.quotients import product_of
from derivations.notes.interpreting.signature import Key
from derivations.notes.interpreting.tensor import (
    Value,
    summed,
)
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render
from derivations.statement import index

__all__ = ["Totals"]

_WORDS = frozenset(("in", "out", "hid", "x", "y", "h"))  # what marks a size


@dataclass
class Totals(Namer):
    """The part of the elaborator that knows sums and products over an index."""

    sums_elsewhere: frozenset[str] = frozenset()  # letters over which the chain has a sum, or the document always
    squares: bool = False  # the square of a vector is that of its entries

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

        def product(self, factors: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value: ...

        def times(self, left: Value, right: Value, operator: str) -> Value: ...

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
            self.noticed.consulted.add("reach")
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

    def big(self, node: ast.BigOperator, rest: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value:
        r"""\sum or \prod over the rest of the product, and over the terms `tail`."""
        letters, low, high, without = binder(node)
        if any(bound is not None and ast.Symbol(r"\infty") in walk(bound) for bound in (low, high)):
            raise UnsupportedNoteError("an infinite sum")
        if not rest:
            raise UnsupportedNoteError("a sum of nothing")
        beside = None if letters else _bare_sum_in(rest)
        if beside is not None:  # \sum x_i \sum y_i is a product of two sums
            value = self.bare_sum(node, product_of(tuple(rest[:beside])), high)
            factors = (replace(rest[beside], operator=""), *rest[beside + 1 :])
            return self.times(value, self.product(factors, tail), rest[beside].operator)
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
        entries = self._over_entries(node, body) if high is None else None
        if entries is not None:
            return entries
        sort = self.signature.sample
        if sort is None or high is not None:
            raise UnsupportedNoteError("what a sum without bounds runs over")
        self.fresh += 1
        symbol = index(f"s{self.fresh}")
        lower, upper = self.range_of(sort)
        self.noticed.consulted.add("shared")
        sampled = sorted(c for c in candidates if self.sort_of(c) == sort)
        if self.choices.shared and not sampled:
            value = self.value(body)
        else:
            with self.within(None, None, symbol):
                value = self.value(body)
        return self._closed(node.name, value, symbol, lower, upper)

    def _over_entries(self, node: ast.BigOperator, body: Node) -> Value | None:
        r"""\sum (\hat y - y)^2 of vectors that have no axis of samples: over their entries."""
        if node.name != "sum":
            return None
        before, self.squares = self.squares, True
        fresh, met, doubts = self.fresh, dict(self.met), len(self.noticed.doubts)
        value: Value | None = None
        with contextlib.suppress(UnsupportedNoteError):
            value = self.value(body)
        self.squares = before
        if value is not None and len(value.axes) == 1 and self.sample not in free_symbols(value.expr):
            return Value(summed(value.expr, value.axes[0]))
        self.fresh, self.met = fresh, met
        del self.noticed.doubts[doubts:]
        return None

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
        if name == "prod" and _goes_on_without(letter, body):
            self.noticed.doubts.append(f"the product over {letter} may end before what doesn't depend on {letter}")
        self.met.pop(symbol, None)
        if outer is not None:
            self.met[symbol] = outer
        if name == "sum" and symbol not in free_symbols(value.expr) and len(value.axes) == 1:
            axis = value.axes[0]  # \sum_j e^z of what has a j elsewhere
            plain = low is None and high is None and not others
            if (plain or (axis.lower, axis.upper) == (lower, upper)) and letter not in self._free_letters(body):
                lower, upper = axis.lower, axis.upper
                value = Value(substitute(value.expr, {axis.symbol: symbol}))
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
                if name in self.signature.size_names or (name == "n" and name not in self.bound):
                    return sp.Symbol(name, integer=True, positive=True)
                return self.index(name) if len(name) == 1 and name.islower() else self.size_symbol(name)
            case ast.Symbol() if not node.primes and self._is_size(node):
                return self.size_symbol(render(node))
            case ast.Sum((first, second)) if not first.sign and isinstance(second.body, ast.Number):
                step = self.bound_of(second.body)
                return self.bound_of(first.body) + (step if second.sign == "+" else -step)
        raise UnsupportedNoteError(f"the bound {render(node)} of a sum")

    def _is_size(self, node: ast.Symbol) -> bool:
        """Whether what is on a name in a bound is a layer, a number or a word, and no index: N^{l-1}, d_1, n_{in}."""
        scripts = (*node.subscripts, *node.superscripts)
        layers = self.signature.habits.layers
        return all(
            (layer_of_node(script) or ("",))[0] in layers
            or isinstance(script, ast.Number | ast.Text)
            or render(script).replace(" ", "") in _WORDS
            for script in scripts
        )


def _goes_on_without(letter: str, body: Node) -> bool:
    r"""Whether factors without an index stand behind those that have it: \prod_j a_j b may be (\prod_j a_j) b."""
    if not isinstance(body, ast.Product):
        return False
    has_it = [ast.Symbol(letter) in walk(factor.body) for factor in body.factors]
    return any(has_it) and not has_it[-1]


def _bare_sum_in(rest: Sequence[ast.Factor]) -> int | None:
    """The place of the next sum that names no index among the factors behind one."""
    for place, factor in enumerate(rest):
        match factor.body:
            case ast.BigOperator("sum", None, None) if place:
                return place
    return None
