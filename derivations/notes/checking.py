"""A document from its first formula to its last: names bound, every relation judged, the effect of errors followed.

A bare name left of a formula's first `=` is defined there. Where it had a value, equal again is `proved`, another value
is a `conflict` and holds from there on. Every other `=` is a claim under the definitions in force, and a derivative is
refuted only if it is false under every definition that its subject has had. The document is read once for each
admitted choice of what its notation leaves open; the choice by which most of it holds is the one that is reported, and
what another choice would not refute is not refuted.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import sympy as sp

from derivations.equation import is_provable, remembered
from derivations.notes.alone import parts_around
from derivations.notes.established import MOST_OPEN, refuted_by_the_rest
from derivations.notes.given import less_what_is_given
from derivations.notes.interpreting.bound import letters_apart, with_bound_first
from derivations.notes.interpreting.calls import without_calls
from derivations.notes.interpreting.declared import declared_sizes
from derivations.notes.interpreting.expanded import places_defined, with_ends, written_out
from derivations.notes.interpreting.fed import NOT_FED, is_of_other_letters
from derivations.notes.interpreting.log_base import base_said
from derivations.notes.interpreting.naming import Choices
from derivations.notes.interpreting.plain import as_plain_arrays
from derivations.notes.interpreting.rewriting import Usage, rewritten, usage
from derivations.notes.interpreting.sample import with_samples
from derivations.notes.interpreting.shapes import Stated, with_shapes
from derivations.notes.interpreting.signature import Signature
from derivations.notes.interpreting.signing import sign_document
from derivations.notes.interpreting.symmetries import in_quadratic_forms, symmetries_said
from derivations.notes.judging.flattened import has_transposes
from derivations.notes.judging.slips import is_near_miss, is_off_by_a_factor
from derivations.notes.judging.systems import BY_SYSTEM
from derivations.notes.meanings import behind, usual_meanings
from derivations.notes.parsing import ast
from derivations.notes.parsing.parser import Document, Side, Step
from derivations.notes.parsing.render import render_chain
from derivations.notes.reading import Reading
from derivations.notes.report import HELD, FileReport, FormulaRecord, StepRecord
from derivations.notes.slices import Slice, agreeing, is_by_listed, sections, slices, with_weights_kept
from derivations.reasons import Why, about, holds_where, reworded, why

__all__ = ["check_document", "check_step"]

_UNREADABLE = ("reading", "budget", "internal")
_FALSE = ("refuted", "conflict")
# by itself a step says no more of these
_AS_SAID = (Why.TURNED, Why.OTHER_SIGMA, Why.A_PRODUCT, Why.OF_INDEX, Why.NO_VALUE_THERE)
_AGAIN = 1.0  # seconds for each formula that is read again
_OF_COMPONENTS = r"(?-i:\bEM\b)|\b[EM][- ]step|expectation.{0,3}maximi[sz]ation|responsibilit|mixture"
_BY_ITSELF = "read by itself and what it rests on"


def check_document(
    document: Document, text: str, name: str, seed: int = 0, spent: Counter[int] | None = None
) -> FileReport:
    """The report on a document that has been read; spent: filled with the nanoseconds that each formula took."""
    spent = Counter() if spent is None else spent
    written = document
    document, used = _usual_writing(written, text)
    with remembered():
        signature = _signed(document, text, used.maps)
        steps = _read_in_all_ways(document, signature, seed, spent)
        steps = _read_again(document, signature, used.maps, steps, range(len(steps)), seed)
        steps = _with_layers_alike(written, text, used, document, steps, seed)
        steps = _with_meanings(written, text, signature, steps, seed)
        steps = _in_either_base(written, text, used, steps, seed)
        steps = [_as_shown(step) for step in less_what_is_given(document, steps)]
    return FileReport(name, tuple(_formula_records(document, steps)), tuple(steps))


def check_step(document: Document, text: str, line: int, column: int, seed: int = 0) -> StepRecord | None:
    """The record of the relation whose right side begins there, as the report on the document has it.

    What follows the step is read only where readings differ on it, and no other step is read again by itself.
    """
    written = document
    document, used = _usual_writing(written, text)
    places = [None if s.right is None else (s.right.place.line, s.right.place.column) for s in document.steps]
    if (line, column) not in places:
        return None
    at = places.index((line, column))
    with remembered():
        signature = _signed(document, text, used.maps)
        steps = _read_in_all_ways(document, signature, seed, Counter(), document.steps[at])
        steps = _read_again(document, signature, used.maps, steps, [at], seed)
        steps = _with_layers_alike(written, text, used, document, steps, seed)
        steps = _with_meanings(written, text, signature, steps, seed)
        steps = _in_either_base(written, text, used, steps, seed)
        return _as_shown(less_what_is_given(document, steps)[at])


def _with_layers_alike(
    written: Document, text: str, used: Usage, document: Document, steps: list[StepRecord], seed: int
) -> list[StepRecord]:
    """The records, refuted only where a step is false with its letters telling no layers apart, too."""
    suspects = [k for k, step in enumerate(steps) if step.verdict in _FALSE] if used.fed.names else []
    if not suspects:
        return steps
    alike, _ = _usual_writing(written, text, replace(used, fed=NOT_FED))
    others = _read_in_all_ways(alike, _signed(alike, text, used.maps), seed, Counter())
    found = list(steps)
    for k in suspects:
        sides = [side.node for side in (document.steps[k].left, document.steps[k].right) if side is not None]
        if others[k].verdict in HELD and not used.fed.is_defined or is_of_other_letters(sides, used.fed):
            reason = "holds, or may, where its letters don't tell layers apart"
            found[k] = replace(steps[k], verdict="undecided", witness=None, reason=reason)
    return found


def _in_either_base(written: Document, text: str, used: Usage, steps: list[StepRecord], seed: int) -> list[StepRecord]:
    """The records, held or refuted only where a step is so with logarithms to the base that the words give, too."""
    base = base_said(text)
    if not base:
        return steps
    document, _ = _usual_writing(written, text, replace(used, base=base))
    others = _read_in_all_ways(document, _signed(document, text, used.maps), seed, Counter())
    found = list(steps)
    for k, (mine, theirs) in enumerate(zip(steps, others, strict=False)):  # the last may not be wanted
        if mine.verdict in HELD and theirs.verdict in _FALSE or mine.verdict in _FALSE and theirs.verdict in HELD:
            reason = f"the words give logarithms the base {base}, and it holds for one of {base} and e only"
            found[k] = replace(mine, verdict="undecided", witness=None, reason=reason)
    return found


def _with_meanings(
    written: Document, text: str, signature: Signature, steps: list[StepRecord], seed: int
) -> list[StepRecord]:
    """The records, those left open read again behind what the document takes for granted, and supported at most."""
    is_open = [_is_open(step) and step.left != "" for step in steps]
    meanings = usual_meanings(written, signature) if any(is_open) else []
    if not meanings:
        return steps
    whole, used = _usual_writing(behind(meanings, written), text)
    others = _read_in_all_ways(whole, _signed(whole, text, used.maps), seed, Counter())
    before = len(whole.steps) - len(written.steps)
    if any(step.verdict != "definition" for step in others[:before]):
        return steps  # they say something of each other, or are not understood
    reason = holds_where(f"{', '.join(meanings)}, as usual")
    return [
        replace(other, formula=step.formula, line=step.line, verdict="supported", reason=reason, definitions=())
        if open_ and other.verdict in HELD and not _is_vacuous(other, seed)
        else step
        for step, other, open_ in zip(steps, others[before:], is_open, strict=False)  # the last may not be wanted
    ]


def _signed(
    document: Document, text: str, maps: frozenset[str], whole: tuple[Document, Signature] | None = None
) -> Signature:
    """The notation of a document; whole: the one of which it is a part, which says of what shapes its names are."""
    sides = [(f.index, [m for c in f.chains for m in c.members if m is not None]) for f in document.formulas]
    signature = sign_document(sides, text, maps)
    stated_in = document if whole is None else whole[0]
    said = symmetries_said(document, signature.habits) if whole is None else whole[1].symmetries
    unsaid = in_quadratic_forms(document, signature.habits, said) if whole is None else whole[1].quadratic
    signature = replace(signature, symmetries=said, quadratic=unsaid)
    return with_shapes(document, signature, declared_sizes(stated_in, signature.habits))


def _read_in_all_ways(
    document: Document, signature: Signature, seed: int, spent: Counter[int], until: Step | None = None
) -> list[StepRecord]:
    """The records of the reading by which most holds, refuted only where no other reading holds.

    until: the only step whose record is wanted; what follows it decides only between readings that differ on it.
    """
    first = Reading(document, signature, Choices(), seed, spent=spent)
    traces = [first.traced(until)]
    steps = traces[0].records
    for choices in Choices().others(traces[0].consulted):
        first_asked = next((k for k, consulted in enumerate(first.step_consulted) if consulted), 0)
        begins = 0 if "data" in traces[0].consulted else first_asked  # what follows a definition hangs on it
        if all(s.verdict in (*HELD, "definition") for s in steps[begins:]):
            break
        traces.append(Reading(document, signature, choices, seed, spent=spent).traced(until, traces))
    readings = [trace.records for trace in traces]
    if until is not None and len({found[-1].verdict for found in readings}) > 1:
        return _read_in_all_ways(document, signature, seed, Counter())
    admitted = [t.records for t in traces if not (t.choices.rows and "columns" in t.consulted)]
    steps = max(admitted, key=lambda found: sum(s.verdict in HELD for s in found))
    for data in (t.records for t in traces if t.choices == Choices(data=True)):  # what a line is has other axes
        pairs = zip(steps, data, strict=True)
        steps = [theirs if mine.verdict == "unsupported" else mine for mine, theirs in pairs]
    for others in readings:
        steps = [_spared(mine, theirs) for mine, theirs in zip(steps, others, strict=True)]
    return steps


def _read_again(
    document: Document,
    signature: Signature,
    maps: frozenset[str],
    steps: Sequence[StepRecord],
    wanted: Collection[int],
    seed: int,
) -> list[StepRecord]:
    """The records, those wanted read again by themselves where they are refuted or left open."""
    found = list(steps)
    for k in wanted:
        if steps[k].verdict == "refuted":
            found[k] = _with_weights_kept(document, signature, maps, document.steps[k], steps[k], seed)
        if found[k].verdict == "refuted":
            found[k] = _alone(document, signature, maps, document.steps[k], found[k], seed)
    again = {found[k].formula for k in wanted if _is_open(found[k]) or found[k].verdict == "refuted"}
    stated, transposes = declared_sizes(document, signature.habits), has_transposes(document)
    spared: set[int] = set()
    for piece in itertools.chain(slices(document, signature, again), sections(document, signature, again)):
        part, own = piece.part, piece.own
        notation = _signed(part, signature.words, maps, (document, signature))
        is_part = len(part.formulas) < len(document.formulas) or piece.is_behind
        plain = None if piece.is_behind else as_plain_arrays(part, notation, stated)
        if plain is None and is_part and not piece.is_behind:
            found = _where_it_fits(document, signature, piece, notation, stated, found, wanted, seed, transposes)
        for once in (notation if is_part else None, plain):
            asked = [found[w] for w, _ in own if w in wanted]
            if once is None or not any(_is_open(a) or once is notation and a.verdict == "refuted" for a in asked):
                continue
            reading = Reading(part, once, Choices(), seed, seconds=_AGAIN)
            reading.transposes, reading.kept = transposes, piece.kept
            records = reading.run()
            verdicts = [(found[w].verdict, records[h].verdict) for w, h in own if w in wanted]
            if ("unsupported", "refuted") in verdicts:
                others = _read_in_all_ways(part, once, seed, Counter())
                records = [_spared(mine, theirs) for mine, theirs in zip(records, others, strict=True)]
            for whole, here in ((w, h) for w, h in own if w in wanted):
                found[whole] = _less_open(found[whole], records[here], seed, piece.is_behind)
                is_left = found[whole].verdict == "refuted" and records[here].verdict != "refuted"
                if is_left and is_by_listed(document.steps[whole], signature, once):
                    reason = "what it is by lists vectors elsewhere in the document"
                    found[whole] = replace(found[whole], verdict="undecided", witness=None, reason=reason)
                    spared.add(whole)
    still_open = [k for k, record in enumerate(found) if _is_open(record) and k not in spared]
    for k in still_open if len(still_open) <= MOST_OPEN else ():
        step = document.steps[k]
        record = refuted_by_the_rest(document, step, found, lambda rest: _signed(rest, signature.words, maps), seed)
        if record is not None and k in wanted:
            found[k] = _alone(document, signature, maps, step, record, seed)
    return found


def _where_it_fits(
    document: Document,
    signature: Signature,
    piece: Slice,
    notation: Signature,
    stated: Stated,
    steps: Sequence[StepRecord],
    wanted: Collection[int],
    seed: int,
    transposes: bool,
) -> list[StepRecord]:
    """The records, those left open read with what is said of their names where these have the same axes."""
    found = list(steps)
    if len({document.steps[place].formula for place, _ in piece.own}) > 1:
        return found
    places = [place for place, _ in piece.own if place in wanted and _is_open(found[place])]
    fitting = places and agreeing(document, signature, piece, lambda part: as_plain_arrays(part, notation, stated))
    if not fitting:
        return found
    part, plain = fitting
    reading = Reading(part.part, plain, Choices(), seed, seconds=_AGAIN)
    reading.transposes, reading.kept = transposes, part.kept
    records = reading.run()
    for whole, here in part.own:
        if whole in places and records[here].verdict in HELD:
            found[whole] = _less_open(found[whole], records[here], seed, False)
    return found


def _less_open(mine: StepRecord, theirs: StepRecord, seed: int, is_behind: bool) -> StepRecord:
    """A record, or what its formula and what it rests on give by themselves, where that says more.

    What is refuted in the whole document only is left open, unless names of it have their value behind it.
    """
    if mine.verdict == "unsupported" and (theirs.verdict, theirs.method) == ("definition", "definition"):
        return replace(theirs, formula=mine.formula, reading=_BY_ITSELF)
    if mine.verdict == "refuted" and theirs.verdict in HELD and not is_behind and not _is_vacuous(theirs, seed):
        return replace(mine, verdict="undecided", witness=None, reason="holds where it is read by itself")
    if mine.verdict == "refuted" and why(theirs.reason) is Why.ONE_SAMPLE:
        return replace(mine, verdict="undecided", witness=None, reason=theirs.reason)
    worse = mine.verdict == "unsupported" and theirs.verdict == "refuted"
    worse = worse and theirs.claim is not None and is_off_by_a_factor(theirs.claim.equation, seed)
    is_unsaid = is_behind and mine.verdict == "refuted"
    is_held = theirs.verdict == "proved" or theirs.verdict in HELD and not is_behind
    is_said = (_is_open(mine) or is_unsaid) and is_held or _is_open(mine) and worse
    if not is_said or _is_vacuous(theirs, seed):
        return mine
    if theirs.verdict == "proved":  # its names may mean more elsewhere in the document
        reason = "holds with what is said behind it" if is_behind else "holds where it is read by itself"
        theirs = replace(theirs, verdict="supported", reason=reason)
    reading = _BY_ITSELF + ("; " + theirs.reading) * bool(theirs.reading)
    return replace(theirs, formula=mine.formula, reading=reading)


def _is_vacuous(record: StepRecord, seed: int) -> bool:
    """Whether a step holds because both sides are 0 in this reading, as derivatives are of what hangs on nothing."""
    equation = record.claim.equation if record.claim is not None else None
    if record.verdict not in HELD or equation is None or equation.right == 0:
        return False
    return is_provable(replace(equation, right=sp.S.Zero), seed)


def _alone(
    document: Document, signature: Signature, maps: frozenset[str], step: Step, record: StepRecord, seed: int
) -> StepRecord:
    """Refuted only if it does not hold where it is read by itself, its letters meaning what they mean there.

    What rests on no definition is not refuted where its formula alone leaves it open, unless it is proved with one
    sign, factor or index put right: then the document was read as it was meant.
    """
    found = record
    for part, text, own in parts_around(document, step):
        found = Reading(part, _signed(part, text, maps, (document, signature)), Choices(), seed).run(until=own)[-1]
        if found.verdict in HELD or why(found.reason) in (Why.HOLDS_WHERE, Why.SUMS_TO_ONE, Why.A_PRODUCT):
            return replace(record, verdict="undecided", witness=None, reason="holds where it is read by itself")
    rests = record.definitions or record.method == BY_SYSTEM
    is_left_open = not rests and found.verdict == "undecided" and not _is_said_elsewhere(found, signature)
    if is_left_open and not _is_slip(record, seed):
        reason = reworded(found.reason, f"{found.reason}, where it is read by itself")
        return replace(record, verdict="undecided", witness=None, reason=reason)
    return record


def _with_weights_kept(
    document: Document, signature: Signature, maps: frozenset[str], step: Step, record: StepRecord, seed: int
) -> StepRecord:
    """Refuted only if it is false, too, where the weights of components are from the step before, as in EM."""
    is_of_components = r"\pi" in signature.parameters or signature.says(_OF_COMPONENTS)
    piece = with_weights_kept(document, signature, step) if is_of_components else None
    if piece is None:
        return record
    notation = _signed(piece.part, signature.words, maps, (document, signature))
    own = next((here for whole, here in piece.own if document.steps[whole] is step), None)
    if own is None:
        return record
    found = Reading(piece.part, notation, Choices(), seed).run()[own]
    if found.verdict == "refuted":
        return record
    status = "supported" if found.verdict in HELD and not _is_vacuous(found, seed) else "undecided"
    reason = holds_where("the weights of the components are kept, as in EM")
    return replace(found, formula=record.formula, verdict=status, witness=None, reason=reason, definitions=())


def _is_slip(record: StepRecord, seed: int) -> bool:
    equation = None if record.claim is None else record.claim.equation
    return equation is not None and is_near_miss(equation, seed)


def _is_said_elsewhere(record: StepRecord, signature: Signature) -> bool:
    """Whether a step by itself is open for want of what the document says: a parameter, a function, a mean, vectors."""
    if record.method in _UNREADABLE or why(record.reason) in (Why.USUAL_MEAN, Why.TRANSPOSED):
        return True
    if why(record.reason) not in (Why.UNDEFINED, Why.NO_VALUE):
        return False
    whole = about(record.reason)
    name = re.split("[('\\s]", whole, maxsplit=1)[0]
    return name in (signature.parameters if name == whole else signature.functions)


def _is_open(record: StepRecord) -> bool:
    """Whether a step may be read better by itself: its axes weren't clear, or a name in it meant two things.

    Where it holds with indices exchanged, they stand otherwise in the document, and by itself nothing says so; nor
    does anything say that f * g is a product, or what a function of an index is at another one.
    """
    is_left_open = record.verdict in ("unsupported", "undecided") and record.method not in _UNREADABLE
    return is_left_open and why(record.reason) not in _AS_SAID


def _usual_writing(document: Document, text: str, used: Usage | None = None) -> tuple[Document, Usage]:
    """The document with every side in the usual way of writing, and what that is; used: where that is known."""
    chains = [c for f in document.formulas for c in f.chains]
    # by place: equal formulas stand at different ones
    places = places_defined(c.members[0] for c in chains if c.relations)
    ended = with_ends(chains, with_samples(chains), places)
    plain = {place: written_out(without_calls(side), places) for place, side in ended.items()}
    used = used or usage([_of_members(c, plain) for c in chains], text)
    usual = {place: _as_usual(side, used) for place, side in plain.items()}

    def side(found: Side | None) -> Side | None:
        if found is None or found.node is None:
            return found
        return replace(found, node=usual[id(found.node)])

    formulas = tuple(
        replace(
            formula,
            reading=replace(
                formula.reading,
                chains=tuple(_of_members(c, usual) for c in formula.reading.chains),
            ),
        )
        for formula in document.formulas
    )
    steps = tuple(replace(s, left=side(s.left), right=side(s.right)) for s in document.steps)
    return _bound_first(replace(document, formulas=formulas, steps=steps)), used


def _as_usual(side: ast.Node, used: Usage) -> ast.Node:
    """A side in the usual way of writing, and what one may say that can't be read."""
    if isinstance(side, ast.Unread):
        return replace(side, mended=tuple(rewritten(without_calls(m), used) for m in side.mended))
    return rewritten(side, used)


