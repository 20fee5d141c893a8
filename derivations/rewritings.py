r"""Equivalent rewritings: the same expression as another author would write it, which no checker may refute.

Each rewriting applies a few identities at random places of an expression of the catalogue: expanded,
factored, bound indices renamed, sums split, merged and exchanged, factors moved into and out of sums, σ and
tanh written out through exp, 1 − σ(z) for σ(−z), a δ and a sum around a term. The result is claimed to equal what
it came from: none may be refuted, and nearly all are proved.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

import sympy as sp

from .atoms import atoms_of, free_symbols, peel
from .functions import Partial, Unknown, sigmoid, softplus
from .indexed import resolve, substitute
from .proof import decide_relation
from .ranges import fresh_index
from .statement import Derivation, Statement
from .verdict import Status, Verdict

__all__ = ["REWRITINGS", "Rewriting", "RewritingReport", "rewriting_report", "rewritings"]

MAX_STEPS = 3  # identities applied to one expression
MAX_RESOLVED = 200  # nodes of an expression whose names are expanded first
MAX_EXPANDED = 200  # terms: expanding further is no way in which anybody writes


@dataclass(frozen=True)
class Rewriting:
    """`expr` = `original` in a statement, by the identities named."""

    name: str
    statement: Statement
    original: sp.Expr
    expr: sp.Expr
    by: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.by)}): {self.original} = {self.expr}"


@dataclass(frozen=True)
class RewritingReport:
    """How many rewritings were tried and proved; which were not, and which were refuted (none may be)."""

    tried: int
    proved: int
    unproved: tuple[tuple[Rewriting, Verdict], ...] = field(default=())

    @property
    def refuted(self) -> tuple[tuple[Rewriting, Verdict], ...]:
        bad = (Status.REFUTED, Status.INCONSISTENT)
        return tuple((r, v) for r, v in self.unproved if v.status in bad)

    def line(self) -> str:
        """The report as one line of text."""
        rate = 100 * self.proved / max(self.tried, 1)
        return f"rewritings: {self.tried} tried, {self.proved} proved ({rate:.1f} %), {len(self.refuted)} refuted"


def rewritings(derivations: Iterable[Derivation], count: int, seed: int = 0) -> Iterator[Rewriting]:
    """`count` rewritings of lines of the derivations, drawn by the seed."""
    rng = random.Random(seed)
    lines = [
        (d, number, step.expr)
        for d in derivations
        for number, step in enumerate(d.steps)
        if not step.expr.has(sp.Limit) and not step.expr.is_number
    ]
    made = 0
    while made < count and lines:
        d, number, expr = rng.choice(lines)
        names: list[str] = []
        rewritten = expr
        if rng.random() < 0.5:
            resolved = resolve(expr, d.statement)
            if resolved != expr and sum(1 for _ in sp.preorder_traversal(resolved)) <= MAX_RESOLVED:
                rewritten, names = resolved, ["names expanded"]
        for _ in range(rng.randint(1, MAX_STEPS)):
            name = rng.choice(list(REWRITINGS))
            new = REWRITINGS[name](rewritten, d.statement, rng)
            if new is not None and new != rewritten and not new.has(sp.nan, sp.zoo):
                rewritten = new
                names.append(name)
        if names:
            made += 1
            yield Rewriting(f"{d.name}, line {number + 1}", d.statement, expr, rewritten, tuple(names))


def rewriting_report(
    items: Iterable[Rewriting], seed: int = 0, progress: Callable[[Rewriting, Verdict], None] | None = None
) -> RewritingReport:
    """Decide each rewriting."""
    tried, unproved = 0, []
    for item in items:
        verdict = decide_relation(item.original, item.expr, item.statement, seed)
        tried += 1
        if not verdict.is_proved:
            unproved.append((item, verdict))
        if progress is not None:
            progress(item, verdict)
    return RewritingReport(tried, tried - len(unproved), tuple(unproved))


Local = Callable[[sp.Expr], sp.Expr | None]
Rewrite = Callable[[sp.Expr, Statement, random.Random], sp.Expr | None]


def _somewhere(local: Local) -> Rewrite:
    """The rewriting that applies a local identity at one node, chosen among those where it applies."""

    def rewrite(expr: sp.Expr, _: Statement, rng: random.Random) -> sp.Expr | None:
        places = list(_places(expr, local))
        return rng.choice(places)() if places else None

    return rewrite


def _places(e: sp.Expr, local: Local) -> Iterator[Callable[[], sp.Expr]]:
    """For each node at which the identity applies, what builds the whole expression with it applied there."""
    if isinstance(e, Partial | Unknown | sp.Indexed | sp.KroneckerDelta) or not isinstance(e, sp.Expr):
        return
    here = local(e)
    if here is not None and here != e:
        yield partial(_itself, here)
    if isinstance(e, sp.Sum | sp.Product):
        body, *limit = peel(e)
        for build in _places(body, local):
            yield partial(_around_body, e, build, tuple(limit))
        return
    for position, a in enumerate(e.args):
        for build in _places(a, local):
            yield partial(_around_argument, e, build, position)


def _itself(e: sp.Expr) -> sp.Expr:
    return e


def _around_body(e: sp.Expr, build: Callable[[], sp.Expr], limit: tuple[sp.Expr, ...]) -> sp.Expr:
    return e.func(build(), limit)


def _around_argument(e: sp.Expr, build: Callable[[], sp.Expr], position: int) -> sp.Expr:
    return e.func(*e.args[:position], build(), *e.args[position + 1 :])


def _expanded(e: sp.Expr) -> sp.Expr | None:
    new = sp.expand_mul(e) if isinstance(e, sp.Mul) else sp.expand_multinomial(e) if isinstance(e, sp.Pow) else None
    return new if new is not None and len(sp.Add.make_args(new)) <= MAX_EXPANDED else None


def _factored(e: sp.Expr) -> sp.Expr | None:
    return sp.factor_terms(e) if isinstance(e, sp.Add) else None


def _common_denominator(e: sp.Expr) -> sp.Expr | None:
    return sp.together(e, deep=False) if isinstance(e, sp.Add) and not e.has(Partial, Unknown) else None


def _renamed(e: sp.Expr) -> sp.Expr | None:
    if not isinstance(e, sp.Sum | sp.Product):
        return None
    body, k, lower, upper = peel(e)
    new = fresh_index(k, free_symbols(e) | {s for s in atoms_of(e, sp.Symbol) if s.is_integer})
    return e.func(substitute(body, {k: new}), (new, lower, upper))


def _split(e: sp.Expr) -> sp.Expr | None:
    """Σ(a + b) = Σa + Σb"""
    if not isinstance(e, sp.Sum):
        return None
    body, *limit = peel(e)
    terms = sp.Add.make_args(sp.expand_mul(body))
    return sp.Add(*(sp.Sum(t, tuple(limit)) for t in terms)) if 1 < len(terms) <= 20 else None


def _merged(e: sp.Expr) -> sp.Expr | None:
    """Σa + Σb = Σ(a + b)"""
    if not isinstance(e, sp.Add):
        return None
    groups: dict[sp.Tuple, list[tuple[sp.Expr, sp.Expr]]] = {}
    for term in e.args:
        number, rest = term.as_coeff_Mul()
        if isinstance(rest, sp.Sum):
            body, *limit = peel(rest)
            groups.setdefault(sp.Tuple(*limit), []).append((term, number * body))
    merged = {limit: pairs for limit, pairs in groups.items() if len(pairs) > 1}
    if not merged:
        return None
    gone = {term for pairs in merged.values() for term, _ in pairs}
    together = (sp.Sum(sp.Add(*(body for _, body in pairs)), limit) for limit, pairs in merged.items())
    return sp.Add(*(t for t in e.args if t not in gone), *together)


def _moved_in(e: sp.Expr) -> sp.Expr | None:
    """a·Σ_k f = Σ_k a·f"""
    if not isinstance(e, sp.Mul):
        return None
    inner = next((f for f in e.args if isinstance(f, sp.Sum)), None)
    if inner is None:
        return None
    renamed = _renamed(inner)
    assert renamed is not None
    body, *limit = peel(renamed)
    rest = sp.Mul(*(f for f in e.args if f is not inner))
    clash = limit[0] in atoms_of(rest, sp.Symbol)
    return None if clash else sp.Sum(rest * body, tuple(limit))


def _moved_out(e: sp.Expr) -> sp.Expr | None:
    """Σ_k a·f = a·Σ_k f"""
    if not isinstance(e, sp.Sum):
        return None
    body, k, lower, upper = peel(e)
    outside = [f for f in sp.Mul.make_args(body) if k not in free_symbols(f)]
    inside = [f for f in sp.Mul.make_args(body) if k in free_symbols(f)]
    return sp.Mul(*outside, sp.Sum(sp.Mul(*inside), (k, lower, upper))) if outside and inside else None


def _exchanged(e: sp.Expr) -> sp.Expr | None:
    """Σ_i Σ_k f = Σ_k Σ_i f"""
    if not isinstance(e, sp.Sum):
        return None
    body, *outer = peel(e)
    if not isinstance(body, sp.Sum):
        return None
    inside, *inner = peel(body)
    if outer[0] in inner[1].free_symbols | inner[2].free_symbols or outer[0] == inner[0]:
        return None
    if inner[0] in outer[1].free_symbols | outer[2].free_symbols:
        return None
    return sp.Sum(sp.Sum(inside, tuple(outer)), tuple(inner))


def _written_out(e: sp.Expr) -> sp.Expr | None:
    """σ, softplus and tanh through exp"""
    if isinstance(e, sigmoid):
        return 1 / (1 + sp.exp(-e.args[0]))
    if isinstance(e, softplus):
        return sp.log(1 + sp.exp(e.args[0]))
    if isinstance(e, sp.tanh):
        return (sp.exp(e.args[0]) - sp.exp(-e.args[0])) / (sp.exp(e.args[0]) + sp.exp(-e.args[0]))
    return None


def _mirrored(e: sp.Expr) -> sp.Expr | None:
    """σ(z) = 1 − σ(−z), softplus(z) = z + softplus(−z), tanh(z) = 2σ(2z) − 1"""
    if isinstance(e, sigmoid):
        return 1 - sigmoid(-e.args[0])
    if isinstance(e, softplus):
        return e.args[0] + softplus(-e.args[0])
    if isinstance(e, sp.tanh):
        return 2 * sigmoid(2 * e.args[0]) - 1
    return None


def _exp_split(e: sp.Expr) -> sp.Expr | None:
    """e^t = (e^{t/2})²"""
    return sp.Pow(sp.exp(e.args[0] / 2), 2, evaluate=False) if isinstance(e, sp.exp) else None


def _difference_of_squares(e: sp.Expr) -> sp.Expr | None:
    """a·b = ((a + b)² − (a − b)²)/4"""
    if not isinstance(e, sp.Mul) or len(e.args) < 2:
        return None
    a, b = e.args[0], sp.Mul(*e.args[1:])
    return ((a + b) ** 2 - (a - b) ** 2) / 4


def _under_delta(expr: sp.Expr, statement: Statement, rng: random.Random) -> sp.Expr | None:
    """f(j) = Σ_k δ(k, j) f(k), over the declared range of j"""
    declared = [r for r in statement.ranges if r[0] in free_symbols(expr)]
    if not declared or expr.has(Partial, Unknown):
        return None
    j, lower, upper = rng.choice(declared)
    k = fresh_index(j, {s for s in atoms_of(expr, sp.Symbol) if s.is_integer})
    return sp.Sum(sp.KroneckerDelta(k, j) * substitute(expr, {j: k}), (k, lower, upper))


REWRITINGS: dict[str, Rewrite] = {
    "expanded": _somewhere(_expanded),
    "factored": _somewhere(_factored),
    "common denominator": _somewhere(_common_denominator),
    "renamed": _somewhere(_renamed),
    "sum split": _somewhere(_split),
    "sums merged": _somewhere(_merged),
    "moved into a sum": _somewhere(_moved_in),
    "moved out of a sum": _somewhere(_moved_out),
    "sums exchanged": _somewhere(_exchanged),
    "written out": _somewhere(_written_out),
    "mirrored": _somewhere(_mirrored),
    "halved exponent": _somewhere(_exp_split),
    "difference of squares": _somewhere(_difference_of_squares),
    "under a delta": _under_delta,
}
"""Every identity that a rewriting may use."""
