"""The data dictionary (PS3.6), as functions of a tag.

Facade over pydicom's tables, cached: a scan of a header asks for the VR of
each element of an implicit VR data set.
"""

from functools import lru_cache

from pydicom import datadict

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
    try:
        vr = datadict.dictionary_VR(tag)
    except KeyError:
        return "UN"
    return _AMBIGUOUS.get(vr, vr)


@lru_cache(maxsize=2048)
def may_be_signed(tag: int) -> bool:
    """Whether the VR is US or SS by Pixel Representation."""
    try:
        return "SS" in datadict.dictionary_VR(tag)
    except KeyError:
        return False


@lru_cache(maxsize=4096)
def private_vr(creator: str, tag: int) -> str:
    """Return the VR of a private element by its creator; ``UN`` when unknown."""
    try:
        vr = datadict.private_dictionary_VR(tag, creator)
    except KeyError:
        return "UN"
    return _AMBIGUOUS.get(vr, vr)


@lru_cache(maxsize=4096)
def tag_of(keyword: str) -> int | None:
    """Return the tag of a keyword such as ``PatientID``."""
    return datadict.tag_for_keyword(keyword)


@lru_cache(maxsize=4096)
def keyword_of(tag: int) -> str:
    """Return the keyword of a tag, or an empty string."""
    return datadict.keyword_for_tag(tag)
