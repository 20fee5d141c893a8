"""Inputs that nobody writes in good faith, and the formulas that a random author of this field would write."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

AFTER = "\n\nAfterwards: $a = 1$ and\n\n$$\\frac{d}{dz} \\sigma(z) = \\sigma(z) (1 - \\sigma(z))$$\n"
"""What must still be checked behind a hostile formula: its last relation is proved."""

FORMULAS: dict[str, str] = {
    "unbalanced braces": r"$$\frac{1}{2 = x_{3$$",
    "more closing than opening": r"$$x}} = }2{$$",
    "nested braces": "$$" + "{" * 10_000 + "x" + "}" * 10_000 + " = 1$$",
    "nested brackets": "$$" + "(" * 10_000 + "x" + ")" * 10_000 + " = 1$$",
    "nested fractions": "$$" + r"\frac{1}{1 + " * 2_000 + "x" + "}" * 2_000 + " = 1$$",
    "open braces": "$$" + "{" * 10_000 + " = 1$$",
    "a macro that defines itself": "\\newcommand{\\a}{\\a \\a}\n\n$$\\a = 1$$",
    "macros that double": "".join(
        rf"\newcommand{{\m{chr(97 + n)}}}{{\m{chr(98 + n)} \m{chr(98 + n)}}}" + "\n" for n in range(25)
    )
    + "\n$$\\ma = 1$$",
    "a high power of a sum": r"$$\sum_i p_i (a + b + c + d + f)^{300} = 1$$",
    "a sum over 10^9": r"$$\sum_{i=1}^{1000000000} i^2 = 3$$",
    "sums in sums over 10^9": r"$$\sum_{i=1}^{10^9} \sum_{j=1}^{10^9} \sum_{k=1}^{10^9} x_{ijk} = 0$$",
    "an exponent tower": "$$" + "2^{" * 30 + "2" + "}" * 30 + " = x$$",
    "a tower of tens": r"$$10^{10^{10^{10}}} = 10^{10^{10^{10}}} + 1$$",
    "a large power": r"$$(a + b + c + d)^{1000000} = (a + b)^{999999}$$",
    "a large factorial": r"$$1000000000! = 1$$",
    "a long number": "$$" + "9" * 50_000 + " = x$$",
    "a formula of 100 kB": "$$" + " + ".join(f"x_{{{n}}} y_{{{n}}}" for n in range(6_000)) + " = 0$$",
    "a formula of 100 kB without spaces": "$$" + "x" * 100_000 + " = 0$$",
    "ten thousand relations": "$$" + " = ".join("a" for _ in range(10_000)) + "$$",
    "a matrix of 10^5 cells": r"$$\begin{matrix}" + "&" * 100_000 + r"\end{matrix} = 1$$",
    "an environment without end": r"\begin{align} a &= b \\ c &= d",
    "control characters": "$$x\x01 = \x1b[31m y\x7f$$",
    "code in a formula": r"$$\text{__import__('os').system('true')} = eval(1)$$",
    "right to left": "$$\u202ex = y\u202c$$",
}

_WORDS = (
    r"\frac{1}{n} \frac{1}{2} \sum_{i=1}^{n} \sum_i \sum_{k=1}^{K} \sum_{j=1}^m \sum \prod_{i=1}^n \log \ln \exp "
    r"e^{-z} \sigma(z) \sigma(z_i) \sigma'(z) \sigma y y_i \hat{y} \hat{y}_i z z_i x_{ij} x_i x_j x w w_j w_k W X b "
    r"b_k "
    r"p_k p_i \theta_j \lambda \alpha n m K 0 1 2 3 -1 + - - \cdot / ^2 ^T _i _{ij} ^{(i)} ( ) ( ) [ ] \left( \right) "
    r"\{ \} { } \frac{\partial{}C}{\partial{}w_j} \frac{\partial{}L}{\partial{}z} \frac{dC}{dz} \partial \nabla_w "
    r"\frac{d}{dz} J(w,b) C J L f(x) h_\theta(x^{(i)}) \delta_{ij} \mathbf{1} \|w\|^2 \|w\|_2^2 \tanh \max(0,z) \odot "
    r"& \\ , . \dots \text{if} \begin{cases} \end{cases} \begin{aligned} \end{aligned} \quad \underbrace{z}_{y} "
    r"\mathrm{d} ' | = = = \neq \le \to"
)
WORDS = tuple(_WORDS.split())
"""The tokens of a random formula; several are pieces that stand only together."""


def random_formula(rng: Random, longest: int = 24) -> str:
    """Words in any order: most are nonsense, some are formulas, a few are equations."""
    left, right = (" ".join(rng.choices(WORDS, k=rng.randint(1, longest // 2))) for _ in range(2))
    return f"{left} = {right}"


Meaning = Callable[[float, float], float]
"""A value at (z, y)."""


def random_side(rng: Random, depth: int = 3) -> tuple[str, Meaning]:
    """A well-formed expression over z and y: its LaTeX, and its value as Python has it."""
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(_LEAVES)
    (left, f), (right, g) = random_side(rng, depth - 1), random_side(rng, depth - 1)
    forms: list[tuple[str, Meaning]] = [
        (rf"\left({left} + {right}\right)", lambda z, y: f(z, y) + g(z, y)),
        (rf"\left({left} - {right}\right)", lambda z, y: f(z, y) - g(z, y)),
        (rf"\left({left}\right) \cdot \left({right}\right)", lambda z, y: f(z, y) * g(z, y)),
        (rf"\frac{{{left}}}{{1 + \left({right}\right)^2}}", lambda z, y: f(z, y) / (1 + g(z, y) ** 2)),
        (rf"\sigma\left({left}\right)", lambda z, y: _sigmoid(f(z, y))),
        (rf"\left({left}\right)^2", lambda z, y: f(z, y) ** 2),
        (rf"-\left({left}\right)", lambda z, y: -f(z, y)),
    ]
    return rng.choice(forms)


def _sigmoid(u: float) -> float:
    return 1 / (1 + math.exp(-u))


_LEAVES: list[tuple[str, Meaning]] = [
    ("z", lambda z, y: z),
    ("y", lambda z, y: y),
    ("1", lambda z, y: 1.0),
    ("2", lambda z, y: 2.0),
    (r"\sigma(z)", lambda z, y: _sigmoid(z)),
    ("e^{-z}", lambda z, y: math.exp(-z)),
]

POINTS = ((0.3, 0.7), (-1.1, 0.2), (2.0, -0.9), (0.9, 1.6))


def distance(left: Meaning, right: Meaning) -> float | None:
    """How far two sides are apart at the points, relatively; None where a value overflows."""
    apart = 0.0
    for z, y in POINTS:
        try:
            a, b = left(z, y), right(z, y)
        except (OverflowError, ZeroDivisionError):
            return None
        if not (math.isfinite(a) and math.isfinite(b)):
            return None
        apart = max(apart, abs(a - b) / max(1.0, abs(a), abs(b)))
    return apart
