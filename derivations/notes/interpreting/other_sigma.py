r"""σ where a document says it is another function than the logistic one.

    \sigma(z) = \tanh(z), \max(0, z), \frac{e^z - e^{-z}}{e^z + e^{-z}}, \frac{1}{1 + e^{-\beta z}}    this function
    "any activation function $\sigma$", "$\sigma$ is a ReLU"                                           an unknown one

It is then read as any function is, under a name of its own, which is shown as \sigma again. That is done for documents
that say so once, and have no word or formula that is of the logistic function; in a list of several functions called σ
nothing says which of them a formula means (`kinds.other_sigma` leaves these open). What is almost the logistic
function, 1/(1 + e^z), is not another one: it is a slip.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from derivations.notes.interpreting.softened import LOGISTIC
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["is_exponential", "is_sigma_of_name", "said_to_be_another", "with_other_sigma"]

_SIGMA = r"\sigma"
_OTHER = r"\sigma°"  # rendered without the mark
_NAMED = r"\$\\sigma(?:\([^$()]{1,12}\))?\$"
_ANY = re.compile(
    r"\b(?:any|some|arbitrary|an?|general|generic)\s+(?:\w+[\s-]+)?(?:activation|non-?linearity|transfer)"
    rf"(?:\s+function)?\s*{_NAMED}"
    rf"|{_NAMED}\s+(?:be|is|denotes|denote|stands for)\s+(?:any|some|an?|the|arbitrary)?\s*"
    r"(?:\w+[\s-]+)?(?:activation|non-?linearity|transfer|ReLU|tanh|hyperbolic|rectifie)"
    rf"|(?:ReLU|tanh|hyperbolic tangent|rectifier)(?:\s+function|\s+activation)?\s*{_NAMED}",
    re.I,
)
_SLOPES = frozenset([r"\beta", r"\alpha", r"\lambda", r"\tau", *"kacsT"])
_USUAL: tuple[Callable[[float], float], ...] = (
    math.tanh,
    lambda z: math.log1p(math.exp(z)),
    lambda z: z / (1 + math.exp(-z)),
    lambda z: math.exp(-z * z),
    lambda z: math.exp(-z * z / 2),
)
_POINTS = (0.3, -1.1, 1.7)
_SAME = 1e-9  # a dozen operations in float64 err by some 1e-15; any two of these functions differ by 0.2 at a point


def said_to_be_another(chains: Iterable[ast.Chain], words: str) -> bool:
    r"""Whether a document says that \sigma is one other function, or any, and nowhere speaks of the logistic one."""
    found: list[tuple[str, Node]] = []
    is_named = is_complemented = is_logged = False
    for chain in chains:
        for first, second in itertools.pairwise(chain.members):
            if first is None or second is None:
                continue
            if is_sigma_of_name(first):
                found.append((_argument(first), second))
            is_named |= _is_sigma(first) and isinstance(second, ast.Function) and second.name == "tanh"
            parts = [*walk(first), *walk(second)]
            is_complemented |= any(map(_is_complement, parts))
            is_logged |= any(map(_is_logarithm, parts))
    if len(found) == 1 and _has_slope(*found[0]):
        return True
    if is_logged or LOGISTIC.search(words):
        return False
    if not found:
        return is_named or not is_complemented and _ANY.search(words) is not None
    return len(found) == 1 and _is_other(*found[0])


def with_other_sigma(node: Node) -> Node:
    """The name σ of a function that is not the logistic one."""
    return replace(node, name=_OTHER) if isinstance(node, ast.Symbol) and node.name == _SIGMA else node


def is_sigma_of_name(left: Node) -> bool:
    r"""\sigma(z)."""
    return bool(_argument(left))


def _argument(left: Node) -> str:
    match left:
        case ast.Product((ast.Factor(_, _, sigma), ast.Factor(_, _, ast.Group(_, _, ast.Symbol(name))))):
            return name if _is_sigma(sigma) else ""  # \sigma^{-1}(p) is not the function itself
    return ""


def is_exponential(node: object) -> bool:
    r"""e, \exp, and the logistic function itself."""
    named = isinstance(node, ast.Function) and node.name == "exp"
    return named or isinstance(node, ast.Symbol) and node.name in ("e", _SIGMA, "sigmoid", "logistic")


def _is_complement(node: object) -> bool:
    r"""1 - \sigma(z), which is written of a probability."""
    match node:
        case ast.Sum((ast.Term("", ast.Number("1")), ast.Term("-", body))):
            return _begins_with_sigma(body)
    return False


def _is_logarithm(node: object) -> bool:
    r"""\log \sigma(z)."""
    match node:
        case ast.Product(factors):
            pairs = itertools.pairwise(f.body for f in factors)
            return any(isinstance(a, ast.Function) and a.name in ("log", "ln") and _is_sigma(b) for a, b in pairs)
    return False


def _begins_with_sigma(body: Node) -> bool:
    match body:
        case ast.Product((ast.Factor(_, _, name), ast.Factor("", "", ast.Group()))):
            return _is_sigma(name)
    return False


def _is_sigma(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and node.name == _SIGMA and not node.superscripts and not node.primes


def _letters(value: Node) -> set[str]:
    return {n.name for n in walk(value) if isinstance(n, ast.Symbol)} - {"e"}


def _has_slope(argument: str, value: Node) -> bool:
    r"""Whether a value is the logistic function of \beta z."""
    extra = _letters(value) - {argument}
    if len(extra) != 1 or not extra <= _SLOPES:
        return False
    (slope,) = extra
    slopes = []
    for z in _POINTS:
        at = _at(value, {argument: z, slope: 1.3})
        if at is None or not 0 < at < 1:
            return False
        slopes.append(math.log(at / (1 - at)) / z)
    return slopes[0] > 0 and all(math.isclose(found, slopes[0], rel_tol=_SAME) for found in slopes)


def _is_other(argument: str, value: Node) -> bool:
    """Whether a value is made of the argument alone, and is not of the form of the logistic function."""
    if _letters(value) != {argument}:
        return False
    parts = list(walk(value))
    functions = {n.name for n in parts if isinstance(n, ast.Function | ast.BigOperator)}
    functions |= {n.environment for n in parts if isinstance(n, ast.Matrix)}
    values = [_at(value, {argument: z}) for z in _POINTS]
    if any(map(is_exponential, parts)) or "tanh" in functions and any(isinstance(n, ast.Number) for n in parts):
        pairs = [[(v, f(z)) for v, z in zip(values, _POINTS, strict=True) if v is not None] for f in _USUAL]
        return None not in values and any(all(math.isclose(a, b, rel_tol=_SAME) for a, b in own) for own in pairs)
    return bool(functions)


def _at(node: Node, known: Mapping[str, float]) -> float | None:
    """The number that a side comes to at numbers for its letters; None where something else stands in it."""
    try:
        return _number(node, known)
    except (ValueError, ArithmeticError, LookupError):
        return None


def _number(node: Node, known: Mapping[str, float]) -> float:
    match node:
        case ast.Number(text):
            return float(text)
        case ast.Symbol("e", (), (), (exponent,), 0):
            return math.exp(_number(exponent, known))
        case ast.Symbol(name, (), (), above, 0) if len(above) < 2:
            return known[name] ** (_number(above[0], known) if above else 1.0)
        case ast.Group(_, _, body) if body is not None:
            return _number(body, known)
        case ast.Scripted(base, (), (exponent,), 0):
            return _number(base, known) ** _number(exponent, known)
        case ast.Fraction(above, below):
            return _number(above, known) / _number(below, known)
        case ast.Sum(terms):
            return math.fsum((-1) ** (t.sign == "-") * _number(t.body, known) for t in terms)
        case ast.Product((ast.Factor(_, sign, ast.Function(name, (), (), 0)), ast.Factor("", "", inner))):
            found = {"exp": math.exp, "tanh": math.tanh, "log": math.log, "ln": math.log}[name](_number(inner, known))
            return -found if sign == "-" else found
        case ast.Product(factors) if all(f.operator in ("", r"\cdot", r"\times") for f in factors):
            return math.prod((-1) ** (f.sign == "-") * _number(f.body, known) for f in factors)
    raise ValueError
