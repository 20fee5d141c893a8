r"""Steps of an iteration: w^{(t+1)} = w^{(t)} - \eta ∂L/∂w is w = w - \eta ∂L/∂w, where t counts nothing but steps.

Read as an index, t would make every weight an array over steps, here and in all other formulas of the document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from derivations.notes.interpreting.signature import PARAMETERS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["counters_of", "without_counter"]

_RATES = frozenset((r"\alpha", r"\eta", r"\epsilon", r"\gamma", r"\mu", r"\rho", r"\lambda"))
_NEXT = ast.Number("1")


def counters_of(chains: Iterable[ast.Chain]) -> frozenset[str]:
    """Letters that count steps: raised or lowered on parameters in updates, and never on anything else."""
    chains = list(chains)
    found: set[str] = set()
    for chain in chains:
        first, second = (*chain.members, None, None)[:2]
        letter = _counted(first) if isinstance(first, ast.Symbol) else None
        if letter is None or second is None or not isinstance(first, ast.Symbol):
            continue
        symbols = [n for n in walk(second) if isinstance(n, ast.Symbol)]
        before = any(s.name == first.name and letter in map(_letter, _scripts(s)) for s in symbols)
        if before and any(s.name in _RATES for s in symbols):
            found.add(letter)
    rest = [m for chain in chains for at, m in enumerate(chain.members) if m is not None and not _is_next(m, at)]
    nodes = [n for side in rest for n in walk(side)]
    return frozenset(letter for letter in found if not any(_is_other_use(n, letter) for n in nodes))


def _is_next(side: Node, at: int) -> bool:
    return at == 0 and isinstance(side, ast.Symbol) and _counted(side) is not None


def _is_other_use(node: object, letter: str) -> bool:
    """Whether a node has the letter in a script, and is no parameter at this step, or binds it."""
    if isinstance(node, ast.BigOperator):
        parts = [n for n in (node.lower, node.upper) if n is not None]
        return any(isinstance(n, ast.Symbol) and n.name == letter for part in parts for n in walk(part))
    if not isinstance(node, ast.Symbol):
        return False
    own = [_inside(s) for s in _scripts(node) if _letter(s) == letter]
    return bool(own) and (node.name not in PARAMETERS or any(isinstance(script, ast.Sum) for script in own))


def _scripts(symbol: ast.Symbol) -> tuple[Node, ...]:
    return (*symbol.superscripts, *symbol.subscripts)


def _counted(symbol: ast.Symbol) -> str | None:
    """The t of w^{(t+1)} and w_{t+1}, a parameter."""
    if symbol.name not in PARAMETERS:
        return None
    for script in _scripts(symbol):
        body = _inside(script)
        if isinstance(body, ast.Sum) and len(body.terms) == 2 and body.terms[1] == ast.Term("+", _NEXT):
            return _letter(script)
    return None


def _inside(script: Node) -> Node:
    return script.body if isinstance(script, ast.Group) and script.body is not None else script


def _letter(script: Node) -> str | None:
    """The t of (t), t, t + 1 and t - 1."""
    body = _inside(script)
    if isinstance(body, ast.Sum) and len(body.terms) == 2 and body.terms[1].body == _NEXT and not body.terms[0].sign:
        body = body.terms[0].body
    plain = isinstance(body, ast.Symbol) and not body.subscripts and not body.superscripts and not body.primes
    return body.name if plain and isinstance(body, ast.Symbol) and len(body.name.lstrip("\\")) < 4 else None


def without_counter(symbol: ast.Symbol, counters: frozenset[str]) -> ast.Symbol:
    """A parameter without the count of steps."""
    if symbol.name not in PARAMETERS:
        return symbol
    raised = tuple(s for s in symbol.superscripts if _letter(s) not in counters)
    below = tuple(s for s in symbol.subscripts if _letter(s) not in counters)
    if (raised, below) == (symbol.superscripts, symbol.subscripts):
        return symbol
    return replace(symbol, superscripts=raised, subscripts=below)
