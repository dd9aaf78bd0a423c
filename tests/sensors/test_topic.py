import contextlib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.topic import Kind, Topic, TopicError, out_prefix, subscription

_NAMES = {"tick": 0, "out/clock": 0, "out/advice": 2}
_level = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", fullmatch=True)


@st.composite
def _topics(draw: st.DrawFn) -> Topic:
    kind = draw(st.sampled_from(get_args(Kind)))
    names = tuple(draw(_level) for _ in range(_NAMES.get(kind, 1)))
    return Topic(draw(_level), kind, names)


@given(_topics())
def test_round_trip(topic: Topic) -> None:
    """A topic that is written is read back as itself."""
    assert Topic.parse(str(topic)) == topic


@given(st.text() | st.text("thoangv1/airtickout-.").map("thoang/v1/".__add__))
def test_any_text(text: str) -> None:
    """Any text is either one of our topics, letter by letter, or refused."""
    with contextlib.suppress(TopicError):
        assert str(Topic.parse(text)) == text


@given(_topics())
def test_what_is_out(topic: Topic) -> None:
    """What Thoáng publishes is told from what devices publish by one prefix."""
    assert topic.is_out == str(topic).startswith(out_prefix(topic.city))
    assert str(topic).startswith(subscription(topic.city).removesuffix("#"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("thoang/v2/x/air/a", "does not begin with thoang/v1/"),
        ("thoang/v1/x/water/a", "any kind but air, traffic"),
        ("thoang/v1/x", "any kind but"),
        ("thoang/v1/x/air", "has 1 name(s) after the kind, got 0"),
        ("thoang/v1/x/air/a/b", "has 1 name(s) after the kind, got 2"),
        ("thoang/v1/x/tick/now", "has 0 name(s) after the kind, got 1"),
        ("thoang/v1/x/air/#", "'#' is not a name"),
        ("thoang/v1/+/air/a", "'+' is not a name"),
        ("thoang/v1//air/a", "'' is not a name"),
        ("thoang/v1/x/air/" + "a" * 65, "is not a name"),
    ],
)
def test_refused(text: str, told: str) -> None:
    """A topic of another grammar is refused with what was wanted."""
    with pytest.raises(TopicError) as caught:
        Topic.parse(text)
    assert told in str(caught.value)


def test_unknown_kind() -> None:
    """A topic of no known kind cannot be made."""
    with pytest.raises(TopicError, match="no kind of topic"):
        Topic("x", "water", ("a",))  # type: ignore[arg-type]  # that is the test
