r"""The tree back to LaTeX: what was understood, shown in one spelling.

Reading what is rendered gives the same tree. Braces are written around every argument and spaces between factors;
layout, colours and sizes are gone, names of several letters keep the font they had.
"""

from __future__ import annotations

from collections.abc import Sequence

from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Chain, Node

_CLOSED_NAMES = frozenset(("mathrm", "operatorname", "mathit", "mathsf", "mathtt", "mathnormal", "text"))


def render(node: Node | None) -> str:
    """The node as LaTeX; nothing for None."""
    match node:
        case None:
            return ""
        case ast.Number(text):
            return text
        case ast.Symbol(name, decorations, below, above, primes):
            return _scripts(_name(name, decorations), below, above, primes)
        case ast.Scripted(base, below, above, primes):
            return _scripts(_base(base), below, above, primes)
        case ast.Text(words):
            return rf"\text{{{words}}}" if words.isascii() else words
        case ast.Ellipsis(style):
            return rf"\{style}"
        case ast.Mark(sign):
            return sign
        case ast.Function(name, below, above, primes):
            return _scripts(rf"\{name}", below, above, primes)
        case ast.BigOperator(name, lower, upper):
            operator = rf"\operatorname{{{name}}}" if name in ("argmax", "argmin") else rf"\{name}"
            lower_part = "" if lower is None else f"_{{{render(lower)}}}"
            return operator + lower_part + ("" if upper is None else f"^{{{render(upper)}}}")
        case ast.Partial(below, above):
            return _scripts(r"\partial", below, above, 0)
        case ast.Nabla(below, above):
            return _scripts(r"\nabla", below, above, 0)
        case ast.Fraction(above_part, below_part):
            return rf"\frac{{{render(above_part)}}}{{{render(below_part)}}}"
        case ast.Binomial(above_part, below_part):
            return rf"\binom{{{render(above_part)}}}{{{render(below_part)}}}"
        case ast.Root(radicand, index):
            return rf"\sqrt{'' if index is None else f'[{render(index)}]'}{{{render(radicand)}}}"
        case ast.Group(opening, closing, body):
            if opening == "{":
                return f"{{{render(body)}}}"
            return rf"\left{opening} {render(body)} \right{closing}"
        case ast.Decorated(decoration, body):
            return rf"\{decoration}{{{render(body)}}}"
        case ast.Annotated(kind, body, note):
            return _annotated(kind, body, note)
        case ast.Matrix(environment, rows):
            return _matrix(environment, rows)
        case ast.Factorial(body):
            return f"{_base(body)}!"
        case ast.Product(factors):
            return " ".join(" ".join(filter(None, (f.operator, f.sign, render(f.body)))) for f in factors)
        case ast.Sum(terms):
            return " ".join(" ".join(filter(None, (term.sign, render(term.body)))) for term in terms)
        case ast.Listing(items, separators):
            return _listing(items, separators)
        case ast.Chain():
            return render_chain(node)
        case ast.Unread(_, _, latex):
            return latex
    raise TypeError(f"not a node: {node!r}")


def render_chain(chain: Chain) -> str:
    """A chain with the words and the implication before it."""
    parts = [chain.connective, rf"\text{{{chain.words}}}" if chain.words else "", render(chain.members[0])]
    for relation, member in zip(chain.relations, chain.members[1:], strict=True):
        parts.append(rf"\overset{{{relation.note}}}{{{relation.sign}}}" if relation.note else relation.sign)
        parts.append(render(member))
    return " ".join(filter(None, parts))


def _name(name: str, decorations: Sequence[str]) -> str:
    if name == "|":
        return name
    name = name.removesuffix("°")  # the mark of a letter read as another name
    for decoration in decorations:
        name = rf"\{decoration}{{{name}}}"
    return name


def _scripts(base: str, below: Sequence[Node], above: Sequence[Node], primes: int) -> str:
    """The base with its scripts; superscripts beyond the first go around braces."""
    text = base + "'" * primes
    if below:
        text += f"_{{{', '.join(render(part) for part in below)}}}"
    for number, part in enumerate(above):
        text = f"{{{text}}}^{{{render(part)}}}" if number else f"{text}^{{{render(part)}}}"
    return text


def _base(node: Node) -> str:
    """A node that scripts are put on: braces around what would otherwise take them into itself."""
    if isinstance(node, ast.Symbol | ast.Scripted | ast.Factorial | ast.Annotated | ast.Text | ast.Ellipsis):
        return f"{{{render(node)}}}"
    return render(node)


def _annotated(kind: str, body: Node, note: Node | None) -> str:
    if kind in ("underset", "overset"):
        return rf"\{kind}{{{render(note)}}}{{{render(body)}}}"
    script = "_" if kind == "underbrace" else "^"
    return rf"\{kind}{{{render(body)}}}" + ("" if note is None else f"{script}{{{render(note)}}}")


def _matrix(environment: str, rows: Sequence[Sequence[Node | None]]) -> str:
    body = r" \\ ".join(" & ".join(render(cell) for cell in row) for row in rows)
    if environment == "substack":
        return rf"\substack{{{body}}}"
    columns = "{" + "c" * max((len(row) for row in rows), default=1) + "}" if environment == "array" else ""
    return rf"\begin{{{environment}}}{columns} {body} \end{{{environment}}}"


def _listing(items: Sequence[Node | None], separators: Sequence[str]) -> str:
    parts = [render(items[0])] if items else []
    for separator, item in zip(separators, items[1:], strict=True):
        parts += [r"\mid" if separator == "|" else separator, render(item)]
    return " ".join(filter(None, parts))
