r"""Sizes that make products, sums and equations of whole arrays fit: z = W x + b for W: (p, q), x: (q,), b, z: (p,).

Only rank and equality of sizes are found here; `shapes` says which names are arrays, and what is tried.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derivations.notes.interpreting.arrays import DIAGONALS, TRACES
from derivations.notes.interpreting.names import Habits, Ref, UnsupportedNoteError, is_transposed, read_name
from derivations.notes.interpreting.quotients import leading, product_of
from derivations.notes.interpreting.signature import Key, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["Fit", "UnfitError", "end_of_run", "has_slope", "is_number", "is_weight", "names_loss"]

_WEIGHTS = frozenset("WUVA")
_NUMBERS = frozenset([*"LJCEFNKMTSDGQn", "e", "d", r"\ell", r"\lambda", r"\eta", r"\alpha", r"\gamma", r"\pi", r"\mu"])
_NUMBERS |= {r"\mathcal{L}", r"\mathcal{J}", r"\epsilon", r"\sigma", "sigmoid", "softmax", r"\varepsilon", r"\rho"}
_LOSSES = frozenset(["L", "J", "C", "E", r"\ell", r"\mathcal{L}", r"\mathcal{J}", "Loss", "loss"])
_OF_ENTRIES = ("", r"\cdot", r"\odot", r"\circ", "*")
_ENTRYWISE = frozenset((r"\sigma", r"\rho", "sigmoid", "softmax"))


class UnfitError(Exception):
    """Shapes that no sizes can make fit."""


@dataclass(frozen=True)
class _Shape:
    """sizes: the unknowns of the axes; is_row: a vector that lies. None in `sizes` stands for what isn't known."""

    sizes: tuple[str, ...]
    is_row: bool = False


_NUMBER = _Shape(())


