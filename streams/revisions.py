"""Counts the revisions of results: a repeat of the same content is not a new one."""

from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from streams.results import AirQuality, Congestion

Result = TypeVar("Result", AirQuality, Congestion)
Key = tuple[str, int, str]
HOUR_S = 3_600


class Revisions:
    """Remembers what was last said of each (site, start, averaging)."""

    def __init__(self) -> None:
        self._said: dict[Key, tuple[int, bytes]] = {}
        self._forgotten = 0

    def revised(self, result: Result) -> Result:
        """Return `result` with its revision.

        A provisional result has revision 0, the first final one 1; each later one of
        other content one more.
        """
        if getattr(result, "provisional", False):
            return result
        key = (result.site, result.start, getattr(result, "averaging", "5m"))
        digest = _digest(result)
        revision, said = self._said.get(key, (0, b""))
        if digest != said:
            revision += 1
            self._said[key] = (revision, digest)
        return msgspec.structs.replace(result, revision=revision)

    def forget(self, before: int) -> None:
        """Forget results that began before `before` [unix s], once an hour of it."""
        if before // HOUR_S > self._forgotten:
            self._forgotten = before // HOUR_S
            self._said = {k: v for k, v in self._said.items() if k[1] >= before}

    def dump(self) -> list[Any]:
        """Return the state as plain values."""
        return [(*key, *said) for key, said in self._said.items()]

    def load(self, state: list[Any]) -> None:
        """Take over what `dump` returned."""
        self._said = {(s, t, a): (revision, d) for s, t, a, revision, d in state}


def _digest(result: Result) -> bytes:
    plain = msgspec.structs.replace(result, revision=0, tick=0)
    return blake2b(msgspec.msgpack.encode(plain), digest_size=8).digest()