def _of_members(chain: ast.Chain, sides: Mapping[int, ast.Node]) -> ast.Chain:
    return replace(chain, members=tuple(m if m is None else sides[id(m)] for m in chain.members))


def _bound_first(document: Document) -> Document:
    """The document with the letter that runs named first in every sum over unequal indices."""

    def side(step: Step, found: Side | None) -> Side | None:
        if found is None or found.node is None or isinstance(found.node, ast.Unread):
            return found
        chain = document.formulas[step.formula].chains[step.chain]
        own = step.left.node if step.left is not None else None
        return replace(found, node=with_bound_first(found.node, letters_apart((*chain.members, own))))

    steps = tuple(replace(s, left=side(s, s.left), right=side(s, s.right)) for s in document.steps)
    return replace(document, steps=steps)


def _spared(mine: StepRecord, theirs: StepRecord) -> StepRecord:
    """Refuted only if refuted under every reading."""
    if mine.verdict == "refuted" and theirs.verdict in HELD:
        return replace(mine, verdict="undecided", witness=None, reason=f"holds where {theirs.reading}")
    if mine.verdict == "refuted" and mine.reading and theirs.method == "budget":
        return replace(mine, verdict="undecided", method="budget", witness=None, reason=theirs.reason)
    return mine


def _as_shown(step: StepRecord) -> StepRecord:
    """The record as it is shown: no letter has the mark of one that is read as another name."""
    if step.reason is not None and "°" in step.reason:
        step = replace(step, reason=reworded(step.reason, step.reason.replace("°", "")))
    return step if step.witness is None else replace(step, witness=step.witness.simplified())


def _formula_records(document: Document, steps: Sequence[StepRecord]) -> list[FormulaRecord]:
    by_formula: dict[int, list[StepRecord]] = {}
    for step in steps:
        by_formula.setdefault(step.formula, []).append(step)
    records = []
    for formula in document.formulas:
        own = by_formula.get(formula.index, [])
        verdicts = {s.verdict for s in own}
        reason = None
        if formula.status != "read":
            status = "unsupported"
            reason = formula.reading.unread[0].reason
        elif not own:
            status = "prose"
        elif verdicts <= {"definition"}:
            status = "definition"
        elif verdicts <= {"unsupported"}:
            status, reason = "unsupported", own[0].reason
        else:
            status = "checked"
        understood = r" \quad ".join(render_chain(chain) for chain in formula.chains)
        line, end = formula.place.line, formula.end_place.line
        records.append(FormulaRecord(line, end, formula.latex, understood, status, reason))
    return records
