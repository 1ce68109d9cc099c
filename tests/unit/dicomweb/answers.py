"""Reading the answers of the door, and the addresses of what is stored."""

import re
from collections.abc import Callable

import httpx

from steckel.dicomweb.multipart import MultipartReader, PartBegins, PartData
from steckel.retrieve.model import StoredInstance

Store = Callable[[str], StoredInstance]


def path_of(instance: StoredInstance, depth: int = 3) -> str:
    steps = [
        f"/studies/{instance.study_uid}",
        f"/series/{instance.series_uid}",
        f"/instances/{instance.sop_instance_uid}",
    ]
    return "/dicomweb" + "".join(steps[:depth])


def parts_of(answer: httpx.Response) -> list[tuple[dict[str, str], bytes]]:
    boundary = re.search(r"boundary=(\S+)", answer.headers["content-type"])
    assert boundary
    reader = MultipartReader(boundary[1])
    parts: list[tuple[dict[str, str], bytes]] = []
    for event in reader.feed(answer.content):
        if isinstance(event, PartBegins):
            parts.append((dict(event.headers), b""))
        elif isinstance(event, PartData):
            parts[-1] = (parts[-1][0], parts[-1][1] + bytes(event.data))
    reader.close()
    return parts
