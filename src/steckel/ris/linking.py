"""Who is who, from all merges and un-merges that were ever said.

The rule: they are taken in the order of their moments, whenever they came. A later one counts
more: who was merged away and later receives somebody else stands by itself again.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from steckel.ris.registers import Moment


@dataclass(frozen=True, slots=True)
class Link:
    """`prior` is `survivor` from a moment on; where that is empty, it stands by itself.

    With `apart_from` it stands by itself only if it was, however indirectly, that one.
    """

    prior: str
    survivor: str
    moment: Moment
    apart_from: str = ""


def survivors(links: Iterable[Link]) -> dict[str, str]:
    """Return for each patient that was merged away who it is in the end."""
    into: dict[str, str] = {}
    for link in sorted(links, key=_place):
        if link.apart_from and link.apart_from not in _chain(into, link.prior):
            continue
        into.pop(link.prior, None)
        if not link.survivor:
            continue
        if _end(into, link.survivor) == link.prior:
            # The other way round from now on: the survivor is free, and receives.
            into.pop(link.survivor, None)
        into[link.prior] = link.survivor
    return {prior: _end(into, prior) for prior in into}


def _place(link: Link) -> tuple[Moment, str, str, str]:
    return link.moment, link.prior, link.survivor, link.apart_from


def _end(into: dict[str, str], identity: str) -> str:
    return _chain(into, identity)[-1]


def _chain(into: dict[str, str], identity: str) -> list[str]:
    """Return a patient and who it leads to, one after the other."""
    found = [identity]
    while identity in into:
        identity = into[identity]
        found.append(identity)
    return found
