"""How large the store is: added up by the worker, read by whoever asks.

A store has a file or more per series; to look at all of them takes seconds where
there are many. So the worker looks at some in each of its rounds. The figure is of
the last time that it had seen all; a file of the home keeps it for other processes
and for the next start.
"""

import os
from contextlib import suppress
from pathlib import Path

from steckel.server.processes import FOLDER

_NAME = "store-size"
#: Enough that a million files are seen within a quarter of an hour.
_FILES_AT_ONCE = 5_000


class StoreMeter:
    """Adds up the sizes of all files of a store, again and again."""

    def __init__(self, store: Path, home: Path) -> None:
        self._store = store
        self._home = home
        self._ahead: list[Path] = []
        self._sum = 0

    def run(self, most_files: int = _FILES_AT_ONCE) -> None:
        """Look at some folders; write the sum down when there are no more."""
        if not self._ahead:
            self._ahead, self._sum = [self._store], 0
        looked = 0
        while self._ahead and looked < most_files:
            looked += self._look(self._ahead.pop())
        # On a full disk the last figure stays.
        if not self._ahead and read_store_size(self._home) != self._sum:
            with suppress(OSError):
                _write(self._home, self._sum)

    def _look(self, folder: Path) -> int:
        """Add up one folder; return how much there was to look at."""
        looked = 1
        # What was sealed or erased meanwhile is seen next time.
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                looked += 1
                if entry.is_dir():
                    self._ahead.append(Path(entry))
                else:
                    with suppress(FileNotFoundError):
                        self._sum += entry.stat().st_size
        return looked


def read_store_size(home: Path) -> int | None:
    """Return the bytes of all files of the store; ``None`` where they were not added up yet."""
    try:
        text = (home / FOLDER / _NAME).read_text(encoding="ascii")
    except OSError:
        return None
    return int(text) if text.isdecimal() else None


def _write(home: Path, size: int) -> None:
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = folder / f"{_NAME}.new"
    new.write_text(str(size), encoding="ascii")
    new.replace(folder / _NAME)
