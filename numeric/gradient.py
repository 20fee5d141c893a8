r"""Gradients compiled from their proofs: what is proved is what runs.

    prove(∂C/∂w_j = (1/n) Σ_i (σ(z_i) − y_i) x_ij)   →   {x, y, w, b} ↦ array of w's shape

The way in is a `Proof`; an expression, or a derivation that isn't proved, gets an error. The stable form
is compiled where the derivation has one (it is proved equal), the last line otherwise. The compiled object
carries the proof and its fingerprint.

Left out: gradients by a quantity in between (∂C/∂z_i); compile these with `lambdify(…, held=…)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jax
import sympy as sp

from derivations.atoms import free_symbols
from derivations.functions import Partial
from derivations.indexed import statement_ranges
from derivations.proof import Proof
from derivations.statement import Derivation, Statement, Variable
from numeric.lambdify import CompiledExpression, CompiledExpressions, lambdify, lambdify_many

__all__ = [
    "CompiledGradient",
    "CompiledGradients",
    "CompiledHessian",
    "UnprovedGradientError",
    "compile_gradient",
    "compile_hessian",
    "compile_loss",
    "compile_many",
]

Inputs = Mapping[str, Any]


class UnprovedGradientError(ValueError):
    """Asked to compile what isn't proved to be a gradient; the message says what it is and what to do."""


@dataclass(frozen=True, eq=False)
class CompiledGradient:
    """∂loss/∂wrt as a compiled function; make it with `compile_gradient`.

    wrt: the parameter's name. grad_fn: inputs → an array of the parameter's shape, compiled once per shape.
    loss_fn: inputs → the loss, not compiled, to be traced into whatever uses it.
    """

    proof: Proof
    fingerprint: str
    wrt: str
    loss_fn: CompiledExpression = field(repr=False)
    grad_fn: Callable[[Inputs], jax.Array] = field(repr=False)
    free: tuple[sp.Symbol, ...] = field(repr=False)

    @property
    def expr(self) -> sp.Expr:
        """The expression that runs."""
        return proved_form(self.proof)

    def __call__(self, inputs: Inputs) -> jax.Array:
        return self.grad_fn(inputs)


@dataclass(frozen=True, eq=False)
class CompiledGradients:
    """All gradients of one loss, computed together; make it with `compile_many`.

    A call gives parameter's name → gradient; `value_and_grad` the loss as well, from the same pass.
    """

    proofs: Mapping[str, Proof]
    expressions: CompiledExpressions = field(repr=False)

    @property
    def fingerprints(self) -> dict[str, str]:
        return {wrt: proof.fingerprint for wrt, proof in self.proofs.items()}

    def __call__(self, inputs: Inputs) -> dict[str, jax.Array]:
        return self._grad_fn(inputs)

    def value_and_grad(self, inputs: Inputs) -> tuple[jax.Array, dict[str, jax.Array]]:
        return self._value_and_grad_fn(inputs)

    def traced(self, inputs: Inputs) -> tuple[jax.Array, dict[str, jax.Array]]:
        """`value_and_grad` not compiled by itself, for use inside a compiled loop."""
        results = self.expressions(inputs)
        return results[_LOSS], {wrt: results[wrt] for wrt in self.proofs}

    @cached_property
    def _grad_fn(self) -> Callable[[Inputs], dict[str, jax.Array]]:
        return _compiled(lambda inputs: self.traced(inputs)[1])  # XLA drops the unused loss

    @cached_property
    def _value_and_grad_fn(self) -> Callable[[Inputs], tuple[jax.Array, dict[str, jax.Array]]]:
        return _compiled(self.traced)


@dataclass(frozen=True, eq=False)
class CompiledHessian:
    """∂²loss/∂u∂v as a compiled function of shape u's shape + v's shape; make it with `compile_hessian`."""

    proof: Proof
    fingerprint: str
    wrt: tuple[str, str]
    hessian_fn: Callable[[Inputs], jax.Array] = field(repr=False)

    def __call__(self, inputs: Inputs) -> jax.Array:
        return self.hessian_fn(inputs)


_LOSS = "loss "  # with a space: no variable is called so


