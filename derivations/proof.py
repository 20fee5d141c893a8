r"""A derivation to a proof, step by step.

`prove` decides every link of a derivation's chain and, where there is one, that its stable form is
equal to its last line. A `Proof` is made here and nowhere else; it carries the derivation, a verdict
for each step, and the fingerprint of what was proved, so that whoever compiles it can show which
expression runs.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import sympy as sp

from .atoms import UnsupportedExpressionError
from .enclosure import IndexRangeError, enclose, precision
from .equation import Equation, conditions_of, decide, is_signed
from .indexed import AmbiguousPartialError, expand_definitions, resolve, statement_ranges, take_partials
from .kernels import BudgetExceededError, UndefinedError, budget
from .limits import limit_of
from .notation import srepr
from .statement import Derivation, Statement, size
from .verdict import Status, Verdict, Witness
from .witness import BITS, Values, find_witness, point_of
from .zero_test import Context

__all__ = ["Proof", "decide_relation", "fingerprint", "prove"]

METHOD_LIMIT = "degrees in e^z"
_TOKEN = object()


@dataclass(frozen=True)
class Proof:
    """A derivation with a verdict for each step; only `prove` makes one.

    verdict: of the whole claim. steps: one for each `derivation.steps`, for the equality with the
    line before. stable: that the stable form equals the last line, where there is one.
    """

    derivation: Derivation
    verdict: Verdict
    steps: tuple[Verdict, ...]
    stable: Verdict | None
    fingerprint: str
    _made_by: object = None

    def __post_init__(self) -> None:
        if self._made_by is not _TOKEN:
            raise TypeError("a Proof is made by derivations.proof.prove, not by hand")

    @property
    def is_proved(self) -> bool:
        return self.verdict.is_proved

    @property
    def conditions(self) -> tuple[str, ...]:
        return self.verdict.conditions

    def detached(self) -> DetachedProof:
        """The proof without its expressions, to be handed to another process: SymPy rebuilds what it unpickles."""
        return DetachedProof(self.verdict, self.steps, self.stable, self.fingerprint)


@dataclass(frozen=True)
class DetachedProof:
    """What a worker found of a derivation that its parent holds as well."""

    verdict: Verdict
    steps: tuple[Verdict, ...]
    stable: Verdict | None
    fingerprint: str

    def restored(self, derivation: Derivation) -> Proof:
        """The proof of `derivation`; a `ValueError` unless it is the very one that was proved."""
        if fingerprint(derivation) != self.fingerprint:
            raise ValueError(f"{derivation.name} is not the derivation that was proved")
        return Proof(derivation, self.verdict, self.steps, self.stable, self.fingerprint, _made_by=_TOKEN)


def prove(derivation: Derivation, seed: int = 0, seconds: float = 20.0) -> Proof:
    """Decide every step of a derivation; `seconds` is the backstop of each step in processor time."""
    lines = [derivation.left, *(step.expr for step in derivation.steps)]
    steps = tuple(decide_relation(a, b, derivation.statement, seed, seconds) for a, b in itertools.pairwise(lines))
    stable = None
    if derivation.stable is not None:
        stable = decide_relation(derivation.right, derivation.stable, derivation.statement, seed, seconds)
    verdict = _join([*steps, *([stable] if stable else [])])
    if derivation.kind == "sign" and verdict.is_proved:
        verdict = _decide_sign(derivation, verdict)
    return Proof(derivation, verdict, steps, stable, fingerprint(derivation), _made_by=_TOKEN)


def decide_relation(
    left: sp.Expr, right: sp.Expr, statement: Statement, seed: int = 0, seconds: float = 20.0
) -> Verdict:
    """The verdict on left = right in a statement, where either side may be a limit or contain `Partial`."""
    context = _context(statement)
    try:
        with budget(seconds=seconds):
            if isinstance(left, sp.Limit) or isinstance(right, sp.Limit):
                return _decide_limit(left, right, statement, context, seed, seconds)
            named = _with_names(left, statement), _with_names(right, statement)
    except AmbiguousPartialError as error:
        return Verdict(Status.UNDECIDED, "partial derivative", reason=str(error))
    except UnsupportedExpressionError as error:
        return Verdict(Status.UNSUPPORTED, "language", reason=str(error))
    except UndefinedError as error:
        return Verdict(Status.UNDECIDED, "limit", reason=str(error))
    except BudgetExceededError as error:
        return Verdict(Status.UNDECIDED, "budget", reason=f"out of budget: {error}")
    except RecursionError:
        return Verdict(Status.UNDECIDED, "budget", reason="out of budget: nested too deeply")
    equation = Equation(
        *named, _named_context(statement), statement.nonzero, statement.definitions, _linear_names(statement)
    )
    return decide(equation, seed, seconds=seconds)


@lru_cache(maxsize=16)
def _named_context(statement: Statement) -> Context:
    """One context for all equations about a statement, so that they share their normal forms."""
    return Context.of(statement)


def _context(statement: Statement) -> Context:
    """The same for expressions over the variables alone."""
    return _named_context(statement).expanded(statement.definitions, frozenset())


@lru_cache(maxsize=1024)
def _resolved(expr: sp.Expr, statement: Statement, kept: frozenset[sp.Expr] = frozenset()) -> sp.Expr:
    return expand_definitions(_with_names(expr, statement), statement.definitions, kept)


@lru_cache(maxsize=512)
def _with_names(expr: sp.Expr, statement: Statement) -> sp.Expr:
    return take_partials(expr, statement)


@lru_cache(maxsize=64)
def _linear_names(statement: Statement) -> frozenset[sp.Expr]:
    """Names whose values are linear forms, Σ_k w_k x_ik + b: most steps hold whatever a logit is made of."""

    def is_polynomial(e: sp.Expr) -> bool:
        if isinstance(e, sp.Pow):
            return bool(e.exp.is_Integer and e.exp > 0) and is_polynomial(e.base)
        if isinstance(e, sp.Indexed | sp.Symbol | sp.Rational):
            return True
        if isinstance(e, sp.Add | sp.Mul):
            return all(is_polynomial(a) for a in e.args)
        return isinstance(e, sp.Sum) and is_polynomial(e.function)

    return frozenset(d.key for d in statement.definitions if d.value.has(sp.Sum) and is_polynomial(d.value))


def _decide_limit(
    left: sp.Expr, right: sp.Expr, statement: Statement, context: Context, seed: int, seconds: float
) -> Verdict:
    if not isinstance(left, sp.Limit):
        left, right = right, left
    f, z, at = left.args[:3]
    if isinstance(right, sp.Limit):
        if right.args[1:3] != (z, at):
            return Verdict(Status.UNSUPPORTED, "language", reason="limits in different variables")
        same = decide_relation(f, right.args[0], statement, seed, seconds)
        if same.is_proved:
            return same
        f, right = f - right.args[0], sp.S.Zero  # different functions may have one limit
    found = limit_of(_resolved(f, statement, frozenset({z})), z, at, _resolved(right, statement), context)
    if found.is_zero:
        return Verdict(Status.PROVED, METHOD_LIMIT, found.used, reduced=found.why)
    witness = None
    if found.apart is not None:
        a, b = found.apart
        witness = find_witness(a, b, context.ranges, context.arrays, context.positive, seed=seed)
    if witness is not None:
        return Verdict(Status.REFUTED, METHOD_LIMIT, reduced=found.why, witness=witness)
    return Verdict(Status.UNDECIDED, METHOD_LIMIT, reduced=found.why, reason=f"the limit is not proved: {found.why}")


_WEIGHT = {
    Status.INCONSISTENT: 5,
    Status.REFUTED: 4,
    Status.UNSUPPORTED: 3,
    Status.UNDECIDED: 2,
    Status.SUPPORTED: 1,
    Status.PROVED: 0,
}


def _join(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict on a chain: proved when every link is, else that of its weakest link."""
    verdicts = list(verdicts)
    worst = max(verdicts, key=lambda v: _WEIGHT[v.status])
    if not worst.is_proved:
        return worst
    conditions = tuple(dict.fromkeys(c for v in verdicts for c in v.conditions))
    methods = tuple(dict.fromkeys(v.method for v in verdicts))
    return Verdict(Status.PROVED, "; ".join(methods), conditions, "0")


