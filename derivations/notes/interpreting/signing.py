"""A document's notation from the survey of its formulas: what runs over samples, features and classes.

What stands here are guesses about notation, made once for a document; they decide no equation.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from derivations.notes.interpreting.bracketed import applies
from derivations.notes.interpreting.entropies import slots_of_entropies
from derivations.notes.interpreting.events import priors_in
from derivations.notes.interpreting.fed import MARK
from derivations.notes.interpreting.habits import habits_of
from derivations.notes.interpreting.indicators import has_kronecker
from derivations.notes.interpreting.names import (
    STATISTICS,
    TRANSPOSES,
    Habits,
    UnsupportedNoteError,
    layer_of_key,
    read_name,
)
from derivations.notes.interpreting.signature import (
    DATA,
    LABELS,
    MATRICES,
    PARAMETERS,
    VECTORS,
    WEIGHTS,
    Key,
    Signature,
    Slot,
    base_letter,
)
from derivations.notes.interpreting.survey import Survey
from derivations.notes.interpreting.symmetries import middles
from derivations.notes.parsing import ast
from derivations.notes.parsing.ast import Node, walk

__all__ = ["sign_document"]

_OF_CHANCE = frozenset(["p", "q", "P", "Pr", r"\mathbb{P}", r"\Pr"])
_OF_CHANCES = (
    r"(?-i:(?:\\ell|\\mathcal\s*\{{?\s*L\s*\}}?|(?<![A-Za-z\\])[lL])\s*\(\s*{}\s*[)|;])"  # L(p): p is what is estimated
)
_SLOPED = frozenset([*"fghAFG", r"\phi", r"\psi", r"\varphi", r"\rho", r"\theta", r"\tau", r"\gamma", r"\sigma°"])
_OF_ALL = frozenset([r"\sigma", r"\nu", r"\kappa"])  # a spread and its like: one number for all samples


def sign_document(formulas: list[tuple[int, list[Node]]], words: str, maps: frozenset[str] = frozenset()) -> Signature:
    """The notation of a document, from the sides of all its formulas and its whole text; maps: features of x."""
    every = [side for _, sides in formulas for side in sides]
    survey = Survey(habits_of(every), maps)
    for number, sides in formulas:
        survey.formula(number, sides)
    survey.class_slots += slots_of_entropies(every, survey.habits, words)
    torn = survey.join()
    joined = survey.joined
    classes = frozenset(joined.find(key) for key in survey.class_slots if key not in torn)
    roots = {slot: joined.find(slot) for slots in survey.letters.values() for slot in slots if slot not in torn}
    letters = {key: joined.find(("letter", *key)) for key in survey.letters}
    of_samples = survey.of_cases | _diagonals(survey)
    others = {slot: root for slot, root in roots.items() if slot[0].rstrip("!") not in of_samples}
    features = _votes_for_features(others, classes)
    sample = _sample(survey, roots, classes, features)
    feature = _feature(roots, classes, features, sample)
    usual: dict[str, Counter[Key]] = {}
    for (_, letter), root in letters.items():
        usual.setdefault(letter, Counter())[root] += 1 + 3 * (root in (sample, feature))
    lower, uneven = _beginnings(survey)
    of_weights = {root for slot, root in roots.items() if slot[0] in survey.zeroth and slot[2] == 1}
    valued = _valued(formulas)
    signature = Signature(
        habits=survey.habits,
        functions=_functions(every, survey) | _stated(formulas, survey.habits),
        vectors=frozenset((survey.transposed | survey.bold) - survey.columns),
        sort_of_slot={**roots},
        sort_of_letter=letters,
        usual_sort={letter: max(c, key=lambda r: (c[r], str(r))) for letter, c in usual.items()},
        size={joined.find(root): size for root, size in joined.size.items()},
        lower=lower,
        axes={},
        sample=sample,
        feature=feature,
        classes=classes,
        logged=frozenset(survey.logged),
        weighing=frozenset(survey.weighing - survey.logged - survey.subjects),
        words=words,
        count={key: sum(uses.values()) for key, uses in survey.uses.items()},
        has_vectors=bool(survey.transposed | survey.bold | survey.normed) or survey.dotted,
        uneven=uneven,
        longer=frozenset(root for root in of_weights - uneven if lower.get(root) == "1"),
        ambiguous=_ambiguous(every, survey.habits),
        priors=priors_in(every, survey.habits),
        names_e=bool(survey.uses.get("e")) and "e" in survey.transposed or "e" in valued,
        valued=valued,
        parameters=frozenset(k for k, uses in survey.uses.items() if k in survey.varied and _is_common(k, uses, survey))
        | _of_mixture(survey, roots),
        has_kronecker=r"\delta" not in valued and has_kronecker(every, survey.habits, words),
        subjects=frozenset(survey.subjects),
        activations=frozenset(survey.activations),
        sloped=frozenset(_sloped(every)),
        augmented=_augmented(survey),
    )
    signature.axes.update({key: _axes(key, uses, signature, survey) for key, uses in survey.uses.items()})
    signature.axes.update(_of_other_layers(signature.axes, survey))
    if not signature.has_vectors and any(_multiplies_a_vector(node, signature) for s in every for node in walk(s)):
        return replace(signature, has_vectors=True)
    return signature


def _of_other_layers(axes: Mapping[str, tuple[Key, ...]], survey: Survey) -> dict[str, tuple[Key, ...]]:
    """The axes of names that have no index in their layer, but in another: w^{l+1} beside w^l_{jk}."""
    layered = [key for key in survey.uses if (layer := layer_of_key(key)) is not None and layer[0]]
    indexed = {key for key in layered if any(above or below for above, below in survey.uses[key])}
    richest: dict[str, tuple[Key, ...]] = {}
    for key in sorted(indexed, key=lambda k: len(axes[k])):
        richest[key.partition("^")[0]] = axes[key]
    last = [f"{stem}^L{further}" for stem in richest for further in ("", "-1", "-2")]  # see `layers.before_the_last`
    others = (key for key in (*layered, *last) if key not in indexed)
    return {key: richest[key.partition("^")[0]] for key in others if key.partition("^")[0] in richest}


def _multiplies_a_vector(node: object, signature: Signature) -> bool:
    """Whether a matrix stands before a vector that it sums over, neither with an index: W x of W_{kj} x_j."""
    if not isinstance(node, ast.Product):
        return False
    for one, other in itertools.pairwise(node.factors):
        if isinstance(one.body, ast.Symbol) and isinstance(other.body, ast.Symbol) and not other.operator:
            try:
                refs = [read_name(factor.body, signature.habits) for factor in (one, other)]
            except UnsupportedNoteError:
                continue
            matrix, vector = (signature.axes.get(ref.key, ()) for ref in refs)
            bare = not any(ref.indices or ref.power is not None for ref in refs)
            if bare and len(matrix) == 2 and len(vector) == 1 and matrix[0] != matrix[1] == vector[0]:
                return signature.sample not in matrix
    return False


def _diagonals(survey: Survey) -> set[str]:
    """Matrices of which only the diagonal has indices, W_{ii}: one number for each sample, and no weights of x_i."""
    pairs = {key: {side for use in uses for side in use if len(side) == 2} for key, uses in survey.uses.items()}
    return {key for key, found in pairs.items() if found and all(first == second for first, second in found)}


def _votes_for_features(roots: dict[Slot, Key], classes: frozenset[Key]) -> Counter[Key]:
    """How much speaks for each sort to be that of the features: what a weight is indexed by."""
    data = {root for slot, root in roots.items() if base_letter(slot[0]) == "x" and slot[2] == 1}
    votes: Counter[Key] = Counter()
    for slot, root in roots.items():
        letter = base_letter(slot[0])
        if letter in ("w", r"\theta", r"\beta", r"\omega") and slot[2] == 1 and not slot[1]:
            votes[root] += 2
        if letter in MATRICES and slot[2] == 2 and root in data:
            votes[root] += 2  # W_{kj} x_j: no sample, for a weight has none
    labelled = {root for slot, root in roots.items() if base_letter(slot[0]) in LABELS}
    for slot, root in roots.items():
        if slot[2:] == (2, 0) and roots.get((*slot[:3], 1)) == root and root in data - labelled:
            votes[root] += 2  # A_{jk} x_j x_k: a quadratic form of the entries of x
    return Counter({root: count for root, count in votes.items() if root not in classes})


def _sample(survey: Survey, roots: dict[Slot, Key], classes: frozenset[Key], features: Counter[Key]) -> Key | None:
    """The sort that runs over samples: what labels and data are indexed by, and means are taken over."""
    joined = survey.joined
    votes: Counter[Key] = Counter()
    data = {root for slot, root in roots.items() if base_letter(slot[0]) == "x" and slot[2] == 1}
    for slot, root in roots.items():
        letter = base_letter(slot[0])
        is_weight = letter in MATRICES and slot[2] == 2 and root in data
        if not is_weight and letter in MATRICES | {"u", "v"} and slot[2] == 2:
            votes[root] -= 100
        if letter in DATA | survey.maps | {"h", "f", "z", "p", "a"} and slot[3] == 0:
            votes[root] += 2 if slot[1] or letter in LABELS else 1
    for root, size in joined.size.items():
        if joined.find(root) == root and size in survey.means:
            votes[root] += 8
        if joined.find(root) == root and size in ("C", "K"):
            votes[root] -= 4  # as many as there are classes
    for root in list(votes):
        if root in classes or features[root] > 1:
            votes[root] -= 100
    best = max(votes, key=lambda r: (votes[r], str(r)), default=None)
    if best is not None and votes[best] > 0:
        return best
    for number, letter, upper, _ in survey.bounds:
        root = joined.find(("letter", number, letter))
        if upper in survey.means and root not in classes and root not in features:
            return root
    if survey.has_bare_sum and not classes or survey.has_design_matrix:
        return ("samples",)
    return None


def _feature(roots: dict[Slot, Key], classes: frozenset[Key], features: Counter[Key], sample: Key | None) -> Key | None:
    """The sort that runs over features."""
    if features:
        return max((r for r in features if r != sample), key=lambda r: (features[r], str(r)), default=None)
    # no weight has an index: x_{i1}, …, x_{im} say what features are
    second = sorted({r for slot, r in roots.items() if slot[0].rstrip("!") == "x" and slot[2:] == (2, 1)}, key=str)
    return next((r for r in second if r != sample and r not in classes), None)


def _beginnings(survey: Survey) -> tuple[dict[Key, str], frozenset[Key]]:
    """Where the sums over each sort begin, and the sorts whose sums begin at different places."""
    lower: dict[Key, str] = {}
    uneven: set[Key] = set()
    for number, letter, _, begin in survey.bounds:
        if begin is not None:
            root = survey.joined.find(("letter", number, letter))
            if begin.isdigit() and lower.get(root, begin) != begin:
                uneven.add(root)
            if root not in lower or begin == "1":
                lower[root] = begin
    return lower, frozenset(uneven)


def _axes(
    key: str,
    uses: Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]],
    signature: Signature,
    survey: Survey,
) -> tuple[Key, ...]:
    """The sorts of a name's axes: those of its richest use, with what other uses add."""
    if _is_of_all_samples(key) and set(uses) == {((), ())}:
        return ()
    found: list[Key] = []
    letter = base_letter(key)
    vectors, data = VECTORS | survey.maps, DATA | survey.maps
    rich = _usual_arity(uses, letter)
    is_vector_of_numbers = (
        letter in VECTORS and key not in survey.of_cases and not any(n for u in uses for side in u for n in side)
    )  # w_1 and w^T
    for above, below in sorted(uses, key=lambda u: -len(u[0]) - len(u[1])):
        if len(above) + len(below) < rich and rich > 1:
            break
        if len(above) + len(below) > rich:
            continue
        sorts: list[Key] = []
        for raised, letters in ((True, above), (False, below)):
            for position, name in enumerate(letters):
                slots = [(name_ + "", raised, len(letters), position) for name_ in (key, key + "!")]
                root = next((signature.sort_of_slot[s] for s in slots if s in signature.sort_of_slot), None)
                if root is None and name is not None:
                    root = signature.usual_sort.get(name, ("letter", name))
                entry = ("features",) if is_vector_of_numbers and not raised else ("entry", key, raised, position)
                sorts.append(root or entry)
        if rich > 1 and found:
            if any(r[0] == "entry" for r in found):
                found = [b if a[0] == "entry" else a for a, b in zip(found, sorts, strict=False)]
            continue
        if found and rich == 1 and 12 * uses[above, below] < max(uses.values()) and len(above) + len(below) == 1:
            continue
        for root in sorts:
            if (root[0] != "entry" or not found) and (root not in found or rich > 1):
                found = [r for r in found if r[0] != "entry"] + [root]
    has_feature = signature.feature in found or ("features",) in found
    is_listed = letter in VECTORS or key in survey.listed and all(len(a) + len(b) == 1 for a, b in uses)
    if letter == "W" and found and signature.classes >= set(found):  # W_j^T x, one for each class
        is_listed |= all(len(a) + len(b) == 1 for a, b in uses if (a, b) != ((), ()) or uses[a, b] > survey.bare[key])
    if key in survey.rows | survey.listed and is_listed and letter not in LABELS and not has_feature:
        found.append(signature.feature or ("features",))
    elif not found or found == [signature.sample]:
        has_vectors = bool(survey.transposed | survey.normed) or signature.feature is not None and letter != "x"
        is_vector = key in signature.vectors or (
            letter in vectors and key not in survey.of_cases and has_vectors and not re.search(r"_\d", key)
        )
        is_weighed = any(key == vector for _, vector, _ in survey.inner)  # z of w^T z_i, a number for none of its i
        is_vector = is_vector and (letter in vectors or key in survey.bold - survey.columns)
        if (is_vector or is_weighed) and letter not in LABELS:
            found.append(signature.feature or ("features",))
    if key in survey.index_letters or key in TRANSPOSES or key in signature.counts:
        return tuple(found)
    is_data = (
        letter in DATA | survey.maps
        or letter not in PARAMETERS
        and key not in signature.functions
        and letter not in _OF_ALL
        and letter.islower()
        and not _is_common(key, uses, survey)
        and key not in signature.parameters
        and not (key in ("p", "q") and set(uses) == {((), ())} and signature.says(_OF_CHANCES.format(key)))
    )
    if letter == "X" and not (not found and _is_one_feature(key, survey)):
        found = found or [signature.feature or ("features",)]
        is_data = True
    if signature.sample is not None and signature.sample not in found and is_data:
        found.insert(0, signature.sample)
    elif signature.sample in found[1:] and letter in data:
        found.remove(signature.sample)
        found.insert(0, signature.sample)
    return tuple(found)


