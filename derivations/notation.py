r"""How expressions are shown: as LaTeX, and as one line of text for the terminal.

Both printers write a difference with its positive term first (σ(z) − y, not −y + σ(z)), a leading
1/n before the sum it divides, indices as subscripts, and derivatives as ∂C/∂w_j. What is shown is
the expression that is checked; the printers rearrange commutative terms and nothing else.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, ClassVar

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.printer import Printer
from sympy.printing.repr import ReprPrinter
from sympy.printing.str import StrPrinter

from .functions import Partial, Unknown, sigmoid, softplus

__all__ = ["latex", "srepr", "text"]


class _Remembering(Printer):
    """A printer that prints what occurs in many expressions once; its settings are those of its class."""

    settings: ClassVar[dict[str, Any]] = {}

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if kwargs or not (isinstance(expr, sp.Basic) and expr.args):
            return str(super()._print(expr, **kwargs))
        kind: Any = type(self)
        return _printed(kind, expr)

    def print_anew(self, expr: sp.Basic) -> str:
        """The expression, whatever is remembered of it."""
        return str(super()._print(expr))


@cache
def _printer(kind: Any) -> Any:
    return kind(kind.settings)


@lru_cache(maxsize=20_000, typed=True)
def _printed(kind: Any, expr: sp.Basic) -> str:
    return str(_printer(kind).print_anew(expr))


def _is_as_written(expr: sp.Expr) -> bool:
    """Whether a sum or product was left unevaluated by its author, whose order is then kept."""
    return expr.func(*expr.args).args != expr.args


def _ordered_terms(expr: sp.Add) -> list[sp.Expr]:
    """Positive terms first, numbers before symbols (behind indices: t + 1), simple before long; else as written."""
    if _is_as_written(expr):
        return list(expr.args)
    counts = all(s.is_integer for s in expr.free_symbols)
    return sorted(expr.args, key=lambda a: (_is_negative(a), bool(a.is_number) is counts, *_length(a)))


@lru_cache(maxsize=20_000)
def _length(expr: sp.Expr) -> tuple[int, str]:
    return int(sp.count_ops(expr)), str(expr)


def _is_negative(term: sp.Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


_BIG = (sp.Sum, sp.Product)


def _ordered_factors(factors: list[sp.Expr]) -> list[sp.Expr]:
    """Numbers, scalars and functions, brackets, features, and sums last, so that a sum reaches over its body only."""

    def rank(factor: sp.Expr) -> tuple[int, int, str]:
        base = factor.base if isinstance(factor, sp.Pow) else factor
        if factor.is_number:
            place = 0
        elif isinstance(base, _BIG):
            place = 5
        elif isinstance(base, sp.Add):
            place = 2
        elif isinstance(base, sp.Indexed) and str(base.base.label)[0] in "xX":
            place = 4
        elif isinstance(base, sp.log):
            place = 3
        else:
            place = 1
        return place, *_length(factor)

    return sorted(factors, key=rank)


def _is_reciprocal(factor: sp.Expr) -> bool:
    return bool(isinstance(factor, sp.Pow) and factor.exp.is_number and factor.exp.is_negative)


def _split_fraction(expr: sp.Mul) -> tuple[list[sp.Expr], list[sp.Expr]]:
    """The factors above and below the fraction bar, in the order in which they are shown."""
    top, bottom = [], []
    for factor in expr.args:
        if _is_reciprocal(factor):
            bottom.append(factor.base**-factor.exp)
        elif factor.is_Rational and factor.q != 1:
            bottom.append(sp.Integer(factor.q))
            if factor.p != 1:
                top.append(sp.Integer(factor.p))
        else:
            top.append(factor)
    return _ordered_factors(top), _ordered_factors(bottom)


class _Latex(_Remembering, LatexPrinter):
    settings: ClassVar = {"order": "none", "ln_notation": False}

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        parts: list[str] = []
        for term in _ordered_terms(expr):
            if _is_negative(term):
                parts.append(f"{'- ' if parts else '-'}{self._bracket_sum(-term)}")
            else:
                parts.append(f"+ {self._print(term)}" if parts else self._print(term))
        return " ".join(parts)

    def _bracket_sum(self, term: sp.Expr) -> str:
        shown = self._print(term)
        return rf"\left({shown}\right)" if isinstance(term, sp.Add) else shown

    def _print_Mul(self, expr: sp.Mul) -> str:
        if _is_as_written(expr):
            return self._product(list(expr.args))
        if _is_negative(expr):
            return f"-{self._bracket_sum(-expr)}"
        top, bottom = _split_fraction(expr)
        if not bottom:
            return " ".join(self._factor(f) for f in top)
        sums = [f for f in top if isinstance(f, _BIG)]
        above = [f for f in top if not isinstance(f, _BIG)]
        fraction = rf"\frac{{{self._product(above)}}}{{{self._product(bottom)}}}"
        return " ".join([fraction, *(self._factor(s) for s in sums)])

    def _product(self, factors: list[sp.Expr]) -> str:
        if len(factors) == 1:
            return self._print(factors[0])
        shown = [self._factor(f) for f in factors]
        return " ".join(rf"\cdot {s}" if p and s[0].isdigit() else s for p, s in enumerate(shown)) or "1"

    def _print_Pow(self, expr: sp.Pow) -> str:
        if _is_reciprocal(expr):
            return rf"\frac{{1}}{{{self._print(expr.base**-expr.exp)}}}"
        return super()._print_Pow(expr)

    def _factor(self, factor: sp.Expr) -> str:
        shown = self._print(factor)
        bracketed = isinstance(factor, sp.Add) or shown.startswith("-")
        return rf"\left({shown}\right)" if bracketed else shown

    def _print_Sum(self, expr: sp.Sum) -> str:
        signs = [
            rf"\sum_{{{self._print(k)}={self._print(lo)}}}^{{{self._print(hi)}}}" for k, lo, hi in reversed(expr.limits)
        ]
        return " ".join([*signs, self._factor(expr.function)])

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        subscript = ",".join(self._print(i) for i in expr.indices)
        if all(i.is_Symbol and len(i.name) == 1 for i in expr.indices):
            subscript = "".join(self._print(i) for i in expr.indices)
        return f"{self._print(expr.base.label)}_{{{subscript}}}"

    def _helper_print_standard_power(self, expr: sp.Pow, template: str) -> str:
        shown: str = super()._helper_print_standard_power(expr, template)
        if (
            isinstance(expr.base, sp.Indexed) and "^" in expr.base.base.label.name
        ):  # a^{l}_j squared: not two superscripts
            base = self._print(expr.base)
            return shown.replace(base, rf"\left({base}\right)", 1)
        return shown

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta, exp: str | None = None) -> str:
        a, b = (self._print(a) for a in expr.args[:2])
        comma = "" if all(i.is_Symbol and len(i.name) == 1 for i in expr.args[:2]) else ","
        shown = rf"\delta_{{{a}{comma}{b}}}"
        return rf"{shown}^{{{exp}}}" if exp else shown

    def _print_Limit(self, expr: sp.Limit) -> str:
        f, z, at = expr.args[:3]
        return rf"\lim_{{{self._print(z)} \to {self._print(at)}}} {self._factor(f)}"


def latex(expr: sp.Expr) -> str:
    r"""The expression as LaTeX.

    >>> z, y = sp.symbols("z y", real=True)
    >>> print(latex(sigmoid(z) - y))
    \sigma\left(z\right) - y
    """
    return str(_printer(_Latex).doprint(expr))


class _Text(_Remembering, StrPrinter):
    settings: ClassVar = {"order": "none"}
    printmethod = "_gradproof_text"  # not SymPy's own str of Indexed and of our functions

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        parts: list[str] = []
        for term in _ordered_terms(expr):
            if _is_negative(term):
                shown = self._term(-term)
                parts.append(f"− {shown}" if parts else f"−{shown}")
            else:
                parts.append(f"+ {self._print(term)}" if parts else self._print(term))
        return " ".join(parts)

    def _print_Mul(self, expr: sp.Mul) -> str:
        if _is_as_written(expr):
            return "·".join(self._written(f, position) for position, f in enumerate(expr.args))
        if _is_negative(expr):
            return f"−{self._term(-expr)}"
        top, bottom = _split_fraction(expr)
        if not bottom:
            return "·".join(self._factor(f) for f in top)
        below = self._atom(bottom[0]) if len(bottom) == 1 else f"({'·'.join(self._factor(f) for f in bottom)})"
        sums = [f for f in top if isinstance(f, _BIG)]
        above = "·".join(self._factor(f) for f in top if not isinstance(f, _BIG)) or "1"
        fraction = f"{above}/{below}"
        return f"({fraction})·{'·'.join(self._factor(s) for s in sums)}" if sums else fraction

    def _written(self, factor: sp.Expr, position: int) -> str:
        shown = self._print(factor)
        quotient = "/" in shown and isinstance(factor, sp.Mul | sp.Pow)
        if position and (shown.startswith("−") or quotient):
            return f"({shown})"
        return self._factor(factor)

    def _term(self, term: sp.Expr) -> str:
        return self.parenthesize(term, PRECEDENCE["Add"])

    def _atom(self, factor: sp.Expr) -> str:
        if isinstance(factor, sp.Sum | sp.Product | sp.exp | Partial):
            return f"({self._print(factor)})"
        return self.parenthesize(factor, PRECEDENCE["Atom"], strict=True)

    def _factor(self, factor: sp.Expr) -> str:
        return self.parenthesize(factor, PRECEDENCE["Mul"], strict=True)

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, exponent = expr.args
        if exponent == sp.Rational(1, 2):
            return f"√({self._print(base)})"
        if _is_reciprocal(expr):
            return f"1/{self._atom(base**-exponent)}"
        shown = self._atom(base)
        if exponent.is_Integer:
            return shown + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in str(exponent))
        above = self._print(exponent)
        return f"{shown}^{above}" if above.isalnum() else f"{shown}^{{{above}}}"

    def _print_Sum(self, expr: sp.Sum) -> str:
        signs = [f"Σ_{{{self._print(k)}={self._print(lo)}..{self._print(hi)}}}" for k, lo, hi in reversed(expr.limits)]
        return " ".join([*signs, self._factor(expr.function)])

    def _print_Product(self, expr: sp.Product) -> str:
        return self._print_Sum(expr).replace("Σ", "∏", len(expr.limits))

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        separator = "" if all(i.is_Symbol and len(i.name) == 1 for i in expr.indices) else ","
        subscript = separator.join(self._print(i) for i in expr.indices)
        name = self._print(expr.base.label)
        return f"{name}_{subscript}" if len(subscript) == 1 else f"{name}_{{{subscript}}}"

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return _GREEK.get(expr.name.lstrip("\\"), expr.name)

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta) -> str:
        a, b = (self._print(a) for a in expr.args[:2])
        return f"δ_{{{a}{b}}}" if len(a) == len(b) == 1 else f"δ_{{{a},{b}}}"

    def _print_Partial(self, expr: Partial) -> str:
        f, v = expr.args
        if isinstance(f, Partial):
            return f"∂²{self._print(f.args[0])}/∂{self._print(v)}∂{self._print(f.args[1])}"
        shown = self._print(f)
        shown = shown if isinstance(f, sp.Symbol | sp.Indexed) else f"({shown})"
        return f"∂{shown}/∂{self._print(v)}"

    def _print_Unknown(self, expr: Unknown) -> str:
        return f"{self._print(expr.args[0])}({self._print(expr.args[2])}, …)"

    def _print_Limit(self, expr: sp.Limit) -> str:
        f, z, at = expr.args[:3]
        return f"lim_{{{self._print(z)} → {self._print(at)}}} {self._factor(f)}"

    def _print_Pi(self, expr: sp.Expr) -> str:
        return "π"

    def _print_Infinity(self, expr: sp.Expr) -> str:
        return "∞"

    def _print_NegativeInfinity(self, expr: sp.Expr) -> str:
        return "−∞"

    def _print_Function(self, expr: sp.Function) -> str:
        name = _NAMES.get(type(expr), type(expr).__name__)
        return f"{name}({', '.join(self._print(a) for a in expr.args)})"

    def _print_sigmoid(self, expr: sp.Expr) -> str:
        return self._print_Function(expr)

    def _print_exp(self, expr: sp.Expr) -> str:
        argument = self._print(expr.args[0])
        return f"e^{argument}" if len(argument) <= 2 and argument.isalnum() else f"e^{{{argument}}}"

    def _print_Abs(self, expr: sp.Expr) -> str:
        return f"|{self._print(expr.args[0])}|"

    def _print_Rational(self, expr: sp.Rational) -> str:
        return f"{expr.p}/{expr.q}".replace("-", "−")

    def _print_Integer(self, expr: sp.Integer) -> str:
        return str(int(expr)).replace("-", "−")


_NAMES: dict[type, str] = {sigmoid: "σ", softplus: "softplus"}

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "theta": "θ",
    "lambda": "λ", "mu": "μ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "omega": "ω",
}  # fmt: skip


def text(expr: sp.Expr) -> str:
    """The expression as one line of text.

    >>> z, y = sp.symbols("z y", real=True)
    >>> text(sigmoid(z) - y)
    'σ(z) − y'
    """
    return str(_printer(_Text).doprint(expr))


class _Srepr(_Remembering, ReprPrinter):
    pass


def srepr(expr: sp.Expr) -> str:
    """What `sympy.srepr` gives, with subexpressions printed once.

    >>> srepr(sp.Symbol("z") + 1)
    "Add(Symbol('z'), Integer(1))"
    """
    return str(_printer(_Srepr).doprint(expr))
