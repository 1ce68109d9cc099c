"""Replacing attributes of data sets, as pydicom sees it: what is replaced, and nothing else."""

import io
import json
import warnings
from copy import deepcopy
from pathlib import Path
from struct import pack
from typing import Any

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.data.data_manager import DATA_ROOT
from pydicom.dataset import Dataset

from steckel.dicom.coerce import coerce
from steckel.dicom.coercion import read_coercion
from steckel.dicom.element_bytes import element_bytes
from steckel.dicom.elements import real_encoding
from steckel.dicom.frames import Fragment
from steckel.dicom.inflating import inflate
from steckel.dicom.json_model import JsonDataset, JsonElement
from steckel.dicom.placed import read_level
from steckel.dicom.to_json import Reading, dataset_to_json
from steckel.dicom.transfer_syntax import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Encoding,
    assume,
)
from steckel.errors import CannotCoerce, SteckelError
from steckel.ingest.examine import examine

_AT = "20240102030405.000000+0000"
_NEW: JsonDataset = {
    "00080050": {"vr": "SH", "Value": ["ACC9"]},
    "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Right^Name"}]},
    "00100020": {"vr": "LO", "Value": ["RIGHT"]},
    "00100030": {"vr": "DA"},
    "00101002": {"vr": "SQ", "Value": [{"00100020": {"vr": "LO", "Value": ["OTHER"]}}]},
    "04000562": {"vr": "DT", "Value": [_AT]},
}
_LENGTH: JsonElement = {"vr": "UL", "Value": [4]}
_ENCODINGS = [IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG]
every_encoding = pytest.mark.parametrize("encoding", _ENCODINGS, ids=["implicit", "little", "big"])


def coerced(raw: bytes, encoding: Encoding, changes: JsonDataset = _NEW) -> bytes:
    """Return a data set with what is put right, all of it."""
    level = read_level(raw, 0, len(raw), encoding)
    made = bytearray()
    for piece in coerce(raw, level, encoding, read_coercion(json.dumps(changes))):
        is_kept = isinstance(piece, Fragment)
        made += raw[piece.offset : piece.offset + piece.length] if is_kept else piece
    return bytes(made) + raw[level.end :]


def written(dataset: Dataset, encoding: Encoding) -> bytes:
    target = pydicom.filebase.DicomBytesIO()
    target.is_little_endian, target.is_implicit_VR = encoding.little, not encoding.explicit
    charset = dataset.get("SpecificCharacterSet", "iso8859")
    pydicom.filewriter.write_dataset(target, dataset, pydicom.charset.convert_encodings(charset))
    return target.getvalue()


def read(raw: bytes, encoding: Encoding) -> Dataset:
    dataset = pydicom.filereader.read_dataset(
        io.BytesIO(raw), is_implicit_VR=not encoding.explicit, is_little_endian=encoding.little
    )
    dataset.decode()
    return dataset


def made(**values: Any) -> Dataset:
    dataset = Dataset()
    dataset.SOPInstanceUID, dataset.StudyInstanceUID = "1.2.3.4", "1.2.3"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = "Wrong", "WRONG", "19500101"
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


@every_encoding
def test_attributes_are_replaced_and_added_in_the_order_of_tags(encoding: Encoding) -> None:
    raw = written(made(SeriesDescription="kept", PatientComments="kept too"), encoding)
    got = read(coerced(raw, encoding), encoding)
    assert (got.PatientName, got.PatientID, got.PatientBirthDate) == ("Right^Name", "RIGHT", "")
    assert (got.AccessionNumber, got.OtherPatientIDsSequence[0].PatientID) == ("ACC9", "OTHER")
    assert (got.SeriesDescription, got.PatientComments) == ("kept", "kept too")
    assert [e.tag for e in got] == sorted(e.tag for e in got)
    assert got.InstanceCoercionDateTime == _AT


@every_encoding
def test_what_was_there_is_told_with_its_values(encoding: Encoding) -> None:
    raw = written(made(), encoding)
    [item] = read(coerced(raw, encoding), encoding).OriginalAttributesSequence
    assert item.AttributeModificationDateTime == _AT
    assert item.ModifyingSystem == "Steckel"
    assert item.SourceOfPreviousValues == ""
    assert item.ReasonForTheAttributeModification == "COERCE"
    [was] = item.ModifiedAttributesSequence
    assert (was.PatientName, was.PatientID, was.PatientBirthDate) == ("Wrong", "WRONG", "19500101")
    assert len(was) == 3  # what was not there is not told of


