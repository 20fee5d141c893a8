r"""Ways of writing that are one way too many, brought to the usual one before anything is interpreted.

    \Sigma_{i=1}^m a_i            \sum_{i=1}^m a_i
    a_1 + a_2 + \dots + a_n       \sum_{k=1}^n a_k: see `omitted`
    \sum_x                        \sum, over the samples
    w1                            w_1
    e^{z_i} / \sum                a name, where \sum = e^{z_1} + e^{z_2} stands somewhere; else see `abbreviated`
    \Delta w_j                    a name, where \Delta w_j = … stands somewhere
    \partial L/\partial z       \frac{\partial L}{\partial z}: see `slashed`
    \partial z = a - y           dz, a name, where \partial z is a side of its own
    \phi(x_n)                     \phi_n, where \phi stands nowhere but before data: features of x_n
    X'X                           X^T X, and so every other prime but those of functions
    C(\dots), J(\cdot)            C, J
    \partial_w L                 ∇_w L: see `gradients`
    (f \circ g)(x)               f(g(x)): see `compositions`
    prod(\frac{∂Z}{∂Y}, \frac{∂Y}{∂X})  \frac{∂Z}{∂Y} \frac{∂Y}{∂X}, multiplied as the shapes ask for
    \mathrm{e}^x                 e^x
    p(y_i \mid x_i; w)            a name at i: see `chances`
    p(x_1, \dots, x_n \mid w)     p(\mathbf x \mid w), of all samples
    P(X_i = x_i)                  P(x_i)
    \sigma' = \sigma(1 - \sigma)  with the argument that σ has: see `shorthand`
    f_{y_i}                      f_y, where y_i is the class of the one sample, or a sum over classes: see `classes`
    net_k = \sum_j w_{jk} o_j     o⁻_j, where o_k hangs on net_k: see `fed`
    \sigma(z)_i = e^{z_i} / …     softmax(z)_i: see `softened`
    g(\theta^T x) = \frac{1}{1 + …} sigmoid(\theta^T x): see `logistic`
    w^{(t+1)} = w^{(t)} - …       w, at every step: see `iterates`
    \frac{d\tanh}{dz}            \frac{d\tanh(z)}{dz}
    \hat{y}_{ik}                 \hat{Y}_{ik}, where \hat{Y} is what has a value: see `rows`
    z^1, \theta^t x               layers and transposes: see `raised`

Places are kept.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from derivations.notes.interpreting.abbreviated import total_of, with_total, written_as_sign
from derivations.notes.interpreting.actions import Actions, actions_in, with_actions
from derivations.notes.interpreting.chances import (
    NO_CHANCES,
    Chances,
    chances_of,
    outcome_of,
    with_chances,
    with_joint_lists,
    without_variables,
)
from derivations.notes.interpreting.classes import (
    NOT_PICKED,
    Picked,
    classes_of_one_sample,
    is_of_one_sample,
    picked_of,
    with_classes,
)
from derivations.notes.interpreting.compositions import with_composition
from derivations.notes.interpreting.features import feature_maps, with_features
from derivations.notes.interpreting.fed import NOT_FED, Fed, fed_of, with_inputs
from derivations.notes.interpreting.gradients import last_layers, with_gradients
from derivations.notes.interpreting.iterates import counters_of, without_counter
from derivations.notes.interpreting.lasts import with_last_layer
from derivations.notes.interpreting.left_out import are_all_parameters, is_entry_of_identity, with_argument
from derivations.notes.interpreting.log_base import with_base
from derivations.notes.interpreting.logistic import logistic_names, with_logistic
from derivations.notes.interpreting.names import BOLD
from derivations.notes.interpreting.omitted import factors_in_full, terms_in_full
from derivations.notes.interpreting.other_sigma import said_to_be_another, with_other_sigma
from derivations.notes.interpreting.primes import has_primed_transposes, transposed, with_prime_outside
from derivations.notes.interpreting.quotients import is_differential, with_bare_operators
from derivations.notes.interpreting.raised import NO_RAISED, Raised, raised_in, unraised
from derivations.notes.interpreting.restricted import with_conditions
from derivations.notes.interpreting.rows import Rows, as_rows, rows_in
from derivations.notes.interpreting.shorthand import (
    NO_SHORTHAND,
    Shorthand,
    shorthand_of,
    with_sigma,
    with_sigmoid,
    without_prime,
)
from derivations.notes.interpreting.slashed import with_slashed
from derivations.notes.interpreting.softened import NOT_SOFTENED, Softened, softened, softened_of, with_index_inside
from derivations.notes.interpreting.subscripted import Subscripted, as_partial, subscripted_in
from derivations.notes.interpreting.times import time_of, with_times
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.mapping import mapped, rebuilt
from derivations.notes.parsing.render import render
from derivations.notes.parsing.vocabulary import CAPITALS

__all__ = ["Usage", "rewritten", "usage"]

_IDENTITY = r"identity matrix|单位矩阵|Einheitsmatrix|единичн\w+ матриц|matriz identidad|matrice identité|単位行列"


@dataclass(frozen=True)
class Usage:
    """What a document writes in a way of its own.

    capitals: \\Sigma and \\Pi where they stand for a sum and a product. maps: functions of data that stand for their
    values. sums: sum signs that are names, by what is written below them. changes: whether \\delta x and \\Delta x are
    names. primes: whether a prime is a transpose. chances: its probabilities. short: what it cuts short. raised: what
    its scripts are. fed: names of a layer, and its letter. classes: labels that are the class of the one sample, and
    what else is of it.
    picked: the label that is the class of every sample. total: the sum that a sum sign by itself stands for. words:
    words that are names, as "Data Loss" is where it stands on the left. soft: names of the softmax. counters: letters
    that count the steps of an iteration. rows: small letters for entries of matrices. logistic: names of the logistic
    function. identity: whether I_{kj} is an entry of the identity matrix. is_bias_plain: whether b is a number, though
    it is bold somewhere. slopes: whether \\partial z is a name, dz. time: the letter of the times of a recurrence.
    other_sigma: whether \\sigma is not the logistic function. base: of \\log where it has none, if that is to be read
    with another than e. actions: letters of actions, and the indices for which they stand. subscripted: f_x is ∂f/∂x.
    lasts: names below a ∇ that are meant in the last layer.
    """

    capitals: frozenset[str] = frozenset()
    maps: frozenset[str] = frozenset()
    sums: frozenset[Node | None] = frozenset()
    changes: bool = False
    primes: bool = False
    chances: Chances = NO_CHANCES
    short: Shorthand = NO_SHORTHAND
    fed: Fed = NOT_FED
    classes: frozenset[ast.Symbol] = frozenset()
    raised: Raised = NO_RAISED
    picked: Picked = NOT_PICKED
    total: Node | None = None
    words: frozenset[str] = frozenset()
    soft: Softened = NOT_SOFTENED
    counters: frozenset[str] = frozenset()
    rows: Rows = frozenset()
    logistic: frozenset[str] = frozenset()
    identity: bool = False
    is_bias_plain: bool = False
    slopes: bool = False
    time: str = ""
    other_sigma: bool = False
    base: str = ""
    actions: Actions = field(default_factory=dict)
    subscripted: Subscripted = frozenset()
    lasts: tuple[tuple[ast.Symbol, ast.Symbol], ...] = ()


def usage(chains: Iterable[ast.Chain], words: str = "") -> Usage:
    """The usage of a document, from all that it writes."""
    found = [replace(chain, members=tuple(m and _with_joint_lists(m) for m in chain.members)) for chain in chains]
    actions = actions_in(m for c in found if len(c.members) > 1 for m in c.members if m is not None)
    if actions:
        found = [replace(c, members=tuple(m and with_actions(m, actions) for m in c.members)) for c in found]
    sides = [m for chain in found for m in chain.members if m is not None]
    heads = [chain.members[0] for chain in found if len(chain.members) > 1]
    sums = {h.lower for h in heads if isinstance(h, ast.BigOperator) and h.name == "sum" and h.upper is None}
    total = None if sums else total_of(sides, heads)
    if total is not None and written_as_sign(sides):
        sums = {None}
    changes = any(isinstance(h, ast.Product) and len(h.factors) == 2 and _is_change(h.factors, 0) for h in heads)
    primes = has_primed_transposes(sides)
    return Usage(
        big_capitals(sides),
        feature_maps(sides),
        frozenset(sums),
        changes,
        primes,
        chances_of(found),
        shorthand_of(found, words),
        fed_of(found),
        classes_of_one_sample(sides),
        raised_in(sides),
        picked_of(sides),
        total,
        frozenset(_words_of(heads)),
        softened_of(found, words),
        counters_of(found),
        rows_in(found),
        logistic_names(found),
        re.search(_IDENTITY, words, re.I) is not None and not any(is_entry_of_identity(h) for h in heads),
        _is_bias_plain(sides),
        any(isinstance(s, ast.Product) and len(s.factors) == 2 and _is_slope(s.factors, 0) for s in sides),
        time_of(found),
        said_to_be_another(found, words),
        actions=actions,
        subscripted=subscripted_in(found),
        lasts=tuple(last_layers(sides).items()),
    )


def _is_bias_plain(sides: Iterable[Node]) -> bool:
    r"""Whether \mathbf b stands beside b, and not as often: a number, then, set bold by the way."""
    found = [
        n for side in sides for n in walk(side) if isinstance(n, ast.Symbol) and n.name == "b" and not n.subscripts
    ]
    bold = sum(bool(BOLD & set(symbol.decorations)) for symbol in found)
    return 0 < bold < len(found) - bold


def _words_of(heads: Iterable[Node | None]) -> Iterator[str]:
    r"""The words that are said to be something: \text{Data Loss}(w) = …."""
    for head in heads:
        if isinstance(head, ast.Product) and len(head.factors) == 2 and isinstance(head.factors[1].body, ast.Group):
            head = head.factors[0].body
        if isinstance(head, ast.Text) and re.fullmatch(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){1,2}", head.words):
            yield head.words


def _named(node: Node, names: frozenset[str]) -> Node:
    """The side with words as names, also behind a ∂."""
    match node:
        case ast.Text(words) if words in names:
            return ast.Symbol(words, ("text",), span=node.span)
        case ast.Listing((ast.Partial() as d, ast.Symbol() as name), ("",)):
            return ast.Product((ast.Factor("", "", d), ast.Factor("", "", name)), span=node.span)
    return node


def big_capitals(sides: Iterable[Node]) -> frozenset[str]:
    r"""\Sigma and \Pi, those that stand for a sum or a product somewhere: \Sigma_{i=1}^m."""
    nodes = (n for side in sides for n in walk(side) if isinstance(n, ast.Symbol) and n.name in CAPITALS)
    return frozenset(n.name for n in nodes if n.subscripts and isinstance(n.subscripts[0], ast.Chain))


def _with_each_letter(node: ast.Product) -> ast.Product:
    r"""The product with \sum_{i,j=1}^n as two sums."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        each = _of_each(factor.body) if isinstance(factor.body, ast.BigOperator) else []
        factors += (
            [replace(factor, body=each[0]), *(ast.Factor("", "", sign) for sign in each[1:])] if each else [factor]
        )
    return node if len(factors) == len(node.factors) else replace(node, factors=tuple(factors))


