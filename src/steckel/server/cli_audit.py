"""``steckel audit``: checks the trail, hands out anchors, searches.

What a command imports, it imports when it runs: the others start faster.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from steckel.errors import SteckelError

if TYPE_CHECKING:
    from steckel.server.wiring import House

OpenHouse = Callable[[], AbstractContextManager["House"]]
Politely = Callable[[], AbstractContextManager[None]]


def register(app: typer.Typer, open_house: OpenHouse, politely: Politely) -> None:
    """Add the commands to an application."""
    app.add_typer(AuditCommands(open_house, politely).commands(), name="audit")


class AuditCommands:
    """``steckel audit``."""

    def __init__(self, open_house: OpenHouse, politely: Politely) -> None:
        self._open = open_house
        self._politely = politely

    def commands(self) -> typer.Typer:
        """Return the commands."""
        app = typer.Typer(help="The audit trail: who did what.", no_args_is_help=True)
        app.command("verify")(self.verify)
        app.command("anchors")(self.anchors)
        app.command("anchor")(self.anchor)
        app.command("export")(self.export)
        return app

    def verify(
        self,
        anchors: Annotated[
            list[Path] | None, typer.Argument(metavar="ANCHOR…", help="Anchors kept elsewhere.")
        ] = None,
    ) -> None:
        """Check that every row is there, unchanged, and where it was; status 1 if not."""
        from steckel.audit.anchor_document import read_anchor  # noqa: PLC0415
        from steckel.audit.verification import ChainVerification  # noqa: PLC0415

        with self._politely(), self._open() as house:
            kept = [read_anchor(path.read_bytes()) for path in anchors or []]
            verdict = ChainVerification(house.engine).run(kept)
        for one in verdict.findings:
            print(f"{one.fault.value}: chain {one.chain or '-'}, row {one.number}: {one.detail}")
        counted = f"{verdict.events} events in {verdict.chains} chains, {verdict.anchors} anchors"
        if not verdict.is_sound:
            print(f"NOT SOUND: {len(verdict.findings)} findings; {counted}")
            raise typer.Exit(1)
        print(f"sound: {counted}")

    def anchors(self) -> None:
        """List the days that have an anchor; makes those that are due."""
        from steckel.audit.anchors import Anchors  # noqa: PLC0415

        with self._politely(), self._open() as house:
            desk = Anchors(house.engine)
            desk.make()
            for one in desk.all():
                state = "pruned" if one.pruned else "exported" if one.exported else ""
                print(f"{one.day} {one.hash} {state}".rstrip())

    def anchor(self, day: Annotated[str, typer.Argument(metavar="YYYY-MM-DD")]) -> None:
        """Print the anchor of a day, to be kept elsewhere."""
        from steckel.audit.anchors import Anchors  # noqa: PLC0415

        with self._politely(), self._open() as house:
            print(Anchors(house.engine).export(day))

    def export(
        self,
        patient_id: Annotated[str, typer.Option(help="Of this patient only.")] = "",
        account: Annotated[str, typer.Option(help="Of this account only.")] = "",
    ) -> None:
        """Print events as CSV, the newest first; recorded as use of the log."""
        from steckel.audit.model import AuditFilter  # noqa: PLC0415
        from steckel.audit.trail import AuditTrail  # noqa: PLC0415
        from steckel.server.recording import note_log_used  # noqa: PLC0415
        from steckel.web.audit_view import csv_of  # noqa: PLC0415

        with self._politely(), self._open() as house:
            trail = AuditTrail(house.engine)
            identities = trail.identities(patient_id) if patient_id else ()
            wanted = AuditFilter(account=account, patients=identities, of_patient=bool(identities))
            note_log_used(house.recorder)
            _write(csv_of(trail.all(wanted)))


def _write(pieces: Iterator[bytes]) -> None:
    try:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise SteckelError("nobody reads on") from None
