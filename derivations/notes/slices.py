r"""What a formula rests on, as a document of its own: the formulas that say what its names are, and itself.

Long pages use a letter for one thing here and for another there: z is a number in σ'(z) = σ(z)(1 - σ(z)), a vector in
softmax(z), and a matrix in Z = XW. What its letters run over is then read from a formula and what it rests on:

    σ(z) = 1/(1 + e^{-z})   …   softmax(z) = …   …   σ'(z) = σ(z)(1 - σ(z))        its slice: the first and the last

A definition is the last one before the formula, as it is in the whole document; that of a name which is defined anew
may hold for what was said before of others, too: J of h_θ(x), where h_θ(x) is said for one feature first and for many
then. ŷ = P(y = 1 | x) and
ŷ = (ŷ_1, …, ŷ_K) say what ŷ is for, and not what it is. A formula that says again what a name is may be read without
what was said before. Names that nothing before it defines are what is said soon behind it: its slice begins with that.
Where no shapes fit all of a slice, the formulas are left out in which its names have other axes (`agreeing`).
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from derivations.notes.interpreting.bracketed import SIGMOIDS
from derivations.notes.interpreting.derivatives import CHANCE
from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import TRANSPOSES, UnsupportedNoteError, layer_of_key, names_in, read_name
from derivations.notes.interpreting.quotients import is_differential, operand_of
from derivations.notes.interpreting.signature import WEIGHTS, Signature, base_letter
from derivations.notes.judging.logits import LOGITS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Formula, Side, Step

__all__ = ["Slice", "agreeing", "is_by_listed", "sections", "slices", "with_weights_kept"]

MOST = 40  # slices of a document
LONGEST = 10  # formulas of a slice
MOST_SAID = 6  # formulas before a section that say what its names are
SOON = 12  # formulas behind one another


@dataclass(frozen=True)
class Slice:
    """A part of a document; own: the places of its formula's steps in the document and in it.

    kept: where its formulas stand in the document. is_behind: whether it begins with what that says behind the formula.
    """

    part: Document
    own: list[tuple[int, int]]
    kept: tuple[int, ...] = ()
    is_behind: bool = False


def slices(document: Document, signature: Signature, wanted: Collection[int]) -> Iterator[Slice]:
    """The slices of the formulas wanted."""
    names, heads = _names_and_heads(document, signature)
    before = _continued(document)
    sums = [_totals(formula, signature) for formula in document.formulas]
    wholes = [_totals(formula, signature, of_sums=False) for formula in document.formulas]
    squashed = {k for k, formula in enumerate(document.formulas) if _is_squashed(formula)}
    for number in sorted(wanted)[:MOST]:
        kept = {number}
        at = number
        while before.get(at, at) != at and len(kept) < LONGEST:
            at = before[at]
            kept.add(at)
        needed = set().union(*(names[k] for k in kept))
        meant = set().union(*(_bare(document.formulas[k], signature) for k in kept))
        plain = {key: k for k in range(number) for key in wholes[k]}  # the last formula that defines a name by itself
        totals = {k for key, k in plain.items() if key in meant and key in sums[k]}
        whole = _grown(kept, needed, number, names, heads, squashed) | totals
        for total in sorted(totals):
            whole |= _grown({total}, names[total] - heads[total], total, names, heads, squashed)
        yield _part(document, sorted(whole), {number}, signature)
        latest = _grown(kept, needed, number, names, heads, squashed, are_old_meant=False) | totals
        if latest < whole:
            yield _part(document, sorted(latest), {number}, signature)
        says_anew = heads[number] and not _is_recursion(heads[number], names[number])
        anew = _grown(kept, needed - heads[number], number, names, heads, squashed) if says_anew else whole
        if anew < whole and not totals:
            yield _part(document, sorted(anew), {number}, signature)
        behind = _said_behind(document, number, needed.difference(*(heads[k] for k in whole)), signature)
        if behind:
            asked = needed.union(*(names[k] for k in behind)).difference(*(heads[k] for k in behind))
            first = sorted(_grown(kept, asked, number, names, heads, squashed) - kept)
            part = _part(document, [*first, *behind, *sorted(kept)], {number}, signature)
            yield replace(part, is_behind=True)


def sections(document: Document, signature: Signature, wanted: Collection[int]) -> Iterator[Slice]:
    """The sections that have formulas wanted, each behind what the document says before it of names it doesn't define.

    A section gives its letters their shapes, where a formula by itself has too little of them.
    """
    names, heads = _names_and_heads(document, signature)
    squashed = {k for k, formula in enumerate(document.formulas) if _is_squashed(formula)}
    alike = itertools.groupby(document.formulas, key=lambda formula: formula.context.headings)
    for own in ([formula.index for formula in found] for _, found in alike):
        if len(own) < 2 or len(own) == len(document.formulas) or not set(own) & set(wanted):
            continue
        needed = set().union(*(names[k] - heads[k] for k in own)).difference(*(heads[k] for k in own))
        kept = _grown(own, needed, own[0], names, heads, squashed, len(own) + MOST_SAID)
        yield _part(document, sorted(kept), set(own), signature)


def agreeing(
    document: Document, signature: Signature, piece: Slice, fitted: Callable[[Document], Signature | None]
) -> tuple[Slice, Signature] | None:
    """A slice without the formulas in which its names have other axes than in its own, and the notation of the rest.

    What is said last comes first. Where that is left out, nothing older says what its names are: it would be of others.
    None where its own formula doesn't fit, or every other does.
    """
    own = {document.steps[place].formula for place, _ in piece.own}
    kept, others = sorted(own), [k for k in piece.kept if k not in own]
    found = _part(document, kept, own, signature)
    notation = fitted(found.part)
    left_out: set[str] = set()
    for number in reversed(others) if notation is not None else ():
        heads = _heads(document, number, signature)
        more = _part(document, sorted([*kept, number]), own, signature)
        wider = fitted(more.part) if not heads & left_out else None
        if wider is None:
            left_out |= heads
        else:
            kept, found, notation = sorted([*kept, number]), more, wider
    return (found, notation) if notation is not None and 1 < len(kept) < len(piece.kept) else None


def with_weights_kept(document: Document, signature: Signature, step: Step) -> Slice | None:
    r"""The document up to a step without what the \gamma_{ik} are of which its subject is a sum; None where it is none.

    EM has them from the old parameters, and Q = \sum_i \sum_k \gamma_{ik} \log(...) is differentiated by the new ones.
    """
    names, heads = _names_and_heads(document, signature)
    left = set() if step.left is None or step.left.node is None else _keys_in(step.left.node, signature)
    before = range(step.formula + 1)
    weights = {key for k in before for key in heads[k] - left if len(signature.axes.get(key, ())) == 2}
    if not any(heads[k] & left and names[k] & weights for k in before):
        return None
    kept = [k for k in before if not heads[k] & weights]
    return _part(document, kept, {step.formula}, signature) if step.formula in kept else None


def is_by_listed(step: Step, whole: Signature, part: Signature) -> bool:
    """Whether a step begins with a derivative by a name that lists vectors in its document, as w does for w_k^T x.

    In a part of the document, the name is one vector.
    """
    below: list[Node] = []
    for node in walk(step.left.node) if step.left is not None and step.left.node is not None else ():
        if isinstance(node, ast.Fraction) and is_differential(node):
            below.append(node.denominator)
        elif isinstance(node, ast.Nabla):
            below.extend(node.subscripts)
    for name in (n for node in below for n in walk(node) if isinstance(n, ast.Symbol)):
        with contextlib.suppress(UnsupportedNoteError):
            key = read_name(name, whole.habits).key
            if key in whole.vectors and len(whole.axes.get(key, ())) == 2 and len(part.axes.get(key, ())) == 1:
                return True
    return False


def _grown(
    kept: Collection[int],
    needed: set[str],
    number: int,
    names: Sequence[set[str]],
    heads: Sequence[set[str]],
    squashed: Collection[int],
    longest: int = LONGEST,
    are_old_meant: bool = True,
) -> set[int]:
    """The formulas kept with those before a number that say what is needed, and what these need.

    A logit that no formula defines is what σ is applied to in the last that is squashed. are_old_meant: whether what
    stands before a definition is about what its name was until then.
    """
    grown, given = set(kept), set[str]()
    for earlier in range(number - 1, -1, -1):
        found = heads[earlier] & needed
        if earlier in grown:
            needed = (needed - heads[earlier]) | names[earlier]
        elif found and len(grown) < longest:
            grown.add(earlier)
            given |= set() if are_old_meant else found
            needed = (needed - found) | names[earlier] - heads[earlier] - given
    missing = needed.difference(*(heads[k] for k in grown))
    for behind in range(number - 1, -1, -1):
        found = heads[behind] & missing
        if behind in squashed and missing & LOGITS and not found:
            found, missing = missing & LOGITS, missing - LOGITS
        if found and len(grown) < longest:
            grown.add(behind)
            missing = (missing | names[behind]).difference(*(heads[k] for k in grown))
    return grown


def _said_behind(document: Document, number: int, missing: set[str], signature: Signature) -> list[int]:
    """The formulas soon behind one that say what its names are, none of which is a solution or what is updated."""
    found: list[int] = []
    for formula in document.formulas[number + 1 : number + 1 + SOON]:
        if any(member == ast.Number("0") for chain in formula.chains for member in chain.members[1:]):
            break
        said: set[str] = set()
        for chain in formula.chains:
            name, value = (*chain.members, None)[:2]
            head = None if name is None or value is None else _head(name, signature)
            if head is None or name is None or chain.relations[0].sign != "=" or _is_gloss(value, name):
                continue
            others = {ref.key for ref in names_in([value], signature.habits)} if value is not None else set()
            is_weight = base_letter(head.ref.key) in WEIGHTS | {"b"}
            if others and not is_weight and head.ref.key in missing - others:
                said.add(head.ref.key)
                missing = missing | others
        if said and len(found) < LONGEST:
            found.append(formula.index)
            missing = missing - said
    return found


def _is_recursion(heads: Collection[str], names: Collection[str]) -> bool:
    r"""Whether a name of a layer is given by that of another: what \delta^l is was said before."""
    layers = {(base_letter(key), layer) for key in names if (layer := layer_of_key(key)) is not None}
    own = {(base_letter(key), layer) for key in heads if (layer := layer_of_key(key)) is not None}
    return any(letter == other and layer != where for letter, layer in own for other, where in layers)


def _names_and_heads(document: Document, signature: Signature) -> tuple[list[set[str]], list[set[str]]]:
    """The names that stand in each formula, and those that it gives a value."""
    names = [_names(document, k, signature) for k in range(len(document.formulas))]
    heads = [_heads(document, k, signature) for k in range(len(document.formulas))]
    said = set().union(*heads)
    for found, formula in zip(heads, document.formulas, strict=True):
        found |= _by_derivative(formula, signature) - said
    return names, heads


def _names(document: Document, number: int, signature: Signature) -> set[str]:
    return set().union(*(_keys_in(chain, signature) for chain in document.formulas[number].chains))


def _keys_in(node: Node, signature: Signature) -> set[str]:
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, ast.Symbol) and part.name not in TRANSPOSES:
            try:
                found.add(read_name(part, signature.habits).key)
            except UnsupportedNoteError:
                found.add(part.name)
    return found


def _heads(document: Document, number: int, signature: Signature) -> set[str]:
    """The names that a formula gives a value."""
    found: set[str] = set()
    for chain in document.formulas[number].chains:
        if not chain.relations or chain.relations[0].sign not in ("=", ":=", r"\equiv", r"\triangleq"):
            continue
        for name, value in itertools.pairwise(chain.members):  # of \hat y = a = \sigma(z), both names
            head = None if name is None else _head(name, signature)
            if name is None or head is None:
                break
            if not _is_gloss(value, name):
                found.add(head.ref.key)
    return found


def _bare(formula: Formula, signature: Signature) -> set[str]:
    """The names that a formula has without any index."""
    found: set[str] = set()
    for part in (n for chain in formula.chains for n in walk(chain) if isinstance(n, ast.Symbol)):
        with contextlib.suppress(UnsupportedNoteError):
            ref = read_name(part, signature.habits)
            found |= set() if ref.indices else {ref.key}
    return found


def _totals(formula: Formula, signature: Signature, of_sums: bool = True) -> set[str]:
    """The names without an index that a formula says to be a sum: J, where the parts J_i of it have a value, too.

    of_sums: else those that it says to be anything.
    """
    found: set[str] = set()
    for chain in formula.chains:
        head = _head(chain.members[0], signature) if len(chain.members) > 1 and chain.members[0] is not None else None
        value = chain.members[1] if head is not None else None
        if head is not None and value is not None and not head.ref.indices:
            is_sum = any(isinstance(n, ast.BigOperator) for n in walk(value))
            found |= {head.ref.key} if is_sum or not of_sums else set()
    return found


def _is_squashed(formula: Formula) -> bool:
    r"""Whether a formula says that a name is σ of more than a name: \hat{y} = \sigma(w^T x + b)."""
    for member in (m for chain in formula.chains for m in chain.members[1:]):
        match member:
            case ast.Product((ast.Factor("", "", ast.Symbol(name)), ast.Factor("", "", ast.Group("(", _, inner)))):
                if name in SIGMOIDS and not isinstance(inner, ast.Symbol):
                    return True
    return False


def _head(node: Node, signature: Signature) -> Head | None:
    try:
        return head_of(node, signature)
    except UnsupportedNoteError:
        return None


def _is_gloss(side: Node | None, name: Node) -> bool:
    """Whether a side says what a name is for: a probability, P(y = 1 | x), or the list of its entries."""
    match side:
        case ast.Product((ast.Factor("", "", ast.Symbol(letter)), ast.Factor("", "", ast.Group("(", _, inner)))):
            listed = inner.items if isinstance(inner, ast.Listing) else (inner,)
            return letter in CHANCE and any(isinstance(item, ast.Chain) for item in listed)
        case ast.Scripted(base):
            return _is_gloss(base, name)
        case ast.Matrix(_, rows):
            return _are_entries([cell for row in rows for cell in row], name)
        case ast.Group(_, _, ast.Listing(items)):
            return _are_entries(items, name)
    return False


def _are_entries(items: Sequence[Node | None], name: Node) -> bool:
    written = [item for item in items if isinstance(item, ast.Symbol)]
    if not written or not isinstance(name, ast.Symbol):
        return False
    is_hat = "hat" in name.decorations
    return all(i.name == name.name and i.subscripts and ("hat" in i.decorations) == is_hat for i in written)


def _by_derivative(formula: Formula, signature: Signature) -> set[str]:
    """The names that ∂y/∂z = ∂(E)/∂z says to be E."""
    found: set[str] = set()
    for chain in formula.chains:
        if len(chain.members) > 1 and chain.members[0] is not None and chain.members[1] is not None:
            one, other = operand_of(chain.members[0]), operand_of(chain.members[1])
            try:
                head = head_of(one[1], signature) if one and other and one[0] == other[0] else None
            except UnsupportedNoteError:
                continue
            found |= {head.ref.key} if head is not None else set()
    return found


def _continued(document: Document) -> dict[int, int]:
    """The formula that a formula's chain is continued from."""
    return {s.formula: s.left.formula for s in document.steps if s.left is not None and s.left.formula < s.formula}


