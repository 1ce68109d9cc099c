"""The recorder of a process; apart from the wiring, which a small role does without."""

from typing import Final

from sqlalchemy import Engine

from steckel.audit.journal import Journal
from steckel.audit.ledger import Ledger
from steckel.audit.spool import Spool
from steckel.server.settings import Settings

#: Folder in the home of events that are not in the database yet.
SPOOL: Final = "audit"


def open_journal(engine: Engine, settings: Settings, role: str) -> Journal:
    """Return the recorder of a process; its chain begins with the first event."""
    ledger = Ledger(engine, role)
    return Journal(ledger, Spool(settings.home / SPOOL, ledger.name))