def _is_one_feature(key: str, survey: Survey) -> bool:
    """Whether a name is a number among numbers: X_1 of W_1 X_1 + W_2 X_2, where no such X or W is an array."""
    numbered = re.compile(rf"(?:X|{'|'.join(map(re.escape, sorted(MATRICES)))})_\d+")
    names = {name for name in survey.uses if numbered.fullmatch(name)}
    arrays = survey.transposed | survey.bold | survey.normed | survey.rows | survey.listed
    is_bare = not names & arrays and all(set(survey.uses[name]) == {((), ())} for name in names)
    return key in names and is_bare and any(name[0] != "X" for name in names)


def _things_in(group: Node) -> frozenset[str]:
    """The names in a bracket, without their indices."""
    body = group.body if isinstance(group, ast.Group) else group
    items = body.items if isinstance(body, ast.Listing) else (body,)
    parts = (n for item in items if item is not None for n in ((item,) if isinstance(item, ast.Symbol) else walk(item)))
    return frozenset(n.name for n in parts if isinstance(n, ast.Symbol))


def _is_of_all_samples(key: str) -> bool:
    r"""Whether a name is of all data: the probability p(\vec y|X), and p(y|X) beside p(y|x), a covariance s_{xy}."""
    base, mark, of = key.partition("_")
    if mark and base in STATISTICS and set(of.split()) <= {*"xyXY"}:
        return True
    _, bracket, inside = key.partition("(")
    events, _, conditions = inside.rstrip(")").partition("|")
    return bool(bracket) and ("*" in inside or conditions.split(";")[0] in ("X", "D") and events.islower())


