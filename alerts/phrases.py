"""Owns the sentences of a notice in one language; their words are the catalogue's."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alerts.condition import RANKED
from alerts.limits import limit_of
from alerts.transition import Transition
from alerts.wording import Wording, sentence
from sensors.city import Area, City, Segment, Station
from sensors.reading import MICRO
from streams.calc.aqi.vn import CATEGORIES
from streams.calc.fixed import half_up

_CATEGORIES = frozenset(category.code for category in CATEGORIES)
_SORTS = {
    **dict.fromkeys(("pm25", "pm10", "pm1"), "dust"),
    **dict.fromkeys(("level", "speed_ratio"), "road"),
    "silence": "device",
}
"""Which words say that a quantity is no longer seen; of others those of air."""


@dataclass(frozen=True)
class Phrases:
    """The sentences of one transition.

    Parameters
    ----------
    transition, city, wording
        What is said, where, and for whom.
    """

    transition: Transition
    city: City
    wording: Wording

    def headline(self) -> str:
        """Return the headline; it names a class of station that is not official."""
        said = self._say("headline")
        return f"{said} ({self._sensor('')})" if self._unofficial else said

    def body(self) -> str:
        """Return the text, with marks where data are not official or not live."""
        transition, say = self.transition, self.wording.say
        parts = self._say("body").split(" ")
        if transition.reason == "no_data" and transition.telling.audience != "public":
            parts.append(say("ending.no_data.operators"))
        if self._unofficial:
            parts.append(self._sensor("_detail"))
        parts.append(say(f"origin.{transition.origin}"))
        return " ".join(part for part in parts if part)

    @property
    def _unofficial(self) -> bool:
        return self.transition.evidence.station_class in {"reference", "mixed"}

    def _sensor(self, form: str) -> str:
        station_class = self.transition.evidence.station_class
        return self.wording.say(f"sensor.{station_class}{form}")

    def advice(self) -> dict[str, str]:
        """Return the advice by group; none after an end, none for operators' rules.

        Where the data were lost: how to go on without knowing.
        """
        transition, say = self.transition, self.wording.say
        if transition.kind == "clear":
            return self._advice_unseen() if transition.reason == "no_data" else {}
        if transition.step in _CATEGORIES:
            return {
                group: say(f"advice.air.{transition.step}.{group}")
                for group in transition.telling.groups
            }
        if transition.step in RANKED:
            text = say(f"advice.traffic.{transition.step}")
            return dict.fromkeys(transition.telling.groups, text)
        return {}

    def _advice_unseen(self) -> dict[str, str]:
        telling = self.transition.telling
        text = self.wording.say(f"ending.no_data.{self._sort}.advice")
        public = telling.audience == "public" and text
        return dict.fromkeys(telling.groups, text) if public else {}

    @property
    def _sort(self) -> str:
        return _SORTS.get(self.transition.evidence.quantity, "air")

    def source(self) -> str:
        """Say whose data, whose scale and whose advice it is.

        The scale is the Decision's only where the value is its index.
        """
        say, scope = self.wording.say, self.transition.scope
        quantity = self.transition.evidence.quantity
        if quantity == "silence":
            return say("source.device")
        if scope == "segment":
            return say("source.road", place=self.place)
        advised = (
            self.transition.step in _CATEGORIES and self.transition.kind != "clear"
        )
        names = ("station", "air") if scope == "station" else ("area", "air_area")
        key = f"{names[0]}_advice" if advised else names[0]
        key = names[1] if quantity == "aqi" else key
        return say(f"source.{key}", place=self.place, station=self.place)

    @cached_property
    def place(self) -> str:
        """The name of the scope; of a segment with its road."""
        scope = self.transition.scope_id
        found = self.city.site(scope) or self.city.area(scope)
        if found is None:
            return scope
        name = self._name(found)
        if isinstance(found, Segment) and found.road != name:
            return f"{found.road}, {name}"
        return name

    def _name(self, named: Station | Segment | Area) -> str:
        if (
            isinstance(named, Area)
            and named.hierarchy == "operations"
            and named.aliases
        ):
            # A centre's name says who works there, its alias where people live.
            return named.aliases[0]
        return named.name_vi if self.wording.language == "vi" else named.name_en

    def _say(self, part: str) -> str:
        transition = self.transition
        key = f"notices.{transition.telling.text}.{transition.kind}.{part}"
        if transition.unseen:
            lost = transition.reason == "no_data"
            key = f"ending.{f'no_data.{self._sort}' if lost else 'dropped'}.{part}"
        return sentence(self.wording.say(key, **self._values))

    @cached_property
    def _values(self) -> dict[str, Any]:
        transition, wording = self.transition, self.wording
        step = self._step(transition.step)
        pollutant = wording.say(f"pollutant.{transition.evidence.quantity}")
        worse = transition.reason == "worse"
        return {
            "place": self.place,
            "Place": sentence(self.place),
            "step": step.lower(),
            "Step": step,
            "previous": self._step(transition.previous).lower(),
            "direction": wording.say(
                f"wording.direction_{'worse' if worse else 'better'}"
            ),
            "direction_of_road": self._direction(),
            "pollutant": pollutant,
            "Pollutant": sentence(pollutant),
            "value": self._value(),
            "averaging": self._averaging(),
            "start": wording.clock(transition.evidence.start),
            "end": wording.clock(transition.evidence.end),
            "since": wording.moment(transition.since),
            "time": wording.moment(transition.time),
            "reason": wording.say(f"reason.{transition.reason}"),
            "limit": self._limit(),
            "seen": wording.moment(transition.evidence.end),
            "why": self._why(),
            "last": self._last(),
        }

    def _step(self, code: str) -> str:
        """Name a category, a level or another step; a code nobody named stays.

        A category is VN_AQI's word, so only a condition on the index uses it.
        """
        catalogue, language = self.wording.catalogue, self.wording.language
        index = self.transition.evidence.quantity == "aqi"
        scale = "category" if index else "alert_level"
        for section in (scale, "level", "step"):
            words = catalogue.trees[language].get(section, {}).get(code)
            if isinstance(words, str):
                return words
        return code

    def _value(self) -> str:
        quantity, value = self.transition.evidence.quantity, self.transition.value
        if quantity == "level":
            return self._step(RANKED[value])
        if quantity == "silence":
            return self.wording.duration(value)
        if quantity == "aqi":
            return self.wording.number(value)
        if quantity == "speed_ratio":
            return f"{self.wording.number(value * 100)}\u00a0%"
        return self.wording.concentration(value)

    def _averaging(self) -> str:
        found, wording = self.transition.evidence, self.wording
        if not found.averaging:
            return ""
        key = found.averaging
        if found.quantity == "aqi":
            key = f"index_{key}"
        return wording.say(
            f"averaging.{key}",
            start=wording.clock(found.start),
            end=wording.clock(found.end),
            span=wording.duration(found.end - found.start),
        )

    def _limit(self) -> str:
        """Compare with the legal limit what passes it; the time of both is said."""
        found, value = self.transition.evidence, self.transition.value
        limit = limit_of(found.quantity, self.transition.time)
        if limit is None or value <= limit.value or found.averaging in {"", "rise"}:
            return ""
        same = found.averaging == "1h" and limit.hours == 1
        return self.wording.say(
            "notices.limit" if same else "notices.limit_if",
            times=self.wording.number(half_up(value * MICRO, limit.value), 1),
            hours=limit.hours,
            limit=f"{self.wording.number(limit.value)}\u00a0"
            f"{self.wording.say('unit.concentration')}",
        )

    def _why(self) -> str:
        found = self.transition.evidence
        names = [self._site(site) for site in found.sites]
        stations = self.wording.listed(names) or self.wording.say("wording.nowhere")
        key = "notices.why" if found.of > 1 else "notices.why_one"
        return self.wording.say(key, used=found.used, of=found.of, stations=stations)

    def _site(self, site: str) -> str:
        found = self.city.site(site)
        return site if found is None else self._name(found)

    def _last(self) -> str:
        if not self.transition.evidence.averaging:
            return self.wording.say("wording.last_unknown")
        return self.wording.say("wording.last", value=self._value())

    def _direction(self) -> str:
        segment = self.city.segment(self.transition.scope_id)
        if segment is None:
            return self.wording.say("wording.nowhere")
        pair = segment.direction
        return pair.vi if self.wording.language == "vi" else pair.en
