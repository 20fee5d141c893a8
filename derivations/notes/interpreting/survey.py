"""A first look at all formulas of a document: which slots and letters stand together, and how names occur."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.bracketed import applies
from derivations.notes.interpreting.common import common_in
from derivations.notes.interpreting.names import (
    TRANSPOSES,
    Habits,
    UnsupportedNoteError,
    accented,
    binder,
    layer_of,
    names_in,
    read_name,
)
from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.signature import LABELS, PARAMETERS, VECTORS, WEIGHTS, Key, Slot, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["SOFTMAX", "Survey"]

_BARS = (r"\bar", r"\overline")
SOFTMAX = frozenset(("softmax", "Softmax", "SoftMax"))


@dataclass
class Joined:
    """Union-find whose classes carry at most one written size and one kind: a label's index is no weight's index."""

    parent: dict[Key, Key] = field(default_factory=dict)
    size: dict[Key, str] = field(default_factory=dict)
    kind: dict[Key, str] = field(default_factory=dict)

    def find(self, key: Key) -> Key:
        root = key
        while self.parent.get(root, root) != root:
            root = self.parent[root]
        while self.parent.get(key, key) != root:
            self.parent[key], key = root, self.parent[key]
        return root

    def join(self, a: Key, b: Key) -> bool:
        """Make one class of two; False where their written sizes differ."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        first, second = self.size.get(a), self.size.get(b)
        if first is not None and second is not None and first != second:
            return False
        kind, other = self.kind.get(a), self.kind.get(b)
        if kind is not None and other is not None and kind != other:
            return False
        self.parent[b] = a
        if other is not None:
            self.kind[a] = other
        if second is not None:
            self.size[a] = second
        return True


