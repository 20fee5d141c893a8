"""The functions of this field as SymPy functions, each with its derivative and its definition.

A loss is written over `sigmoid`, `softplus`, SymPy's `log`, `exp`, `tanh`, `Abs`, `Max`, and over
indexed symbols. `Partial` is a derivative that is *stated*, not taken: it prints as ∂C/∂w_j and is
taken only by `derivations.indexed`, which knows about bound indices (SymPy's `Derivative` does not).

Every function here is defined by exp and log of its argument (`definition`), which is what the zero
test uses; its derivative (`fdiff`) is checked against that definition by the suite.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.function import ArgumentIndexError

__all__ = ["FUNCTIONS", "Partial", "Unknown", "sigmoid", "softplus"]


class sigmoid(sp.Function):
    r"""The logistic function σ(z) = 1/(1 + e^{−z}), for every real z; its values lie in (0, 1).

    >>> z = sp.Symbol("z", real=True)
    >>> sigmoid(z).fdiff()
    (1 - sigmoid(z))*sigmoid(z)
    """

    nargs = 1

    @classmethod
    def eval(cls, z: sp.Expr) -> sp.Expr | None:
        return sp.Rational(1, 2) if z.is_zero else None

    @staticmethod
    def definition(z: sp.Expr) -> sp.Expr:
        return 1 / (1 + sp.exp(-z))

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return self * (1 - self)

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_real

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\sigma{power}\left({printer._print(self.args[0])}\right)"

    def _sympystr(self, printer: Any) -> str:
        return f"sigmoid({printer._print(self.args[0])})"


class softplus(sp.Function):
    r"""softplus(z) = log(1 + e^z) = −log σ(−z), for every real z; its derivative is σ(z).

    >>> softplus(sp.Symbol("z", real=True)).fdiff()
    sigmoid(z)
    """

    nargs = 1

    @staticmethod
    def definition(z: sp.Expr) -> sp.Expr:
        return sp.log(1 + sp.exp(z))

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return sigmoid(self.args[0])

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_positive(self) -> bool | None:
        return self.args[0].is_real

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\operatorname{{softplus}}{power}\left({printer._print(self.args[0])}\right)"


FUNCTIONS: dict[type[sp.Function], Any] = {sigmoid: sigmoid.definition, softplus: softplus.definition}
"""The functions that the zero test rewrites by their definition through exp and log."""


class Partial(sp.Expr):
    r"""∂f/∂v as stated: `Partial(f, v)`, with v a symbol or an indexed symbol; not evaluated.

    f may be a defined name (C, p[i]); the derivative is the total one through all definitions of a
    statement down to v, with v itself held as an independent variable (`statement.resolve`).
    """

    def __new__(cls, f: Any, *variables: Any) -> sp.Expr:
        f = sp.sympify(f, strict=True)
        for v in variables:
            if not isinstance(v, sp.Symbol | sp.Indexed):
                raise TypeError(f"Partial: {v} is not a symbol or an indexed symbol; name the quantity first")
            f = sp.Expr.__new__(cls, f, v)
        return f

    @property
    def function(self) -> sp.Expr:
        return self.args[0]

    @property
    def variable(self) -> sp.Expr:
        return self.args[1]

    def _eval_is_commutative(self) -> bool:
        return True

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        f, v = self.args
        if isinstance(f, Partial):
            top, bottom = f.args[0], [v, f.args[1]]
            order = "^2"
        else:
            top, bottom, order = f, [v], ""
        below = " ".join(rf"\partial {printer._print(u)}" for u in bottom)
        if isinstance(top, sp.Symbol | sp.Indexed):
            text = rf"\frac{{\partial{order} {printer._print(top)}}}{{{below}}}"
        else:
            text = rf"\frac{{\partial{order}}}{{{below}}} \left({printer._print(top)}\right)"
        return rf"\left({text}\right)^{{{exp}}}" if exp else text


class Unknown(sp.Expr):
    r"""A differentiable function of which nothing is known, of a whole family of arguments.

    `Unknown(C, z[k], (k, 1, K))` is C(z_1, …, z_K). Its derivative by anything is Σ_k δ_k ∂z_k/∂·, where
    the partial derivatives δ_k = ∂C/∂z_k are independent atoms `derivative[k]`: the multivariate chain
    rule (Rudin, Principles of Mathematical Analysis, theorem 9.15).
    """

    def __new__(cls, name: sp.Symbol, derivative: sp.IndexedBase, argument: sp.Expr, limits: Any) -> Unknown:
        return sp.Expr.__new__(cls, name, derivative, argument, sp.Tuple(*limits))

    def _eval_is_real(self) -> bool:
        return True

    def _latex(self, printer: Any) -> str:
        name, _, argument, (k, _, upper) = self.args
        first = printer._print(argument.xreplace({k: sp.Integer(1)}))
        last = printer._print(argument.xreplace({k: upper}))
        return rf"{printer._print(name)}\left({first}, \ldots, {last}\right)"
