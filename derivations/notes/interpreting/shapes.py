r"""Shapes of names that never carry an index: W x + b with a matrix W, and vectors x and b.

Where a document writes matrices without indices (W x, W^\top \delta, h^\top, a \odot b), a capital letter is a
matrix and a small one a column, or a number if that is what fits. Every name's axes are unknown sizes that products,
sums and equations make equal:

    z = W x + b      W: (p, q),  x: (q,),  b, z: (p,)

What fits every formula, or all but one (which may be wrong), is taken, the fewest numbers first; where nothing fits
nothing is said, and the notation stays unclear. What the document says of a shape itself (`declared`) stands. In
X \theta - Y a capital target may be a column: so it is read where there are no such weights, and it fits. Only rank and
equality of sizes are inferred here; no equation is decided by it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.declared import declared_sizes
from derivations.notes.interpreting.layers import at_layer, is_general, layers_named, own_layer
from derivations.notes.interpreting.names import TRANSPOSES, Habits, Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.signature import Key, Signature, base_letter
from derivations.notes.interpreting.survey import SOFTMAX
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document

__all__ = ["has_slope", "inferred_axes", "is_loss_name", "with_shapes"]

_MATRICES = frozenset("WUVAXHZYPMBR")
_NUMBERS = frozenset([*"LJCEFNKMTSDGQn", "e", "d", r"\ell", r"\lambda", r"\eta", r"\alpha", r"\gamma", r"\pi", r"\mu"])
_NUMBERS |= {r"\mathcal{L}", r"\mathcal{J}", r"\epsilon", r"\sigma", "sigmoid", "softmax", r"\varepsilon", r"\rho"}
_WEIGHTS = frozenset("WUVA")
_TARGETS = frozenset("YT")
_GIVEN = frozenset("ABDGKMQRS")  # matrices that are data, as in A x - b, where nothing defines them
_COLUMNS = frozenset("abcuv")  # columns likewise, where there is no network of which they may be units
_LOSSES = frozenset(["L", "J", "C", "E", r"\ell", r"\mathcal{L}", r"\mathcal{J}", "Loss", "loss"])
_ENTRYWISE = frozenset((r"\sigma", r"\rho", "sigmoid", "softmax"))
_EQUAL = ("=", ":=", r"\equiv", r"\triangleq")
_LENIENCE = (  # (equations that don't fit, vectors that are numbers, whether losses have products of columns)
    (0, 0, False), (0, 1, False), (0, 0, True), (1, 0, False), (0, 2, False), (0, 1, True), (1, 1, False)
)  # fmt: skip
_MOST_EQUATIONS = 60
Stated = Mapping[str, tuple[str, ...]]


class _UnfitError(Exception):
    """Shapes that no sizes can make fit."""


@dataclass(frozen=True)
class _Shape:
    """sizes: the unknowns of the axes; is_row: a vector that lies. None in `sizes` stands for what isn't known."""

    sizes: tuple[str, ...]
    is_row: bool = False


_NUMBER = _Shape(())


