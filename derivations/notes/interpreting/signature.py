r"""What a document's notation says of its indices: which run over samples, features or classes, and over what size.

Every place at which a name takes an index (the first lower index of w, the second of x_{ij}, the raised one of
x^{(i)}) is a *slot*. A letter used in two slots of one formula makes them one *sort*; a sum over the letter with an
upper bound gives the sort its size. Sorts are found by joining slots, letters and sizes over the whole document:

    \frac1n \sum_{i=1}^n (\hat y_i - y_i) x_{ij},   w^\top x_i = \sum_j w_j x_{ij}
        ŷ, y, x at 1: samples, n;     w, x at 2: features

A slot that would join two written sizes (x_i the sample, x_j the feature) stays undecided, and each use is settled by
its letter. What stands here are guesses about notation, made once for a document; they decide no equation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from derivations.notes.interpreting.names import Habits
from derivations.notes.interpreting.shorthand import is_of_spread
from derivations.notes.interpreting.symmetries import Said, Symmetry

__all__ = [
    "CHANCES",
    "DATA",
    "LABELS",
    "MATRICES",
    "PARAMETERS",
    "VECTORS",
    "WEIGHTS",
    "Key",
    "Signature",
    "Slot",
    "base_letter",
]

PARAMETERS = frozenset(
    [
        *"wbWUVBvu",
        "c",
        "C",
        "N",
        "K",
        "M",
        "n",
        "m",
        "D",
        "T",
        r"\theta",
        r"\beta",
        r"\omega",
        r"\lambda",
        r"\alpha",
        r"\eta",
        r"\gamma",
        r"\mu",
        r"\Theta",
        r"\phi",
    ]
)
PARAMETERS |= {r"\epsilon", r"\psi", r"\rho", r"\tau"}
VECTORS = frozenset(["w", "x", r"\theta", r"\beta", r"\omega", "X", r"\Theta"])
LABELS = frozenset(["y", "t", "Y"])
CHANCES = ("p", "q", "P", "Q", r"\pi")  # letters of probabilities that may be summed to 1
WEIGHTS = frozenset(["w", r"\theta", r"\beta", r"\omega"])
MATRICES = WEIGHTS | {"W", "V", "U", r"\Theta"}
DATA = frozenset([*"xyt"])
_FUNCTION_LETTERS = frozenset(
    [*"fghJLCEHPpqRQ", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\xi", r"\varsigma", r"\sigma", "l", r"\mathbb{P}"]
)
_NAMED = r"\$[^$\n]{1,40}\$(?:(?:,| and|, and| or)\s+\$[^$\n]{1,40}\$)*"
_ARE_ARRAYS = re.compile(rf"({_NAMED})\s+(?:is|are|be)\s+(?:\w+\s+){{0,3}}(?:vector|matri)", re.I)
_THE_ARRAYS = re.compile(rf"(?:vectors?|matrix|matrices)\s+({_NAMED})", re.I)
_GIVEN = re.compile(
    r"(?<![\w.])0\s*(?:<|\\leq?|≤)\s*(\\?[A-Za-z]+)\s*(?:<|\\leq?|≤)\s*1(?![\w.])"
    r"|(?<![A-Za-z\\])(\\?[A-Za-z]+)\s*\\in\s*(?:\\left)?[\[(]\s*0\s*,\s*1\s*(?:\\right)?[\])]"
    r"|(?<![A-Za-z])(?:H|KL|(?:\\mathrm|\\text)?\{?KL\}?|D_\{?[^{}()]*(?:\{KL\})?\}?)\s*(?:\\left)?\(\s*([a-z])\s*(?:,|\\\||\|\||\\parallel)"
)
_COUNT = re.compile(
    r"(?<![A-Za-z\\])([a-z])\s*!|\)\s*\^\s*\{\s*\(?\s*(?:1|[a-zA-Z])\s*-\s*([a-z])\s*\)?\s*\}"
    r"|\(\s*[a-zA-Z]\s*-\s*([a-z])\s*\)\s*(?:\\,\s*)?\\(?:log|ln)(?![A-Za-z])"
)
_TRIALS = re.compile(  # how often each of two outcomes was seen: p^h (1 - p)^t
    r"(?<![A-Za-z\\])(\\?[A-Za-z]{1,12})\s*\^\s*\{?\s*([a-z])\s*\}?\s*(?:\\cdot\s*)?(?:\\left)?\(\s*1\s*-\s*\1\s*(?:\\right)?\)\s*\^\s*\{?\s*([a-z])\s*\}?"
)
_WANTED = r"(?:desired|target (?:output|value|response)|gewünscht|désirée?|desead[ao]|желаем|期望)"
_DESIRED = (  # "the desired output d_k", "$d$ is the desired output"
    rf"{_WANTED}[^.$]{{0,40}}\$\s*(?:\\(?:math)?bf\s*)?(?-i:d)(?![A-Za-z])"
    rf"|\$\s*(?:\\(?:math)?bf\s*)?(?-i:d)(?:_\w|_\{{\w\}})?\s*\$[^.$]{{0,30}}{_WANTED}"
)
_DISTANCE = r"distance|distanz|distancia|расстояни|距离|(?-i:\\partial\s*\{?\s*d(?![A-Za-z]))"  # a function of others
_SIZE_D = (
    r"(?-i:\\frac\s*(?:\{\s*\d\s*\}|\d)\s*(?:\{\s*d\s*\}|d(?![A-Za-z]))|\\sqrt\s*(?:\{\s*d\s*\}|d(?![A-Za-z]))"
    r"|\\mathbb\s*\{?R\}?\s*\^\s*\{?d\b)"
)
_BY_ROOT_OF_D = r"(?-i:(?:\}\s*\{|/)\s*\\sqrt\s*(?:\{\s*d\s*\}|d(?![A-Za-z])))"
_OF_ATTENTION = r"attention|quer(?:y|ies)|(?-i:\\mathbb\s*\{?R\}?\s*\^\s*\{?d\b)"
_DIVIDES_BY_D = r"(?-i:\\frac\s*(?:\{\s*\d\s*\}|\d)\s*(?:\{\s*d\s*\}|d(?![A-Za-z]))|/\s*d(?![A-Za-z]))"  # a mean
_SAYS_D = r"(?-i:(?<![A-Za-z\\])d\s*(?:\^\s*\{?2\}?\s*)?&?\s*(?:[:(]|=|\\equiv|\\left\s*\())"  # d = \|x - y\|, d(x, y)
_THRESHOLD = re.compile(  # of what stands between bars
    r"(?:\||\\[rR]?[vV]ert)\s*(?:&\s*)?(?:[<>≤≥]|\\[lg]e?q?(?:slant)?\b|\\[lg]t\b)\s*(\\delta)(?![A-Za-z_^'{(])"
)
_MARGIN = re.compile(  # the last term of what a maximum with 0 is taken of
    r"\\max\s*(?:\\left|\\[bB]igg?l?)?\s*(?:[(\[]|\\\{)\s*0\s*,[^,$]*?\+\s*(\\[dD]elta)\s*(?:\\right|\\[bB]igg?r?)?\s*(?:[)\]]|\\\})"
)
_LOWERED = r"(?<![A-Za-z\\^_{{]){0}\s*(?:\\cdot\s*|\\,\s*)?{1}\s*\^\s*\{{\s*{0}\s*-\s*1\s*\}}"  # n x^{{n - 1}}
_VARIED_DELTA = re.compile(r"(?:\\partial|\\nabla|\bd)\s*\{?\s*\\[dD]elta(?![A-Za-z])")
_DIVISOR = re.compile(
    r"\\frac\s*(?:\{\s*\d\s*\}|\d)\s*\{?\s*\d?\s*([NK])(?![A-Za-z_^({])|\b\d\s*/\s*\d?([NK])(?![A-Za-z_^({])"
)
_BARE_PI = re.compile(r"\\pi(?![A-Za-z])(?!\s*[_({\[^])")
_LETTER = re.compile(r"(?<![A-Za-z\\])(\\?[A-Za-z]+)")
Slot = tuple[str, bool, int, int]  # name, raised, how many indices on that side, which of them
Key = tuple[object, ...]


def base_letter(key: str) -> str:
    r"""The letter under a name's accents and marks: y of \hat{y}_t."""
    found = re.match(r"(?:\\(?:hat|tilde|bar|vec|dot)\{)*(\\?[A-Za-z]+)", key)
    return found[1] if found else key


