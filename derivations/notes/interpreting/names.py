r"""What a written symbol is: a name, the indices on it, a power, a transpose, primes.

    x^{(i)}_j      x at (i; j)          w^\top x     w, transposed         z^{[2]}       the name z[2]
    \hat y_i       ŷ at i               y^2          y, squared            h_\theta      the function h
    J_{\text{reg}} the name J_reg       \sigma'      σ, primed             w_1           w at 1, or the name w_1

Fonts do not tell names apart (\mathbf x is x), accents do. Which superscript letters are indices, and which numerals
are indices rather than part of a name, depends on the document and is asked of `Habits`. Nothing here knows values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.render import render

__all__ = [
    "LAYERED",
    "NAMES_BOUND",
    "Habits",
    "Index",
    "Ref",
    "UnsupportedNoteError",
    "accented",
    "binder",
    "has_layers",
    "is_capital",
    "is_transposed",
    "layer_of",
    "layer_of_key",
    "layer_of_node",
    "names_in",
    "read_name",
    "unit_of",
]

BOLD = frozenset(("mathbf", "boldsymbol", "vec"))  # what vectors are set in
FONTS = BOLD | {"mathrm", "operatorname", "mathit", "mathsf", "mathnormal", "text"}  # they do not tell names apart
TRANSPOSES = frozenset(("T", r"\top", r"\dagger", "intercal", r"\intercal", "t"))
_PARAMETERS = frozenset(("w", "b", r"\theta", r"\beta", "x", "W", r"\omega", r"\phi", "B", r"\mathbf{w}"))
STATISTICS = frozenset(("s", "S", "SS", "r", r"\mu", r"\sigma", r"\rho"))  # s_x, and s_{xy}, are numbers of all data
LAYERED = frozenset(
    ("a", "z", "w", "W", "b", "h", "o", "Z", "A", "g", "f", r"\sigma", r"\phi", r"\delta")
)  # what a layer has
NAMES_BOUND = frozenset("befghw")  # biases, functions, errors, words; but indices where a sum runs over them
_OF_CHANCE = frozenset(("p", "q", "P", "Q", r"\pi"))  # what has several sets of parameters in one formula
_GREEK_INDEX = frozenset((r"\ell", r"\alpha", r"\mu", r"\nu"))


class UnsupportedNoteError(ValueError):
    """The formula is read but says something outside the language that is interpreted; the message says what."""


class CircularError(UnsupportedNoteError):
    """A name would be defined by itself."""


@dataclass(frozen=True)
class Index:
    """An index as written: a letter with an offset, or a number (letter None)."""

    letter: str | None
    offset: int = 0

    @property
    def is_one_place(self) -> bool:
        """Whether it names one place and not any: t + 1, or the last of them, N."""
        return self.letter is not None and (bool(self.offset) or self.letter.isupper())

    def __str__(self) -> str:
        if self.letter is None:
            return str(self.offset)
        return self.letter + (f"{self.offset:+d}" if self.offset else "")


@dataclass(frozen=True)
class Habits:
    """How a document writes indices. raised: letters that are indices as plain superscripts (y^i).

    indexed: names that have a letter somewhere among their lower (True) or raised (False) indices, so that a
    numeral there is an index too. layers: letters that name a layer where they are raised (z^l, a^{L-1}).
    """

    raised: frozenset[str] = frozenset()
    indexed: frozenset[tuple[str, bool]] = frozenset()
    layers: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ref:
    """A name as used. key: what identifies it. below, above: its indices; power: an exponent that is no index.

    turned: an entry of a transposed matrix, W^T_{kl}, whose indices stand here as those of the matrix, W_{lk}.
    """

    key: str
    below: tuple[Index, ...] = ()
    above: tuple[Index, ...] = ()
    power: Node | None = None
    transposed: bool = False
    primes: int = 0
    bold: bool = False
    turned: bool = False

    @property
    def indices(self) -> tuple[Index, ...]:
        return self.above + self.below

    @property
    def differential(self) -> Ref:
        """dz as a name of its own; dw_1 is that of one entry, of which nothing more is known."""
        if not self.below or self.above or any(i.letter is not None for i in self.below):
            return replace(self, key="d" + self.key)
        return replace(self, key="d" + self.key + f"_{''.join(map(str, self.below))}", below=())


def is_capital(name: str) -> bool:
    r"""Whether a letter is a capital, Latin or Greek: A, \Sigma."""
    return name.lstrip("\\")[:1].isupper()


def is_transposed(node: object) -> bool:
    r"""Whether a name or a bracket is raised to a transpose: w^T, (y - X w)^\top."""
    raised = node.superscripts if isinstance(node, ast.Symbol | ast.Scripted) else ()
    return any(isinstance(s, ast.Symbol) and s.name in TRANSPOSES - {"t"} for s in raised)


@lru_cache(maxsize=20_000)
def read_name(symbol: ast.Symbol, habits: Habits) -> Ref:
    """The symbol as a name with indices."""
    parts = _Parts(accented(symbol), habits)
    for node in symbol.subscripts:
        parts.below(node)
    for node in symbol.superscripts:
        parts.above(node)
    bold = bool(BOLD & set(symbol.decorations))
    key = parts.base + "".join(parts.marks)
    if parts.transposed and len(parts.lower) == 2 and not parts.upper and parts.base in ("W", "A", "U", "V", "w"):
        return Ref(key, tuple(parts.lower[::-1]), (), parts.power, False, symbol.primes, bold, turned=True)
    return Ref(key, tuple(parts.lower), tuple(parts.upper), parts.power, parts.transposed, symbol.primes, bold)


def accented(symbol: ast.Symbol) -> str:
    """A name with its accents: a hat tells names apart, a font doesn't, and there is no script z beside z."""
    base = symbol.name
    for accent in symbol.decorations:
        if accent not in FONTS and (accent != "mathcal" or symbol.name[-1:].isupper()):
            base = rf"\{accent}{{{base}}}"
    return base


