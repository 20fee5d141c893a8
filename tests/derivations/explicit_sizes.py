"""An evaluator that shares nothing with the calculus under test: sums written out, derivatives by dual numbers.

`value(expr, point)` walks an indexed expression at concrete sizes in floating point. Seeded at one entry
of one array (or of one defined name), it carries ∂/∂(that entry) along (forward differentiation), so
`slope` is an independent derivative. `expressions()` draws random indexed expressions: nested and partial
sums, shadowed, shifted and repeated indices, δ, products of sums, σ, softmax, logarithms, powers, |·|.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp
from hypothesis import strategies as st

from derivations.domain import Domain
from derivations.functions import sigmoid, softplus
from derivations.indexed import substitute
from derivations.ranges import Ranges
from derivations.statement import Definition, Variable, index, scalar, size, variable
from derivations.zero_test import Context

n, m, K = size("n"), size("m"), size("K")
g, h = index("g"), index("h")  # free indices over samples and over features
NAMES = [index(name) for name in ("i", "j", "k")]  # few, so that sums shadow one another

x = variable("x", n, m, role="feature")
s = variable("s", n, n, role="feature")
a = variable("a", n, role="feature")
w = variable("w", m, role="weight")
q = variable("q", n, role="feature", domain=Domain.POSITIVE)
p = variable("p", n, role="prediction", domain=Domain.UNIT)
y = variable("y", n, role="label", domain=Domain.BINARY)
t = variable("t", n, K, role="label", domain=Domain.ONE_HOT)
z = variable("z", n, K, role="logit")
r = variable("r", n, role="label", domain=Domain.SIGNS)
u, v = scalar("u", role="weight"), scalar("v", role="bias")
VARIABLES: tuple[Variable, ...] = (x, s, a, w, q, p, y, t, z, r, u, v)

RANGES = Ranges(minimum={K: 2}).with_index(g, 1, n).with_index(h, 1, m)
CONTEXT = Context(RANGES, {var.label: (var.domain, var.axes) for var in VARIABLES})


@dataclass(frozen=True)
class Dual:
    """A number with its derivative by the seed."""

    value: float
    slope: float = 0.0

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.slope * other.value + self.value * other.slope)

    def chain(self, value: float, derivative: float) -> Dual:
        return Dual(value, derivative * self.slope)


class Undefined(ValueError):
    """No real value here, or one at a kink, where no derivative is claimed."""


@dataclass
class Place:
    """Sizes and free indices, entries of arrays, definitions, and the seed (label, indices) of the derivative."""

    integers: dict[sp.Symbol, int]
    arrays: Mapping[object, Mapping[tuple[int, ...], float]]
    seed: tuple[object, tuple[int, ...]] | None = None
    definitions: dict[object, Definition] = field(default_factory=dict)


def place(rng: random.Random, sizes: tuple[int, int, int], seed: tuple[object, tuple[int, ...]] | None = None) -> Place:
    """A random point with n, m, K as given; entries are random floats, which no kink or pole meets."""
    numbers = dict(zip((n, m, K), sizes, strict=True))
    arrays = {}
    for var in VARIABLES:
        shape = tuple(numbers[axis] for axis in var.axes)
        array = {k: float(value) for k, value in var.domain.sample(rng, shape).items()}
        if var.domain is Domain.REAL:
            array = {k: rng.uniform(-1.5, 1.5) for k in array}
        elif var.domain in (Domain.POSITIVE, Domain.UNIT):
            array = {k: rng.uniform(0.1, 0.9) for k in array}
        arrays[var.label] = array
    integers = {**numbers, g: rng.randint(1, numbers[n]), h: rng.randint(1, numbers[m])}
    return Place(integers, arrays, seed)


def whole(e: sp.Expr, integers: Mapping[sp.Symbol, int]) -> int:
    found = e.xreplace({symbol: sp.Integer(k) for symbol, k in integers.items()})
    assert found.is_Integer, f"{e} is no index here"
    return int(found)


def value(e: sp.Expr, at: Place) -> Dual:
    """The value of an expression with its derivative by the seed."""
    if isinstance(e, sp.Rational):
        return Dual(float(e))
    if isinstance(e, sp.NumberSymbol):
        return Dual(float(e))
    if e in (sp.zoo, sp.nan):
        raise Undefined
    if isinstance(e, sp.Symbol):
        if e in at.integers:
            return Dual(float(at.integers[e]))
        return _entry(e, (), at)
    if isinstance(e, sp.Indexed):
        return _entry(e.base.label, tuple(whole(k, at.integers) for k in e.indices), at)
    if isinstance(e, sp.KroneckerDelta):
        left, right = (whole(k, at.integers) for k in e.args[:2])
        return Dual(float(left == right))
    if isinstance(e, sp.Sum | sp.Product):
        return _over(e, list(e.limits), at)
    if isinstance(e, sp.Add):
        total = Dual(0.0)
        for term in e.args:
            total = total + value(term, at)
        return total
    if isinstance(e, sp.Mul):
        deltas = [f for f in e.args if isinstance(f, sp.KroneckerDelta)]
        if any(value(f, at).value == 0 for f in deltas):
            return Dual(0.0)
        product = Dual(1.0)
        for factor in e.args:
            product = product * value(factor, at)
        return product
    if isinstance(e, sp.Pow):
        return _power(value(e.base, at), value(e.exp, at))
    if e.func not in _FUNCTIONS:
        raise AssertionError(f"the test evaluator does not know {e.func}")
    return _FUNCTIONS[e.func](*(value(b, at) for b in e.args))


def _entry(label: object, indices: tuple[int, ...], at: Place) -> Dual:
    if at.seed == (label, indices):
        slope = 1.0
    else:
        slope = 0.0
    defined = at.definitions.get(label)
    if defined is not None:
        own = tuple(defined.target.indices) if isinstance(defined.target, sp.Indexed) else ()
        inner = Place({**at.integers, **dict(zip(own, indices, strict=True))}, at.arrays, at.seed, at.definitions)
        found = value(defined.value, inner)
        held = at.seed is not None and at.seed[0] == label  # the name is an independent variable here
        return Dual(found.value, slope) if held else found
    return Dual(at.arrays[label][indices], slope)


def _over(e: sp.Sum | sp.Product, limits: list[sp.Tuple], at: Place) -> Dual:
    if not limits:
        return value(e.function, at)
    k, lower, upper = limits[-1]
    total = Dual(0.0) if isinstance(e, sp.Sum) else Dual(1.0)
    for number in range(whole(lower, at.integers), whole(upper, at.integers) + 1):
        inner = Place({**at.integers, k: number}, at.arrays, at.seed, at.definitions)
        term = _over(e, limits[:-1], inner)
        total = total + term if isinstance(e, sp.Sum) else total * term
    return total


def _power(base: Dual, exponent: Dual) -> Dual:
    b, e = base.value, exponent.value
    if e == round(e) and exponent.slope == 0:
        if e < 0 and b == 0:
            raise Undefined
        return base.chain(b**e, e * b ** (e - 1) if e and (b or e >= 1) else 0.0)
    if b <= 0:
        raise Undefined
    return Dual(b**e, b**e * (exponent.slope * math.log(b) + e * base.slope / b))


def _log(b: Dual) -> Dual:
    if b.value <= 0:
        raise Undefined
    return b.chain(math.log(b.value), 1 / b.value)


def _sigmoid(b: Dual) -> Dual:
    f = 1 / (1 + math.exp(-b.value))
    return b.chain(f, f * (1 - f))


def _abs(b: Dual) -> Dual:
    if b.value == 0 and b.slope:
        raise Undefined
    return b.chain(abs(b.value), math.copysign(1, b.value) if b.value else 0.0)


def _sign(b: Dual) -> Dual:
    if b.value == 0:
        raise Undefined
    return Dual(math.copysign(1, b.value))


def _exp(b: Dual) -> Dual:
    if b.value > 50:
        raise Undefined
    return b.chain(math.exp(b.value), math.exp(b.value))


_FUNCTIONS = {
    sp.exp: _exp,
    sp.log: _log,
    sp.tanh: lambda b: b.chain(math.tanh(b.value), 1 - math.tanh(b.value) ** 2),
    sigmoid: _sigmoid,
    softplus: lambda b: b.chain(math.log1p(math.exp(b.value)), 1 / (1 + math.exp(-b.value))),
    sp.Abs: _abs,
    sp.sign: _sign,
    sp.Max: lambda *args: max(args, key=lambda b: b.value),
}


def same(left: float, right: float, tolerance: float = 1e-7) -> bool:
    """Equal to rounding; sums that cancel have terms of size about 1 here."""
    return abs(left - right) <= tolerance * (1 + abs(left) + abs(right))


Scope = dict[sp.Symbol, sp.Expr]  # index → the size of the axis that it may index


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3, scope: Scope | None = None, labels: bool = True) -> sp.Expr:
    """A random expression over the arrays above, defined at every point; free indices g and h."""
    scope = {g: n, h: m} if scope is None else scope
    if depth == 0:
        return draw(_leaves(scope, labels))
    kind = draw(st.sampled_from(_KINDS))
    below = expressions(depth - 1, scope, labels)
    if kind == "add":
        return draw(below) + draw(below)
    if kind == "subtract":
        return draw(below) - draw(below)
    if kind == "mul":
        return draw(below) * draw(below)
    if kind == "square":
        return draw(below) ** draw(st.sampled_from([2, 3]))
    if kind == "sum":
        upper, shift = draw(st.sampled_from([(n, 0), (m, 0), (K, 0), (n, 1)]))
        k = draw(st.sampled_from(NAMES))
        inner = expressions(depth - 1, {**scope, k: upper}, labels)
        body = draw(inner)
        if shift:  # Σ_{k=1..n−1} of a difference of neighbours
            body = body * (a[k + 1] - draw(st.sampled_from([a[k], q[k]])))
        first = draw(st.sampled_from([1, 1, 0, -1, 2]))  # the same terms, counted from elsewhere
        body = substitute(body, {k: k + 1 - first}) * draw(st.sampled_from(_of_number(k, first)))
        return sp.Sum(body, (k, first, upper - shift + first - 1))
    if kind == "delta":
        upper = draw(st.sampled_from([n, m]))
        k = draw(st.sampled_from(NAMES))
        others = [symbol for symbol, axis in scope.items() if axis == upper and symbol != k]
        body = draw(expressions(depth - 1, {**scope, k: upper}, labels))
        target = draw(st.sampled_from([*others, sp.Integer(1), upper]))
        return sp.Sum(body * sp.KroneckerDelta(k, target), (k, 1, upper))
    if kind == "softmax":
        k = draw(st.sampled_from(NAMES))
        row = draw(
            st.sampled_from([*(symbol for symbol, axis in scope.items() if axis == n and symbol != k), sp.Integer(1)])
        )
        column = draw(st.sampled_from([*(symbol for symbol, axis in scope.items() if axis == K), sp.Integer(1), K]))
        return sp.exp(z[row, column]) / sp.Sum(sp.exp(z[row, k]), (k, 1, K))
    if kind == "product":
        k = draw(st.sampled_from(NAMES))
        return sp.Product(1 + draw(expressions(depth - 1, {**scope, k: n}, labels)) ** 2 / 2, (k, 1, n))
    inside = draw(below)
    return {
        "sigmoid": lambda: sigmoid(inside / 2),
        "tanh": lambda: sp.tanh(inside / 2),
        "softplus": lambda: softplus(sp.tanh(inside)),
        "exp": lambda: sp.exp(sp.tanh(inside)),
        "log": lambda: sp.log(1 + inside**2),
        "root": lambda: sp.sqrt(1 + inside**2),
        "reciprocal": lambda: 1 / (1 + inside**2),
        "abs": lambda: sp.Abs(inside),
        "power": lambda: (1 + inside**2) ** draw(_leaves(scope, False)),
    }[kind]()


def _of_number(k: sp.Symbol, first: int) -> list[sp.Expr]:
    """Factors that depend on the value of an index, which SymPy evaluates by what it assumes of the symbol."""
    return [sp.S.One, sp.S.One, k, sp.Abs(k), sp.Max(0, k), sp.KroneckerDelta(k, first), sp.KroneckerDelta(k, 0)]


_KINDS = [
    *["add", "subtract", "mul", "mul", "sum", "sum", "sum", "delta", "delta", "softmax", "square"],
    *["product", "sigmoid", "tanh", "softplus", "exp", "log", "root", "reciprocal", "abs", "power"],
]


@st.composite
def _leaves(draw: st.DrawFn, scope: Scope, labels: bool) -> sp.Expr:
    def over(axis: sp.Expr) -> list[sp.Expr]:
        return [symbol for symbol, upper in scope.items() if upper == axis]

    samples, features, classes = over(n), over(m), over(K)
    choices: list[sp.Expr] = [u(), v(), sp.Integer(1), sp.Integer(2), sp.Rational(1, 2), a[1], w[m]]
    choices += [array[k] for k in samples for array in (a, q, p)] * 2
    choices += [w[k] for k in features] * 2
    choices += [x[i, k] for i in samples for k in features]
    choices += [s[i, k] for i in samples for k in samples]
    choices += [z[i, c] for i in samples for c in classes]
    if labels:
        choices += [array[k] for k in samples for array in (y, r)]
        choices += [t[i, c] for i in samples for c in classes]
    return draw(st.sampled_from(choices))
