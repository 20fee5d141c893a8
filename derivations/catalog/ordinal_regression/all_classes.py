r"""Ordinal regression: proportional odds over K ordered classes (McCullagh 1980).

    η = Σ_k w_k x_k,   γ_t = P(class ≤ t) = σ(θ_t − η),   θ_1 < … < θ_{K−1}
    p = Y_K + Σ_{t=1}^{K−1} (Y_t − Y_{t+1}) γ_t,   C = −log p

One formula gives the probability p of the observed class: γ_1 for the first class, γ_c − γ_{c−1} between,
1 − γ_{K−1} for the last. Its logarithm can't be computed as it stands (σ(51) − σ(50) is 0 in floating
point); log-diff-exp turns the loss into a sum of terms that can,

    C = Σ_t (Y_t softplus(η − θ_t) + Y_{t+1} softplus(θ_t − η)) − Σ_{c=2}^{K−1} Y_c log(1 − e^{−(θ_c − θ_{c−1})})

and its derivatives have no difference of probabilities left. Each stable form is proved equal, class by
class. What happens in one class, over scalars, is in `classes`.

Left out: other links (probit), slopes that differ between classes, and a parametrisation that keeps θ
increasing while it is trained.
"""

from __future__ import annotations

import sympy as sp

from ...domain import Domain
from ...functions import Partial, sigmoid, softplus
from ...statement import Definition, Derivation, Statement, Step, index, size, variable

__all__ = ["DERIVATIONS", "MEAN", "SAMPLE"]

n, m, K = size("n"), size("m"), size("K")
i, j, k, t, s, c = (index(name) for name in "ijktsc")
delta = sp.KroneckerDelta
C = sp.Symbol("C", real=True)

w = variable("w", m, role="weight")
theta = variable("theta", K - 1, role="threshold", domain=Domain.INCREASING)

_SOURCE = "McCullagh, Regression Models for Ordinal Data, J. R. Statist. Soc. B 42 (1980), section 2"


