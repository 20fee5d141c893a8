"""A name before brackets: a function of what is in them, or a factor; this is only notation and decides no equation."""

from __future__ import annotations

from derivations.notes.interpreting.names import TRANSPOSES, is_transposed
from derivations.notes.interpreting.signature import LABELS, PARAMETERS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["EXPECTATION", "MOMENTS", "SIGMOIDS", "applies", "operator_on"]

SIGMOIDS = frozenset((r"\sigma", "sigmoid", "Sigmoid", "σ", "sigm", "logistic"))
MOMENTS = frozenset(("E", "P", "Var", "Cov", "V", r"\mathbb{E}", r"\mathbb{P}", r"\mathbb{V}", r"\mathrm{E}"))
EXPECTATION = "an expectation or a probability"
_OPERATORS = frozenset(
    [
        "minimize",
        "minimise",
        "maximize",
        "maximise",
        "prox",
        "proj",
        "mean",
        "average",
        "avg",
        "median",
        "mode",
        "prob",
        "erf",
        "stopgrad",
        "sort",
    ]
)
_STEPS = frozenset(("h", "n", "m", "N", r"\epsilon", r"\varepsilon", r"\Delta"))
_SCRIPTS = frozenset(("mathcal", "mathbb", "mathscr", "mathfrak"))
_EXPECTED = frozenset(("E", "Var", "Cov"))  # whatever stands below them: E_{a \sim \mu}[r]


def operator_on(name: ast.Symbol, key: str, behind: Node | None) -> str | None:
    r"""What a name is that is no factor of what is behind it, but an operator on that: E_{a \sim \mu}[r], minimize_w J.

    An expectation is one before brackets, however they are drawn; so is a word or a script letter: H[p], KL\{p\}.
    """
    if behind is None:
        return None
    is_call = isinstance(behind, ast.Group) and behind.opening == "("
    if name.name in ("O", "o") and not (name.subscripts or name.superscripts or name.primes):
        if is_call and _is_size(behind, name.name):
            return "an order of growth, which is no number"
    in_brackets = isinstance(behind, ast.Group) and behind.opening in ("[", "{", r"\{")
    if name.name == "E" and "mathbb" in name.decorations and not is_call:
        return EXPECTATION
    if in_brackets and (key in MOMENTS or name.name in _EXPECTED):
        return EXPECTATION
    if name.name.lower() in _OPERATORS and not is_call:
        return f"the operator {name.name}"
    is_word = len(name.name) > 1 and not name.name.startswith("\\") and name.name not in SIGMOIDS
    is_drawn = isinstance(behind, ast.Group) and behind.opening in ("[", r"\{")
    if is_drawn and (is_word or _SCRIPTS & set(name.decorations)):
        return f"{name.name} of what is in the brackets"
    return None


def _is_size(bracket: Node, name: str) -> bool:
    r"""Whether n, n^2, n \log n or 1 is in a bracket: an output O is no function of these, and O(1 - O) is a product.

    An output o may be one of z, and is none of the steps h and \epsilon, or of a count.
    """
    if any(isinstance(n, ast.Sum | ast.BigOperator | ast.Chain) for n in walk(bracket)):
        return False
    names = {n.name for n in walk(bracket) if isinstance(n, ast.Symbol)}
    return name not in names and (name == "O" or names <= _STEPS)


def applies(name: ast.Symbol, group: Node) -> bool:
    """Whether a name before brackets takes what is in them as its argument."""
    if not isinstance(group, ast.Group) or group.opening != "(" or group.body is None:
        return False
    body = group.body
    if not isinstance(body, ast.Symbol | ast.Listing) and _is_transposed(name):
        return False  # h^T (\hat y - y)
    if name.name == r"\delta" and not isinstance(body, ast.Listing):
        return False  # the error of a layer
    if name.name in LABELS | PARAMETERS | {"a", "x", "z"} and not isinstance(body, ast.Listing):
        if name.name in (r"\phi", r"\psi") and isinstance(body, ast.Product) and is_transposed(body.factors[0].body):
            return True  # \phi(w^T x), a function of a logit
        if name.name in (r"\phi", r"\psi", "y", "t"):  # y(x_n): the model at a sample, or its label
            return isinstance(body, ast.Symbol) and body.name in ("x", "X")
        return name.name in ("a", "z", "C", "u", "v") and isinstance(body, ast.Symbol) and body.name != "d"
    if isinstance(body, ast.Symbol):
        return body.name != "d" and (name.name not in ("p", "s") or not body.subscripts or not name.subscripts)
    if isinstance(body, ast.Listing):
        return True
    if name.name in ("f", "g", "h", r"\sigma", "A", "B") or len(name.name) > 1 and not name.name.startswith("\\"):
        return not name.subscripts or any(isinstance(s, ast.Symbol) for s in name.subscripts)
    return False


def _is_transposed(name: ast.Symbol) -> bool:
    return any(isinstance(s, ast.Symbol) and s.name in TRANSPOSES for s in name.superscripts)
