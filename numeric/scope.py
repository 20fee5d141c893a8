"""What the names of an expression stand for: inputs, definitions, sizes, and the ranges of indices.

All of it is known from the statement alone, before any array is seen, and so are its faults: a name that
stands for nothing, an index whose range nothing tells, a definition that leads back to itself.

Left out: ranges of free indices that depend on other indices.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_atoms, free_symbols, peel
from derivations.functions import Partial, Unknown
from derivations.indexed import expand_definitions, substitute
from derivations.statement import Definition, Statement
from numeric.shapes import Slot, variable_slots

__all__ = ["Scope"]


class Scope:
    """The names of a statement. held: names that it defines, but that are inputs here."""

    def __init__(self, statement: Statement, held: Iterable[sp.Expr] = ()) -> None:
        self.statement = statement
        self._declared = {
            k: (sp.sympify(lo, strict=True), sp.sympify(hi, strict=True)) for k, lo, hi in statement.ranges
        }
        held = tuple(held)
        self._definitions = {d.key: d for d in statement.definitions if d.key not in held}
        self.slots = (*variable_slots(statement), *(self._held_slot(key) for key in held))
        self.slots_by_key = {slot.key: slot for slot in self.slots}
        self._open = self._open_definitions()
        self._unbounded = {key for key, definition in self._definitions.items() if not self._is_bounded(definition)}

    def is_inlined(self, key: sp.Expr) -> bool:
        """Whether the name is no array of its own, but computed where it stands.

        So is a name with an index that it doesn't show (z for z_i, at a fixed i), and one whose own index has
        no range (h[g] = δ(a, g)).
        """
        return key in self._open or key in self._unbounded

    def dependencies(self, expr: sp.Expr) -> frozenset[sp.Symbol]:
        """The symbols that occur free in expr, or that names in it depend on without showing it."""
        return frozenset(free_symbols(expr) | _stray(expr, self._open))

    def head(self, expr: sp.Expr) -> sp.Expr:
        """What a defined name stands for, as far as its outermost form; anything else is itself."""
        for _ in range(len(self._definitions) + 1):
            key = _key(expr)
            definition = self._definitions.get(key) if key is not None else None
            if definition is None:
                return expr
            if isinstance(expr, sp.Indexed):
                expr = substitute(definition.value, dict(zip(definition.target.indices, expr.indices, strict=True)))
            else:
                expr = definition.value
        raise UnsupportedExpressionError(f"{expr} is defined by itself")

    def definition(self, key: sp.Expr, source: sp.Expr) -> Definition:
        if key not in self._definitions:
            raise UnsupportedExpressionError(
                f"{source}: {self.statement.name} has no variable, definition or index of that name"
            )
        return self._definitions[key]

    def index_range(self, k: sp.Symbol, expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
        """The range of an index that is free in expr: as declared, or that of the axes that it alone indexes."""
        if k in self._declared:
            return self._declared[k]
        found = self._ranges_found(k, expr)
        if len(found) != 1:
            told = " and ".join(f"{lo}..{hi}" for lo, hi in sorted(found, key=str)) or "nothing"
            raise UnsupportedExpressionError(
                f"the range of index {k} in {expr} is told by {told}: declare it in the statement's ranges"
            )
        return found.pop()

    def survey(
        self, exprs: Iterable[sp.Expr], bound: Iterable[sp.Symbol], given: Iterable[sp.Symbol] = ()
    ) -> tuple[frozenset[str], frozenset[sp.Symbol]]:
        """(names of the inputs, sizes) on which the expressions depend, through all definitions.

        bound: indices that are free in them. given: sizes known apart from the axes.
        """
        names: set[str] = set()
        sizes: set[sp.Symbol] = set()
        for expr in exprs:
            self._survey(expr, frozenset(bound), (), names, sizes)
            self.check_capture(expr)
        known = {s for slot in self.slots for a in slot.axes for s in a.free_symbols}.union(given)
        for symbol in sorted(sizes - known, key=str):
            if symbol in self._declared:
                raise UnsupportedExpressionError(
                    f"index {symbol} is neither summed nor among the free indices: name it"
                )
            raise UnsupportedExpressionError(
                f"{symbol}: {self.statement.name} has no variable, definition, index or size of that name"
            )
        return frozenset(names), frozenset(sizes)

    def _survey(
        self,
        expr: sp.Expr,
        bound: frozenset[sp.Symbol],
        active: tuple[sp.Expr, ...],
        names: set[str],
        sizes: set[sp.Symbol],
    ) -> None:
        if isinstance(expr, sp.Sum | sp.Product):
            body, k, lower, upper = peel(expr)
            for bound_expr in (lower, upper):
                self._survey(bound_expr, bound, active, names, sizes)
            self._survey(body, bound | {k}, active, names, sizes)
            return
        if isinstance(expr, Unknown | Partial):
            raise UnsupportedExpressionError(f"{expr} has no value to compile")
        for part in expr.indices if isinstance(expr, sp.Indexed) else expr.args:
            self._survey(part, bound, active, names, sizes)
        key = _key(expr)
        if key is None or key in bound:
            return
        if key in self.slots_by_key:
            names.add(self.slots_by_key[key].name)
        elif key in self._definitions:
            if key in active:
                chain = " → ".join(str(a) for a in (*active, key))
                raise UnsupportedExpressionError(f"{key} is defined by itself: {chain}")
            definition = self._definitions[key]
            indices = definition.target.indices if isinstance(definition.target, sp.Indexed) else ()
            for k in () if key in self._unbounded else indices:
                for end in self.index_range(k, definition.value):
                    self._survey(end, frozenset(), active, names, sizes)
            inside = bound | set(indices) if key in self._open else frozenset(indices)
            self._survey(definition.value, inside, (*active, key), names, sizes)
        elif isinstance(expr, sp.Indexed):
            self.definition(key, expr)  # raises: no such name
        else:
            sizes.add(key)

    def _is_bounded(self, definition: Definition) -> bool:
        indices = definition.target.indices if isinstance(definition.target, sp.Indexed) else ()
        return all(k in self._declared or len(self._ranges_found(k, definition.value)) == 1 for k in indices)

    def _ranges_found(self, k: sp.Symbol, expr: sp.Expr) -> set[tuple[sp.Expr, sp.Expr]]:
        return set(self._implied_ranges(k, expr, ()))

    def _open_definitions(self) -> dict[sp.Expr, frozenset[sp.Symbol]]:
        found: dict[sp.Expr, frozenset[sp.Symbol]] = {}
        for _ in self._definitions:  # a name is open through an open name as well, to any depth
            before = dict(found)
            for key, definition in self._definitions.items():
                target = set(definition.target.indices) if isinstance(definition.target, sp.Indexed) else set()
                inside = (free_symbols(definition.value) & set(self._declared)) | _stray(definition.value, found)
                if inside - target:
                    found[key] = frozenset(inside - target)
            if found == before:
                break
        return found

    def check_capture(self, expr: sp.Expr) -> None:
        """Refuses an open name under a sum that would capture its index."""
        if self._open and any(_key(a) in self._open for a in free_atoms(expr)):
            expand_definitions(expr, tuple(self._definitions.values()))

    def _held_slot(self, key: sp.Expr) -> Slot:
        definition = self.statement.definition(key)
        if definition is None:
            raise UnsupportedExpressionError(f"{key} is not defined in {self.statement.name}: it cannot be held")
        indices = definition.target.indices if isinstance(definition.target, sp.Indexed) else ()
        ranges = [self.index_range(k, definition.value) for k in indices]
        name = str(key.label) if isinstance(key, sp.IndexedBase) else str(key)
        return Slot(name, key, tuple(hi - lo + 1 for lo, hi in ranges), tuple(lo for lo, _ in ranges))

    def _implied_ranges(
        self, k: sp.Symbol, expr: sp.Expr, active: tuple[sp.Expr, ...]
    ) -> Iterator[tuple[sp.Expr, sp.Expr]]:
        if isinstance(expr, sp.Sum | sp.Product):
            body, bound, lower, upper = peel(expr)
            for part in (lower, upper) if bound == k else (lower, upper, body):
                yield from self._implied_ranges(k, part, active)
            return
        if not isinstance(expr, sp.Indexed):
            for part in expr.args:
                yield from self._implied_ranges(k, part, active)
            return
        key = expr.base
        for position, index in enumerate(expr.indices):
            if k not in free_symbols(index) or index != k:
                continue
            slot = getattr(self, "slots_by_key", {}).get(key) or next(
                (s for s in variable_slots(self.statement) if s.key == key), None
            )
            if slot is not None:
                lower = slot.lowers[position]
                yield lower, lower + slot.axes[position] - 1
            elif (definition := self._definitions.get(key)) is not None and key not in active:
                target = definition.target.indices[position]
                if target in self._declared:
                    yield self._declared[target]
                else:
                    yield from self._implied_ranges(target, definition.value, (*active, key))


def _stray(expr: sp.Expr, hidden: Mapping[sp.Expr, frozenset[sp.Symbol]]) -> set[sp.Symbol]:
    if not hidden:
        return set()
    return set().union(*(hidden.get(_key(a), frozenset()) for a in free_atoms(expr)))


def _key(expr: sp.Expr) -> sp.Expr | None:
    if isinstance(expr, sp.Indexed):
        return expr.base
    return expr if isinstance(expr, sp.Symbol) else None
