"""How destinations are reached, and how a connection to one is tried out."""

import secrets
import time
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import cached_property

from steckel.errors import SteckelError
from steckel.exchange.outbound.envelope import Envelope, Stamp
from steckel.exchange.outbound.model import Address, Destination, Probe
from steckel.exchange.outbound.ports import Line
from steckel.exchange.outbound.subscriptions import Subscription
from steckel.hl7.write import Party
from steckel.mllp.sender import Destination as Peer
from steckel.mllp.sender import Sender
from steckel.security.outgoing import Dialler, Tls

#: Seconds that a person waits for the answer to a test.
_PROBE_SECONDS = 10


class Lines:
    """Opens connections (`exchange.outbound.ports.Connect`)."""

    def __init__(self, tls: Callable[[], Tls], dialler: Dialler) -> None:
        self._make_tls = tls
        self._dialler = dialler

    @cached_property
    def _tls(self) -> Tls:
        return self._make_tls()

    def __call__(self, destination: Destination) -> Line:
        """Open a line to a destination."""
        return self.open(destination.address, destination.subscription.answer_seconds)

    def open(self, address: Address, answer_seconds: int) -> Line:
        """Open a line to an address."""
        return Sender(
            Peer(
                host=address.host,
                port=address.port,
                tls=self._tls if address.tls else None,
                dialler=self._dialler,
                answer_seconds=answer_seconds,
            )
        )


class ProbeDesk:
    """Tries connections out."""

    def __init__(self, lines: Lines, sender: Callable[[], Party], zone: tzinfo) -> None:
        self._lines = lines
        self._sender = sender
        self._zone = zone

    def probe(self, address: Address, subscription: Subscription) -> Probe:
        """Send a message that is about nobody; failure is an answer, not an error.

        It is NMD^N02 with the time of day, for debugging (MSH-11 D). Whoever acknowledges it,
        even as one that is not taken, speaks HL7 there.
        """
        started = time.perf_counter()
        try:
            line = self._lines.open(address, min(_PROBE_SECONDS, subscription.answer_seconds))
            try:
                answer = line.send(self._message(subscription))
            finally:
                line.close()
        except SteckelError as problem:
            return Probe(ok=False, milliseconds=_since(started), message=str(problem))
        took = _since(started)
        if answer.code.strip().upper() in ("AA", "CA"):
            return Probe(ok=True, milliseconds=took, code=answer.code, message="it answered")
        text = f"it answered {answer.code}, which is no wonder: few take a test message"
        return Probe(ok=True, milliseconds=took, code=answer.code, message=text)

    def _message(self, subscription: Subscription) -> bytes:
        at = datetime.now(self._zone)
        stamp = Stamp(control_id=secrets.token_hex(10), at=at, sender=self._sender())
        envelope = Envelope(subscription=subscription, stamp=stamp)
        builder = envelope.open("NMD", "N02", "NMD_N02", processing="D")
        return builder.segment("NCK", {1: envelope.time(int(at.timestamp() * 1000))}).build()


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