@dataclass
class _Parts:
    base: str
    habits: Habits
    marks: list[str] = field(default_factory=list)
    lower: list[Index] = field(default_factory=list)
    upper: list[Index] = field(default_factory=list)
    power: Node | None = None
    transposed: bool = False

    def below(self, node: Node) -> None:
        node = _inside(node)
        label = unit_of(node)
        if label in self.habits.labels:
            self.marks.append(f"_{label}")
            return
        letters = list(_letters(node, self.habits.bound))
        if letters and all(isinstance(item, Index) for item in letters):
            if all(i.letter is None for i in letters) and (self.base, True) not in self.habits.indexed:
                self.marks.append(f"_{''.join(map(str, letters))}")
            else:
                self.lower.extend(letters)
            return
        is_statistic = isinstance(node, ast.Symbol) and node.name == "x" and self.base in STATISTICS
        if (
            isinstance(node, ast.Symbol)
            and node.name in _PARAMETERS
            and not (node.superscripts or node.primes or is_statistic)
        ):
            if not node.subscripts or self.base not in _OF_CHANCE:
                return  # the parameters of a function: f_{w,b}, h_\theta, and not the others of p_{\theta_0}
        if isinstance(node, ast.Product) and _is_mark_and_index(node):
            for factor in node.factors:  # z_{hi} is z_h at i
                self.below(factor.body)
            return
        if isinstance(node, ast.Symbol) and _is_word(node) and len(node.subscripts) == 1 and not node.superscripts:
            self.below(replace(node, subscripts=()))  # E_{\text{node}_i} is E_node at i
            self.below(node.subscripts[0])
            return
        self.marks.append(f"_{_mark(node)}")

    def above(self, node: Node) -> None:
        match node:
            case ast.Symbol(name, _, (), (), 0) if name in TRANSPOSES and (name != "t" or self.base in ("w", "x")):
                self.transposed = True
            case ast.Mark(sign):
                self.marks.append(f"^{sign}")
            case _ if self._is_layer(node):
                self.marks.append("^" + re.sub(r"\\left|\\right|[\s()\[\]]", "", render(node)))
            case ast.Group("(", ")", body) if body is not None:
                self._bracketed(node, body)
            case ast.Group("[", "]", body) if body is not None:
                self.marks.append(f"^[{render(body)}]")
            case ast.Product(factors) if self._stacked(factors):
                for factor in factors:
                    self.above(factor.body)
            case ast.Symbol(name, _, (), (), 0) if name in self.habits.raised and self.base != "e":
                self.upper.append(Index(name))
            case _ if self.power is None:
                self.power = node
            case _:
                raise UnsupportedNoteError(f"two powers on {self.base}")

    def _is_layer(self, node: Node) -> bool:
        """Whether a superscript is a layer: on any letter but Euler's e, which an index or a bracket tells apart."""
        is_euler = self.base == "e" and not self.lower and not isinstance(node, ast.Group)
        return has_layers(self.base) and not is_euler and (layer_of_node(node) or ("",))[0] in self.habits.layers

    def _bracketed(self, node: Node, body: Node) -> None:
        letters = list(_letters(body))
        if len(letters) == 1 and letters[0].letter is not None:
            self.upper.append(letters[0])
        elif len(letters) == 1:
            if (self.base, False) in self.habits.indexed:
                self.upper.append(letters[0])
            else:
                self.marks.append(f"^({letters[0]})")
        else:
            self.power = node

    def _stacked(self, factors: tuple[ast.Factor, ...]) -> bool:
        last = factors[-1].body
        first = factors[0].body
        is_transpose = isinstance(last, ast.Symbol) and last.name in TRANSPOSES
        groups = [f.body for f in (factors[:-1] if is_transpose else factors)]
        brackets = [g.opening for g in groups if isinstance(g, ast.Group) and g.opening in ("(", "[")]
        if len(brackets) == len(groups) == 2 and "[" in brackets and not any(f.operator or f.sign for f in factors):
            return True  # the layer and the sample of z^{[1](i)}
        if self.base == "e" and not self.lower and isinstance(last, ast.Symbol) and last.name == "t":
            return False  # e^{at}
        return len(factors) == 2 and is_transpose and (isinstance(first, ast.Group) or _is_letter(first))


