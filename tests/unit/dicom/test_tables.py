"""Our view of the dictionaries is that of pydicom, and costs less."""

import codecs
import random
import subprocess
import sys

import pytest
from pydicom import charset, datadict

from steckel.dicom import character_sets, dictionary
from steckel.dicom.tables import ATTRIBUTES

_AMBIGUOUS = {"US or SS": "US", "OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}


def _standard_vr(tag: int) -> str:
    try:
        vr = datadict.dictionary_VR(tag)
    except KeyError:
        return "UN"
    return _AMBIGUOUS.get(vr, vr)


def _some_tags() -> list[int]:
    chance = random.Random(20)
    repeating = [0x50000000, 0x60000000, 0x00280400, 0x10000000, 0x00203100]
    tags = [start + chance.randrange(1 << 16) for start in repeating for _ in range(500)]
    return [t for t in (*ATTRIBUTES, *tags) if not (t >> 16) & 1 and t & 0xFFFF]


def test_every_attribute_has_the_vr_and_the_keyword_of_the_standard() -> None:
    for tag in _some_tags():
        assert dictionary.vr_of(tag) == _standard_vr(tag), hex(tag)
        assert dictionary.keyword_of(tag) == datadict.keyword_for_tag(tag), hex(tag)


def test_every_keyword_leads_to_its_tag() -> None:
    for tag in ATTRIBUTES:
        keyword = datadict.keyword_for_tag(tag)
        if keyword:
            assert dictionary.tag_of(keyword) == datadict.tag_for_keyword(keyword)


def test_a_keyword_that_does_not_exist_has_no_tag() -> None:
    assert dictionary.tag_of("NoSuchKeyword") is None
    assert dictionary.tag_of("") is None


@pytest.mark.parametrize(
    ("creator", "tag", "vr"),
    [
        ("1.2.840.113681", 0x00191010, "ST"),  # in the block that the creator reserved first
        ("1.2.840.113681", 0x0019AB10, "ST"),  # in another one
        ("1.2.840.113681", 0x001910FF, "UN"),
        ("nobody", 0x00191010, "UN"),
    ],
)
def test_a_private_attribute_is_known_by_its_creator_in_any_block(
    creator: str, tag: int, vr: str
) -> None:
    assert dictionary.private_vr(creator, tag) == vr


def test_character_sets_are_read_with_the_codecs_of_pydicom() -> None:
    for term, codec in charset.python_encoding.items():
        assert codecs.lookup(character_sets.CODECS[term]) == codecs.lookup(codec)
    for escape, codec in charset.CODES_TO_ENCODINGS.items():
        assert codecs.lookup(character_sets.ESCAPE_CODES[escape]) == codecs.lookup(codec)


@pytest.mark.parametrize(
    "module", ["steckel.server.wiring", "steckel.server.role_web", "steckel.server.role"]
)
def test_no_role_loads_pydicom_or_numpy(module: str) -> None:
    program = (
        f"import sys, {module}; print(sorted({{'pydicom', 'numpy', 'PIL'}} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
