r"""What a refutation rests on that the document never stated: data of an example, a name said again, a bias left out.

    x = 2, w = 3;   w x = 3 \cdot 2            a value for data: held against the data that are stated
    y = (460, 232);   ∂J/∂θ = \sum_i (…)       data of an example, and no definition: the claim is of any data
    h(x) = θ^T x,   …,   h(x) = g(z) (unread)   a name said again in a way that can't be used
    VW = βVW + (1 - β)W                        an update

Nothing is refuted by any of these; where the claim holds with what is stated, it is supported.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, label_of, labels_in
from derivations.equation import Equation, decide, is_provable
from derivations.indexed import substitute
from derivations.notes.interpreting.cases import Case
from derivations.notes.interpreting.heads import head_of
from derivations.notes.interpreting.names import read_name
from derivations.notes.interpreting.naming import ROW
from derivations.notes.interpreting.quotients import gradient_of, is_differential, subject_of
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import base_letter
from derivations.notes.judging.cells import Judged
from derivations.notes.judging.excuses import Excuse, Suspect, left_open, no_claim, supported
from derivations.notes.judging.numbers import MISSING
from derivations.notes.judging.sizes import OPERATIONS, SECONDS
from derivations.notes.judging.substituting import Substituting
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.notes.parsing.parser import Step
from derivations.reasons import holds_where
from derivations.statement import Definition

__all__ = ["Unstated"]

_POSITIVE = re.compile(r">\s*0|positiv|active|正|\\gt\b", re.I)
_NO_BIAS = (
    r"without (the |a |any )?bias|no bias|ignor|omit|leav\w+ out|drop|zero|忽略|省略|零|没有偏|bez|ohne|sin sesgo|sans"
    r"|(是|为|=|are|is|be)\s*\$*0\b"
)
_OTHERWISE = (
    r"\b(instead|now|later|redefin\w*|replac\w+|another|other|new|chang\w+|rather than|this time|alternatively)\b"
    r"|改为|另|新|现在|вместо|теперь|друг\w+|stattdessen|jetzt|en cambio|ahora|otr[ao]\b|maintenant|autre"
)
_NEAR = 120
_EXAMPLES = ("f", "g", "h", "u", "v", "F", "G", r"\phi", r"\varphi", "y")


@dataclass
class Unstated(Substituting):
    """The part of a reading that asks whether a refutation rests on something that was stated."""

    stale: dict[int, int] = field(default_factory=dict)  # the line of a definition: that of what replaced it, unread
    dropped_in: int = -1  # the formula in which a name with a bias was said again without one

    def _said_again(self, step: Step, left: Node) -> None:
        """A name that has a value is said to be something that can't be used: what it is from here on isn't known."""
        head = head_of(left, self.signature)
        if head is None or step.left is None:
            return
        here = self.document.formulas[step.formula]
        for entry in self.scope.of(head.ref.key):
            made = next((f for f in self.document.formulas if f.place.line <= entry.line <= f.end_place.line), None)
            elsewhere = made is not None and made.context.headings != here.context.headings
            if elsewhere or re.search(_OTHERWISE, here.context.before[-_NEAR:], re.I):
                self.stale[entry.line] = here.place.line

    def _of_open_slopes(self, suspect: Suspect) -> Excuse | None:
        """It has a derivative of many things by many that nothing defines: what depends on what is open.

        The sample at hand isn't counted: it is the same throughout.
        """
        slopes = (a for e in suspect.exprs for a in free_atoms(e) if isinstance(a, sp.Indexed))
        unknown = (slope for slope in slopes if str(slope.base).startswith("∂"))
        if any(len(set(slope.indices) - {ROW}) > 1 for slope in unknown):
            return left_open("it hangs on a derivative of which nothing is known")
        return None

    def _of_what_may_vary(self, suspect: Suspect) -> Excuse | None:
        """A name without a value that it doesn't have would have to vary for it to fail: i of z = w i + b."""
        varying = _varies_unsaid(suspect, self.seed)
        return None if varying is None else left_open(f"it hangs on whether {varying}, which nothing defines, varies")

    def _of_measured_value(self, suspect: Suspect) -> Excuse | None:
        """A number with several places, beside data that are stated somewhere."""
        is_value = self.stated and _is_measured(suspect.right) and not _is_measured(suspect.left)
        return left_open(MISSING) if is_value else None

    def _of_shapes(self, suspect: Suspect) -> Excuse | None:
        r"""Shapes of arrays, and no product of numbers: (3 \times 3)(3 \times 1) = 3 \times 1."""
        if all(map(_are_shapes, suspect.sides)) and any(map(_is_of_brackets, suspect.sides)):
            return no_claim("statement", "shapes of arrays")
        return None

    def _of_unknown_matrix(self, suspect: Suspect) -> Excuse | None:
        """J (1, 0)^T = (2, 1)^T: a capital before an array that is written out, and that nothing defines."""
        for part in (n for side in suspect.sides for n in walk(side) if isinstance(n, ast.Product)):
            bodies = [f.body for f in part.factors]
            for at, body in enumerate(bodies):
                before = [n for n in bodies[max(0, at - 2) : at] if not isinstance(n, ast.Group)]
                name = before[-1] if isinstance(body, ast.Matrix) and before else None
                if isinstance(name, ast.Symbol) and name.name.isupper():
                    if not self.scope.of(read_name(name, self.signature.habits).key):
                        return left_open(f"{name.name}, which nothing defines, may be a matrix")
        return None

    def _of_arrays_from_zero(self, suspect: Suspect) -> Excuse | None:
        r"""w_0 x_0 + w_1 x_1 + \dots = w \cdot x: a product of arrays without an index, which may begin at 0."""
        if suspect.equation is None or any(isinstance(n, ast.BigOperator) for n in walk(suspect.right)):
            return None

        def whole(total: sp.Sum) -> sp.Expr:
            return total + substitute(total.function, {total.limits[0][0]: sp.S.Zero})

        right = suspect.equation.right.replace(lambda e: isinstance(e, sp.Sum) and e.limits[0][1] == 1, whole)
        if right == suspect.equation.right:
            return None
        claim = replace(suspect.equation, right=right)
        reason = holds_where("arrays begin at 0")
        return supported(reason) if is_provable(claim, self.seed, OPERATIONS, SECONDS) else None

    def _in_another_order(self, step: Step, left: Node, right: Node) -> Excuse | None:
        r"""\nabla L with its entries in another order than L(a, b) has a and b in; \nabla_{a, b} has its own."""
        rows = _entries(right)
        if gradient_of(left) is None or not 1 < len(rows) < 4 or _has_subscript(left):
            return None
        if any(isinstance(n, ast.Ellipsis) for n in walk(right)):
            return None
        columns = (ast.Matrix("bmatrix", tuple((row,) for row in order)) for order in itertools.permutations(rows))
        if not all(self._claimed(step, left, column).verdict.is_refuted for column in columns):
            return left_open("its entries may be in another order than what it is a function of")
        return None

    def _of_one_name(self, suspect: Suspect) -> Excuse | None:
        """Two letters that are one name: FP."""
        word = self._may_be_one_name(*suspect.sides)
        return None if word is None else left_open(f"{word} may be one name")

    def _of_data_entry(self, suspect: Suspect) -> Excuse | None:
        """A chain that begins with an entry of the data, as in x_1 = 3 x_2: it says what data there are."""
        left, value = suspect.left, suspect.left_expr
        first = self.document.formulas[suspect.step.formula].chains[suspect.step.chain].members[0]
        if left != first or not isinstance(left, ast.Symbol) or not isinstance(value, sp.Symbol | sp.Indexed):
            return None
        if base_letter(_name(value)) in ("x", "X") and not labels_in(value) & set(self.scope.symbols):
            return no_claim("condition", "a condition on data")
        return None

    def _updated(self, suspect: Suspect) -> Excuse | None:
        """The next value of a product of names."""
        return no_claim("assignment", "an update") if _is_update(*suspect.sides) else None

    def _said_otherwise(self, suspect: Suspect) -> Excuse | None:
        """A name in it is said again in a way that can't be used."""
        again = [self.stale[line] for line in suspect.judged.definitions if line in self.stale]
        if not again:
            return None
        return left_open(f"a name in it is said again in line {again[0]}, in a way that can't be used")

    def _may_be_one_name(self, left: Node, right: Node) -> str | None:
        """Two capital letters side by side, undefined, one of them on one side only: FP / N = FP / (FP + TN)."""
        sides = [{n.name for n in walk(side) if isinstance(n, ast.Symbol)} for side in (left, right)]
        for part in (n for side in (left, right) for n in walk(side) if isinstance(n, ast.Product)):
            names = [f.body.name for f in part.factors if isinstance(f.body, ast.Symbol) and not f.body.subscripts]
            if len(part.factors) == len(names) == 2 and not part.factors[1].operator:
                if all(map(self._is_unknown_initial, names)) and set(names) & (sides[0] ^ sides[1]):
                    return "".join(names)
        return None

    def _is_unknown_initial(self, name: str) -> bool:
        return name.isupper() and not self.scope.of(name) and not self.signature.axes.get(name)

    def _of_another_function(self, suspect: Suspect) -> Excuse | None:
        """The f of f'(x) = 3x^2, defined in a section beside this one.

        What stands on the right has then nothing of the definition but what f is a function of.
        """
        name = _differentiated(suspect.left)
        if name is None:
            return None
        for entry in self.scope.of(read_name(name, self.signature.habits).key):
            made = next((f for f in self.document.formulas if f.place.line <= entry.line <= f.end_place.line), None)
            if made is None or entry.definition is None:
                continue
            beside = made.context.headings != suspect.around.headings[: len(made.context.headings)]
            own = {label for p in entry.parameters for label in labels_in(p)}
            shared = (labels_in(entry.definition.value) | {entry.symbol}) & labels_in(suspect.right_expr)
            if beside and not shared - own:
                where = f"{name.name} is defined in another section, in line {entry.line}"
                return left_open(f"{where}; another may be meant here")
        return None

    def _of_stated_numbers(self, suspect: Suspect) -> Excuse | None:
        """A number claimed for what depends on data: it holds where the data that are stated make it so."""
        if not (_is_numeric(suspect.right) or self._is_size(suspect.right)):
            return None
        values = self._numbers_stated(suspect.step)
        derivative = any(isinstance(n, ast.Nabla | ast.Partial) or _is_slope(n) for n in walk(suspect.left))
        if derivative and not values or self._is_constant(suspect.judged):
            return None
        attempt = self._under(suspect.step, *suspect.sides, *values) if values else None
        if attempt is not None and attempt.verdict.is_proved:
            return supported("for " + ", ".join(map(str, values)))
        return left_open(MISSING)

    def _where_active(self, suspect: Suspect) -> Excuse | None:
        """Where a claim made of one example, or beside words of what is positive, holds on one side of all kinks."""
        if suspect.equation is None or not (self.stated or _POSITIVE.search(suspect.before)):
            return None
        left, right, context = suspect.equation.expanded()
        kinks = {u for e in (left, right) for a in atoms_of(e, sp.sign, sp.Max) for u in a.args if u != 0}
        kinks |= {u for e in (left, right) for _, u in _sizes_in(e)}
        for side, words in ((sp.S.One, ">"), (-sp.S.One, "<")) if kinks else ():
            one, other = (_on_side(e, side) for e in (left, right))
            if is_provable(Equation(one, other, context), self.seed, OPERATIONS, SECONDS):
                return left_open(holds_where(f"{', '.join(sorted(map(str, kinks)))} {words} 0"))
        return None

    def _is_size(self, node: Node) -> bool:
        """Whether a side is the number of things of some sort: N."""
        return isinstance(node, ast.Symbol) and node in map(ast.Symbol, (*self.signature.size.values(), "N", "n", "m"))

    def _is_constant(self, judged: Judged) -> bool:
        """Whether the left side is the same whatever the names in it are."""
        equation = judged.equation
        if equation is None:
            return True
        names = set(labels_in(equation.left))
        for definition in equation.definitions:
            names |= labels_in(definition.value)
        names -= {label for d in equation.definitions for label in labels_in(d.target)}
        counts = {a.base.label for a in free_atoms(equation.left) if isinstance(a, sp.Indexed)}  # n_1, …, n_6
        names = {s for s in names if not s.is_integer or s in counts}
        others = {s: sp.Symbol(f"{s.name}°", real=True) for s in names}
        renamed = {
            a: others[a] if isinstance(a, sp.Symbol) else sp.IndexedBase(others[a.base.label], shape=None)[a.indices]
            for e in (equation.left, *(d.value for d in equation.definitions))
            for a in free_atoms(e)
            if label_of(a) in names
        }
        if not renamed or equation.definitions:
            return not renamed
        arrays = {
            **equation.context.arrays,
            **{others[s]: v for s, v in equation.context.arrays.items() if s in others},
        }
        context = replace(equation.context, arrays=arrays)
        moved = replace(equation, right=equation.left.xreplace(renamed), context=context)
        return is_provable(moved, self.seed)

    def _numbers_stated(self, step: Step) -> tuple[Case, ...]:
        """The last number that each name was given before a step."""
        found: dict[str, Case] = {}
        for formula in self.document.formulas[: step.formula]:
            for chain in formula.chains:
                match chain.members, [r.sign for r in chain.relations]:
                    case (ast.Symbol(name, (), (), (), 0), ast.Number(value)), ["="] if value.isdigit():
                        found[name] = Case(name, value, True)
        return tuple(found.values())

    def _of_any_data(self, suspect: Suspect) -> Excuse | None:
        """The claim without the arrays of numbers that names were given as an example, where it is not of numbers."""
        if any(map(_is_numeric, suspect.sides)):
            return None
        symbols, entries = self.scope.symbols, self.scope.entries
        examples = {s: e for s, e in symbols.items() if _is_example(e)}
        if not examples:
            return None
        with self.scope.trial():
            for symbol, entry in examples.items():
                del symbols[symbol]
                entries[entry.key] = [e for e in entries.get(entry.key, []) if e.symbol != symbol]
            verdict = self._under(suspect.step, *suspect.sides).verdict
        return None if verdict.is_refuted else Excuse(verdict.status.value, verdict.reason)

    def _at_estimates(self, suspect: Suspect) -> Excuse | None:
        r"""The claim with every parameter that nothing defines where an estimate of it was found: \mu at \hat\mu."""
        equation = suspect.equation
        if equation is None or any(isinstance(n, ast.Partial | ast.Nabla) for n in walk(suspect.left)):
            return None
        names = labels_in(equation.left) | labels_in(equation.right)
        open_names = {s for s in names if s not in self.scope.symbols and isinstance(s, sp.Symbol)}
        found = {s: next(iter(self.scope.of(rf"\hat{{{s.name}}}")), None) for s in open_names}
        values = {s: e.definition.value for s, e in found.items() if e is not None and e.definition and not e.axes}
        if not values:
            return None
        there = replace(equation, left=substitute(equation.left, values), right=substitute(equation.right, values))
        verdict = decide(there, self.seed, OPERATIONS, SECONDS, shown=False)
        if not verdict.is_proved or is_provable(replace(there, right=sp.S.Zero), self.seed, OPERATIONS, SECONDS):
            return None
        return supported(f"holds at the estimate of {', '.join(sorted(s.name for s in values))}")

    def _without_bias(self, suspect: Suspect) -> Excuse | None:
        """The claim with every bias 0, where the words say so or a name in the same formula was said again so."""
        here = suspect.step.formula
        before = " ".join(f.context.before for f in self.document.formulas[max(0, here - 1) : here + 1])
        is_heard = self.dropped_in == here or re.search(_NO_BIAS, before[-300:], re.I) is not None
        assert suspect.own.node is not None
        is_name = head_of(suspect.own.node, self.signature) is not None
        if suspect.equation is None or not (is_heard or is_name) or not self._holds_with_biases_0(suspect.equation):
            return None
        if not is_heard:  # the name is defined anew, without its bias
            self.dropped_in = here
            return None
        return supported(holds_where("the bias is 0"))

    def _holds_with_biases_0(self, equation: Equation) -> bool:
        exprs = [equation.left, equation.right, *(d.value for d in equation.definitions)]
        biases = {
            a: sp.S.Zero for e in exprs for a in free_atoms(e) if base_letter(_name(a)) in ("b", r"\theta_0", "w_0")
        }
        if not biases:
            return False
        definitions = tuple(
            Definition(d.target, d.value.xreplace(biases)) for d in equation.definitions if d.target not in biases
        )
        one, other = (e.xreplace(biases) for e in (equation.left, equation.right))
        fresh = replace(equation.context)  # what it remembers is of the definitions with their biases
        bare = replace(equation, left=one, right=other, context=fresh, definitions=definitions)
        return decide(bare, self.seed, shown=False).is_proved


