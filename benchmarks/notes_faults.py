r"""Faults planted in the LaTeX of notes: how many the check refutes, and what the survivors are.

    python benchmarks/notes_faults.py                       (the example notes)
    python benchmarks/notes_faults.py FOLDER… --per-step 4 --limit 1000

Every step of a formula whose relations all hold is spoilt in its text in the ways of this field, one at a time, and
judged again in the whole note. A fault counts as *refuted* where its step is refuted, or in conflict with an earlier
definition; as *equal* where the step holds again. That must be no oversight: the spoilt side then has the value of the
side that was there, in floating point at random points (`independent`), since Σ_k x_{ik} w_k is w^T x_i and x_{ij}
x_{ik} is x_{ik} x_{ij}. A step that holds although its side has changed is *wrong*, printed, and exit status 1. All
others survived, and are listed by kind, verdict and reason.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from independent import TOLERANCE, disagrees, gap

from derivations.equation import remembered
from derivations.notes.library import check_files, check_step
from derivations.notes.report import StepRecord

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "notes" / "examples"
SUFFIXES = (".md", ".txt", ".tex")
HELD = ("proved", "supported")
TOGETHER = 40  # faults of one note that are judged by one process
_SUBSCRIPT = re.compile(r"_(?:([a-z])(?![a-z])|\{([a-z])([a-z])\}|\{([a-z]), ?([a-z])\})")
_MEAN = re.compile(r"\\(?:d?frac|tfrac)\s*(?:\{1\}\s*\{([nmN])\}|1([nmN]))")
_HAT = re.compile(r"\\hat\{?\s*y\}?|(?<![A-Za-z\\{])y(?![A-Za-z])|(?<=\s)y(?![A-Za-z])")
_SIGN = re.compile(r"(?<![\^_{(\[=&,])\s*([+-])")
_SUM = re.compile(r"\\sum(?:\\limits)?(?:\s*[_^]\s*(?:\{[^{}]*\}|\\?\w))*\s*")
_POWER = re.compile(r"\^(?:2(?!\d)|\{2\})")
_FALLING = re.compile(r"e\^\{\s*-")
_PRIMED = re.compile(r"(\\sigma|f|g)'\s*(?=\(|\\left)")
_SIGMOID = re.compile(r"\\sigma\s*\(([^()]*(?:\([^()]*\))?[^()]*)\)")

Spoilt = tuple[str, str]


@dataclass(frozen=True)
class Planted:
    """A fault: the note with the right side that begins at `line` and `column` spoilt."""

    path: str
    line: int
    column: int
    kind: str
    text: str
    right: str


@dataclass(frozen=True)
class Outcome:
    """A fault with the verdict on its step."""

    planted: Planted
    verdict: str
    reason: str


def spoilt_sides(right: str, letters: str) -> Iterator[Spoilt]:
    """A right side with one fault, by kind."""
    yield "sign", f"-{_bracketed(right)}"
    yield "factor", rf"2 \cdot {_bracketed(right)}"
    yield "factor", rf"\frac{{1}}{{2}} {_bracketed(right)}"
    for match in _SIGN.finditer(right):
        if match.start(1) > 0 and _depth(right[: match.start(1)]) >= 0:
            other = "+" if match[1] == "-" else "-"
            yield "sign", right[: match.start(1)] + other + right[match.end(1) :]
    for match in _SUBSCRIPT.finditer(right):
        for group in range(1, 6):
            if match[group] is None:
                continue
            for letter in letters:
                if letter != match[group]:
                    yield "index", right[: match.start(group)] + letter + right[match.end(group) :]
        pair = (2, 3) if match[2] else (4, 5) if match[4] else None
        if pair is not None:
            (a, b), text = (match.start(pair[0]), match.start(pair[1])), list(right)
            text[a], text[b] = text[b], text[a]
            yield "transpose", "".join(text)
    for transposed in (r"^T", r"^\top", r"^{T}", r"^{\top}"):
        if transposed in right:
            yield "transpose", right.replace(transposed, " ", 1)
    terms = _terms(right)
    if len(terms) > 1:
        for at in range(len(terms)):
            kept = "".join(terms[:at] + terms[at + 1 :]).strip()
            if kept.lstrip("+- "):
                yield "dropped term", kept.removeprefix("+").strip()
    if r"\hat" in right and len(_HAT.findall(right)) > 1:
        yield "ŷ and y exchanged", _HAT.sub(lambda m: "y" if "hat" in m[0] else r"\hat{y}", right)
    for match in _MEAN.finditer(right):
        yield "1/n", right[: match.start()] + right[match.end() :]
    if r"\sum" in right and _MEAN.search(right) is None and "n" not in letters:
        yield "1/n", r"\frac{1}{n} " + right
    for match in _SUM.finditer(right):
        yield "dropped sum", right[: match.start()] + " " + right[match.end() :]
    for match in _POWER.finditer(right):
        yield "exponent", right[: match.start()] + right[match.end() :]
        yield "exponent", right[: match.start()] + "^3" + right[match.end() :]
    for match in _FALLING.finditer(right):
        yield "exponent", right[: match.start()] + "e^{" + right[match.end() :]
    for match in _PRIMED.finditer(right):
        yield "σ′ for σ", right[: match.start()] + match[1] + right[match.end() :]
    for match in _SIGMOID.finditer(right):
        yield "σ′ for σ", right[: match.end()] + rf"(1 - \sigma({match[1]}))" + right[match.end() :]


def _bracketed(side: str) -> str:
    return rf"\left( {side} \right)"


def _depth(text: str) -> int:
    return sum((c in "{([") - (c in "})]") for c in text.replace(r"\{", "{").replace(r"\}", "}"))


def _terms(side: str) -> list[str]:
    """The terms of a side with their signs, where no Σ reaches over several of them."""
    if any(word in side for word in (r"\sum", r"\prod", r"\begin", r"\partial")):
        return [side]
    cuts = [m.start(1) for m in re.finditer(r"([+-])", side) if m.start(1) and _depth(side[: m.start(1)]) == 0]
    edges = [0, *cuts, len(side)]
    return [side[a:b] for a, b in itertools.pairwise(edges)]


def faults_of(path: str, per_step: int, seed: int) -> tuple[list[Planted], str]:
    """The faults of one note, and a line about it."""
    (file,) = check_files([Path(path)]).files
    if file.error is not None:
        return [], file.error
    text = Path(path).read_text(encoding="utf-8-sig")
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    letters = "".join(sorted({g for m in _SUBSCRIPT.finditer(text) for g in m.groups() if g} & set("ijkl")))
    found: list[Planted] = []
    spoilt = {s.formula for s in file.steps if s.verdict not in (*HELD, "definition")}
    good = [s for s in file.steps if s.verdict in HELD and s.formula not in spoilt]
    for number, step in enumerate(good):
        start = offsets[step.line - 1] + step.column - 1
        if text[start : start + len(step.right)] != step.right or not _is_balanced(step.right):
            continue  # a quotation, whose lines begin with >; a formula that the note garbles
        rng = random.Random(f"{seed} {Path(path).name} {number}")
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, side in spoilt_sides(step.right, letters or "ij"):
            if _is_balanced(side) and side.strip() != step.right.strip():
                by_kind[kind].append(side)
        kinds = sorted(by_kind)
        rng.shuffle(kinds)
        for kind in kinds[:per_step]:
            side = rng.choice(by_kind[kind]).strip()
            changed = text[:start] + side + text[start + len(step.right) :]
            found.append(Planted(path, step.line, step.column, kind, changed, side))
    return found, f"{path}: {len(good)} steps that hold, {len(found)} faults"


def _is_balanced(side: str) -> bool:
    depth = 0
    for c in side.replace(r"\{", "{").replace(r"\}", "}"):
        depth += (c in "{([") - (c in "})]")
        if depth < 0:
            return False
    return depth == 0


def judged(job: tuple[str, list[Planted], float]) -> list[Outcome]:
    """The faults of one note, judged until a time. Equations that they share are decided once."""
    path, faults, end = job
    found = []
    with remembered():
        (before,) = check_files([Path(path)]).files
        for fault in faults:
            if time.time() > end:
                break
            try:
                step = check_step(fault.text, fault.line, fault.column)
            except Exception as error:  # noqa: BLE001  a crash is a survivor, by name
                found.append(Outcome(fault, "crash", f"{type(error).__name__}: {error}"))
                continue
            if step is None:
                found.append(Outcome(fault, "unsupported", "the step is not read any more"))
                continue
            verdict = step.verdict
            if verdict in HELD:
                original = _at(fault, before.steps)
                assert original is not None
                verdict = _equal(original, step)
            found.append(Outcome(fault, verdict, step.reason or ""))
    return found


def _at(fault: Planted, steps: Sequence[StepRecord]) -> StepRecord | None:
    return next((s for s in steps if (s.line, s.column) == (fault.line, fault.column)), None)


def _equal(before: StepRecord, after: StepRecord) -> str:
    """Whether a step that holds with a spoilt side has the value that it had: "equal", else "wrong"."""
    old, new = before.claim.equation, after.claim.equation
    if disagrees(new):
        return "wrong"
    worst = gap(old, old.right, new.right)
    return "equal" if worst is not None and worst < TOLERANCE else "wrong"


def notes_in(places: list[str]) -> list[str]:
    """The notes in folders, and files as they are."""
    found: list[str] = []
    for place in map(Path, places):
        inside = sorted(place.iterdir()) if place.is_dir() else [place]
        found += [str(p) for p in inside if p.suffix in SUFFIXES and p.name != "INDEX.md"]
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("places", nargs="*", help="folders of notes, or notes; none: the example notes")
    options.add_argument("--per-step", type=int, default=3, help="faults of different kinds in one step")
    options.add_argument("--limit", type=int, default=400, help="faults in all, spread over the notes")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    options.add_argument("--minutes", type=float, default=60.0, help="after which no further fault is judged")
    options.add_argument("--survivors", type=int, default=20, help="how many survivors to print")
    options.add_argument("--equal", action="store_true", help="print those that are equal, too")
    given = options.parse_args()
    outcomes: list[Outcome] = []
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        jobs = [(path, given.per_step, given.seed) for path in notes_in([str(EXAMPLES), *given.places])]
        planted = []
        for found, line in pool.starmap(faults_of, jobs, chunksize=1):
            planted += found
            print(line, flush=True)
        random.Random(given.seed).shuffle(planted)
        by_note: dict[str, list[Planted]] = defaultdict(list)
        for fault in planted[: given.limit]:
            by_note[fault.path].append(fault)
        end = time.time() + 60 * given.minutes
        parts = [(p, f[at : at + TOGETHER], end) for p, f in by_note.items() for at in range(0, len(f), TOGETHER)]
        for some in pool.imap_unordered(judged, parts):
            outcomes += some
    report(outcomes, given.survivors, given.equal)
    return int(any(o.verdict in ("wrong", "crash", "inconsistent") for o in outcomes))


COLUMNS = ("refuted", "conflict", "equal", "undecided", "unsupported", "definition", "wrong")


def report(outcomes: list[Outcome], shown: int, equal: bool) -> None:
    """Print the table by kind, and the survivors by verdict and reason."""
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        verdict = outcome.verdict if outcome.verdict in COLUMNS else "wrong"
        tables[outcome.planted.kind][verdict] += 1
    print(f"\n{'fault':<18}{'planted':>8}" + "".join(f"{name:>12}" for name in COLUMNS))
    for kind in sorted(tables):
        print(_row(kind, tables[kind]))
    total: Counter[str] = sum(tables.values(), Counter())
    print(_row("all", total))
    changing, caught = total.total() - total["equal"], total["refuted"] + total["conflict"]
    print(f"refuted: {caught} of {changing} that change something ({100 * caught / max(changing, 1):.1f} %)")
    survivors = [o for o in outcomes if o.verdict not in ("refuted", "conflict", "equal")]
    reasons = Counter((o.planted.kind, o.verdict, re.sub(r"\d+", "…", o.reason)[:90]) for o in survivors)
    for (kind, verdict, reason), count in reasons.most_common(shown):
        print(f"  {count:>4}  {kind}: {verdict}: {reason}")
    listed = [o for o in outcomes if equal and o.verdict == "equal"]
    listed += sorted(survivors, key=lambda o: (o.verdict != "wrong", o.planted.path, o.planted.line))[:shown]
    for outcome in listed:
        fault = outcome.planted
        print(f"  {Path(fault.path).name}, line {fault.line}, {fault.kind}: {outcome.verdict}: {fault.right[:150]!r}")


def _row(kind: str, counts: Counter[str]) -> str:
    return f"{kind:<18}{counts.total():>8}" + "".join(f"{counts[name]:>12}" for name in COLUMNS)


if __name__ == "__main__":
    raise SystemExit(main())
