"""Names are split into their groups, and found however they were typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steckel.dicom import person_name


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        ("Doe^Jane", {"Alphabetic": "Doe^Jane"}),
        ("Doe^Jane^^^", {"Alphabetic": "Doe^Jane"}),
        (" Doe^Jane ", {"Alphabetic": "Doe^Jane"}),
        (
            "Yamada^Tarou=山田^太郎=やまだ^たろう",
            {
                "Alphabetic": "Yamada^Tarou",
                "Ideographic": "山田^太郎",
                "Phonetic": "やまだ^たろう",
            },
        ),
        ("=山田^太郎", {"Ideographic": "山田^太郎"}),
        ("==やまだ", {"Phonetic": "やまだ"}),
        ("Doe==", {"Alphabetic": "Doe"}),
        ("", {}),
        ("^^^", {}),
        ("==", {}),
    ],
)
def test_a_name_has_its_groups(value: str, groups: dict[str, str]) -> None:
    assert person_name.to_json(value) == groups


_GROUP = st.text(st.characters(exclude_characters="=\\^ \0", categories=["L"]), min_size=1)


@given(st.lists(st.one_of(st.just(""), _GROUP), min_size=1, max_size=3))
def test_a_name_comes_back_from_its_json(groups: list[str]) -> None:
    value = "=".join(groups).rstrip("=")

    assert person_name.from_json(person_name.to_json(value)) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DUPONT^Élodie^^^", "dupont^elodie"),
        ("Müller^Jörg", "MULLER^JORG"),
        ("Groß^Anna", "GROSS^anna"),
        ("Van  der Berg^Jan", "van der berg^jan"),
        ("Doe^Jane ", "doe^jane"),
        ("Doe^Jane==", "DOE^JANE"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ^Γιώργος", "παπαδοπουλος^γιωργος"),
        ("e\u0301lodie", "élodie"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
    ],
)
def test_names_that_differ_in_case_accents_and_padding_are_one(one: str, other: str) -> None:
    assert person_name.normalise(one) == person_name.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Doe^Jane", "Jane^Doe"), ("Doe^Jane", "DoeJane"), ("Doe^^Jane", "Doe^Jane")],
)
def test_components_stay_apart(one: str, other: str) -> None:
    assert person_name.normalise(one) != person_name.normalise(other)


@given(st.text())
def test_what_is_normalised_stays_as_it_is(value: str) -> None:
    once = person_name.normalise(value)

    assert person_name.normalise(once) == once


def test_words_are_found_whatever_stands_between_them() -> None:
    assert person_name.words("DUPONT^Élodie Marie=山田, 太郎") == [
        "dupont", "elodie", "marie", "山田", "太郎",
    ]  # fmt: skip
