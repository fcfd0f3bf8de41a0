"""Facts about the machine, so that a number can be judged later."""

from __future__ import annotations

import os
import platform
import subprocess

WANTED = (
    "avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_tile", "amx_bf16",
    "amx_int8",
)


def flags() -> list[str]:
    """The CPU's features that matter for matrix products."""
    found = (_cpu_field("flags") or "").split()
    return [flag for flag in WANTED if flag in found]


def has_bf16() -> bool:
    """Whether the CPU multiplies bf16 in hardware."""
    return bool({"avx512_bf16", "amx_bf16"} & set(flags()))


def facts(threads: int) -> dict:
    """CPU, memory, system, load, and the revision that is measured."""
    revision = subprocess.run(
        ["git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty"],
        capture_output=True,
        text=True,
    ).stdout.strip()
    return {
        "cpu": _cpu_field("model name") or platform.processor(),
        "cores": os.cpu_count(),
        "threads": threads,
        "features": flags(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": platform.platform(),
        "load_average_before": os.getloadavg()[0],
        "revision": revision or None,
    }


def _cpu_field(name: str) -> str | None:
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        for line in info:
            if line.startswith(name):
                return line.split(":", 1)[1].strip()
    return None
