"""What Prometheus hears of destinations: read when it asks."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from steckel.errors import SteckelError
from steckel.exchange.outbound.desk import DestinationDesk


class OutboundMetrics(Collector):
    """The queues, and which destinations fail."""

    def __init__(self, engine: Engine) -> None:
        self._desk = DestinationDesk(engine)

    def describe(self) -> list[Metric]:
        """Return nothing: whoever registers this needs no database for it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the figures; none where the database does not answer."""
        try:
            found = self._desk.list()
        except SteckelError:
            return
        queues = GaugeMetricFamily(
            "steckel_hl7_queue",
            "Messages for a destination by state, counted up to 10,000",
            labels=["destination", "state"],
        )
        failing = GaugeMetricFamily(
            "steckel_hl7_destination_failing_since_seconds",
            "Since when a destination cannot be reached, in seconds since 1970; 0 while it works",
            labels=["destination"],
        )
        for destination, length in found:
            queues.add_metric([destination.name, "waiting"], length.waiting)
            queues.add_metric([destination.name, "parked"], length.parked)
            failing.add_metric([destination.name], destination.failing_since / 1000)
        yield queues
        yield failing
