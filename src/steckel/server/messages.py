"""How the rooms of the message exchange are put together: for the role, and for the API."""

import random
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from steckel.audit.journal import Journal
from steckel.exchange.answers import Answers
from steckel.exchange.dispatch import Dispatcher, Wake
from steckel.exchange.inbound.interpreter import MessageInterpreter
from steckel.exchange.intake import Intake
from steckel.exchange.leader import leadership
from steckel.exchange.outbound.courier import Chances, Courier
from steckel.exchange.outbound.couriers import Couriers
from steckel.exchange.outbound.outbox import Outbox
from steckel.exchange.outbound.queue import Author, Queue
from steckel.exchange.outbound.retention import OutboundRetention
from steckel.exchange.outcomes import Outcomes
from steckel.exchange.processing import Processor
from steckel.exchange.profile import Profile
from steckel.exchange.profiles import Profiles
from steckel.exchange.reading import Reader
from steckel.exchange.reception import Reception
from steckel.exchange.retention import Retention
from steckel.exchange.rounds import rounds
from steckel.hl7.write import Party
from steckel.index.engine import open_engine
from steckel.ris import clock
from steckel.ris.department import Department
from steckel.server.destinations import Lines, ProbeDesk
from steckel.server.dialling import dialler_of
from steckel.server.journals import open_journal
from steckel.server.settings import Settings
from steckel.server.tls import hl7_client_tls

_LOCALTIME = Path("/etc/localtime")


class MessageRooms:
    """The rooms of one process, made when they are first entered.

    They need the settings and the database alone, so that the role stays small; a process
    that has a database open already gives its own.
    """

    def __init__(self, settings: Settings, engine: Engine | None = None) -> None:
        self.settings = settings
        self._given = engine
        self._wake = Wake()
        self._zone = local_zone()

    @cached_property
    def engine(self) -> Engine:
        """The database."""
        return self._given or open_engine(self.settings.database)

    @cached_property
    def profiles(self) -> Profiles:
        """How messages are read, by source."""
        processing = ("P", "T", "D") if self.settings.hl7_accept_tests else ("P",)
        built_in = Profile(name="built-in", zone=self._zone, processing_ids=processing)
        return Profiles(self.engine, built_in=built_in)

    @cached_property
    def interpreter(self) -> MessageInterpreter:
        """Understands messages."""
        return MessageInterpreter(Department(self.engine), self.profiles)

    @cached_property
    def outcomes(self) -> Outcomes:
        """Tells what was made of messages."""
        return Outcomes(self.engine)

    @cached_property
    def intake(self) -> Intake:
        """Keeps messages; started when it is first entered."""
        intake = Intake(self.engine, on_kept=self._wake)
        intake.start()
        return intake

    @cached_property
    def reception(self) -> Reception:
        """The way in."""
        return Reception(
            Reader(self.interpreter, zone=self._zone, now=clock.now),
            self.intake,
            Answers(self.sender, lambda: datetime.now().astimezone()),
            self.outcomes,
        )

    @property
    def sender(self) -> Party:
        """Who we are in messages."""
        settings = self.settings
        return Party(
            application=settings.hl7_application,
            facility=settings.hl7_facility or settings.site_name,
        )

    def dispatcher(self) -> Dispatcher:
        """Return what makes something of messages, not started."""
        processing = rounds(
            self.engine,
            Processor(self.interpreter, clock.now),
            self.outcomes,
            is_wanted=self.intake.is_busy,
            wake=self._wake,
        )
        retention = Retention(self.engine, self.settings.hl7_retention_days)
        return Dispatcher(
            leadership(self.engine),
            processing,
            self.outcomes,
            self._wake,
            tidy_up=lambda: retention.run(clock.now()),
        )

    @cached_property
    def lines(self) -> Lines:
        """Opens connections to destinations."""
        return Lines(lambda: hl7_client_tls(self.settings), dialler_of(self.settings))

    @property
    def probes(self) -> ProbeDesk:
        """Tries connections to destinations out."""
        return ProbeDesk(self.lines, lambda: self.sender, self._zone)

    def couriers(self) -> Couriers:
        """Return what sends messages, not started."""
        outbox = Outbox(self.engine)
        author = Author(sender=lambda: self.sender, zone=self._zone, now=clock.now)
        chances = Chances(now=clock.now, chance=random.SystemRandom().random)
        retention = OutboundRetention(self.engine, self.settings.hl7_retention_days)
        return Couriers(
            leadership(self.engine, "send"),
            Queue(self.engine, author),
            outbox,
            lambda pk: Courier(pk, outbox, self.lines, chances),
            tidy_up=lambda: retention.run(clock.now()),
        )

    @cached_property
    def recorder(self) -> Journal:
        """Takes note of what happens."""
        return open_journal(self.engine, self.settings, "hl7")

    def close(self) -> None:
        """Leave the rooms that were entered."""
        if "intake" in self.__dict__:
            self.intake.stop()
        if "recorder" in self.__dict__:
            self.recorder.stop()
        if "engine" in self.__dict__ and self._given is None:
            self.engine.dispose()


def local_zone() -> tzinfo:
    """Return the time zone of this machine."""
    parts = _LOCALTIME.resolve().parts
    if "zoneinfo" in parts:
        with suppress(Exception):  # a name that Python has no data for
            return ZoneInfo("/".join(parts[parts.index("zoneinfo") + 1 :]))
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