def _of_each(operator: ast.BigOperator) -> list[ast.BigOperator]:
    """The sums over i = 1 and j = 1 of one over i, j = 1; none where it isn't written so."""
    if not isinstance(operator.lower, ast.Listing):
        return []
    *letters, last = operator.lower.items
    match last:
        case ast.Chain((ast.Symbol(), ast.Number()), (ast.Relation("="),)):
            if letters and all(isinstance(letter, ast.Symbol) for letter in letters):
                firsts = (*letters, last.members[0])
                return [replace(operator, lower=replace(last, members=(i, *last.members[1:]))) for i in firsts]
    return []


def rewritten(node: Node, used: Usage) -> Node:
    """The side in the usual way of writing."""

    def step(found: Node) -> Node:
        found = unraised(found, used.raised)
        if used.subscripted and isinstance(found, ast.Symbol):
            found = as_partial(found, used.subscripted)
        if isinstance(found, ast.Symbol) and found.superscripts:
            found = with_prime_outside(found)
        if used.rows and isinstance(found, ast.Symbol):
            found = as_rows(found, used.rows)
        if used.is_bias_plain and isinstance(found, ast.Symbol) and found.name == "b":
            found = replace(found, decorations=tuple(d for d in found.decorations if d not in BOLD))
        if used.counters and isinstance(found, ast.Symbol):
            found = without_counter(found, used.counters)
        if used.identity and is_entry_of_identity(found) and isinstance(found, ast.Symbol):
            found = replace(found, name=r"\delta", decorations=())
        if used.words:
            found = _named(found, used.words)
        if used.primes:
            found = transposed(found)
        found = softened(with_index_inside(found), used.soft)
        if used.other_sigma:
            found = with_other_sigma(found)
        if used.base:
            found = with_base(found, used.base)
        if isinstance(found, ast.Symbol) and found.name in used.capitals and not found.decorations:
            lower = found.subscripts[0] if found.subscripts else None
            upper = found.superscripts[0] if found.superscripts else None
            return ast.BigOperator(CAPITALS[found.name], lower, upper, span=found.span)
        if isinstance(found, ast.Symbol) and found.name == "e" and found.decorations == ("mathrm",):
            return replace(found, decorations=())
        if isinstance(found, ast.Symbol) and found.primes == 1:
            found = without_prime(found, used.short)
        if used.total is not None:
            found = with_total(found, used.total)
        if isinstance(found, ast.Symbol) and is_of_one_sample(found, used.classes):
            return replace(found, subscripts=())
        if isinstance(found, ast.Symbol) and used.fed.names:
            found = with_inputs(found, used.fed)
        if isinstance(found, ast.Symbol) and _glued(found) and not found.subscripts:
            return replace(found, name=found.name[0], subscripts=(ast.Number(found.name[1:]),))
        place = outcomes.get(outcome_of(found) or "") if isinstance(found, ast.BigOperator) else None
        if isinstance(found, ast.BigOperator) and place is not None:
            return replace(found, lower=ast.Symbol(place))
        if isinstance(found, ast.BigOperator) and found.name == "sum" and found.lower == ast.Symbol("x"):
            return replace(found, lower=None)
        if isinstance(found, ast.Fraction):
            return with_argument(found)
        if isinstance(found, ast.Sum):
            return terms_in_full(found)
        if isinstance(found, ast.Product):
            found = with_slashed(found)
        if isinstance(found, ast.Product):
            found = with_conditions(with_bare_operators(found))
            found = factors_in_full(_with_chains(_with_each_letter(found)))
            found = with_gradients(_without_placeholders(found), lasts)
        if isinstance(found, ast.Product):
            found = with_composition(found)
        if isinstance(found, ast.Product) and used.short.spread:
            found = with_sigmoid(found)
        if isinstance(found, ast.Product) and used.logistic:
            found = with_logistic(found, used.logistic)
        if isinstance(found, ast.Product) and used.maps:
            found = with_features(found, used.maps)
        if isinstance(found, ast.Product) and used.changes:
            found = _with_changes(found)
        if isinstance(found, ast.Product) and used.chances:
            found = with_chances(found, used.chances)
        return found

    outcomes = dict(used.chances.outcomes)
    lasts = {subject: unraised(last, used.raised) for subject, last in used.lasts}
    node = with_actions(node, used.actions) if used.actions else node
    node = with_classes(_with_joint_lists(node), used.picked)
    node = with_times(node, used.time) if used.time else node
    found: Node = _with_named_sums(node, used.sums) if used.sums else node
    found = mapped(found, step, 0)
    found = _with_slopes(found) if used.slopes else found
    if used.short.argument is not None or used.short.indexed:
        found = with_sigma(found, used.short)
    return ast.Number("0", span=found.span) if _is_zero_array(found) else found