def layer_of_node(node: Node) -> tuple[str, int] | None:
    """The letter of a layer and what is added to it: (l, -1) of z^{l-1}, z^{(l-1)} and z^{[l-1]}."""
    match node:
        case ast.Group("(" | "[", _, body) if body is not None:
            return layer_of_node(body)
        case ast.Symbol(name, (), (), (), 0):
            return name, 0
        case ast.Sum((ast.Term("", ast.Symbol(name, (), (), (), 0)), ast.Term("+" | "-" as sign, ast.Number(text)))):
            return (name, int(sign + text)) if text.isdigit() and len(text) < 3 else None
    return None


def layer_of_key(key: str) -> tuple[str, int] | None:
    """The layer in the key of a name: (L, -1) of a^L-1, ("", 2) of W^(2)."""
    found = re.match(r"\\?[A-Za-z]+\^(l|L|\\ell)([+-]\d+)?(?![A-Za-z\d+-])", key)
    if found is not None:
        return found[1], int(found[2] or 0)
    numbered = re.fullmatch(r"(?:[azhoWwb]|\\Theta)\^[(\[](\d)[)\]]", key)
    return None if numbered is None else ("", int(numbered[1]))


def has_layers(name: str) -> bool:
    """Whether a name may be of a layer in a document that has layers."""
    return name in LAYERED or name in (r"\Delta", r"\theta", r"\Theta") or len(name) == 1 and name.isalpha()


def layer_of(symbol: ast.Symbol) -> tuple[str, int] | None:
    """The layer that a symbol may be of."""
    if not has_layers(symbol.name) or not symbol.superscripts:
        return None
    if symbol.name == "e" and not symbol.subscripts and not isinstance(symbol.superscripts[0], ast.Group):
        return None
    found = layer_of_node(symbol.superscripts[0])
    return found if found is not None and found[0] in ("l", "L", r"\ell") else None


def unit_of(node: Node) -> str:
    """The letter and the number that may name a unit, h1 of out_{h1} and of out_{h_1}; empty for all else."""
    match node:
        case ast.Symbol(name, (), (), (), 0) if len(name) == 2 and name[0].isalpha() and name[1].isdigit():
            return name
        case ast.Symbol(name, (), (ast.Number(text),), (), 0) if len(name) == 1 and text.isdigit():
            return name + text
        case ast.Product((ast.Factor("", "", ast.Symbol(name, (), (), (), 0)), ast.Factor("", "", ast.Number(text)))):
            return name + text if len(name) == 1 and text.isdigit() else ""
    return ""


def _mark(node: Node) -> str:
    """What a subscript that is no index adds to a name: fonts do not tell names apart."""
    if isinstance(node, ast.Text):
        return " ".join(node.words.split())
    if isinstance(node, ast.Symbol):
        return render(replace(node, decorations=tuple(d for d in node.decorations if d not in FONTS)))
    return render(node)


def _is_mark_and_index(node: ast.Product) -> bool:
    """Whether a subscript is a letter that is never an index with one behind it that is."""
    bodies = [f.body for f in node.factors if not f.operator and not f.sign]
    if len(node.factors) != 2 or len(bodies) != 2 or not all(_is_letter(b) for b in bodies):
        return False
    first, second = (b.name for b in bodies if isinstance(b, ast.Symbol))
    return first in "hxyz" and second in "ijk"


def _is_word(symbol: ast.Symbol) -> bool:
    return len(symbol.name) > 1 and symbol.name.isalpha() and not symbol.primes


