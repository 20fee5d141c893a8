"""Random and hostile text through the reader and the whole check, in numbers.

    python benchmarks/fuzz_notes.py --reader 1000000 --check 20000 --processes 2
    python benchmarks/fuzz_notes.py --coverage --reader 1000000        (guided by coverage; needs `.[fuzz]`)

Three laws: nothing crashes, nothing takes longer than a limit, and nothing is `proved` (or `refuted`) against the
values of its two sides. The first two are tried on tokens of the field's LaTeX in any order, on spoilt formulas and on
spoilt example notes. The third is tried on random well-formed equations, some of them true by construction, against
their values as Python has them; and whatever is proved anywhere, against its two sides in floating point at random
points (`independent`). A failure is printed with its block, which is
the seed that makes it again, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "notes"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from hostile import FORMULAS, WORDS, distance, random_formula, random_side
from independent import disagrees

from derivations.notes.explaining.explain import explained
from derivations.notes.library import check_notes
from derivations.notes.parsing.parser import read_formula

EXAMPLES = Path(__file__).resolve().parents[1] / "tests" / "notes" / "examples"
READER_SECONDS, CHECK_SECONDS = 2.0, 20.0
BLOCK = 500
Result = tuple[Counter[str], list[str]]


def spoilt(rng: random.Random, text: str) -> str:
    """A text with a few characters or words lost, doubled, exchanged or put in."""
    for _ in range(rng.randint(1, 4)):
        at, size = rng.randrange(len(text) + 1), rng.randint(0, 6)
        piece = rng.choice((rng.choice(WORDS), "", text[at : at + size], rng.choice("\\{}^_&$=()'")))
        text = text[:at] + piece + text[at + size :]
    return text[:2_000]


def read_block(seed: int) -> Result:
    """The reader on a block of inputs."""
    rng = random.Random(f"reader {seed}")
    counts: Counter[str] = Counter()
    failures: list[str] = []
    seeds = [f for f in FORMULAS.values() if len(f) < 500]
    for _ in range(BLOCK):
        latex = random_formula(rng) if rng.random() < 0.7 else spoilt(rng, rng.choice((*seeds, random_side(rng)[0])))
        before = time.process_time()
        try:
            counts[read_formula(latex).status] += 1
        except Exception as error:  # noqa: BLE001  any exception at all is what is looked for
            failures.append(f"crash: {type(error).__name__}: {error}: block {seed}: {latex!r}")
        if time.process_time() - before > READER_SECONDS:
            failures.append(f"slow: {time.process_time() - before:.1f} s: block {seed}: {latex!r}")
    return counts, failures


def check_block(seed: int) -> Result:
    """The whole check on a tenth as many inputs."""
    rng = random.Random(f"check {seed}")
    counts: Counter[str] = Counter()
    failures: list[str] = []
    notes = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.md"))]
    for _ in range(BLOCK // 10):
        before = time.process_time()
        apart: float | None = None
        kind = rng.random()
        if kind < 0.1:
            text = spoilt(rng, rng.choice(notes)[:2_000])
        elif kind < 0.5:
            (left, f), (right, g) = random_side(rng), random_side(rng)
            if rng.random() < 0.4:
                right, g = rf"\left({left}\right) \cdot 1", f
            text, apart = rf"$$1 \cdot {left} = {right}$$", distance(f, g)
        else:
            text = f"$z = w x + b$ and $${random_formula(rng, 14)}$$"
        try:
            steps = explained(check_notes(text)).steps
        except Exception as error:  # noqa: BLE001
            failures.append(f"crash: {type(error).__name__}: {error}: block {seed}: {text!r}")
            continue
        verdict = steps[-1].verdict if steps else "nothing to check"
        counts[verdict] += 1
        if any(s.verdict == "inconsistent" for s in steps):
            failures.append(f"inconsistent: block {seed}: {text!r}")
        if apart is not None and (verdict == "proved" and apart > 1e-6 or verdict == "refuted" and apart < 1e-13):
            failures.append(f"wrong: {verdict}, but the sides are {apart:g} apart: block {seed}: {text!r}")
        for step in steps:
            equation = getattr(step.claim, "equation", None)
            if step.verdict == "proved" and equation is not None and disagrees(equation, seed):
                failures.append(f"wrong: proved, but its sides differ: block {seed}: {step.right!r} in {text!r}")
        if time.process_time() - before > CHECK_SECONDS:
            failures.append(f"slow: {time.process_time() - before:.1f} s: block {seed}: {text!r}")
    return counts, failures


def guided(inputs: int) -> int:
    """The reader under atheris, which keeps the inputs that reach new code."""
    import atheris

    with atheris.instrument_imports(include=["derivations.notes"]):
        import importlib

        for name in [n for n in sys.modules if n.startswith("derivations.notes")]:
            del sys.modules[name]
        parser = importlib.import_module("derivations.notes.parsing.parser")

    def one(data: bytes) -> None:
        provider = atheris.FuzzedDataProvider(data)
        words = []
        while provider.remaining_bytes() > 1 and len(words) < 60:
            number = provider.ConsumeIntInRange(0, len(WORDS) + 3)
            words.append(WORDS[number] if number < len(WORDS) else provider.ConsumeUnicodeNoSurrogates(4))
        parser.read_formula(" ".join(words))

    atheris.Setup([sys.argv[0], f"-runs={inputs}", "-timeout=10", "-rss_limit_mb=4096", "-max_len=200"], one)
    atheris.Fuzz()
    return 0


def run(name: str, work: object, blocks: int, processes: int, seed: int) -> bool:
    """Print what a number of blocks gave; whether nothing failed."""
    counts: Counter[str] = Counter()
    failures: list[str] = []
    start = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for found, failed in pool.imap_unordered(work, range(seed, seed + blocks)):  # type: ignore[arg-type]
            counts += found
            failures += failed
    total = sum(counts.values()) + sum(f.startswith("crash") for f in failures)
    shown = ", ".join(f"{n:,} {what}" for what, n in counts.most_common())
    print(f"{name}: {total:,} inputs in {time.monotonic() - start:.0f} s: {shown}; {len(failures)} failures")
    for failure in failures[:20]:
        print(f"  {failure}")
    return not failures


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--reader", type=int, default=20_000, help="inputs to the reader")
    options.add_argument("--check", type=int, default=500, help="inputs to the whole check")
    options.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    options.add_argument("--seed", type=int, default=0, help="number of the first block")
    options.add_argument("--coverage", action="store_true", help="guided by coverage, with atheris; the reader only")
    given = options.parse_args()
    if given.coverage:
        return guided(given.reader)
    good = run("reader", read_block, -(-given.reader // BLOCK), given.processes, given.seed)
    good &= run("check", check_block, -(-given.check // (BLOCK // 10)), given.processes, given.seed)
    return int(not good)


if __name__ == "__main__":
    raise SystemExit(main())
