import json
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.unit.web_static.asgi import get

from steckel.web.ohif import OhifConfiguration, app_config, ohif_routes

BUNDLE = "app.bundle.0123456789abcdef.js"


@pytest.fixture
def viewer(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<title>OHIF</title>")
    (tmp_path / BUNDLE).write_text("bundle")
    (tmp_path / "app.bundle.css").write_text("css")
    return tmp_path


def app_of(viewer: Path, configuration: OhifConfiguration) -> Starlette:
    return Starlette(routes=ohif_routes(viewer, configuration))


@pytest.fixture
def app(viewer: Path) -> Starlette:
    return app_of(viewer, OhifConfiguration())


def settings_of(script: str) -> dict[str, object]:
    settings: dict[str, object] = json.loads(script.partition(" = ")[2].partition(";\nwindow")[0])
    return settings


@pytest.mark.parametrize("path", ["/ohif/", "/ohif/viewer?StudyInstanceUIDs=1.2", "/ohif/tmtv/x"])
def test_every_address_of_the_viewers_router_is_its_page(app: Starlette, path: str) -> None:
    answer = get(app, path)
    assert answer.status == 200
    assert "OHIF" in answer.text
    assert answer.headers["Cache-Control"] == "no-cache"


def test_a_missing_file_is_not_answered_with_the_page(app: Starlette) -> None:
    assert get(app, "/ohif/none.bundle.js").status == 404


def test_files_with_a_digest_in_the_name_are_kept_and_others_asked_for_again(
    app: Starlette,
) -> None:
    assert "immutable" in get(app, f"/ohif/{BUNDLE}").headers["Cache-Control"]
    assert get(app, "/ohif/app.bundle.css").headers["Cache-Control"] == "no-cache"


def test_the_folder_is_reached_without_its_slash(app: Starlette) -> None:
    answer = get(app, "/ohif?StudyInstanceUIDs=1.2")
    assert (answer.status, answer.headers["Location"]) == (308, "/ohif/?StudyInstanceUIDs=1.2")


def test_a_page_may_not_run_text_as_script_and_a_worker_may(app: Starlette) -> None:
    page = get(app, "/ohif/viewer").headers["Content-Security-Policy"]
    script = get(app, f"/ohif/{BUNDLE}").headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in page
    assert "'unsafe-eval'" in script
    assert "style-src 'self' 'unsafe-inline'" in page
    for policy in (page, script):
        assert "http" not in policy
        assert "*" not in policy


def test_without_its_own_list_the_viewer_leads_to_the_workstation(viewer: Path) -> None:
    app = app_of(viewer, OhifConfiguration(study_list=False, workstation="/studies"))
    answer = get(app, "/ohif/")
    assert (answer.status, answer.headers["Location"]) == (303, "/studies")
    assert get(app, "/ohif/viewer").status == 200


def test_a_viewer_that_is_not_installed_says_what_to_do(tmp_path: Path) -> None:
    answer = get(app_of(tmp_path / "none", OhifConfiguration()), "/ohif/viewer")
    assert answer.status == 503
    assert "make setup" in answer.text


def test_the_settings_are_never_kept_by_the_browser(app: Starlette) -> None:
    answer = get(app, "/ohif/app-config.js")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"].startswith("text/javascript")


def test_every_part_of_the_configuration_reaches_the_settings() -> None:
    script = app_config(
        OhifConfiguration(
            dicomweb_root="/dw",
            wado_uri_root="/wu",
            workstation="/desk",
            study_list=False,
            thumbnails="wadors",
            web_workers=2,
            prefetch=False,
        )
    )
    settings = settings_of(script)
    (source,) = settings["dataSources"]
    configuration = source["configuration"]
    assert {configuration[root] for root in ("qidoRoot", "wadoRoot", "stowRoot")} == {"/dw"}
    assert configuration["wadoUriRoot"] == "/wu"
    assert configuration["thumbnailRendering"] == "wadors"
    assert settings["showStudyList"] is False
    assert settings["maxNumberOfWebWorkers"] == 2
    assert settings["studyPrefetcher"]["enabled"] is False
    assert 'href: "/desk"' in script


def test_the_settings_name_no_host() -> None:
    assert "://" not in app_config(OhifConfiguration())
