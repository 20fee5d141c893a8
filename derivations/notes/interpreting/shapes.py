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

import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from derivations.notes.interpreting.declared import declared_sizes
from derivations.notes.interpreting.deviations import triples, with_deviations
from derivations.notes.interpreting.fitting import Fit, UnfitError, is_number, is_weight, names_loss
from derivations.notes.interpreting.layers import at_layer, is_general, layers_named, own_layer
from derivations.notes.interpreting.names import TRANSPOSES, Habits, Ref, UnsupportedNoteError, layer_of_key, read_name
from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.signature import LABELS, MATRICES, Key, Signature, base_letter
from derivations.notes.interpreting.survey import SOFTMAX
from derivations.notes.interpreting.symmetries import middles
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document

__all__ = ["with_shapes"]

_MATRICES = frozenset("WUVAXHZYPMBR")
_TARGETS = frozenset("YT")
_GIVEN = frozenset("ABDGKMQRS")  # matrices that are data, as in A x - b, where nothing defines them
_COLUMNS = frozenset("abcuv")  # columns likewise, where there is no network of which they may be units
_SIZES = frozenset("mnbBNM")  # letters of counts, which are numbers where something is divided by them
_EQUAL = ("=", ":=", r"\equiv", r"\triangleq")
_GREATER = (">", r"\ge", r"\geq", r"\geqslant")
_LENIENCE = (  # (equations that don't fit, vectors that are numbers, whether losses have products of columns or "rows")
    (0, 0, False), (0, 1, False), (0, 0, True), (0, 0, "rows"), (0, 1, "rows"),
    (1, 0, False), (0, 2, False), (0, 1, True), (1, 1, False),
)  # fmt: skip
_MOST_EQUATIONS = 60
Stated = Mapping[str, tuple[str, ...]]


def with_shapes(document: Document, signature: Signature, stated: Stated | None = None) -> Signature:
    """The signature with the axes of the names that never carry an index; stated: shapes, if not by this document."""
    signature, weighed = with_deviations(document, _with_logits(document, signature))
    found = _inferred_axes(document, signature, stated, weighed)
    signature.axes.update(found)
    letters = _GIVEN if any(is_weight(key) for key in found) else _GIVEN | _COLUMNS
    given = {key for key, axes in found.items() if axes and key in letters} - _heads(document, signature.habits)
    given |= (signature.said_given | _coefficients(signature)) - _heads(document, signature.habits)
    matrices = frozenset(key for key, axes in found.items() if len(axes) == 2 and axes[0] == signature.sample)
    signature = replace(signature, parameters=signature.parameters | given, matrices=matrices)
    if any(name.lower().endswith("softmax") for name in signature.functions):  # its labels run over classes
        labels = [axes for key, axes in signature.axes.items() if axes and signature.is_label(key)]
        signature = replace(signature, classes=signature.classes | {a[-1] for a in labels if a[-1] != signature.sample})
    weights = [axes for key, axes in found.items() if is_weight(key)]
    if signature.sample is not None and any(signature.sample in axes and len({*axes}) > 1 for axes in weights):
        # an axis of a weight is no axis of samples: the index runs over outputs
        return replace(signature, sample=None, classes=signature.classes | {signature.sample})
    return signature


def _coefficients(signature: Signature) -> set[str]:
    r"""The arrays of \sum_j a_j x_j and \sum_{jk} A_{jk} x_j x_k, where there are no weights; nothing derives them."""
    if any(axes and base_letter(key) in MATRICES for key, axes in signature.axes.items()):
        return set()
    arrays = {key for key, axes in signature.axes.items() if axes and signature.sample not in axes}
    return arrays & (_GIVEN | _COLUMNS) - signature.subjects


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


def _is_softmax_of(bare: Collection[str], node: Node, habits: Habits) -> bool:
    """Whether a side is softmax(z) of a name that never carries an index: a column, then."""
    logits = _inside_softmax(node)
    return isinstance(logits, ast.Symbol) and any(ref.key in bare for ref in _refs(logits, habits))


