"""On what the figures were taken."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from pathlib import Path

_PACKAGES = ("aiohttp", "starlette", "uvicorn", "uvloop", "httptools", "orjson", "hyperscan")


def machine() -> str:
    """Processor, memory, load average now, Python and the packages that matter."""
    cpu = re.search(r"model name\s*:\s*(.+)", _read("/proc/cpuinfo"))
    total = re.search(r"MemTotal:\s*(\d+)", _read("/proc/meminfo"))
    memory = int(total[1]) / 1024**2 if total else 0
    name = cpu[1] if cpu else platform.machine()
    where = f"{name}, {os.cpu_count()} cores, {memory:.0f} GB, Linux {platform.release()}"
    versions = ", ".join(f"{package} {_version(package)}" for package in _PACKAGES)
    busy = " ".join(f"{load:.2f}" for load in os.getloadavg())
    return f"{where}; load average {busy}\nPython {platform.python_version()}, {versions}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "none"
