"""Owns the sentences of a notice in one language; their words are the catalogue's."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from alerts.condition import RANKED
from alerts.transition import Transition
from alerts.wording import Wording, sentence
from sensors.city import Area, City, Segment, Station
from streams.calc.aqi.vn import CATEGORIES

_CATEGORIES = frozenset(category.code for category in CATEGORIES)


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
        """Return the headline."""
        return self._say("headline")

    def body(self) -> str:
        """Return the text, with a mark where the data are not live."""
        origin = self.wording.say(f"origin.{self.transition.origin}")
        return " ".join(part for part in (self._say("body").strip(), origin) if part)

    def advice(self) -> dict[str, str]:
        """Return the advice by group; none after an end, none for operators' rules."""
        transition, say = self.transition, self.wording.say
        if transition.kind == "clear":
            return {}
        if transition.step in _CATEGORIES:
            return {
                group: say(f"advice.air.{transition.step}.{group}")
                for group in transition.telling.groups
            }
        if transition.step in RANKED:
            text = say(f"advice.traffic.{transition.step}")
            return dict.fromkeys(transition.telling.groups, text)
        return {}

    def source(self) -> str:
        """Say whose data and whose scale it is."""
        say, scope = self.wording.say, self.transition.scope
        if self.transition.evidence.quantity == "silence":
            return say("source.device")
        if scope == "segment":
            return say("source.road", place=self.place)
        if scope == "station":
            scale = "air" if self.transition.step in _CATEGORIES else "station"
            return say(f"source.{scale}", station=self.place)
        return say("source.air_area", place=self.place)

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
            "why": self._why(),
            "last": self._last(),
        }

    def _step(self, code: str) -> str:
        """Name a category, a level or another step; a code nobody named stays."""
        catalogue, language = self.wording.catalogue, self.wording.language
        for section in ("category", "level", "step"):
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
