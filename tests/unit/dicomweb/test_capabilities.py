"""What the door says it can do: OPTIONS at its root and at each resource (PS3.18 8.9)."""

from xml.etree import ElementTree as ET

import pytest
from tests.unit.dicomweb.conftest import Client

WADL = "{http://wadl.dev.java.net/2009/02}"
UIDS = {"study": "1.2", "series": "1.2.3", "instance": "1.2.3.4", "frames": "1"}


def described(client: Client) -> dict[str, dict[str, list[str]]]:
    """The resources by their paths: the methods, and the media types of their answers."""
    document = ET.fromstring(client.request("OPTIONS", "/dicomweb").content)
    return {
        resource.attrib["path"]: {
            method.attrib["name"]: [
                one.attrib["mediaType"] for one in method.iter(f"{WADL}representation")
            ]
            for method in resource.iter(f"{WADL}method")
        }
        for resource in document.iter(f"{WADL}resource")
    }


@pytest.mark.parametrize("path", ["/dicomweb", "/dicomweb/"])
def test_the_root_describes_the_service_in_wadl(client: Client, path: str) -> None:
    answer = client.request("OPTIONS", path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.sun.wadl+xml"
    assert answer.headers["allow"] == "OPTIONS"
    document = ET.fromstring(answer.content)
    assert document.tag == f"{WADL}application"
    resources = document.find(f"{WADL}resources")
    assert resources is not None
    assert resources.attrib["base"] == "http://pacs.test/dicomweb"


def test_methods_media_types_and_places_of_uids_are_described(client: Client) -> None:
    found = described(client)
    assert {"GET", "HEAD", "POST", "DELETE"} == set(found["studies/{study}"])
    assert "application/dicom+json" in found["studies"]["GET"]
    assert "application/zip" in found["studies/{study}/series/{series}"]["GET"]
    assert "image/png" in found["studies/{study}/thumbnail"]["GET"]
    frames = "studies/{study}/series/{series}/instances/{instance}/frames/{frames}"
    assert "application/octet-stream" in found[frames]["GET"]
    document = ET.fromstring(client.request("OPTIONS", "/dicomweb").content)
    (resource,) = (one for one in document.iter(f"{WADL}resource") if one.get("path") == frames)
    parameters = [one.attrib for one in resource.findall(f"{WADL}param")]
    assert [one["name"] for one in parameters] == ["study", "series", "instance", "frames"]
    assert {one["style"] for one in parameters} == {"template"}


def test_the_same_is_said_in_json(client: Client) -> None:
    answer = client.request("OPTIONS", "/dicomweb", headers={"accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert told["base"] == "http://pacs.test/dicomweb"
    assert {
        one["path"]: {method["name"]: method["answers"] for method in one["methods"]}
        for one in told["resources"]
    } == described(client)


def test_a_description_in_another_form_is_not_to_be_had(client: Client) -> None:
    answer = client.request("OPTIONS", "/dicomweb", headers={"accept": "image/png"})
    assert answer.status_code == 406
    assert answer.json()["available"] == ["application/vnd.sun.wadl+xml", "application/json"]


def test_there_is_nothing_to_get_at_the_root(client: Client) -> None:
    answer = client.get("/dicomweb")
    assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS")


def test_every_resource_allows_what_is_described(client: Client) -> None:
    found = described(client)
    assert len(found) > 20
    for path, methods in found.items():
        place = path.format(**UIDS, path="7FE00010")
        address = f"/dicomweb/{place}"
        answer = client.request("OPTIONS", address)
        assert (answer.status_code, answer.content) == (204, b""), address
        assert answer.headers["allow"].split(", ") == [*methods, "OPTIONS"]
