"""Turns transitions and notices into rows that a store keeps, and back.

The whole record is kept as JSON beside the fields that people and panels ask for.
"""

import msgspec

from alerts.notice import Notice
from alerts.transition import Transition
from sensors.records import decode
from stores.record import Row


def alert_row(value: bytes) -> Row:
    """Return the row of a record of `alerts`."""
    transition = decode(value, Transition)
    return Row(
        "alert",
        {
            "city": transition.city,
            "site": transition.scope_id,
            "rule": transition.rule,
        },
        transition.time,
        {
            "origin": transition.origin,
            "transition": f"{transition.before}-{transition.after}",
            "state": transition.after,
            "episode": transition.episode,
            "reason": transition.reason,
            "since": transition.since,
            "value": float(transition.value),
            "told": "late" if transition.late else transition.kind,
            "record": _json(transition),
        },
    )


def notice_row(value: bytes) -> Row:
    """Return the row of a record of `notices`."""
    notice = decode(value, Notice)
    return Row(
        "notice",
        {"city": notice.city, "id": notice.id},
        notice.time,
        {
            "origin": notice.origin,
            "active": int(notice.active),
            "since": notice.since,
            "until": notice.until,
            "kind": notice.kind,
            "rule": notice.rule,
            "site": notice.scope_id,
            "episode": notice.episode,
            "status": notice.status,
            "urgency": notice.urgency,
            "severity": notice.severity,
            "certainty": notice.certainty,
            "headline_vi": notice.headline["vi"],
            "headline_en": notice.headline["en"],
            "text_vi": notice.body["vi"],
            "text_en": notice.body["en"],
            "told": notice.why_not or "told",
            "record": _json(notice),
        },
    )


def notice_of(row: Row) -> Notice:
    """Return the notice that a row was made of."""
    return msgspec.json.decode(str(row.fields["record"]), type=Notice)


def _json(record: msgspec.Struct) -> str:
    return msgspec.json.encode(record).decode()
