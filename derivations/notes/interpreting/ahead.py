r"""Functions that a document uses before it says what they are: h(x) = g(\theta^\top x), where g(z) = 1/(1 + e^{-z}).

Such a function is known from the start if the document defines it once, soon after its first use, as an expression in
its one argument and in nothing else: then no reading of the text gives it another meaning.
"""

from __future__ import annotations

from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.interpreting.survey import names_in
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Step

__all__ = ["functions_ahead"]

_NEAR = 4  # formulas from the first use to the definition
_CONSTANTS = frozenset(("e", r"\pi"))


def functions_ahead(document: Document, signature: Signature) -> tuple[tuple[Step, Head], ...]:
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
