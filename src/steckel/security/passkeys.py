"""Passkeys: keys of authenticators that a browser asks (W3C Web Authentication, Level 2).

Makes what a browser is asked, and checks what it answers. The rule: an answer counts for the
challenge, the site and the origin that were asked, and for no other. `webauthn` reads the
formats; it is imported when it is needed, because most processes never do.
"""

import base64
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine, RowMapping, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from steckel.errors import NotFound
from steckel.index.engine import writing
from steckel.security.accounts import Account, Clock
from steckel.security.refusals import AlreadyExists, InvalidValue, NotAuthenticated
from steckel.security.second_factors import note_factors
from steckel.security.tables import passkey as table

_LONGEST_NAME = 128
_MOST = 20
_REFUSED = "the passkey was not accepted"


@dataclass(frozen=True, kw_only=True, slots=True)
class RelyingParty:
    """The site that keys are made for."""

    id: str  #: the name of the host
    name: str
    origin: str  #: of the pages: scheme, host and port


@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey:
    """A key that an account has."""

    id: str
    account: str
    name: str
    created: float
    last_used: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a browser is asked, and the challenge to compare its answer with."""

    options: dict[str, Any]  #: `PublicKeyCredential…OptionsJSON` (WebAuthn Level 3 5.1.8)
    challenge: str  #: base64url


class Passkeys:
    """The passkeys of all accounts. Thread-safe; blocking."""

    def __init__(self, engine: Engine, clock: Clock = time.time) -> None:
        self._engine = engine
        self._clock = clock

    def of_account(self, account: str) -> list[Passkey]:
        """Return the keys of an account, oldest first."""
        return [_passkey(row) for row in self._rows(account)]

    def ask_for_new(self, account: Account, site: RelyingParty) -> Asked:
        """Return what makes a browser make a key for an account."""
        import webauthn  # noqa: PLC0415
        from webauthn.helpers import structs  # noqa: PLC0415

        options = webauthn.generate_registration_options(
            rp_id=site.id,
            rp_name=site.name,
            user_name=account.name,
            # 5.4.3: nothing that tells who it is.
            user_id=hashlib.sha256(f"passkey of {account.name}".encode()).digest(),
            user_display_name=account.display_name or account.name,
            authenticator_selection=structs.AuthenticatorSelectionCriteria(
                resident_key=structs.ResidentKeyRequirement.PREFERRED,
                user_verification=structs.UserVerificationRequirement.PREFERRED,
            ),
            exclude_credentials=_descriptors(self._rows(account.name)),
        )
        return _asked(options, options.challenge)

    def add(
        self, account: str, name: str, credential: dict[str, Any], asked: tuple[str, RelyingParty]
    ) -> list[str]:
        """Keep a key that a browser made; return recovery codes if it is the first factor.

        Raises
        ------
        InvalidValue, AlreadyExists
            The answer is not what was asked for, or the key is known.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

        label = " ".join(name.split())
        if not 0 < len(label) <= _LONGEST_NAME or not label.isprintable():
            raise InvalidValue(
                f"the name of a passkey has 1 to {_LONGEST_NAME} printable characters"
            )
        challenge, site = asked
        try:
            made = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=_bytes(challenge),
                expected_rp_id=site.id,
                expected_origin=site.origin,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise InvalidValue(_REFUSED) from error
        values = {
            "digest": _digest(made.credential_id),
            "credential": _text(made.credential_id),
            "account": account,
            "name": label,
            "public_key": _text(made.credential_public_key),
            "sign_count": made.sign_count,
            "created": self._clock(),
        }
        return self._insert(account, values)

    def ask(self, account: str | None, site: RelyingParty, *, verified: bool) -> Asked:
        """Return what makes a browser sign with a key of an account, or with any of the site.

        Parameters
        ----------
        verified
            Whether the authenticator has to know its user (by finger, face or PIN): it does
            where no password came before.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

        wanted = UserVerificationRequirement
        options = webauthn.generate_authentication_options(
            rp_id=site.id,
            allow_credentials=_descriptors(self._rows(account)) if account else None,
            user_verification=wanted.REQUIRED if verified else wanted.DISCOURAGED,
        )
        return _asked(options, options.challenge)

    def verify(
        self, credential: dict[str, Any], asked: tuple[str, RelyingParty], *, verified: bool
    ) -> str:
        """Return whose key has signed.

        Raises
        ------
        NotAuthenticated
            It is nobody's, or the answer is not what was asked for.
        """
        import webauthn  # noqa: PLC0415
        from webauthn.helpers.exceptions import WebAuthnException  # noqa: PLC0415

        challenge, site = asked
        row = self._known(credential)
        try:
            signed = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=_bytes(challenge),
                expected_rp_id=site.id,
                expected_origin=site.origin,
                credential_public_key=_bytes(row["public_key"]),
                credential_current_sign_count=row["sign_count"],
                require_user_verification=verified,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise NotAuthenticated(_REFUSED) from error
        mine = update(table).where(table.c.digest == row["digest"])
        with writing(self._engine) as connection:
            connection.execute(
                mine.values(sign_count=signed.new_sign_count, last_used=self._clock())
            )
        account: str = row["account"]
        return account

    def remove(self, account: str, passkey_id: str) -> None:
        """Remove a key of an account, or raise `NotFound`."""
        wanted = and_(table.c.account == account, table.c.digest == passkey_id)
        with writing(self._engine) as connection:
            if connection.execute(delete(table).where(wanted)).rowcount == 0:
                raise NotFound("there is no such passkey")
            note_factors(connection, account)

    def _insert(self, account: str, values: dict[str, Any]) -> list[str]:
        try:
            with writing(self._engine) as connection:
                mine = select(table.c.digest).where(table.c.account == account)
                if len(connection.execute(mine).all()) >= _MOST:
                    raise InvalidValue(f"an account has at most {_MOST} passkeys")
                connection.execute(insert(table).values(**values))
                return note_factors(connection, account)
        except IntegrityError as error:
            raise AlreadyExists("this passkey is known already") from error

    def _rows(self, account: str) -> Sequence[RowMapping]:
        statement = select(table).where(table.c.account == account)
        with self._engine.connect() as connection:
            ordered = statement.order_by(table.c.created, table.c.digest)
            return connection.execute(ordered).mappings().all()

    def _known(self, credential: dict[str, Any]) -> RowMapping:
        try:
            key = _digest(_bytes(str(credential.get("rawId", ""))))
        except ValueError as error:
            raise NotAuthenticated(_REFUSED) from error
        with self._engine.connect() as connection:
            row = connection.execute(select(table).where(table.c.digest == key)).mappings().first()
        if row is None:
            raise NotAuthenticated(_REFUSED)
        return row


def _asked(options: Any, challenge: bytes) -> Asked:
    from webauthn import options_to_json  # noqa: PLC0415

    return Asked(options=orjson.loads(options_to_json(options)), challenge=_text(challenge))


def _descriptors(rows: Sequence[RowMapping]) -> Any:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415

    return [PublicKeyCredentialDescriptor(id=_bytes(row["credential"])) for row in rows]


def _digest(credential: bytes) -> str:
    return hashlib.sha256(credential).hexdigest()


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _passkey(row: RowMapping) -> Passkey:
    return Passkey(
        id=row["digest"],
        account=row["account"],
        name=row["name"],
        created=row["created"],
        last_used=row["last_used"],
    )
