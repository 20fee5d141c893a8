r"""Linear algebra with nothing behind it: x^T A x = \sum_i \sum_j x_i A_{ij} x_j, where x is a vector and no sample.

The notation of a page says what runs over samples, and then an x that no index follows is one sample's. Where a page
turns to vectors and matrices for their own sake, that is wrong: a name has then as many axes as it has indices, and
without any a capital letter is a matrix, a small one a column. What is equal among their sizes is found as in
`fitting`, every formula must fit, and the fewest names that are read otherwise are. It is another reading of what
could not be read at first: a step may hold by it, and none is refuted by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from derivations.notes.interpreting.bracketed import applies
from derivations.notes.interpreting.fitting import Fit, UnfitError, is_number
from derivations.notes.interpreting.names import BOLD, TRANSPOSES, Habits, Ref, UnsupportedNoteError, binder, read_name
from derivations.notes.interpreting.shapes import Stated
from derivations.notes.interpreting.signature import WEIGHTS, Key, Signature, Slot, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, children, walk
from derivations.notes.parsing.parser import Document

__all__ = ["as_plain_arrays"]

_EQUAL = ("=", ":=", r"\equiv", r"\triangleq")
_MOST_NAMES = 24
_OTHERWISE = 2  # names that are read otherwise than their letters say
_MOST_GUESSES = 60


def as_plain_arrays(document: Document, signature: Signature, stated: Stated) -> Signature | None:
    """The signature of a document whose names are vectors and matrices, and none a sample; None where nothing fits.

    Where nothing in it is transposed or else an array, names without an index are numbers.
    """
    sides = [
        (step.formula, step.left.node, step.right.node)
        for step in document.steps
        if step.sign.sign in _EQUAL and step.left is not None and step.right is not None
        if step.left.node is not None and step.right.node is not None
    ]
    refs = [(formula, ref) for formula, *pair in sides for side in pair for ref in _refs(side, signature)]
    written: dict[str, int] = {}
    for _, ref in refs:
        written[ref.key] = max(written.get(ref.key, 0), len(ref.indices))
    if (
        len(written) > _MOST_NAMES
        or any(ref.above for _, ref in refs)
        or any(lo not in ("0", "1") for lo in signature.lower.values())
    ):
        return None
    ranks = {key: count or len(stated.get(key, ())) or _rank(key) for key, count in written.items()}
    fixed = {key for key, count in written.items() if count or key in stated}
    fixed |= {ref.key for _, ref in refs if ref.transposed or ref.bold}
    if 2 not in ranks.values() and not any(shows_arrays(side) for _, *pair in sides for side in pair):
        ranks = {key: rank if key in fixed else 0 for key, rank in ranks.items()}
    found = _least_changed(sides, refs, ranks, ranks.keys() - fixed, signature, stated)
    return None if found is None else _signed(found, refs, found.ranks, signature)


def _least_changed(
    sides: Sequence[tuple[int, Node, Node]],
    refs: Sequence[tuple[int, Ref]],
    ranks: Mapping[str, int],
    open_: Collection[str],
    signature: Signature,
    stated: Stated,
) -> Fit | None:
    """What fits every formula with the fewest names read otherwise, each of which stands in one that didn't fit.

    A letter is read otherwise at one layer, or at all of them.
    """
    others = {key for key in open_ if ranks[key]}
    tried: list[Mapping[str, int]] = [ranks]
    waiting = [(ranks, frozenset[str]())]
    for _ in range(_OTHERWISE + 1):
        failed: list[tuple[Mapping[str, int], frozenset[str], frozenset[str]]] = []
        for guess, changed in waiting:
            found = _fitted(sides, refs, guess, signature, stated)
            if isinstance(found, Fit):
                return found
            failed.append((guess, changed, found))
        waiting = []
        for guess, changed, at in failed:
            alone = [frozenset([key]) for key in sorted(at & others - changed)]
            alike = [frozenset(k for k in others - changed if base_letter(k) == base_letter(*one)) for one in alone]
            for keys in dict.fromkeys([*alike, *alone]):
                for rank in {ranks[key] + by for key in keys for by in _by_which(key)}:
                    other = {**guess, **dict.fromkeys(keys, rank)}
                    if other not in tried and len(tried) < _MOST_GUESSES:
                        tried.append(other)
                        waiting.append((other, changed | keys))
    return None


def _by_which(key: str) -> tuple[int, ...]:
    """How many axes more or less than its letter says a name may have: a small weight may be a matrix."""
    return (1, -1) if base_letter(key) in WEIGHTS else (-1,)


def shows_arrays(side: Node) -> bool:
    """Whether a side has what only arrays have: a transpose, a norm, a gradient, an inner product, a trace."""
    for part in walk(side):
        match part:
            case ast.Symbol(_, _, _, above) | ast.Scripted(_, _, above) if any(map(_is_transpose, above)):
                return True
            case ast.Symbol(name, decorations) if name in ("tr", "Tr", "diag", "I") or BOLD & set(decorations):
                return True
            case ast.Group(r"\|") | ast.Nabla() | ast.Matrix():
                return True
            case ast.Factor(r"\odot" | r"\cdot" | r"\circ" | r"\otimes", _, ast.Symbol()):
                return True
    return False


def _is_transpose(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and node.name in TRANSPOSES


def _fitted(
    sides: Sequence[tuple[int, Node, Node]],
    refs: Sequence[tuple[int, Ref]],
    ranks: Mapping[str, int],
    signature: Signature,
    stated: Stated,
) -> Fit | frozenset[str]:
    """The sizes that fit, or the names of the first formula that doesn't."""
    at = frozenset(ranks)
    fit = Fit(ranks, signature.habits)
    fit.declare({key: sizes for key, sizes in stated.items() if len(sizes) == ranks.get(key)})
    try:
        for formula, ref in refs:
            for axis, index in zip(fit.name(ref.key).sizes, ref.indices, strict=False):
                if index.letter is not None and len(ref.indices) == ranks[ref.key]:
                    fit.join(axis, _letter(formula, index.letter))
        for formula, left, right in sides:
            at = frozenset(ref.key for side in (left, right) for ref in _refs(side, signature))
            for part in (n for side in (left, right) for n in walk(side) if isinstance(n, ast.BigOperator)):
                _bounded(fit, formula, part)
            fit.equation(_without_arguments(left, signature), _without_arguments(right, signature))
    except (UnfitError, UnsupportedNoteError):
        return at
    return fit


