r"""Layers that are told apart by a letter: o_k = \sigma(net_k), net_k = \sum_j w_{jk} o_j, and j is the layer before.

Read as one name, o would be defined by itself. Where a document defines a name so, at one letter and from a weighted
sum of what hangs on it at another, the name at every other letter is one of its own: o⁻_j, what the layer is fed with.
Where it says what the name is at that letter, too (a_j = \sum_i w_{ji} x_i, z_j = h(a_j), a_k = \sum_j w_{kj} z_j),
all names that it defines at both are two, and nothing is known of them at a third.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["MARK", "NOT_FED", "Fed", "fed_of", "is_of_other_letters", "with_inputs"]


@dataclass(frozen=True)
class Fed:
    """The letter at which a layer is defined, the names of what its units have, and its weights, with two letters.

    inputs: the letters over which what it is fed with is summed; is_defined: whether what it is fed with is defined at
    these, so that a name at yet another letter is left as it is; earlier: the names that are of no unit of the later,
    t_k, too, where t stands at no unit of it; place: where among the two of its weights the letter of a unit stands.
    """

    letter: str = ""
    names: frozenset[str] = frozenset()
    weights: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    is_defined: bool = False
    earlier: frozenset[str] = frozenset()
    place: int = 0


NOT_FED = Fed()
MARK = "⁻"


def fed_of(chains: Iterable[ast.Chain]) -> Fed:
    """The usage of a document, from all that it writes; none where names are defined at more than two letters."""
    chains = list(chains)
    members = [m for chain in chains for m in chain.members if m is not None]
    letters: dict[str, set[str]] = {}
    beside: dict[str, set[str]] = {}  # a name, and what its definition has at the same letter
    inputs: dict[str, set[str]] = {}  # and what it weighs and sums at another
    weights: dict[str, set[str]] = {}
    summed: dict[str, set[str]] = {}
    said = list(_said(chains))
    for name, letter, value in said:
        letters.setdefault(name, set()).add(letter)
        beside.setdefault(name, set()).update(other for other, at in _entries(value) if at == letter)
        weighed = list(_weighed(value, letter))
        inputs.setdefault(name, set()).update(source for source, _, _ in weighed)
        weights.setdefault(name, set()).update(weight for _, weight, _ in weighed)
        summed.setdefault(name, set()).update(at for _, _, at in weighed)
    for name in sorted(inputs):
        for source in sorted(inputs[name]):
            cycle = _between(source, name, beside)
            defined_at = set().union(*(letters.get(n, set()) for n in cycle)) if cycle else set()
            if len(defined_at) == 1:
                own = cycle.union(*(beside.get(n, set()) for n in cycle))
                (letter,) = defined_at
                own = frozenset(n for n in own if not any(_runs_elsewhere(m, n, letter) for m in members))
                fed = Fed(letter, own, frozenset(weights[name]), frozenset(summed[name]))
                values = [value for known, _, value in said if known == name]
                return replace(fed, place=_place(values, fed))
    return next(_defined_at_both(said, letters, beside, members), NOT_FED)


def _said(chains: Iterable[ast.Chain]) -> Iterator[tuple[str, str, Node]]:
    """Every name with one letter that is said to be something: the name, the letter, what it is."""
    for chain in chains:
        head = _entry(chain.members[0]) if len(chain.members) > 1 and chain.relations[0].sign == "=" else None
        values = chain.members[1:] if head is not None else ()
        yield from ((*head, value) for value in values if head is not None and value is not None)


def _defined_at_both(
    said: Sequence[tuple[str, str, Node]],
    letters: dict[str, set[str]],
    beside: dict[str, set[str]],
    members: Sequence[Node],
) -> Iterator[Fed]:
    """Two layers, each with its letter, of which the later is fed with the earlier, where these mean nothing else."""
    for name, letter, value in said:
        for source, weight, other in _weighed(value, letter):
            both = {letter, other}
            if letters[name] != both or not _between(source, name, beside):
                continue
            two = frozenset(n for n, at in letters.items() if at == both)
            has = {
                at: {o for n, own, v in said if n in two and own == at for o, a in _entries(v) if a == at}
                for at in both
            }
            two |= has[letter] & has[other]  # b of a_j = … + b_j and a_k = … + b_k
            if not any(_runs_alone(member, other, two) for member in members):
                fed = {s for n, at, v in said if n in two and at == other for s, _, _ in _weighed(v, other)}
                written = {entry for m in members for entry in _entries(m)}
                at_other, at_own = ({n for n, at in written if at == own} for own in (other, letter))
                earlier = frozenset(n for n, at in letters.items() if at == {other}) | (at_other - at_own) | fed
                yield Fed(letter, two, frozenset((weight,)), frozenset((other,)), True, earlier)


def _runs_elsewhere(member: Node, name: str, letter: str) -> bool:
    r"""Whether a name is summed over another letter with no weight: of \sum_j e^{z_j} the z_j are no other layer's."""
    places = {at for other, at in _entries(member) if other == name} - {letter}
    return any(_runs_alone(member, at, frozenset((name,))) for at in sorted(places))


