r"""Functions that a document uses before it says what they are: h(x) = g(\theta^\top x), where g(z) = 1/(1 + e^{-z}).

Such a function is known from the start if the document defines it once, soon after its first use, as an expression in
its one argument and in nothing else: then no reading of the text gives it another meaning. So is a name that "where …"
behind its first use defines, once and of what is not defined otherwise: \sum_i y_i \log \alpha_i, where \alpha_i = …,
and one that is defined further on in the display that uses it. One "where" reaches over a list: ∂L/∂z = p - y, where
L = -\sum_k y_k \log p_k and p = softmax(z). The z of h(x) = g(z) is known as well, if z = \theta^\top x is said soon
after: else h(x) would be no function of x. What hangs on names that are defined before it, as the W of X^\top W X does,
where W = diag(p_i (1 - p_i)), is known as soon as these are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.names import names_in
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Step

__all__ = ["Late", "said_ahead"]

_NEAR = 4  # formulas from the first use to the definition
_CONSTANTS = frozenset(("e", r"\pi"))
_WHERE = re.compile(
    r"(\b(where|here|in which|wherein|with|wobei|hierbei|mit|où|avec|donde|con|onde|com|dove|где|здесь|при)\b"
    r"|其中|这里|ここで|여기서|trong đó|với)\W*(\w+\W+){0,3}$",
    re.I,
)
_ALSO = re.compile(r"[^\w#]*(and|und|et|y|e|и|和|与|và|と)?[^\w#]*", re.I)


@dataclass(frozen=True)
class Late:
    """A name that is defined behind its first use, the formula `used`, by names that other formulas define."""

    step: Step
    head: Head
    used: int
    needs: frozenset[str]


def said_ahead(document: Document, signature: Signature) -> tuple[list[tuple[Step, Head]], list[Late]]:
    """The definitions, each with its head, that are known from the start, and those that wait for others."""
    first = _first_uses(document, signature)
    names, needs = _names_ahead(document, signature, first)
    ready = [names[key] for key in _in_order(names, needs)]
    late = [
        Late(step, head, first.get(key, step.formula), frozenset(needs[key]))
        for key, (step, head) in names.items()
        if (step, head) not in ready and key not in needs[key]
    ]
    return [*_functions_ahead(document, signature, first), *ready], late


def _functions_ahead(
    document: Document, signature: Signature, first: Mapping[str, int]
) -> tuple[tuple[Step, Head], ...]:
    """The definitions, each with its head, of the functions that are defined once, by their argument alone."""
    found: dict[str, list[tuple[Step, Head] | None]] = {}
    for step in document.steps:
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            continue
        head = head_of(step.left.node, signature)
        if head is None or head.ref.key not in signature.functions:
            continue
        is_closed = (
            step.sign.sign == "="
            and len(head.arguments) == 1
            and not head.ref.indices
            and _is_of(step.right.node, head.arguments[0])
        )
        found.setdefault(head.ref.key, []).append((step, head) if is_closed else None)
    once = (known[0] for known in found.values() if len(known) == 1 and known[0] is not None)
    return tuple((step, head) for step, head in once if step.formula - first.get(head.ref.key, 0) <= _NEAR)


def _names_ahead(
    document: Document, signature: Signature, first: Mapping[str, int]
) -> tuple[dict[str, tuple[Step, Head]], dict[str, set[str]]]:
    """The definitions of the names that are defined once, just behind their first use, and what each needs."""
    found: dict[str, list[tuple[Step, Head]]] = {}
    for step in document.steps:
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            continue
        head = (
            head_of(step.left.node, signature) if step.left.member == 0 and step.left.formula == step.formula else None
        )
        if head is not None:
            found.setdefault(head.ref.key, []).append((step, head))
    once = {key: known[0] for key, known in found.items() if len(known) == 1}
    said: dict[str, tuple[Step, Head]] = {}
    listed = -1  # the last formula that a "where" reaches
    for key, (step, head) in sorted(once.items(), key=lambda item: document.steps.index(item[1][0])):
        goes_on = listed in (step.formula, step.formula - 1) and _goes_on(document, step)
        if _is_said_behind(document, signature, step, head, goes_on, first):
            said[key] = step, head
            listed = step.formula
    return said, {key: _heads_in(step, signature, found) for key, (step, _) in said.items()}


def _goes_on(document: Document, step: Step) -> bool:
    """Whether a definition stands behind the formula before it with no words between them but "and"."""
    formula = document.formulas[step.formula]
    if step.chain > 0:
        return _ALSO.fullmatch(formula.chains[step.chain].words) is not None
    before = document.formulas[step.formula - 1] if step.formula else None
    if before is None:
        return False
    between = formula.source.excerpt.source.text[before.source.end : formula.source.start]
    return _ALSO.fullmatch(between) is not None


def _in_order(said: Collection[str], needs: Mapping[str, set[str]]) -> Iterator[str]:
    """The names of what is said, each behind those that it needs; without those that need what isn't."""
    known: set[str] = set()
    while ready := [key for key in said if key not in known and needs[key] <= known]:
        known.update(ready)
        yield from ready


