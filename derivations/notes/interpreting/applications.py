"""Names with a bracket after them: known functions, functions of the document, and those of which nothing is known.

A function without a definition is its first-order jet: its value and its derivative are independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols, label_of
from derivations.functions import Partial
from derivations.indexed import substitute
from derivations.notation import text
from derivations.notes.interpreting.arrays import Arrays
from derivations.notes.interpreting.bracketed import MOMENTS, SIGMOIDS
from derivations.notes.interpreting.derivatives import CHANCE, Derivatives
from derivations.notes.interpreting.events import event_key
from derivations.notes.interpreting.folding import is_same_data, label_if_named
from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.indicators import Indicators
from derivations.notes.interpreting.names import Index, Ref, UnsupportedNoteError, layer_of_key, read_name
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import LABELS, base_letter
from derivations.notes.interpreting.survey import SOFTMAX
from derivations.notes.interpreting.tensor import Value, scalar, with_same_letters
from derivations.notes.interpreting.thresholds import RELU, step_of
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render
from derivations.reasons import Reason, Why
from derivations.statement import element
from derivations.statement import index as position

__all__ = ["Applications", "at_primes"]

_NOT_CLOSED = (sp.Sum, sp.Product, sp.Piecewise, sp.Abs, sp.Max, sp.Min, sp.sign, sp.KroneckerDelta, Partial)
_NAMED = {"exp": sp.exp, "tanh": sp.tanh, "log": sp.log, "ln": sp.log, "sign": sp.sign, "sgn": sp.sign}
_NAMED["softplus"] = lambda u: sp.log(1 + sp.exp(u))
_NAMED["sech"] = lambda u: 2 / (sp.exp(u) + sp.exp(-u))
_NAMED |= dict.fromkeys(RELU, lambda u: sp.Max(0, u))


def at_primes(function: Callable[[sp.Expr], sp.Expr], at: sp.Expr, primes: int) -> sp.Expr:
    """A function, or one of its derivatives, at a point."""
    value = function(at)
    if not primes:
        return value
    slot = sp.Dummy(real=True)
    inner = function(slot)
    if not isinstance(inner, sp.Max):
        return inner.diff(slot, primes).xreplace({slot: at})
    if primes > 1:
        raise UnsupportedNoteError("higher derivatives of a maximum")
    return step_of(at)


def _of_others(key: str) -> Reason:
    """What is said of a function with other arguments than those of its definition."""
    return Reason(f"{key} applied to other things than it was defined of", Why.OTHER_ARGUMENTS, key)


@dataclass
class Applications(Derivatives, Arrays, Indicators):
    """The part of the elaborator that knows functions and their arguments."""

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

        def sigmoid_of(self, argument: Value, primes: int = 0) -> Value: ...

        def with_scripts(self, value: Value, ref: object) -> Value: ...

    def _function_entry(self, ref: Ref) -> Entry | None:
        return next((e for e in self.scope.of(ref.key) if e.parameters), None)

    def at_primes(self, ref: Ref, named: object, sampled: bool = False) -> Value:
        """A name with primes and no bracket: a' where a is a function of one thing, else a name of its own."""
        if not ref.primes:
            return self.named(ref, sampled)
        entry = self._function_entry(ref)
        is_name = any(self.scope.of(ref.key + "'" * count) for count in range(1, ref.primes + 1))
        if entry is None or is_name or ref.primes > 1 and len(entry.parameters) != 1:
            return self.named(replace(ref, key=ref.key + "'" * ref.primes, primes=0))
        value = self.named(replace(ref, primes=0), sampled)
        if len(entry.parameters) != 1:
            return self.by_parameters(value, self._numbers(entry))
        by = self._here(entry.parameters[0])
        return replace(value, expr=reduce(Partial, [by] * ref.primes, value.expr))

    def _is_activation(self, ref: Ref) -> bool:
        """Whether a function is applied entry by entry: its slope is multiplied so, or it is that of a layer."""
        letter = base_letter(ref.key)
        of_layer = letter in (r"\sigma", r"\phi", "f", "g") and layer_of_key(ref.key) is not None
        return of_layer or letter in self.signature.activations

    def call(self, node: ast.Symbol, group: ast.Group, bracket: Node) -> Value:
        """A function applied to what is in its bracket, with the scripts that stand on the bracket."""
        ref = read_name(node, self.signature.habits)
        body = group.body
        assert body is not None
        items = list(body.items) if isinstance(body, ast.Listing) else [body]
        arguments = [item for item in items if item is not None]
        if ref.power is not None and "".join(render(ref.power).split()) == "-1":
            raise UnsupportedNoteError(f"{node.name}^{{-1}}(…), an inverse function or a reciprocal")
        if isinstance(bracket, ast.Scripted):
            ref = self._with_bracket_scripts(ref, bracket)
        plain = replace(ref, power=None, transposed=False)
        condition = next((a for a in arguments if isinstance(a, ast.Chain)), None)
        value = self._probability(plain, condition, body) if condition is not None else self._called(plain, arguments)
        self._note_call(ref.key, value, arguments)
        return self.with_scripts(value, ref)

    def _note_call(self, key: str, value: Value, arguments: Sequence[Node]) -> None:
        """What a function of which nothing is known is applied to: its value is a name without what that is."""
        if self.scope.of(key):
            return
        name = label_if_named(value.expr)
        if name is not None and self.unknown.get(name) == key:
            self.noticed.applied.setdefault((key, len(arguments)), set()).add(
                tuple(map(self._without_indices, arguments))
            )

    def _without_indices(self, argument: Node) -> str:
        """A name without its indices, which tell samples apart; else what is written."""
        return read_name(argument, self.signature.habits).key if isinstance(argument, ast.Symbol) else render(argument)

    def _with_bracket_scripts(self, ref: Ref, bracket: ast.Scripted) -> Ref:
        carrier = ast.Symbol(ref.key if ref.key.isalpha() else "f", (), bracket.subscripts, bracket.superscripts)
        scripts = read_name(carrier, self.signature.habits)
        if scripts.key != carrier.name:
            raise UnsupportedNoteError(f"the scripts of {render(bracket)}")
        primes = ref.primes + bracket.primes
        return replace(
            ref,
            below=ref.below + scripts.below,
            above=ref.above + scripts.above,
            power=scripts.power or ref.power,
            transposed=ref.transposed or scripts.transposed,
            primes=primes,
        )

    def _called(self, ref: Ref, arguments: Sequence[Node]) -> Value:
        if not self.scope.of(ref.key) or ref.key in (r"\sigma",) and len(arguments) == 1:
            if ref.key in SIGMOIDS and len(arguments) == 1 and not ref.indices:
                return self.sigmoid_of(self.value(arguments[0]), ref.primes)
        if ref.key in _NAMED and len(arguments) == 1 and not ref.indices and not self.scope.of(ref.key):
            inner = self.value(arguments[0])
            return replace(inner, expr=at_primes(_NAMED[ref.key], inner.expr, ref.primes))
        if ref.key in SOFTMAX and len(arguments) == 1 and not self._function_entry(ref):
            return self._softmax_at(ref, arguments[0])
        entry = self._function_entry(ref)
        if entry is not None and not self._are_usual(entry, arguments):
            return self._at_arguments(ref, entry, arguments)
        if entry is None and len(arguments) == 1 and self._is_activation(ref):
            argument = self.value(arguments[0])
            if argument.axes:
                return self._unknown_function(ref, argument)
        if entry is None and len(arguments) == 1 and not self._is_plain(arguments[0]):
            return self._unknown_function(ref, self.value(arguments[0]))
        if entry is None and len(arguments) == 1 and ref.key in self.signature.sloped and not ref.indices:
            argument = self.value(arguments[0])
            if not argument.axes:
                return self._unknown_function(ref, argument)
        if entry is None and ref.key in self.signature.ambiguous:
            raise UnsupportedNoteError(f"{ref.key} of different things")
        if ref.primes and entry is None:
            if len(arguments) == 1:
                return self._unknown_function(ref, self.value(arguments[0]))
            raise UnsupportedNoteError("a derivative of a function of several things, written with a prime")
        with self.within(None, None, self.sample_of(arguments)):
            value = self.at_primes(ref, self.named, self._is_sampled(arguments))
        self._depends_on(value, arguments)
        return value

    def _depends_on(self, value: Value, arguments: Sequence[Node]) -> None:
        """L = l(o, y) with an unknown l says that l depends on o, where o is something that is defined."""
        name = label_if_named(value.expr)
        if name is None or name not in self.unknown:
            return
        for argument in arguments:
            of = label_if_named(self.value(argument).expr) if isinstance(argument, ast.Symbol) else None
            if of is not None and of in self.scope.symbols and self.scope.symbols[of].definition is not None:
                self.scope.depends.setdefault(name, set()).add(of)

    def _is_plain(self, node: Node) -> bool:
        return isinstance(node, ast.Symbol) or head_of(node, self.signature) is not None

    def _is_sampled(self, arguments: Sequence[Node]) -> bool:
        """Whether the arguments are one sample's data rather than parameters."""
        names = [
            read_name(part, self.signature.habits)
            for argument in arguments
            for part in walk(argument)
            if isinstance(part, ast.Symbol)
        ]
        if any(base_letter(ref.key) in ("X", "Y", "T") for ref in names) or self.signature.sample is None:
            return False
        return any(self.signature.sample in self._axes_known(ref.key) for ref in names)

    def sample_of(self, arguments: Sequence[Node]) -> sp.Symbol | None:
        """The sample that the arguments belong to: i of h(x^{(i)})."""
        for argument in arguments:
            for part in walk(argument):
                if not isinstance(part, ast.Symbol):
                    continue
                ref = read_name(part, self.signature.habits)
                for index in ref.indices:
                    if index.letter is None or index.offset:
                        continue
                    slot = (ref.key + "!" * ref.bold, index in ref.above, len(ref.indices), 0)
                    sort = self.signature.sort_of_slot.get(slot) or self.sort_of(index.letter)
                    if sort is not None and sort == self.signature.sample:
                        symbol = self.index(index.letter)
                        self.note(symbol, sort)
                        return symbol
                    is_torn = slot not in self.signature.sort_of_slot and index is ref.indices[0]
                    if is_torn and self.signature.axes.get(ref.key, ())[:1] == (self.signature.sample,):
                        return self.index(index.letter)  # x_i of a sum to n, where others have m terms
        return None

    def _refuse_index(self, entry: Entry) -> None:
        """Refuse g(b) where g(a) = e^{z_a}: its argument is an index in its value, and is no number."""
        assert entry.definition is not None
        within = free_symbols(entry.definition.value)
        for parameter in entry.parameters:
            letter = parameter.name if isinstance(parameter, sp.Symbol) else ""
            if letter and self.index(letter) in within:
                raise UnsupportedNoteError(Reason(f"the index {letter} stands as a number", Why.OF_INDEX))

    def _are_usual(self, entry: Entry, arguments: Sequence[Node]) -> bool:
        """Whether a function is applied to just what it was defined of, at any sample."""
        values = [self.value(a) for a in arguments if self._is_plain(a)]
        if len(values) != len(arguments) or len(values) != len(entry.parameters):
            return False
        opened = [a for a in entry.axes if a != self.signature.sample]
        if len(values) == 1 and opened and not values[0].axes:
            return False  # g(z_k) where g(z) was said of the vector z
        return all(is_same_data(p, v.expr) for p, v in zip(entry.parameters, values, strict=True))

    def _at_arguments(self, ref: Ref, entry: Entry, arguments: Sequence[Node]) -> Value:
        """A defined function at other arguments: its value with the parameters replaced."""
        assert entry.definition is not None
        self._refuse_index(entry)
        closed = self._at_any(ref, entry, arguments)
        if closed is not None:
            return closed
        used = [p for p in entry.parameters if self._occurs_in(p, entry)]
        if not used and ref.key in MOMENTS and not self._are_usual(entry, arguments):
            raise UnsupportedNoteError("an expectation of other things than it was said of")
        if len(arguments) != len(entry.parameters):
            if ref.key in CHANCE:
                raise UnsupportedNoteError(f"{ref.key} of other things than those of which it is known")
            if len(used) == 1 and len(arguments) == 1:
                pairs = [(used[0], arguments[0])]
            elif ref.primes:
                return self._slope_by(ref, entry, arguments)
            elif not used and len(arguments) > len(entry.parameters):
                raise UnsupportedNoteError(_of_others(ref.key))
            elif not used or len(arguments) < len(used):
                return self.named(ref, self._is_sampled(arguments))
            else:
                usual = {label_if_named(self.value(a).expr) for a in arguments if self._is_plain(a)}
                if all(label_if_named(p) in usual for p in used):
                    with self.within(None, None, self.sample_of(arguments)):
                        return self.at_primes(ref, self.named, self._is_sampled(arguments))
                raise UnsupportedNoteError(_of_others(ref.key))
        else:
            pairs = [(p, a) for p, a in zip(entry.parameters, arguments, strict=True) if p in used]
            for parameter, argument in zip(entry.parameters, arguments, strict=True):
                if parameter not in used and self._is_reached(parameter, entry):
                    if not is_same_data(self._here(parameter), self.value(argument).expr):
                        raise UnsupportedNoteError(_of_others(ref.key))  # it stands in what the value is made of
        own = entry.definition.target.indices if isinstance(entry.definition.target, sp.Indexed) else ()
        value: sp.Expr = entry.definition.value
        with self.within(None, None, self.sample_of(arguments)):
            at = tuple(self.sample if a == self.signature.sample else s for s, a in zip(own, entry.axes, strict=True))
            if any(a != self.signature.sample for a in entry.axes):
                raise UnsupportedNoteError(_of_others(ref.key))
            value = entry.value_at(at)
            swapped: dict[sp.Expr, sp.Expr] = {}
            for parameter, node in pairs:
                inner, here = self.value(node), self._here(parameter)
                if is_same_data(here, inner.expr):
                    continue
                if inner.axes and not ref.primes and self._at_array(parameter, inner, value, swapped):
                    self._doubt_numbers(inner, node)
                    continue
                if inner.axes or not value.has(here):
                    raise UnsupportedNoteError(_of_others(ref.key))
                if inner.expr != here:
                    swapped[here] = inner.expr
            if ref.primes and (len(pairs) != 1 or swapped):
                raise UnsupportedNoteError("a derivative at another point than the function's argument")
            if ref.primes:
                return Value(reduce(Partial, [self._here(pairs[0][0])] * ref.primes, entry.at(at)))
        return Value(value.xreplace(swapped) if swapped else entry.at(at))

    def _at_array(self, parameter: sp.Expr, inner: Value, value: sp.Expr, swapped: dict[sp.Expr, sp.Expr]) -> bool:
        """Whether a function of an array can be taken at another one; then `swapped` has its entries."""
        label = label_if_named(parameter)
        places = [a for a in atoms_of(value, sp.Indexed) if a.base.label == label]
        numbers = free_symbols(inner.expr) - {axis.symbol for axis in inner.axes}
        bound = {symbol for total in atoms_of(value, sp.Sum, sp.Product) for symbol in total.variables}
        if not places or numbers & {*self.met, self.sample, *bound}:
            return False
        for place in places:
            if len(place.indices) != len(inner.axes):
                return False
            at = {axis.symbol: index for axis, index in zip(inner.axes, place.indices, strict=True)}
            swapped[place] = substitute(inner.expr, at)
        return True

    def _doubt_numbers(self, inner: Value, node: Node) -> None:
        r"""Refute nothing of f(x + h): a bare h may be a vector; that of x + h \mathbf 1 is none."""
        has_ones = any(isinstance(part, ast.Decorated) and part.body == ast.Number("1") for part in walk(node))
        if free_symbols(inner.expr) - {axis.symbol for axis in inner.axes} and not has_ones:
            self.noticed.doubts.append("what is taken for a number beside a vector may be a vector")

    def _at_any(self, ref: Ref, entry: Entry, arguments: Sequence[Node]) -> Value | None:
        """A function that its one argument alone defines, as g(z) = 1/(1 + e^{-z}), at any argument, entry by entry."""
        assert entry.definition is not None
        value = entry.definition.value
        atoms = free_atoms(value)
        if len(arguments) != 1 or len(entry.parameters) != 1 or len(atoms) != 1 or value.has(*_NOT_CLOSED):
            return None
        (atom,) = atoms
        if label_if_named(atom) != label_if_named(entry.parameters[0]) or ref.indices:
            return None
        inner = self.value(arguments[0])
        if ref.primes:
            u = sp.Dummy("u", real=True)
            value = value.xreplace({atom: u}).diff(u, ref.primes).xreplace({u: atom})
        return replace(inner, expr=value.xreplace({atom: inner.expr}))

    def _slope_by(self, ref: Ref, entry: Entry, arguments: Sequence[Node]) -> Value:
        """B'(m) of a function B(m, b): its derivative by the one argument that is written."""
        by = self.value(arguments[0]).expr
        if len(arguments) != 1 or ref.primes != 1 or by not in [self._here(p) for p in entry.parameters]:
            raise UnsupportedNoteError(f"{ref.key}' of other things than {ref.key} was defined of")
        with self.within(None, None, self.sample_of(arguments)):
            value = self.named(replace(ref, primes=0), self._is_sampled(arguments))
        return replace(value, expr=Partial(value.expr, by))

    def _occurs_in(self, parameter: sp.Expr, entry: Entry) -> bool:
        label = label_if_named(parameter)
        assert entry.definition is not None
        return label is not None and any(label_if_named(a) == label for a in free_atoms(entry.definition.value))

    def _is_reached(self, parameter: sp.Expr, entry: Entry) -> bool:
        """Whether a parameter stands in the value of a name in the value of a function."""
        label = label_if_named(parameter)
        assert entry.definition is not None
        inner = self.scope.definitions_of(entry.definition.value)
        values = [e.definition.value for e in inner if e.definition is not None]
        return label is not None and any(label_if_named(a) == label for v in values for a in free_atoms(v))

    def _softmax_at(self, ref: Ref, argument: Node) -> Value:
        """softmax(z), and softmax(z_j), which is its entry j."""
        logits = self.value(argument)
        indices = read_name(argument, self.signature.habits).indices if isinstance(argument, ast.Symbol) else ()
        if not indices or indices[-1].letter is None or indices[-1].offset or ref.indices:
            return self._softmax(ref, logits)
        sort = self.sort_of(indices[-1].letter)
        if logits.axes:
            if sort != self.signature.sample:
                self.noticed.doubts.append("a softmax of an entry, or of a row")
            return self._softmax(ref, logits)
        entry, over = self.index(indices[-1].letter), self.axis(sort)
        exps = sp.exp(logits.expr)
        return scalar(exps / sp.Sum(substitute(exps, {entry: over.symbol}), (over.symbol, over.lower, over.upper)))

    def _softmax(self, ref: Ref, logits: Value) -> Value:
        if not logits.axes:
            raise UnsupportedNoteError("softmax of something that is no vector")
        axis = logits.axes[-1]
        other = self.axis(axis.sort)
        total = sp.Sum(sp.exp(logits.at((*logits.axes[:-1], other))), (other.symbol, other.lower, other.upper))
        value = replace(logits, expr=sp.exp(logits.expr) / total)
        if not ref.indices:
            return value
        index = ref.indices[-1]
        if len(ref.indices) != 1 or index.letter is None or len(value.axes) != 1:
            raise UnsupportedNoteError("the entry of a softmax")
        symbol = self.index(index.letter)
        self.note(symbol, axis.sort)
        return scalar(substitute(value.expr, {axis.symbol: symbol}))

    def _probability(self, ref: Ref, condition: ast.Chain, body: Node) -> Value:
        """P(y = k | x): a quantity of its own for every value of k, at the sample of its arguments."""
        habits, priors = self.signature.habits, self.signature.priors
        items = body.items if isinstance(body, ast.Listing) else ()
        others = [item for item in items if item is not None and item is not condition]
        left, right = condition.members[0], condition.members[-1]
        if not isinstance(left, ast.Symbol) or len(condition.relations) != 1 or right is None:
            raise UnsupportedNoteError(f"the probability {render(condition)}")
        label = read_name(left, habits)
        events = (f"{label.key}=·", render(condition))
        with self.within(None, None, self.sample_of([left, *others])):
            of_any, own_name = (event_key(ref.key, event, body, habits, priors) for event in events)
            if isinstance(right, ast.Symbol) and not right.subscripts:
                is_last = right.name in self.signature.size_names and right.name.isupper()
                is_apart = is_last and (own_name in self.scope.arities or not self.scope.of(of_any))  # P(y = K)
                if not is_apart:
                    return self._probability_at(of_any, right.name)
            return self.named(Ref(own_name), self.signature.sample is not None)

    def _probability_at(self, key: str, letter: str) -> Value:
        """P(y = k | x) at the sample at hand; P(y = K | x) at the last class."""
        known = next(iter(self.scope.of(key)), None)
        sort = known.axes[-1] if known is not None else self.sort_of(letter) or ("classes",)
        is_last = self.is_last(Index(letter), sort)
        index = self.size_symbol(letter) if is_last else self.index(letter)
        if not is_last:
            self.note(index, sort)
        axes = known.axes if known is not None else (self.signature.sample, sort)
        own = [index if a == axes[-1] else self.sample for a in axes if a is not None]
        for a in own:
            if a == self.sample:
                self.note(self.sample, self.signature.sample)
        symbol = known.symbol if known is not None else self.scope.symbol_for(key, len(own))
        if known is not None:
            known.refuse_at(own)
        else:
            self.unknown[symbol] = key
            self.domains[symbol] = tuple(a for a in axes if a is not None)
        return scalar(element(symbol, tuple(own)))

    def factorial(self, count: Value) -> Value:
        """y! of data y that nothing defines: e to a number for each y, of which no more is known."""
        label = label_if_named(count.expr)
        if isinstance(count.expr, sp.Integer) and 0 <= count.expr <= 20:
            return scalar(sp.factorial(count.expr))
        known = LABELS | {"x", "X"} | self.signature.counts
        if label is None or count.axes or label in self.scope.symbols or base_letter(label.name) not in known:
            raise UnsupportedNoteError("the factorial of what is no data")
        if self.signature.says(r"\{\s*0\s*,\s*1\s*\\?\}"):
            raise UnsupportedNoteError("the factorial of what is 0 or 1")
        own = tuple(count.expr.indices) if isinstance(count.expr, sp.Indexed) else ()
        symbol = self.scope.symbol_for(f"ln({label.name}!)", len(own))
        self.domains[symbol] = self.domains.get(label, ())
        return scalar(sp.exp(element(symbol, own)))

    def choices_of(self, whole: Value, part: Value) -> Value:
        """n over k, of which no more is known than that it is positive."""
        if not all(isinstance(v.expr, sp.Symbol) and v.expr not in self.scope.symbols for v in (whole, part)):
            raise UnsupportedNoteError("a binomial coefficient of what is no count")
        return scalar(sp.exp(self.scope.symbol_for(f"ln binom({whole.expr}, {part.expr})", 0)))

    def _unknown_function(self, ref: Ref, argument: Value) -> Value:
        """f(u) of which nothing is known: an atom, whose derivative is the atom f'(u) times that of u."""
        if argument.axes and not self._is_activation(ref):
            raise UnsupportedNoteError(f"{ref.key} of an array")
        if ref.primes > 1:
            raise UnsupportedNoteError("higher derivatives of an unknown function")
        places = tuple(position(f"place{number}") for number in range(len(argument.axes)))
        inner = substitute(argument.expr, {a.symbol: p for a, p in zip(argument.axes, places, strict=True)})
        free = sorted((s for s in free_symbols(inner) if s in self.met or s == self.sample), key=str)
        own = (*free, *places)
        at = self._usual_argument(ref, inner)
        key = f"{ref.key}({at})"
        found = next(iter(self.scope.of(key)), None)
        slope = sp.Symbol(f"{ref.key}'({at})", real=True)
        slope_at = element(slope, own)
        if found is None:
            axes = (*(("own", str(s)) for s in free), *(a.sort for a in argument.axes))
            found = self.scope.bind(key, own, axes, slope_at * inner, 0)
        self.scope.jets.add(found.symbol)
        value = substitute(
            slope_at if ref.primes else found.at(own), {p: a.symbol for p, a in zip(places, argument.axes, strict=True)}
        )
        return Value(value, argument.axes, argument.is_row)

    def _usual_argument(self, ref: Ref, inner: sp.Expr) -> str:
        """What an unknown function was applied to before, if that is the same: f(g(x)) is f(u) where u is g(x)."""
        named = {
            entry.at(tuple(getattr(entry.definition.target, "indices", ()))): entry.definition.value
            for entry in self.scope.symbols.values()
            if entry.definition is not None and self._is_jet(entry.definition.value)
        }
        others = [name for name, value in named.items() if value == inner] + [inner.xreplace(named)]
        own, *texts = (text(with_same_letters(e)) for e in (inner, *others))
        return next((t for t in (own, *texts) if self.scope.of(f"{ref.key}({t})")), own)

    def _is_jet(self, value: sp.Expr) -> bool:
        return isinstance(value, sp.Symbol | sp.Indexed) and label_of(value) in self.scope.jets
