"""A message as a person reads it: its segments and fields with their names."""

from typing_extensions import TypedDict

from steckel.errors import NotHl7
from steckel.exchange.desk import MessageRow, StateCount
from steckel.hl7.labels import Language, field_label, segment_label
from steckel.hl7.message import Message, Segment
from steckel.web import message_shapes as shapes
from steckel.web.answers import moment

#: Characters of a field, and of the whole text, that are shown: a document may be in it.
_LONGEST_FIELD = 4_000
_LONGEST_TEXT = 200_000
#: Segments that are shown.
_SEGMENTS = 2_000


def spell_message(row: MessageRow) -> shapes.Message:
    """Spell a message of a list."""
    return {
        "id": row.pk,
        "source": row.source,
        "door": row.door,
        "address": row.address,
        "certificate": row.certificate,
        "received": moment(row.received),
        "said": moment(row.said) if row.said else None,
        "processed": moment(row.processed) if row.processed else None,
        "control_id": row.control_id,
        "type": row.type,
        "state": row.state.value,
        "reason": row.reason,
        "location": row.location,
        "patient_id": row.patient_id,
        "accession": row.accession,
        "repeats": row.repeats,
        "attempts": row.attempts,
        "size": row.size,
    }


def spell_count(count: StateCount) -> shapes.MessageCount:
    """Spell how many messages are in a state."""
    return {"state": count.state.value, "count": count.count, "exact": count.exact}


def spell_detail(row: MessageRow, raw: bytes, language: Language) -> shapes.MessageDetail:
    """Spell a message with all that is in it."""
    return {**spell_message(row), **spell_content(raw, language)}


def spell_content(raw: bytes, language: Language) -> shapes.MessageContent:
    """Spell what is in a message."""
    try:
        message = Message.parse(raw)
    except NotHl7:
        text = raw.decode("utf-8", "replace")
        return {**_text(text), "charset": "", "warnings": [], "segments": []}
    segments = [_segment(one, language) for one in message.segments[:_SEGMENTS]]
    return {
        **_text(message.text),
        "charset": message.charset,
        "warnings": list(message.warnings),
        "segments": segments,
    }


class _Text(TypedDict):
    text: str
    cut: bool


def _text(text: str) -> _Text:
    return {"text": text[:_LONGEST_TEXT], "cut": len(text) > _LONGEST_TEXT}


def _segment(segment: Segment, language: Language) -> shapes.MessageSegment:
    numbers = (number for number in range(1, segment.size + 1) if segment.raw(number))
    return {
        "name": segment.name,
        "number": segment.number,
        "label": segment_label(segment.name, language),
        "fields": [_field(segment, number, language) for number in numbers],
    }


def _field(segment: Segment, number: int, language: Language) -> shapes.MessageField:
    text = segment.raw(number)
    return {
        "number": number,
        "label": field_label(segment.name, number, language),
        "text": text[:_LONGEST_FIELD],
        "cut": len(text) > _LONGEST_FIELD,
    }
