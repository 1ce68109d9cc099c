"""Settings: where they come from, what they may be, and that the page about them is complete."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from steckel.errors import SettingsError
from steckel.server.settings import Settings, load_settings

_PAGE = Path(__file__).parents[3] / "docs" / "settings.md"


def load(
    tmp_path: Path, file: str = "", environment: Mapping[str, str] | None = None, **flags: str
) -> Settings:
    (tmp_path / "steckel.toml").write_text(file)
    return load_settings({"STECKEL_HOME": str(tmp_path), **(environment or {})}, flags)


def test_a_flag_beats_the_environment_and_the_environment_beats_the_file(tmp_path: Path) -> None:
    file = 'aet = "FILE"\nsite_name = "File"\nhttp = "127.0.0.1:1"\n'
    environment = {"STECKEL_AET": "ENV", "STECKEL_HTTP": "127.0.0.1:2"}
    settings = load(tmp_path, file, environment, aet="FLAG")
    assert (settings.aet, str(settings.http), settings.site_name) == ("FLAG", "127.0.0.1:2", "File")


def test_an_empty_variable_is_not_set(tmp_path: Path) -> None:
    assert load(tmp_path, 'aet = "FILE"', {"STECKEL_AET": ""}).aet == "FILE"


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("http", "8080", "HOST:PORT"),
        ("http", "127.0.0.1:0", "a port from 1 to 65535"),
        ("dicom", "127.0.0.1:70000", "a port from 1 to 65535"),
        ("aet", "MUCH_TOO_LONG_A_TITLE", "1 to 16 characters"),
        ("aet", "   ", "1 to 16 characters"),
        ("aet", "BACK\\SLASH", "without backslash"),
        ("http_trusted_proxies", "proxy.example", "addresses or networks"),
        ("http_trusted_proxies", "10.1.0.0/8", "addresses or networks"),
        ("ris", "none", "builtin, external, hybrid"),
        ("second_representation", "CT, all", "modalities with commas between them"),
        ("second_representation", "CT,", "or off"),
        ("log_level", "loud", "debug, info, warning, error"),
        ("on_conflict", "ask", "keep-first, keep-last, refuse"),
        ("check_called_aet", "maybe", "true or false"),
        ("max_associations", "0", "a whole number from 1 to 10000"),
        ("artim_seconds", "nan", "a number from 1 to 3600"),
        ("store_url", "s3://bucket", "file:///PATH"),
        ("database_url", "mysql://host/name", "postgresql://"),
    ],
)
def test_a_value_that_is_not_allowed_is_said_with_key_value_and_what_is(
    tmp_path: Path, key: str, value: str, allowed: str
) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, environment={f"STECKEL_{key.upper()}": value})
    assert f"STECKEL_{key.upper()} = {value!r} is not allowed" in str(error.value)
    assert allowed in str(error.value)


def test_the_message_names_where_the_value_came_from(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--http = 'x' is not allowed"):
        load(tmp_path, http="x")
    with pytest.raises(SettingsError, match=r"^http in steckel\.toml = 'x' is not allowed"):
        load(tmp_path, 'http = "x"')


def test_a_password_is_not_in_a_message(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, environment={"STECKEL_DATABASE_URL": "mysql://me:secret@host/name"})
    assert "secret" not in str(error.value)
    assert "mysql://me:" in str(error.value)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("htpp = 1", "htpp in steckel.toml = '1': there is no such setting"),
        ('home = "/elsewhere"', "home in steckel.toml"),
        ("http = [1]", "http in steckel.toml is not a text, a number, true or false"),
        ("not toml", "steckel.toml is not TOML"),
    ],
)
def test_a_wrong_file_stops_the_start(tmp_path: Path, file: str, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, file)
    assert message in str(error.value)


def test_an_unknown_variable_stops_the_start_and_those_that_exist_are_named(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, environment={"STECKEL_HTPP": "1"})
    assert "STECKEL_HTPP = '1': there is no such setting" in str(error.value)
    assert "http_tls_cert" in str(error.value)


def test_the_variables_of_the_tests_are_no_settings(tmp_path: Path) -> None:
    load(tmp_path, environment={"STECKEL_TEST_POSTGRESQL": "x"})


def test_a_home_that_is_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SettingsError, match="Not a directory"):
        load_settings({"STECKEL_HOME": str(file)}, {})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["http_tls_cert"], "http_tls_cert and http_tls_key belong together"),
        (["dicom_tls_key"], "dicom_tls_cert and dicom_tls_key belong together"),
        (["dicom_tls"], "dicom_tls needs dicom_tls_cert and dicom_tls_key"),
    ],
)
def test_what_belongs_together_is_given_together(
    tmp_path: Path, given: list[str], message: str
) -> None:
    pem = tmp_path / "some.pem"
    pem.touch()
    values = {key: "127.0.0.1:2762" if key == "dicom_tls" else str(pem) for key in given}
    with pytest.raises(SettingsError, match=message):
        load(tmp_path, environment={f"STECKEL_{k.upper()}": v for k, v in values.items()})


def test_a_certificate_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"dicom_tls_ca = '.*/none\.pem': there is no such"):
        load(tmp_path, environment={"STECKEL_DICOM_TLS_CA": str(tmp_path / "none.pem")})


def test_another_process_reads_the_same_settings(tmp_path: Path) -> None:
    settings = load(
        tmp_path, "max_associations = 3\ncheck_called_aet = true", aet="X", dicom="[::1]:104"
    )
    assert load_settings(settings.as_environment(), {}) == settings


def _documented() -> dict[str, str]:
    rows = re.findall(r"^\| `(\w+)` \| (?:`([^`]*)`)? ?\|", _PAGE.read_text(), re.MULTILINE)
    return dict(rows)


def _spelled(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def test_the_page_has_every_setting_with_its_default() -> None:
    assert _documented() == {item.name: _spelled(item.default) for item in fields(Settings)}


@pytest.mark.parametrize(
    ("value", "modalities"), [("CT, MR", {"CT", "MR"}), ("off", set()), ("PT", {"PT"})]
)
def test_the_second_representation_is_for_some_modalities_or_none(
    tmp_path: Path, value: str, modalities: set[str]
) -> None:
    settings = load(tmp_path, environment={"STECKEL_SECOND_REPRESENTATION": value})
    assert settings.second_modalities == modalities
