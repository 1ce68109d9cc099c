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
from steckel.security.access_rules import AccessRules, SessionLimits
from steckel.security.outgoing import FORBIDDEN
from steckel.security.password_policy import SHORTEST, PasswordPolicy
from steckel.server.setting_values import (
    OFF,
    Address,
    count,
    number,
    one_of,
    parse_address,
    parse_addresses,
    parse_aet,
    parse_database,
    parse_flag,
    parse_hl7_name,
    parse_modalities,
    parse_networks,
    parse_on_conflict,
    parse_path,
    parse_store,
    shown,
)

PREFIX = "STECKEL_"
#: Variables of the test suite, which are no settings.
_TEST_PREFIX = "STECKEL_TEST_"
FILE = "steckel.toml"


def _setting(default: Any, parse: Callable[[str], Any]) -> Any:
    return field(default=default, metadata={"parse": parse})


_ONE_HOUR = 3600
_tls_profile = one_of("bcp195", "bcp195-extended")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting; the field's name is its key in the file, upper case after ``STECKEL_``."""

    home: Path = _setting(Path("steckel-home"), parse_path)
    http: Address = _setting(Address("127.0.0.1", 8080), parse_address)
    http_tls_cert: Path | None = _setting(None, parse_path)
    http_tls_key: Path | None = _setting(None, parse_path)
    http_tls_profile: str = _setting("bcp195", _tls_profile)
    http_trusted_proxies: str = _setting("", parse_networks)
    api_requests_per_minute: int = _setting(30_000, count(0, 1_000_000))
    dicom: Address = _setting(Address("127.0.0.1", 11112), parse_address)
    dicom_tls: Address | None = _setting(None, parse_address)
    dicom_tls_cert: Path | None = _setting(None, parse_path)
    dicom_tls_key: Path | None = _setting(None, parse_path)
    dicom_tls_ca: Path | None = _setting(None, parse_path)
    dicom_tls_profile: str = _setting("bcp195", _tls_profile)
    hl7: Address = _setting(Address("127.0.0.1", 2575), parse_address)
    hl7_tls: Address | None = _setting(None, parse_address)
    hl7_tls_cert: Path | None = _setting(None, parse_path)
    hl7_tls_key: Path | None = _setting(None, parse_path)
    hl7_tls_ca: Path | None = _setting(None, parse_path)
    hl7_tls_profile: str = _setting("bcp195", _tls_profile)
    hl7_application: str = _setting("STECKEL", parse_hl7_name)
    hl7_facility: str = _setting("", parse_hl7_name)
    hl7_accept_tests: bool = _setting(False, parse_flag)
    hl7_max_connections: int = _setting(256, count(1, 10_000))
    hl7_max_message_mib: int = _setting(64, count(1, 1024))
    hl7_idle_seconds: float = _setting(_ONE_HOUR, number(1, 7 * 24 * _ONE_HOUR))
    hl7_retention_days: int = _setting(90, count(0, 36_500))
    outgoing_forbidden: str = _setting(",".join(FORBIDDEN), parse_networks)
    outgoing_allowed: str = _setting("", parse_networks)
    aet: str = _setting("STECKEL", parse_aet)
    site_name: str = _setting("Steckel", str)
    database_url: str = _setting("", parse_database)
    store_url: str = _setting("", parse_store)
    admin_password: str = _setting("", str)
    password_length: int = _setting(SHORTEST, count(SHORTEST, 128))
    password_history: int = _setting(5, count(0, 24))
    password_days: int = _setting(0, count(0, 3650))
    session_idle_hours: float = _setting(12.0, number(0.1, 24 * 365))
    session_hours: float = _setting(168.0, number(0.1, 24 * 365))
    lock_minutes: int = _setting(15, count(0, 1440))
    ris: str = _setting("builtin", one_of("builtin", "external", "hybrid"))
    log_level: str = _setting("info", one_of("debug", "info", "warning", "error"))

    on_conflict: OnConflict = _setting(OnConflict.KEEP_FIRST, parse_on_conflict)
    accept_unknown_storage: bool = _setting(True, parse_flag)
    check_called_aet: bool = _setting(False, parse_flag)
    require_user_identity: bool = _setting(False, parse_flag)
    strict_query: bool = _setting(False, parse_flag)
    max_associations: int = _setting(64, count(1, 10_000))
    dicom_processes: int = _setting(0, count(0, 64))
    max_connections: int = _setting(512, count(1, 20_000))
    artim_seconds: float = _setting(30.0, number(1, _ONE_HOUR))
    idle_seconds: float = _setting(600.0, number(1, 24 * _ONE_HOUR))
    network_seconds: float = _setting(60.0, number(1, _ONE_HOUR))
    seal_seconds: float = _setting(30.0, number(0.1, 24 * _ONE_HOUR))
    imaging_processes: int = _setting(2, count(1, 64))
    second_representation: str = _setting("CT,MR,PT,NM,CR,DX,MG,XA,RF,IO,PX", parse_modalities)
    max_object_gib: float = _setting(16.0, number(0.001, 1024))

    audit_syslog: str = _setting("", parse_addresses)
    audit_tls_cert: Path | None = _setting(None, parse_path)
    audit_tls_key: Path | None = _setting(None, parse_path)
    audit_tls_ca: Path | None = _setting(None, parse_path)
    audit_retention_years: int = _setting(0, count(0, 200))

    @property
    def audit_collectors(self) -> tuple[Address, ...]:
        """Where the audit trail is sent to."""
        return tuple(parse_address(part) for part in self.audit_syslog.split(",") if part)

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
    def second_modalities(self) -> frozenset[str]:
        """The modalities whose frames get a second representation."""
        return frozenset(self.second_representation.split(",")) - {OFF}

    @property
    def access_rules(self) -> AccessRules:
        """What is asked of passwords and sessions."""
        return AccessRules(
            passwords=PasswordPolicy(
                shortest=self.password_length,
                history=self.password_history,
                longest_days=self.password_days,
            ),
            sessions=SessionLimits(
                idle=self.session_idle_hours * _ONE_HOUR, absolute=self.session_hours * _ONE_HOUR
            ),
            lock_minutes=self.lock_minutes,
        )

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
        if value  # an empty variable is one that is not set
    }
    for key, value in from_environment.items():
        if key not in _FIELDS:
            raise SettingsError(_unknown(f"{PREFIX}{key.upper()}", value))
    sources = {key: f"{PREFIX}{key.upper()}" for key in from_environment} | {
        key: f"--{key.replace('_', '-')}" for key in flags
    }
    given = {**from_environment, **flags}
    home = _value("home", given.get("home", "steckel-home"), sources.get("home", "home"))
    merged = {**_from_file(home / FILE), **given, "home": str(home)}
    return _checked(
        Settings(
            **{
                key: _value(key, text, sources.get(key, f"{key} in {FILE}"))
                for key, text in merged.items()
            }
        )
    )


