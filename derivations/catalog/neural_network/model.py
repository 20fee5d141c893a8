r"""Two layers of units, of any widths: one description for every kind of hidden unit and of output.

    z1_j = Σ_k W1_jk x_k + b1_j,   a_j = φ(z1_j)         k = 1..m inputs, j = 1..H hidden units
    z2_c = Σ_j W2_cj a_j + b2_c,   p_c = ψ(z2)_c         c = 1..K outputs

`Hidden` is φ with its derivative, `Output` is ψ with the loss and ∂C/∂z2, `Model` joins the two, for one
sample or for the mean over n (`board.Reduction`). With one output the index c is absent, and W2 and b2
are a vector w2 and a number b2. What is claimed of a model is in `two_layers`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from ...domain import Domain
from ...functions import sigmoid
from ...statement import Definition, Statement, Variable, index, scalar, size, variable
from ..board import HALF, C, Reduction, j, k, m, named, plus, times

__all__ = [
    "CROSS_ENTROPY",
    "FAMILY",
    "LOGISTIC",
    "SOFTMAX",
    "SQUARED_ERROR",
    "TANH",
    "H",
    "Hidden",
    "K",
    "Model",
    "Output",
    "c",
    "d",
    "h",
]

FAMILY = "neural_network"
NIELSEN = "Nielsen, Neural Networks and Deep Learning (2015)"
BISHOP = "Bishop, Pattern Recognition and Machine Learning (2006)"

H, K = size("H"), size("K")
h, c, d = index("h"), index("c"), index("d")


@dataclass(frozen=True)
class Hidden:
    """φ(z); φ' over a = φ(z); φ' over z without cancellation, where a's own form has one; its rule."""

    words: str
    function: Callable[[sp.Expr], sp.Expr]
    slope: Callable[[sp.Expr], sp.Expr]
    stable_slope: Callable[[sp.Expr], sp.Expr] | None
    rule: str


LOGISTIC = Hidden("logistic hidden units", sigmoid, lambda a: times(a, plus(1, -a)), None, "sigmoid_derivative")

TANH = Hidden(
    "tanh hidden units",
    sp.tanh,
    lambda a: plus(1, -(a**2)),
    lambda z: 4 * sigmoid(2 * z) * sigmoid(-2 * z),
    "tanh_derivative",
)


@dataclass(frozen=True)
class Output:
    """The last layer and its loss, output by output.

    loss, slope, residual: C, ∂C/∂p and ∂C/∂z2 of one output as functions of (y, p). rule: of ∂C/∂p.
    softmax: p is the softmax of all outputs, else the logistic function of its own.
    """

    words: str
    source: str
    many: bool
    domain: Domain
    loss: Callable[[sp.Expr, sp.Expr], sp.Expr]
    slope: Callable[[sp.Expr, sp.Expr], sp.Expr]
    residual: Callable[[sp.Expr, sp.Expr], sp.Expr]
    rule: str
    softmax: bool = False


SQUARED_ERROR = Output(
    "½ squared error",
    f"{NIELSEN}, chapter 1, (6), and chapter 2, (BP1)–(BP4)",
    False,
    Domain.BINARY,
    lambda y, p: HALF * plus(p, -y) ** 2,
    lambda y, p: plus(p, -y),
    lambda y, p: times(plus(p, -y), times(p, plus(1, -p))),
    "power_rule",
)

CROSS_ENTROPY = Output(
    "cross-entropy",
    f"{NIELSEN}, chapter 3, (57)–(63)",
    False,
    Domain.BINARY,
    lambda y, p: plus(-y * sp.log(p), -((1 - y) * sp.log(1 - p))),
    lambda y, p: plus(-y / p, (1 - y) / (1 - p)),
    lambda y, p: plus(p, -y),
    "log_derivative",
)

SOFTMAX = Output(
    "cross-entropy of softmax",
    f"{BISHOP}, section 5.3.1 and (5.24)",
    True,
    Domain.ONE_HOT,
    lambda y, p: -y * sp.log(p),
    lambda y, p: -y / p,
    lambda y, p: plus(p, -y),
    "log_derivative",
    softmax=True,
)


