import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tests.unit.web_static.asgi import get

from steckel.web.static_files import IMMUTABLE, StaticFolder, accepted_codings, media_type_of

LONG = "steckel " * 500


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "page.html").write_text("<p>page</p>")
    (folder / "made.js").write_text("plain")
    (folder / "made.js.br").write_bytes(b"brotli form")
    (folder / "made.js.gz").write_bytes(b"gzip form")
    (folder / "long.css").write_text(LONG)
    (folder / "picture.png").write_bytes(b"\x89PNG" + bytes(2000))
    (folder / ".hidden.js").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def app(root: Path) -> Starlette:
    folder = StaticFolder(root)

    def serve(request: Request) -> Response:
        path = folder.find(request.path_params["name"])
        if path is None:
            return PlainTextResponse("none", status_code=404)
        return folder.respond(request, path, caching=IMMUTABLE)

    return Starlette(routes=[Route("/{name:path}", serve)])


@pytest.mark.parametrize(
    ("accepts", "coding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)],
)
def test_the_smallest_form_that_the_browser_takes_is_sent(
    app: Starlette, accepts: str, coding: str | None
) -> None:
    answer = get(app, "/made.js", headers={"Accept-Encoding": accepts})
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.content == {"br": b"brotli form", "gzip": b"gzip form", None: b"plain"}[coding]


def test_a_long_text_without_a_made_form_is_compressed_and_remembered(app: Starlette) -> None:
    headers = {"Accept-Encoding": "gzip"}
    first, second = (get(app, "/long.css", headers=headers) for _ in range(2))
    assert first.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(first.content) == gzip.decompress(second.content) == LONG.encode()
    assert int(first.headers["Content-Length"]) < len(LONG) / 10


def test_a_text_that_changed_is_not_sent_from_memory(app: Starlette, root: Path) -> None:
    headers = {"Accept-Encoding": "gzip"}
    get(app, "/long.css", headers=headers)
    (root / "long.css").write_text(LONG + "!")
    answer = get(app, "/long.css", headers=headers)
    assert gzip.decompress(answer.content) == (LONG + "!").encode()


def test_what_is_compressed_already_or_short_is_sent_as_it_is(app: Starlette) -> None:
    for name in ("picture.png", "page.html"):
        answer = get(app, f"/{name}", headers={"Accept-Encoding": "gzip, br"})
        assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("name", ["made.js", "long.css", "picture.png"])
@pytest.mark.parametrize("accepts", ["gzip", "identity"])
def test_an_unchanged_file_is_not_sent_again(app: Starlette, name: str, accepts: str) -> None:
    headers = {"Accept-Encoding": accepts}
    tag = get(app, f"/{name}", headers=headers).headers["ETag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        answer = get(app, f"/{name}", headers=headers | {"If-None-Match": asked})
        assert (answer.status, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    assert get(app, f"/{name}", headers=headers | {"If-None-Match": '"other"'}).content


def test_forms_of_a_file_have_different_tags(app: Starlette) -> None:
    tags = {
        get(app, "/made.js", headers={"Accept-Encoding": accepts}).headers["ETag"]
        for accepts in ("gzip", "identity")
    }
    assert len(tags) == 2


def test_part_of_a_file_can_be_asked_for(app: Starlette) -> None:
    answer = get(app, "/picture.png", headers={"Range": "bytes=1-3"})
    assert (answer.status, answer.content) == (206, b"PNG")


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "a/../../secret.txt", "/etc/hostname", ".hidden.js", "none.js", "", "a\0b"],
)
def test_nothing_but_files_of_the_folder_is_found(root: Path, name: str) -> None:
    assert StaticFolder(root).find(name) is None


def test_a_link_out_of_the_folder_is_not_followed(root: Path) -> None:
    (root / "link.txt").symlink_to(root.parent / "secret.txt")
    assert StaticFolder(root).find("link.txt") is None


def test_a_refused_coding_is_not_accepted() -> None:
    assert accepted_codings("br;q=0, gzip;q=0.5, zstd; q=0.00") == {"gzip"}


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.wasm", "application/wasm"),
        ("a.js", "text/javascript"),
        ("a.xyz?", "application/octet-stream"),
    ],
)
def test_media_types_do_not_depend_on_the_machine(name: str, media_type: str) -> None:
    assert media_type_of(Path(name)) == media_type
