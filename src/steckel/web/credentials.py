"""What a request brings to show who sends it, and whether a page of ours sent it.

Pure: headers in, values out.
"""

import base64
import binascii

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from steckel.security.authentication import Basic, Bearer, Cookie, Credentials
from steckel.security.refusals import NotAuthenticated

COOKIE = "steckel_session"


def credentials_of(headers: Headers) -> Credentials | None:
    """Return the credentials of a request; those of a program come before the cookie.

    Raises
    ------
    NotAuthenticated
        The header cannot be understood.
    """
    authorization = headers.get("authorization")
    if authorization is not None:
        return _authorization(authorization)
    session = _cookie(headers.getlist("cookie"))
    return Cookie(session=session) if session else None


def is_same_origin(headers: Headers) -> bool:
    """Whether a request was not made by a page of another origin.

    Browsers send Sec-Fetch-Site (Fetch Metadata) or at least Origin with every
    request that changes something; what brings neither is no browser, and nobody
    made it send the cookie.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")


def is_script_of_page(headers: Headers) -> bool:
    """Whether a script of a page asks: a challenge would make the browser ask for a password."""
    mode = headers.get("sec-fetch-mode")
    return "x-requested-with" in headers or (mode is not None and mode != "navigate")


def is_navigation(headers: Headers) -> bool:
    """Whether a person opened an address in a browser."""
    mode = headers.get("sec-fetch-mode")
    if mode is not None:
        return mode == "navigate"
    return headers.get("accept", "").startswith("text/html")


def _authorization(value: str) -> Credentials:
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if scheme.lower() == "bearer" and rest:
        return Bearer(token=rest)
    if scheme.lower() == "basic" and rest:
        return _basic(rest)
    raise NotAuthenticated("the Authorization header is neither Basic nor Bearer")


def _basic(encoded: str) -> Basic:
    try:
        decoded = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotAuthenticated("the Authorization header cannot be decoded") from error
    name, colon, password = _text(decoded).partition(":")
    if not colon:
        raise NotAuthenticated("the Authorization header cannot be decoded")
    return Basic(name=name, password=password)


def _text(decoded: bytes) -> str:
    # RFC 7617 2.1: UTF-8 as our challenge says; old clients send Latin-1 all the same.
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        return decoded.decode("latin-1")


def _cookie(values: list[str]) -> str | None:
    # Not `http.cookies`: it drops everything when another program's cookie is malformed.
    return next((found for value in values if (found := cookie_parser(value).get(COOKIE))), None)
