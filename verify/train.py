r"""`verify train` and `verify predict`: a data file, a model, and the proofs of the gradients that trained it.

Training goes: read the table, hold out a test share, state the loss and prove its gradients (the certificate), train,
measure on both shares, write the model. The features are standardised by the training share. A checkpoint beside
the model is written as the loop runs; `--resume` goes on from it, to the same weights.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import click
import numpy as np

from numeric.training import (
    CheckpointError,
    DataError,
    DivergenceError,
    FitResult,
    Problem,
    fit,
    problem,
    use_every_core,
)

from .certificate import claim_latex, versions
from .judge import certify
from .models import FORMAT, MODELS, ModelError, TrainedModel, load_model, save_model
from .tables import Table, TableError, read_table

__all__ = ["SCHEMA", "TrainError", "predict_file", "train_file"]

SCHEMA = "gradproof/train/1"
_NEWTON = 200  # parameters up to which Newton's method is the default


class TrainError(ValueError):
    """What stops a training run, in one line."""


def train_file(
    data: Path,
    target: str,
    model: str,
    output: Path,
    *,
    features: tuple[str, ...] = (),
    test_share: float = 0.2,
    seed: int = 0,
    l2: float = 0.0,
    l1: float = 0.0,
    optimizer: str = "auto",
    step: float | None = None,
    steps: int | None = None,
    tolerance: float = 1e-5,
    hidden: int = 8,
    interval: float = 10.0,
    resume: bool = False,
    all_devices: bool = False,
) -> tuple[dict[str, Any], bool]:
    """(the report as JSON, whether Ctrl-C ended the run); the model is at `output` unless it was interrupted.

    Raises `TrainError`, `TableError`, `DataError`, `DivergenceError` or `CheckpointError`, each one line.
    """
    use_every_core()
    kind = MODELS[model]
    table = read_table(data, target, features or None)
    assert table.target is not None
    labels, classes = _labels(table.target, model, data, target)
    training, testing = _split(len(labels), test_share, seed, data)
    if classes is not None and len(np.unique(labels[training])) < len(classes):
        lost = sorted({classes[int(k)] for k in labels[testing]} - {classes[int(k)] for k in labels[training]})
        raise TrainError(f"{data}: class {lost[0]!r} is in the test share only; give another --seed or --test-share")
    of = problem(kind.loss).penalised
    x = table.features[training]
    with np.errstate(over="ignore", invalid="ignore"):
        mean, spread = x.mean(axis=0), x.std(axis=0)
    if not np.isfinite(spread).all():
        k = int(np.flatnonzero(~np.isfinite(spread))[0])
        size = np.abs(x[:, k]).max()
        raise TrainError(f"{data}: column {table.names[k]!r} has values of {size:.2g}: squares overflow; rescale it")
    scale = np.where(spread > 0, spread, 1)
    coded = np.eye(len(classes or []))[labels[training]] if kind.one_hot else labels[training].astype(x.dtype)
    chosen = optimizer if optimizer != "auto" else _default(kind.has_hessian, x.shape[1], classes, l1)
    checkpoint = output.with_name(output.name + ".checkpoint")
    devices = None
    if all_devices:
        import jax

        devices = jax.devices()
    found = fit(
        of,
        {"x": (x - mean) / scale, of.label.name: coded, "lambda": l2},
        optimizer=chosen,
        step=step,
        steps=steps,
        tolerance=tolerance,
        l1=l1,
        seed=seed,
        sizes={"H": hidden} if model == "network" else None,
        checkpoint=checkpoint,
        resume=resume,
        every=interval,
        run=_digest(table, labels, training, model, l2, l1),
        devices=devices,
    )
    header = _header(model, of, found, table, target, classes, seed, test_share, l2, l1)
    trained = TrainedModel(header, found.parameters, mean, scale)
    report = {**header, "schema": SCHEMA, "training": _scores(trained, table, labels, training)}
    report["test"] = _scores(trained, table, labels, testing) if len(testing) else None
    if not found.interrupted:
        save_model(output, trained)
        checkpoint.unlink(missing_ok=True)
    return report, found.interrupted


def predict_file(path: Path, data: Path) -> tuple[list[str], list[list[Any]]]:
    """(header, rows) of the predictions: the value, or the class and the probability of each."""
    model = load_model(path)
    table = read_table(data, None, model.features)
    found = model.predict(table.features)
    if model.classes is None:
        return ["prediction"], [[float(v)] for v in found]
    best = found.argmax(axis=1)
    header = ["prediction", *(f"P({c})" for c in model.classes)]
    return header, [[model.classes[int(k)], *map(float, row)] for k, row in zip(best, found, strict=True)]


def _labels(target: Any, model: str, data: Path, name: str) -> tuple[Any, list[Any] | None]:
    """(numbers to train on, classes or None)."""
    allowed = MODELS[model].classes
    distinct = np.unique(target)
    if allowed is None:
        if target.dtype.kind not in "fiu":
            raise TrainError(
                f"{data}: target {name!r} holds text such as {str(target[0])!r}: use --model softmax for classes"
            )
        if len(distinct) == 1 and len(target) > 1:
            raise TrainError(f"{data}: target {name!r} is {distinct[0]:g} in every row: there is nothing to learn")
        return target, None
    if len(distinct) == 1:
        raise TrainError(f"{data}: target {name!r} has one class only ({distinct[0]}): there is nothing to tell apart")
    if len(distinct) == len(target) and len(target) > 2:
        raise TrainError(f"{data}: target {name!r} has another class in every row; is --model linear meant?")
    if len(distinct) > allowed[1]:
        other = " --model softmax takes more than two;" if allowed[1] == 2 else ""
        raise TrainError(f"{data}: target {name!r} has {len(distinct)} classes, {model} takes {allowed[1]};{other} "
                         "is --model linear meant?")  # fmt: skip
    whole = target.dtype.kind == "f" and (distinct == np.round(distinct)).all()
    classes = [int(c) if whole else c.item() for c in distinct]
    return np.searchsorted(distinct, target), classes


def _split(count: int, share: float, seed: int, data: Path) -> tuple[Any, Any]:
    order = np.random.default_rng(seed).permutation(count)
    held = round(count * share)
    if share > 0 and not 0 < held < count:
        raise TrainError(
            f"{data}: has {count} row{'s' * (count != 1)}, too few to hold out {share:g}; give --test-share 0"
        )
    return np.sort(order[held:]), np.sort(order[:held])


def _default(has_hessian: bool, width: int, classes: list[Any] | None, l1: float) -> str:
    if l1:
        return "proximal"
    count = (width + 1) * (len(classes) if classes and len(classes) > 2 else 1)
    return "newton" if has_hessian and count <= _NEWTON else "lbfgs"


def _scores(model: TrainedModel, table: Table, labels: Any, rows: Any) -> dict[str, Any]:
    found = model.predict(table.features[rows])
    truth = labels[rows]
    if model.classes is None:
        error = found - truth
        spread = float(np.var(truth))
        scores: dict[str, Any] = {"rows": len(rows), "rmse": float(np.sqrt(np.mean(error**2)))}
        scores["r2"] = None if spread == 0 else 1 - float(np.mean(error**2)) / spread
        return scores
    chosen = np.maximum(found[np.arange(len(rows)), truth], np.finfo(float).tiny)
    accuracy = float(np.mean(found.argmax(axis=1) == truth))
    return {"rows": len(rows), "cross_entropy": float(-np.log(chosen).mean()), "accuracy": accuracy}


def _header(
    model: str,
    of: Problem,
    found: FitResult,
    table: Table,
    target: str,
    classes: list[Any] | None,
    seed: int,
    share: float,
    l2: float,
    l1: float,
) -> dict[str, Any]:
    """What a model file says of itself."""
    proofs = list(of.gradients.items())
    return {
        "format": FORMAT,
        "model": model,
        "target": target,
        "features": list(table.names),
        "classes": classes,
        "data_shape": list(table.features.shape),
        "seed": seed,
        "test_share": share,
        "l2": l2,
        "l1": l1,
        "formulas": {name: claim_latex(proof.derivation) for name, proof in proofs},
        "fingerprints": of.fingerprints,
        "certificate": [certify(proof).as_json() for _, proof in proofs],
        "versions": versions(),
        "optimizer": found.optimizer,
        "step": found.step,
        "sample": found.sample,
        "steps": found.steps,
        "converged": found.converged,
        "reason": found.reason,
        "loss": found.loss,
        "gradient_norm": found.gradient_norm,
    }


def _digest(table: Table, labels: Any, rows: Any, *settings: Any) -> str:
    """What a checkpoint has to match: the very data, split and settings."""
    h = hashlib.sha256()
    for array in (table.features, labels, rows):
        h.update(np.ascontiguousarray(array).tobytes())
    h.update(repr((table.names, settings)).encode())
    return h.hexdigest()[:32]


def train_command(form: str, **options: Any) -> int:
    """Runs `verify train`; the exit status. Every error is a click exception of one line."""
    output: Path = options["output"]
    if not output.parent.is_dir():
        raise _usage(f"{output}: cannot be written: there is no folder {output.parent}; create it first")
    try:
        report, interrupted = train_file(**options)
    except DivergenceError as error:
        raise _usage(str(error)) from None
    except (TrainError, TableError, DataError, CheckpointError, ValueError) as error:
        raise _usage(str(error)) from None
    click.echo(
        json.dumps(report, ensure_ascii=False, indent=1) if form == "json" else _text(report, output, interrupted)
    )
    if interrupted:
        click.echo(f"verify: stopped; {output.name}.checkpoint holds the run: go on with --resume", err=True)
        return 130
    return 0


def predict_command(model: Path, data: Path, output: Path | None) -> int:
    """Runs `verify predict`; the exit status."""
    try:
        header, rows = predict_file(model, data)
    except (ModelError, TableError) as error:
        raise _usage(str(error)) from None
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    if output is None:
        sys.stdout.write(text.getvalue())
        return 0
    try:
        output.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise _usage(f"{output}: cannot be written: {error.strerror}") from None
    return 0


def _usage(message: str) -> click.ClickException:
    return click.ClickException(message)  # the console script exits 2 for it


def _text(report: dict[str, Any], output: Path, interrupted: bool) -> str:
    lines = []
    for entry in report["certificate"]:
        lines.append(f"proved   {entry['name']}  fingerprint {entry['fingerprint']}")
        lines.append(f"         {entry['claim']}")
    begun = f" after a sample of {report['sample']:,} rows" if report["sample"] else ""
    lines.append(
        f"trained  {report['model']} by {report['optimizer']}: {report['steps']} steps{begun}, {report['reason']}"
    )
    lines.append(f"         loss {report['loss']:.6g}")
    for share in ("training", "test"):
        if report[share]:
            scores = ", ".join(f"{k} {v:.4g}" for k, v in report[share].items() if k != "rows" and v is not None)
            lines.append(f"{share:8} {scores} on {report[share]['rows']} rows")
    if not interrupted:
        lines.append(f"written  {output}")
    return "\n".join(lines)