def _has_subscript(gradient: Node) -> bool:
    return any(isinstance(n, ast.Nabla) and n.subscripts for n in walk(gradient))


def _entries(side: Node) -> tuple[Node, ...]:
    """The entries of a column or a row that is written out."""
    match side:
        case ast.Scripted(base) | ast.Group("(" | "[", _, ast.Matrix() as base):
            return _entries(base)
        case ast.Matrix(_, rows) if len(rows) == 1 or all(len(row) == 1 for row in rows):
            return tuple(entry for row in rows for entry in row if entry is not None)
        case ast.Group("(" | "[", _, ast.Listing(items)):
            return tuple(item for item in items if item is not None)
    return ()


def _is_slope(node: object) -> bool:
    return isinstance(node, ast.Fraction) and is_differential(node)


def _differentiated(left: Node) -> ast.Symbol | None:
    """The f of f'(x) and of df/dx, where it is called as functions are in examples."""
    found: Node | None = None
    match left:
        case ast.Product((first, second)) if isinstance(second.body, ast.Group) and isinstance(first.body, ast.Symbol):
            found = replace(first.body, primes=0) if first.body.primes else None
        case ast.Fraction():
            found = subject_of(left)
            found = found.factors[0].body if isinstance(found, ast.Product) else found
    is_example = isinstance(found, ast.Symbol) and found.name in _EXAMPLES and not found.subscripts
    return found if is_example and isinstance(found, ast.Symbol) else None


