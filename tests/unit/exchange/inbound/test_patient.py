from typing import Any

import pytest
from tests.unit.exchange.inbound.spoken import PID, message, patient_of, said, value

from steckel.exchange.model import MessageFault
from steckel.exchange.profile import Profile
from steckel.exchange.profile_document import read_profile
from steckel.ris.model import Identifier, PatientKey


def test_a_patient_is_identifier_and_authority_with_name_birth_date_and_sex() -> None:
    statement = patient_of(PID)
    assert statement.patient == PatientKey(patient_id="4711", issuer="HOSP")
    assert value(statement.values, "00100010") == {"Alphabetic": "DUPRÉ^ÉLODIE^ANNE^MME"}
    assert value(statement.values, "00100030") == "19800229"
    assert value(statement.values, "00100040") == "F"
    assert not statement.weak


def test_suffix_and_prefix_change_places() -> None:
    statement = patient_of("PID|||1||FAMILY^GIVEN^MIDDLE^JR^DR^PHD")
    assert value(statement.values, "00100010") == {"Alphabetic": "FAMILY^GIVEN^MIDDLE^DR^JR PHD"}


def test_a_name_in_three_scripts_is_one_name_of_three_groups() -> None:
    name = "YAMADA^TAROU^^^^^L^A~山田^太郎^^^^^L^I~やまだ^たろう^^^^^L^P"
    assert value(patient_of(f"PID|||1||{name}").values, "00100010") == {
        "Alphabetic": "YAMADA^TAROU",
        "Ideographic": "山田^太郎",
        "Phonetic": "やまだ^たろう",
    }


def test_the_legal_name_is_shown_and_the_others_are_kept() -> None:
    statement = patient_of("PID|||1||PSEUDO^P^^^^^S~MARTIN^LEA^^^^^L~DURAND^LEA^^^^^M")
    assert value(statement.values, "00100010") == {"Alphabetic": "MARTIN^LEA"}
    assert value(statement.values, "00101005") == {"Alphabetic": "DURAND^LEA"}
    assert {"Alphabetic": "PSEUDO^P"} in statement.values["00101001"]["Value"]


@pytest.mark.parametrize(
    ("identifiers", "chosen"),
    [
        ("1^^^A^XX~2^^^B^MR", "2"),
        ("1^^^A^XX~2^^^B^PI", "2"),
        ("1^^^A^PI~2^^^B^MR", "2"),
        ("1^^^A^XX~2^^^B^XX", "1"),
        ("9^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS~1^^^A^PI", "1"),
        ("9^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS", "9"),
    ],
)
def test_the_patient_id_is_chosen_by_type_and_the_national_one_last(
    identifiers: Any, chosen: Any
) -> None:
    assert patient_of(f"PID|||{identifiers}||A").patient.patient_id == chosen


def test_a_choice_by_chance_is_a_warning_and_a_sole_identifier_is_none() -> None:
    assert "several identifiers" in said(message("ADT^A08", "PID|||1~2||A")).warnings[0]
    assert said(message("ADT^A08", "PID|||1||A")).warnings == ()


def test_the_authority_of_the_profile_wins_over_the_type() -> None:
    profile = Profile(name="p", authorities=("1.2.9", "OTHER"))
    line = "PID|||1^^^A^MR~2^^^B&1.2.9&ISO^XX~3^^^OTHER||A"
    assert patient_of(line, profile=profile).patient.patient_id == "2"


def test_other_identifiers_stay_with_their_authority_and_the_national_one_with_its_state() -> None:
    ins = "279035121518989^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.10&ISO^INS"
    empty = "|" * 24
    line = f"PID|||4711^^^HOSP^PI~{ins}||A||19790328{empty}|VALI"
    statement = patient_of(line)
    assert statement.identifiers == (
        Identifier(value="279035121518989", issuer="ASIP-SANTE-INS-NIR", type="INS"),
    )
    other = value(statement.values, "00101002")
    assert value(other, "00100021") == "ASIP-SANTE-INS-NIR"
    qualifier = value(other, "00100024")
    assert value(qualifier, "00400032") == "1.2.250.1.213.1.4.10"
    assert value(qualifier, "00400033") == "ISO"
    assert value(statement.values, "ins")["oid"] == "1.2.250.1.213.1.4.10"
    assert value(statement.values, "identity_state") == "VALI"


