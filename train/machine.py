"""What machine and which versions a figure was measured on. Knows no network."""

import importlib.metadata
import os
import platform
from pathlib import Path

from cnn.metadata import Machine


def describe() -> Machine:
    """Processor, cores this process may use, and versions, JSON-ready; no host name and no path."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": platform.system(),
        "python": platform.python_version(),
        "keras": importlib.metadata.version("keras"),
        "jax": importlib.metadata.version("jax"),
        "numpy": importlib.metadata.version("numpy"),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
