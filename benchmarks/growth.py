"""How the cost grows: a proved gradient with n, m and K; proofs and judges with the number of entries.

    python benchmarks/growth.py

A proof does not depend on n, m or K at all: sizes are symbols. Times are the best of five runs after
compilation, in one process; the last column is the cost for each unit, relative to the smallest size: 1 or
less is linear or better.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from derivations.catalog import derivations, find
from derivations.proof import prove
from numeric.gradient import compile_many
from numeric.judge import judge_statement

RUNS = 5


def best(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def inputs(n: int, m: int, K: int | None) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, m)).astype(np.float32)
    if K is None:
        y = rng.integers(0, 2, n).astype(np.float32)
        return {"x": x, "y": y, "w": rng.normal(size=m).astype(np.float32), "b": np.float32(0.1)}
    y = np.eye(K, dtype=np.float32)[rng.integers(0, K, n)]
    return {"x": x, "y": y, "W": rng.normal(size=(m, K)).astype(np.float32), "b": np.zeros(K, np.float32)}


def table(title: str, unit: str, rows: list[tuple[int, float]]) -> None:
    print(f"\n{title}\n{unit:>12}{'ms':>12}{'per unit':>12}")
    first = rows[0][1] / rows[0][0]
    for size, seconds in rows:
        print(f"{size:>12,}{1e3 * seconds:>12.2f}{seconds / size / first:>12.2f}")


def gradients(names: list[str], sizes: list[tuple[int, int, int | None]], axis: int) -> list[tuple[int, float]]:
    compiled = compile_many([prove(find(name)) for name in names])
    rows = []
    for shape in sizes:
        arrays = inputs(*shape)

        def run(arrays: dict[str, np.ndarray] = arrays) -> None:
            for value in compiled(arrays).values():
                value.block_until_ready()

        run()
        rows.append((int(shape[axis] or 0), best(run)))
    return rows


def main() -> None:
    logistic = ["logistic_regression.mean.w", "logistic_regression.mean.b"]
    softmax = ["softmax_regression.W", "softmax_regression.b"]
    table("gradient of logistic regression, m = 32", "n", gradients(
        logistic, [(n, 32, None) for n in (10_000, 40_000, 160_000, 640_000)], 0))  # fmt: skip
    table("gradient of logistic regression, n = 20,000", "m", gradients(
        logistic, [(20_000, m, None) for m in (16, 64, 256, 1024)], 1))  # fmt: skip
    table("gradient of softmax regression, n = 20,000, m = 32", "K", gradients(
        softmax, [(20_000, 32, K) for K in (4, 16, 64, 256)], 2))  # fmt: skip

    statement = find(logistic[0]).statement
    group = [d for d in derivations("logistic_regression") if d.statement == statement]
    judge_statement(statement, group)
    table("numeric judges of one statement (10 % of them by finite differences)", "points", [
        (n, best(lambda n=n: judge_statement(statement, group, examples=n, differences=n // 10)))
        for n in (10_000, 20_000, 40_000)
    ])  # fmt: skip

    rows, seconds, entries = [], 0.0, 0
    for family in ("regularization", "logistic_regression", "squared_error_on_sigmoid", "linear_regression"):
        started = time.perf_counter()
        for derivation in derivations(family):
            prove(derivation)
        seconds += time.perf_counter() - started
        entries += len(derivations(family))
        rows.append((entries, seconds))
    table("proofs, family after family", "entries", rows)


if __name__ == "__main__":
    main()