def _augmented(survey: Survey) -> frozenset[str]:
    r"""Data and weights with an accent, \tilde{X} \tilde{w}, where something is differentiated by the weights."""
    found: set[str] = set()
    for accent in (r"\tilde", r"\bar"):
        own = {key for key in survey.uses if key.startswith(accent + "{")}
        if any(base_letter(key) in WEIGHTS for key in own & (survey.varied | survey.below_nabla)):
            found |= {key for key in own if base_letter(key) in WEIGHTS | {"x", "X"}}
    return frozenset(found)


def _of_mixture(survey: Survey, roots: dict[Slot, Key]) -> frozenset[str]:
    r"""The \pi_k of a mixture, a number for each component as \mu_k is, and its r_{ik}, given for each pair."""
    component = roots.get((r"\pi", False, 1, 0))
    if component is None or roots.get((r"\mu", False, 1, 0)) != component:
        return frozenset()
    is_weight = all(len(above) + len(below) < 2 for above, below in survey.uses[r"\pi"])
    is_given = roots.get(("r", False, 2, 1)) == component != roots.get(("r", False, 2, 0))
    return frozenset([r"\pi"] * is_weight + ["r"] * (is_weight and is_given))


def _is_common(key: str, uses: Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]], survey: Survey) -> bool:
    """Whether a name is one number for all samples: never indexed, never defined, in a sum whose data are indexed."""
    return set(uses) == {((), ())} and key in survey.common and key not in survey.alone


