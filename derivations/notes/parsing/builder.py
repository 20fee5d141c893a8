"""From the grammar's reductions to the tree: flat products and sums, scripts on what they belong to.

The parser calls a method for each rule as it reduces it, so nothing here recurses. What TeX itself refuses (two
superscripts in a row, a script on nothing) is refused here with its reason.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any

from lark import Token as LarkToken
from lark import Transformer, v_args

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Factor, Node, Span, Term
from derivations.notes.parsing.tex import Unreadable
from derivations.notes.parsing.tokens import Token
from derivations.notes.parsing.vocabulary import FONTS, SYMBOLS

_ATOMS = (
    ast.Number,
    ast.Symbol,
    ast.Scripted,
    ast.Group,
    ast.Fraction,
    ast.Root,
    ast.Matrix,
    ast.Decorated,
    ast.Annotated,
    ast.Text,
    ast.Ellipsis,
    ast.Binomial,
    ast.Factorial,
    ast.Mark,
)


@dataclass(frozen=True, slots=True)
class Braces:
    """The inside of a pair of braces, before it is known whether they only delimit an argument."""

    body: Node | None
    span: Span


@dataclass(frozen=True, slots=True)
class Script:
    kind: str
    body: Node | None
    span: Span


_SIZES = frozenset("nmkNMK")


def _is_bound_lowered(operator: Factor, behind: Factor) -> bool:
    r"""Whether a ^ is missing: \sum_{i=1}{n} x_i, of which the braces vanish."""
    match operator.body, behind:
        case (
            ast.BigOperator(_, ast.Chain((_, ast.Number()), (ast.Relation("="),)), None),
            Factor("", "", ast.Symbol(name, (), (), (), 0)),
        ):
            return name in _SIZES
    return False


def _span(*parts: Any) -> Span:
    known = [part.span if hasattr(part, "span") else Span(part.start, part.end) for part in parts if part is not None]
    return Span(min(span.start for span in known), max(span.end for span in known))


def _token(value: LarkToken) -> Token:
    token = value.value
    assert isinstance(token, Token)
    return token


class _Factors(list[Factor]):
    """A product being built."""


@v_args(inline=True)
class Builder(Transformer[LarkToken, Node | None]):
    """The tree of a side; None for nothing at all."""

    def content(self, *parts: Any) -> Node | None:
        items: list[Node | None] = []
        separators: list[str] = []
        expects = True
        for part in parts:
            if isinstance(part, Token) and part.kind in ("SEP", "CONNECTIVE"):
                if expects:
                    items.append(None)
                separators.append(part.text if part.kind == "SEP" else f"\\{part.text}")
                expects = True
                continue
            item = ast.Text(part.text.strip(), span=_span(part)) if isinstance(part, Token) else part
            if not expects:
                separators.append("")
            items.append(item)
            expects = False
        if expects and separators:
            items.append(None)
        if len(items) == 1:
            return items[0]
        if not items:
            return None
        return ast.Listing(tuple(items), tuple(separators), span=_span(*parts))

    def divider(self, token: LarkToken) -> Token:
        return _token(token)

    def mark(self, *tokens: LarkToken) -> Node:
        parts = [_token(token) for token in tokens]
        return ast.Mark("".join(part.text for part in parts), span=_span(*parts))

    def relations(self, *parts: Any) -> Node | None:
        members: list[Node | None] = []
        signs: list[ast.Relation] = []
        for part in parts:
            if isinstance(part, tuple):
                if not members:
                    members.append(None)
                signs.append(part[0])
                members.append(part[1])
            else:
                members.append(part)
        if not signs:
            return members[0]
        span = _span(*(part for part in (*members, *signs) if part is not None))
        return ast.Chain(tuple(members), tuple(signs), span=span)

    def tail(self, sign: LarkToken, side: Node | None = None) -> tuple[ast.Relation, Node | None]:
        token = _token(sign)
        return ast.Relation(token.text, " ".join(token.note.split()), span=_span(token)), side

    def side(self, *parts: Any) -> Node | None:
        terms: list[Term] = []
        sign = ""
        for part in parts:
            if isinstance(part, LarkToken):
                sign = part.value.text
                continue
            signs, body, span = part
            if body is None:
                raise Unreadable(
                    "a sign with nothing after it" if sign or signs else "nothing between braces", span.start
                )
            terms.append(Term(" ".join(filter(None, (sign, signs))), body, span=span))
        if len(terms) == 1 and not terms[0].sign:
            return terms[0].body
        return ast.Sum(tuple(terms), span=_span(*terms))

    def term(self, *parts: Any) -> tuple[str, Node | None, Span]:
        if len(parts) == 2:
            sign, (signs, body, span) = _token(parts[0]), parts[1]
            return " ".join(filter(None, (sign.text, signs))), body, Span(sign.start, span.end)
        return "", *self._product(parts[0])

    def _product(self, factors: _Factors) -> tuple[Node | None, Span]:
        span = _span(*factors)
        kept = [factor for factor in factors if not _is_nothing(factor)]
        if not kept:
            return None if len(factors) > 1 else ast.Listing((), (), span=span), span
        for left, right in itertools.pairwise(kept):
            if isinstance(left.body, ast.Number) and isinstance(right.body, ast.Number) and not right.operator:
                raise Unreadable("two numbers side by side", right.span.start)
            if _is_bound_lowered(left, right):
                raise Unreadable("a sum whose upper bound isn't raised: a ^ is missing", right.span.start)
        if len(kept) == 1 and not kept[0].operator and not kept[0].sign:
            return kept[0].body, span
        return ast.Product(tuple(kept), span=span), span

    def first(self, body: Node) -> _Factors:
        return _Factors([Factor("", "", body, span=body.span)])

    def beside(self, factors: _Factors, body: Node) -> _Factors:
        factors.append(Factor("", "", body, span=body.span))
        return factors

    def linked(self, factors: _Factors, link: tuple[str, str], body: Node) -> _Factors:
        factors.append(Factor(*link, body, span=body.span))
        return factors

    def signed(self, factors: _Factors, sign: LarkToken, body: Node) -> _Factors:
        factors.append(Factor("", _token(sign).text, body, span=body.span))
        return factors

    def link(self, operator: LarkToken, *signs: LarkToken) -> tuple[str, str]:
        return _token(operator).text, " ".join(_token(sign).text for sign in signs)

    def factor(self, base: Any, *scripts: Script) -> Node:
        return _scripted(_as_node(base), scripts)

    prefix = factor

    def script(self, *parts: Any) -> Script:
        token = _token(parts[0])
        if len(parts) == 1:
            return Script(token.kind, None, _span(token))
        body = _as_body(parts[1])
        while isinstance(body, ast.Group) and body.opening == "{" and body.body is not None:
            body = body.body
        return Script(token.kind, body, _span(token, parts[1]))

    def head(self, value: LarkToken) -> Node:
        token = _token(value)
        span = _span(token)
        if token.kind == "FUNCTION":
            return ast.Function(token.text, span=span)
        if token.kind == "BIG":
            return ast.BigOperator(token.text, span=span)
        return ast.Partial(span=span) if token.kind == "PARTIAL" else ast.Nabla(span=span)

    def nucleus(self, value: Any) -> Any:
        return _leaf(_token(value)) if isinstance(value, LarkToken) else value

    argument = nucleus

    def fraction(self, _command: LarkToken, above: Any, below: Any) -> Node:
        return _fraction(_part(above), _part(below), _span(_token(_command), above, below))

    def binomial(self, _command: LarkToken, above: Any, below: Any) -> Node:
        return ast.Binomial(_part(above), _part(below), span=_span(_token(_command), above, below))

    def root(self, _command: LarkToken, radicand: Any) -> Node:
        return ast.Root(_part(radicand), span=_span(_token(_command), radicand))

    def indexed_root(
        self, _command: LarkToken, _open: LarkToken, index: Node | None, _close: LarkToken, radicand: Any
    ) -> Node:
        return ast.Root(_part(radicand), index, span=_span(_token(_command), radicand))

    def accent(self, command: LarkToken, argument: Any) -> Node:
        token = _token(command)
        body = _part(argument)
        span = _span(token, argument)
        plain = isinstance(body, ast.Symbol) and not body.primes and token.text != "boxed" and _keeps(token.text, body)
        if isinstance(body, ast.Symbol) and plain and not (body.subscripts and token.text in ("overline", "underline")):
            return replace(body, decorations=(*body.decorations, token.text), span=span)
        return ast.Decorated(token.text, body, span=span)

    def annotated(self, command: LarkToken, argument: Any) -> Node:
        token = _token(command)
        return ast.Annotated(token.text, _part(argument), span=_span(token, argument))

    def stacked(self, command: LarkToken, note: Any, body: Any) -> Node:
        token = _token(command)
        return ast.Annotated(token.text, _part(body), _as_body(note), span=_span(token, note, body))

    def group(self, opening: LarkToken, body: Node | None, closing: LarkToken) -> Node:
        first, last = _token(opening), _token(closing)
        return ast.Group(first.text, last.text, body, span=_span(first, last))

    def braces(self, opening: LarkToken, body: Node | None, closing: LarkToken) -> Braces:
        return Braces(body, _span(_token(opening), _token(closing)))

    def over(
        self, opening: LarkToken, above: Node | None, command: LarkToken, below: Node | None, closing: LarkToken
    ) -> Braces:
        token = _token(command)
        if above is None or below is None:
            raise Unreadable(f"\\{token.text} with nothing on one side", token.start)
        span = _span(_token(opening), _token(closing))
        made = _fraction(above, below, span) if token.text == "over" else ast.Binomial(above, below, span=span)
        return Braces(made, span)

    def environment(self, opening: LarkToken, *parts: Any) -> Node:
        rows = [part for part in parts if isinstance(part, tuple) and any(cell is not None for cell in part)]
        first, last = _token(opening), _token(parts[-1])
        if first.text == "Vmatrix" and len(rows) == 1 == len(rows[0]):  # the norm of what stands in the one cell
            return ast.Group(r"\|", r"\|", rows[0][0], span=_span(first, last))
        return ast.Matrix(first.text, tuple(rows), span=_span(first, last))

    def row(self, *parts: Any) -> tuple[Node | None, ...]:
        return tuple(part for part in parts if not isinstance(part, LarkToken))


def _leaf(token: Token) -> Node:
    span = _span(token)
    if token.kind == "NUMBER":
        return ast.Number(token.text, span=span)
    if token.kind == "SYMBOL":
        return ast.Symbol(token.text, (token.note,) if token.note and token.note != "bar" else (), span=span)
    if token.kind == "DOTS":
        return ast.Ellipsis(token.text, span=span)
    if token.kind in ("TEXT", "WORDS"):
        return ast.Text(token.text.strip(), span=span)
    return ast.Mark(token.text, span=span)


def _as_body(part: Any) -> Node | None:
    return part.body if isinstance(part, Braces) else part


def _part(part: Any) -> Node:
    """An argument that must be there."""
    body = _as_body(part)
    return ast.Listing((), (), span=part.span) if body is None else body


def _as_node(part: Any) -> Node:
    """Braces in an expression: they vanish around an atom, and group anything else."""
    if not isinstance(part, Braces):
        node: Node = part
        return node
    if part.body is None:
        return ast.Group("{", "}", None, span=part.span)
    if isinstance(part.body, _ATOMS):
        return part.body
    if isinstance(part.body, ast.BigOperator) and part.body.lower is None and part.body.upper is None:
        return part.body
    return ast.Group("{", "}", part.body, span=part.span)


def _is_nothing(factor: Factor) -> bool:
    body = factor.body
    return (
        isinstance(body, ast.Group)
        and body.opening == "{"
        and body.body is None
        and not factor.operator
        and not factor.sign
    )


def _fraction(above: Node, below: Node, span: Span) -> ast.Fraction:
    r"""A fraction; \delta above and below its bar, a factor that nobody writes out, is \partial."""
    if _is_small_change(above) and _is_small_change(below):
        above, below = _with_partial(above), _with_partial(below)
    operator = _leading_command(above)
    if operator is not None and operator == _leading_command(below):
        raise Unreadable(f"unknown command {operator} above and below a bar", span.start)
    return ast.Fraction(above, below, span=span)


def _leading_command(part: Node) -> str | None:
    r"""The unknown command before the rest of a part of a fraction: \pt of \pt L, which may be a derivative's."""
    first = part.factors[0].body if isinstance(part, ast.Product) and len(part.factors) > 1 else None
    is_unknown = isinstance(first, ast.Symbol) and first.name[:1] == "\\" and first.name[1:] not in SYMBOLS
    return first.name if isinstance(first, ast.Symbol) and is_unknown else None