def _letter(formula: int, letter: str) -> str:
    return f"{formula}:{letter}"


def _bounded(fit: Fit, formula: int, operator: ast.BigOperator) -> None:
    """Join the letter that a sum binds with the size that it runs to."""
    letters, _, upper, _ = binder(operator)
    if isinstance(upper, ast.Symbol) and not upper.subscripts:
        for letter in letters:
            fit.stated |= {f"#{upper.name}"}
            fit.join(_letter(formula, letter), f"#{upper.name}")


def _signed(fit: Fit, refs: Sequence[tuple[int, Ref]], ranks: Mapping[str, int], signature: Signature) -> Signature:
    axes: dict[str, tuple[Key, ...]] = {
        key: tuple(("size", fit.find(size)) for size in fit.name(key).sizes) for key in ranks
    }
    slots: dict[Slot, Key] = {}
    letters: dict[tuple[int, str], Key] = {}
    usual: dict[str, Key] = {}
    for formula, ref in refs:
        for place, index in enumerate(ref.indices):
            if index.letter is not None and len(ref.indices) == ranks[ref.key]:
                sort = axes[ref.key][place]
                slots[ref.key + "!" * ref.bold, False, len(ref.indices), place] = sort
                letters[formula, index.letter] = usual[index.letter] = sort
    size: dict[Key, str] = {("size", fit.find(text)): text[1:] for text in sorted(fit.stated) if text[1:].isalpha()}
    return replace(
        signature,
        vectors=frozenset(ranks),
        sort_of_slot=slots,
        sort_of_letter=letters,
        usual_sort=usual,
        size=size,
        lower={},
        axes=axes,
        sample=None,
        feature=None,
        classes=frozenset(),
        has_vectors=True,
        uneven=frozenset(),
        parameters=signature.parameters | {key for key, rank in ranks.items() if rank},
        matrices=frozenset(),
        numbers={},
    )


def _without_arguments(node: Node, signature: Signature) -> Node:
    """A side with r for r(w): what a function of the document is a function of does not say what it is."""
    if not isinstance(node, ast.Product):
        match node:
            case ast.Sum(terms):
                return replace(node, terms=tuple(replace(t, body=_without_arguments(t.body, signature)) for t in terms))
            case ast.Group(_, _, body) if body is not None:
                return replace(node, body=_without_arguments(body, signature))
        return node
    found: list[ast.Factor] = []
    for factor in node.factors:
        before = found[-1].body if found else None
        is_argument = isinstance(before, ast.Symbol) and before.name not in _ENTRYWISE and not factor.operator
        if is_argument and isinstance(before, ast.Symbol) and applies(before, factor.body):
            if _ref(before, signature.habits) is not None and before.name in signature.functions:
                continue
        found.append(replace(factor, body=_without_arguments(factor.body, signature)))
    return found[0].body if len(found) == 1 and not found[0].sign else replace(node, factors=tuple(found))


_ENTRYWISE = frozenset((r"\sigma", r"\phi", "sigmoid", "softmax", "tr", "diag"))


def _rank(key: str) -> int:
    """The axes of a name without an index: a capital letter is a matrix, a small one a column."""
    letter = base_letter(key)
    if is_number(key) and letter not in ("D", "S", "E", "T", "M", r"\mu", r"\epsilon", r"\varepsilon"):
        return 0
    if re.search(r"_\d+$", key) and not letter.isupper():
        return 0  # the first of several numbers
    return 2 if len(letter) == 1 and letter.isupper() or letter in (r"\Sigma", r"\Lambda", r"\Phi") else 1


def _refs(side: Node, signature: Signature) -> Iterator[Ref]:
    for node in _symbols(side):
        ref = _ref(node, signature.habits)
        if ref is not None and not _is_word(ref.key):
            yield ref


def _symbols(node: Node | ast.Factor | ast.Term | ast.Relation) -> Iterator[ast.Symbol]:
    """The names of a side, and none of its indices."""
    match node:
        case ast.BigOperator():
            return
        case ast.Symbol():
            yield node
            for above in node.superscripts:
                if not (isinstance(above, ast.Symbol) and above.name in TRANSPOSES):
                    yield from _symbols(above)
        case ast.Scripted(base, _, above):
            for part in (base, *(s for s in above if not isinstance(s, ast.Symbol))):
                yield from _symbols(part)
        case _:
            for child in children(node):
                yield from _symbols(child)


def _is_word(key: str) -> bool:
    return base_letter(key) in ("e", "I", "tr", "Tr", "diag", "d", r"\pi", r"\infty") or key in ("i", "j", "k")


def _ref(node: ast.Symbol, habits: Habits) -> Ref | None:
    try:
        return read_name(node, habits)
    except UnsupportedNoteError:
        return None
