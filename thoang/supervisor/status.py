"""Owns the status file: what runs, where it listens and how much memory it takes."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from thoang.supervisor.supervisor import Supervisor

EVERY_S = 2.0


@dataclass(slots=True)
class Counts:
    """What the status file counts over a run."""

    swaps: int = 0
    addresses: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)


def status_of(supervisor: Supervisor, counts: Counts, epoch: int) -> dict[str, Any]:
    """Return the status: of each process its pid, state, restarts and memory [MB]."""
    processes: dict[str, dict[str, Any]] = {
        name: {
            "pid": unit.child.pid if unit.child else None,
            "state": unit.phase.value,
            "restarts": unit.restarts,
            "rss_mb": round(unit.child.resident_mb, 1) if unit.child else 0.0,
        }
        for name, unit in supervisor.units.items()
    }
    return {
        "pid": os.getpid(),
        "processes": processes,
        "rss_mb": round(sum(p["rss_mb"] for p in processes.values()), 1),
        "ports": counts.ports,
        "addresses": counts.addresses,
        "epoch": epoch,
        "swaps": counts.swaps,
    }


def write(path: Path, status: Mapping[str, Any]) -> None:
    """Replace the file, so that a reader sees the old one or the new one, whole."""
    draft = path.with_name(path.name + ".new")
    draft.write_text(json.dumps(status, indent=1), encoding="utf-8")
    draft.replace(path)


async def keep(path: Path, current: Callable[[], Mapping[str, Any]]) -> None:
    """Write the status every two seconds, until cancelled."""
    while True:
        write(path, current())
        await asyncio.sleep(EVERY_S)