def _is_zero_array(node: Node) -> bool:
    r"""Whether a side is an array of zeros: \mathbf{0}, \vec 0, \mathbf{0}_n."""
    if isinstance(node, ast.Scripted) and node.subscripts and not node.superscripts:
        node = node.base
    return isinstance(node, ast.Decorated) and node.decoration in BOLD and node.body == ast.Number("0")


def _with_joint_lists(node: Node) -> Node:
    def step(n: Node) -> Node:
        if isinstance(n, ast.Symbol) and n.superscripts:
            return with_last_layer(n)
        return with_joint_lists(without_variables(n)) if isinstance(n, ast.Product) else n

    found: Node = mapped(node, step)
    return found


def _with_chains(node: ast.Product) -> ast.Product:
    r"""A product for \text{prod}(\frac{∂Z}{∂Y}, \frac{∂Y}{∂X})."""
    factors: list[ast.Factor] = []
    for factor in node.factors:
        before = factors[-1].body if factors else None
        inside = factor.body.body if isinstance(factor.body, ast.Group) and not factor.operator else None
        is_prod = isinstance(before, ast.BigOperator) and before.name == "prod" and before.lower is before.upper is None
        items = inside.items if isinstance(inside, ast.Listing) and is_prod else ()
        parts = [item for item in items if item is not None and is_differential(item)]
        if parts and len(parts) == len(items):
            first = factors.pop()
            factors += [replace(first, body=parts[0]), *(ast.Factor("", "", part) for part in parts[1:])]
        else:
            factors.append(factor)
    return replace(node, factors=tuple(factors))


