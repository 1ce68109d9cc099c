"""``/api/studies/{uid}/reports`` and ``/api/reports``: what was reported, in all its versions."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from steckel.index.view import Guarded
from steckel.reporting.reading import ReadableReport, ReadableVersion
from steckel.web import shapes
from steckel.web.answers import Json, moment
from steckel.web.api.callers import Reading
from steckel.web.ports.archive import Reports

#: A page that got in here all the same could neither run nor load anything.
_POLICY_OF_FILES = "default-src 'none'; sandbox; frame-ancestors 'self'"
#: The browser's own viewer needs more than nothing.
_POLICY_OF_PDF = "frame-ancestors 'self'"


class ReportDoor:
    """Lists reports and hands out their documents."""

    def __init__(self, reports: Guarded[Reports]) -> None:
        self._reports = reports

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(tags=["reports"])
        router.get("/studies/{uid}/reports", response_model=shapes.ReportList)(self.of_study)
        router.get("/reports/{report_id}", response_model=shapes.Report)(self.report)
        router.get("/reports/{report_id}/versions/{number}/body", response_class=Response)(
            self.body
        )
        return router

    def of_study(self, uid: str, caller: Reading) -> Response:
        """List the reports of a study, newest first."""
        found = self._reports.seen_by(caller.view).of_study(uid)
        return Json({"items": [_spell(report) for report in found]})

    def report(self, report_id: str, caller: Reading) -> Response:
        """Show a report; the version that counts comes first."""
        return Json(_spell(self._reports.seen_by(caller.view).report(report_id)))

    def body(
        self,
        report_id: str,
        number: int,
        caller: Reading,
        media_type: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """Return a document of a version: the first, or the one of a media type."""
        body = self._reports.seen_by(caller.view).body(report_id, number, media_type)
        disposition = "inline" if body.inline else "attachment"
        headers = {
            "Content-Disposition": f'{disposition}; filename="{body.file_name}"',
            "Content-Security-Policy": _POLICY_OF_PDF if body.inline else _POLICY_OF_FILES,
            "Cache-Control": "no-store",
        }
        return Response(body.data, headers=headers, media_type=body.media_type)


def _spell(report: ReadableReport) -> shapes.Report:
    return {
        "id": report.id,
        "accession": report.accession,
        "versions": [_spell_version(report.id, version) for version in report.versions],
    }


def _spell_version(report_id: str, version: ReadableVersion) -> shapes.ReportVersion:
    address = f"/api/reports/{report_id}/versions/{version.number}/body"
    return {
        "number": version.number,
        "status": version.status,
        "at": moment(version.at),
        "received": moment(version.received),
        "title": version.title,
        "author": version.author,
        "text": version.text,
        "documents": [
            {"media_type": kind, "url": f"{address}?media_type={kind}"}
            for kind in version.media_types
        ],
        "sop_instance_uid": version.sop_instance_uid or None,
    }