def _is_letter(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and len(node.name) == 1 and not node.subscripts


def _inside(node: Node) -> Node:
    """A subscript without brackets that only group."""
    while isinstance(node, ast.Group) and node.opening in ("(", "{", "[") and node.body is not None:
        node = node.body
    return node


def _letters(node: Node, bound: frozenset[str] = frozenset()) -> Iterator[Index]:
    """The indices that a script consists of; nothing where it is no index. bound: letters that are indices here."""
    match node:
        case ast.Number(text) if text.isdigit() and len(text) < 6:
            if len(text) == 2:  # w_{12}: an entry of a small matrix
                yield from (Index(None, int(digit)) for digit in text)
            else:
                yield Index(None, int(text))
        case ast.Symbol(name, decorations, below, (), 0) if not decorations and (name in bound or _names_index(name)):
            yield Index(name)
            for part in below:  # y_{t_i} is y at t and i
                yield from _letters(part, bound)
        case ast.Symbol(name, (), (), (), 0) if len(name) == 2 and _names_index(name[0]) and name[1].isdigit():
            yield Index(name[0])  # x_{i1}: the first entry of x_i
            yield Index(None, int(name[1]))
        case ast.Product(factors) if all(not f.operator and not f.sign for f in factors):
            found = [list(_letters(f.body, bound)) for f in factors]
            if all(found):
                yield from (i for part in found for i in part)
        case ast.Listing(items, separators) if set(separators) <= {","}:
            found = [list(_letters(item, bound)) for item in items if item is not None]
            if all(found):
                yield from (i for part in found for i in part)
        case ast.Sum((first, second)) if second.sign in ("+", "-") and isinstance(second.body, ast.Number):
            letters = list(_letters(first.body, bound)) if not first.sign else []
            if len(letters) == 1 and letters[0].letter is not None and second.body.text.isdigit():
                step = int(second.body.text[:6])
                yield Index(letters[0].letter, step if second.sign == "+" else -step)
        case _:
            return


def _names_index(name: str) -> bool:
    """Letters that can stand for an index; w, b, x, y, z are never one."""
    return (
        (len(name) == 1 and name.isascii() and name.islower() and name not in "wbxyzefgh")
        or name in _GREEK_INDEX
        or (len(name) == 1 and name in "NMKCDLT")
    )


def binder(operator: ast.BigOperator) -> tuple[tuple[str, ...], Node | None, Node | None, tuple[Node, ...]]:
    """(letters, lower bound, upper bound, nodes of indices that are left out) of a sum or product sign."""
    lower = operator.lower
    left_out = _run_and_left_out(lower)
    if left_out is not None:
        letters, begin, upper, without = binder(replace(operator, lower=left_out[0]))
        return letters, begin, upper, (*without, *left_out[1])
    match lower:
        case None:
            return (), None, operator.upper, ()
        case ast.Chain((left, right), (relation,)) if right is not None:
            found = tuple(_letters(left, NAMES_BOUND)) if left is not None else ()
            letters = tuple(i.letter for i in found if i.letter is not None)
            if len(letters) < len(found):
                raise UnsupportedNoteError("a sum over what is no index")
            if relation.sign == "=":
                if len(letters) != 1:
                    raise UnsupportedNoteError("the lower bound of a sum that names no single index")
                return letters, right, operator.upper, ()
            if relation.sign == r"\ne" and len(letters) == 1:
                return letters, None, operator.upper, (right,)
            if relation.sign == r"\in":
                return letters, None, operator.upper, ()
        case _:
            letters = tuple(i.letter for i in _letters(_inside(lower), NAMES_BOUND) if i.letter is not None)
            if letters:
                return letters, None, operator.upper, ()
    raise UnsupportedNoteError(f"the bounds {render(lower)} of a sum or product")


def _run_and_left_out(lower: Node | None) -> tuple[Node, tuple[Node, ...]] | None:
    r"""What runs below a sum, and the indices that are left out: k = 1 and i of \sum_{k=1, k \ne i}."""
    match lower:
        case ast.Listing(items):
            parts = items
        case ast.Matrix("substack", rows) if all(len(row) == 1 for row in rows):
            parts = tuple(row[0] for row in rows)
        case ast.Chain((first, ast.Product((begin, *between, again)), last), (one, other)) if first == again.body:
            # k = 1 \atop k \ne i, and with nothing but a space between them
            if [factor.body for factor in between] not in ([], [ast.Symbol(r"\atop")]):
                return None
            parts = (ast.Chain((first, begin.body), (one,)), ast.Chain((first, last), (other,)))
        case _:
            return None
    apart = [p for p in parts if isinstance(p, ast.Chain) and [r.sign for r in p.relations] == [r"\ne"]]
    runs = [p for p in parts if p not in apart]
    if not apart or len(runs) != 1 or runs[0] is None:
        return None
    letter = runs[0].members[0] if isinstance(runs[0], ast.Chain) else runs[0]
    without = [p.members[1] if p.members[0] == letter else p.members[0] for p in apart if letter in p.members]
    found = tuple(node for node in without if node is not None)
    return (runs[0], found) if len(found) == len(parts) - 1 else None


def names_in(sides: Iterable[Node], habits: Habits) -> Iterator[Ref]:
    """Every name in the sides that can be read as one."""
    for symbol in (symbol for side in sides for symbol in ast.symbols(side)):
        try:
            yield read_name(symbol, habits)
        except UnsupportedNoteError:
            continue