def _varies_unsaid(suspect: Suspect, seed: int) -> str | None:
    """A name without a value that isn't written in a step, and that would have to vary for it to fail."""
    equation = suspect.equation
    if equation is None:
        return None
    written = {n.name for side in suspect.sides for n in walk(side) if isinstance(n, ast.Symbol)}
    still: dict[sp.Expr, sp.Expr] = {}
    names: list[str] = []
    for atom in sorted((a for e in suspect.exprs for a in free_atoms(e)), key=str):
        name, slash, by = str(label_of(atom)).partition("/")
        if slash and name.startswith("∂") and by.startswith("∂") and name[1:].partition("_")[0] not in written:
            still[atom] = sp.S.Zero
            names.append(name[1:])
    left, right = (side.xreplace(still) for side in (equation.left, equation.right))
    if not names or is_provable(replace(equation, left=left, right=sp.S.Zero), seed):
        return None  # nothing would be left of it
    return names[0] if is_provable(replace(equation, left=left, right=right), seed) else None


def _name(atom: sp.Expr) -> str:
    return str(label_of(atom))


def _is_numeric(side: Node) -> bool:
    """Whether a side is arithmetic: numbers without a name, in no array."""
    return not any(
        isinstance(n, ast.Symbol | ast.BigOperator | ast.Matrix | ast.Function | ast.Text) for n in walk(side)
    )


