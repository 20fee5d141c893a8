r"""`check_gradient`: is this gradient, written by hand, the gradient of this loss?

Two judges that fail in different ways. Automatic differentiation sees every coordinate to the last bits. It is
taken of the loss as it is, and, where the loss has derivative rules of its own (`stop_gradient`, `custom_vjp`), of its
values alone (`numeric.values_only`). Finite differences believe only the loss's values. `gradient_decision` says
when a gradient is refuted: it is apart from the derivative of the values by more than the error that is *derived*
for that coordinate at that point (`numeric.rounding`), on an open set of points, and no judge sides with it.

Both look beyond the example given: `numeric.inputs` draws points of every size and sign, and the report says what
range they covered.

Left out: a gradient written outside JAX (it must be traceable), and a proof (state the loss for that).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derivations.domain import Domain
from derivations.verdict import Status, Verdict, Witness
from numeric.black_box import ShapeFault, UnrepeatableError, open_black_box

from .gradient_decision import Decision
from .gradient_report import GradientCheck
from .gradient_search import judges_of

__all__ = ["GradientCheck", "check_gradient"]


def check_gradient(
    loss_fn: Callable[..., Any],
    grad_fn: Callable[..., Any] | None,
    *inputs: Any,
    wrt: int | tuple[int, ...] = 0,
    seed: int = 0,
    examples: int | None = None,
    dtype: Any = None,
    domain: Domain | Mapping[int, Domain] | None = None,
) -> GradientCheck:
    r"""Judges whether grad_fn(*inputs) = ∂ loss_fn(*inputs) / ∂ inputs[wrt], here and elsewhere.

    loss_fn: a scalar function that JAX can trace. grad_fn: returns arrays like inputs[wrt]; None checks
    the loss's own reverse-mode gradient (a `jax.custom_vjp`, say). inputs: arrays, pytrees of them, or
    `jax.ShapeDtypeStruct`. Arguments named by `wrt`, those given by shape and those in `domain` vary;
    the others are held. examples: how many points (chosen by size if None). dtype: of the parameters, if
    not theirs. domain: of the arguments, position → `Domain`, or that of the parameters.

    Returns a `GradientCheck`. A wrong shape or type of the gradient is REFUTED with a witness of kind
    "shape". Points at which the loss isn't finite are left out, and named. A loss or a gradient that gives something
    else each time it is traced is UNDECIDED. Raises `ValueError` for examples < 1 or seed < 0, `TypeError` for
    parameters that are not floating-point arrays, and for functions that JAX can't trace or that raise.

    >>> import jax.numpy as jnp
    >>> print(check_gradient(lambda w: jnp.sum(w**2), lambda w: 2 * w, jnp.ones(3)).verdict.status.value)
    supported
    >>> check = check_gradient(lambda w: jnp.sum(w**3), lambda w: 3 * w * jnp.abs(w), jnp.ones(3))
    >>> check.verdict.status.value, check.coordinate, check.claimed, check.expected
    ('refuted', 'w[0]', -3.0, 3.0)
    """
    if examples is not None and examples < 1:
        raise ValueError(f"examples={examples}: at least one point is needed")
    if seed < 0:
        raise ValueError(f"seed={seed}: a seed is 0 or more")
    try:
        box = open_black_box(loss_fn, grad_fn, inputs, wrt, dtype, domain)
    except ShapeFault as fault:
        witness = Witness("shape", left="grad_fn", right=str(fault))
        return GradientCheck(Verdict(Status.REFUTED, "shape", witness=witness, reason=str(fault)))
    except UnrepeatableError as fault:
        return GradientCheck(Verdict(Status.UNDECIDED, "tracing", reason=str(fault)))

    usual = int(np.clip(2**16 // box.size, 16, 1024))  # enough for every regime; more cost more
    count = examples or usual
    batch = min(count, usual)
    decision = Decision(box, judges_of(box, batch), count, seed)
    other = decision.otherwise_in_code()
    if other is not None:
        decision = Decision(box, judges_of(box, batch, wide=False), count, seed)
        decision.notes.append(f"judged in {box.dtype}: in float64 {other} computes something else")
    found = decision.run()
    if found.is_refuted and decision.judges.has_narrow_constants:
        found = Decision(box, judges_of(box, batch, doubtful=True), count, seed).run()
    return found
