r"""What a document's notation says of its indices: which run over samples, features or classes, and over what size.

Every place at which a name takes an index (the first lower index of w, the second of x_{ij}, the raised one of
x^{(i)}) is a *slot*. A letter used in two slots of one formula makes them one *sort*; a sum over the letter with an
upper bound gives the sort its size. Sorts are found by joining slots, letters and sizes over the whole document:

    \frac1n \sum_{i=1}^n (\hat y_i - y_i) x_{ij},   w^\top x_i = \sum_j w_j x_{ij}
        ŷ, y, x at 1: samples, n;     w, x at 2: features

A slot that would join two written sizes (x_i the sample, x_j the feature) stays undecided, and each use is settled by
its letter. What stands here are guesses about notation, made once for a document; they decide no equation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from derivations.notes import ast
from derivations.notes.ast import Node, walk
from derivations.notes.names import BOLD, TRANSPOSES, Habits, Ref, UnsupportedNoteError, binder, layer_of, read_name
from derivations.notes.render import render

__all__ = ["PARAMETERS", "WEIGHTS", "Signature", "base_letter", "sign_document"]

PARAMETERS = frozenset(
    [
        *"wbWUVBvu",
        "c",
        "C",
        "N",
        "K",
        "M",
        "n",
        "m",
        "D",
        "T",
        r"\theta",
        r"\beta",
        r"\omega",
        r"\lambda",
        r"\alpha",
        r"\eta",
        r"\gamma",
        r"\mu",
        r"\Theta",
        r"\phi",
    ]
)
PARAMETERS |= {r"\epsilon", r"\psi", r"\rho", r"\tau"}
VECTORS = frozenset(["w", "x", r"\theta", r"\beta", r"\omega", "X", r"\Theta"])
LABELS = frozenset(["y", "t", "Y"])
WEIGHTS = frozenset(["w", r"\theta", r"\beta", r"\omega"])
_MATRICES = WEIGHTS | {"W", "V", "U", r"\Theta"}
_DATA = frozenset([*"xyt"])
_OF_CHANCE = frozenset(["p", "q", "P", "Pr", r"\mathbb{P}", r"\Pr"])
_OF_ALL = frozenset([r"\sigma", r"\nu", r"\kappa"])  # a spread and its like: one number for all samples
_FUNCTION_LETTERS = frozenset(
    [*"fghJLCEHPpqRQ", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\xi", r"\varsigma", r"\sigma", "l", r"\mathbb{P}"]
)
Slot = tuple[str, bool, int, int]  # name, raised, how many indices on that side, which of them
Key = tuple[object, ...]


def base_letter(key: str) -> str:
    r"""The letter under a name's accents and marks: y of \hat{y}_t."""
    found = re.match(r"(?:\\(?:hat|tilde|bar|vec|dot)\{)*(\\?[A-Za-z]+)", key)
    return found[1] if found else key


@dataclass
class _Joined:
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


@dataclass(frozen=True)
class Signature:
    """A document's notation. Sorts are opaque keys; `size` is the written size of one, `lower` where its sums begin.

    uneven: sorts whose sums begin in one place at 0 and in another at 1. ambiguous: functions of different things,
    as p is in p(x), p(y). names_e: whether e is a name here, that of a vector of errors, and not only Euler's number.
    """

    habits: Habits
    functions: frozenset[str]
    vectors: frozenset[str]
    sort_of_slot: dict[Slot, Key]
    sort_of_letter: dict[tuple[int, str], Key]
    usual_sort: dict[str, Key]
    size: dict[Key, str]
    lower: dict[Key, str]
    axes: dict[str, tuple[Key, ...]]
    sample: Key | None
    feature: Key | None
    classes: frozenset[Key]
    logged: frozenset[str]
    words: str
    count: dict[str, int]
    has_vectors: bool
    uneven: frozenset[Key] = frozenset()
    ambiguous: frozenset[str] = frozenset()
    names_e: bool = False

    def is_label(self, key: str) -> bool:
        r"""y, t, or \hat{y} beside a prediction y; a name in a logarithm by itself is a prediction."""
        letter = base_letter(key)
        if letter not in LABELS or key in self.logged:
            return False
        return not key.startswith(r"\hat") or letter in self.logged or letter not in self.count

    def sort_of(self, formula: int, letter: str) -> Key | None:
        return self.sort_of_letter.get((formula, letter), self.usual_sort.get(letter))

    def says(self, pattern: str) -> bool:
        """Whether the document's words, or its formulas, say something."""
        return _says(self.words, pattern)