def _is_vector_by_weights(ranks: Mapping[str, int], left: Node, right: Node, signature: Signature) -> bool:
    """Whether z, whose entries have an index elsewhere, is said to be W x + b, of names that never have one."""
    head = _refs(left, signature.habits) if isinstance(left, ast.Symbol) else []
    own = signature.axes.get(head[0].key, ()) if head and not head[0].indices else ()
    if len(own) != 1 or own[0] == signature.sample or head[0].key in ranks:
        return False
    products = (node.factors for node in walk(right) if isinstance(node, ast.Product))
    for one, other in itertools.chain.from_iterable(map(itertools.pairwise, products)):
        pair = [ref for factor in (one, other) for ref in _refs(factor.body, signature.habits)[:1]]
        if len(pair) == 2 and not other.operator and [ranks.get(ref.key) for ref in pair] == [2, 1]:
            return is_weight(pair[0].key)
    return False


def _inferred_axes(
    document: Document, signature: Signature, stated: Stated | None, weighed: Collection[str]
) -> dict[str, tuple[Key, ...]]:
    """The axes of every name that never carries an index; empty where there is no such notation, or nothing fits.

    weighed: names whose axes are known by a matrix between deviations.
    """
    equations = [
        (step.left.node, step.right.node)
        for step in document.steps
        if step.left is not None and step.right is not None
        if step.left.node is not None and step.right.node is not None
        if step.sign.sign in _EQUAL or step.sign.sign in _GREATER and _is_quadratic(step.left.node)
    ]
    if signature.habits.layers:
        equations += _at_other_layers(document, signature, equations)
    refs = [ref for pair in equations for side in pair for ref in _refs(side, signature.habits)]
    stated = declared_sizes(document, signature.habits) if stated is None else stated
    indexed = {r.key for r in refs if len(r.indices) >= len(stated.get(r.key, ())) and r.indices}  # X_i of a matrix X
    indexed -= _gradients(equations, indexed, signature.habits)
    layered = {base_letter(key) for key in signature.functions if layer_of_key(key) is not None}
    functions = signature.functions | {r.key for r in refs if layer_of_key(r.key) and base_letter(r.key) in layered}
    bare = {r.key for r in refs} - indexed - (TRANSPOSES - stated.keys()) - functions
    of_rows = {key: signature.axes[small] for key in bare if (small := _rows_of(key, signature, indexed)) is not None}
    bare -= {*of_rows, *weighed}
    declared = {key: sizes for key, sizes in stated.items() if key in bare}
    ranks = {key: len(declared[key]) if key in declared else _rank(key) for key in bare}
    between = _between(equations, bare, signature.habits) - declared.keys()
    ranks |= dict.fromkeys(between, 2)
    numbered = {key for key in bare - declared.keys() if re.search(r"_\d$", key)}
    ranks |= {key: 0 for key in numbered if ranks.get(re.sub(r"_\d$", "", key)) == 1}  # entries
    ranks |= dict.fromkeys(_cells(equations, signature.habits) & bare - declared.keys(), 0)
    ranks |= dict.fromkeys(_counts(equations, signature.habits) & bare - declared.keys(), 0)
    arrays = {r.key for r in refs if r.transposed or r.bold}  # a number is neither transposed nor bold
    has_weights = any(rank == 2 and is_weight(key) for key, rank in ranks.items())
    is_stated = any(len(sizes) == 2 for sizes in declared.values())
    is_written = has_weights and (is_stated or bool(arrays) or any(map(_shows_arrays, equations)))
    is_written = is_written or bool(between)
    is_written = is_written or any(_is_softmax_of(bare, right, signature.habits) for _, right in equations)
    is_written = is_written or any(_is_vector_by_weights(ranks, *sides, signature) for sides in equations)
    if not is_written and not _is_misread(equations, signature, arrays & bare, declared):
        return {}
    known = {r.key: signature.axes.get(r.key, ()) for r in refs if r.key not in bare}
    known = {key: axes for key, axes in known.items() if axes and key not in signature.functions} | of_rows
    sampled = _sampled(refs, known, signature)
    columns = sorted(key for key, rank in ranks.items() if rank == 1 and key not in arrays | declared.keys())
    ranks |= {key: len(axes) for key, axes in known.items()}
    targets = {} if has_weights else {k: 1 for k in bare - declared.keys() if base_letter(k) in _TARGETS}
    by_definition = _defined_ranks(equations, ranks, known.keys() | declared.keys(), signature.habits)
    scalars = _numbers_by_definition(equations, ranks, known.keys() | declared.keys() | arrays, signature.habits)
    guesses = _apart({**by_definition, **scalars}, {**by_definition, **targets}, targets, {})
    for faults, count, losses in _LENIENCE:
        if faults and len(equations) > _MOST_EQUATIONS:
            continue
        for numbers in itertools.combinations(columns, count):
            for wrong in itertools.combinations(range(len(equations)), faults):
                for given in guesses:
                    fixed = {**ranks, **given, **dict.fromkeys(numbers, 0)}
                    fit = _fitted(equations, wrong, fixed, signature.habits, losses, declared, sampled=sampled)
                    if fit is not None:
                        return _named(fit, bare, known, declared, signature)
    for given in _apart(by_definition, {}) if has_weights else ():
        fit = _fitted(equations, (), {**ranks, **given}, signature.habits, False, declared, loose=True, sampled=sampled)
        if fit is not None:
            return _named(fit, bare, known, declared, signature)
    return {}


