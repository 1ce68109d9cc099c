"""What every message has in common: its header, and how it is spelled for its reader."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from steckel.exchange.outbound.facts import Person
from steckel.exchange.outbound.patient import add_patient
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.hl7.times import format_time
from steckel.hl7.write import Builder, Content, Header, Party

#: MSH-15 and MSH-16 by the acknowledgement that is asked for (table 0155).
_ASKED: dict[str, dict[int, Content]] = {
    "original": {},
    "commit": {15: "AL", 16: "NE"},
    "application": {15: "AL", 16: "AL"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """What makes a message this one."""

    control_id: str
    at: datetime  #: with its zone
    sender: Party

    @property
    def zone(self) -> tzinfo:
        """The zone of the times in it."""
        assert self.at.tzinfo is not None
        return self.at.tzinfo


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """Makes the headers of messages for one destination."""

    subscription: Subscription
    stamp: Stamp

    def version(self, default: str = "2.5.1") -> str:
        """Return the HL7 version of a message."""
        return self.subscription.version or default

    def open(self, *kind: str, version: str = "2.5.1", processing: str = "") -> Builder:
        """Return a message with its header; `kind` is MSH-9."""
        subscription, stamp = self.subscription, self.stamp
        receiver = Party(application=subscription.application, facility=subscription.facility)
        return Builder(
            Header(
                sender=stamp.sender,
                receiver=receiver,
                type=kind,
                control_id=stamp.control_id,
                at=stamp.at,
                processing=processing or subscription.processing,
                version=self.version(version),
                charset=subscription.charset,
                more=_ASKED[subscription.acknowledgement],
            )
        )

    def patient(self, builder: Builder, person: Person, version: str = "2.5.1") -> Builder:
        """Add the PID of a patient; `version` as of `open`."""
        return add_patient(builder, person, self.version(version))

    def time(self, milliseconds: int) -> str:
        """Return milliseconds since 1970 as the messages write times."""
        return format_time(datetime.fromtimestamp(milliseconds / 1000, self.stamp.zone))
