"""Whether two descriptions can be of one person."""

import pytest

from steckel.dicom.json_model import JsonDataset
from steckel.index.agreement import agrees


def _person(text: str) -> JsonDataset:
    name, born, sex = [*text.split("|"), "", ""][:3]
    dataset: JsonDataset = {}
    if name:
        dataset["00100010"] = {"vr": "PN", "Value": [{"Alphabetic": name}]}
    if born:
        dataset["00100030"] = {"vr": "DA", "Value": [born]}
    if sex:
        dataset["00100040"] = {"vr": "CS", "Value": [sex]}
    return dataset


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DOE^JANE|19700101|F", "Doe^Jane|19700101|F"),
        ("MÜLLER^ZOÉ|19700101", "Muller^Zoe|19700101"),
        ("DOE^J|19700101", "DOE^JANE|19700101"),
        ("DOE^JANE", "DOE^JANE|19700101|F"),
        ("DOE^JANE|19700101", "DOE-SMITH^JANE|19700101"),
        ("DOE^JANE|19700101", "SMITH^JANE|19700101"),  # married
        ("DOE^JANE|19700101|F", "DOE^JANE|19700110|F"),  # date put right
        ("DOE^JANE|19700101|M", "DOE^JANE|19700101|F"),  # sex put right
        ("", "DOE^JANE|19700101|F"),
        ("O'NEIL^ANN", "ONEIL^ANN"),
        ("DOE^JANE|19700101|O", "DOE^JANE|19700101|F"),
    ],
)
def test_one_person_may_be_described_in_two_ways(one: str, other: str) -> None:
    assert agrees(_person(one), _person(other))
    assert agrees(_person(other), _person(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DOE^JANE|19700101", "MILLER^PETER|19551231"),
        ("DOE^JANE|19700101", "DOE^JOHN|19700101"),  # twins
        ("DOE^JANE", "MILLER^JANE"),
        ("DOE^JANE|19700101", "SMITH^JANE|19700102"),
        ("DOE^JANE|19700101|F", "DOE^JANE|19800101|M"),
        ("|19700101", "|19710101"),
    ],
)
def test_two_persons_are_told_apart(one: str, other: str) -> None:
    assert not agrees(_person(one), _person(other))
    assert not agrees(_person(other), _person(one))