def test_what_is_empty_is_not_said_and_two_quotes_say_that_there_is_none() -> None:
    values = patient_of('PID|||1||A||""|""').values
    assert values["00100030"] == {"vr": "DA"}
    assert values["00100040"] == {"vr": "CS"}
    assert "00101040" not in values
    assert "00100030" not in patient_of("PID|||1||A").values


def test_a_source_that_blanks_fields_to_delete_says_that_there_is_none() -> None:
    profile = Profile(name="p", snapshot=True)
    assert patient_of("PID|||1||A", profile=profile).values["00100030"] == {"vr": "DA"}
    assert (
        "00100030"
        not in patient_of("PID|||1||A", "ORC|NW|1", kind="ORM^O01", profile=profile).values
    )


def test_a_date_that_is_none_costs_a_warning_and_the_rest_stays() -> None:
    found = said(message("ADT^A08", "PID|||1||A||Aug 15, 1942|M"))
    assert found.warnings == ("PID-7 is no date: left out",)
    assert value(found.statements[0].values, "00100040") == "M"


def test_an_unknown_sex_is_empty_with_a_warning() -> None:
    found = said(message("ADT^A08", "PID|||1||A||19420815|Q"))
    assert found.statements[0].values["00100040"] == {"vr": "CS"}
    assert "PID-8" in found.warnings[0]


@pytest.mark.parametrize(("sex", "code"), [("A", "O"), ("n", "O"), ("f", "F"), ("U", None)])
def test_sexes_of_hl7_become_those_of_dicom(sex: Any, code: Any) -> None:
    assert value(patient_of(f"PID|||1||A|||{sex}").values, "00100040") == code


def test_a_name_too_long_loses_what_is_behind_and_warns() -> None:
    found = said(message("ADT^A08", f"PID|||1||{'F' * 40}^{'G' * 20}^{'M' * 20}"))
    assert value(found.statements[0].values, "00100010") == {"Alphabetic": f"{'F' * 40}^{'G' * 20}"}
    assert "64 characters" in found.warnings[0]


@pytest.mark.parametrize("line", ["PID|||||A", 'PID|||""||A', "PID|||^^^HOSP||A"])
def test_a_patient_without_an_identifier_is_a_fault_that_names_the_field(line: Any) -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ADT^A08", line))
    assert caught.value.fault.location == "PID-3"
    assert caught.value.fault.code == 101


def test_the_place_of_birth_is_no_address() -> None:
    line = "PID|||1||A||||||28 AV X^^PARIS^^75007^FRA^H~^^^^^^BDL^^63220"
    values = patient_of(line).values
    assert value(values, "birth_place") == "63220"
    assert value(values, "00101040") == "28 AV X, 75007, PARIS, FRA"


def test_authorities_are_renamed_by_the_profile() -> None:
    profile = read_profile("p", '[tables.issuer]\n"1.2.3" = ""\n')
    assert patient_of(PID, profile=profile).patient.issuer == ""


def test_comments_behind_the_patient_and_allergies_are_the_patients() -> None:
    values = patient_of("PID|||1||A", "NTE|1||needs a wheelchair", "AL1|1||^PENICILLIN").values
    assert value(values, "00104000") == "needs a wheelchair"
    assert value(values, "00102110") == "PENICILLIN"


def test_a_backslash_never_parts_a_value() -> None:
    assert value(patient_of(r"PID|||1||A\E\B").values, "00100010") == {"Alphabetic": "A/B"}


def test_insi_details_are_kept() -> None:
    values = patient_of("PID|||1||A", "ZFD|||||SM|20260101|CN").values
    assert value(values, "identity_obtained_by") == "SM"
    assert value(values, "identity_document") == "CN"


@pytest.mark.parametrize("field", ["9" * 65, f"1^^^{'A' * 65}"])
def test_an_identity_too_long_for_dicom_is_a_fault_and_never_cut(field: str) -> None:
    with pytest.raises(MessageFault) as caught:
        said(message("ADT^A08", f"PID|||{field}||A"))
    assert (caught.value.fault.code, caught.value.fault.location) == (102, "PID-3")


def test_another_identifier_too_long_costs_a_warning() -> None:
    found = said(message("ADT^A08", f"PID|||1^^^H^PI~2^^^{'A' * 65}^XX||A"))
    assert found.statements[0].identifiers == ()
    assert "too long" in found.warnings[0]