def _runs_alone(member: Node, letter: str, names: frozenset[str]) -> bool:
    r"""Whether a sum over a letter has such a name and no weight: \sum_j e^{a_j}, where j is any unit."""
    for product in (n for n in walk(member) if isinstance(n, ast.Product)):
        lowers = (f.body.lower for f in product.factors if isinstance(f.body, ast.BigOperator))
        bound = {n.name for lower in lowers if lower is not None for n in walk(lower) if isinstance(n, ast.Symbol)}
        if letter in bound and any(name in names and at == letter for name, at in _entries(product)):
            pairs = [_pair(n) for n in walk(product) if isinstance(n, ast.Symbol)]
            if not any(letter in pair and len(pair) == 2 for pair in pairs):
                return True
    return False


def with_inputs(symbol: ast.Symbol, used: Fed) -> ast.Symbol:
    """o_j as o⁻_j, and w_{ij} as w⁻_{ij}."""
    entry = _entry(symbol)
    is_input = entry is not None and entry[0] in used.names and entry[1] != used.letter
    is_input = is_input and entry is not None and (not used.is_defined or entry[1] in used.inputs)
    is_before = symbol.name in used.weights and len(_pair(symbol)) == 2 and used.letter not in _pair(symbol)
    return replace(symbol, name=symbol.name + MARK) if is_input or is_before else symbol


def is_of_other_letters(sides: Iterable[Node | None], used: Fed) -> bool:
    r"""Whether a step has what a layer is fed with at letters that may mean something else there.

    So they may where the document doesn't sum it over them, and where a name of the later layer stands at the letter
    of the one before, or its unit is fed into another: \sum_k w_{jk} \delta_k, where j was fed with i by w_{ij}.
    """
    symbols = [n for side in sides if side is not None for n in walk(side) if isinstance(n, ast.Symbol)]
    marked = [s for s in symbols if s.name.endswith(MARK)]
    letters = {n.name for s in marked for part in s.subscripts for n in walk(part) if isinstance(n, ast.Symbol)}
    if not used.is_defined:
        pairs = [_letters(s) for s in symbols if s.name in used.weights]
        pairs = [pair for pair in pairs if used.letter in pair and not used.inputs & set(pair)]
        is_fed_on = any(pair.index(used.letter) != used.place for pair in pairs)
        return is_fed_on or bool(letters - used.inputs)
    before = {
        s.name.removesuffix(MARK) for s in symbols if (entry := _entry(s)) is not None and entry[1] in used.inputs
    }
    return bool(before - used.names - used.earlier)


def _entry(node: Node | None) -> tuple[str, str] | None:
    """The name and the letter of o_j."""
    if not isinstance(node, ast.Symbol) or node.superscripts or node.primes or len(node.subscripts) != 1:
        return None
    below = node.subscripts[0]
    is_letter = isinstance(below, ast.Symbol) and len(below.name) == 1 and not (below.subscripts or below.superscripts)
    return (node.name, below.name) if is_letter and isinstance(below, ast.Symbol) else None


def _entries(node: Node) -> Iterator[tuple[str, str]]:
    symbols = (part for part in walk(node) if isinstance(part, ast.Symbol))
    yield from (entry for symbol in symbols if (entry := _entry(symbol)) is not None)


def _weighed(value: Node, letter: str) -> Iterator[tuple[str, str, str]]:
    r"""o, w and j of \sum_j w_{jk} o_j, where k is the letter of the sum itself."""
    for product in (n for n in walk(value) if isinstance(n, ast.Product)):
        symbols = [f.body for f in product.factors if isinstance(f.body, ast.Symbol)]
        if len(symbols) == len(product.factors):
            continue  # no sum
        for weight in (s for s in symbols if letter in _pair(s) and len(_pair(s)) == 2):
            (other,) = _pair(weight) - {letter}
            entries = (_entry(s) for s in symbols)
            yield from ((entry[0], weight.name, other) for entry in entries if entry and entry[1] == other)


def _place(values: Iterable[Node], fed: Fed) -> int:
    """Where the letter of a unit stands below the weights in what it is said to be."""
    symbols = (n for value in values for n in walk(value) if isinstance(n, ast.Symbol) and n.name in fed.weights)
    return next((pair.index(fed.letter) for pair in map(_letters, symbols) if fed.letter in pair), 0)


def _letters(node: ast.Symbol) -> list[str]:
    """The letters below w_{jk} and w_{j,k} in their order."""
    return [n.name for part in node.subscripts for n in walk(part) if isinstance(n, ast.Symbol) and len(n.name) == 1]


def _pair(node: Node) -> frozenset[str]:
    """The letters below w_{jk} and w_{j,k}."""
    below = node.subscripts if isinstance(node, ast.Symbol) else ()
    return frozenset(n.name for part in below for n in walk(part) if isinstance(n, ast.Symbol) and len(n.name) == 1)


def _between(source: str, name: str, beside: dict[str, set[str]]) -> frozenset[str]:
    """The names by which a source hangs on a name, with both; none where it doesn't."""
    if source == name:
        return frozenset((name,))
    came: dict[str, str] = {source: ""}  # each name that the source hangs on: from which it was reached
    waiting = [source]
    for reached in waiting:
        for other in sorted(beside.get(reached, set()) - came.keys()):
            came[other] = reached
            waiting.append(other)
    found = []
    while name in came:
        found.append(name)
        name = came[name]
    return frozenset(found)
