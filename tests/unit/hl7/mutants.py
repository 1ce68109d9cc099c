"""Messages of many kinds, and what noise, torn lines and hostile senders make of them."""

import random
from collections.abc import Iterator, Sequence

_ADT = rb"""MSH|^~\&|RIS|H|PACS|H|20260102||ADT^A08^ADT_A01|1|P|2.5.1||||||UNICODE UTF-8
EVN||20260102
PID|1||4711^^^H&1.2&ISO^PI~9^^^INS||L\XC3A9\a^Zo%s||1970|F
PV1||O
""" % "é".encode()
_ORM = rb"""MSH|^~\&|RIS|H|||2026||ORM^O01|2|P|2.3.1|||AL|NE
PID|||1||A^B
ORC|NW|7|8||SC
OBR|1|7|8|CT^Chest \T\ abdomen^L
ZDS|1.2.3^^Application^DICOM
"""
_ORU = rb"""
MSH|^~\&|R|||||2|ORU^R01|3|T|2.4||||||8859/1
OBX|1|ED|X||^PDF^^Base64^AAAA
BBBB==
NTE|1||one\.br\two \H\three\N\ \X0D0A\ \Zq\ %s
""" % "é".encode("latin_1")
_MERGE = rb"""MSH#*%!@#R#H#####ADT*A40#4#P#2.7
PID###1*2@3%4
MRG#5!T!
"""
_BATCH = rb"""FHS|^~\&|R
BHS|^~\&|R
MSH|^~\&|R||||||ACK|5|P|2.2
MSA|AA|1
BTS|1
FTS|1
"""
_OMI = rb"""MSH|^~\&#|R||||||OMI^O23^OMI_O23|6|P^A|2.5^FRA^2.11|||NE|AL|FRA|ASCII~ISO IR87
PID|||1||%s^\M2442\;3ED\C2842\
TQ1
IPC|AN|RP|1.2|SPS|CT
""" % "山田".encode("iso2022_jp")

SEEDS = [
    *(one.replace(b"\n", b"\r") for one in (_ADT, _ORU, _BATCH, _OMI)),
    _ORM.replace(b"\n", b"\r\n"),
    _MERGE,
    _ADT.decode().encode("utf-16"),
]
_PIECES = [
    b"MSH", b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x0b", b"\x1c", b"\x1c\r", b"\0",
    b"\x1b$B", b"PID|", b"\\X",
    b"\\.br\\", b"\\M2442\\", b"\xff\xfe", b"\xc3", b"\xe9", b'""', b"8859/1",
    b"UNICODE UTF-16", b"BHS|", b"//", b"*/", b"9" * 40, b"|" * 50, b"\r" * 20,
]  # fmt: skip


def mutants(seed: int, seeds: Sequence[bytes] = SEEDS) -> Iterator[bytes]:
    """Give one broken message after another, the same for the same seed."""
    chance = random.Random(seed)
    while True:
        data = bytearray(chance.choice(seeds))
        for _ in range(chance.randint(0, 6)):
            _mutate(data, chance)
        yield bytes(data)


def _mutate(data: bytearray, chance: random.Random) -> None:
    at = chance.randint(0, len(data))
    match chance.randint(0, 5):
        case 0:
            data[at : at + 1] = bytes([chance.randint(0, 255)])
        case 1:
            data[at:at] = chance.choice(_PIECES)
        case 2:
            del data[at : at + chance.randint(1, 30)]
        case 3:
            other = chance.choice(SEEDS)
            start = chance.randint(0, len(other))
            data[at:at] = other[start : start + chance.randint(1, 80)]
        case 4:
            data[at : at + 4] = chance.choice(_PIECES)
        case _:
            data[at:at] = data[at : at + chance.randint(1, 60)] * chance.randint(1, 4)
