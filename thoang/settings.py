"""The settings of a process: environment and file, read once, frozen, passed in.

Each package defines its own section. A value comes from the environment
(``THOANG_MQTT__HOST``), else from the YAML file that ``THOANG_CONFIG`` names, else from
the default here.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    YamlConfigSettingsSource,
)

from sensors.bridge.settings import BridgeSettings
from sensors.city import City, load_city
from sensors.mqtt import MqttSettings
from sensors.records import Origin

CITY = Path(__file__).parent.parent / "cities" / "binh-duong.yaml"
SECRET = {"password", "secret"}
"""Settings whose value no message may show."""
RULES = Path(__file__).parent.parent / "alerts" / "rules"


class SettingsError(ValueError):
    """A setting stops the start; the message says which, why and the way out."""


class KafkaSettings(BaseModel):
    """Address of the Kafka-protocol broker.

    Parameters
    ----------
    bootstrap
        ``host:port``.
    epoch
        Counts the starts of a broker that keeps its log in memory; 0 for Kafka.
    fetch_wait_ms
        How long it may hold back an answer while nothing is new [ms].
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bootstrap: str = "127.0.0.1:9092"
    epoch: Annotated[int, Field(ge=0)] = 0
    fetch_wait_ms: Annotated[int, Field(ge=1, le=5_000)] = 100


class WebSection(BaseModel):
    """Where the page listens."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000


class StoreSection(BaseModel):
    """Where the embedded store is, and for how long it keeps readings.

    Parameters
    ----------
    path
        The SQLite file; by default in the data folder.
    raw_days
        Days that readings are kept.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path | None = None
    raw_days: Annotated[int, Field(ge=1, le=36_500)] = 90


class NoticesSection(BaseModel):
    """How notices leave the machine.

    Parameters
    ----------
    webhook
        Address that gets each notice as JSON; none by default.
    secret
        Sent there as ``Authorization: Bearer …``, where given.
    tell_when_not_live
        Send through channels that leave the machine even for a simulated or replayed
        city.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    webhook: str = ""
    secret: SecretStr = SecretStr("")
    tell_when_not_live: bool = False


class Settings(BaseSettings):
    """Everything that may be chosen.

    Parameters
    ----------
    city
        The city file.
    rules
        Folder of alert rules.
    data_dir
        The one folder that data are kept in.
    origin, clock
        Override what the city file says, for a simulated city.
    worker
        Stable name of this worker.
    """

    model_config = SettingsConfigDict(
        env_prefix="THOANG_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )

    city: Path = CITY
    rules: Path = RULES
    data_dir: Path = Path(".thoang")
    origin: Origin | None = None
    clock: Literal["wall", "messages"] | None = None
    worker: str = "1"
    mqtt: MqttSettings = MqttSettings()
    kafka: KafkaSettings = KafkaSettings()
    bridge: BridgeSettings = BridgeSettings()
    store: StoreSection = StoreSection()
    web: WebSection = WebSection()
    notices: NoticesSection = NoticesSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # not read
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment before file."""
        file = os.environ.get("THOANG_CONFIG")
        from_file = YamlConfigSettingsSource(settings_cls, yaml_file=file)
        return init_settings, env_settings, from_file

    @classmethod
    def read(cls) -> Self:
        """Read environment and file.

        Raises
        ------
        SettingsError
            If a value does not fit; one line names each.
        """
        file = os.environ.get("THOANG_CONFIG")
        if file and not Path(file).is_file():
            message = (
                f"THOANG_CONFIG names {file}, which is no file; correct or unset it"
            )
            raise SettingsError(message)
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_told(error)) from None

    @property
    def store_path(self) -> Path:
        """The embedded store's file."""
        return self.store.path or self.data_dir / "thoang.sqlite"

    def of_run(self, city: Path, folder: Path) -> Self:
        """Return the settings of a run that was asked for another city and folder."""
        return self.model_copy(
            update={
                "city": city,
                "data_dir": folder,
                "store": self.store.model_copy(update={"path": None}),
            }
        )

    def load_city(self) -> City:
        """Load the city, as this run has it."""
        city = load_city(self.city)
        return city.with_run(
            origin=self.origin or city.origin, clock=self.clock or city.clock
        )


def _told(error: ValidationError) -> str:
    lines = []
    for each in error.errors(include_url=False):
        place = [str(part) for part in each["loc"]]
        variable = "THOANG_" + "__".join(place).upper()
        got = "" if SECRET & set(place) else f", got {each['input']!r}"
        lines.append(
            f"setting {'.'.join(place)}: {each['msg'].lower()}{got}; set {variable} "
            "or correct the file that THOANG_CONFIG names"
        )
    return "\n".join(lines)
