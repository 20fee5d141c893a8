r"""Running error analysis: a JAX function evaluated together with a bound on its own rounding error.

A function is traced to a jaxpr, and each primitive is evaluated on pairs (computed value x̂, bound e)
with |x̂ − x| ≤ e, x being the value in exact arithmetic. For an operation r = op(a, b) that rounds
with relative error at most δ (and flushes below the smallest normal number τ),

    |r̂ − r|  ≤  |∂op/∂a| e_a + |∂op/∂b| e_b + δ |r̂| + τ

which is Wilkinson's running error analysis (Higham, Accuracy and Stability of Numerical Algorithms,
2nd ed., section 3.3). So σ(z) − y at z = 50, y = 1 has value 0 and bound about 2⁻⁵²·1: the scale on
which two correct ways of computing it may differ, which neither its value nor any constant gives.

Where the numbers come from:

* δ = ε = 2⁻⁵² (2⁻²³ in float32) for + − × ÷ √: twice the unit roundoff of a rounded operation, since
  XLA may rewrite a/c as a·(1/c), or contract a multiply and an add.
* δ = 4ε for exp, log, tanh and the like: XLA's expansions of these are within a few units.
* A sum of N terms in an order that is not known: (N − 1) ε Σ|t| (Higham, eq. 4.4). N counts the terms
  added into *that* number, and the bound is relative to Σ|t|; the size of the result plays no part.
* A comparison whose sides are closer than their bounds may fall either way: a selection by it may be
  either case, so its bound includes their distance. Near a kink the gradient is uncertain, and so is its bound.

An integer that is taken from floats (argmax, a permutation) and is in doubt leaves nothing known of what
is looked up by it. Primitives without a rule (matrix factorisations, log Γ) get an *estimate*, which
`Program.estimated` names: a backward error of N ε through four random sign probes of the derivative, times
64 (Higham, chapters 9–10 and 15.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np

from .array_module import HostOnlyError, is_of, is_traced, traced, xp
from .batching import batched
from .choice_rules import EXTREMA, Made, lost, mark_doubt
from .error_rules import Bound, bounds_of, dense, exact_or, is_analysed
from .host import batch_innermost, evaluate_primitive, is_key
from .precision import float64_enabled
from .sharing import without_repeats

__all__ = ["Bound", "Program", "evaluate_with_bounds", "largest_intermediate", "narrow_constants_in_doubt", "trace"]


def trace(fn: Callable[..., Any], *specs: Any, double: bool = True) -> jex.ClosedJaxpr:
    """The jaxpr of `fn` at the given shapes; with `double=False`, as it is traced outside float64."""
    with float64_enabled() if double else nullcontext():
        return jax.make_jaxpr(lambda *arrays: fn(*arrays))(*specs)  # JAX prints what isn't a plain function, in full


# XLA's fusion emitters take half of the compilation time of a small program and win nothing on it; generating its
# code in 32 parallel modules takes a third of what is left, and LLVM's expensive passes a tenth
_QUICK: dict[str, Any] = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_backend_optimization_level": 0,
    "xla_cpu_parallel_codegen_split_count": 1,
    "xla_llvm_disable_expensive_passes": True,
}


class Program:
    """A function of arrays traced once at given shapes: its compiled values, and bounds on their errors.

    fn returns an array, or a tuple of arrays; its jaxpr does as well. specs: `jax.ShapeDtypeStruct` of the arguments.
    points: fn and specs are of one point, and the program is of so many, along a first axis of each array.

    >>> program = Program(lambda a: (1.0 + a) - 1.0, jax.ShapeDtypeStruct((2,), "float64"))
    >>> a = np.array([1e-9, 3.0])
    >>> [value], [bound] = program.values(a), program.bounds(a)[1]
    >>> bool(np.all(abs(value - a) <= bound) and np.all(bound < 1e-14))
    True
    """

    def __init__(
        self, fn: Callable[..., Any] | jex.ClosedJaxpr, *specs: Any, double: bool = True, points: int | None = None
    ) -> None:
        closed = fn if isinstance(fn, jex.ClosedJaxpr) else trace(fn, *specs, double=double)
        with float64_enabled() if double else nullcontext():
            self.closed = without_repeats(closed)
            if points is not None:
                self.closed = batched(self.closed, points)
                specs = tuple(jax.ShapeDtypeStruct((points, *s.shape), s.dtype) for s in specs)
        self.specs = specs
        self.double = double
        self.constants = "rounded" if not double else "narrow in doubt" if _NARROW.get() else "exact"
        self._compiled: Any = None
        self._with_bounds: dict[tuple[bool, ...], Any] = {}

    @property
    def has_narrow_constants(self) -> bool:
        """Whether an array of NumPy's that is narrower than float64 is among its constants."""
        narrow = (np.asarray(c).dtype for c in self.closed.consts if isinstance(c, np.ndarray))
        return any(is_of(kind, jnp.inexact) and jnp.finfo(kind).bits < 64 for kind in narrow)

    @cached_property
    def estimated(self) -> frozenset[str]:
        """The primitives, of those that depend on the arguments, whose error is estimated, not bounded."""
        given, found = set(self.closed.jaxpr.invars), set[str]()
        for eqn in self.closed.jaxpr.eqns:
            if given.intersection(a for a in eqn.invars if not isinstance(a, jex.Literal)):
                given.update(eqn.outvars)
                found.update(inner.primitive.name for inner in _opened(eqn) if not is_analysed(inner))
        return frozenset(found)

    def values(self, *arrays: Any) -> list[np.ndarray]:
        """The outputs of the program as XLA compiles it."""
        scope = float64_enabled() if self.double else nullcontext()
        with scope, jax.default_matmul_precision("highest"):
            if self._compiled is None:
                lowered = jax.jit(jex.jaxpr_as_fun(self.closed)).lower(*self.specs)
                quick = jax.default_backend() == "cpu"
                try:
                    self._compiled = lowered.compile(compiler_options=_QUICK if quick else None)
                except jax.errors.JaxRuntimeError:  # an XLA that has dropped one of these options
                    self._compiled = lowered.compile()
            cast = [jnp.asarray(a, dtype=s.dtype) for a, s in zip(arrays, self.specs, strict=True)]
            return [np.asarray(o) for o in self._compiled(*cast)]

    def bounds(self, *arrays: Any, errors: Sequence[Bound] | None = None) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """(outputs evaluated on the host, bounds on their errors), given bounds on those of the inputs."""
        cast = [np.asarray(a, dtype=s.dtype) for a, s in zip(arrays, self.specs, strict=True)]
        token = _CONSTANTS.set(self.constants)
        try:
            return evaluate_with_bounds(self.closed, cast, errors or [None] * len(cast))
        finally:
            _CONSTANTS.reset(token)

    def values_and_bounds(
        self, *arrays: Any, errors: Sequence[Bound] | None = None
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """The outputs and the bounds on their errors, given bounds on those of the inputs.

        From `LARGE_BATCH` entries on, both in one compiled program: it takes seconds to compile, and then runs
        at XLA's speed. The rules, and so the bounds, are those of the host.
        """
        given = tuple(errors or [None] * len(arrays))
        known = tuple(e is not None for e in given)
        large = self.constants == "exact" and max(np.size(a) for a in arrays) >= LARGE_BATCH
        if large and known not in self._with_bounds:
            self._with_bounds[known] = self._compile_with_bounds(known)
        compiled = self._with_bounds.get(known)
        if compiled is None:
            return self.bounds(*arrays, errors=given)
        with float64_enabled():
            cast = [jnp.asarray(a, dtype=s.dtype) for a, s in zip(arrays, self.specs, strict=True)]
            outs, found = compiled(cast, [jnp.asarray(e) for e in given if e is not None])
            return [np.asarray(o) for o in outs], [np.asarray(b) for b in found]

    def _compile_with_bounds(self, known: tuple[bool, ...]) -> Any:
        """The compiled program, or None where an operation's error rule is for the host only."""

        def both(values: list[Any], errors: list[Any]) -> Any:
            given = iter(errors)
            with traced():
                return evaluate_with_bounds(self.closed, values, [next(given) if k else None for k in known])

        errors = [
            jax.ShapeDtypeStruct(s.shape, np.dtype(np.float64)) for s, k in zip(self.specs, known, strict=True) if k
        ]
        with float64_enabled(), jax.default_matmul_precision("highest"):
            try:
                return jax.jit(both).lower(list(self.specs), errors).compile()
            except HostOnlyError:
                return None


LARGE_BATCH = 1_000_000
"""Entries of the largest input from which a program's error bounds are compiled, too."""


def largest_intermediate(closed: jex.ClosedJaxpr) -> int:
    """The number of entries of the largest array that a program makes: what bounds the size of a batch."""
    return max((int(np.prod(v.aval.shape, dtype=np.int64)) for v in _made(closed.jaxpr)), default=1)


def _made(jaxpr: Any) -> Iterator[Any]:
    for eqn in _equations(jaxpr):
        yield from (v for v in eqn.outvars if hasattr(v.aval, "shape"))


def _equations(jaxpr: Any) -> Iterator[Any]:
    """Those that are evaluated; of a call, what it calls."""
    for eqn in jaxpr.eqns:
        yield from _opened(eqn)


def _opened(eqn: Any) -> Iterator[Any]:
    bodies = [eqn.params[key] for key in ("jaxpr", "call_jaxpr", "fun_jaxpr", "body_jaxpr") if key in eqn.params]
    bodies += eqn.params.get("branches", ())
    for body in bodies:
        yield from _equations(getattr(body, "jaxpr", body))
    if not bodies:
        yield eqn


def evaluate_with_bounds(
    closed: jex.ClosedJaxpr, values: Sequence[Any], bounds: Sequence[Bound]
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The outputs of a jaxpr and the bounds on their errors, given the inputs and the bounds on theirs."""
    if not is_traced():
        values, bounds = [batch_innermost(v) for v in values], [b if b is None else batch_innermost(b) for b in bounds]
    with np.errstate(all="ignore"), float64_enabled():
        outs, errors = _evaluate(closed.jaxpr, closed.consts, list(values), list(bounds))
    # a boolean that may be wrong is wrong by one
    return outs, [xp.asarray(dense(e, o), dtype=np.float64) for e, o in zip(errors, outs, strict=True)]


_CONSTANTS: ContextVar[str] = ContextVar("constants", default="exact")
_NARROW: ContextVar[bool] = ContextVar("narrow", default=False)


@contextmanager
def narrow_constants_in_doubt() -> Iterator[None]:
    """Programs made within hold constants that are narrower than float64 to be rounded.

    They may be: once JAX has traced a function in float32, it takes an array of float64 that the function closes over
    for its float32 copy, in float64 too, as long as it remembers that copy.
    """
    token = _NARROW.set(True)
    try:
        yield
    finally:
        _NARROW.reset(token)


def _constant(c: Any, aval: Any) -> tuple[Any, Bound]:
    """A constant, and the error that its rounding to the program's type has made.

    1 − 10⁻⁷ is another number in float32; numbers of at most twelve bits (½, 3, 1000) are themselves in every type.
    """
    c = c if is_key(c) else np.asarray(c, dtype=getattr(aval, "dtype", None))
    treatment = _CONSTANTS.get()
    if treatment == "exact" or not is_of(c.dtype, jnp.inexact):
        return c, None
    size, eps = np.abs(c).astype(np.float64), float(jnp.finfo(c.dtype).eps)
    if treatment == "narrow in doubt":
        return c, None if c.dtype in (np.float64, np.complex128) else size * eps
    mantissa = np.ldexp(np.frexp(size)[0], 12)
    rounded = np.where(mantissa == np.round(mantissa), 0.0, size * eps)
    return c, rounded if np.any(rounded) else None


def _evaluate(jaxpr: Any, consts: Any, values: list[Any], bounds: list[Bound]) -> tuple[list[Any], list[Bound]]:
    env: dict[Any, tuple[Any, Bound]] = {}
    made: dict[Any, Made] = {}
    env.update((v, _constant(c, v.aval)) for v, c in zip(jaxpr.constvars, consts, strict=True))
    env.update(zip(jaxpr.invars, zip(values, bounds, strict=True), strict=True))
    given = set(jaxpr.invars)  # and what is computed from them: all else is constant
    last: dict[Any, int] = {}
    for number, eqn in enumerate(jaxpr.eqns):
        last.update((a, number) for a in eqn.invars if not isinstance(a, jex.Literal))
    kept = {a for a in jaxpr.outvars if not isinstance(a, jex.Literal)}

    def read(atom: Any) -> tuple[Any, Bound]:
        if isinstance(atom, jex.Literal):
            return _constant(atom.val, atom.aval)
        return env[atom]

    for number, eqn in enumerate(jaxpr.eqns):
        if all(isinstance(v, jex.DropVar) for v in eqn.outvars):
            continue
        pairs = [read(a) for a in eqn.invars]
        outs, errors = _apply(eqn, [v for v, _ in pairs], [e for _, e in pairs])
        if not given.intersection(a for a in eqn.invars if not isinstance(a, jex.Literal)):
            errors = [exact_or(eqn, [v for v, _ in pairs], b, o) for b, o in zip(errors, outs, strict=True)]
        else:
            given.update(eqn.outvars)
        doubt = mark_doubt(eqn, made, [v for v, _ in pairs], [e for _, e in pairs])
        errors = errors if doubt is None else [doubt]
        kept_pairs = pairs if eqn.primitive.name in EXTREMA else []
        made.update((v, (eqn, [v for v, _ in kept_pairs], [e for _, e in kept_pairs])) for v in eqn.outvars)
        env.update(zip(eqn.outvars, zip(outs, errors, strict=True), strict=True))
        for a in set(eqn.invars if not any(isinstance(a, jex.Literal) for a in eqn.invars) else ()):
            if last.get(a) == number and a not in kept:
                del env[a]  # batches are large: keep only what is still needed
    results = [read(a) for a in jaxpr.outvars]
    return [v for v, _ in results], [e for _, e in results]


def _apply(eqn: Any, values: list[Any], bounds: list[Bound]) -> tuple[list[Any], list[Bound]]:
    name = eqn.primitive.name
    if name in _CONTROL:
        if is_traced():
            raise HostOnlyError(name)
        return _CONTROL[name](eqn.params, values, bounds)
    for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if key in eqn.params:
            inner = eqn.params[key]
            return _evaluate(getattr(inner, "jaxpr", inner), getattr(inner, "consts", ()), values, bounds)
    outs = evaluate_primitive(eqn, values)
    return outs, bounds_of(eqn, values, bounds, outs)


def _cond(params: Any, v: list[Any], e: list[Bound]) -> tuple[list[Any], list[Bound]]:
    branches = params["branches"]
    if e[0] is not None and np.any(e[0]):
        chosen = branches[0]
        outs = _evaluate(chosen.jaxpr, chosen.consts, v[1:], e[1:])[0]
        return outs, [lost(o) for o in outs]
    chosen = branches[int(np.clip(int(v[0]), 0, len(branches) - 1))]
    return _evaluate(chosen.jaxpr, chosen.consts, v[1:], e[1:])


def _scan(params: Any, v: list[Any], e: list[Bound]) -> tuple[list[Any], list[Bound]]:
    closed, carried = params["jaxpr"], params["num_carry"]
    fixed, state = params["num_consts"], params["num_consts"] + carried
    carry, carry_e = list(v[fixed:state]), list(e[fixed:state])
    order = range(params["length"])
    rows: list[Any] = [None] * params["length"]
    for t in reversed(order) if params["reverse"] else order:
        xs, xs_e = [x[t] for x in v[state:]], [None if b is None else b[t] for b in e[state:]]
        outs, errors = _evaluate(closed.jaxpr, closed.consts, [*v[:fixed], *carry, *xs], [*e[:fixed], *carry_e, *xs_e])
        carry, carry_e = outs[:carried], errors[:carried]
        rows[t] = (outs[carried:], [dense(b, o) for b, o in zip(errors[carried:], outs[carried:], strict=True)])
    stacked = [[np.stack(column) for column in zip(*(row[part] for row in rows), strict=True)] for part in (0, 1)]
    return [*carry, *stacked[0]], [*carry_e, *stacked[1]]


def _while(params: Any, v: list[Any], e: list[Bound]) -> tuple[list[Any], list[Bound]]:
    tests, fixed = params["cond_nconsts"], params["cond_nconsts"] + params["body_nconsts"]
    test, body = params["cond_jaxpr"], params["body_jaxpr"]
    state, state_e = list(v[fixed:]), list(e[fixed:])
    doubt = False
    while True:
        (again,), (unsure,) = _evaluate(test.jaxpr, test.consts, [*v[:tests], *state], [*e[:tests], *state_e])
        doubt = doubt or (unsure is not None and bool(np.any(unsure)))
        if not np.any(again):
            return state, [lost(s) for s in state] if doubt else state_e
        state, state_e = _evaluate(body.jaxpr, body.consts, [*v[tests:fixed], *state], [*e[tests:fixed], *state_e])


_CONTROL = {"cond": _cond, "scan": _scan, "while": _while}
