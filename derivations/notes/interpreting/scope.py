r"""The definitions in force at a place of a document, each with the line that made it.

A name is looked up by what it is called and by the sorts of its axes: C and C_i are two names, z and z_i are one where
z is the logit of a sample left unnamed. A name that is defined anew gets a new symbol, so that what was computed from
the old one keeps its meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

import sympy as sp

from derivations.atoms import atoms_of, free_symbols, labels_in_order
from derivations.indexed import substitute
from derivations.inverses import Inverse
from derivations.notes.interpreting.names import UnsupportedNoteError
from derivations.notes.interpreting.noticed import Applied
from derivations.statement import Definition, element

__all__ = ["Entry", "Scope"]


@dataclass(frozen=True)
class Entry:
    """A name in force.

    axes: sorts, in the order of its indices; parameters: what it is a function of; written: how many of its indices
    were written where it was defined (the sample may stay unnamed).
    """

    key: str
    symbol: sp.Symbol
    axes: tuple[object, ...]
    definition: Definition | None
    line: int
    parameters: tuple[sp.Expr, ...] = ()
    written: int = 0

    def at(self, indices: tuple[sp.Expr, ...]) -> sp.Expr:
        """The name at some indices."""
        return element(self.symbol, indices)

    def value_at(self, indices: tuple[sp.Expr, ...]) -> sp.Expr:
        """Its value there."""
        assert self.definition is not None
        target = self.definition.target
        own = tuple(target.indices) if isinstance(target, sp.Indexed) else ()
        return substitute(self.definition.value, dict(zip(own, indices, strict=True)))

    @cached_property
    def _past(self) -> frozenset[sp.Expr]:
        r"""The places after the last of its sums: K of \sum_{j=1}^{K-1}."""
        value = sp.S.Zero if self.definition is None else self.definition.value
        return frozenset(upper + 1 for total in atoms_of(value, sp.Sum) for _, _, upper in total.limits if upper.is_Add)

    @cached_property
    def _counted(self) -> tuple[sp.Expr, ...]:
        r"""Its indices, where one of them stands as a number in its value, too: t of \eta_t = c/t."""
        if self.definition is None or not isinstance(self.definition.target, sp.Indexed):
            return ()
        own = tuple(self.definition.target.indices)
        numbers = {s.name for s in free_symbols(self.definition.value) if s not in own}
        return own if any(isinstance(i, sp.Symbol) and i.name in numbers for i in own) else ()

    def refuse_at(self, indices: Sequence[sp.Expr]) -> None:
        r"""Refuse the place K of what is defined by \sum_{j=1}^{K-1}, which may be of the other classes only.

        And \eta_{t+1}, where \eta_t = c/t: the number t isn't the index, and would stay what it is.
        """
        if not self._past.isdisjoint(indices):
            raise UnsupportedNoteError(f"line {self.line} may be of the other classes")
        if any(own != at for own, at in zip(self._counted, indices, strict=False)):
            raise UnsupportedNoteError(f"an index stands as a number in line {self.line}")


@dataclass
class Scope:
    """What names mean; `bind` changes it from a place on."""

    entries: dict[str, list[Entry]] = field(default_factory=dict)
    symbols: dict[sp.Symbol, Entry] = field(default_factory=dict)
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    arities: dict[str, int] = field(default_factory=dict)
    jets: set[sp.Symbol] = field(default_factory=set)
    depends: dict[sp.Symbol, set[sp.Symbol]] = field(default_factory=dict)
    varied: dict[sp.Symbol, set[sp.Symbol]] = field(default_factory=dict)  # what each name is differentiated by
    zeroed: list[sp.Expr] = field(default_factory=list)
    inert: dict[sp.Symbol, frozenset[sp.Symbol]] = field(default_factory=dict)
    history: dict[str, list[Entry]] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)  # names that are defined by what isn't understood
    noisy: set[str] = field(default_factory=set)  # data of which a model with noise is stated: y = w^T x + ε
    noises: dict[str, set[int]] = field(default_factory=dict)  # what such models add, y - w^T x; the lines of models
    applied: dict[sp.Symbol, Applied] = field(default_factory=dict)  # what unknown functions are of in each value
    inverses: dict[sp.Symbol, Inverse] = field(default_factory=dict)  # of matrices, by the array that each is
    opaque: set[str] = field(default_factory=set)  # arrays whose shape is known, and of whose entries nothing is used

    def of(self, key: str) -> list[Entry]:
        """The names called so, the latest first."""
        return self.entries.get(key, [])

    def symbol_for(self, key: str, arity: int) -> sp.Symbol:
        """The symbol that a name has until it is defined anew."""
        first = self.arities.setdefault(key, arity)
        other = "" if first == arity else f"·{arity}"
        return sp.Symbol(key + other + "′" * self.versions.get((key, arity), 0), real=True)

    def bind(
        self, key: str, own: tuple[sp.Symbol, ...], axes: tuple[object, ...], value: sp.Expr, line: int,
        parameters: tuple[sp.Expr, ...] = (),
        written: int | None = None,
    ) -> Entry:  # fmt: skip
        """Define a name, in place of what it meant with the same axes."""
        replaced = [e for e in self.of(key) if e.axes == axes]
        slot = key, len(axes)
        if replaced:
            self.versions[slot] = self.versions.get(slot, 0) + 1
            self.history.setdefault(key, []).extend(replaced)
        symbol = self.symbol_for(key, len(axes))
        target = element(symbol, own)
        count = len(axes) if written is None else written
        entry = Entry(key, symbol, axes, Definition(target, value), line, parameters, count)
        older = [e for e in self.of(key) if e.written == count and e.axes != axes]
        if older:
            self.history.setdefault(key, []).extend(older)
        self.entries[key] = [entry, *(e for e in self.of(key) if e.axes != axes)]
        self.symbols[symbol] = entry
        return entry

    def put(self, *entries: Entry) -> None:
        """Names that mean something else: each in place of the one by its symbol, else the first of those called so."""
        for entry in entries:
            known = self.of(entry.key)
            if any(e.symbol == entry.symbol for e in known):
                self.entries[entry.key] = [entry if e.symbol == entry.symbol else e for e in known]
            else:
                self.entries[entry.key] = [entry, *known]
            self.symbols[entry.symbol] = entry

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Afterwards names mean what they meant before."""
        entries = {key: list(found) for key, found in self.entries.items()}
        symbols, versions = dict(self.symbols), dict(self.versions)
        history = {key: list(found) for key, found in self.history.items()}
        try:
            yield
        finally:
            self.entries.clear()
            self.entries.update(entries)
            self.versions.clear()
            self.versions.update(versions)
            self.history.clear()
            self.history.update(history)
            self.symbols.clear()
            self.symbols.update(symbols)

    def forget(self, key: str) -> None:
        """A name stands for something else from here on, which has no definition."""
        for entry in self.entries.pop(key, []):
            slot = key, len(entry.axes)
            self.versions[slot] = self.versions.get(slot, 0) + 1
            self.history.setdefault(key, []).append(entry)

    def definitions_of(self, *exprs: sp.Expr) -> tuple[Entry, ...]:
        """Every name that the expressions depend on, those first that others use."""
        found: dict[sp.Symbol, Entry] = {}
        active: set[sp.Symbol] = set()

        def visit(expr: sp.Expr) -> None:
            for label in labels_in_order(expr):
                if label in self.inverses and label not in active:
                    active.add(label)
                    visit(self.inverses[label].value)
                entry = self.symbols.get(label)
                if entry is None or entry.definition is None or label in found or label in active:
                    continue
                active.add(label)
                visit(entry.definition.value)
                found[label] = entry

        for expr in exprs:
            visit(expr)
        return tuple(found.values())

    def inverses_in(self, *exprs: sp.Expr) -> tuple[Inverse, ...]:
        """The inverses of matrices that the expressions depend on, through definitions and one another."""
        if not self.inverses:
            return ()
        found: dict[sp.Symbol, Inverse] = {}
        values = [e.definition.value for e in self.definitions_of(*exprs) if e.definition is not None]
        waiting = [*exprs, *values]
        while waiting:
            for label in labels_in_order(waiting.pop()):
                if label in self.inverses and label not in found:
                    found[label] = self.inverses[label]
                    waiting.append(found[label].value)
        return tuple(found.values())
