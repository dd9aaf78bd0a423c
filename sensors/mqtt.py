"""How to reach an MQTT broker: one place for address, credentials and TLS."""

from pathlib import Path
from typing import Annotated

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from pydantic import BaseModel, ConfigDict, Field, SecretStr

KEEPALIVE_S = 30


class MqttSettings(BaseModel):
    """Address of the broker.

    Parameters
    ----------
    host, port
        Where it listens.
    username, password
        Credentials, where it asks for them.
    ca_file
        Certificate authority of its TLS listener; TLS is used when it is given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 1883
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: Path | None = None


def client(settings: MqttSettings, name: str, *, manual_ack: bool = False) -> Client:
    """Return an MQTT 5 client that is not connected yet."""
    made = Client(
        CallbackAPIVersion.VERSION2,
        client_id=name,
        protocol=MQTTProtocolVersion.MQTTv5,
        manual_ack=manual_ack,
        reconnect_on_failure=True,
    )
    made.reconnect_delay_set(min_delay=1, max_delay=30)
    if settings.username:
        made.username_pw_set(settings.username, settings.password.get_secret_value())
    if settings.ca_file is not None:
        made.tls_set(ca_certs=str(settings.ca_file))
    return made