class _Model:
    """The names of one statement: of one sample (`row` empty) or of sample i among n (`row` = (i,)).

    x(k), Y(c), gamma(t): a feature, a label, a cumulative probability; eta, p: score and probability.
    """

    def __init__(self, row: tuple[sp.Symbol, ...]):
        self.row = row
        axes = (n,) if row else ()
        self.features = variable("x", *axes, m, role="feature")
        self.labels = variable("Y", *axes, K, role="label", domain=Domain.ONE_HOT)
        self.eta, self.p = self._name("eta"), self._name("p")
        self._gamma = sp.IndexedBase(sp.Symbol("gamma", real=True))

    def _name(self, name: str) -> sp.Expr:
        symbol = sp.Symbol(name, real=True)
        return sp.IndexedBase(symbol)[self.row] if self.row else symbol

    def x(self, k: sp.Expr) -> sp.Expr:
        return self.features[(*self.row, k)]

    def Y(self, c: sp.Expr) -> sp.Expr:
        return self.labels[(*self.row, c)]

    def gamma(self, t: sp.Expr) -> sp.Expr:
        return self._gamma[(*self.row, t)]

    def mean(self, term: sp.Expr) -> sp.Expr:
        """The mean over samples of a term of one sample; the term itself where there is only one."""
        return sp.Sum(term, (i, 1, n)) / n if self.row else term

    @property
    def share(self) -> sp.Expr:
        """The weight of one sample in the loss."""
        return 1 / n if self.row else sp.S.One

    def statement(self, name: str, title: str) -> Statement:
        return Statement(
            name=name,
            family="ordinal_regression",
            title=title,
            source=_SOURCE,
            variables=(self.features, self.labels, w, theta),
            ranges=(*((r, 1, n) for r in self.row), (j, 1, m), (t, 1, K - 1)),
            minimum=((K, 2),),
            positive=(self.p,),
            definitions=(
                Definition(self.eta, sp.Sum(self.x(k) * w[k], (k, 1, m)), "score"),
                Definition(self.gamma(t), sigmoid(theta[t] - self.eta), "cumulative probability"),
                Definition(
                    self.p,
                    self.Y(K) + sp.Sum((self.Y(t) - self.Y(t + 1)) * self.gamma(t), (t, 1, K - 1)),
                    "probability of the observed class",
                ),
                Definition(C, -self.mean(sp.log(self.p)), "loss"),
            ),
            convention=f"{'mean over samples' if self.row else 'one sample'}, natural logarithm, no bias (θ plays it)",
        )

    def stable_by_eta(self) -> sp.Expr:
        """dC/dη of one sample: σ(η − θ_t) of the observed class from above, σ(θ_t − η) from below."""
        above = self.Y(s) * sigmoid(self.eta - theta[s])
        below = self.Y(s + 1) * sigmoid(theta[s] - self.eta)
        return sp.Sum(above - below, (s, 1, K - 1))

    def stable_by_theta(self) -> sp.Expr:
        """dC/dθ_t of one sample; the gap θ_c − θ_{c−1} moves with θ_t for t = c and t = c − 1."""
        outer = self.Y(t + 1) * sigmoid(theta[t] - self.eta) - self.Y(t) * sigmoid(self.eta - theta[t])
        gap = theta[c] - theta[c - 1]
        inner = (delta(c, t) - delta(c - 1, t)) * self.Y(c) * sp.exp(-gap) / (1 - sp.exp(-gap))
        return outer - sp.Sum(inner, (c, 2, K - 1))

    def stable_loss(self) -> sp.Expr:
        """−log p of one sample, by log-diff-exp."""
        above = self.Y(t) * softplus(self.eta - theta[t])
        below = self.Y(t + 1) * softplus(theta[t] - self.eta)
        gap = theta[c] - theta[c - 1]
        return sp.Sum(above + below, (t, 1, K - 1)) - sp.Sum(self.Y(c) * sp.log(1 - sp.exp(-gap)), (c, 2, K - 1))


