"""Addresses of bulk data: absolute for those who need it, and kept so."""

import gzip

import orjson

from steckel.dicomweb.absolute_uris import AbsoluteDocuments, absolute
from steckel.retrieve.model import MetadataDocument

PATH = "/dicomweb/studies/1/series/2/instances/3/bulkdata/7FE00010"
HOST = "https://pacs.test"


def document(etag: str = "e", size: int = 0) -> MetadataDocument:
    datasets = [
        {
            "7FE00010": {"vr": "OW", "BulkDataURI": PATH},
            "00104000": {"vr": "LT", "Value": [f'"BulkDataURI":"{PATH}']},
            "00204000": {"vr": "LT", "Value": [str(number) for number in range(size)]},
        }
    ]
    return MetadataDocument(gzipped=gzip.compress(orjson.dumps(datasets)), etag=etag)


def test_only_addresses_are_touched() -> None:
    body = gzip.decompress(document().gzipped)
    (found,) = orjson.loads(absolute(body, HOST))
    assert found["7FE00010"]["BulkDataURI"] == HOST + PATH
    assert found["00104000"]["Value"] == [f'"BulkDataURI":"{PATH}']
    assert absolute(body, "") is body


def test_a_document_is_made_once() -> None:
    kept = AbsoluteDocuments()
    first = kept.get(document(), HOST)
    assert kept.get(document(), HOST) is first
    assert kept.get(document("other"), HOST) is not first
    assert kept.get(document(), "http://pacs") != first
    assert kept.get(document(), "") == document().gzipped


def test_what_is_kept_is_bounded() -> None:
    kept = AbsoluteDocuments(kept_bytes=1000)
    for number in range(20):
        kept.get(document(str(number)), HOST)
    assert 0 < kept._size <= 1000
    assert kept._size == sum(map(len, kept._kept.values()))
    last = kept.get(document("19"), HOST)
    assert kept.get(document("19"), HOST) is last
    assert len(kept.get(document("big", 2000), HOST)) > 1000
    assert kept._size == 0
