"""Opening an association with another application entity."""

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from steckel.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from steckel.dimse.channel import AssociationEnded, Channel
from steckel.dimse.ports import RemoteEntity
from steckel.dimse.timeouts import Timeouts
from steckel.dimse.transport import Transport
from steckel.errors import SteckelError
from steckel.security.outgoing import Dialler, Tls
from steckel.upperlayer.association import Association
from steckel.upperlayer.events import (
    AssociationAccepted,
    AssociationRejected,
    Released,
    ReleaseRequested,
)
from steckel.upperlayer.pdu import AssociateRq, ProposedContext, RoleSelection, UserInformation
from steckel.upperlayer.state import State


class CannotAssociate(SteckelError):
    """The other application entity could not be reached, or did not want us."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who calls, and how."""

    aet: str
    timeouts: Timeouts = field(default_factory=Timeouts)
    tls_context: Tls | None = None  #: ``None``: the system's trusted authorities
    dialler: Dialler = field(default_factory=Dialler)
    max_pdu_length: int = 256 * 1024


def open_association(
    caller: Caller,
    remote: RemoteEntity,
    contexts: Sequence[tuple[str, tuple[str, ...]]],
    roles: Sequence[RoleSelection] = (),
) -> Channel:
    """Open an association that proposes these pairs of abstract and transfer syntaxes.

    Raises
    ------
    CannotAssociate
        There is no connection, or the association was rejected.
    """
    association = Association(
        requestor=True, max_length=caller.max_pdu_length, artim=caller.timeouts.artim
    )
    association.request_association(_request(caller, remote, contexts, roles))
    transport = Transport(_connect(caller, remote))
    association.transport_opened(time.monotonic())
    channel = Channel(transport, association, caller.timeouts)
    try:
        channel.flush()
        event = channel.next_event(caller.timeouts.network)
    except AssociationEnded as error:
        channel.finish()
        raise CannotAssociate(f"{remote.aet}: association {error.how}") from error
    if isinstance(event, AssociationAccepted):
        return channel
    channel.finish()
    if isinstance(event, AssociationRejected):
        source, reason = event.answer.reason
        raise CannotAssociate(f"{remote.aet} rejects (source {source}, reason {reason})")
    raise CannotAssociate(f"{remote.aet}: unexpected answer")


def _request(
    caller: Caller,
    remote: RemoteEntity,
    contexts: Sequence[tuple[str, tuple[str, ...]]],
    roles: Sequence[RoleSelection],
) -> AssociateRq:
    return AssociateRq(
        called_aet=remote.aet,
        calling_aet=caller.aet,
        contexts=tuple(
            ProposedContext(
                id=2 * number + 1, abstract_syntax=sop_class, transfer_syntaxes=syntaxes
            )
            for number, (sop_class, syntaxes) in enumerate(contexts)
        ),
        user=UserInformation(
            max_length=caller.max_pdu_length,
            implementation_class_uid=IMPLEMENTATION_CLASS_UID,
            implementation_version_name=IMPLEMENTATION_VERSION_NAME,
            roles=tuple(roles),
        ),
    )


def _connect(caller: Caller, remote: RemoteEntity) -> socket.socket:
    timeout = caller.timeouts.connect
    try:
        connection = caller.dialler.connect(remote.host, remote.port, timeout)
        if not remote.tls:
            return connection
        context = caller.tls_context or ssl.create_default_context()
        return context.wrap_socket(connection, server_hostname=remote.host)
    except OSError as error:
        raise CannotAssociate(f"{remote.aet} cannot be reached: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or "TLS error"
    return error.strerror or ("timed out" if isinstance(error, TimeoutError) else "no connection")


def release(channel: Channel, timeout: float) -> None:
    """Release an association in order, if it is still there (PS3.8 7.2), and close."""
    try:
        if channel.association.state is not State.STA6:
            return
        channel.association.release()
        channel.flush()
        while not isinstance(event := channel.next_event(timeout), Released):
            if isinstance(event, ReleaseRequested):  # a collision: Sta9
                channel.association.respond_release(time.monotonic())
                channel.flush()
    except AssociationEnded:
        pass
    finally:
        channel.finish()


@contextmanager
def association_with(
    caller: Caller,
    remote: RemoteEntity,
    contexts: Sequence[tuple[str, tuple[str, ...]]],
    roles: Sequence[RoleSelection] = (),
) -> Iterator[Channel]:
    """Open an association; release it at the end, abort it on an error.

    Raises
    ------
    CannotAssociate
        As `open_association`.
    """
    channel = open_association(caller, remote, contexts, roles)
    try:
        yield channel
    except BaseException:
        channel.abort()
        channel.finish()
        raise
    release(channel, caller.timeouts.network)
