r"""Models that the command line trains: which loss, how labels are coded, how a row is predicted; and their files.

A file is an `.npz`: the parameters, mean and scale of the features, and a JSON header with the model, the formula and
fingerprint of every proof, the certificate, the versions and the shape of the data. It is written whole or not at
all.

Left out: reading files of another format version, which are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from numeric.training.checkpoint import read_npz, write_atomically

__all__ = ["FORMAT", "MODELS", "ModelError", "ModelKind", "TrainedModel", "load_model", "save_model"]

FORMAT = "gradproof/model/1"

Array = np.ndarray[Any, Any]
Parameters = dict[str, Array]


class ModelError(ValueError):
    """A model file that cannot be used, in one line."""


def _sigmoid(z: Array) -> Array:
    return np.asarray(np.exp(-np.logaddexp(0, -z)))


def _softmax(z: Array) -> Array:
    shifted = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def _two(p: Parameters, x: Array) -> Array:
    z = x @ p["w"] + p["b"]
    return np.stack([_sigmoid(-z), _sigmoid(z)], axis=1)


def _ordinal(p: Parameters, x: Array) -> Array:
    above = _sigmoid((x @ p["w"])[:, None] - p["theta"])
    edges = np.concatenate([np.ones((len(x), 1)), above, np.zeros((len(x), 1))], axis=1)
    return np.asarray(edges[:, :-1] - edges[:, 1:])


def _network(p: Parameters, x: Array) -> Array:
    return _softmax(_sigmoid(x @ p["W1"].T + p["b1"]) @ p["W2"].T + p["b2"])


@dataclass(frozen=True)
class ModelKind:
    """loss: name in the catalogue. classes: whether it has them, and their least and greatest number.

    one_hot: how labels are coded. predict: (parameters, rows) → ŷ (n,), or probabilities (n, K).
    """

    loss: str
    classes: tuple[int, int] | None
    one_hot: bool
    predict: Callable[[Parameters, Array], Array]
    has_hessian: bool = True


MODELS = {
    "linear": ModelKind("linear_regression.mean", None, False, lambda p, x: np.asarray(x @ p["w"] + p["b"])),
    "logistic": ModelKind("logistic_regression.mean", (2, 2), False, _two),
    "softmax": ModelKind("softmax_regression", (2, 1000), True, lambda p, x: _softmax(x @ p["W"] + p["b"])),
    "ordinal": ModelKind("ordinal_regression", (2, 1000), True, _ordinal, False),
    "network": ModelKind("neural_network.softmax", (2, 1000), True, _network, False),
}


@dataclass(frozen=True)
class TrainedModel:
    """A model as it is stored. header: JSON; classes: labels, or None for a regression."""

    header: dict[str, Any]
    parameters: Parameters
    mean: Array
    scale: Array

    @property
    def kind(self) -> ModelKind:
        return MODELS[self.header["model"]]

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(self.header["features"])

    @property
    def classes(self) -> list[Any] | None:
        found: list[Any] | None = self.header["classes"]
        return found

    def predict(self, rows: Array) -> Array:
        """ŷ of each row, or probabilities of the classes."""
        return self.kind.predict(self.parameters, (rows - self.mean) / self.scale)


def save_model(path: Path, model: TrainedModel) -> None:
    """Writes a model; `CheckpointError` where that fails, and then what was there before is kept."""
    text = np.frombuffer(json.dumps(model.header, ensure_ascii=False, sort_keys=True).encode(), np.uint8)
    arrays = {f"parameter {name}": value for name, value in model.parameters.items()}
    arrays |= {"header": text, "mean": model.mean, "scale": model.scale}
    write_atomically(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]


def load_model(path: Path) -> TrainedModel:
    """The model in a file; `ModelError` where there is none."""
    if not path.is_file():
        raise ModelError(f"{path}: no such file; train one with verify train")
    try:
        file = read_npz(path)
        header = dict(json.loads(bytes(file["header"]).decode()))
        parameters = {name.removeprefix("parameter "): a for name, a in file.items() if name.startswith("parameter ")}
        model = TrainedModel(header, parameters, file["mean"], file["scale"])
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(f"{path}: not a model of verify train ({error})") from None
    if header.get("format") != FORMAT or header.get("model") not in MODELS:
        raise ModelError(
            f"{path}: format {header.get('format')!r}, required {FORMAT}: train it again with this version"
        )
    return model
