"""All settings: one TOML file in the home, environment variables, a few flags.

Flag beats environment beats file. The rule: a wrong or unknown key stops the
start, with the key, the value and what is allowed. Nothing else in Steckel
reads the environment.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from steckel.dimse.timeouts import Timeouts
from steckel.errors import SettingsError
from steckel.ingest.policy import OnConflict

PREFIX = "STECKEL_"
#: Variables of the test suite, which are no settings.
_TEST_PREFIX = "STECKEL_TEST_"
FILE = "steckel.toml"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a listener listens."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.")


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise ValueError("HOST:PORT, such as 127.0.0.1:8080")
    return Address(host.strip("[]") or "0.0.0.0", int(port))  # noqa: S104 - asked for


def _aet(text: str) -> str:
    if not 0 < len(text) <= 16 or "\\" in text or not text.isprintable() or not text.isascii():
        raise ValueError("an AE title: 1 to 16 characters of ASCII, without backslash")
    return text


def _path(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(", ".join(allowed))
        return text

    return parse


def _number(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = low - 1
        if not low <= value <= high:
            raise ValueError(f"a number from {low:g} to {high:g}")
        return value

    return parse


def _count(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or not low <= int(text) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _flag(text: str) -> bool:
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if text.lower() not in words:
        raise ValueError("true or false")
    return words[text.lower()]


def _conflict(text: str) -> OnConflict:
    try:
        return OnConflict(text)
    except ValueError:
        raise ValueError(", ".join(OnConflict)) from None


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("sqlite:///PATH or postgresql://USER@HOST/NAME")
    return text


def _store(text: str) -> str:
    if not text.startswith("file:///"):
        raise ValueError("file:///PATH (object storage is not in this version)")
    return text


def _setting(default: Any, parse: Callable[[str], Any]) -> Any:
    return field(default=default, metadata={"parse": parse})


_ONE_HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting; the field's name is its key in the file, upper case after ``STECKEL_``."""

    home: Path = _setting(Path("steckel-home"), _path)
    http: Address = _setting(Address("127.0.0.1", 8080), _address)
    http_tls_cert: Path | None = _setting(None, _path)
    http_tls_key: Path | None = _setting(None, _path)
    dicom: Address = _setting(Address("127.0.0.1", 11112), _address)
    dicom_tls: Address | None = _setting(None, _address)
    dicom_tls_cert: Path | None = _setting(None, _path)
    dicom_tls_key: Path | None = _setting(None, _path)
    dicom_tls_ca: Path | None = _setting(None, _path)
    hl7: Address = _setting(Address("127.0.0.1", 2575), _address)
    hl7_tls: Address | None = _setting(None, _address)
    aet: str = _setting("STECKEL", _aet)
    site_name: str = _setting("Steckel", str)
    database_url: str = _setting("", _database)
    store_url: str = _setting("", _store)
    admin_password: str = _setting("", str)
    ris: str = _setting("builtin", _one_of("builtin", "external", "hybrid"))
    log_level: str = _setting("info", _one_of("debug", "info", "warning", "error"))

    on_conflict: OnConflict = _setting(OnConflict.KEEP_FIRST, _conflict)
    accept_unknown_storage: bool = _setting(True, _flag)
    check_called_aet: bool = _setting(False, _flag)
    strict_query: bool = _setting(False, _flag)
    max_associations: int = _setting(64, _count(1, 10_000))
    max_connections: int = _setting(512, _count(1, 20_000))
    artim_seconds: float = _setting(30.0, _number(1, _ONE_HOUR))
    idle_seconds: float = _setting(600.0, _number(1, 24 * _ONE_HOUR))
    network_seconds: float = _setting(60.0, _number(1, _ONE_HOUR))
    seal_seconds: float = _setting(30.0, _number(0.1, 24 * _ONE_HOUR))
    imaging_processes: int = _setting(2, _count(1, 64))
    max_object_gib: float = _setting(16.0, _number(0.001, 1024))

    @property
    def database(self) -> str:
        """URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'index.sqlite3'}"

    @property
    def store(self) -> Path:
        """Folder of the store."""
        if self.store_url:
            return Path(self.store_url.removeprefix("file://"))
        return self.home / "store"

    @property
    def timeouts(self) -> Timeouts:
        """Time-outs of DICOM associations."""
        return Timeouts(
            artim=self.artim_seconds, idle=self.idle_seconds, network=self.network_seconds
        )

    def as_environment(self) -> dict[str, str]:
        """Return the variables that make another process read these settings."""
        return {
            PREFIX + item.name.upper(): str(value)
            for item in fields(self)
            if (value := getattr(self, item.name)) not in (None, "")
        }


_FIELDS = {item.name: item for item in fields(Settings)}


def load_settings(environment: Mapping[str, str], flags: Mapping[str, str]) -> Settings:
    """Return the settings.

    Raises
    ------
    SettingsError
        A key is unknown or a value is not allowed; the message names both.
    """
    from_environment = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and not name.startswith(_TEST_PREFIX)
    }
    for key, value in from_environment.items():
        if key not in _FIELDS:
            raise SettingsError(_unknown(f"{PREFIX}{key.upper()}", value))
    given = {**from_environment, **flags}
    home = _value("home", given.get("home", "steckel-home"), "home")
    merged = {**_from_file(home / FILE), **given, "home": str(home)}
    return _checked(
        Settings(**{key: _value(key, text, _source(key, given)) for key, text in merged.items()})
    )


def _from_file(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path.name} is not TOML: {problem}") from problem
    for key, value in table.items():
        if key not in _FIELDS or key == "home":
            raise SettingsError(_unknown(f"{key} in {path.name}", value))
        if not isinstance(value, str | int | float | bool):
            raise SettingsError(f"{key} in {path.name} is not a text, a number, true or false")
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in table.items()
    }


def _source(key: str, given: Mapping[str, str]) -> str:
    return PREFIX + key.upper() if key in given else f"{key} in {FILE}"


def _value(key: str, text: str, source: str) -> Any:
    try:
        return _FIELDS[key].metadata["parse"](text)
    except ValueError as problem:
        shown = "…" if "password" in key or "url" in key else repr(text)
        raise SettingsError(f"{source} = {shown} is not allowed; allowed: {problem}") from None


def _unknown(key: str, value: object) -> str:
    known = ", ".join(sorted(_FIELDS))
    return f"{key} = {str(value)[:60]!r}: there is no such setting; there are: {known}"


def _checked(settings: Settings) -> Settings:
    if bool(settings.http_tls_cert) != bool(settings.http_tls_key):
        raise SettingsError("http_tls_cert and http_tls_key belong together: one is missing")
    if settings.dicom_tls and not (settings.dicom_tls_cert and settings.dicom_tls_key):
        raise SettingsError("dicom_tls needs dicom_tls_cert and dicom_tls_key")
    for key in ("http_tls_cert", "http_tls_key", "dicom_tls_cert", "dicom_tls_key", "dicom_tls_ca"):
        path = getattr(settings, key)
        if path is not None and not path.is_file():
            raise SettingsError(f"{key} = {str(path)!r}: there is no such file")
    return settings
