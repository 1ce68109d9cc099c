"""``python -m bench``: measure ingest beside the peers, and print ratios."""

import argparse
import os
import platform
from pathlib import Path

from bench.ingest import measure, table, works


def main() -> None:
    """Measure, and print one table for each work."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a small size that shows it runs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".cache/bench"),
        help="where the servers keep their data: on the disk that is to be measured",
    )
    options = parser.parse_args()
    folder = options.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{platform.machine()}, {os.cpu_count()} processors, {platform.platform()}")
    rounds = 1 if options.smoke else options.rounds
    for work in works(folder, smoke=options.smoke):
        print(table(work, measure(work, folder, rounds)), flush=True)


main()
