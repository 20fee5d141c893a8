r"""Kernels and rational functions over them: the field in which the zero test decides.

A *kernel* is an atom that the field treats as algebraically independent of the others: a symbol,
x[i, k], exp(t), log(p), a sum Σ_k m(k) that nothing can be pulled out of, δ(i, j), sign(p), a root.
Kernels are interned, know which indices they mention, and have a digest of their structure that
does not depend on the order in which they were met, so that normal forms are the same in every run.

Bound indices have canonical names `#height_position`: a sum's height is one more than that of the
sums inside it, so no bound name can be captured. A `Rat` is a reduced fraction of two `fmpq_mpoly`
(python-flint), one generator per kernel.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from math import comb, prod
from typing import Any

import flint
import sympy as sp

__all__ = [
    "Budget",
    "BudgetExceededError",
    "Field",
    "Kernel",
    "Mono",
    "PolyKey",
    "Rat",
    "UndefinedError",
    "budget",
    "charge",
    "deadline",
    "render",
    "separate_budget",
    "sorted_key",
    "sorted_mono",
    "str_of",
]

Mono = tuple[tuple["Kernel", int], ...]
PolyKey = tuple[tuple[Mono, Fraction], ...]

MAX_SHOWN = 200  # terms of a normal form that is written out
MAX_TERMS = 20_000  # terms of one polynomial: beyond it the verdict is `undecided`, by name


class Budget:
    """Operations allowed to one decision, with processor time as a backstop that is named when it strikes.

    The time is that of this thread, so that a verdict does not depend on what else the machine does.
    """

    def __init__(self, operations: int = 400_000, seconds: float = 20.0):
        self.operations, self.left = operations, operations
        own, shared = time.thread_time() + seconds, DEADLINE.get()
        self.deadline = min(own, shared)
        self.limit = f"more than {seconds:.2g} s" if own <= shared else "the time that it shares with others is spent"

    def charge(self, count: int = 1) -> None:
        before = self.left
        self.left -= count
        if self.left < 0:
            raise BudgetExceededError(f"more than {self.operations} operations")
        if before // 64 != self.left // 64 and time.thread_time() > self.deadline:
            raise BudgetExceededError(f"the clock struck: {self.limit}")


BUDGET: ContextVar[Budget | None] = ContextVar("budget", default=None)
DEADLINE: ContextVar[float] = ContextVar("deadline", default=float("inf"))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """No budget that is opened within, a separate one either, lasts longer than this."""
    token = DEADLINE.set(min(time.thread_time() + seconds, DEADLINE.get()))
    try:
        yield
    finally:
        DEADLINE.reset(token)


@contextmanager
def budget(operations: int = 400_000, seconds: float = 20.0) -> Iterator[None]:
    """Decisions within share one budget; nested budgets are the outer one's business."""
    if BUDGET.get() is not None:
        yield
        return
    token = BUDGET.set(Budget(operations, seconds))
    try:
        yield
    finally:
        BUDGET.reset(token)


@contextmanager
def separate_budget(operations: int, seconds: float) -> Iterator[None]:
    """A budget of its own, whatever the one around it has left: a search that may refute what could not be proved."""
    token = BUDGET.set(Budget(operations, seconds))
    try:
        yield
    finally:
        BUDGET.reset(token)


def charge(count: int = 1) -> None:
    """Count operations against the budget in force."""
    current = BUDGET.get()
    if current is not None:
        current.charge(count)


class UndefinedError(ValueError):
    """A denominator, or the argument of a logarithm, is zero wherever the side conditions hold."""


class BudgetExceededError(RuntimeError):
    """The budget of operations named in the message is spent."""


class OutOfSlotsError(RuntimeError):
    """More kernels than generators: the caller starts again with a larger field."""


class Kernel:
    """An interned atom; compare with `is`. `indices`: the index symbols (and sizes) that it mentions free."""

    __slots__ = ("args", "digest", "height", "indices", "kind")

    def __init__(self, kind: str, args: tuple[Any, ...], indices: frozenset[sp.Symbol], height: int, digest: str):
        self.kind, self.args, self.indices, self.height, self.digest = kind, args, indices, height, digest

    def __repr__(self) -> str:
        return f"<{self.kind} {self.args}>"