@lru_cache(maxsize=1_000)
def _says(words: str, pattern: str) -> bool:
    return re.search(pattern, words, re.I) is not None


@dataclass
class _Survey:
    habits: Habits
    maps: frozenset[str] = frozenset()
    joined: _Joined = field(default_factory=_Joined)
    uses: dict[str, Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]]] = field(default_factory=dict)
    letters: dict[tuple[int, str], list[Slot]] = field(default_factory=dict)
    bounds: list[tuple[int, str, str | None, str | None]] = field(default_factory=list)
    class_slots: list[Key] = field(default_factory=list)
    bare_exponents: set[str] = field(default_factory=set)
    means: set[str] = field(default_factory=set)
    transposed: set[str] = field(default_factory=set)
    bold: set[str] = field(default_factory=set)
    logged: set[str] = field(default_factory=set)
    has_bare_sum: bool = False
    index_letters: set[str] = field(default_factory=set)
    dotted: bool = False
    rows: set[str] = field(default_factory=set)
    capital: bool = False

    @property
    def has_design_matrix(self) -> bool:
        r"""Whether X is written as a matrix, as in X^\top X w, and never at an entry."""
        return "X" in self.transposed and set(self.uses["X"]) == {((), ())}

    def formula(self, number: int, sides: Iterable[Node]) -> None:
        for side in sides:
            for node in walk(side):
                if isinstance(node, ast.Symbol):
                    self.symbol(number, node)
                elif isinstance(node, ast.BigOperator) and node.name in ("sum", "prod"):
                    self.operator(number, node)
                elif isinstance(node, ast.Fraction):
                    self.fraction(number, node)
                elif isinstance(node, ast.Group) and node.opening == r"\langle" and isinstance(node.body, ast.Listing):
                    pair = [item for item in node.body.items if isinstance(item, ast.Symbol)]
                    for ref in names_in(pair, self.habits):
                        self.transposed.add(ref.key)
                        if ref.indices:
                            self.rows.add(ref.key)
                elif isinstance(node, ast.Product):
                    self.product(number, node)

    def symbol(self, number: int, node: ast.Symbol) -> None:
        try:
            ref = read_name(node, self.habits)
        except UnsupportedNoteError:
            return
        below = tuple(i.letter for i in ref.below)
        above = tuple(i.letter for i in ref.above)
        self.uses.setdefault(ref.key, Counter())[above, below] += 1
        if ref.transposed:
            self.transposed.add(ref.key)
            if ref.indices:
                self.rows.add(ref.key)
        if ref.bold:
            self.bold.add(ref.key)
        for raised, letters in ((True, above), (False, below)):
            for position, letter in enumerate(letters):
                if letter is not None:
                    self.index_letters.add(letter)
                    slot = (ref.key + "!" * ref.bold, raised, len(letters), position)
                    self.letters.setdefault((number, letter), []).append(slot)
                    if (layer_of(node) or ("",))[0] in self.habits.layers:
                        self.class_slots.append(slot)  # the index of a unit
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
        """Σ e^{z_j} below a fraction bar is a sum over classes."""
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
                    self.class_slots.append((ref.key, raised, len(indices), position))

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

    def on_bracket(self, number: int, name: ast.Symbol, bracket: ast.Scripted) -> None:
        r"""s(\mathbf x)_i has its index on the bracket."""
        if name.subscripts or name.superscripts or not isinstance(bracket.base, ast.Group):
            return
        if _applies(name, bracket.base):
            self.symbol(number, replace(name, subscripts=bracket.subscripts))

    def product(self, number: int, node: ast.Product) -> None:
        for left, right in zip(node.factors, node.factors[1:], strict=False):
            if isinstance(left.body, ast.BigOperator) and isinstance(right.body, ast.Symbol) and right.body.name == "e":
                self.exponential_sum(left.body, right.body)
            if right.operator == r"\cdot" and isinstance(left.body, ast.Symbol) and isinstance(right.body, ast.Symbol):
                pair = (left.body, right.body)
                if all(
                    not s.subscripts and not s.superscripts and (_bare(s), True) in self.habits.indexed for s in pair
                ):
                    self.dotted = True
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
            one = isinstance(left.body, ast.Number) and left.body.text == "1"
            if one and isinstance(right.body, ast.Group) and right.body.opening == r"\{":
                chain = right.body.body
                if isinstance(chain, ast.Chain) and isinstance(chain.members[-1], ast.Symbol):
                    self.class_slots.append(("letter", number, chain.members[-1].name))

    def join(self) -> set[Slot]:
        """Make sorts of slots and letters; the slots that fit no single one."""
        torn: set[Slot] = set()
        joined = self.joined
        for key in self.class_slots:
            joined.kind.pop(key, None)
        for number, letter, upper, _ in self.bounds:
            if upper is not None:
                joined.size.setdefault(("size", upper), upper)
                joined.join(("size", upper), ("letter", number, letter))
        sized = [key for key in self.letters if joined.find(("letter", *key)) in joined.size]
        others = [key for key in self.letters if key not in set(sized)]
        for number, letter in (*sized, *others):
            # a weight's index decides before that of a feature, which may also be a sample's
            for slot in sorted(self.letters[number, letter], key=lambda s: base_letter(s[0]) not in WEIGHTS):
                if slot not in torn and not joined.join(slot, ("letter", number, letter)):
                    torn.add(slot)
        return torn


