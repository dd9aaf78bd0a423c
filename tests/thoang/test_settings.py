"""Settings come from environment and file, once; a mistake is one clear line."""

from pathlib import Path

import pytest

from thoang.settings import Settings, SettingsError


def test_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both may say parts of one section."""
    file = tmp_path / "thoang.yaml"
    file.write_text("mqtt: {host: broker.lan, port: 1884}\nweb: {port: 8010}\n")
    monkeypatch.setenv("THOANG_CONFIG", str(file))
    monkeypatch.setenv("THOANG_MQTT__PORT", "1999")
    settings = Settings.read()
    assert (settings.mqtt.host, settings.mqtt.port) == ("broker.lan", 1999)
    assert settings.web.port == 8010


def test_a_mistake_says_what_got_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The variable is named as people write it."""
    monkeypatch.setenv("THOANG_MQTT__PORT", "abc")
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert "mqtt.port" in str(told.value)
    assert "got 'abc'" in str(told.value)
    assert "THOANG_MQTT__PORT" in str(told.value)


def test_an_unknown_setting_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip is not passed over."""
    monkeypatch.setenv("THOANG_KAFKA__BOOTSTRP", "x")
    with pytest.raises(SettingsError, match="bootstrp"):
        Settings.read()


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in a message nor in the settings as text."""
    monkeypatch.setenv("THOANG_MQTT__PASSWORD", "geheim")
    assert "geheim" not in repr(Settings.read())
    monkeypatch.setenv("THOANG_NOTICES__SECRET__X", "geheim2")
    with pytest.raises(SettingsError) as told:
        Settings.read()
    assert "geheim2" not in str(told.value)


def test_a_run_in_another_folder_has_its_own_store(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What `run --data` asks for counts, not where the environment keeps another."""
    monkeypatch.setenv("THOANG_STORE__PATH", str(tmp_path / "other.sqlite"))
    settings = Settings.read().of_run(tmp_path / "city.yaml", tmp_path / "data")
    assert settings.store_path == tmp_path / "data" / "thoang.sqlite"
    assert settings.city == tmp_path / "city.yaml"


def test_a_missing_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is named and not there stops the start."""
    monkeypatch.setenv("THOANG_CONFIG", "/nowhere/thoang.yaml")
    with pytest.raises(SettingsError, match="no file"):
        Settings.read()
