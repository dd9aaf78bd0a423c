"""Owns what packages Thoáng asks for, and whether a version fits."""

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Self

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_LIMIT = re.compile(r"(>=|<|==)\s*([0-9]+(?:\.[0-9]+)*)")
_RELEASE = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Requirement:
    """A package and the versions of it that fit.

    Parameters
    ----------
    name
        The package.
    limits
        Pairs of ``>=``, ``<`` or ``==`` and a release.
    """

    name: str
    limits: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read one such as ``numpy>=2.0,<3``; what is behind ``;`` is left out."""
        stated = text.partition(";")[0]
        name = _NAME.match(stated)
        return cls(name.group() if name else stated, tuple(_LIMIT.findall(stated)))

    @property
    def limits_text(self) -> str:
        """The limits as people write them."""
        return ",".join(sign + release for sign, release in self.limits)

    def allows(self, version: str) -> bool:
        """Whether a version fits."""
        has = _numbers(version)
        return all(_holds(has, sign, _numbers(asked)) for sign, asked in self.limits)


def wanted() -> list[Requirement]:
    """Return what Thoáng asks for, the embedded brokers included.

    From the installed package, or from the project file of a working copy.
    """
    try:
        stated = requires("thoang") or []
    except PackageNotFoundError:
        project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
        extra = project["optional-dependencies"]["embedded"]
        stated = [*project["dependencies"], *extra]
    return [Requirement.parse(text) for text in stated if _is_meant(text)]


def _is_meant(text: str) -> bool:
    extra = re.search(r"extra *== *[\"'](\w+)", text)
    return extra is None or extra.group(1) == "embedded"


def _holds(has: tuple[int, ...], sign: str, asked: tuple[int, ...]) -> bool:
    if sign == ">=":
        return has >= asked
    return has < asked if sign == "<" else has == asked


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a release, zeros at its end left out."""
    match = _RELEASE.match(version)
    parts = [int(part) for part in match.group().split(".")] if match else []
    while parts and parts[-1] == 0:
        parts.pop()
    return tuple(parts)
