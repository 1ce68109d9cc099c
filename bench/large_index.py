"""A home whose index has as many instances as a large archive, without their images."""

from pathlib import Path

from sqlalchemy import func, select

from bench.generate_index import fill
from steckel.index.engine import open_engine
from steckel.index.schema import instances
from steckel.index.upgrade import upgrade

INDEX = "index.sqlite3"


def large_index(folder: Path, studies: int) -> tuple[Path, int]:
    """Fill an index once; return its home, and how many instances it has."""
    home = folder / f"index-{studies}-instances"
    home.mkdir(exist_ok=True)
    engine = open_engine(f"sqlite:///{home / INDEX}")
    upgrade(engine)
    counting = select(func.count()).select_from(instances)
    with engine.connect() as connection:
        count = connection.execute(counting).scalar_one()
    if not count:
        fill(engine, studies, instances=True)
        with engine.connect() as connection:
            count = connection.execute(counting).scalar_one()
    engine.dispose()
    return home, int(count)