def _are_shapes(side: Node) -> bool:
    r"""Whether a side is made of shapes alone: (3 \times 3)(3 \times 1), ((n + 1) \times m)(m \times 1), n \times 1."""
    match side:
        case ast.Group("(" | "[", _, body) if body is not None:
            return _are_shapes(body)
        case ast.Product((first, ast.Factor(r"\times", "", second))) if _is_size(first.body) and _is_size(second):
            return True
        case ast.Product(factors):
            groups = [f.body for f in factors if f.operator in ("", r"\cdot") and isinstance(f.body, ast.Group)]
            return len(groups) == len(factors) and all(map(_are_shapes, groups))
    return False


def _is_of_brackets(side: Node) -> bool:
    return isinstance(side, ast.Product) and isinstance(side.factors[-1].body, ast.Group)


def _is_size(node: Node) -> bool:
    """Whether a side may be the size of an axis: 3, n, n_1, (n + 1)."""
    if isinstance(node, ast.Group):
        node = node.body if node.body is not None else node
    if isinstance(node, ast.Sum):
        return all(_is_size(term.body) for term in node.terms)
    whole = isinstance(node, ast.Number) and node.text.isdigit()
    return whole or isinstance(node, ast.Symbol) and not node.primes and len(node.name) == 1


def _is_example(entry: Entry) -> bool:
    """Whether a name was given as an array of numbers."""
    if entry.definition is None or not entry.axes:
        return False
    value = entry.definition.value
    own = set(entry.definition.target.free_symbols) if isinstance(entry.definition.target, sp.Indexed) else set()
    return not (value.free_symbols - own) and value.has(sp.KroneckerDelta)


