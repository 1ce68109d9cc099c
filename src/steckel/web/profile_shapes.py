"""The shapes of what the JSON API says of the profiles of message sources."""

from typing import Any

from typing_extensions import TypedDict

from steckel.web.shapes import Moment


class Profile(TypedDict):
    """A version of a profile."""

    name: str
    version: int
    active: bool
    body: str
    at: Moment
    by: str


class InForce(TypedDict):
    """What messages of a source are read by; version 0 is the built-in one."""

    name: str
    version: int


class ProfileList(TypedDict):
    """Profiles or versions of one; what counts for the source that was asked for."""

    items: list[Profile]
    in_force: InForce | None


class TrialFault(TypedDict):
    """Why nothing can be made of a message."""

    code: int
    location: str
    text: str


class TrialSide(TypedDict):
    """What a profile makes of a message."""

    profile: InForce
    fault: TrialFault | None
    unused: str
    warnings: list[str]
    statements: list[dict[str, Any]]
    worklist: list[dict[str, Any]]


class ProfileTrial(TypedDict):
    """What two profiles make of a message; keywords of the attributes in it, by tag."""

    before: TrialSide
    after: TrialSide
    differs: bool
    keywords: dict[str, str]
