r"""Any number of layers, by induction: a base, a step, and what both give for the parameters.

    z^l_j = Σ_k W^l_jk a^{l−1}_k + b^l_j,   a^l_j = φ(z^l_j),   δ^l_j = ∂C/∂z^l_j

    base    δ^L_j = ∂C/∂a^L_j φ'(z^L_j);  p_j − y_j for the usual pairs of output and loss
    step    δ^l_j = (Σ_k W^{l+1}_kj δ^{l+1}_k) φ'(z^l_j)
    ∂C/∂W^l_jk = δ^l_j a^{l−1}_k,   ∂C/∂b^l_j = δ^l_j

The loss is any differentiable function of a layer's logits (`functions.Unknown`): of it only the
partial derivatives δ^{l+1}_k occur, as independent atoms. With the base at l = L, the step at every
l < L and the two last lines at every l, the gradient of a network of L layers is proved for every L.
The batch claims take one unit over n samples, for a loss that is any function of the unit's n logits.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from ...functions import Partial, Unknown, sigmoid
from ...statement import Definition, Derivation, Statement, Step, index, scalar, variable
from ..board import C, i, j, k, n, plus, times
from .model import FAMILY, NIELSEN, d

__all__ = ["LAYERS"]

delta = sp.KroneckerDelta
N, N_before, N_after = (sp.Symbol(name, integer=True, positive=True) for name in ("N", "M", "P"))
l = index("l")

_SOURCE = f"{NIELSEN}, chapter 2"


def _atoms(name: str) -> sp.IndexedBase:
    return sp.IndexedBase(sp.Symbol(name, real=True))


_delta = _atoms(r"\delta^{l}")
_delta_after = _atoms(r"\delta^{l+1}")
_gradient = _atoms("g")
_F = sp.Symbol("F", real=True)


@dataclass(frozen=True)
class _Activation:
    """A unit's function: its name in a claim, φ, φ' over a, and the rule."""

    name: str
    function: type[sp.Function]
    rule: str

    def slope(self, a: sp.Expr) -> sp.Expr:
        return times(a, plus(1, -a)) if self.function is sigmoid else plus(1, -(a**2))


_ACTIVATIONS = (
    _Activation("sigmoid", sigmoid, "sigmoid_derivative"),
    _Activation("tanh", sp.tanh, "tanh_derivative"),
)


def _base(activation: _Activation) -> Derivation:
    """BP1: the error of the last layer, for a loss that is any function of its activations."""
    z = variable("z", N, role="logit", latex="z^{L}")
    a = _atoms("a^{L}")
    loss = Unknown(_F, _gradient, a[k], (k, 1, N))
    statement = Statement(
        name=f"{FAMILY}.layers.base.{activation.name}",
        family=FAMILY,
        title=f"The last layer, of {activation.name} units, under any loss",
        source=f"{_SOURCE}, (BP1)",
        variables=(z, variable("g", N, role="derivative")),
        ranges=((j, 1, N),),
        definitions=(Definition(a[j], activation.function(z[j]), "activation"), Definition(C, loss, "loss")),
        convention="g_k is ∂C/∂a_k",
    )
    return Derivation(
        statement.name,
        statement,
        f"Base of the induction: the error of the last layer, {activation.name} units",
        Partial(C, z[j]),
        (
            Step(sp.Sum(times(_gradient[k], Partial(a[k], z[j])), (k, 1, N)), "multivariate_chain_rule"),
            Step(sp.Sum(times(_gradient[k], activation.slope(a[k]), delta(k, j)), (k, 1, N)), activation.rule),
            Step(times(_gradient[j], activation.slope(a[j])), "delta"),
        ),
        source=statement.source,
    )


def _step(activation: _Activation) -> Derivation:
    """BP2: from the errors of layer l + 1 to those of layer l."""
    z = variable("z", N, role="logit", latex="z^{l}")
    W = variable("W", N_after, N, role="weight", latex="W^{l+1}")
    b = variable("b", N_after, role="bias", latex="b^{l+1}")
    a, z_after = _atoms("a^{l}"), _atoms("z^{l+1}")
    loss = Unknown(_F, _delta_after, z_after[k], (k, 1, N_after))
    statement = Statement(
        name=f"{FAMILY}.layers.step.{activation.name}",
        family=FAMILY,
        title=f"A hidden layer of {activation.name} units, under any loss of the next layer's logits",
        source=f"{_SOURCE}, (BP2)",
        variables=(z, W, b, variable("delta", N_after, role="derivative", latex=r"\delta^{l+1}")),
        ranges=((j, 1, N), (k, 1, N_after)),
        definitions=(
            Definition(a[j], activation.function(z[j]), "activation"),
            Definition(z_after[k], sp.Sum(W[k, j] * a[j], (j, 1, N)) + b[k], "next layer's logit"),
            Definition(C, loss, "loss"),
        ),
        convention="δ^{l+1}_k is ∂C/∂z^{l+1}_k",
    )
    error = _delta_after
    through = sp.Sum(times(W[k, j], error[k]), (k, 1, N_after))
    return Derivation(
        statement.name,
        statement,
        f"Step of the induction: the error of layer l from that of layer l + 1, {activation.name} units",
        Partial(C, z[j]),
        (
            Step(sp.Sum(times(error[k], Partial(z_after[k], z[j])), (k, 1, N_after)), "multivariate_chain_rule"),
            Step(
                sp.Sum(times(error[k], Partial(z_after[k], a[j]), Partial(a[j], z[j])), (k, 1, N_after)),
                "chain_rule",
                "z^l_j acts through a^l_j alone",
            ),
            Step(sp.Sum(times(error[k], W[k, j], Partial(a[j], z[j])), (k, 1, N_after)), "linear_form"),
            Step(times(through, Partial(a[j], z[j])), "factor"),
            Step(times(through, activation.slope(a[j])), activation.rule),
        ),
        source=statement.source,
    )


def _by_parameter(statement: Statement, name: str, title: str, v: sp.Expr, steps: tuple[Step, ...]) -> Derivation:
    """The derivation of ∂C/∂v, for a parameter v of a layer."""
    return Derivation(f"{statement.name}.{name}", statement, title, Partial(C, v), steps, source=statement.source)


def _parameters() -> tuple[Derivation, ...]:
    """BP3 and BP4: the parameters of a layer from its errors."""
    W = variable("W", N, N_before, role="weight", latex="W^{l}")
    b = variable("b", N, role="bias", latex="b^{l}")
    a = variable("a", N_before, role="feature", latex="a^{l-1}")
    z = _atoms("z^{l}")
    statement = Statement(
        name=f"{FAMILY}.layers",
        family=FAMILY,
        title="Weights and biases of layer l, under any loss of its logits",
        source=f"{_SOURCE}, (BP3) and (BP4)",
        variables=(W, b, a, variable("delta", N, role="derivative", latex=r"\delta^{l}")),
        ranges=((j, 1, N), (k, 1, N_before)),
        definitions=(
            Definition(z[j], sp.Sum(W[j, k] * a[k], (k, 1, N_before)) + b[j], "logit"),
            Definition(C, Unknown(_F, _delta, z[d], (d, 1, N)), "loss"),
        ),
        convention="δ^l_j is ∂C/∂z^l_j",
    )

    def claim(name: str, title: str, v: sp.Expr, factor: sp.Expr) -> Derivation:
        steps = (
            Step(sp.Sum(times(_delta[d], Partial(z[d], v)), (d, 1, N)), "multivariate_chain_rule"),
            Step(sp.Sum(times(_delta[d], delta(d, j), factor), (d, 1, N)), "linear_form"),
            Step(_delta[j] * factor, "delta"),
        )
        return _by_parameter(statement, name, title, v, steps)

    return claim("W", "Gradient by a weight of layer l", W[j, k], a[k]), claim(
        "b", "Gradient by a bias of layer l", b[j], sp.S.One
    )


def _batch() -> tuple[Derivation, ...]:
    """BP3 and BP4 for n samples: one unit's weights, with C any function of its n logits."""
    w = variable("w", N_before, role="weight", latex="w^{l}")
    b = scalar("b", role="bias", latex="b^{l}")
    a = variable("a", n, N_before, role="feature", latex="a^{l-1}")
    z = _atoms("z^{l}")
    statement = Statement(
        name=f"{FAMILY}.layers.batch",
        family=FAMILY,
        title="Weights and bias of one unit of layer l over n samples, under any loss of its n logits",
        source=f"{_SOURCE}, (BP3) and (BP4), with the mean over samples in C",
        variables=(w, b, a, variable("delta", n, role="derivative", latex=r"\delta^{l}")),
        ranges=((k, 1, N_before), (i, 1, n)),
        definitions=(
            Definition(z[i], sp.Sum(w[k] * a[i, k], (k, 1, N_before)) + b(), "logit"),
            Definition(C, Unknown(_F, _delta, z[i], (i, 1, n)), "loss"),
        ),
        convention="δ^l_i is ∂C/∂z^l_i of this unit at sample i; a mean's 1/n is in it",
    )

    def claim(name: str, title: str, v: sp.Expr, factor: sp.Expr) -> Derivation:
        steps = (
            Step(sp.Sum(times(_delta[i], Partial(z[i], v)), (i, 1, n)), "multivariate_chain_rule"),
            Step(sp.Sum(_delta[i] * factor, (i, 1, n)), "linear_form"),
        )
        return _by_parameter(statement, name, title, v, steps)

    return claim("w", "Gradient by a weight of one unit, n samples", w[k], a[i, k]), claim(
        "b", "Gradient by the bias of one unit, n samples", b(), sp.S.One
    )


LAYERS: tuple[Derivation, ...] = (
    *(_base(activation) for activation in _ACTIVATIONS),
    *(_step(activation) for activation in _ACTIVATIONS),
    *_parameters(),
    *_batch(),
)
"""Base, step, and the parameters of a layer, for one sample and for n."""