def _symbols_of(arg: Any) -> frozenset[sp.Symbol]:
    found: set[sp.Symbol] = set()
    waiting = [arg]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            waiting += part
        elif isinstance(part, Kernel):
            found |= part.indices
        elif isinstance(part, sp.Basic):
            found |= _free_of(part)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def _free_of(expr: sp.Basic) -> frozenset[sp.Symbol]:
    return frozenset(expr.free_symbols)


def _height_of(arg: Any) -> int:
    if isinstance(arg, Kernel):
        return arg.height
    return max((_height_of(a) for a in arg), default=0) if isinstance(arg, tuple) else 0


def _text_of(arg: Any) -> str:
    if isinstance(arg, Kernel):
        return arg.digest
    if isinstance(arg, tuple):
        return f"({','.join(_text_of(a) for a in arg)})"
    return str_of(arg) if isinstance(arg, sp.Basic) else str(arg)


@lru_cache(maxsize=50_000)
def str_of(expr: sp.Basic) -> str:
    """`str(expr)`, remembered: SymPy builds a printer for each call."""
    return str(expr)


def sorted_mono(powers: Iterable[tuple[Kernel, int]]) -> Mono:
    """A monomial in canonical order."""
    return tuple(sorted(powers, key=lambda ke: (ke[0].digest, ke[1])))


def sorted_key(terms: Iterable[tuple[Mono, Fraction]]) -> PolyKey:
    """The terms of a polynomial in canonical order."""
    return tuple(sorted(terms, key=lambda t: [(k.digest, e) for k, e in t[0]]))


