"""How much is measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """Counts of one size."""

    name: str
    fresh: bool  #: each measurement of ingest starts its server anew, empty
    rounds: int
    ct: int  #: slices of a CT series
    small: int  #: objects of a small series
    associations: int
    per_association: int
    stow: int  #: instances in one STOW-RS request
    stow_requests: int
    imported_series: int
    imported: int  #: objects of each imported series
    frames: int
    repeats: int  #: of a request
    slices: int  #: of the series whose metadata is asked for
    studies: int
    multiframe_mib: int
    indexed_studies: int
    scheduled: int  #: open steps in the worklist
    messages: int  #: HL7 messages


FULL = Size(
    name="full",
    fresh=True,
    rounds=5,
    ct=600,
    small=500,
    associations=8,
    per_association=75,
    stow=100,
    stow_requests=3,
    imported_series=8,
    imported=400,
    frames=600,
    repeats=60,
    slices=1000,
    studies=100,
    multiframe_mib=2048,
    indexed_studies=70_000,
    scheduled=100_000,
    messages=10_000,
)
SMOKE = Size(
    name="smoke",
    fresh=False,
    rounds=1,
    ct=10,
    small=12,
    associations=8,
    per_association=2,
    stow=4,
    stow_requests=1,
    imported_series=2,
    imported=4,
    frames=10,
    repeats=5,
    slices=10,
    studies=3,
    multiframe_mib=16,
    indexed_studies=50,
    scheduled=500,
    messages=60,
)