def _from_file(path: Path) -> dict[str, str]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path.name} is not TOML: {problem}") from problem
    except OSError as problem:
        raise SettingsError(f"{path} cannot be read: {problem.strerror}") from problem
    for key, value in table.items():
        if key not in _FIELDS or key == "home":
            raise SettingsError(_unknown(f"{key} in {path.name}", value))
        if not isinstance(value, str | int | float | bool):
            raise SettingsError(f"{key} in {path.name} is not a text, a number, true or false")
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value)
        for key, value in table.items()
    }


def _value(key: str, text: str, source: str) -> Any:
    try:
        return _FIELDS[key].metadata["parse"](text)
    except ValueError as problem:
        value = shown(key, text)
        raise SettingsError(f"{source} = {value} is not allowed; allowed: {problem}") from None


def _unknown(key: str, value: object) -> str:
    known = ", ".join(sorted(_FIELDS))
    return f"{key} = {str(value)[:60]!r}: there is no such setting; there are: {known}"


_FILES = tuple(name for name in _FIELDS if name.endswith(("_tls_cert", "_tls_key", "_tls_ca")))


def _checked(settings: Settings) -> Settings:
    for key in _FILES:
        path = getattr(settings, key)
        if path is not None and not path.is_file():
            raise SettingsError(f"{key} = {str(path)!r}: there is no such file")
    for door in ("http", "dicom", "hl7", "audit"):
        cert, key = f"{door}_tls_cert", f"{door}_tls_key"
        if bool(getattr(settings, cert)) != bool(getattr(settings, key)):
            raise SettingsError(f"{cert} and {key} belong together: one is missing")
    for listener in ("dicom_tls", "hl7_tls"):
        if getattr(settings, listener) and not getattr(settings, f"{listener}_cert"):
            raise SettingsError(f"{listener} needs {listener}_cert and {listener}_key")
    return settings
