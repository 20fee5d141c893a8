r"""What is trained: a loss with the proved gradient by each of its parameters, as a sum over samples.

    C(θ) = Σ_i c_i(θ) + R(θ)      ∂C/∂θ = Σ_i ∂c_i/∂θ + ∂R/∂θ

`problem("logistic_regression.mean")` proves every ∂C/∂(parameter) that the catalogue has under this name;
`Problem.of(proofs)` takes proofs of a loss of your own. There is no way in for anything else. Parameters are
the variables of role weight, bias and threshold; all the others are data, with one row for each sample or, where
they have no sample axis (a penalty's λ), constants.

Left out: losses that are no sum over samples, which are refused with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import jax
import sympy as sp

from derivations.catalog import derivations, families, find
from derivations.domain import Domain
from derivations.functions import Partial
from derivations.proof import Proof, prove
from derivations.statement import Derivation, Statement, Variable
from derivations.variants import penalised, second_derivatives, weighted
from numeric.blocks import SampleSum, sum_over_samples
from numeric.gradient import UnprovedGradientError, compile_hessian, compile_many, proved_form

__all__ = ["PARAMETER_ROLES", "Problem", "problem", "proved"]

PARAMETER_ROLES = ("weight", "bias", "threshold")
LOSS = "loss "  # with a space: no variable is called so


@lru_cache(maxsize=512)
def proved(derivation: Derivation) -> Proof:
    """The proof of a derivation, made once per process; an `UnprovedGradientError` where there is none."""
    proof = prove(derivation)
    if not proof.is_proved:
        raise UnprovedGradientError(
            f"{derivation.name} is {proof.verdict.status.value}, not proved: {proof.verdict.reason or ''}; "
            "only what is proved is trained with"
        )
    return proof


@dataclass(frozen=True, eq=False)
class Problem:
    """A loss to minimise; make it with `problem` or `Problem.of`.

    gradients: parameter → proof of its gradient. loss_proof: of the form that computes the loss, if not its definition.
    """

    name: str
    gradients: Mapping[str, Proof]
    loss_proof: Proof | None
    sums: SampleSum = field(repr=False)

    @classmethod
    def of(cls, proofs: Iterable[Proof], *, loss: Proof | None = None, name: str | None = None) -> Problem:
        """The problem whose gradients are proved by `proofs`, one for every parameter of the statement.

        Raises `UnprovedGradientError` for what isn't the proof of a gradient, `ValueError` where a parameter has
        none, and `UnsupportedExpressionError` where the loss is no sum over samples.
        """
        proofs = _checked_sequence(proofs)
        compiled = compile_many(proofs, loss=loss)
        statement = compiled.expressions.statement
        missing = [v.name for v in statement.variables if v.role in PARAMETER_ROLES and v.name not in compiled.proofs]
        if missing:
            raise ValueError(f"{statement.name}: no gradient by {', '.join(missing)} was given; prove one and pass it")
        outputs = {key: (expr, free) for key, expr, free in compiled.expressions.outputs}
        sums = sum_over_samples(outputs, statement, _samples(statement))
        return cls(name or statement.name, compiled.proofs, loss, sums)

    @property
    def statement(self) -> Statement:
        return next(iter(self.gradients.values())).derivation.statement

    @property
    def loss(self) -> sp.Expr:
        """The name of the loss in the statement."""
        return next(iter(self.gradients.values())).derivation.left.args[0]

    @property
    def samples(self) -> sp.Symbol:
        """The size that is summed over."""
        return self.sums.samples

    @property
    def parameters(self) -> tuple[Variable, ...]:
        """What is trained, in the statement's order."""
        return tuple(v for v in self.statement.variables if v.name in self.gradients)

    @property
    def data(self) -> tuple[Variable, ...]:
        """What is given with one row for each sample."""
        return tuple(v for v in self.statement.variables if v.name in self.sums.sampled and v.name in self._used)

    @property
    def constants(self) -> tuple[Variable, ...]:
        """What else is given: λ."""
        names = {v.name for v in (*self.parameters, *self.data)}
        return tuple(v for v in self.statement.variables if v.name not in names and v.name in self._used)

    @property
    def features(self) -> tuple[Variable, ...]:
        return tuple(v for v in self.data if v.role == "feature")

    @cached_property
    def multiplied(self) -> tuple[Variable, ...]:
        """The features x of which a gradient at any point tells whether all entries are finite.

        They are those with a gradient Σ_i r_i x_ij, one sum for each column: where x_ij is infinite or NaN, so is
        r_i x_ij whatever r_i is, and a sum with such a term is never finite.
        """
        return tuple(v for v in self.features if v.domain is Domain.REAL and self._is_multiplied(v))

    def _is_multiplied(self, v: Variable) -> bool:
        compiled = self.sums.block_fn
        for _, expr, free in compiled.outputs:
            for total in sp.Mul.make_args(expr):
                if not isinstance(total, sp.Sum) or len(total.limits) > 1:
                    continue
                i, *_ = total.limits[0]
                whole = {(i, self.samples)} | {(k, compiled.scope.index_range(k, expr)[1]) for k in free}
                for x in sp.Mul.make_args(total.function):
                    if isinstance(x, sp.Indexed) and x.base == v.base and len(set(x.indices)) == len(v.axes):
                        return set(zip(x.indices, v.axes, strict=True)) <= whole
        return False

    @property
    def label(self) -> Variable:
        return next(v for v in self.data if v.role == "label")

    @property
    def fingerprints(self) -> dict[str, str]:
        """Parameter → fingerprint of the proof whose expression runs."""
        return {name: proof.fingerprint for name, proof in self.gradients.items()}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the proved claims that training uses."""
        return tuple(proof.derivation.name for proof in self.gradients.values())

    @cached_property
    def _used(self) -> frozenset[str]:
        return self.sums.block_fn.required | self.sums.rest_fn.required

    def block(self, parameters: Mapping[str, Any], rows: Mapping[str, Any], count: Any) -> dict[str, jax.Array]:
        """What some rows contribute to the gradients, by parameter, and to the loss, `LOSS`; count: n of all data."""
        return self.sums.block({**parameters, **rows}, count)

    def rest(self, parameters: Mapping[str, Any], constants: Mapping[str, Any], count: Any) -> dict[str, jax.Array]:
        """What no sample contributes: the penalty and its gradient."""
        return self.sums.rest({**parameters, **constants}, count)

    @cached_property
    def hessian(self) -> tuple[dict[tuple[str, str], Proof], SampleSum]:
        """((u, v) → proof of ∂²C/∂u∂v, the same as sums over samples), for the upper triangle.

        Each is derived from the proved gradients and proved itself. Raises `UnprovedGradientError` where that fails.
        """
        ordered = [self.gradients[v.name].derivation for v in self.parameters]
        proofs = {}
        for derivation in second_derivatives(ordered):
            proof = proved(derivation)
            proofs[compile_hessian(proof).wrt] = proof
        statement = replace(
            self.statement,
            ranges=tuple(dict.fromkeys(r for p in proofs.values() for r in p.derivation.statement.ranges)),
        )
        outputs = {f"{u} {v}": (proved_form(p), _free(p.derivation.left)) for (u, v), p in proofs.items()}
        return proofs, sum_over_samples(outputs, statement, self.samples)

    @cached_property
    def weighted(self) -> Problem:
        """The same loss with sample i counted s_i times (weights of mean 1), stated and proved."""
        return self._variant(lambda ds: weighted(ds, self.samples))

    @cached_property
    def penalised(self) -> Problem:
        """The same loss plus (λ/2) Σ W² over its weights, biases left out, stated and proved."""
        return self._variant(penalised)

    @cached_property
    def general(self) -> Problem:
        """Weighted and penalised at once."""
        return self._variant(lambda ds: penalised(weighted(ds, self.samples)))

    def _variant(self, change: Any) -> Problem:
        old = [p.derivation for p in self.gradients.values()]
        if self.loss_proof is not None:
            old.append(self.loss_proof.derivation)
        new = [proved(d) for d in change(old)]
        count = len(self.gradients)
        return Problem.of(new[:count], loss=new[count] if len(new) > count else None)


@lru_cache(maxsize=64)
def problem(name: str) -> Problem:
    """The problem of this name in the catalogue: all of `name.w`, `name.b`, …, proved.

    Raises `LookupError` for an unknown name, and the errors of `Problem.of`.

    >>> problem("logistic_regression.mean").names
    ('logistic_regression.mean.w', 'logistic_regression.mean.b')
    """
    named = [d for d in _family(name) if _is_gradient(d) and d.name.rpartition(".")[0] == name]
    found = list({d.left: d for d in reversed(named)}.values())[::-1]  # the first claim for each parameter
    if not found:
        find(name)  # an unknown name is said with the nearest ones
        raise LookupError(f"{name} is one claim; give the name of a loss, {name.rpartition('.')[0]}")
    statement, loss = found[0].statement, found[0].left.args[0]
    forms = [d for d in _family(name) if d.statement == statement and d.left == loss and d.kind == "equation"]
    return Problem.of(map(proved, found), loss=proved(forms[0]) if forms else None, name=name)


def _family(name: str) -> tuple[Derivation, ...]:
    family = name.partition(".")[0]
    return derivations(family) if family in families() else ()


def _is_gradient(d: Derivation) -> bool:
    if d.kind != "equation" or not isinstance(d.left, Partial) or not isinstance(d.left.args[0], sp.Symbol):
        return False
    v = d.left.variable
    keys = {w.base if w.axes else w.label for w in d.statement.variables if w.role in PARAMETER_ROLES}
    return (v.base if isinstance(v, sp.Indexed) else v) in keys


def _samples(statement: Statement) -> sp.Symbol:
    labels = [v for v in statement.variables if v.role == "label"]
    if not labels or not labels[0].axes or not isinstance(labels[0].axes[0], sp.Symbol):
        raise ValueError(
            f"{statement.name} has no axis of samples: it is the loss of one sample; train on a mean over samples, "
            "such as logistic_regression.mean"
        )
    return labels[0].axes[0]


def _free(left: sp.Expr) -> tuple[sp.Symbol, ...]:
    variables = []
    while isinstance(left, Partial):
        variables.append(left.variable)
        left = left.function
    return tuple(k for v in reversed(variables) if isinstance(v, sp.Indexed) for k in v.indices)


def _checked_sequence(proofs: Any) -> list[Proof]:
    if isinstance(proofs, Proof):
        return [proofs]
    if callable(proofs) or isinstance(proofs, str) or not isinstance(proofs, Iterable):
        raise UnprovedGradientError(
            f"only proved gradients are trained with: got a {type(proofs).__name__}, required proofs of the gradients; "
            "state a Derivation and pass it to derivations.proof.prove"
        )
    return list(proofs)
