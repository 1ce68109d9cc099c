"""What the JSON API says of logins, second factors and sessions."""

from typing import Any

from typing_extensions import TypedDict

from steckel.web.shapes import Moment


class SecondStep(TypedDict):
    """The password was right; a second factor is asked for."""

    ticket: str
    needs: list[str]  #: one of ``passkey``, ``totp``, ``recovery``


class KeyQuestion(TypedDict):
    """What a browser asks an authenticator (WebAuthn Level 3 5.1.8)."""

    ticket: str
    options: dict[str, Any]


class Passkey(TypedDict):
    """A passkey of an account."""

    id: str
    name: str
    created: Moment
    last_used: Moment | None


class Factors(TypedDict):
    """What an account has beside its password."""

    totp_since: Moment | None
    passkeys: list[Passkey]
    recovery_codes: int  #: that are left
    required: bool  #: by the role


class TotpSecret(TypedDict):
    """The secret for an authenticator application, shown until it is confirmed."""

    secret: str
    address: str  #: ``otpauth://…``
    picture: str  #: the address as a QR code, SVG


class RecoveryCodes(TypedDict):
    """New recovery codes, shown this once; none where there are some already."""

    recovery_codes: list[str]


class ListedSession(TypedDict):
    """A session."""

    id: str
    user: str
    created: Moment
    seen: Moment
    address: str
    agent: str
    is_locked: bool
    is_own: bool  #: the one that asks


class SessionList(TypedDict):
    """Sessions, those seen last first."""

    items: list[ListedSession]


class Attempts(TypedDict):
    """Wrong attempts that are remembered."""

    held: str  #: ``account`` or ``address``
    name: str
    attempts: int
    last: Moment
    wait: int  #: seconds until the next one is taken


class AttemptList(TypedDict):
    """Wrong attempts, the latest first."""

    items: list[Attempts]


class LoginRules(TypedDict):
    """What the site asks of passwords, sessions and roles."""

    shortest_password: int
    password_history: int
    password_days: int  #: 0: no end
    session_idle_hours: float
    session_hours: float
    lock_minutes: int  #: 0: never
    second_factor_roles: list[str]
