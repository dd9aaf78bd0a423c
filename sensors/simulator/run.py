"""Owns the simulator's edge: the clock, the broker and the files; makes no value.

It may be killed at any moment: what it promised is written before it is sent, and what
was not confirmed is sent again.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final, Protocol

import msgspec

from sensors.city import City, load_city
from sensors.publisher import Publisher
from sensors.simulator.feed import Feed
from sensors.simulator.files import Files, PlanError
from sensors.simulator.plan import MINUTE_S, Plan, first_fill, soak
from sensors.simulator.scene import Scene
from sensors.simulator.settings import SimulatorSettings

log: Final = logging.getLogger(__name__)

SPREAD_S: Final = 1.0
"""Time over which the devices of a minute send in real time [s]."""
SAVE_S: Final = 0.3
"""Least time between two notes of progress [s]."""
SETTLE_S: Final = 5.0
"""How long a live minute waits for the bridge before it goes on [s]."""


class Outlet(Protocol):
    """Where messages go: `sensors.publisher.Publisher`, or a list in a test."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send one message; wait while too many are on their way."""

    def tick(self, time: int) -> None:
        """Send the city's event time [unix s]."""

    def settle(self, time: int, timeout: float | None = None) -> bool:
        """Wait until the tick `time` is confirmed; say whether it is."""


class Simulator:
    """A simulated city at work.

    Parameters
    ----------
    settings, city, outlet, files
        What is asked for, of which city, and where it goes.
    clock, pause
        The real time [unix s], and a way to let it pass [s].
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        city: City,
        outlet: Outlet,
        files: Files,
        *,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._city = city
        self._outlet = outlet
        self._files = files
        self._clock = clock
        self._pause = pause
        self._plan = self._begin()
        self._feed = self._fed()
        self._sent = self._plan.confirmed
        self._unconfirmed: deque[int] = deque()
        self._saved = 0.0

    def run(self) -> None:
        """Fill the past, then live; at speed ``max`` return when event time is over."""
        self._files.write_plan(self._plan)
        span = (self._plan.planned - self._sent) / 3600
        log.info("simulating %s: %.1f h to send first", self._city.id, span)
        self._outlet.tick(self._sent)
        self._advance()
        self._files.say_ready()
        log.info("the simulated city %s is in its present", self._city.id)
        while self._plan.until is None:
            self._pause(max(self._now() + MINUTE_S - self._clock(), 0.0))
            self._extend()
            self._advance()
        self._outlet.settle(self._sent)
        self._note()

    def _begin(self) -> Plan:
        settings, city = self._settings, self._city.id
        left = self._files.read_plan(city, settings.seed)
        if settings.speed == "max":
            start = settings.start
            if start is None:
                start = self._now() - int(settings.days * 86_400)
            fresh = soak(city, settings.seed, start, settings.days)
        else:
            fresh = first_fill(city, settings.seed, self._now(), settings.hours)
        if left is None:
            return fresh
        if (left.until is None) != (fresh.until is None):
            message = (
                "the data folder is of a run at the other speed (real or max); use "
                "the same, or another data folder"
            )
            raise PlanError(message)
        return left if left.until else left.extended(self._now(), settings.hours)

    def _extend(self) -> None:
        """Settle how the time up to now is sent, and write it down first."""
        before = self._plan
        self._plan = before.extended(self._now(), self._settings.hours)
        self._files.write_plan(self._plan)
        if self._plan.anchors != before.anchors:
            self._feed = self._fed()
        if self._plan.confirmed > self._sent:  # a gap too long to fill
            self._sent = self._plan.confirmed
            self._outlet.tick(self._sent)

    def _advance(self) -> None:
        """Send everything up to what is planned."""
        steps = list(self._steps())
        due = [self._feed.due(end, coarse=self._plan.is_coarse(end)) for end in steps]
        done, total = 0, sum(due)
        for end, count in zip(steps, due, strict=True):
            self._send(end, live=len(steps) == 1 and end == self._now())
            done += count
            self._note(done, total)
        if len(steps) > 1:
            self._files.write_fill(total, total)
            log.info(
                "sent %d steps of event time, about %d messages", len(steps), total
            )
        if steps and self._plan.until is None:
            self._outlet.settle(steps[-1], SETTLE_S)
        self._saved = 0.0
        self._note()

    def _steps(self) -> Iterator[int]:
        end = self._sent
        while end < self._plan.planned:
            end = self._plan.next_after(end)
            yield end

    def _send(self, end: int, *, live: bool) -> None:
        messages = self._feed.at(end, coarse=self._plan.is_coarse(end))
        for message in messages:
            self._outlet.publish(message.topic, message.payload)
            if live:
                self._pause(SPREAD_S / len(messages))
        self._outlet.tick(end)
        self._sent = end
        self._unconfirmed.append(end)

    def _note(self, done: int = 0, total: int = 0) -> None:
        """Write down what is confirmed, and the progress, but not all the time."""
        now = self._clock()
        if now - self._saved < SAVE_S:
            return
        self._saved = now
        confirmed = self._plan.confirmed
        while self._unconfirmed and self._outlet.settle(self._unconfirmed[0], 0.0):
            confirmed = max(confirmed, self._unconfirmed.popleft())
        self._plan = msgspec.structs.replace(self._plan, confirmed=confirmed)
        self._files.write_plan(self._plan)
        if total:
            self._files.write_fill(done, total)

    def _fed(self) -> Feed:
        settings = self._settings
        return Feed(
            Scene(
                city=self._city,
                seed=settings.seed,
                smoke=settings.smoke,
                jam=settings.jam,
                anchors=self._plan.anchors,
            )
        )

    def _now(self) -> int:
        return int(self._clock()) // MINUTE_S * MINUTE_S


def simulate(settings: SimulatorSettings) -> None:
    """Simulate a city until interrupted, or at speed ``max`` until its days are over.

    Raises
    ------
    CityError, PlanError, PublisherError, ValueError
        When the city file, what is left in the data folder, the broker or an episode's
        place cannot be used; nothing was sent then.
    """
    city = load_city(settings.city)
    files = Files(settings.data)
    name = f"thoang-simulator-{city.id}"
    with Publisher(
        settings.mqtt, city.id, client_id=name, window=settings.window
    ) as outlet:
        Simulator(settings, city, outlet, files).run()
