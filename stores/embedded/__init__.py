"""The store that needs no server: one SQLite file in the data folder."""

from stores.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
