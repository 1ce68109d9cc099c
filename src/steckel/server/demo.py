"""``steckel demo``: a node with an invented department in it."""

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from sqlalchemy import func, select

from steckel.demo.department import generate
from steckel.index.schema import studies
from steckel.ingest.model import Way
from steckel.security.accounts import FIRST_ACCOUNT, AccountChange, ensure_admin
from steckel.server.caring import progress_bar
from steckel.server.importing import import_paths
from steckel.server.logs import configure_logs
from steckel.server.preparing import prepare_database
from steckel.server.settings import Settings
from steckel.server.wiring import House

#: The demo's password is kept, so that it can be printed again at each start.
_LOGIN = "demo-login.txt"


def make_demo(settings: Settings, console: Console) -> str:
    """Fill the home with demo data if it has none; return the password of `admin`."""
    configure_logs(settings.log_level, role="demo")
    house = House(settings)
    try:
        prepare_database(house)
        password = _password(house)
        with house.engine.connect() as connection:
            count = connection.execute(select(func.count()).select_from(studies)).scalar_one()
        if not count:
            _fill(house, console)
        return password
    finally:
        house.close()


def _password(house: House) -> str:
    file = house.settings.home / _LOGIN
    kept = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    password = house.settings.admin_password or kept or secrets.token_urlsafe(9)
    accounts = house.security.accounts
    if ensure_admin(accounts, password) is None and password != kept:
        accounts.change(FIRST_ACCOUNT, AccountChange(password=password))
    if password != kept:
        file.touch(mode=0o600)
        file.write_text(password + "\n", encoding="utf-8")
    return password


def _fill(house: House, console: Console) -> None:
    folder = house.settings.home / "demo-files"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    console.print("Making the demo department (once, about a minute) …")
    with progress_bar(console) as bar:
        task = bar.add_task("inventing", total=None)

        def progress(_what: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        made = generate(folder, progress=progress, today=datetime.now(UTC).date())
    for note in made.notes:
        console.print(note, markup=False)
    _archive(house, folder, console)
    shutil.rmtree(folder)


def _archive(house: House, folder: Path, console: Console) -> None:
    if import_paths(house, [folder], console, Way.DEMO, again=True) is None:
        raise KeyboardInterrupt
