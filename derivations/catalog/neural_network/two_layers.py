r"""Backpropagation through two layers, every step written out.

    ∂C/∂z2_c   the output's own: (p_c − y_c) p_c(1 − p_c), or p_c − y_c with cross-entropy
    ∂C/∂W2_cj = ∂C/∂z2_c a_j                     ∂C/∂b2_c = ∂C/∂z2_c
    ∂C/∂z1_j  = (Σ_c ∂C/∂z2_c W2_cj) φ'(z1_j)
    ∂C/∂W1_jk = ∂C/∂z1_j x_k                     ∂C/∂b1_j = ∂C/∂z1_j

and for n samples the mean of these. One function writes them for any `Model`. Any number of layers is
in `layers`. Left out: weights that are shared or masked.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from ...functions import Partial
from ...statement import Derivation, Statement, Step
from ..board import MEAN, SAMPLE, C, j, k, plus, times
from .model import CROSS_ENTROPY, FAMILY, LOGISTIC, SOFTMAX, SQUARED_ERROR, TANH, H, K, Model, c, d, h

__all__ = ["TWO_LAYERS", "two_layers"]

delta = sp.KroneckerDelta


def two_layers(model: Model) -> tuple[Derivation, ...]:
    """The gradient of a model by its logits, weights and biases, from the output backwards."""
    statement = model.statement()
    W1, b1 = model.W1, model.b1
    capital = "W2" if model.output.many else "w2"
    return (
        _output_logit(model, statement),
        _output_parameter(model, statement, capital, model.weight2(c, j), model.a(j)),
        _output_parameter(model, statement, "b2", model.bias2(c), sp.S.One),
        _hidden_logit(model, statement),
        _hidden_parameter(model, statement, "W1", W1[j, k], model.x(k)),
        _hidden_parameter(model, statement, "b1", b1[j], sp.S.One),
    )


def _claim(
    model: Model, statement: Statement, name: str, v: sp.Expr, steps: list[Step], stable: sp.Expr, of: str
) -> Derivation:
    return Derivation(
        f"{FAMILY}.{model.name}.{name}",
        statement,
        f"Gradient by {of}: {statement.title}",
        Partial(C, v),
        tuple(steps),
        stable=stable,
        source=model.output.source,
    )


def _output_logit(model: Model, statement: Statement) -> Derivation:
    z, weight = model.z2(c), model.reduction.weight
    y, p, output = model.y, model.p, model.output
    if output.softmax:
        steps = [
            Step(sp.Sum(times(Partial(C, p(d)), Partial(p(d), z)), (d, 1, K)), "chain_rule", "each p_d depends on z_c"),
            Step(
                times(weight, sp.Sum(times(output.slope(y(d), p(d)), Partial(p(d), z)), (d, 1, K))),
                output.rule,
            ),
            Step(
                times(
                    weight,
                    sp.Sum(times(output.slope(y(d), p(d)), times(p(d), plus(delta(d, c), -p(c)))), (d, 1, K)),
                ),
                "softmax_derivative",
            ),
            Step(times(weight, plus(p(c) * sp.Sum(y(d), (d, 1, K)), -y(c))), "delta", "p_d > 0 cancels"),
            Step(times(weight, model.residual(c)), "labels_sum_to_one"),
        ]
    else:
        steps = [
            Step(times(Partial(C, p(c)), Partial(p(c), z)), "chain_rule"),
            Step(times(weight, output.slope(y(c), p(c)), Partial(p(c), z)), output.rule),
            Step(
                times(weight, output.slope(y(c), p(c)), times(p(c), plus(1, -p(c)))),
                "sigmoid_derivative",
            ),
        ]
        if output.rule == "log_derivative":
            steps.append(Step(times(weight, model.residual(c)), "cancel", "p and 1 − p are positive"))
    return _claim(model, statement, "z2", z, steps, times(weight, model.stable_residual(c)), "an output's logit")


def _output_parameter(model: Model, statement: Statement, name: str, v: sp.Expr, factor: sp.Expr) -> Derivation:
    """∂C/∂v = ∂C/∂z2_c · factor, for v = W2_cj (factor a_j) or b2_c (factor 1)."""
    r = model.reduction
    z, q = model.z2, d if model.output.many else c
    steps = [
        Step(r.total(model.over_outputs(times(Partial(C, z(q)), Partial(z(q), v)), q)), "chain_rule"),
        Step(
            times(r.weight, r.total(model.over_outputs(times(model.residual(q), Partial(z(q), v)), q))),
            "substitution",
            "∂C/∂z of the output, found before",
        ),
    ]
    if model.output.many:
        steps += [
            Step(
                times(r.weight, r.total(model.over_outputs(times(model.residual(q), delta(q, c), factor), q))),
                "linear_form",
                "only the logit of output c contains this parameter",
            ),
            Step(times(r.weight, r.total(times(model.residual(c), factor))), "delta"),
        ]
    else:
        steps.append(Step(times(r.weight, r.total(times(model.residual(c), factor))), "linear_form"))
    stable = times(r.weight, r.total(times(model.stable_residual(c), factor)))
    return _claim(model, statement, name, v, steps, stable, "an output weight" if factor != 1 else "an output bias")


def _through_output(model: Model) -> list[tuple[sp.Expr, str, str]]:
    """∂C/∂z1_j of one sample, line by line: through every output to the unit, and through φ."""
    z, a, z1, weight = model.z2, model.a(j), model.z1(j), model.reduction.weight
    slope = Partial(a, z1)
    found = model.over_outputs(times(model.residual(c), model.weight2(c, j)))
    return [
        (
            times(model.over_outputs(times(Partial(C, z(c)), Partial(z(c), a))), slope),
            "chain_rule",
            "through every output that the unit feeds",
        ),
        (
            times(weight, model.over_outputs(times(model.residual(c), Partial(z(c), a))), slope),
            "substitution",
            "∂C/∂z of the output, found before",
        ),
        (times(weight, found, slope), "linear_form", "∂z2/∂a_j is the weight"),
        (times(weight, found, model.slope(j)), model.hidden.rule, ""),
    ]


def _stable_hidden(model: Model) -> sp.Expr:
    found = model.over_outputs(times(model.stable_residual(c), model.weight2(c, j)))
    return times(found, model.slope(j, stable=True))


def _hidden_logit(model: Model, statement: Statement) -> Derivation:
    steps = [Step(expr, rule, note) for expr, rule, note in _through_output(model)]
    stable = times(model.reduction.weight, _stable_hidden(model))
    return _claim(model, statement, "z1", model.z1(j), steps, stable, "a hidden unit's logit")


def _hidden_parameter(model: Model, statement: Statement, name: str, v: sp.Expr, factor: sp.Expr) -> Derivation:
    """∂C/∂v = ∂C/∂z1_j · factor, for v = W1_jk (factor x_k) or b1_j (factor 1)."""
    r, z1 = model.reduction, model.z1
    found = model.over_outputs(times(model.residual(c), model.weight2(c, j)))
    steps = [
        Step(r.total(sp.Sum(times(Partial(C, z1(h)), Partial(z1(h), v)), (h, 1, H))), "chain_rule"),
        Step(
            r.total(sp.Sum(times(Partial(C, z1(h)), delta(h, j), factor), (h, 1, H))),
            "linear_form",
            "only the logit of unit j contains this parameter",
        ),
        Step(r.total(times(Partial(C, z1(j)), factor)), "delta"),
        *(Step(r.total(times(expr, factor)), rule, note) for expr, rule, note in _through_output(model)[:-1]),
        Step(times(r.weight, r.total(times(found, model.slope(j), factor))), model.hidden.rule),
    ]
    stable = times(r.weight, r.total(times(_stable_hidden(model), factor)))
    return _claim(model, statement, name, v, steps, stable, "a hidden weight" if factor != 1 else "a hidden bias")


_KINDS = (
    ("squared_error", LOGISTIC, SQUARED_ERROR),
    ("cross_entropy", LOGISTIC, CROSS_ENTROPY),
    ("tanh", TANH, CROSS_ENTROPY),
    ("outputs.squared_error", LOGISTIC, replace(SQUARED_ERROR, many=True)),
    ("outputs.cross_entropy", LOGISTIC, replace(CROSS_ENTROPY, many=True)),
    ("softmax", LOGISTIC, SOFTMAX),
)

TWO_LAYERS: tuple[Derivation, ...] = tuple(
    derivation
    for name, hidden, output in _KINDS
    for prefix, reduction in ((f"{name}.sample", SAMPLE), (name, MEAN))
    for derivation in two_layers(Model(prefix, reduction, hidden, output))
)
"""Squared error and cross-entropy, one output and K, logistic and tanh units, softmax; one sample and the mean."""
