r"""Probabilities as names: what is written as a function of events is a quantity of its own for each kind of event.

    p(y_i \mid x_i; w)      the name p(y|x) at sample i; parameters don't tell names apart
    P(D \mid w), p(x), p(y) names of their own, P(D|), p(x) and p(y), where one letter stands for all of them
    \sum_x p(x) \log q(x)   \sum_k p_k \log q_k: the outcomes x are the places of p and q
    H(p), H(p, q)           two names
    P(o \mid c)             P_{oc}, where o and c are indices: of u_o and v_c

A letter of chance that stands for one thing only is left alone: it is a function as any other. So is whatever has
something else in its bracket than names: p(1 - p), P(y = k | x).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derivations.notes.interpreting.names import BOLD, FONTS, TRANSPOSES, UnsupportedNoteError, binder
from derivations.notes.interpreting.signature import LABELS, PARAMETERS
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.render import render

__all__ = ["NO_CHANCES", "Chances", "chances_of", "outcome_of", "with_chances", "with_joint_lists", "without_variables"]

_LETTERS = frozenset(("p", "P", "q", "Q", "Pr"))
_FUNCTIONALS = frozenset(("H", "KL", "D", "CE", "JS", "I"))
_BARS = frozenset(("|", r"\|"))
_NO_NAMES = frozenset((r"\sigma", "softmax", "exp", "log", "ln", "tanh"))
_INDEX_LETTERS = "kjlrsuvco"


@dataclass(frozen=True)
class Call:
    """A name with a bracket of names behind it: events, the conditions behind a bar, parameters behind a semicolon."""

    name: ast.Symbol
    events: tuple[ast.Symbol, ...]
    conditions: tuple[ast.Symbol, ...]
    bar: str
    scripts: tuple[tuple[Node, ...], tuple[Node, ...]]  # those of its sample
    behind: tuple[ast.Symbol, ...] = ()  # a semicolon

    @property
    def arguments(self) -> tuple[ast.Symbol, ...]:
        return (*self.events, *self.conditions)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters, as they are written: in the bracket, or below the name as in p_θ."""
        below = (s for s in self.name.subscripts if isinstance(s, ast.Symbol) and _is_parameter(s))
        given = (c for c in self.conditions if not _is_event(c))
        return tuple(sorted({_written(a) for a in (*below, *self.behind, *given)}))


@dataclass(frozen=True)
class Chances:
    """How a document writes probabilities.

    names: letters whose calls are names of their own. random: parameters that have a probability themselves. joint:
    letters of events that stand bold for all samples. apart: names that parameters tell apart. whole: names
    that without an index are the product of those with one. outcomes: letters of
    outcomes that sums run over, each with the index that stands for it. indices: letters that are indices of names and
    nothing else.
    """

    names: frozenset[str] = frozenset()
    random: frozenset[str] = frozenset()
    joint: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    outcomes: tuple[tuple[str, str], ...] = ()
    indices: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.names or self.outcomes)


NO_CHANCES = Chances()


def chances_of(chains: Iterable[ast.Chain]) -> Chances:
    """The usage of a document, from all that it writes."""
    chains = list(chains)
    found = [m for chain in chains for m in chain.members if m is not None]
    calls = [call for side in found for call in _calls_in(side)]
    lists: dict[str, set[tuple[str, ...]]] = {}
    conditional = set()
    for call in calls:
        key = _name_of(call.name)
        if key is None:
            continue
        lists.setdefault(key, set()).add(tuple(_letter(a) for a in call.arguments if _is_event(a)))
        if call.bar and key in _LETTERS:
            conditional.add(key)
    names = conditional | {key for key, written in lists.items() if len(written) > 1}
    random = {_letter(a) for c in calls if _name_of(c.name) in _LETTERS for a in c.events} & PARAMETERS
    events = [(e, c.scripts) for c in calls if _name_of(c.name) in _LETTERS for e in c.events]
    single = {_letter(e) for e, _ in events if e.subscripts or e.superscripts}
    symbols = (n for side in found for n in walk(side) if isinstance(n, ast.Symbol) and n.name in LABELS)
    single |= {n.name for n in symbols if n.subscripts or n.superscripts}
    joint = {_letter(e) for e, scripts in events if scripts == ((), ()) and _is_bold(e)} & single
    plain = Chances(frozenset(names), frozenset(random), frozenset(joint))
    apart, whole = _told_apart(calls, plain), _products(chains, plain)
    said = [m for chain in chains for m in chain.members if m is not None and chain.relations]
    indices = frozenset(_indices_only(said))
    outcomes = tuple((letter, index) for letter, index in _outcomes(found) if letter not in indices)
    return replace(plain, apart=apart, whole=whole, outcomes=outcomes, indices=indices)