def _has_errors(formulas: list[tuple[int, list[Node]]], survey: Survey) -> bool:
    """Whether e is a vector of errors somewhere."""
    is_vector = bool(survey.uses.get("e")) and "e" in survey.transposed
    return is_vector or any(_gives_value(sides, "e") for _, sides in formulas)


def _gives_value(sides: list[Node], name: str) -> bool:
    """Whether a formula says what e is: e = y - t, and not e = 2.718."""
    if len(sides) < 2 or ast.Symbol(name) not in sides[:-1]:
        return False
    return any(isinstance(n, ast.Symbol) and n.name != name for side in sides for n in walk(side))


def _is_pair(below: tuple[Node, ...]) -> bool:
    """Whether subscripts are two letters: of _{ij} and _{i,j}, and not of _k."""
    match below:
        case (ast.Product((_, _)),) | (_, _):
            return True
    return False


def _valued(formulas: list[tuple[int, list[Node]]]) -> frozenset[str]:
    r"""e and \pi that a formula gives a value, and a \delta_{ij} that is a difference of names."""
    found = {name for name in ("e", r"\pi") if any(_gives_value(sides, name) for _, sides in formulas)}
    for _, sides in formulas:
        match sides:
            case [ast.Symbol("\\delta", (), below, ()), ast.Sum((first, second)), *_] if _is_pair(below):
                names = {n.name for t in (first, second) for n in walk(t.body) if isinstance(n, ast.Symbol)}
                has_condition = any(isinstance(n, ast.Chain) for t in (first, second) for n in walk(t.body))
                found |= {r"\delta"} if len(names) > 1 and not has_condition else set()
    return frozenset(found)


