import json
from typing import Any

import pytest

from steckel.errors import InvalidProfile
from steckel.exchange.profile import AfterError, OrderIdentity, Profile, StudyUidPolicy, TooLong
from steckel.exchange.profile_document import read_profile

FULL = """
[match]
senders = ["RIS^*", "*^NORTH"]
processing-ids = ["P", "T"]
[text]
charset = "8859/15"
time-zone = "Europe/Paris"
[patient]
authorities = ["HOSP"]
issuer = "HOSP"
snapshot = true
[orders]
too-long = "map"
study-uid = "generate"
identity = "procedure"
[errors]
later-messages = "wait"
[answers]
fault = "AR"
unknown-type = "AE"
unknown-event = "AR"
processing-id = "AE"
[[stations]]
modality = "CT"
location = "ROOM*"
titles = ["CT1"]
[tables.modality]
scanner = "CT"
[tables.order-status]
XO_R = "arrived"
NW_ = ""
[fields]
accession = "OBR-18|ORC-3"
"""


def test_a_document_says_everything_that_a_profile_has() -> None:
    profile = read_profile("north", FULL, version=3)
    assert (profile.name, profile.version) == ("north", 3)
    assert profile.is_for("RIS^X")
    assert profile.is_for("LAB^NORTH")
    assert not profile.is_for("LAB^SOUTH")
    assert str(profile.zone) == "Europe/Paris"
    assert (profile.charset, profile.authorities, profile.issuer) == ("8859/15", ("HOSP",), "HOSP")
    assert profile.snapshot
    assert profile.too_long is TooLong.MAP
    assert profile.study_uid is StudyUidPolicy.GENERATE
    assert profile.order_identity is OrderIdentity.PROCEDURE
    assert profile.after_error is AfterError.WAIT
    assert profile.answers.fault == "AR"
    assert profile.stations[0].fits("CT", "ROOM3")
    assert not profile.stations[0].fits("MR", "ROOM3")
    assert profile.code("modality", "Scanner") == "CT"
    assert profile.code("modality", "NMR") == "MR"
    assert profile.tables["order-status"]["NW_"] == ""
    assert profile.fields["accession"] == "OBR-18|ORC-3"
    assert profile.fields["placer"] == "ORC-2|OBR-2"


def test_json_says_the_same_as_toml() -> None:
    body = json.dumps({"orders": {"too-long": "map"}})
    assert read_profile("p", body) == read_profile("p", '[orders]\ntoo-long = "map"\n')


def test_what_a_document_leaves_out_is_as_built_in() -> None:
    base = Profile(name="built-in", processing_ids=("P", "T"), issuer="H", too_long=TooLong.MAP)
    found = read_profile("p", '[orders]\nidentity = "procedure"\n', base=base)
    assert (found.processing_ids, found.issuer, found.too_long) == (("P", "T"), "H", TooLong.MAP)
    assert found.name == "p"
    assert found.order_identity is OrderIdentity.PROCEDURE


def test_an_empty_document_is_the_built_in_profile() -> None:
    assert read_profile("p", "").too_long is TooLong.MAP_STEPS


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("[orders]\ntoo-lang = 'map'", "orders.too-lang means nothing"),
        ("[orders]\ntoo-long = 'cut'", "orders.too-long is none of reject, map"),
        ("[orders]\nstudy-uid = 1", "orders.study-uid"),
        ("[ordrs]\n", "ordrs means nothing"),
        ("orders = 1", "orders is no table"),
        ("[text]\ncharset = 'klingon'", "text.charset"),
        ("[text]\ntime-zone = 'Mars/Olympus'", "text.time-zone"),
        ("[text]\ntime-zone = '../etc/passwd'", "text.time-zone"),
        ("[match]\nsenders = 'RIS'", "match.senders is no list of texts"),
        ("[patient]\nsnapshot = 'yes'", "patient.snapshot is neither true nor false"),
        ("[answers]\nfault = 'OK'", "answers.fault is none of AA, AE, AR"),
        ("[fields]\naccesion = 'OBR-18'", "fields.accesion means nothing"),
        ("[fields]\naccession = 'OBR18'", "fields.accession has 'OBR18'"),
        ("[fields]\naccession = 'OBR-18|'", "fields.accession"),
        ("[tables.colours]\na = 'b'", "tables.colours means nothing"),
        ("[tables.order-status]\nNW_ = 'done'", "tables.order-status.NW_ is none of"),
        ("[tables.modality]\nX = 1", "tables.modality.X is no text"),
        ("[[stations]]\nmodality = 'CT'", "stations[1].titles is missing"),
        ("[[stations]]\ntitles = ['THIS TITLE IS TOO LONG']", "stations[1].titles"),
        ("[[stations]]\ntitles = ['A']\nroom = 'x'", "stations[1].room means nothing"),
        ("stations = 'CT1'", "stations is no list"),
        ("[orders", "cannot be read"),
        ("{", "cannot be read"),
        ("[" * 5000, "cannot be read"),
        ("# " + "x" * 300_000, "longer than"),
    ],
)
def test_what_is_wrong_is_named(body: str, named: str) -> None:
    with pytest.raises(InvalidProfile) as caught:
        read_profile("p", body)
    assert named in str(caught.value)


@pytest.mark.parametrize("body", ["[]", "null", '"x"', "{}"])
def test_json_that_is_no_table_is_refused_or_empty(body: Any) -> None:
    if body == "{}":
        assert read_profile("p", body).senders == ("*",)
    else:
        with pytest.raises(InvalidProfile):
            read_profile("p", body)
