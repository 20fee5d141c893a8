"""What every derivation of the catalogue must satisfy, and the faults that no family may accept."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.domain import Domain
from derivations.proof import decide_relation, prove
from derivations.rules import RULES
from derivations.statement import Derivation, Step

SIGNS = {">=", ">", "<=", "<"}


def assert_proved(derivation: Derivation) -> None:
    """Every step, the sign or limit, and the stable form."""
    proof = prove(derivation)
    failed = [
        f"{step.rule}: {step.expr}\n  {verdict.status.value}: {verdict.reason or verdict.witness}"
        for step, verdict in zip(derivation.steps, proof.steps, strict=True)
        if not verdict.is_proved
    ]
    if proof.stable is not None and not proof.stable.is_proved:
        failed.append(f"stable: {derivation.stable}\n  {proof.stable.reason or proof.stable.witness}")
    assert not failed, "\n".join(failed)
    assert proof.is_proved, proof.verdict


def assert_well_formed(derivation: Derivation, family: str) -> None:
    """Names, rules, kind and source, as a reader and the other layers rely on them."""
    assert derivation.name.startswith(f"{family}.")
    assert derivation.family == family
    assert derivation.title
    assert derivation.statement.source
    assert derivation.steps
    assert {step.rule for step in derivation.steps} <= set(RULES)
    assert (derivation.kind == "sign") == (derivation.relation in SIGNS)
    assert (derivation.kind == "limit") == isinstance(derivation.left, sp.Limit)
    names = [v.name for v in derivation.statement.variables]
    assert len(names) == len(set(names))


def faults(derivation: Derivation) -> list[sp.Expr]:
    """Final forms with a wrong sign, a wrong factor, and a term too many: each false where the claim is not 0."""
    right = derivation.right
    return [-right, 2 * right, right / 2, right + 1]


def status(derivation: Derivation, claimed: sp.Expr) -> str:
    """The verdict on `left = claimed`, at once."""
    left = derivation.left
    return decide_relation(left, claimed, derivation.statement).status.value


def with_last(derivation: Derivation, expr: sp.Expr) -> Derivation:
    """The derivation with another last line."""
    return replace(derivation, steps=(*derivation.steps[:-1], Step(expr, "algebra")), stable=None)


def with_domain(derivation: Derivation, name: str, domain: Domain) -> Derivation:
    """The derivation with a variable in another domain of the same SymPy assumptions (else it is another symbol)."""
    variables = tuple(replace(v, domain=domain) if v.name == name else v for v in derivation.statement.variables)
    return replace(derivation, statement=replace(derivation.statement, variables=variables))