def _habits(sides: list[Node]) -> Habits:
    """A first look: letters that sums bind, and names with letters among their indices."""
    raised = {"i", "j"}
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.BigOperator) and node.name == "sum":
                try:
                    raised |= set(binder(node)[0])
                except UnsupportedNoteError:
                    continue
    symbols = [n for side in sides for n in walk(side) if isinstance(n, ast.Symbol)]
    layered = {(layer[0], n.name) for n in symbols if (layer := layer_of(n)) is not None and layer[0] not in raised}
    letters = {letter for letter, _ in layered}
    layers = frozenset(c for c in letters if len({name for letter, name in layered if letter == c}) > 1)
    plain = Habits(frozenset(raised), layers=layers)
    lettered = Counter[tuple[str, bool]]()
    numbered = Counter[tuple[str, bool]]()
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.Symbol):
                try:
                    ref = read_name(
                        node, replace(plain, indexed=frozenset([(_bare(node), True), (_bare(node), False)]))
                    )
                except UnsupportedNoteError:
                    continue
                for lower, indices in ((True, ref.below), (False, ref.above)):
                    if any(i.letter is not None for i in indices):
                        lettered[_bare(node), lower] += 1
                    elif indices:
                        numbered[_bare(node), lower] += 1
    indexed = frozenset(key for key, count in lettered.items() if numbered[key] <= 4 * count)
    return replace(plain, indexed=indexed)


def _bare(node: ast.Symbol) -> str:
    base = node.name
    for accent in node.decorations:
        if accent not in BOLD:
            base = rf"\{accent}{{{base}}}"
    return base


