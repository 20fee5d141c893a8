"""Training against the usual tools, as ratios taken in one run: a step, a fit, growth, memory.

    python benchmarks/training.py [step] [softmax] [fit] [growth] [memory] [--repeat 15]

The candidates of a table take turns, round after round, so that what else the machine does falls on all of them.
Before each there is a pause, in which threads of the one before (BLAS) stop waiting for more work. A time is the best
of all rounds, a ratio the median of the ratios within rounds. `cpu` is the processor time of the
best round, which other jobs disturb least. Nothing includes compilation, except where a column says so.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from numeric.training import fit, problem, use_every_core
from numeric.training.objective import Objective
from numeric.training.parallel import placed
from numeric.training.streaming import COMPILER_OPTIONS, ArraySource

N, M, K = 409_600, 128, 10
PAUSE = 0.1
Work = Callable[[], object]


def rounds(work: Mapping[str, Work], repeat: int) -> dict[str, list[tuple[float, float]]]:
    """Name → (seconds, processor seconds) of each round, after one call that compiles."""
    for f in work.values():
        jax.block_until_ready(f())
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in work}
    for _ in range(repeat):
        for name, f in work.items():
            time.sleep(PAUSE)
            cpu, started = time.process_time(), time.perf_counter()
            jax.block_until_ready(f())
            found[name].append((time.perf_counter() - started, time.process_time() - cpu))
    return found


def compare(title: str, work: Mapping[str, Work], base: str, repeat: int) -> None:
    found = rounds(work, repeat)
    print(f"\n{title}\n{'':<34}{'ms':>9}{'cpu ms':>9}{'ratio':>9}{'of cpu':>9}")
    least = min(c for _, c in found[base])
    for name, times in found.items():
        ratio = statistics.median(t / b for (t, _), (b, _) in zip(times, found[base], strict=True))
        best, cpu = min(t for t, _ in times), min(c for _, c in times)
        print(f"{name:<34}{1e3 * best:>9.1f}{1e3 * cpu:>9.1f}{ratio:>9.2f}{cpu / least:>9.2f}")


def made(
    n: int, m: int, classes: int | None = None, signal: float = 1.0
) -> tuple[dict[str, jax.Array], dict[str, jax.Array]]:
    """(rows, parameters) of made-up data that a linear model fits in part; signal: standard deviation of the logits."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n, m), np.float32)
    if classes is None:
        y = (x @ rng.standard_normal(m, np.float32) * signal / m**0.5 + rng.logistic(size=n) > 0).astype(np.float32)
        weights = {"w": 0.1 * rng.standard_normal(m, np.float32), "b": np.float32(0.1)}
    else:
        y = np.eye(classes, dtype=np.float32)[rng.integers(0, classes, n)]
        weights = {"W": 0.1 * rng.standard_normal((m, classes), np.float32), "b": np.zeros(classes, np.float32)}
    return {k: jnp.asarray(v) for k, v in (("x", x), ("y", y))}, {k: jnp.asarray(v) for k, v in weights.items()}


def ours(name: str, rows: Mapping[str, jax.Array], weights: object, devices: int = 1, block: int | None = None) -> Work:
    """Loss and proved gradient, one pass."""
    source, arrays = placed(rows, jax.devices()[:devices])
    if block:
        source = ArraySource.of(rows, block)
    of = problem(name)
    step = jax.jit(lambda p, a: Objective(of, source, a, {}).value_and_grad(p), compiler_options=COMPILER_OPTIONS)
    return lambda: step(weights, arrays)


def step(repeat: int) -> None:
    rows, p = made(N, M)
    x, y = rows["x"], rows["y"]
    read = jax.jit(jnp.sum)
    closed = jax.jit(lambda p, x, y: (lambda r: (r @ x / N, r.mean()))(jax.nn.sigmoid(x @ p["w"] + p["b"]) - y))
    auto = jax.jit(
        jax.value_and_grad(lambda p, x, y: optax.sigmoid_binary_cross_entropy(x @ p["w"] + p["b"], y).mean())
    )
    make = partial(ours, "logistic_regression.mean", rows, p)
    work: dict[str, Work] = {
        "read X once (jnp.sum)": lambda: read(x),
        "ours, one device": make(),
        "ours, a device for each core": make(devices=jax.device_count()),
        "optax loss + autodiff": lambda: auto(p, x, y),
        "r @ X, gradient only": lambda: closed(p, x, y),
    }
    print(f"\nOne step of logistic regression, n = {N:,}, m = {M}, float32")
    compare("ratio: to reading X once", work, "read X once (jnp.sum)", repeat)
    compare(
        "rows in a block; ratio: to 512",
        {str(b): make(block=b) for b in (256, 512, 1024, 2048, 8192, 16384)},
        "512",
        repeat,
    )