def _without_placeholders(node: ast.Product) -> Node:
    r"""C for C(\dots) and J(\cdot), E for E(w_1, \dots, w_K): a function with its arguments left out."""
    kept = list(node.factors[:1])
    for before, factor in itertools.pairwise(node.factors):
        body = factor.body.body if isinstance(factor.body, ast.Group) and factor.body.opening == "(" else None
        is_place = isinstance(body, ast.Ellipsis) or body == ast.Mark(r"\cdot") or are_all_parameters(before.body, body)
        if not (is_place and isinstance(before.body, ast.Symbol) and not factor.operator and not factor.sign):
            kept.append(factor)
    if len(kept) == 1 and len(node.factors) > 1 and not kept[0].sign and not kept[0].operator:
        return kept[0].body
    return node if len(kept) == len(node.factors) else replace(node, factors=tuple(kept))


def _glued(symbol: ast.Symbol) -> bool:
    """Whether a letter that is no index has its number right behind it: w1, and not the i1 of x_{i1}."""
    letter, number = symbol.name[:1], symbol.name[1:]
    return letter.isalpha() and letter not in "ijklmn" and number.isdigit() and len(number) < 3


def _with_named_sums(node: Node, names: frozenset[Node | None]) -> Node:
    r"""The side with a sum sign that stands for a number, as in e^{z_i} / \sum, as the name \Sigma."""

    def name(found: Node) -> Node:
        is_name = isinstance(found, ast.BigOperator) and found.name == "sum" and found.lower in names
        if not is_name or not isinstance(found, ast.BigOperator):
            return found
        mark = "sum" if found.lower is None else f"sum_{render(found.lower)}"
        return ast.Symbol(r"\Sigma", (mark,), (), () if found.upper is None else (found.upper,), span=found.span)

    def step(found: Node) -> Node:
        if isinstance(found, ast.Sum):
            return replace(found, terms=tuple(t for term in found.terms for t in _flat(term)))
        return _in_terms(found, name) if isinstance(found, ast.Product) else found

    found: Node = mapped(node, step, 0)
    return _outside_products(found, name)


