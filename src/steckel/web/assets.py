"""The workstation: the page and its build, at ``/``.

Serves what the front end's build put into a folder. Every address of the client's own
router answers with the same page; the page asks ``/api`` for everything else.

Its rule: the page runs no script but its own files, so that no text of a patient, a
modality or a report can become one.
"""

import html
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from steckel.web.credentials import is_navigation
from steckel.web.policy import text_page_policy
from steckel.web.static_files import IMMUTABLE, REVALIDATE, StaticFolder

#: The addresses that the client's router knows.
CLIENT_ROUTES = (
    "/",
    "/login",
    "/studies",
    "/patients",
    "/patients/{rest:path}",
    "/view/{rest:path}",
    "/inbox",
    "/inbox/{rest:path}",
    "/account",
    "/admin",
    "/admin/{rest:path}",
)

_STYLE = "body { font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em }"
_NOT_BUILT = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Steckel</title>
<style>{style}</style>
<body>
<h1>The workstation is not built yet</h1>
<p>The server runs, and DICOM and DICOMweb answer. The pages are made by the front end's
build, which was looked for in <code>{folder}</code>.</p>
<p>Run <code>make setup</code> in the checkout, then load this page again.</p>
"""


def workstation_routes(static_dir: Path) -> list[BaseRoute]:
    """Return the routes of the workstation whose build is in `static_dir`."""
    pages = _WorkstationPages(static_dir)
    return [
        *(Route(path, pages.page, methods=["GET"]) for path in CLIENT_ROUTES),
        Route("/assets/{name:path}", pages.asset, methods=["GET"]),
        Route("/{name:path}", pages.top_level_file, methods=["GET"]),
    ]


class _WorkstationPages:
    def __init__(self, static_dir: Path) -> None:
        self._static_dir = static_dir
        self._folder = StaticFolder(static_dir)

    def page(self, request: Request) -> Response:
        if path := self._folder.find("index.html"):
            return self._folder.respond(request, path, caching=REVALIDATE)
        folder = html.escape(str(self._static_dir))
        headers = {"Content-Security-Policy": text_page_policy(_STYLE)}
        return HTMLResponse(_NOT_BUILT.format(folder=folder, style=_STYLE), 503, headers)

    def asset(self, request: Request) -> Response:
        # The build writes a digest of the content into the name of everything in assets/.
        return self._file(request, f"assets/{request.path_params['name']}", caching=IMMUTABLE)

    def top_level_file(self, request: Request) -> Response:
        return self._file(request, request.path_params["name"], caching=REVALIDATE)

    def _file(self, request: Request, name: str, *, caching: str) -> Response:
        if path := self._folder.find(name):
            return self._folder.respond(request, path, caching=caching)
        if is_navigation(request.headers):
            # A person who mistyped an address sees the workstation, which says so.
            page = self.page(request)
            page.status_code = HTTPStatus.NOT_FOUND
            return page
        return PlainTextResponse("Not found", status_code=404)
