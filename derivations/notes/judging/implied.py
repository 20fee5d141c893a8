r"""Names that an equation gives a value without standing alone in it: it is solved for them.

    \log p(y \mid x) = y z - \log(1 + e^z)        p(y|x) is e to that
    \frac{p}{1-p} = e^z,   \log\frac{p}{1-p} = z   p is e^z / (1 + e^z), e^z in place of odds; p may be P(y=1)
    -\frac1N \log P = …                            P is e to minus N times that
    -L = …,   \log\frac{P}{Q} = z                  L is …, negated; P is Q e^z
    s^2 = \frac1n \sum_i (x_i - \mu)^2              s is its positive root
    \prod_i p(x_i \mid w) = \prod_i …               p(x_i|w) is …, term by term
    \sigma(z) = \sigma(w^\top x + b)                z is what stands in its place

Only a name that is neither data nor a parameter and has no value yet is solved for: that is its definition.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from derivations.notes.interpreting.heads import Head, head_of
from derivations.notes.interpreting.quotients import product_of
from derivations.notes.interpreting.signature import Signature
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import differing, rebuilt

__all__ = ["OTHER_OUTCOMES", "apart", "implied", "of_both", "of_rest", "other_outcome"]

_ONE = ast.Number("1")
OTHER_OUTCOMES = (ast.Number("0"), ast.Sum((ast.Term("-", _ONE),)))  # than 1, of a label of two
_STEPS = 5


def implied(left: Node, right: Node, signature: Signature) -> tuple[Head, Node, Node] | None:
    """(the name, as it is written, its value) where the left side is an invertible expression of one name."""
    node, value = left, right
    for _ in range(_STEPS):
        head = head_of(node, signature)
        if head is not None and node is not left:
            return None if any(part == node for part in walk(right)) else (head, node, value)
        inner = _inside(node, value, signature)
        if inner is None:
            return None
        node, value = inner
    return None


def apart(left: Node, right: Node) -> tuple[Node, Node] | None:
    """What stands in two sides in each other's place, where they are alike but for it."""
    pairs = differing(left, right)
    return pairs[0] if pairs and all(pair == pairs[0] for pair in pairs) and pairs[0] != (left, right) else None


def of_both(label: ast.Symbol, value: Node) -> Node:
    """p^y (1 - p)^{1 - y}, the probability of a label y that is 1 with probability p, and else 0."""
    powers = ((value, label), (of_rest(value), _rest(label)))
    return ast.Product(tuple(ast.Factor("", "", ast.Scripted(_braced(base), (), (power,))) for base, power in powers))


def other_outcome(node: Node, other: Node) -> Node:
    """P(y = 0 | x) of P(y = 1 | x), where 0 is the other outcome."""

    def turned(found: Any) -> Any:
        match found:
            case ast.Chain((ast.Symbol() as label, ast.Number("1")), (ast.Relation("="),)):
                return replace(found, members=(label, other))
        return rebuilt(found, turned)

    found: Node = turned(node)
    return found


def _inside(node: Node, value: Node, signature: Signature) -> tuple[Node, Node] | None:
    """What is inside the outermost operation, and what it equals."""
    match node:
        case ast.Group("(" | "[" | "{", _, body) if body is not None:
            return body, value
        case ast.Symbol(_, _, _, (ast.Number("2"),), 0):
            return replace(node, superscripts=()), ast.Root(_braced(value))
        case ast.Sum((ast.Term("-", body),)):
            return body, ast.Sum((ast.Term("-", _braced(value)),))
        case ast.Product((ast.Factor("", "", ast.Function("log" | "ln", (), (), 0)), *rest)) if (
            rest and not rest[0].sign
        ):
            inner = rest[0].body if len(rest) == 1 else ast.Product(tuple(rest))
            return inner, ast.Symbol("e", (), (), (_braced(value),))
        case ast.Product((ast.Factor("", "", ast.Fraction(above, below)), *rest)) if (
            rest and not rest[0].sign and _is_count(above) and _is_count(below)
        ):
            inner = product_of(tuple(rest))
            factors = (ast.Factor("", "", ast.Fraction(below, above)), ast.Factor(r"\cdot", "", _braced(value)))
            return inner, ast.Product(factors)
        case ast.Product(
            (ast.Factor("", "", ast.Symbol("logit", _, (), (), 0)), ast.Factor("", "", ast.Group("(", _, body)))
        ):
            return None if body is None else (body, _of_odds(ast.Symbol("e", (), (), (_braced(value),))))
        case ast.Fraction(above, below) if below == _rest(above) or _are_outcomes(above, below):
            return above, _of_odds(value)
        case ast.Fraction(above, below) if _is_chance(above, signature) and _is_chance(below, signature):
            factors = (ast.Factor("", "", _braced(value)), ast.Factor(r"\cdot", "", _braced(below)))
            return above, ast.Product(factors)
        case ast.Product((ast.Factor("", "", ast.BigOperator() as operator), *rest)):
            term, written = _of_terms(operator, node), _of_terms(operator, value)
            if rest and term is not None and written is not None and _is_of_chance(term, signature):
                return term, written
    return None


def _are_outcomes(one: Node, other: Node) -> bool:
    """Whether two probabilities are those of the two outcomes of one label, first that of 1."""
    return one != other and any(other_outcome(one, outcome) == other for outcome in OTHER_OUTCOMES)


def _is_count(node: Node) -> bool:
    """Whether something is a number, or how many there are of something: 1 and N of 1/N."""
    match node:
        case ast.Number(text):
            return text.isdigit() and int(text) > 0
        case ast.Symbol("N" | "n" | "m" | "M", (), (), (), 0):
            return True
    return False


def _of_terms(operator: ast.BigOperator, node: Node) -> Node | None:
    """What a sum or a product with this sign is of."""
    match node:
        case ast.Product((ast.Factor("", "", ast.BigOperator() as own), ast.Factor("", "", first), *rest)) if (
            own == operator
        ):
            return ast.Product((ast.Factor("", "", first), *rest)) if rest else first
    return None


def _is_of_chance(node: Node, signature: Signature) -> bool:
    """Whether something is a probability, or the logarithm of one."""
    match node:
        case ast.Product((ast.Factor("", "", ast.Function("log" | "ln", (), (), 0)), ast.Factor("", "", body))):
            return _is_of_chance(
                body.body if isinstance(body, ast.Group) and body.body is not None else body, signature
            )
    return _is_chance(node, signature) or _is_density(node)


def _is_density(node: Node) -> bool:
    r"""Whether a function has parameters behind a bar or a semicolon: f(x_i; p)."""
    match node:
        case ast.Product(
            (ast.Factor("", "", ast.Symbol()), ast.Factor("", "", ast.Group("(", _, ast.Listing() as items)))
        ):
            return bool({"|", ";"} & set(items.separators))
    return False


def _is_chance(node: Node, signature: Signature) -> bool:
    """Whether a name is a probability, as P(y|x) is and the dL of dL/da is not."""
    head = head_of(node, signature)
    return head is not None and "(" in head.ref.key


def _of_odds(odds: Node) -> Node:
    return ast.Fraction(odds, ast.Sum((ast.Term("", _ONE), ast.Term("+", _braced(odds)))))


def of_rest(value: Node) -> Node:
    """1 - p, the probability of the other outcome."""
    return _rest(_braced(value))


def _rest(node: Node) -> Node:
    """1 - p of p."""
    return ast.Sum((ast.Term("", _ONE), ast.Term("-", node)))


def _braced(node: Node) -> Node:
    return ast.Group("(", ")", node)
