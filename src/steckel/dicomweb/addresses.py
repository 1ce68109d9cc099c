"""What an address names: a study, a series, an instance; and addresses to hand out."""

from dataclasses import dataclass

from starlette.requests import Request

from steckel.dicom.uids import SeriesUid, SopInstanceUid, StudyUid, is_tolerable_uid
from steckel.dicomweb.refusals import BadRequest
from steckel.retrieve.model import Selection

ROOT = "/dicomweb"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The UIDs in the path; empty where it does not go so deep."""

    study: str
    series: str = ""
    instance: str = ""

    def selection(self) -> Selection:
        """Select all instances under it."""
        return Selection(
            study_uids=(StudyUid(self.study),),
            series_uids=(SeriesUid(self.series),) if self.series else (),
            sop_instance_uids=(SopInstanceUid(self.instance),) if self.instance else (),
        )

    @property
    def path(self) -> str:
        """The path under the service root."""
        return resource_path(self.study, self.series, self.instance)


def target_of(request: Request) -> Target:
    """Read the UIDs of the path.

    Raises
    ------
    BadRequest
        One of them is no UID.
    """
    given = request.path_params
    for name in ("study", "series", "instance"):
        if name in given and not is_tolerable_uid(given[name]):
            raise BadRequest(f"the {name} in the address is no UID")
    return Target(
        study=given["study"], series=given.get("series", ""), instance=given.get("instance", "")
    )


def resource_path(study: str, series: str = "", instance: str = "") -> str:
    """Spell the path of a resource under the service root."""
    path = f"/studies/{study}"
    if series:
        path += f"/series/{series}"
    if instance:
        path += f"/instances/{instance}"
    return path


def origin_of(request: Request) -> str:
    """Return the address of the server, as the client reached us.

    Some clients leave the port out of the Host header. Where the header names
    the very address that was connected to, the port is known all the same.
    """
    base = request.base_url
    server = request.scope.get("server")
    if server and server[1] and base.port is None and _names(base.hostname or "", server[0]):
        base = base.replace(port=server[1])
    return str(base).rstrip("/")


def _names(host: str, address: str) -> bool:
    loopback = address == "::1" or address.startswith("127.")
    return host == address or (host == "localhost" and loopback)


def service_url(request: Request) -> str:
    """Return the absolute address of the DICOMweb root."""
    return origin_of(request) + ROOT
