"""Owns the ways to ask whether a process is ready."""

from pathlib import Path

import httpx

from thoang.supervisor.process import Probe

_OK = 200


def file_probe(path: Path) -> Probe:
    """Be ready when the process has made this file."""

    async def made() -> bool:
        return path.exists()  # noqa: ASYNC240 - one stat of a local file

    return made


def http_probe(url: str) -> Probe:
    """Be ready when a GET of this address answers 200."""

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient(timeout=1.0, trust_env=False) as client:
                return (await client.get(url)).status_code == _OK
        except httpx.HTTPError:
            return False

    return answers
