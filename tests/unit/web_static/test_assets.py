from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.unit.web_static.asgi import get

from steckel.web.assets import workstation_routes


@pytest.fixture
def build(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Workstation</title>")
    (tmp_path / "favicon.svg").write_text("<svg/>")
    (tmp_path / "assets" / "index-B3x.js").write_text("script")
    return tmp_path


@pytest.fixture
def app(build: Path) -> Starlette:
    return Starlette(routes=workstation_routes(build))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/login",
        "/studies",
        "/patients/12/34",
        "/view/1.2.3",
        "/inbox",
        "/admin",
        "/admin/users",
        "/patients",
        "/inbox/quarantine",
    ],
)
def test_every_address_of_the_clients_router_is_the_page(app: Starlette, path: str) -> None:
    answer = get(app, path)
    assert answer.status == 200
    assert "Workstation" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_that_is_inline_counts_in_the_page(app: Starlette) -> None:
    assert "unsafe-inline" not in get(app, "/").headers["Content-Security-Policy"]


def test_the_page_runs_no_script_but_its_own_files(app: Starlette) -> None:
    policy = get(app, "/").headers["Content-Security-Policy"]
    (scripts,) = (part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self' 'wasm-unsafe-eval'"


def test_what_the_build_named_by_digest_is_kept(app: Starlette) -> None:
    assert "immutable" in get(app, "/assets/index-B3x.js").headers["Cache-Control"]
    assert get(app, "/favicon.svg").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/none.js", "/none", "/assets/..%2findex.html"])
def test_what_is_not_there_is_not_found(app: Starlette, path: str) -> None:
    assert get(app, path).status == 404


@pytest.mark.parametrize("path", ["/none", "/none/at/all", "/assets/none"])
def test_a_person_at_a_wrong_address_sees_the_workstation(app: Starlette, path: str) -> None:
    answer = get(app, path, {"Accept": "text/html,*/*"})
    assert answer.status == 404
    assert "Workstation" in answer.text


def test_a_build_that_is_missing_is_explained(tmp_path: Path) -> None:
    app = Starlette(routes=workstation_routes(tmp_path / "<none>"))
    answer = get(app, "/")
    assert answer.status == 503
    assert "make setup" in answer.text
    assert "&lt;none&gt;" in answer.text
