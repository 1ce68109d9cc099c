"""Answers to proposed associations."""

from dataclasses import replace

import pytest

from steckel.upperlayer.negotiation import (
    Support,
    agreed_contexts,
    agreed_extended,
    answer,
    choose_transfer_syntax,
)
from steckel.upperlayer.pdu import (
    AssociateRq,
    ContextResult,
    ExtendedNegotiation,
    ProposedContext,
    RoleSelection,
    UserIdentity,
    UserInformation,
)

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, JPEG, UNKNOWN = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.4.50", "1.2.3.4"
KNOWN = frozenset({IMPLICIT, EXPLICIT, BIG, JPEG})
CT, FIND = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.2.2.1"


def supports(abstract_syntax: str) -> Support | None:
    if abstract_syntax == CT:
        return Support(transfer_syntaxes=KNOWN, peer_may_be_scp=True, makes=(EXPLICIT, IMPLICIT))
    if abstract_syntax == FIND:
        return Support(
            transfer_syntaxes=frozenset({EXPLICIT}), extended=lambda theirs: theirs[::-1]
        )
    return None


def request(*contexts: ProposedContext, **user: object) -> AssociateRq:
    return AssociateRq(
        called_aet="US",
        calling_aet="THEM",
        contexts=contexts,
        user=replace(UserInformation(), **user),
        reserved=b"r" * 32,
    )


def context(abstract_syntax: str, *syntaxes: str, number: int = 1) -> ProposedContext:
    return ProposedContext(id=number, abstract_syntax=abstract_syntax, transfer_syntaxes=syntaxes)


@pytest.mark.parametrize(
    ("proposed", "chosen"),
    [
        ((JPEG, EXPLICIT, IMPLICIT), JPEG),
        ((UNKNOWN, JPEG), JPEG),
        ((IMPLICIT, EXPLICIT), EXPLICIT),
        ((IMPLICIT, JPEG, EXPLICIT), EXPLICIT),
        ((IMPLICIT, JPEG), IMPLICIT),
        ((BIG, EXPLICIT), BIG),
        ((UNKNOWN,), None),
        ((), None),
    ],
)
def test_the_first_syntax_we_know_is_taken_and_explicit_before_implicit(
    proposed: tuple[str, ...], chosen: str | None
) -> None:
    assert choose_transfer_syntax(proposed, Support(transfer_syntaxes=KNOWN)) == chosen


def test_every_context_is_answered_for_itself() -> None:
    answered = answer(
        request(
            context(CT, JPEG, number=1),
            context("1.9", IMPLICIT, number=3),
            context(CT, UNKNOWN, number=5),
        ),
        supports,
        max_length=1,
    )
    assert [(one.id, one.result) for one in answered.contexts] == [
        (1, ContextResult.ACCEPTANCE),
        (3, ContextResult.ABSTRACT_SYNTAX_NOT_SUPPORTED),
        (5, ContextResult.TRANSFER_SYNTAXES_NOT_SUPPORTED),
    ]
    assert answered.contexts[0].transfer_syntax == JPEG


def test_titles_and_reserved_bytes_are_repeated() -> None:
    answered = answer(request(), supports, max_length=77)
    assert (answered.called_aet, answered.calling_aet) == ("US", "THEM")
    assert answered.reserved == b"r" * 32
    assert answered.user.max_length == 77


def test_asynchronous_operations_are_brought_down_to_one_only_when_asked() -> None:
    assert answer(request(), supports, max_length=1).user.asynchronous is None
    asked = request(asynchronous=(0, 8))
    assert answer(asked, supports, max_length=1).user.asynchronous == (1, 1)


def test_the_scp_role_is_granted_only_where_we_send_back() -> None:
    roles = (
        RoleSelection(sop_class_uid=CT, scu=False, scp=True),
        RoleSelection(sop_class_uid=FIND, scu=True, scp=True),
        RoleSelection(sop_class_uid="1.9", scu=True, scp=True),
    )
    asked = request(context(CT, JPEG), context(FIND, EXPLICIT, number=3), roles=roles)
    answered = answer(asked, supports, max_length=1)
    assert answered.user.roles == (
        RoleSelection(sop_class_uid=CT, scu=False, scp=True),
        RoleSelection(sop_class_uid=FIND, scu=True, scp=False),
    )
    agreed = agreed_contexts(asked, answered)
    assert (agreed[1].requestor_is_scu, agreed[1].requestor_is_scp) == (False, True)
    assert (agreed[3].requestor_is_scu, agreed[3].requestor_is_scp) == (True, False)


RECEIVES = RoleSelection(sop_class_uid=CT, scu=False, scp=True)


@pytest.mark.parametrize(
    ("role", "proposed", "chosen"),
    [
        (RECEIVES, [(JPEG, IMPLICIT, EXPLICIT)], [EXPLICIT]),
        (RECEIVES, [(BIG, IMPLICIT)], [IMPLICIT]),
        (RECEIVES, [(JPEG, BIG)], [JPEG]),
        (RECEIVES, [(JPEG, EXPLICIT), (IMPLICIT, EXPLICIT)], [JPEG, EXPLICIT]),
        (replace(RECEIVES, scu=True), [(JPEG, EXPLICIT)], [JPEG]),
        (replace(RECEIVES, scu=True, scp=False), [(JPEG, EXPLICIT)], [JPEG]),
    ],
)
def test_who_receives_gets_a_context_that_anything_can_be_sent_in(
    role: RoleSelection, proposed: list[tuple[str, ...]], chosen: list[str]
) -> None:
    contexts = [context(CT, *one, number=2 * n + 1) for n, one in enumerate(proposed)]
    answered = answer(request(*contexts, roles=(role,)), supports, max_length=1)
    assert [one.transfer_syntax for one in answered.contexts] == chosen


def test_a_role_that_was_not_asked_for_does_not_count() -> None:
    asked = request(context(CT, JPEG))
    answered = answer(asked, supports, max_length=1)
    role = RoleSelection(sop_class_uid=CT, scu=False, scp=True)
    forged = replace(answered, user=replace(answered.user, roles=(role,)))
    assert agreed_contexts(asked, forged)[1].requestor_is_scp is False


def test_extended_negotiation_is_answered_where_the_service_has_an_answer() -> None:
    asked = request(
        context(FIND, EXPLICIT),
        extended=(
            ExtendedNegotiation(sop_class_uid=FIND, information=b"\1\0"),
            ExtendedNegotiation(sop_class_uid=CT, information=b"\2"),
        ),
    )
    answered = answer(asked, supports, max_length=1)
    assert agreed_extended(answered) == {FIND: b"\0\1"}


@pytest.mark.parametrize(("asked", "answered"), [(True, b""), (False, None)])
def test_a_user_is_answered_where_that_is_asked_for(asked: bool, answered: bytes | None) -> None:
    identity = UserIdentity(kind=1, response_requested=asked, primary=b"someone")
    accepted = answer(request(identity=identity), supports, max_length=1)
    assert accepted.user.identity is None
    assert accepted.user.identity_response == answered


def test_contexts_that_were_never_proposed_are_not_agreed() -> None:
    answered = answer(request(context(CT, JPEG, number=3)), supports, max_length=1)
    assert agreed_contexts(request(context(CT, JPEG)), answered) == {}