class Field:
    """Interning of kernels, and the polynomial ring over them. One object per decision."""

    def __init__(self, slots: int):
        self.slots = slots
        self.ctx = flint.fmpq_mpoly_ctx.get([f"g{i}" for i in range(slots)], flint.Ordering.lex)
        self._gens = self.ctx.gens()
        self._interned: dict[tuple[Any, ...], Kernel] = {}
        self._slot: dict[Kernel, int] = {}
        self._by_slot: list[Kernel] = []
        self._factors: dict[str, tuple[Fraction, list[tuple[Any, int]]]] = {}
        self.zero = Rat(self, self.ctx.constant(0), self.ctx.constant(1))
        self.one = Rat(self, self.ctx.constant(1), self.ctx.constant(1))

    def kernel(self, kind: str, *args: Any) -> Kernel:
        key = (kind, args)
        found = self._interned.get(key)
        if found is None:
            height = _height_of(args)
            if kind == "sum":
                height += 1
                limits, *body = args
                bounds = tuple(bound[1:] for bound in limits)
                indices = _symbols_of((*body, bounds)) - {bound[0] for bound in limits}
            else:
                indices = _symbols_of(args)
            digest = hashlib.blake2b(f"{kind}{_text_of(args)}".encode(), digest_size=12).hexdigest()
            found = self._interned[key] = Kernel(kind, args, indices, height, digest)
        return found

    def gen(self, kernel: Kernel) -> Any:
        slot = self._slot.get(kernel)
        if slot is None:
            slot = len(self._by_slot)
            if slot >= self.slots:
                raise OutOfSlotsError
            self._slot[kernel] = slot
            self._by_slot.append(kernel)
        return self._gens[slot]

    def of(self, kernel: Kernel) -> Rat:
        return Rat(self, self.gen(kernel), self.one.d)

    def constant(self, value: Fraction | int) -> Rat:
        value = Fraction(value)
        return Rat(self, self.ctx.constant(flint.fmpq(value.numerator, value.denominator)), self.one.d)

    def terms(self, poly: Any) -> list[tuple[Mono, Fraction]]:
        """The terms of a polynomial as (monomial over kernels, coefficient), in canonical order."""
        by_slot = self._by_slot
        found = []
        for exponents, coefficient in zip(poly.monoms(), poly.coeffs(), strict=True):
            mono = sorted_mono((kernel, int(e)) for kernel, e in zip(by_slot, exponents, strict=False) if e)
            found.append((mono, Fraction(int(coefficient.p), int(coefficient.q))))
        return list(sorted_key(found))

    def key(self, poly: Any) -> PolyKey:
        return tuple(self.terms(poly))

    def poly(self, key: Iterable[tuple[Mono, Fraction]]) -> Any:
        total = self.ctx.constant(0)
        for mono, coefficient in key:
            total += self.mono(mono) * flint.fmpq(coefficient.numerator, coefficient.denominator)
        return total

    def mono(self, mono: Iterable[tuple[Kernel, int]]) -> Any:
        product = self.ctx.constant(1)
        for kernel, exponent in mono:
            product *= self.gen(kernel) ** exponent
        return product

    def generator_of(self, r: Rat) -> Kernel | None:
        """The kernel that r is, when it is one kernel and nothing else."""
        kernels = self.kernels_of(r.n)
        return kernels[0] if len(kernels) == 1 and r.d.is_one() and r.n == self.gen(kernels[0]) else None

    def kernels_of(self, poly: Any) -> list[Kernel]:
        return [kernel for kernel, degree in zip(self._by_slot, poly.degrees(), strict=False) if degree > 0]

    def indices_of(self, poly: Any) -> frozenset[sp.Symbol]:
        return frozenset().union(*(k.indices for k in self.kernels_of(poly)))

    def factor(self, poly: Any) -> tuple[Fraction, list[tuple[Any, int]]]:
        """(constant, [(irreducible primitive factor, multiplicity)]), each factor's sign canonical."""
        memo = str(poly)  # exact, and many times as fast to make as a hash of the terms
        found = self._factors.get(memo)
        if found is None:
            number, factors = self._factored(poly)
            out = []
            for f, e in factors:
                f, unit = self._primitive(f)
                number *= unit**e
                out.append((f, e))
            out.sort(key=lambda fe: _text_of(self.key(fe[0])))
            found = self._factors[memo] = (number, out)
        return found

    def _factored(self, poly: Any) -> tuple[Fraction, list[tuple[Any, int]]]:
        """(constant, [(irreducible factor, multiplicity)]), most often without the general algorithm.

        What is left when the generators that divide every term are taken out is irreducible if some generator x is
        in one term only, to the first power: it is a·x + b, a monomial and a polynomial without a common factor.
        """
        if poly.is_zero():
            return Fraction(0), []
        exponents = poly.monoms()
        least = [min(of_kernel) for _, of_kernel in zip(self._by_slot, zip(*exponents, strict=True), strict=False)]
        found = [(self._gens[slot], int(power)) for slot, power in enumerate(least) if power]
        if len(exponents) == 1:
            (constant,) = poly.coeffs()
            return Fraction(int(constant.p), int(constant.q)), found
        if any(sum(e[slot] for e in exponents) == power * len(exponents) + 1 for slot, power in enumerate(least)):
            for x, power in found:
                poly = poly / x**power
            return Fraction(1), [*found, (poly, 1)]
        constant, factors = poly.factor()
        return Fraction(int(constant.p), int(constant.q)), [(f, int(e)) for f, e in factors]

    def _primitive(self, poly: Any) -> tuple[Any, Fraction]:
        """(p/u, u) with integer coprime coefficients, the first in canonical order positive."""
        terms = self.terms(poly)
        numerator, denominator = 0, 1
        for _, c in terms:
            numerator = int(sp.igcd(numerator, c.numerator))
            denominator = int(sp.ilcm(denominator, c.denominator))
        unit = Fraction(numerator, denominator)
        if terms[0][1] < 0:
            unit = -unit
        return poly / flint.fmpq(unit.numerator, unit.denominator), unit


