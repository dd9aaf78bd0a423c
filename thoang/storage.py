"""Opens the store that the settings name."""

from stores.embedded.store import EmbeddedStore
from stores.settings import StoreSettings
from thoang.settings import Settings


def open_store(settings: Settings) -> EmbeddedStore:
    """Open the embedded store, its folder made if need be."""
    settings.store_path.parent.mkdir(parents=True, exist_ok=True)
    return EmbeddedStore(
        StoreSettings(
            path=settings.store_path,
            raw_days=settings.store.raw_days,
            lateness_s=settings.load_city().lateness_s,
        )
    )
