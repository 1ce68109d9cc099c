import re
from xml.etree.ElementTree import fromstring

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.audit.audit_schema import check
from tests.unit.audit.happenings import EVERYTHING_SAID

from steckel.audit.message import Origin, message_of
from steckel.audit.syslog import Sender, frame_of

#: RFC 5424 6, as far as it is ours.
MESSAGE = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\S+) (?P<host>[\x21-\x7e]{1,255}) (?P<app>[\x21-\x7e]{1,48}) "
    rb"(?P<proc>[\x21-\x7e]{1,128}) (?P<id>[\x21-\x7e]{1,32}) - \xef\xbb\xbf(?P<xml>.*)",
    re.DOTALL,
)


def test_a_frame_says_its_length_and_holds_the_message_that_the_standard_wants() -> None:
    document = message_of(EVERYTHING_SAID, Origin(source="STECKEL"))
    frame = frame_of(document, EVERYTHING_SAID.at, Sender(host="pacs1", process="4711"))
    length, _, message = frame.partition(b" ")
    assert int(length) == len(message)
    found = MESSAGE.fullmatch(message)
    assert found is not None
    assert (found["pri"], found["host"], found["proc"]) == (b"85", b"pacs1", b"4711")
    assert found["id"] == b"DICOM+RFC3881"
    assert found["at"] == b"2025-11-24T23:00:00.123Z"
    check(fromstring(found["xml"]))


@given(st.text(), st.text())
def test_whatever_a_host_calls_itself_the_header_is_one(host: str, process: str) -> None:
    frame = frame_of(b"<a/>", 0, Sender(host=host, process=process))
    assert MESSAGE.fullmatch(frame.partition(b" ")[2])