@every_encoding
def test_items_that_were_there_already_are_kept(encoding: Encoding) -> None:
    earlier = Dataset()
    earlier.ModifyingSystem = "Another"
    for is_undefined in (False, True):
        dataset = made(OriginalAttributesSequence=[earlier])
        dataset["OriginalAttributesSequence"].is_undefined_length = is_undefined
        got = read(coerced(written(dataset, encoding), encoding), encoding)
        systems = [item.ModifyingSystem for item in got.OriginalAttributesSequence]
        assert systems == ["Another", "Steckel"]


def test_nothing_changes_where_all_is_said_already() -> None:
    raw = written(made(PatientName="Right^Name", PatientID="RIGHT"), EXPLICIT_LITTLE)
    changes: JsonDataset = {tag: _NEW[tag] for tag in ("00100010", "00100020")}
    assert coerced(raw, EXPLICIT_LITTLE, changes) == raw


def test_who_and_why_can_be_told() -> None:
    told: JsonDataset = {
        "04000563": {"vr": "LO", "Value": ["RIS"]},
        "04000564": {"vr": "LO", "Value": ["CT1"]},
        "04000565": {"vr": "CS", "Value": ["CORRECT"]},
    }
    got = read(
        coerced(written(made(), EXPLICIT_LITTLE), EXPLICIT_LITTLE, _NEW | told), _ENCODINGS[1]
    )
    [item] = got.OriginalAttributesSequence
    assert (item.ModifyingSystem, item.SourceOfPreviousValues) == ("RIS", "CT1")
    assert item.ReasonForTheAttributeModification == "CORRECT"
    assert "ModifyingSystem" not in got


@every_encoding
def test_a_name_that_the_character_set_cannot_say_brings_another(encoding: Encoding) -> None:
    nested = Dataset()
    nested.CodeMeaning = "Schädel"
    dataset = made(SpecificCharacterSet="ISO_IR 100", PatientName="Müller", StudyID="1")
    dataset.StudyDescription, dataset.ProcedureCodeSequence = "Fuß", [nested]
    dataset.add_new(0x00090010, "LO", "NOBODY KNOWS")
    dataset.add_new(0x00091001, "OB", b"\xe4\xe4")
    name: JsonDataset = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Łukasz"}]}}
    got = read(coerced(written(dataset, encoding), encoding, _NEW | name), encoding)
    assert got.SpecificCharacterSet == "ISO_IR 192"
    assert (got.PatientName, got.StudyDescription) == ("Łukasz", "Fuß")
    assert got.ProcedureCodeSequence[0].CodeMeaning == "Schädel"
    assert got[0x00091001].value == b"\xe4\xe4"
    [was] = got.OriginalAttributesSequence[0].ModifiedAttributesSequence
    assert (was.SpecificCharacterSet, was.PatientName) == ("ISO_IR 100", "Müller")


def test_a_name_that_the_character_set_can_say_leaves_the_rest_to_the_byte() -> None:
    dataset = made(SpecificCharacterSet="ISO_IR 101", StudyDescription="Łódź")
    raw = written(dataset, EXPLICIT_LITTLE)
    name: JsonDataset = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Łukasz"}]}}
    got = coerced(raw, EXPLICIT_LITTLE, name)
    assert "Łódź".encode("iso8859_2") in got
    assert "Łukasz".encode("iso8859_2") in got
    assert read(got, EXPLICIT_LITTLE).SpecificCharacterSet == "ISO_IR 101"


def test_text_without_a_declaration_is_read_before_it_is_declared() -> None:
    dataset = made(StudyDescription="plain")
    raw = (
        written(dataset, EXPLICIT_LITTLE)
        .replace(b"plain", b"pl\xe4in")
        .replace(b"Wrong", b"Wr\xf6ng")
    )
    name: JsonDataset = {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Łukasz"}]}}
    got = read(coerced(raw, EXPLICIT_LITTLE, name), EXPLICIT_LITTLE)
    assert (got.SpecificCharacterSet, got.StudyDescription) == ("ISO_IR 192", "pläin")
    [was] = got.OriginalAttributesSequence[0].ModifiedAttributesSequence
    assert was.PatientName == "Wröng"
    assert "SpecificCharacterSet" not in was


def test_a_name_with_ideographs_in_a_set_with_escapes_becomes_utf_8() -> None:
    dataset = made(SpecificCharacterSet=["", "ISO 2022 IR 87"], StudyDescription="検査")
    dataset.PatientName = "Yamada=山田=やまだ"
    changes: JsonDataset = {
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "Sato", "Ideographic": "佐藤"}]}
    }
    got = read(
        coerced(written(dataset, EXPLICIT_LITTLE), EXPLICIT_LITTLE, changes), EXPLICIT_LITTLE
    )
    assert (got.PatientName, got.StudyDescription) == ("Sato=佐藤", "検査")
    [was] = got.OriginalAttributesSequence[0].ModifiedAttributesSequence
    assert was.PatientName == "Yamada=山田=やまだ"


