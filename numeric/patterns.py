r"""Forms that floating point must not compute as they stand, recognised by what they mean.

    1/(1 + e^{−u}),  e^u/(1 + e^u),  1 − σ(−u)     are σ(u)
    1 + e^u  under log                              is softplus(u)
    e^{u_c} / Σ_d e^{u_d}                           is softmax(u)_c
    σ(a) − σ(b)  under log                          is log σ(a) + log σ(−b) + log(1 − e^{b−a})

Names are looked through: with p[i] defined as σ(z[i]), `1 - p[i]` is σ(−z[i]). Only form is
compared; nothing is simplified, expanded or assumed, and what isn't recognised is computed as written.
Left out: weighted averages Σ x e^u / Σ e^u, and powers of softmax written as one exponential.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sympy as sp

from derivations.atoms import free_symbols, peel
from derivations.functions import sigmoid
from derivations.indexed import substitute

__all__ = ["Forms", "Quotient", "SignedLogit", "SoftmaxEntry"]


@dataclass(frozen=True)
class SignedLogit:
    """σ(±argument): the sign is kept apart, so that the argument is computed once for both."""

    argument: sp.Expr
    sign: int = 1

    def flipped(self) -> SignedLogit:
        return SignedLogit(self.argument, -self.sign)


@dataclass(frozen=True)
class SoftmaxEntry:
    """softmax over `index` in lower..upper of `argument`, at index = entry."""

    argument: sp.Expr
    index: sp.Symbol
    lower: sp.Expr
    upper: sp.Expr
    entry: sp.Expr


@dataclass(frozen=True)
class Quotient:
    """A product sorted by meaning.

    plain: factors as they stand; logits: factors σ(±u); softmax: factors softmax(u)_c; what is left of
    exponentials and their normalisers is e^{Σ exponents} / Π base^power.
    """

    plain: tuple[sp.Expr, ...]
    logits: tuple[SignedLogit, ...] = ()
    softmax: tuple[SoftmaxEntry, ...] = ()
    exponents: tuple[sp.Expr, ...] = ()
    normalisers: tuple[tuple[sp.Expr, int], ...] = ()

    @property
    def is_plain(self) -> bool:
        return not (self.logits or self.softmax or self.normalisers)


class Forms:
    """The recognisers, given `head`: a name's definition (its outermost form), anything else itself."""

    def __init__(self, head: Callable[[sp.Expr], sp.Expr]) -> None:
        self.head = head

    def logit(self, expr: sp.Expr) -> SignedLogit | None:
        """u and its sign where expr is σ(±u) by form."""
        e = self.head(expr)
        if isinstance(e, sigmoid):
            return SignedLogit(e.args[0])
        if isinstance(e, sp.Add):
            return self.complement(e)
        if isinstance(e, sp.Pow | sp.Mul):
            q = self.quotient(e)
            if len(q.logits) == 1 and not (q.plain or q.softmax or q.exponents or q.normalisers):
                return q.logits[0]
        return None

    def complement(self, e: sp.Expr) -> SignedLogit | None:
        """u where e is 1 − σ(±u), which is σ(∓u)."""
        rest = _besides(e, sp.S.One)
        if rest is None:
            return None
        coefficient, factor = rest.as_coeff_Mul()
        found = self.logit(factor) if coefficient == -1 else None
        return found.flipped() if found else None

    def exponent(self, expr: sp.Expr) -> sp.Expr | None:
        e = self.head(expr)
        return e.args[0] if isinstance(e, sp.exp) else None

    def one_plus_exp(self, expr: sp.Expr) -> sp.Expr | None:
        """u where expr is 1 + e^u."""
        rest = _besides(self.head(expr), sp.S.One)
        return None if rest is None else self.exponent(rest)

    def one_minus_exp(self, expr: sp.Expr) -> tuple[int, sp.Expr] | None:
        """(±1, u) where expr is ±(1 − e^u)."""
        for sign in (1, -1):
            rest = _besides(expr, sp.Integer(sign))
            if rest is not None:
                coefficient, factor = rest.as_coeff_Mul()
                u = self.exponent(factor) if coefficient == -sign else None
                if u is not None:
                    return sign, u
        return None

    def sigmoid_difference(self, expr: sp.Expr) -> tuple[SignedLogit, SignedLogit] | None:
        """(a, b) where expr is σ(a) − σ(b)."""
        if not isinstance(expr, sp.Add) or len(expr.args) != 2:
            return None
        found: dict[int, SignedLogit] = {}
        for term in expr.args:
            coefficient, factor = term.as_coeff_Mul()
            logit = self.logit(factor)
            if logit is None or coefficient not in (1, -1):
                return None
            found[int(coefficient)] = logit
        return (found[1], found[-1]) if len(found) == 2 else None

    def is_exponential(self, expr: sp.Expr) -> bool:
        """Whether expr is a sum, over terms or an index, of exponentials with positive constant weights."""
        e = self.head(expr)
        if isinstance(e, sp.exp):
            return True
        if isinstance(e, sp.Add):
            exponential = [self.is_exponential(t) for t in e.args]
            numbers = [t.is_Number and bool(t > 0) for t in e.args]
            return any(exponential) and all(a or b for a, b in zip(exponential, numbers, strict=True))
        if isinstance(e, sp.Sum):
            return self.is_exponential(peel(e)[0])
        if isinstance(e, sp.Mul):
            coefficient, rest = e.as_coeff_Mul()
            return coefficient != 1 and bool(coefficient > 0) and self.is_exponential(rest)
        return False

    def quotient(self, expr: sp.Expr) -> Quotient:
        """The factors of a product (or of a power), with exponentials paired with what normalises them."""
        plain: list[sp.Expr] = []
        exponentials: list[tuple[sp.Expr, sp.Expr]] = []
        normalisers: list[tuple[sp.Expr, int]] = []
        for factor in sp.Mul.make_args(expr):
            u = self.exponent(factor)
            if u is not None:
                exponentials.append((factor, u))
            elif isinstance(factor, sp.Pow) and _is_negative_integer(factor.exp) and self.is_exponential(factor.base):
                normalisers.append((self.head(factor.base), -int(factor.exp)))
            else:
                plain.append(factor)
        if not normalisers:
            return Quotient((*plain, *(factor for factor, _ in exponentials)))
        exponents = [u for _, u in exponentials]
        logits: list[SignedLogit] = []
        softmax: list[SoftmaxEntry] = []
        left: list[tuple[sp.Expr, int]] = []
        for base, power in normalisers:
            u = self.one_plus_exp(base)
            if u is not None and self._pair_logits(u, power, exponents, logits):
                continue
            while power and (entry := self._pair_softmax(base, exponents)):
                softmax.append(entry)
                power -= 1
            if power:
                left.append((base, power))
        return Quotient(tuple(plain), tuple(logits), tuple(softmax), tuple(exponents), tuple(left))

    def _pair_logits(self, u: sp.Expr, power: int, exponents: list[sp.Expr], logits: list[SignedLogit]) -> bool:
        """e^{au} (1 + e^u)^{−p} = σ(u)^a σ(−u)^{p−a}, for 0 ≤ a ≤ p; consumes the exponent."""
        times = 0
        for v in exponents:
            ratio = next((a for a in range(1, power + 1) if v == a * u), 0)
            if ratio:
                times = ratio
                exponents.remove(v)
                break
        else:
            if exponents:
                return False
        logits += [SignedLogit(u)] * times + [SignedLogit(u, -1)] * (power - times)
        return True

    def _pair_softmax(self, base: sp.Expr, exponents: list[sp.Expr]) -> SoftmaxEntry | None:
        """The entry c with u_c among the exponents, for a base Σ_d e^{u_d}; consumes the exponent."""
        if not isinstance(base, sp.Sum) or len(base.limits) != 1:
            return None
        body, d, lower, upper = peel(base)
        argument = self.exponent(body)
        if argument is None:
            return None
        for v in exponents:
            for entry in _candidate_entries(argument, v, d):
                if substitute(argument, {d: entry}) == v:
                    exponents.remove(v)
                    return SoftmaxEntry(argument, d, lower, upper, entry)
        return None


def _besides(e: sp.Expr, term: sp.Expr) -> sp.Expr | None:
    """The other term of a sum of two, of which one is `term`."""
    if not isinstance(e, sp.Add) or len(e.args) != 2 or term not in e.args:
        return None
    return e.args[1] if e.args[0] == term else e.args[0]


def _is_negative_integer(exponent: sp.Expr) -> bool:
    return isinstance(exponent, sp.Integer) and int(exponent) < 0


def _candidate_entries(argument: sp.Expr, value: sp.Expr, d: sp.Symbol) -> Iterator[sp.Expr]:
    """Where argument reads a[…, d + s, …], value may read a[…, t, …]: then d = t − s is worth a try."""
    for pattern in argument.atoms(sp.Indexed):
        for position, index in enumerate(pattern.indices):
            if d in free_symbols(index):
                for found in value.atoms(sp.Indexed):
                    if found.base == pattern.base and len(found.indices) == len(pattern.indices):
                        yield found.indices[position] - (index - d)
