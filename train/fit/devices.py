"""The devices that a run is spread over, of this machine and of others, by Keras's data parallelism. Knows no network.

Every device holds all weights and all pictures and computes its share of each batch; XLA adds up what belongs to the
whole batch. So a run over several devices learns, but for rounding, what one device learns from the same batches.
"""

from contextlib import AbstractContextManager
from typing import Any

import jax
import keras
import numpy as np
from jax.experimental import multihost_utils

from cnn.metadata import Spread
from cnn.types import UserError


def join(coordinator: str, processes: int, process: int) -> None:
    """Make this process the so-maniest of `processes` that train together; waits until all of them are there.

    `coordinator` is the "host:port" at which the first of them, 0, is reached. Before any computation.
    """
    keras.distribution.initialize(coordinator, processes, process)


class Devices:
    """The first `count` devices of each process. UserError where one has fewer."""

    def __init__(self, count: int = 1):
        everybodys = [jax.local_devices(process_index=process) for process in range(jax.process_count())]
        if (fewest := min(map(len, everybodys))) < count:
            raise UserError(f"There are {fewest} devices ({jax.default_backend()}), not {count}.")
        parallel = keras.distribution.DataParallel(devices=[one for each in everybodys for one in each[:count]])
        mesh = parallel.device_mesh
        self.count = parallel.num_model_replicas
        self.first = jax.process_index() == 0  # the process that writes and reports
        self._here = everybodys[jax.process_index()][:count]
        self.whole = keras.distribution.TensorLayout((), mesh).backend_layout
        self._by_batch = keras.distribution.TensorLayout((None, parallel.batch_dim_name), mesh).backend_layout

    def context(self) -> AbstractContextManager:
        """While a step is computed: what has to know that there are several devices (train/fit/fast.py) finds them."""
        return jax.set_mesh(self.whole.mesh)

    def check(self, batch_size: int) -> None:
        """UserError where a batch cannot be shared out evenly."""
        if batch_size % self.count:
            raise UserError(f"A batch of {batch_size} cannot be shared out evenly over {self.count} devices.")

    def everywhere(self, arrays: Any) -> Any:
        """Arrays, one or a tree of them and the same in each process, as every device has them whole."""

        def placed(array: Any) -> jax.Array:
            copies = [jax.device_put(array, device) for device in self._here]
            return jax.make_array_from_single_device_arrays(array.shape, self.whole, copies)

        return jax.tree.map(placed, arrays)

    def shared_out(self, batches: np.ndarray) -> jax.Array:
        """(steps, batch size) indices, the same in each process, each batch in equal parts on the devices."""
        return jax.make_array_from_callback(batches.shape, self._by_batch, batches.__getitem__)

    def here(self, arrays: Any) -> Any:
        """What every device has whole, as this process has it on one device."""
        return jax.tree.map(lambda array: array.addressable_data(0), arrays)

    def told(self, content: bytes) -> bytes:
        """What the first process hands in, in every process."""
        if jax.process_count() == 1:
            return content
        size = int(multihost_utils.broadcast_one_to_all(np.int32(len(content))))
        told = np.frombuffer(content, np.uint8) if self.first else np.zeros(size, np.uint8)
        return multihost_utils.broadcast_one_to_all(told).tobytes() if size else b""

    def alike(self, content: bytes) -> bool:
        """Whether all processes hand in the same, of one length."""
        if jax.process_count() == 1:
            return True
        each = multihost_utils.process_allgather(np.frombuffer(content, np.uint8))
        return bool((each == each[0]).all())

    def any(self, asked: bool) -> bool:
        """Whether one of the processes hands in True."""
        return asked if jax.process_count() == 1 else bool(multihost_utils.process_allgather(np.uint8(asked)).any())

    def describe(self) -> Spread:
        """What they are, JSON-ready."""
        return {"kind": self._here[0].device_kind, "count": self.count, "processes": jax.process_count()}
