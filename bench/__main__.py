"""``python -m bench``: measure Steckel beside its peers, and print medians and ratios."""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.contestants import EVERYONE
from bench.dcmtk_clients import missing_client
from bench.machine import machine
from bench.result import Result
from bench.size import FULL, SMOKE, Size
from bench.stage import Stage
from bench.table import as_json, table
from bench.works import (
    associations,
    bulk_import,
    c_move,
    c_store,
    frames,
    large_archive,
    memory,
    messages,
    metadata,
    qido,
    rendered,
    startup,
    stow,
    wado,
    worklist,
)

Work = Callable[[Stage], Iterator[Result]]
PARTS: Mapping[str, Sequence[Work]] = {
    "ingest": (
        c_store.measure,
        associations.measure,
        stow.measure,
        bulk_import.measure,
        large_archive.measure,
    ),
    "retrieve": (c_move.measure,),
    "query": (qido.measure,),
    "worklist": (worklist.measure,),
    "messages": (messages.measure,),
    "web": (wado.measure, frames.measure, metadata.measure, rendered.measure),
    "memory": (memory.measure,),
    "start": (startup.measure,),
}


def main() -> None:
    """Measure the parts that are named, or all, and print a table for each work."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--size", choices=("smoke", "full"), default="full")
    parser.add_argument("--rounds", type=int, help="how often each is measured")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results here as well")
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".cache/bench"),
        help="where the servers keep their data: on the disk that is to be measured",
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if missing := missing_client():
        parser.error(f"{missing} is not installed; on Debian: apt-get install dcmtk")
    size = SMOKE if options.size == "smoke" else FULL
    size = replace(size, rounds=options.rounds or size.rounds)
    run(options.parts or list(PARTS), options.folder, size, options.json)


def run(parts: Sequence[str], folder: Path, size: Size, to: Path | None) -> None:
    """Measure, print each result as soon as it is there, and write it."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    described = {**machine(folder), "size": f"{size.name}, {size.rounds} rounds"}
    print("\n".join(f"{name}: {value}" for name, value in described.items()))
    for contestant in EVERYONE:
        absent = f" (not installed: {contestant.missing})" if contestant.missing else ""
        print(f"  {contestant.name}: {contestant.note}{absent}")
    results = []
    for part, stage in _stages(parts, folder, size):
        print(f"\n== {part}", flush=True)
        started = time.monotonic()
        for work in PARTS[part]:
            for result in work(stage):
                print(table(result, judged=size.fresh), flush=True)
                results.append({"part": part, **as_json(result)})
                if to:  # each time: nothing is lost if the next one fails
                    to.write_text(json.dumps({"machine": described, "results": results}, indent=1))
        print(f"({part} took {time.monotonic() - started:.0f} s)", flush=True)


def _stages(parts: Sequence[str], folder: Path, size: Size) -> Iterator[tuple[str, Stage]]:
    """Yield each part with its stage; the smoke size starts each server once for all parts."""
    if not size.fresh:
        with Stage(folder, size) as stage:
            for part in parts:
                yield part, stage
        return
    for part in parts:
        with Stage(folder, size) as stage:
            yield part, stage


if __name__ == "__main__":
    main()