def _is_quadratic(side: Node) -> bool:
    """Whether a side is x^T A x, of which x^T A x > 0 says the shapes, too."""
    return isinstance(side, ast.Product) and any(True for _ in middles(side))


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
        fit = Fit({**ranks, **found}, habits)
        ref = fit.ref(left) if isinstance(left, ast.Symbol) else None
        if ref is None or ref.indices or ref.transposed or ref.key not in ranks or ref.key in seen or names_loss(left):
            continue
        seen.add(ref.key)
        try:
            shape = fit.shape(right)
        except UnfitError:
            continue
        if shape is not None and len(shape.sizes) > ranks[ref.key]:
            found[ref.key] = len(shape.sizes)
    fit = Fit({**ranks, **found}, habits)
    for a, b in (pair for sides in equations for side in sides for pair in _differences(side)):
        one, other = fit.ref(a), fit.ref(b)
        if (
            one is not None
            and other is not None
            and other.key in ranks.keys() - fixed
            and base_letter(other.key) in LABELS
        ):
            if found.get(one.key) == 2 and not one.indices and other.key not in seen:
                found[other.key] = 2  # what is predicted for every sample has a label for every sample
    return found


def _numbers_by_definition(
    equations: Sequence[tuple[Node, Node]], ranks: Mapping[str, int], fixed: Collection[str], habits: Habits
) -> dict[str, int]:
    r"""The names of numbers: z and c of z = v^T h + c, with v^T h a number, p of p = \sigma(z), and the y of p - y."""
    fit = Fit(ranks, habits)
    found: dict[str, int] = {}

    def noted(*nodes: Node) -> None:
        refs = [fit.ref(node) for node in nodes if isinstance(node, ast.Symbol)]
        keys = [ref.key for ref in refs if ref is not None and not ref.indices]
        found.update((key, 0) for key in keys if ranks.get(key) == 1 and key not in fixed)

    for left, right in equations:
        inner = [n for n in walk(right) if isinstance(n, ast.Product) and _is_inner(fit, n)]
        for total in walk(right) if inner else ():
            if isinstance(total, ast.Sum) and any(term.body in inner for term in total.terms):
                noted(*(term.body for term in total.terms))
        with contextlib.suppress(UnfitError):
            follows = inner or any(ref.key in found for ref in _refs(right, habits))
            shape = Fit({**ranks, **found}, habits).shape(right) if follows else None
            if shape is not None and not shape.sizes:
                noted(left)
    for one, other in (pair for sides in equations for side in sides for pair in _differences(side)):
        first = fit.ref(one)
        if first is not None and first.key in found:
            noted(other)
    return found


