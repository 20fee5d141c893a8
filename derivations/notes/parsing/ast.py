r"""What a formula says, as it is written: no product is an application yet, no superscript a power.

The tree is flat where mathematical writing is ambiguous. `Product` lists its factors with the operators between
them, and `\sum`, `\log`, `\partial`, `\nabla` are factors like any other (prefixes), so that whoever interprets the
formula chooses how far they reach: over the rest of the product, or over the following terms of the `Sum` too.
`f(x)` and `y(1-y)` are both a product of a symbol and a group. Scripts keep what was written in them.

Equality and hashing ignore the spans, which are offsets in the formula's LaTeX. The tree holds no meaning, no
defaults and nothing evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Literal, TypeAlias, get_args


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets [start, end) in a formula's LaTeX."""

    start: int
    end: int


NOWHERE = Span(0, 0)


class _Walked:
    """What `children`, `walk` and `symbols` found, kept in the node: trees are walked much more often than made."""

    __slots__ = ("symbols", "under", "walked")
    symbols: tuple[Symbol, ...]
    under: tuple[Node | Factor | Term | Relation, ...]
    walked: tuple[Node | Factor | Term | Relation, ...]


@dataclass(frozen=True, slots=True)
class _Node(_Walked):
    span: Span = field(default=NOWHERE, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(_Node):
    """A numeral as written: `0.090`, `2`."""

    text: str


@dataclass(frozen=True, slots=True)
class Symbol(_Node):
    r"""A letter, a Greek letter (`\sigma`, with its backslash) or a whole name (`loss`, `reg`), and what decorates it.

    `decorations` are fonts and accents from the inside out: `\hat{\boldsymbol x}` has ("boldsymbol", "hat"). A name
    of several letters without decorations was a plain run of letters. `subscripts` are the parts between commas
    (`x_{i,j}` has two, `x_{ij}` has one, a product). `superscripts` are of unresolved kind: a power, an index `^{(i)}`,
    a transpose `^\top`, a mark `^*`; braces can stack several, innermost first.
    """

    name: str
    decorations: tuple[str, ...] = ()
    subscripts: tuple[Node, ...] = ()
    superscripts: tuple[Node, ...] = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Scripted(_Node):
    """Anything but a symbol with scripts: `(x+1)^2`, `[…]_i`, `10^{-3}`."""

    base: Node
    subscripts: tuple[Node, ...] = ()
    superscripts: tuple[Node, ...] = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class Text(_Node):
    r"""Words: `\text{if }`, or words of another script standing bare in a formula."""

    words: str


@dataclass(frozen=True, slots=True)
class Ellipsis(_Node):
    """Dots that stand for omitted terms: `dots`, `vdots` or `ddots`."""

    style: str


@dataclass(frozen=True, slots=True)
class Mark(_Node):
    r"""An operator standing alone as an operand: the `\cdot` of `f(\cdot)`, the `*` of `w^*`, a lone prime."""

    sign: str


@dataclass(frozen=True, slots=True)
class Function(_Node):
    r"""A prefix: `\log`, `\exp`, `\tanh`, … with its scripts (`\log_2`, `\sin^{-1}`), without its argument."""

    name: str
    subscripts: tuple[Node, ...] = ()
    superscripts: tuple[Node, ...] = ()
    primes: int = 0


@dataclass(frozen=True, slots=True)
class BigOperator(_Node):
    r"""A prefix: `\sum`, `\prod`, `\int`, `\lim`, `\max`, `\arg\min` with its bounds as written, without its body."""

    name: str
    lower: Node | None = None
    upper: Node | None = None


@dataclass(frozen=True, slots=True)
class Partial(_Node):
    r"""A prefix: `\partial`, with scripts (`\partial^2`, `\partial_w`)."""

    subscripts: tuple[Node, ...] = ()
    superscripts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Nabla(_Node):
    r"""A prefix: `\nabla`, with scripts (`\nabla_w`, `\nabla^2`)."""

    subscripts: tuple[Node, ...] = ()
    superscripts: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Fraction(_Node):
    r"""`\frac{…}{…}` and `{… \over …}`; a derivative's fraction is not told apart here."""

    numerator: Node
    denominator: Node


@dataclass(frozen=True, slots=True)
class Binomial(_Node):
    upper: Node
    lower: Node


@dataclass(frozen=True, slots=True)
class Root(_Node):
    radicand: Node
    index: Node | None = None


@dataclass(frozen=True, slots=True)
class Group(_Node):
    r"""Brackets as written: `(`, `[`, `\{`, `|`, `\|`, `\langle`, …, `.` for none, `{` for braces that only group."""

    opening: str
    closing: str
    body: Node | None


@dataclass(frozen=True, slots=True)
class Decorated(_Node):
    r"""An accent, a font, `\boxed` or `\overline` over more than a symbol."""

    decoration: str
    body: Node


@dataclass(frozen=True, slots=True)
class Annotated(_Node):
    r"""`\underbrace{body}_{note}`, `\overbrace`, `\underset{note}{body}`, `\overset`."""

    kind: str
    body: Node
    note: Node | None = None


@dataclass(frozen=True, slots=True)
class Matrix(_Node):
    r"""An environment inside an expression: matrices, `array`, `cases`, a nested `aligned`; a cell may be empty."""

    environment: str
    rows: tuple[tuple[Node | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Factorial(_Node):
    body: Node


@dataclass(frozen=True, slots=True)
class Factor(_Node):
    r"""A factor, the operator before it ("" for juxtaposition), and its own sign (`\cdot -x`, `\sum -x`)."""

    operator: str
    sign: str
    body: Node


@dataclass(frozen=True, slots=True)
class Product(_Node):
    r"""Factors in a row, divisions `/` included; prefixes are among them, with their reach left open."""

    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Term(_Node):
    r"""A term of a sum with the sign before it: "" (only the first), "+", "-", `\pm`, `\mp`, or several in a row."""

    sign: str
    body: Node


@dataclass(frozen=True, slots=True)
class Sum(_Node):
    """Terms in a row; a single term with a sign is a sum too."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Listing(_Node):
    r"""Items with their separators: `x, y`, `y | x; \theta`; "" stands beside words. A missing item is None."""

    items: tuple[Node | None, ...]
    separators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation(_Node):
    r"""A relation sign in its usual spelling (`=`, `\le`, `:=`) with what was set over or under it, as LaTeX."""

    sign: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unread(_Node):
    """A side that can't be read: why, where reading stopped (an offset in the LaTeX), and its LaTeX.

    mended: what it may say, where no more than a bracket is missing or too many; nothing that walks a tree sees it.
    """

    reason: str
    stopped: int = field(compare=False)
    latex: str
    mended: tuple[Node, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Chain(_Node):
    r"""`a = b = c`: one more member than relations; None where nothing is written on a side.

    At the top of a formula, `words` is the text before it ("if", "for"), `connective` the implication that leads to
    it (`\Rightarrow`, else ""); a chain without relations is an expression on its own or only words.
    """

    members: tuple[Node | None, ...]
    relations: tuple[Relation, ...] = ()
    words: str = ""
    connective: str = ""


Node: TypeAlias = (
    Number
    | Symbol
    | Scripted
    | Text
    | Ellipsis
    | Mark
    | Function
    | BigOperator
    | Partial
    | Nabla
    | Fraction
    | Binomial
    | Root
    | Group
    | Decorated
    | Annotated
    | Matrix
    | Factorial
    | Product
    | Sum
    | Listing
    | Chain
    | Unread
)

Status = Literal["read", "partly", "unsupported"]
_MOST_KEPT = 1_000  # nodes of a walk that are kept: each node of a long formula would hold a list as long
PREFIXES = (Function, BigOperator, Partial, Nabla)
HOLDERS = {  # the fields of each kind that nodes are in
    kind: tuple(
        f.name
        for f in fields(kind)
        if f.name not in ("span", "mended") and f.type not in ("str", "int", "tuple[str, ...]")
    )
    for kind in (*get_args(Node), Factor, Term, Relation)
}


def children(node: Node | Factor | Term | Relation) -> tuple[Node | Factor | Term | Relation, ...]:
    """The nodes directly under a node, in the order written as far as the fields are."""
    try:
        return node.under
    except AttributeError:
        object.__setattr__(node, "under", tuple(_children(node)))
        return node.under


def _children(node: Node | Factor | Term | Relation) -> list[Node | Factor | Term | Relation]:
    found: list[Node | Factor | Term | Relation] = []
    nested: list[tuple[object, ...]] = []
    for name in HOLDERS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, _Node):
            found.append(value)  # type: ignore[arg-type]
        elif isinstance(value, tuple):
            nested.append(value)
    for values in nested:  # rows of cells come after the fields, as those of a matrix do
        for value in values:
            if isinstance(value, _Node):
                found.append(value)  # type: ignore[arg-type]
            elif isinstance(value, tuple):
                nested.append(value)
    return found


def walk(node: Node) -> Iterator[Node | Factor | Term | Relation]:
    """The node and everything under it."""
    try:
        return iter(node.walked)
    except AttributeError:
        found = _walked(node)
        if len(found) <= _MOST_KEPT:
            object.__setattr__(node, "walked", tuple(found))
        return iter(found)


def _walked(node: Node) -> list[Node | Factor | Term | Relation]:
    found: list[Node | Factor | Term | Relation] = []
    pending: list[Node | Factor | Term | Relation] = [node]
    while pending:
        current = pending.pop()
        found.append(current)
        pending.extend(children(current))
    return found


def symbols(node: Node) -> tuple[Symbol, ...]:
    """The symbols of a side, in the order of `walk`."""
    try:
        return node.symbols
    except AttributeError:
        object.__setattr__(node, "symbols", tuple(part for part in walk(node) if isinstance(part, Symbol)))
        return node.symbols