def _decide_sign(derivation: Derivation, chain: Verdict) -> Verdict:
    statement = derivation.statement
    context = _context(statement)
    expr = resolve(derivation.right, statement)
    if derivation.relation in ("<", ">") and derivation.witness:
        return _decide_existential(derivation, expr, context, chain)
    signed = -expr if derivation.relation in ("<=", "<") else expr
    with budget():
        holds = is_signed(signed, context, strict=derivation.relation in (">", "<"))
        if not holds:
            return Verdict(
                Status.UNDECIDED,
                "sign",
                chain.conditions,
                reason="the last line is not a sum of squares with weights of proved sign",
            )
        conditions = tuple(dict.fromkeys([*chain.conditions, *conditions_of(expr, context)]))
    return Verdict(Status.PROVED, "sum of squares with weights of proved sign", conditions, "0")


def _decide_existential(derivation: Derivation, expr: sp.Expr, context: Context, chain: Verdict) -> Verdict:
    """A sign at one point, which is what the failure of convexity means: shown by a ball."""
    values = _witness_values(derivation)
    outside = _outside_domain(values, derivation.statement, context)
    if outside is not None:
        return Verdict(Status.UNDECIDED, "ball at a witness", chain.conditions, reason=f"the witness has {outside}")
    try:
        with precision(BITS):
            point = point_of(values, context.arrays)
            point.default = None  # every entry is named: what is left out has no value
            if not all(enclose(e, point) > 0 for e in context.positive):
                return Verdict(Status.UNDECIDED, "ball at a witness", reason="the witness is outside the statement")
            value = enclose(expr, point)
    except (IndexRangeError, UnsupportedExpressionError) as error:
        return Verdict(Status.UNDECIDED, "ball at a witness", chain.conditions, reason=f"the witness: {error}")
    holds = bool(value < 0 if derivation.relation == "<" else value > 0)
    witness = Witness(
        "ball",
        {str(s): v for s, v in values.sizes.items()},
        {str(s): v for s, v in values.indices.items()},
        {k: v for k, v in derivation.witness.items() if "=" not in k},
        value.str(12, radius=False),
        "0",
    )
    status = Status.PROVED if holds else Status.UNDECIDED
    reason = None if holds else "the witness does not have this sign"
    return Verdict(status, "ball at a witness", chain.conditions, None, witness, reason=reason)


