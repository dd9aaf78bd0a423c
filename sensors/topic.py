"""Owns the grammar of MQTT topics: nobody else splits or joins one."""

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Self, get_args

Kind = Literal[
    "air",
    "traffic",
    "tick",
    "out/air",
    "out/traffic",
    "out/advice",
    "out/notices",
    "out/clock",
]

_ROOT: Final = "thoang/v1/"
_LEVEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NAMES: Final = MappingProxyType(
    {
        "air": 1,
        "traffic": 1,
        "tick": 0,
        "out/air": 1,
        "out/traffic": 1,
        "out/advice": 2,
        "out/notices": 1,
        "out/clock": 0,
    }
)
if set(_NAMES) != set(get_args(Kind)):  # pragma: no cover  # a slip of ours only
    raise AssertionError(_NAMES)


class TopicError(ValueError):
    """A topic that is none of ours; the message says what was wanted."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of a city.

    Parameters
    ----------
    city
        Id of the city.
    kind
        In: ``air``, ``traffic`` (from devices), ``tick`` (from who makes the city's
        time). Out, retained: ``out/air``, ``out/traffic``, ``out/advice``,
        ``out/notices`` and the bridge's own ``out/clock``.
    names
        What follows the kind: the device, site, segment or area; for advice the area
        and the group; nothing for ``tick`` and ``out/clock``.

    Raises
    ------
    TopicError
        When a level is not 1 to 64 letters, digits, dots, hyphens or underscores
        that begin with a letter or digit, or when there are too many or too few.

    Examples
    --------
    >>> str(Topic("binh-duong", "air", ("dt1",)))
    'thoang/v1/binh-duong/air/dt1'
    >>> Topic.parse("thoang/v1/binh-duong/out/advice/di-an/everyone").names
    ('di-an', 'everyone')
    """

    city: str
    kind: Kind
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        wanted = _NAMES.get(self.kind)
        if wanted is None:
            message = f"no kind of topic is called {self.kind!r}; use one of {_KINDS}"
            raise TopicError(message)
        if len(self.names) != wanted:
            message = (
                f"a topic of kind {self.kind} has {wanted} name(s) after the kind, "
                f"got {len(self.names)}"
            )
            raise TopicError(message)
        for level in (self.city, *self.names):
            _check(level)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a topic.

        Raises
        ------
        TopicError
            When it is not of the grammar.
        """
        if not text.startswith(_ROOT):
            message = f"topic does not begin with {_ROOT}<city>/"
            raise TopicError(message)
        city, *levels = text.removeprefix(_ROOT).split("/")
        width = 2 if levels[:1] == ["out"] else 1
        kind = "/".join(levels[:width])
        for known in get_args(Kind):
            if kind == known:
                return cls(city, known, tuple(levels[width:]))
        message = f"no topic after {_ROOT}<city>/ is of any kind but {_KINDS}"
        raise TopicError(message)

    @property
    def is_out(self) -> bool:
        """Whether Thoáng itself publishes it."""
        return self.kind.startswith("out/")

    def __str__(self) -> str:
        return _ROOT + "/".join((self.city, self.kind, *self.names))


_KINDS: Final = ", ".join(_NAMES)


def subscription(city: str) -> str:
    """Return the one filter that the bridge subscribes to.

    One filter, because a broker keeps the order between ticks and readings only
    within a subscription; it brings back ``out/`` too, which the bridge leaves alone.
    """
    _check(city)
    return f"{_ROOT}{city}/#"


def out_prefix(city: str) -> str:
    """Return what every topic begins with that Thoáng itself publishes in a city."""
    _check(city)
    return f"{_ROOT}{city}/out/"


def _check(level: str) -> None:
    if _LEVEL.fullmatch(level) is None:
        message = (
            f"topic level {level[:80]!r} is not a name: wanted 1 to 64 letters, "
            "digits, '.', '-' or '_', the first a letter or digit"
        )
        raise TopicError(message)