def _indices_only(sides: list[Node]) -> set[str]:
    """Letters that stand below other names, and by themselves only where a sum binds them or in P(o | c)."""
    below: set[str] = set()
    alone: Counter[str] = Counter()
    for node in (n for side in sides for n in walk(side)):
        match node:
            case ast.Symbol(subscripts=(ast.Symbol() as index,)):
                below |= {index.name}
                alone[index.name] -= 1
            case ast.BigOperator():
                with contextlib.suppress(UnsupportedNoteError):
                    alone.subtract(binder(node)[0])
        if isinstance(node, ast.Symbol):
            alone[node.name] += 1
    for call in (c for side in sides for c in _calls_in(side)):
        alone.subtract(a.name for a in call.arguments if _name_of(call.name) in _LETTERS)
    return {letter for letter in below if alone[letter] <= 0}


def outcome_of(operator: ast.BigOperator) -> str | None:
    r"""The letter below a sum: x of \sum_x and of \sum_{x \in \mathcal{X}}."""
    lower = operator.lower
    if isinstance(lower, ast.Chain) and len(lower.relations) == 1 and lower.relations[0].sign == r"\in":
        lower = lower.members[0]
    plain = isinstance(lower, ast.Symbol) and not lower.subscripts and not lower.superscripts and not lower.primes
    return lower.name if plain and isinstance(lower, ast.Symbol) and operator.upper is None else None


def with_chances(node: ast.Product, used: Chances) -> Node:
    """The product with calls as names."""
    places = dict(used.outcomes)
    factors: list[ast.Factor] = []
    position = 0
    while position < len(node.factors):
        factor = node.factors[position]
        call = _call_at(node.factors, position)
        symbol = None if call is None else _as_name(call, used, places)
        if symbol is None:
            factors.append(factor)
            position += 1
            continue
        behind = node.factors[position + 1].body
        body: Node = symbol
        if isinstance(behind, ast.Scripted):
            body = replace(behind, base=ast.Group("(", ")", symbol))
        factors.append(replace(factor, body=body))
        position += 2
    if len(factors) == 1 and not factors[0].sign and not factors[0].operator:
        return factors[0].body
    return replace(node, factors=tuple(factors))


def without_variables(node: ast.Product) -> ast.Product:
    """The product with P(X_i = x_i) and P(Y = y | X = x) as P(x_i) and P(y | x): a value says what it is of."""
    factors = list(node.factors)
    for at, factor in enumerate(factors[1:], 1):
        group, name = factor.body, factors[at - 1].body
        if isinstance(group, ast.Group) and isinstance(name, ast.Symbol) and name.name in _LETTERS | {"f"}:
            body = group.body
            if isinstance(body, ast.Listing):
                body = replace(body, items=tuple(item and _value_of(item) for item in body.items))
            elif body is not None:
                body = _value_of(body)
            factors[at] = replace(factor, body=replace(group, body=body))
    return replace(node, factors=tuple(factors))


def _value_of(event: Node) -> Node:
    """x_i of X_i = x_i and of X = x_i."""
    match event:
        case ast.Chain((ast.Symbol() as variable, ast.Symbol() as value), (ast.Relation("="),)):
            bare = not variable.subscripts and not variable.superscripts
            scripts = (variable.subscripts, variable.superscripts) == (value.subscripts, value.superscripts)
            if variable.name.isupper() and variable.name.lower() == value.name and (bare or scripts):
                return value
    return event


def with_joint_lists(node: ast.Product) -> ast.Product:
    r"""The product with p(x_1, \dots, x_n \mid \theta) as p(\mathbf x \mid \theta): all samples."""
    factors = list(node.factors)
    for at, factor in enumerate(factors[1:], 1):
        group, name = factor.body, factors[at - 1].body
        if isinstance(group, ast.Group) and isinstance(group.body, ast.Listing) and isinstance(name, ast.Symbol):
            listing = _joint(group.body)
            if listing is not None and not factor.operator and {"|", ";"} & set(listing.separators):
                factors[at] = replace(factor, body=replace(group, body=listing))
    return replace(node, factors=tuple(factors))


def _joint(listing: ast.Listing) -> ast.Listing | None:
    """A listing with x_1, …, x_n as one bold x."""
    items, separators = list(listing.items), list(listing.separators)
    dots = next((k for k, item in enumerate(items) if isinstance(item, ast.Ellipsis)), None)
    if dots is None or not 0 < dots < len(items) - 1 or any(s != "," for s in separators[dots - 1 : dots + 1]):
        return None
    last, start = items[dots + 1], dots
    while start and _is_same_name(items[start - 1], last) and (start == dots or separators[start - 1] == ","):
        start -= 1
    if start == dots or not isinstance(last, ast.Symbol):
        return None
    whole = replace(last, subscripts=(), superscripts=(), decorations=(*last.decorations, "mathbf"))
    kept = (*items[:start], whole, *items[dots + 2 :])
    return replace(listing, items=kept, separators=(*separators[:start], *separators[dots + 1 :]))


