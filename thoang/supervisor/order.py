"""Owns the order of processes: what starts before what, and what stops together."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from thoang.supervisor.process import Process


class PlanError(ValueError):
    """The processes do not fit together."""


def in_order(processes: Sequence[Process]) -> list[Process]:
    """Return the processes so that each follows what it needs and comes after.

    Raises
    ------
    PlanError
        If one refers to a process that is not there, or to itself in a circle.
    """
    by_name = {process.name: process for process in processes}
    if len(by_name) < len(processes):
        message = "two processes have one name: logs and status need one name each"
        raise PlanError(message)
    graph = {p.name: {*p.needs, *p.after} for p in processes}
    if unknown := set().union(*graph.values()) - set(by_name):
        message = f"no process is called {', '.join(sorted(unknown))}: add or rename it"
        raise PlanError(message)
    try:
        return [by_name[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        message = f"processes wait for each other in a circle: {error.args[1]}"
        raise PlanError(message) from error


def levels(ordered: Sequence[Process]) -> list[list[str]]:
    """Return names in the order of stopping: a level only depends on later ones.

    Parameters
    ----------
    ordered
        As `in_order` returns them.
    """
    depth: dict[str, int] = {}
    for process in ordered:
        below = [depth[name] for name in (*process.needs, *process.after)]
        depth[process.name] = 1 + max(below, default=0)
    return [
        [name for name, at in depth.items() if at == level]
        for level in range(max(depth.values(), default=0), 0, -1)
    ]
