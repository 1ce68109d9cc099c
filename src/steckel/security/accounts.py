"""Accounts: who can log in.

The rule: there is always an administrator who can. Names are lower case; a
password is kept as its hash and never returned.
"""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, Engine, RowMapping, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from steckel.audit.acting import describe
from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.founding import FIRST_ACCOUNT
from steckel.security.password_policy import SHORTEST, PasswordPolicy
from steckel.security.passwords import Passwords, generate
from steckel.security.past_passwords import keep_past, past_of
from steckel.security.refusals import AlreadyExists, InvalidValue
from steckel.security.roles import ADMIN, USER
from steckel.security.sees import Self
from steckel.security.tables import account as accounts_table
from steckel.security.tables import role as roles_table

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_LONGEST_DISPLAY_NAME = 128
_LONGEST_PREFERENCES = 16384
_MOST_NAMES = 50

_BY_NAME = select(accounts_table).where(accounts_table.c.name == bindparam("key"))

Clock = Callable[[], float]
_log = structlog.get_logger(__name__)


class Kind(StrEnum):
    """What logs in."""

    PERSON = "person"
    SERVICE = "service"  #: a machine: it has tokens, and neither password nor sessions


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account, without its password."""

    name: str
    display_name: str
    role: str
    disabled: bool
    created: float
    last_login: float | None
    person: str = ""  #: name as DICOM spells it (PN), by which others refer to this person
    institutions: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    kind: Kind = Kind.PERSON
    must_change: bool = False  #: its password, before anything else
    password_changed: float | None = None  #: seconds since 1970; None: since it is there
    has_second_factor: bool = False

    @property
    def own(self) -> Self:
        """What ``own`` means in the rules of its role."""
        return Self(
            account=self.name,
            person=self.person,
            institutions=self.institutions,
            departments=self.departments,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountChange:
    """What to change of an account; ``None`` leaves it."""

    display_name: str | None = None
    role: str | None = None
    disabled: bool | None = None
    password: str | None = None
    person: str | None = None
    institutions: tuple[str, ...] | None = None
    departments: tuple[str, ...] | None = None
    must_change: bool | None = None  #: its password, at the next login


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPassword:
    """An account and the hash of its password."""

    account: Account
    password_hash: str


class Accounts:
    """The accounts of a site. Thread-safe; blocking."""

    def __init__(
        self,
        engine: Engine,
        passwords: Passwords,
        clock: Clock = time.time,
        policy: PasswordPolicy | None = None,
    ) -> None:
        self._engine = engine
        self._passwords = passwords
        self._clock = clock
        self._policy = policy or PasswordPolicy()

    def add(
        self,
        name: str,
        password: str,
        *,
        role: str = USER,
        display_name: str = "",
        must_change: bool = False,
    ) -> Account:
        """Create an account.

        Raises
        ------
        AlreadyExists, InvalidValue
            The name is taken, or the name or the password cannot be.
        """
        self._policy.require_acceptable(password, fold_name(name))
        secret = {"password_hash": self._passwords.hash(password), "must_change": must_change}
        return self._insert(name, role, display_name, secret)

    def add_service(self, name: str, *, role: str = USER, display_name: str = "") -> Account:
        """Create an account for a machine; raises as `add` does."""
        nothing = {"password_hash": "", "kind": Kind.SERVICE.value}
        return self._insert(name, role, display_name, nothing)

    def add_first(self, password: str | None) -> str | None:
        """Create the first administrator where there is no account; see `ensure_admin`."""
        if self.list():
            return None
        if password is not None and len(password) < SHORTEST:
            _log.warning("weak_admin_password", shortest=SHORTEST)
        chosen = password or generate()
        try:
            secret = {"password_hash": self._passwords.hash(chosen)}
            self._insert(FIRST_ACCOUNT, ADMIN, "Administrator", secret)
        except AlreadyExists:
            return None  # another process of this node was quicker
        return None if password else chosen

    def get(self, name: str) -> Account:
        """Return an account, or raise `NotFound`."""
        stored = self.stored(name)
        if stored is None:
            raise NotFound("there is no such account")
        return stored.account

    def stored(self, name: str) -> StoredPassword | None:
        """Return an account with its hash, if it exists."""
        key = fold_name(name)
        if not _NAME.fullmatch(key):
            return None
        with self._engine.connect() as connection:
            row = connection.execute(_BY_NAME, {"key": key}).mappings().first()
        if row is None:
            return None
        return StoredPassword(account=account_of(row), password_hash=row["password_hash"])

    def list(self) -> list[Account]:
        """Return all accounts by name."""
        statement = select(accounts_table).order_by(accounts_table.c.name)
        with self._engine.connect() as connection:
            return [account_of(row) for row in connection.execute(statement).mappings()]

    def change(self, name: str, change: AccountChange) -> Account:
        """Change an account.

        Raises
        ------
        InvalidValue
            A value cannot be taken, or no administrator would be left.
        """
        account = self.get(name)
        known = account.name
        values = {**self._values(change), **self._new_password(account, change)}
        describe(**{name: value for name, value in values.items() if "password" not in name})
        with writing(self._engine) as connection:
            if change.password is not None:
                keep_past(connection, known, self._clock(), self._policy.history)
            if change.role is not None:
                _require_role(connection, change.role)
            if values:
                table = accounts_table
                connection.execute(update(table).where(table.c.name == known).values(**values))
            if change.role is not None or change.disabled:
                _require_administrator(connection)
        return self.get(known)

    def require_valid(self, change: AccountChange) -> None:
        """Raise `InvalidValue` where a text or a list of names cannot be taken."""
        self._values(change)

    def verify(self, name: str, password: str) -> Account | None:
        """Return the account if the password fits; takes as long for an unknown name."""
        stored = self.stored(name)
        fits = self._passwords.verify(stored.password_hash if stored else None, password)
        if stored is None or not fits or stored.account.disabled:
            return None
        if stored.account.kind is Kind.SERVICE:
            return None
        if self._passwords.is_outdated(stored.password_hash):
            self._set(stored.account.name, password_hash=self._passwords.hash(password))
        return stored.account

    def must_change_password(self, account: Account) -> bool:
        """Whether an account has to choose another password before anything else."""
        if account.kind is Kind.SERVICE:
            return False
        changed = account.password_changed or account.created
        return account.must_change or self._policy.is_too_old(changed, self._clock())

    def note_login(self, name: str) -> None:
        """Remember when somebody logged in."""
        self._set(fold_name(name), last_login=self._clock())

    def preferences(self, name: str) -> dict[str, Any]:
        """Return what the workstation remembers for an account."""
        table = accounts_table
        statement = select(table.c.preferences).where(table.c.name == fold_name(name))
        with self._engine.connect() as connection:
            found = connection.execute(statement).scalar()
        if found is None:
            raise NotFound("there is no such account")
        preferences: dict[str, Any] = orjson.loads(found)
        return preferences

    def keep_preferences(self, name: str, preferences: dict[str, Any]) -> None:
        """Replace what the workstation remembers for an account."""
        try:
            text = orjson.dumps(preferences)
        except orjson.JSONEncodeError as error:
            raise InvalidValue("preferences are JSON of valid Unicode") from error
        if len(text) > _LONGEST_PREFERENCES:
            raise InvalidValue(f"preferences have at most {_LONGEST_PREFERENCES} bytes")
        self._set(fold_name(name), preferences=text.decode())

    def _insert(
        self, name: str, role: str, display_name: str, secret: Mapping[str, object]
    ) -> Account:
        key = fold_name(name)
        if not _NAME.fullmatch(key):
            raise InvalidValue("a name has up to 64 letters, digits and . _ @ + -")
        values = {
            "name": key,
            "display_name": _display_name(display_name),
            "role": role,
            "created": self._clock(),
            **secret,
        }
        try:
            with writing(self._engine) as connection:
                _require_role(connection, role)
                connection.execute(insert(accounts_table).values(**values))
        except IntegrityError as error:
            raise AlreadyExists("an account of this name exists") from error
        return self.get(key)

    def _values(self, change: AccountChange) -> dict[str, object]:
        values: dict[str, object] = {}
        if change.display_name is not None:
            values["display_name"] = _display_name(change.display_name)
        if change.role is not None:
            values["role"] = change.role
        if change.person is not None:
            values["person"] = _display_name(change.person)
        if change.institutions is not None:
            values["institutions"] = _names(change.institutions)
        if change.departments is not None:
            values["departments"] = _names(change.departments)
        if change.disabled is not None:
            values["disabled"] = change.disabled
        if change.must_change is not None:
            values["must_change"] = change.must_change
        return values

    def _new_password(self, account: Account, change: AccountChange) -> dict[str, object]:
        if account.kind is Kind.SERVICE and (change.password is not None or change.must_change):
            raise InvalidValue("an account for a machine has no password")
        if change.password is None:
            return {}
        self._policy.require_acceptable(change.password, account.name)
        if self._policy.history:
            for known in past_of(self._engine, account.name, self._policy.history):
                if self._passwords.verify(known, change.password):
                    raise InvalidValue("this password was used before: choose another")
        return {
            "password_hash": self._passwords.hash(change.password),
            "password_changed": self._clock(),
            "must_change": bool(change.must_change),
        }

    def _set(self, name: str, **values: object) -> None:
        table = accounts_table
        with writing(self._engine) as connection:
            connection.execute(update(table).where(table.c.name == name).values(**values))


def ensure_admin(accounts: Accounts, password: str | None) -> str | None:
    """Create the account ``admin`` where there is none at all.

    Without a password one is made; it is returned, this once.
    """
    return accounts.add_first(password)


def fold_name(name: str) -> str:
    """Return a name as it is kept and compared."""
    return name.strip().lower()


def account_of(row: RowMapping) -> Account:
    """Return the account of a row that holds the account's columns."""
    return Account(
        name=row["name"],
        display_name=row["display_name"],
        role=row["role"],
        disabled=row["disabled"],
        created=row["created"],
        last_login=row["last_login"],
        person=row["person"],
        institutions=tuple(orjson.loads(row["institutions"])),
        departments=tuple(orjson.loads(row["departments"])),
        kind=Kind(row["kind"]),
        must_change=row["must_change"],
        password_changed=row["password_changed"],
        has_second_factor=row["has_second_factor"],
    )


def _display_name(value: str) -> str:
    name = " ".join(value.split())
    if len(name) > _LONGEST_DISPLAY_NAME or not name.isprintable():
        raise InvalidValue(
            f"a display name has at most {_LONGEST_DISPLAY_NAME} printable characters"
        )
    return name


def _names(values: tuple[str, ...]) -> str:
    names = [" ".join(value.split()) for value in values]
    if len(names) > _MOST_NAMES or not all(
        0 < len(name) <= _LONGEST_DISPLAY_NAME and name.isprintable() for name in names
    ):
        raise InvalidValue(f"at most {_MOST_NAMES} printable names")
    return orjson.dumps(names).decode()


def _require_role(connection: Connection, role: str) -> None:
    if connection.execute(select(roles_table.c.name).where(roles_table.c.name == role)).first():
        return
    raise InvalidValue(f"there is no role {role!r}")


def _require_administrator(connection: Connection) -> None:
    table = accounts_table
    able = (
        table.c.role == ADMIN,
        table.c.disabled.is_(False),
        table.c.kind == Kind.PERSON.value,
    )
    statement = select(func.count()).select_from(table).where(*able)
    if connection.execute(statement).scalar_one() == 0:
        raise InvalidValue("one administrator who can log in has to remain")