def softmax(repeat: int) -> None:
    rows, p = made(N, M, K)
    x, y = rows["x"], rows["y"]

    def residual(p: Mapping[str, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
        return jax.nn.softmax(x @ p["W"] + p["b"]) - y

    def block_loop(p: Mapping[str, jax.Array], x: jax.Array, y: jax.Array) -> jax.Array:
        def one(at: jax.Array, sofar: jax.Array) -> jax.Array:
            part = [jax.lax.dynamic_slice_in_dim(a, at * 8192, 8192) for a in (x, y)]
            return sofar + part[0].T @ residual(p, *part)

        return jax.lax.fori_loop(0, N // 8192, one, jnp.zeros((M, K)))

    auto = jax.jit(jax.value_and_grad(lambda p, x, y: optax.softmax_cross_entropy(x @ p["W"] + p["b"], y).mean()))
    product = jax.jit(lambda p, x, y: x.T @ residual(p, x, y))
    einsum = jax.jit(lambda p, x, y: jnp.einsum("nk,nd->kd", residual(p, x, y), x))
    loop = jax.jit(block_loop)
    make = partial(ours, "softmax_regression", rows, p)
    work: dict[str, Work] = {
        "ours, one device": make(),
        "ours, a device for each core": make(devices=jax.device_count()),
        "optax loss + autodiff": lambda: auto(p, x, y),
        "X.T @ R, gradient only": lambda: product(p, x, y),
        "einsum, gradient only": lambda: einsum(p, x, y),
        "block loop, gradient only": lambda: loop(p, x, y),
    }
    compare(
        f"One step of softmax regression, K = {K}, same n and m; ratio: to ours",
        work,
        "ours, a device for each core",
        repeat,
    )


def largest_gradient(x: np.ndarray, y: np.ndarray, model: LogisticRegression) -> float:
    """The largest entry of the gradient of scikit-learn's objective, divided by n, where its fit ended."""
    probabilities = model.predict_proba(x).astype(float)
    label = np.eye(len(model.classes_))[np.searchsorted(model.classes_, y)]
    residual = probabilities - label
    coefficients = model.coef_.astype(float)
    if len(coefficients) == 1:
        residual = residual[:, 1:]
    grad = residual.T @ x / len(y) + coefficients / len(y)
    return float(max(np.abs(grad).max(), np.abs(residual.mean(axis=0)).max()))


def fits(repeat: int) -> None:
    weak, strong = (made(N, M, signal=s)[0] for s in (1, 4))
    scaled = StandardScaler().fit_transform
    cancer, digits, iris = (load(return_X_y=True) for load in (load_breast_cancer, load_digits, load_iris))
    data = {
        "made, signal 1": (np.asarray(weak["x"]), np.asarray(weak["y"])),
        "made, signal 4": (np.asarray(strong["x"]), np.asarray(strong["y"])),
        "breast cancer": (scaled(cancer[0]), cancer[1]),
        "digits": (digits[0] / 16, digits[1]),
        "iris": iris,
    }
    print(f"\nMade data: n = {N:,}, m = {M}, float32; signal: standard deviation of the logits")
    print("Fits of (1/n) Σ loss + |w|²/(2n) to the gradient that scikit-learn's ended at (its tol = 1e-4)")
    print(f"{'data':<16}{'method':<18}{'ms':>9}{'gradient':>10}", end="")
    print(f"{'ours':>9}{'ms':>9}{'gradient':>10}{'times':>7}{'compile s':>11}", flush=True)
    for name, (x, y) in data.items():
        classes = len(np.unique(y))
        of = problem("logistic_regression.mean" if classes == 2 else "softmax_regression").penalised
        label = y.astype(x.dtype) if classes == 2 else np.eye(classes, dtype=x.dtype)[y]
        for solver in ("lbfgs", "newton-cholesky"):
            model = LogisticRegression(solver=solver, max_iter=10_000).fit(x, y)
            reached = largest_gradient(x, y, model)
            best: tuple[float, str, float, float, list[float]] | None = None
            for method in ("lbfgs", "newton"):
                if method == "newton" and (x.shape[1] + 1) * (classes if classes > 2 else 1) > 200:
                    continue
                run = partial(
                    fit, of, {"x": x, of.label.name: label, "lambda": 1 / len(y)}, optimizer=method, tolerance=reached
                )
                started = time.perf_counter()
                found = run()
                first = time.perf_counter() - started
                few = min(repeat, 5) if len(y) > 10_000 else repeat
                times = rounds({"theirs": partial(model.fit, x, y), "ours": run}, few)
                seconds = min(t for t, _ in times["ours"])
                if best is None or seconds < best[0]:
                    best = (seconds, method, found.gradient_norm, first - seconds, [t for t, _ in times["theirs"]],
                            [t for t, _ in times["ours"]])  # fmt: skip
            seconds, method, norm, compiling, theirs, own = best
            ratio = statistics.median(a / b for a, b in zip(theirs, own, strict=True))
            print(
                f"{name:<16}{solver:<18}{1e3 * min(theirs):>9.1f}{reached:>10.1e}{method:>9}{1e3 * seconds:>9.1f}"
                f"{norm:>10.1e}{ratio:>7.2f}{compiling:>11.1f}"
            )


def growth(repeat: int) -> None:
    print(f"\nGrowth of one step\n{'n':>9}{'m':>6}{'K':>5}{'ms':>9}{'ns for each of n·m·K':>23}")
    sizes = [(n, 128, None) for n in (25_600, 102_400, 409_600)] + [(102_400, m, None) for m in (8, 32, 512)]
    for n, m, classes in [*sizes, *((102_400, 128, k) for k in (2, 10, 50))]:
        rows, p = made(n, m, classes)
        name = "softmax_regression" if classes else "logistic_regression.mean"
        seconds = min(t for t, _ in rounds({"": ours(name, rows, p)}, repeat)[""])
        print(f"{n:>9,}{m:>6}{classes or 1:>5}{1e3 * seconds:>9.2f}{1e9 * seconds / n / m / (classes or 1):>23.3f}")


def memory() -> None:
    """In a process of its own: the peak of a fit above what the process has after compiling it, the data aside."""
    child = subprocess.run([sys.executable, __file__, "peak"], capture_output=True, text=True, check=True)
    peak, size = map(float, child.stdout.split()[-2:])
    print("\nPeak memory of a fit above the process after compilation, n = 409,600, m = 128, float32")
    print(f"data {size:.0f} MB, peak {peak:.0f} MB with them, ratio {peak / size:.2f} (at most 1.20)")


def held(entry: str) -> float:
    """MB that this process holds (VmRSS), or has held at most since it was last asked to forget (VmHWM)."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(entry)) / 1024


def peak() -> None:
    of = problem("logistic_regression.mean").penalised
    rng = np.random.default_rng(0)
    room = np.empty(N * M + 16, np.float32)
    first = -room.ctypes.data % 64 // 4  # XLA uses what begins at a multiple of 64 bytes, and copies what doesn't
    x = room[first : first + N * M].reshape(N, M)
    for rows in np.split(x, 100):
        rows[:] = rng.standard_normal(rows.shape, np.float32)
    y = (x[:, 0] + x[:, 1] * x[:, 2] > 0).astype(np.float32)
    data = {"x": x, "y": y, "lambda": 1e-3}
    fit(of, data)  # compiles
    size = (x.nbytes + y.nbytes) / 2**20
    before = held("VmRSS") - size
    with open("/proc/self/clear_refs", "w") as forget:
        forget.write("5")
    fit(of, data)
    print(held("VmHWM") - before, size)


TABLES = {"step": step, "softmax": softmax, "fit": fits, "growth": growth, "memory": lambda repeat: memory()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, "peak", []])
    parser.add_argument("--repeat", type=int, default=15)
    options = parser.parse_args()
    use_every_core()
    warnings.simplefilter("ignore", ConvergenceWarning)
    if options.tables == ["peak"]:
        return peak()
    load = ", ".join(f"{v:.1f}" for v in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}, JAX {jax.__version__}; torch is not compared")
    for name in options.tables or TABLES:
        TABLES[name](options.repeat)


if __name__ == "__main__":
    main()
