"""The user in user identity negotiation (PS3.7 D.3.3.7), as access control takes it.

Names, and names with a passcode. The rule: an assertion that we cannot check is refused
(Kerberos tickets, SAML, JWT), for whoever sends it counts on its being checked.
"""

from steckel.errors import NotAllowed
from steckel.security.admission import User
from steckel.upperlayer.pdu import IdentityKind, UserIdentity


def user_of(identity: UserIdentity | None) -> User | None:
    """Return who is named, if anybody is.

    Raises
    ------
    NotAllowed
        In a way that we cannot check, or that cannot be read.
    """
    if identity is None:
        return None
    if identity.kind not in (IdentityKind.USERNAME, IdentityKind.USERNAME_AND_PASSCODE):
        raise NotAllowed(f"user identities of type {identity.kind} are not taken")
    try:
        name = identity.primary.decode()
        passcode = identity.secondary.decode()
    except UnicodeDecodeError:
        raise NotAllowed("a user identity is not in UTF-8") from None
    with_passcode = identity.kind == IdentityKind.USERNAME_AND_PASSCODE
    return User(name=name, passcode=passcode if with_passcode else None)