@dataclass
class _Fit:
    """Unknown sizes, joined as formulas demand."""

    ranks: Mapping[str, int]
    habits: Habits
    losses: bool = False  # whether y log p of a loss may be the inner product of two columns
    rows: bool = False  # whether vectors lie, as in x W + b
    inner: bool = False  # in such a loss
    parent: dict[str, str] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()  # the sizes that the document states

    def find(self, size: str) -> str:
        while self.parent.get(size, size) != size:
            size = self.parent[size]
        return size

    def join(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a != b and a in self.stated and b in self.stated:
            raise _UnfitError
        self.parent[b] = a
        if b in self.stated:
            self.stated = self.stated | {a}

    def name(self, key: str) -> _Shape:
        return _Shape(tuple(f"{key}·{axis}" for axis in range(self.ranks[key])), self.rows and self.ranks[key] == 1)

    def declare(self, declared: Mapping[str, tuple[str, ...]]) -> None:
        """Join the axes that were said to be of one size; those said to be of different sizes are never joined."""
        self.stated = frozenset(f"#{text}" for sizes in declared.values() for text in sizes)
        for key, sizes in declared.items():
            for own, text in zip(self.name(key).sizes, sizes, strict=True):
                self.join(own, f"#{text}")

    def axes(
        self, bare: Iterable[str], known: Mapping[str, tuple[Key, ...]], written: Mapping[str, Key]
    ) -> dict[str, tuple[Key, ...]]:
        """The axes of bare names: the sorts of those whose indices are written, or sizes, where they are the same."""
        sorts = {self.find(f"#{text}"): sort for text, sort in written.items()}
        sorts |= {
            self.find(size): sort
            for key, own in known.items()
            for size, sort in zip(self.name(key).sizes, own, strict=True)
        }
        found = {}
        for key in sorted(bare):
            roots = [self.find(size) for size in self.name(key).sizes]
            found[key] = tuple(sorts.get(root, ("size", root)) for root in roots)
        return found

    # Formulas

    def equation(self, left: Node, right: Node) -> None:
        a = self.shape(left)
        self.inner = self.losses and _is_loss(left)
        b = self.shape(right)
        self.inner = False
        if a is not None and b is not None:
            if len(a.sizes) != len(b.sizes) and right != ast.Number("0"):
                raise _UnfitError
            self.alike(a, b)

    def alike(self, a: _Shape, b: _Shape) -> None:
        for one, other in zip(a.sizes, b.sizes, strict=False):
            self.join(one, other)

    def shape(self, node: Node | None) -> _Shape | None:
        """The shape of an expression; None where it isn't known."""
        match node:
            case ast.Number():
                return _NUMBER
            case ast.Symbol():
                return self.symbol(node)
            case ast.Decorated(_, ast.Number()):
                return None  # a vector of ones, of any size
            case ast.Scripted(ast.Decorated(_, ast.Number())):
                return None
            case ast.Group(opening, _, body):
                inner = self.shape(body)
                return _NUMBER if opening in (r"\|", "|") else inner
            case ast.Scripted(base, (), (power,)):
                inner = self.shape(base)
                is_transpose = isinstance(power, ast.Symbol) and power.name in TRANSPOSES
                return self.transposed(inner) if is_transpose and inner is not None else inner
            case ast.Sum(terms):
                weighted = any(self._begins_with_weight(term.body) for term in terms)
                return self.total([self.shape(term.body) for term in terms], 0 if weighted else 1)
            case ast.Product(factors):
                return self.product(factors)
            case ast.Fraction(above, below):
                return self.fraction(above, below)
        return None

    def symbol(self, node: ast.Symbol) -> _Shape | None:
        ref = self.ref(node)
        if ref is None or ref.indices or ref.key not in self.ranks or ref.key == "I":
            return None
        found = self.name(ref.key)
        return self.transposed(found) if ref.transposed else found

    def ref(self, node: ast.Symbol) -> Ref | None:
        try:
            return read_name(node, self.habits)
        except UnsupportedNoteError:
            return None

    def transposed(self, a: _Shape) -> _Shape:
        return _Shape(a.sizes[::-1], is_row=len(a.sizes) == 1 and not a.is_row)

    def _begins_with_weight(self, node: Node) -> bool:
        """Whether a term is W X, so that a bias is added to every column, and not to every row as in X W + b."""
        first = node.factors[0].body if isinstance(node, ast.Product) else None
        ref = self.ref(first) if isinstance(first, ast.Symbol) else None
        return ref is not None and ref.key[0] in _WEIGHTS and self.ranks.get(ref.key) == 2

    def total(self, parts: Sequence[_Shape | None], along: int = 1) -> _Shape | None:
        if any(p is None for p in parts):
            return None
        known = [p for p in parts if p is not None and p.sizes]
        for part in known[1:]:
            if len(part.sizes) != len(known[0].sizes):
                rows = max(known[0], part, key=lambda p: len(p.sizes))  # a bias is added to every row
                bias = min(known[0], part, key=lambda p: len(p.sizes))
                if len(rows.sizes) != 2:
                    raise _UnfitError
                self.join(rows.sizes[along], bias.sizes[0])
                known[0] = rows
            else:
                self.alike(known[0], part)
        return known[0] if known else _NUMBER

    def fraction(self, above: Node, below: Node) -> _Shape | None:
        """∂L/∂W has the shape of W; a derivative of an array by an array is left open."""
        top, bottom = _differential(above), _differential(below)
        if bottom is None:
            return self.shape(above) if self.shape(below) == _NUMBER else None
        subject = self.shape(top) if top is not None else None
        return self.shape(bottom) if subject == _NUMBER else None

    def product(self, factors: Sequence[ast.Factor]) -> _Shape | None:
        first = factors[0].body
        if isinstance(first, ast.Nabla) and len(first.subscripts) == 1 and not first.superscripts:
            return self.shape(first.subscripts[0])  # of a loss
        result: _Shape | None = _NUMBER
        entrywise = has_slope(factors)
        position = 0
        while position < len(factors):
            factor = factors[position]
            body = factor.body
            after = factors[position + 1].body if position + 1 < len(factors) else None
            position += 1
            if isinstance(body, ast.BigOperator) and body.name in ("max", "min") and isinstance(after, ast.Group):
                part = self.extremum(after)
                position += 1
            elif isinstance(body, ast.BigOperator | ast.Partial | ast.Nabla):
                return None
            elif isinstance(body, ast.Function) and isinstance(after, ast.Symbol):
                part = self.shape(after)
                position += 1
            elif isinstance(body, ast.Function) or self._is_function(body, after):
                if not isinstance(after, ast.Group):
                    return None
                position += 1
                part = _NUMBER if isinstance(body, ast.Symbol) and _is_loss_like(body.name) else self.shape(after)
            else:
                part = self.shape(body)
            if part is None or result is None:
                result = None
                continue
            columns = entrywise and len(result.sizes) == len(part.sizes) == 1 and result.is_row is part.is_row
            result = self.times(result, part, r"\odot" if columns else factor.operator)
        return result

    def extremum(self, group: ast.Group) -> _Shape | None:
        """max(0, Z), entry by entry."""
        items = group.body.items if isinstance(group.body, ast.Listing) else ()
        shapes = [self.shape(item) for item in items if item is not None]
        arrays = [a for a in shapes if a is not None and a.sizes]
        return arrays[0] if len(arrays) == 1 and None not in shapes else None

    def _is_function(self, body: Node, after: Node | None) -> bool:
        if not isinstance(body, ast.Symbol) or not isinstance(after, ast.Group) or after.opening != "(":
            return False
        ref = self.ref(body)
        return ref is not None and ref.key not in self.ranks

    def times(self, a: _Shape, b: _Shape, operator: str) -> _Shape | None:
        if not a.sizes or not b.sizes:
            return a if a.sizes else b
        if operator in (r"\odot", r"\circ", "*", "/", r"\div"):
            if len(a.sizes) != len(b.sizes):
                raise _UnfitError
            self.alike(a, b)
            return a
        if len(a.sizes) == len(b.sizes) == 1:
            if a.is_row and not b.is_row or operator == r"\cdot":
                self.join(a.sizes[0], b.sizes[0])
                return _NUMBER
            if b.is_row and not a.is_row:
                return _Shape((*a.sizes, *b.sizes))
            if self.inner and not a.is_row and not b.is_row:
                self.join(a.sizes[0], b.sizes[0])
                return _NUMBER
            raise _UnfitError
        if len(a.sizes) == 1 and not a.is_row or len(b.sizes) == 1 and b.is_row:
            raise _UnfitError
        self.join(a.sizes[-1], b.sizes[0])
        sizes = (*a.sizes[:-1], *b.sizes[1:])
        return _Shape(sizes, is_row=len(a.sizes) == 1 and len(sizes) == 1)


def has_slope(factors: Sequence[ast.Factor]) -> bool:
    r"""Whether a factor is the slope of an activation, \sigma'(z): columns beside it are multiplied entry by entry."""
    return any(
        isinstance(first.body, ast.Symbol)
        and first.body.primes == 1
        and isinstance(second.body, ast.Group)
        and not second.operator
        for first, second in itertools.pairwise(factors)
    )


def _differential(node: Node) -> Node | None:
    """v of ∂v."""
    if isinstance(node, ast.Product) and len(node.factors) == 2 and isinstance(node.factors[0].body, ast.Partial):
        return node.factors[1].body
    return None


def with_shapes(document: Document, signature: Signature, stated: Stated | None = None) -> Signature:
    """The signature with the axes of the names that never carry an index; stated: shapes, if not by this document."""
    signature = _with_logits(document, signature)
    found = inferred_axes(document, signature, stated)
    signature.axes.update(found)
    letters = _GIVEN if any(key[0] in _WEIGHTS for key in found) else _GIVEN | _COLUMNS
    given = {key for key, axes in found.items() if axes and key in letters} - _heads(document, signature.habits)
    given |= signature.said_given - _heads(document, signature.habits)
    matrices = frozenset(key for key, axes in found.items() if len(axes) == 2 and axes[0] == signature.sample)
    signature = replace(signature, parameters=signature.parameters | given, matrices=matrices)
    if any(name.lower().endswith("softmax") for name in signature.functions):  # its labels run over classes
        labels = [axes for key, axes in signature.axes.items() if axes and signature.is_label(key)]
        signature = replace(signature, classes=signature.classes | {a[-1] for a in labels if a[-1] != signature.sample})
    weights = [axes for key, axes in found.items() if key[0] in _WEIGHTS]
    if signature.sample is not None and any(signature.sample in axes for axes in weights):
        # an axis of a weight is no axis of samples: the index runs over outputs
        return replace(signature, sample=None, classes=signature.classes | {signature.sample})
    return signature


def _with_logits(document: Document, signature: Signature) -> Signature:
    """The signature with classes for the z of p = softmax(z) that never carries an index, where p has one."""
    classes: set[Key] = set()
    of_data = {sort for key, axes in signature.axes.items() if base_letter(key).lower() == "x" for sort in axes}
    for step in document.steps:
        head = step.left.node if step.left is not None else None
        logits = _inside_softmax(step.right.node) if step.right is not None else None
        if not isinstance(head, ast.Symbol) or not isinstance(logits, ast.Symbol):
            continue
        found = [*_refs(head, signature.habits), *_refs(logits, signature.habits)]
        if len(found) != 2:
            continue
        p, z = found
        own = signature.axes.get(p.key, ())
        if len(own) == 1 and not p.indices and not z.indices and own[0] not in of_data:
            if signature.axes.get(z.key, ()) in ((), own):
                signature.axes[z.key] = own
                classes |= {own[0]}
    sample = None if signature.sample in classes else signature.sample
    return replace(signature, sample=sample, classes=signature.classes | classes) if classes else signature


def _inside_softmax(node: Node | None) -> Node | None:
    match node:
        case ast.Product((ast.Factor(_, _, ast.Symbol(name)), ast.Factor("", "", ast.Group("(", _, body)))):
            return body if name in SOFTMAX else None
    return None


def inferred_axes(document: Document, signature: Signature, stated: Stated | None = None) -> dict[str, tuple[Key, ...]]:
    """The axes of every name that never carries an index; empty where there is no such notation, or nothing fits."""
    equations = [
        (step.left.node, step.right.node)
        for step in document.steps
        if step.sign.sign in _EQUAL and step.left is not None and step.right is not None
        if step.left.node is not None and step.right.node is not None
    ]
    if signature.habits.layers:
        equations += _at_other_layers(document, signature, equations)
    refs = [ref for pair in equations for side in pair for ref in _refs(side, signature.habits)]
    stated = declared_sizes(document, signature.habits) if stated is None else stated
    indexed = {r.key for r in refs if len(r.indices) >= len(stated.get(r.key, ())) and r.indices}  # X_i of a matrix X
    bare = {r.key for r in refs} - indexed - (TRANSPOSES - stated.keys()) - signature.functions
    of_rows = {key: signature.axes[small] for key in bare if (small := _rows_of(key, signature, indexed)) is not None}
    bare -= of_rows.keys()
    declared = {key: sizes for key, sizes in stated.items() if key in bare}
    ranks = {key: len(declared[key]) if key in declared else _rank(key) for key in bare}
    numbered = {key for key in bare - declared.keys() if re.search(r"_\d$", key)}
    ranks |= {key: 0 for key in numbered if ranks.get(re.sub(r"_\d$", "", key)) == 1}  # entries
    arrays = {r.key for r in refs if r.transposed or r.bold}  # a number is neither transposed nor bold
    has_weights = any(rank == 2 and key[0] in _WEIGHTS for key, rank in ranks.items())
    is_stated = any(len(sizes) == 2 for sizes in declared.values())
    is_written = has_weights and (is_stated or bool(arrays) or any(map(_shows_arrays, equations)))
    if not is_written and not _is_misread(equations, signature, arrays & bare, declared):
        return {}
    known = {r.key: signature.axes.get(r.key, ()) for r in refs if r.key not in bare}
    known = {key: axes for key, axes in known.items() if axes and key not in signature.functions} | of_rows
    columns = sorted(key for key, rank in ranks.items() if rank == 1 and key not in arrays | declared.keys())
    ranks |= {key: len(axes) for key, axes in known.items()}
    targets = {} if has_weights else {k: 1 for k in bare - declared.keys() if base_letter(k) in _TARGETS}
    by_definition = _defined_ranks(equations, ranks, known.keys() | declared.keys(), signature.habits)
    guesses = _apart({**by_definition, **targets}, targets, {})
    for faults, count, losses in _LENIENCE:
        if faults and len(equations) > _MOST_EQUATIONS:
            continue
        for numbers in itertools.combinations(columns, count):
            for wrong in itertools.combinations(range(len(equations)), faults):
                for given in guesses:
                    fixed = {**ranks, **given, **dict.fromkeys(numbers, 0)}
                    fit = _fitted(equations, wrong, fixed, signature.habits, losses, declared)
                    if fit is not None:
                        return _named(fit, bare, known, declared, signature)
    for given in _apart(by_definition, {}) if has_weights else ():
        fit = _fitted(equations, (), {**ranks, **given}, signature.habits, False, declared, loose=True)
        if fit is not None:
            return _named(fit, bare, known, declared, signature)
    return {}


def _apart(*guesses: dict[str, int]) -> list[dict[str, int]]:
    """The guesses, each once."""
    return [guess for position, guess in enumerate(guesses) if guess not in guesses[:position]]


def _defined_ranks(
    equations: Sequence[tuple[Node, Node]], ranks: Mapping[str, int], fixed: Collection[str], habits: Habits
) -> dict[str, int]:
    """The ranks that names have by what is first said of them, where these are higher: S = H W + b is a matrix."""
    found: dict[str, int] = {}
    seen = set(fixed)
    for left, right in equations:
        fit = _Fit({**ranks, **found}, habits)
        ref = fit.ref(left) if isinstance(left, ast.Symbol) else None
        if ref is None or ref.indices or ref.transposed or ref.key not in ranks or ref.key in seen or _is_loss(left):
            continue
        seen.add(ref.key)
        try:
            shape = fit.shape(right)
        except _UnfitError:
            continue
        if shape is not None and len(shape.sizes) > ranks[ref.key]:
            found[ref.key] = len(shape.sizes)
    return found


def _rows_of(key: str, signature: Signature, indexed: set[str]) -> str | None:
    """The name of the rows of a matrix of data: x, which has an index of samples somewhere, of X."""
    small = key.replace(base_letter(key), base_letter(key).lower(), 1)
    is_data = base_letter(key) in ("X", "Y", "T") and small in indexed
    return small if is_data and signature.sample in signature.axes.get(small, ()) else None


def _named(
    fit: _Fit,
    bare: set[str],
    known: Mapping[str, tuple[Key, ...]],
    declared: Mapping[str, tuple[str, ...]],
    signature: Signature,
) -> dict[str, tuple[Key, ...]]:
    """The axes that were found; those of a stated size are of the sort that has it, or get it."""
    texts = {text for sizes in declared.values() for text in sizes}
    sorts_of = {text: [sort for sort, size in signature.size.items() if size == text] for text in texts}
    found = fit.axes(bare, known, {text: sorts[0] for text, sorts in sorts_of.items() if len(sorts) == 1})
    for key, sizes in declared.items():
        for sort, text in zip(found[key], sizes, strict=True):
            signature.size.setdefault(sort, text)
    return found


def _is_misread(
    equations: Sequence[tuple[Node, Node]],
    signature: Signature,
    arrays: Iterable[str],
    declared: Mapping[str, tuple[str, ...]],
) -> bool:
    """Whether a document of matrices without indices has axes that are other than it says, or fit no formula of it."""
    if not any(signature.axes.get(key) is not None and _rank(key) == 2 for key in arrays):
        return False
    axes = signature.axes
    if any(not axes.get(key) for key in arrays if key != "I"):
        return True
    if any(len(axes.get(key, ())) != len(sizes) for key, sizes in declared.items()):
        return True
    return _fitted(equations, (), {k: len(a) for k, a in axes.items()}, signature.habits, False, {}) is None


def _heads(document: Document, habits: Habits) -> set[str]:
    """The names that stand by themselves on a side: what they are is said there."""
    equations = (step for step in document.steps if step.sign.sign in _EQUAL)
    sides = (side.node for step in equations for side in (step.left, step.right) if side is not None)
    return {ref.key for side in sides if isinstance(side, ast.Symbol) for ref in _refs(side, habits)}


def _at_other_layers(
    document: Document, signature: Signature, equations: Sequence[tuple[Node, Node]]
) -> list[tuple[Node, Node]]:
    """What is said of a layer, at the other layers that the document names."""
    named, defined = layers_named(document, signature)
    found = []
    for left, right in equations:
        own = own_layer(left)
        if own is not None and is_general(left, right, signature) and isinstance(left, ast.Symbol):
            others = [layer for layer in named if layer != own and layer not in defined.get(left.name, ())]
            found += [(at_layer(left, own[0], layer), at_layer(right, own[0], layer)) for layer in others]
    return found


def _shows_arrays(sides: tuple[Node, Node]) -> bool:
    r"""Whether an equation has what only arrays have: a norm, a transposed bracket, a product entry by entry."""
    nodes = [n for side in sides for n in walk(side)]
    return any(
        isinstance(n, ast.Group)
        and n.opening == r"\|"
        or isinstance(n, ast.Factor)
        and n.operator == r"\odot"
        or isinstance(n, ast.Scripted)
        and any(isinstance(s, ast.Symbol) and s.name in TRANSPOSES for s in n.superscripts)
        for n in nodes
    )


def _fitted(
    equations: Sequence[tuple[Node, Node]],
    wrong: Sequence[int],
    ranks: Mapping[str, int],
    habits: Habits,
    losses: bool,
    declared: Mapping[str, tuple[str, ...]],
    loose: bool = False,
) -> _Fit | None:
    """The sizes that all equations but those that are said to be wrong demand; None where there are none.

    loose: only what says what a name is must fit, for ∂L/∂W = δ h is written where δ h^T is meant.
    """
    fit = _Fit(ranks, habits, losses)
    fit.declare(declared)
    for number, (left, right) in enumerate(equations):
        before = dict(fit.parent)
        try:
            if number not in wrong:
                fit.equation(left, right)
        except _UnfitError:
            if not loose or isinstance(left, ast.Symbol):
                return None
            fit.parent = before
    return fit


def _is_loss(node: Node) -> bool:
    """Whether a side names a loss: L, or J(W)."""
    name = node.factors[0].body if isinstance(node, ast.Product) and len(node.factors) == 2 else node
    return isinstance(name, ast.Symbol) and is_loss_name(name.name)


def is_loss(node: Node) -> bool:
    """Whether a side is the name of a loss: L, RSS, J(w)."""
    name = node.factors[0].body if isinstance(node, ast.Product) else node
    return isinstance(name, ast.Symbol) and (is_loss_name(name.name) or name.name.isupper())


def is_loss_name(key: str) -> bool:
    """Whether a name is one that losses have."""
    return base_letter(key) in _LOSSES


def _is_number(key: str) -> bool:
    """Whether a name is one that numbers have: J, \\lambda, RSS."""
    letter = base_letter(key)
    return letter in _NUMBERS or key in _NUMBERS or len(letter) > 1 and letter.isupper()


def _is_loss_like(key: str) -> bool:
    """Whether a function of arrays is a number, as J(w) and RSS(w) are, and no \\sigma(z)."""
    return _is_number(key) and key not in _ENTRYWISE


def _rank(key: str) -> int:
    letter = base_letter(key)
    if _is_number(key):
        return 0
    return 2 if letter in _MATRICES else 1


def _refs(side: Node, habits: Habits) -> list[Ref]:
    found = []
    for node in walk(side):
        if isinstance(node, ast.Symbol):
            try:
                found.append(read_name(node, habits))
            except UnsupportedNoteError:
                continue
    return found