def _in_terms(node: ast.Product, name: Callable[[Node], Node]) -> Node:
    r"""The product with its last sum sign as a name, and what a sign behind it begins as a term of its own."""
    for position, factor in enumerate(node.factors):
        rest = node.factors[position + 1 :]
        named = name(factor.body)
        if named is factor.body or rest and not (rest[0].operator or rest[0].sign):
            continue
        done = replace(node, factors=(*node.factors[:position], replace(factor, body=named)))
        if not rest:
            return done
        if rest[0].operator:
            after = _in_terms(replace(node, factors=rest), name)
            if isinstance(after, ast.Product):
                return replace(node, factors=(*done.factors, *after.factors))
            return node
        behind = _in_terms(replace(node, factors=(replace(rest[0], sign=""), *rest[1:])), name)
        second = behind.factors[0].body if isinstance(behind, ast.Product) and len(behind.factors) == 1 else behind
        first = done.factors[0].body if len(done.factors) == 1 and not done.factors[0].sign else done
        return ast.Sum((ast.Term("", first), *_flat(ast.Term(rest[0].sign, second))), span=node.span)
    return node


def _flat(term: ast.Term) -> tuple[ast.Term, ...]:
    """A term that consists of terms, as these: the sign before it is the sign of the first."""
    if not isinstance(term.body, ast.Sum):
        return (term,)
    first, *others = term.body.terms
    return (replace(first, sign=" ".join(filter(None, (term.sign, first.sign)))), *others)