@dataclass(frozen=True)
class Model:
    """A network with its names, for one statement.

    name: after the family's, in the names of claims. x(k), y(c): inputs and labels. z1(j), a(j): logit and
    activation of hidden unit j. z2(c), p(c): logit and prediction of output c. W1, b1, W2, b2: parameters;
    weight2(c, j) and bias2(c) are their entries. With one output, c is ignored.
    """

    name: str
    reduction: Reduction
    hidden: Hidden
    output: Output

    @property
    def W2(self) -> Variable:
        if self.output.many:
            return variable("W2", K, H, role="weight", latex="W^{(2)}")
        return variable("w2", H, role="weight", latex="w^{(2)}")

    @property
    def W1(self) -> Variable:
        return variable("W1", H, m, role="weight", latex="W^{(1)}")

    @property
    def b1(self) -> Variable:
        return variable("b1", H, role="bias", latex="b^{(1)}")

    @property
    def b2(self) -> Variable:
        return (
            variable("b2", K, role="bias", latex="b^{(2)}")
            if self.output.many
            else scalar("b2", role="bias", latex="b^{(2)}")
        )

    @property
    def labels(self) -> Variable:
        axes = (K,) if self.output.many else ()
        return self.reduction.variable("y", *axes, role="label", domain=self.output.domain)

    @property
    def inputs(self) -> Variable:
        return self.reduction.variable("x", m, role="feature")

    def x(self, k: sp.Expr) -> sp.Expr:
        return self.reduction.at(self.inputs, k)

    def y(self, c: sp.Expr) -> sp.Expr:
        return self.reduction.at(self.labels, *self._output(c))

    def z1(self, j: sp.Expr) -> sp.Expr:
        return named("z^{(1)}", *self.reduction.index, j)

    def a(self, j: sp.Expr) -> sp.Expr:
        return named("a", *self.reduction.index, j)

    def z2(self, c: sp.Expr) -> sp.Expr:
        return named("z^{(2)}", *self.reduction.index, *self._output(c))

    def p(self, c: sp.Expr) -> sp.Expr:
        return named("p", *self.reduction.index, *self._output(c))

    def weight2(self, c: sp.Expr, j: sp.Expr) -> sp.Expr:
        return self.W2[(*self._output(c), j)]

    def bias2(self, c: sp.Expr) -> sp.Expr:
        return self.b2[c] if self.output.many else self.b2()

    def _output(self, c: sp.Expr) -> tuple[sp.Expr, ...]:
        return (c,) if self.output.many else ()

    def over_outputs(self, body: sp.Expr, over: sp.Symbol = c) -> sp.Expr:
        """Σ_c body; with one output, body."""
        return sp.Sum(body, (over, 1, K)) if self.output.many else body

    def residual(self, c: sp.Expr) -> sp.Expr:
        """∂C/∂z2_c of one sample."""
        return self.output.residual(self.y(c), self.p(c))

    def stable_residual(self, c: sp.Expr) -> sp.Expr:
        """The same where p − y cancels: (1 − y) p − y (1 − p), and for softmax 1 − p_c is Σ_{d≠c} p_d."""
        y, p = self.y(c), self.p(c)
        if self.output.softmax:
            return plus(p * (1 - y), -y * sp.Sum(self.p(h) * (1 - self.y(h)), (h, 1, K)))
        difference = plus(p * (1 - y), -y * (1 - p))
        return difference if self.output.rule == "log_derivative" else times(difference, p * (1 - p))

    def slope(self, j: sp.Expr, stable: bool = False) -> sp.Expr:
        """φ'(z1_j)."""
        if stable and self.hidden.stable_slope is not None:
            return self.hidden.stable_slope(self.z1(j))
        return self.hidden.slope(self.a(j))

    def statement(self) -> Statement:
        """The model as a statement: inputs to loss, layer by layer."""
        many = self.output.many
        value = (
            sp.exp(self.z2(c)) / sp.Sum(sp.exp(self.z2(d)), (d, 1, K)) if self.output.softmax else sigmoid(self.z2(c))
        )
        loss = self.over_outputs(self.output.loss(self.y(c), self.p(c)))
        return Statement(
            name=f"{FAMILY}.{self.name}",
            family=FAMILY,
            title=f"Two layers, {self.hidden.words}, {'K outputs' if many else 'one output'}, "
            f"{self.output.words}, {self.reduction.words}",
            source=self.output.source,
            variables=(self.inputs, self.labels, self.W1, self.b1, self.W2, self.b2),
            ranges=(
                *((s, 1, size("n")) for s in self.reduction.index),
                (j, 1, H),
                (k, 1, m),
                *(((c, 1, K),) if many else ()),
            ),
            minimum=((K, 2),) if self.output.softmax else (),
            definitions=(
                Definition(self.z1(j), sp.Sum(self.W1[j, k] * self.x(k), (k, 1, m)) + self.b1[j], "hidden logit"),
                Definition(self.a(j), self.hidden.function(self.z1(j)), "hidden activation"),
                Definition(
                    self.z2(c), sp.Sum(self.weight2(c, j) * self.a(j), (j, 1, H)) + self.bias2(c), "output logit"
                ),
                Definition(self.p(c), value, "prediction"),
                Definition(C, self.reduction.reduce(loss), "loss"),
            ),
            convention=f"{self.reduction.words}{', sum over outputs' if many else ''}, natural logarithm",
        )
