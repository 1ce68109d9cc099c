"""The OHIF viewer at ``/ohif/``.

Serves what ``tools/vendor_ohif.py`` put in place, and writes the one file that OHIF
leaves to its host: ``app-config.js``. OHIF is a page of its own that knows nothing of
Steckel but our DICOMweb; the workstation opens it by address or in a frame.

Its rule: OHIF talks to our origin alone. The policy of its pages says so to the browser.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from steckel.web.ohif_extension import SCRIPT as EXTENSION
from steckel.web.policy import VIEWER_POLICY
from steckel.web.static_files import IMMUTABLE, REVALIDATE, StaticFolder

MOUNT = "/ohif"

_HASHED = re.compile(r"(^|\.)[0-9a-f]{16}\.(js|wasm|woff2)$")
#: OHIF joins the two with a comma.
_HTJ2K = "multipart/related; type=image/jphc; transfer-syntax=1.2.840.10008.1.2.4.202"
_AS_STORED = "multipart/related; type=application/octet-stream; transfer-syntax=*"


@dataclass(frozen=True, kw_only=True)
class OhifConfiguration:
    """What the host decides about OHIF."""

    dicomweb_root: str = "/dicomweb"
    wado_uri_root: str = "/wado"
    workstation: str = "/"  #: where the logo leads
    study_list: bool = True  #: OHIF's own at ``/ohif/``; without it that is `workstation`
    thumbnails: Literal["thumbnail", "wadors"] = "thumbnail"  #: drawn by the server or by OHIF
    web_workers: int = 3  #: that decode; more than three trouble some systems
    prefetch: bool = True  #: load the neighbouring series while one is read


def ohif_routes(static_dir: Path, configuration: OhifConfiguration) -> list[BaseRoute]:
    """Return the routes of the viewer whose files are in `static_dir`."""
    pages = _OhifPages(static_dir, configuration)
    return [
        Route(MOUNT, pages.to_folder, methods=["GET"]),
        Route(f"{MOUNT}/app-config.js", pages.app_config, methods=["GET"]),
        Route(f"{MOUNT}/{{name:path}}", pages.file_or_page, methods=["GET"]),
    ]


class _OhifPages:
    def __init__(self, static_dir: Path, configuration: OhifConfiguration) -> None:
        self._folder = StaticFolder(static_dir, VIEWER_POLICY)
        self._configuration = configuration
        self._script = app_config(configuration)

    def to_folder(self, request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{MOUNT}/{query}", status_code=308)

    def app_config(self, _request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return Response(self._script, media_type="text/javascript", headers=headers)

    def file_or_page(self, request: Request) -> Response:
        name: str = request.path_params["name"]
        if not name and not self._configuration.study_list:
            return RedirectResponse(self._configuration.workstation, status_code=303)
        if path := self._folder.find(name):
            caching = IMMUTABLE if _HASHED.search(name) else REVALIDATE
            return self._folder.respond(request, path, caching=caching)
        if "." in name.rpartition("/")[2]:
            return PlainTextResponse("Not found", status_code=404)
        return self._page(request)

    def _page(self, request: Request) -> Response:
        # Any other path is one of OHIF's modes: its router reads the address.
        if page := self._folder.find("index.html"):
            return self._folder.respond(request, page, caching=REVALIDATE)
        return PlainTextResponse(
            "The OHIF viewer is not installed. Run `make setup` once, or build the package.",
            status_code=503,
        )


def app_config(configuration: OhifConfiguration) -> str:
    """Return the script that OHIF reads its settings from."""
    data = json.dumps(_settings(configuration), indent=2)
    # Nothing in the script may end a script element, should a page ever inline it.
    script = _SCRIPT.format(
        settings=data.replace("</", "<\\/"), workstation=json.dumps(configuration.workstation)
    )
    return script + EXTENSION


def _settings(configuration: OhifConfiguration) -> dict[str, object]:
    return {
        "name": "steckel",
        "routerBasename": MOUNT,
        "showStudyList": configuration.study_list,
        "extensions": [],
        "modes": [],
        "customizationService": {"ohif.tours": {"$set": []}},
        "defaultDataSourceName": "steckel",
        "dataSources": [_data_source(configuration)],
        "maxNumberOfWebWorkers": configuration.web_workers,
        "maxNumRequests": {"interaction": 100, "thumbnail": 5, "prefetch": 25},
        "studyPrefetcher": {
            "enabled": configuration.prefetch,
            "displaySetsCount": 2,
            "maxNumPrefetchRequests": 10,
            "order": "closest",
        },
        "strictZSpacingForVolumeViewport": True,
        "groupEnabledModesFirst": True,
        "showLoadingIndicator": True,
        "showCPUFallbackMessage": True,
        "showWarningMessageForCrossOrigin": False,
        "showErrorDetails": "always",
        "investigationalUseDialog": {"option": "never"},
    }


def _data_source(configuration: OhifConfiguration) -> dict[str, object]:
    return {
        "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
        "sourceName": "steckel",
        "configuration": {
            "name": "steckel",
            "friendlyName": "Steckel",
            "qidoRoot": configuration.dicomweb_root,
            "wadoRoot": configuration.dicomweb_root,
            "wadoUriRoot": configuration.wado_uri_root,
            "stowRoot": configuration.dicomweb_root,
            "imageRendering": "wadors",
            "thumbnailRendering": configuration.thumbnails,
            "thumbnailRequestStrategy": "fetch",
            "enableStudyLazyLoad": True,
            "qidoSupportsIncludeField": True,
            "supportsFuzzyMatching": True,
            "supportsWildcard": True,
            "supportsReject": False,
            # Not "static": that client filters our answers again, by rules of its own.
            "staticWado": False,
            # Not "bulkdata": bulk values are then asked for as the standard's multipart.
            "singlepart": "video",
            "bulkDataURI": {"enabled": True},
            # Frames in HTJ2K, which OHIF shows while they arrive; what has no such form, in
            # the syntax it is stored in: OHIF decodes all of them.
            "acceptHeader": [_HTJ2K, _AS_STORED],
            "omitQuotationForMultipartRequest": True,
            "dicomUploadEnabled": True,
            "queryLimit": 101,
        },
    }


# Without `httpErrorHandler` an error status of an image throws inside OHIF.
_SCRIPT = """\
window.config = {settings};
window.config.httpErrorHandler = function (error) {{
  console.warn('DICOMweb request failed', error && error.status);
}};
window.config.whiteLabeling = {{
  createLogoComponentFn: function (React) {{
    return React.createElement(
      'a',
      {{
        href: {workstation},
        target: '_top',
        className: 'text-foreground flex items-center text-lg font-semibold',
      }},
      'Steckel'
    );
  }},
}};
"""