def _is_inner(fit: Fit, node: ast.Product) -> bool:
    """Whether a product of two names is a number, and the names are none: v^T h."""
    names = [factor.body for factor in node.factors]
    shapes = [fit.symbol(name) if isinstance(name, ast.Symbol) else None for name in names]
    if len(names) != 2 or any(s is None or not s.sizes for s in shapes):
        return False
    with contextlib.suppress(UnfitError):
        product = fit.shape(node)
        return product is not None and not product.sizes
    return False


def _differences(side: Node) -> Iterator[tuple[ast.Symbol, ast.Symbol]]:
    """The names p and y of p - y and y - p, either first."""
    for node in walk(side):
        if isinstance(node, ast.Sum) and len(node.terms) == 2 and node.terms[1].sign == "-":
            a, b = (term.body for term in node.terms)
            if isinstance(a, ast.Symbol) and isinstance(b, ast.Symbol):
                yield from ((a, b), (b, a))


def _gradients(equations: Sequence[tuple[Node, Node]], indexed: Collection[str], habits: Habits) -> set[str]:
    """The names of gradients, G = ∂L/∂S, that have rows G_i: capitals that say of what shape they are."""
    found: set[str] = set()
    for left, right in equations:
        below = leading(right.denominator) if isinstance(right, ast.Fraction) else None
        if below is None or not isinstance(left, ast.Symbol) or not left.name[:1].isupper() or len(below) != 1:
            continue
        names = [ref.key for side in (left, below[0].body) for ref in _refs(side, habits)]
        found |= {names[0]} if len(names) == 2 and names[0] in indexed and names[1] != names[0] else set()
    return found


def _counts(equations: Sequence[tuple[Node, Node]], habits: Habits) -> set[str]:
    """The names that stand by themselves or beside a numeral below a fraction bar, as in 1/m and 1/2m, and no X."""
    found: set[str] = set()
    for node in (n for sides in equations for side in sides for n in walk(side)):
        below = node.denominator if isinstance(node, ast.Fraction) else None
        factors = below.factors if isinstance(below, ast.Product) else ()
        if factors and isinstance(factors[0].body, ast.Number):
            below = factors[-1].body if len(factors) == 2 else None
        if isinstance(below, ast.Symbol) and isinstance(node, ast.Fraction) and isinstance(node.numerator, ast.Number):
            found |= {ref.key for ref in _refs(below, habits) if base_letter(ref.key) in _SIZES}
    return found