class Rat:
    """A reduced fraction n/d over the kernels of a field; d is monic in the field's order."""

    __slots__ = ("d", "field", "n")

    def __init__(self, field: Field, n: Any, d: Any):
        self.field, self.n, self.d = field, n, d

    @classmethod
    def reduced(cls, field: Field, n: Any, d: Any) -> Rat:
        charge()
        if d.is_zero():
            raise UndefinedError("a denominator is zero")
        if n.is_zero():
            return field.zero
        if not d.is_constant():
            g = n.gcd(d)
            if not g.is_one():
                n, d = n / g, d / g
        lead = d.leading_coefficient()
        if lead != 1:
            n, d = n / lead, d / lead
        if len(n) + len(d) > MAX_TERMS:
            raise BudgetExceededError(f"a normal form has more than {MAX_TERMS} terms")
        return cls(field, n, d)

    @property
    def is_zero(self) -> bool:
        return self.n.is_zero()

    def __add__(self, other: Rat) -> Rat:
        if self.d == other.d:
            if self.d.is_one():
                return Rat(self.field, self.n + other.n, self.d)
            return Rat.reduced(self.field, self.n + other.n, self.d)
        _charge_product(self.n, other.d)
        _charge_product(other.n, self.d)
        return Rat.reduced(self.field, self.n * other.d + other.n * self.d, self.d * other.d)

    def __sub__(self, other: Rat) -> Rat:
        return self + -other

    def __neg__(self) -> Rat:
        return Rat(self.field, -self.n, self.d)

    def __mul__(self, other: Rat) -> Rat:
        if self.d.is_one() and other.d.is_one():
            _charge_product(self.n, other.n)
            n = self.n * other.n
            if len(n) > MAX_TERMS:
                raise BudgetExceededError(f"a normal form has more than {MAX_TERMS} terms")
            return Rat(self.field, n, self.d)
        _charge_product(self.n, other.n)
        _charge_product(self.d, other.d)
        return Rat.reduced(self.field, self.n * other.n, self.d * other.d)

    def __truediv__(self, other: Rat) -> Rat:
        if other.is_zero:
            raise UndefinedError("a denominator is zero")
        return Rat.reduced(self.field, self.n * other.d, self.d * other.n)

    def __pow__(self, exponent: int) -> Rat:
        if exponent == 0:
            return self.field.one
        if exponent < 0:
            if self.is_zero:
                raise UndefinedError("a denominator is zero")
            return Rat.reduced(self.field, self.d**-exponent, self.n**-exponent)
        if exponent > 100_000:
            raise BudgetExceededError(f"the exponent {exponent} is too large")
        for part in (self.n, self.d):
            size = len(part)
            if size > 1 and min(comb(size + exponent - 1, exponent), _box(part, exponent)) > 10 * MAX_TERMS:
                raise BudgetExceededError(f"the power {exponent} of {size} terms is too large to expand")
        return Rat(self.field, self.n**exponent, self.d**exponent)

    def indices(self) -> frozenset[sp.Symbol]:
        return self.field.indices_of(self.n) | self.field.indices_of(self.d)

    def __str__(self) -> str:
        return render(self)


def _charge_product(a: Any, b: Any) -> None:
    """A product of polynomials counts by its size, before it is taken: nothing interrupts it."""
    charge(1 + len(a) * len(b) // 1000)


def _box(poly: Any, exponent: int) -> int:
    """The number of monomials within the degrees of poly^exponent."""
    return prod(int(d) * exponent + 1 for d in poly.degrees())


def render(r: Rat) -> str:
    """A normal form as text, for evidence and for debugging; a very long one by its size."""
    if len(r.n) + len(r.d) > MAX_SHOWN:
        return f"({len(r.n)} terms)/({len(r.d)} terms)"
    n, d = _render_key(r.field.key(r.n)), _render_key(r.field.key(r.d))
    return n if d == "1" else f"({n})/({d})"


def _render_key(key: PolyKey) -> str:
    parts = []
    for mono, coefficient in key:
        factors = [_render_kernel(k) + (f"**{e}" if e != 1 else "") for k, e in mono]
        if coefficient != 1 or not factors:
            factors.insert(0, str(coefficient))
        parts.append("*".join(factors))
    return " + ".join(parts) or "0"


def _render_kernel(kernel: Kernel) -> str:
    match kernel.kind:
        case "sym":
            return str_of(kernel.args[0])
        case "idx":
            return f"{str_of(kernel.args[0])}[{','.join(str_of(a) for a in kernel.args[1])}]"
        case "exp" | "sum":
            *bounds, mono, dens = kernel.args
            top = _render_key(((mono, Fraction(1)),))
            below = "*".join(f"({_render_key(p)})**{e}" for p, e in dens)
            text = f"{top}/({below})" if below else top
            if kernel.kind == "exp":
                return f"exp({text})"
            over = ", ".join(f"{str_of(k)}={str_of(lo)}..{str_of(hi)}" for k, lo, hi in bounds[0])
            return f"Σ[{over}]({text})"
        case "delta":
            return f"δ({str_of(kernel.args[0])},{str_of(kernel.args[1])})"
        case "log":
            return f"log(({_render_key(kernel.args[0])})/({_render_key(kernel.args[1])}))"
        case _:
            inside = (_render_key(a) if isinstance(a, tuple) else str(a) for a in kernel.args)
            return f"{kernel.kind}({', '.join(inside)})"