def compile_gradient(proof: Proof, *, loss: Proof | None = None) -> CompiledGradient:
    r"""The gradient that was proved, as a function of arrays.

    proof: of a derivation whose left side is ∂(loss)/∂(parameter), from `derivations.proof.prove`.
    loss: the proof of an equal form of the loss to compute `loss_fn` by, where the definition can't be
    (ordinal regression: log of a difference of probabilities).

    Raises `UnprovedGradientError` for anything else.

    >>> from derivations.proof import prove
    >>> from derivations.statement import Definition, Step, index, scalar, size, variable
    >>> n, i, b = size("n"), index("i"), scalar("b", role="bias")
    >>> y, C = variable("y", n, role="label"), sp.Symbol("C", real=True)
    >>> s = Statement("center", "example", "", "", (y, b), (Definition(C, sp.Sum((b() - y[i])**2, (i, 1, n))/2),))
    >>> d = Derivation("center.b", s, "", Partial(C, b()), (Step(sp.Sum(b() - y[i], (i, 1, n)), "power_rule"),))
    >>> gradient = compile_gradient(prove(d))
    >>> float(gradient({"y": jax.numpy.array([1.0, 2.0]), "b": jax.numpy.array(3.0)}))
    3.0
    """
    derivation = _proved(proof).derivation
    loss_expr, (variable,), free = _target(derivation, order=1)
    grad_fn = lambdify(proved_form(proof), derivation.statement, free)
    loss_fn = compile_loss(derivation.statement, loss_expr, proof=loss)
    return CompiledGradient(proof, proof.fingerprint, variable.name, loss_fn, _compiled(grad_fn), free)


def compile_many(proofs: Iterable[Proof], *, loss: Proof | None = None) -> CompiledGradients:
    """All the gradients of one loss as one function: definitions are shared, XLA compiles once.

    Raises `UnprovedGradientError` as `compile_gradient` does, and `ValueError` if the proofs are of different
    statements or losses, or two of one parameter.
    """
    outputs: dict[str, tuple[sp.Expr, tuple[sp.Symbol, ...]]] = {}
    by_name: dict[str, Proof] = {}
    subject: tuple[Statement, sp.Expr] | None = None
    for proof in proofs:
        derivation = _proved(proof).derivation
        loss_expr, (variable,), free = _target(derivation, order=1)
        subject = subject or (derivation.statement, loss_expr)
        if subject != (derivation.statement, loss_expr):
            raise ValueError(
                f"compile_many takes the gradients of one loss: got ∂({subject[1]}) of {subject[0].name} "
                f"and ∂({loss_expr}) of {derivation.statement.name}; compile them apart"
            )
        if variable.name in by_name:
            raise ValueError(f"compile_many got two gradients by {variable.name}: give one of them")
        outputs[variable.name] = proved_form(proof), free
        by_name[variable.name] = proof
    if subject is None:
        raise ValueError("compile_many got no proof; give it at least one, from derivations.proof.prove")
    outputs[_LOSS] = _loss_form(*subject, loss), ()
    return CompiledGradients(by_name, lambdify_many(outputs, subject[0]))


def compile_hessian(proof: Proof) -> CompiledHessian:
    """The second derivative that was proved: left side ∂²(loss)/∂u∂v for parameters u and v.

    Raises `UnprovedGradientError` for anything else.
    """
    derivation = _proved(proof).derivation
    _, (u, v), free = _target(derivation, order=2)
    fn = lambdify(proved_form(proof), derivation.statement, free)
    return CompiledHessian(proof, proof.fingerprint, (u.name, v.name), _compiled(fn))


def compile_loss(statement: Statement, key: sp.Expr, *, proof: Proof | None = None) -> CompiledExpression:
    """The scalar `key` of a statement as a function of arrays, for instance its loss C.

    proof: of an equation key = …, whose stable form or last line is computed in place of the definition.
    """
    return lambdify(_loss_form(statement, key, proof), statement)


def proved_form(proof: Proof) -> sp.Expr:
    """What is compiled for a proof: the stable form, which is proved equal, or the last line."""
    derivation = proof.derivation
    return derivation.right if derivation.stable is None else derivation.stable