def _usual_arity(uses: Counter[tuple[tuple[str | None, ...], tuple[str | None, ...]]], letter: str) -> int:
    """How many indices a name has; a label that has one nearly always has one (y_{ik} is then another name)."""
    arities = Counter[int]()
    for (above, below), count in uses.items():
        arities[len(above) + len(below)] += count
    most = max(arities, default=0)
    scarce = 4 if letter not in VECTORS else 12
    if most == 2 and arities[1] > scarce * arities[2]:
        return 1
    return most


def _functions(sides: list[Node], survey: Survey) -> frozenset[str]:
    """Names that are written before brackets as functions are; the A of (x - a)^T A (x - a) is a matrix."""
    found: set[str] = set()
    matrices: set[str] = set()
    sloped = set(_sloped(sides))
    for side in sides:
        for node in walk(side):
            if isinstance(node, ast.Product):
                matrices |= {read_name(middle, survey.habits).key for middle in middles(node)}
                for left, right in zip(node.factors, node.factors[1:], strict=False):
                    if isinstance(left.body, ast.Symbol) and not right.operator and not right.sign:
                        if left.body.name in sloped and _of_name(right.body):
                            found.add(read_name(left.body, survey.habits).key)
                        group = right.body.base if isinstance(right.body, ast.Scripted) else right.body
                        within = {n.name.rstrip(MARK) for n in walk(group) if isinstance(n, ast.Symbol)}
                        if applies(left.body, group) and left.body.name.rstrip(MARK) not in within:  # h_i(1 - h_i)
                            found.add(read_name(left.body, survey.habits).key)
    return frozenset(found - matrices)


