"""Owns what a machine must have for `thoang run`: each point a check with a way out.

A check looks and says; it changes nothing that stays.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psutil

from thoang.embedded.ports import is_free
from thoang.supervisor.requirement import Requirement, wanted

PYTHON = (3, 11)
LEAST_DISK_MB, GOOD_DISK_MB = 200, 2_000
GOOD_MEMORY_MB = 1_000
_EARLIEST = 1_767_225_600  # 2026-01-01: no machine that runs this is older
_FUTURE_S = 86_400


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Parameters
    ----------
    what
        What was looked at.
    state
        ``problem`` stops `thoang run`; a ``note`` does not.
    found
        What is there.
    way_out
        What to do; "" when nothing.
    """

    what: str
    state: Literal["ok", "note", "problem"]
    found: str
    way_out: str = ""


def findings(folder: Path, city: Path, now: float) -> Iterator[Finding]:
    """Look at everything, the basic first.

    Parameters
    ----------
    folder
        The data folder, which need not exist.
    city
        The city file.
    now
        What the clock says [unix s].
    """
    yield python()
    yield system()
    yield from packages()
    yield mqtt_broker()
    yield kafka_broker()
    yield from ports()
    yield data_folder(folder)
    yield disk(folder)
    yield memory()
    yield city_file(city)
    yield clock(folder, now)
    yield time_zone()


def python() -> Finding:
    """Check Python's version."""
    found = platform.python_version()
    if sys.version_info[:2] >= PYTHON:
        return Finding("Python", "ok", found)
    return Finding("Python", "problem", found, "install Python 3.11 or newer")


def system(name: str = sys.platform) -> Finding:
    """Check the operating system."""
    found = f"{platform.system()} {platform.machine()}"
    if name.startswith("linux") or name == "darwin":
        return Finding("system", "ok", found)
    return Finding("system", "problem", found, "use WSL, or docker compose up")


def packages() -> Iterator[Finding]:
    """Check each package that Thoáng asks for: there, and of a fitting version."""
    for requirement in wanted():
        yield package(requirement)


def package(requirement: Requirement) -> Finding:
    """Check one package."""
    name = requirement.name
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, "problem", "not installed", "make install")
    if requirement.allows(found):
        return Finding(name, "ok", found)
    way_out = f"wanted {requirement.limits_text}: make install"
    return Finding(name, "problem", found, way_out)


def mqtt_broker() -> Finding:
    """Check that the embedded MQTT broker can be loaded."""
    command = [sys.executable, "-c", "import iotcore; print(iotcore.__version__)"]
    return _ran("MQTT broker", command, "iotcore", "--mqtt mqtt://HOST:PORT")


def kafka_broker() -> Finding:
    """Check that the embedded Kafka-protocol broker can be run."""
    from thoang.embedded.kafka import binary  # noqa: PLC0415 - heavy

    way_out = "--kafka HOST:PORT"
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = [str(binary(Path(folder))), "--version"]
        except (FileNotFoundError, ModuleNotFoundError) as error:
            return Finding("Kafka broker", "problem", str(error), f"use {way_out}")
        return _ran("Kafka broker", command, "Tansu", way_out)


def _ran(what: str, command: list[str], name: str, instead: str) -> Finding:
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            command, capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        way_out = f"make install, or use an existing one: thoang run {instead}"
        return Finding(what, "problem", f"{name} does not run: {error}", way_out)
    return Finding(what, "ok", f"{name} {done.stdout.split()[-1]}")


def ports() -> Iterator[Finding]:
    """Say which of the usual ports are taken; a run then takes others."""
    for what, port in (("page", 8000), ("MQTT", 1883), ("Kafka", 9092)):
        if is_free(port):
            yield Finding(f"port {port}", "ok", f"free for {what}")
        else:
            yield Finding(
                f"port {port}", "note", "taken", f"none: {what} will take the next"
            )


def data_folder(folder: Path) -> Finding:
    """Check that the data folder, or the nearest that is there, can be written."""
    there = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        way_out = "make it writable, or take another with --data"
        return Finding("data folder", "problem", f"{folder}: {error.strerror}", way_out)
    new = "" if there == folder else " (will be made)"
    return Finding("data folder", "ok", f"{folder}{new}")


def disk(folder: Path) -> Finding:
    """Check the space on the data folder's disk."""
    free_mb = shutil.disk_usage(_existing(folder)).free // 1_000_000
    found = f"{free_mb:,} MB free"
    if free_mb < LEAST_DISK_MB:
        way_out = f"free at least {LEAST_DISK_MB} MB, or take another with --data"
        return Finding("disk", "problem", found, way_out)
    if free_mb < GOOD_DISK_MB:
        return Finding("disk", "note", found, "enough for days; mind the retention")
    return Finding("disk", "ok", found)


def memory() -> Finding:
    """Check the memory that is available."""
    free_mb = psutil.virtual_memory().available // 1_000_000
    found = f"{free_mb:,} MB available"
    if free_mb < GOOD_MEMORY_MB:
        return Finding(
            "memory", "note", found, "a run takes up to 900 MB: close others"
        )
    return Finding("memory", "ok", found)


def city_file(city: Path) -> Finding:
    """Check the city file."""
    from sensors.city import CityError, load_city  # noqa: PLC0415 - heavy

    try:
        loaded = load_city(city)
    except CityError as error:
        first = str(error).strip().partition("\n")[0]
        return Finding("city file", "problem", first, f"thoang city check {city}")
    return Finding("city file", "ok", f"{loaded.id}, {len(loaded.devices)} devices")


def clock(folder: Path, now: float) -> Finding:
    """Check that the clock is not before what it has already written."""
    found = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    way_out = "set the clock (timedatectl set-ntp true); readings are judged by it"
    written = [file.stat().st_mtime for file in _files(folder)]
    if now < _EARLIEST or max(written, default=0.0) > now + _FUTURE_S:
        return Finding("clock", "problem", found, way_out)
    return Finding("clock", "ok", found)


def time_zone() -> Finding:
    """Check that the city's time zone is known here."""
    name = "Asia/Ho_Chi_Minh"
    try:
        ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return Finding("time zone", "problem", f"{name} unknown", "make install")
    return Finding("time zone", "ok", name)


def _existing(folder: Path) -> Path:
    """Return the folder, or its nearest parent that is there."""
    return next(
        path
        for path in (folder.absolute(), *folder.absolute().parents)
        if path.exists()
    )


def _files(folder: Path) -> list[Path]:
    if not os.access(folder, os.R_OK):
        return []
    return [path for path in folder.iterdir() if path.is_file()]
