"""Owns which notices still hold, and which come first for a place."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.notice import Notice
from sensors.city.area import Area
from web.view.place import Place


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice now.

    Parameters
    ----------
    notice
        The notice.
    latest
        Whether it is the newest one of its episode.
    active
        Whether it still holds: the newest of its episode, not an end, not expired.
    """

    notice: Notice
    latest: bool
    active: bool


def notice_views(notices: Iterable[Notice], now: int) -> list[NoticeView]:
    """Judge notices at `now` [unix s], newest first."""
    found = sorted(notices, key=lambda notice: (notice.known, notice.id), reverse=True)
    newest: dict[tuple[str, str, str], int] = {}
    for notice in found:
        key = (notice.rule, notice.scope_id, notice.episode)
        newest[key] = max(newest.get(key, 0), notice.sequence)
    views = []
    for notice in found:
        key = (notice.rule, notice.scope_id, notice.episode)
        latest = notice.sequence == newest[key]
        holds = notice.active and (notice.until == 0 or notice.until > now)
        views.append(NoticeView(notice, latest, latest and holds))
    return views


def for_people(views: Iterable[NoticeView]) -> list[NoticeView]:
    """Keep what people were told: the newest of each public episode."""
    return [
        view
        for view in views
        if view.latest and view.notice.audience == "public" and view.notice.told
    ]


def near_first(views: Iterable[NoticeView], place: Place) -> list[NoticeView]:
    """Put notices that concern the place before the others, each newest first."""
    here = place.area if place.chosen else None
    return sorted(views, key=lambda view: not concerns(view.notice, here))


def concerns(notice: Notice, area: Area | None) -> bool:
    """Say whether a notice is about an area or one that contains it."""
    if area is None:
        return False
    return area.id in notice.areas or area.operations in notice.areas
