"""What a request accepts: the `accept` parameter, else the header (PS3.18 8.3.3.1)."""

from starlette.requests import Request

from steckel.dicomweb.media_types import Range, parse_accept


def says_nothing(request: Request) -> bool:
    """Whether the client leaves the form to us; ``*/*`` says that any will do."""
    return "accept" not in request.query_params and "accept" not in request.headers


def accepted(request: Request) -> list[Range]:
    """Return what the client accepts, the best first.

    Raises
    ------
    BadMediaType
        It cannot be read.
    """
    parameter = request.query_params.get("accept")
    if parameter:
        # An unescaped plus sign arrives as a space.
        text = parameter.replace("dicom json", "dicom+json").replace("dicom xml", "dicom+xml")
        return parse_accept(text)
    return parse_accept(", ".join(request.headers.getlist("accept")))
