"""The bridge: MQTT to `readings` and `readings.quarantine`."""

from sensors.bridge import Bridge
from thoang.process import ready_file, run_until_told, start_logging
from thoang.settings import Settings


class BridgeProcess:
    """The bridge and how it is told to stop.

    Parameters
    ----------
    settings
        The settings.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bridge: Bridge | None = None

    async def run(self) -> None:
        """Carry messages until told to stop."""
        settings = self._settings
        self._bridge = Bridge(
            settings.load_city(),
            settings.mqtt,
            settings.kafka.bootstrap,
            settings.bridge,
            numbering_path=settings.data_dir / f"{settings.bridge.name}.json",
        )
        await self._bridge.run(ready_file(settings, "bridge"))

    def stop(self) -> None:
        """Finish what is under way, then leave."""
        if self._bridge is not None:
            self._bridge.stop()


def main() -> None:
    """Run the bridge until it is told to stop."""
    start_logging()
    process = BridgeProcess(Settings.read())
    run_until_told(process.run, process.stop)