def sign_document(formulas: list[tuple[int, list[Node]]], words: str, maps: frozenset[str] = frozenset()) -> Signature:
    """The notation of a document, from the sides of all its formulas and its whole text; maps: features of x."""
    habits = _habits([side for _, sides in formulas for side in sides])
    survey = _Survey(habits, maps)
    for number, sides in formulas:
        survey.formula(number, sides)
    torn = survey.join()
    joined = survey.joined
    classes = frozenset(joined.find(key) for key in survey.class_slots if key not in torn)
    roots = {slot: joined.find(slot) for slots in survey.letters.values() for slot in slots if slot not in torn}
    letters = {key: joined.find(("letter", *key)) for key in survey.letters}
    data = {root for slot, root in roots.items() if base_letter(slot[0]) == "x" and slot[2] == 1}
    scores: Counter[Key] = Counter()
    features: Counter[Key] = Counter()
    for slot, root in roots.items():
        letter = base_letter(slot[0])
        if letter in ("w", r"\theta", r"\beta", r"\omega") and slot[2] == 1 and not slot[1]:
            features[root] += 2
        if letter in _MATRICES and slot[2] == 2 and root in data:
            features[root] += 2  # W_{kj} x_j: no sample, for a weight has none
        if letter in _DATA | survey.maps | {"h", "f", "z", "p", "a"} and slot[3] == 0:
            scores[root] += 2 if slot[1] or letter in LABELS else 1
    for root, size in joined.size.items():
        if joined.find(root) == root and size in survey.means:
            scores[root] += 8
        if joined.find(root) == root and size in ("C", "K"):
            scores[root] -= 4  # as many as there are classes
    for root in classes:
        features.pop(root, None)
    for root in list(scores):
        if root in classes or features[root] > 1:
            scores[root] -= 100
    best = max(scores, key=lambda r: (scores[r], str(r)), default=None)
    sample = best if best is not None and scores[best] > 0 else None
    if sample is None:
        for number, letter, upper, _ in survey.bounds:
            root = joined.find(("letter", number, letter))
            if upper in survey.means and root not in classes and root not in features:
                sample = root
                break
    if sample is None and (survey.has_bare_sum and not classes or survey.has_design_matrix):
        sample = ("samples",)
    feature = max((r for r in features if r != sample), key=lambda r: (features[r], str(r)), default=None)
    if feature is None and not features:  # no weight has an index: x_{i1}, …, x_{im} say what features are
        second = sorted({r for slot, r in roots.items() if slot[0].rstrip("!") == "x" and slot[2:] == (2, 1)}, key=str)
        feature = next((r for r in second if r != sample and r not in classes), None)
    usual: dict[str, Counter[Key]] = {}
    for (_, letter), root in letters.items():
        usual.setdefault(letter, Counter())[root] += 1 + 3 * (root in (sample, feature))
    lower: dict[Key, str] = {}
    uneven: set[Key] = set()
    for number, letter, _, begin in survey.bounds:
        if begin is not None:
            root = joined.find(("letter", number, letter))
            if begin.isdigit() and lower.get(root, begin) != begin:
                uneven.add(root)
            if root not in lower or begin == "1":
                lower[root] = begin
    signature = Signature(
        habits,
        _functions([side for _, sides in formulas for side in sides], survey),
        frozenset(survey.transposed | survey.bold),
        {**roots},
        letters,
        {letter: max(c, key=lambda r: (c[r], str(r))) for letter, c in usual.items()},
        {joined.find(root): size for root, size in joined.size.items()},
        lower,
        {},
        sample,
        feature,
        classes,
        frozenset(survey.logged),
        words,
        {key: sum(uses.values()) for key, uses in survey.uses.items()},
        bool(survey.transposed | survey.bold) or survey.dotted,
        frozenset(uneven),
        _ambiguous([side for _, sides in formulas for side in sides], survey.habits),
        bool(survey.uses.get("e")) and "e" in survey.transposed,
    )
    signature.axes.update({key: _axes(key, uses, signature, survey) for key, uses in survey.uses.items()})
    return signature


def _axes(
    key: str,
    uses: Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]],
    signature: Signature,
    survey: _Survey,
) -> tuple[Key, ...]:
    """The sorts of a name's axes: those of its richest use, with what other uses add."""
    found: list[Key] = []
    letter = base_letter(key)
    vectors, data = VECTORS | survey.maps, _DATA | survey.maps
    rich = _usual_arity(uses, letter)
    for above, below in sorted(uses, key=lambda u: -len(u[0]) - len(u[1])):
        if len(above) + len(below) < rich and rich > 1:
            break
        if len(above) + len(below) > rich:
            continue
        sorts: list[Key] = []
        for raised, letters in ((True, above), (False, below)):
            for position, name in enumerate(letters):
                slots = [(name_ + "", raised, len(letters), position) for name_ in (key, key + "!")]
                root = next((signature.sort_of_slot[s] for s in slots if s in signature.sort_of_slot), None)
                if root is None and name is not None:
                    root = signature.usual_sort.get(name, ("letter", name))
                sorts.append(root or ("entry", key, raised, position))
        if rich > 1 and found:
            if any(r[0] == "entry" for r in found):
                found = [b if a[0] == "entry" else a for a, b in zip(found, sorts, strict=False)]
            continue
        if found and rich == 1 and 12 * uses[above, below] < max(uses.values()) and len(above) + len(below) == 1:
            continue
        for root in sorts:
            if (root[0] != "entry" or not found) and (root not in found or rich > 1):
                found = [r for r in found if r[0] != "entry"] + [root]
    has_feature = signature.feature in found or ("features",) in found
    if key in survey.rows and letter in VECTORS and not has_feature:
        found.append(signature.feature or ("features",))
    elif not found or found == [signature.sample]:
        has_vectors = bool(survey.transposed) or signature.feature is not None and letter != "x"
        is_vector = key in signature.vectors or (letter in vectors and has_vectors and not re.search(r"_\d", key))
        if is_vector and (letter in vectors or key in survey.bold) and letter not in LABELS:
            found.append(signature.feature or ("features",))
    if key in survey.index_letters or key in TRANSPOSES:
        return tuple(found)
    is_data = (
        letter in _DATA | survey.maps
        or letter not in PARAMETERS
        and key not in signature.functions
        and letter not in _OF_ALL
        and letter.islower()
    )
    if letter == "X":
        found = found or [signature.feature or ("features",)]
        is_data = True
    if signature.sample is not None and signature.sample not in found and is_data:
        found.insert(0, signature.sample)
    elif signature.sample in found[1:] and letter in data:
        found.remove(signature.sample)
        found.insert(0, signature.sample)
    return tuple(found)