def _on_side(expr: sp.Expr, side: sp.Expr) -> sp.Expr:
    """An expression with every kink on one side: sign(u) is ±1, |u| is ±u, max(0, u) is u or 0."""
    found = dict.fromkeys(atoms_of(expr, sp.sign), side) | {a: side * u for a, u in _sizes_in(expr)}
    for a in atoms_of(expr, sp.Max):
        if len(a.args) == 2 and a.args[0] == 0:
            found[a] = a.args[1] if side > 0 else sp.S.Zero
    return expr.xreplace(found)


def _sizes_in(expr: sp.Expr) -> list[tuple[sp.Expr, sp.Expr]]:
    """Every |u|, written as such or as a root of a square, with its u."""
    found = [(a, a.args[0]) for a in atoms_of(expr, sp.Abs)]
    roots = [a for a in atoms_of(expr, sp.Pow) if a.exp == sp.S.Half and isinstance(a.base, sp.Pow) and a.base.exp == 2]
    return found + [(a, a.base.base) for a in roots]


def _is_measured(node: Node) -> bool:
    """Whether a number with several places stands in a side, as what an example has come to: 0.138, but not 0.5."""
    numbers = [n.text.partition(".")[2] for n in walk(node) if isinstance(n, ast.Number)]
    return any(len(places) > 1 and places not in ("25", "75", "125") for places in numbers)


def _is_update(left: Node, right: Node) -> bool:
    """Whether a product of names stands on both sides, as a running mean does: VW = βVW + (1 - β)W."""
    if not isinstance(left, ast.Product) or not isinstance(right, ast.Sum) or len(left.factors) < 2:
        return False
    names = [f.body for f in left.factors]
    if not all(isinstance(n, ast.Symbol) for n in names):
        return False
    for term in right.terms:
        bodies = [f.body for f in term.body.factors] if isinstance(term.body, ast.Product) else []
        if any(bodies[k : k + len(names)] == names for k in range(1, len(bodies))):
            return True
    return False