def _loss_form(statement: Statement, key: sp.Expr, proof: Proof | None) -> sp.Expr:
    if proof is None:
        return key
    derivation = _proved(proof).derivation
    if derivation.statement != statement or derivation.left != key:
        raise UnprovedGradientError(
            f"{derivation.name} proves {derivation.left} = … of {derivation.statement.name}; required a proof of "
            f"{key} = … of {statement.name}"
        )
    return proved_form(proof)


def _proved(proof: Any) -> Proof:
    if not isinstance(proof, Proof):
        raise UnprovedGradientError(
            f"only what is proved is compiled: got a {type(proof).__name__}, required a Proof; "
            "state a Derivation and pass it to derivations.proof.prove"
        )
    stable = proof.stable
    if not proof.is_proved or (proof.derivation.stable is not None and not (stable and stable.is_proved)):
        lines = enumerate(zip(proof.steps, proof.derivation.steps, strict=False), 1)
        failed = next((f"step {at} ({step.rule}) is" for at, (v, step) in lines if not v.is_proved), "it is")
        reason = proof.verdict.reason or proof.verdict.witness or proof.verdict.reduced or ""
        raise UnprovedGradientError(
            f"{proof.derivation.name} is {proof.verdict.status.value}, not proved: {failed} where the proof stops"
            + (f" ({reason})" if reason else "")
            + "; correct that step and prove it again"
        )
    return proof


def _target(derivation: Derivation, order: int) -> tuple[sp.Expr, tuple[Variable, ...], tuple[sp.Symbol, ...]]:
    """(loss, parameters, free indices) of a left side ∂(loss)/∂(parameter)…, each parameter's whole array."""
    required = "∂(loss)/∂(parameter)" if order == 1 else "∂²(loss)/∂(parameter)∂(parameter)"
    problem = f"{derivation.name} claims {derivation.left}; required an equation for {required}"
    left, parameters = derivation.left, []
    while isinstance(left, Partial):
        parameters.append(left.variable)
        left = left.function
    parameters.reverse()
    if derivation.kind != "equation" or len(parameters) != order:
        raise UnprovedGradientError(problem)
    indices = [k for v in parameters if isinstance(v, sp.Indexed) for k in v.indices]
    if not all(isinstance(k, sp.Symbol) for k in indices) or len(set(indices)) != len(indices):
        raise UnprovedGradientError(f"{problem} at distinct free indices, so that it is the whole array")
    ranges = statement_ranges(derivation.statement)
    if free_symbols(left) & (set(indices) | set(ranges.bounds)) or isinstance(left, sp.Indexed):
        raise UnprovedGradientError(f"{problem} with a scalar loss, got {left}")
    variables = tuple(_parameter(v, derivation, problem) for v in parameters)
    return left, variables, tuple(indices)


def _parameter(v: sp.Expr, derivation: Derivation, problem: str) -> Variable:
    statement = derivation.statement
    for variable in statement.variables:
        if (variable.axes and isinstance(v, sp.Indexed) and v.base == variable.base) or v == variable.label:
            break
    else:
        raise UnprovedGradientError(
            f"{problem} by a variable of {statement.name}; {v} is computed from others: "
            "lambdify the claim with that name held"
        )
    declared = {k: (sp.sympify(lo, strict=True), sp.sympify(hi, strict=True)) for k, lo, hi in statement.ranges}
    for k, axis in zip(v.indices if isinstance(v, sp.Indexed) else (), variable.axes, strict=True):
        if declared.get(k, (sp.S.One, axis)) != (sp.S.One, axis):
            lower, upper = declared[k]
            raise UnprovedGradientError(
                f"{problem} for every entry of {variable.name}: index {k} runs over {lower}..{upper}, "
                f"the axis over 1..{axis}"
            )
    return variable


def _compiled(fn: Callable[[Inputs], Any]) -> Callable[[Inputs], Any]:
    """jit, for any mapping; what isn't an array goes to `fn` itself, whose error names it."""
    jitted = jax.jit(fn)

    def call(inputs: Inputs) -> Any:
        traceable = all(hasattr(value, "dtype") or isinstance(value, float) for value in inputs.values())
        return (jitted if traceable else fn)(dict(inputs))

    return call