def _is_said_behind(
    document: Document, signature: Signature, step: Step, head: Head, goes_on: bool, first: Mapping[str, int]
) -> bool:
    """Whether the words before a definition refer to the formula before it, which has the name.

    goes_on: whether it stands in the list of one to which they do.
    """
    formula = document.formulas[step.formula]
    used = first.get(head.ref.key, 0)
    is_beside = used == step.formula and _is_used_before(formula.chains[: step.chain], signature, head)
    if step.sign.sign != "=" or head.arguments or not (is_beside or step.formula - _NEAR < used < step.formula):
        return False
    said = (
        goes_on
        or is_beside
        or bool(_WHERE.search(formula.context.before[-60:]))
        or step.chain > 0
        and bool(_WHERE.search(formula.chains[step.chain].words))
        or _is_between(document, signature, step, head)
    )
    assert step.right is not None and step.right.node is not None
    is_value = any(True for _ in names_in([step.right.node], signature.habits))  # y = 1 is a case of what has a y
    return said and is_value


def _is_used_before(chains: Collection[ast.Chain], signature: Signature, head: Head) -> bool:
    r"""Whether a name stands in what is displayed beside its definition, before it: X^T (y - \mu), \mu_i = …."""
    sides = [member for chain in chains for member in chain.members if member is not None]
    return any(ref.key == head.ref.key for ref in names_in(sides, signature.habits))


def _is_between(document: Document, signature: Signature, step: Step, head: Head) -> bool:
    """Whether a name stands for what a function is of: z of h(x) = g(z) and z = \\theta^T x."""
    assert step.right is not None and step.right.node is not None
    inner = {ref.key for ref in names_in([step.right.node], signature.habits)}
    for other in document.steps:
        if (
            not step.formula - _NEAR < other.formula < step.formula
            or other.left is None
            or other.right is None
            or other.left.node is None
        ):
            continue
        outer = head_of(other.left.node, signature)
        if outer is None or other.right.node is None or len(outer.arguments) != 1:
            continue
        of = {ref.key for ref in names_in(outer.arguments, signature.habits)}
        used = {ref.key for ref in names_in([other.right.node], signature.habits)}
        if of and of <= inner and head.ref.key in used and not of & used:
            return True
    return False


def _heads_in(step: Step, signature: Signature, found: Collection[str]) -> set[str]:
    """What stands in the value of a name and is defined by the document as well."""
    assert step.right is not None and step.right.node is not None
    return {ref.key for ref in names_in([step.right.node], signature.habits)} & set(found)


def _first_uses(document: Document, signature: Signature) -> dict[str, int]:
    """The first formula that has each name in it."""
    found: dict[str, int] = {}
    for formula in document.formulas:
        sides = [m for chain in formula.chains for m in chain.members if m is not None]
        for ref in names_in(sides, signature.habits):
            found.setdefault(ref.key, formula.index)
    return found


def _is_of(value: Node, argument: Node) -> bool:
    """Whether an expression consists of its argument and of constants."""
    if not isinstance(argument, ast.Symbol) or argument.subscripts or argument.superscripts:
        return False
    symbols = [n for n in walk(value) if isinstance(n, ast.Symbol)]
    plain = (ast.Partial, ast.Nabla, ast.BigOperator, ast.Unread, ast.Ellipsis, ast.Matrix, ast.Text)
    return (
        any(s.name == argument.name for s in symbols)
        and all(s.name == argument.name or s.name in _CONSTANTS for s in symbols)
        and not any(isinstance(n, plain) for n in walk(value))
    )
