"""Owns one MQTT port for both protocol versions, over a broker that needs two.

The first packet of a connection names its version; from then on bytes are passed on
unread, in both directions, and a slow side slows the other.
"""

import asyncio
from collections.abc import Mapping

HOST = "127.0.0.1"
_LONGEST_HEADER = 13
"""Bytes up to and including the version: packet type, length (1-4), name, version."""
_WAIT_S = 10.0


class NotMqttError(ValueError):
    """The first bytes of a connection are no CONNECT packet of a known version."""


def version_of(start: bytes) -> int | None:
    """Read the protocol version from the first bytes of a connection.

    Returns
    -------
    int or None
        4 for MQTT 3.1.1, 5 for MQTT 5; None while more bytes are needed.

    Raises
    ------
    NotMqttError
        If this is no MQTT connection.
    """
    if start and start[0] != 0x10:  # noqa: PLR2004 - the CONNECT packet's first byte
        message = f"first byte is {start[0]:#x}; an MQTT connection starts with 0x10"
        raise NotMqttError(message)
    at = 1
    while at < len(start) and start[at] & 0x80:
        at += 1
    name, level = start[at + 1 : at + 7], start[at + 7 : at + 8]
    if level and name == b"\x00\x04MQTT":
        return level[0]
    if level or len(start) >= _LONGEST_HEADER:
        message = f"protocol name is {name!r}; MQTT 3.1.1 and MQTT 5 are spoken here"
        raise NotMqttError(message)
    return None


class Relay:
    """Accepts connections and passes each on to the listener of its version.

    Parameters
    ----------
    listeners
        Port on 127.0.0.1 by protocol version.
    """

    def __init__(self, listeners: Mapping[int, int]) -> None:
        self._listeners = dict(listeners)

    async def serve(self, port: int) -> asyncio.Server:
        """Listen on 127.0.0.1 at `port`.

        Raises
        ------
        OSError
            If the port is taken.
        """
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: _Outer(self._listeners), HOST, port, backlog=256
        )


class _Half(asyncio.Protocol):
    """One side of a relayed connection."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.other: _Half | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - for the types
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if self.other and self.other.transport:
            self.other.transport.write(data)

    def pause_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if self.other and self.other.transport:
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self.other and self.other.transport:
            self.other.transport.close()


class _Outer(_Half):
    """The client's side: reads the version, then opens the other side."""

    def __init__(self, listeners: Mapping[int, int]) -> None:
        super().__init__()
        self._listeners = listeners
        self._start = b""
        self._opening: asyncio.Task[None] | None = None
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(_WAIT_S, transport.close)

    def data_received(self, data: bytes) -> None:
        if self.other:
            super().data_received(data)
            return
        self._start += data
        if self._opening is None:
            self._choose()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._late:
            self._late.cancel()
        super().connection_lost(exc)

    def _choose(self) -> None:
        assert self.transport is not None  # noqa: S101 - for the types
        try:
            version = version_of(self._start)
        except NotMqttError:
            self.transport.close()
            return
        if version is None:
            return
        if version not in self._listeners:
            self.transport.close()
            return
        self.transport.pause_reading()
        self._opening = asyncio.ensure_future(self._open(self._listeners[version]))

    async def _open(self, port: int) -> None:
        assert self.transport is not None  # noqa: S101 - for the types
        if self._late:
            self._late.cancel()
        try:
            _, inner = await asyncio.get_running_loop().create_connection(
                _Half, HOST, port
            )
        except OSError:
            self.transport.close()
            return
        assert inner.transport is not None  # noqa: S101 - for the types
        inner.other, self.other = self, inner
        if self.transport.is_closing():
            inner.transport.close()
            return
        inner.transport.write(self._start)
        self._start = b""
        self.transport.resume_reading()
