"""Owns publishing over MQTT as devices do, never far ahead of who listens.

For the simulator and for replays. Every message is sent with QoS 1 and waited for; what
is written into a message is their affair.
"""

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import msgspec
from paho.mqtt.client import Client, ConnectFlags, MQTTMessage, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from sensors.topic import Topic
from sensors.window import DEFAULT_WINDOW, Window

IN_FLIGHT: Final = 100
"""Messages that may wait for the broker's acknowledgement."""

CONNECT_S: Final = 10.0
"""How long the first connection may take [s]."""

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class PublisherError(RuntimeError):
    """The broker cannot be used; the message says which, why and the way out."""


class Clock(msgspec.Struct):
    """What the bridge publishes, retained, on ``out/clock``.

    Parameters
    ----------
    time
        Newest tick confirmed [unix s].
    messages
        Messages confirmed since the bridge started.
    """

    time: int
    messages: int


class Publisher:
    """A connection that publishes; use it as a context manager.

    When the connection breaks it is made again, and what the broker had not
    acknowledged is sent again; calls wait meanwhile.

    Parameters
    ----------
    url
        ``mqtt://HOST:PORT`` or ``mqtts://…``, with ``user:password@`` if wanted.
    city
        Id of the city.
    client_id
        Name of this publisher at the broker.
    window
        How many messages it may be ahead of the bridge; None never waits for a bridge.

    Raises
    ------
    PublisherError
        On entering, when the broker does not answer or refuses.
    """

    def __init__(
        self,
        url: str,
        city: str,
        *,
        client_id: str,
        window: int | None = DEFAULT_WINDOW,
    ) -> None:
        self._url = url
        self._tick = str(Topic(city, "tick"))
        self._clock = str(Topic(city, "out/clock"))
        self._bounded = window is not None
        self._window = Window(window or DEFAULT_WINDOW)
        self._change = threading.Condition()
        self._unacknowledged = 0
        self._connected = False
        self._trouble = ""
        self._waiting = ""
        self._client = Client(CallbackAPIVersion.VERSION2, client_id, protocol=MQTTv5)
        self._client.max_inflight_messages_set(IN_FLIGHT)
        self._client.on_connect = self._on_connect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message

    @property
    def sent(self) -> int:
        """Messages handed over so far."""
        return self._window.sent

    @property
    def ahead(self) -> int:
        """Messages that the bridge is not known to have confirmed."""
        return self._window.ahead

    @property
    def waiting(self) -> str:
        """What a call is waiting for right now: words for a progress line, or empty."""
        return self._waiting

    def __enter__(self) -> Self:
        host, port = self._address()
        try:
            self._client.connect(host, port, keepalive=60)
        except OSError as error:
            raise self._unusable(str(error)) from error
        self._client.loop_start()
        with self._change:
            self._change.wait_for(lambda: self._connected or self._trouble, CONNECT_S)
            connected, trouble = self._connected, self._trouble
        if not connected:
            self._client.loop_stop()
            raise self._unusable(trouble or f"no answer within {CONNECT_S:.0f} s")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._change:
            self._trouble = self._trouble or "this publisher was closed"
            self._change.notify_all()
        self._client.disconnect()
        self._client.loop_stop()

    def publish(self, topic: str, payload: bytes) -> None:
        """Send one message; wait while too many are on their way.

        Raises
        ------
        PublisherError
            When the broker refused a message, or the publisher was closed meanwhile.
        """
        self._send(topic, payload, None)

    def tick(self, time: int) -> None:
        """Send the city's event time [unix s]; wait while too many are on their way.

        Raises
        ------
        PublisherError
            When the broker refused a message.
        """
        self._send(self._tick, tick_payload(time), time)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until the broker has every message; say whether it has in time [s]."""
        return self._wait(lambda: not self._unacknowledged, "the broker", timeout)

    def settle(self, time: int, timeout: float | None = None) -> bool:
        """Wait until the bridge has confirmed the tick `time`; say whether it has."""
        return self._wait(
            lambda: (self._window.time or 0) >= time, "the bridge", timeout
        )

    def _send(self, topic: str, payload: bytes, tick: int | None) -> None:
        self._wait(lambda: self._unacknowledged < IN_FLIGHT, "the broker", None)
        if self._bounded:
            self._wait(lambda: self._window.is_open, "the bridge", None)
        with self._change:
            self._unacknowledged += 1
            self._window.count(tick)
        self._client.publish(topic, payload, qos=1)

    def _wait(
        self, ready: Callable[[], bool], what: str, timeout: float | None
    ) -> bool:
        with self._change:
            if not (ready() or self._over()):
                before, self._waiting = self._waiting, f"waiting for {what}"
                self._change.wait_for(lambda: ready() or self._over(), timeout)
                self._waiting = before
            if self._over():
                raise self._unusable(self._trouble)
            return ready()

    def _over(self) -> bool:
        return self._connected and bool(self._trouble)

    def _address(self) -> tuple[str, int]:
        parts = urlsplit(self._url)
        if parts.scheme not in _PORTS or not parts.hostname:
            why = "this is no address; wanted mqtt://HOST:PORT or mqtts://HOST:PORT"
            raise self._unusable(why)
        if parts.scheme == "mqtts":
            self._client.tls_set()
        if parts.username:
            password = unquote(parts.password) if parts.password else None
            self._client.username_pw_set(unquote(parts.username), password)
        return parts.hostname, parts.port or _PORTS[parts.scheme]

    def _unusable(self, why: str) -> PublisherError:
        shown = urlsplit(self._url)
        host = f"{shown.scheme}://{shown.hostname or ''}:{shown.port or ''}"
        message = (
            f"cannot publish to the MQTT broker at {host}: {why}. "
            "Is it running there, and is this client allowed to publish?"
        )
        return PublisherError(message)

    def _on_connect(
        self,
        client: Client,
        userdata: Any,  # noqa: ANN401, ARG002  # paho's
        flags: ConnectFlags,  # noqa: ARG002  # paho's
        reason: ReasonCode,
        properties: Properties | None,  # noqa: ARG002  # paho's
    ) -> None:
        with self._change:
            if not reason.is_failure:
                self._connected = True
            elif not self._connected:  # later on paho tries again by itself
                self._trouble = f"it refused the connection ({reason})"
            self._change.notify_all()
        if self._bounded and not reason.is_failure:
            client.subscribe(self._clock, qos=1)

    def _on_publish(
        self,
        client: Client,  # noqa: ARG002  # paho's
        userdata: Any,  # noqa: ANN401, ARG002  # paho's
        mid: int,  # noqa: ARG002  # paho's
        reason: ReasonCode,
        properties: Properties,  # noqa: ARG002  # paho's
    ) -> None:
        with self._change:
            self._unacknowledged -= 1
            if reason.is_failure:
                self._trouble = f"it refused a message ({reason})"
            self._change.notify_all()

    def _on_message(self, client: Client, userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401, ARG002  # paho's
        with suppress(msgspec.DecodeError), self._change:
            clock = msgspec.json.decode(message.payload, type=Clock)
            self._window.clock(clock.time, clock.messages)
            self._change.notify_all()


def tick_payload(time: int) -> bytes:
    """Return the payload of a tick [unix s].

    Examples
    --------
    >>> tick_payload(1769821500)
    b'{"time": "2026-01-31T01:05:00+00:00"}'
    """
    return json.dumps({"time": datetime.fromtimestamp(time, UTC).isoformat()}).encode()
