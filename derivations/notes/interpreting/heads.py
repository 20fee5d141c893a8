r"""Bare names, which a relation after them may define: J, C_i, h_\theta(x), J(w, b), P(y = k \mid x)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from derivations.notes.interpreting.arrays import ARRAY_FUNCTIONS
from derivations.notes.interpreting.events import event_key
from derivations.notes.interpreting.names import Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.signature import Signature
from derivations.notes.interpreting.thresholds import RELU
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node
from derivations.notes.parsing.render import render

__all__ = ["Head", "head_of"]

_BUILTIN = frozenset((r"\sigma", "sigmoid", "Sigmoid", "softmax", "Softmax", "e", r"\delta", r"\partial", "d", r"\pi"))
_BUILTIN |= ARRAY_FUNCTIONS | RELU | {"sign", "sgn"}


@dataclass(frozen=True)
class Head:
    """A bare name with what it is written as a function of."""

    ref: Ref
    arguments: tuple[Node, ...] = ()


def head_of(node: Node, signature: Signature) -> Head | None:
    """The name that a side consists of; None for any other expression."""
    match node:
        case ast.Product((_, second)) if isinstance(second.body, ast.BigOperator | ast.Function):
            return None
        case ast.Decorated(_, body):
            return head_of(body, signature)
        case ast.Group("{", _, body) if body is not None:
            return head_of(body, signature)
        case ast.Annotated(_, body, _):
            return head_of(body, signature)
        case ast.Symbol():
            return _symbol(node, signature)
        case ast.Product((first, second)) if not second.operator and not first.sign and not second.sign:
            return _application(first.body, second.body, signature)
        case ast.Product(factors) if all(_is_word(f.body) and not f.operator and not f.sign for f in factors):
            return Head(Ref(" ".join(render(f.body) for f in factors)))
    return None


def _is_word(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and len(node.name) > 1 and not node.subscripts and not node.superscripts


def _symbol(node: ast.Symbol, signature: Signature) -> Head | None:
    try:
        ref = read_name(node, signature.habits)
    except UnsupportedNoteError:
        return None
    is_error = ref.key == r"\delta" and (len(ref.indices) < 2 or not signature.has_kronecker)  # no Kronecker delta
    is_spread = ref.key == r"\sigma" and signature.names_sigma
    if ref.key in _BUILTIN and not (is_error or is_spread):
        is_name = ref.key == "e" and signature.names_e or ref.key == r"\pi" and signature.names_pi
        if not (is_name or ref.key in ("e", r"\pi") and ref.indices):  # e_i is an error, e Euler's number
            return None
    if ref.power is not None or ref.transposed or any(i.letter is None for i in ref.indices):
        return None
    if any(i.is_one_place for i in ref.indices):  # w_{t+1}, the next value of w, is a name of its own
        return Head(Ref(f"{ref.key}[{','.join(map(str, ref.indices))}]"))
    is_diagonal = len(ref.indices) == 2 and signature.is_said_diagonal(ref.key)  # S_{ii} says what all of S is
    if len({i.letter for i in ref.indices}) != len(ref.indices) and not is_diagonal:
        return None
    if ref.primes:
        ref = replace(ref, key=ref.key + "'" * ref.primes, primes=0)
    return Head(ref)


def _application(name: Node, bracket: Node, signature: Signature) -> Head | None:
    if isinstance(name, ast.Symbol) and name.name == "d" and isinstance(bracket, ast.Symbol):
        inner = _symbol(bracket, signature)
        entry = read_name(bracket, signature.habits) if inner is None else inner.ref
        return Head(entry.differential) if inner is not None or not entry.differential.indices else None
    if not isinstance(name, ast.Symbol) or name.primes:
        return None
    found = _symbol(name, signature)
    group = bracket.base if isinstance(bracket, ast.Scripted) else bracket
    if found is None or not isinstance(group, ast.Group) or group.opening != "(" or group.body is None:
        return None
    body = group.body
    written = body.items if isinstance(body, ast.Listing) else (body,)
    items: list[Node] = [i for i in written if i is not None]
    chain = next((i for i in items if isinstance(i, ast.Chain)), None)
    if chain is not None:
        return _conditional(found.ref, chain, body, items, signature)
    if isinstance(bracket, ast.Scripted):
        if len(bracket.subscripts) != 1 or bracket.superscripts or not all(isinstance(i, ast.Symbol) for i in items):
            return None  # s(x + c)_i is s elsewhere, and no name
        carrier = _symbol(ast.Symbol("f", (), bracket.subscripts), signature)
        if carrier is None or carrier.ref.key != "f":
            return None
        return Head(replace(found.ref, below=found.ref.below + carrier.ref.below))
    flat: list[Node] = []
    for item in items:  # h_\theta(x^{(i)}) and Cost(h_\theta(x), y) alike
        if isinstance(item, ast.Symbol):
            flat.append(item)
        elif isinstance(item, ast.Product) and head_of(item, signature) is not None:
            flat.append(item)
        else:
            return None
    return Head(found.ref, tuple(flat))


def _is_numeral(node: ast.Sum) -> bool:
    """Whether a sum is a number with its sign: -1."""
    return len(node.terms) == 1 and isinstance(node.terms[0].body, ast.Number)


def _conditional(ref: Ref, chain: ast.Chain, body: Node, items: list[Node], signature: Signature) -> Head | None:
    left, right = chain.members[0], chain.members[-1]
    if not isinstance(left, ast.Symbol) or len(chain.relations) != 1:
        return None
    label = read_name(left, signature.habits)
    arguments = (left, *(i for i in items if isinstance(i, ast.Symbol)))
    of_value = event_key(ref.key, render(chain), body, signature.habits, signature.priors)
    if isinstance(right, ast.Number) or isinstance(right, ast.Sum) and _is_numeral(right):
        return Head(Ref(of_value), arguments)
    if not isinstance(right, ast.Symbol):
        return None
    carrier = _symbol(ast.Symbol("f", (), (right,)), signature)
    if right.name in signature.size_names and right.name.isupper():  # that of the last class
        return Head(Ref(of_value), arguments)
    if carrier is None or len(carrier.ref.below) != 1:
        return None
    of_any = event_key(ref.key, f"{label.key}=·", body, signature.habits, signature.priors)
    return Head(Ref(of_any, carrier.ref.below), arguments)
