r"""Functions that a document uses before it says what they are: h(x) = g(\theta^\top x), where g(z) = 1/(1 + e^{-z}).

Such a function is known from the start if the document defines it once, soon after its first use, as an expression in
its one argument and in nothing else: then no reading of the text gives it another meaning. So is a name that "where …"
behind its first use defines, once and of what has no other definition: \sum_i y_i \log \alpha_i, where \alpha_i = ….
"""

from __future__ import annotations

import re

from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.interpreting.survey import names_in
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Step

__all__ = ["said_ahead"]

_NEAR = 4  # formulas from the first use to the definition
_CONSTANTS = frozenset(("e", r"\pi"))
_WHERE = re.compile(
    r"(\b(where|here|in which|wherein|wobei|hierbei|où|donde|onde|dove|где|здесь)\b|其中|这里|ここで|여기서|trong đó)"
    r"\W*(\w+\W+){0,3}$",
    re.I,
)


def said_ahead(document: Document, signature: Signature) -> tuple[tuple[Step, Head], ...]:
    """The definitions, each with its head, that are known from the start."""
    return (*_functions_ahead(document, signature), *_names_ahead(document, signature))


def _functions_ahead(document: Document, signature: Signature) -> tuple[tuple[Step, Head], ...]:
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
    return tuple((step, head) for step, head in once if step.formula - _first_use(document, signature, head) <= _NEAR)


def _names_ahead(document: Document, signature: Signature) -> tuple[tuple[Step, Head], ...]:
    """The definitions, each with its head, of the names that are defined once, just behind their first use."""
    found: dict[str, list[tuple[Step, Head]]] = {}
    for step in document.steps:
        if step.left is None or step.right is None or step.left.node is None or step.right.node is None:
            continue
        head = (
            head_of(step.left.node, signature) if step.left.member == 0 and step.left.formula == step.formula else None
        )
        if head is not None:
            found.setdefault(head.ref.key, []).append((step, head))
    once = [known[0] for known in found.values() if len(known) == 1]
    return tuple(
        (s, h) for s, h in once if _is_said_behind(document, signature, s, h) and not _heads_in(s, signature, found)
    )


def _is_said_behind(document: Document, signature: Signature, step: Step, head: Head) -> bool:
    """Whether the words before a definition refer to the formula before it, which has the name."""
    formula = document.formulas[step.formula]
    used = _first_use(document, signature, head)
    said = (
        bool(_WHERE.search(formula.context.before[-60:]))
        or step.chain > 0
        and bool(_WHERE.search(formula.chains[step.chain].words))
    )
    return step.sign.sign == "=" and not head.arguments and step.formula - _NEAR < used < step.formula and said


def _heads_in(step: Step, signature: Signature, found: dict[str, list[tuple[Step, Head]]]) -> bool:
    """Whether the value of a name has something in it that the document defines as well."""
    assert step.right is not None and step.right.node is not None
    return any(ref.key in found for ref in names_in([step.right.node], signature.habits))


def _first_use(document: Document, signature: Signature, head: Head) -> int:
    """The first formula that has the function in it."""
    for formula in document.formulas:
        sides = [m for chain in formula.chains for m in chain.members if m is not None]
        if any(ref.key == head.ref.key for ref in names_in(sides, signature.habits)):
            return formula.index
    return 0


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
