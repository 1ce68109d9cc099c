"""``steckel demo``: a node with an invented department in it."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select

from steckel.demo.department import generate
from steckel.demo.messages import messages
from steckel.errors import InputError
from steckel.exchange.model import Door, Origin
from steckel.index.schema import studies
from steckel.ingest.model import Way
from steckel.security.accounts import AccountChange, ensure_admin
from steckel.security.founding import FIRST_ACCOUNT
from steckel.server.importing import import_paths
from steckel.server.logs import configure_command_logs
from steckel.server.messages import MessageRooms
from steckel.server.preparing import prepare_database
from steckel.server.progress import progress_report
from steckel.server.settings import Settings
from steckel.server.wiring import House

#: The demo's password is kept, so that it can be printed again at each start.
_LOGIN = "demo-login.txt"


def make_demo(settings: Settings, console: Console) -> str:
    """Fill the home with demo data if it has none; return the password of `admin`.

    Raises
    ------
    InputError
        The home is that of a real archive.
    """
    configure_command_logs(settings.log_level)
    house = House(settings)
    try:
        prepare_database(house)
        password = _password(house)
        with house.engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(studies)).scalar_one()
        # Files that are left over are those of a filling that was interrupted.
        if not count or _files(house).exists():
            _fill(house, console)
        return password
    finally:
        house.close()


def _password(house: House) -> str:
    file = house.settings.home / _LOGIN
    kept = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    password = house.settings.admin_password or kept or secrets.token_urlsafe(9)
    accounts = house.security.accounts
    is_new = not accounts.list()
    if not kept and not is_new:
        raise InputError(
            f"{house.settings.home} is the home of a real archive: give the demo one of its own"
        )
    ensure_admin(accounts, password)
    if not is_new and password != kept:
        accounts.change(FIRST_ACCOUNT, AccountChange(password=password))
    if password != kept:
        file.touch(mode=0o600)
        file.write_text(password + "\n", encoding="utf-8")
    return password


def _files(house: House) -> Path:
    return house.settings.home / "demo-files"


def _fill(house: House, console: Console) -> None:
    folder = _files(house)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console.print("Making the demo department (once, about a minute) …")
    with progress_report(console, "inventing") as report:

        def progress(what: str, done: int, total: int) -> None:
            report.expect(total)
            report.update(done, what)

        made = generate(folder, progress=progress, today=datetime.now(UTC).date())
    for note in made.notes:
        console.print(note, markup=False)
    _archive(house, folder, console)
    _tell(house)
    shutil.rmtree(folder)


def _tell(house: House) -> None:
    """Keep what the invented RIS says; it is made something of when the node runs."""
    rooms = MessageRooms(house.settings, house.engine)
    try:
        for raw in messages(datetime.now(UTC).date()):
            rooms.reception.receive_and_wait(raw, Origin(door=Door.MLLP, address="127.0.0.1"))
    finally:
        rooms.close()


def _archive(house: House, folder: Path, console: Console) -> None:
    if import_paths(house, [folder], console, Way.DEMO, again=True) is None:
        raise KeyboardInterrupt
