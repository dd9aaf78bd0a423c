"""Owns the embedded MQTT broker: rumqttd, from the package `iotcore`.

Started as ``python -m thoang.embedded.mqtt --port 1883 --folder DIR`` in a process of
its own; one port takes MQTT 3.1.1 and MQTT 5 (`thoang.embedded.relay`).

What it cannot do, measured: it forgets everything when it stops; it keeps a filter's
messages up to `BACKLOG`, acknowledged or not, and the oldest vanish beyond it; at most
100 messages are in flight to a subscriber, whatever its receive maximum; a message that
is delivered again does not carry the DUP flag.
"""

import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from thoang.embedded.ports import free_port
from thoang.embedded.relay import HOST, Relay

PAYLOAD = 4 * 2**20
"""Largest payload that is taken [B]; larger ones close the publisher's connection."""
SEGMENT = 4 * 2**20
"""How much is forgotten at once when a filter's backlog is full [B]."""
SEGMENTS = 30
BACKLOG = SEGMENT * (SEGMENTS - 1)
"""Topic and payload bytes that are surely kept for an absent subscriber [B]."""

_CONFIG = """\
id = 0
[router]
id = 0
max_connections = 512
max_outgoing_packet_count = 5000
max_segment_size = {segment}
max_segment_count = {segments}
{listeners}"""
_LISTENER = """\
[v{version}.1]
name = "v{version}"
listen = "{host}:{port}"
next_connection_delay_ms = 1
    [v{version}.1.connections]
    connection_timeout_ms = 60000
    max_payload_size = {payload}
    max_inflight_count = 100
    dynamic_filters = true
"""
_CONNECT = bytes.fromhex("1019 0004 4d515454 05 02 000a 00 000c") + b"thoang-ready"
_CONNACK = 0x20


def config(ports: dict[int, int]) -> str:
    """Return rumqttd's configuration for one listener a protocol version (4, 5)."""
    listeners = "".join(
        _LISTENER.format(version=version, host=HOST, port=port, payload=PAYLOAD)
        for version, port in sorted(ports.items())
    )
    return _CONFIG.format(segment=SEGMENT, segments=SEGMENTS, listeners=listeners)


def command(port: int, folder: Path) -> tuple[str, ...]:
    """Return the command that runs the broker; its settings go into `folder`."""
    options = ("--port", str(port), "--folder", str(folder))
    return (sys.executable, "-m", "thoang.embedded.mqtt", *options)


async def answers(port: int, *, host: str = HOST, within_s: float = 1.0) -> bool:
    """Whether a broker accepts an MQTT 5 connection now."""
    try:
        async with asyncio.timeout(within_s):
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(_CONNECT)
            first = await reader.read(1)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
    except (OSError, TimeoutError):
        return False
    return first == bytes([_CONNACK])


async def serve(port: int, folder: Path) -> None:
    """Run the broker in this process until SIGTERM or SIGINT.

    Raises
    ------
    OSError
        If the port is taken.
    """
    from iotcore import IotCoreBroker  # noqa: PLC0415 - an extra: only this process

    first = free_port(0, but={port})
    ports = {4: first, 5: free_port(0, but={port, first})}
    broker = IotCoreBroker(config_path=str(_write(config(ports), folder)))
    broker.check_ports()
    broker.start()
    server = await Relay(ports).serve(port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    server.close()


def _write(text: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "rumqttd.toml"
    path.write_text(text, encoding="utf-8")
    return path


def main() -> None:
    """Run the broker as the command line says."""
    parser = argparse.ArgumentParser(description="The embedded MQTT broker.")
    parser.add_argument("--port", type=int, required=True, help="MQTT 3.1.1 and 5")
    parser.add_argument("--folder", type=Path, required=True, help="for its settings")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    # rumqttd reports every packet as an error record.
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    asyncio.run(serve(options.port, options.folder))


if __name__ == "__main__":
    main()
