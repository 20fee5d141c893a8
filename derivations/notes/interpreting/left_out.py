r"""What a name is written without: the argument of a function, the dots among parameters, the δ of an identity matrix.

\frac{d\tanh}{dz}            \frac{d\tanh(z)}{dz}
E(w_1, \dots, w_K)           E, a loss with all of its parameters
I_{kj}                       \delta_{kj}, where the text speaks of the identity matrix
"""

from __future__ import annotations

from dataclasses import replace

from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.signature import WEIGHTS
from derivations.notes.interpreting.thresholds import RELU
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node

__all__ = ["are_all_parameters", "is_entry_of_identity", "with_argument"]

_MODELS = frozenset(("f", "F", "g", "h", "y", "z"))
_LOSSES = frozenset(("E", "J", "L", "C", r"\ell", "loss", "cost"))


def with_argument(node: ast.Fraction) -> ast.Fraction:
    r"""\frac{d\tanh(z)}{dz} for \frac{d\tanh}{dz}, and so a maximum with 0."""
    above, below = leading(node.numerator), leading(node.denominator)
    if (
        above is None
        or below is None
        or len(above) != 1
        or len(below) != 1
        or not isinstance(below[0].body, ast.Symbol)
    ):
        return node
    name = above[0].body
    is_tanh = isinstance(name, ast.Function) and name.name == "tanh" and not name.superscripts
    if not (is_tanh or isinstance(name, ast.Symbol) and name.name in RELU and not name.subscripts):
        return node
    assert isinstance(node.numerator, ast.Product)
    bracket = ast.Factor("", "", ast.Group("(", ")", below[0].body))
    return replace(node, numerator=replace(node.numerator, factors=(*node.numerator.factors, bracket)))


def are_all_parameters(before: Node, body: Node | None) -> bool:
    r"""Whether all that a name is of is in a bracket: E(w_1, \dots, w_K), y(x_0, x_1, \dots, x_m)."""
    if not (isinstance(before, ast.Symbol) and isinstance(body, ast.Listing)):
        return False
    names = {item.name for item in body.items if isinstance(item, ast.Symbol)}
    is_model = before.name in ("f", "F", "g") and names <= WEIGHTS or before.name in _MODELS and names == {"x"}
    if before.name not in _LOSSES and not is_model:
        return False
    dots = sum(isinstance(item, ast.Ellipsis) for item in body.items)
    return dots == 1 and len(names) == 1 and set(body.separators) == {","} and len(body.items) in (3, 4)


def is_entry_of_identity(node: Node | None) -> bool:
    """Whether a name is I with two letters below."""
    below = node.subscripts if isinstance(node, ast.Symbol) and node.name == "I" and not node.superscripts else ()
    match below:
        case (ast.Product((ast.Factor("", "", ast.Symbol()), ast.Factor("", "", ast.Symbol()))),):
            return True
        case (ast.Listing((ast.Symbol(), ast.Symbol())),):
            return True
    return False
