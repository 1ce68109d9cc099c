"""How a stored instance goes out: in which presentation context, with which bytes.

The rule: in the transfer syntax it is stored in, if the peer takes that; else uncompressed
(or deflated, if that is all it takes), through the transcoder; else not at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from steckel.dicom.part10 import read_start
from steckel.dicom.transfer_syntax import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN
from steckel.dicom.uids import TransferSyntaxUid
from steckel.dimse.channel import Buffer
from steckel.dimse.ports import Transcoder
from steckel.dimse.services import MAKES
from steckel.errors import CannotRender, UnsupportedTransferSyntax
from steckel.imaging.model import check_transcodable
from steckel.index.view import Guarded, View
from steckel.retrieve.model import Retriever, StoredInstance
from steckel.upperlayer.negotiation import Context

#: What every application entity can be expected to read (PS3.5 10.1), best first.
FALLBACK = (EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)


def choose_context(contexts: Iterable[Context], instance: StoredInstance) -> Context:
    """Return the presentation context for an instance.

    Raises
    ------
    UnsupportedTransferSyntax
        The peer takes this SOP class in no syntax that we can make, or not at all.
    """
    suitable = {
        context.transfer_syntax: context
        for context in contexts
        if context.abstract_syntax == instance.sop_class_uid
    }
    for syntax in (instance.transfer_syntax, *MAKES):
        if syntax in suitable:
            return suitable[syntax]
    if suitable:
        raise UnsupportedTransferSyntax("the receiver takes no transfer syntax that we can send")
    raise UnsupportedTransferSyntax("the receiver does not take this SOP class")


@dataclass(frozen=True, kw_only=True)
class AllOutgoing:
    """What could go out, to somebody who sees all."""

    retriever: Guarded[Retriever]
    transcoder: Transcoder

    def seen_by(self, view: View) -> "Outgoing":
        """Return what goes out to somebody with this view."""
        return Outgoing(retriever=self.retriever.seen_by(view), transcoder=self.transcoder)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """Makes the bytes of instances for peers."""

    retriever: Retriever
    transcoder: Transcoder

    def dataset(self, instance: StoredInstance, context: Context) -> Iterable[Buffer]:
        """Return the data set in pieces, in the transfer syntax of the context.

        Raises
        ------
        CannotRender
            It has to be transcoded and cannot be.
        CannotCoerce
            What is put right about its study cannot be put into it.
        """
        if context.transfer_syntax == instance.transfer_syntax:
            return self.retriever.chunks(instance, offset=instance.dataset_offset)
        check_transcodable(instance.location.length)
        to = TransferSyntaxUid(context.transfer_syntax)
        part10 = self.transcoder.transcode(self.retriever.whole(instance).read(), to)
        start = read_start(part10)
        if start.transfer_syntax != to:
            raise CannotRender("the transcoder returned another transfer syntax")
        return (memoryview(part10)[start.dataset_offset :],)