def _outside_domain(values: Values, statement: Statement, context: Context) -> str | None:
    """What of a named point is not admitted by the statement; None when all of it is."""
    for symbol, number in values.sizes.items():
        if number < context.ranges.minimum.get(symbol, 1):
            return f"{symbol} = {number}"
    known = {**values.sizes, **values.indices}
    for symbol, number in values.indices.items():
        lower, upper = (sp.sympify(b, strict=True).subs(known) for b in context.ranges.bounds[symbol])
        if not (lower.is_Integer and upper.is_Integer and lower <= number <= upper):
            return f"{symbol} = {number}, outside {lower}..{upper}"
    for v in statement.variables:
        array = values.arrays.get(v.label)
        if array is None:
            continue
        shape = tuple(axis.subs(known) for axis in v.axes)
        inside = all(len(entry) == len(shape) for entry in array) and all(
            k >= 1 and bool(k <= size) for entry in array for k, size in zip(entry, shape, strict=True)
        )
        if not inside or not v.domain.contains(array):
            return f"{v.name} outside its domain or its axes"
    return None


def _witness_values(derivation: Derivation) -> Values:
    """The exact point that a derivation names, such as {"z": 0, "x[1,2]": 1, "n": 3}."""
    statement = derivation.statement
    by_name = {v.name: v for v in statement.variables}
    ranges = statement_ranges(statement)
    values = Values({}, {}, {})
    for key, given in derivation.witness.items():
        match = re.fullmatch(r"(\w+)(?:\[([\d,\s]+)\])?", key)
        if match is None:
            raise ValueError(f"{derivation.name}: the witness names {key!r}; write 'z' or 'x[1,2]'")
        name, entry = match.groups()
        if name in by_name:
            position = tuple(int(p) for p in entry.split(",")) if entry else ()
            values.arrays.setdefault(by_name[name].label, {})[position] = Fraction(given)
        else:
            symbol = next((s for s in ranges.bounds if s.name == name), None)
            if symbol is None:
                values.sizes[size(name)] = int(given)
            else:
                values.indices[symbol] = int(given)
    return values


def fingerprint(derivation: Derivation) -> str:
    """A digest of everything that a proof is about: variables with domains, definitions, claim, final form."""
    parts = [
        _statement_text(derivation.statement),
        *(f"{name}={value}" for name, value in derivation.witness.items()),
        srepr(derivation.left),
        derivation.relation,
        srepr(derivation.right),
        srepr(derivation.stable) if derivation.stable is not None else "",
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@lru_cache(maxsize=256)
def _statement_text(statement: Statement) -> str:
    return "\n".join(
        [
            *(f"{v.name}:{v.axes}:{v.domain.name}" for v in statement.variables),
            *(f"{srepr(d.target)}:={srepr(d.value)}" for d in statement.definitions),
            *(f"{srepr(s)}>={least}" for s, least in statement.minimum),
            *(f"{srepr(s)}:{srepr(lower)}..{srepr(upper)}" for s, lower, upper in map(sp.sympify, statement.ranges)),
            *(f"{kind} {srepr(e)}" for kind in ("positive", "nonzero") for e in getattr(statement, kind)),
        ]
    )
