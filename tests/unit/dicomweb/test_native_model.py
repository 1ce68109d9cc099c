"""The Native DICOM Model: XML that others can read."""

from xml.etree import ElementTree as ET

from dicomweb_client.web import _load_xml_dataset

from steckel.dicomweb.native_model import to_xml


def test_every_kind_of_value_is_spelled() -> None:
    root = ET.fromstring(
        to_xml(
            {
                "00100010": {
                    "vr": "PN",
                    "Value": [{"Alphabetic": "Müller^Anna^^Dr.", "Ideographic": "山田^太郎"}],
                },
                "00081030": {"vr": "LO", "Value": ["a < b & c", None]},
                "00280010": {"vr": "US", "Value": [5]},
                "7FE00010": {"vr": "OW", "BulkDataURI": "/x?a=1&b=2"},
                "00420011": {"vr": "OB", "InlineBinary": "AAE="},
                "00400275": {"vr": "SQ", "Value": [{"00400009": {"vr": "SH", "Value": ["S"]}}]},
                "00080005": {"vr": "CS"},
                "00204000": {"vr": "LT", "Value": ["bell\x07"]},
            }
        )
    )
    attributes = {element.get("tag"): element for element in root}
    assert list(attributes) == sorted(attributes)
    name = attributes["00100010"]
    assert name.get("keyword") == "PatientName"
    assert [e.text for e in name.iter() if e.tag.endswith("FamilyName")] == ["Müller", "山田"]
    assert [e.text for e in name.iter() if e.tag.endswith("NamePrefix")] == ["Dr."]
    assert [e.text for e in attributes["00081030"]] == ["a < b & c", None]
    assert attributes["00280010"][0].text == "5"
    assert attributes["7FE00010"][0].get("uri") == "/x?a=1&b=2"
    assert attributes["00420011"][0].text == "AAE="
    assert attributes["00400275"][0][0][0].text == "S"
    assert len(attributes["00080005"]) == 0
    assert attributes["00204000"][0].text == "bell"


def test_private_attributes_name_their_creator() -> None:
    private = {
        "00090010": {"vr": "LO", "Value": ['ME "1"']},
        "00091002": {"vr": "LO", "Value": ["x"]},
    }
    root = ET.fromstring(to_xml(private))
    assert [element.get("privateCreator") for element in root] == [None, 'ME "1"']


def test_dicomweb_client_reads_it() -> None:
    dataset = {
        "00080018": {"vr": "UI", "Value": ["1.2.3"]},
        "00081199": {"vr": "SQ", "Value": [{"00081155": {"vr": "UI", "Value": ["1.2"]}}]},
    }
    found = _load_xml_dataset(ET.fromstring(to_xml(dataset)))
    assert found.SOPInstanceUID == "1.2.3"
    assert found.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "1.2"
