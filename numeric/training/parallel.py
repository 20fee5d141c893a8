r"""Rows shared by several devices, and by several processes: each streams its own, the sums are added.

    Σ_i f(row i) = Σ_devices Σ_{i on device} f(row i)  +  Σ_{i left over} f(row i)

Rows are sharded evenly over a mesh of one axis; each device runs the one-pass loop over its share, and one `psum`
adds them up. The rows that don't divide evenly (fewer than there are devices) are on every device and counted once.
Parameters are replicated. With `jax.distributed` the mesh has the devices of all processes: every process is given the
same data (a memory map, so that it reads its own rows only) and ends with the same parameters.

Left out: a distributed engine of our own; that is JAX's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from numeric.training.streaming import ArraySource, RowSum, Source

__all__ = ["SHARED_BYTES", "SharedSource", "default_devices", "placed", "use_every_core"]

_AXIS = "samples"

SHARED_BYTES = 1 << 25
"""Host data from this size on are shared by the devices that are cores of this machine; below, one is as fast."""


def use_every_core() -> None:
    """Makes a JAX device of each core that this process may use; it has to come before JAX's first array.

    XLA runs a loop on one core of a device, so one device leaves the other cores idle between two products.
    Does nothing where the number of CPU devices has been chosen, or JAX has made its devices.
    """
    if "xla_force_host_platform_device_count" in os.environ.get("XLA_FLAGS", "") or _setting("jax_num_cpu_devices") > 0:
        return
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(RuntimeError):  # JAX has begun: its devices stay what they are
        jax.config.update("jax_num_cpu_devices", cores)


def default_devices(rows: Mapping[str, Any]) -> list[Any] | None:
    """All CPU devices for large host arrays, where JAX computes on CPU; else None, for the default device."""
    placed_already = any(isinstance(a, jax.Array) for a in rows.values())
    if placed_already or _setting("jax_default_device") is not None or jax.process_count() > 1:
        return None
    devices = jax.devices()
    large = sum(a.nbytes for a in rows.values()) >= SHARED_BYTES
    return devices if large and devices[0].platform == "cpu" and len(devices) > 1 else None


@dataclass(frozen=True)
class SharedSource:
    """Arrays sharded by rows; share is the layout on one device, left the rows that are on all of them."""

    mesh: Mesh
    share: ArraySource
    left: ArraySource | None

    @property
    def count(self) -> int:
        return self.share.count * self.mesh.size + (self.left.count if self.left else 0)

    @property
    def blocks(self) -> int:
        return self.share.blocks

    def used(self, stride: Any) -> Any:
        return self.share.used(stride) * self.mesh.size + (self.left.count if self.left else 0)

    def total(self, fn: RowSum, parameters: Any, arrays: Any, stride: Any = 1) -> Any:
        """fn(parameters, rows): each device's sum, added over devices."""

        def own(parameters: Any, rows: Any, stride: Any) -> Any:
            return jax.lax.psum(self.share.total(fn, parameters, rows, stride), _AXIS)

        every, split = PartitionSpec(), PartitionSpec(_AXIS)
        total = _shard_map(own, self.mesh, (every, split, every), every)(parameters, arrays["shared"], stride)
        if self.left is None:
            return total
        return jax.tree.map(jnp.add, total, self.left.total(fn, parameters, arrays["left"]))


def _setting(name: str) -> Any:
    return getattr(jax.config, name)


def placed(rows: Mapping[str, Any], devices: Iterable[Any] | None) -> tuple[Source, Any]:
    """(source, arrays) of host arrays: on the default device, or sharded by rows over the given ones."""
    chosen = list(devices) if devices is not None else []
    count = next(iter(rows.values())).shape[0]
    if devices is not None and not chosen:
        raise ValueError("devices is empty: give jax.devices(), or leave it out")
    if jax.process_count() > 1 and not chosen:
        raise ValueError(f"{jax.process_count()} processes share this run: give devices=jax.devices()")
    if len(chosen) < 2 or count < len(chosen):
        arrays = {name: jax.device_put(a) for name, a in rows.items()}  # in place, where `jnp.asarray` copies
        return ArraySource.of(arrays), arrays
    mesh = Mesh(np.array(chosen), (_AXIS,))
    each = count // len(chosen)
    even = each * len(chosen)
    split, every = NamedSharding(mesh, PartitionSpec(_AXIS)), NamedSharding(mesh, PartitionSpec())
    shared = {name: _put(a[:even], split) for name, a in rows.items()}
    left = {name: _put(np.asarray(a[even:]), every) for name, a in rows.items()} if even < count else {}
    layout = ArraySource.of({name: a[:each] for name, a in rows.items()})
    return SharedSource(mesh, layout, ArraySource.of(left) if left else None), {"shared": shared, "left": left}


def _put(array: Any, sharding: NamedSharding) -> jax.Array:
    """The array under a sharding; each process reads only the rows that are its own."""
    return jax.make_array_from_callback(tuple(array.shape), sharding, lambda index: np.asarray(array[index]))


def _shard_map(fn: Any, mesh: Mesh, inputs: Any, outputs: Any) -> Any:
    if hasattr(jax, "shard_map"):  # JAX ≥ 0.6
        return jax.shard_map(fn, mesh=mesh, in_specs=inputs, out_specs=outputs, check_vma=False)
    from jax.experimental.shard_map import shard_map

    return shard_map(fn, mesh=mesh, in_specs=inputs, out_specs=outputs, check_rep=False)
