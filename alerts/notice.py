"""Owns what people are told of a transition: one notice in each language, with its why.

`compose` is pure: transition, city and catalogue say all, so a notice can be made
again and compared. How it goes out is `alerts.notifier`'s.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from alerts.area import told_of
from alerts.phrases import Phrases
from alerts.transition import UNSEEN, Evidence, Transition
from alerts.wording import Wording
from alerts.words import LANGUAGES, Catalogue
from sensors.city import City
from sensors.records import VERSION

HOLDS_S = 1_800
"""A notice holds so much longer than the time after which it is said again [s]."""
END_HOLDS_S = 3_600
"""The end of an alert stays news for so long [s]."""

NoticeKind = Literal["raise", "change", "update", "clear"]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What people are told.

    Parameters
    ----------
    id
        The same for the same rule, scope, episode and place in its sequence.
    kind
        ``raise``, ``change`` (of severity), ``update`` (still so), ``clear``.
    references
        Ids of earlier notices of the episode that it follows; it replaces them.
    audience, groups, channels
        ``public`` or ``operators``; whom advice is for; notifiers that send it.
    scope, scope_id
        ``station``, ``segment`` or ``area``, and which.
    areas
        Areas concerned, the narrowest first; of an area also all below it. No
        provinces, unless a rule is for one.
    above
        Areas that contain them.
    step, severity, urgency, certainty
        The rule's step, and the words of CAP 1.2 [CAP12].
    status
        ``Exercise`` for simulated data, ``Test`` otherwise: ``Actual`` needs an
        authority that is configured.
    headline, body, source
        Words by language.
    advice
        Words by language and group.
    cause, value, averaging
        The quantity, its value as `Transition.value`, and how it was averaged.
    stations_used, stations_of, sites
        What it rests on.
    station_class
        ``regulatory``, ``reference``, ``mixed``; empty where no station was measured.
    since, time, known
        Begin of the episode, of what is told, and when it became known [unix s].
    until
        The notice is no news after it [unix s].
    next_update
        When it is said again at the latest [unix s]; 0 after an end.
    active
        Whether the alert goes on.
    told, why_not
        Whether it is to be sent; if not, ``too old`` or ``nobody was told``.
    """

    v: int = VERSION
    id: str
    city: str
    origin: str
    kind: NoticeKind
    references: tuple[str, ...]
    rule: str
    rule_version: str
    episode: str
    sequence: int
    audience: str
    groups: tuple[str, ...]
    channels: tuple[str, ...]
    scope: str
    scope_id: str
    areas: tuple[str, ...]
    above: tuple[str, ...]
    step: str
    severity: str
    urgency: str
    certainty: str
    status: str
    headline: dict[str, str]
    body: dict[str, str]
    advice: dict[str, dict[str, str]]
    source: dict[str, str]
    cause: str
    value: int
    averaging: str
    stations_used: int
    stations_of: int
    sites: tuple[str, ...]
    station_class: str = ""
    since: int
    time: int
    known: int
    until: int
    next_update: int
    active: bool
    reason: str
    told: bool
    why_not: str = ""

    @property
    def label(self) -> str:
        """The key below ``kind.`` of the words for `known`: an end may be no end."""
        if self.kind == "clear" and self.reason in UNSEEN:
            return "lost" if self.reason == "no_data" else "dropped"
        return self.kind


def compose(transition: Transition, city: City, catalogue: Catalogue) -> Notice:
    """Put a transition that people are told of into words.

    Raises
    ------
    ValueError
        For a transition without a kind: it is recorded and nobody is told.
    alerts.words.NoWordsError
        When the catalogue lacks the rule's words.
    """
    kind = transition.kind
    if not kind:
        message = (
            f"transition of {transition.rule} in {transition.scope_id} from "
            f"{transition.before} to {transition.after} is not told; compose only "
            "those with a kind"
        )
        raise ValueError(message)
    phrases = {
        language: Phrases(transition, city, Wording(catalogue, language, city.zone))
        for language in LANGUAGES
    }
    areas, above = _places(transition, city)
    why_not = _why_not(transition)
    found: Evidence = transition.evidence
    telling = transition.telling
    return Notice(
        id=notice_id(transition, transition.sequence),
        city=transition.city,
        origin=transition.origin,
        kind=kind,
        references=_references(transition),
        rule=transition.rule,
        rule_version=transition.rule_version,
        episode=transition.episode,
        sequence=transition.sequence,
        audience=telling.audience,
        groups=telling.groups,
        channels=telling.channels,
        scope=transition.scope,
        scope_id=transition.scope_id,
        areas=areas,
        above=above,
        step=transition.step,
        severity=transition.severity.capitalize(),
        urgency=_urgency(transition),
        certainty="Unknown" if transition.unseen else "Observed",
        status="Exercise" if transition.origin == "simulated" else "Test",
        headline={lang: said.headline() for lang, said in phrases.items()},
        body={lang: said.body() for lang, said in phrases.items()},
        advice={lang: said.advice() for lang, said in phrases.items()},
        source={lang: said.source() for lang, said in phrases.items()},
        cause=found.quantity,
        value=transition.value,
        averaging=found.averaging,
        stations_used=found.used,
        stations_of=found.of,
        sites=found.sites,
        station_class=found.station_class,
        since=transition.since,
        time=transition.time,
        known=transition.known,
        until=_until(transition),
        next_update=0 if kind == "clear" else transition.known + telling.repeat,
        active=kind != "clear",
        reason=transition.reason,
        told=not why_not,
        why_not=why_not,
    )


def notice_id(transition: Transition, sequence: int) -> str:
    """Name the notice at a place in the sequence of an episode."""
    whole = (transition.rule, transition.scope_id, transition.episode, str(sequence))
    return ".".join(whole)


def _references(transition: Transition) -> tuple[str, ...]:
    heard = transition.heard
    return (notice_id(transition, heard),) if heard else ()


def _until(transition: Transition) -> int:
    if transition.kind == "clear":
        return transition.time + END_HOLDS_S
    return transition.time + transition.telling.repeat + HOLDS_S


def _why_not(transition: Transition) -> str:
    if transition.late or transition.known >= _until(transition):
        return "too old"
    if transition.kind == "clear" and not transition.heard:
        return "nobody was told"
    return ""


def _urgency(transition: Transition) -> str:
    if transition.kind == "clear":
        return "Unknown" if transition.unseen else "Past"
    return "Expected" if transition.severity == "minor" else "Immediate"


def _places(
    transition: Transition, city: City
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the areas concerned, and those that contain them."""
    scope = transition.scope_id
    if transition.scope != "area":
        known = city.site(scope) is not None
        areas = city.areas_of(scope, transition.time) if known else ()
        return tuple(area for area in areas if told_of(city.area(area))), ()
    if city.area(scope) is None:
        return (scope,), ()
    below = dict.fromkeys(_below(scope, city))
    above = tuple(area for area in _above(scope, city) if told_of(city.area(area)))
    return (scope, *below), above


def _below(area: str, city: City) -> Iterator[str]:
    for child in city.children(area):
        yield child
        yield from _below(child, city)


def _above(area: str, city: City) -> Iterator[str]:
    here = city.area(area)
    while here is not None and here.parent is not None:
        yield here.parent
        here = city.area(here.parent)
