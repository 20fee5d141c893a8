r"""Training with proved gradients: what is said, checked, run and handed back.

    fit("logistic_regression.mean", {"x": X, "y": y})

proves ∂C/∂w and ∂C/∂b (or takes your proofs), compiles them with the optimiser to one loop, and runs it to the
gradient norm that is asked for. An unproved gradient has no way in: `UnprovedGradientError`.

Where rows are many, L-BFGS and Newton begin on a sample, every 16th block of them: its optimum is near that of all
rows, and L-BFGS takes along what it knows of the curvature, so that two or three passes over all rows are left. The
sample decides how soon a fit ends, never where: that is told by the gradient of all rows (Byrd, Chin, Nocedal and Wu,
Sample size selection in optimization methods for machine learning, Math. Program. 134 (2012)).

Left out: encoding of data (`estimators`, the command line); which optimiser is best for you. The default is L-BFGS.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import numpy as np
import optax

from derivations.proof import Proof
from numeric.precision import float64_enabled
from numeric.training import checkpoint as saved
from numeric.training.bound import curvature_bound
from numeric.training.files import FileSource, ParquetColumns
from numeric.training.inputs import DataError, check_finite, checked_data, initial_parameters, precision_of, sizes_of
from numeric.training.loop import Given, Plan, State, advance, initial_state
from numeric.training.methods import Settings, method_of
from numeric.training.objective import Parameters
from numeric.training.parallel import default_devices, placed
from numeric.training.problem import Problem
from numeric.training.problem import problem as catalogue_problem
from numeric.training.progress import Report, fit_progress
from numeric.training.streaming import ArraySource, Source

__all__ = ["DivergenceError", "FitResult", "fit"]

_STEPS = {"newton": 100, "lbfgs": 1000, "sgd": 200, "proximal": 5000}
_CHUNK_SECONDS = 0.5
_SAMPLE = 16  # every how many blocks are one


class DivergenceError(RuntimeError):
    """The loss grew without bound; `result` has the best point seen, the message the step that is safe."""

    def __init__(self, message: str, result: FitResult) -> None:
        super().__init__(message)
        self.result = result


@dataclass(frozen=True, eq=False)
class FitResult:
    """What a fit found; the parameters are those of the lowest loss that was seen.

    parameters: name → array. losses, gradient_norms: at the start and after each step (an epoch, for sgd).
    reason: why it stopped. sample: how many rows the sample had whose optimum was the start; 0 where there was none.
    bound: L of the proved step bound 1/L, where it was computed. fingerprints: of the proofs.
    """

    problem: Problem
    parameters: dict[str, np.ndarray[Any, Any]]
    loss: float
    gradient_norm: float
    steps: int
    converged: bool
    reason: str
    losses: np.ndarray[Any, Any] = field(repr=False)
    gradient_norms: np.ndarray[Any, Any] = field(repr=False)
    optimizer: str = ""
    step: float | None = None
    bound: float | None = None
    interrupted: bool = False
    sample: int = 0

    @property
    def fingerprints(self) -> dict[str, str]:
        return self.problem.fingerprints


def fit(
    proofs: str | Problem | Iterable[Proof],
    data: Mapping[str, Any],
    *,
    loss: Proof | None = None,
    optimizer: str | optax.GradientTransformation = "lbfgs",
    step: float | None = None,
    steps: int | None = None,
    tolerance: float = 1e-4,
    l1: float = 0.0,
    batch_size: int = 256,
    init: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
    seed: int = 0,
    devices: Iterable[Any] | None = None,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    every: float = 10.0,
    run: str = "",
    progress: Report | None = None,
) -> FitResult:
    r"""The parameters that minimise a loss whose gradient is proved.

    proofs: a name of the catalogue (`logistic_regression.mean`), a `Problem`, or proofs of your own gradients, with
    `loss` the proof of the form that computes the loss, where there is one.
    data: variable → array with one row for each sample (NumPy or JAX; a `numpy.memmap` or `ParquetColumns` is read
    from disk as it is needed), and each constant (λ) → number. float64 data are trained in float64; float32 and
    bfloat16 data with float32 parameters and accumulation.
    optimizer: "lbfgs", "newton", "gradient_descent", "momentum", "adam", "sgd", "proximal" or an optax transformation.
    The first two begin on a sample where rows are many (25 MB for each core, and 512 for each parameter) and there is
    no init.
    step: learning rate; by default 1/L of the proved bound, where there is one. steps: the most that are made.
    tolerance: stops where the largest entry of the gradient is this small. l1: λ of a penalty λ Σ|W| on the weights
    (only `proximal`). init, sizes: starting values, and sizes that no data tell (H of a network). seed: of all that is
    random.
    devices: JAX devices that share the rows. By default large host arrays are shared by all cores that are devices
    (`use_every_core`), and anything else is on the default device or where it was put.
    checkpoint: a file that the state is written to every `every` seconds; with `resume`, training goes on from it, and
    `run` is a name that it has to match.
    progress: called with step, loss and gradient norm every half second; by default a bar, if this is a terminal.

    Raises `UnprovedGradientError`, `DataError` (each fault named), `ValueError` for settings and `DivergenceError`.
    Ctrl-C ends the loop after the current chunk and returns what was found, `interrupted`.

    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> result = fit("linear_regression.mean", {"x": X, "y": 2 * X[:, 0] + 1}, optimizer="newton")
    >>> result.converged, result.parameters["w"].round(6).tolist(), round(float(result.parameters["b"]), 6)
    (True, [2.0], 1.0)
    """
    of = _problem(proofs, loss)
    method = method_of(optimizer)
    name = optimizer if isinstance(optimizer, str) else "optax"
    most = steps if steps is not None else _STEPS.get(name, 10_000)
    _check_settings(of, name, step, most, tolerance, l1, batch_size)
    rows, constants = checked_data(of, data)
    precision = precision_of(rows)
    found = sizes_of(of, rows, sizes)
    with float64_enabled() if precision == np.float64 else nullcontext():
        source, arrays = _placed(rows, precision, devices, name)
        parameters: Any = initial_parameters(of, found, precision, seed, init)
        numbers = {k: np.asarray(v, precision) for k, v in constants.items()}
        bound = None
        needs_bound = method.needs_step and step is None and name != "adam"
        if needs_bound:
            bound = curvature_bound(of, source, arrays, numbers, parameters)
            if bound is None and name != "proximal":
                raise ValueError(
                    f"{of.name}: no bound of the curvature is proved for this loss, so {name} has no default step: "
                    "give step=…, or use optimizer='lbfgs'"
                )
        rate = step if step is not None else 0.01 if name == "adam" else 1 / bound if bound else 1.0
        settings = Settings(batch_size, tuple(v.name for v in of.parameters if v.role == "weight") if l1 else ())
        plan = Plan(
            of, source, method, settings, most, 5 if not method.may_diverge and name != "proximal" else most + 1
        )
        given = Given(arrays, numbers, np.asarray(l1, precision), np.asarray(rate, precision), np.int32(1))
        key = jax.random.PRNGKey(seed)
        goes_on = resume and checkpoint is not None and Path(checkpoint).exists()
        stride = 1 if init is not None or goes_on or not most else _stride(plan, parameters)
        header = {
            "problem": of.name,
            "fingerprints": of.fingerprints,
            "optimizer": name,
            "seed": seed,
            "rate": float(rate),
            "run": run,
        }
        keep = None if checkpoint is None else (Path(checkpoint), header, every)
        with fit_progress(most, tolerance) if progress is None else nullcontext(progress) as show:
            state, interrupted, sample = _start(plan, parameters, given, key, stride)
            loss_at_start, slope_at_start = float(state["point"].loss), float(state["norm"])
            if not (np.isfinite(loss_at_start) and np.isfinite(slope_at_start)):
                check_finite(of, rows)
                if most:
                    found_at = f"the loss is {loss_at_start:g} at the start, its gradient {slope_at_start:g}"
                    advice = f"too large for {precision}; rescale the data, or give another init"
                    raise DataError(f"{of.name}: {found_at}: {advice}")
            if resume and checkpoint is not None:
                state = saved.load_state(Path(checkpoint), state, header)
            if not interrupted:
                state, interrupted = _run(plan, state, given, np.asarray(tolerance, precision), keep, show)
        used_rate = rate if method.needs_step else None
        result = _result(of, state, name, used_rate, bound, tolerance, most, interrupted, sample)
        if method.may_diverge and _diverges(result):
            if bound is None and method.needs_step:
                bound = curvature_bound(of, source, arrays, numbers, parameters)
            raise DivergenceError(_divergence(result, rate, bound), result)
    return result


def _problem(proofs: str | Problem | Iterable[Proof], loss: Proof | None) -> Problem:
    if isinstance(proofs, Problem):
        return proofs
    return catalogue_problem(proofs) if isinstance(proofs, str) else Problem.of(proofs, loss=loss)


def _placed(rows: Mapping[str, Any], precision: Any, devices: Iterable[Any] | None, name: str) -> tuple[Source, Any]:
    """Where the rows are: on disk if one of them is, else on one device or several."""
    on_disk = any(isinstance(a, np.memmap | ParquetColumns) for a in rows.values())
    if on_disk and devices is None:
        source: Source = FileSource(rows, precision)
        arrays: Any = {}
    else:
        if devices is None and name != "sgd":
            devices = default_devices(rows)
        source, arrays = placed(rows, devices)
    if name == "sgd" and not isinstance(source, ArraySource):
        where = "on disk" if on_disk else "on several devices"
        raise ValueError(f"sgd draws rows at random, and the data are {where}: use lbfgs, adam or gradient_descent")
    return source, arrays


def _stride(plan: Plan, parameters: Parameters) -> int:
    """Every how many blocks are a sample to begin with: 1, for none, where the rows are few.

    The optimum of a sample of r rows is off by √(parameters/r) of what a step on all rows could gain.
    """
    size = sum(p.size for p in parameters.values())
    enough = plan.source.used(_SAMPLE) >= 32 * size and plan.source.blocks >= 8 * _SAMPLE
    return _SAMPLE if plan.method.carried is not None and enough else 1


def _start(plan: Plan, parameters: Parameters, given: Given, key: Any, stride: int) -> tuple[State, bool, int]:
    """(state before the first step, whether Ctrl-C came, rows of the sample): with a stride, at a sample's optimum.

    The two differ by about 1/√r of the gradient at the start; the sample's is made a hundred times smaller than that,
    which tells L-BFGS of the curvature. Where all rows have a greater loss there than the sample had at the start, the
    sample was no good.
    """
    if stride > 1:
        part = given._replace(stride=np.int32(stride))
        first, rows = initial_state(plan, parameters, part, key), int(plan.source.used(stride))
        rough = np.asarray(first["norm"]) / np.asarray(100 * rows**0.5, first["norm"].dtype)
        last, interrupted = _run(plan, first, part, rough, None, None)
        found: Any = {k: np.asarray(v) for k, v in last["point"].parameters.items()}
        state = initial_state(plan, found, given, key)
        if float(state["point"].loss) <= float(first["point"].loss):
            assert plan.method.carried is not None
            state["method"] = plan.method.carried(plan.problem, last["method"], last["point"], state["point"])
            return state, interrupted, rows
    return initial_state(plan, parameters, given, key), False, 0


def _run(
    plan: Plan,
    state: State,
    given: Given,
    tolerance: Any,
    keep: tuple[Path, dict[str, Any], float] | None,
    show: Report | None,
) -> tuple[State, bool]:
    """Chunk after chunk, each about half a second long."""
    chunk = 16 if jax.process_count() == 1 else plan.most  # several processes have to make the same chunks
    written = time.monotonic()
    try:
        while True:
            began, before = time.monotonic(), int(state["step"])
            limit = min(before + chunk, plan.most)
            state = advance(plan, state, given, tolerance, np.int32(limit))
            after = int(state["step"])
            if show is not None:
                show(after, float(state["best_loss"]), float(state["norm"]))
            ended = after < limit or after >= plan.most
            if keep is not None and (ended or time.monotonic() - written >= keep[2]):
                saved.save_state(keep[0], state, keep[1])
                written = time.monotonic()
            if ended:
                return state, False
            elapsed = max(time.monotonic() - began, 1e-3)
            if jax.process_count() == 1:
                chunk = max(1, min(int(chunk * _CHUNK_SECONDS / elapsed), 4 * chunk))
    except KeyboardInterrupt:
        if keep is not None:
            saved.save_state(keep[0], state, keep[1])
        return state, True


def _result(
    of: Problem,
    state: State,
    name: str,
    rate: float | None,
    bound: float | None,
    tolerance: float,
    most: int,
    interrupted: bool,
    sample: int,
) -> FitResult:
    steps = int(state["step"])
    norm = float(state["best_norm"])
    converged = norm <= tolerance
    if converged:
        reason = f"gradient norm {norm:.2e} ≤ {tolerance:.2e}"
    elif interrupted:
        reason = f"stopped by Ctrl-C after {steps} steps"
    elif not np.isfinite(float(state["point"].loss)):
        reason = f"the loss is {float(state['point'].loss)} after {steps} steps"
    elif steps >= most:
        reason = f"all {most} steps made, gradient norm {norm:.2e} > {tolerance:.2e}"
    else:
        dtype = state["point"].loss.dtype
        reason = f"the loss decreases no further in {dtype}, gradient norm {norm:.2e} > {tolerance:.2e}"
    return FitResult(
        problem=of,
        parameters={k: np.asarray(v) for k, v in state["best"].items()},
        loss=float(state["best_loss"]),
        gradient_norm=norm,
        steps=steps,
        converged=converged,
        reason=reason,
        losses=np.asarray(state["losses"])[: steps + 1],
        gradient_norms=np.asarray(state["norms"])[: steps + 1],
        optimizer=name,
        step=None if rate is None else float(rate),
        bound=bound,
        interrupted=interrupted,
        sample=sample,
    )


def _diverges(result: FitResult) -> bool:
    """Not finite, or ends far above where it began."""
    if result.converged or result.interrupted or result.steps == 0:
        return False
    first, last = float(result.losses[0]), float(result.losses[-1])
    return not np.isfinite(last) or last > first + abs(first)


def _divergence(result: FitResult, rate: float, bound: float | None) -> str:
    found = f"{result.problem.name}: {result.optimizer} diverges with step {rate:.3g}"
    seen = f"loss {result.losses[0]:.4g} at the start, {result.losses[-1]:.4g} after {result.steps} steps"
    advice = (
        f"the proved bound allows {1 / bound:.3g}" if bound else "no bound is proved for this loss; try a tenth of it"
    )
    return f"{found} ({seen}); {advice}"


def _check_settings(
    of: Problem, name: str, step: float | None, most: int, tolerance: float, l1: float, batch_size: int
) -> None:
    faults = []
    if step is not None and not (np.isfinite(step) and step > 0):
        faults.append(f"step is {step}: required a positive number")
    if most < 0:
        faults.append(f"steps is {most}: required at least 0")
    if not tolerance >= 0:
        faults.append(f"tolerance is {tolerance}: required at least 0")
    if not (np.isfinite(l1) and l1 >= 0):
        faults.append(f"l1 is {l1}: required at least 0")
    elif l1 and name != "proximal":
        faults.append(f"l1 is {l1} with {name}: |w| has no derivative at 0; use optimizer='proximal'")
    if batch_size < 1:
        faults.append(f"batch_size is {batch_size}: required at least 1")
    if faults:
        raise ValueError(f"{of.name}: " + "; ".join(faults))
