"""What the server has told the lab's worker, for whatever trains there to look at."""

import base64
import queue
import threading
from typing import Any

import numpy as np

from cnn.task import SIDE


class Desk:
    """What has come in: `orders`, one after the other, the latest `digit`, and whether to stop."""

    def __init__(self):
        self.orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.digit = np.zeros((SIDE, SIDE), np.float32)

    def take(self, message: dict[str, Any]) -> None:
        """One message of the server's."""
        if "digit" in message:
            self.digit = np.frombuffer(base64.b64decode(message["digit"]), "<f4").reshape(SIDE, SIDE)
        if "train" in message:
            self.stopped.clear()
            self.orders.put(message["train"])
        if "stop" in message:
            self.stopped.set()
