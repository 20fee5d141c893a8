r"""The normal form: an expression as a rational function over independent kernels.

    σ(z) = E/(1 + E), tanh(z) = (E² − 1)/(E² + 1)      with E = e^z
    e^{a+2b} = (e^a)(e^b)²                              exponents over a ℤ-basis
    log(∏ f^k) = Σ k log f                              only over factors proved positive, else
    log(f^2k·g) = k log f² + log g, log|f| = log f²/2
    Σ_k c·m(k) = c·Σ_k m(k)                             sums of single monomials (`sums`)

An expression whose normal form is 0 is zero, wherever it is defined, for all sizes. The converse is
not claimed, and nothing is refuted here. Label relations (y² = y, Σ_c y_c = 1) are applied only up to
the `level` asked for, and those used are recorded.

Complete for: rational functions of exp, log, σ, softplus, tanh over linear forms with rational
coefficients, and linear combinations and products of sums of these whose denominators have one
irreducible factor in the bound index (several are reconciled by `zero_test`). Left out: functions
of a complex variable, ranges that depend on data, derivatives at kinks (sign(0) is excluded).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

import sympy as sp

from .atoms import UnsupportedExpressionError, free_symbols, peel
from .domain import Domain
from .functions import sigmoid, softplus
from .inverses import Inverse
from .kernels import BudgetExceededError, Field, Kernel, Mono, PolyKey, Rat, UndefinedError, str_of
from .ranges import Ranges
from .signs import Signs
from .sums import Sums

__all__ = ["Level", "Normalizer", "RestartError"]

MAX_EXPLICIT = 64  # terms of a sum with numeric bounds that is written out


class Level:
    """How much of what is declared of labels may be used; a proof records what it used."""

    NONE, SUMS_TO_ONE, ALL = 0, 1, 2


class RestartError(RuntimeError):
    """Exponents need a finer basis: start again with exponents counted in units of 1/denominator."""

    def __init__(self, denominator: int):
        super().__init__(denominator)
        self.denominator = denominator


class Normalizer(Sums):
    """Normal forms in one field, for one set of domains, ranges and label relations.

    arrays: IndexedBase label or symbol → (domain, axes). inverses: arrays that are inverses of matrices.
    """

    def __init__(
        self,
        ranges: Ranges,
        arrays: Mapping[object, tuple[Domain, tuple[sp.Expr, ...]]],
        level: int = Level.NONE,
        slots: int = 16,
        denominator: int = 1,
        inverses: tuple[Inverse, ...] = (),
    ):
        self.field = Field(slots)
        self.ranges = ranges
        self.arrays = arrays
        self.level = level
        self.denominator = denominator
        self.inverses = inverses
        self._rules = {}
        self.signs = Signs(
            {label: domain for label, (domain, _) in arrays.items()},
            lambda a, b: bool(self.ranges.is_nonnegative(a - b)),
        )
        self.used: set[str] = set()
        self._fresh = 0
        self._env: dict[sp.Symbol, sp.Expr] = {}
        self._memo: dict[tuple[sp.Expr, tuple[tuple[sp.Symbol, sp.Expr], ...]], tuple[Rat, set[str]]] = {}
        self._renamed = {}

    def assume_positive(self, expr: sp.Expr) -> None:
        """Take an expression as positive (it is, by the statement's domain), with its sign proved nowhere."""
        r = self.normalize(expr)
        sign, unknown = 1, []
        for part in (r.n, r.d):
            constant, factors = self.field.factor(part)
            sign = sign if constant > 0 else -sign
            for key in (self.field.key(f) for f, e in factors if e % 2):
                known = self.signs.of_poly(key)
                sign *= known or 1
                unknown += [] if known else [key]
        if len(unknown) == 1:  # of several factors, only the product is known
            (key,) = unknown
            self.signs.assume(key if sign > 0 else tuple((m, -c) for m, c in key))

    def normalize(self, expr: sp.Expr) -> Rat:
        """The normal form of `expr`, where bound indices stand for what `_env` says.

        An index bound by a sum is renamed at the leaves, through the environment, and not by rebuilding
        the tree: SymPy would evaluate every function in it anew.
        """
        env = self._env
        relevant = tuple((s, env[s]) for s in _mentioned(expr) if s in env) if env else ()
        memo = (expr, relevant)
        found = self._memo.get(memo)
        if found is None:
            outer, self.used = self.used, set()
            try:
                found = self._memo[memo] = self._normalize(expr), self.used
            finally:
                self.used = outer
        self.used |= found[1]
        return found[0]

    def _term(self, index_term: sp.Expr) -> sp.Expr:
        """An index term, a bound or a symbolic exponent, with bound indices replaced."""
        return index_term.xreplace(self._env) if self._env else index_term

    def _normalize(self, expr: sp.Expr) -> Rat:
        if isinstance(expr, sp.Rational):
            return self.field.constant(Fraction(expr.p, expr.q))
        if isinstance(expr, sp.Symbol):
            value = self._env.get(expr)
            return self.field.of(self.field.kernel("sym", expr)) if value is None else self.closed_form(value)
        if isinstance(expr, sp.Indexed):
            return self.field.of(self.field.kernel("idx", expr.base.label, tuple(self._term(a) for a in expr.indices)))
        if isinstance(expr, sp.Add):
            total = self.field.zero
            for a in expr.args:
                total = total + self.normalize(a)
            return self.relate(total)
        if isinstance(expr, sp.Mul):
            product = self.field.one
            for a in expr.args:
                product = product * self.normalize(a)
            return self.relate(product)
        if isinstance(expr, sp.Pow):
            return self.relate(self._power(*expr.args))
        if isinstance(expr, sp.exp):
            return self.make_exp(self.normalize(expr.args[0]))
        if isinstance(expr, sp.log):
            return self.make_log(self.normalize(expr.args[0]))
        if isinstance(expr, sp.Sum):
            return self._sum(expr, self.normalize)
        if isinstance(expr, sp.Product):
            return self.make_exp(self._sum(expr, lambda body: self.make_log(self.normalize(body))))
        if isinstance(expr, sp.KroneckerDelta):
            a, b = (self._term(a) for a in expr.args[:2])
            return self.make_delta(a, b)
        if isinstance(expr, sigmoid):
            e = self.make_exp(self.normalize(expr.args[0]))
            return e / (self.field.one + e)
        if isinstance(expr, softplus):
            return self.make_log(self.field.one + self.make_exp(self.normalize(expr.args[0])))
        if isinstance(expr, sp.tanh):
            square = self.make_exp(self.normalize(expr.args[0]) * self.field.constant(2))
            return (square - self.field.one) / (square + self.field.one)
        if isinstance(expr, sp.Abs):
            inner = self.normalize(expr.args[0])
            return inner * self.make_sign(inner)
        if isinstance(expr, sp.sign):
            return self.make_sign(self.normalize(expr.args[0]))
        if isinstance(expr, sp.Max) and len(expr.args) == 2:
            a, b = (self.normalize(e) for e in expr.args)
            return (a + b + (a - b) * self.make_sign(a - b)) * self.field.constant(Fraction(1, 2))
        if isinstance(expr, sp.NumberSymbol):
            if expr is sp.E:
                return self.make_exp(self.field.one)
            return self.field.of(self.field.kernel("sym", sp.Symbol(f"%{expr}", positive=True)))
        if expr in (sp.zoo, sp.nan, sp.oo, -sp.oo):
            raise UndefinedError("the expression is not finite")
        raise UnsupportedExpressionError(f"the zero test does not know {type(expr).__name__}: {expr}")

    def closed_form(self, expr: sp.Expr) -> Rat:
        """The normal form of an index term that is already in terms of kernels: no bound index stands in it."""
        env, self._env = self._env, {}
        try:
            return self.normalize(expr)
        finally:
            self._env = env

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> Rat:
        if isinstance(exponent, sp.Integer):
            return self.normalize(base) ** int(exponent)
        if isinstance(exponent, sp.Rational):
            return self._root(self.normalize(base), Fraction(exponent.p, exponent.q))
        if exponent.is_integer and all(s in self._env or s in self.ranges.bounds for s in free_symbols(exponent)):
            return self._index_power(base, self._term(exponent))
        return self.make_exp(self.normalize(exponent) * self.make_log(self.normalize(base)))

    def _index_power(self, base: sp.Expr, exponent: sp.Expr) -> Rat:
        """base^(k + c) with k an index: base^c times a kernel base^k (0^0 = 1, as polynomials have it)."""
        r = self.normalize(base)
        if isinstance(exponent, sp.Integer):
            return r ** int(exponent)
        kernel = self.field.generator_of(r)
        if kernel is None:
            return self.make_exp(self.closed_form(exponent) * self.make_log(r))
        if not self.ranges.is_nonnegative(exponent):
            raise UnsupportedExpressionError(f"{base}^({exponent}): the exponent may be negative")
        constant, rest = exponent.as_coeff_Add()
        product = r ** int(constant)
        for term in sp.Add.make_args(rest):
            count, symbol = term.as_coeff_Mul()
            if not (isinstance(count, sp.Integer) and symbol.is_Symbol):
                raise UnsupportedExpressionError(f"the exponent {exponent} is not linear in its indices")
            product = product * self.field.of(self.field.kernel("ipow", kernel, symbol)) ** int(count)
        return product

    def _root(self, base: Rat, exponent: Fraction) -> Rat:
        whole = exponent.numerator // exponent.denominator
        part = exponent - whole
        result = base**whole
        for poly, sign in ((base.n, 1), (base.d, -1)):
            if poly.is_one():
                continue
            key = self.field.key(poly)
            if not self.signs.is_positive(key):
                raise UnsupportedExpressionError("a root of something that is not proved positive")
            root = self.field.of(self.field.kernel("root", key, part.denominator))
            result = result * root ** (sign * part.numerator)
        return result

    def _sum(self, expr: sp.Sum, normalize: Callable[[sp.Expr], Rat]) -> Rat:
        """Σ_k of the normal form that `normalize` gives the body."""
        body, k, lower, upper = peel(expr)
        lower, upper = self._term(lower), self._term(upper)
        env = self._env
        try:
            if isinstance(lower, sp.Integer) and isinstance(upper, sp.Integer):
                if int(upper - lower) >= MAX_EXPLICIT:
                    raise BudgetExceededError(f"a sum of more than {MAX_EXPLICIT} written terms")
                total = self.field.zero
                for value in range(int(lower), int(upper) + 1):
                    self._env = {**env, k: sp.Integer(value)}
                    total = total + normalize(body)
                return total
            if not self.ranges.is_nonnegative(upper - lower + 1):
                raise UnsupportedExpressionError(f"the range {lower}..{upper} may run backwards")
            fresh = self.fresh(lower, upper)
            self._env = {**env, k: fresh}
            return self.sum_over(normalize(body), fresh, lower, upper)
        finally:
            self._env = env

    def make_delta(self, a: sp.Expr, b: sp.Expr) -> Rat:
        if a == b:
            return self.field.one
        if self.ranges.are_distinct(a, b):
            return self.field.zero
        a, b = sorted((a, b), key=str)
        return self.field.of(self.field.kernel("delta", a, b))

    def make_sign(self, r: Rat) -> Rat:
        """sign(r), with factors of known sign taken out and odd symmetry made canonical."""
        if r.is_zero:
            raise UndefinedError("the sign of zero (a kink)")
        sign, unknown = 1, self.field.ctx.constant(1)
        for part in (r.n, r.d):
            constant, factors = self.field.factor(part)
            sign = sign if constant > 0 else -sign
            for f, e in factors:
                known = self.signs.of_poly(self.field.key(f))
                if e % 2 and known < 0:
                    sign = -sign
                elif e % 2 and not known:
                    unknown *= f
        number = self.field.constant(sign)
        if unknown.is_one():
            return number
        return number * self.field.of(self.field.kernel("sign", self.field.key(unknown)))

    def make_exp(self, r: Rat) -> Rat:
        """e^r as a product of kernels e^{t/q}, one for each term t of r."""
        result = self.field.one
        for coefficient, mono, dens in self._exponent_terms(r):
            if len(mono) == 1 and not dens and mono[0][0].kind == "log" and mono[0][1] == 1:
                numerator, denominator = mono[0][0].args
                base = self.from_key(numerator)
                if denominator:
                    base = base / self.from_key(denominator)
                result = result * (
                    base ** int(coefficient) if coefficient.denominator == 1 else self._root(base, coefficient)
                )
                continue
            count = coefficient * self.denominator
            if count.denominator != 1:
                raise RestartError(self.denominator * count.denominator)
            result = result * self.field.of(self.field.kernel("exp", mono, dens)) ** int(count)
        return result

    def _exponent_terms(self, r: Rat) -> list[tuple[Fraction, Mono, tuple[tuple[PolyKey, int], ...]]]:
        if r.d.is_one():
            return [(c, mono, ()) for mono, c in self.field.terms(r.n)]
        constant, factors = self.field.factor(r.d)
        dens = tuple((self.field.key(f), e) for f, e in factors)
        whole, rest = divmod(r.n, r.d)
        found = [(c, mono, ()) for mono, c in self.field.terms(whole)]
        return found + [(c / constant, *_cancelled(mono, dens)) for mono, c in self.field.terms(rest)]

    def make_log(self, r: Rat) -> Rat:
        """log r, split over the factors that are proved positive and over even powers; the others stay together."""
        if r.is_zero:
            raise UndefinedError("log 0")
        total, constant = self.field.zero, Fraction(1)
        unknown: dict[PolyKey, int] = {}
        for part, side in ((r.n, 1), (r.d, -1)):
            number, factors = self.field.factor(part)
            constant *= number**side
            for f, e in factors:
                key = self.field.key(f)
                sign = self.signs.of_poly(key)
                if not sign:
                    unknown[key] = unknown.get(key, 0) + side * e
                    continue
                if sign < 0:
                    f, constant = -f, constant * (-1) ** e
                total = total + self._log_factor(f) * self.field.constant(side * e)
        for key, e in self._even(unknown):
            square = self.field.key(self.field.poly(key) ** 2)
            total = total + self.field.of(self.field.kernel("log", square, ())) * self.field.constant(Fraction(e, 2))
        if unknown:
            above, below = self.field.ctx.constant(1), self.field.ctx.constant(1)
            for key, e in unknown.items():
                above, below = above * self.field.poly(key) ** max(e, 0), below * self.field.poly(key) ** max(-e, 0)
            if constant < 0:
                constant, above = -constant, -above
            denominator = () if below.is_one() else self.field.key(below)
            total = total + self.field.of(self.field.kernel("log", self.field.key(above), denominator))
        elif constant < 0:
            raise UndefinedError("the logarithm of a negative number")
        return total + self._log_number(constant)

    def _even(self, powers: dict[PolyKey, int]) -> list[tuple[PolyKey, int]]:
        """The factors that are there as f^2k or as |f|^k = (f sign f)^k, taken out: log f^2k = k log f²."""
        found = [(key, e) for key, e in powers.items() if e % 2 == 0]
        for key in [key for key, e in powers.items() if e % 2]:
            inner = self._under_sign(key)
            own = [] if inner is None else [self.field.key(f) for f, _ in self.field.factor(inner)[1]]
            if own and all(powers.get(f, 0) % 2 for f in own):
                found += [(f, powers[f]) for f in own]
                for f in (key, *own):
                    del powers[f]
        for key, _ in found:
            powers.pop(key, None)
        return [(key, e) for key, e in found if e and self._under_sign(key) is None]

    def _under_sign(self, poly: PolyKey) -> Any | None:
        """The f of sign f, where a polynomial is just that."""
        match poly:
            case (((((Kernel(kind="sign", args=(inner,)), 1)),), _),):
                return self.field.poly(inner)
        return None

    def _log_factor(self, poly: Any) -> Rat:
        terms = self.field.terms(poly)
        if len(terms) == 1 and len(terms[0][0]) == 1:
            kernel = terms[0][0][0][0]
            if kernel.kind == "exp":
                mono, dens = kernel.args
                r = self.from_mono(mono) * self.field.constant(Fraction(1, self.denominator))
                for key, e in dens:
                    r = r / self.from_key(key) ** e
                return r
            if kernel.kind == "root":
                key, q = kernel.args
                return self.make_log(self.from_key(key)) * self.field.constant(Fraction(1, q))
            if kernel.kind == "ipow":
                base, exponent = kernel.args
                return self.closed_form(exponent) * self.make_log(self.field.of(base))
        return self.field.of(self.field.kernel("log", self.field.key(poly), ()))

    def _log_number(self, value: Fraction) -> Rat:
        total = self.field.zero
        for number, side in ((value.numerator, 1), (value.denominator, -1)):
            if number > 10**15:
                raise BudgetExceededError(f"the logarithm of a number of {len(str(number))} digits")
            for prime, count in sp.factorint(number).items():
                key = (((), Fraction(int(prime))),)
                total = total + self.field.of(self.field.kernel("log", key, ())) * self.field.constant(side * count)
        return total


@lru_cache(maxsize=100_000)
def _mentioned(expr: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The symbols that occur free, in an order that is the same in every run."""
    return tuple(sorted(free_symbols(expr), key=str_of))


def _cancelled(mono: Mono, dens: tuple[tuple[PolyKey, int], ...]) -> tuple[Mono, tuple[tuple[PolyKey, int], ...]]:
    """A monomial over denominators with common kernels cancelled: a·s/s² = a/s."""
    powers, left = dict(mono), []
    for key, e in dens:
        if len(key) == 1 and len(key[0][0]) == 1:
            kernel = key[0][0][0][0]
            common = min(e, powers.get(kernel, 0))
            if common:
                powers[kernel] -= common
                e -= common
        if e:
            left.append((key, e))
    return tuple((k, e) for k, e in powers.items() if e), tuple(left)
