r"""Faults planted in the LaTeX of notes: how many the check refutes, and what the survivors are.

    python benchmarks/notes_faults.py                       (the example notes)
    python benchmarks/notes_faults.py FOLDER… --per-step 4 --limit 1000

Every step that is proved is spoilt in its text in the ways of this field, one at a time, and the whole note is checked
again. A fault counts as *refuted* where its step is refuted or in conflict; as *equal* where the step is proved again,
since both sides then equal the left one (x_{ij} x_{ik} with j and k exchanged). All others survived, by verdict.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from derivations.notes.library import check_files, check_notes
from derivations.notes.report import StepRecord

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "notes" / "examples"
SUFFIXES = (".md", ".txt", ".tex")
SECONDS = 60  # of one note, checked once: a slower one is left out, by name
_SUBSCRIPT = re.compile(r"_(?:([a-z])(?![a-z])|\{([a-z])([a-z])\}|\{([a-z]), ?([a-z])\})")
_MEAN = re.compile(r"\\(?:d?frac|tfrac)\s*(?:\{1\}\s*\{([nmN])\}|1([nmN]))")
_HAT = re.compile(r"\\hat\{?\s*y\}?|(?<![A-Za-z\\{])y(?![A-Za-z])|(?<=\s)y(?![A-Za-z])")
_SIGN = re.compile(r"(?<![\^_{(\[=&,])\s*([+-])")
_SIGMOID = re.compile(r"\\sigma\s*\(([^()]*(?:\([^()]*\))?[^()]*)\)")

Spoilt = tuple[str, str]


@dataclass(frozen=True)
class Planted:
    """A fault: the note with one step spoilt, and which step that is."""

    path: str
    step: int
    kind: str
    text: str
    right: str


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
            yield "transpose", right.replace(transposed, "", 1)
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
    before = time.process_time()
    (file,) = check_files([Path(path)]).files
    if file.error is not None:
        return [], file.error
    if time.process_time() - before > SECONDS:
        return [], f"{path}: takes too long to be checked many times"
    text = Path(path).read_text(encoding="utf-8-sig")
    offsets = [0]
    for line in text.split("\n"):
        offsets.append(offsets[-1] + len(line) + 1)
    letters = "".join(sorted({g for m in _SUBSCRIPT.finditer(text) for g in m.groups() if g} & set("ijkl")))
    found: list[Planted] = []
    proved = [(n, s) for n, s in enumerate(file.steps) if s.verdict == "proved"]
    for number, step in proved:
        start = offsets[step.line - 1] + step.column - 1
        if text[start : start + len(step.right)] != step.right:
            continue  # a quotation, whose lines begin with >
        rng = random.Random(f"{seed} {Path(path).name} {number}")
        by_kind: dict[str, list[str]] = defaultdict(list)
        for kind, side in spoilt_sides(step.right, letters or "ij"):
            by_kind[kind].append(side)
        kinds = sorted(by_kind)
        rng.shuffle(kinds)
        for kind in kinds[:per_step]:
            side = rng.choice(by_kind[kind])
            changed = text[:start] + side + text[start + len(step.right) :]
            found.append(Planted(path, number, kind, changed, side))
    return found, f"{path}: {len(proved)} proved steps, {len(found)} faults"


def judged(planted: Planted) -> tuple[Planted, str, str]:
    """(the fault, its verdict, the reason)."""
    try:
        steps: tuple[StepRecord, ...] = check_notes(planted.text).steps
    except Exception as error:  # noqa: BLE001  a crash is a survivor, by name
        return planted, "crash", f"{type(error).__name__}: {error}"
    if planted.step >= len(steps):
        return planted, "unsupported", "the step is not read any more"
    step = steps[planted.step]
    return planted, step.verdict, step.reason or ""


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
    options.add_argument("--survivors", type=int, default=20, help="how many survivors to print")
    given = options.parse_args()
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    survivors: list[tuple[Planted, str, str]] = []
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        jobs = [(path, given.per_step, given.seed) for path in notes_in([str(EXAMPLES), *given.places])]
        planted = []
        for found, line in pool.starmap(faults_of, jobs):
            planted += found
            print(line, flush=True)
        random.Random(given.seed).shuffle(planted)
        for fault, verdict, reason in pool.imap_unordered(judged, planted[: given.limit]):
            outcome = {"conflict": "refuted", "proved": "equal"}.get(verdict, verdict)
            tables[fault.kind][outcome] += 1
            if outcome not in ("refuted", "equal"):
                survivors.append((fault, verdict, reason))
    report(tables, survivors, given.survivors)
    return 0


def report(tables: dict[str, Counter[str]], survivors: list[tuple[Planted, str, str]], shown: int) -> None:
    """Print the table by kind, and the survivors by verdict and reason."""
    print(f"\n{'fault':<20}{'planted':>9}{'refuted':>9}{'equal':>7}{'survived':>10}")
    total: Counter[str] = Counter()
    for kind in sorted(tables):
        counts = tables[kind]
        total += counts
        print(_row(kind, counts))
    print(_row("all", total))
    changing = total.total() - total["equal"]
    share = 100 * total["refuted"] / max(changing, 1)
    print(f"refuted: {total['refuted']} of {changing} that change something ({share:.1f} %)")
    reasons = Counter((f.kind, verdict, re.sub(r"\d+", "…", reason)[:70]) for f, verdict, reason in survivors)
    for (kind, verdict, reason), count in reasons.most_common(shown):
        print(f"  {count:>4}  {kind}: {verdict}: {reason}")
    for fault, verdict, _ in sorted(survivors, key=lambda s: (s[0].path, s[0].step))[:shown]:
        print(f"  {Path(fault.path).name}, step {fault.step}, {fault.kind}: {verdict}: {fault.right[:100]!r}")


def _row(kind: str, counts: Counter[str]) -> str:
    survived = counts.total() - counts["refuted"] - counts["equal"]
    return f"{kind:<20}{counts.total():>9}{counts['refuted']:>9}{counts['equal']:>7}{survived:>10}"


if __name__ == "__main__":
    raise SystemExit(main())
