r"""Predictions that no formula gives a value: h_\theta(x), f_{w,b}(x), \hat{y} of a linear or logistic model.

    J = \frac12 \sum_i (h_\theta(x^{(i)}) - y^{(i)})^2,   ∂J/∂θ_j = \sum_i (h_\theta(x^{(i)}) - y^{(i)}) x_j^{(i)}

A step that is left open is judged with the model that such notes have, of the parameters that this one names. It is
supported if it holds then, and never refuted: nobody said that this is the model. The first model with which a
derivative holds is that of the whole document.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cached_property

import sympy as sp

from derivations.atoms import UnsupportedExpressionError, free_symbols, labels_in
from derivations.equation import Equation
from derivations.functions import sigmoid
from derivations.notes.interpreting.elaborate import Elaborator
from derivations.notes.interpreting.names import UnsupportedNoteError, names_in
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.tied import Tied
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.notes.parsing.render import render
from derivations.notes.report import HELD
from derivations.reasons import holds_where
from derivations.statement import Definition, array, element, index
from derivations.verdict import Status

__all__ = ["Modelled"]

_X, _T, _B = ast.Symbol("x"), ast.Symbol("T"), ast.Symbol("b")
_LOGISTIC = (
    r"logi[sz]ti|logíst|sigm[oa]|\\sigma|逻辑|邏輯|对数几率|交叉熵|ロジスティック|シグモイド|로지스틱|시그모이드|логист|сигмо"
    r"|cross[- ]entropy|\\(?:log|ln)\s*(?:\\left)?\(\s*1\s*-"
)


def _at(name: str, number: str) -> ast.Symbol:
    return ast.Symbol(name, subscripts=(ast.Number(number),))


def _times(first: Node, second: Node) -> Node:
    return ast.Product((ast.Factor("", "", first), ast.Factor("", "", second)))


def _plus(first: Node, second: Node) -> Node:
    return ast.Sum((ast.Term("", first), ast.Term("+", second)))


def _inner(name: str) -> Node:
    return _times(ast.Symbol(name, superscripts=(_T,)), _X)


_PARAMETERS = (r"\theta", r"\beta", "w")
_MODELS = (
    *(_plus(_at(name, "0"), _times(_at(name, "1"), _X)) for name in _PARAMETERS),
    _plus(_inner("w"), _B),
    *(_inner(name) for name in _PARAMETERS),
    *(_plus(_times(ast.Symbol(slope), _X), _B) for slope in "ma"),
)


@dataclass
class Modelled(Tied):
    """The part of a reading that knows what a prediction usually is."""

    model: tuple[Node, bool] | None = None  # the one with which a derivative held, and whether it is logistic

    @cached_property
    def _models(self) -> tuple[tuple[Node, bool], ...]:
        """The models whose parameters the document names, first those without a link."""
        members = [m for f in self.document.formulas for c in f.chains for m in c.members if m is not None]
        plain = {(s.name, s.subscripts) for m in members for s in walk(m) if isinstance(s, ast.Symbol)}
        names = {name for name, _ in plain}
        found = []
        for node in _MODELS:
            symbols = [s for s in walk(node) if isinstance(s, ast.Symbol) and s != _T]
            if all((s.name, s.subscripts) in plain if s.subscripts else s.name in names for s in symbols):
                found.append(node)
        links = (False, True) if self.signature.says(_LOGISTIC) else (False,)
        return tuple((node, link) for link in links for node in found)

    def _with_model(self, plain: Equation | None, step: Step, left: Node, right: Node) -> Judged | None:
        """A step that was left open, held with the usual model; None where it doesn't hold with any.

        plain: what was to be decided without a model. What has no prediction in it says the same with one.
        """
        keys = {key for key in self._predictions if not self.scope.of(key)}
        if not keys or not self._models or plain is not None and not _is_about(plain, keys):
            return None
        for node, link in (self.model,) if self.model is not None else self._models:
            judged = self._judged_by(step, left, right, keys, node, link)
            if judged is not None and judged.verdict.status.value in HELD:
                if any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(left)):
                    self.model = node, link
                name = f"σ({render(node)})" if link else render(node)
                verdict = replace(judged.verdict, status=Status.SUPPORTED, reason=holds_where(f"{min(keys)} is {name}"))
                return replace(judged, verdict=verdict)
        return None

    @cached_property
    def _predictions(self) -> frozenset[str]:
        """The names of predictions that no formula gives a value."""
        members = [m for f in self.document.formulas for c in f.chains for m in c.members if m is not None]
        keys = {ref.key for ref in names_in(members, self.signature.habits) if not ref.primes}
        functions = {key for key in keys & self.signature.functions if base_letter(key) in ("h", "f")}
        hats = {key for key in keys if key in (r"\hat{y}", r"\hat{Y}")}
        return frozenset((functions | hats) - self._given_a_value)

    def _judged_by(self, step: Step, left: Node, right: Node, keys: set[str], node: Node, link: bool) -> Judged | None:
        assert step.left is not None
        value = self._inner_product(node)
        if value is None:
            try:
                found = self._speaker(step.left).side(node)
            except (UnsupportedNoteError, UnsupportedExpressionError):
                return None
            if found.axes:
                return None
            value = found.expr
        expr = sigmoid(value) if link else value
        with self.scope.trial():
            self._take_as(keys, expr)
            return self._under(step, left, right)

    def _inner_product(self, node: Node) -> sp.Expr | None:
        """The value of w^T x, with a bias or without, where w and x have an index for the features everywhere."""
        for name in _PARAMETERS:
            weights, data = (self.signature.axes.get(key, ()) for key in (name, "x"))
            if node in (_inner(name), _plus(_inner(name), _B)) and data == (self.signature.sample, *weights) != ():
                speaker = Elaborator(self.signature, self.scope, 0, self.choices)
                k = index("k°")
                w, x = (array(self.scope.symbol_for(key, n)) for key, n in ((name, 1), ("x", 2)))
                total = sp.Sum(w[k] * x[ROW, k], (k, *speaker.range_of(weights[0]))) if len(weights) == 1 else None
                bias = self.scope.symbol_for("b", 0) if node != _inner(name) else sp.S.Zero
                return None if total is None else total + bias
        return None

    def _take_as(self, keys: set[str], expr: sp.Expr) -> None:
        """Names that have no value have one of the sample at hand."""
        own = (ROW,) if ROW in free_symbols(expr) else ()
        axes = (self.signature.sample,) if own else ()
        for key in sorted(keys):
            symbol = self.scope.symbol_for(key, len(own))
            self.scope.put(Entry(key, symbol, axes, Definition(element(symbol, own), expr), 0))


def _is_about(equation: Equation, keys: Collection[str]) -> bool:
    """Whether a name called so, in any of its forms (h, h·1, h′), stands in an equation or in what it rests on."""
    exprs = (equation.left, equation.right, *(d.value for d in equation.definitions))
    labels = {str(label) for expr in exprs for label in labels_in(expr)}
    return any(label.startswith(key) for label in labels for key in keys)