@dataclass
class Fit:
    """Unknown sizes, joined as formulas demand."""

    ranks: Mapping[str, int]
    habits: Habits
    losses: bool = False  # whether y log p of a loss may be the inner product of two columns
    inner: bool = False  # in such a loss
    entrywise: bool = False  # in diag(p q)
    parent: dict[str, str] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()  # the sizes that the document states
    rows: bool = False  # whether vectors lie, as in x W + b
    numeric: set[str] = field(default_factory=set)  # functions of an array that were said to be a number, f(x) = a^T x
    sampled: frozenset[str] = frozenset()  # names whose first axis is that of the samples, x of x_i
    ones: int = 0  # how many vectors of ones were met, each of a size of its own

    def find(self, size: str) -> str:
        while self.parent.get(size, size) != size:
            size = self.parent[size]
        return size

    def join(self, a: str, b: str) -> None:
        a, b = self.find(a), self.find(b)
        if a != b and a in self.stated and b in self.stated:
            raise UnfitError
        self.parent[b] = a
        if b in self.stated:
            self.stated = self.stated | {a}

    def name(self, key: str) -> _Shape:
        sizes = tuple(f"{key}·{axis}" for axis in range(self.ranks[key]))
        return _Shape(sizes, is_row=self.rows and len(sizes) == 1)

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
        name, argument = _called(left)
        if name and (own := self.shape(argument)) is not None and own.sizes and self.shape(right) == _NUMBER:
            self.numeric.add(name)
        a = self.shape(left)
        self.inner = self.losses and names_loss(left)
        b = self.shape(right)
        self.inner = False
        if a is not None and b is not None:
            if len(a.sizes) != len(b.sizes) and not _is_value(right):
                raise UnfitError
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
            case ast.Scripted(ast.Number()) if is_transposed(node):
                return None
            case ast.Group(opening, _, body):
                inner = self.shape(body)
                return _NUMBER if opening in (r"\|", "|") else inner
            case ast.Scripted(base, (), (_,)):
                inner = self.shape(base)
                return self.transposed(inner) if is_transposed(node) and inner is not None else inner
            case ast.Sum(terms):
                weighted = any(self._begins_with_weight(term.body) for term in terms)
                return self.total([self.shape(term.body) for term in terms], 0 if weighted else 1)
            case ast.Product():
                return self.product(node)
            case ast.Fraction(above, below):
                return self.fraction(above, below)
        return None

    def symbol(self, node: ast.Symbol) -> _Shape | None:
        ref = self.ref(node)
        if ref is None or ref.key not in self.ranks or ref.key == "I":
            return None
        found = self.name(ref.key)
        if ref.indices:
            index = ref.indices[0]
            if ref.key not in self.sampled or len(ref.indices) > 1 or index.offset or index.letter is None:
                return None
            found = _Shape(found.sizes[1:])
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
        if not isinstance(node, ast.Product):
            return False
        ends = (node.factors[0].body, node.factors[-1].body)
        first, last = (self.ref(end) if isinstance(end, ast.Symbol) else None for end in ends)
        if last is not None and last.key[0] == "W" and first is not None and first.key[0] == "A":
            return False  # A_1 W_2 of activations A_1
        return first is not None and is_weight(first.key) and self.ranks.get(first.key) == 2

    def total(self, parts: Sequence[_Shape | None], along: int = 1) -> _Shape | None:
        if any(p is None for p in parts):
            return None
        known = [p for p in parts if p is not None and p.sizes]
        for part in known[1:]:
            if len(part.sizes) != len(known[0].sizes):
                rows = max(known[0], part, key=lambda p: len(p.sizes))  # a bias is added to every row
                bias = min(known[0], part, key=lambda p: len(p.sizes))
                if len(rows.sizes) != 2:
                    raise UnfitError
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

    def product(self, node: ast.Product) -> _Shape | None:
        factors = node.factors
        first = factors[0].body
        if isinstance(first, ast.Nabla) and not first.superscripts:
            if len(first.subscripts) == 1:
                return self.shape(first.subscripts[0])  # of a loss
            _, argument = _called(replace(node, factors=node.factors[1:]))
            return self.shape(argument)  # \nabla f(x), by x
        if isinstance(first, ast.Fraction) and leading(first.numerator) == () and len(factors) > 1:
            of_number = self.shape(product_of(factors[1:])) == _NUMBER  # \frac{\partial}{\partial x} x^T A x
            below = _differential(first.denominator)
            return self.shape(below) if of_number and below is not None else None
        result: _Shape | None = _NUMBER
        entrywise = has_slope(factors)
        position = 0
        while position < len(factors):
            factor = factors[position]
            body = factor.body
            end = end_of_run(factors, position)
            run = self.run(factors[position:end]) if end > position + 1 else None
            if run is not None and result is not None and len(run.sizes) == len(result.sizes) > 0:
                result = self.times(result, run, factor.operator)
                position = end
                continue
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
                part = self.argument(body, after)
                if isinstance(body, ast.Symbol) and body.name in TRACES:
                    part = self.trace(part)
                elif isinstance(body, ast.Symbol) and body.name in DIAGONALS:
                    part = _Shape(part.sizes * 2) if part is not None and len(part.sizes) == 1 else None
                elif isinstance(body, ast.Symbol) and (_is_loss_like(body.name) or body.name in self.numeric):
                    part = _NUMBER
            elif len(factors) > 1 and _is_ones(body) and not (isinstance(after, ast.Group) and after.opening == r"\{"):
                self.ones += 1
                part = _Shape((f"1·{self.ones}",), is_row=is_transposed(body))
            else:
                part = self.shape(body)
            if part is None or result is None:
                result = None
                continue
            columns = entrywise and len(result.sizes) == len(part.sizes) == 1 and result.is_row is part.is_row
            result = self.times(result, part, r"\odot" if columns else factor.operator)
        return result

    def run(self, factors: Sequence[ast.Factor]) -> _Shape | None:
        r"""The shape of B C in A \odot B C, where it fits."""
        try:
            return self.shape(product_of(tuple(factors)))
        except UnfitError:
            return None

    def argument(self, function: Node, group: ast.Group) -> _Shape | None:
        """The shape of what a function is applied to: in diag(p (1 - p)), columns are multiplied entry by entry."""
        before = self.entrywise
        self.entrywise = before or isinstance(function, ast.Symbol) and function.name in DIAGONALS
        try:
            return self.shape(group)
        finally:
            self.entrywise = before

    def trace(self, a: _Shape | None) -> _Shape:
        """The trace of a square matrix."""
        if a is not None and len(a.sizes) == 2:
            self.join(*a.sizes)
        elif a is not None and a.sizes:
            raise UnfitError
        return _NUMBER

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
        if operator in (r"\odot", r"\oslash", r"\circ", "*", "/", r"\div"):
            if len(a.sizes) != len(b.sizes):
                raise UnfitError
            self.alike(a, b)
            return a
        if len(a.sizes) == len(b.sizes) == 1:
            if self.entrywise and a.is_row is b.is_row:
                self.alike(a, b)
                return a
            if a.is_row and not b.is_row or operator == r"\cdot":
                self.join(a.sizes[0], b.sizes[0])
                return _NUMBER
            if b.is_row and not a.is_row:
                return _Shape((*a.sizes, *b.sizes))
            if self.inner and not a.is_row and not b.is_row:
                self.join(a.sizes[0], b.sizes[0])
                return _NUMBER
            raise UnfitError
        if len(a.sizes) == 1 and not a.is_row or len(b.sizes) == 1 and b.is_row:
            raise UnfitError
        self.join(a.sizes[-1], b.sizes[0])
        sizes = (*a.sizes[:-1], *b.sizes[1:])
        return _Shape(sizes, is_row=len(a.sizes) == 1 and len(sizes) == 1)