def _is_small_change(part: Node) -> bool:
    r"""Whether a part of a fraction begins with \delta, \delta^2 or \partial."""
    first = part.factors[0].body if isinstance(part, ast.Product) and not part.factors[0].sign else part
    if isinstance(first, ast.Partial):
        return True
    return first in (ast.Symbol(r"\delta"), ast.Symbol(r"\delta", (), (), (ast.Number("2"),)))


def _with_partial(part: Node) -> Node:
    if isinstance(part, ast.Product):
        first, *others = part.factors
        return replace(part, factors=(replace(first, body=_with_partial(first.body)), *others))
    return ast.Partial((), part.superscripts, span=part.span) if isinstance(part, ast.Symbol) else part


def _subscripts(body: Node | None, at: Span) -> tuple[Node, ...]:
    if body is None:
        return ()
    if isinstance(body, ast.Listing) and set(body.separators) == {","} and None not in body.items:
        return tuple(item for item in body.items if item is not None)
    return (body,)


def _scripted(base: Node, scripts: tuple[Script, ...]) -> Node:
    """The base with its scripts; what TeX refuses is refused."""
    below: tuple[Node, ...] = ()
    above: tuple[Node, ...] = ()
    primes = 0
    factorial = False
    seen: set[str] = set()
    for script in scripts:
        if script.kind in ("SUB", "SUP"):
            if script.kind in seen:
                raise Unreadable(f"two {'sub' if script.kind == 'SUB' else 'super'}scripts in a row", script.span.start)
            seen.add(script.kind)
        if factorial:
            raise Unreadable("a script after !", script.span.start)
        if script.kind == "SUB":
            below = _subscripts(script.body, script.span)
        elif script.kind == "PRIME":
            primes += 1
        elif script.kind == "BANG":
            factorial = True
        elif isinstance(script.body, ast.Mark) and set(script.body.sign) == {"'"}:
            primes += len(script.body.sign)
        elif script.body is not None:
            above = (script.body,)
    span = _span(base, *scripts)
    node = _with_scripts(base, below, above, primes, span) if below or above or primes else base
    return ast.Factorial(node, span=span) if factorial else node


