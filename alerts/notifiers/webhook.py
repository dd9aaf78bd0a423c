"""Owns the channel that posts notices as JSON to an address of the city's own."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Final

import httpx
import msgspec
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr

from alerts.notice import Notice
from alerts.notifiers.protocol import NoticeRefused, NotifierUnavailable

ID_HEADER: Final = "Idempotency-Key"
_LONGEST_WAIT_S: Final = 60.0
_AGAIN: Final = frozenset({408, 425, 429})

Sleep = Callable[[float], Awaitable[None]]


class WebhookSettings(BaseModel):
    """How notices are posted.

    Parameters
    ----------
    url
        Where to.
    token
        Sent as ``Authorization: Bearer …`` where given.
    timeout_s
        Longest time for one try [s].
    tries
        Tries before the notice is put off.
    every_origin
        Also post notices of simulated and replayed data.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: HttpUrl
    token: SecretStr | None = None
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0
    tries: Annotated[int, Field(ge=1, le=10)] = 4
    every_origin: bool = False


class WebhookNotifier:
    """Posts each notice; the receiver knows a repeat by its ``Idempotency-Key``.

    Parameters
    ----------
    settings
        Where to and how.
    client
        The HTTP client; the caller closes it.
    chance
        Spreads the retries.
    sleep
        Waits between tries.
    channel
        The channel's name.
    """

    def __init__(
        self,
        settings: WebhookSettings,
        client: httpx.AsyncClient,
        chance: random.Random,
        sleep: Sleep = asyncio.sleep,
        channel: str = "webhook",
    ) -> None:
        self._settings = settings
        self._client = client
        self._chance = chance
        self._sleep = sleep
        self.channel = channel

    @property
    def leaves_machine(self) -> bool:
        """True, unless the settings ask for every origin."""
        return not self._settings.every_origin

    async def send(self, notice: Notice) -> None:
        """Post the notice, at most `WebhookSettings.tries` times."""
        wait, why = 0.0, ""
        for attempt in range(self._settings.tries):
            if attempt:
                await self._sleep(wait)
            wait = self._backoff(attempt)
            try:
                answer = await self._post(notice)
            except httpx.TransportError as error:
                why = f"{type(error).__name__}: {error}".rstrip(": ")
                continue
            if answer.is_success:
                return
            why = f"it answered {answer.status_code}"
            self._refuse(answer, why)
            wait = max(wait, _asked(answer))
        message = f"webhook {self._host} did not take notice {notice.id}: {why}"
        raise NotifierUnavailable(message, max(wait, 1.0))

    async def expire(self, city: str, areas: Sequence[str], now: int) -> None:
        """Do nothing: each notice says until when it holds."""

    async def _post(self, notice: Notice) -> httpx.Response:
        headers = {"Content-Type": "application/json", ID_HEADER: notice.id}
        if self._settings.token is not None:
            token = self._settings.token.get_secret_value()
            headers["Authorization"] = f"Bearer {token}"
        return await self._client.post(
            str(self._settings.url),
            content=msgspec.json.encode(notice),
            headers=headers,
            timeout=self._settings.timeout_s,
            follow_redirects=False,
        )

    def _refuse(self, answer: httpx.Response, why: str) -> None:
        if answer.is_server_error or answer.status_code in _AGAIN:
            return
        message = f"webhook {self._host}: {why}. Correct its address or its token"
        raise NoticeRefused(message)

    def _backoff(self, attempt: int) -> float:
        """Return a wait [s] between half and the whole of 1, 2, 4 … seconds."""
        longest = min(_LONGEST_WAIT_S, float(2**attempt))
        return longest * (0.5 + self._chance.random() / 2)

    @property
    def _host(self) -> str:
        return self._settings.url.host or "?"


def _asked(answer: httpx.Response) -> float:
    """Return the wait [s] that the receiver asks for, at most a minute."""
    text = answer.headers.get("Retry-After", "")
    return min(float(text), _LONGEST_WAIT_S) if text.isdecimal() else 0.0
