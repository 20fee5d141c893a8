r"""Names to values: which array a written name is, and at which of its entries.

The indices that are written fill the axes of their sort. What is left of the sample axis is the sample at hand (the
index of the sum around it, or one sample that stays unnamed); any other axis left stays open, so w is a vector beside
w_j. A name with a definition has the axes that the definition gave it, every other those of the document's signature.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace

import sympy as sp

from derivations.atoms import free_atoms, label_of
from derivations.notes.interpreting.names import Index, Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.noticed import Noticed
from derivations.notes.interpreting.scope import Entry, Scope
from derivations.notes.interpreting.signature import CHANCES, LABELS, PARAMETERS, VECTORS, Key, Signature, base_letter
from derivations.notes.interpreting.tensor import FIXED, Axis, Value, elementwise
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.reasons import Reason, Why
from derivations.statement import element, index, size

__all__ = ["ROW", "Choices", "Namer", "WatchedChoices"]

ROW = index("row")  # the sample at hand, where none is named
MAX_AXES = 4
_BY_FACTORS = (
    r"\}\s*\{\s*(?:\\partial|d|\\mathrm\s*\{\s*d\s*\})\s*\{?\s*[uv](?![A-Za-z])|\\nabla_\{?\s*[uv](?![A-Za-z])"
)
DATA_NAMES = frozenset(("x", "X", "target", "label", "desired", "expected"))


@dataclass(frozen=True)
class Choices:
    """One reading of what notation leaves open, for a whole document.

    reach: whether a sum reaches over the terms after it where its index does not say. shared: whether a name
    without an index is the same quantity for every term of a sum without bounds, rather than the sample's. rows:
    whether vectors and gradients are rows, so that s^T s is a matrix. denominator: whether the derivative of a vector
    by a vector has its rows from what it is taken by. zero: whether arrays begin at 0 whose sums
    begin in one place at 0 and in another at 1. beyond: whether d/dx is of what stands behind the bracket after it too.
    first: whether d/dx is of the function right behind it alone, as in d/dx f(x) g(x) for f'(x) g(x).
    outside: whether \\log(x)^2 is the square of the logarithm. short: whether \\log p q is (\\log p) q.
    slash: whether 1/2x is 1/(2x). data: whether the label in a loss is data, though it was said to be mx + c.
    argument: whether ∇f of f(x) = σ(w·x) is by x, rather than by the weights in it.
    """

    reach: bool = True
    shared: bool = False
    rows: bool = False
    denominator: bool = False
    zero: bool = False
    beyond: bool = False
    first: bool = False
    outside: bool = False
    short: bool = False
    slash: bool = False
    data: bool = False
    argument: bool = False

    def __str__(self) -> str:
        parts = ["Σ reaches over the terms after it" if self.reach else "Σ reaches over its own term only"]
        parts.append("names without an index don't vary in the sum" if self.shared else "the sample's")
        parts += ["vectors are rows"] * self.rows + ["derivatives in denominator layout"] * self.denominator
        parts += ["arrays begin at 0"] * self.zero
        parts += ["d/dx reaches beyond the bracket after it"] * self.beyond
        parts += ["d/dx reaches over the function after it only"] * self.first
        parts += ["log(x)² is (log x)²"] * self.outside
        parts += ["log p q is (log p) q"] * self.short + ["1/2x is 1/(2x)"] * self.slash
        parts += ["labels are data, whatever is said of them"] * self.data + ["∇f is by f's argument"] * self.argument
        return "; ".join(parts)

    def others(self, consulted: Collection[str]) -> Iterator[Choices]:
        """The other readings of what was consulted, one thing or two at a time: work stays quadratic."""
        names = [item.name for item in fields(self) if item.name in consulted]
        for count in (1, 2):
            for flipped in itertools.combinations(names, count):
                yield replace(self, **{name: not getattr(self, name) for name in flipped})


class WatchedChoices(Choices):
    """Choices that record in `asked` which of them were asked for."""

    plain: Choices
    asked: set[str]

    def __init__(self, choices: Choices) -> None:
        super().__init__(**{item.name: getattr(choices, item.name) for item in fields(choices)})
        object.__setattr__(self, "plain", choices)
        object.__setattr__(self, "asked", set())

    def __getattribute__(self, name: str) -> object:
        if name in _CHOICES:
            self.asked.add(name)
        return object.__getattribute__(self, name)


_CHOICES = frozenset(item.name for item in fields(Choices))


@dataclass
class Namer:
    """Where a formula stands: its number, the definitions in force, the sample at hand, what was met on the way."""

    signature: Signature
    scope: Scope
    formula: int
    choices: Choices = field(default_factory=Choices)
    sample: sp.Symbol = ROW
    matrix: bool = False
    met: dict[sp.Symbol, tuple[sp.Expr, sp.Expr]] = field(default_factory=dict)
    unknown: dict[sp.Symbol, str] = field(default_factory=dict)
    noticed: Noticed = field(default_factory=Noticed)
    bound: dict[str, Key | None] = field(default_factory=dict)
    fresh: int = 0
    domains: dict[sp.Symbol, tuple[object, ...]] = field(default_factory=dict)
    vanished: set[sp.Symbol] = field(default_factory=set)  # functions of which a derivative is 0 as they are defined
    letters_elsewhere: frozenset[str] = frozenset()  # that stand among indices outside every sum
    single: bool = False  # a vector without an index is read as one of its entries

    def quotient(self, above: Value, below: Value) -> Value:
        """above / below, entry by entry."""
        self.noticed.partial.append(1 / below.expr)
        return elementwise(above, below, lambda a, b: a / b)

    # Indices and sizes

    def index(self, letter: str) -> sp.Symbol:
        clash = letter in self.signature.size_names
        return index(letter + "_" * clash)

    def size_symbol(self, text: str) -> sp.Expr:
        """A size as it is written: n, M − 1, 3."""
        if text.isdigit():
            return sp.Integer(int(text[:6]))
        found = re.fullmatch(r"(\\?[A-Za-z]+) ([-+]) (\d{1,3})", text)
        if found:
            step = int(found[3]) if found[2] == "+" else -int(found[3])
            return size(found[1]) + step
        return size(text)

    def range_of(self, sort: object) -> tuple[sp.Expr, sp.Expr]:
        """The full range of a sort."""
        signature = self.signature
        if isinstance(sort, tuple) and sort[:1] == (FIXED,):
            return sp.S.One, sp.Integer(sort[1])
        if sort is None:
            sort = ("unknown",)
        text = signature.size.get(sort)  # type: ignore[call-overload]
        if text is None:
            usual = "n" if sort == signature.sample else "m" if sort == signature.feature else "K"
            usual = usual if sort in (signature.sample, signature.feature) or sort in signature.classes else "d"
            while usual in signature.taken:
                usual += "°"
            if usual.startswith("d"):
                number = signature.number_of(sort)
                usual += str(number) if number > 1 else ""
            upper: sp.Expr = size(usual)
        else:
            upper = self.size_symbol(text)
        lower = signature.lower.get(sort, "1")  # type: ignore[call-overload]
        if sort in signature.uneven:
            lower = "0" if self.choices.zero else "1"
        return sp.Integer(int(lower[:6])) if lower.isdigit() else sp.Integer(1), upper

    def sort_of(self, letter: str) -> Key | None:
        if letter in self.bound and self.bound[letter] is not None:
            return self.bound[letter]
        return self.signature.sort_of(self.formula, letter)

    def note(self, symbol: sp.Symbol, sort: object) -> None:
        self.met.setdefault(symbol, self.range_of(sort))

    def axis(self, sort: object) -> Axis:
        self.fresh += 1
        lower, upper = self.range_of(sort)
        if sort in self.signature.uneven | self.signature.longer:
            self.noticed.consulted.add("zero")
            lower = sp.S.Zero if self.choices.zero else lower
        symbol = index(f"a{self.fresh}")
        return Axis(symbol, sort, lower, upper)

    @contextmanager
    def within(self, letter: str | None, sort: Key | None, sample: sp.Symbol | None) -> Iterator[None]:
        """Under a sum over `letter`; `sample` is the sample at hand there."""
        before, bound = self.sample, dict(self.bound)
        if letter is not None:
            self.bound[letter] = sort
        if sample is not None:
            self.sample = sample
        try:
            yield
        finally:
            self.sample, self.bound = before, bound

    # Names

    def entry_for(self, ref: Ref) -> Entry | None:
        """The definition in force that the name means with these indices."""
        found = self.scope.of(ref.key)
        if not found:
            return None
        written = len(ref.indices)
        for entry in found:
            if entry.written == written:
                return entry
        for entry in found:
            if len(entry.axes) == written:
                return entry
        for entry in found:
            rest = [a for a in entry.axes if a != self.signature.sample]
            if len(rest) == written:
                return entry
        for entry in found:
            if len(entry.axes) > written:
                return entry
        return None

    def entry_of_sample(self, ref: Ref) -> Entry | None:
        """The definition of a name that is a function of one sample's data."""
        for entry in self.scope.of(ref.key):
            if self.signature.sample in entry.axes and len(entry.axes) == len(ref.indices) + 1:
                return entry
        return None

    def named(self, ref: Ref, sampled: bool = False) -> Value:
        """The value of a name, without its power and transpose; sampled: as a function of one sample's data."""
        ref = self.usual_name(ref)
        if any(i.is_one_place or i.offset for i in ref.indices):
            later = f"{ref.key}[{','.join(map(str, ref.indices))}]"
            if self.scope.of(later):
                ref = Ref(later)
        entry = (self.entry_of_sample(ref) if sampled else None) or self.entry_for(ref)
        if entry is None and (part := self._written_entry(ref)) is not None:
            return part
        if entry is not None:
            symbol, axes = entry.symbol, entry.axes
        else:
            key = ref.key
            axes = self.signature.axes.get(key) or self.signature.axes.get(key.rstrip("'"), ())  # x' is as x is
            if sampled and self.signature.sample is not None and self.signature.sample not in axes:
                axes = (self.signature.sample, *axes)
            if len(ref.indices) > len(axes):
                key = f"{key}@{len(ref.indices)}" if key in self.signature.axes else key
                axes = tuple(self.sort_written(i) for i in ref.indices)
            number = None if ref.indices else self._as_size(key, axes)  # n_i, a count, is not the size n
            if number is not None:
                return Value(number)
            if not ref.indices and key in self.bound or self._is_plain_index(ref, axes):
                raise UnsupportedNoteError(f"the index {key} stands as a number")
            symbol = self.scope.symbol_for(key, len(axes))
            self.domains[symbol] = axes
            if key in self.scope.opaque:
                self.noticed.doubts.append(f"{key} is an array of a form that isn't understood")
            if not self.is_primitive(key):
                self.unknown[symbol] = key
            scalar_like = not self.signature.has_vectors and key not in self.signature.vectors
            if scalar_like and len(axes) > len(ref.indices) and base_letter(key) in VECTORS and not self.matrix:
                sorts = [self.sort_written(i) for i in ref.indices]
                if self.signature.feature in axes and self.signature.feature not in sorts:
                    axes = tuple(a for a in axes if a != self.signature.feature)
                    symbol = self.scope.symbol_for(f"{key}@{len(axes)}", len(axes))
                    self.domains[symbol] = axes
        filled, opened = self._fill(ref, axes)
        if entry is not None:
            entry.refuse_at(filled)
        expr = element(symbol, filled)
        return Value(expr, tuple(opened), len(opened) == 1 and self.choices.rows)

    def _written_entry(self, ref: Ref) -> Value | None:
        """The value of u_1 where u was written out as (x_1^2, x_2^2), and counts its entries from 1."""
        found = re.fullmatch(r"(.+)_\{?([1-9])\}?", ref.key)
        if found is None or ref.indices or ref.primes or f"{found[1]}_0" in self.signature.count:
            return None
        entry = next(iter(self.scope.of(found[1])), None)
        if entry is None or entry.definition is None or not entry.line or len(entry.axes) != 1:
            return None
        own = {base_letter(label_of(a).name) for a in free_atoms(entry.definition.value)}
        sort, place = entry.axes[0], int(found[2])
        is_in = isinstance(sort, tuple) and sort[0] == FIXED and place <= sort[1] and base_letter(found[1]) not in own
        return Value(entry.at((sp.Integer(place),))) if is_in else None

    def usual_name(self, ref: Ref) -> Ref:
        """X is the matrix of the x_i, a_i an entry of the A that is defined, C what was called "Cross Entropy Loss"."""
        if self.scope.of(ref.key):
            return ref
        if ref.indices:
            return self._of_all_samples(ref)
        if ref.key == r"\Theta" and self.signature.axes.get(r"\theta"):
            return Ref(r"\theta", primes=ref.primes, transposed=ref.transposed)
        small = self.small_name(ref.key)
        if small is not None:
            return Ref(small, primes=ref.primes)
        if len(ref.key) == 1 and ref.key.isupper():
            for key in reversed(self.scope.entries):
                if " " in key and key[0] == ref.key and re.search("loss|cost|error|entropy", key, re.I):
                    return Ref(key)
        return ref

    def _of_all_samples(self, ref: Ref) -> Ref:
        r"""The entry of A for a^{(i)}, where A = \sigma(Z) is defined, of all samples, and a is not."""
        letter = base_letter(ref.key)
        capital = ref.key.replace(letter, letter.upper(), 1)
        axes = self.signature.axes.get(ref.key, ())
        is_entry = letter.islower() and len(ref.indices) == len(axes) and self.signature.sample in axes
        found = self.scope.of(capital) if is_entry and capital != ref.key else []
        is_all = any(e.axes == axes for e in found) and self.small_name(capital) == ref.key
        return replace(ref, key=capital) if is_all else ref

    def small_name(self, key: str) -> str | None:
        r"""The name of the rows of a matrix: x of X, \hat{y} of \hat{Y}; that of its entries, a of A with a_{jk}."""
        letter = base_letter(key)
        if self.signature.sample is None and key == "A" and not self._sorts_written(key):
            return "a" if len(self.signature.axes.get("a", ())) == 2 else None
        if letter not in ("X", "Y", "T", "Z", "A", "S", r"\Phi") or self.signature.sample is None:
            return None
        if self.signature.sample in self._sorts_written(key):
            return None  # X^{(i)} is a row of X
        small = key.replace(letter, letter.lower(), 1)
        found = [small, rf"\hat{{{small}}}"] if letter == "X" else [small]
        known = [k for k in found if self._axes_known(k)]
        return max(known, key=lambda k: self.signature.count.get(k, 0)) if known else None

    def _sorts_written(self, key: str) -> set[Key]:
        """The sorts of the indices that a name has somewhere in the document."""
        return {sort for slot, sort in self.signature.sort_of_slot.items() if slot[0].rstrip("!") == key}

    def matrices_in(self, node: Node) -> set[str] | None:
        """Matrices without an index in a side; None where one of samples has indices elsewhere, in either order."""
        found: set[str] = set()
        for part in walk(node):
            if isinstance(part, ast.Symbol):
                ref = read_name(part, self.signature.habits)
                axes = self.signature.axes.get(ref.key, ())
                of_samples = len(axes) == 2 and self.signature.sample in axes and bool(self._sorts_written(ref.key))
                if of_samples:
                    return None
                if len(axes) == 2 and not ref.indices:
                    found.add(ref.key)
        return found

    def _axes_known(self, key: str) -> tuple[object, ...]:
        entries = self.scope.of(key)
        axes = entries[0].axes if entries else self.signature.axes.get(key, ())
        return axes if self.signature.sample in axes else ()

    def _is_plain_index(self, ref: Ref, axes: Sequence[object]) -> bool:
        names = self.signature.functions, self.signature.counts
        is_number = any(ref.key in known for known in names) or ref.key not in self.signature.letters_of_indices
        return not ref.indices and len(ref.key) == 1 and ref.key in "ijk" and not is_number

    def sort_written(self, index: Index) -> Key:
        """The sort of an index as it is written; one of its own for a letter that has none."""
        sort = None if index.letter is None else self.sort_of(index.letter)
        return sort or ("letter", str(index.letter))

    def _as_size(self, key: str, axes: Sequence[object]) -> sp.Expr | None:
        is_chance = key in CHANCES and key in self.signature.logged  # the p of \log p and \beta_p x_p is two things
        if axes and key not in ("n", "m", "N", "K") or is_chance:
            return None
        if key in self.signature.size_names or key == "n" or self.signature.has_root_of(key):
            return sp.Symbol(key, integer=True, positive=True)
        return None

    def is_primitive(self, key: str) -> bool:
        """Data and parameters: what depends on nothing else."""
        if key in self.signature.functions and base_letter(key) not in ("x",):
            return False
        letter = base_letter(key)
        if key in self.scope.opaque:
            return True
        if key in self.scope.unusable and letter not in LABELS | {"x", "X"}:
            return False
        if key.startswith((r"\bar", r"\tilde", r"\overline")):
            return key in self.signature.augmented  # else a mean or what is computed, which ought to be defined
        if letter in LABELS:
            return self.signature.is_label(key) or bool(key.startswith(r"\hat") and self.scope.of(letter))
        if key in ("N", "K") and key not in self.signature.size.values():
            return False
        if key == r"\ell" and self.signature.counts_ell and key not in self.signature.subjects:
            return True
        if key == "C" and key in self.signature.subjects:
            return False  # a cost, and no constant
        if key in ("u", "v") and key in self.signature.subjects and not self.signature.says(_BY_FACTORS):
            return False  # functions of what they are differentiated by, as in the product rule
        known = letter in PARAMETERS or letter in DATA_NAMES or key in (r"\sigma", "i_1", "i_2", "i1", "i2", *"ijk")
        is_target = key in self.signature.weighing and letter in CHANCES or letter == "d" and self.signature.desires_d
        return known or is_target or key in self.signature.parameters | self.signature.counts

    def _fill(self, ref: Ref, axes: Sequence[object]) -> tuple[tuple[sp.Expr, ...], list[Axis]]:
        written = list(ref.indices)
        if len(written) > len(axes):
            raise UnsupportedNoteError(f"{ref.key} with more indices than it has elsewhere")
        places: list[Index | None] = [None] * len(axes)
        if len(written) == len(axes):
            places = list(written)
            if len(axes) == 2 and not ref.above and self._are_slots_turned(ref, axes):
                places.reverse()
                self.noticed.turned.append(ref.key)
            if len(axes) == 2 and ref.above and ref.below and axes[0] != axes[1]:
                below = self.sort_written(ref.below[0])
                if below == axes[0] and self.sort_written(ref.above[0]) == axes[1]:
                    places.reverse()
                    if self.signature.sort_of_slot.get((ref.key + "!" * ref.bold, True, 1, 0)) != axes[1]:
                        self.noticed.doubts.append(f"the indices of {ref.key} stand the other way round elsewhere")
                        self.noticed.turned.append(ref.key)
            if len(axes) == 2 and base_letter(ref.key) in LABELS and axes[0] != axes[1]:
                if [self.sort_written(i) for i in written] == [axes[1], axes[0]]:
                    self.noticed.doubts.append(f"the indices of {ref.key} stand the other way round elsewhere")
        else:
            for index in written:
                places[self._place(ref, index, axes, places)] = index
        filled: list[sp.Expr] = []
        opened: list[Axis] = []
        for sort, place in zip(axes, places, strict=True):
            if place is None:
                if sort == self.signature.sample and not self.matrix:
                    self.note(self.sample, sort)
                    filled.append(self.sample)
                    if self.sample != ROW and ref.key not in self.signature.functions:
                        if written or sort in self._sorts_written(ref.key):
                            self.noticed.supplied.append((self.sample, ref.key, bool(written)))
                elif self.single:
                    filled.append(self.entry_at_hand(sort, list(axes).count(sort)))
                else:
                    axis = self.axis(sort)
                    opened.append(axis)
                    filled.append(axis.symbol)
            elif place.letter is None:
                filled.append(sp.Integer(place.offset))
            elif self._is_past_the_last(place):
                name = f"{ref.key}_{{{place}}}"
                words = f"{name} is past the last {ref.key}, and has no value here"
                self.noticed.doubts.append(Reason(words, Why.NO_VALUE, name))
                filled.append(self.size_symbol(place.letter) + place.offset)
            elif self.is_last(place, sort):
                filled.append(self.size_symbol(place.letter))
            else:
                symbol = self.index(place.letter)
                self.noticed.shown |= {symbol} if sort == self.signature.sample else set()
                self.note(symbol, sort if place.letter not in self.bound else self.bound[place.letter] or sort)
                filled.append(symbol + place.offset)
        if len(opened) > MAX_AXES:
            raise UnsupportedNoteError(f"{ref.key} has too many axes")
        return tuple(filled), opened

    def _are_slots_turned(self, ref: Ref, axes: Sequence[object]) -> bool:
        """Whether the first of two lower indices is always that of the second axis: x_{id}, d the sample."""
        marked = ref.key + "!" * ref.bold
        slots = [self.signature.sort_of_slot.get((marked, False, 2, place)) for place in (0, 1)]
        return axes[0] != axes[1] and slots == [axes[1], axes[0]]

    def entry_at_hand(self, sort: object, count: int) -> sp.Symbol:
        """The index of the entry that stands for a vector, or for a matrix whose axes are of two sorts."""
        if count > 1:
            raise UnsupportedNoteError("a matrix without an index")
        symbol = index(f"entry{self.signature.number_of(sort)}")
        self.note(symbol, sort)
        return symbol

    def is_last(self, index: Index, sort: object) -> bool:
        """Whether x_n is the last of x_1 to x_n: n is a size here, not another than x has, and isn't summed over."""
        letter = index.letter
        if letter is None or index.offset or letter not in self.signature.size_names or letter in self.bound:
            return False
        return letter in self.signature.size.get(sort, letter)  # type: ignore[call-overload, no-any-return]

    def _is_past_the_last(self, index: Index) -> bool:
        """Whether n + 1 is the size n and one more: the entry that is added at the end."""
        letter = index.letter
        return bool(index.offset) and letter in self.signature.size.values() and letter not in self.bound

    def _place(self, ref: Ref, index: Index, axes: Sequence[object], places: list[Index | None]) -> int:
        free = [p for p, taken in enumerate(places) if taken is None]
        sort = None if index.letter is None else self.sort_of(index.letter)
        bold = ref.key + "!" * ref.bold
        raised = index in ref.above
        slot = (bold, raised, len(ref.above if raised else ref.below), 0)
        own = self.signature.sort_of_slot.get(slot)
        for wanted in (own, sort, slot):  # a slot that fits no single sort may be the first of one itself
            for p in free:
                if wanted is not None and axes[p] == wanted:
                    return p
        others = [p for p in free if axes[p] != self.signature.sample]
        if index.letter is None and others:
            return others[0]
        if len(others) == 1 and sort != self.signature.sample:
            return others[0]
        if len(free) == 1:
            return free[0]
        raise UnsupportedNoteError(f"what the index {index} of {ref.key} runs over")
