"""Our reading of messages beside two other parsers', on real samples and on what we write."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hl7
import hl7kit
import pytest

from steckel.errors import NotHl7
from steckel.hl7.acknowledge import Code, Fault, FaultCode, acknowledge
from steckel.hl7.batch import split
from steckel.hl7.message import Message, Segment
from steckel.hl7.write import Builder, Header, Party

SHARED = Path(__file__).parents[4] / "shared" / "data" / "hl7"

pytestmark = pytest.mark.interop
with_samples = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the sample messages are not beside the project"
)

#: No message at all: an encoded document, and envelopes whose MSH is missing on purpose.
NO_MESSAGE = {
    "uuencoded.txt", "uuencoded_escaped.txt", "sample_bad_batch.hl7", "sample_bad_file.hl7",
    "sample_bad_file3.hl7",
}  # fmt: skip
AT = datetime(2026, 1, 2, tzinfo=UTC)
WE = Party(application="STECKEL", facility="HOSPITAL")


def samples() -> list[Path]:
    found = sorted(SHARED.rglob("*")) if SHARED.is_dir() else []
    return [path for path in found if path.suffix in (".hl7", ".txt")]


def messages(path: Path) -> Iterator[Message]:
    for raw in split(path.read_bytes()):
        try:
            yield Message.parse(raw)
        except NotHl7:
            assert path.name in NO_MESSAGE


def as_lines(message: Message) -> str:
    """Return a message with what we tolerated already put right."""
    return "".join(segment.line.replace("\n", " ") + "\r" for segment in message.segments)


def values(message: Message) -> Iterator[tuple[Segment, int, int, int, int, int]]:
    """Give each place: segment, its occurrence, field, repetition, component, subcomponent."""
    seen: dict[str, int] = {}
    signs = message.delimiters
    for segment in message.segments:
        seen[segment.name] = occurrence = seen.get(segment.name, 0) + 1
        for number in range(3 if segment.name == "MSH" else 1, segment.size + 1):
            for repetition, field in enumerate(segment.fields(number), 1):
                parts = field.text.split(signs.component)
                for component, part in enumerate(parts, 1):
                    subs = part.split(signs.subcomponent) if signs.subcomponent else [part]
                    for sub in range(1, len(subs) + 1):
                        yield segment, occurrence, number, repetition, component, sub


@with_samples
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_every_sample_is_read_or_is_no_message(path: Path) -> None:
    found = list(messages(path))
    assert bool(found) is (path.name not in NO_MESSAGE)
    for message in found:
        assert message.type
        assert all(len(segment.name) == 3 for segment in message.segments)


@with_samples
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_python_hl7_reads_the_same_values(path: Path) -> None:
    for message in messages(path):
        if not message.delimiters.subcomponent:
            continue  # it has no notion of a message without
        theirs = hl7.parse(as_lines(message))
        assert [str(s[0]) for s in theirs] == [s.name for s in message.segments]
        for place in values(message):
            segment, occurrence, number, repetition, component, sub = place
            if escaped_otherwise(segment.raw(number)):
                continue
            ours = segment.value(number, component, sub, repetition).replace("\n", " ")
            said = theirs.extract_field(
                segment.name, occurrence, number, repetition, component, sub
            )
            assert ours == said, (segment.name, number)


@with_samples
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_hl7kit_reads_the_same_values(path: Path) -> None:
    for message in messages(path):
        theirs = hl7kit.parse(as_lines(message))
        assert theirs.segments() == [segment.name for segment in message.segments]
        for segment, occurrence, number, repetition, component, sub in values(message):
            if escaped_otherwise(segment.raw(number)):
                continue
            path_text = f"{segment.name}[{occurrence}]-{number}[{repetition}].{component}.{sub}"
            ours = segment.value(number, component, sub, repetition).replace("\n", " ")
            assert ours == (theirs.get(path_text) or ""), path_text


def escaped_otherwise(text: str) -> bool:
    """Whether a text has escape sequences of which each parser makes its own: layout, hex data."""
    return "\\" in re.sub(r"\\[FSTRE]\\", "", text)


REPORT = {
    1: "1",
    2: "TX",
    3: ("18748-4", "Imaging report", "LN"),
    5: r"Size < 3 | no ^ & ~ \ é",
    11: "F",
}


def test_both_read_back_what_we_write() -> None:
    header = Header(
        sender=WE,
        receiver=Party(application="EMR"),
        type=("ORU", "R01", "ORU_R01"),
        control_id="7",
        at=AT,
    )
    sent = Builder(header).segment("OBX", REPORT).build()  # type: ignore[arg-type]
    theirs = hl7.parse(sent.decode())
    assert theirs.extract_field("OBX", 1, 5) == REPORT[5]
    assert hl7kit.parse(sent).get("OBX-5") == REPORT[5]
    assert hl7kit.parse(sent).message_type == "ORU^R01"


@with_samples
@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_both_read_our_acknowledgement_of_every_sample(path: Path) -> None:
    fault = Fault(code=FaultCode.REQUIRED_FIELD_MISSING, location="PID-3", text="none")
    for message in messages(path):
        sent = acknowledge(message, Code.AE, [fault], sender=WE, control_id="1", at=AT)
        theirs = hl7.parse(sent.decode())
        assert str(theirs.segment("MSA")[1]) == "AE"
        assert theirs.unescape(str(theirs.segment("MSA")[2])) == message.control_id.strip()
        assert hl7kit.parse(sent).get("MSH-5.1") == message.value("MSH-3").strip()