def _stated(formulas: list[tuple[int, list[Node]]], habits: Habits) -> frozenset[str]:
    r"""Names that are said to be functions of one name: \phi(z) = 1/(1 + e^{-z}), and no product with it."""
    found: set[str] = set()
    for _, sides in formulas:
        for left, right in itertools.pairwise(sides):
            match left:
                case ast.Product(
                    (
                        ast.Factor("", "", ast.Symbol(_, (), (), (), 0) as name),
                        ast.Factor("", "", ast.Group("(", _, ast.Symbol() as argument)),
                    )
                ) if argument.name != "d" and argument in walk(right) and name not in walk(right):
                    found.add(read_name(name, habits).key)
    return frozenset(found)


def _sloped(sides: list[Node]) -> Iterator[str]:
    r"""Names whose slope is written, as \phi'(z): functions, whatever such letters are elsewhere."""
    for part in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in itertools.pairwise(part.factors):
            name = left.body
            if isinstance(name, ast.Symbol) and name.primes == 1 and not right.operator and _of_name(right.body):
                if name.name in _SLOPED:
                    yield name.name


def _of_name(node: Node) -> bool:
    """Whether a bracket holds one name, or a function of one: f'(x), f'(g(x))."""
    match node:
        case ast.Group("(", _, ast.Symbol()):
            return True
        case ast.Group("(", _, ast.Product((ast.Factor("", "", ast.Symbol() as name), ast.Factor("", "", inner)))):
            return name.name in _SLOPED and _of_name(inner)
    return False


def _ambiguous(sides: list[Node], habits: Habits) -> frozenset[str]:
    """Densities of different things, parameters apart."""
    found: dict[str, set[frozenset[str]]] = {}
    for part in (n for side in sides for n in walk(side) if isinstance(n, ast.Product)):
        for left, right in zip(part.factors, part.factors[1:], strict=False):
            name, group = left.body, right.body
            if isinstance(name, ast.Symbol) and not right.operator and not right.sign and applies(name, group):
                found.setdefault(read_name(name, habits).key, set()).add(_things_in(group) - PARAMETERS)
    return frozenset(key for key, lists in found.items() if len(lists) > 1 and base_letter(key) in _OF_CHANCE)