def _between(equations: Sequence[tuple[Node, Node]], bare: Collection[str], habits: Habits) -> set[str]:
    r"""The capitals A of x^T A y and of (x - u)^T A^{-1} (x - u): matrices, whatever letter they have."""
    found: set[str] = set()
    for node in (n for sides in equations for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        for triple in triples(node):
            if {ref.key for part in triple for ref in _refs(part, habits)} <= {*bare, *TRANSPOSES}:
                found |= {ref.key for ref in _refs(triple[1], habits)[:1]}
    return found


def _cells(equations: Sequence[tuple[Node, Node]], habits: Habits) -> set[str]:
    """Small letters that are entries of a matrix written out, in rows and columns: numbers."""
    found: set[str] = set()
    for node in (n for sides in equations for side in sides for n in walk(side)):
        if isinstance(node, ast.Matrix) and len(node.rows) > 1 and min(map(len, node.rows)) > 1:
            cells = (cell for row in node.rows for cell in row if isinstance(cell, ast.Symbol) and cell.name.islower())
            found |= {ref.key for cell in cells for ref in _refs(cell, habits) if not ref.transposed}
    return found


def _rows_of(key: str, signature: Signature, indexed: set[str]) -> str | None:
    """The name of the rows of a matrix of data: x, which has an index of samples somewhere, of X.

    Z and A are all outputs where z and a have no other index.
    """
    small = key.replace(base_letter(key), base_letter(key).lower(), 1)
    axes = signature.axes.get(small, ())
    is_data = base_letter(key) in ("X", "Y", "T") or key in ("Z", "A") and axes == (signature.sample,)
    return small if is_data and small in indexed and signature.sample in axes else None


def _sampled(refs: Sequence[Ref], known: Mapping[str, tuple[Key, ...]], signature: Signature) -> frozenset[str]:
    """The names whose first axis is that of the samples, and whose index, where they have one, is always of it."""
    slots = {r.key: (r.key + "!" * r.bold, bool(r.above), 1, 0) for r in refs if len(r.indices) == 1}
    others = {key for key, slot in slots.items() if signature.sort_of_slot.get(slot) != signature.sample}
    return frozenset(key for key, axes in known.items() if axes[0] == signature.sample is not None) - others


def _named(
    fit: Fit,
    bare: set[str],
    known: Mapping[str, tuple[Key, ...]],
    declared: Mapping[str, tuple[str, ...]],
    signature: Signature,
) -> dict[str, tuple[Key, ...]]:
    """The axes that were found; those of a stated size are of the sort that has it, or get it.

    The b of w^T X + b that fits as one number for each sample is one number for all of them. A column whose size is
    that of nothing else has the axis that it had: of \\beta^T x_i it is known what it runs over.
    """
    texts = {text for sizes in declared.values() for text in sizes}
    sorts_of = {text: [sort for sort, size in signature.size.items() if size == text] for text in texts}
    found = fit.axes(bare, known, {text: sorts[0] for text, sorts in sorts_of.items() if len(sorts) == 1})
    found |= {key: () for key in bare - declared.keys() if key == "b" and found[key] == (signature.sample,)}
    met = Counter(sort for axes in (*found.values(), *known.values()) for sort in axes)
    unmet = {key for key in bare - declared.keys() if len(found[key]) == 1 and met[found[key][0]] == 1}
    found |= {key: signature.axes[key] for key in unmet if len(signature.axes.get(key, ())) == 1}
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
    """The names that stand by themselves on a side: what they are is said there.

    A derivative that is A, of what was written with A before, says nothing of A: \\nabla_x b^T x = b.
    """
    found: set[str] = set()
    seen: set[str] = set()
    for step in document.steps:
        left, right = (side.node if side is not None else None for side in (step.left, step.right))
        for side, other in ((left, right), (right, left)):
            if step.sign.sign not in _EQUAL or not isinstance(side, ast.Symbol):
                continue
            keys = {ref.key for ref in _refs(side, habits)}
            if side is right and other is not None and _is_derivative(other):
                keys -= seen | {ref.key for ref in _refs(other, habits)}
            found |= keys
        seen |= {ref.key for side in (left, right) if side is not None for ref in _refs(side, habits)}
    return found


def _is_derivative(node: Node) -> bool:
    return any(isinstance(part, ast.Nabla | ast.Partial) for part in walk(node))


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
    losses: bool | str,
    declared: Mapping[str, tuple[str, ...]],
    loose: bool = False,
    sampled: frozenset[str] = frozenset(),
) -> Fit | None:
    """The sizes that all equations but those that are said to be wrong demand; None where there are none.

    loose: only what says what a name is must fit, for ∂L/∂W = δ h is written where δ h^T is meant. sampled: names
    whose one index is that of the sample.
    """
    fit = Fit(ranks, habits, losses is True, rows=losses == "rows", sampled=sampled)
    fit.declare(declared)
    for number, (left, right) in enumerate(equations):
        before = dict(fit.parent)
        try:
            if number not in wrong:
                fit.equation(left, right)
        except UnfitError:
            if not loose or isinstance(left, ast.Symbol):
                return None
            fit.parent = before
    return fit


def _rank(key: str) -> int:
    letter = base_letter(key)
    if is_number(key):
        return 0
    return 2 if letter in _MATRICES or is_weight(key) else 1


def _refs(side: Node, habits: Habits) -> list[Ref]:
    found = []
    for node in walk(side):
        if isinstance(node, ast.Symbol):
            try:
                found.append(read_name(node, habits))
            except UnsupportedNoteError:
                continue
    return found