def _usual_arity(uses: Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]], letter: str) -> int:
    """How many indices a name has; a label that has one nearly always has one (y_{ik} is then another name)."""
    arities = Counter[int]()
    for (above, below), count in uses.items():
        arities[len(above) + len(below)] += count
    most = max(arities, default=0)
    scarce = 4 if letter not in VECTORS else 12
    if most == 2 and arities[1] > scarce * arities[2]:
        return 1
    return most


def _functions(sides: list[Node], survey: _Survey) -> frozenset[str]:
    """Names that are written before brackets as functions are."""
    found: set[str] = set()
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.Product):
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    if isinstance(left.body, ast.Symbol) and not right.operator and not right.sign:
                        group = right.body.base if isinstance(right.body, ast.Scripted) else right.body
                        within = {n.name for n in walk(group) if isinstance(n, ast.Symbol)}
                        if _applies(left.body, group) and left.body.name not in within:  # h_i(1 - h_i) is a product
                            found.add(read_name(left.body, survey.habits).key)
    return frozenset(found)


def _ambiguous(sides: list[Node], habits: Habits) -> frozenset[str]:
    """Densities of different things, parameters apart."""
    found: dict[str, set[frozenset[str]]] = {}
    for part in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in zip(part.factors, part.factors[1:], strict=False):
            name, group = left.body, right.body
            if isinstance(name, ast.Symbol) and not right.operator and not right.sign and _applies(name, group):
                within = frozenset(n.name for n in walk(group) if isinstance(n, ast.Symbol))
                found.setdefault(read_name(name, habits).key, set()).add(within - PARAMETERS)
    return frozenset(key for key, lists in found.items() if len(lists) > 1 and base_letter(key) in _OF_CHANCE)


def _applies(name: ast.Symbol, group: Node) -> bool:
    """Whether a name before brackets takes what is in them as its argument."""
    if not isinstance(group, ast.Group) or group.opening != "(" or group.body is None:
        return False
    body = group.body
    if name.name in LABELS | PARAMETERS | {"a", "x", "z"} and not isinstance(body, ast.Listing):
        if name.name in (r"\phi", r"\psi"):
            return isinstance(body, ast.Symbol) and body.name in ("x", "X")
        return name.name in ("a", "z", "C", "u", "v") and isinstance(body, ast.Symbol) and body.name != "d"
    if isinstance(body, ast.Symbol):
        return body.name != "d" and (name.name not in ("p", "s") or not body.subscripts or not name.subscripts)
    if isinstance(body, ast.Listing):
        return True
    if name.name in ("f", "g", "h", r"\sigma", "A", "B") or len(name.name) > 1 and not name.name.startswith("\\"):
        return not name.subscripts or any(isinstance(s, ast.Symbol) for s in name.subscripts)
    return False


def all_symbols(sides: Iterable[Node]) -> Iterator[ast.Symbol]:
    for side in sides:
        yield from (n for n in walk(side) if isinstance(n, ast.Symbol))


def names_in(sides: Iterable[Node], habits: Habits) -> Iterator[Ref]:
    """Every name in the sides that can be read as one."""
    for symbol in all_symbols(sides):
        try:
            yield read_name(symbol, habits)
        except UnsupportedNoteError:
            continue
