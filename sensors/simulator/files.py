"""Owns the simulator's files in the data folder; each is replaced whole."""

import os
from pathlib import Path

import msgspec

from sensors.simulator.plan import Plan


class PlanError(ValueError):
    """`simulator.json` cannot be gone on from; the message says what to do."""


class Files:
    """The files of one data folder.

    Parameters
    ----------
    data
        The folder; it is made where it is not there.
    """

    def __init__(self, data: Path) -> None:
        self._plan = data / "simulator.json"
        self._fill = data / "fill.json"
        self._ready = data / "ready" / "simulator"
        self._ready.parent.mkdir(parents=True, exist_ok=True)
        self._ready.unlink(missing_ok=True)

    def read_plan(self, city: str, seed: int) -> Plan | None:
        """Return the plan that was left here, None where there is none.

        Raises
        ------
        PlanError
            When it cannot be read, or is of another city or seed.
        """
        try:
            text = self._plan.read_bytes()
        except FileNotFoundError:
            return None
        try:
            plan = msgspec.json.decode(text, type=Plan)
        except msgspec.DecodeError as error:
            message = (
                f"{self._plan} is not a plan of the simulator ({error}); remove it and "
                "the other data of this folder to begin anew"
            )
            raise PlanError(message) from error
        if (plan.v, plan.city, plan.seed) != (1, city, seed):
            message = (
                f"{self._plan} was written for city {plan.city}, seed {plan.seed}, "
                f"version {plan.v}; got city {city}, seed {seed}, version 1. Use the "
                "same ones, or another data folder"
            )
            raise PlanError(message)
        return plan

    def write_plan(self, plan: Plan) -> None:
        """Keep the plan."""
        _replace(self._plan, msgspec.json.encode(plan))

    def write_fill(self, done: int, total: int) -> None:
        """Say how many messages of the fill are sent."""
        _replace(self._fill, msgspec.json.encode({"done": done, "total": total}))

    def say_ready(self) -> None:
        """Say that the simulated city is in its present."""
        _replace(self._ready, b"")


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".new")
    beside.write_bytes(content)
    os.replace(beside, path)  # noqa: PTH105  # atomic on every system