@every_encoding
def test_group_lengths_that_would_be_wrong_go(encoding: Encoding) -> None:
    lengths = Dataset()
    lengths.add_new(0x00080001, "UL", 4)
    raw = b"".join(
        element_bytes(group << 16, {"vr": "UL", "Value": [4]}, encoding, "")
        + written(own, encoding)
        for group, own in ((0x0008, lengths), (0x0010, made()), (0x0020, Dataset()))
    )
    got = read(coerced(raw, encoding), encoding)
    assert [e.tag for e in got if not e.tag.element] == [0x00200000]
    assert 0x00080001 not in got


def test_an_element_that_is_there_twice_does_not_leave() -> None:
    once = written(made(), EXPLICIT_LITTLE)
    twice = Dataset()
    twice.PatientID = "SECRET"
    raw = once + written(twice, EXPLICIT_LITTLE)
    got = coerced(raw, EXPLICIT_LITTLE)
    assert got.count(b"RIGHT") == 1
    assert got.count(b"WRONG") + got.count(b"SECRET") == 1  # told as what it was


def test_what_is_cut_off_does_not_take_in_what_is_added() -> None:
    raw = written(made(StudyComments="a comment"), EXPLICIT_LITTLE)[:-4]
    got = read(coerced(raw, EXPLICIT_LITTLE), EXPLICIT_LITTLE)
    assert got.StudyComments == "a comm"
    assert got.OriginalAttributesSequence[0].ModifyingSystem == "Steckel"


def test_zeros_behind_a_data_set_stay_behind_it() -> None:
    raw = written(made(), EXPLICIT_LITTLE) + bytes(64)
    got = coerced(raw, EXPLICIT_LITTLE)
    assert got.endswith(bytes(64))
    assert read(got[:-64], EXPLICIT_LITTLE).OriginalAttributesSequence


def test_a_sequence_whose_vr_nobody_said_gets_another_item() -> None:
    earlier = Dataset()
    earlier.ModifyingSystem = "Another"
    sequence = Dataset()
    sequence.OriginalAttributesSequence = [earlier]
    inner = written(sequence, IMPLICIT_LITTLE)[8:]
    head = pack("<HH2sHI", 0x0400, 0x0561, b"UN", 0, len(inner))
    got = read(
        coerced(written(made(), EXPLICIT_LITTLE) + head + inner, EXPLICIT_LITTLE), EXPLICIT_LITTLE
    )
    systems = [item.ModifyingSystem for item in got.OriginalAttributesSequence]
    assert systems == ["Another", "Steckel"]


def test_what_dicom_has_no_attribute_for_has_no_place() -> None:
    named: Any = {"phone": ["1"], "face": {}}
    assert read_coercion(json.dumps(_NEW | named)) == read_coercion(json.dumps(_NEW))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"00100010": 1}',
        '{"001000": {"vr": "PN"}}',
        '{"00080018": {"vr": "UI", "Value": ["1.2"]}}',
        '{"0020000D": {"vr": "UI", "Value": ["1.2"]}}',
        '{"7FE00010": {"vr": "OW"}}',
        '{"00020010": {"vr": "UI"}}',
        '{"04000561": {"vr": "SQ"}}',
    ],
)
def test_what_cannot_be_put_right_is_refused(text: str) -> None:
    with pytest.raises(CannotCoerce):
        read_coercion(text)


def test_of_a_data_set_nested_without_end_the_depth_keeps_its_character_set() -> None:
    depth = 5000
    undefined = 0xFFFFFFFF
    nested = pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, undefined)
    nested += pack("<HHI", 0xFFFE, 0xE000, undefined)
    close = pack("<HHI", 0xFFFE, 0xE00D, 0) + pack("<HHI", 0xFFFE, 0xE0DD, 0)
    raw = nested * depth + close * depth + written(made(), EXPLICIT_LITTLE)
    assert b"RIGHT" in coerced(raw, EXPLICIT_LITTLE)
    got = coerced(b"\x08\0\x05\0CS\x0a\0ISO_IR 100" + raw, EXPLICIT_LITTLE, _WIDE)
    assert got.count(b"ISO_IR 192") == 1
    assert got.count(b"ISO_IR 100") == 2  # as what it was, and in the depth


def _is_latin_1(text: str) -> bool:
    """Whether nobody would take the bytes for UTF-8, which many devices write undeclared."""
    try:
        return text.encode("latin-1").decode("utf-8") == text
    except UnicodeDecodeError:
        return True