def is_weight(key: str) -> bool:
    r"""Whether a name is that of a matrix of weights: W, and \Theta^{(1)} of a layer."""
    return key[0] in _WEIGHTS or key.startswith(r"\Theta^")


def _is_ones(node: Node) -> bool:
    r"""Whether it is a vector of ones: \mathbf 1, and \mathbf 1^T."""
    base = node.base if isinstance(node, ast.Scripted) and is_transposed(node) else node
    return isinstance(base, ast.Decorated) and base.body == ast.Number("1")


def end_of_run(factors: Sequence[ast.Factor], at: int) -> int:
    r"""Where the names and brackets end that stand side by side behind \odot: the B C of A \odot B C comes first."""
    if factors[at].operator not in (r"\odot", r"\circ"):
        return at + 1
    behind = itertools.takewhile(lambda f: not f.operator and not f.sign, factors[at + 1 :])
    run = [factors[at], *behind]
    is_plain = all(isinstance(f.body, ast.Symbol | ast.Group | ast.Scripted) for f in run)
    return at + len(run) if is_plain else at + 1


def has_slope(factors: Sequence[ast.Factor]) -> bool:
    r"""Whether a factor is the slope of an activation, \sigma'(z) or a(1 - a).

    Columns beside it are multiplied entry by entry.
    """
    return any(
        isinstance(first.body, ast.Symbol)
        and first.body.primes == 1
        and isinstance(second.body, ast.Group)
        and not second.operator
        for first, second in itertools.pairwise(factors)
    ) or any(is_slope(factors, at - count, at) for count in (1, 2) for at in range(count, len(factors)))


def is_slope(factors: Sequence[ast.Factor], first: int, at: int) -> bool:
    r"""Whether factors from the first up to one are a, or \sigma(z), and that one is 1 - a: the slope of a sigmoid.

    Of an array it is a \odot (1 - a): there is no other product of a column and a column.
    """
    if at >= len(factors) or factors[at].sign or factors[at].operator not in _OF_ENTRIES:
        return False
    own = (replace(factors[first], sign="", operator=""), *factors[first + 1 : at])
    name = own[0].body if len(own) == 1 else ast.Product(own)
    if not isinstance(own[0].body, ast.Symbol) or is_transposed(own[0].body):
        return False
    if len(own) + 1 == len(factors) and factors[at].operator == r"\cdot":
        return False  # p \cdot (1 - p) by itself may be a number
    match factors[at].body:
        case ast.Group("(", _, ast.Sum((ast.Term("", ast.Number("1")), ast.Term("-", body)))):
            return body == name
    return False


def _is_value(node: Node) -> bool:
    """Whether a side is a numeral, as in the condition y = 1: it says nothing of shapes."""
    if isinstance(node, ast.Sum) and len(node.terms) == 1:
        return isinstance(node.terms[0].body, ast.Number)
    return isinstance(node, ast.Number)


def _called(node: Node) -> tuple[str, Node | None]:
    """f and x of f(x)."""
    match node:
        case ast.Product((ast.Factor("", "", ast.Symbol(name)), ast.Factor("", "", ast.Group("(", ")", body)))):
            return name, body
    return "", None


def _differential(node: Node) -> Node | None:
    """v of ∂v."""
    if isinstance(node, ast.Product) and len(node.factors) == 2 and isinstance(node.factors[0].body, ast.Partial):
        return node.factors[1].body
    return None


def names_loss(node: Node, capitals: bool = False) -> bool:
    """Whether a side names a loss: L, RSS, J(W); capitals: any capital is one, as where it is differentiated."""
    name = node.factors[0].body if isinstance(node, ast.Product) and len(node.factors) == 2 else node
    return isinstance(name, ast.Symbol) and (_is_loss_name(name.name) or capitals and name.name.isupper())


def _is_loss_name(key: str) -> bool:
    """Whether a name is one that losses have."""
    return base_letter(key) in _LOSSES


def is_number(key: str) -> bool:
    """Whether a name is one that numbers have: J, \\lambda, RSS."""
    letter = base_letter(key)
    return letter in _NUMBERS or key in _NUMBERS or len(letter) > 1 and letter.isupper()


def _is_loss_like(key: str) -> bool:
    """Whether a function of arrays is a number, as J(w) and RSS(w) are, and no \\sigma(z)."""
    return is_number(key) and key not in _ENTRYWISE
