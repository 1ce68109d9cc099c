"""How a requested association is answered (PS3.8 9.3.3, PS3.7 D.3.3).

Functions over data. The rule for transfer syntaxes: the peer's first choice
that we can take, because it lists first what it holds, and what is stored as
it was sent needs no transcoding. One exception: who offers Implicit and
Explicit VR Little Endian gets Explicit, which keeps VRs of private elements.
Syntaxes that nobody here knows come last, where keeping the bytes is all that is asked.

Where the peer is to receive (C-GET), it is the other way round: its context is
for whatever we hold of that class, so it takes a syntax that we can make of
anything, unless another context of the class is there for that.
"""

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from steckel.dicom.uids import IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME
from steckel.upperlayer.pdu import (
    AnsweredContext,
    AssociateAc,
    AssociateRq,
    ContextResult,
    ExtendedNegotiation,
    ProposedContext,
    RoleSelection,
    UserInformation,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Support:
    """What we, as acceptor, do with one abstract syntax."""

    transfer_syntaxes: AbstractSet[str] | Mapping[str, object]
    takes_unlisted: Callable[[str], bool] | None = None  #: where nothing listed is proposed
    peer_may_be_scp: bool = False
    makes: tuple[str, ...] = ()  #: what we can send anything in, best first
    extended: Callable[[bytes], bytes] | None = None  #: answers extended negotiation


#: Tells what is supported of an abstract syntax, or ``None``.
Supports = Callable[[str], Support | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """A presentation context that both sides agreed on."""

    id: int
    abstract_syntax: str
    transfer_syntax: str
    requestor_is_scu: bool = True
    requestor_is_scp: bool = False


def choose_transfer_syntax(proposed: tuple[str, ...], support: Support) -> str | None:
    """Return the transfer syntax to accept, or ``None``."""
    chosen = next((uid for uid in proposed if uid in support.transfer_syntaxes), None)
    if chosen is None and support.takes_unlisted is not None:
        return next(filter(support.takes_unlisted, proposed), None)
    if chosen == IMPLICIT_VR_LITTLE_ENDIAN and EXPLICIT_VR_LITTLE_ENDIAN in proposed:
        return EXPLICIT_VR_LITTLE_ENDIAN
    return chosen


def answer(request: AssociateRq, supports: Supports, *, max_length: int) -> AssociateAc:
    """Return the A-ASSOCIATE-AC for a request whose user, if it names one, was accepted."""
    identity = request.user.identity
    return AssociateAc(
        called_aet=request.called_aet,
        calling_aet=request.calling_aet,
        reserved=request.reserved,
        contexts=tuple(_answer_contexts(request, supports)),
        user=UserInformation(
            max_length=max_length,
            implementation_class_uid=IMPLEMENTATION_CLASS_UID,
            implementation_version_name=IMPLEMENTATION_VERSION_NAME,
            # One operation at a time (PS3.7 D.3.3.3); unasked, that is the default.
            asynchronous=None if request.user.asynchronous is None else (1, 1),
            roles=tuple(_roles(request, supports)),
            extended=tuple(_extended(request, supports)),
            # Empty for a name, with and without a passcode (PS3.7 table D.3-15).
            identity_response=b"" if identity and identity.response_requested else None,
        ),
    )


def _answer_contexts(request: AssociateRq, supports: Supports) -> Iterator[AnsweredContext]:
    undelivered = set(_undelivered(request, supports))
    for proposed in request.contexts:
        to_receive = proposed.abstract_syntax in undelivered
        yield _answer_context(proposed, supports(proposed.abstract_syntax), to_receive=to_receive)


def _undelivered(request: AssociateRq, supports: Supports) -> Iterator[str]:
    """Yield what the peer receives only and has no context for that takes anything."""
    for role in _roles(request, supports):
        support = supports(role.sop_class_uid)
        if support is None or role.scu or not role.scp:
            continue
        made = set(support.makes)
        syntaxes = (
            set(context.transfer_syntaxes)
            for context in request.contexts
            if context.abstract_syntax == role.sop_class_uid
        )
        if not any(one and one <= made for one in syntaxes):
            yield role.sop_class_uid


def _answer_context(
    proposed: ProposedContext, support: Support | None, *, to_receive: bool
) -> AnsweredContext:
    # With a refusal the transfer syntax is not significant (PS3.8 9.3.3.2).
    syntax = proposed.transfer_syntaxes[0] if proposed.transfer_syntaxes else ""
    if support is None:
        result = ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED
    else:
        chosen = None
        if to_receive:
            chosen = next((u for u in support.makes if u in proposed.transfer_syntaxes), None)
        chosen = chosen or choose_transfer_syntax(proposed.transfer_syntaxes, support)
        if chosen is None:
            result = ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED
        else:
            result, syntax = ContextResult.ACCEPTANCE, chosen
    return AnsweredContext(id=proposed.id, result=result, transfer_syntax=syntax)


def _roles(request: AssociateRq, supports: Supports) -> Iterator[RoleSelection]:
    """Take the roles that are proposed, SCP for what C-GET sends back (PS3.7 D.3.3.4)."""
    for role in request.user.roles:
        support = supports(role.sop_class_uid)
        if support is not None:
            scp = role.scp and support.peer_may_be_scp
            yield RoleSelection(sop_class_uid=role.sop_class_uid, scu=role.scu, scp=scp)


def _extended(request: AssociateRq, supports: Supports) -> Iterator[ExtendedNegotiation]:
    for item in request.user.extended:
        support = supports(item.sop_class_uid)
        if support is not None and support.extended is not None:
            yield ExtendedNegotiation(
                sop_class_uid=item.sop_class_uid, information=support.extended(item.information)
            )


def agreed_contexts(request: AssociateRq, accepted: AssociateAc) -> dict[int, Context]:
    """Return the contexts both sides agreed on, by ID."""
    proposed = {context.id: context for context in request.contexts}
    asked = {role.sop_class_uid for role in request.user.roles}
    roles = {r.sop_class_uid: r for r in accepted.user.roles if r.sop_class_uid in asked}
    contexts = {}
    for context in accepted.contexts:
        if context.result != ContextResult.ACCEPTANCE or context.id not in proposed:
            continue
        abstract = proposed[context.id].abstract_syntax
        role = roles.get(abstract)
        contexts[context.id] = Context(
            id=context.id,
            abstract_syntax=abstract,
            transfer_syntax=context.transfer_syntax,
            requestor_is_scu=role.scu if role else True,
            requestor_is_scp=role.scp if role else False,
        )
    return contexts


def agreed_extended(accepted: AssociateAc) -> dict[str, bytes]:
    """Return what extended negotiation came to, by SOP class."""
    return {item.sop_class_uid: item.information for item in accepted.user.extended}