_texts = st.text(
    st.characters(codec="latin-1", exclude_characters="\\^=", min_codepoint=32), max_size=12
).filter(_is_latin_1)
_wide = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="\\^="),
    max_size=12,
)


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    dataset = Dataset()
    for keyword in ("StudyDescription", "PatientID", "SeriesDescription", "PatientName", "StudyID"):
        if draw(st.booleans()):
            setattr(dataset, keyword, draw(_texts))
    if draw(st.booleans()):
        inner = Dataset()
        inner.CodeMeaning = draw(_texts)
        dataset.ProcedureCodeSequence = [inner, deepcopy(inner)]
        dataset["ProcedureCodeSequence"].is_undefined_length = draw(st.booleans())
    dataset.SpecificCharacterSet = draw(st.sampled_from(["ISO_IR 100", "ISO_IR 192"]))
    dataset.SOPInstanceUID = "1.2.3"
    dataset.add_new(0x00110010, "LO", "MAKER")
    dataset.add_new(0x00111001, "OB", draw(st.binary(max_size=8).filter(lambda b: len(b) % 2 == 0)))
    dataset.Rows = draw(st.integers(0, 0xFFFF))
    return dataset


@given(
    dataset=datasets(),
    new=st.fixed_dictionaries(
        {}, optional={"PatientName": _wide, "PatientID": _wide, "AccessionNumber": _wide}
    ),
    encoding=st.sampled_from(_ENCODINGS),
)
def test_all_else_is_what_it_was(dataset: Dataset, new: dict[str, str], encoding: Encoding) -> None:
    changes: JsonDataset = {}
    for keyword, value in new.items():
        tag = pydicom.datadict.tag_for_keyword(keyword)
        assert tag is not None
        vr = pydicom.datadict.dictionary_VR(tag)
        json_value: Any = {"Alphabetic": value} if vr == "PN" else value
        changes[f"{tag:08X}"] = {"vr": vr, "Value": [json_value]} if value else {"vr": vr}
    changes["04000562"] = _NEW["04000562"]
    raw = written(dataset, encoding)
    before, after = read(raw, encoding), read(coerced(raw, encoding, changes), encoding)
    ours = {"OriginalAttributesSequence", "InstanceCoercionDateTime", "SpecificCharacterSet"}
    kept = {e.tag for e in before if e.keyword not in ours | new.keys()}
    assert {e.tag for e in after if e.keyword not in ours | new.keys()} == kept
    for tag in kept:
        assert after[tag] == before[tag]
    for keyword, value in new.items():
        assert str(after[keyword].value or "") == value


_DATA = Path(__file__).parents[4] / "shared" / "data" / "dicom"
_FILES = sorted(
    path
    for folder in (_DATA, Path(DATA_ROOT) / "test_files", Path(DATA_ROOT) / "charset_files")
    for path in folder.rglob("*")
    if path.is_file() and path.stat().st_size < 64 << 20 and path.suffix.lower() != ".zip"
)
_WIDE: JsonDataset = _NEW | {"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Łukasz^Żółć"}]}}


@pytest.mark.parametrize("changes", [_NEW, _WIDE], ids=["ascii", "wide"])
@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_every_file_that_is_taken_can_be_put_right(path: Path, changes: JsonDataset) -> None:
    raw = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            examined = examine(memoryview(raw))
    except SteckelError:
        pytest.skip("the archive does not take it")
    whole = b"".join(bytes(piece) for piece in examined.pieces)
    body, syntax = whole[examined.dataset_offset :], assume(examined.transfer_syntax)
    encoding = real_encoding(body, 0, syntax)
    if syntax.deflated:
        body, encoding = inflate(body)[0], EXPLICIT_LITTLE
    got = coerced(body, encoding, changes)
    before, after = (_document(one, encoding) for one in (body, got))
    ours = {"04000561", "00080015", "00080005", "00080001"}
    for key, element in changes.items():
        if key != "04000562":
            assert after[key].get("Value") == element.get("Value"), key
    was = {k: v for k, v in before.items() if k not in ours | changes.keys()}
    now = {k: v for k, v in after.items() if k not in ours | changes.keys()}
    assert {k: v for k, v in now.items() if k[4:] != "0000"} == {
        k: v for k, v in was.items() if k[4:] != "0000"
    }
    replaced = {k for k in changes if k in before and before[k] != after[k]}
    if replaced:
        [told] = after["04000561"]["Value"][-1]["04000550"]["Value"]
        assert {k: told[k] for k in replaced} == {k: before[k] for k in replaced}
        assert after["04000561"]["Value"][:-1] == (before.get("04000561") or {}).get("Value", [])


def _document(raw: bytes, encoding: Encoding) -> JsonDataset:
    level = read_level(raw, 0, len(raw), encoding)
    return dataset_to_json(raw, 0, level.end, Reading(encoding=encoding))