def _with_scripts(base: Node, below: tuple[Node, ...], above: tuple[Node, ...], primes: int, span: Span) -> Node:
    if isinstance(base, ast.Group) and base.opening == "{" and base.body is None:
        raise Unreadable("a script on nothing", span.start)
    if isinstance(base, ast.Group) and base.opening == "{" and isinstance(base.body, ast.Sum):
        *terms, last = base.body.terms  # {1+e}^{-x} is printed as 1 + e^{-x}
        raised = replace(last, body=_on_last(last.body, below, above, primes, span))
        return replace(base, body=replace(base.body, terms=(*terms, raised)), span=span)
    if isinstance(base, ast.Decorated) and base.decoration in FONTS.values() and isinstance(base.body, ast.Product):
        return replace(base, body=_on_last(base.body, below, above, primes, span), span=span)  # \mathbf{pp}^T: p p^T
    if isinstance(base, ast.Symbol | ast.Function | ast.Scripted) and not (base.subscripts and below):
        return replace(
            base,
            subscripts=base.subscripts or below,
            superscripts=base.superscripts + above,
            primes=base.primes + primes,
            span=span,
        )
    if isinstance(base, ast.BigOperator) and not primes and not (base.lower and below) and not (base.upper and above):
        lower = ast.Listing(below, (",",) * (len(below) - 1), span=span) if len(below) > 1 else (below or (None,))[0]
        return replace(base, lower=base.lower or lower, upper=base.upper or (above or (None,))[0], span=span)
    if isinstance(base, ast.Partial | ast.Nabla) and not primes and not base.subscripts:
        return replace(base, subscripts=below, superscripts=base.superscripts + above, span=span)
    if isinstance(base, ast.Annotated) and base.note is None and not primes:
        if base.kind == "underbrace" and below and not above:
            note = below[0] if len(below) == 1 else ast.Listing(below, (",",) * (len(below) - 1), span=span)
            return replace(base, note=note, span=span)
        if base.kind == "overbrace" and above and not below:
            return replace(base, note=above[0], span=span)
    if isinstance(base, ast.BigOperator | ast.Partial | ast.Nabla | ast.Text | ast.Ellipsis):
        raise Unreadable("scripts that this can't carry", span.start)
    return ast.Scripted(base, below, above, primes, span=span)


def _on_last(term: Node, below: tuple[Node, ...], above: tuple[Node, ...], primes: int, span: Span) -> Node:
    """A term with scripts on its last factor."""
    if not isinstance(term, ast.Product):
        return _with_scripts(term, below, above, primes, span)
    *factors, last = term.factors
    return replace(term, factors=(*factors, replace(last, body=_with_scripts(last.body, below, above, primes, span))))


def _keeps(accent: str, symbol: ast.Symbol) -> bool:
    r"""Whether a name with its superscripts is one name under an accent: \hat{W^L}, and not \overline{y^2}."""
    is_mark = accent in ("hat", "tilde", "vec") or accent in FONTS.values()
    return not symbol.superscripts or is_mark and not any(isinstance(s, ast.Number) for s in symbol.superscripts)