def _outside_products(node: Any, name: Callable[[Node], Node]) -> Any:
    """The node with sum signs that are no factor of a product passed through `name`."""

    def under(part: Any) -> Any:
        is_factor = isinstance(node, ast.Factor) and isinstance(part, ast.BigOperator)
        return part if is_factor else _outside_products(part, name)

    return name(rebuilt(node, under))


def _is_change(factors: tuple[ast.Factor, ...], at: int) -> bool:
    r"""Whether a factor is a bare \delta or \Delta with a name right behind it."""
    sign, behind = factors[at].body, factors[at + 1] if at + 1 < len(factors) else None
    if sign not in (ast.Symbol(r"\delta"), ast.Symbol(r"\Delta")) or behind is None:
        return False
    return isinstance(behind.body, ast.Symbol) and not behind.operator and not behind.sign


def _with_changes(node: ast.Product) -> Node:
    r"""The product with \Delta w_{ij} as one name."""
    factors: list[ast.Factor] = []
    skip = False
    for position, factor in enumerate(node.factors):
        if skip:
            skip = False
        elif _is_change(node.factors, position):
            behind = node.factors[position + 1].body
            assert isinstance(factor.body, ast.Symbol) and isinstance(behind, ast.Symbol)
            name = replace(behind, decorations=(*behind.decorations, factor.body.name[1:]))
            factors.append(replace(factor, body=name))
            skip = True
        else:
            factors.append(factor)
    if len(factors) == 1 and not factors[0].sign and not factors[0].operator:
        return factors[0].body
    return replace(node, factors=tuple(factors))


def _is_slope(factors: tuple[ast.Factor, ...], at: int) -> bool:
    r"""Whether a factor is a bare \partial with a name right behind it."""
    behind = factors[at + 1] if at + 1 < len(factors) else None
    if behind is None or not isinstance(behind.body, ast.Symbol) or behind.operator or behind.sign:
        return False
    return factors[at].body == ast.Partial((), ())


def _with_slopes(node: Any) -> Any:
    r"""The side with \partial z, which is below no bar and above none, as dz."""
    if isinstance(node, ast.Fraction) and is_differential(node):
        return node
    if isinstance(node, ast.Product):
        d = [_is_slope(node.factors, place) for place in range(len(node.factors))]
        named = [replace(f, body=ast.Symbol("d")) if is_d else f for f, is_d in zip(node.factors, d, strict=True)]
        node = replace(node, factors=tuple(named))
    return rebuilt(node, _with_slopes)
