r"""Derivatives, gradients and applications of functions, as a note writes them.

    \frac{\partial C}{\partial w_j},  \frac{d}{dz}\sigma(z),  \nabla_w J(w),  \partial L/\partial f_j,  f'(x)

A derivative is stated as `Partial` of the value that its numerator has. By something that is not a name, such as
\sigma(z_i), it is taken by a new name for it, with every occurrence in the numerator replaced (`folding`). A function
without a definition is its first-order jet: its value and its derivative are independent of each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sympy as sp

from derivations.atoms import atoms_of, free_atoms, free_symbols, label_of
from derivations.functions import Partial
from derivations.indexed import substitute
from derivations.notation import text
from derivations.notes.interpreting.folding import folded, label_if_named, occurs
from derivations.notes.interpreting.names import Ref, UnsupportedNoteError, read_name
from derivations.notes.interpreting.naming import ROW, Namer
from derivations.notes.interpreting.quotients import is_d, is_differential, leading
from derivations.notes.interpreting.scope import Entry
from derivations.notes.interpreting.signature import DATA, base_letter
from derivations.notes.interpreting.tensor import FIXED, Value, column
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk
from derivations.statement import array

__all__ = ["CHANCE", "Derivatives"]

CHANCE = frozenset(("P", "Pr", r"\mathbb{P}", r"\mathrm{P}"))
_HAT = re.compile(r"\\hat\{([^{}]+)\}")


def _is_second(numerator: Node) -> bool:
    """Whether a numerator begins with ∂² or d²."""
    first = numerator.factors[0].body if isinstance(numerator, ast.Product) else numerator
    return isinstance(first, ast.Partial | ast.Symbol) and bool(first.superscripts)


@dataclass
class Derivatives(Namer):
    """The part of the elaborator that knows derivatives.

    slope: what stands below, and of what it is, where the chain begins with a derivative.
    """

    slope: tuple[tuple[ast.Factor, ...], Node] | None = None

    if TYPE_CHECKING:

        def value(self, node: Node) -> Value: ...

        def product(self, factors: Sequence[ast.Factor], tail: Sequence[ast.Term]) -> Value: ...

        def sign(self, written: str) -> bool: ...

        def with_scripts(self, value: Value, ref: object) -> Value: ...

    def fraction(
        self, node: ast.Fraction, rest: Sequence[ast.Factor], tail: Sequence[ast.Term] = ()
    ) -> tuple[Value, int]:
        """The value of a fraction; a derivative without a numerator takes some of the factors after it.

        tail: terms after them, over which a sum among them reaches.
        """
        below = leading(node.denominator)
        above = None if isinstance(node.denominator, ast.Number) else leading(node.numerator)  # d/2 is half of d
        if above is None and isinstance(node.numerator, ast.Product) and below is not None:
            inner = [p for p, f in enumerate(node.numerator.factors) if isinstance(f.body, ast.Partial)]
            if inner and all(
                isinstance(f.body, ast.BigOperator | ast.Number) for f in node.numerator.factors[: inner[0]]
            ):
                kept = node.numerator.factors[: inner[0]] + node.numerator.factors[inner[0] + 1 :]
                return self.derivative(self.product(kept, ()), self._variables(below)), 0
        if above is None and below is not None and isinstance(node.denominator, ast.Product):
            first, *others = node.denominator.factors
            is_lost = isinstance(node.numerator, ast.Symbol) and node.numerator.name in self.signature.subjects  # L/dw
            if isinstance(first.body, ast.Symbol) and self.signature.counts_d and not is_lost:  # x / (d r)
                divided = self.quotient(self.value(node.numerator), self.value(first.body))
                return self.quotient(divided, self.product(others, ())), 0
            if isinstance(first.body, ast.Partial) and self._has_value_in(node.numerator):
                self.noticed.doubts.append("a derivative whose numerator has no ∂")
                self.noticed.mended = True
                return self.derivative(self.value(node.numerator), self._variables(below)), 0
            raise UnsupportedNoteError("a derivative whose numerator has no ∂")
        if above is None:
            upper, lower = self.value(node.numerator), self.value(node.denominator)
            if len(lower.axes) > 1:
                raise UnsupportedNoteError("a division by a matrix")
            return self.quotient(upper, lower), 0
        if below is None:
            if above:
                raise UnsupportedNoteError("a derivative whose denominator has no ∂")
            variables: list[Node] = [node.denominator]
        else:
            variables = self._variables(below, _is_second(node.numerator))
        is_round = any(isinstance(part, ast.Partial) for part in walk(node.denominator))
        if above:
            return self.derivative(self.product(above, ()), variables, is_round), 0
        operand, used = self.operand(rest, tail)
        return self.derivative(operand, variables, is_round), used

    def _variables(self, factors: Sequence[ast.Factor], twice: bool = True) -> list[Node]:
        """∂w_i ∂w_j, ∂w^2 and ∂σ(z): the variables of a denominator, after its first ∂; twice: of ∂² something."""
        groups: list[list[ast.Factor]] = [[]]
        for factor in factors:
            if is_d(factor.body):
                groups.append([])
            else:
                groups[-1].append(factor)
        found: list[Node] = []
        for group in groups:
            if not group:
                raise UnsupportedNoteError("a derivative by nothing")
            node: Node = group[0].body if len(group) == 1 else ast.Product(tuple(group))
            squared = isinstance(node, ast.Symbol) and node.superscripts == (ast.Number("2"),) and len(groups) == 1
            if squared and twice and isinstance(node, ast.Symbol):
                node = replace(node, superscripts=())
                found.append(node)
            found.append(node)
        return found

    def operand(self, rest: Sequence[ast.Factor], tail: Sequence[ast.Term] = ()) -> tuple[Value, int]:
        """What d/dx is taken of: a bracket, else the factors up to a written operator or another derivative."""
        if not rest:
            raise UnsupportedNoteError("a derivative of nothing")
        if isinstance(rest[0].body, ast.Group | ast.Scripted) and not self._is_beyond(rest):
            value = self.value(rest[0].body)
            return (replace(value, expr=-value.expr) if self.sign(rest[0].sign) else value), 1
        if self._is_first(rest):
            return self.product(rest[:2], ()), 2
        count = 1
        while count < len(rest) and not rest[count].operator and not is_differential(rest[count].body):
            if isinstance(rest[count - 1].body, ast.BigOperator) or isinstance(rest[count].body, ast.BigOperator):
                return self.product(rest, tail), len(rest)
            count += 1
        if isinstance(rest[0].body, ast.BigOperator):
            return self.product(rest, tail), len(rest)
        return self.product(rest[:count], ()), count

    def _is_first(self, rest: Sequence[ast.Factor]) -> bool:
        """Whether the derivative of f(x) g(x) is of f alone, where nothing stands between the two functions."""
        if len(rest) < 4 or any(f.operator or f.sign for f in rest[1:4]):
            return False
        names, brackets = (rest[0].body, rest[2].body), (rest[1].body, rest[3].body)
        if not all(isinstance(n, ast.Symbol) for n in names) or brackets[0] != brackets[1]:
            return False
        if not isinstance(brackets[0], ast.Group) or brackets[0].opening != "(":
            return False
        self.noticed.consulted.add("first")
        return self.choices.first

    def _is_beyond(self, rest: Sequence[ast.Factor]) -> bool:
        """Whether the derivative of a bracket is of the factors behind it too, where these stand right beside it."""
        if len(rest) < 2 or rest[1].operator or rest[1].sign or is_differential(rest[1].body):
            return False
        self.noticed.consulted.add("beyond")
        return self.choices.beyond

    def _written_quotient(self, factors: Sequence[ast.Factor]) -> Value | None:
        r"""\partial L / \partial f: a derivative written with a slash, as a whole product."""
        braced = self._braced_quotient(factors)
        if braced is not None:
            return braced
        if not factors or not is_d(factors[0].body) or not isinstance(factors[0].body, ast.Partial):
            if not (factors and is_d(factors[0].body) and len(factors) == 4 and factors[2].operator == "/"):
                return None
        slash = next((p for p, f in enumerate(factors) if f.operator == "/"), None)
        if slash is None or not is_d(factors[slash].body) or slash + 1 >= len(factors) or slash < 2:
            return None
        above = self.product([replace(factors[1], operator=""), *factors[2:slash]], ())
        variables = self._variables([replace(f, operator="") for f in factors[slash + 1 :]])
        value = self.derivative(above, variables)
        return replace(value, expr=-value.expr) if self.sign(factors[0].sign) else value

    def _braced_quotient(self, factors: Sequence[ast.Factor]) -> Value | None:
        r"""{\partial L}/{\partial z}."""
        if len(factors) != 2 or factors[1].operator != "/" or factors[0].sign or factors[1].sign:
            return None
        above, below = leading(factors[0].body), leading(factors[1].body)
        if not above or not below:
            return None
        return self.derivative(self.product(above, ()), self._variables(below))

    def derivative(self, of: Value, variables: Sequence[Node], is_round: bool = False) -> Value:
        for node in reversed(variables):
            variable = self.value(node)
            held = self._held(of, variable) if is_round and len(variables) == 1 else None
            of = self._by(of, variable) if held is None else held
        return of

    def _held(self, of: Value, variable: Value) -> Value | None:
        r"""\partial f/\partial x of f(x, y), where y depends on x: with y held. None where nothing needs holding."""
        entry, by = self.scope.symbols.get(label_if_named(of.expr)), label_if_named(variable.expr)
        if entry is None or entry.definition is None or by is None:
            return None
        arguments = [label_if_named(p) for p in entry.parameters]
        others = [a for a in arguments if a is not None and a != by and occurs(by, a, self.scope)]
        if by not in arguments or not others:
            return None
        value = entry.definition.value
        if entry.axes or isinstance(variable.expr, sp.Indexed) or value.has(sp.Indexed, Partial, sp.Sum, sp.Product):
            raise UnsupportedNoteError("a partial derivative that holds what depends on its variable")
        self.noticed.doubts.append(f"what ∂{entry.key}/∂{by} holds")
        between = {e.symbol for e in self.scope.definitions_of(value)} - set(others)
        if any(occurs(by, name, self.scope) for name in between):
            raise UnsupportedNoteError("a partial derivative by what other names depend on, too")
        return Value(value.diff(by))

    def _by(self, of: Value, variable: Value) -> Value:
        expr, v = of.expr, variable.expr
        if isinstance(v, sp.Pow) and v.exp == 2 and isinstance(v.base, sp.Symbol | sp.Indexed):
            slope = self._by(of, replace(variable, expr=v.base))  # ∂f/∂σ² = (∂f/∂σ) / 2σ
            return replace(slope, expr=slope.expr / (2 * v.base))
        entries = self.components(v) if len(variable.axes) == 1 else None
        if entries is not None:
            return self.by_parameters(of, entries)
        subject, by = label_if_named(expr), label_if_named(v)
        if subject is not None and by is not None and subject != by:
            self.scope.varied.setdefault(subject, set()).add(by)
        if subject is not None and by is not None and subject in self.unknown and subject != by:
            self.scope.depends.setdefault(subject, set()).add(by)
        if isinstance(v, sp.Symbol) and not occurs(v, expr, self.scope):
            v = self._only_one_like(v, expr)
        elif isinstance(v, sp.Indexed):
            v = self._estimate_of(v, expr)
        if isinstance(v, sp.Indexed | sp.Symbol):
            label = label_of(v)
            entry = self.scope.symbols.get(label)
            if entry is not None and entry.definition is not None and not occurs(label, expr, self.scope):
                expr = folded(expr, entry, self.scope)
        else:
            entry = self._name_for(v)
            expr = folded(expr, entry, self.scope)
            own = entry.definition.target.indices if isinstance(entry.definition.target, sp.Indexed) else ()  # type: ignore[union-attr]
            v = entry.at(tuple(own))
        axes = (*of.axes, *variable.axes)
        if len(of.axes) == len(variable.axes) == 1:
            self.noticed.consulted.add("denominator")
            axes = axes[::-1] if self.choices.denominator else axes
        return Value(Partial(expr, v), axes, len(axes) == 1 and self.choices.rows)

    def _estimate_of(self, v: sp.Indexed, expr: sp.Expr) -> sp.Indexed:
        r"""\hat b for b, where a function is taken at \hat b and has no b: its derivative there."""
        label = v.base.label
        if occurs(label, expr, self.scope):
            return v
        hats = {a.base.label for a in free_atoms(expr) if isinstance(a, sp.Indexed)}
        hat = next((h for h in hats if h.name == rf"\hat{{{label.name}}}"), None)
        return v if hat is None else array(hat)[tuple(v.indices)]

    def _only_one_like(self, v: sp.Symbol, expr: sp.Expr) -> sp.Symbol:
        """θ_0 for θ, where a function has no θ and one single θ_0."""
        exprs = [expr, *(e.definition.value for e in self.scope.definitions_of(expr) if e.definition is not None)]
        found = {
            a
            for e in exprs
            for a in free_atoms(e)
            if isinstance(a, sp.Symbol) and not a.is_integer and base_letter(a.name) == base_letter(v.name)
        }
        hat = next((a for e in exprs for a in free_atoms(e) if _HAT.sub(r"\1", str(a)) == v.name != str(a)), None)
        is_parameter = base_letter(v.name) not in DATA and v not in self.scope.symbols
        if isinstance(hat, sp.Symbol) and hat not in self.scope.symbols and is_parameter:
            return hat  # \hat\beta_0 for \beta_0: the derivative there
        return found.pop() if len(found) == 1 and v not in self.scope.symbols else v

    def _name_for(self, expr: sp.Expr) -> Entry:
        """A new name for an intermediate quantity, over the indices that it has."""
        own = tuple(sorted((s for s in free_symbols(expr) if s in self.met or s == self.sample), key=str))
        if not (expr.has(sp.Indexed) or expr.free_symbols):
            raise UnsupportedNoteError("a derivative by a number")
        if not isinstance(expr, sp.Function):
            raise UnsupportedNoteError(f"a derivative by the expression {text(expr)[:60]}")
        key = f"({text(expr)})"
        for entry in self.scope.of(key):
            return entry
        return self.scope.bind(key, own, tuple(("own", str(s)) for s in own), expr, 0)

    def gradient(
        self, node: ast.Nabla, rest: Sequence[ast.Factor], tail: Sequence[ast.Term] = ()
    ) -> tuple[Value, int, bool]:
        operand, used = self._loss_after(rest) or self.operand(rest, tail)
        if node.subscripts:
            variable = self.value(node.subscripts[0])
        else:
            several = self._scalar_parameters(operand)
            if several is not None and not node.superscripts:
                return self.by_parameters(operand, several), 1 + used, False
            variable = self._parameter_of(operand.expr, rest)
        times = 1
        if node.superscripts:
            if node.superscripts[0] != ast.Number("2"):
                raise UnsupportedNoteError("a power of ∇")
            times = 2
        value = operand
        for _ in range(times):
            value = self._by(value, variable if value is operand else self._again(variable))
        return value, 1 + used, False

    def _loss_after(self, rest: Sequence[ast.Factor]) -> tuple[Value, int] | None:
        """The loss that a gradient is of, where its name comes first: the rest is multiplied, as in ∇_s H J."""
        if len(rest) < 2 or rest[0].sign or not isinstance(rest[0].body, ast.Symbol):
            return None
        entry = self.entry_for(read_name(rest[0].body, self.signature.habits))
        if entry is None or entry.definition is None or entry.axes:
            return None
        count = 2 if isinstance(rest[1].body, ast.Group) and rest[1].body.opening == "(" and not rest[1].operator else 1
        return self.product(rest[:count], ()), count

    def _again(self, variable: Value) -> Value:
        axes = tuple(self.axis(a.sort) for a in variable.axes)
        return Value(variable.at(axes), axes)

    def _parameter_of(self, expr: sp.Expr, rest: Sequence[ast.Factor]) -> Value:
        """What a gradient without a subscript is taken by: the one vector of parameters that the function has."""
        reached = {e.symbol for e in self.scope.definitions_of(expr)}
        exprs = [expr, *(e.definition.value for e in self.scope.definitions_of(expr) if e.definition is not None)]
        labels = {a.base.label.name for e in exprs for a in atoms_of(e, sp.Indexed)} - {s.name for s in reached}
        entry = self.scope.symbols.get(label_if_named(expr))
        arguments = () if entry is None else map(label_if_named, entry.parameters)
        own = {s.name for s in arguments if s is not None}
        weights = [key for key in ("w", r"\theta", r"\beta", r"\omega") if key in labels]
        said = [key for key in weights if key in own] or weights
        if len(said) > 1:  # the w_i of \sum_i w_i (\theta^T x_i - y_i)^2 are no parameters: J(\theta) says so
            raise UnsupportedNoteError(f"whether the gradient is taken by {' or '.join(said)}")
        if said:
            return (self._argument(own - set(said)) if own else None) or self.named(Ref(said[0]))
        if len(own or labels) == 1 and labels:  # F(x), and the norm of x, by x
            variable = self.named(Ref(min(own or labels)))
            if len(variable.axes) == 1:
                return variable
        match [factor.body for factor in rest[:2]]:
            case [ast.Symbol(), ast.Group("(", ")", ast.Symbol() as argument)] if not rest[1].operator:
                variable = self.value(argument)  # f(x), of which nothing else is known
                if variable.axes:
                    return variable
        raise UnsupportedNoteError("what the gradient is taken by")

    def _argument(self, names: set[str]) -> Value | None:
        """The one vector that a function is of beside its weights: x of f(x) = σ(w·x), where ∇f is read as by it."""
        variable = self.named(Ref(min(names))) if len(names) == 1 else None
        if variable is None or len(variable.axes) != 1:
            return None
        self.noticed.consulted.add("argument")
        return variable if self.choices.argument else None

    def _scalar_parameters(self, operand: Value) -> list[sp.Expr] | None:
        """The numbers that a function is one of, where it is of several: m and b of f(m, b)."""
        label = label_if_named(operand.expr)
        entry = None if label is None else self.scope.symbols.get(label)
        if entry is None or operand.axes:
            return None
        found = self._numbers(entry)
        return found if len(found) > 1 and all(isinstance(p, sp.Symbol) for p in found) else None

    def _numbers(self, entry: Entry) -> list[sp.Expr]:
        """The arguments of a function, those that are arrays written out by their entries."""
        found: list[sp.Expr] = []
        for parameter in (self._here(p) for p in entry.parameters):
            found += self.components(parameter) or [parameter]
        return found

    def components(self, name: sp.Expr) -> list[sp.Expr] | None:
        """The entries of a name that was written out: θ_0 and θ_1 of θ."""
        label = label_if_named(name)
        entry = None if label is None else self.scope.symbols.get(label)
        if entry is None or entry.definition is None or len(entry.axes) != 1:
            return None
        sort = entry.axes[0]
        if not (isinstance(sort, tuple) and sort[0] == FIXED):
            return None
        return [entry.value_at((sp.Integer(k),)) for k in range(1, sort[1] + 1)]

    def by_parameters(self, value: Value, parameters: Sequence[sp.Expr]) -> Value:
        """The gradient of a function of several numbers, in the order of its arguments."""
        if value.axes or not all(isinstance(p, sp.Symbol) for p in parameters):
            raise UnsupportedNoteError("the gradient by what the function is a function of")
        return column([Partial(value.expr, p) for p in parameters], self.axis)

    def operator_d(self, node: ast.Symbol, rest: Sequence[ast.Factor]) -> tuple[Value, int] | None:
        """D f(x), the derivative of f by what it is applied to, with the factors that took; None for any other D."""
        if node.subscripts:
            return self._by_entry(node, rest)
        if node.superscripts or len(rest) < 2 or any(f.operator or f.sign for f in rest[:2]):
            return None
        name, group = rest[0].body, rest[1].body
        if not isinstance(name, ast.Symbol) or not isinstance(group, ast.Group) or group.opening != "(":
            return None
        if not isinstance(group.body, ast.Symbol) or read_name(name, self.signature.habits).key not in (
            self.signature.functions
        ):
            return None
        return self.derivative(self.product(rest[:2], ()), [group.body]), 2

    def _by_entry(self, node: ast.Symbol, rest: Sequence[ast.Factor]) -> tuple[Value, int] | None:
        """D_j S_i, the derivative of what is defined by entries of one array by its entry j."""
        of = rest[0].body if rest and not rest[0].operator and not rest[0].sign else None
        if isinstance(of, ast.Symbol):
            found = self.scope.of(read_name(of, self.signature.habits).key)
            value = found[0].definition.value if found and found[0].definition is not None else None
        else:
            value = self.value(of).expr if isinstance(of, ast.Fraction | ast.Group | ast.Product) else None
        if value is None:
            return None
        arrays = {a.base.label for a in free_atoms(value) if isinstance(a, sp.Indexed)}
        if len(arrays) != 1:
            raise UnsupportedNoteError("the operator D")
        variable = ast.Symbol(arrays.pop().name.split("·")[0], subscripts=node.subscripts)
        return self.derivative(self.product(rest[:1], ()), [variable]), 1

    def _has_value_in(self, node: Node) -> bool:
        """Whether a name in an expression is defined."""
        names = (read_name(n, self.signature.habits) for n in walk(node) if isinstance(n, ast.Symbol))
        return any(self.scope.of(ref.key) for ref in names)

    def of_prime(self, value: Value) -> Value:
        """(E)', by the one name in E; of functions without arguments, (u v)', by what all of them depend on.

        Of functions of which nothing is known it is by the one name that these are of: (f(x) g(x))'. Where the chain
        begins with a derivative by an entry of what is in E, ∂s_i/∂z_j = ((e^{z_i})' S - …)/S², it is by that.
        """
        variable = self._variable_of_chain(value.expr) or self._one_argument(value)
        if variable is not None:
            return Value(Partial(value.expr, variable), value.axes)
        atoms = sorted((a for a in free_atoms(value.expr) if not a.is_integer), key=str)
        functions = all(isinstance(a, sp.Symbol) and a.name in "fghuv" and a not in self.scope.symbols for a in atoms)
        bound = value.expr.has(Partial, sp.Sum, sp.Product)
        if any(free_symbols(a) - free_symbols(value.expr) for a in atoms):
            raise UnsupportedNoteError("a derivative of a sum written with a prime")
        of_several = len({self._variable_of(atom) for atom in atoms}) > 1
        if value.axes or not atoms or not functions and of_several or functions and bound:
            raise UnsupportedNoteError("a derivative of an expression written with a prime")
        if not functions:
            (variable,) = {self._variable_of(atom) for atom in atoms}
            if label_if_named(variable) in self.scope.symbols:
                self.noticed.doubts.append("what a prime differentiates by")
            return Value(Partial(value.expr, variable))
        slopes = [value.expr.diff(a) * self.named(Ref(f"{a.name}'")).expr for a in atoms]
        return Value(sp.Add(*slopes))

    def _variable_of(self, atom: sp.Expr) -> sp.Expr:
        """The one name that a defined function is of, x of f(x); else what is given."""
        label = label_if_named(atom)
        entry = None if label is None else self.scope.symbols.get(label)
        is_function = entry is not None and len(entry.parameters) == 1 and not entry.axes
        return self._here(entry.parameters[0]) if entry is not None and is_function else atom

    def _variable_of_chain(self, expr: sp.Expr) -> sp.Expr | None:
        """What the derivative at the beginning of the chain is by, where an expression has such a name in it."""
        if self.slope is None or len(self.slope[0]) != 1 or not isinstance(self.slope[0][0].body, ast.Symbol):
            return None
        variable = self.value(self.slope[0][0].body)
        label = label_if_named(variable.expr)
        is_in = not variable.axes and label in map(label_if_named, free_atoms(expr))
        return variable.expr if is_in and label is not None else None

    def of_primed_name(self, ref: Ref) -> Value | None:
        r"""S' in a chain that begins with a derivative by what S is a sum of, and g' in ∂(g/h)/∂x = (g'h - gh')/h²."""
        if ref.primes != 1 or self.slope is None or self.scope.of(ref.key + "'"):
            return None
        entry = self.entry_for(replace(ref, primes=0))
        if entry is not None and entry.definition is not None and not entry.parameters:
            value = self.named(replace(ref, primes=0))
            variable = None if value.axes else self._variable_of_chain(entry.definition.value)
            return None if variable is None else Value(Partial(value.expr, variable))
        below, of = self.slope
        is_known = entry is not None or ref.key in self.signature.functions or ref.key in self.signature.activations
        if is_known or ref.indices or len(below) != 1 or not isinstance(of, ast.Fraction | ast.Product):
            return None
        if not any(isinstance(n, ast.Symbol) and n == ast.Symbol(ref.key) for n in walk(of)):
            return None
        return self.derivative(self.named(replace(ref, primes=0)), [below[0].body])

    def _one_argument(self, value: Value) -> sp.Expr | None:
        """The name that all unknown functions in a value are of, and functions of these."""
        leaves = set(free_atoms(value.expr))
        if value.axes or not any(label_if_named(a) in self.scope.jets for a in leaves):
            return None
        while reached := [a for a in leaves if label_if_named(a) in self.scope.jets]:
            leaves = leaves - set(reached)
            for atom in reached:
                entry = self.scope.symbols[label_if_named(atom)]
                own = tuple(atom.indices) if isinstance(atom, sp.Indexed) else ()
                leaves |= {a for a in free_atoms(entry.value_at(own)) if "'(" not in str(label_if_named(a))}
        (leaf, *others) = sorted(leaves, key=str) or [sp.S.Zero]
        is_name = isinstance(leaf, sp.Symbol) and leaf not in self.scope.symbols
        return leaf if is_name and not others else None

    def differential(self, node: ast.Symbol) -> Value:
        """dz as a name of its own: the derivative of the loss by z, as programs call it."""
        ref = read_name(node, self.signature.habits)
        found = self.named(ref.differential)
        return self.with_scripts(found, ref)

    def _here(self, parameter: sp.Expr) -> sp.Expr:
        return substitute(parameter, {ROW: self.sample})
