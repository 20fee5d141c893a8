"""The command line. JAX and SymPy are loaded only when a command needs them, so `--help` is immediate.

Exit status: 0 nothing refuted; 1 something refuted (with --strict also anything not proved); 2 bad
usage, in one line; 3 the exact method and the numeric judges disagree; 130 stopped by Ctrl-C, after
what was done so far has been shown.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from .certificate import Certificate

__all__ = ["cli", "main"]

F = TypeVar("F", bound=Callable[..., Any])

EXAMPLES = 10_000


class CommandError(click.ClickException):
    """Bad usage: one line, exit status 2."""

    exit_code = 2


def _prove_options(command: F) -> F:
    options = [
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="Output format."),
        click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all points."),
        click.option(
            "--examples",
            type=click.IntRange(min=1),
            default=EXAMPLES,
            show_default=True,
            help="Points per gradient for autodiff; a tenth of it for finite differences.",
        ),
        click.option("--strict", is_flag=True, help="Exit 1 for anything that is not proved."),
        click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file."),
        click.option(
            "--time-limit",
            type=click.FloatRange(min=0.0, min_open=True),
            default=20.0,
            show_default=True,
            help="Seconds per step of a proof; beyond it the step is undecided.",
        ),
        click.option("--symbolic-only", is_flag=True, help="Only the exact proofs: no JAX, no numeric judges."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@_prove_options
@click.version_option(package_name="gradproof", prog_name="verify")
@click.pass_context
def cli(context: click.Context, /, **options: Any) -> None:
    """Prove gradient formulas, and check them against autodiff and finite differences.

    Without a command: the whole catalogue.
    """
    if context.invoked_subcommand is None:
        context.exit(_prove((), **options))
    changed = [
        name for name in options if context.get_parameter_source(name) not in (click.core.ParameterSource.DEFAULT, None)
    ]
    if changed:
        flag = "--" + ("format" if changed[0] == "form" else changed[0].replace("_", "-"))
        raise CommandError(f"{flag} goes after the command: verify {context.invoked_subcommand} … {flag} …")


@cli.command()
@click.argument("names", nargs=-1, metavar="[NAME | FAMILY | FILE.py]…")
@_prove_options
@click.pass_context
def prove(context: click.Context, /, names: tuple[str, ...], **options: Any) -> None:
    """Prove some derivations of the catalogue, a family, or those of a Python file of yours."""
    context.exit(_prove(names, **options))


@cli.command()
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "latex"]), default="text")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.pass_context
def explain(context: click.Context, /, name: str, form: str, output: Path | None) -> None:
    """The teaching proof of one derivation, step by step."""
    _collect_rarely()
    from derivations.proof import prove as prove_one

    from . import explain as forms
    from .source import SourceError, select

    try:
        chosen = select([name])
    except SourceError as error:
        raise CommandError(str(error)) from None
    render = {"text": forms.explain_text, "markdown": forms.explain_markdown, "latex": forms.explain_latex}[form]
    proofs = [prove_one(derivation) for derivation in chosen]
    _emit("\n\n".join(render(proof) for proof in proofs), output)
    context.exit(0 if all(p.is_proved for p in proofs) else 1)


@cli.command()
@click.argument("names", nargs=-1, metavar="[NAME | FAMILY | FILE.py]…")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--per-kind", type=click.IntRange(min=1), default=1, show_default=True, help="Faults of a kind per line.")
@click.option("--sample", type=click.IntRange(min=1), help="Only this many faults, drawn evenly from all.")
@click.option("--rewritings", type=click.IntRange(min=0), default=0, help="Also this many equivalent rewritings.")
@click.pass_context
def faults(
    context: click.Context,
    /,
    names: tuple[str, ...],
    seed: int,
    per_kind: int,
    sample: int | None,
    rewritings: int,
) -> None:
    """Check the checker: plant faults in derivations; each must be refuted, or proved to change nothing."""
    _collect_rarely()
    from derivations.faults import kill_report, planted
    from derivations.rewritings import rewriting_report
    from derivations.rewritings import rewritings as drawn

    from .source import SourceError, select
    from .terminal import progress

    try:
        chosen = select(names)
    except SourceError as error:
        raise CommandError(str(error)) from None
    spoilt = planted(chosen, seed, per_kind)
    if sample is not None and sample < len(spoilt):
        spoilt = tuple(spoilt[number * len(spoilt) // sample] for number in range(sample))
    with progress(len(spoilt)) as advance:
        report = kill_report(spoilt, seed, lambda fault, _: advance(fault.derivation.name))
    click.echo(f"families: {', '.join(dict.fromkeys(fault.derivation.family for fault in spoilt))}")
    click.echo(report.table())
    for fault, verdict in report.survivors:
        click.echo(f"survived: {fault}\n  {verdict.status.value}: {verdict.reason}")
    failed = bool(report.survivors)
    if rewritings:
        with progress(rewritings) as advance:
            equal = rewriting_report(drawn(chosen, rewritings, seed), seed, lambda item, _: advance(item.name))
        click.echo(equal.line())
        failed = failed or bool(equal.refuted)
    context.exit(int(failed))


@cli.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True), metavar="FILE…")
@click.option("--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all points.")
@click.option("--strict", is_flag=True, help="Exit 1 for anything that is not proved.")
@click.option("--hint", is_flag=True, help="For a student: where and of what kind a mistake is, not what is right.")
@click.option("--given", metavar="NAME", help="Definitions of a catalogue entry, for a note that starts in the middle.")
@click.option("--run-code", is_flag=True, help="Run the Python blocks (only notes that you trust); compare outputs.")
@click.option(
    "--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Leave out the findings listed there."
)
@click.option(
    "--write-baseline", type=click.Path(path_type=Path), metavar="FILE", help="List the findings of this run."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the report to a file.")
@click.pass_context
def check(context: click.Context, /, files: tuple[Path, ...], output: Path | None, **options: Any) -> None:
    """Check derivations written in notes (Markdown, LaTeX, notebooks), relation by relation; `-` is standard input."""
    if output is not None:
        _refuse_unwritable(output)
    _collect_rarely()
    import shutil

    from .check import Options, run
    from .notes_report import BaselineError
    from .terminal import progress

    terminal = output is None and sys.stdout.isatty()
    width = shutil.get_terminal_size((120, 24)).columns if terminal else 120
    try:
        with progress(len(files)) as advance:
            shown, status = run(list(files), Options(**options, width=width, colours=terminal), advance)
    except (BaselineError, LookupError) as error:
        raise CommandError(str(error.args[0])) from None
    if shown or output is not None:
        _emit(shown, output)
    context.exit(status)


@cli.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--target", required=True, help="The column to predict.")
@click.option("--model", required=True, type=click.Choice(["linear", "logistic", "softmax", "ordinal", "network"]))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), default=Path("model.npz"), show_default=True)
@click.option("--features", multiple=True, help="A column to predict from; may be repeated. Default: all others.")
@click.option("--test-share", type=click.FloatRange(0, 0.9), default=0.2, show_default=True, help="Rows held out.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--l2", type=click.FloatRange(min=0), default=0.0, help="λ of (λ/2) Σ W².")
@click.option("--l1", type=click.FloatRange(min=0), default=0.0, help="λ of λ Σ |W|.")
@click.option("--optimizer", default="auto", show_default=True, help="auto, newton, lbfgs, adam, gradient_descent, …")
@click.option("--step", type=float, help="Learning rate; by default from the proved bound, where there is one.")
@click.option("--steps", type=click.IntRange(min=1), help="The most steps.")
@click.option("--tolerance", type=click.FloatRange(min=0), default=1e-5, show_default=True, help="Gradient norm.")
@click.option("--hidden", type=click.IntRange(min=1), default=8, show_default=True, help="Units of the network.")
@click.option("--interval", type=click.FloatRange(min=0), default=10.0, show_default=True, help="Of checkpoints, in s.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint of a run that was stopped.")
@click.option("--all-devices", is_flag=True, help="Share the rows among all of JAX's devices.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def train(context: click.Context, /, **options: Any) -> None:
    """Train a model on DATA (CSV, Parquet, npz) with proved gradients, and store it with its certificate."""
    from .train import train_command

    context.exit(train_command(**options))


@cli.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@click.pass_context
def predict(context: click.Context, /, model: Path, data: Path, output: Path | None) -> None:
    """Predictions of a trained MODEL for the rows of DATA, as CSV."""
    from .train import predict_command

    context.exit(predict_command(model, data, output))


def _prove(
    names: tuple[str, ...],
    form: str,
    seed: int,
    examples: int,
    strict: bool,
    output: Path | None,
    time_limit: float,
    symbolic_only: bool,
) -> int:
    if output is not None:
        _refuse_unwritable(output)
    _collect_rarely()
    from .certificate import report_json
    from .judge import judge
    from .source import SourceError, select

    try:
        chosen = select(names)
    except SourceError as error:
        raise CommandError(str(error)) from None
    certificates: list[Certificate] = []
    interrupted = False
    from .terminal import progress, table

    try:
        with progress(len(chosen)) as advance:
            for certificate in judge(chosen, seed, examples, time_limit, numeric=not symbolic_only):
                certificates.append(certificate)
                advance(certificate.derivation.name)
    except KeyboardInterrupt:
        interrupted = True
    place = {d.name: number for number, d in enumerate(chosen)}
    certificates.sort(key=lambda c: place[c.derivation.name])
    if form == "json":
        _emit(json.dumps(report_json(certificates, seed), ensure_ascii=False, indent=1), output)
    else:
        _emit(table(certificates, width=None if output is None else 160), output)
    if interrupted:
        click.echo(f"verify: stopped; {len(certificates)} of {len(chosen)} claims were decided", err=True)
        return 130
    return _exit_status(certificates, strict)


def _collect_rarely() -> None:
    """Look for cycles seldom: SymPy and JAX make much that is freed by its count, and caches that stay.

    A sixth of the time of `verify check` went into looking, for 8 MiB of memory; 0.2 s of every command into looking
    once more as the interpreter ended, and 0.4 s of `verify`.
    """
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)


def _exit_status(certificates: list[Certificate], strict: bool) -> int:
    statuses = {c.verdict.status.value for c in certificates}
    if "inconsistent" in statuses:
        return 3
    return int("refuted" in statuses or (strict and statuses != {"proved"}))


def _refuse_unwritable(path: Path) -> None:
    folder = path.parent
    if not folder.is_dir():
        raise CommandError(f"{path}: cannot be written: there is no folder {folder}; create it first")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise CommandError(f"{path}: cannot be written: permission denied")


def _emit(content: str, output: Path | None) -> None:
    if output is None:
        click.echo(content)
        return
    try:
        output.write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{output}: cannot be written: {error.strerror}") from None


def main() -> NoReturn:
    """The console script: every error of usage is one line on standard error and exit status 2."""
    try:
        status = cli.main(prog_name="verify", standalone_mode=False)
    except click.ClickException as error:
        click.echo(f"verify: {error.format_message()}".replace("\n", " "), err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("verify: stopped", err=True)
        sys.exit(130)
    except OSError as error:
        if error.filename is None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # or the interpreter would say it again as it ends
        where = error.filename or "standard output"
        click.echo(f"verify: {where}: {error.strerror or error}", err=True)
        sys.exit(2)
    sys.exit(status or 0)
