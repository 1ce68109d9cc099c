"""Hypothesis strategies for PDUs."""

from hypothesis import strategies as st

from steckel.upperlayer import pdu

titles = st.text(st.sampled_from("ABCXYZ_019 .-"), max_size=16).map(str.strip)
uids = st.lists(st.integers(0, 99999), min_size=1, max_size=8).map(
    lambda parts: ".".join(map(str, parts))
)
maybe_uids = st.one_of(st.just(""), uids)
odd_ids = st.integers(0, 127).map(lambda n: 2 * n + 1)

roles = st.builds(pdu.RoleSelection, sop_class_uid=uids, scu=st.booleans(), scp=st.booleans())
extended = st.builds(
    pdu.ExtendedNegotiation, sop_class_uid=uids, information=st.binary(max_size=12)
)
common = st.builds(
    pdu.CommonExtendedNegotiation,
    sop_class_uid=uids,
    service_class_uid=maybe_uids,
    related=st.lists(uids, max_size=3).map(tuple),
)
identities = st.builds(
    pdu.UserIdentity,
    kind=st.integers(1, 5),
    response_requested=st.booleans(),
    primary=st.binary(max_size=20),
    secondary=st.binary(max_size=20),
)
users = st.builds(
    pdu.UserInformation,
    max_length=st.integers(0, 2**32 - 1),
    implementation_class_uid=maybe_uids,
    implementation_version_name=titles,
    asynchronous=st.one_of(st.none(), st.tuples(st.integers(0, 65535), st.integers(0, 65535))),
    roles=st.lists(roles, max_size=3).map(tuple),
    extended=st.lists(extended, max_size=2).map(tuple),
    common_extended=st.lists(common, max_size=2).map(tuple),
    identity=st.one_of(st.none(), identities),
    identity_response=st.one_of(st.none(), st.binary(max_size=20)),
)
proposed = st.builds(
    pdu.ProposedContext,
    id=odd_ids,
    abstract_syntax=uids,
    transfer_syntaxes=st.lists(uids, max_size=4).map(tuple),
)
answered = st.builds(
    pdu.AnsweredContext,
    id=odd_ids,
    result=st.sampled_from(pdu.ContextResult),
    transfer_syntax=maybe_uids,
)
requests = st.builds(
    pdu.AssociateRq,
    called_aet=titles,
    calling_aet=titles,
    contexts=st.lists(proposed, max_size=4, unique_by=lambda c: c.id).map(tuple),
    user=users,
    application_context=uids,
    protocol_version=st.integers(0, 65535),
    reserved=st.binary(min_size=32, max_size=32),
)
accepts = st.builds(
    pdu.AssociateAc,
    called_aet=titles,
    calling_aet=titles,
    contexts=st.lists(answered, max_size=4, unique_by=lambda c: c.id).map(tuple),
    user=users,
    application_context=uids,
    protocol_version=st.integers(0, 65535),
    reserved=st.binary(min_size=32, max_size=32),
)
rejects = st.builds(
    pdu.AssociateRj,
    result=st.integers(0, 255),
    reason=st.builds(pdu.RejectReason, st.integers(0, 255), st.integers(0, 255)),
)
aborts = st.builds(pdu.Abort, source=st.integers(0, 255), reason=st.integers(0, 255))
pdus = st.one_of(
    requests,
    accepts,
    rejects,
    aborts,
    st.just(pdu.ReleaseRq()),
    st.just(pdu.ReleaseRp()),
)
