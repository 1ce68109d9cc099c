"""Which context an instance goes out in, and how many associations that needs."""

from dataclasses import replace

import pytest
from tests.unit.dimse.fakes import CT, MemoryRetriever, PydicomTranscoder, make_part10

from steckel.dicom.uids import SopClassUid, TransferSyntaxUid
from steckel.dimse.outgoing import FALLBACK, Outgoing, choose_context
from steckel.dimse.scu.courier import MAX_CONTEXTS, plan_loads
from steckel.errors import CannotRender, UnsupportedTransferSyntax
from steckel.imaging.model import MAX_TRANSCODED
from steckel.retrieve.model import StoredInstance
from steckel.upperlayer.negotiation import Context

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
JPEG, BIG = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.2"


def instance(syntax: str = EXPLICIT, sop_class: str = CT) -> StoredInstance:
    made = MemoryRetriever().add(make_part10("1.2.3.4.5"))
    return replace(
        made,
        transfer_syntax=TransferSyntaxUid(syntax),
        sop_class_uid=SopClassUid(sop_class),
    )


def contexts(*syntaxes: str, sop_class: str = CT) -> list[Context]:
    return [
        Context(id=2 * n + 1, abstract_syntax=sop_class, transfer_syntax=syntax)
        for n, syntax in enumerate(syntaxes)
    ]


@pytest.mark.parametrize(
    ("stored", "accepted", "chosen"),
    [
        (JPEG, (IMPLICIT, EXPLICIT, JPEG), JPEG),
        (JPEG, (IMPLICIT, EXPLICIT), EXPLICIT),
        (JPEG, (IMPLICIT,), IMPLICIT),
        (IMPLICIT, (EXPLICIT, IMPLICIT), IMPLICIT),
        (BIG, (BIG, EXPLICIT), BIG),
        (EXPLICIT, (JPEG, BIG), BIG),
    ],
)
def test_the_stored_syntax_comes_first_then_the_uncompressed_ones(
    stored: str, accepted: tuple[str, ...], chosen: str
) -> None:
    assert choose_context(contexts(*accepted), instance(stored)).transfer_syntax == chosen


def test_without_a_context_there_is_a_reason() -> None:
    with pytest.raises(UnsupportedTransferSyntax, match="no transfer syntax"):
        choose_context(contexts(JPEG), instance(EXPLICIT))
    with pytest.raises(UnsupportedTransferSyntax, match="SOP class"):
        choose_context(contexts(EXPLICIT, sop_class="1.9"), instance(EXPLICIT))


def test_stored_bytes_go_out_untouched() -> None:
    retriever, part10 = MemoryRetriever(chunk=100), make_part10("1.2.3.4.5")
    stored = retriever.add(part10)
    outgoing = Outgoing(retriever=retriever, transcoder=PydicomTranscoder())
    [context] = contexts(EXPLICIT)
    pieces = list(outgoing.dataset(stored, context))
    assert len(pieces) > 10
    assert b"".join(map(bytes, pieces)) == part10[stored.dataset_offset :]


def test_a_transcoder_that_returns_something_else_is_not_believed() -> None:
    class Idle:
        def transcode(self, part10: bytes, to: TransferSyntaxUid) -> bytes:  # noqa: ARG002
            return part10

    retriever = MemoryRetriever()
    stored = retriever.add(make_part10("1.2.3.4.5"))
    [context] = contexts(IMPLICIT)
    with pytest.raises(CannotRender):
        Outgoing(retriever=retriever, transcoder=Idle()).dataset(stored, context)


def test_a_plan_has_each_stored_syntax_and_the_fallback() -> None:
    [load] = plan_loads([instance(JPEG), instance(EXPLICIT), instance(JPEG)])
    assert load.contexts == [(CT, (JPEG,)), (CT, FALLBACK), (CT, (EXPLICIT,))]
    assert len(load.instances) == 3


def test_more_contexts_than_an_association_has_go_on_several() -> None:
    many = [instance(sop_class=f"1.2.{n}") for n in range(100)] + [instance(sop_class="1.2.0")]
    loads = list(plan_loads(many))
    assert [len(load.contexts) for load in loads] == [MAX_CONTEXTS, 74]
    assert [one for load in loads for one in load.instances] == many
    for load in loads:
        for one in load.instances:
            assert (one.sop_class_uid, (one.transfer_syntax,)) in load.contexts


def test_nothing_to_send_needs_no_association() -> None:
    assert list(plan_loads([])) == []


def test_what_is_too_large_is_not_read_to_be_transcoded() -> None:
    stored = instance(IMPLICIT)
    large = replace(stored, location=replace(stored.location, length=MAX_TRANSCODED + 1))
    [context] = contexts(EXPLICIT)
    outgoing = Outgoing(retriever=MemoryRetriever(), transcoder=PydicomTranscoder())
    with pytest.raises(CannotRender, match="too large"):
        outgoing.dataset(large, context)
