"""What may be chosen about a bridge."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class BridgeSettings(BaseModel):
    """Choices of one bridge.

    Parameters
    ----------
    name
        MQTT client id; a bridge that comes back under its name gets what it missed.
    group
        Name of the shared subscription, where several bridges share the work.
    session_s
        How long the broker keeps what an absent bridge misses [s].
    in_flight
        Messages that may be unacknowledged; a flush at the latest then.
    quiet_s
        A flush when nothing came for so long [s],
    flush_s
        and at the latest so long after the first message [s].
    clock_s
        How often the city's clock is published [s].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "thoang-bridge"
    group: str = ""
    session_s: int = 3 * 86_400
    in_flight: Annotated[int, Field(ge=1, le=65_535)] = 100
    quiet_s: float = 0.003
    flush_s: float = 0.1
    clock_s: float = 1.0