def _derivations(prefix: str, statement: Statement, o: _Model) -> tuple[Derivation, ...]:
    """Every claim of one statement: probability, loss, and the gradient by η, w and θ."""
    gamma, p, eta, Y = o.gamma, o.p, o.eta, o.Y
    by_eta = 1 - Y(K) - sp.Sum((Y(s) + Y(s + 1)) * gamma(s), (s, 1, K - 1))
    probability = Derivation(
        f"{prefix}.probability",
        statement,
        "One formula for the probability of the observed class: first, between, last",
        Y(1) * gamma(1) + sp.Sum(Y(c) * (gamma(c) - gamma(c - 1)), (c, 2, K - 1)) + Y(K) * (1 - gamma(K - 1)),
        (
            Step(
                Y(K) + sp.Sum(Y(s) * gamma(s), (s, 1, K - 1)) - sp.Sum(Y(s + 1) * gamma(s), (s, 1, K - 1)),
                "summation_by_parts",
                "each γ_t occurs in class t with + and in class t + 1 with −",
            ),
            Step(p, "definition"),
        ),
    )
    one_class = (
        Y(1) * sp.log(sigmoid(theta[1] - eta))
        + sp.Sum(
            Y(c) * sp.log(sigmoid(theta[c] - eta) - sigmoid(theta[c - 1] - eta)),
            (c, 2, K - 1),
        )
        + Y(K) * sp.log(1 - sigmoid(theta[K - 1] - eta))
    )
    split = (
        Y(1) * sp.log(sigmoid(theta[1] - eta))
        + sp.Sum(
            Y(c)
            * (
                sp.log(sigmoid(theta[c] - eta))
                + sp.log(sigmoid(eta - theta[c - 1]))
                + sp.log(1 - sp.exp(-(theta[c] - theta[c - 1])))
            ),
            (c, 2, K - 1),
        )
        + Y(K) * sp.log(sigmoid(eta - theta[K - 1]))
    )
    loss = Derivation(
        f"{prefix}.loss",
        statement,
        "The loss without a difference of probabilities",
        C,
        (
            Step(-o.mean(sp.log(p)), "definition"),
            Step(-o.mean(one_class), "label_cases", "the observed class is the only one with Y_c = 1"),
            Step(-o.mean(split), "log_diff_exp", "1 − σ(z) = σ(−z) for the last class"),
            Step(o.mean(o.stable_loss()), "softplus", "−log σ(z) = softplus(−z), collected by threshold"),
        ),
    )
    gradient_eta = Derivation(
        f"{prefix}.eta",
        statement,
        "Gradient by the score η",
        Partial(C, eta),
        (
            Step(-o.share / p * Partial(p, eta), "log_derivative"),
            Step(
                -o.share / p * sp.Sum((Y(s) - Y(s + 1)) * Partial(gamma(s), eta), (s, 1, K - 1)),
                "linearity",
            ),
            Step(
                o.share / p * sp.Sum((Y(s) - Y(s + 1)) * gamma(s) * (1 - gamma(s)), (s, 1, K - 1)),
                "sigmoid_derivative",
                "∂(θ_t − η)/∂η = −1",
            ),
            Step(o.share * by_eta, "label_cases", "u(1 − u) − l(1 − l) = (u − l)(1 − u − l) cancels p = u − l"),
        ),
        stable=o.share * o.stable_by_eta(),
    )
    x_j = o.x(j)
    gradient_w = Derivation(
        f"{prefix}.w",
        statement,
        "Gradient by a weight",
        Partial(C, w[j]),
        (
            Step(
                sp.Sum(Partial(C, eta) * Partial(eta, w[j]), (i, 1, n))
                if o.row
                else Partial(C, eta) * Partial(eta, w[j]),
                "chain_rule",
            ),
            Step(o.mean(by_eta * Partial(eta, w[j])), "label_cases", "the gradient by η found before"),
            Step(o.mean(by_eta * sp.Sum(delta(k, j) * o.x(k), (k, 1, m))), "linear_form"),
            Step(o.mean(by_eta * x_j), "delta"),
        ),
        stable=o.mean(o.stable_by_eta() * x_j),
    )
    gradient_theta = Derivation(
        f"{prefix}.theta",
        statement,
        "Gradient by a threshold",
        Partial(C, theta[t]),
        (
            Step(-o.mean(1 / p * Partial(p, theta[t])), "log_derivative"),
            Step(
                -o.mean(1 / p * sp.Sum((Y(s) - Y(s + 1)) * Partial(gamma(s), theta[t]), (s, 1, K - 1))),
                "linearity",
            ),
            Step(
                -o.mean(1 / p * sp.Sum((Y(s) - Y(s + 1)) * gamma(s) * (1 - gamma(s)) * delta(s, t), (s, 1, K - 1))),
                "sigmoid_derivative",
                "γ_s depends on θ_t only for s = t",
            ),
            Step(-o.mean((Y(t) - Y(t + 1)) * gamma(t) * (1 - gamma(t)) / p), "delta"),
        ),
        stable=o.mean(o.stable_by_theta()),
    )
    return probability, loss, gradient_eta, gradient_w, gradient_theta


_one, _many = _Model(()), _Model((i,))

SAMPLE = _one.statement("ordinal_regression.sample", "Proportional odds, one sample")
"""C(w, θ) for one sample."""

MEAN = _many.statement("ordinal_regression", "Proportional odds, mean over n samples")
"""C(w, θ), the mean over n samples."""

DERIVATIONS: tuple[Derivation, ...] = (
    *_derivations("ordinal_regression.sample", SAMPLE, _one),
    *_derivations("ordinal_regression", MEAN, _many),
)
"""Probability, loss and gradient, one sample and the mean."""
