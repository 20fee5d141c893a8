"""How many of a note's equations are read in full, by this project and by other readers of LaTeX.

    python benchmarks/readers.py NOTE…        (the others, where they are installed: pip install -e '.[readers]')

Counted are the formulas with an equals sign. Ours counts one as read only if nothing of it was left out; of the others
it counts whatever raises no exception. SymPy's two and latex2sympy2_extended often leave out what they don't
understand without saying so, which this count forgives them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from sympy.parsing.latex import parse_latex

from derivations.notes.library import check_files


def others() -> dict[str, Callable[[str], object]]:
    found: dict[str, Callable[[str], object]] = {
        "SymPy parse_latex, strict": lambda latex: parse_latex(latex, strict=True),
        "SymPy parse_latex": parse_latex,
        "SymPy parse_latex, lark": lambda latex: parse_latex(latex, backend="lark"),
    }
    try:
        from latex2sympy2_extended import latex2sympy
    except ImportError:
        return found
    return {**found, "latex2sympy2_extended": latex2sympy}


def reads(parse: Callable[[str], object], latex: str) -> bool:
    try:
        return parse(latex) is not None
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - whatever a foreign parser raises, it has not read the formula
        return False


def main() -> None:
    paths = [Path(name) for name in sys.argv[1:]]
    if not paths:
        raise SystemExit(__doc__)
    formulas = [f for file in check_files(paths).files for f in file.formulas if "=" in f.latex]
    print(f"{len(formulas)} formulas with an equals sign in {len(paths)} files")
    print(f"{'gradproof':<30}{sum(f.status != 'unsupported' for f in formulas):>6}")
    for name, parse in others().items():
        try:
            print(f"{name:<30}{sum(reads(parse, f.latex) for f in formulas):>6}")
        except ImportError as error:
            print(f"{name:<30} not installed ({error})")


if __name__ == "__main__":
    main()
