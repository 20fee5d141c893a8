r"""Scripts that a document writes in a way of its own, brought to the usual one.

    z^1 = W^1 x + b^1, a^2      z^{(1)}, …, a^{(2)}: layers, where names of a layer have a raised 1, which is no power,
                                or where a name has all its other layers in brackets
    z^o, W^h, W^{out}           names with a mark, as z_{\text{o}}, where two names of a layer have the letter
    \delta_k^o, \delta^{(h)}      an error with a mark: no letter is a power of one
    W^{(1)}, W_1                one name, where a document has both
    \theta^t x, W^t \delta      \theta^T x, where t is nothing but raised in the document
    A^{[l]^T}, W^{m+1 \top}  A^{[l] T}, W^{m+1} with \top
    \sum_{\forall x}          \sum_x
    z^m, a^{m-1}, W^N          z^\ell, a^{\ell-1}, W^L: layers by another letter, one below another somewhere

What is a layer or a transpose is decided once for a document, by all that it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from derivations.notes.interpreting.names import LAYERED, layer_of_node
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["NO_RAISED", "Raised", "raised_in", "unraised"]

_SMALL_T = ast.Symbol("t")
_TRANSPOSES = ("T", r"\top", "t", "intercal")
_NO_MARKS = frozenset("ijklmnptTLNKMDe")  # letters of indices, sizes and transposes
_ERROR = r"\delta"
_LEAST = 2  # names of a layer with a raised 1


@dataclass(frozen=True)
class Raised:
    r"""layers: names of which a raised numeral is a layer; bracket: as this; t: whether t is a transpose.

    marks: letters that mark names of a layer. errors: letters that mark errors, \\delta. lowered: names whose layers
    stand below. letters: those of layers, each with the usual one.
    """

    layers: frozenset[str] = frozenset()
    bracket: str = "("
    t: bool = False
    marks: frozenset[str] = frozenset()
    errors: frozenset[str] = frozenset()
    lowered: frozenset[str] = frozenset()
    letters: tuple[tuple[str, str], ...] = ()


NO_RAISED = Raised()


def raised_in(sides: Iterable[Node]) -> Raised:
    """What the sides of a document raise."""
    nodes = [node for side in sides for node in walk(side)]
    symbols = [node for node in nodes if isinstance(node, ast.Symbol)]
    layers, bracket = _layers(symbols)
    is_t = _is_only_raised(nodes, symbols)
    marks = _marks(symbols), _marks_of_errors(symbols)
    return Raised(layers, bracket, is_t, *marks, _lowered(symbols), _letters_of_layers(symbols))


def unraised(node: Node, used: Raised) -> Node:
    """A name, a bracket or a sum sign in the usual way of writing; any other node as it is."""
    match node:
        case ast.Symbol() if node.superscripts:
            node = _name(node, used)
        case ast.BigOperator(_, ast.Listing((ast.Text("for all"), lower), _)):
            node = replace(node, lower=lower)
        case ast.BigOperator(_, _, ast.Symbol() as upper) if used.letters:
            below = tuple(_relettered(script, used) for script in upper.subscripts)
            above = tuple(_relettered(script, used) for script in upper.superscripts)
            node = replace(node, upper=replace(upper, subscripts=below, superscripts=above))
    if used.t and isinstance(node, ast.Symbol | ast.Scripted) and _SMALL_T in node.superscripts:
        raised = tuple(ast.Symbol("T", span=s.span) if s == _SMALL_T else s for s in node.superscripts)
        node = replace(node, superscripts=raised)
    return node


def _name(node: ast.Symbol, used: Raised) -> ast.Symbol:
    raised = tuple(part for script in node.superscripts for part in _apart(script, used))
    if node.name in LAYERED and used.letters:
        raised = tuple(_relettered(script, used) for script in raised)
    if node.name in used.layers:
        raised = tuple(_as_layer(script, used.bracket) for script in raised)
    marks = tuple(mark for script in raised if (mark := _mark(node, script, used)) is not None)
    kept = tuple(script for script in raised if _mark(node, script, used) is None)
    if not marks and kept == node.superscripts:
        return node
    return replace(node, subscripts=(*marks, *node.subscripts), superscripts=kept)


def _apart(script: Node, used: Raised) -> tuple[Node, ...]:
    """[l]^T and o T as two superscripts."""
    match script:
        case ast.Product(
            (ast.Factor("", "", ast.Symbol(letter) as first), ast.Factor("", "", ast.Symbol(name) as mark))
        ):
            if name in _TRANSPOSES and (letter in used.marks or len(letter) > 1 and letter.isalpha()):
                return first, mark
        case ast.Scripted(ast.Group() as layer, (), (ast.Symbol(name) as mark,), 0) if name in _TRANSPOSES:
            return layer, mark
        case ast.Sum((first, ast.Term(sign, ast.Product((number, ast.Factor("", "", ast.Symbol(name) as mark)))))):
            if name in _TRANSPOSES and isinstance(number.body, ast.Number):
                return replace(script, terms=(first, ast.Term(sign, number.body))), mark
    return (script,)


def _relettered(script: Node, used: Raised) -> Node:
    """A script with the usual letter of a layer: m - 1 and (m) as \\ell - 1 and (\\ell)."""
    found = layer_of_node(script)
    letter = dict(used.letters).get(found[0]) if found is not None else None
    if letter is None:
        return script
    match script:
        case ast.Symbol():
            return replace(script, name=letter)
        case ast.Group(_, _, body) if body is not None:
            return replace(script, body=_relettered(body, used))
        case ast.Sum((first, step)):
            return replace(script, terms=(replace(first, body=_relettered(first.body, used)), step))
    return script


def _mark(node: ast.Symbol, script: Node, used: Raised) -> Node | None:
    """What a superscript that is a mark is below: o of z^o, out of z^{out}, 1 of W^{(1)} where it is W_1."""
    match script:
        case ast.Symbol(name, _, (), (), 0) if len(name) > 1 and name.isalpha() and node.name != "e":
            return ast.Text(name, span=script.span) if name not in _TRANSPOSES else None
        case ast.Text(words) if words.strip().isalpha() and words.strip() not in _TRANSPOSES:
            return script
        case ast.Symbol(name, (), (), (), 0) if name in used.marks and node.name in LAYERED:
            return ast.Text(name, span=script.span)
        case ast.Symbol() | ast.Group("(" | "[") if node.name == _ERROR and _letter_of(script) in used.errors:
            return ast.Text(_letter_of(script), span=script.span)
        case ast.Group("(" | "[", _, ast.Number() as layer) if node.name in used.lowered and not node.subscripts:
            return layer
    return None


def _letters_of_layers(symbols: Sequence[ast.Symbol]) -> tuple[tuple[str, str], ...]:
    """Letters of layers that are not the usual ones, where no usual one stands beside them.

    A small letter is one where weights have it and another name of a layer has it with a step: W^m a^{m-1}. A capital
    is that of the last layer where two names of a layer have it and a small letter is that of any.
    """
    found = {
        (s.name, *layer)
        for s in symbols
        if s.name in LAYERED
        for part in s.superscripts
        if (layer := layer_of_node(_apart(part, NO_RAISED)[0])) is not None
    }
    own = {letter for _, letter, _ in found}
    small = [
        c
        for c in sorted(own - {"l", "t", r"\ell"})
        if len(c) == 1 and c.islower() and not {"l", r"\ell"} & own
        if any(letter == c and name in "Ww" for name, letter, _ in found)
        if any(letter == c and step and name not in "Ww" for name, letter, step in found)
    ]
    is_deep = len(small) == 1 or bool({"l", r"\ell"} & own)
    last = [c for c in "NKMD" if is_deep and "L" not in own and len({n for n, x, _ in found if x == c}) >= _LEAST]
    last = [c for c in last if c not in small]
    return tuple([(c, r"\ell") for c in small if len(small) == 1] + [(c, "L") for c in last if len(last) == 1])


def _marks(symbols: Sequence[ast.Symbol]) -> frozenset[str]:
    """Letters raised on two names of a layer, and nowhere else in the document; o and h may be names as well."""
    raised = [(s.name, r.name) for s in symbols for r in s.superscripts if isinstance(r, ast.Symbol)]
    bases: dict[str, set[str]] = {}
    for base, letter in raised:
        if len(letter) == 1 and letter.isalpha() and letter not in _NO_MARKS:
            bases.setdefault(letter, set()).add(base)
    counts = {letter: sum(s.name == letter for s in symbols) for letter in bases}
    return frozenset(
        letter
        for letter, names in bases.items()
        if names <= LAYERED and len(names) >= _LEAST
        if letter in "oh" or counts[letter] == sum(r == letter for _, r in raised)
    )


def _marks_of_errors(symbols: Sequence[ast.Symbol]) -> frozenset[str]:
    """Letters raised on errors that are no index, size, time or layer: what they are the errors of."""
    return frozenset(_letter_of(r) for s in symbols if s.name == _ERROR for r in s.superscripts) - {""}


def _letter_of(script: Node) -> str:
    """The letter of a superscript that may be a mark: o of ^o, ^{(o)}."""
    match script:
        case ast.Group("(" | "[", _, body) if body is not None and not isinstance(body, ast.Group):
            return _letter_of(body)
        case ast.Symbol(name, _, (), (), 0) if len(name) == 1 and name.isalpha() and name not in _NO_MARKS:
            return name
    return ""


def _lowered(symbols: Sequence[ast.Symbol]) -> frozenset[str]:
    """Names of matrices that a document writes as W_1 and as W^{(1)}, and never with both."""
    found = set()
    for name in ("W", "Z", "A"):
        own = [s for s in symbols if s.name == name]
        above = [s for s in own if any(_bracket(r) for r in s.superscripts)]
        below = [s for s in own if s.subscripts and not s.superscripts and _numeral(s.subscripts[0])]
        if above and below and not any(s.subscripts for s in above):
            found.add(name)
    return frozenset(found)


def _layers(symbols: Sequence[ast.Symbol]) -> tuple[frozenset[str], str]:
    """The names of which a raised numeral is a layer, and the bracket in which layers stand elsewhere."""
    of_layers = [s for s in symbols if s.name in LAYERED]
    numerals = {s.name for s in of_layers if any(_numeral(r) == "1" for r in s.superscripts)}
    if len(numerals) >= _LEAST:
        return LAYERED, "[" if any(_bracket(r) == "[" for s in of_layers for r in s.superscripts) else "("
    bare = {s.name for s in of_layers if not s.superscripts}
    brackets = {s.name: kind for s in of_layers for r in s.superscripts if (kind := _bracket(r))}
    return frozenset(brackets.keys() - bare), min(brackets.values(), default="(")


def _numeral(node: Node) -> str:
    """The digit of 2, and of 2 T."""
    if isinstance(node, ast.Product) and len(node.factors) == 2 and not node.factors[1].operator:
        first, second = (f.body for f in node.factors)
        return _numeral(first) if isinstance(second, ast.Symbol) and second.name in _TRANSPOSES else ""
    return node.text if isinstance(node, ast.Number) and len(node.text) == 1 else ""


def _bracket(node: Node) -> str:
    """The bracket of a layer in brackets: ( of ^{(2)}."""
    if isinstance(node, ast.Product):
        return _bracket(node.factors[0].body)
    is_layer = isinstance(node, ast.Group) and node.opening in "([" and node.body is not None
    return node.opening if is_layer and isinstance(node, ast.Group) and _numeral(node.body or node) else ""


def _as_layer(node: Node, bracket: str) -> Node:
    if not _numeral(node):
        return node
    if isinstance(node, ast.Product):
        first = replace(node.factors[0], body=_as_layer(node.factors[0].body, bracket))
        return replace(node, factors=(first, *node.factors[1:]))
    return ast.Group(bracket, ")" if bracket == "(" else "]", node, span=node.span)


def _is_only_raised(nodes: Sequence[object], symbols: Sequence[ast.Symbol]) -> bool:
    """Whether t is nothing but a superscript, and that of no e."""
    raised = [
        script
        for node in nodes
        if isinstance(node, ast.Symbol | ast.Scripted) and not (isinstance(node, ast.Symbol) and node.name == "e")
        for script in node.superscripts
        if script == _SMALL_T
    ]
    return bool(raised) and sum(s.name == "t" for s in symbols) == len(raised)
