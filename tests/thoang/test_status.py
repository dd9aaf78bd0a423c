"""The status file of a run tells commands its ports and the page its processes."""

import json
import os
from pathlib import Path

from thoang.settings import Settings
from thoang.status import followed, process_checks


def _write(folder: Path, pid: int) -> None:
    processes = {
        "worker": {"state": "ready", "restarts": 0},
        "bridge": {"state": "starting", "restarts": 2},
    }
    status = {"pid": pid, "ports": {"mqtt": 1999, "web": 8123}, "processes": processes}
    (folder / "status.json").write_text(json.dumps(status))


def test_commands_follow_the_ports_of_the_run(tmp_path: Path) -> None:
    """A run that took other ports is found."""
    settings = Settings(data_dir=tmp_path)
    assert followed(settings) is settings
    _write(tmp_path, os.getpid())
    assert followed(settings).mqtt.port == 1999
    assert followed(settings).web.port == 8123


def test_processes_of_a_running_city(tmp_path: Path) -> None:
    """Each process is well when it is ready."""
    _write(tmp_path, os.getpid())
    found = {check.name: (check.ok, check.detail) for check in process_checks(tmp_path)}
    assert found == {
        "worker": (True, "ready, restarts 0"),
        "bridge": (False, "starting, restarts 2"),
    }


def test_a_run_that_is_gone_says_nothing(tmp_path: Path) -> None:
    """An old status file is no news of processes."""
    assert process_checks(tmp_path) == ()
    _write(tmp_path, 2**22 + 1)
    assert process_checks(tmp_path) == ()