def _may_define(document: Document, step: Step, signature: Signature) -> bool:
    """Whether a step may say what a name is: the first of its chain, or one after names only, as in a = f(x) = g(z)."""
    if step.left is None or step.left.formula != step.formula:
        return False
    members = document.formulas[step.formula].chains[step.chain].members
    names = members[: step.left.member + 1] if step.left.member else ()
    return all(name is not None and _head(name, signature) is not None for name in names)


def _part(document: Document, kept: list[int], own: Collection[int], signature: Signature) -> Slice:
    """The formulas kept as a document; own: those of which every step is wanted, and not only what it says of names."""
    place = {old: new for new, old in enumerate(kept)}

    def moved(side: Side | None) -> Side | None:
        return None if side is None else replace(side, formula=place[side.formula])

    formulas = tuple(replace(document.formulas[k], index=place[k]) for k in kept)
    found: list[tuple[int, Step]] = []
    for number, step in enumerate(document.steps):
        within = all(s is not None and s.formula in place for s in (step.left, step.right))
        if step.formula in place and within and (step.formula in own or _may_define(document, step, signature)):
            moved_to = replace(step, formula=place[step.formula], left=moved(step.left), right=moved(step.right))
            found.append((number, moved_to))
    found.sort(key=lambda item: item[1].formula)
    places = {place[formula] for formula in own}
    wanted = [(number, at) for at, (number, step) in enumerate(found) if step.formula in places]
    steps = tuple(step for _, step in found)
    return Slice(Document(formulas, steps, document.code, document.comments), wanted, tuple(kept))
