"""Owns the files that pages load: their bytes, and addresses that change with them."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load."""

    name: str
    content: bytes
    media_type: str

    @property
    def url(self) -> str:
        """Its address, another one for other content, so that it keeps for good."""
        digest = blake2b(self.content, digest_size=6).hexdigest()
        return f"/static/{digest}/{self.name}"


def load_assets(folder: Path = FOLDER) -> dict[str, Asset]:
    """Read every file that pages load, by name."""
    return {
        path.name: Asset(path.name, path.read_bytes(), MEDIA_TYPES[path.suffix])
        for path in sorted(folder.iterdir())
        if path.suffix in MEDIA_TYPES
    }
