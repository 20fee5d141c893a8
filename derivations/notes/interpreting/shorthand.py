r"""Names that are cut short: what a document writes out elsewhere and a reader fills in.

\sigma' = \sigma(1 - \sigma)      \sigma'(z) = \sigma(z)(1 - \sigma(z)), where \sigma is only ever of z
\sigma^{(i)} = \sigma(z^{(i)})    a name of its own on the left, \sigma° at sample i
\sum_{c'} e^{z_{c'}}              \sum_k e^{z_k}: a primed index that a sum binds is an index as any other
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from derivations.notes.interpreting.names import TRANSPOSES
from derivations.notes.interpreting.quotients import leading
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import rebuilt

__all__ = [
    "NO_SHORTHAND",
    "Shorthand",
    "bare_symbols",
    "is_of_spread",
    "shorthand_of",
    "with_sigma",
    "with_sigmoid",
    "without_prime",
]

_SPREAD = r"variance|deviation|gaussian|normal distribution|\\mathcal\s*\{?N|方差|正态|高斯|дисперс|нормальн"
_SIGMOID = r"sigmoid|logistic|逻辑|сигм|логист|シグモイド|시그모이드"
_SQUARE = r"(?:\\sigma|σ)(?:_\w|_\{\w+\})?\s*(?:\^\s*\{?\s*2|²)"
_DEFINED = (  # \sigma^2 = \frac1m \sum_i (x_i - \mu)^2, without a σ on the right
    r"(?:\\sigma|σ)(?:_\w|_\{[^{}]*\})?\s*(?:\^\s*\{?\s*2\s*\}?|²)\s*&?\s*:?="
    r"(?![^$\n]*(?:\\sigma|σ))[^$\n]*(?:\\sum|\\mathbb|\^\s*\{?\s*2|Var)"
    r"|(?:\\sigma|σ)(?:_\w|_\{[^{}]*\})?\s*&?\s*:?=\s*\\sqrt"
)
_SLOPE = r"\\frac\s*\{\s*(?:\\partial|\\mathrm\{d\}|d)\s*\\sigma\s*\}"
_LETTERS = "kjlrsuvmnq"
_WEIGHTS = ("w", "b", "W", r"\theta", r"\beta")  # by which σ is differentiated, too, and of which it is not


@dataclass(frozen=True)
class Shorthand:
    """The argument of a bare σ; whether σ with an index is a name; the letters that stand for primed indices.

    spread: whether a bare σ is a spread, and one before a bracket the logistic function.
    """

    argument: ast.Symbol | None = None
    indexed: bool = False
    primed: tuple[tuple[str, str], ...] = ()
    spread: bool = False


NO_SHORTHAND = Shorthand()


def shorthand_of(chains: Iterable[ast.Chain], words: str) -> Shorthand:
    """The usage of a document, from all that it writes."""
    chains = list(chains)
    found = [m for chain in chains for m in chain.members if m is not None]
    arguments: Counter[ast.Symbol] = Counter()
    applied = False
    for product in (n for side in found for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in zip(product.factors, product.factors[1:], strict=False):
            inner = _argument(left, right)
            applied |= inner is not None
            if isinstance(inner, ast.Symbol) and not inner.superscripts and not inner.subscripts and not inner.primes:
                arguments[replace(inner, decorations=())] += 1
    for fraction in (n for side in found for n in walk(side) if isinstance(n, ast.Fraction)):
        above, below = leading(fraction.numerator), leading(fraction.denominator)
        if above and below and [f.body for f in above] == [ast.Symbol(r"\sigma")] and len(below) == 1:
            by = below[0].body
            is_letter = isinstance(by, ast.Symbol) and not by.superscripts and not by.subscripts and not by.primes
            if is_letter and isinstance(by, ast.Symbol) and by.name not in _WEIGHTS:
                arguments[by] += 1
                applied = True
    is_spread = re.search(_SPREAD, words, re.I) is not None or is_of_spread(words)
    only = next(iter(arguments)) if len(arguments) == 1 and not is_spread else None
    if any(_names_sigma(chain) for chain in chains):
        only = None
    spread = applied and is_of_spread(words)
    return Shorthand(only, applied and not is_spread, tuple(_primed(found)), spread)


@lru_cache(maxsize=100)
def is_of_spread(words: str) -> bool:
    r"""Whether a bare σ is a spread, though σ(z) may be the logistic function: by words, or by what σ^2 is made of."""
    both = all(re.search(pattern, words, re.I) for pattern in (_SPREAD, _SIGMOID, _SQUARE))
    return (both or re.search(_DEFINED, words) is not None) and not re.search(_SLOPE, words)


def _names_sigma(chain: ast.Chain) -> bool:
    """Whether a chain says that σ stands for σ(z): then it is a name."""
    first, second = (*chain.members, None, None)[:2]
    plain = first == ast.Symbol(r"\sigma")
    pair = second.factors if isinstance(second, ast.Product) and len(second.factors) == 2 else None
    return plain and pair is not None and _argument(*pair) is not None


def _argument(left: ast.Factor, right: ast.Factor) -> Node | None:
    """What a σ is applied to: z of σ(z) and of σ^2(z)."""
    group = right.body.base if isinstance(right.body, ast.Scripted) else right.body
    plain = isinstance(left.body, ast.Symbol) and left.body.name == r"\sigma" and _has_powers_only(left.body)
    if not plain or right.operator or right.sign or not isinstance(group, ast.Group) or group.opening not in ("(", "["):
        return None
    return None if group.body is None or any(s.name == r"\sigma" for s in bare_symbols(group.body)) else group.body


def bare_symbols(node: Node) -> Iterator[ast.Symbol]:
    """The symbols in a side with no bracket behind them, as in 1 - σ."""
    applied = {
        id(left.body)
        for part in walk(node)
        if isinstance(part, ast.Product)
        for left, right in zip(part.factors, part.factors[1:], strict=False)
        if not right.operator and isinstance(right.body, ast.Group | ast.Scripted)
    }
    yield from (n for n in walk(node) if isinstance(n, ast.Symbol) and id(n) not in applied)


def _is_bare(symbol: Node, used: Shorthand) -> bool:
    if not isinstance(symbol, ast.Symbol) or symbol.name != r"\sigma" or used.argument is None:
        return False
    return _has_powers_only(symbol) and not symbol.subscripts and not symbol.decorations


def _has_powers_only(symbol: ast.Symbol) -> bool:
    return all(isinstance(s, ast.Number) for s in symbol.superscripts)


def _is_indexed(symbol: Node) -> bool:
    r"""\sigma_i, \sigma^{(i)}, or the bold \sigma of all samples."""
    if not isinstance(symbol, ast.Symbol) or symbol.name != r"\sigma" or symbol.primes:
        return False
    above = [s for s in symbol.superscripts if not (isinstance(s, ast.Symbol) and s.name in TRANSPOSES)]
    letters = [s.body if isinstance(s, ast.Group) else s for s in (*symbol.subscripts, *above)]
    is_index = all(isinstance(s, ast.Symbol) and s.name in "ijknm" for s in letters)
    raised = all(isinstance(s, ast.Group) for s in above)
    return is_index and raised and bool(letters) or not letters and "boldsymbol" in symbol.decorations


def with_sigmoid(node: ast.Product) -> ast.Product:
    r"""The product with \\sigma before a bracket as the name of the logistic function."""
    factors = list(node.factors)
    for at, (left, right) in enumerate(itertools.pairwise(node.factors)):
        if _argument(left, right) is not None and isinstance(left.body, ast.Symbol) and left.body.name == r"\sigma":
            factors[at] = replace(left, body=replace(left.body, name="sigmoid"))
    return replace(node, factors=tuple(factors))


def with_sigma(node: Any, used: Shorthand) -> Any:
    """The side with every bare σ applied, and every σ with an index as a name."""
    match node:
        case ast.Symbol(r"\sigma") if _is_bare(node, used):
            return ast.Product(tuple(_applied(ast.Factor("", "", node), used)), span=node.span)
        case ast.Symbol(r"\sigma"):
            return _named(node, used)
        case ast.Product(factors):
            return replace(node, factors=tuple(_factors(factors, used)))
    return rebuilt(node, lambda part: with_sigma(part, used))


def _factors(factors: tuple[ast.Factor, ...], used: Shorthand) -> Iterator[ast.Factor]:
    for position, factor in enumerate(factors):
        behind = factors[position + 1] if position + 1 < len(factors) else None
        is_call = behind is not None and _argument(factor, behind) is not None
        is_call |= behind is not None and not behind.operator and isinstance(behind.body, ast.Symbol)
        if is_call and isinstance(factor.body, ast.Symbol):
            yield factor
        elif _is_bare(factor.body, used):
            yield from _applied(factor, used)
        else:
            yield replace(factor, body=with_sigma(factor.body, used))


def _applied(factor: ast.Factor, used: Shorthand) -> tuple[ast.Factor, ast.Factor]:
    assert used.argument is not None and isinstance(factor.body, ast.Symbol)
    bracket: Node = ast.Group("(", ")", used.argument)
    if factor.body.superscripts:
        bracket = ast.Scripted(bracket, (), factor.body.superscripts)
    return replace(factor, body=replace(factor.body, superscripts=())), ast.Factor("", "", bracket)


def _named(symbol: ast.Symbol, used: Shorthand) -> ast.Symbol:
    return replace(symbol, name=r"\sigma°", decorations=()) if used.indexed and _is_indexed(symbol) else symbol


def _primed(sides: list[Node]) -> Iterable[tuple[str, str]]:
    """The letters with a prime that sums bind, each with a letter that the document doesn't use."""
    used = {n.name for side in sides for n in walk(side) if isinstance(n, ast.Symbol)}
    free = iter(c for c in _LETTERS if c not in used)
    bound: dict[str, None] = {}
    for operator in (n for side in sides for n in walk(side) if isinstance(n, ast.BigOperator)):
        lower = operator.lower.members[0] if isinstance(operator.lower, ast.Chain) else operator.lower
        if isinstance(lower, ast.Symbol) and lower.primes == 1 and not lower.subscripts and len(lower.name) == 1:
            bound[lower.name] = None
    for letter in bound:
        other = next(free, None)
        if other is not None:
            yield letter, other


def without_prime(symbol: ast.Symbol, used: Shorthand) -> ast.Symbol:
    """An index c' as the letter that stands for it."""
    letter = dict(used.primed).get(symbol.name) if symbol.primes == 1 and not symbol.subscripts else None
    return symbol if letter is None or symbol.superscripts else ast.Symbol(letter, span=symbol.span)