def _is_same_name(one: Node | None, other: Node | None) -> bool:
    """x_1 and x_n, the first and the last of the samples."""
    if not isinstance(one, ast.Symbol) or not isinstance(other, ast.Symbol):
        return False
    scripts = [bool(s.subscripts) + 2 * bool(s.superscripts) for s in (one, other)]
    return one.name == other.name and one.decorations == other.decorations and scripts[0] == scripts[1] in (1, 2)


def _as_name(call: Call, used: Chances, places: dict[str, str]) -> ast.Symbol | None:
    """The name that a call is; None where it is left as it is."""
    if any(a.primes and a.name in places for a in call.arguments):
        return None
    at = tuple(ast.Symbol(places[a.name]) for a in call.arguments if a.name in places and call.scripts == ((), ()))
    name = _name_of(call.name)
    key = _key_of(call, used)
    if name in _LETTERS and call.conditions and all(a.name in used.indices and _is_plain(a) for a in call.arguments):
        return replace(call.name, subscripts=(*call.name.subscripts, *call.arguments))
    if at and len(call.arguments) == 1 and name not in used.names and key not in used.apart:
        return replace(call.name, subscripts=(*call.name.subscripts, *at))
    if name not in used.names and not at:
        return None
    if key in used.whole and call.scripts == ((), ()) and not at:
        key = key.replace("(", "(*", 1)  # of all samples
    if key in used.apart:
        key = f"{key[:-1]};{','.join(call.parameters)})"
    return ast.Symbol(key, (), (*call.scripts[0], *at), call.scripts[1], span=call.name.span)


def _key_of(call: Call, used: Chances) -> str:
    kept = _name_of(call.name) in _FUNCTIONALS
    events = [_mark(a, used) for a in call.events]
    conditions = [_mark(a, used) for a in call.conditions if kept or _is_event(a) or a.name in used.random]
    return f"{_key(call.name)}({','.join(events)}{call.bar}{','.join(conditions)})"


def _told_apart(calls: Iterable[Call], used: Chances) -> frozenset[str]:
    """The names that stand with different parameters, of which neither leaves some of the other's out."""
    written: dict[str, set[frozenset[str]]] = {}
    for call in calls:
        if _name_of(call.name) in _LETTERS:
            written.setdefault(_key_of(call, used), set()).add(frozenset(call.parameters))
    return frozenset(key for key, lists in written.items() if any(not (a <= b or b <= a) for a in lists for b in lists))


def _products(chains: Iterable[ast.Chain], used: Chances) -> frozenset[str]:
    r"""The names of P(t|z) = \prod_i P(t_i|z_i)."""
    found: set[str] = set()
    for chain in chains:
        members = [m for m in chain.members if m is not None]
        alone = [c for m in members if isinstance(m, ast.Product) and len(m.factors) == 2 for c in _calls_in(m)]
        keys = {_key_of(c, used) for c in alone if c.scripts == ((), ())}
        for member in members if keys else ():
            if any(isinstance(n, ast.BigOperator) and n.name == "prod" for n in walk(member)):
                found |= keys & {_key_of(c, used) for c in _calls_in(member) if c.scripts != ((), ())}
    return frozenset(found)


def _calls_in(side: Node) -> Iterator[Call]:
    for node in walk(side):
        if isinstance(node, ast.Product):
            for position in range(len(node.factors) - 1):
                call = _call_at(node.factors, position)
                if call is not None:
                    yield call


def _call_at(factors: tuple[ast.Factor, ...], at: int) -> Call | None:
    """The name with the bracket behind it that stands at a place of a product."""
    if at + 1 >= len(factors):
        return None
    head, behind = factors[at].body, factors[at + 1]
    if isinstance(head, ast.BigOperator) and head.name == "Pr" and head.lower is None and head.upper is None:
        head = ast.Symbol("Pr", span=head.span)
    group = behind.body.base if isinstance(behind.body, ast.Scripted) else behind.body
    if isinstance(behind.body, ast.Scripted) and behind.body.subscripts:
        return None
    if not isinstance(head, ast.Symbol) or head.primes or head.superscripts or head.name in _NO_NAMES:
        return None
    if behind.operator or behind.sign or not isinstance(group, ast.Group) or group.opening not in ("(", "["):
        return None
    if group.body is None or group.opening == "[" and _name_of(head) is None:
        return None
    body = group.body
    if isinstance(body, ast.Chain) and len(body.relations) == 1 and body.relations[0].sign == r"\parallel":
        body = ast.Listing(body.members, (r"\|",))
    items = body.items if isinstance(body, ast.Listing) else (body,)
    separators = body.separators if isinstance(body, ast.Listing) else ()
    return _call(head, items, separators)


