"""What Prometheus hears of messages: read when it asks."""

import time
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from steckel.errors import SteckelError
from steckel.exchange.desk import MessageDesk
from steckel.server.latency import read_latency


class MessageMetrics(Collector):
    """Messages by state, the age of what waits, and how long acknowledgements took."""

    def __init__(self, engine: Engine, home: Path) -> None:
        self._desk = MessageDesk(engine)
        self._home = home

    def describe(self) -> list[Metric]:
        """Return nothing: whoever registers this needs no database for it."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Return the figures; without those of a database that does not answer."""
        buckets, total = read_latency(self._home)
        yield HistogramMetricFamily(
            "steckel_hl7_acknowledgement_seconds",
            "Time from the end of a message over MLLP to its acknowledgement",
            buckets=buckets,
            sum_value=total,
        )
        try:
            counts, oldest = self._desk.counts(), self._desk.oldest_waiting()
        except SteckelError:
            return
        states = GaugeMetricFamily(
            "steckel_hl7_messages", "Messages by state, counted up to 10,000", labels=["state"]
        )
        for count in counts:
            states.add_metric([count.state.value], count.count)
        yield states
        age = 0.0 if oldest is None else max(time.time() - oldest / 1000, 0.0)
        yield GaugeMetricFamily(
            "steckel_hl7_waiting_seconds", "Age of the oldest message that waits", value=age
        )
