"""The data dictionary (PS3.6), as functions of a tag.

Facade over the tables, cached: a scan of a header asks for the VR of each
element of an implicit VR data set.
"""

from functools import lru_cache

from steckel.dicom.tables import ATTRIBUTES, REPEATING, Attribute, private_attributes

#: VRs that depend on other elements, and what to read them as (PS3.5 A.1, A.2).
_AMBIGUOUS = {"US or SS": "US", "OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}


@lru_cache(maxsize=8192)
def vr_of(tag: int) -> str:
    """Return the VR of a standard tag; ``UN`` when it is unknown or private.

    ``US or SS`` reads as ``US``: callers that need the sign look at Pixel
    Representation.
    """
    group, element = tag >> 16, tag & 0xFFFF
    if group & 1:
        return "LO" if 0x10 <= element <= 0xFF else "UN"
    if element == 0:
        return "UL"
    attribute = _attribute(tag)
    if attribute is None:
        return "UN"
    return _AMBIGUOUS.get(attribute[0], attribute[0])


@lru_cache(maxsize=2048)
def may_be_signed(tag: int) -> bool:
    """Whether the VR is US or SS by Pixel Representation."""
    attribute = _attribute(tag)
    return attribute is not None and "SS" in attribute[0]


@lru_cache(maxsize=4096)
def private_vr(creator: str, tag: int) -> str:
    """Return the VR of a private element by its creator; ``UN`` when unknown."""
    known = private_attributes().get(creator, {})
    group, element = f"{tag >> 16:04X}", f"{tag & 0xFFFF:04X}"
    # The block of a private element is chosen when it is written (PS3.5 7.8.1).
    for spelling in (group + element, f"{group}xx{element[2:]}", f"{group[:2]}xxxx{element[2:]}"):
        if spelling in known:
            vr = known[spelling][0]
            return _AMBIGUOUS.get(vr, vr)
    return "UN"


@lru_cache(maxsize=4096)
def tag_of(keyword: str) -> int | None:
    """Return the tag of a keyword such as ``PatientID``."""
    return _tags_by_keyword().get(keyword)


@lru_cache(maxsize=4096)
def keyword_of(tag: int) -> str:
    """Return the keyword of a tag, or an empty string."""
    attribute = _attribute(tag)
    return "" if attribute is None else attribute[4]


def _attribute(tag: int) -> Attribute | None:
    known = ATTRIBUTES.get(tag)
    if known is not None or (tag >> 16) & 1:
        return known
    return next((entry for (mask, value), entry in _repeating() if tag & mask == value), None)


@lru_cache(maxsize=1)
def _repeating() -> tuple[tuple[tuple[int, int], Attribute], ...]:
    """Return mask and value of the tags of each attribute of a repeating group."""
    return tuple(
        ((_number(spelling, "F", "0"), _number(spelling, None, "0")), entry)
        for spelling, entry in REPEATING.items()
    )


def _number(spelling: str, digit: str | None, wild: str) -> int:
    return int("".join(wild if c == "x" else digit or c for c in spelling), 16)


@lru_cache(maxsize=1)
def _tags_by_keyword() -> dict[str, int]:
    return {attribute[4]: tag for tag, attribute in ATTRIBUTES.items() if attribute[4]}
