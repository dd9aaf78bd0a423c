"""Owns the answers about notices, the ledger and health."""

from typing import Literal

from pydantic import Field

from web.api.models.base import TIME, Answer, Origin


class Notice(Answer):
    """A notice; see `active` for whether it still holds."""

    id: str
    kind: Literal["raise", "change", "update", "clear"]
    label: str = Field(
        description="`kind`, or of an end what it was: `lost` (no data any more: "
        "nobody knows whether it is over), `dropped` (no longer watched)."
    )
    rule: str
    episode: str
    sequence: int = Field(description="Number within the episode, from 1.")
    audience: str = Field(description="`public` or `operators`.")
    scope: str = Field(description="`station`, `segment` or `area`.")
    scope_id: str
    station_class: str = Field(
        description="Class of the stations it rests on; empty for roads."
    )
    area: str = Field(description="The narrowest area concerned.")
    areas: list[str]
    step: str
    severity: str
    urgency: str
    certainty: str
    status: str = Field(description="CAP 1.2; `Actual` only from an authority.")
    headline_vi: str
    headline_en: str
    text_vi: str
    text_en: str
    advice_vi: dict[str, str] = Field(description="By group of people.")
    advice_en: dict[str, str] = Field(description="By group of people.")
    source_vi: str
    source_en: str
    since: str = Field(description=f"Begin of the episode; {TIME}.")
    time: str = Field(description=f"When what it tells happened; {TIME}.")
    known: str = Field(description=f"When it became known; {TIME}.")
    until: str | None
    active: bool
    told: bool
    why_not: str = Field(description="Why it was not sent, or empty.")
    origin: Origin


class Notices(Answer):
    """Notices, newest first."""

    notices: list[Notice]


class Account(Answer):
    """Readings by where they ended; at rest `in_flight` is 0."""

    received: int
    stored: int
    quarantined: int
    duplicate: int
    lost: int = Field(description="Taken by a broker that died with them.")
    in_flight: int = Field(
        description="received − stored − quarantined − duplicate − lost."
    )
    late: int = Field(description="Of those stored.")
    conflicts: int = Field(description="Of those stored.")
    redelivered: int = Field(description="By the MQTT broker; not received again.")
    balanced: bool


class Ledger(Answer):
    """The ledger in total and by device."""

    balanced: bool
    totals: Account
    devices: dict[str, Account]


class Check(Answer):
    """One thing that is well or not."""

    name: str
    ok: bool
    detail: str
    at: str | None


class Health(Answer):
    """Whether the system is well."""

    status: Literal["ok", "degraded"]
    now: str = Field(description=f"The city's clock; {TIME}.")
    newest_reading: str | None
    newest_reading_age_s: int | None
    origin: Origin
    checks: list[Check]
