"""Finding a free port."""

import socket

import pytest

from thoang.embedded.ports import NoFreePortError, free_port, is_free


def test_taken_port_is_passed_over() -> None:
    """The next free port above a taken one is chosen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not is_free(port)
        assert free_port(port) > port


def test_excluded_port_is_not_chosen() -> None:
    """A port that another of ours will take is left to it."""
    port = free_port(0)
    assert free_port(port, but={port}) != port


def test_no_port_left_says_what_to_do() -> None:
    """Beyond the last port number there is nothing to choose."""
    with pytest.raises(NoFreePortError, match="--port"):
        free_port(65_536)