def _call(head: ast.Symbol, items: tuple[Node | None, ...], separators: tuple[str, ...]) -> Call | None:
    parts: tuple[list[ast.Symbol], list[ast.Symbol], list[ast.Symbol]] = ([], [], [])
    part, bar = 0, ""
    for item, separator in zip(items, ("", *separators), strict=True):
        if separator in _BARS:
            if part:
                return None
            part, bar = 1, "|" if separator == "|" else "‖"
        elif separator == ";":
            part = 2
        of_class = bool(bar == "" and separators[:1] == ("|",) and item in (ast.Number("0"), ast.Number("1")))
        symbol = ast.Symbol(item.text) if of_class and isinstance(item, ast.Number) else _event(item)
        if symbol is None:
            return None
        parts[part].append(symbol)
    events, conditions, behind = parts
    if not events:
        return None
    if _name_of(head) in _LETTERS:
        bar = bar and "|"
    scripts = {_scripts(a) for a in (*events, *conditions) if _is_event(a)} - {((), ())}
    if len(scripts) > 1:
        return None
    return Call(head, tuple(events), tuple(conditions), bar, next(iter(scripts), ((), ())), tuple(behind))


def _event(item: Node | None) -> ast.Symbol | None:
    """y of y and of Y = y."""
    if isinstance(item, ast.Chain) and len(item.members) == 2 and item.relations[0].sign == "=":
        whole, value = item.members
        if isinstance(whole, ast.Symbol) and isinstance(value, ast.Symbol) and whole.name.lower() == value.name:
            return _event(value) if whole.name != value.name else None
    return item if isinstance(item, ast.Symbol) else None


def _scripts(symbol: ast.Symbol) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The indices of an event: neither the parameters of q_\\theta nor a transpose."""
    below = tuple(s for s in symbol.subscripts if not (isinstance(s, ast.Symbol) and s.name in PARAMETERS - {"n", "m"}))
    above = tuple(s for s in symbol.superscripts if not (isinstance(s, ast.Symbol) and s.name in TRANSPOSES))
    return below, above


def _name_of(name: ast.Symbol) -> str | None:
    """The letter of chance that a name is."""
    return name.name if name.name in _LETTERS | _FUNCTIONALS else None


def _key(name: ast.Symbol) -> str:
    base = name.name
    for accent in name.decorations:
        if accent not in FONTS and accent != "mathbb":
            base = rf"\{accent}{{{base}}}"
    marks = [s for s in name.subscripts if not _is_parameter(s)]
    return base + "".join(f"_{render(s)}" for s in marks)


def _written(symbol: ast.Symbol) -> str:
    return render(replace(symbol, decorations=tuple(d for d in symbol.decorations if d not in FONTS)))


def _letter(symbol: ast.Symbol) -> str:
    return symbol.name


def _is_plain(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and not (node.subscripts or node.superscripts or node.primes)


def _is_parameter(node: Node) -> bool:
    return _is_plain(node) and isinstance(node, ast.Symbol) and node.name in PARAMETERS


def _is_event(symbol: ast.Symbol) -> bool:
    """Whether an argument is no parameter."""
    return symbol.name not in PARAMETERS or symbol.name == "D"


def _is_bold(symbol: ast.Symbol) -> bool:
    return bool(BOLD & set(symbol.decorations))


def _mark(symbol: ast.Symbol, used: Chances) -> str:
    """What an argument adds to a name: its letter, its accents, and whether it is all samples."""
    whole = symbol.name in used.joint and _is_bold(symbol) and _scripts(symbol) == ((), ())
    return ("*" if whole else "") + _key(replace(symbol, subscripts=())) + "'" * symbol.primes


def _outcomes(sides: list[Node]) -> Iterator[tuple[str, str]]:
    """The letters of outcomes, each with an index that stands for it."""
    used = {n.name for side in sides for n in walk(side) if isinstance(n, ast.Symbol)}
    free = iter(c for c in _INDEX_LETTERS if c not in used)
    found: dict[str, None] = {}
    for product in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        operators = [f.body for f in product.factors if isinstance(f.body, ast.BigOperator) and f.body.name == "sum"]
        letters = {outcome_of(o) for o in operators} - {None}
        for call in _calls_in(product) if letters else ():
            if call.scripts == ((), ()) and _name_of(call.name) in _LETTERS:
                found.update(dict.fromkeys(a.name for a in call.arguments if a.name in letters))
    for letter in found:
        is_index = len(letter) == 1 and letter.islower() and letter not in "wbxyzefgh"
        index = letter if is_index else next(free, None)
        if index is not None:
            yield letter, index