@dataclass
class Survey:
    habits: Habits
    maps: frozenset[str] = frozenset()
    joined: Joined = field(default_factory=Joined)
    uses: dict[str, Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]]] = field(default_factory=dict)
    letters: dict[tuple[int, str], list[Slot]] = field(default_factory=dict)
    bounds: list[tuple[int, str, str | None, str | None]] = field(default_factory=list)
    class_slots: list[Key] = field(default_factory=list)
    bare_exponents: set[str] = field(default_factory=set)
    means: set[str] = field(default_factory=set)
    transposed: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)
    whole: Counter[str] = field(default_factory=Counter)  # stand bold and without an index
    given: Counter[str] = field(default_factory=Counter)  # so stand in what a likelihood is a function of
    bare: Counter[str] = field(default_factory=Counter)  # are a whole formula, as in "a row of $W$"
    columns: set[str] = field(default_factory=set)  # bold are the column of what has an index elsewhere
    logged: set[str] = field(default_factory=set)
    weighing: set[str] = field(default_factory=set)  # names before a logarithm: p of p_i log q_i
    has_bare_sum: bool = False
    has_weighted_rows: bool = False  # X stands before a weight: X w
    index_letters: set[str] = field(default_factory=set)
    dotted: bool = False
    rows: set[str] = field(default_factory=set)
    listed: set[str] = field(default_factory=set)  # list vectors that are multiplied: u and v of u_o^T v_c
    capital: bool = False
    common: set[str] = field(default_factory=set)  # are one number for all samples, by where they stand
    normed: set[str] = field(default_factory=set)  # stand in a norm or in a bracket that is transposed
    varied: set[str] = field(default_factory=set)  # are what something is differentiated by
    below_nabla: set[str] = field(default_factory=set)
    units: set[Slot] = field(default_factory=set)  # run over the units of a layer
    activations: set[str] = field(default_factory=set)  # have their slope multiplied entry by entry
    zeroth: set[str] = field(default_factory=set)  # weights that have one with the index 0
    subjects: set[str] = field(default_factory=set)  # are what is differentiated
    alone: set[str] = field(default_factory=set)  # are a whole side of an equation somewhere
    beside: set[tuple[str, str]] = field(default_factory=set)  # whole predictions and labels: P - Y
    of_cases: set[str] = field(default_factory=set)  # weigh samples: w_i of w_i (y_i - x_i^T \beta)^2
    inner: Counter[tuple[str, str, bool]] = field(default_factory=Counter)  # w^T x; whether x has an index

    @property
    def has_design_matrix(self) -> bool:
        r"""Whether X is written as a matrix, as in X^\top X w, \|y - X w\|, X w beside y^\top, and at no entry."""
        arrays = self.transposed | self.normed
        is_written = "X" in arrays or self.has_weighted_rows and any(base_letter(k) not in WEIGHTS for k in arrays)
        return is_written and set(self.uses["X"]) == {((), ())}

    def formula(self, number: int, sides: Sequence[Node]) -> None:
        # what it gives is one number for all samples
        self.common.update(common_in(sides, self.habits))
        is_of_means = any(self._is_of_means(side) or self._is_of_sums(side) for side in sides) or _is_mean(sides)
        if len(sides) == 1 and isinstance(sides[0], ast.Symbol):
            self.bare.update(ref.key for ref in names_in(sides, self.habits) if not ref.indices)
        for side in sides:
            if len(sides) > 1 and not is_of_means:  # a name by itself, as in "where $p$ is", says nothing of it
                self.alone |= {ref.key for ref in names_in([side], self.habits) if isinstance(side, ast.Symbol)}
            for node in walk(side):
                if isinstance(node, ast.Symbol):
                    self.symbol(number, node)
                elif isinstance(node, ast.BigOperator) and node.name in ("sum", "prod"):
                    self.operator(number, node)
                elif isinstance(node, ast.Fraction):
                    self.fraction(number, node)
                elif isinstance(node, ast.Nabla):
                    self.below_nabla |= {ref.key for ref in names_in(node.subscripts, self.habits)}
                elif isinstance(node, ast.Group | ast.Scripted) and _is_of_arrays(node):
                    self.normed |= {ref.key for ref in names_in([node], self.habits)}
                elif isinstance(node, ast.Group) and node.opening == r"\langle" and isinstance(node.body, ast.Listing):
                    pair = [item for item in node.body.items if isinstance(item, ast.Symbol)]
                    for ref in names_in(pair, self.habits):
                        self.transposed.add(ref.key)
                        if ref.indices:
                            self.rows.add(ref.key)
                elif isinstance(node, ast.Listing) and {"|", ";"} & set(node.separators):
                    pair = [item for item in node.items if isinstance(item, ast.Symbol)]
                    self.given.update(ref.key for ref in names_in(pair, self.habits) if ref.bold and not ref.indices)
                elif isinstance(node, ast.Product):
                    self.product(number, node)
                elif isinstance(node, ast.Sum):
                    self.difference(node)

    def _is_of_means(self, side: Node) -> bool:
        r"""Whether a side is of means and parameters only, as in a = \bar y - b \bar x."""
        refs = list(names_in([side], self.habits))
        barred = [ref.key.startswith(_BARS) for ref in refs]
        others = [ref for ref, is_barred in zip(refs, barred, strict=True) if not is_barred]
        return len(refs) > 1 and any(barred) and all(base_letter(ref.key) in PARAMETERS for ref in others)

    def _is_of_sums(self, side: Node) -> bool:
        r"""Whether a side is of parameters and of what is summed only, as in a = \frac1n \sum_i y_i."""
        bound: set[str] = set()
        uppers: set[str] = set()
        is_bare = False  # \sum x_i y_i runs over what stands there
        for node in walk(side):
            if isinstance(node, ast.BigOperator) and node.name == "sum":
                try:
                    letters, _, upper, _ = binder(node)
                except UnsupportedNoteError:
                    return False
                bound.update(letters)
                is_bare = is_bare or not letters
                uppers |= set() if upper is None else {ref.key for ref in names_in([upper], self.habits)}
        refs = list(names_in([side], self.habits))
        bound |= {i.letter for ref in refs for i in ref.indices if i.letter is not None} if is_bare else set()
        refs = [ref for ref in refs if ref.key not in bound]
        indexed = [{i.letter for i in ref.indices} <= bound for ref in refs if ref.indices]
        others = {ref.key for ref in refs if not ref.indices} - uppers - {*"nmNM"}
        free = {key for key in others if base_letter(key) not in PARAMETERS and not key.startswith(_BARS)}
        return bool(bound and indexed) and all(indexed) and not free

    def difference(self, node: ast.Sum) -> None:
        """P - Y of a prediction and its labels, neither with an index: they run over the same."""
        pair = [term.body for term in node.terms if isinstance(term.body, ast.Symbol)]
        refs = list(names_in(pair, self.habits))
        if len(node.terms) == len(refs) == 2 and node.terms[1].sign == "-" and not any(r.indices for r in refs):
            if any(base_letter(r.key) in LABELS for r in refs):
                self.beside.add((refs[0].key, refs[1].key))

    def symbol(self, number: int, node: ast.Symbol) -> None:
        try:
            ref = read_name(node, self.habits)
        except UnsupportedNoteError:
            return
        below = tuple(i.letter for i in ref.below)
        above = tuple(i.letter for i in ref.above)
        self.uses.setdefault(ref.key, Counter())[above, below] += 1
        if base_letter(ref.key) in WEIGHTS and any(i.letter is None and i.offset == 0 for i in ref.below):
            self.zeroth.add(ref.key)
        if ref.transposed:
            self.transposed.add(ref.key)
            if ref.indices:
                self.rows.add(ref.key)
        if ref.bold:
            self.bold.add(ref.key)
            self.whole[ref.key] += not ref.indices
        for raised, letters in ((True, above), (False, below)):
            for position, letter in enumerate(letters):
                if letter is not None:
                    self.index_letters.add(letter)
                    slot = (ref.key + "!" * ref.bold, raised, len(letters), position)
                    self.letters.setdefault((number, letter), []).append(slot)
                    if (layer_of(node) or ("",))[0] in self.habits.layers:
                        self.class_slots.append(slot)  # the index of a unit
                        self.units.add(slot)
                    letter_of = base_letter(ref.key)
                    if len(ref.indices) == 1 and letter_of in ("y", "t", "w", r"\theta", r"\beta"):
                        self.joined.kind[slot] = "label" if letter_of in LABELS else "weight"

    def operator(self, number: int, node: ast.BigOperator) -> None:
        try:
            letters, lower, upper, _ = binder(node)
        except UnsupportedNoteError:
            return
        if not letters:
            self.has_bare_sum = True
        for letter in letters:
            self.letters.setdefault((number, letter), [])
            self.bounds.append(
                (number, letter, None if upper is None else render(upper), None if lower is None else render(lower))
            )

    def fraction(self, number: int, node: ast.Fraction) -> None:
        """Σ e^{z_j} below a fraction bar is a sum over classes; a name behind ∂ there is what is varied."""
        below = leading(node.denominator) or ()
        self.varied |= {ref.key for ref in names_in((f.body for f in below), self.habits)}
        above = leading(node.numerator) or ()
        self.subjects |= {ref.key for ref in names_in((f.body for f in above), self.habits)}
        sums = [n for n in walk(node.denominator) if isinstance(n, ast.BigOperator) and n.name == "sum"]
        if not sums:
            return
        try:
            bound = {letter for n in sums for letter in binder(n)[0]}
        except UnsupportedNoteError:
            return
        for part in walk(node.denominator):
            exponents: list[Node] = []
            if isinstance(part, ast.Symbol) and part.name == "e" and part.superscripts:
                exponents = list(part.superscripts)
            elif isinstance(part, ast.Product):
                for left, right in zip(part.factors, part.factors[1:], strict=False):
                    if isinstance(left.body, ast.Function) and left.body.name == "exp":
                        exponents.append(right.body)
            for exponent in exponents:
                for symbol in walk(exponent):
                    if isinstance(symbol, ast.Symbol):
                        self.exponent(bound, symbol)

    def exponent(self, bound: set[str], symbol: ast.Symbol) -> None:
        try:
            ref = read_name(symbol, self.habits)
        except UnsupportedNoteError:
            return
        for raised, indices in ((True, ref.above), (False, ref.below)):
            for position, index in enumerate(indices):
                if index.letter in bound or (not bound and len(ref.indices) == 1):
                    self.class_slots.append((ref.key + "!" * ref.bold, raised, len(indices), position))

    def exponential_sum(self, operator: ast.BigOperator, power: ast.Symbol) -> None:
        """Σ_d e^{z_d} is a sum over classes wherever it stands."""
        if len(power.superscripts) == 1 and isinstance(power.superscripts[0], ast.Symbol):
            try:
                self.exponent(set(binder(operator)[0]), power.superscripts[0])
            except UnsupportedNoteError:
                return

    def log_of(self, node: Node) -> None:
        """p is in a logarithm by itself, as log p or log(1 - p): a probability."""
        inside = node.body if isinstance(node, ast.Group) and node.body is not None else node
        if isinstance(inside, ast.Sum) and len(inside.terms) == 2 and inside.terms[0].body == ast.Number("1"):
            inside = inside.terms[1].body
        if (
            isinstance(inside, ast.Product)
            and len(inside.factors) == 2
            and isinstance(inside.factors[1].body, ast.Group)
        ):
            inside = inside.factors[0].body
        if isinstance(inside, ast.Symbol):
            try:
                self.logged.add(read_name(inside, self.habits).key)
            except UnsupportedNoteError:
                return

    def before_log(self, node: Node) -> None:
        with suppress(UnsupportedNoteError):
            if isinstance(node, ast.Symbol) and node.subscripts:
                self.weighing.add(read_name(node, self.habits).key)

    def on_bracket(self, number: int, name: ast.Symbol, bracket: ast.Scripted) -> None:
        r"""s(\mathbf x)_i has its index on the bracket."""
        if name.subscripts or name.superscripts or not isinstance(bracket.base, ast.Group):
            return
        if applies(name, bracket.base):
            self.symbol(number, replace(name, subscripts=bracket.subscripts))

    def product(self, number: int, node: ast.Product) -> None:
        for left, right in zip(node.factors, node.factors[1:], strict=False):
            is_weight = isinstance(right.body, ast.Symbol) and right.body.name in WEIGHTS and not right.operator
            self.has_weighted_rows |= left.body == ast.Symbol("X") and is_weight
        if any(f.operator in (r"\odot", r"\circ", "*", r"\times") for f in node.factors):
            primed = (f.body for f in node.factors if isinstance(f.body, ast.Symbol) and f.body.primes)
            self.activations |= {s.name for s in primed}
        for at, (left, right) in enumerate(itertools.pairwise(node.factors)):
            if isinstance(left.body, ast.Nabla):  # \nabla P, \nabla \log P, and not the a of \nabla_x a^T x
                behind = [f.body for f in node.factors[at + 1 :] if not isinstance(f.body, ast.Function)]
                by = {ref.key for ref in names_in(left.body.subscripts, self.habits)}
                first = behind[0] if behind and isinstance(behind[0], ast.Symbol) else None
                if first is not None and not by & {ref.key for ref in names_in(behind[1:], self.habits)}:
                    own = replace(first, subscripts=(), superscripts=())
                    self.subjects |= {ref.key for ref in names_in([own], self.habits)}
            if isinstance(left.body, ast.Symbol) and isinstance(right.body, ast.Symbol) and not right.operator:
                self.inner_product(left.body, right.body)
            if isinstance(left.body, ast.BigOperator) and isinstance(right.body, ast.Symbol) and right.body.name == "e":
                self.exponential_sum(left.body, right.body)
            if right.operator == r"\cdot" and isinstance(left.body, ast.Symbol) and isinstance(right.body, ast.Symbol):
                pair = (left.body, right.body)
                self.dotted = self.dotted or all(self._is_whole_vector(s) for s in pair)
            if isinstance(left.body, ast.Symbol) and isinstance(right.body, ast.Scripted) and not right.operator:
                self.on_bracket(number, left.body, right.body)
            if isinstance(left.body, ast.Fraction) and isinstance(right.body, ast.BigOperator | ast.Group):
                below = left.body.denominator
                if isinstance(below, ast.Symbol):
                    self.means.add(render(below))
                elif isinstance(below, ast.Product) and isinstance(below.factors[-1].body, ast.Symbol):
                    self.means.add(render(below.factors[-1].body))
            if isinstance(left.body, ast.Function) and left.body.name in ("log", "ln"):
                self.log_of(right.body)
            if isinstance(right.body, ast.Function) and right.body.name in ("log", "ln"):
                self.before_log(left.body)
            if isinstance(left.body, ast.Symbol) and left.body.name in SOFTMAX and not right.operator:
                self.softmax_of(right.body.base if isinstance(right.body, ast.Scripted) else right.body)
            one = isinstance(left.body, ast.Number) and left.body.text == "1"
            if one and isinstance(right.body, ast.Group) and right.body.opening == r"\{":
                chain = right.body.body
                if isinstance(chain, ast.Chain) and isinstance(chain.members[-1], ast.Symbol):
                    self.class_slots.append(("letter", number, chain.members[-1].name))

    def inner_product(self, left: ast.Symbol, right: ast.Symbol) -> None:
        r"""\theta^T x and x_i^T \theta of a weight that has no index: both run over features."""
        refs = list(names_in([left], self.habits))[:1] + list(names_in([right], self.habits))[:1]
        if len(refs) == 2 and refs[0].transposed and all(len(ref.below) == len(ref.indices) == 1 for ref in refs):
            self.listed |= {ref.key for ref in refs if ref.key[0].islower() or ref.key.startswith("\\")}
        if len(refs) == 2 and refs[0].transposed and refs[0].below and right.name in WEIGHTS and not refs[1].indices:
            self.inner[refs[1].key, refs[0].key, True] += 1
            return
        if len(refs) == 2 and refs[0].transposed and not refs[0].indices and left.name in WEIGHTS:
            self.inner[refs[0].key, refs[1].key, bool(refs[1].below)] += 1

    def _is_whole_vector(self, symbol: ast.Symbol) -> bool:
        r"""Whether a name has indices elsewhere and none here but a sample's: w and x^{(i)} of w \cdot x^{(i)}."""
        raised = all(
            _is_bracketed(s) or isinstance(s, ast.Symbol) and s.name in ("i", "n") for s in symbol.superscripts
        )
        return not symbol.subscripts and raised and (accented(symbol), True) in self.habits.indexed

    def _is_of_all_samples(self, key: str) -> bool:
        r"""Whether \mathbf x is the data x_1, …, x_n, as in \ell(p \mid \mathbf x), and no vector."""
        return self.whole[key] == self.given[key] > 0 and self._is_of_entries(key) and key not in self.transposed

    def _is_of_entries(self, key: str) -> bool:
        r"""Whether a name is bold only without an index, and has one where it isn't: \boldsymbol\pi and \pi_i."""
        bold = any(slot[0] == key + "!" for slots in self.letters.values() for slot in slots)
        return not bold and any(len(above) + len(below) == 1 for above, below in self.uses[key])

    def softmax_of(self, bracket: Node) -> None:
        """softmax(z) has classes for the index of z."""
        body = bracket.body if isinstance(bracket, ast.Group) else None
        for ref in names_in([body], self.habits) if isinstance(body, ast.Symbol) else ():
            if not ref.indices:
                for key in sorted({ref.key, ref.key + "!" * ref.bold}):  # the entries of a bold z may be plain, z_k
                    self.class_slots.append((key, False, 1, 0))

    def _kinds(self, number: int, letter: str) -> set[str]:
        """What the slots of a letter are of: weights, labels."""
        return {self.joined.kind[slot] for slot in self.letters.get((number, letter), ()) if slot in self.joined.kind}

    def _weights_of_cases(self) -> set[Slot]:
        r"""The slots of weights that have the index of a label, where another name is what the data are weighed by."""
        found: set[Slot] = set()
        for alike in self.letters.values():
            labels = [slot for slot in alike if self.joined.kind.get(slot) == "label"]
            weights = {slot for slot in alike if self.joined.kind.get(slot) == "weight"}
            others = (self.varied | self.transposed | self.normed) & WEIGHTS - {slot[0] for slot in weights}
            found |= weights if labels and others else set()
        return {slot for slot in found if slot[0] not in self.varied}

    def _rows_of_labels(self) -> set[Slot]:
        """The slots of w_j^T x that have the label itself for an index elsewhere, w_y^T x: those of the classes."""
        labelled = {slot for (_, letter), slots in self.letters.items() if letter == "y" for slot in slots}
        others = {slot for (_, letter), slots in self.letters.items() if letter in (*"ijkc",) for slot in slots}
        return {slot for slot in labelled & others if slot[0].rstrip("!") in self.rows and slot[1:] == (False, 1, 0)}

    def _is_weight(self, slot: Slot) -> bool:
        return base_letter(slot[0]) in WEIGHTS and slot[0] not in self.of_cases

    def _sizes_of_both(self) -> set[str]:
        """Written sizes that are the number of weights in one sum and that of labels in another: two sorts."""
        kinds: dict[str, list[set[str]]] = {}
        for number, letter, upper, _ in self.bounds:
            if upper is not None:
                kinds.setdefault(upper, []).append(self._kinds(number, letter))
        return {upper for upper, found in kinds.items() if {"weight"} in found and {"label"} in found}

    def join(self) -> set[Slot]:
        """Make sorts of slots and letters; the slots that fit no single one."""
        torn: set[Slot] = set()
        joined = self.joined
        self.bold -= {k for k in self.bold if self._is_of_all_samples(k)}
        self.columns = {k for k in self.bold if base_letter(k) not in VECTORS and self._is_of_entries(k)}
        self.class_slots += sorted(self._rows_of_labels(), key=str)
        of_cases = self._weights_of_cases()
        self.of_cases = {slot[0] for slot in of_cases}
        for slot in of_cases:
            joined.kind.pop(slot)
        of_classes = set(self.class_slots)
        for key in self.class_slots:
            joined.kind.pop(key, None)
        for alike in self.letters.values():  # \hat{y}_k beside e^{z_k}, and then z_k = w_k^T x: classes, all of them
            for slot in alike if of_classes & set(alike) else ():
                joined.kind.pop(slot, None)
        shared = self._sizes_of_both()
        for number, letter, upper, _ in self.bounds:
            if upper is not None:
                own = ("weights",) if upper in shared and "weight" in self._kinds(number, letter) else ()
                joined.size.setdefault(("size", upper, *own), upper)
                joined.join(("size", upper, *own), ("letter", number, letter))
        sized = [key for key in self.letters if joined.find(("letter", *key)) in joined.size]
        others = [key for key in self.letters if key not in set(sized)]
        for number, letter in (*sized, *others):
            # a weight's index decides before that of a feature, which may also be a sample's
            for slot in sorted(self.letters[number, letter], key=lambda s: not self._is_weight(s)):
                if slot not in torn and not joined.join(slot, ("letter", number, letter)):
                    torn.add(slot)
        slots = {slot for found in self.letters.values() for slot in found} - torn
        for one, other in sorted(self.beside):
            for slot in sorted(s for s in slots if s[0].rstrip("!") == one):
                for like in sorted(s for s in slots if s[0].rstrip("!") == other and s[1:] == slot[1:]):
                    joined.join(slot, like)
        for weight, vector, has_index in sorted(self.inner):
            entries = (weight, False, 1, 0), (vector, False, 1, 0)
            listed = (weight, False, 1, 0), (vector, False, 2, 1)  # x_i = (x_{i1}, …, x_{ip}), w = (w_1, …, w_p)
            if not has_index and not self.inner[weight, vector, True] and slots.issuperset(entries):
                joined.join(*entries)
            elif has_index and slots.issuperset(listed) and joined.find(listed[0]) not in joined.size:
                joined.join(*listed)
        if not any(joined.find(slot) in joined.size for slot in self.units):
            for slot in sorted(self.units):  # w^l_{jk} and w^{l+1}_{kj}: as if all layers had as many units
                joined.join(("units",), slot)
        return torn


def _is_bracketed(script: Node) -> bool:
    return isinstance(script, ast.Group) and script.opening == "("


def _is_of_arrays(node: ast.Group | ast.Scripted) -> bool:
    r"""Whether something is a norm or a transposed bracket: \|y - X w\|, (y - X w)^\top."""
    if isinstance(node, ast.Group):
        return node.opening == r"\|"
    return any(_is_transpose(s) for s in (node.superscripts if isinstance(node, ast.Scripted) else ()))


def _is_transpose(script: Node) -> bool:
    return isinstance(script, ast.Symbol) and script.name in TRANSPOSES


def _is_mean(sides: Sequence[Node]) -> bool:
    r"""Whether an equation says that a name is a mean: a = \bar y."""
    names = [accented(side) for side in sides if isinstance(side, ast.Symbol)]
    return len(names) == len(sides) == 2 and [name.startswith(_BARS) for name in names] == [False, True]
