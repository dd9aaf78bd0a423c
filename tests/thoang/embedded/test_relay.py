"""One port for both MQTT versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thoang.embedded.relay import NotMqttError, version_of


def connect(version: int, padding: int = 20) -> bytes:
    """Return the beginning of a CONNECT packet with `padding` bytes behind."""
    body = b"\x00\x04MQTT" + bytes([version]) + b"x" * padding
    length, rest = b"", len(body)
    while rest > 127:
        length, rest = length + bytes([rest % 128 | 0x80]), rest // 128
    return b"\x10" + length + bytes([rest]) + body


@given(st.sampled_from([4, 5]), st.integers(0, 100_000))
def test_version_is_read_whatever_the_length(version: int, padding: int) -> None:
    """The version is found behind a length of one to three bytes."""
    assert version_of(connect(version, padding)) == version


@given(st.integers(0, 7))
def test_a_part_of_the_header_waits_for_more(length: int) -> None:
    """Too few bytes are no verdict yet."""
    assert version_of(connect(5)[:length]) is None


@pytest.mark.parametrize(
    "start", [b"GET / HTTP/1.1\r\n", b"\x10\x10\x00\x06MQIsdp\x03", b"\x10" * 14]
)
def test_something_else_is_refused(start: bytes) -> None:
    """What is not MQTT 3.1.1 or 5 is told apart at once."""
    with pytest.raises(NotMqttError):
        version_of(start)


@given(st.binary(max_size=40))
def test_any_bytes_get_a_verdict(start: bytes) -> None:
    """No bytes crash the reader, and 14 bytes always suffice."""
    try:
        version = version_of(start)
    except NotMqttError:
        return
    assert version is not None or len(start) < 14
