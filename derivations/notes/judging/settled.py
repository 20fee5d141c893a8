"""Derivatives taken through the definitions in force, and first-order jets of what has no definition.

A name without a definition is slope · variable to first order: its derivative is independent of everything else, so
that a chain rule can be proved with it, and nothing else is refuted by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, label_of, labels_in
from derivations.equation import Equation, is_provable, partials_taken
from derivations.functions import Partial
from derivations.indexed import AmbiguousPartialError
from derivations.kernels import str_of
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.fed import MARK
from derivations.notes.interpreting.names import UnsupportedNoteError, layer_of_key
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import DATA, WEIGHTS, base_letter
from derivations.notes.judging.claims import closed
from derivations.ranges import Ranges
from derivations.statement import Definition, Statement, Variable, element, index

__all__ = ["VACUOUS", "Settled", "are_of_slopes", "is_summed"]

_TIMES = ("t", r"\tau")
_NUMBERED = re.compile(r"(.+)_\{?(\d+)\}?")
_SHARED = (
    r"convol|\bRNN|_\{?t\s*-\s*1|\bshare|recurren|\btied\b|weight tying|"
    r"循环|再帰|循環|순환|рекуррент|récurren|rekurren|ricorren|"
    r"卷积|共享|畳み込み|共有|合成積|합성곱|공유|св[её]рт|faltung|geteilte|partag|compartid|condivis"
)
VACUOUS = "a derivative by what the function, as far as it is defined here, does not depend on"


class Settled:
    """Derivatives taken through the definitions in force, and first-order jets of what has none."""

    def __init__(self, speaker: Elaborator, ranges: Ranges) -> None:
        self.speaker, self.ranges = speaker, ranges
        self.doubts: list[str] = []
        self.of_one_sample = ""  # what is assumed of names that have an axis of samples
        self.is_vacuous = False  # whether a derivative is 0 for want of a definition
        self.entries: list[Entry] = []
        self.jets: dict[sp.Symbol, Definition] = {}
        self.slopes: set[sp.Symbol] = set()

    @property
    def has_jets(self) -> bool:
        return bool(self.jets)

    @property
    def jet_names(self) -> str:
        return ", ".join(sorted(s.name for s in self.jets))

    def slopes_agree(self, equation: Equation) -> bool:
        """Whether both sides have the same derivatives of what is not defined: then none of them can mend the step."""
        sides = [
            {a for e in closed(side, self.speaker) for a in labels_in(e)} & self.slopes
            for side in (equation.left, equation.right)
        ]
        return bool(sides[0]) and sides[0] == sides[1]

    def taken(self, expr: sp.Expr) -> sp.Expr:
        self._remember(expr)
        partials = list(atoms_of(expr, Partial))
        if not partials:
            return expr
        variables = {p.variable for p in partials}
        self._refuse_inverses([p.function for p in partials], variables)
        for v in sorted(variables, key=str_of):
            self._make_jets(expr, v)
        for p in partials:
            self._refuse_change(p)
        try:
            result = partials_taken(expr, self._statement(expr), self.ranges)
        except AmbiguousPartialError:
            expr = expr.xreplace({p: self._without_penalties(p) for p in partials})
            partials = list(atoms_of(expr, Partial))
            result = partials_taken(expr, self._statement(expr), self.ranges)
        for p in partials:
            label = label_of(p.variable)
            is_open = label not in self.speaker.scope.symbols and not label.name.startswith(r"\hat")
            data = base_letter(label.name) in ("x", "y", "t") and is_open  # a prediction, with a hat, is no data
            if data and "softmax" not in self.speaker.signature.words and is_summed(p.function, self.speaker):
                self.doubts.append(f"a derivative by the data {label}")
        noisy = {label.name for p in partials for label in labels_in(p.function)} & self.speaker.scope.noisy
        if noisy and not result.has(Partial) and any(isinstance(p.function, sp.Symbol | sp.Indexed) for p in partials):
            self.doubts.append(f"{min(noisy)} was said to be a model with noise")
        if any(p.function.free_symbols and self._is_vacuous(p) for p in partials):
            self.doubts.append(VACUOUS)
            self.is_vacuous = True
            self.speaker.vanished |= {a for p in partials if self._is_vacuous(p) for a in labels_in(p.function)}
        return result

    def _refuse_inverses(self, exprs: list[sp.Expr], variables: set[sp.Expr]) -> None:
        r"""An inverse in what is differentiated is held fixed: what it is of may hang on nothing that it is by.

        One that stands beside a derivative, as in H^{-1} \nabla L, is no part of it.
        """
        leaves = [self._leaves(inverse.value) for inverse in self.speaker.scope.inverses_in(*exprs)]
        for by in variables if leaves else ():
            own = self._leaves(by)
            if any(own & names for names in leaves):
                raise UnsupportedNoteError("the derivative of an inverse")

    def _refuse_change(self, partial: Partial) -> None:
        r"""What has no t in it may change with the time t: d\theta/dt = 0 says so of a steady state."""
        time = label_of(partial.variable)
        names = {label for e in closed(partial.function, self.speaker) for label in labels_in(e)}
        if time.name in _TIMES and names and time not in names and not names & {*self.jets, *self.slopes}:
            raise UnsupportedNoteError(f"{min(n.name for n in names)} may change with {time}")

    def _leaves(self, expr: sp.Expr) -> set[sp.Symbol]:
        """The names that an expression reaches, without data."""
        names = {label for e in closed(expr, self.speaker) for label in labels_in(e)}
        return {name for name in names if base_letter(name.name) not in DATA} | labels_in(expr)

    def _without_penalties(self, partial: Partial) -> Partial:
        """The derivative without the terms that have nothing of what it is by: ∂/∂z of f(z) + |w|² holds w fixed.

        Only where z hangs on other names, too, as z = w·x + b does: else |w|² may be meant as a function of z.
        """
        scope = self.speaker.scope
        variable = min(labels_in(partial.variable), key=str_of)
        own = scope.symbols.get(variable)
        if own is None or own.definition is None:
            return partial
        kept: list[tuple[sp.Expr, set[sp.Symbol]]] = []
        dropped: list[tuple[sp.Expr, set[sp.Symbol]]] = []
        waiting = [partial.function]
        while waiting:
            term = waiting.pop()
            entry = scope.symbols.get(term) if isinstance(term, sp.Symbol) else None
            if isinstance(term, sp.Add):
                waiting.extend(term.args)
            elif entry is not None and entry.definition is not None and term != variable:
                waiting.append(entry.definition.value)
            else:
                names = {label for e in closed(term, self.speaker) for label in labels_in(e)}
                (kept if variable in names else dropped).append((term, names))
        leaves = {a for e in closed(own.definition.value, self.speaker) for a in labels_in(e)}
        leaves = {a for a in leaves if a not in scope.symbols and base_letter(a.name) not in DATA}
        if not kept or leaves <= {name for _, names in dropped for name in names}:
            return partial
        return Partial(sp.Add(*(term for term, _ in kept)), partial.variable)

    def _is_vacuous(self, partial: Partial) -> bool:
        """Whether a derivative is 0 although its subject is a name that is defined."""
        inner = partial.function
        labels = {label_of(a) for a in free_atoms(inner)}
        if isinstance(inner, sp.Symbol | sp.Indexed) and not labels & set(self.speaker.scope.symbols):
            return bool(labels_in(inner) != labels_in(partial.variable) and not labels & set(self.jets))
        defined = any(s in self.speaker.scope.symbols or s in self.speaker.unknown for s in labels)
        if not defined:
            return False
        return bool(partials_taken(partial, self._statement(partial), self.ranges) == 0)

    def _remember(self, expr: sp.Expr) -> None:
        for entry in self.speaker.scope.definitions_of(expr):
            if entry not in self.entries:
                self.entries.append(entry)

    def _make_jets(self, expr: sp.Expr, v: sp.Expr) -> None:
        scope, speaker = self.speaker.scope, self.speaker
        label = label_of(v)
        above: set[sp.Symbol] = set()
        entry = scope.symbols.get(label)
        if entry is not None and entry.definition is not None:
            above = {
                label_of(a)
                for e in (entry, *scope.definitions_of(entry.definition.value))
                if e.definition is not None
                for a in free_atoms(e.definition.value)
            }
        exprs = [expr, *(e.definition.value for e in scope.definitions_of(expr) if e.definition is not None)]
        arities: dict[sp.Symbol, int] = {}
        for atom in (a for e in exprs for a in free_atoms(e)):
            name = label_of(atom)
            arities[name] = len(atom.indices) if isinstance(atom, sp.Indexed) else 0
        waiting = sorted(arities, key=str_of)
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            known = scope.symbols.get(name)
            is_open = name in speaker.unknown if known is None else known.definition is None
            is_open = is_open and name.name not in speaker.signature.divisors | speaker.signature.thresholds
            if not is_open or name == label or name in above or name in self.jets:
                continue
            if name in scope.inert and label not in scope.inert[name]:
                continue
            if _feeds(name, label) or self._is_apart(name, label):
                continue
            if label in scope.depends and name in self._upstream(label):
                continue
            between = [o for o in scope.depends.get(name, ()) if label in self._upstream(o)]
            nearer = sorted(
                (o for o in between if not any(o in self._upstream(p) for p in between if p != o)), key=str_of
            )
            if nearer:  # the chain rule through what it is differentiated by elsewhere
                sorts = self._axes_of(nearer[0])
                dummies = tuple(index(f"p{p}") for p in range(len(sorts)))
                self._jet(name, arities[name], element(nearer[0], dummies))
                if nearer[0] not in seen:
                    seen.add(nearer[0])
                    arities[nearer[0]] = len(sorts)
                    waiting.append(nearer[0])
                continue
            self._jet(name, arities[name], v)

    def _jet(self, name: sp.Symbol, arity: int, v: sp.Expr) -> None:
        """name = Σ slope · v to first order."""
        label = label_of(v)
        own = tuple(index(f"q{p}") for p in range(arity))
        bound = tuple(index(f"r{p}") for p in range(len(v.indices) if isinstance(v, sp.Indexed) else 0))
        slope = sp.Symbol(f"∂{name}/∂{label}", real=True)
        self.slopes.add(slope)
        sorts = self._axes_of(label)
        if len(sorts) < len(bound):
            raise UnsupportedNoteError(f"the axes of {label}")
        # what belongs to one sample depends on nothing of another
        same = dict(zip((s for s in self._axes_of(name)), own, strict=False)).get(self.speaker.signature.sample)
        by = tuple(
            same if same is not None and sort == self.speaker.signature.sample else symbol
            for symbol, sort in zip(bound, sorts, strict=False)
        )
        if same is not None and any(s == same for s in by):
            self.of_one_sample = f"{name} and {label} of one sample are taken to belong together"
        at = (*own, *(s for s in by if s != same))
        value = element(slope, at)
        value = value * (v.base[by] if isinstance(v, sp.Indexed) else v)
        for symbol, sort in zip(by, sorts, strict=False):
            if symbol != same:
                value = sp.Sum(value, (symbol, *self.speaker.range_of(sort)))
        target = element(name, own)
        self.jets[name] = Definition(target, value)

    def _is_apart(self, name: sp.Symbol, label: sp.Symbol) -> bool:
        """Whether one thing depends on another by nothing that is usual.

        A unit depends on no other of its layer, nor on the weights of one: out_{h2} on net_{h1} and w_1. Nor does a
        distribution p on another, q, nor what a layer is fed with on its own weights.
        """
        if name.name.endswith(MARK) and not label.name.endswith(MARK):
            return True
        if {name.name, label.name} == {"p", "q"} and self._axes_of(name) and self._axes_of(label):
            return True
        if self._is_beside(name, label) or self._is_fed_by(name, label) or self._is_before(name, label):
            return True
        if self._is_input(name, label):
            return True
        own, other = (self._unit(s) for s in (name, label))
        if own is None or other is not None:
            return own is not None and other is not None and own[1] == other[1] and own[2] != other[2]
        entries = self.speaker.scope.symbols.values()
        siblings = [e for e in entries if e.definition is not None and self._unit(e.symbol) not in (None, own)]
        like = [e for e in siblings if (self._unit(e.symbol) or ())[:2] == own[:2]]
        return bool(like) and base_letter(label.name) == "w"

    def _is_input(self, name: sp.Symbol, label: sp.Symbol) -> bool:
        """Whether a name is a^(1), what a network is fed, and hangs on no W^(2): higher layers are defined."""
        own, by = layer_of_key(name.name), layer_of_key(label.name)
        if own is None or by is None or own[0] or by[0] or by[1] <= own[1] or self.speaker.signature.says(_SHARED):
            return False
        letter = name.name.partition("^")[0]
        known = (s.name for s, entry in self.speaker.scope.symbols.items() if entry.definition is not None)
        others = [layer_of_key(other) for other in known if other.partition("^")[0] == letter]
        return any(others) and all(other is None or other[1] > own[1] for other in others)

    def _is_before(self, name: sp.Symbol, label: sp.Symbol) -> bool:
        """Whether a name is that of an earlier time, h_{t-1}, and h_t hangs on nothing called so."""
        found = re.fullmatch(r"(.+_[tT])-\d+", name.name)
        now = None if found is None else sp.Symbol(found[1], real=True)
        known = now is not None and now in self.speaker.scope.symbols
        return known and now is not None and label not in self._upstream(now)

    def _is_fed_by(self, name: sp.Symbol, label: sp.Symbol) -> bool:
        """Whether label is the matrix by which h is multiplied in z = W h + b, or the b, and stands nowhere else.

        What a layer is fed with hangs on no weight of it, where no other layer has the same ones. So it is with a unit
        by its name, out_{h1} in net_{o1} = w_5 out_{h1} + w_6 out_{h2} + b_2.
        """
        scope = self.speaker.scope
        values = [e.definition.value for e in scope.symbols.values() if e.definition is not None]
        having = [value for value in values if label in labels_in(value)]
        is_open = label not in scope.symbols and label not in scope.depends.get(name, ())
        if len(having) != 1 or not is_open or {name.name, label.name} & scope.unusable:
            return False
        shared = self.speaker.signature.says(_SHARED)
        if self._unit(name) is not None and name in labels_in(having[0]) and base_letter(label.name) in WEIGHTS | {"b"}:
            return having[0].is_Add and not having[0].has(sp.Sum, sp.exp) and not shared
        weighed = {labels for t in atoms_of(having[0], sp.Sum) if name in (labels := frozenset(labels_in(t.function)))}
        matrices = {m for labels in weighed for m in labels - {name} if len(self._axes_of(m)) == 2}
        is_own = label in matrices or bool(matrices) and base_letter(label.name) == "b"
        return is_own and all(len(labels) == 2 for labels in weighed) and not shared

    def _is_beside(self, name: sp.Symbol, label: sp.Symbol) -> bool:
        """Whether a_2 stands beside a_1 in a value, and label is a_1, its only argument or a weight of any of these.

        Units that are added up are of one layer: a_2 in z = w_1 a_1 + w_2 a_2 hangs neither on what is a_1's own nor
        on the weights w_1 and w_2; nor do both units, where nothing says what they are.
        """
        own, by = _NUMBERED.fullmatch(name.name), _NUMBERED.fullmatch(label.name)
        if own is None or label in self.speaker.scope.depends.get(name, ()):
            return False
        values = {k: e.definition.value for k, e in self.speaker.scope.symbols.items() if e.definition is not None}
        is_weight = base_letter(label.name) in WEIGHTS | {"b"}
        is_own = is_weight and by is not None and not self.speaker.signature.says(_SHARED)
        is_like = by is not None and by[1] == own[1] and label not in values  # z_1 and z_2 of e^{z_1} + e^{z_2}
        subject = rf"(?:\\partial|\bd)\s*{re.escape(own[1])}_\{{?{own[2]}\}}?\s*\}}\s*\{{"
        is_like = is_like and not self.speaker.signature.says(subject)  # \frac{\partial z_2}{\partial z_1}
        siblings = {s for s in values if (found := _NUMBERED.fullmatch(s.name)) and found[1] == own[1]}
        if is_like and self._are_only_arguments(name, label, values):
            return True
        for beside in (labels for value in values.values() if name in (labels := labels_in(value))):
            if label in beside and (is_like or is_weight and beside & siblings):
                return True
            if label in beside and is_own and len(_like(own, beside)) > 1:
                return True
            for other in beside & siblings:
                inner = labels_in(values[other])
                only = inner if len(inner) == 1 else set()
                within = inner.union(*(labels_in(values[argument]) for argument in only & set(values)))
                if label == other or label in only or is_own and label in within:
                    return True
        return False

    def _are_only_arguments(self, name: sp.Symbol, label: sp.Symbol, values: Mapping[sp.Symbol, sp.Expr]) -> bool:
        """Whether z_2 and z_1 are all that o_2 = f(z_2) and o_1 = f(z_1) have, and these stand in one value."""
        of = [{k for k, value in values.items() if labels_in(value) == {own}} for own in (name, label)]
        found = [[m for k in units if (m := _NUMBERED.fullmatch(k.name))] for units in of]
        pairs = [(a[0], b[0]) for a in found[0] for b in found[1] if a[1] == b[1]]
        return any({a, b} <= {k.name for k in labels_in(value)} for value in values.values() for a, b in pairs)

    def _unit(self, name: sp.Symbol) -> tuple[str, str, str] | None:
        """(out, h, 1) of out_{h1}."""
        found = re.fullmatch(r"(.+)_([A-Za-z])(\d)", name.name)
        known = found is not None and found[2] + found[3] in self.speaker.signature.habits.labels
        return (found[1], found[2], found[3]) if found is not None and known else None

    def _upstream(self, label: sp.Symbol) -> set[sp.Symbol]:
        """What a name depends on, by its definition or by the derivatives of it that the document has."""
        scope = self.speaker.scope
        found: set[sp.Symbol] = set()
        waiting = [label]
        while waiting:
            name = waiting.pop()
            entry = scope.symbols.get(name)
            below = set(scope.depends.get(name, ()))
            if entry is not None and entry.definition is not None:
                below |= labels_in(entry.definition.value)
            for other in below - found:
                found.add(other)
                waiting.append(other)
        return found

    def _axes_of(self, label: sp.Symbol) -> tuple[object, ...]:
        entry = self.speaker.scope.symbols.get(label)
        return entry.axes if entry is not None else self.speaker.domains.get(label, ())

    def _statement(self, expr: sp.Expr) -> Statement:
        scope = self.speaker.scope
        used: set[sp.Symbol] = set()
        while True:  # what jets are of is defined in its turn
            reached = [expr, *(self.jets[name].value for name in sorted(used, key=str_of))]
            definitions = [e.definition for e in scope.definitions_of(*reached) if e.definition is not None]
            names = {a for e in (*reached, *(d.value for d in definitions)) for a in labels_in(e)}
            if names & set(self.jets) <= used:
                break
            used |= names & set(self.jets)
        definitions += [d for name, d in self.jets.items() if name in used]
        defined = {label_of(d.target) for d in definitions}
        variables: dict[sp.Symbol, Variable] = {}
        for e in (expr, *(d.value for d in definitions)):
            for atom in free_atoms(e):
                label = label_of(atom)
                if label in defined or label in variables or (isinstance(atom, sp.Symbol) and atom.is_integer):
                    continue
                letter = base_letter(label.name)
                role = "feature" if letter in ("x", "y", "t", "X") or label in self.slopes else "weight"
                axes = (sp.Integer(1),) * (len(atom.indices) if isinstance(atom, sp.Indexed) else 0)
                variables[label] = Variable(label.name, axes, role)
        ranges = tuple((s, lo, hi) for s, (lo, hi) in self.ranges.bounds.items())
        return Statement("note", "note", "", "", tuple(variables.values()), tuple(definitions), ranges)

    def definitions_for(self, *exprs: sp.Expr) -> Iterable[Definition]:
        for entry in self.speaker.scope.definitions_of(*exprs):
            if (
                entry.definition is not None
                and entry.symbol not in self.speaker.scope.jets
                and entry.symbol not in self.jets
            ):
                yield self._resolved(entry)

    def _resolved(self, entry: Entry) -> Definition:
        """A definition; the derivative that a name was said to be is taken, under the definitions in force."""
        definition = entry.definition
        assert definition is not None
        if not definition.value.has(Partial):
            return definition
        own = definition.target.indices if isinstance(definition.target, sp.Indexed) else ()
        before = self.ranges
        for symbol, sort in zip(own, entry.axes, strict=True):
            if symbol not in before.bounds:
                self.ranges = self.ranges.with_index(symbol, *self.speaker.range_of(sort))
        try:
            value = self.taken(definition.value)
        finally:
            self.ranges = before
        if value == 0:
            self.speaker.vanished |= {a for p in atoms_of(definition.value, Partial) for a in labels_in(p.function)}
            raise UnsupportedNoteError(f"{entry.key} is 0 as far as the names in it are defined")
        return replace(definition, value=value)


def are_of_slopes(equation: Equation, seed: int) -> bool:
    """Whether each side is 0 where the derivatives of what is not defined are: none of them has its value put in."""
    for side in (equation.left, equation.right):
        flat = {a: sp.S.Zero for a in free_atoms(side) if label_of(a).name.startswith("∂")}
        if not flat or not is_provable(replace(equation, left=side.xreplace(flat), right=sp.S.Zero), seed):
            return False
    return True


def _like(own: re.Match[str], names: Iterable[sp.Symbol]) -> set[sp.Symbol]:
    """The names with a number that are called like one of them."""
    return {n for n in names if (found := _NUMBERED.fullmatch(n.name)) is not None and found[1] == own[1]}


def _feeds(name: sp.Symbol, label: sp.Symbol) -> bool:
    """Whether a name belongs to an earlier layer of a network, which does not depend on a later one."""
    own, other = layer_of_key(name.name), layer_of_key(label.name)
    return own is not None and other is not None and own[0] == other[0] and own[1] < other[1]


def is_summed(expr: sp.Expr, speaker: Elaborator) -> bool:
    """Whether an expression is a sum over samples, by its definition."""
    exprs = [expr, *(e.definition.value for e in speaker.scope.definitions_of(expr) if e.definition is not None)]
    sizes = speaker.range_of(speaker.signature.sample)[1] if speaker.signature.sample is not None else None
    return any(total.limits[0][2] == sizes for e in exprs for total in atoms_of(e, sp.Sum))
