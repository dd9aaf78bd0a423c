"""Owns the ways to ask whether a process is ready."""

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from thoang.supervisor.process import Probe

_WITHIN_S = 2.0


def file_probe(path: Path) -> Probe:
    """Be ready when the process has made this file."""

    async def made() -> bool:
        return path.exists()  # noqa: ASYNC240 - one stat of a local file

    return made


def http_probe(url: str) -> Probe:
    """Be ready when a GET of this ``http://HOST:PORT/PATH`` answers 200.

    Without a client library: the supervisor stays small.
    """
    parts = urlsplit(url)
    host, port = str(parts.hostname), int(parts.port or 80)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"

    async def answers() -> bool:
        try:
            async with asyncio.timeout(_WITHIN_S):
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(request.encode())
                first = await reader.readline()
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
        except (OSError, TimeoutError, ValueError):
            return False
        return first.split()[1:2] == [b"200"]

    return answers