@dataclass(frozen=True)
class Signature:
    """A document's notation. Sorts are opaque keys; `size` is the written size of one, `lower` where its sums begin.

    uneven: sorts whose sums begin in one place at 0 and in another at 1. ambiguous: functions of different things,
    as p is in p(x), p(y). names_e: whether e is a name here, that of a vector of errors, and not only Euler's number.
    parameters: numbers that nothing defines and by which something is differentiated, the same for all samples.
    has_kronecker: whether \\delta with two indices is Kronecker's, and not an error of a unit.
    """

    habits: Habits
    functions: frozenset[str]
    vectors: frozenset[str]
    sort_of_slot: dict[Slot, Key]
    sort_of_letter: dict[tuple[int, str], Key]
    usual_sort: dict[str, Key]
    size: dict[Key, str]
    lower: dict[Key, str]
    axes: dict[str, tuple[Key, ...]]
    sample: Key | None
    feature: Key | None
    classes: frozenset[Key]
    logged: frozenset[str]
    words: str
    count: dict[str, int]
    has_vectors: bool
    uneven: frozenset[Key] = frozenset()
    longer: frozenset[Key] = frozenset()  # \theta^T x may begin at \theta_0 beside \sum_{j=1}^n \theta_j^2
    ambiguous: frozenset[str] = frozenset()
    priors: frozenset[str] = frozenset()  # P, where both P(y = k) and P(y = k | x) are written
    names_e: bool = False
    valued: frozenset[str] = frozenset()  # names of numbers and symbols, π and δ_ij, that a formula gives another value
    weighing: frozenset[str] = frozenset()  # what stands before logarithms only: the p of p_i log q_i is given
    parameters: frozenset[str] = frozenset()
    has_kronecker: bool = True
    subjects: frozenset[str] = frozenset()  # names that are differentiated
    activations: frozenset[str] = frozenset()  # functions that are applied entry by entry
    sloped: frozenset[str] = frozenset()  # functions whose slope is written, as φ'(z)
    matrices: frozenset[str] = frozenset()  # names of matrices that never carry an index, with a row for each sample
    augmented: frozenset[str] = frozenset()  # X and w with a tilde, where something is differentiated by w
    symmetries: tuple[Said, ...] = ()  # what is said of matrices
    quadratic: frozenset[str] = frozenset()  # A of x^T A x, where nothing says whether it is symmetric
    numbers: dict[object, int] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def said_given(self) -> frozenset[str]:
        r"""Names that are said to lie between 0 and 1, 0 \le p \le 1, and the first of H(p, q), but for functions."""
        found = {name for m in _GIVEN.finditer(self.words) for name in m.groups() if name}
        return frozenset(
            n
            for n in found
            if not self.says(rf"(?:\\partial|\\mathrm\s*\{{d\}}|(?<![A-Za-z\\])d)\s*\{{?\s*{re.escape(n)}(?![A-Za-z])")
        )

    @cached_property
    def counts(self) -> frozenset[str]:
        """Letters of whole numbers that are no index anywhere: k of k!, and of p^k (1 - p)^{n - k}."""
        found = {name for m in _COUNT.finditer(self.words) for name in m.groups() if name}
        found |= {name for m in _TRIALS.finditer(self.words) for name in m.groups()[1:]} - {"y", "t", "x"}
        return frozenset(
            c for c in found if not self.says(rf"(?-i:_\s*(?:\{{[^{{}}]*)?(?<![A-Za-z\\]){c}(?![A-Za-z]))")
        )

    @cached_property
    def size_names(self) -> frozenset[str]:
        r"""The letters of the sizes: m of \sum_{i=0}^{m-1}."""
        return frozenset(text.partition(" ")[0] for text in self.size.values())

    @cached_property
    def taken(self) -> frozenset[str]:
        """What sizes are called, and the letters of indices."""
        return frozenset(self.size.values()) | {letter for _, letter in self.sort_of_letter}

    @cached_property
    def counts_d(self) -> bool:
        r"""Whether d is a size, as in \frac1d, \sqrt{d} and \mathbb{R}^d, and no sign of differentiation everywhere."""
        return "d" in self.size_names or self.says(_SIZE_D)

    @cached_property
    def desires_d(self) -> bool:
        """Whether d is the desired output, a label, as the words say."""
        return self.says(_DESIRED) and not self.says(_DISTANCE)

    def varies(self, key: str) -> bool:
        r"""Whether something may be differentiated by a name: \partial A, \nabla_A, dA."""
        name = rf"(?:\\(?:math)?bf\s*|\\boldsymbol\s*|\\bm\s*|[{{(]\s*)*{re.escape(key)}(?![A-Za-z])"
        return self.says(rf"(?-i:(?:\\partial|\\nabla\s*_|\\mathrm\s*\{{\s*d\s*\}}|(?<![A-Za-z\\])d)\s*{name})")

    def has_root_of(self, key: str) -> bool:
        r"""Whether d is the size of the q^T k that \sqrt{d} divides, and no function of others.

        The d of a mean is how many are summed over, and not just a number.
        """
        is_length = key == "d" and not self.axes.get(key) and self.says(_BY_ROOT_OF_D) and self.says(_OF_ATTENTION)
        return is_length and not self.says(rf"{_DIVIDES_BY_D}|{_DISTANCE}|{_SAYS_D}")

    @cached_property
    def counts_ell(self) -> bool:
        r"""Whether \ell is a number of samples, as in \frac1\ell \|Xw - y\|^2."""
        return self.says(r"(?-i:\\frac\s*(?:\{\s*\d\s*\}|\d)\s*\{?\s*\d?\s*\\ell(?![A-Za-z]))")

    @cached_property
    def divisors(self) -> frozenset[str]:
        r"""The letters N and K of \frac{1}{N} and 2/K: how many there are of something, which depends on nothing."""
        found = {name for m in _DIVISOR.finditer(self.words) for name in m.groups() if name}
        return frozenset(found - self.subjects)

    @cached_property
    def thresholds(self) -> frozenset[str]:
        r"""The \delta of |y - \hat y| \le \delta, no error of a layer: where a loss changes its form; and a margin."""
        is_varied = _VARIED_DELTA.search(self.words)
        return frozenset(() if is_varied else (*_THRESHOLD.findall(self.words), *_MARGIN.findall(self.words)))

    def lowers(self, letter: str, base: str) -> bool:
        r"""Whether the document has n x^{n - 1}: its x^n is a power then, and no sample, unless n is a layer."""
        found = re.search(_LOWERED.format(re.escape(letter), re.escape(base)), self.words)
        return found is not None and letter not in self.habits.layers

    @cached_property
    def called_arrays(self) -> frozenset[str]:
        """Names that the words call vectors or matrices: `$a$ and $b$ are vectors`, `the vector $v$`."""
        found = (m for pattern in (_ARE_ARRAYS, _THE_ARRAYS) for m in pattern.finditer(self.words))
        symmetric = {said.key for said in self.symmetries}
        return frozenset(name for m in found for name in _LETTER.findall(m[1])) | symmetric

    def is_said_diagonal(self, key: str) -> bool:
        """Whether the text says that a matrix is diagonal."""
        return any(said.key == key and said.symmetry is Symmetry.DIAGONAL for said in self.symmetries)

    def number_of(self, sort: object) -> int:
        """A number for each sort, in the order in which they are asked for: for what is written nowhere."""
        return self.numbers.setdefault(sort, len(self.numbers) + 1)

    def is_label(self, key: str) -> bool:
        r"""y, t, or \hat{y} beside a prediction y; a name in a logarithm by itself is a prediction."""
        letter = base_letter(key)
        if letter not in LABELS or key in self.logged:
            return False
        return not key.startswith(r"\hat") or letter in self.logged or letter not in self.count

    def sort_of(self, formula: int, letter: str) -> Key | None:
        return self.sort_of_letter.get((formula, letter), self.usual_sort.get(letter))

    @cached_property
    def letters_of_indices(self) -> frozenset[str]:
        """The letters that are an index somewhere in the document."""
        return frozenset(self.usual_sort) | {letter for _, letter in self.sort_of_letter}

    @cached_property
    def names_sigma(self) -> bool:
        r"""Whether a bare \\sigma is a name, as the spread in exp(-(y - \\mu)^2 / 2\\sigma^2), and no function here."""
        if r"\sigma" in self.functions:
            return False
        return is_of_spread(self.words) or not self.says("sigmoid|logistic|逻辑|сигм")

    @cached_property
    def names_pi(self) -> bool:
        r"""Whether \pi is a name, with a value, an index or an argument as in \pi(x_i), and no number."""
        is_indexed = any(slot[0] == r"\pi" for slot in self.sort_of_slot)
        return r"\pi" in self.functions or r"\pi" in self.valued or is_indexed

    @cached_property
    def doubles_pi(self) -> bool:
        r"""Whether \pi without an index stands in 2\pi and nowhere else: the number, beside weights \pi_k."""
        before = [self.words[: m.start()].rstrip("\\, \n") for m in _BARE_PI.finditer(self.words)]
        return bool(before) and all(re.search(r"(?<![\w.])2$", text) for text in before)

    def says(self, pattern: str) -> bool:
        """Whether the document's words, or its formulas, say something."""
        return _says(self.words, pattern)


@lru_cache(maxsize=1_000)
def _says(words: str, pattern: str) -> bool:
    return re.search(pattern, words, re.I) is not None
