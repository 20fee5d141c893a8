r"""What a document takes for granted, as formulas before it: usual meanings of names that it only speaks of.

    "the binary cross-entropy loss", a - y, ∂L/∂z     a = \sigma(z), L = -y \log a - (1 - y) \log(1 - a)
    "p is the softmax of the logits z", ∂L/∂p_i        p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}, L = -\sum_i y_i \log p_i
    "the mean squared error", \hat{y} - y              L = \frac12 (\hat{y} - y)^2
    "where g is the sigmoid function"                  g(u) = \frac{1}{1 + e^{-u}}
    p = \sigma(w^T x), ∂p/∂z                            z = w^T x, p = \sigma(z)
    "W is diagonal with entries p_i(1 - p_i)"           W = diag(p_i(1 - p_i))

The meanings are a closed list, each asked for by its words, and none is taken for a name that some formula gives a
value. What is left open is read once more behind these formulas: it is supported where it holds so, with the meanings
as the reason, and never refuted, for nobody wrote them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import accented
from derivations.notes.interpreting.quotients import leading
from derivations.notes.interpreting.signature import LABELS, Signature, base_letter
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Document, Side, read_text
from derivations.notes.parsing.render import render

__all__ = ["behind", "usual_meanings"]

_SIGMOID = (
    r"sigm[oó]ide?|sigmo[iï]d|logistic function|logistic sigmoid|函数sigmoid|逻辑函数|S型|シグモイド|시그모이드|сигмоид"
    r"|funci[oó]n log[ií]stica|fun[cç][aã]o log[ií]stica|fonction logistique|logistische Funktion|логистическ\w+ функци"
)
_TANH = r"\\?tanh|hyperbolic tangent|双曲正切|tangente hyperbol|гиперболическ\w+ тангенс"
_RELU = r"ReLU|rectified linear|线性整流"
_SOFTMAX = r"soft-?max|софтмакс|ソフトマックス|소프트맥스"
_CROSS = (
    r"cross[- ]?entrop|log[- ]?loss|log(istic)?[- ]?loss|negative log[- ]?likelihood|\bBCE\b|\bNLL\b"
    r"|交叉熵|对数损失|交差エントロピー|교차 ?엔트로피|크로스 ?엔트로피|кросс-?энтропи|перекр[её]стн\w+ энтропи"
    r"|entrop[ií]a cruzada|entropie crois|Kreuzentropie"
)
_SQUARED = (
    r"squared? error|\bMSE\b|least squares|quadratic (cost|loss)"
    r"|均方误差|平方误差|平方损失|最小二乘|二乗誤差|평균 ?제곱|среднеквадратич"
    r"|error cuadr[aá]tic|erro quadr[aá]tic|erreur quadratique|quadratische\w* (Fehler|Verlust)"
)
_IS = r"(?:is|are|be|being|as|denotes?|represents?|为|是|表示|代表|は|은|는|—|–|:|es|est|ist|é|является|обозначает)"
_NAME = r"(?:\$|\\\()\s*({})\s*(?:\([^$()]{{0,12}}\)\s*)?(?:\$|\\\))"
_NEAR = r"[^.$\n。]{0,30}?"
_DIAGONAL = (
    r"\$\s*([A-Z]|\\Lambda)\s*\$(?:(?!\$\$)[^.]){0,60}?(?:[Dd]iagonal|对角)"
    r"(?:[^.$]|\$[^$]{1,2}\$){0,80}?\$([^$]{3,80})\$"
)
_ON_DIAGONAL = r"(?<![A-Za-z\\])([A-Z]|\\Lambda)_\{?([a-z])\2\}?\s*=\s*([^$=&\n]{3,80}?)\s*\$"
_FUNCTIONS = ((_SIGMOID, r"\frac{1}{1 + e^{-u}}"), (_TANH, r"\tanh(u)"), (_RELU, r"\max(0, u)"))
_LETTERS = ("f", "g", "s", "S", "F", "G", "h", r"\phi", r"\varphi", r"\psi", r"\sigma")
_LOSSES = frozenset(
    ["L", "l", "J", "C", "E", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathcal{l}", "Loss", "loss", "CE", "BCE"]
)
_LOGITS = ("z", "o", "s", "a", "u", "net", "h", "x", r"\eta")
_WEIGHTS = ("w", "W", r"\theta", r"\beta")


@dataclass(frozen=True)
class _Seen:
    r"""What a document writes.

    valued: names with a value. differences: p and y of p - y. slopes: those of \frac{1 - y}{1 - p}. subjects: names
    differentiated; varied: by which. names: all of them, also with a number, as w_1. indexed: those with a letter.
    """

    valued: frozenset[str]
    differences: Counter[tuple[str, str]]
    slopes: frozenset[tuple[str, str]]
    subjects: frozenset[str]
    varied: frozenset[str]
    names: frozenset[str]
    indexed: frozenset[str]


def usual_meanings(document: Document, signature: Signature) -> list[str]:
    """The formulas, in LaTeX, that say what a document takes for granted; empty where there is nothing."""
    seen = _seen(document, signature)
    found = [*_functions(signature, seen), *_arguments(document, seen), *_diagonals(signature, seen)]
    losses = sorted(seen.subjects & _LOSSES - seen.valued)
    pairs = [pair for pair, _ in seen.differences.most_common() if pair[0] not in seen.valued or losses]
    if not pairs:
        return found
    chance, label = max(pairs, key=lambda pair: pair[0] in signature.logged)
    is_soft = signature.says(_SOFTMAX)
    is_crossed = signature.says(_CROSS) or (chance, label) in seen.slopes or is_soft and chance in signature.logged
    logit = next((z for z in _LOGITS if z in seen.varied and z not in (chance, label)), None)
    is_known = chance in seen.valued
    at = "_i" if is_soft and (chance in seen.indexed or logit in seen.indexed) else ""
    if logit is not None and not is_known and not (is_soft and not at):
        if is_soft:
            found.append(rf"{chance}_i = \frac{{e^{{{logit}_i}}}}{{\sum_k e^{{{logit}_k}}}}")
        elif signature.says(_SIGMOID):
            found.append(rf"{chance} = \sigma({logit})")
    is_said = any(formula.startswith(f"{logit} =") for formula in found)
    if logit is not None and logit not in seen.valued and not at and not is_said:
        found = [*_linear(logit, seen), *found]
    for loss in losses[:1]:
        if is_crossed and is_soft and at:
            found.append(rf"{loss} = -\sum_i {label}_i \log {chance}_i")
        elif is_crossed and not is_soft:
            found.append(rf"{loss} = -{label} \log {chance} - (1 - {label}) \log(1 - {chance})")
        elif signature.says(_SQUARED) and not is_crossed:
            found.append(rf"{loss} = \frac12 ({chance} - {label})^2")
    return found


def behind(meanings: Iterable[str], document: Document) -> Document:
    """The document with formulas before it."""
    before = read_text("\n\n".join(f"$${latex}$$" for latex in meanings))
    count = len(before.formulas)

    def moved(side: Side | None) -> Side | None:
        return None if side is None else replace(side, formula=side.formula + count)

    formulas = tuple(replace(f, index=f.index + count) for f in document.formulas)
    steps = tuple(
        replace(s, formula=s.formula + count, left=moved(s.left), right=moved(s.right)) for s in document.steps
    )
    return replace(document, formulas=(*before.formulas, *formulas), steps=(*before.steps, *steps))


def _functions(signature: Signature, seen: _Seen) -> Iterator[str]:
    """What functions are that the words name: g(u) = …."""
    for words, value in _FUNCTIONS:
        for letter in _LETTERS:
            name = _NAME.format(re.escape(letter))
            if letter not in signature.functions or letter in seen.valued or letter == r"\sigma":
                continue
            if signature.says(rf"{name}{_NEAR}{_IS}{_NEAR}(?:{words})|(?:{words}){_NEAR}{name}"):
                yield f"{letter}(u) = {value}"


def _diagonals(signature: Signature, seen: _Seen) -> Iterator[str]:
    r"""The diagonal matrices whose entries the words give: W = \operatorname{diag}(p_i (1 - p_i))."""
    said = [pair for pair in re.findall(_DIAGONAL, signature.words) if pair[0] not in seen.valued]
    if not said and signature.says("diagonal|对角"):
        said = [m.group(1, 3) for m in re.finditer(_ON_DIAGONAL, signature.words)]
    for name, entry in said:
        if "=" not in entry and not signature.says(rf"(?-i:(?<![A-Za-z\\]){re.escape(name)}\s*&?=)"):
            yield rf"{name} = \operatorname{{diag}}({entry})"


def _arguments(document: Document, seen: _Seen) -> Iterator[str]:
    r"""The argument of the one \sigma, as what something is differentiated by without being said."""
    unsaid = [z for z in _LOGITS if z in seen.varied - seen.valued]
    found = {name: inner for chain in (c for f in document.formulas for c in f.chains) for name, inner in _said(chain)}
    if len(unsaid) == len(found) == 1:
        [(name, inner)] = found.items()
        if not any(isinstance(n, ast.Symbol) and n.name == unsaid[0] for n in walk(inner)):
            yield f"{unsaid[0]} = {render(inner)}"
            yield rf"{name} = \sigma({unsaid[0]})"


def _said(chain: ast.Chain) -> Iterator[tuple[str, Node]]:
    r"""p and w^T x of p = \sigma(w^T x)."""
    match chain.members[:2]:
        case (
            ast.Symbol(_, _, (), (), 0) as name,
            ast.Product((ast.Factor("", "", ast.Symbol(r"\sigma", (), (), (), 0)), ast.Factor("", "", ast.Group("(")))),
        ) if chain.relations[0].sign == "=":
            inner = chain.members[1].factors[1].body.body  # type: ignore[union-attr]
            if isinstance(inner, ast.Sum | ast.Product):
                yield render(name), inner


def _linear(logit: str, seen: _Seen) -> Iterator[str]:
    """A logit as the weighted sum of what the document calls weights and data."""
    bias = next((f" + {b}" for b in ("b", "B") if b in seen.names), "")
    for weight in _WEIGHTS:
        for data in ("x", "X"):
            numbered = [n for n in "0123456789" if {f"{weight}_{n}", f"{data}_{n}"} <= seen.names]
            if numbered:
                yield f"{logit} = {' + '.join(f'{weight}_{n} {data}_{n}' for n in numbered)}{bias}"
                return
            if {weight, data} <= seen.indexed:
                yield rf"{logit} = \sum_j {weight}_j {data}_j{bias}"
                return
            if {weight, data} <= seen.names and weight != "W":
                yield rf"{logit} = {weight}^T {data}{bias}" if bias or weight != "w" else f"{logit} = w^T {data}"
                return


def _seen(document: Document, signature: Signature) -> _Seen:
    valued: set[str] = set()
    differences: Counter[tuple[str, str]] = Counter()
    slopes: set[tuple[str, str]] = set()
    names: set[str] = set()
    indexed: set[str] = set()
    subjects: set[str] = set()
    varied: set[str] = set()
    for chain in (c for f in document.formulas for c in f.chains):
        sides = [m for m in chain.members if m is not None]
        if len(chain.members) > 1 and chain.members[0] is not None:
            head = head_of(chain.members[0], signature)
            valued |= {head.ref.key} if head is not None else set()
        for node in (n for side in sides for n in walk(side)):
            match node:
                case ast.Symbol():
                    names |= {accented(node), *_numbered(node)}
                    indexed |= {accented(node)} if any(map(_is_letter, node.subscripts)) else set()
                case ast.Sum((first, second)) if second.sign == "-" and not first.sign:
                    differences.update(_difference(first.body, second.body))
                case ast.Fraction(above, below):
                    differences.update(_difference(below, above))
                    subjects |= set(_below_partial(above))
                    varied |= set(_below_partial(below))
                    slopes |= {(chance, label) for chance in _from_one(below) for label in _from_one(above)}
    return _Seen(
        frozenset(valued),
        differences,
        frozenset(slopes),
        frozenset(subjects),
        frozenset(varied),
        frozenset(names),
        frozenset(indexed),
    )


def _difference(one: Node, other: Node) -> Iterator[tuple[str, str]]:
    """The prediction and the label of p - y, y - p and y/p."""
    if isinstance(one, ast.Symbol) and isinstance(other, ast.Symbol):
        first, second = accented(one), accented(other)
        for chance, label in ((first, second), (second, first)):
            is_chance = chance != label and (base_letter(chance) not in LABELS or chance.startswith(r"\hat"))
            if label in LABELS and is_chance:
                yield chance, label
                return


def _from_one(node: Node) -> Iterator[str]:
    """The name p of 1 - p."""
    match node:
        case ast.Sum((ast.Term("", ast.Number("1")), ast.Term("-", ast.Symbol() as name))):
            yield accented(name)


def _below_partial(node: Node) -> Iterator[str]:
    """The names behind ∂ or d."""
    for factor in leading(node) or ():
        body = factor.body.body if isinstance(factor.body, ast.Group) else factor.body
        if isinstance(body, ast.Symbol):
            yield accented(body)


def _numbered(symbol: ast.Symbol) -> Iterator[str]:
    match symbol.subscripts:
        case (ast.Number(text),) if not symbol.superscripts:
            yield f"{accented(symbol)}_{text}"


def _is_letter(node: Node) -> bool:
    return isinstance(node, ast.Symbol) and len(node.name) == 1 and node.name in "ijkncdm"
